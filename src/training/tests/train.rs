//! Training at toy size: it learns, it goes on after a kill, and the untrained twin is where it started.
#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use burn::tensor::Device;
use gestalt_models::card::ModelCard;
use gestalt_models::folder::ModelFolder;
use gestalt_models::pack;
use gestalt_models::{Compute, LoadedModel};
use gestalt_training::{Progress, Recipe, TrainError, run};

const TOY: &str = r#"
name = "toy"
seed = 3
licence = "MIT"
compare_on = 4
[data]
source = "folder"
path = "PICTURES"
size_px = 16
[model]
image_px = 16
patch_px = 4
width = 32
depth = 1
heads = 2
mlp_ratio = 2
ln_eps = 1e-6
[objective]
mask_ratio = 0.5
decoder_width = 16
decoder_depth = 1
decoder_heads = 1
[schedule]
pictures = 480
batch = 4
warmup_pictures = 40
learning_rate = 3e-3
weight_decay = 0.05
smallest_crop = 0.5
checkpoint_every_steps = 10
"#;

/// A folder of eight smooth pictures and one file that is none.
fn pictures(folder: &Path) {
    std::fs::create_dir_all(folder.join("below")).unwrap();
    for i in 0..8_u32 {
        let picture = image::RgbImage::from_fn(20, 18, |x, y| {
            image::Rgb([(x * 12 + i) as u8, (y * (6 + i)) as u8, ((x + y) * 5 + 9 * i) as u8])
        });
        picture.save(folder.join(format!("below/{i}.png"))).unwrap();
    }
    std::fs::write(folder.join("broken.png"), b"no picture").unwrap();
    for name in ["png-inside.jpg", "no-ending"] {
        std::fs::copy(folder.join("below/0.png"), folder.join(name)).unwrap();
    }
}

fn recipe(folder: &Path, name: &str, pictures: u64) -> Recipe {
    let text = TOY.replace("PICTURES", folder.to_str().unwrap()).replace("toy", name);
    Recipe::parse(&text.replace("pictures = 480", &format!("pictures = {pictures}"))).unwrap()
}

fn weights(out: &Path) -> Vec<u8> {
    std::fs::read(out.join("weights.bpk")).unwrap()
}

fn load(out: &Path) -> LoadedModel {
    let folder = ModelFolder::read(out).unwrap();
    pollster::block_on(LoadedModel::from_bytes(folder.files(), Compute::cpu().unwrap())).unwrap()
}

#[test]
fn a_run_learns_names_what_it_skips_and_makes_a_loadable_folder() {
    let home = tempfile::tempdir().unwrap();
    pictures(&home.path().join("pictures"));
    let out = home.path().join("out");
    let (mut losses, mut skipped, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    run(&recipe(&home.path().join("pictures"), "toy", 480), &out, &Device::flex(), &mut |progress| {
        match progress {
            Progress::Step { point, .. } => losses.push(point.loss),
            Progress::Skipped(why) => skipped.push(why.to_string()),
            Progress::Note(note) => notes.push(note),
            _ => {}
        }
    })
    .unwrap();
    assert_eq!(losses.len(), 6);
    assert!(losses[5] < 0.8 * losses[0], "{losses:?}");
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0].contains("broken.png"), "{skipped:?}");
    assert_eq!(notes.len(), 1, "once, not for each file: {notes:?}");
    assert!(notes[0].contains("2 files whose ending"), "{notes:?}");
    let model = load(&out);
    assert!(model.verdict().passed());
    let measured = &model.card().measured;
    assert_eq!(measured["pictures_shown"], 480.0);
    // What 8 bits change is stated, of as many scenes as the recipe asks for.
    assert_eq!((measured["cosine_scenes"], measured["choices"]), (4.0, 1.0));
    assert!(measured["cosine_to_unquantised_least"] > 0.999, "{measured:?}");
    for file in ["recipe.toml", "train.log", "loss.csv", "loss.svg", "reconstructions.png"] {
        assert!(out.join(file).exists(), "{file}");
    }
    assert!(!out.join("checkpoints").exists());
    assert_eq!(Recipe::read(&out.join("recipe.toml")).unwrap().name, "toy");
}

/// A small recipe with the supervised objective on rendered scenes.
fn supervised(pictures: u64) -> Recipe {
    let objective = TOY.find("[objective]").unwrap()..TOY.find("[schedule]").unwrap();
    let text = TOY.replace(&TOY[objective], "[objective]\nkind = \"supervised\"\n");
    let text =
        text.replace("source = \"folder\"\npath = \"PICTURES\"", "source = \"scenes\"\ncount = 30\nseed = 7");
    Recipe::parse(&text.replace("pictures = 480", &format!("pictures = {pictures}"))).unwrap()
}

/// The largest difference of any weight of two model folders.
fn largest_difference(a: &Path, b: &Path) -> f32 {
    let (a, b) = (pack::unpack(&weights(a)).unwrap(), pack::unpack(&weights(b)).unwrap());
    assert_eq!(a.len(), b.len());
    let apart = |(key, weight): (&String, &gestalt_networks::weight::Weight)| {
        weight.values.iter().zip(&b[key].values).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
    };
    a.iter().map(apart).fold(0.0, f32::max)
}

#[test]
fn supervised_training_learns_and_measures_itself_on_new_scenes() {
    let out = tempfile::tempdir().unwrap();
    let mut losses = Vec::new();
    run(&supervised(1600), out.path(), &Device::flex(), &mut |progress| {
        if let Progress::Step { point, .. } = progress {
            losses.push(point.loss);
        }
    })
    .unwrap();
    assert!(losses[losses.len() - 1] < 0.9 * losses[0], "{losses:?}");
    let model = load(out.path());
    assert!(model.verdict().passed());
    assert!(model.card().objective.contains("15 categories"));
    let measured = &model.card().measured;
    assert_eq!(measured["new_scenes"], 150.0);
    assert!((0.0..=1.0).contains(&measured["accuracy_on_new_scenes"]));
}

#[test]
fn a_killed_supervised_run_resumes_to_the_same_weights() {
    let home = tempfile::tempdir().unwrap();
    let (whole, killed) = (home.path().join("whole"), home.path().join("killed"));
    run(&supervised(160), &whole, &Device::flex(), &mut |_| {}).unwrap();
    let until_step_20 = AssertUnwindSafe(|| {
        run(&supervised(160), &killed, &Device::flex(), &mut |progress| {
            assert!(!matches!(progress, Progress::Step { .. }), "the kill");
        })
    });
    assert!(catch_unwind(until_step_20).is_err());
    run(&supervised(160), &killed, &Device::flex(), &mut |_| {}).unwrap();
    assert!(largest_difference(&whole, &killed) < 1e-5);
}

#[test]
fn a_recipe_from_before_there_was_a_choice_is_a_masked_autoencoder() {
    let old = Recipe::parse(TOY).unwrap();
    let new =
        Recipe::parse(&TOY.replace("[objective]", "[objective]\nkind = \"masked_autoencoder\"")).unwrap();
    assert_eq!(old, new);
    let unknown =
        Recipe::parse(&TOY.replace("[objective]", "[objective]\nkind = \"telepathy\"")).unwrap_err();
    assert!(unknown.contains("telepathy") && unknown.contains("supervised"), "{unknown}");
}

#[test]
fn a_killed_run_goes_on_to_the_same_end() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("pictures");
    pictures(&folder);
    let recipe = recipe(&folder, "toy", 160);
    let whole = home.path().join("whole");
    run(&recipe, &whole, &Device::flex(), &mut |_| {}).unwrap();

    let killed = home.path().join("killed");
    let until_step_20 = AssertUnwindSafe(|| {
        run(&recipe, &killed, &Device::flex(), &mut |progress| {
            assert!(!matches!(progress, Progress::Step { .. }), "the kill");
        })
    });
    assert!(catch_unwind(until_step_20).is_err());
    assert!(killed.join("checkpoints").exists());
    let mut resumed = None;
    run(&recipe, &killed, &Device::flex(), &mut |progress| {
        if let Progress::Resumed(step) = progress {
            resumed = Some(step);
        }
    })
    .unwrap();
    assert_eq!(resumed, Some(10));
    let (a, b) = (pack::unpack(&weights(&whole)).unwrap(), pack::unpack(&weights(&killed)).unwrap());
    for (key, weight) in &a {
        let apart = weight.values.iter().zip(&b[key].values).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-5, "{key} differs by {apart}");
    }
}

#[test]
fn another_recipe_does_not_go_on_with_this_runs_checkpoint() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("pictures");
    pictures(&folder);
    let out = home.path().join("out");
    let killed = AssertUnwindSafe(|| {
        run(&recipe(&folder, "toy", 160), &out, &Device::flex(), &mut |progress| {
            assert!(!matches!(progress, Progress::Step { .. }), "the kill");
        })
    });
    assert!(catch_unwind(killed).is_err());
    let error = run(&recipe(&folder, "toy", 320), &out, &Device::flex(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, TrainError::OtherRun { .. }), "{error}");
}

#[test]
fn the_untrained_twin_is_the_same_on_every_run_and_needs_no_pictures() {
    let home = tempfile::tempdir().unwrap();
    let recipe = recipe(&home.path().join("nowhere"), "twin", 0);
    let (a, b) = (home.path().join("a"), home.path().join("b"));
    run(&recipe, &a, &Device::flex(), &mut |_| {}).unwrap();
    run(&recipe, &b, &Device::flex(), &mut |_| {}).unwrap();
    assert_eq!(weights(&a), weights(&b));
    let card = ModelCard::parse(&std::fs::read(a.join("card.json")).unwrap()).unwrap();
    assert!(card.objective.contains("control"));
    assert!(load(&a).verdict().passed());
}

#[test]
fn a_recipe_that_cannot_be_says_which_field() {
    for (from, to, named) in [
        ("mask_ratio = 0.5", "mask_ratio = 1.0", "objective.mask_ratio"),
        ("patch_px = 4", "patch_px = 5", "patch_px"),
        ("batch = 4", "batch = 0", "schedule.batch"),
        ("batch = 4", "batch = \"four\"", "schedule.batch"),
        ("decoder_heads = 1", "decoder_heads = 3", "objective.decoder_width"),
        ("seed = 3", "sede = 3", "sede"),
    ] {
        let error = Recipe::parse(&TOY.replace(from, to)).unwrap_err();
        assert!(error.contains(named), "{named} is not named: {error}");
    }
}
