//! Asks for a key.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Lab, Who, requests};
use crate::i18n::texts;
use crate::ui::Notice;

/// The form.
#[component]
pub fn SignInForm(
    /// The page.
    lab: Lab,
) -> impl IntoView {
    let words = &texts().lab;
    let key = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let is_asking = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        is_asking.set(true);
        spawn_local(async move {
            let answer = requests::sign_in(key.get_untracked()).await;
            is_asking.set(false);
            match answer {
                Ok(visit) => {
                    lab.trouble.set(None);
                    lab.who.set(Who::Visitor(visit));
                }
                Err(error) => wrong.set(Some(error.to_string())),
            }
        });
    };
    view! {
        <form class="reading" on:submit=submit>
            <p class="lead">{words.lead}</p>
            <div class="answer-field">
                <label for="lab-key">{words.key}</label>
                <input id="lab-key" type="password" autocomplete="current-password" data-testid="lab-key" bind:value=key/>
            </div>
            <p aria-live="polite">{move || wrong.get().map(|why| view! { <Notice kind="trouble">{why}</Notice> })}</p>
            <p><button class="primary" data-testid="lab-sign-in" disabled=move || is_asking.get()>{words.sign_in}</button></p>
            <p class="muted">{words.how_to_get_a_key} " " <code>"gestalt keys add NAME"</code></p>
        </form>
    }
}
