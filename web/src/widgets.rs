//! The few parts that several pages share: progress, notices, and the two-step withdrawal.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::outbox::Outbox;
use crate::outbox::store::StoredSession;

/// A progress bar with its words; without a value it only says that something goes on.
#[component]
pub fn Progress(
    /// What goes on.
    #[prop(into)]
    label: String,
    /// 0 to 1.
    value: Option<f64>,
) -> impl IntoView {
    let name = label.clone();
    view! {
        <div class="progress" role="status">
            <p>{label}</p>
            <progress aria-label=name max="1" value=value.map(|value| value.to_string())></progress>
        </div>
    }
}

/// A remark that must be read: `kind` is `trouble` or `note`.
#[component]
pub fn Notice(
    /// `trouble` or `note`.
    kind: &'static str,
    /// The words.
    children: Children,
) -> impl IntoView {
    let role = if kind == "trouble" { "alert" } else { "status" };
    view! { <div class=format!("notice {kind}") role=role>{children()}</div> }
}

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
    view! {
        <div class="withdraw">
            <button class="quiet" data-testid="withdraw" hidden=move || asked.get() on:click=move |_| asked.set(true)>
                "Withdraw"
            </button>
            <div hidden=move || !asked.get()>
                <p>"Stop here and delete all my answers?"</p>
                <p class="row">
                    <button class="danger" data-testid="withdraw-yes" on:click=withdraw>"Yes, delete them"</button>
                    <button data-testid="withdraw-no" on:click=move |_| asked.set(false)>"No"</button>
                </p>
            </div>
            {move || trouble.get().map(|why| view! { <Notice kind="trouble">{why}</Notice> })}
        </div>
    }
}
