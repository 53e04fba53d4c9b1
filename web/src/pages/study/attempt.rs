//! A start that gets no answer is tried again as the same attempt, so that the server opens one session for it;
//! a reload does not change that.

use gestalt_types::Name;
use leptos::prelude::window;
use uuid::Uuid;
use web_sys::Storage;

/// The attempt of this tab to start this study: made when it is first asked for, kept until it has ended.
pub fn of(study: &Name) -> Uuid {
    let kept = storage().and_then(|storage| storage.get_item(&key(study)).ok().flatten());
    if let Some(attempt) = kept.and_then(|kept| kept.parse().ok()) {
        return attempt;
    }
    let attempt = Uuid::new_v4();
    if let Some(storage) = storage() {
        // A browser that keeps nothing tries as another attempt after a reload.
        let _ = storage.set_item(&key(study), &attempt.to_string());
    }
    attempt
}

/// The session is open and kept; the next start is another attempt.
pub fn end(study: &Name) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&key(study));
    }
}

/// Of this tab alone: two tabs that start a study are two attempts.
fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn key(study: &Name) -> String {
    format!("attempt/{study}")
}
