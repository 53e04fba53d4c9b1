//! The files of a study, to be saved.

use leptos::prelude::*;

use crate::browser::address;
use crate::i18n::texts;

/// Links to the files. The browser sends the cookie along.
#[component]
pub fn Exports(
    /// Of the study.
    name: String,
    /// May see ids of panels.
    is_owner: bool,
) -> impl IntoView {
    let words = &texts().lab;
    let all = [
        ("rows.ndjson", words.rows_ndjson),
        ("rows.csv", words.rows_csv),
        ("participants.csv", words.participants_csv),
        ("steps.ndjson", words.steps_ndjson),
        ("codebook.csv", words.codebook_csv),
        ("payments.csv", words.payments_csv),
    ];
    let shown = all.into_iter().filter(|(file, _)| is_owner || *file != "payments.csv");
    let links = shown.map(|(file, what)| {
        let href = address(&format!("api/studies/{name}/{file}"));
        view! { <li><a href=href download=format!("{name}-{file}") rel="external">{file}</a> " " <span class="muted">{what}</span></li> }
    });
    view! {
        <h3>{words.files}</h3>
        <ul class="plain" data-testid="lab-exports">{links.collect_view()}</ul>
    }
}
