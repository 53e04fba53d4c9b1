//! A simulated person, whose presses go through the same trial runner as a real one's: for tests, power
//! estimates and trial runs.

use gestalt_protocol::{InputDevice, Presentation, Response};
use gestalt_types::{Slot, random};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp, Normal};

use crate::frame::Frame;
use crate::press::Press;
use crate::refresh::RefreshRate;
use crate::runner::{Phase, TrialRunner};

/// Answers with a set accuracy and ex-Gaussian reaction times.
pub struct SimulatedPerson {
    accuracy: f64,
    lapse_rate: f64,
    normal: Normal<f64>,
    exponential: Exp<f64>,
    generator: ChaCha8Rng,
}

impl SimulatedPerson {
    /// `accuracy` is the share correct when attending, `lapse_rate` the share of trials without any
    /// response, both in 0..=1.
    ///
    /// Reaction times are the sum of a normal (mean 500 ms, SD 60 ms) and an exponential (mean 150 ms)
    /// variable. None if a share is outside its range.
    pub fn new(accuracy: f64, lapse_rate: f64, seed: u64) -> Option<Self> {
        let shares = (0.0..=1.0).contains(&accuracy) && (0.0..=1.0).contains(&lapse_rate);
        let (normal, exponential) = (Normal::new(500.0, 60.0).ok()?, Exp::new(1.0 / 150.0).ok()?);
        shares.then(|| Self {
            accuracy,
            lapse_rate,
            normal,
            exponential,
            generator: random::generator(seed, "simulated person"),
        })
    }

    /// The slot and the reaction time in ms, given where the intact picture is; none for a lapse.
    pub fn answer(&mut self, intact: Slot) -> Option<(Slot, f64)> {
        let lapsed = self.generator.random::<f64>() < self.lapse_rate;
        let right = self.generator.random::<f64>() < self.accuracy;
        let step = self.generator.random_range(1..=2_usize);
        let reaction_ms =
            self.normal.sample(&mut self.generator) + self.exponential.sample(&mut self.generator);
        let index = if right { intact.index() } else { (intact.index() + step) % 3 };
        let slot = Slot::from_index(index).filter(|_| !lapsed)?;
        Some((slot, reaction_ms.max(150.0)))
    }
}

/// Takes a whole session on a simulated display of this rate, and returns every presentation with its
/// response.
///
/// `intact` tells where the intact picture of a presentation is.
pub fn simulate(
    runner: &mut TrialRunner,
    person: &mut SimulatedPerson,
    rate: RefreshRate,
    intact: impl Fn(&Presentation) -> Slot,
) -> Vec<(Presentation, Response)> {
    let mut all = Vec::new();
    let mut planned: Option<(Slot, f64)> = None;
    let mut was = Phase::Placeholder;
    for frame in 1_u64.. {
        let now_ms = frame as f64 * rate.period_ms();
        if let Some((slot, at_ms)) = planned.filter(|(_, at_ms)| *at_ms <= now_ms) {
            runner.respond(Press::new(slot, at_ms, now_ms, InputDevice::Simulated));
            planned = None;
        }
        runner.frame(Frame::on_time(now_ms));
        all.extend(runner.take_ended());
        let view = runner.view();
        if view.phase == Phase::Triplet && was != Phase::Triplet {
            let slot = view.presentation.map(&intact);
            planned =
                slot.and_then(|slot| person.answer(slot)).map(|(slot, after_ms)| (slot, now_ms + after_ms));
        }
        was = view.phase;
        match view.phase {
            Phase::Break { .. } | Phase::Pause { .. } => runner.proceed(),
            Phase::Done => break,
            _ => {}
        }
    }
    all
}
