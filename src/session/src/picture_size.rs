//! How large a picture is shown, so that people get the very pixels that models get.

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
    /// Device pixels for each pixel of the picture; none if the picture is too large for that and was scaled down.
    pub factor: Option<u32>,
}

impl PictureSize {
    /// The size for pictures whose longer side is `image_px`, in a viewport of this width and height.
    ///
    /// One pixel of the picture is shown by a whole number of device pixels, the number whose size is nearest to 256 CSS px and fits.
    pub fn native(image_px: u32, device_pixel_ratio: f64, viewport_css_px: [f64; 2]) -> Self {
        let [width, height] = viewport_css_px;
        let ratio = if device_pixel_ratio > 0.0 { device_pixel_ratio } else { 1.0 };
        let most = ((width - 4.0 * LEAST_GAP_CSS_PX) / 3.0).min(height - WORDS_CSS_PX).max(16.0);
        let css_px = |factor: u32| f64::from(image_px.max(1)) * f64::from(factor) / ratio;
        let fitting = (1..=64_u32).take_while(|factor| css_px(*factor) <= most);
        let distance = |factor: &u32| (css_px(*factor) - WANTED_CSS_PX).abs();
        let factor = fitting.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let css_px = factor.map_or(most.min(WANTED_CSS_PX), css_px);
        let gap = (0.17 * css_px).min((width - 3.0 * css_px) / 4.0).max(0.0);
        Self { css_px, gap_css_px: (gap * ratio).floor() / ratio, factor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pixel_is_a_whole_number_of_device_pixels_near_256_css_px() {
        let factor = |image_px, ratio, viewport| PictureSize::native(image_px, ratio, viewport).factor;
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
                    let size = PictureSize::native(image_px, ratio, viewport);
                    let wide = 3.0 * size.css_px + 2.0 * size.gap_css_px;
                    assert!(wide <= viewport[0], "{image_px} {ratio} {viewport:?}: {size:?}");
                    assert!(size.gap_css_px * ratio % 1.0 < 1e-6);
                }
            }
        }
    }
}
