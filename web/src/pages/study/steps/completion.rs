//! The end of a session: whether everything is saved, the completion code, and what to do when the network
//! is away.

use gestalt_protocol::study::Completion;
use gestalt_session::{Event, Standing, StoredSession};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

use super::StepContext;
use crate::browser::{address, below};
use crate::i18n::texts;
use crate::log::{self, Format};
use crate::outbox::Outbox;
use crate::ui::{Notice, Withdraw};

/// The completion step.
pub fn view(step: Completion, context: StepContext) -> AnyView {
    let Some(session) = context.controller.session() else { return ().into_any() };
    view! { <Ending session step context/> }.into_any()
}

/// The last page of a session, also of one from an earlier visit.
#[component]
fn Ending(
    /// The session.
    session: StoredSession,
    /// What the study file says of it.
    step: Completion,
    /// The study, and who hears what happens.
    context: StepContext,
) -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let words = &texts().study;
    let controller = context.controller;
    let on_withdrawn = move || controller.happened(Event::Withdrew);
    let is_visitor = controller.is_for_visitors();
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
            <h1 tabindex="-1">{words.thanks}</h1>
            <div aria-live="polite">
                {move || {
                    let (standing, problem) = standing.get();
                    saved_state(has_server, rows, standing, problem, outbox)
                }}
            </div>
            <WayBack standing step context/>
            {receipt.map(|receipt| view! {
                <p class="muted">
                    {words.your_receipt} <code data-testid="receipt" translate="no">{receipt}</code> " "
                    {texts().steps.withdraw_later} <A href=below("/withdraw")>{address("withdraw")}</A>
                </p>
            })}
            {is_visitor.then(|| view! { <p><A href=below("/compare") attr:class="button primary">{words.compare}</A></p> })}
            <p class="row">
                <button data-testid="download-ndjson" on:click=move |_| download(Format::Ndjson)>{words.save_ndjson}</button>
                <button data-testid="download-csv" on:click=move |_| download(Format::Csv)>{words.save_csv}</button>
                <button data-testid="take-again" hidden=!is_visitor on:click=move |_| controller.happened(Event::StartedAnew)>{words.take_again}</button>
            </p>
            {move || trouble.get().map(|why| view! { <Notice kind="trouble">{why}</Notice> })}
            <Withdraw session on_withdrawn/>
        </div>
    }
}

/// Back to the panel, once the last answer is stored: by itself where the study says so, else by a link.
#[component]
fn WayBack(
    /// How the delivery stands.
    standing: Memo<(Standing, Option<String>)>,
    /// What the study file says of it.
    step: Completion,
    /// The study.
    context: StepContext,
) -> impl IntoView {
    let words = &texts().steps;
    let (controller, recruitment) = (context.controller, context.study.study.recruitment.clone());
    let waiting = controller.waiting_records();
    let address = Memo::new(move |_| {
        let code = standing.with(|(standing, _)| standing.completion_code.clone())?;
        recruitment.address_back(&code, controller.panel_id().as_deref()).filter(|_| waiting.get() == 0)
    });
    Effect::new(move |_| {
        if let Some(address) = address.get().filter(|_| step.redirect) {
            // Refused only where the address is none; the link is there too.
            let _ = window().location().set_href(&address);
        }
    });
    let assignment = controller.assignment();
    let submits = move || {
        let code = standing.with(|(standing, _)| standing.completion_code.clone());
        let code = code.filter(|_| waiting.get() == 0)?;
        let (address, id) = assignment.clone()?;
        Some(view! {
            <form method="post" action=address data-testid="submit-assignment">
                <input type="hidden" name="assignmentId" value=id/>
                <input type="hidden" name="completion_code" value=code/>
                <button class="primary">{words.submit_assignment}</button>
            </form>
        })
    };
    view! {
        {submits}
        {move || (waiting.get() > 0).then(|| view! { <p data-testid="records-wait" role="status">{words.records_wait}</p> })}
        {move || address.get().map(|address| view! {
            <p><a class="button primary" data-testid="back-to-panel" rel="external" href=address>{words.back_to_panel}</a></p>
        })}
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
