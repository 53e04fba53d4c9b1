//! What a scientist relies on in sets with controls and with several scales: what is counted, and at which
//! scale it is measured.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use gestalt_fairness::{Notebook, Report, Thresholds, assess};
use gestalt_protocol::{Encoding, ImageEntry, Made, Role, Task, TrialSet};
use gestalt_synthesis::{PatchSynthesis, Synthesis};
use gestalt_trial_sets::{Recipe, Source, TrialSetFolder, make};
use gestalt_types::{Name, Sha256};

/// Four scenes with a practice trial and a catch trial.
fn recipe(scales_px: &[u32]) -> Recipe {
    let patches = |px: &u32| Arc::new(PatchSynthesis::new(*px).unwrap()) as Arc<dyn Synthesis>;
    let mut syntheses: Vec<Arc<dyn Synthesis>> = scales_px.iter().map(patches).collect();
    Recipe {
        name: Name::new("little").unwrap(),
        source: Source::Scenes { count: 4, categories: Vec::new() },
        synthesis: syntheses.remove(0),
        further: syntheses,
        spread: false,
        size: 64.into(),
        seed: 3,
        practice: 1,
        catch: 1,
        controls: 0,
        equalise_jpeg: None,
        encoding: Encoding::WebpLossless,
    }
}

fn report_of(folder: &Path) -> Report {
    assess(
        &TrialSetFolder::open(folder).unwrap(),
        Thresholds::DEFAULT,
        &Notebook::new(&|_| Ok(())),
        &|_, _| (),
    )
    .unwrap()
}

fn reported(recipe: &Recipe) -> (tempfile::TempDir, Report) {
    let folder = tempfile::tempdir().unwrap();
    make(recipe, folder.path(), &|_| ()).unwrap().publish().unwrap();
    let report = report_of(folder.path());
    (folder, report)
}

#[test]
fn controls_are_listed_and_change_nothing_of_what_is_said_of_the_others() {
    let (_, without) = reported(&recipe(&[16]));
    let (folder, with) = reported(&Recipe { controls: 1, ..recipe(&[16]) });
    assert_eq!((without.trials.len(), with.trials.len()), (6, 11));
    assert_eq!(with.counted().count(), 4);
    assert_eq!(with.controls, without.controls);
    assert_eq!(with.encoding, without.encoding);
    assert_eq!(with.conditions, without.conditions);
    assert_eq!(with.trials[..6], without.trials);
    let controls = &with.trials[6..];
    assert!(
        controls.iter().all(|trial| trial.role == Role::Control && !trial.counted && trial.flags.is_empty())
    );
    let severe = controls.iter().filter(|trial| trial.severity > 1.0).count();
    assert!(severe >= 1, "a copy keeps the whole, and would be flagged");

    let page = with.to_html(&TrialSetFolder::open(folder.path()).unwrap()).unwrap();
    assert!(
        page.contains(
            "5 control, 1 practice, 1 catch trials, which are listed but neither counted nor flagged"
        )
    );
    assert_eq!(page.matches("control, not counted").count(), 5);
    assert!(page.contains("of 4 test trials are flagged"));
    assert_eq!(with.to_csv().lines().filter(|line| line.ends_with(",true")).count(), 4);
}

#[test]
fn each_scale_of_a_set_is_measured_as_if_it_were_alone() {
    let alone = [16, 32].map(|scale_px| reported(&recipe(&[scale_px])).1);
    let (folder, both) = reported(&recipe(&[16, 32]));
    let conditions: Vec<(&str, usize, u32)> =
        both.conditions.iter().map(|of| (of.condition.as_str(), of.trials, of.scale_px)).collect();
    assert_eq!(conditions, [("patch-16", 4, 16), ("patch-32", 4, 32)]);
    // The pictures of the second scale are other ones, drawn with other seeds, of the same intact pictures.
    assert_eq!(both.conditions[0], alone[0].conditions[0]);
    assert_eq!(both.conditions[1].other_pictures, alone[1].conditions[0].other_pictures);
    assert!(both.conditions.iter().all(|of| of.layers.len() > 10 && of.other_pictures.unwrap().mean > 1.0));
    let other =
        |report: &Report| -> Vec<Option<f64>> { report.counted().map(|trial| trial.to_another).collect() };
    let expected: Vec<_> =
        other(&alone[0]).into_iter().zip(other(&alone[1])).flat_map(<[_; 2]>::from).collect();
    assert_eq!(other(&both), expected);

    let page = both.to_html(&TrialSetFolder::open(folder.path()).unwrap()).unwrap();
    for said in [
        "by condition, patch-16 at 16 px, patch-32 at 32 px",
        "Means over the trials of patch-16, at 16 px",
        "Share of the statistics kept in patch-32",
        "patch-32: two distortions",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

/// Before `made` told its syntheses, the scales of such a set stood in the names of its conditions only.
#[test]
fn older_sets_of_several_scales_are_read_by_their_conditions() {
    let (folder, new) = reported(&recipe(&[16, 32]));
    let file = folder.path().join("trials.json");
    let set = TrialSet::parse(&fs::read(&file).unwrap()).unwrap();
    let made = Made { syntheses: Vec::new(), ..set.made().clone() };
    let old = TrialSet::new(set.name().clone(), Task::Disrt, made, set.images().into(), set.trials().into());
    fs::write(&file, old.unwrap().to_json()).unwrap();
    assert_eq!(report_of(folder.path()).conditions, new.conditions);
}

#[test]
fn pictures_that_would_take_too_much_memory_are_refused_before_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let image = ImageEntry { hash: Sha256::of(b"huge"), width_px: 4000, height_px: 4000 };
    let made = Made {
        source: "elsewhere".into(),
        synthesis: "unknown".into(),
        scale_px: None,
        seed: 1,
        software: "test".into(),
        encoding: Encoding::Png,
        syntheses: Vec::new(),
    };
    let set = TrialSet::new(Name::new("huge").unwrap(), Task::Disrt, made, vec![image], Vec::new()).unwrap();
    fs::write(folder.path().join("trials.json"), set.to_json()).unwrap();
    let opened = TrialSetFolder::open(folder.path()).unwrap();
    let error = assess(&opened, Thresholds::DEFAULT, &Notebook::new(&|_| Ok(())), &|_, _| ())
        .unwrap_err()
        .to_string();
    assert!(error.contains("16000000 pixels") && error.contains("--size"), "{error}");
}
