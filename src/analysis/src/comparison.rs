//! Two observers on the same trials: who was better, and whether they err on the same pictures.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution};

use gestalt_protocol::{Role, Row};
use gestalt_types::Name;
use serde::Serialize;
use std::collections::BTreeMap;

use crate::intervals::{Interval, Proportion, mcnemar_p, newcombe_paired};
use crate::rows::{Observer, counted, newest_by_trial};

/// Resamples of a bootstrap interval: enough for two stable digits, quick in a page.
const RESAMPLES: usize = 2000;

/// The trials that both answered, by who was correct.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// Both correct.
    pub both: u64,
    /// Only the first.
    pub only_first: u64,
    /// Only the second.
    pub only_second: u64,
    /// Neither.
    pub neither: u64,
}

impl Agreement {
    /// Number of trials.
    pub fn trials(&self) -> u64 {
        self.both + self.only_first + self.only_second + self.neither
    }

    /// Error consistency κ = (c_obs − c_exp)/(1 − c_exp), c_exp = p₁p₂ + (1 − p₁)(1 − p₂) (Geirhos et al. 2020,
    /// arXiv 2006.16736, eq. 1 to 3). None where it is not defined: no trials, or both always (or never) correct.
    pub fn error_consistency(&self) -> Option<f64> {
        let n = self.trials() as f64;
        let observed = (self.both + self.neither) as f64 / n;
        let first = (self.both + self.only_first) as f64 / n;
        let second = (self.both + self.only_second) as f64 / n;
        let expected = first * second + (1.0 - first) * (1.0 - second);
        (n > 0.0 && expected < 1.0).then(|| (observed - expected) / (1.0 - expected))
    }

    /// Bootstrap 95 % interval of κ over trials (percentiles of 2000 resamples, always the same ones for the same
    /// counts). None where κ is undefined here, or in more than one resample in twenty.
    pub fn error_consistency_interval(&self) -> Option<Interval> {
        self.error_consistency()?;
        let mut generator = ChaCha8Rng::seed_from_u64(self.trials());
        let mut values: Vec<f64> =
            (0..RESAMPLES).filter_map(|_| self.resample(&mut generator).error_consistency()).collect();
        if values.len() * 20 < RESAMPLES * 19 {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let at = |fraction: f64| values[(fraction * (values.len() - 1) as f64).round() as usize];
        Some(Interval { low: at(0.025), high: at(0.975) })
    }

    /// As many trials drawn with replacement: the four counts are multinomial, drawn one after the other as binomials.
    fn resample(&self, generator: &mut ChaCha8Rng) -> Self {
        let (mut trials_left, mut drawn_left) = (self.trials(), self.trials());
        let mut draw = |count: u64| {
            let share = if trials_left > 0 { count as f64 / trials_left as f64 } else { 0.0 };
            let drawn = Binomial::new(drawn_left, share).map_or(0, |binomial| binomial.sample(generator));
            (trials_left, drawn_left) = (trials_left - count, drawn_left - drawn);
            drawn
        };
        let (both, only_first, only_second) =
            (draw(self.both), draw(self.only_first), draw(self.only_second));
        Self { both, only_first, only_second, neither: drawn_left }
    }
}

/// Two observers on the test trials that both answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The first observer.
    pub first: Observer,
    /// The second.
    pub second: Observer,
    /// Trials that both answered, by who was correct.
    pub agreement: Agreement,
    /// Of the first on these trials.
    pub accuracy_first: Proportion,
    /// Of the second on these trials.
    pub accuracy_second: Proportion,
    /// First minus second.
    pub difference: f64,
    /// Its 95 % interval (Newcombe's paired method 10).
    pub difference_interval: Interval,
    /// McNemar's exact test, two-sided.
    pub mcnemar_p: f64,
    /// Error consistency κ: 0 is what two independent observers of these accuracies would show, 1 the same errors.
    pub error_consistency: Option<f64>,
    /// Its bootstrap 95 % interval.
    pub error_consistency_interval: Option<Interval>,
    /// On trials where both were wrong, how often both chose the same picture (chance: one half). A matter of
    /// pictures, not of places.
    pub same_wrong_choice: Option<Proportion>,
}

/// The answer of each trial: whether correct, and which picture was taken.
type Answers<'a> = BTreeMap<(&'a gestalt_types::Sha256, &'a Name), &'a Row>;

/// Compares two observers; None where no test trial was answered by both.
///
/// Where an observer answered a trial in several sessions, the newest answer is taken.
pub fn compare(rows: &[Row], first: &Observer, second: &Observer) -> Option<Comparison> {
    let answers = answers(rows);
    compare_answers((first, answers.get(first)?), (second, answers.get(second)?))
}

/// Every pair of observers that share answered test trials.
pub fn compare_all(rows: &[Row]) -> Vec<Comparison> {
    let answers: Vec<_> = answers(rows).into_iter().collect();
    let mut comparisons = Vec::new();
    for (place, (first, own)) in answers.iter().enumerate() {
        for (second, others) in &answers[place + 1..] {
            comparisons.extend(compare_answers((first, own), (second, others)));
        }
    }
    comparisons
}

fn answers(rows: &[Row]) -> BTreeMap<Observer, Answers<'_>> {
    let mut by_observer: BTreeMap<Observer, Vec<&Row>> = BTreeMap::new();
    for row in counted(rows) {
        if row.role == Role::Test && row.correct.is_some() {
            by_observer.entry(Observer::of(row)).or_default().push(row);
        }
    }
    by_observer.into_iter().map(|(observer, rows)| (observer, newest_by_trial(&rows))).collect()
}

fn compare_answers(
    (first, own): (&Observer, &Answers<'_>),
    (second, others): (&Observer, &Answers<'_>),
) -> Option<Comparison> {
    let mut agreement = Agreement::default();
    let mut same_wrong = 0;
    for (trial, a) in own {
        let Some(b) = others.get(trial) else { continue };
        let count = match (a.correct == Some(true), b.correct == Some(true)) {
            (true, true) => &mut agreement.both,
            (true, false) => &mut agreement.only_first,
            (false, true) => &mut agreement.only_second,
            (false, false) => {
                same_wrong += u64::from(chosen_image(a).is_some() && chosen_image(a) == chosen_image(b));
                &mut agreement.neither
            }
        };
        *count += 1;
    }
    let Agreement { both, only_first, only_second, neither } = agreement;
    let accuracy_first = Proportion::new(both + only_first, agreement.trials())?;
    let accuracy_second = Proportion::new(both + only_second, agreement.trials())?;
    Some(Comparison {
        first: first.clone(),
        second: second.clone(),
        agreement,
        accuracy_first,
        accuracy_second,
        difference: accuracy_first.estimate - accuracy_second.estimate,
        difference_interval: newcombe_paired(both, only_first, only_second, neither)?,
        mcnemar_p: mcnemar_p(only_first, only_second),
        error_consistency: agreement.error_consistency(),
        error_consistency_interval: agreement.error_consistency_interval(),
        same_wrong_choice: Proportion::new(same_wrong, neither),
    })
}

fn chosen_image(row: &Row) -> Option<&gestalt_types::Sha256> {
    row.chosen_slot.map(|slot| &row.shown[slot.index()])
}
