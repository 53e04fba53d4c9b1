//! Dark or light: as the system says, until the person says otherwise.

use leptos::prelude::*;

use crate::browser::local_storage;
use crate::i18n::texts;

const KEY: &str = "theme";

/// Switches between dark and light, and remembers it.
#[component]
pub fn ThemeButton() -> impl IntoView {
    let dark = RwSignal::new(remembered().unwrap_or_else(system_is_dark));
    if let Some(dark) = remembered() {
        apply(dark);
    }
    let switch = move |_| {
        dark.update(|dark| *dark = !*dark);
        apply(dark.get_untracked());
        remember(dark.get_untracked());
    };
    view! {
        <button class="quiet theme" data-testid="theme" aria-label=texts().site.dark_colours aria-pressed=move || dark.get().to_string() on:click=switch>
            <span aria-hidden="true">{move || if dark.get() { "☾" } else { "☀" }}</span>
        </button>
    }
}

fn apply(dark: bool) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
    }
}

fn system_is_dark() -> bool {
    let query = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

fn remembered() -> Option<bool> {
    local_storage()?.get_item(KEY).ok().flatten().map(|word| word == "dark")
}

/// A browser that keeps nothing forgets the choice: no harm.
fn remember(dark: bool) {
    if let Some(storage) = local_storage() {
        let _ = storage.set_item(KEY, if dark { "dark" } else { "light" });
    }
}
