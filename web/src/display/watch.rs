//! Notices when a person's attention leaves the page: focus, visibility, full screen.

use leptos::prelude::{document, window};
use web_sys::Event;

use crate::browser::Listener;

/// Calls back when the focus, the visibility or the full screen is lost, until it is dropped.
pub struct Watch {
    _listeners: [Listener; 3],
}

impl Watch {
    /// Starts to watch.
    pub fn start(on_loss: impl Fn() + Clone + 'static) -> Self {
        let (blurred, hidden, left) = (on_loss.clone(), on_loss.clone(), on_loss);
        let _listeners = [
            Listener::new(&window(), "blur", move |_: Event| blurred()),
            Listener::new(&document(), "visibilitychange", move |_: Event| {
                if document().hidden() {
                    hidden();
                }
            }),
            Listener::new(&document(), "fullscreenchange", move |_: Event| {
                if !is_full_screen() {
                    left();
                }
            }),
        ];
        Self { _listeners }
    }
}

/// The page fills the screen.
pub fn is_full_screen() -> bool {
    document().fullscreen_element().is_some()
}

/// Asks for the full screen. Phones and embedded pages may not have one: the session goes on without.
pub fn enter_full_screen() {
    if let Some(root) = document().document_element() {
        let _ = root.request_fullscreen();
    }
}

/// Gives the full screen back.
pub fn leave_full_screen() {
    if is_full_screen() {
        document().exit_fullscreen();
    }
}
