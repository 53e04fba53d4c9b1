//! What leads the compare page: whether the trials measure seeing the whole, by networks with the whole
//! picture and without it.

use std::collections::BTreeMap;

use gestalt_protocol::{JudgeResult, ScaleWholeness, Wholeness};
use gestalt_stats::Proportion;
use gestalt_types::Name;
use leptos::prelude::*;

use super::tables::proportion;
use crate::i18n::texts;
use crate::ui::Notice;

/// A sentence for each scale of each judged set, and the table behind it; nothing where no set was judged.
pub fn wholeness(found: &BTreeMap<Name, Wholeness>) -> Option<impl IntoView + use<>> {
    let scales = found.iter().flat_map(|(study, found)| found.scales.iter().map(move |scale| (study, scale)));
    let parts: Vec<_> = scales.filter_map(|(study, scale)| at_scale(study, scale)).collect();
    let words = &texts().compare;
    (!parts.is_empty()).then(|| {
        view! {
            <section aria-labelledby="wholeness" data-testid="wholeness">
                <h2 id="wholeness">{words.wholeness}</h2>
                {parts}
            </section>
        }
    })
}

/// None where no observer is local-only or none sees the whole.
fn at_scale(study: &Name, scale: &ScaleWholeness) -> Option<impl IntoView + use<>> {
    let words = &texts().compare;
    let (local, whole) = (scale.best_local()?, scale.best_whole()?);
    let sentence = (words.whole_minus_local)(
        study.as_str(),
        scale.scale_px,
        scale.whole_minus_local()?,
        &whole.name,
        whole.share(),
        &local.name,
        local.share(),
    );
    let solved =
        scale.is_solved_locally().then(|| view! { <Notice kind="trouble">{words.solved_locally}</Notice> });
    let rows = scale.results.iter().map(row).collect_view();
    Some(view! {
        <p class="lead">{sentence}</p>
        {solved}
        <details><summary>{words.sees}</summary>
            <div class="table" role="region" aria-labelledby="wholeness" tabindex="0">
                <table>
                    <thead><tr>
                        <th scope="col">{words.observer}</th><th scope="col" class="number">{words.correct}</th>
                        <th scope="col" class="number">{words.accuracy_interval}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    })
}

fn row(result: &JudgeResult) -> impl IntoView + use<> {
    view! {
        <tr>
            <th scope="row">{result.name.clone()}</th>
            <td class="number">{format!("{} / {}", result.correct, result.of)}</td>
            <td class="number">{proportion(Proportion::new(result.correct, result.of))}</td>
        </tr>
    }
}
