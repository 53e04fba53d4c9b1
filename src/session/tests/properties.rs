//! Whatever a person, a page and a display do, the log says of every planned trial exactly once that it
//! counts or why not.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use gestalt_protocol::*;
use gestalt_session::*;
use proptest::prelude::*;

/// One thing that happens, in the order in which the test goes through them.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// A frame after so many refreshes, its callback late by so many ms.
    Frame {
        refreshes: u8,
        late_ms: f64,
    },
    Press {
        slot: usize,
        age_ms: f64,
    },
    Interrupt(Interruption),
    Proceed,
    Reload,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        400 => (0.0..3.0_f64).prop_map(|late_ms| Act::Frame { refreshes: 1, late_ms }),
        4 => (1..6_u8, 0.0..60.0_f64).prop_map(|(refreshes, late_ms)| Act::Frame { refreshes, late_ms }),
        30 => (0..3_usize, -5.0..40.0_f64).prop_map(|(slot, age_ms)| Act::Press { slot, age_ms }),
        2 => prop::sample::select(vec![Interruption::FocusLost, Interruption::Paused, Interruption::Resized])
            .prop_map(Act::Interrupt),
        8 => Just(Act::Proceed),
        1 => Just(Act::Reload),
    ]
}

/// A page with its storage, as the browser's page is one: rows are kept when they end, and a mark before
/// pictures can be seen.
struct Page<'a> {
    set: &'a TrialSet,
    study: &'a Study,
    plan: Plan,
    runner: TrialRunner,
    rows: Vec<Row>,
    begun: Option<(String, u32)>,
    stamp_ms: f64,
    callback_ms: f64,
}

impl<'a> Page<'a> {
    fn new(set: &'a TrialSet, study: &'a Study, seed: u64) -> Self {
        let (plan, runner) = (plan(set, study, seed), runner(set, study, seed, 60.0));
        Self { set, study, plan, runner, rows: Vec::new(), begun: None, stamp_ms: 0.0, callback_ms: 0.0 }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Frame { refreshes, late_ms } => {
                self.stamp_ms += f64::from(refreshes) * rate(60.0).period_ms();
                self.callback_ms = self.callback_ms.max(self.stamp_ms + late_ms);
                self.runner.frame(Frame { stamp_ms: self.stamp_ms, callback_ms: self.callback_ms });
            }
            Act::Press { slot, age_ms } => {
                let (event_ms, now_ms) = (self.callback_ms - age_ms, self.callback_ms);
                let device = InputDevice::Keyboard;
                self.runner.respond(Press::new(gestalt_types::Slot::ALL[slot], event_ms, now_ms, device));
            }
            Act::Interrupt(cause) => self.runner.interrupt(cause, self.callback_ms),
            Act::Proceed => self.runner.proceed(),
            Act::Reload => self.reload(),
        }
        self.keep();
        if self.runner.view().phase == Phase::Placeholder {
            let next = self.runner.view().presentation.cloned();
            self.begun = next.map(|next| (next.trial.to_string(), next.repeat));
        }
    }

    fn keep(&mut self) {
        for (shown, response) in self.runner.take_ended() {
            let row = row(self.set, self.rows.len() as u32, &shown, response);
            row.check().unwrap();
            self.rows.push(row);
        }
    }

    fn reload(&mut self) {
        let log: Vec<Closed> = self.rows.iter().map(Closed::of).collect();
        let begun = self.begun.as_ref().map(|(trial, repeat)| (trial.as_str(), *repeat));
        let resumed = TrialRunner::resume(&self.plan, self.study, rate(60.0), &log, begun);
        self.runner = resumed.expect("the log is one of this plan");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_trial_is_counted_or_excluded_exactly_once(
        seed in any::<u64>(),
        reserves in 0..4_u32,
        count_second_looks in any::<bool>(),
        acts in prop::collection::vec(act(), 4000),
    ) {
        let second_look = if count_second_looks { SecondLook::Count } else { SecondLook::Drop };
        let max_trials = Some(9 - reserves);
        let mut study = study();
        study.trials.per_session = max_trials;
        study.trials.second_look = second_look;
        study.trials.break_every = 4;
        study.trials.catch.every = Some(3);
        let set = set(2, 9, 2);
        let mut page = Page::new(&set, &study, seed);
        for act in acts.iter().cycle().take(40_000) {
            page.act(*act);
            if page.runner.view().phase == Phase::Done { break; }
        }
        let ledger = Ledger::read(&page.plan, &study, &page.rows);
        prop_assert!(ledger.is_ok(), "{ledger:?}");
        let ledger = ledger.unwrap();
        let view = page.runner.view();
        prop_assert_eq!(view.phase, Phase::Done);
        prop_assert_eq!(ledger.open(), 0);
        prop_assert_eq!(view.done, view.total);
        // One row ends each trial, and every other row is an interruption.
        let ends = page.rows.iter().filter(|row| row.ends_trial(study.trials.second_look)).count();
        prop_assert_eq!(ends, ledger.trials().len());
        // No picture that was seen is answered later, unless the study counts that.
        if !count_second_looks {
            let seen = |row: &Row| row.showing.already_seen_ms.is_some();
            prop_assert!(page.rows.iter().all(|row| row.outcome == Outcome::Interrupted || !seen(row)));
        }
        let mut shown: Vec<_> = page.rows.iter().map(|row| (row.trial.clone(), row.repeat)).collect();
        shown.sort();
        let length = shown.len();
        shown.dedup();
        prop_assert_eq!(shown.len(), length, "a presentation has two rows");
    }
}

#[test]
fn a_row_that_the_plan_does_not_have_and_a_trial_that_ends_twice_are_named() {
    let (set, study) = (set(0, 3, 0), with_trials(2));
    let mut runner = runner(&set, &study, 1, 60.0);
    let mut person = SimulatedPerson::new(1.0, 0.0, 1).unwrap();
    let ended = simulate(&mut runner, &mut person, rate(60.0), |shown| intact_slot(&set, shown));
    let mut rows: Vec<Row> =
        (0..).zip(ended).map(|(index, (shown, response))| row(&set, index, &shown, response)).collect();
    let plan = plan(&set, &study, 1);
    assert_eq!(Ledger::read(&plan, &study, &rows).unwrap().open(), 0);
    assert_eq!(Ledger::read(&plan, &study, &rows[..1]).unwrap().open(), 1);
    let again = rows[0].clone();
    rows.push(again);
    assert!(Ledger::read(&plan, &study, &rows).unwrap_err().contains("ended before"));
    rows[2].trial = gestalt_types::Name::new("other").unwrap();
    assert!(Ledger::read(&plan, &study, &rows).unwrap_err().contains("`other` is not in the session's plan"));
}
