//! Which control observers take the counted trials, and what each of them sees.

use std::collections::BTreeMap;

use gestalt_protocol::Trial;
use gestalt_types::Name;

use crate::answers::{Answer, by_distance, by_rule, trained};
use crate::control::Control;
use crate::holm::correct_together;
use crate::measures::{Measured, Pair};

/// What every observer that sees no more than this makes of the trials; `texture` are their texture
/// statistics.
pub(crate) fn controls(counted: &[(&Trial, &Measured)], texture: &[[&[f32]; 3]]) -> Vec<Control> {
    let conditions: Vec<Name> = counted.iter().map(|(trial, _)| trial.condition.clone()).collect();
    let sources = sources(counted);
    let colour: Vec<[&[f32]; 3]> =
        counted.iter().map(|(_, measured)| measured.colour.each_ref().map(Vec::as_slice)).collect();
    let distances = |of: fn(&Pair) -> f64| -> Vec<[f64; 3]> {
        let each = counted.iter().map(|(_, measured)| &measured.pairs);
        each.map(|pairs| [of(&pairs.with_intact[0]), of(&pairs.with_intact[1]), of(&pairs.between)]).collect()
    };
    let too_small = |answers: Vec<Answer>| {
        let empty = texture.iter().flatten().any(|statistics| statistics.is_empty());
        if empty { vec![Answer::NonFinite; answers.len()] } else { answers }
    };
    let new = |name, sees, answers| Control::new(name, sees, answers, &conditions);
    let mut controls = vec![
        new(
            "Colours",
            "Mean, covariance and histogram of the colours of the whole picture; the rule that models are read with.",
            by_rule(&colour),
        ),
        new(
            "Colours, trained",
            "Mean, covariance and histogram of the colours of the whole picture; it has learned on other trials \
             what tells intact pictures from distortions.",
            trained(&colour, &sources),
        ),
        new(
            "Texture statistics",
            "The statistics of Portilla and Simoncelli of the whole picture, of its luma and of its two colour \
             differences; the rule that models are read with.",
            too_small(by_rule(texture)),
        ),
        new(
            "Texture statistics, trained",
            "The statistics of Portilla and Simoncelli of the whole picture, of its luma and of its two colour \
             differences; it has learned on other trials what tells intact pictures from distortions.",
            too_small(trained(texture, &sources)),
        ),
        new(
            "Small patches",
            "Which 7 × 7 patches occur, not where; the odd one is furthest from the other two.",
            by_distance(&distances(|pair| pair.texture_distance)),
        ),
        new(
            "Colour by place",
            "Colours averaged over cells of one scale, compared place by place; the odd one is furthest from \
             the other two.",
            by_distance(&distances(|pair| 1.0 - pair.layout_r)),
        ),
    ];
    correct_together(controls.iter_mut().map(|control| (control.p_chance, &mut control.p_holm)));
    controls
}

/// Numbers the source pictures of the trials in the order of their first trials.
fn sources(counted: &[(&Trial, &Measured)]) -> Vec<usize> {
    let mut known: BTreeMap<Name, usize> = BTreeMap::new();
    let number = |(trial, _): &(&Trial, &Measured)| {
        let next = known.len();
        *known.entry(trial.item()).or_insert(next)
    };
    counted.iter().map(number).collect()
}
