//! The one bootstrap: seeded, with simple, nested (people, then items within them) and crossed (people ×
//! items) draws.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::describe::{normal_cdf, normal_quantile, t_quantile};
use crate::{Caveat, Estimate, Interval, mean, quantile};

/// How an interval is read off the bootstrap distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// The 2.5 % and 97.5 % quantiles (Efron 1979).
    #[default]
    Percentile,
    /// Percentiles further out, so that a mean of few units gets the width of Student's t (Hesterberg 2015,
    /// "expanded percentile"). For few people this is the method whose coverage is right.
    Expanded,
    /// Corrected for bias, and for a spread that changes with the figure (BCa, Efron 1987).
    Bca,
}

/// Draws, seed and method. The same values give the same interval on every platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    /// Number of draws; 10,000 unless time forbids.
    pub draws: usize,
    /// Seed of the ChaCha8 generator.
    pub seed: u64,
    /// How the interval is read off.
    pub method: Method,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { draws: 10_000, seed: 95, method: Method::Percentile }
    }
}

impl Bootstrap {
    /// The mean of values. Population: new values drawn as these were (units: people, or items, or trials).
    pub fn mean(&self, values: &[f64]) -> Result<Estimate, Caveat> {
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Caveat::NonFinite);
        }
        let value = mean(values).ok_or(Caveat::Empty)?;
        let of = |places: &[u32]| {
            Some(places.iter().map(|&place| values[place as usize]).sum::<f64>() / places.len() as f64)
        };
        if let Some(same) = values.first().filter(|first| values.iter().all(|value| value == *first)) {
            let caveat =
                if values.len() == 1 { Caveat::TooFew { have: 1, need: 2 } } else { Caveat::NoVariation };
            return Ok(Estimate { value: *same, interval: Err(caveat) });
        }
        Ok(Estimate { value, interval: self.simple(values.len(), of)?.interval })
    }

    /// Any figure of `n` units: `figure` gets the places of the drawn units and says None where it is
    /// undefined.
    ///
    /// Errors: no units, or a figure that is undefined for the data themselves.
    pub fn simple(&self, n: usize, figure: impl Fn(&[u32]) -> Option<f64>) -> Result<Estimate, Caveat> {
        let all: Vec<u32> = (0..as_count(n)?).collect();
        let value = defined(figure(&all), n)?;
        let jackknife = || without_each(&all).filter_map(|kept| figure(&kept)).collect();
        let mut drawn = all.clone();
        let draw = |generator: &mut ChaCha8Rng| {
            fill(generator, &mut drawn, n as u32);
            figure(&drawn)
        };
        Ok(Estimate { value, interval: self.interval(value, n, &[jackknife], draw) })
    }

    /// Any figure of people who each took items of their own: people are drawn, and items within each drawn
    /// person. `items[person]` is that person's number of items; `figure` gets each drawn person with the
    /// drawn items.
    ///
    /// Population: new people, who take new items of their own.
    pub fn nested(
        &self,
        items: &[usize],
        figure: impl Fn(&[(u32, Vec<u32>)]) -> Option<f64>,
    ) -> Result<Estimate, Caveat> {
        let people = as_count(items.len())?;
        let counts = items.iter().map(|&n| as_count(n)).collect::<Result<Vec<u32>, _>>()?;
        let all: Vec<(u32, Vec<u32>)> =
            (0..people).map(|person| (person, (0..counts[person as usize]).collect())).collect();
        let value = defined(figure(&all), items.len())?;
        let jackknife = || without_each(&all).filter_map(|kept| figure(&kept)).collect();
        let mut drawn = all.clone();
        let draw = |generator: &mut ChaCha8Rng| {
            for (person, own) in &mut drawn {
                *person = generator.random_range(0..people);
                own.resize(items[*person as usize], 0);
                fill(generator, own, counts[*person as usize]);
            }
            figure(&drawn)
        };
        Ok(Estimate { value, interval: self.interval(value, items.len(), &[jackknife], draw) })
    }

    /// Any figure of people who all took the same items: both are drawn, independently (Owen 2007,
    /// "pigeonhole bootstrap"). `figure` gets the drawn people and the drawn items.
    ///
    /// Population: new people, who all take the same new items.
    pub fn crossed(
        &self,
        people: usize,
        items: usize,
        figure: impl Fn(&[u32], &[u32]) -> Option<f64>,
    ) -> Result<Estimate, Caveat> {
        let all_people: Vec<u32> = (0..as_count(people)?).collect();
        let all_items: Vec<u32> = (0..as_count(items)?).collect();
        let value = defined(figure(&all_people, &all_items), people)?;
        let by_person = || without_each(&all_people).filter_map(|kept| figure(&kept, &all_items)).collect();
        let by_item = || without_each(&all_items).filter_map(|kept| figure(&all_people, &kept)).collect();
        let jackknives: [&dyn Fn() -> Vec<f64>; 2] = [&by_person, &by_item];
        let (mut who, mut what) = (all_people.clone(), all_items.clone());
        let draw = |generator: &mut ChaCha8Rng| {
            fill(generator, &mut who, people as u32);
            fill(generator, &mut what, items as u32);
            figure(&who, &what)
        };
        Ok(Estimate { value, interval: self.interval(value, people.min(items), &jackknives, draw) })
    }

    /// The interval of a figure whose draws `draw` makes. `units` is the number of units drawn at the top
    /// level. Each of `jackknives` gives the figure with one unit left out after the other; only BCa asks
    /// for them.
    pub(crate) fn interval<J: Fn() -> Vec<f64>>(
        &self,
        value: f64,
        units: usize,
        jackknives: &[J],
        mut draw: impl FnMut(&mut ChaCha8Rng) -> Option<f64>,
    ) -> Result<Interval, Caveat> {
        if units < 2 {
            return Err(Caveat::TooFew { have: units, need: 2 });
        }
        let mut generator = ChaCha8Rng::seed_from_u64(self.seed);
        let mut drawn: Vec<f64> = Vec::with_capacity(self.draws);
        drawn.extend((0..self.draws).filter_map(|_| draw(&mut generator)).filter(|v| v.is_finite()));
        if drawn.is_empty() || drawn.len() * 20 < self.draws * 19 {
            return Err(Caveat::OftenUndefined);
        }
        drawn.sort_by(f64::total_cmp);
        if drawn[0] == drawn[drawn.len() - 1] {
            return Err(Caveat::NoVariation);
        }
        let [low, high] = match self.method {
            Method::Percentile => [0.025, 0.975],
            Method::Expanded => expanded(units),
            Method::Bca => bca(value, &drawn, jackknives),
        };
        let at = |share| quantile(&drawn, share).ok_or(Caveat::Empty);
        Ok(Interval { low: at(low)?, high: at(high)? })
    }
}

/// Shares at which a percentile interval of a mean of `units` is as wide as Student's t makes it.
fn expanded(units: usize) -> [f64; 2] {
    let n = units as f64;
    let outer = normal_cdf(t_quantile(0.975, units - 1) * (n / (n - 1.0)).sqrt());
    [1.0 - outer, outer]
}

/// The shares of BCa (Efron and Tibshirani 1993, eq. 14.10). Several jackknives (people, items) add up, as
/// for several samples.
fn bca<J: Fn() -> Vec<f64>>(value: f64, drawn: &[f64], jackknives: &[J]) -> [f64; 2] {
    let below = drawn.partition_point(|&v| v < value);
    let equal = drawn.partition_point(|&v| v <= value) - below;
    // Half of the draws that tie with the figure count as below it.
    let share = (below as f64 + equal as f64 / 2.0) / drawn.len() as f64;
    let least = 0.5 / drawn.len() as f64;
    let bias = normal_quantile(share.clamp(least, 1.0 - least));
    let (mut cubes, mut squares) = (0.0, 0.0);
    for jackknife in jackknives {
        let values = jackknife();
        let (middle, n) = (mean(&values).unwrap_or(value), values.len() as f64);
        for one in &values {
            let influence = (n - 1.0) * (middle - one) / n;
            cubes += influence.powi(3);
            squares += influence.powi(2);
        }
    }
    let acceleration = if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 };
    [0.025, 0.975].map(|nominal| {
        let z = bias + normal_quantile(nominal);
        normal_cdf(bias + z / (1.0 - acceleration * z))
    })
}

/// Every list that lacks one entry.
fn without_each<T: Clone>(all: &[T]) -> impl Iterator<Item = Vec<T>> {
    (0..all.len()).map(|left_out| [&all[..left_out], &all[left_out + 1..]].concat())
}

/// Places below `below`, drawn with replacement. `u32`, so that a browser draws the same ones.
fn fill(generator: &mut ChaCha8Rng, places: &mut [u32], below: u32) {
    places.iter_mut().for_each(|place| *place = generator.random_range(0..below));
}

/// How often each of `units` is drawn when as many are drawn with replacement; `weights` is indexed by unit.
pub(crate) fn draw_weights(generator: &mut ChaCha8Rng, units: &[u32], weights: &mut [u32]) {
    weights.fill(0);
    for _ in units {
        weights[units[generator.random_range(0..units.len() as u32) as usize] as usize] += 1;
    }
}

fn as_count(n: usize) -> Result<u32, Caveat> {
    u32::try_from(n).ok().filter(|&n| n > 0).ok_or(Caveat::Empty)
}

/// The figure of the data themselves: finite, or the reason why not.
fn defined(value: Option<f64>, units: usize) -> Result<f64, Caveat> {
    match value {
        Some(value) if value.is_finite() => Ok(value),
        Some(_) => Err(Caveat::NonFinite),
        None if units < 2 => Err(Caveat::TooFew { have: units, need: 2 }),
        None => Err(Caveat::NoVariation),
    }
}
