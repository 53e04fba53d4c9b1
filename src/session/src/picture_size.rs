//! How large a picture is shown, so that people get the very pixels that models get.

use gestalt_protocol::study::Picture;

/// The width that a picture should have, as near as whole device pixels come to it.
const WANTED_CSS_PX: f64 = 256.0;
/// Space between two pictures, and left and right of them, at least.
const LEAST_GAP_CSS_PX: f64 = 8.0;
/// Height that prompt, keys and progress need.
const WORDS_CSS_PX: f64 = 160.0;

/// The size of the pictures on one display.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureSize {
    /// Longer side in CSS pixels.
    pub css_px: f64,
    /// Space between two pictures in CSS pixels; a whole number of device pixels.
    pub gap_css_px: f64,
    /// Device pixels for each pixel of the picture; none if the picture is too large for that and was
    /// scaled down.
    pub factor: Option<u32>,
}

impl PictureSize {
    /// The size that a study asks for, for pictures whose longer side is `image_px`, in a viewport of this
    /// width and height. What does not fit is scaled down. Degrees of visual angle need `px_per_deg`;
    /// without it the picture has its native size.
    pub fn of(
        picture: Picture,
        image_px: u32,
        device_pixel_ratio: f64,
        viewport_css_px: [f64; 2],
        px_per_deg: Option<f64>,
    ) -> Self {
        let ratio = if device_pixel_ratio > 0.0 { device_pixel_ratio } else { 1.0 };
        let room = Room { image_px: image_px.max(1), ratio, viewport_css_px };
        match (picture, px_per_deg) {
            (Picture::CssPx(css_px), _) => room.exactly(css_px),
            (Picture::Degrees(degrees), Some(px_per_deg)) => room.exactly(degrees * px_per_deg),
            (Picture::Native | Picture::Degrees(_), _) => room.native(),
        }
    }
}

/// What a size has to fit.
#[derive(Debug, Clone, Copy)]
struct Room {
    image_px: u32,
    ratio: f64,
    viewport_css_px: [f64; 2],
}

impl Room {
    /// One pixel of the picture is shown by a whole number of device pixels, the number whose size is
    /// nearest to 256 CSS px and fits.
    fn native(self) -> PictureSize {
        let most = self.most_css_px();
        let css_px = |factor: u32| f64::from(self.image_px) * f64::from(factor) / self.ratio;
        let fitting = (1..=64_u32).take_while(|factor| css_px(*factor) <= most);
        let distance = |factor: &u32| (css_px(*factor) - WANTED_CSS_PX).abs();
        let factor = fitting.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        self.size(factor.map_or(most.min(WANTED_CSS_PX), css_px), factor)
    }

    /// This size to the nearest device pixel.
    fn exactly(self, css_px: f64) -> PictureSize {
        let device_px = (css_px.min(self.most_css_px()) * self.ratio).round().max(1.0);
        let factor = device_px / f64::from(self.image_px);
        let factor = (factor >= 1.0 && factor.fract() == 0.0).then_some(factor as u32);
        self.size(device_px / self.ratio, factor)
    }

    fn size(self, css_px: f64, factor: Option<u32>) -> PictureSize {
        let gap = (0.17 * css_px).min((self.viewport_css_px[0] - 3.0 * css_px) / 4.0).max(0.0);
        PictureSize { css_px, gap_css_px: (gap * self.ratio).floor() / self.ratio, factor }
    }

    /// The largest size that leaves room for gaps and words.
    fn most_css_px(self) -> f64 {
        let [width, height] = self.viewport_css_px;
        ((width - 4.0 * LEAST_GAP_CSS_PX) / 3.0).min(height - WORDS_CSS_PX).max(16.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(image_px: u32, ratio: f64, viewport: [f64; 2]) -> PictureSize {
        PictureSize::of(Picture::Native, image_px, ratio, viewport, None)
    }

    #[test]
    fn one_pixel_is_a_whole_number_of_device_pixels_near_256_css_px() {
        let factor = |image_px, ratio, viewport| native(image_px, ratio, viewport).factor;
        assert_eq!(factor(224, 1.0, [1280.0, 800.0]), Some(1));
        assert_eq!(factor(224, 2.0, [1920.0, 1080.0]), Some(2));
        assert_eq!(factor(64, 1.0, [1280.0, 800.0]), Some(4));
        assert_eq!(factor(224, 1.5, [1280.0, 800.0]), Some(2), "298 CSS px are nearer than 149");
        assert_eq!(factor(224, 3.0, [390.0, 780.0]), Some(1), "a phone has room for 119 CSS px");
        assert_eq!(factor(224, 1.0, [390.0, 780.0]), None, "too narrow: scaled down");
    }

    #[test]
    fn three_pictures_fit_into_every_viewport() {
        for image_px in [32, 64, 224, 256, 500] {
            for ratio in [1.0, 1.25, 1.5, 2.0, 3.0] {
                for viewport in [[320.0, 560.0], [390.0, 780.0], [1280.0, 800.0], [1920.0, 1080.0]] {
                    let size = native(image_px, ratio, viewport);
                    let wide = 3.0 * size.css_px + 2.0 * size.gap_css_px;
                    assert!(wide <= viewport[0], "{image_px} {ratio} {viewport:?}: {size:?}");
                    assert!(size.gap_css_px * ratio % 1.0 < 1e-6);
                }
            }
        }
    }

    #[test]
    fn a_study_may_ask_for_css_pixels_or_degrees() {
        let of = |picture, ratio, px_per_deg| {
            let size = PictureSize::of(picture, 224, ratio, [1280.0, 800.0], px_per_deg);
            (size.css_px, size.factor)
        };
        assert_eq!(of(Picture::CssPx(200.0), 1.0, None), (200.0, None));
        assert_eq!(of(Picture::CssPx(224.0), 2.0, None), (224.0, Some(2)));
        assert_eq!(of(Picture::CssPx(100.2), 1.5, None), (150.0 / 1.5, None), "to whole device pixels");
        assert_eq!(of(Picture::CssPx(900.0), 1.0, None).0, 416.0, "as large as fits");
        assert_eq!(of(Picture::Degrees(6.0), 1.0, Some(40.0)), (240.0, None));
        assert_eq!(of(Picture::Degrees(6.0), 1.0, None), (224.0, Some(1)), "no calibration: native");
    }
}
