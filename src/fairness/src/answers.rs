//! Ways to name the odd picture by what was measured of three, none of which sees the arrangement.

use gestalt_observers::decide;
use gestalt_protocol::{Outcome, Rule};
use gestalt_types::Slot;
use serde::Serialize;

/// Number of folds; each is answered by what was learned on the others.
const FOLDS: usize = 10;

/// What came of one trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Named the intact picture.
    Correct,
    /// Named a distortion.
    Wrong,
    /// Two pictures were equally odd; never counted as correct.
    Tie,
    /// Its numbers were not finite, or did not vary; never counted as correct.
    NonFinite,
}

/// Answers by the rule that models are read with (`gestalt_observers::decide`), the intact picture first in
/// each trial.
///
/// Statistics have unlike units, so each is first standardised over all pictures of the set; those that do
/// not vary are left out.
pub(crate) fn by_rule(trials: &[[&[f32]; 3]]) -> Vec<Answer> {
    let pictures: Vec<&[f32]> = trials.iter().flatten().copied().collect();
    let scales = scales(&pictures);
    let standardised = |features: &[f32]| -> Vec<f32> {
        let each = features.iter().zip(&scales);
        each.filter(|(_, (_, sd))| *sd != 0.0)
            .map(|(value, (mean, sd))| ((f64::from(*value) - mean) / sd) as f32)
            .collect()
    };
    trials
        .iter()
        .map(|trial| {
            let decision = decide(&trial.map(standardised), Rule::MeanDistance);
            match (decision.outcome, decision.chosen_slot) {
                (Outcome::Answered, Some(slot)) => answer(slot),
                (Outcome::Tie, _) => Answer::Tie,
                _ => Answer::NonFinite,
            }
        })
        .collect()
}

fn answer(slot: Slot) -> Answer {
    if slot.index() == 0 { Answer::Correct } else { Answer::Wrong }
}

/// Mean and standard deviation of every feature, over the pictures in which it is finite.
fn scales(pictures: &[&[f32]]) -> Vec<(f64, f64)> {
    let length = pictures.first().map_or(0, |first| first.len());
    let scale = |feature: usize| {
        let values =
            || pictures.iter().map(|picture| f64::from(picture[feature])).filter(|value| value.is_finite());
        let count = values().count().max(1) as f64;
        let mean = values().sum::<f64>() / count;
        (mean, (values().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt())
    };
    (0..length).map(scale).collect()
}

/// Answers by distances between the pictures 0–1, 0–2 and 1–2, the intact one being 0: the odd one has the
/// largest mean distance to the others.
pub(crate) fn by_distance(trials: &[[f64; 3]]) -> Vec<Answer> {
    let mean_distances = trials.iter().map(|[d01, d02, d12]| [d01 + d02, d01 + d12, d02 + d12]);
    mean_distances.map(|oddness| largest(&oddness)).collect()
}

/// Whether the first is the largest; equal in single precision is a tie.
fn largest(scores: &[f64; 3]) -> Answer {
    if scores.iter().any(|score| !score.is_finite()) {
        return Answer::NonFinite;
    }
    let mut sorted = scores.map(|score| score as f32);
    sorted.sort_by(|a, b| b.total_cmp(a));
    match sorted[0] == sorted[1] {
        true => Answer::Tie,
        false if scores[0] as f32 == sorted[0] => Answer::Correct,
        false => Answer::Wrong,
    }
}

/// Answers of an observer that has learned, on nine tenths of the source pictures, by which statistics an intact
/// picture differs from its distortions, and names the picture of each remaining trial that looks most
/// intact. The intact picture comes first in each trial.
///
/// A linear discriminant that takes the statistics as independent (Bickel and Levina 2004): the weight of a
/// statistic is the mean difference over its variance. It has nothing to tune, and no scale of a statistic
/// matters to it.
///
/// `sources` numbers the source picture of each trial from 0: the trials of one picture are in one fold, so that
/// nothing is learned from the picture that is asked about.
pub(crate) fn trained(trials: &[[&[f32]; 3]], sources: &[usize]) -> Vec<Answer> {
    let folds = FOLDS.min(sources.iter().max().map_or(0, |last| last + 1));
    let mut answers = vec![Answer::NonFinite; trials.len()];
    if folds < 2 {
        return answers;
    }
    for fold in 0..folds {
        let weights = discriminant(trials, |trial| sources[trial] % folds != fold);
        for trial in (0..trials.len()).filter(|trial| sources[*trial] % folds == fold) {
            let score = |picture: &[f32]| -> f64 {
                picture.iter().zip(&weights).map(|(value, weight)| f64::from(*value) * weight).sum()
            };
            answers[trial] = largest(&trials[trial].map(score));
        }
    }
    answers
}

fn discriminant(trials: &[[&[f32]; 3]], is_training: impl Fn(usize) -> bool) -> Vec<f64> {
    let training =
        || trials.iter().enumerate().filter(|(place, _)| is_training(*place)).map(|(_, trial)| trial);
    let weight = |feature: usize| {
        let differences = || {
            let of = |[intact, first, second]: &[&[f32]; 3]| {
                f64::from(intact[feature]) - (f64::from(first[feature]) + f64::from(second[feature])) / 2.0
            };
            training().map(of).filter(|difference| difference.is_finite())
        };
        let count = differences().count().max(1) as f64;
        let mean = differences().sum::<f64>() / count;
        let variance = differences().map(|d| (d - mean).powi(2)).sum::<f64>() / count;
        // A difference that is the same in every trial would weigh infinitely; this is as good as certain.
        if mean == 0.0 { 0.0 } else { mean / variance.max(mean * mean * 1e-6) }
    };
    let features = trials.first().map_or(0, |trial| trial[0].len());
    (0..features).map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three pictures whose second statistic tells the intact one from the others, and whose first tells
    /// trials apart.
    fn planted(trial: usize) -> [Vec<f32>; 3] {
        let wobble = |picture: usize| ((trial * 7 + picture * 13) % 11) as f32 / 100.0;
        [0, 1, 2].map(|picture| {
            let leak = if picture == 0 { 0.3 } else { 0.0 };
            vec![trial as f32 * 1000.0 + wobble(picture), leak + wobble(picture + 5), 4.0, 1.0 - leak]
        })
    }

    fn each_its_own<T>(trials: &[T]) -> Vec<usize> {
        (0..trials.len()).collect()
    }

    fn borrowed(trials: &[[Vec<f32>; 3]]) -> Vec<[&[f32]; 3]> {
        trials.iter().map(|trial| trial.each_ref().map(Vec::as_slice)).collect()
    }

    #[test]
    fn a_planted_difference_is_found_with_and_without_training_and_order_does_not_matter() {
        let trials: Vec<_> = (0..40).map(planted).collect();
        for answers in [by_rule(&borrowed(&trials)), trained(&borrowed(&trials), &each_its_own(&trials))] {
            assert!(answers.iter().filter(|answer| **answer == Answer::Correct).count() > 35, "{answers:?}");
        }
        let swapped: Vec<_> = trials.iter().map(|[a, b, c]| [a.clone(), c.clone(), b.clone()]).collect();
        assert_eq!(by_rule(&borrowed(&trials)), by_rule(&borrowed(&swapped)));
        assert_eq!(
            trained(&borrowed(&trials), &each_its_own(&trials)),
            trained(&borrowed(&swapped), &each_its_own(&swapped))
        );
        let moved: Vec<_> = trials.iter().map(|[a, b, c]| [b.clone(), a.clone(), c.clone()]).collect();
        assert!(by_rule(&borrowed(&moved)).iter().filter(|answer| **answer == Answer::Correct).count() < 5);
    }

    #[test]
    fn ties_and_broken_numbers_are_never_correct() {
        let same = [vec![1.0, 2.0], vec![1.0, 2.0], vec![1.0, 2.0]];
        let other = [vec![3.0, 1.0], vec![3.0, 1.0], vec![3.0, 1.0]];
        let broken = [vec![f32::NAN, 2.0], vec![1.0, 2.0], vec![1.0, 2.0]];
        let trials = [broken, same, other];
        let [broken, same, other] = borrowed(&trials)[..] else { panic!("three trials") };
        for answers in [by_rule(&[same, other]), trained(&[same, other], &[0, 1])] {
            assert_eq!(answers, [Answer::Tie; 2]);
        }
        assert_eq!(trained(&[broken, same], &[0, 1]), [Answer::NonFinite, Answer::Tie]);
        assert_eq!(by_rule(&[broken, same, other]), [Answer::NonFinite, Answer::Tie, Answer::Tie]);
        let distances = [[1.0, 1.0, 0.2], [0.2, 1.0, 1.0], [1.0, 1.0, 1.0], [f64::NAN, 1.0, 1.0]];
        let expected = [Answer::Correct, Answer::Wrong, Answer::Tie, Answer::NonFinite];
        assert_eq!(by_distance(&distances), expected);
    }

    /// Forty trials of two source pictures, each with a texture that tells its intact picture: who has seen trials of the
    /// picture that is asked about answers by that, and who has not cannot.
    #[test]
    fn nothing_is_learned_from_the_picture_that_is_asked_about() {
        let trials: Vec<[Vec<f32>; 3]> = (0..40)
            .map(|trial| {
                let sign = if trial % 2 == 0 { 1.0 } else { -1.0 };
                let wobble = |picture: usize| ((trial * 7 + picture * 13) % 11) as f32 / 100.0;
                [0, 1, 2].map(|picture| vec![if picture == 0 { sign } else { 0.0 } + wobble(picture)])
            })
            .collect();
        let sources: Vec<usize> = (0..40).map(|trial| trial % 2).collect();
        let correct = trained(&borrowed(&trials), &sources);
        assert!(correct.iter().all(|answer| *answer != Answer::Correct), "{correct:?}");
    }
}
