//! What a user relies on: a set can be made, checked and made again, and whatever was altered in it is named.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_protocol::{Encoding, Name, Role, TrialSet};
use gestalt_stimuli::scenes::{self, Category};
use gestalt_stimuli::synthesis::PatchSynthesis;
use gestalt_stimuli::trial_set::{MadeSet, MakeError, Problem, Recipe, Source, TrialSetFolder, check, make};

fn recipe(source: Source) -> Recipe {
    Recipe {
        name: Name::new("little").unwrap(),
        source,
        synthesis: Arc::new(PatchSynthesis::new(16).unwrap()),
        size_px: 64,
        seed: 4,
        practice: 1,
        catch: 2,
        controls: 0,
        encoding: Encoding::WebpLossless,
    }
}

fn scene_recipe() -> Recipe {
    recipe(Source::Scenes { count: 4, categories: Category::ALL[..2].to_vec() })
}

fn made(recipe: &Recipe, out: &Path) -> MadeSet {
    make(recipe, out, &|_, _| ()).unwrap()
}

fn problems(folder: &Path) -> Vec<Problem> {
    check(folder).unwrap_err().problems
}

#[test]
fn a_set_of_scenes_passes_its_check_and_is_the_same_when_made_again() {
    let [first, second] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let told = AtomicUsize::new(0);
    let set = make(&scene_recipe(), first.path(), &|done, total| {
        assert!(done <= total && total == 7);
        told.fetch_max(done, Ordering::Relaxed);
    })
    .unwrap();
    assert_eq!(told.into_inner(), 7);
    assert_eq!(check(first.path()).unwrap(), set.set);
    assert_eq!(made(&scene_recipe(), second.path()).set.hash(), set.set.hash());
    assert!(set.report.to_string().contains("5 triplets"), "{}", set.report);

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
        made(&Recipe { encoding, ..recipe(Source::Images(source.path().to_owned())) }, out.path());
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
    let set = made(&recipe(Source::Images(source.path().to_owned())), out.path());
    let skipped: Vec<String> = set.skipped.iter().map(ToString::to_string).collect();
    assert!(skipped.iter().any(|line| line.contains("broken.png")), "{skipped:?}");
    assert!(skipped.iter().any(|line| line.contains("black.png")), "{skipped:?}");
    assert_eq!(set.set.trials().len(), 5);
    assert!(set.set.trials().iter().all(|trial| trial.category.as_str() == "boats"));
    check(out.path()).unwrap();

    let empty = tempfile::tempdir().unwrap();
    let error =
        make(&recipe(Source::Images(empty.path().to_owned())), nothing.path(), &|_, _| ()).unwrap_err();
    assert!(matches!(error, MakeError::TooFew { found: 0, needed: 4, .. }), "{error}");
}

#[test]
fn sizes_and_folders_that_cannot_be_used_are_refused() {
    let out = tempfile::tempdir().unwrap();
    let small = Recipe { size_px: 31, ..scene_recipe() };
    assert!(matches!(make(&small, out.path(), &|_, _| ()), Err(MakeError::Size { .. })));
    fs::write(out.path().join("thesis.txt"), "precious").unwrap();
    assert!(matches!(make(&scene_recipe(), out.path(), &|_, _| ()), Err(MakeError::NotEmpty(_))));
    assert_eq!(fs::read_to_string(out.path().join("thesis.txt")).unwrap(), "precious");
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
