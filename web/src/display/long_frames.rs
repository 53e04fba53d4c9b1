//! Frames that the browser itself reports as long (Long Animation Frames, Chromium): what else kept the
//! page from drawing.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// The most frames that are remembered: more than a trial can have.
const MOST: usize = 64;
/// The kind of performance entry.
const KIND: &str = "long-animation-frame";

/// Watches until it is dropped. The observer is made by hand, because web-sys counts it among what may
/// still change.
pub struct LongFrames {
    observer: JsValue,
    /// Start and duration of the last ones, in ms on the page's clock.
    seen: Rc<RefCell<VecDeque<(f64, f64)>>>,
    _callback: Closure<dyn FnMut(JsValue)>,
}

impl LongFrames {
    /// None where the browser does not report them.
    pub fn watch() -> Option<Self> {
        let class = Reflect::get(&js_sys::global(), &"PerformanceObserver".into()).ok()?;
        let kinds = Reflect::get(&class, &"supportedEntryTypes".into()).ok()?;
        if !kinds.dyn_into::<Array>().ok()?.includes(&KIND.into(), 0) {
            return None;
        }
        let seen: Rc<RefCell<VecDeque<(f64, f64)>>> = Rc::default();
        let kept = seen.clone();
        let callback = Closure::<dyn FnMut(JsValue)>::new(move |list: JsValue| {
            let entries = call(&list, "getEntries", &Array::new());
            keep(&kept, entries);
        });
        let class: Function = class.dyn_into().ok()?;
        let observer = Reflect::construct(&class, &Array::of1(callback.as_ref())).ok()?;
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &KIND.into()).ok()?;
        call(&observer, "observe", &Array::of1(&options))?;
        Some(Self { observer, seen, _callback: callback })
    }

    /// The longest frame that overlaps this time, in ms; none where no frame was long.
    pub fn longest_ms(&self, from_ms: f64, until_ms: f64) -> Option<f64> {
        keep(&self.seen, call(&self.observer, "takeRecords", &Array::new()));
        let seen = self.seen.borrow();
        let overlaps = |(start_ms, ms): &&(f64, f64)| *start_ms < until_ms && start_ms + ms > from_ms;
        seen.iter().filter(overlaps).map(|(_, ms)| *ms).reduce(f64::max)
    }
}

impl Drop for LongFrames {
    fn drop(&mut self) {
        call(&self.observer, "disconnect", &Array::new());
    }
}

fn keep(seen: &RefCell<VecDeque<(f64, f64)>>, entries: Option<JsValue>) {
    let Some(Ok(entries)) = entries.map(JsCast::dyn_into::<Array>) else { return };
    let number = |entry: &JsValue, name: &str| Reflect::get(entry, &name.into()).ok()?.as_f64();
    let mut seen = seen.borrow_mut();
    for entry in entries.iter() {
        if let (Some(start_ms), Some(ms)) = (number(&entry, "startTime"), number(&entry, "duration")) {
            seen.push_back((start_ms, ms));
        }
    }
    let too_many = seen.len().saturating_sub(MOST);
    seen.drain(..too_many);
}

fn call(of: &JsValue, name: &str, words: &Array) -> Option<JsValue> {
    let method: Function = Reflect::get(of, &name.into()).ok()?.dyn_into().ok()?;
    method.apply(of, words).ok()
}
