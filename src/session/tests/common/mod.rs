//! Trial sets, studies and simulated displays that the tests share.
#![allow(dead_code, reason = "each test file uses its part")]

use gestalt_protocol::*;
use gestalt_session::*;
use gestalt_types::{Name, Sha256, Slot};
use uuid::Uuid;

/// A trial set with so many trials of each role, all of one category and condition.
pub fn set(practice: usize, tests: usize, catches: usize) -> TrialSet {
    let name = |text: String| Name::new(text).unwrap();
    let mut images = Vec::new();
    let mut trials = Vec::new();
    for (role, count) in [(Role::Practice, practice), (Role::Test, tests), (Role::Catch, catches)] {
        for number in 0..count {
            let hashes = [0, 1, 2].map(|image| Sha256::of(format!("{role:?} {number} {image}").as_bytes()));
            images.extend(hashes.iter().map(|hash| ImageEntry {
                hash: hash.clone(),
                width_px: 64,
                height_px: 64,
            }));
            trials.push(Trial {
                id: name(format!("{role:?}-{number}")),
                role,
                category: name("c".into()),
                condition: name("patch-32".into()),
                images: hashes,
                intact: Slot::ALL[number % 3],
                source: None,
            });
        }
    }
    let made = Made {
        source: "test".into(),
        synthesis: "patch".into(),
        scale_px: Some(32),
        seed: 0,
        software: "test".into(),
        encoding: Encoding::Png,
        syntheses: Vec::new(),
    };
    TrialSet::new(name("set".into()), Task::Disrt, made, images, trials).unwrap()
}

/// A study without breaks, catch trials and countdown.
pub fn study() -> Study {
    let text = r#"{"name":"s","title":"S","trial_set":"t","break_every":50,"catch_every":0,"timing":{"countdown_ms":0}}"#;
    Study::parse(text.as_bytes()).unwrap()
}

/// The same study with so many test trials in a session.
pub fn with_trials(per_session: u32) -> Study {
    let mut study = study();
    study.trials.per_session = Some(per_session);
    study
}

/// The same study with a catch trial after so many test trials.
pub fn with_catch_every(every: u32) -> Study {
    let mut study = study();
    study.trials.catch.every = Some(every);
    study
}

/// The same study, in which the repeat of an interrupted trial counts.
pub fn counting_second_looks() -> Study {
    let mut study = study();
    study.trials.second_look = SecondLook::Count;
    study
}

pub fn rate(hz: f64) -> RefreshRate {
    RefreshRate::measure(&(0..60).map(|frame| f64::from(frame) * 1000.0 / hz).collect::<Vec<_>>()).unwrap()
}

pub fn plan(set: &TrialSet, study: &Study, seed: u64) -> Plan {
    Plan::new(set, study, seed).unwrap()
}

pub fn runner(set: &TrialSet, study: &Study, seed: u64, hz: f64) -> TrialRunner {
    TrialRunner::new(&plan(set, study, seed), study, rate(hz))
}

pub fn intact_slot(set: &TrialSet, shown: &Presentation) -> Slot {
    let trial = set.trial(&shown.trial).unwrap();
    let intact = &trial.images[trial.intact.index()];
    Slot::from_index(shown.shown.iter().position(|hash| hash == intact).unwrap()).unwrap()
}

pub fn key(slot: usize, at_ms: f64) -> Press {
    let clock = PressClock::Event;
    Press { slot: Slot::ALL[slot], at_ms, clock, device: InputDevice::Keyboard }
}

/// Frames at 60 Hz, from the frame after `from_ms`, until the phase is reached. Returns the time.
pub fn until(runner: &mut TrialRunner, from_ms: f64, phase: Phase) -> f64 {
    let mut now_ms = from_ms;
    for _ in 0..1000 {
        if runner.view().phase == phase {
            return now_ms;
        }
        now_ms += rate(60.0).period_ms();
        runner.frame(Frame::on_time(now_ms));
    }
    panic!("{phase:?} was never reached");
}

/// A row of one session, as the page makes it.
pub fn row(set: &TrialSet, index: u32, shown: &Presentation, response: Response) -> Row {
    let who = Identity {
        study: Name::new("s").unwrap(),
        session: Uuid::nil(),
        observer_kind: ObserverKind::Human,
        observer: Name::new("simulated").unwrap(),
        weights_hash: None,
        app_version: "test".into(),
        study_hash: None,
        task: RowTask::OddOneOut,
        prompt: Prompt::Whole,
        trial_set: set.hash().clone(),
    };
    who.row(Uuid::nil(), index, shown, response)
}
