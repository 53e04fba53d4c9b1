//! What a user relies on: a set can be made, checked and made again, and whatever was altered in it is
//! named.
#![allow(clippy::unwrap_used)]

use gestalt_files::unfinished::BeginError;
use std::collections::BTreeMap;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_images::jpeg_copy::{Chroma, jpeg_copy};
use gestalt_images::size::Size;
use gestalt_protocol::{Encoding, Role, Trial, TrialSet};
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::portilla_simoncelli::PortillaSimoncelli;
use gestalt_synthesis::{PatchSynthesis, Synthesis, SynthesisError, Traces};
use gestalt_trial_sets::{
    Duplicates, ImageFolder, MadeSet, MakeError, Problem, Progress, Recipe, Source, TrialSetFolder, check,
    make,
};
use gestalt_types::Name;
use image::RgbImage;

fn recipe(source: Source) -> Recipe {
    Recipe {
        name: Name::new("little").unwrap(),
        source,
        synthesis: Arc::new(PatchSynthesis::new(16).unwrap()),
        further: Vec::new(),
        spread: false,
        size: 64.into(),
        seed: 4,
        practice: 1,
        catch: 2,
        controls: 0,
        equalise_jpeg: None,
        encoding: Encoding::WebpLossless,
    }
}

fn scene_recipe() -> Recipe {
    recipe(Source::Scenes { count: 4, categories: Category::ALL[..2].to_vec() })
}

fn made(recipe: &Recipe, out: &Path) -> MadeSet {
    make(recipe, out, &|_| ()).unwrap().publish().unwrap()
}

fn problems(folder: &Path) -> Vec<Problem> {
    check(folder).unwrap_err().problems
}

#[test]
fn a_set_of_scenes_passes_its_check_and_is_the_same_when_made_again() {
    let [first, second] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let told = AtomicUsize::new(0);
    let set = make(&scene_recipe(), first.path(), &|progress| {
        let Progress::Made(done, total) = progress else { panic!("scenes are not read: {progress:?}") };
        assert!(done <= total && total == 7);
        told.fetch_max(done, Ordering::Relaxed);
    })
    .unwrap();
    assert!(check(first.path()).is_err(), "no reader takes it for a set before it is published");
    let set = set.publish().unwrap();
    assert_eq!(told.into_inner(), 7);
    assert_eq!(check(first.path()).unwrap(), set.set);
    assert_eq!(made(&scene_recipe(), second.path()).set.hash(), set.set.hash());
    assert!(set.reports[0].to_string().contains("5 triplets"), "{}", set.reports[0]);

    let count = |role| set.set.trials().iter().filter(|t| t.role == role).count();
    assert_eq!((count(Role::Practice), count(Role::Catch), count(Role::Test)), (1, 2, 4));
    assert_eq!(set.set.images().len(), 21);
    let tested: Vec<&str> =
        set.set.trials().iter().filter(|t| t.role == Role::Test).map(|t| t.category.as_str()).collect();
    let [a, b] = [Category::ALL[0].name(), Category::ALL[1].name()];
    assert_eq!(tested, [a, b, a, b]);
}

#[test]
fn the_intact_picture_is_where_the_trial_says_and_lossless() {
    for encoding in [Encoding::WebpLossless, Encoding::Png] {
        let out = tempfile::tempdir().unwrap();
        let source = tempfile::tempdir().unwrap();
        let pictures: Vec<_> = (0..5).map(|seed| scenes::render(Category::ALL[0], seed, 64)).collect();
        for (index, picture) in pictures.iter().enumerate() {
            picture.save(source.path().join(format!("{index}.png"))).unwrap();
        }
        made(&Recipe { encoding, ..recipe(Source::Images(source.path().to_owned().into())) }, out.path());
        let folder = TrialSetFolder::open(out.path()).unwrap();
        for trial in folder.set().trials() {
            for (place, hash) in trial.images.iter().enumerate() {
                let is_original = pictures.contains(&folder.read_image(hash).unwrap());
                assert_eq!(is_original, place == trial.intact.index(), "{} {place}", trial.id);
            }
        }
    }
}

#[test]
fn broken_photographs_are_named_and_the_others_make_the_set() {
    let [source, out, nothing] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    fs::create_dir(source.path().join("boats")).unwrap();
    for seed in 0..5 {
        let picture = scenes::render(Category::ALL[1], seed, 80);
        picture.save(source.path().join(format!("boats/{seed}.png"))).unwrap();
    }
    fs::write(source.path().join("boats/broken.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    image::RgbImage::new(80, 80).save(source.path().join("black.png")).unwrap();
    let read = AtomicUsize::new(0);
    let set = make(&recipe(Source::Images(source.path().to_owned().into())), out.path(), &|progress| {
        if let Progress::Read(done, total) = progress {
            assert!(done <= total && total == 7);
            read.fetch_max(done, Ordering::Relaxed);
        }
    });
    let set = set.unwrap().publish().unwrap();
    assert_eq!(read.into_inner(), 7, "reading is told, broken files with it");
    let skipped: Vec<String> = set.skipped.iter().map(ToString::to_string).collect();
    assert!(skipped.iter().any(|line| line.contains("broken.png")), "{skipped:?}");
    assert!(skipped.iter().any(|line| line.contains("black.png")), "{skipped:?}");
    assert_eq!(set.set.trials().len(), 5);
    assert!(set.set.trials().iter().all(|trial| trial.category.as_str() == "boats"));
    check(out.path()).unwrap();

    let empty = tempfile::tempdir().unwrap();
    let error =
        make(&recipe(Source::Images(empty.path().to_owned().into())), nothing.path(), &|_| ()).unwrap_err();
    assert!(matches!(error, MakeError::TooFew { found: 0, needed: 4, .. }), "{error}");
}

#[test]
fn sizes_and_folders_that_cannot_be_used_are_refused() {
    let out = tempfile::tempdir().unwrap();
    let small = Recipe { size: 31.into(), ..scene_recipe() };
    assert!(matches!(make(&small, out.path(), &|_| ()), Err(MakeError::Size { .. })));
    fs::write(out.path().join("thesis.txt"), "precious").unwrap();
    assert!(matches!(
        make(&scene_recipe(), out.path(), &|_| ()),
        Err(MakeError::Folder(BeginError::NotEmpty(_)))
    ));
    assert_eq!(fs::read_to_string(out.path().join("thesis.txt")).unwrap(), "precious");
}

#[test]
fn pictures_need_not_be_square() {
    let further: Vec<Arc<dyn Synthesis>> = vec![Arc::new(PortillaSimoncelli::new(16).unwrap())];
    for (words, size) in [("80x64", (80, 64)), ("64x96", (64, 96)), ("64", (64, 64))] {
        let out = tempfile::tempdir().unwrap();
        let recipe =
            Recipe { size: words.parse().unwrap(), further: further.clone(), controls: 1, ..scene_recipe() };
        let set = made(&recipe, out.path()).set;
        assert_eq!(check(out.path()).unwrap(), set);
        assert!(set.trials().len() > 7, "controls too");
        assert!(set.images().iter().all(|image| (image.width_px, image.height_px) == size));
    }
    let out = tempfile::tempdir().unwrap();
    let flat = Recipe { size: "80x31".parse().unwrap(), ..scene_recipe() };
    let error = make(&flat, out.path(), &|_| ()).unwrap_err().to_string();
    assert!(error.contains("80x31") && error.contains("32"), "{error}");
    for words in ["", "x", "64x", "x64", "64x64x64", "-3", "6.5", "64 x 48"] {
        let error = words.parse::<Size>().unwrap_err().to_string();
        assert!(error.contains("320x240"), "{words}: {error}");
    }
}

#[test]
fn whatever_was_altered_is_named() {
    let out = tempfile::tempdir().unwrap();
    let set = made(&scene_recipe(), out.path()).set;
    let folder = TrialSetFolder::open(out.path()).unwrap();
    let [missing, altered, kept] = [0, 1, 2].map(|i| folder.image_path(&set.images()[i].hash));
    fs::remove_file(&missing).unwrap();
    fs::copy(&kept, &altered).unwrap();
    fs::write(out.path().join("images/stray.webp"), b"").unwrap();
    let found = problems(out.path());
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().any(|p| matches!(p, Problem::Missing(path) if *path == missing)));
    assert!(found.iter().any(|p| matches!(p, Problem::Altered { path, .. } if *path == altered)));
    assert!(found.iter().any(|p| matches!(p, Problem::Extra(path) if path.ends_with("stray.webp"))));
    assert!(folder.read_image(&set.images()[2].hash).is_ok());
    assert!(folder.read_image(&set.images()[1].hash).is_err());
}

#[test]
fn an_edited_or_missing_trials_file_is_named_with_its_hashes() {
    let out = tempfile::tempdir().unwrap();
    let set: TrialSet = made(&scene_recipe(), out.path()).set;
    let file = out.path().join("trials.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\"intact\": 1", "\"intact\": 2", 1)).unwrap();
    let message = check(out.path()).unwrap_err().to_string();
    assert!(message.contains("edited") && message.contains(set.hash().as_str()), "{message}");
    fs::remove_file(&file).unwrap();
    let message = check(out.path()).unwrap_err().to_string();
    assert!(message.contains("trials.json cannot be read"), "{message}");
}

/// Every file of a folder by its path, with its content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let inside = files(&path).into_iter();
            found
                .extend(inside.map(|(name, bytes)| (Path::new(path.file_name().unwrap()).join(name), bytes)));
        } else {
            found.insert(path.file_name().unwrap().into(), fs::read(&path).unwrap());
        }
    }
    found
}

/// Counts the pictures it distorts, and fails as on a sudden end after so many.
#[derive(Debug)]
struct Interrupted {
    patches: PatchSynthesis,
    distorted: AtomicUsize,
    ends_after: usize,
}

impl Synthesis for Interrupted {
    fn name(&self) -> &'static str {
        "patch"
    }
    fn scale_px(&self) -> u32 {
        self.patches.scale_px()
    }
    fn distort(&self, intact: &RgbImage, seed: u64) -> Result<RgbImage, SynthesisError> {
        assert!(self.distorted.fetch_add(1, Ordering::Relaxed) < self.ends_after, "the run ends here");
        Ok(self.patches.distort(intact, seed))
    }
}

fn ending_after(distortions: usize) -> (Arc<Interrupted>, Recipe) {
    let patches = PatchSynthesis::new(16).unwrap();
    let synthesis =
        Arc::new(Interrupted { patches, distorted: AtomicUsize::new(0), ends_after: distortions });
    (synthesis.clone(), Recipe { synthesis, ..scene_recipe() })
}

#[test]
fn an_interrupted_run_goes_on_and_ends_in_the_same_bytes() {
    let [straight, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    made(&scene_recipe(), straight.path());
    let (_, recipe) = ending_after(4);
    let end = std::panic::catch_unwind(AssertUnwindSafe(|| make(&recipe, out.path(), &|_| ())));
    assert!(end.is_err() && check(out.path()).is_err());

    // What else a sudden end may leave: a line that is cut off, a file that is half written, an image of no
    // trial, and, after a loss of power, an image of a finished trial that is empty.
    let journal = out.path().join("finished.ndjson");
    let lines = fs::read_to_string(&journal).unwrap();
    let finished = lines.lines().count();
    assert!(finished >= 2, "{lines}");
    fs::write(&journal, format!("{lines}{{\"key\": \"12")).unwrap();
    let images = out.path().join("images");
    let hash = "ab".repeat(32);
    fs::write(images.join(format!("{hash}.7.part")), b"half").unwrap();
    fs::write(images.join(format!("{hash}.webp")), b"no trial's").unwrap();
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let emptied = images.join(format!("{}.webp", last["images"][0]["hash"].as_str().unwrap()));
    fs::write(&emptied, b"").unwrap();

    let (synthesis, recipe) = ending_after(usize::MAX);
    let first_told = AtomicUsize::new(usize::MAX);
    let set = make(&recipe, out.path(), &|progress| {
        if let Progress::Made(done, _) = progress {
            first_told.fetch_min(done, Ordering::Relaxed);
        }
    });
    assert!(
        matches!(make(&recipe, out.path(), &|_| ()), Err(MakeError::Folder(BeginError::Busy(_)))),
        "{set:?}"
    );
    set.unwrap().publish().unwrap();
    assert_eq!(first_told.into_inner(), finished - 1, "finished trials count as done from the start");
    let kept = lines.lines().take(finished - 1).filter(|line| !line.contains("\"role\":\"catch\"")).count();
    assert_eq!(
        synthesis.distorted.load(Ordering::Relaxed),
        2 * (5 - kept),
        "what was finished is not made again"
    );
    assert_eq!(files(out.path()), files(straight.path()));
}

#[test]
fn another_recipe_is_refused_and_told_apart() {
    let out = tempfile::tempdir().unwrap();
    drop(make(&scene_recipe(), out.path(), &|_| ()).unwrap());
    let other = Recipe { seed: 5, size: 80.into(), ..scene_recipe() };
    let error = make(&other, out.path(), &|_| ()).unwrap_err().to_string();
    assert!(error.contains("seed is 4 there, 5 is asked for"), "{error}");
    assert!(error.contains("size_px is 64 there, 80 is asked for"), "{error}");
    // Not published yet, it can still be; published, it is not made again.
    made(&scene_recipe(), out.path());
    check(out.path()).unwrap();
    assert!(matches!(
        make(&scene_recipe(), out.path(), &|_| ()),
        Err(MakeError::Folder(BeginError::NotEmpty(_)))
    ));
}

#[test]
fn several_scales_are_conditions_of_one_set() {
    let further: Vec<Arc<dyn Synthesis>> = vec![Arc::new(PatchSynthesis::new(32).unwrap())];
    let conditions = |set: &TrialSet| {
        let tests = set.trials().iter().filter(|trial| trial.role == Role::Test);
        tests.map(|trial| (trial.id.to_string(), trial.condition.to_string())).collect::<Vec<_>>()
    };
    let scenes = Source::Scenes { count: 2, categories: Vec::new() };
    let crossed = tempfile::tempdir().unwrap();
    let recipe = Recipe { further, ..recipe(scenes) };
    let set = made(&recipe, crossed.path());
    let expected = [
        ("test-0001-patch-16", "patch-16"),
        ("test-0001-patch-32", "patch-32"),
        ("test-0002-patch-16", "patch-16"),
        ("test-0002-patch-32", "patch-32"),
    ];
    assert_eq!(conditions(&set.set), expected.map(|(id, condition)| (id.to_owned(), condition.to_owned())));
    assert_eq!((set.set.made().synthesis.as_str(), set.set.made().scale_px), ("patch", None));
    assert_eq!(set.reports.iter().map(|report| report.scale_px).collect::<Vec<_>>(), [16, 32]);
    check(crossed.path()).unwrap();

    let spread = tempfile::tempdir().unwrap();
    let set = made(&Recipe { spread: true, ..recipe }, spread.path()).set;
    let expected = [("test-0001", "patch-16"), ("test-0002", "patch-32")];
    assert_eq!(conditions(&set), expected.map(|(id, condition)| (id.to_owned(), condition.to_owned())));
}

/// With matched traces the intact picture of every scale is another file, but the source picture is one.
#[test]
fn the_trials_of_one_picture_at_several_scales_say_so() {
    let patch = |scale_px| -> Arc<dyn Synthesis> {
        Arc::new(PatchSynthesis::new(scale_px).unwrap().with_traces(Traces::Matched))
    };
    let scenes = Source::Scenes { count: 2, categories: Vec::new() };
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe { synthesis: patch(16), further: vec![patch(32)], ..recipe(scenes) };
    let set = made(&recipe, folder.path()).set;
    let tests: Vec<&Trial> = set.trials().iter().filter(|trial| trial.role == Role::Test).collect();
    let [a, b, c, d] = tests[..] else { panic!("two pictures at two scales: {tests:?}") };
    assert_ne!(a.images[a.intact.index()], b.images[b.intact.index()]);
    assert_eq!((a.item(), c.item()), (b.item(), d.item()));
    assert_ne!(a.item(), c.item());
}

#[test]
fn spread_scales_are_balanced_within_every_category() {
    let further: Vec<Arc<dyn Synthesis>> = vec![Arc::new(PatchSynthesis::new(32).unwrap())];
    let scenes = Source::Scenes { count: 9, categories: Category::ALL[..2].to_vec() };
    let folder = tempfile::tempdir().unwrap();
    let set = made(&Recipe { further, spread: true, ..recipe(scenes) }, folder.path()).set;
    for category in &Category::ALL[..2] {
        let count = |condition: &str| {
            let of = |trial: &&Trial| trial.category.as_str() == category.name() && trial.role == Role::Test;
            set.trials().iter().filter(of).filter(|trial| trial.condition.as_str() == condition).count()
        };
        let [small, large] = [count("patch-16"), count("patch-32")];
        assert!(small + large >= 4 && small.abs_diff(large) <= 1, "{category:?}: {small} and {large}");
    }
}

/// Six photographs, of which two are the same file and another is a copy in another format and size.
fn folder_with_copies() -> tempfile::TempDir {
    let source = tempfile::tempdir().unwrap();
    let at = |name: &str| source.path().join(name);
    for seed in 0..6 {
        let name = at(&format!("{seed}.png"));
        scenes::render(Category::ALL[seed as usize % 8], seed, 96).save(name).unwrap();
    }
    fs::create_dir(at("copies")).unwrap();
    fs::copy(at("0.png"), at("copies/same.png")).unwrap();
    image::open(at("1.png")).unwrap().thumbnail(80, 80).save(at("copies/smaller.jpg")).unwrap();
    image::open(at("2.png")).unwrap().fliph().save(at("copies/mirrored.png")).unwrap();
    source
}

#[test]
fn a_photograph_that_is_there_twice_is_named_and_used_once() {
    for (duplicates, trials, said) in [
        (
            Duplicates::Near,
            6,
            &["same.png: is the same file as", "smaller.jpg: looks like", "mirrored.png: looks like"][..],
        ),
        (Duplicates::Exact, 8, &["same.png: is the same file as"]),
        (Duplicates::Keep, 9, &[]),
    ] {
        let (source, out) = (folder_with_copies(), tempfile::tempdir().unwrap());
        let folder = ImageFolder { duplicates, ..source.path().to_owned().into() };
        let made = made(&recipe(Source::Images(folder)), out.path());
        let skipped: Vec<String> = made.skipped.iter().map(ToString::to_string).collect();
        assert_eq!((made.set.trials().len(), skipped.len()), (trials, said.len()), "{skipped:#?}");
        for (line, said) in said.iter().map(|said| (skipped.iter().find(|line| line.contains(said)), said)) {
            assert!(line.is_some(), "{said}: {skipped:#?}");
        }
        check(out.path()).unwrap();
    }
}

#[test]
fn two_syntheses_that_no_condition_tells_apart_are_refused_before_anything_is_made() {
    let windows =
        |scale_px| PortillaSimoncelli::new(scale_px).and_then(|whole| whole.in_windows(16)).unwrap();
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("set");
    let recipe =
        Recipe { synthesis: Arc::new(windows(8)), further: vec![Arc::new(windows(16))], ..scene_recipe() };
    let error = make(&recipe, &folder, &|_| panic!("something was made")).unwrap_err().to_string();
    assert!(error.contains("`portilla-simoncelli-windows-16`") && error.contains("once"), "{error}");
    assert!(!folder.exists());
}

#[test]
fn all_pictures_pass_through_one_jpeg_when_asked() {
    let [plain, equalised] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let first = made(&scene_recipe(), plain.path()).set;
    let second = made(&Recipe { equalise_jpeg: Some(75), ..scene_recipe() }, equalised.path()).set;
    assert_eq!(second.made().synthesis, "patch, all pictures through JPEG of quality 75 with 4:2:0 chroma");
    let [plain, equalised] = [&plain, &equalised].map(|out| TrialSetFolder::open(out.path()).unwrap());
    for (before, after) in first.trials().iter().zip(second.trials()) {
        for (before, after) in before.images.iter().zip(&after.images) {
            let expected = jpeg_copy(&plain.read_image(before).unwrap(), 75, Chroma::Halved).unwrap();
            assert_eq!(equalised.read_image(after).unwrap(), expected);
        }
    }
}
