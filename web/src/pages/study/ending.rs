//! The end of a session: whether everything is saved, the completion code, and what to do when the network is away.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

use crate::log::{self, Format};
use crate::outbox::store::{self, StoredSession};
use crate::outbox::{Outbox, Standing};
use crate::widgets::{Notice, Withdraw};

/// The last page of a session.
#[component]
pub fn Ending(
    /// The session.
    session: StoredSession,
    /// How many rows it has.
    rows: u32,
    /// The person withdrew.
    on_withdrawn: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let (id, has_server) = (session.session, session.token.is_some());
    let trouble = RwSignal::new(None::<String>);
    let standing = Memo::new(move |_| {
        outbox.state().with(|state| (state.sessions.get(&id).cloned(), state.problem.clone()))
    });
    let download = move |format: Format| {
        spawn_local(async move {
            let said = match store::rows(id).await {
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
            <h1>"Thank you"</h1>
            <div aria-live="polite">
                {move || {
                    let (standing, problem) = standing.get();
                    saved_state(has_server, rows, standing.unwrap_or_default(), problem, outbox)
                }}
            </div>
            <p><A href="../compare" attr:class="button primary">"Compare with the models"</A></p>
            <p class="row">
                <button data-testid="download-ndjson" on:click=move |_| download(Format::Ndjson)>"Save my answers (NDJSON)"</button>
                <button data-testid="download-csv" on:click=move |_| download(Format::Csv)>"Save my answers (CSV)"</button>
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
    if !has_server {
        return view! {
            <p data-testid="saved" data-state="kept">{format!("All {rows} answers are kept in this browser. Save them as a file to hand them on.")}</p>
        }
        .into_any();
    }
    if let Some(code) = standing.completion_code {
        return view! {
            <p data-testid="saved" data-state="saved">{format!("All {rows} answers are saved.")}</p>
            <p>"Your completion code: " <code class="code" data-testid="completion-code">{code}</code></p>
        }
        .into_any();
    }
    let refused = standing.refused.len();
    if let Some(why) =
        standing.problem.or_else(|| (refused > 0).then(|| format!("{refused} answers were refused")))
    {
        let reasons = standing
            .refused
            .into_iter()
            .map(|(index, reason)| view! { <li>{format!("answer {index}: {reason}")}</li> });
        return view! {
            <p data-testid="saved" data-state="refused">"The server did not take everything. Nothing is lost: save the file below and send it to those who run the study."</p>
            <Notice kind="trouble">{why}<ul>{reasons.collect_view()}</ul></Notice>
        }
        .into_any();
    }
    match problem {
        None => view! { <p data-testid="saved" data-state="saving">"Saving your answers …"</p> }.into_any(),
        Some(why) => view! {
            <p data-testid="saved" data-state="waiting">
                {format!("Your answers are kept in this browser, {} of {rows} wait to be sent. You may leave this page open, or come back with this browser later.", standing.waiting)}
            </p>
            <Notice kind="trouble">{why}</Notice>
            <p><button data-testid="retry" on:click=move |_| outbox.retry()>"Try again now"</button></p>
        }
        .into_any(),
    }
}
