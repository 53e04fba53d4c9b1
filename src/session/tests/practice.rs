//! Practice with feedback, and another round for those who have not understood yet.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use gestalt_protocol::study::{Practice, Step};
use gestalt_protocol::{Outcome, Presentation, Role, Study, TrialSet};
use gestalt_session::{Closed, Frame, Phase, Plan, TrialRunner};
use gestalt_types::Slot;

fn study_with(practice: Practice) -> Study {
    let mut study = study();
    for step in &mut study.steps {
        if let Step::Practice(own) = step {
            *own = practice;
        }
    }
    study
}

/// Goes through the session and presses what `choose` says; the presentations, and the phases in order.
fn run(
    set: &TrialSet,
    study: &Study,
    choose: impl Fn(&Presentation, Slot) -> Slot,
) -> (Vec<(Presentation, gestalt_protocol::Response)>, Vec<Phase>) {
    let mut runner = runner(set, study, 1, 60.0);
    let (mut ended, mut phases) = (Vec::new(), Vec::<Phase>::new());
    for frame in 1..100_000_u32 {
        let now_ms = f64::from(frame) * 1000.0 / 60.0;
        let view = runner.view();
        let (phase, next) = (view.phase, view.presentation.cloned());
        if phases.last() != Some(&phase) {
            phases.push(phase);
            match (phase, next) {
                (Phase::Break { .. }, _) => runner.proceed(),
                (Phase::Response, Some(next)) => {
                    let slot = choose(&next, intact_slot(set, &next));
                    runner.respond(key(slot.index(), now_ms - 1.0));
                }
                (Phase::Done, _) => break,
                _ => {}
            }
        }
        runner.frame(Frame::on_time(now_ms));
        ended.extend(runner.take_ended());
    }
    (ended, phases)
}

fn other(slot: Slot) -> Slot {
    Slot::from_index((slot.index() + 1) % 3).unwrap()
}

fn practice(ended: &[(Presentation, gestalt_protocol::Response)]) -> Vec<u32> {
    ended.iter().filter(|(shown, _)| shown.role == Role::Practice).map(|(shown, _)| shown.repeat).collect()
}

#[test]
fn feedback_is_given_on_practice_trials_alone_and_says_what_was_right() {
    let (set, study) = (set(2, 3, 0), study_with(Practice { feedback: true, ..Practice::default() }));
    let (_, phases) = run(&set, &study, |shown, right| if shown.repeat == 0 { right } else { other(right) });
    let said: Vec<_> = phases.iter().filter(|phase| matches!(phase, Phase::Feedback { .. })).collect();
    assert_eq!(said, [&Phase::Feedback { right: true }; 2]);
    let (_, phases) = run(&set, &study, |_, right| other(right));
    assert!(
        phases.contains(&Phase::Feedback { right: false })
            && !phases.contains(&Phase::Feedback { right: true })
    );
    let (_, phases) = run(&set, &study_with(Practice::default()), |_, right| right);
    assert!(!phases.iter().any(|phase| matches!(phase, Phase::Feedback { .. })));
}

#[test]
fn practice_comes_again_while_too_few_are_right_and_no_oftener_than_the_study_says() {
    let rule = Practice { repeat_below: Some(0.75), most_repeats: 2, ..Practice::default() };
    let (set, study) = (set(4, 3, 0), study_with(rule));
    let (ended, _) = run(&set, &study, |_, right| right);
    assert_eq!(practice(&ended), [0; 4]);
    let (ended, _) = run(&set, &study, |shown, right| if shown.repeat == 0 { other(right) } else { right });
    assert_eq!(practice(&ended), [0, 0, 0, 0, 1, 1, 1, 1]);
    let (ended, _) = run(&set, &study, |_, right| other(right));
    assert_eq!(practice(&ended), [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    assert_eq!(ended.len(), 15, "the session goes on after the last round");
    assert!(ended.iter().all(|(_, response)| response.outcome == Outcome::Answered));
}

#[test]
fn a_reload_leads_back_into_the_same_round() {
    let rule = Practice { repeat_below: Some(0.75), most_repeats: 1, ..Practice::default() };
    let (set, study) = (set(4, 3, 0), study_with(rule));
    let (ended, _) =
        run(&set, &study, |shown, right| if shown.role == Role::Practice { other(right) } else { right });
    let plan: Plan = plan(&set, &study, 1);
    for done in 0..ended.len() {
        let log: Vec<Closed> = ended[..done]
            .iter()
            .map(|(shown, response)| Closed {
                trial: shown.trial.clone(),
                repeat: shown.repeat,
                outcome: response.outcome,
                already_seen_ms: None,
                chosen: response.chosen_slot.map(|slot| shown.shown[slot.index()].clone()),
            })
            .collect();
        let resumed = TrialRunner::resume(&plan, &study, rate(60.0), &log, None).unwrap();
        let next = resumed.view().presentation.unwrap();
        assert_eq!((&next.trial, next.repeat), (&ended[done].0.trial, ended[done].0.repeat), "after {done}");
    }
}
