//! The syntheses, scales and windows of `gestalt trials make` as a scientist asks for them.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use gestalt_images::jpeg_copy::{Chroma, jpeg_bytes};
use gestalt_protocol::{Role, TrialSet};
use gestalt_scenes as scenes;
use gestalt_scenes::Category;

mod common;
use common::{fails, gestalt, ok, path};

/// Makes a set of two scenes in a new folder.
fn made(folder: &Path, name: &str, more: &[&str]) -> TrialSet {
    let set = path(folder, name);
    let words = ["trials", "make", "--scenes", "2", "--practice", "0", "--catch", "0", "--size", "64"];
    ok(&[&words[..], &["--out", &set], more].concat());
    ok(&["trials", "check", &set]);
    TrialSet::parse(&fs::read(folder.join(name).join("trials.json")).unwrap()).unwrap()
}

fn conditions(set: &TrialSet) -> Vec<&str> {
    set.trials().iter().map(|trial| trial.condition.as_str()).collect()
}

const WINDOWS: [&str; 4] = ["--synthesis", "portilla-simoncelli", "--scale", "8"];

#[test]
fn several_windows_are_conditions_of_one_set() {
    let folder = tempfile::tempdir().unwrap();
    let set = made(folder.path(), "set", &[&WINDOWS[..], &["--window", "16,32"]].concat());
    let both = ["portilla-simoncelli-windows-16", "portilla-simoncelli-windows-32"];
    assert_eq!(conditions(&set), [both, both].concat());
    let stated: Vec<(u32, &str)> =
        set.made().syntheses.iter().map(|made| (made.scale_px, made.settings.as_str())).collect();
    assert_eq!(stated, [(16, "structure of 8 px"), (32, "structure of 8 px")]);
    let spread =
        made(folder.path(), "spread", &[&WINDOWS[..], &["--window", "16,32", "--spread-scales"]].concat());
    assert_eq!(conditions(&spread), both);
}

#[test]
fn sizes_that_no_condition_could_tell_apart_are_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let out = path(folder.path(), "set");
    let make = ["trials", "make", "--scenes", "2", "--size", "64", "--out", &out];
    for (more, said) in [
        (&["--window", "16,32", "--scale", "8,16"][..], "give one --scale and several windows"),
        (&["--window", "16", "--scale", "8,16"], "give one --scale and several windows"),
        (&["--window", "16,16"], "--window names a size twice"),
        (&["--scale", "8,16,8"], "--scale names a size twice"),
        (&["--window", "4"], "a window of 4 px"),
    ] {
        let words = [&make[..], &["--synthesis", "portilla-simoncelli"], more].concat();
        fails(&words, &[said]);
    }
    fails(&[&make[..], &["--window", "16"]].concat(), &["--synthesis portilla-simoncelli only"]);
    assert!(!Path::new(&out).exists());
}

#[test]
fn scales_are_crossed_with_pictures_or_spread_over_them() {
    let folder = tempfile::tempdir().unwrap();
    let crossed = made(folder.path(), "crossed", &["--scale", "8,16"]);
    assert_eq!(conditions(&crossed), ["patch-8", "patch-16", "patch-8", "patch-16"]);
    let spread = made(folder.path(), "spread", &["--scale", "8,16", "--spread-scales"]);
    assert_eq!(conditions(&spread), ["patch-8", "patch-16"]);
}

#[test]
fn controls_and_portilla_simoncelli_go_together_and_the_report_counts_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--synthesis", "portilla-simoncelli", "--scale", "16", "--controls", "1"];
    let set = made(folder.path(), "set", &more);
    assert_eq!(conditions(&set)[..2], ["portilla-simoncelli-16"; 2]);
    let controls = set.trials().iter().filter(|trial| trial.condition.as_str().starts_with("control-"));
    assert!(controls.clone().count() == 5 && controls.clone().all(|trial| trial.role == Role::Control));
    let page = path(folder.path(), "fair.html");
    let said = ok(&["trials", "report", &path(folder.path(), "set"), "--out", &page]);
    assert!(said.contains("2 test trials: "), "{said}");
    assert!(fs::read_to_string(page).unwrap().contains("5 control, 0 practice, 0 catch trials"));
}

#[test]
fn traces_are_matched_unless_it_is_asked_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let settings = |set: &TrialSet| set.made().syntheses[0].settings.clone();
    let matched = made(folder.path(), "matched", &["--scale", "16"]);
    assert_eq!(settings(&matched), "traces matched");
    let unmatched = made(folder.path(), "unmatched", &["--scale", "16", "--match-traces", "off"]);
    assert_eq!(settings(&unmatched), "", "as sets of earlier versions state it");
    assert_ne!(matched.hash(), unmatched.hash());
    let out = path(folder.path(), "textures");
    let other = ["trials", "make", "--scenes", "1", "--synthesis", "filter-bank", "--match-traces", "on"];
    fails(&[&other[..], &["--out", &out]].concat(), &["--match-traces on goes with --synthesis patch only"]);
}

/// JPEG photographs at their own size keep their blocks, which no distortion has where traces are not
/// matched.
#[test]
fn photographs_that_were_jpegs_are_refused_at_their_own_size_unless_equalised() {
    let folder = tempfile::tempdir().unwrap();
    let photographs = folder.path().join("photographs");
    fs::create_dir(&photographs).unwrap();
    for seed in 0..24 {
        let scene = scenes::render(Category::ALL[seed as usize % Category::ALL.len()], seed, 128);
        let bytes = jpeg_bytes(&scene, 75, Chroma::Halved).unwrap();
        fs::write(photographs.join(format!("{seed}.jpg")), bytes).unwrap();
    }
    let photographs = photographs.to_str().unwrap();
    let make = ["trials", "make", "--images", photographs, "--size", "128", "--scale", "24"];
    let make = [&make[..], &["--practice", "0", "--catch", "0", "--match-traces", "off"]].concat();
    let refused = path(folder.path(), "refused");
    fails(&[&make[..], &["--out", &refused]].concat(), &["--equalise-jpeg Q", "No trials.json"]);
    assert!(!Path::new(&refused).join("trials.json").exists());
    let mended = path(folder.path(), "mended");
    let output = gestalt(&[&make[..], &["--equalise-jpeg", "75", "--out", &mended]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(Path::new(&mended).join("trials.json")).unwrap();
    assert!(text.contains("patch, all pictures through JPEG of quality 75"));
}
