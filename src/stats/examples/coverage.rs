//! Measures how often each 95 % interval holds the truth, over simulated data sets: the table of
//! `docs/statistics.md`.
//!
//! `cargo run --release -p gestalt-stats --example coverage [DATA_SETS]`; 2,000 data sets take some minutes.
#![allow(clippy::unwrap_used)]

use gestalt_stats::psychometric::{self, Block, Curve, Options, Shape};
use gestalt_stats::{
    Agreement, Bootstrap, Caveat, ChoiceTask, Conditions, Interval, Method, Record, Redraw, clopper_pearson,
    group_mean, learning, mean_by_t, mean_consistency, newcombe_paired, wilson,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

const PEOPLE: usize = 20;
const ITEMS: usize = 96;
/// Spread between people and between items, in log odds: as in the public sets of object recognition.
const PERSON_SD: f64 = 0.5;
const ITEM_SD: f64 = 1.0;
const ACCURACIES: [f64; 3] = [0.4, 0.6, 0.85];
/// Draws of a bootstrap here: the coverage is that of 10,000 to a tenth of a per cent.
const DRAWS: usize = 600;

/// How often an interval held the truth, and how often there was none.
#[derive(Default, Clone, Copy)]
struct Tally {
    held: usize,
    given: usize,
    missing: usize,
}

impl Tally {
    fn note(&mut self, interval: Result<Interval, Caveat>, truth: f64) {
        match interval {
            Ok(interval) => {
                self.given += 1;
                self.held += usize::from(interval.contains(truth));
            }
            Err(_) => self.missing += 1,
        }
    }

    fn cell(self) -> String {
        let coverage = 100.0 * self.held as f64 / self.given.max(1) as f64;
        let mark = if (93.5..=96.5).contains(&coverage) { "" } else { " ✗" };
        let missing = if self.missing > 0 { format!(" ({} without)", self.missing) } else { String::new() };
        format!("{coverage:.1}{mark}{missing}")
    }
}

/// The rows of the table, in order of first use.
struct Table {
    rows: Vec<(&'static str, [Tally; 3])>,
}

impl Table {
    fn note(&mut self, name: &'static str, column: usize, interval: Result<Interval, Caveat>, truth: f64) {
        let place = self.rows.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.rows.push((name, Default::default()));
            self.rows.len() - 1
        });
        self.rows[place].1[column].note(interval, truth);
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Mean of a function over a normal distribution, by its values at evenly spaced points.
fn over_normal(mean: f64, sd: f64, f: impl Fn(f64) -> f64) -> f64 {
    let points = (-60..=60).map(|step| f64::from(step) / 10.0);
    let (sum, weight) = points.fold((0.0, 0.0), |(sum, weight), z| {
        let density = (-z * z / 2.0).exp();
        (sum + density * f(mean + sd * z), weight + density)
    });
    sum / weight
}

/// The log odds at which people and items with their spread have this accuracy on average.
fn log_odds_for(accuracy: f64) -> f64 {
    let both = PERSON_SD.hypot(ITEM_SD);
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if over_normal(middle, both, logistic) < accuracy { low = middle } else { high = middle }
    }
    low
}

/// One data set in which all people take the same items.
struct World {
    people: Vec<f64>,
    items: Vec<f64>,
    /// Right or wrong, by person and item.
    right: Vec<Vec<bool>>,
}

impl World {
    fn new(generator: &mut ChaCha8Rng, log_odds: f64) -> Self {
        let spread = |sd: f64| Normal::new(0.0, sd).unwrap();
        let people: Vec<f64> = (0..PEOPLE).map(|_| log_odds + spread(PERSON_SD).sample(generator)).collect();
        let items: Vec<f64> = (0..ITEMS).map(|_| spread(ITEM_SD).sample(generator)).collect();
        let mut answers = |person: &f64| {
            items.iter().map(|item| generator.random::<f64>() < logistic(person + item)).collect()
        };
        let right = people.iter().map(&mut answers).collect();
        Self { people, items, right }
    }

    fn values(&self) -> Vec<Vec<(u32, f64)>> {
        let of = |own: &Vec<bool>| {
            (0..).zip(own).map(|(item, right)| (item, f64::from(u8::from(*right)))).collect()
        };
        self.right.iter().map(of).collect()
    }

    fn means(&self) -> Vec<f64> {
        let share = |own: &Vec<bool>| own.iter().filter(|right| **right).count() as f64 / ITEMS as f64;
        self.right.iter().map(share).collect()
    }

    /// κ of two people over all items there could be.
    fn true_kappa(&self, a: usize, b: usize) -> f64 {
        let p = |person: usize, item: f64| logistic(self.people[person] + item);
        let over = |f: &dyn Fn(f64) -> f64| over_normal(0.0, ITEM_SD, f);
        let (first, second) = (over(&|item| p(a, item)), over(&|item| p(b, item)));
        let same = over(&|item| p(a, item) * p(b, item) + (1.0 - p(a, item)) * (1.0 - p(b, item)));
        let expected = first * second + (1.0 - first) * (1.0 - second);
        (same - expected) / (1.0 - expected)
    }
}

fn bootstrap(method: Method) -> Bootstrap {
    Bootstrap { draws: DRAWS, method, ..Bootstrap::default() }
}

fn one_observer(table: &mut Table, column: usize, world: &World) {
    let hits = world.right[0].iter().filter(|right| **right).count() as u64;
    let truth = over_normal(0.0, ITEM_SD, |item| logistic(world.people[0] + item));
    let n = ITEMS as u64;
    table.note(
        "Accuracy of one observer, Wilson | this observer, new items",
        column,
        Ok(wilson(hits, n)),
        truth,
    );
    table.note(
        "Accuracy of one observer, Clopper–Pearson | this observer, new items",
        column,
        Ok(clopper_pearson(hits, n)),
        truth,
    );
    let these = world.items.iter().map(|item| logistic(world.people[0] + item)).sum::<f64>() / ITEMS as f64;
    table.note(
        "Accuracy of one observer, Wilson | this observer, these items",
        column,
        Ok(wilson(hits, n)),
        these,
    );
    let task = ChoiceTask::Oddity;
    if let (Ok(found), Ok(d_prime)) = (task.sensitivity(hits, n), task.d_prime(truth)) {
        let exact = Interval { low: found.low, high: found.high.unwrap_or(f64::INFINITY) };
        table.note(
            "d′ (oddity), inversion of Clopper–Pearson | this observer, new items",
            column,
            Ok(exact),
            d_prime,
        );
        let drawn = task.bootstrap(hits, n, &bootstrap(Method::Percentile)).and_then(|drawn| drawn.interval);
        table.note("d′ (oddity), bootstrap | this observer, new items", column, drawn, d_prime);
    }
}

fn two_observers(table: &mut Table, column: usize, world: &World) {
    let counts = Agreement::of(world.right[0].iter().copied().zip(world.right[1].iter().copied()));
    let p = |person: usize| over_normal(0.0, ITEM_SD, |item| logistic(world.people[person] + item));
    let interval = newcombe_paired(counts.both, counts.only_first, counts.only_second, counts.neither);
    table.note(
        "Difference of two observers, Newcombe paired | these observers, new items",
        column,
        interval.ok_or(Caveat::Empty),
        p(0) - p(1),
    );
    for (name, method) in [
        ("κ of two observers, bootstrap percentile | these observers, new items", Method::Percentile),
        ("κ of two observers, bootstrap BCa | these observers, new items", Method::Bca),
    ] {
        let found = counts.error_consistency_interval(&bootstrap(method)).and_then(|kappa| kappa.interval);
        table.note(name, column, found, world.true_kappa(0, 1));
    }
    let found =
        counts.error_consistency_credible(&bootstrap(Method::Percentile)).and_then(|kappa| kappa.interval);
    table.note(
        "κ of two observers, credible (Jeffreys) | these observers, new items",
        column,
        found,
        world.true_kappa(0, 1),
    );
}

fn group(table: &mut Table, column: usize, world: &World, log_odds: f64) {
    let values = world.values();
    let new_people = over_normal(log_odds, PERSON_SD, |person| {
        world.items.iter().map(|item| logistic(person + item)).sum::<f64>() / ITEMS as f64
    });
    let everything = ACCURACIES[column];
    let new_items = over_normal(0.0, ITEM_SD, |item| {
        world.people.iter().map(|person| logistic(person + item)).sum::<f64>() / PEOPLE as f64
    });
    let t = mean_by_t(&world.means()).and_then(|mean| mean.interval);
    table.note("Mean of people, Student's t | new people, these items", column, t, new_people);
    let rows = [
        (
            "Mean of people, bootstrap over people, percentile | new people, these items",
            Redraw::People,
            Method::Percentile,
            new_people,
        ),
        (
            "Mean of people, bootstrap over people, expanded percentile | new people, these items",
            Redraw::People,
            Method::Expanded,
            new_people,
        ),
        (
            "Mean of people, bootstrap over people, BCa | new people, these items",
            Redraw::People,
            Method::Bca,
            new_people,
        ),
        (
            "Mean of people, bootstrap over items, percentile | these people, new items",
            Redraw::Items,
            Method::Percentile,
            new_items,
        ),
        (
            "Mean of people, bootstrap over items, BCa | these people, new items",
            Redraw::Items,
            Method::Bca,
            new_items,
        ),
        (
            "Mean of people, crossed bootstrap, percentile | new people, same new items",
            Redraw::PeopleAndItems,
            Method::Percentile,
            everything,
        ),
        (
            "Mean of people, crossed bootstrap, BCa | new people, same new items",
            Redraw::PeopleAndItems,
            Method::Bca,
            everything,
        ),
    ];
    for (name, redraw, method, truth) in rows {
        let found = group_mean(&values, redraw, &bootstrap(method)).and_then(|mean| mean.interval);
        table.note(name, column, found, truth);
    }
    table.note("Mean of people, Student's t | new people, same new items", column, t, everything);
    let hits = world.right.iter().flatten().filter(|right| **right).count() as u64;
    let pooled = Ok(wilson(hits, (PEOPLE * ITEMS) as u64));
    table.note("All rows pooled, Wilson | new people, same new items", column, pooled, everything);
    let observers: Vec<Conditions> =
        world.right.iter().map(|own| vec![Record::new((0..).zip(own.iter().copied()))]).collect();
    // A quarter of the people: the cost grows with the pairs.
    let few = &observers[..PEOPLE / 4];
    let found = mean_consistency(few, &bootstrap(Method::Percentile)).and_then(|kappa| kappa.interval);
    let pairs = (0..few.len()).flat_map(|a| (a + 1..few.len()).map(move |b| (a, b)));
    let truths: Vec<f64> = pairs.map(|(a, b)| world.true_kappa(a, b)).collect();
    let truth = truths.iter().sum::<f64>() / truths.len() as f64;
    table.note("Mean κ of 5 people, bootstrap over items | these people, new items", column, found, truth);
}

/// People who each take items of their own.
fn nested(table: &mut Table, column: usize, generator: &mut ChaCha8Rng, log_odds: f64) {
    let (person, item) = (Normal::new(0.0, PERSON_SD).unwrap(), Normal::new(0.0, ITEM_SD).unwrap());
    let mut next = 0;
    let values: Vec<Vec<(u32, f64)>> = (0..PEOPLE)
        .map(|_| {
            let own = log_odds + person.sample(generator);
            (0..ITEMS)
                .map(|_| {
                    next += 1;
                    let right = generator.random::<f64>() < logistic(own + item.sample(generator));
                    (next, f64::from(u8::from(right)))
                })
                .collect()
        })
        .collect();
    for (name, method) in [
        (
            "Mean of people, hierarchical bootstrap, percentile | new people, items of their own",
            Method::Percentile,
        ),
        ("Mean of people, hierarchical bootstrap, BCa | new people, items of their own", Method::Bca),
    ] {
        let found =
            group_mean(&values, Redraw::PeopleThenItems, &bootstrap(method)).and_then(|mean| mean.interval);
        table.note(name, column, found, ACCURACIES[column]);
    }
    let means: Vec<f64> =
        values.iter().map(|own| own.iter().map(|(_, v)| v).sum::<f64>() / ITEMS as f64).collect();
    let t = mean_by_t(&means).and_then(|mean| mean.interval);
    table.note("Mean of people, Student's t | new people, items of their own", column, t, ACCURACIES[column]);
}

/// One observer over six scales, 16 items each; the column is the threshold's place among the scales.
fn curve(table: &mut Table, column: usize, generator: &mut ChaCha8Rng) {
    let curve = Curve {
        shape: Shape::Normal,
        falls: true,
        threshold_log2: [3.8, 4.5, 5.2][column],
        width_octaves: 3.0,
        guess: 1.0 / 3.0,
        lapse: 0.02,
    };
    let blocks: Vec<Block> = (2..8)
        .map(|octave| {
            let level = f64::from(octave).exp2();
            let hits = (0..16).filter(|_| generator.random::<f64>() < curve.accuracy(level)).count() as u64;
            Block { level, hits, trials: 16 }
        })
        .collect();
    let fit = psychometric::fit(&blocks, &Options { overdispersed: false, ..Options::default() });
    let threshold = fit.and_then(|fit| fit.threshold()).and_then(|threshold| threshold.interval);
    table.note(
        "Threshold, 6 scales × 16 trials, credible | this observer, new items",
        column,
        threshold,
        curve.threshold(),
    );
}

fn learner(table: &mut Table, column: usize, generator: &mut ChaCha8Rng) {
    let log_odds = logit(ACCURACIES[column]);
    let right: Vec<bool> = (0..ITEMS)
        .map(|trial| generator.random::<f64>() < logistic(log_odds + 0.5 * (trial as f64 - 47.5) / 100.0))
        .collect();
    let slope = learning(&right).and_then(|found| found.log_odds_per_100.interval);
    table.note("Learning, slope of the log odds, Wald | this observer, new trials", column, slope, 0.5);
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

fn main() {
    let sets: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(2000);
    let mut table = Table { rows: Vec::new() };
    for (column, accuracy) in ACCURACIES.into_iter().enumerate() {
        let log_odds = log_odds_for(accuracy);
        let mut generator = ChaCha8Rng::seed_from_u64(column as u64);
        for _ in 0..sets {
            let world = World::new(&mut generator, log_odds);
            one_observer(&mut table, column, &world);
            two_observers(&mut table, column, &world);
            group(&mut table, column, &world, log_odds);
            nested(&mut table, column, &mut generator, log_odds);
            curve(&mut table, column, &mut generator);
            learner(&mut table, column, &mut generator);
        }
    }
    println!("| interval | population | .40 | .60 | .85 |\n|---|---|---|---|---|");
    for (name, tallies) in table.rows {
        println!("| {name} | {} |", tallies.map(Tally::cell).join(" | "));
    }
}
