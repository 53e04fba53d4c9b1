//! A mark in the browser's storage of the presentation whose pictures may be seen now, so that a reload
//! does not give them a second, unmarked look. Written before the onset, at once: the outbox's storage
//! answers too late for that.

use uuid::Uuid;

use crate::browser::local_storage;

/// Marks the presentation. A browser that keeps nothing has no mark: a trial that a reload interrupts then
/// comes again unmarked.
pub fn write(session: Uuid, trial: &str, repeat: u32) {
    if let Some(storage) = local_storage() {
        let _ = storage.set_item(&key(session), &format!("{repeat} {trial}"));
    }
}

/// The marked presentation: its trial, and how often that was shown before.
pub fn read(session: Uuid) -> Option<(String, u32)> {
    let text = local_storage()?.get_item(&key(session)).ok().flatten()?;
    let (repeat, trial) = text.split_once(' ')?;
    Some((trial.to_owned(), repeat.parse().ok()?))
}

/// Removes the mark.
pub fn erase(session: Uuid) {
    if let Some(storage) = local_storage() {
        let _ = storage.remove_item(&key(session));
    }
}

fn key(session: Uuid) -> String {
    format!("begun/{session}")
}
