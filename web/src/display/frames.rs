//! Animation frames: a loop that ends when it is dropped, and the time stamps of the next few.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc::unbounded;
use gestalt_session::{Frame, RefreshRate};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, closure::Closure};

use crate::browser::now_ms;

/// Number of frames that the refresh rate is measured with.
const MEASURED_FRAMES: usize = 60;
/// A page that is hidden gets no frames: a measurement that takes longer is given up.
const MOST_ATTEMPTS: usize = 3;

type Callback = Closure<dyn FnMut(f64)>;

/// Calls back on every animation frame until it is dropped.
pub struct FrameLoop {
    alive: Rc<Cell<bool>>,
}

impl FrameLoop {
    /// Starts; the callback gets each frame.
    pub fn start(mut on_frame: impl FnMut(Frame) + 'static) -> Self {
        let alive = Rc::new(Cell::new(true));
        let callback: Rc<RefCell<Option<Callback>>> = Rc::default();
        let (again, goes_on) = (callback.clone(), alive.clone());
        *callback.borrow_mut() = Some(Closure::new(move |stamp_ms: f64| {
            if goes_on.get() {
                on_frame(Frame { stamp_ms, callback_ms: now_ms() });
                request(&again);
            } else {
                // The callback holds itself: it is dropped once this call is over.
                let held = again.clone();
                wasm_bindgen_futures::spawn_local(async move { drop(held.borrow_mut().take()) });
            }
        }));
        request(&callback);
        Self { alive }
    }
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        self.alive.set(false);
    }
}

fn request(callback: &RefCell<Option<Callback>>) {
    if let Some(callback) = callback.borrow().as_ref() {
        // Fails only for a callback that is no function.
        let _ = window().request_animation_frame(callback.as_ref().unchecked_ref());
    }
}

/// Measures the display's refresh rate; none if no steady frames come (a hidden page, a virtual display).
pub async fn measure_refresh_rate() -> Option<RefreshRate> {
    for _ in 0..MOST_ATTEMPTS {
        let (sender, stamps) = unbounded();
        let frames = FrameLoop::start(move |frame| drop(sender.unbounded_send(frame.stamp_ms)));
        let stamps: Vec<f64> = stamps.take(MEASURED_FRAMES + 1).collect().await;
        drop(frames);
        if let Some(rate) = RefreshRate::measure(&stamps) {
            return Some(rate);
        }
    }
    None
}
