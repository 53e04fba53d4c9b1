//! What becomes of an interrupted trial: nobody's second look at the same pictures counts unless the study
//! says so.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use gestalt_protocol::*;
use gestalt_session::*;

/// Interrupts the first trial 100 ms after its onset; the time, the presentation and its response.
fn interrupted_after_onset(runner: &mut TrialRunner) -> (f64, Presentation, Response) {
    runner.proceed();
    let onset_ms = until(runner, 0.0, Phase::Triplet);
    runner.respond(key(0, onset_ms + 60.0));
    runner.interrupt(Interruption::FocusLost, onset_ms + 100.0);
    let (shown, response) = runner.take_ended().remove(0);
    (onset_ms, shown, response)
}

/// Takes the rest of the session.
fn rest(set: &TrialSet, runner: &mut TrialRunner) -> Vec<(Presentation, Response)> {
    runner.proceed();
    let mut person = SimulatedPerson::new(1.0, 0.0, 1).unwrap();
    simulate(runner, &mut person, rate(60.0), |shown| intact_slot(set, shown))
}

#[test]
fn a_trial_that_was_seen_is_over_and_a_reserve_trial_takes_its_place() {
    let (set, study) = (set(0, 5, 0), with_trials(3));
    let mut runner = runner(&set, &study, 1, 60.0);
    let (_, first, response) = interrupted_after_onset(&mut runner);
    assert_eq!(runner.view().phase, Phase::Pause { comes_again: false });
    assert_eq!((response.outcome, response.chosen_slot), (Outcome::Interrupted, None));
    let showing = response.showing.unwrap();
    assert_eq!((showing.in_focus, showing.interrupted_by), (Some(false), Some(Interruption::FocusLost)));
    assert!((showing.already_seen_ms.unwrap() - 100.0).abs() < 0.01);
    let rest = rest(&set, &mut runner);
    assert_eq!(rest.len(), 3);
    assert!(rest.iter().all(|(shown, _)| shown.trial != first.trial && shown.repeat == 0));
    let reserves = plan(&set, &study, 1).reserves().to_vec();
    assert_eq!(rest[2].0.trial, reserves[0].id);
}

#[test]
fn without_a_reserve_trial_the_session_is_one_trial_shorter() {
    let (set, study) = (set(0, 3, 0), study());
    let mut runner = runner(&set, &study, 1, 60.0);
    interrupted_after_onset(&mut runner);
    assert_eq!(runner.view().done, 1);
    assert_eq!(rest(&set, &mut runner).len(), 2);
    assert_eq!((runner.view().done, runner.view().total), (3, 3));
}

#[test]
fn where_the_study_counts_second_looks_the_repeat_says_how_long_it_was_seen_before() {
    let (set, study) = (set(0, 3, 0), counting_second_looks());
    let mut runner = runner(&set, &study, 1, 60.0);
    let (_, first, _) = interrupted_after_onset(&mut runner);
    assert_eq!(runner.view().phase, Phase::Pause { comes_again: true });
    let rest = rest(&set, &mut runner);
    assert_eq!(rest.len(), 3);
    let (shown, response) = &rest[2];
    assert_eq!((&shown.trial, shown.repeat), (&first.trial, 1));
    let seen_ms = response.showing.as_ref().unwrap().already_seen_ms.unwrap();
    assert!((seen_ms - 100.0).abs() < 0.01, "{seen_ms}");
}

#[test]
fn a_trial_that_was_not_seen_yet_comes_again() {
    let (set, study) = (set(0, 3, 0), study());
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    runner.frame(Frame::on_time(16.0));
    let first = runner.view().presentation.unwrap().clone();
    runner.interrupt(Interruption::Paused, 20.0);
    assert_eq!(runner.view().phase, Phase::Pause { comes_again: true });
    let (_, response) = runner.take_ended().remove(0);
    let showing = response.showing.unwrap();
    assert_eq!((showing.already_seen_ms, showing.in_focus), (None, Some(true)));
    let rest = rest(&set, &mut runner);
    assert_eq!((&rest[2].0.trial, rest[2].0.repeat), (&first.trial, 1));
    assert_eq!(rest[2].1.showing.as_ref().unwrap().already_seen_ms, None);
}

#[test]
fn a_gap_that_a_person_must_have_noticed_interrupts_the_trial() {
    let (set, study) = (set(0, 2, 0), study());
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    let onset_ms = until(&mut runner, 0.0, Phase::Triplet);
    runner.frame(Frame::on_time(onset_ms + 3.5 * rate(60.0).period_ms()));
    let (_, response) = runner.take_ended().remove(0);
    assert_eq!(response.outcome, Outcome::Interrupted);
    assert_eq!(response.showing.unwrap().interrupted_by, Some(Interruption::FramesLost));
}

#[test]
fn an_interruption_while_it_says_too_late_keeps_the_missed_trial() {
    let (set, study) = (set(0, 2, 0), study());
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    let now_ms = until(&mut runner, 0.0, Phase::TooLate);
    runner.interrupt(Interruption::Hidden, now_ms + 1.0);
    assert_eq!(runner.take_ended().remove(0).1.outcome, Outcome::Missed);
    assert_eq!(runner.view().phase, Phase::Pause { comes_again: true });
}
