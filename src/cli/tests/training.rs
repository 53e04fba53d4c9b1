//! Training from the command line: what a recipe gets wrong, a kill at any moment, a full disk, and
//! segmentation by what it made.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

mod common;
use common::{fails, fails_on_a_full_disk, ok, path};

const RECIPE: &str = r#"
name = "toy"
seed = 3
licence = "MIT"
compare_on = 0
[data]
source = "figures"
set = "kanizsa"
count = 64
seed = 1
[model]
kind = "vae"
image_px = 64
width = 2
latent = 4
variational = false
[objective]
kind = "autoencoder"
[schedule]
pictures = 320
batch = 16
warmup_pictures = 64
learning_rate = 3e-3
weight_decay = 0.0
smallest_crop = 1.0
checkpoint_every_steps = 2
"#;

/// Writes a recipe and gives the words that train it.
fn recipe(folder: &Path, text: &str) -> [String; 5] {
    let file = path(folder, "toy.toml");
    fs::write(&file, text).unwrap();
    ["train".into(), "--recipe".into(), file, "--out".into(), path(folder, "toy")]
}

fn words(recipe: &[String]) -> Vec<&str> {
    recipe.iter().map(String::as_str).collect()
}

#[test]
fn a_run_that_was_killed_resumes_and_its_model_segments_figures() {
    let folder = tempfile::tempdir().unwrap();
    let long = recipe(folder.path(), &RECIPE.replace("pictures = 320", "pictures = 320000"));
    let mut running = Command::new(env!("CARGO_BIN_EXE_gestalt"))
        .args(&long)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Killed as soon as there is a checkpoint, in the middle of whatever it does then.
    let checkpoints = folder.path().join("toy/checkpoints");
    while !["a", "b"].iter().any(|slot| checkpoints.join(slot).join("standing.json").exists()) {
        assert!(running.try_wait().unwrap().is_none(), "training ended before its first checkpoint");
        std::thread::yield_now();
    }
    running.kill().unwrap();
    running.wait().unwrap();

    // Another recipe does not take over the checkpoint.
    let short = recipe(folder.path(), RECIPE);
    fails(&words(&short), &["another recipe", "--out"]);

    // The checkpoint's slot is whole, and the same recipe resumes: its schedule is shortened in both, as
    // time would.
    for slot in ["a", "b"] {
        let standing = checkpoints.join(slot).join("standing.json");
        if let Ok(text) = fs::read_to_string(&standing) {
            fs::write(standing, text.replace("320000", "320")).unwrap();
        }
    }
    ok(&words(&short));
    let log = fs::read_to_string(folder.path().join("toy/train.log")).unwrap();
    assert!(log.contains("resuming after step"), "{log}");

    let (model, out) = (path(folder.path(), "toy"), path(folder.path(), "segments"));
    let segment = ["segment", "--model", &model, "--set", "kanizsa", "--count", "2", "--out", &out];
    assert!(ok(&segment).contains("mean ari "));
    let table = fs::read_to_string(folder.path().join("segments/segments.csv")).unwrap();
    assert_eq!(table.lines().count(), 3, "{table}");
    assert!(table.starts_with("picture,segments,ari,ari_without_discs,seconds\nkanizsa-0000,3,"), "{table}");
    assert!(folder.path().join("segments/kanizsa-0001.png").exists());
    fails(&segment, &["not empty"]);
}

#[test]
fn a_full_disk_ends_a_run_with_the_file_that_could_not_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let toy = recipe(folder.path(), RECIPE);
    fails_on_a_full_disk(&words(&toy), 4, &["toy"]);
    ok(&words(&toy));
}

#[test]
fn a_wrong_recipe_is_named_with_its_field() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to, said) in [
        ("count = 64", "count = \"many\"", "data"),
        ("batch = 16", "batch = 0", "schedule.batch"),
        ("[objective]", "[objectiv]", "objectiv"),
        ("name = \"toy\"", "name = ", "toy.toml"),
    ] {
        let toy = recipe(folder.path(), &RECIPE.replace(from, to));
        fails(&words(&toy), &["toy.toml", said]);
    }
    let nowhere = path(folder.path(), "nowhere.toml");
    fails(&["train", "--recipe", &nowhere, "--out", "x"], &["nowhere.toml"]);
}

#[test]
fn only_an_autoencoder_segments() {
    let folder = tempfile::tempdir().unwrap();
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/scene-untrained-s8");
    let out = path(folder.path(), "out");
    let segment = ["segment", "--model", model, "--set", "closure", "--count", "1", "--out", &out];
    fails(&segment, &["scene-untrained-s8", "not an autoencoder"]);
    fails(&["segment", "--model", model, "--set", "ponzo", "--out", &out], &["ponzo", "kanizsa"]);
    // Colours need no model.
    let colours = ["segment", "--by", "colour", "--set", "closure", "--count", "1", "--out", &out];
    assert!(ok(&colours).contains("mean ari "));
    let noise = path(folder.path(), "noise");
    fails(&["segment", "--by", "latent-noise", "--set", "closure", "--out", &noise], &["model is needed"]);
}
