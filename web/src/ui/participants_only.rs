//! Whether the page belongs to a participant of a study: then there is no menu and no way to other pages.

use leptos::prelude::RwSignal;

/// Given to all pages; the study page sets it.
#[derive(Clone, Copy)]
pub struct ParticipantsOnly(pub RwSignal<bool>);
