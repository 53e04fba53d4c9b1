//! The end of a session: whether everything is saved, the completion code, and what to do when the network
//! is away.

use gestalt_session::{Standing, StoredSession};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

use crate::i18n::texts;
use crate::log::{self, Format};
use crate::outbox::Outbox;
use crate::ui::{Notice, Withdraw};

/// The last page of a session, also of one from an earlier visit.
#[component]
pub fn Ending(
    /// The session.
    session: StoredSession,
    /// The person withdrew.
    on_withdrawn: impl Fn() + Copy + Send + Sync + 'static,
    /// The person wants to take the test once more.
    on_again: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let words = &texts().study;
    let (id, has_server) = (session.session, session.token.is_some());
    let rows = session.rows.unwrap_or_default();
    let receipt = session.receipt.clone();
    // The outbox knows the sessions that it has sent something of since the page was opened.
    let kept = Standing { completion_code: session.completion_code.clone(), ..Standing::default() };
    let standing = Memo::new(move |_| {
        outbox.state().with(|state| {
            (state.sessions.get(&id).cloned().unwrap_or_else(|| kept.clone()), state.problem.clone())
        })
    });
    let trouble = RwSignal::new(None::<String>);
    let download = move |format: Format| {
        spawn_local(async move {
            let said = match outbox.rows(id).await {
                Ok(rows) => log::offer(
                    "gestalt-lab-session",
                    format,
                    &rows.into_iter().map(|row| row.row).collect::<Vec<_>>(),
                ),
                Err(error) => Err(error.to_string()),
            };
            trouble.set(said.err());
        });
    };
    view! {
        <div class="reading">
            <h1>{words.thanks}</h1>
            <div aria-live="polite">
                {move || {
                    let (standing, problem) = standing.get();
                    saved_state(has_server, rows, standing, problem, outbox)
                }}
            </div>
            {receipt.map(|receipt| view! {
                <p class="muted">{words.your_receipt} <code data-testid="receipt" translate="no">{receipt}</code></p>
            })}
            <p><A href="/compare" attr:class="button primary">{words.compare}</A></p>
            <p class="row">
                <button data-testid="download-ndjson" on:click=move |_| download(Format::Ndjson)>{words.save_ndjson}</button>
                <button data-testid="download-csv" on:click=move |_| download(Format::Csv)>{words.save_csv}</button>
                <button data-testid="take-again" on:click=move |_| on_again()>{words.take_again}</button>
            </p>
            {move || trouble.get().map(|why| view! { <Notice kind="trouble">{why}</Notice> })}
            <Withdraw session on_withdrawn/>
        </div>
    }
}

fn saved_state(
    has_server: bool,
    rows: u32,
    standing: Standing,
    problem: Option<String>,
    outbox: Outbox,
) -> AnyView {
    let words = &texts().study;
    if !has_server {
        return view! { <p data-testid="saved" data-state="kept">{(words.all_kept)(rows)}</p> }.into_any();
    }
    if let Some(code) = standing.completion_code {
        return view! {
            <p data-testid="saved" data-state="saved">{(words.all_saved)(rows)}</p>
            <p>{words.your_code}<code class="code" data-testid="completion-code" translate="no">{code}</code></p>
        }
        .into_any();
    }
    let refused = standing.refused.len();
    if let Some(why) = standing.problem.or_else(|| (refused > 0).then(|| (words.refused_count)(refused))) {
        let reasons = standing.refused.into_iter();
        let reasons = reasons.map(|(index, why)| view! { <li>{(words.refused_answer)(index, &why)}</li> });
        return view! {
            <p data-testid="saved" data-state="refused">{words.refused}</p>
            <Notice kind="trouble">{why}<ul>{reasons.collect_view()}</ul></Notice>
        }
        .into_any();
    }
    match problem {
        None => view! { <p data-testid="saved" data-state="saving">{words.saving}</p> }.into_any(),
        Some(why) => view! {
            <p data-testid="saved" data-state="waiting">{(words.waiting)(standing.waiting, rows)}</p>
            <Notice kind="trouble">{why}</Notice>
            <p><button data-testid="retry" on:click=move |_| outbox.retry()>{words.try_again}</button></p>
        }
        .into_any(),
    }
}
