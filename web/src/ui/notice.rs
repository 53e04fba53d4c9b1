//! A progress bar with its words, and a remark that must be read.

use leptos::prelude::*;

/// A progress bar with its words; without a value it only says that something is happening.
#[component]
pub fn Progress(
    /// What is happening.
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
