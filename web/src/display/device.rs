//! What kind of device and browser this is. Only the class and the name are told apart, and only they are
//! kept.

use gestalt_protocol::study::DeviceKind;
use leptos::prelude::window;

use super::viewport::screen_css_px;

/// The shorter side of a screen below which a touch device is a phone, in CSS pixels.
const PHONE_SIDE_CSS_PX: f64 = 600.0;

/// The device and its browser.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Device {
    /// Its class.
    pub kind: DeviceKind,
    /// The browser's name.
    pub browser: &'static str,
}

impl Device {
    /// This one.
    pub fn now() -> Self {
        let coarse =
            window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|media| media.matches());
        let shorter = screen_css_px().map_or(f64::MAX, |[width, height]| width.min(height));
        let kind = match (coarse, shorter < PHONE_SIDE_CSS_PX) {
            (false, _) => DeviceKind::Desktop,
            (true, false) => DeviceKind::Tablet,
            (true, true) => DeviceKind::Phone,
        };
        let agent = window().navigator().user_agent().unwrap_or_default();
        // The order matters: every browser names those that it descends from.
        let names = [
            ("Edg", "edge"),
            ("OPR", "opera"),
            ("Firefox", "firefox"),
            ("FxiOS", "firefox"),
            ("Chrome", "chrome"),
            ("CriOS", "chrome"),
            ("Safari", "safari"),
        ];
        let browser = names.iter().find(|(mark, _)| agent.contains(mark)).map_or("other", |(_, name)| name);
        Self { kind, browser }
    }
}
