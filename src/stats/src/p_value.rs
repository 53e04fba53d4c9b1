//! Tests against guessing and between paired observers, their correction for a family, and how a p value is
//! written.

use statrs::distribution::{Binomial, Discrete, DiscreteCDF};

/// Probability of at least `hits` right answers by guessing (exact binomial, one-sided). `guess` is the
/// probability of a right guess: 1/3 among three. None without trials, or where `guess` is no probability.
pub fn chance_p(hits: u64, of: u64, guess: f64) -> Option<f64> {
    let guessing = Binomial::new(guess, of).ok().filter(|_| of > 0)?;
    Some(if hits == 0 { 1.0 } else { guessing.sf(hits - 1).clamp(0.0, 1.0) })
}

/// The least accuracy that a test against guessing (exact binomial, one-sided, at `level`) finds with this
/// power.
///
/// None where even an observer that is always right would not reach the level.
pub fn detectable_accuracy(of: u64, guess: f64, level: f64, power: f64) -> Option<f64> {
    let needed = (0..=of).find(|&hits| chance_p(hits, of, guess).is_some_and(|p| p <= level))?;
    let found = |accuracy: f64| Binomial::new(accuracy, of).map_or(0.0, |hits| hits.sf(needed - 1));
    // Bisection: the power grows with the accuracy.
    let (mut low, mut high) = (guess, 1.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if found(middle) < power { low = middle } else { high = middle }
    }
    Some(high)
}

/// Holm's step-down correction (Holm 1979): p values that hold for all tests of the family together, in the
/// order given.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let (mut corrected, mut least) = (vec![1.0; p_values.len()], 0.0_f64);
    for (place, &test) in order.iter().enumerate() {
        least = least.max((p_values[test] * (p_values.len() - place) as f64).min(1.0));
        corrected[test] = least;
    }
    corrected
}

/// McNemar's exact test, two-sided: probability of a split at least as uneven as this one among the trials
/// on which exactly one of two observers was correct, were both equally likely.
pub fn mcnemar_p(only_first: u64, only_second: u64) -> f64 {
    let discordant = only_first + only_second;
    match Binomial::new(0.5, discordant) {
        Ok(even) if discordant > 0 => (2.0 * even.cdf(only_first.min(only_second))).min(1.0),
        _ => 1.0,
    }
}

/// Exact binomial test, two-sided: the probability of all outcomes that are at most as likely as this one
/// (the rule of R's `binom.test`). None without trials.
pub fn binomial_p(hits: u64, of: u64, expected: f64) -> Option<f64> {
    let null = Binomial::new(expected, of).ok().filter(|_| of > 0 && hits <= of)?;
    // Outcomes that are equally likely must not be lost to rounding.
    let limit = null.pmf(hits) * (1.0 + 1e-7);
    Some((0..=of).map(|k| null.pmf(k)).filter(|&p| p <= limit).sum::<f64>().min(1.0))
}

/// How a p value is written everywhere: three decimals, and `< .001` below them; no digit before the point
/// (APA).
pub fn p_text(p: f64) -> String {
    match p {
        p if !p.is_finite() => "–".to_owned(),
        p if p < 0.001 => "< .001".to_owned(),
        p if p > 0.9995 => "1.000".to_owned(),
        p => format!("{p:.3}").trim_start_matches('0').to_owned(),
    }
}

/// The same in a table that a program reads: four decimals, and below .001 two digits and the power of ten.
pub fn p_cell(p: f64) -> String {
    match p {
        p if !p.is_finite() => String::new(),
        p if p >= 0.001 => format!("{p:.4}"),
        p => format!("{p:.1e}"),
    }
}

/// The same in a sentence: `p = .042`, `p < .001`.
pub fn p_phrase(p: f64) -> String {
    let text = p_text(p);
    if text.starts_with('<') { format!("p {text}") } else { format!("p = {text}") }
}
