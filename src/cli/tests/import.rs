//! The import of others' triplets as a scientist uses it: a set that its encoding gives away is refused and
//! can be mended.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use gestalt_images::jpeg_copy::{Chroma, jpeg_bytes};
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::PatchSynthesis;

mod common;
use common::{fails_on_a_full_disk, gestalt};

/// The published confound: originals of quality 95 with full chroma, distortions of 75 with halved chroma.
fn confounded_dist(folder: &Path) {
    let synthesis = PatchSynthesis::new(24).unwrap();
    for seed in 0..24u64 {
        let intact = scenes::render(Category::ALL[seed as usize % Category::ALL.len()], seed, 96);
        for (place, name) in ["original", "set1", "set2"].into_iter().enumerate() {
            let (picture, quality, chroma) = match place {
                0 => (intact.clone(), 95, Chroma::Full),
                _ => (synthesis.distort(&intact, seed * 2 + place as u64), 75, Chroma::Halved),
            };
            fs::create_dir_all(folder.join(name)).unwrap();
            let bytes = jpeg_bytes(&picture, quality, chroma).unwrap();
            fs::write(folder.join(format!("{name}/{seed}.jpg")), bytes).unwrap();
        }
    }
}

#[test]
fn a_set_that_its_encoding_gives_away_is_refused_unless_forced_or_mended() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("DiST");
    confounded_dist(&source);
    fs::write(source.join("set1/0.jpg"), b"not a picture").unwrap();
    let run_at = |size_px: &str, name: &str, more: &[&str]| {
        let out = folder.path().join(name);
        let words = ["trials", "import", "--layout", "dist", source.to_str().unwrap(), "--size", size_px];
        let words =
            [&words[..], &["--practice", "1", "--catch", "2", "--out", out.to_str().unwrap()], more].concat();
        (gestalt(&words), out)
    };
    let run = |name: &str, more: &[&str]| run_at("96", name, more);
    let (refused, out) = run("refused", &[]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    for part in ["chroma subsampling, pixel pairs", "--equalise-jpeg", "--force", "set1/0.jpg"] {
        assert!(said.contains(part), "`{part}` is missing in: {said}");
    }
    assert!(!out.join("trials.json").exists(), "a refused set is no set");
    assert!(String::from_utf8(refused.stdout).unwrap().contains("JPEG quality by its tables"));

    // Resizing hides the grids, not the fault.
    let (resized, out) = run_at("84", "resized", &[]);
    let said = String::from_utf8(resized.stderr).unwrap();
    assert!(!resized.status.success() && said.contains("before the import"), "{said}");
    assert!(!out.join("trials.json").exists(), "a refused set is no set");

    for (name, more) in [("forced", &["--force"][..]), ("mended", &["--equalise-jpeg", "75"])] {
        let (output, out) = run(name, more);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{name}: {said}");
        assert_eq!(said.contains("warning"), name == "forced", "{said}");
        let check = gestalt(&["trials", "check", out.to_str().unwrap()]);
        assert!(String::from_utf8(check.stdout).unwrap().contains("23 trials"));
    }
}

#[cfg(unix)]
#[test]
fn an_import_that_fills_the_disk_goes_on_after_room_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("DiST");
    confounded_dist(&source);
    let out = folder.path().join("out");
    let words = ["trials", "import", "--layout", "dist", source.to_str().unwrap(), "--size", "96", "--force"];
    let words = [&words[..], &["--out", out.to_str().unwrap()]].concat();
    let said = ["images/", "trials are made and kept", "MB: make room", "same command again"];
    fails_on_a_full_disk(&words, 10, &said);
    assert!(!out.join("trials.json").exists());
    assert!(gestalt(&words).status.success());
    assert!(gestalt(&["trials", "check", out.to_str().unwrap()]).status.success());
}

#[test]
fn options_of_another_layout_are_refused() {
    for (words, said) in [
        (vec!["--layout", "conditions", "x"], "--intact NAME"),
        (vec!["--layout", "dist", "x", "--intact", "0"], "--layout conditions only"),
    ] {
        let output = gestalt(&[&["trials", "import", "--out", "y"][..], &words].concat());
        assert!(!output.status.success());
        assert!(String::from_utf8(output.stderr).unwrap().contains(said));
    }
}
