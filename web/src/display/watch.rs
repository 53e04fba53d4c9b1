//! Notices when a person's attention leaves the page, or the pictures change their size: focus, visibility,
//! full screen, resizing.

use std::cell::Cell;
use std::rc::Rc;

use gestalt_protocol::Interruption;
use leptos::prelude::{document, window};
use web_sys::Event;

use super::viewport::Viewport;
use crate::browser::Listener;

/// Calls back with what was lost, until it is dropped.
pub struct Watch {
    _listeners: Vec<Listener>,
}

impl Watch {
    /// Starts to watch.
    pub fn start(on_loss: impl Fn(Interruption) + Clone + 'static) -> Self {
        let (blurred, hidden, left) = (on_loss.clone(), on_loss.clone(), on_loss.clone());
        let mut listeners = vec![
            Listener::new(&window(), "blur", move |_: Event| blurred(Interruption::FocusLost)),
            Listener::new(&document(), "visibilitychange", move |_: Event| {
                if document().hidden() {
                    hidden(Interruption::Hidden);
                }
            }),
            Listener::new(&document(), "fullscreenchange", move |_: Event| {
                if !is_full_screen() {
                    left(Interruption::FullScreenLeft);
                }
            }),
        ];
        let last = Rc::new(Cell::new(Viewport::now()));
        let on_resize = move |_: Event| {
            let now = Viewport::now();
            if now.differs_from(last.replace(now)) {
                on_loss(Interruption::Resized);
            }
        };
        listeners.push(Listener::new(&window(), "resize", on_resize.clone()));
        if let Some(visual) = window().visual_viewport() {
            listeners.push(Listener::new(&visual, "resize", on_resize));
        }
        Self { _listeners: listeners }
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
