//! What a scientist relies on when a study file is read: every key of the contract is known, every mistake
//! is named with its line, and older files stay readable.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use gestalt_protocol::study::{Catch, Language, Picture, Resume, Step, Study};
use gestalt_types::Name;

const COMPLETE: &str = include_str!("fixtures/complete/study.toml");

fn mistakes(toml: &str) -> Vec<String> {
    let error = Study::parse_toml(toml.as_bytes()).unwrap_err();
    error.mistakes().iter().map(ToString::to_string).collect()
}

/// The complete study with one line replaced.
fn changed(line: &str, by: &str) -> String {
    assert!(COMPLETE.contains(line), "{line}");
    COMPLETE.replacen(line, by, 1)
}

#[test]
fn every_key_of_the_contract_is_read() {
    let study = Study::parse_toml(COMPLETE.as_bytes()).unwrap();
    assert_eq!(study.languages, [Language::En, Language::De]);
    assert_eq!(study.title.in_language(Language::De), "Welches Bild ist ganz?");
    assert_eq!(study.trials.catch, Catch { count: Some(8), min_gap: 5, every: None });
    assert_eq!(study.trials.resume, Resume::NextTrial);
    assert_eq!(study.display.picture, Picture::Degrees(6.0));
    let kinds: Vec<&str> = study.steps.iter().map(Step::kind).collect();
    assert_eq!(kinds, Step::KINDS, "the fixture has every kind once, in their usual order");
    let short = study.of_group(&Name::new("short").unwrap()).unwrap();
    assert_eq!((short.timing.exposure_ms, study.timing.exposure_ms), (200.0, 800.0));
    assert_eq!(short.timing.placeholder_ms, 300.0, "a group keeps what it does not change");
}

#[test]
fn a_study_is_the_same_after_its_json() {
    let study = Study::load(std::path::Path::new("tests/fixtures/complete/study.toml")).unwrap();
    assert_eq!(Study::parse(study.to_json().as_bytes()).unwrap(), study);
    let german = study.text("consent.md", Language::De).unwrap();
    assert!(german.markdown.contains("Einwilligung"));
    assert_eq!(german.hash, gestalt_types::Sha256::of(german.markdown.as_bytes()));
    let instead = study.text("information.md", Language::De).unwrap();
    assert_eq!(instead.language, Language::En, "a text without a translation appears in the first language");
    let missing = study.missing_translations();
    assert_eq!(missing, ["debrief.de.md", "information.de.md", "instructions.de.md"]);
}

#[test]
fn a_study_is_the_same_however_an_editor_saved_its_files() {
    let complete = std::path::Path::new("tests/fixtures/complete");
    let study = Study::load(&complete.join("study.toml")).unwrap();
    let of_windows: fn(&str) -> Vec<u8> =
        |text| format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes();
    let utf16: fn(&str) -> Vec<u8> =
        |text| [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for save in [of_windows, utf16] {
        let folder = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(complete).unwrap() {
            let path = entry.unwrap().path();
            let saved = save(&std::fs::read_to_string(&path).unwrap());
            std::fs::write(folder.path().join(path.file_name().unwrap()), saved).unwrap();
        }
        assert_eq!(Study::load(&folder.path().join("study.toml")).unwrap(), study);
    }
}

#[test]
fn each_kind_of_mistake_is_named_with_its_line() {
    let cases = [
        (
            "exposure_ms = 800",
            "exposure_msec = 800",
            "study.toml, line 31: timing.exposure_msec: unknown key `exposure_msec`",
        ),
        (
            "exposure_ms = 800",
            "exposure_ms = \"long\"",
            "study.toml, line 31: timing.exposure_ms: invalid type",
        ),
        (
            "exposure_ms = 800",
            "exposure_ms = 8000",
            "study.toml, line 32: timing.deadline_ms: at least exposure_ms",
        ),
        (
            "kind = \"consent\"",
            "kind = \"consnet\"",
            "study.toml, line 45: steps.1.kind: unknown kind of step `consnet`",
        ),
        ("text = \"information.md\"", "", "study.toml, line 40: steps.0.text: is missing"),
        ("card = true", "card = false", "study.toml, line 56: steps.3.card: the viewing distance follows"),
        (
            "languages = [\"en\", \"de\"]",
            "languages = [\"en\", \"it\"]",
            "study.toml, line 4: languages.1: unknown variant `it`",
        ),
        (
            "minimum_refresh_hz = 50",
            "minimum_hz = 50",
            "study.toml, line 51: steps.2.minimum_hz: unknown key",
        ),
        ("name = \"wholes\"", "", "name: is missing"),
        ("name = \"wholes\"", "name = \"a/b\"", "study.toml, line 2: name: `a/b` is not a name"),
        ("panel = \"prolific\"", "panel = \"prolifik\"", "recruitment.panel: unknown variant `prolifik`"),
        (
            "closes = 2026-12-24T18:00:00+01:00",
            "closes = 2026-11-24",
            "recruitment.closes: a date with time and offset",
        ),
        (
            "min_gap = 5",
            "min_gap = 50",
            "study.toml, line 17: trials.catch: 8 catch trials with 50 trials between them",
        ),
        ("exposure_ms = 200", "exposure_ms = -1", "groups.0.override.timing.exposure_ms: -1 is outside"),
        ("exposure_ms = 200", "exposures = 2", "groups.0.override.timing.exposures: unknown field"),
        ("study_version = 2", "study_version = 3", "study_version: 3 is unknown"),
        ("[storage]", "[storages]", "storages: unknown key `storages`"),
    ];
    for (line, by, expected) in cases {
        let found = mistakes(&changed(line, by));
        assert!(found.iter().any(|mistake| mistake.contains(expected)), "{by}: {found:#?}");
    }
}

#[test]
fn all_mistakes_are_named_at_once() {
    let text = changed("exposure_ms = 800", "exposure = 800").replace("quota = 120", "quotas = 120");
    let text = text.replace("weight = 1", "wait = 1").replace("repeat_below = 0.75", "repeat_below = 75");
    let found = mistakes(&text);
    for key in ["timing.exposure", "recruitment.quotas", "groups.0.wait", "steps.5.repeat_below"] {
        assert!(found.iter().any(|mistake| mistake.contains(key)), "{key}: {found:#?}");
    }
    assert_eq!(found.len(), 4, "{found:#?}");
}

#[test]
fn text_that_is_no_toml_is_named_with_its_line() {
    let found = mistakes("study_version = 2\nname = \"a\ntitle = 3");
    assert!(found[0].contains("line 2"), "{found:?}");
}

#[test]
fn steps_in_an_order_without_sense_are_refused() {
    let with = |steps: &[&str]| {
        let steps: String = steps.iter().map(|kind| format!("[[steps]]\nkind = \"{kind}\"\n")).collect();
        let head = "study_version = 2\nname = \"a\"\ntitle = \"A\"\n";
        Study::parse_toml(format!("{head}{steps}").as_bytes()).map_err(|error| error.to_string())
    };
    assert!(with(&["consent", "trials"]).is_ok());
    for (steps, reason) in [
        (&["trials", "consent"][..], "has to come after `consent`"),
        (&["consent"], "a step of the kind `trials` is needed"),
        (&["trials"], "a step of the kind `consent` is needed"),
        (&["consent", "trials", "trials"], "a second `trials` step"),
        (&["consent", "trials", "practice"], "`practice` has to stand directly before `trials`"),
        (&["consent", "debrief", "trials"], "gives answers away"),
        (&["consent", "completion", "trials"], "has to be the last step"),
    ] {
        let found = with(steps).unwrap_err();
        assert!(found.contains(reason), "{steps:?}: {found}");
    }
}

#[test]
fn files_beside_a_study_are_held_to_its_languages() {
    let study = Study::parse_toml(COMPLETE.as_bytes()).unwrap();
    let text = |path: &str| std::fs::read_to_string(format!("tests/fixtures/complete/{path}")).ok();
    let needed = study.files_needed().into_iter();
    let mut files: BTreeMap<String, String> =
        needed.filter_map(|needed| Some((needed.path.clone(), text(&needed.path)?))).collect();
    assert!(study.clone().with_files(&files).is_ok());
    files.remove("consent.md");
    files.insert("information.md".into(), "Hello\n\n<script>alert(1)</script>\n".into());
    let questions = files.get_mut("questions.toml").unwrap();
    *questions = questions.replace(", de = \"Wie alt sind Sie?\"", "").replace("points = 5", "point = 5");
    let found = study.with_files(&files).unwrap_err().to_string();
    for reason in [
        "study file: steps.1.text: the file `consent.md` is missing",
        "information.md, line 3: raw HTML is not allowed",
        "questions.toml, line 4: questions.0.text: has no text in `de`",
        "questions.3.point: unknown key `point`",
    ] {
        assert!(found.contains(reason), "{reason}: {found}");
    }
}

#[test]
fn a_study_of_version_1_is_read() {
    let old = br#"{"name":"demo","title":"Which picture is whole?","trial_set":"trial-set","max_trials":30,
        "catch_every":6,"break_every":40,"second_look":"count","timing_bounds":{"lost_frames":2},
        "release":{"answers":"after-session","public_models":true}}"#;
    let study = Study::parse(old).unwrap();
    assert_eq!((study.trials.per_session, study.trials.catch.every), (Some(30), Some(6)));
    assert_eq!(study.exclude.trial.lost_frames, 2);
    assert!(study.release.public_models.allows(None));
    let kinds: Vec<&str> = study.steps.iter().map(Step::kind).collect();
    assert_eq!(kinds, ["consent", "practice", "trials", "completion"]);
    assert!(Study::parse(br#"{"name":"demo","title":"x","trial_set":"t","typo":1}"#).is_err());
}

#[test]
fn a_participant_gets_no_code_with_the_study() {
    let study = Study::parse_toml(COMPLETE.as_bytes()).unwrap();
    let shown = study.presented().to_json();
    assert!(
        study.to_json().contains("C1COMPLETED")
            && !shown.contains("C1COMPLETED")
            && !shown.contains("link-key")
    );
}

#[test]
fn the_schema_and_the_examples_are_those_of_the_type() {
    let folder = std::path::Path::new("../../static/studies");
    let kept = std::fs::read_to_string(folder.join("study.schema.json")).unwrap();
    let remedy = "run the command that stands in src/protocol/examples/study_schema.rs";
    assert_eq!(kept, gestalt_protocol::study::study_schema(), "{remedy}");
    for name in ["lab", "prolific"] {
        let study = Study::load(&folder.join("examples").join(name).join("study.toml"));
        let study = study.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(study.missing_translations().is_empty(), "{name}");
    }
}

#[test]
fn any_bytes_are_read_or_refused() {
    for cut in 0..COMPLETE.len() {
        if COMPLETE.is_char_boundary(cut) && cut % 7 == 0 {
            let _ = Study::parse_toml(&COMPLETE.as_bytes()[..cut]);
        }
    }
    assert!(Study::parse_toml(&[0xff, 0xfe, 0x00]).is_err());
    assert!(Study::parse_toml(b"").is_err());
}
