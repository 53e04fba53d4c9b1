//! The part of the page that leads: what networks make of the set with the whole picture and without it.

use gestalt_protocol::{JudgeResult, ScaleWholeness, WHOLENESS_BOUND, Wholeness};
use gestalt_stats::{Proportion, p_text};
use maud::{Markup, html};

use super::{number, table, with_interval};

/// What networks make of the set, scale by scale.
pub(super) fn wholeness(found: &Wholeness) -> Markup {
    let counted: usize = found.scales.iter().map(|scale| scale.counted).sum();
    html! {
        @for scale in &found.scales { (at_scale(scale)) }
        p.note {
            (found.judged()) " of " (counted) " test trials. Patches alone: every patch of a picture goes through the \
             network by itself, at a stride of half a patch; the features of all patches are averaged. Local features: \
             those of an early stage, none of which sees more than the stated width, averaged over the picture. The odd \
             picture has the largest mean distance, 1 − Pearson's r, to the other two. p is against guessing, for all \
             observers together that see less than the structure that is kept."
        }
    }
}

fn at_scale(scale: &ScaleWholeness) -> Markup {
    let kept =
        scale.scale_px.map_or("Scale not stated".into(), |px| format!("Structure up to {px} px is kept"));
    let cells = |result: &JudgeResult| {
        let accuracy = Proportion::new(result.correct, result.of);
        vec![
            html! { (result.name) },
            html! { (accuracy.map_or("–".into(), |a| with_interval(a.estimate, a.interval))) },
            html! { (result.p_holm.map_or("–".into(), p_text)) },
        ]
    };
    let rows = scale.results.iter().map(cells).collect();
    let (local, whole) = (scale.best_local(), scale.best_whole());
    html! {
        @if let (Some(local), Some(whole), Some(margin)) = (local, whole, scale.whole_minus_local()) {
            p {
                strong { "Whole minus local-only: " (number(margin)) "." } " " (kept) ". "
                (whole.name) " is right in " (number(whole.share())) " of " (whole.of) " trials, "
                (local.name) " in " (number(local.share())) "."
                @if scale.is_solved_locally() {
                    " " strong { "That is above " (WHOLENESS_BOUND) ": these trials are solved without the whole." }
                }
            }
        } @else {
            p { (kept) ". No observer here sees less than that, so nothing is said of the whole." }
        }
        (table("With the whole and without", &["Observer", "Correct [95 %]", "p (Holm)"], rows))
    }
}
