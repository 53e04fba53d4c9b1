//! Colours: pictures are lit in linear light and written in sRGB.

use glam::Vec3;

/// A `0xRRGGBB` sRGB colour in linear light.
pub fn rgb(hex: u32) -> Vec3 {
    let channel = |shift: u32| {
        let value = ((hex >> shift) & 255) as f32 / 255.0;
        if value <= 0.04045 { value / 12.92 } else { libm::powf((value + 0.055) / 1.055, 2.4) }
    };
    Vec3::new(channel(16), channel(8), channel(0))
}

/// The colour with its warmth shifted (red against blue) and its brightness scaled.
pub fn jitter(hex: u32, warmth: f32, brightness: f32) -> Vec3 {
    rgb(hex) * Vec3::new(1.0 + warmth, 1.0, 1.0 - warmth) * brightness
}

/// `a` at 0, `b` at 1.
pub fn mix(a: Vec3, b: Vec3, share: f32) -> Vec3 {
    a + (b - a) * share
}

/// 0 below `low`, 1 above `high`, smooth between; `low` may exceed `high`.
pub fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Linear light to sRGB bytes, through a filmic shoulder that keeps bright colours from clipping
/// (Narkowicz 2015, "ACES filmic tone mapping curve").
pub fn to_srgb(light: Vec3) -> [u8; 3] {
    let x = light.max(Vec3::ZERO) * 0.62;
    let mapped = (x * (x * 2.51 + 0.03)) / (x * (x * 2.43 + 0.59) + 0.14);
    let encode = |value: f32| {
        let value = value.clamp(0.0, 1.0);
        let coded =
            if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * libm::powf(value, 1.0 / 2.4) - 0.055 };
        (coded * 255.0 + 0.5) as u8
    };
    [encode(mapped.x), encode(mapped.y), encode(mapped.z)]
}
