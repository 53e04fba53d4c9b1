//! Withdrawal later, from any browser, with the private receipt of a session.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

use crate::i18n::texts;
use crate::server;
use crate::ui::Notice;

/// The page.
#[component]
pub fn WithdrawPage() -> impl IntoView {
    let words = &texts().steps;
    let receipt = RwSignal::new(String::new());
    let outcome = RwSignal::new(None::<Result<(), String>>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            let answer = server::withdraw_by_receipt(receipt.get_untracked()).await;
            outcome.set(Some(answer.map_err(|error| error.to_string())));
        });
    };
    view! {
        <Title text=words.withdraw_title/>
        <h1>{words.withdraw_title}</h1>
        <form class="reading" on:submit=submit>
            <p class="lead">{words.withdraw_lead}</p>
            <div class="answer-field">
                <label for="receipt">{words.withdraw_receipt}</label>
                <input id="receipt" autocomplete="off" spellcheck="false" data-testid="receipt-field" bind:value=receipt/>
            </div>
            <p><button class="danger" data-testid="withdraw-by-receipt">{words.withdraw_now}</button></p>
            <div aria-live="polite">{move || match outcome.get() {
                None => ().into_any(),
                Some(Ok(())) => view! { <p data-testid="withdrawn">{words.withdraw_done}</p> }.into_any(),
                Some(Err(why)) => view! { <Notice kind="trouble">{why}</Notice> }.into_any(),
            }}</div>
        </form>
    }
}
