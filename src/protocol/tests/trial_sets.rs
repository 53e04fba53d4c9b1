//! Trial sets: nothing edited, nothing missing, nothing that gives the answer away.
#![allow(clippy::unwrap_used)]

use gestalt_protocol::*;
use gestalt_types::{Name, Sha256, Slot};

fn image(text: &str) -> ImageEntry {
    ImageEntry { hash: Sha256::of(text.as_bytes()), width_px: 224, height_px: 224 }
}

fn made() -> Made {
    Made {
        source: "scenes".into(),
        synthesis: "patch".into(),
        scale_px: Some(32),
        seed: 1,
        software: "test".into(),
        encoding: Encoding::WebpLossless,
        syntheses: Vec::new(),
    }
}

fn set(images: Vec<ImageEntry>) -> Result<TrialSet, TrialSetError> {
    set_showing(["a", "b", "c"], images)
}

fn set_showing(shown: [&str; 3], images: Vec<ImageEntry>) -> Result<TrialSet, TrialSetError> {
    let hashes = shown.map(|text| Sha256::of(text.as_bytes()));
    let name = |text: &str| Name::new(text).unwrap();
    let trial = Trial {
        id: name("dog-1"),
        role: Role::Test,
        category: name("dog"),
        condition: name("patch-32"),
        images: hashes,
        intact: Slot::ALL[1],
        source: None,
    };
    TrialSet::new(name("demo"), Task::Disrt, made(), images, vec![trial])
}

#[test]
fn a_set_comes_back_as_it_went_in_any_layout() {
    let set = set(vec![image("a"), image("b"), image("c")]).unwrap();
    assert_eq!(TrialSet::parse(set.to_json().as_bytes()).unwrap(), set);
    let compact: serde_json::Value = serde_json::from_str(&set.to_json()).unwrap();
    assert_eq!(TrialSet::parse(compact.to_string().as_bytes()).unwrap(), set);
}

#[test]
fn an_edit_is_found() {
    let text = set(vec![image("a"), image("b"), image("c")]).unwrap().to_json();
    let edited = text.replace("\"intact\": 2", "\"intact\": 1");
    assert_ne!(text, edited);
    let error = TrialSet::parse(edited.as_bytes()).unwrap_err();
    assert!(matches!(error, TrialSetError::Edited { .. }), "{error}");
    assert!(error.to_string().contains("edited") && error.to_string().contains("gestalt trials make"));
    // A new field is an edit too: nothing is dropped silently.
    let added = text.replacen('{', "{\"note\": 1,", 1);
    assert!(matches!(TrialSet::parse(added.as_bytes()), Err(TrialSetError::Edited { .. })));
}

#[test]
fn a_newer_version_is_named() {
    let text = set(vec![image("a"), image("b"), image("c")]).unwrap().to_json();
    let newer = text.replace("\"format_version\": 1", "\"format_version\": 9");
    assert!(matches!(TrialSet::parse(newer.as_bytes()), Err(TrialSetError::Version { found: 9 })));
}

#[test]
fn a_missing_or_misfitting_image_is_named() {
    let error = set(vec![image("a"), image("b")]).unwrap_err();
    assert!(error.to_string().contains("dog-1"), "{error}");
    let mut odd = image("c");
    odd.width_px = 225;
    assert!(set(vec![image("a"), image("b"), odd]).unwrap_err().to_string().contains("differ in size"));
}

#[test]
fn a_trial_that_shows_one_image_twice_is_refused() {
    for shown in [["a", "a", "b"], ["a", "b", "b"], ["a", "b", "a"]] {
        let error = set_showing(shown, vec![image("a"), image("b")]).unwrap_err();
        assert!(error.to_string().contains("dog-1") && error.to_string().contains("twice"), "{error}");
    }
}

#[test]
fn the_participants_view_has_no_answer() {
    let set = set(vec![image("a"), image("b"), image("c")]).unwrap();
    let seen = serde_json::to_string(&set.presented()).unwrap();
    assert!(!seen.contains("intact"), "{seen}");
    let images = &set.presented().trials[0].images;
    assert!(images.windows(2).all(|pair| pair[0] < pair[1]));
}

/// The first demo set, written before sets stated the settings of their syntheses: its hash stays.
#[test]
fn a_set_that_states_no_settings_keeps_its_hash_and_new_ones_come_back() {
    let old = TrialSet::parse(include_bytes!("fixtures/set-without-settings.json")).unwrap();
    assert!(old.made().syntheses.is_empty() && !old.to_json().contains("syntheses"));
    assert_eq!(TrialSet::parse(old.to_json().as_bytes()).unwrap().hash(), old.hash());

    let condition = Name::new("gatys-124").unwrap();
    let settings = "20 iterations, weights abc, on cpu".to_owned();
    let stated = MadeCondition { condition, scale_px: 124, settings };
    let made = Made { syntheses: vec![stated], ..made() };
    let set = TrialSet::new(old.name().clone(), Task::Disrt, made, Vec::new(), Vec::new()).unwrap();
    assert_eq!(TrialSet::parse(set.to_json().as_bytes()).unwrap(), set);
}

#[test]
fn the_scale_of_a_condition_is_what_is_stated_of_it() {
    let name = |text: &str| Name::new(text).unwrap();
    let one_scale = made();
    assert_eq!(one_scale.scale_px_of(&name("control-warp")), Some(32));
    let several = Made { scale_px: None, synthesis: "patch+portilla-simoncelli-windows".into(), ..made() };
    for (condition, scale_px) in
        [("patch-8", Some(8)), ("portilla-simoncelli-windows-56", Some(56)), ("block-shuffle", None)]
    {
        assert_eq!(several.scale_px_of(&name(condition)), scale_px, "{condition}");
    }
    let stated = MadeCondition { condition: name("warped"), scale_px: 12, settings: String::new() };
    let stated = Made { syntheses: vec![stated], ..several };
    assert_eq!(stated.scale_px_of(&name("warped")), Some(12));
}
