//! The viewport and the screen in CSS pixels, as a row states them.

use leptos::prelude::window;

/// A browser's address bar that comes and goes on a phone changes the height by less than this share.
const ADDRESS_BAR_SHARE: f64 = 0.2;

/// The viewport at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    /// Width in CSS pixels.
    pub width_css_px: f64,
    /// Height in CSS pixels.
    pub height_css_px: f64,
    /// Device pixels per CSS pixel; the browser's own zoom is part of it.
    pub device_pixel_ratio: f64,
    /// Scale by pinching.
    pub pinch_zoom: f64,
}

impl Viewport {
    /// As it is now.
    pub fn now() -> Self {
        let number = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64());
        Self {
            width_css_px: number(window().inner_width()).unwrap_or(0.0),
            height_css_px: number(window().inner_height()).unwrap_or(0.0),
            device_pixel_ratio: window().device_pixel_ratio(),
            pinch_zoom: window().visual_viewport().map_or(1.0, |visual| visual.scale()),
        }
    }

    /// Pictures have another size or place in the other one.
    pub fn differs_from(self, other: Self) -> bool {
        let height = (self.height_css_px - other.height_css_px).abs();
        self.width_css_px != other.width_css_px
            || self.device_pixel_ratio != other.device_pixel_ratio
            || self.pinch_zoom != other.pinch_zoom
            || height > ADDRESS_BAR_SHARE * other.height_css_px
    }
}

/// Width and height of the screen in CSS pixels, where the browser says them.
pub fn screen_css_px() -> Option<[f64; 2]> {
    let screen = window().screen().ok()?;
    Some([f64::from(screen.width().ok()?), f64::from(screen.height().ok()?)])
}
