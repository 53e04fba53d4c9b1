//! The elements of the trial screen that change inside an animation frame, past every framework.

use std::cell::Cell;

use gestalt_protocol::api::SetFacts;
use gestalt_protocol::study::Picture;
use gestalt_session::{Phase, PictureSize, Surroundings};
use leptos::prelude::window;
use web_sys::{HtmlDivElement, HtmlImageElement};

use crate::display::{Calibrated, Viewport, calibrated, is_full_screen, screen_css_px};

/// The elements of the trial screen.
pub struct Elements {
    /// Carries `data-phase`, by which the style sheet uncovers the pictures.
    screen: HtmlDivElement,
    /// Holds the three slots.
    slots: HtmlDivElement,
    /// The three pictures, left to right.
    pictures: [HtmlImageElement; 3],
    shown: Cell<Option<&'static str>>,
    picture_css_px: Cell<Option<f64>>,
    picture_factor: Cell<Option<u32>>,
}

impl Elements {
    /// Of one trial screen.
    pub fn new(screen: HtmlDivElement, slots: HtmlDivElement, pictures: [HtmlImageElement; 3]) -> Self {
        Self {
            screen,
            slots,
            pictures,
            shown: Cell::new(None),
            picture_css_px: Cell::new(None),
            picture_factor: Cell::new(None),
        }
    }

    /// Shows a phase; whether that changed anything. The only thing that happens on the screen in the frame
    /// of an onset or offset.
    pub fn show(&self, phase: Phase) -> bool {
        let name = phase_name(phase);
        let is_new = self.shown.replace(Some(name)) != Some(name);
        if is_new {
            // Fails only for a misspelt attribute.
            let _ = self.screen.set_attribute("data-phase", name);
        }
        is_new
    }

    /// Puts pictures under the covers.
    pub fn lay_out(&self, urls: &[String]) {
        for (element, url) in self.pictures.iter().zip(urls) {
            element.set_src(url);
        }
    }

    /// The three picture elements.
    pub fn pictures(&self) -> [HtmlImageElement; 3] {
        self.pictures.clone()
    }

    /// Gives the pictures of this set the size that the study asks for, and puts them onto whole device
    /// pixels.
    pub fn fit(&self, set: &SetFacts, picture: Picture, px_per_deg: Option<f64>) {
        let viewport = Viewport::now();
        let (width, height) = (viewport.width_css_px, viewport.height_css_px);
        let ratio = viewport.device_pixel_ratio;
        let size = PictureSize::of(picture, set.longest_side_px, ratio, [width, height], px_per_deg);
        let set = |name: &str, value: String| {
            // Fails only for a misspelt property.
            let _ = self.screen.style().set_property(name, &value);
        };
        set("--slot", format!("{}px", size.css_px));
        set("--gap", format!("{}px", size.gap_css_px));
        set("--scaling", if size.factor.is_some() { "pixelated".into() } else { "auto".into() });
        self.picture_css_px.set(Some(size.css_px));
        self.picture_factor.set(size.factor);
        let _ = self.slots.style().set_property("transform", "none");
        let place = self.pictures[0].get_bounding_client_rect();
        let off = |css_px: f64| ((css_px * ratio).round() - css_px * ratio) / ratio;
        let (x, y) = (off(place.left()), off(place.top()));
        if x != 0.0 || y != 0.0 {
            let _ = self.slots.style().set_property("transform", &format!("translate({x}px, {y}px)"));
        }
    }

    /// What the rows say of page and display.
    pub fn surroundings(&self) -> Surroundings {
        let viewport = Viewport::now();
        let isolated = js_sys::Reflect::get(&window(), &"crossOriginIsolated".into()).ok();
        Surroundings {
            full_screen: is_full_screen(),
            picture_factor: self.picture_factor.get(),
            picture_css_px: self.picture_css_px.get(),
            viewport_css_px: Some([viewport.width_css_px, viewport.height_css_px]),
            screen_css_px: screen_css_px(),
            pinch_zoom: Some(viewport.pinch_zoom),
            device_pixel_ratio: Some(viewport.device_pixel_ratio),
            px_per_deg: calibrated().and_then(Calibrated::px_per_deg),
            viewing_distance_mm: calibrated().and_then(|calibrated| calibrated.viewing_distance_mm),
            cross_origin_isolated: isolated.and_then(|isolated| isolated.as_bool()),
        }
    }
}

/// The names by which the style sheet and the browser tests know the phases.
fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Break { .. } => "break",
        Phase::Countdown { .. } => "countdown",
        Phase::Placeholder => "placeholder",
        Phase::Triplet => "triplet",
        Phase::Response => "response",
        Phase::TooLate => "too-late",
        Phase::Feedback { right: true } => "right",
        Phase::Feedback { right: false } => "wrong",
        Phase::Pause { .. } => "pause",
        Phase::Done => "done",
    }
}
