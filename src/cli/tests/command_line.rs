//! The command line as a scientist uses it: real files in, real files out, and what it says when something is wrong.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gestalt_protocol::{Rows, Sha256};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/scene-untrained-s8");

fn gestalt(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gestalt")).args(words).env_remove("RUST_BACKTRACE").output().unwrap()
}

/// Runs, expects success, gives what was printed.
fn ok(words: &[&str]) -> String {
    let output = gestalt(words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs, expects a failure that says all of this.
fn fails(words: &[&str], said: &[&str]) {
    let output = gestalt(words);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{words:?} should fail");
    for part in said {
        assert!(error.contains(part), "{words:?}: `{part}` is missing in: {error}");
    }
    assert!(!error.contains("panicked"), "{error}");
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// A small trial set in a folder of its own.
fn small_set(folder: &Path) -> String {
    let set = path(folder, "set");
    ok(&[
        "trials",
        "make",
        "--scenes",
        "3",
        "--size",
        "96",
        "--scale",
        "24",
        "--practice",
        "1",
        "--catch",
        "1",
        "--out",
        &set,
    ]);
    set
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// A model's folder with one file altered.
fn altered_model(folder: &Path, file: &str, alter: impl Fn(Vec<u8>) -> Vec<u8>) -> String {
    let model = folder.join("model");
    copy(Path::new(MODEL), &model);
    let file: PathBuf = model.join(file);
    fs::write(&file, alter(fs::read(&file).unwrap())).unwrap();
    model.to_str().unwrap().to_owned()
}

#[test]
fn from_scenes_to_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    assert!(ok(&["trials", "check", &set]).contains("sound"));
    let (log, results) = (path(folder.path(), "model.ndjson"), path(folder.path(), "results"));
    ok(&["observe", "--model", MODEL, "--trials", &set, "--out", &log]);
    let rows = Rows::parse(&fs::read(&log).unwrap());
    assert_eq!((rows.rows.len(), rows.refused.len()), (5, 0));
    assert!(rows.rows.iter().all(|row| row.intact_slot.is_some()));
    ok(&["analyze", &log, "--out", &results]);
    assert!(
        fs::read_to_string(path(folder.path(), "results/report.html"))
            .unwrap()
            .contains("scene-untrained-s8")
    );
    ok(&["export", "--format", "csv", &log, "--out", &results]);
}

#[test]
fn the_same_seed_gives_the_same_answers() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let answers = |name: &str| {
        let log = path(folder.path(), name);
        ok(&["observe", "--model", MODEL, "--trials", &set, "--seed", "5", "--out", &log]);
        let rows = Rows::parse(&fs::read(&log).unwrap()).rows;
        rows.into_iter().map(|row| (row.trial, row.shown, row.chosen_slot)).collect::<Vec<_>>()
    };
    assert_eq!(answers("a.ndjson"), answers("b.ndjson"));
}

#[test]
fn an_edited_trial_set_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let file = path(Path::new(&set), "trials.json");
    let text = fs::read_to_string(&file).unwrap();
    let out = path(folder.path(), "x.ndjson");
    fs::write(&file, text.replacen("\"seed\": 1", "\"seed\": 2", 1)).unwrap();
    for words in
        [vec!["trials", "check", &set], vec!["observe", "--model", MODEL, "--trials", &set, "--out", &out]]
    {
        fails(&words, &["edited", "gestalt trials make"]);
    }
    fs::write(&file, text.replace("\"format_version\": 1", "\"format_version\": 7")).unwrap();
    fails(&["trials", "check", &set], &["format version 7", "update"]);
}

#[test]
fn an_altered_or_missing_image_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let image = fs::read_dir(path(Path::new(&set), "images")).unwrap().next().unwrap().unwrap().path();
    let name = image.file_name().unwrap().to_str().unwrap();
    let mut bytes = fs::read(&image).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&image, &bytes).unwrap();
    fails(&["trials", "check", &set], &[name]);
    fs::remove_file(&image).unwrap();
    fails(&["trials", "check", &set], &[name]);
}

#[test]
fn a_broken_photograph_is_named_and_the_others_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let photographs = path(folder.path(), "photographs");
    ok(&["scenes", "--count", "3", "--size", "96", "--out", &photographs]);
    fs::write(path(folder.path(), "photographs/broken.jpg"), b"\xff\xd8\xff no picture").unwrap();
    let set = path(folder.path(), "set");
    let words = [
        "trials",
        "make",
        "--images",
        &photographs,
        "--size",
        "96",
        "--scale",
        "24",
        "--practice",
        "0",
        "--catch",
        "0",
        "--out",
        &set,
    ];
    let output = gestalt(&words);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("broken.jpg"));
    assert!(ok(&["trials", "check", &set]).contains("3 trials"));
}

#[test]
fn truncated_altered_and_failing_models_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let model = altered_model(folder.path(), "weights.bpk", half);
    fails(&["models", "check", &model], &["passed its known answer on no device"]);
    let (set, out) = (small_set(folder.path()), path(folder.path(), "x.ndjson"));
    fails(&["observe", "--model", &model, "--trials", &set, "--out", &out], &["weights.bpk", "bytes"]);

    let flipped = |mut bytes: Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x40;
        bytes
    };
    let model = altered_model(folder.path(), "weights.bpk", flipped);
    fails(&["observe", "--model", &model, "--trials", &set, "--out", &out], &["weights.bpk"]);

    let reversed = |bytes: Vec<u8>| {
        let mut known: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        for features in known["features"].as_object_mut().unwrap().values_mut() {
            features.as_array_mut().unwrap().reverse();
        }
        known.to_string().into_bytes()
    };
    let model = altered_model(folder.path(), "known-answer.json", reversed);
    fails(&["observe", "--model", &model, "--trials", &set, "--out", &out], &["failed the known answer"]);
    assert!(!Path::new(&out).exists(), "no row of a model that fails its known answer");
}

#[test]
fn the_shipped_models_and_the_demo_set_are_sound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let index: Vec<serde_json::Value> =
        serde_json::from_slice(&fs::read(root.join("models/index.json")).unwrap()).unwrap();
    assert!(index.len() >= 2);
    for listed in index {
        let folder = root.join("models").join(listed["name"].as_str().unwrap());
        let weights = fs::read(folder.join("weights.bpk")).unwrap();
        assert_eq!(listed["weights_hash"], Sha256::of(&weights).as_str());
        assert_eq!(listed["size_bytes"], weights.len());
        assert!(weights.len() < 4_000_000, "a shipped model is small");
        assert!(ok(&["models", "check", folder.to_str().unwrap()]).contains("passed"));
    }
    let demo = root.join("static/studies/demo/trial-set");
    assert!(ok(&["trials", "check", demo.to_str().unwrap()]).contains("60 trials, 180 images"));
}

#[test]
fn gram_matching_makes_a_set_and_gatys_asks_for_its_weights() {
    let folder = tempfile::tempdir().unwrap();
    let set = path(folder.path(), "bank");
    let make = ["trials", "make", "--scenes", "1", "--practice", "0", "--catch", "0", "--size", "64"];
    let bank = ["--synthesis", "filter-bank", "--scale", "16", "--iterations", "2", "--out", &set];
    let said = ok(&[&make[..], &bank[..]].concat());
    assert!(said.contains("1 trials, 3 images"), "{said}");
    ok(&["trials", "check", &set]);

    let out = path(folder.path(), "gatys");
    let gatys = [&make[..], &["--synthesis", "gatys", "--out", &out][..]].concat();
    fails(&gatys, &["--vgg19 FILE", "--synthesis filter-bank"]);
    let narrow = concat!(env!("CARGO_MANIFEST_DIR"), "/../networks/fixtures/vgg19.pth");
    let wanted = "`features.0.weight` is [4, 3, 3, 3], wanted [64, 3, 3, 3]";
    fails(&[&gatys[..], &["--vgg19", narrow][..]].concat(), &["vgg19.pth", wanted]);
}
