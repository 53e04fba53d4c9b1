//! x
use leptos::prelude::*;
/// x
#[component] pub fn ModelsPage() -> impl IntoView {}
