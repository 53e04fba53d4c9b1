//! Whole sessions on simulated displays: timing in frames, and the order of trials.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use gestalt_protocol::*;
use gestalt_session::*;
use gestalt_types::Slot;

fn with_noticed_gap(noticed_gap_frames: u32) -> Study {
    let timing_bounds = TimingBounds { noticed_gap_frames, ..TimingBounds::default() };
    Study { exclude: study::Exclude { trial: timing_bounds, ..Default::default() }, ..study() }
}

#[test]
fn a_simulated_person_goes_through_the_whole_session_and_scores_what_they_should() {
    let (set, study) = (set(4, 300, 8), with_catch_every(20));
    let mut person = SimulatedPerson::new(0.8, 0.05, 1).unwrap();
    let mut runner = runner(&set, &study, 3, 60.0);
    let ended = simulate(&mut runner, &mut person, rate(60.0), |shown| intact_slot(&set, shown));
    assert_eq!(ended.len(), 4 + 300 + 8);
    let mut correct = 0;
    let mut answered = 0;
    for (index, (shown, response)) in (0..).zip(ended) {
        let mut row = row(&set, index, &shown, response);
        row.score(&set).unwrap();
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
        let (set, study) = (set(0, 40, 0), study());
        let mut person = SimulatedPerson::new(1.0, 0.1, 1).unwrap();
        let mut runner = runner(&set, &study, 1, hz);
        for (_, response) in simulate(&mut runner, &mut person, rate(hz), |shown| intact_slot(&set, shown)) {
            let showing = response.showing.unwrap();
            assert_eq!(showing.planned_frames, Some((0.8 * hz).round() as u32), "{hz}");
            assert_eq!(showing.displayed_frames, showing.planned_frames);
            assert_eq!((showing.lost_frames, showing.timing_flagged), (Some(0), Some(false)));
            let shown_ms = showing.actual_offset_ms.unwrap() - showing.actual_onset_ms.unwrap();
            assert!((shown_ms - 800.0).abs() <= 500.0 / hz + 0.01, "{hz}: {shown_ms}");
            assert!((showing.actual_onset_ms.unwrap() - showing.planned_onset_ms.unwrap()).abs() < 0.01);
        }
    }
}

#[test]
fn practice_comes_first_catch_trials_between_and_a_break_after_every_block() {
    let (set, study) = (set(4, 100, 10), with_catch_every(20));
    let plan = plan(&set, &study, 9);
    let lengths: Vec<usize> = plan.blocks().iter().map(Vec::len).collect();
    assert_eq!(lengths, [4, 50, 50, 5]);
    assert!(plan.blocks()[0].iter().all(|trial| trial.role == Role::Practice));
    let main: Vec<Role> = plan.blocks()[1..].iter().flatten().map(|trial| trial.role).collect();
    for (place, role) in main.iter().enumerate() {
        assert_eq!(*role == Role::Catch, place % 21 == 20, "{place}");
    }
    assert_eq!(plan, common::plan(&set, &study, 9));
    assert_ne!(plan, common::plan(&set, &study, 10));
}

#[test]
fn no_answer_is_too_late_and_a_press_after_the_deadline_is_logged_but_does_not_count() {
    let (set, study) = (set(0, 2, 0), study());
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    let onset_ms = until(&mut runner, 0.0, Phase::Triplet);
    let late_ms = until(&mut runner, onset_ms, Phase::TooLate);
    assert!(late_ms - onset_ms >= 2000.0 && late_ms - onset_ms < 2040.0, "{}", late_ms - onset_ms);
    runner.respond(key(0, onset_ms + 2050.5));
    until(&mut runner, late_ms, Phase::Placeholder);
    let (_, response) = runner.take_ended().remove(0);
    assert_eq!((response.outcome, response.reaction_time_ms), (Outcome::Missed, None));
    let presses = response.showing.unwrap().other_presses();
    assert_eq!(presses.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [PressKind::AfterDeadline]);
}

#[test]
fn an_answer_that_a_blocked_page_delivers_after_the_deadline_counts_by_its_own_time() {
    let (set, study) = (set(0, 2, 0), study());
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    let onset_ms = until(&mut runner, 0.0, Phase::Triplet);
    let late_ms = until(&mut runner, onset_ms, Phase::TooLate);
    runner.respond(key(1, onset_ms + 1990.0));
    let (_, response) = runner.take_ended().remove(0);
    assert_eq!((response.outcome, response.reaction_time_ms), (Outcome::Answered, Some(1990.0)));
    until(&mut runner, late_ms, Phase::Placeholder);
}

#[test]
fn an_early_answer_counts_and_does_not_shorten_the_exposure() {
    let (set, study) = (set(0, 1, 0), study());
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    let onset_ms = until(&mut runner, 0.0, Phase::Triplet);
    runner.respond(Press { device: InputDevice::Touch, ..key(2, onset_ms + 312.5) });
    runner.respond(key(0, onset_ms + 400.0));
    until(&mut runner, onset_ms, Phase::Done);
    let (_, response) = runner.take_ended().remove(0);
    assert_eq!((response.chosen_slot, response.reaction_time_ms), (Some(Slot::ALL[2]), Some(312.5)));
    let showing = response.showing.unwrap();
    assert_eq!((showing.displayed_frames, showing.input_device), (Some(48), Some(InputDevice::Touch)));
    assert_eq!(showing.presses_after_answer_ms, [onset_ms + 400.0]);
    assert_eq!(showing.other_press_choices, [Slot::ALL[0].into()]);
}

#[test]
fn a_press_too_soon_to_be_an_answer_is_logged_and_does_not_block_the_answer() {
    let (set, study) = (set(0, 1, 0), study());
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    runner.frame(Frame::on_time(0.0));
    runner.respond(key(1, 100.0));
    let onset_ms = until(&mut runner, 0.0, Phase::Triplet);
    runner.respond(key(0, onset_ms + 6.0));
    runner.respond(key(2, onset_ms + 500.0));
    until(&mut runner, onset_ms, Phase::Done);
    let (_, response) = runner.take_ended().remove(0);
    assert_eq!(response.chosen_slot, Some(Slot::ALL[2]));
    assert!((response.reaction_time_ms.unwrap() - 500.0).abs() < 1e-6);
    let presses = response.showing.unwrap().other_presses();
    let kinds: Vec<_> = presses.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [PressKind::BeforeOnset, PressKind::TooFast]);
}

#[test]
fn a_held_key_does_not_swell_the_row() {
    let (set, study) = (set(0, 1, 0), study());
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    let onset_ms = until(&mut runner, 0.0, Phase::Triplet);
    (0..500).for_each(|press| runner.respond(key(0, onset_ms + 200.0 + f64::from(press))));
    until(&mut runner, onset_ms, Phase::Done);
    let (shown, response) = runner.take_ended().remove(0);
    let row = row(&set, 0, &shown, response);
    row.check().unwrap();
    assert_eq!(row.showing.other_presses().len(), MAX_OTHER_PRESSES);
}

#[test]
fn lost_frames_are_counted_and_flagged_and_do_not_lengthen_the_exposure() {
    let (set, study) = (set(0, 1, 0), study());
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    let period_ms = rate(60.0).period_ms();
    let onset_ms = until(&mut runner, 0.0, Phase::Triplet);
    runner.frame(Frame::on_time(onset_ms + period_ms));
    runner.frame(Frame::on_time(onset_ms + 4.0 * period_ms));
    runner.respond(key(0, onset_ms + 190.0));
    until(&mut runner, onset_ms + 4.0 * period_ms, Phase::Done);
    let showing = runner.take_ended().remove(0).1.showing.unwrap();
    assert_eq!((showing.displayed_frames, showing.lost_frames), (Some(48), Some(2)));
    assert_eq!(showing.timing_flagged, Some(true));
    assert!((showing.longest_gap_ms.unwrap() - 3.0 * period_ms).abs() < 0.01);
}

#[test]
fn an_onset_whose_callback_ran_late_says_so_although_its_stamp_is_on_plan() {
    let (set, study) = (set(0, 1, 0), with_noticed_gap(9));
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    let period_ms = rate(60.0).period_ms();
    let mut stamp_ms = 0.0;
    while runner.view().phase != Phase::Triplet {
        stamp_ms += period_ms;
        // The page is blocked for 50 ms in the frame of the onset.
        let late_ms = if stamp_ms > 300.0 { 50.0 } else { 0.4 };
        runner.frame(Frame { stamp_ms, callback_ms: stamp_ms + late_ms });
    }
    let onset_ms = stamp_ms;
    runner.frame(Frame { stamp_ms: onset_ms + 3.0 * period_ms, callback_ms: onset_ms + 51.0 });
    runner.respond(key(0, onset_ms + 400.0));
    until(&mut runner, onset_ms + 3.0 * period_ms, Phase::Done);
    let showing = runner.take_ended().remove(0).1.showing.unwrap();
    assert!((showing.actual_onset_ms.unwrap() - showing.planned_onset_ms.unwrap()).abs() < 0.01);
    assert_eq!((showing.onset_callback_late_ms, showing.timing_flagged), (Some(50.0), Some(true)));
}

#[test]
fn a_countdown_comes_after_a_break_and_a_pause() {
    let timing = Timing { countdown_ms: 3000.0, ..Timing::default() };
    let (set, study) = (set(0, 2, 0), Study { timing, ..study() });
    let mut runner = runner(&set, &study, 1, 60.0);
    runner.proceed();
    assert_eq!(runner.view().phase, Phase::Countdown { seconds: 3 });
    let now_ms = until(&mut runner, 0.0, Phase::Countdown { seconds: 1 });
    runner.interrupt(Interruption::Paused, now_ms);
    assert_eq!(runner.view().phase, Phase::Pause { comes_again: true });
    assert!(runner.take_ended().is_empty(), "no trial had begun");
    runner.proceed();
    let start_ms = until(&mut runner, now_ms, Phase::Placeholder);
    assert!(start_ms - now_ms >= 3000.0 && start_ms - now_ms < 3040.0);
}
