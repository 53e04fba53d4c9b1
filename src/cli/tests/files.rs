//! Files and commands as people have them: pictures of every kind, logs of every form, interrupted and
//! repeated commands.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gestalt_scenes::{Category, render};
use gestalt_tables::Rows;
use safetensors::SafeTensors;

mod common;
use common::{fails, gestalt, interrupted, ok, path};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/scene-mae-s8");
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../images/fixtures/photographs");

fn small_set(folder: &Path) -> String {
    let set = path(folder, "set");
    let words = "trials make --scenes 9 --size 64 --scale 16 --practice 1 --catch 1 --out";
    ok(&words.split(' ').chain([set.as_str()]).collect::<Vec<_>>());
    set
}

/// The features of a file, by the names of the pictures.
fn features(file: &str) -> BTreeMap<String, Vec<f32>> {
    let bytes = fs::read(file).unwrap();
    let (_, head) = SafeTensors::read_metadata(&bytes).unwrap();
    let names: Vec<String> = serde_json::from_str(&head.metadata().as_ref().unwrap()["files"]).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensor = file.tensor("features").unwrap();
    assert_eq!(tensor.shape()[0], names.len());
    let rows = tensor.data().chunks_exact(4 * tensor.shape()[1]);
    let rows =
        rows.map(|row| row.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect());
    names.into_iter().zip(rows).collect()
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let mean = |values: &[f32]| values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| {
        a.iter().zip(b).map(|(a, b)| f(f64::from(*a) - mean_a, f64::from(*b) - mean_b)).sum::<f64>()
    };
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

#[test]
fn a_model_is_given_the_same_picture_whatever_the_file_says_about_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = path(folder.path(), "features.safetensors");
    ok(&["features", "--model", MODEL, "--out", &out, FIXTURES]);
    let features = features(&out);
    let mut compared = 0;
    for (name, found) in &features {
        let file = Path::new(name);
        if file.parent().unwrap().ends_with("expected") {
            continue;
        }
        let twin = file.with_file_name("expected").join(file.with_extension("png").file_name().unwrap());
        let r = correlation(found, &features[twin.to_str().unwrap()]);
        assert!(r >= 0.9999, "{name}: {r}");
        compared += 1;
    }
    assert_eq!(compared, 63);
}

#[test]
fn a_picture_that_cannot_be_read_is_named_and_the_others_are_computed() {
    let folder = tempfile::tempdir().unwrap();
    let (out, broken) = (path(folder.path(), "f.safetensors"), path(folder.path(), "broken.jpg"));
    fs::write(&broken, b"<!DOCTYPE html><title>404</title>").unwrap();
    let [first, last] = ["rgb.png", "grey.jpg"].map(|name| path(Path::new(FIXTURES), name));
    let words = ["features", "--model", MODEL, "--out", &out, &first, &broken, &last];
    let output = gestalt(&words);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("broken.jpg: is a web page"), "{said}");
    assert_eq!(
        features(&out).keys().map(String::as_str).collect::<Vec<_>>(),
        [last.as_str(), first.as_str()]
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    fails(&words, &["f.safetensors exists already", "--force"]);
    assert!(gestalt(&[&words[..], &["--force"]].concat()).status.success());
    let nowhere = path(folder.path(), "none/f.safetensors");
    fails(&["features", "--model", "no-model", "--out", &nowhere, &first], &["none does not exist"]);
}

#[cfg(unix)]
#[test]
fn interrupted_features_resume_to_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let [straight, out] = ["straight", "out"].map(|name| path(folder.path(), &format!("{name}.safetensors")));
    let words = |out: &str| ["features", "--model", MODEL, "--out", out, FIXTURES].map(str::to_owned);
    let given = words(&out);
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    ok(&words(&straight).iter().map(String::as_str).collect::<Vec<_>>());
    let said = interrupted(&given, &format!("{out}.rows.ndjson"), 3);
    assert!(said.contains("pictures; what is done is kept"), "{said}");
    ok(&given);
    assert_eq!(fs::read(&out).unwrap(), fs::read(&straight).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
}

#[cfg(unix)]
#[test]
fn an_interrupted_observation_resumes_and_a_finished_log_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let (log, straight) = (path(folder.path(), "log.ndjson"), path(folder.path(), "straight.ndjson"));
    let observe = |out: &str, more: &[&str]| -> Vec<String> {
        let words = ["observe", "--model", MODEL, "--trials", &set, "--out", out];
        words.iter().chain(more).map(ToString::to_string).collect()
    };
    let run = |words: &[String]| ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
    run(&observe(&straight, &[]));
    let answers = |log: &str| {
        let rows = Rows::read(&fs::read(log).unwrap()).unwrap().rows;
        let sessions: std::collections::BTreeSet<_> = rows.iter().map(|row| row.session).collect();
        (rows.into_iter().map(|row| (row.trial, row.shown, row.chosen)).collect::<Vec<_>>(), sessions.len())
    };
    let (expected, _) = answers(&straight);
    assert_eq!(expected.len(), 11);

    let words = observe(&log, &[]);
    let given: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = interrupted(&given, &log, 2);
    assert!(said.contains("of 11 trials") && said.contains("same command again"), "{said}");
    run(&words);
    assert_eq!(answers(&log), (expected.clone(), 1), "one session, every trial once");

    fails(&given, &["log.ndjson exists already", "--append", "--force"]);
    run(&observe(&log, &["--append", "--seed", "2"]));
    assert_eq!((answers(&log).0.len(), answers(&log).1), (22, 2));
    run(&observe(&log, &["--force"]));
    assert_eq!(answers(&log).0, expected);
    let nowhere = path(folder.path(), "none/log.ndjson");
    fails(&["observe", "--model", "no-model", "--trials", &set, "--out", &nowhere], &["none does not exist"]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_sheet_resumes_and_a_bad_picture_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (straight, sheet) = (path(folder.path(), "straight.png"), path(folder.path(), "sheet.png"));
    let broken = path(folder.path(), "broken.jpg");
    fs::write(&broken, b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n").unwrap();
    let look = |out: &str| ["models", "look", MODEL, "--out", out, &broken, FIXTURES].map(str::to_owned);
    let run = |words: &[String]| gestalt(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(run(&look(&straight)).status.success());
    let words = look(&sheet);
    let given: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = interrupted(&given, &format!("{sheet}.rows.ndjson"), 3);
    assert!(
        said.contains("broken.jpg: is a pointer of Git LFS") && said.contains("pictures; what is done"),
        "{said}"
    );
    let resumed = run(&words);
    assert!(resumed.status.success());
    let said = String::from_utf8(resumed.stderr).unwrap();
    assert!(!said.contains("broken.jpg"), "what is done is not done again: {said}");
    assert_eq!(fs::read(&sheet).unwrap(), fs::read(&straight).unwrap());
    fails(&given, &["sheet.png exists already", "--force"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left");
}

#[cfg(unix)]
#[test]
fn an_interrupted_report_resumes_and_a_bad_trial_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let (straight, report) = (path(folder.path(), "straight.html"), path(folder.path(), "report.html"));
    let image = fs::read_dir(Path::new(&set).join("images")).unwrap().next().unwrap().unwrap().path();
    fs::write(&image, b"").unwrap();
    ok(&["trials", "report", &set, "--out", &straight]);
    let words = ["trials", "report", &set, "--out", &report];
    let said = interrupted(&words, &format!("{report}.rows.ndjson"), 1);
    assert!(said.contains("of 11 trials; what is done is kept in"), "{said}");
    let output = gestalt(&words);
    let said = String::from_utf8(output.stderr).unwrap();
    let name = image.file_name().unwrap().to_str().unwrap();
    assert!(output.status.success() && said.contains("left out: trial `") && said.contains(name), "{said}");
    assert_eq!(fs::read_to_string(&report).unwrap(), fs::read_to_string(&straight).unwrap());
    fails(&words, &["report.html exists already", "--force"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left");
}

#[test]
fn whatever_the_product_writes_it_reads() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let (log, tables) = (path(folder.path(), "log.ndjson"), |name: &str| path(folder.path(), name));
    ok(&["observe", "--model", MODEL, "--trials", &set, "--out", &log]);
    ok(&["analyze", &log, "--out", &tables("of-ndjson")]);
    ok(&["export", "--format", "csv", &log, "--out", &tables("export")]);
    ok(&["analyze", &tables("export/rows.csv"), "--out", &tables("of-csv")]);
    ok(&["export", "--format", "csv", "--excel", &log, "--out", &tables("excel")]);
    assert!(fs::read(tables("excel/rows.csv")).unwrap().starts_with("\u{feff}".as_bytes()));
    ok(&["analyze", &tables("excel/rows.csv"), "--excel", "--out", &tables("of-excel")]);
    assert!(fs::read(tables("of-excel/summary.csv")).unwrap().starts_with("\u{feff}".as_bytes()));
    let summary = |name: &str| fs::read(path(folder.path(), &format!("{name}/summary.csv"))).unwrap();
    assert_eq!(summary("of-csv"), summary("of-ndjson"));
    for (name, said) in
        [("set/trials.json", "is a trial set"), ("of-csv/summary.csv", "is a table without the columns")]
    {
        let output = gestalt(&["analyze", &tables(name), "--out", &tables("none")]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(said), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn the_categories_of_a_folder_are_told_before_work_begins() {
    let folder = tempfile::tempdir().unwrap();
    for (number, place) in ["train/n01/images", "train/n02/images", "val/images"].into_iter().enumerate() {
        let place: PathBuf = folder.path().join("photographs").join(place);
        fs::create_dir_all(&place).unwrap();
        for nth in 0..2 {
            let picture = render(Category::ALL[2 * number + nth], nth as u64, 64);
            picture.save(place.join(format!("{nth}.png"))).unwrap();
        }
    }
    let photographs = path(folder.path(), "photographs");
    let make = |more: &[&str], out: &str| {
        let out = path(folder.path(), out);
        let words = "trials make --size 64 --scale 16 --practice 0 --catch 0 --images";
        let words: Vec<&str> = words.split(' ').chain([photographs.as_str(), "--out", &out]).collect();
        String::from_utf8(gestalt(&[&words[..], more].concat()).stderr).unwrap()
    };
    let said = make(&[], "chosen");
    assert!(said.contains("6 photographs in 3 categories: n01 2, n02 2, uncategorised 2"), "{said}");
    assert!(said.contains("the folder `images`") && said.contains("--category-level"), "{said}");
    let said = make(&["--category-level", "1"], "told");
    assert!(said.contains("in 2 categories: train 4, val 2"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_gestalt"));
    let mut child = command
        .args(["trials", "check", &set])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
