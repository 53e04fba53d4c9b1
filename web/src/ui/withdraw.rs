//! The withdrawal, in two steps.

use gestalt_session::StoredSession;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Notice;
use crate::i18n::texts;
use crate::outbox::Outbox;

/// Withdraws a session, after asking once more.
#[component]
pub fn Withdraw(
    /// The session.
    session: StoredSession,
    /// It is gone.
    on_withdrawn: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let (asked, trouble) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let withdraw = move |_| {
        let session = session.clone();
        spawn_local(async move {
            match outbox.withdraw(&session).await {
                Ok(()) => on_withdrawn(),
                Err(error) => trouble.set(Some(error.to_string())),
            }
        });
    };
    let words = &texts().steps;
    view! {
        <div class="withdraw">
            <button class="quiet" data-testid="withdraw" hidden=move || asked.get() on:click=move |_| asked.set(true)>
                {words.withdraw}
            </button>
            <div hidden=move || !asked.get()>
                <p>{words.withdraw_question}</p>
                <p class="row">
                    <button class="danger" data-testid="withdraw-yes" on:click=withdraw>{words.withdraw_yes}</button>
                    <button data-testid="withdraw-no" on:click=move |_| asked.set(false)>{words.withdraw_no}</button>
                </p>
            </div>
            {move || trouble.get().map(|why| view! { <Notice kind="trouble">{why}</Notice> })}
        </div>
    }
}
