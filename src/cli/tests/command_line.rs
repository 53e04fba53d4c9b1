//! The command line as a scientist uses it: real files in, real files out, and what it says when something
//! is wrong.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gestalt_tables::Rows;
use gestalt_types::Sha256;

mod common;
use common::{fails, fails_on_a_full_disk, gestalt, ok, path};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/scene-untrained-s8");

/// A small trial set in a folder of its own.
fn small_set(folder: &Path) -> String {
    let set = path(folder, "set");
    ok(&[
        "trials",
        "make",
        "--scenes",
        "3",
        "--size",
        "112x96",
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
    let rows = Rows::read(&fs::read(&log).unwrap()).unwrap();
    assert_eq!((rows.rows.len(), rows.refused.len()), (5, 0));
    assert!(rows.rows.iter().all(|row| row.target.is_some()));
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
        let rows = Rows::read(&fs::read(&log).unwrap()).unwrap().rows;
        rows.into_iter().map(|row| (row.trial, row.shown, row.chosen)).collect::<Vec<_>>()
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
fn a_set_says_whether_it_is_fair() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let (page, list) = (path(folder.path(), "fair.html"), path(folder.path(), "fair.csv"));
    let said = ok(&["trials", "report", &set, "--out", &page, "--json", &list]);
    assert!(said.contains("3 test trials") && said.contains("Colours, trained"), "{said}");
    assert!(fs::read_to_string(&page).unwrap().contains("Fairness of the trial set set"));
    assert_eq!(fs::read_to_string(&list).unwrap().lines().count(), 6);
    fails(
        &["trials", "report", &path(folder.path(), "nowhere"), "--out", &page, "--force"],
        &["nowhere", "trials.json"],
    );
    fails(
        &["trials", "report", &set, "--out", &path(folder.path(), "no/page.html")],
        &["/no does not exist"],
    );
    fails(&["trials", "report", &set, "--out", &page, "--force", "--kept-above", "0"], &["--kept-above"]);

    // What is there stays whole when the new report does not fit.
    let whole = fs::read(&page).unwrap();
    fails(&["trials", "report", &set, "--out", &page], &["fair.html exists already", "--force"]);
    let words = ["trials", "report", &set, "--out", &page, "--force"];
    fails_on_a_full_disk(&words, 20, &["fair.html.rows.ndjson", "disk is not full"]);
    assert_eq!(fs::read(&page).unwrap(), whole);
    let is_part = |entry: fs::DirEntry| entry.path().extension().is_some_and(|ending| ending == "part");
    assert!(!fs::read_dir(folder.path()).unwrap().any(|entry| is_part(entry.unwrap())));
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

/// The words that make a set which takes a while, and its folder.
fn long_set(folder: &Path, name: &str) -> (Vec<String>, PathBuf) {
    let out = folder.join(name);
    let words = "trials make --scenes 24 --size 128 --scale 16 --practice 1 --catch 1 --name long --out";
    let words = words.split(' ').map(str::to_owned).chain([out.to_str().unwrap().to_owned()]);
    (words.collect(), out)
}

fn run_to_the_end(words: &[String]) -> String {
    ok(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Starts, and ends the run by `signal` once so many trials are finished; gives what it said.
#[cfg(unix)]
fn interrupted(words: &[String], out: &Path, finished: usize, signal: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gestalt"))
        .args(words)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = || fs::read_to_string(out.join("finished.ndjson")).map_or(0, |text| text.lines().count());
    while lines() < finished {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was interrupted");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

/// Names and contents of a set's files.
fn contents(set: &Path) -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
    let folders = [set.to_owned(), set.join("images")].into_iter().filter(|folder| folder.exists());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
    let files = files.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| (path.strip_prefix(set).unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

#[cfg(unix)]
#[test]
fn a_run_that_is_interrupted_or_killed_goes_on_and_ends_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (straight_words, straight) = long_set(folder.path(), "straight");
    run_to_the_end(&straight_words);
    let (words, out) = long_set(folder.path(), "out");
    let said = interrupted(&words, &out, 2, "-INT");
    assert!(said.contains("same command again"), "{said}");
    interrupted(&words, &out, 6, "-KILL");
    let mut other: Vec<&str> = words.iter().map(String::as_str).collect();
    other.extend(["--seed", "2"]);
    fails(&other, &["seed is 1 there, 2 is asked for"]);
    assert!(!out.join("trials.json").exists());
    run_to_the_end(&words);
    assert_eq!(contents(&out), contents(&straight));
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_named_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let (straight_words, straight) = long_set(folder.path(), "straight");
    run_to_the_end(&straight_words);
    let (words, out) = long_set(folder.path(), "out");
    let words_given: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = ["images/", "trials are made and kept", "MB: make room", "same command again"];
    fails_on_a_full_disk(&words_given, 10, &said);
    let whole = contents(&straight);
    for (name, bytes) in contents(&out) {
        let is_image = name.starts_with("images");
        assert!(!is_image || whole.get(&name) == Some(&bytes), "{} is not whole", name.display());
    }
    run_to_the_end(&words);
    assert_eq!(contents(&out), whole);
}

#[test]
fn truncated_altered_and_failing_models_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let model = altered_model(folder.path(), "weights.bpk", half);
    fails(&["models", "check", &model], &["reproduced its reference output on no device"]);
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
        let mut reference: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        for features in reference["features"].as_object_mut().unwrap().values_mut() {
            features.as_array_mut().unwrap().reverse();
        }
        reference.to_string().into_bytes()
    };
    let model = altered_model(folder.path(), "reference-output.json", reversed);
    fails(
        &["observe", "--model", &model, "--trials", &set, "--out", &out],
        &["did not reproduce the reference output"],
    );
    assert!(!Path::new(&out).exists(), "no row of a model that does not reproduce its reference output");
}

#[test]
fn the_shipped_models_and_the_demo_set_are_sound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let index: Vec<serde_json::Value> =
        serde_json::from_slice(&fs::read(root.join("models/index.json")).unwrap()).unwrap();
    assert!(index.len() >= 2);
    let copied = tempfile::tempdir().unwrap();
    for listed in &index {
        let name = listed["name"].as_str().unwrap();
        copy(&root.join("models").join(name), &copied.path().join(name));
    }
    // The order of the list is the order on the site: whoever lists anew keeps it.
    fs::copy(root.join("models/index.json"), copied.path().join("index.json")).unwrap();
    ok(&["models", "index", copied.path().to_str().unwrap()]);
    let made = fs::read(copied.path().join("index.json")).unwrap();
    assert_eq!(
        made,
        fs::read(root.join("models/index.json")).unwrap(),
        "`gestalt models index` gives another list"
    );
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
    let photographs = root.join("static/studies/photographs/trial-set");
    assert!(ok(&["trials", "check", photographs.to_str().unwrap()]).contains("26 trials, 78 images"));
}

#[test]
fn good_gestalt_sets_are_written_whole() {
    let folder = tempfile::tempdir().unwrap();
    let out = path(folder.path(), "sets");
    let words = [
        "gestalt-sets",
        "make",
        "--set",
        "all",
        "--split",
        "all",
        "--count",
        "3",
        "--png",
        "2",
        "--out",
        &out,
    ];
    assert!(ok(&words).contains("54 pictures"));
    let mut names: Vec<String> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 36, "{names:?}");
    assert_eq!(names[..2], ["closure-test", "closure-test.safetensors"]);
    let bytes = fs::read(path(Path::new(&out), "closure-test.safetensors")).unwrap();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap());
    assert_eq!(bytes.len() as u64, 8 + header + 3 * (4 * 3 * 64 * 64 + 64 * 64 + 1));
    for name in ["00000.png", "00000-mask.png", "00001.png", "00001-mask.png"] {
        assert!(fs::metadata(path(Path::new(&out), &format!("kanizsa-train/{name}"))).unwrap().len() > 50);
    }
    fails(&words, &["is not empty", "new folder"]);
    let other = path(folder.path(), "other");
    let again = [&words[..words.len() - 1], &[&other]].concat();
    fails_on_a_full_disk(
        &again,
        60,
        &["closure-train.safetensors", "disk is not full", "same command again"],
    );
    fs::write(path(Path::new(&other), "closure-train.4.part"), "cut off by a loss of power").unwrap();
    fails(&[&again[..], &["--seed", "2"]].concat(), &["seed is 1 there, 2 is asked for"]);
    assert!(ok(&again).contains("54 pictures"));
    assert_eq!(contents(Path::new(&other)), contents(Path::new(&out)));
    fails(
        &["gestalt-sets", "make", "--set", "kaniza", "--split", "test", "--out", &out],
        &["kaniza", "use one of"],
    );
    let sheet = path(folder.path(), "sheet.png");
    ok(&["gestalt-sets", "sheet", "--columns", "1", "--zoom", "1", "--out", &sheet]);
    assert!(fs::metadata(&sheet).unwrap().len() > 500);
}

#[test]
fn probe_figures_are_drawn_with_their_parameters_and_regions() {
    let folder = tempfile::tempdir().unwrap();
    let out = path(folder.path(), "probe");
    let words = |ratio| {
        [
            "probes",
            "make",
            "--figure",
            "kanizsa-square",
            "--support-ratio",
            ratio,
            "--borders",
            "--size",
            "96",
            "--out",
        ]
    };
    fails(&[&words("0.95")[..], &[&out]].concat(), &["support-ratio is 0.95", "from 0.1 to 0.9"]);
    ok(&[&words("0.6")[..], &[&out]].concat());
    let text = fs::read_to_string(path(Path::new(&out), "kanizsa-square.json")).unwrap();
    let said: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&said["figure"], &said["size_px"]), (&"kanizsa-square".into(), &96.into()));
    let value = |name: &str| {
        let all = said["parameters"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap()["value"].as_f64().unwrap()
    };
    assert_eq!(["support-ratio", "side", "borders", "control"].map(value), [0.6, 0.4, 1.0, 0.0]);
    let regions = said["regions"].as_array().unwrap();
    assert_eq!(regions.iter().map(|one| one["area_px"].as_u64().unwrap()).sum::<u64>(), 96 * 96);
    assert_eq!((&regions[2]["name"], &regions[2]["mask_grey"]), (&"figure".into(), &254.into()));
    for name in ["kanizsa-square.png", "kanizsa-square-mask.png"] {
        assert!(fs::metadata(path(Path::new(&out), name)).unwrap().len() > 100);
    }
    fails(&[&words("0.6")[..], &[&out]].concat(), &["is not empty"]);
    let other = path(folder.path(), "other");
    fails(
        &["probes", "make", "--figure", "convexity", "--side", "0.3", "--out", &other],
        &["no parameter `side`"],
    );
    assert!(ok(&["probes", "make", "--help"]).contains("from 0.1 to 0.9"));
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
    let narrow = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/fixtures/vgg19.pth");
    let wanted = "`features.0.weight` is [4, 3, 3, 3], wanted [64, 3, 3, 3]";
    fails(&[&gatys[..], &["--vgg19", narrow][..]].concat(), &["vgg19.pth", wanted]);
}
