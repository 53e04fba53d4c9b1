//! What a scientist relies on: a planted giveaway is found, a failed distortion is flagged, and a set
//! without either is called neither.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use gestalt_fairness::{Flag, JudgeError, Judges, Notebook, Outside, Report, Thresholds, assess, judge};
use gestalt_images::jpeg_copy::{Chroma, jpeg_bytes};
use gestalt_protocol::{Encoding, ImageEntry, Made, Role, Sight, Task, Trial, TrialSet, Wholeness};
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::PatchSynthesis;
use gestalt_trial_sets::TrialSetFolder;
use gestalt_types::{Name, Sha256, Slot};
use image::RgbImage;

const SIDE_PX: u32 = 96;
const SCALE_PX: u32 = 24;

fn intact(trial: u64) -> RgbImage {
    scenes::render(Category::ALL[trial as usize % Category::ALL.len()], trial, SIDE_PX)
}

fn distorted(picture: &RgbImage, seed: u64) -> RgbImage {
    PatchSynthesis::new(SCALE_PX).unwrap().distort(picture, seed)
}

fn shifted(picture: &RgbImage, px: u32) -> RgbImage {
    RgbImage::from_fn(SIDE_PX, SIDE_PX, |x, y| *picture.get_pixel((x + px) % SIDE_PX, y))
}

fn noise(seed: u64) -> RgbImage {
    let mut state = seed as u32;
    RgbImage::from_fn(SIDE_PX, SIDE_PX, |_, _| {
        image::Rgb([(); 3].map(|()| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        }))
    })
}

/// Writes a set of these trials, the intact picture (given first) taking turns in its place.
fn write_set(folder: &Path, trials: &[(Role, [RgbImage; 3])]) {
    fs::create_dir(folder.join("images")).unwrap();
    let mut images = BTreeMap::new();
    let mut listed = Vec::new();
    for (number, (role, pictures)) in trials.iter().enumerate() {
        let mut copies = 0;
        let mut hashes = pictures.each_ref().map(|picture| {
            // A trial may not show one image twice: a copy differs by one grey level of one pixel.
            let mut picture = picture.clone();
            picture.get_pixel_mut(copies, 0).0[0] ^= 1;
            copies += 1;
            let mut bytes = std::io::Cursor::new(Vec::new());
            picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
            let hash = Sha256::of(bytes.get_ref());
            fs::write(folder.join(format!("images/{hash}.png")), bytes.get_ref()).unwrap();
            let (width_px, height_px) = picture.dimensions();
            images.insert(hash.clone(), ImageEntry { hash: hash.clone(), width_px, height_px });
            hash
        });
        hashes.swap(0, number % 3);
        listed.push(Trial {
            id: Name::new(format!("trial-{number:02}")).unwrap(),
            role: *role,
            category: Name::new("scene").unwrap(),
            condition: Name::new("patch").unwrap(),
            images: hashes,
            intact: Slot::from_index(number % 3).unwrap(),
            source: None,
        });
    }
    let made = Made {
        source: "planted".into(),
        synthesis: "patch".into(),
        scale_px: Some(SCALE_PX),
        seed: 1,
        software: "test".into(),
        encoding: Encoding::Png,
        syntheses: Vec::new(),
    };
    let name = Name::new("planted").unwrap();
    let set = TrialSet::new(name, Task::Disrt, made, images.into_values().collect(), listed).unwrap();
    fs::write(folder.join("trials.json"), set.to_json()).unwrap();
}

fn report(trials: &[(Role, [RgbImage; 3])]) -> (tempfile::TempDir, Report) {
    let folder = tempfile::tempdir().unwrap();
    write_set(folder.path(), trials);
    let opened = TrialSetFolder::open(folder.path()).unwrap();
    (folder, assess(&opened, Thresholds::DEFAULT, &Notebook::new(&|_| Ok(())), &|_, _| ()).unwrap())
}

fn test_trials(count: u64, of: impl Fn(u64) -> [RgbImage; 3]) -> Vec<(Role, [RgbImage; 3])> {
    (0..count).map(|trial| (Role::Test, of(trial))).collect()
}

fn names(report: &Report, flag: Flag) -> Vec<&str> {
    report.flagged(flag).map(|trial| trial.id.as_str()).collect()
}

#[test]
fn colours_that_give_the_answer_away_are_found() {
    let (_, report) = report(&test_trials(30, |trial| {
        let picture = intact(trial);
        let mut tinted = picture.clone();
        tinted.pixels_mut().for_each(|pixel| pixel[0] = pixel[0].saturating_add(25));
        [tinted, distorted(&picture, 1), distorted(&picture, 2)]
    }));
    for name in ["Colours", "Colours, trained"] {
        let control = report.controls.iter().find(|control| control.name == name).unwrap();
        assert!(control.is_above_chance() && control.accuracy.unwrap().estimate > 0.8, "{control:?}");
    }
}

/// Three distortions of one picture, one of which is called intact: nothing but chance can tell it.
#[test]
fn a_set_without_a_giveaway_is_at_chance() {
    let (folder, report) =
        report(&test_trials(30, |trial| [1, 2, 3].map(|seed| distorted(&intact(trial), seed))));
    for control in &report.controls {
        assert_eq!(control.answered + control.ties + control.non_finite, 30);
        let interval = control.accuracy.unwrap().interval;
        assert!(interval.low < gestalt_analysis::CHANCE, "{control:?}");
        assert!(gestalt_analysis::CHANCE < interval.high, "{control:?}");
        assert!(!control.is_above_chance());
    }
    let page = report.to_html(&TrialSetFolder::open(folder.path()).unwrap()).unwrap();
    assert!(page.contains("No control observer does better than guessing"));
    assert!(page.contains("How the files are encoded gives nothing away that was found"));
}

/// As the published set is: the distortions went through JPEG with halved chroma, the intact pictures did
/// not.
#[test]
fn an_encoding_that_gives_the_answer_away_is_told() {
    let (folder, report) = report(&test_trials(30, |trial| {
        let encoded = |seed| {
            let bytes = jpeg_bytes(&distorted(&intact(trial), seed), 75, Chroma::Halved).unwrap();
            image::load_from_memory(&bytes).unwrap().into_rgb8()
        };
        [intact(trial), encoded(1), encoded(2)]
    }));
    assert_eq!(report.encoding.trials, 30);
    assert!(!report.encoding.given_away_by().is_empty(), "{}", report.encoding);
    let page = report.to_html(&TrialSetFolder::open(folder.path()).unwrap()).unwrap();
    assert!(page.contains("How the files are encoded gives answers away"));
    assert_well_formed(&page);
    let json: serde_json::Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    assert_eq!(json["encoding"]["traces"].as_array().unwrap().len(), report.encoding.traces.len());
}

#[test]
fn wholes_that_were_kept_and_textures_that_were_lost_are_flagged_and_only_they() {
    let mut trials = test_trials(8, |trial| {
        let picture = intact(trial);
        [picture.clone(), distorted(&picture, 1), distorted(&picture, 2)]
    });
    let noisy = intact(40);
    trials[2].1[1] = trials[2].1[0].clone();
    trials[3].1[2] = shifted(&trials[3].1[0], 10);
    trials[5].1[1] = noise(5);
    trials.push((Role::Catch, [noisy, noise(1), noise(2)]));
    trials.push((Role::Practice, [trials[0].1[0].clone(), shifted(&trials[0].1[0], 5), noise(9)]));
    let (folder, report) = report(&trials);
    assert_eq!(names(&report, Flag::KeptWhole), ["trial-02", "trial-03"]);
    assert_eq!(names(&report, Flag::LostTexture), ["trial-05"]);
    assert!(report.controls.iter().all(|c| c.answered + c.ties + c.non_finite == 8), "catch is not counted");
    assert!(report.trials.iter().all(|trial| (trial.severity > 1.0) >= !trial.flags.is_empty()));

    let page = report.to_html(&TrialSetFolder::open(folder.path()).unwrap()).unwrap();
    assert_well_formed(&page);
    for trial in &report.trials {
        assert!(page.contains(&format!("<th scope=\"row\">{}</th>", trial.id)));
    }
    assert!(page.contains("catch, not counted") && page.contains("practice, not counted"));

    let json: serde_json::Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    let flagged =
        json["trials"].as_array().unwrap().iter().filter(|trial| trial["flags"] != serde_json::json!([]));
    let flagged: Vec<&str> = flagged.map(|trial| trial["id"].as_str().unwrap()).collect();
    assert_eq!(flagged, ["trial-02", "trial-03", "trial-05"]);
    let list = report.to_csv();
    let lines: Vec<Vec<&str>> = list.lines().map(|line| line.split(',').collect()).collect();
    assert!(lines.len() == 11 && lines.iter().all(|line| line.len() == lines[0].len()));
    assert_eq!((lines[3][0], lines[3][4], lines[6][5]), ("trial-02", "true", "true"));
}

#[test]
fn lower_thresholds_flag_more_trials_and_higher_ones_fewer() {
    let folder = tempfile::tempdir().unwrap();
    let trials = test_trials(6, |trial| {
        let picture = intact(trial);
        [picture.clone(), distorted(&picture, 1), shifted(&picture, 4 * trial as u32)]
    });
    write_set(folder.path(), &trials);
    let opened = TrialSetFolder::open(folder.path()).unwrap();
    let flagged = |kept_above: f64, texture_above: f64| {
        let report = assess(
            &opened,
            Thresholds { kept_above, texture_above },
            &Notebook::new(&|_| Ok(())),
            &|_, _| (),
        )
        .unwrap();
        [Flag::KeptWhole, Flag::LostTexture].map(|flag| report.flagged(flag).count())
    };
    let [low, middle, high] = [flagged(0.01, 0.001), flagged(0.7, 0.15), flagged(1.0, 10.0)];
    assert_eq!((low, high), ([6, 6], [0, 0]));
    assert!((1..6).contains(&middle[0]) && (1..6).contains(&middle[1]), "{middle:?}");
}

#[test]
fn examples_stand_side_by_side() {
    let (folder, report) = report(&test_trials(4, |trial| {
        let picture = intact(trial);
        [picture.clone(), distorted(&picture, 1), distorted(&picture, 2)]
    }));
    let page = report.to_html(&TrialSetFolder::open(folder.path()).unwrap()).unwrap();
    let [best, worst] = ["<h3>Best: ", "<h3>Worst: "].map(|heading| page.find(heading).unwrap());
    let beside = page.find("<div class=\"beside\"><div><h3>Best: ").unwrap();
    assert!(beside < best && page[best..worst].ends_with("</div><div>"), "two columns");
    let narrow = page.find("@media(max-width:45rem){.beside{grid-template-columns:minmax(0,1fr)}");
    assert!(narrow.is_some() && page.contains(".beside{display:grid;grid-template-columns:repeat(2,"));
}

#[test]
fn layers_say_what_is_kept() {
    let kept = |distort: &dyn Fn(&RgbImage, u64) -> RgbImage, is_gram: bool| {
        let (_, report) = report(&test_trials(6, |trial| {
            let picture = intact(trial);
            [picture.clone(), distort(&picture, 1), distort(&picture, 2)]
        }));
        let layers: Vec<f64> = report.conditions[0]
            .layers
            .iter()
            .filter(|layer| (layer.kind == "gram") == is_gram)
            .map(|layer| layer.kept.mean)
            .collect();
        assert!(layers.len() == if is_gram { 4 } else { 31 }, "{}", layers.len());
        layers.iter().sum::<f64>() / layers.len() as f64
    };
    for is_gram in [false, true] {
        let same = kept(&|picture, _| picture.clone(), is_gram);
        let patches = kept(&distorted, is_gram);
        let destroyed = kept(&|_, seed| noise(seed), is_gram);
        assert!(
            same > 0.999_999 && patches < 0.999 && patches > destroyed + 0.5,
            "{is_gram}: {same} {patches} {destroyed}"
        );
    }
}

#[test]
fn small_even_and_few_pictures_are_no_obstacle() {
    let tiny = |grey: u8| RgbImage::from_pixel(5, 9, image::Rgb([grey; 3]));
    for trials in [vec![], vec![(Role::Test, [tiny(3), tiny(4), tiny(5)])]] {
        let (folder, report) = report(&trials);
        assert!(report.controls.iter().all(|control| !control.is_above_chance()));
        assert_well_formed(&report.to_html(&TrialSetFolder::open(folder.path()).unwrap()).unwrap());
    }
}

#[test]
fn a_broken_picture_is_named_and_the_other_trials_are_measured() {
    let folder = tempfile::tempdir().unwrap();
    let missing = TrialSetFolder::open(&folder.path().join("nowhere")).unwrap_err().to_string();
    assert!(missing.contains("nowhere"), "{missing}");
    write_set(folder.path(), &test_trials(2, |trial| [intact(trial), noise(trial + 1), noise(trial + 7)]));
    let opened = TrialSetFolder::open(folder.path()).unwrap();
    let images = opened.set().trials()[0].images.each_ref().map(|hash| opened.image_path(hash));
    fs::write(&images[0], b"not a picture").unwrap();
    let assessed = || assess(&opened, Thresholds::DEFAULT, &Notebook::new(&|_| Ok(())), &|_, _| ());
    let report = assessed().unwrap();
    let name = images[0].file_name().unwrap().to_str().unwrap();
    assert_eq!((report.trials.len(), report.left_out.len()), (1, 1));
    assert!(report.left_out[0].reason.contains(name), "{:?}", report.left_out);
    assert!(report.to_html(&opened).unwrap().contains(name));
    for image in fs::read_dir(folder.path().join("images")).unwrap() {
        fs::write(image.unwrap().path(), b"not a picture").unwrap();
    }
    assert!(assessed().unwrap_err().to_string().contains("was altered"));
}

#[test]
fn an_interrupted_report_resumes_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    write_set(folder.path(), &test_trials(4, |trial| [intact(trial), noise(trial + 1), noise(trial + 7)]));
    let opened = TrialSetFolder::open(folder.path()).unwrap();
    let lines = Mutex::new(Vec::new());
    let keep = |line: &str| {
        lines.lock().unwrap().push(line.to_owned());
        Ok(())
    };
    let straight = assess(&opened, Thresholds::DEFAULT, &Notebook::new(&keep), &|_, _| ()).unwrap();
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 4);
    let added = Mutex::new(0);
    let count = |_: &str| {
        *added.lock().unwrap() += 1;
        Ok(())
    };
    let mut notebook = Notebook::new(&count);
    lines[..3].iter().for_each(|line| notebook.recall(line).unwrap());
    assert_eq!(assess(&opened, Thresholds::DEFAULT, &notebook, &|_, _| ()).unwrap(), straight);
    assert_eq!(*added.lock().unwrap(), 1, "only what was missing is measured");
    assert!(notebook.recall("{}").is_err());
}

/// Every element is closed in order, ids are unique, every picture is inside the file and has words for
/// those who do not see it.
fn assert_well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    let body = page.strip_prefix("<!DOCTYPE html>").unwrap();
    for tag in body.split('<').skip(1) {
        let tag = &tag[..tag.find('>').unwrap()];
        if let Some(id) = tag.split(" id=\"").nth(1) {
            assert!(ids.insert(id.split('"').next().unwrap()), "{id}");
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap();
        if name == "img" {
            assert!(tag.contains("src=\"data:image/jpeg;base64,") && tag.contains(" alt=\""), "{tag}");
        }
        if !(tag.ends_with('/') || ["meta", "img", "br"].contains(&name)) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(!page.contains("src=\"http") && !page.contains("<script") && !page.contains("<link"));
}

/// One brightness that tells the intact picture from both others is seen through any patch: the set is
/// called solved locally, and by the same rule an observer that sees nothing is never right.
#[test]
fn a_set_that_patches_alone_solve_is_called_so() {
    let folder = tempfile::tempdir().unwrap();
    let trials: Vec<_> =
        (0..12).map(|n| (Role::Test, [noise(3 * n), noise(3 * n + 1), noise(3 * n + 2)])).collect();
    write_set(folder.path(), &trials);
    let opened = TrialSetFolder::open(folder.path()).unwrap();
    let intact: Vec<RgbImage> = opened
        .set()
        .trials()
        .iter()
        .map(|t| opened.read_image(&t.images[t.intact.index()]).unwrap())
        .collect();
    let leak = |picture: &RgbImage| -> Result<Vec<f32>, String> {
        let is_intact = intact.contains(picture);
        Ok(if is_intact {
            vec![1.0, 0.0, 0.2, 0.4]
        } else {
            vec![0.0, f32::from(picture.as_raw()[40]) / 1e3, 1.0, 0.5]
        })
    };
    let blind = |_: &RgbImage| -> Result<Vec<f32>, String> { Ok(vec![1.0, 2.0, 3.0]) };
    let broken = |_: &RgbImage| -> Result<Vec<f32>, String> { Err("no device".into()) };
    let outside =
        |name: &str, sight, features| Outside { name: name.into(), sight, scales_px: None, features };
    let observers = vec![
        outside("patches", Sight::Patches(SCALE_PX / 2), &leak as _),
        outside("as large as what is kept", Sight::Patches(SCALE_PX), &leak as _),
        outside("whole", Sight::Whole, &blind as _),
        Outside {
            scales_px: Some(vec![Some(2 * SCALE_PX), None]),
            ..outside("for other scales", Sight::Whole, &broken as _)
        },
    ];
    let found = judged(&opened, observers).unwrap();
    assert_eq!((found.judged(), found.trial_set.clone()), (5, opened.set().hash().clone()));
    let [scale] = &found.scales[..] else { panic!("one scale: {:?}", found.scales) };
    assert_eq!((scale.judged, scale.counted, scale.scale_px), (5, 12, Some(SCALE_PX)));
    assert_eq!(scale.results.len(), 3);
    let best = scale.best_local().unwrap();
    assert_eq!((best.name.as_str(), best.correct), ("patches", 5));
    assert!(found.is_solved_locally() && found.is_complete());
    // A tie is not correct.
    assert_eq!(scale.whole_minus_local(), Some(-1.0));
    // Corrected are those that see less than what is kept: here one, so that 3⁻⁵ stays as it is.
    let p_holm: Vec<Option<f64>> = scale.results.iter().map(|result| result.p_holm).collect();
    assert!((p_holm[0].unwrap() - 1.0 / 243.0).abs() < 1e-12, "{p_holm:?}");
    assert_eq!(p_holm[1..], [None, None]);
    assert_eq!(Wholeness::of_set(found.to_json().as_bytes(), opened.set().hash()), Some(found.clone()));
    assert_eq!(Wholeness::of_set(found.to_json().as_bytes(), &Sha256::of(b"another set")), None);
    let error = judged(&opened, vec![outside("patches", Sight::Whole, &broken as _)]).unwrap_err();
    assert!(error.to_string().contains("patches gives no features of trial trial-"), "{error}");
    assert!(error.to_string().contains("no device"), "{error}");
}

/// Five trials, by an observer of which nothing is known but its name.
fn judged(folder: &TrialSetFolder, observers: Vec<Outside<'_>>) -> Result<Wholeness, JudgeError> {
    let (network, weights) = (Name::new("network").unwrap(), Sha256::of(b"weights"));
    judge(folder, Judges { network, weights, observers, most: 5 }, &|_, _| ())
}
