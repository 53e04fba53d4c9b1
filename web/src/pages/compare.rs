//! x
use leptos::prelude::*;
/// x
#[component] pub fn ComparePage() -> impl IntoView {}
