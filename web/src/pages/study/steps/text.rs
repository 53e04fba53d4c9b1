//! A text of the study, in the participant's language where it exists.

use gestalt_protocol::study::markdown;
use leptos::prelude::*;

use super::StepContext;
use crate::i18n::texts;

/// The Markdown text of this path. The HTML holds nothing that runs: `markdown::to_html` writes only what it
/// knows.
pub fn prose(context: &StepContext, path: &str) -> AnyView {
    let wanted = context.controller.language();
    let Some(found) = context.study.study.text(path, wanted) else { return ().into_any() };
    let html = markdown::to_html(found.markdown);
    let instead = found.language != wanted;
    view! {
        {instead.then(|| view! { <p class="muted" data-testid="not-translated">{texts().steps.not_translated}</p> })}
        <div class="prose" lang=found.language.code() inner_html=html></div>
    }
    .into_any()
}
