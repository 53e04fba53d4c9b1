//! Whole sessions on simulated displays: timing in frames, order, interruptions, repeats.
#![allow(clippy::unwrap_used)]

use gestalt_protocol::*;
use gestalt_session::*;
use gestalt_types::{Name, Sha256, Slot};
use proptest::prelude::*;
use uuid::Uuid;

fn set(practice: usize, tests: usize, catches: usize) -> TrialSet {
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

fn study(break_every: u32, catch_every: u32) -> Study {
    let text = format!(
        r#"{{"name":"s","title":"S","trial_set":"t","break_every":{break_every},"catch_every":{catch_every}}}"#
    );
    Study::parse(text.as_bytes()).unwrap()
}

fn rate(hz: f64) -> RefreshRate {
    RefreshRate::measure(&(0..60).map(|frame| f64::from(frame) * 1000.0 / hz).collect::<Vec<_>>()).unwrap()
}

fn course(set: &TrialSet, study: &Study, seed: u64, hz: f64) -> Course {
    Course::new(&Plan::new(&set.presented(), study, seed).unwrap(), study.timing, rate(hz))
}

fn intact_slot(set: &TrialSet, shown: &Presentation) -> Slot {
    let trial = set.trial(&shown.trial).unwrap();
    let intact = &trial.images[trial.intact.index()];
    Slot::from_index(shown.shown.iter().position(|hash| hash == intact).unwrap()).unwrap()
}

#[test]
fn a_simulated_person_goes_through_the_whole_session_and_scores_what_they_should() {
    let (set, study) = (set(4, 300, 8), study(50, 20));
    let mut person = SimulatedPerson::new(0.8, 0.05, 1).unwrap();
    let mut course = course(&set, &study, 3, 60.0);
    let ended = simulate(&mut course, &mut person, rate(60.0), |shown| intact_slot(&set, shown));
    assert_eq!(ended.len(), 4 + 300 + 8);
    let who = Identity {
        study: study.name.clone(),
        session: Uuid::nil(),
        observer_kind: ObserverKind::Human,
        observer: Name::new("simulated").unwrap(),
        weights_hash: None,
        app_version: "test".into(),
        trial_set: set.hash().clone(),
    };
    let mut correct = 0;
    let mut answered = 0;
    for (index, (shown, response)) in (0..).zip(ended) {
        let mut row = who.row(Uuid::nil(), index, &shown, response);
        row.score(set.trial(&row.trial).unwrap()).unwrap();
        row.check().unwrap();
        answered += u32::from(row.outcome == Outcome::Answered);
        correct += u32::from(row.correct == Some(true));
    }
    let share = f64::from(correct) / f64::from(answered);
    assert!((share - 0.8).abs() < 0.08, "{share}");
    assert!(answered < 312 && answered > 270, "{answered}");
}

#[test]
fn every_display_shows_the_planned_frames_and_nearly_the_planned_time() {
    for hz in [60.0, 90.0, 120.0, 144.0] {
        let (set, study) = (set(0, 40, 0), study(50, 0));
        let mut person = SimulatedPerson::new(1.0, 0.1, 1).unwrap();
        let mut course = course(&set, &study, 1, hz);
        for (_, response) in simulate(&mut course, &mut person, rate(hz), |shown| intact_slot(&set, shown)) {
            let showing = response.showing.unwrap();
            assert_eq!(showing.planned_frames, Some((0.8 * hz).round() as u32), "{hz}");
            assert_eq!(showing.shown_frames, showing.planned_frames);
            assert_eq!(showing.dropped_frames, Some(0));
            let shown_ms = showing.actual_offset_ms.unwrap() - showing.actual_onset_ms.unwrap();
            assert!((shown_ms - 800.0).abs() <= 500.0 / hz + 0.01, "{hz}: {shown_ms}");
            assert!((showing.actual_onset_ms.unwrap() - showing.planned_onset_ms.unwrap()).abs() < 0.01);
        }
    }
}

#[test]
fn practice_comes_first_catch_trials_between_and_a_break_after_every_block() {
    let (set, study) = (set(4, 100, 10), study(50, 20));
    let plan = Plan::new(&set.presented(), &study, 9).unwrap();
    let lengths: Vec<usize> = plan.blocks().iter().map(Vec::len).collect();
    assert_eq!(lengths, [4, 50, 50, 5]);
    assert!(plan.blocks()[0].iter().all(|trial| trial.role == Role::Practice));
    let main: Vec<Role> = plan.blocks()[1..].iter().flatten().map(|trial| trial.role).collect();
    for (place, role) in main.iter().enumerate() {
        assert_eq!(*role == Role::Catch, place % 21 == 20, "{place}");
    }
    assert_eq!(plan, Plan::new(&set.presented(), &study, 9).unwrap());
    assert_ne!(plan, Plan::new(&set.presented(), &study, 10).unwrap());
}

/// Frames at 60 Hz, from the frame after `from`, until the phase is reached. Returns the time.
fn until(course: &mut Course, from_ms: f64, phase: Phase) -> f64 {
    let mut now = from_ms;
    for _ in 0..1000 {
        if course.view().phase == phase {
            return now;
        }
        now += rate(60.0).period_ms();
        course.frame(now);
    }
    panic!("{phase:?} was never reached");
}

#[test]
fn an_interrupted_trial_is_logged_and_repeated_at_the_end_of_its_block() {
    let (set, study) = (set(0, 3, 0), study(50, 0));
    let mut course = course(&set, &study, 1, 60.0);
    course.proceed();
    let now = until(&mut course, 0.0, Phase::Triplet);
    let first = course.view().presentation.unwrap().clone();
    course.respond(Slot::ALL[0], now + 100.0, InputDevice::Keyboard);
    course.interrupt();
    assert_eq!(course.view().phase, Phase::Pause);
    let (shown, response) = course.take_ended().remove(0);
    assert_eq!((shown, response.outcome, response.chosen_slot), (first.clone(), Outcome::Interrupted, None));
    assert_eq!(response.showing.unwrap().in_focus, Some(false));
    course.proceed();
    let mut person = SimulatedPerson::new(1.0, 0.0, 1).unwrap();
    let rest = simulate(&mut course, &mut person, rate(60.0), |shown| intact_slot(&set, shown));
    assert_eq!(rest.len(), 3);
    let last = &rest[2].0;
    assert_eq!((&last.trial, last.repeat), (&first.trial, 1));
}

#[test]
fn no_answer_is_too_late_and_an_answer_after_the_deadline_does_not_count() {
    let (set, study) = (set(0, 2, 0), study(50, 0));
    let mut course = course(&set, &study, 1, 60.0);
    course.proceed();
    let onset = until(&mut course, 0.0, Phase::Triplet);
    course.respond(Slot::ALL[0], onset - 5.0, InputDevice::Keyboard);
    let now = until(&mut course, onset, Phase::Response);
    course.respond(Slot::ALL[0], onset + 2000.5, InputDevice::Keyboard);
    let late = until(&mut course, now, Phase::TooLate);
    assert!(late - onset >= 2000.0 && late - onset < 2040.0, "{}", late - onset);
    let (_, response) = course.take_ended().remove(0);
    assert_eq!((response.outcome, response.reaction_time_ms), (Outcome::Missed, None));
    until(&mut course, late, Phase::Placeholder);
}

#[test]
fn an_early_answer_counts_and_does_not_shorten_the_showing() {
    let (set, study) = (set(0, 1, 0), study(50, 0));
    let mut course = course(&set, &study, 1, 60.0);
    course.proceed();
    let onset = until(&mut course, 0.0, Phase::Triplet);
    course.respond(Slot::ALL[2], onset + 312.5, InputDevice::Touch);
    course.respond(Slot::ALL[0], onset + 400.0, InputDevice::Keyboard);
    until(&mut course, onset, Phase::Done);
    let (_, response) = course.take_ended().remove(0);
    assert_eq!((response.chosen_slot, response.reaction_time_ms), (Some(Slot::ALL[2]), Some(312.5)));
    let showing = response.showing.unwrap();
    assert_eq!((showing.shown_frames, showing.input_device), (Some(48), Some(InputDevice::Touch)));
}

#[test]
fn a_dropped_frame_is_counted_and_does_not_lengthen_the_showing() {
    let (set, study) = (set(0, 1, 0), study(50, 0));
    let mut course = course(&set, &study, 1, 60.0);
    course.proceed();
    let period = rate(60.0).period_ms();
    let onset = until(&mut course, 0.0, Phase::Triplet);
    course.frame(onset + period);
    course.frame(onset + 4.0 * period);
    course.respond(Slot::ALL[0], onset + 90.0, InputDevice::Keyboard);
    until(&mut course, onset + 4.0 * period, Phase::Done);
    let showing = course.take_ended().remove(0).1.showing.unwrap();
    assert_eq!((showing.shown_frames, showing.dropped_frames), (Some(48), Some(2)));
}

proptest! {
    /// Whatever a person does, every trial is answered or missed exactly once, and repeats are told apart.
    #[test]
    fn nothing_is_lost_or_doubled(seed in any::<u64>(), actions in prop::collection::vec(0_u8..12, 2000)) {
        let (set, study) = (set(2, 7, 2), study(4, 3));
        let mut course = course(&set, &study, seed, 60.0);
        let mut ended = Vec::new();
        for (frame, action) in actions.into_iter().cycle().take(60_000).enumerate() {
            let now = frame as f64 * rate(60.0).period_ms();
            match action {
                0..=2 => course.respond(Slot::ALL[usize::from(action)], now, InputDevice::Keyboard),
                3 if frame % 97 == 0 => course.interrupt(),
                4 => course.proceed(),
                _ => {}
            }
            course.frame(now);
            ended.extend(course.take_ended());
            if course.view().phase == Phase::Done { break; }
        }
        prop_assume!(course.view().phase == Phase::Done);
        let mut counted: Vec<_> = ended.iter().filter(|(_, r)| r.outcome != Outcome::Interrupted).map(|(p, _)| p.trial.clone()).collect();
        counted.sort();
        let mut all: Vec<_> = set.trials().iter().map(|trial| trial.id.clone()).collect();
        all.sort();
        prop_assert_eq!(counted, all);
        let mut shown: Vec<_> = ended.iter().map(|(p, _)| (p.trial.clone(), p.repeat)).collect();
        shown.sort();
        let length = shown.len();
        shown.dedup();
        prop_assert_eq!(shown.len(), length);
    }
}
