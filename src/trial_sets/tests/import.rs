//! What a user relies on: triplets that others made come in whole, and whatever is amiss in them is named.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use gestalt_protocol::{Encoding, Role, TrialSet};
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_trial_sets::{
    Duplicates, Import, ImportedSet, Layout, MakeError, TrialSetFolder, check, find, import as import_found,
};
use gestalt_types::Name;
use image::RgbImage;

fn picture(seed: u64) -> RgbImage {
    scenes::render(Category::ALL[0], seed, 64)
}

fn save(folder: &Path, name: &str, seed: u64) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    picture(seed).save(path).unwrap();
}

fn recipe(folder: &Path, layout: Layout) -> Import {
    Import {
        name: Name::new("imported").unwrap(),
        folder: folder.to_owned(),
        layout,
        category_level: None,
        size: 64.into(),
        equalise_jpeg: None,
        seed: 3,
        practice: 0,
        catch: 0,
        duplicates: Duplicates::Exact,
        encoding: Encoding::WebpLossless,
    }
}

/// Finds and imports.
fn import(
    recipe: &Import,
    out: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<ImportedSet, MakeError> {
    import_found(recipe, find(recipe)?, out, progress)
}

/// Imports, publishes, checks; gives the set with the lines of what was left out.
fn imported(recipe: &Import, out: &Path) -> (TrialSet, Vec<String>) {
    let imported = import(recipe, out, &|done, total| assert!(done <= 2 * total)).unwrap();
    assert!(check(out).is_err(), "no set before it is published");
    let skipped = imported.skipped.iter().map(ToString::to_string).collect();
    let set = imported.publish().unwrap();
    assert_eq!(check(out).unwrap(), set);
    (set, skipped)
}

fn dist(folder: &Path, count: u64) {
    for index in 0..count {
        for (place, set) in ["original", "set1", "set2"].into_iter().enumerate() {
            save(folder, &format!("{set}/birds/n{index}.png"), 10 * index + place as u64);
        }
    }
}

#[test]
fn imported_pictures_need_not_be_square() {
    let [folder, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    dist(folder.path(), 3);
    let recipe = Import { size: "64x48".parse().unwrap(), catch: 1, ..recipe(folder.path(), Layout::Dist) };
    let (set, skipped) = imported(&recipe, out.path());
    assert_eq!((skipped, set.trials().len()), (Vec::new(), 3));
    assert!(set.images().iter().all(|image| (image.width_px, image.height_px) == (64, 48)));
}

#[test]
fn the_layout_of_dist_comes_in_pixel_by_pixel() {
    let [folder, out, again] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    dist(folder.path(), 5);
    let recipe = Import { practice: 1, catch: 2, ..recipe(folder.path(), Layout::Dist) };
    let (set, skipped) = imported(&recipe, out.path());
    assert_eq!(skipped, Vec::<String>::new());
    let count = |role| set.trials().iter().filter(|trial| trial.role == role).count();
    assert_eq!((count(Role::Practice), count(Role::Catch), count(Role::Test)), (1, 2, 2));
    let folder = TrialSetFolder::open(out.path()).unwrap();
    for trial in set.trials().iter().filter(|trial| trial.role != Role::Catch) {
        assert_eq!((trial.category.as_str(), trial.condition.as_str()), ("birds", "dist"));
        let index: u64 = trial.id.as_str().strip_prefix("birds n").unwrap().parse().unwrap();
        let shown = trial.images.each_ref().map(|hash| folder.read_image(hash).unwrap());
        assert_eq!(shown[trial.intact.index()], picture(10 * index));
        assert!(shown.contains(&picture(10 * index + 1)) && shown.contains(&picture(10 * index + 2)));
    }
    let once_more = import(&recipe, again.path(), &|_, _| ()).unwrap();
    assert_eq!(once_more.folder.set().hash(), set.hash());
}

#[test]
fn an_interrupted_import_goes_on_and_a_changed_file_is_read_again() {
    let [folder, straight, out] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    dist(folder.path(), 5);
    let recipe = Import { practice: 1, catch: 2, ..recipe(folder.path(), Layout::Dist) };
    // A file that vanishes between the two readings ends the run.
    let vanishing = folder.path().join("set2/birds/n4.png");
    let cut_off = import(&recipe, out.path(), &|done, total| {
        if 2 * done == total {
            drop(fs::remove_file(&vanishing));
        }
    });
    assert!(matches!(cut_off, Err(MakeError::Io { .. })) && check(out.path()).is_err());
    let journal = fs::read_to_string(out.path().join("finished.ndjson")).unwrap();
    assert!((1..7).contains(&journal.lines().count()), "{journal}");
    save(folder.path(), "set2/birds/n4.png", 42);
    save(folder.path(), "original/birds/n0.png", 999);
    let (set, _) = imported(&recipe, out.path());
    assert_eq!(set, imported(&recipe, straight.path()).0);
    let other = Import { seed: 4, ..recipe };
    drop(import(&other, &out.path().join("new"), &|_, _| ()).unwrap());
    let again = Import { size: 48.into(), ..other };
    let error = import(&again, &out.path().join("new"), &|_, _| ()).unwrap_err().to_string();
    assert!(error.contains("size_px is 64 there, 48 is asked for"), "{error}");
}

#[test]
fn whatever_is_amiss_in_a_triplet_is_named_and_the_others_come_in() {
    let [folder, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let at = |name: &str| folder.path().join(name);
    dist(folder.path(), 8);
    fs::remove_file(at("set2/birds/n0.png")).unwrap();
    fs::remove_file(at("original/birds/n1.png")).unwrap();
    fs::write(at("set1/birds/n2.png"), b"not a picture").unwrap();
    RgbImage::new(64, 80).save(at("set2/birds/n3.png")).unwrap();
    fs::copy(at("original/birds/n4.png"), at("set1/birds/n4.png")).unwrap();
    fs::copy(at("set1/birds/n5.png"), at("set2/birds/n5.png")).unwrap();
    fs::copy(at("set1/birds/n6.png"), at("set1/birds/n6.jpg")).unwrap();
    fs::write(at("set1/notes.txt"), b"hello").unwrap();
    let (set, skipped) = imported(&recipe(folder.path(), Layout::Dist), out.path());
    let ids: Vec<&str> = set.trials().iter().map(|trial| trial.id.as_str()).collect();
    assert_eq!(ids, ["birds n6", "birds n7"]);
    for (file, reason) in [
        ("original/birds/n0.png", "set2/"),
        ("set1/birds/n1.png", "no intact picture"),
        ("set1/birds/n2.png", "not a"),
        ("set2/birds/n3.png", "64 × 80 px"),
        ("set1/birds/n4.png", "same as its intact picture"),
        ("set2/birds/n5.png", "same as the other distortion"),
        ("set1/birds/n6.png", "name of another file"),
        ("set1/notes.txt", "is not a JPEG"),
    ] {
        let line = skipped.iter().find(|line| line.contains(file));
        assert!(line.is_some_and(|line| line.contains(reason)), "{file}: {reason} in {skipped:#?}");
    }
}

#[test]
fn model_vs_human_names_give_triplets_of_one_or_two_conditions() {
    let [folder, one, two] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let mut number = 0;
    let mut put = |subject: &str, condition: &str, image: u64, seed: u64| {
        number += 1;
        let name =
            format!("{subject}/session-1/{number:04}_sil_{subject}_{condition}_dog_00_n02_{image}.png");
        save(folder.path(), &name, seed);
    };
    for image in 0..4 {
        put("dnn", "0", image, 10 * image);
        put("subject-01", "0", image, 10 * image); // The same picture again counts once.
        put("dnn", "eid", image, 10 * image + 1);
        put("dnn", "noise", image, 10 * image + 3);
        if image < 3 {
            put("subject-01", "eid", image, 10 * image + 2);
        }
    }
    save(folder.path(), "dnn/session-1/stray.png", 1);
    let layout = |distorted: &[&str]| Layout::Conditions {
        intact: "0".into(),
        distorted: distorted.iter().map(ToString::to_string).collect(),
    };
    let (set, skipped) = imported(&recipe(folder.path(), layout(&["eid"])), one.path());
    assert_eq!(set.trials().len(), 3);
    assert!(skipped.iter().any(|line| line.contains("n02_3") && line.contains("second --condition")));
    assert!(skipped.iter().any(|line| line.contains("stray.png")));

    let (set, _) = imported(&recipe(folder.path(), layout(&["eid", "noise"])), two.path());
    let trials = set.trials();
    assert_eq!(trials.len(), 4);
    assert!(trials.iter().all(|t| t.condition.as_str() == "eid+noise" && t.category.as_str() == "dog"));

    let nothing = tempfile::tempdir().unwrap();
    let error = import(&recipe(folder.path(), layout(&["uniform"])), nothing.path(), &|_, _| ()).unwrap_err();
    assert!(error.to_string().contains("`uniform`; there are: 0, eid, noise"), "{error}");
}

#[test]
fn folders_of_three_and_tables_give_triplets() {
    let [folder, out, table_out] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    for (seed, name) in
        ["a/intact.png", "a/x.png", "a/y.png", "dogs/b/Intact.png", "dogs/b/1.png", "dogs/b/2.png"]
            .into_iter()
            .enumerate()
    {
        save(folder.path(), name, seed as u64);
    }
    save(folder.path(), "two/intact.png", 1);
    save(folder.path(), "two/x.png", 2);
    ["none/x.png", "none/y.png", "none/z.png"]
        .into_iter()
        .zip(0..)
        .for_each(|(n, s)| save(folder.path(), n, s));
    let (set, skipped) = imported(&recipe(folder.path(), Layout::Triplets), out.path());
    let found: Vec<(&str, &str)> =
        set.trials().iter().map(|t| (t.id.as_str(), t.category.as_str())).collect();
    assert_eq!(found, [("a", "uncategorised"), ("dogs b", "dogs")]);
    assert!(
        skipped.iter().any(|line| line.contains("two") && line.contains("has 2 pictures")),
        "{skipped:?}"
    );
    assert!(skipped.iter().any(|line| line.contains("none") && line.contains("`intact`")), "{skipped:?}");

    fs::write(
        folder.path().join("triplets.csv"),
        "intact,distorted_1,distorted_2,condition\nnone/x.png,none/y.png,none/z.png,blur\nnone/x.png,lost.png,none/z.png,blur\n",
    )
    .unwrap();
    let (set, skipped) = imported(&recipe(folder.path(), Layout::Triplets), table_out.path());
    assert_eq!(set.trials()[0].condition.as_str(), "blur");
    assert_eq!(set.trials().len(), 1);
    assert!(skipped.iter().any(|line| line.contains("lost.png")), "{skipped:?}");
}

#[test]
fn a_level_overrules_the_categories_that_folders_seem_to_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut seed = 0;
    let mut put = |name: String| {
        seed += 1;
        save(folder.path(), &name, seed);
    };
    for (place, nth) in [("train/cat/images", 0), ("val/dog/images", 1), ("train/dog/images", 2)] {
        for file in ["intact", "x", "y"] {
            put(format!("{place}/{nth}/{file}.png"));
        }
        for set in ["original", "set1", "set2"] {
            put(format!("{set}/{place}/{nth}.png"));
        }
    }
    for layout in [Layout::Triplets, Layout::Dist] {
        let counts = |category_level| {
            let found = find(&Import { category_level, ..recipe(folder.path(), layout.clone()) }).unwrap();
            let counts: Vec<String> =
                found.counts().into_iter().map(|(name, count)| format!("{name} {count}")).collect();
            (counts, found.notes().len())
        };
        assert_eq!(counts(None).0, ["cat 1", "dog 2"], "{layout:?}");
        assert!(counts(None).1 > 0, "what was passed over is told");
        assert_eq!(counts(Some(1)).0, ["train 2", "val 1"], "{layout:?}");
    }
}

#[test]
fn what_is_unusual_about_files_is_told_once_a_run() {
    let [folder, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    dist(folder.path(), 3);
    for index in 0..3 {
        let set = folder.path().join("set1/birds");
        fs::rename(set.join(format!("n{index}.png")), set.join(format!("n{index}"))).unwrap();
    }
    let recipe = recipe(folder.path(), Layout::Dist);
    let imported = import(&recipe, out.path(), &|_, _| ()).unwrap();
    assert_eq!(imported.notes.len(), 1, "{:?}", imported.notes);
    assert!(imported.notes[0].starts_with("3 files whose ending"), "{:?}", imported.notes);
}

/// A table of triplets: each line the seeds of the three pictures and the condition.
fn table(folder: &Path, lines: &[([u64; 3], &str)]) {
    let mut text = String::from("intact;distorted_1;distorted_2;condition\r\n");
    for (line, (seeds, condition)) in lines.iter().enumerate() {
        // Every line has files of its own, so that only their content tells that they are the same.
        let names = [0, 1, 2].map(|place| format!("M\u{f6}bel-{line}-{place}.png"));
        names.iter().zip(seeds).for_each(|(name, seed)| save(folder, name, *seed));
        text += &format!("{};{};{};{condition}\r\n", names[0], names[1], names[2]);
    }
    let bytes: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    fs::write(folder.join("triplets.csv"), bytes).unwrap();
}

#[test]
fn a_photograph_of_several_triplets_has_one_role_and_each_condition_once() {
    let [folder, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let mut lines = Vec::new();
    for photograph in 0..6_u64 {
        for (condition, shift) in [("blur", 1), ("noise", 3), ("noise", 5)] {
            lines.push(([photograph * 10, photograph * 10 + shift, photograph * 10 + shift + 1], condition));
        }
    }
    table(folder.path(), &lines);
    let recipe = Import { practice: 1, catch: 2, ..recipe(folder.path(), Layout::Triplets) };
    let (set, skipped) = imported(&recipe, out.path());
    let intact = |role: Role| {
        let of_role = set.trials().iter().filter(move |trial| trial.role == role);
        of_role.map(|trial| trial.images[trial.intact.index()].clone()).collect::<Vec<_>>()
    };
    let [practice, catch, test] = [Role::Practice, Role::Catch, Role::Test].map(intact);
    assert_eq!((practice.len(), catch.len(), test.len()), (1, 2, 6), "{skipped:#?}");
    assert!(practice.iter().all(|hash| !catch.contains(hash) && !test.contains(hash)));
    assert!(catch.iter().all(|hash| !test.contains(hash)));
    let named = |said: &str| skipped.iter().filter(|line| line.contains(said)).count();
    assert_eq!((named("is the same file as"), named("serves for")), (6, 3), "{skipped:#?}");
}

#[test]
fn a_folder_of_another_layout_is_refused_with_what_was_expected() {
    let [folder, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let error = import(&recipe(folder.path(), Layout::Dist), out.path(), &|_, _| ()).unwrap_err();
    assert!(error.to_string().contains("original/, set1/ and set2/"), "{error}");
    dist(folder.path(), 1);
    fs::remove_file(folder.path().join("set1/birds/n0.png")).unwrap();
    let error = import(&recipe(folder.path(), Layout::Dist), out.path(), &|_, _| ()).unwrap_err();
    assert!(matches!(error, MakeError::TooFewTriplets { found: 0, needed: 1, .. }), "{error}");
    assert!(error.to_string().contains("n0.png"), "{error}");
}
