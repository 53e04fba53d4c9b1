//! What published sets rely on: a picture, a setting and a seed make the pixels that they always made.
#![allow(clippy::unwrap_used)]

use gestalt_scenes::{Category, render};
use gestalt_synthesis::block_shuffle::block_shuffled;
use gestalt_synthesis::controls::{phase_scrambled, re_encoded, warp_of_strength};
use gestalt_synthesis::portilla_simoncelli::PortillaSimoncelli;
use gestalt_synthesis::{PatchSynthesis, Synthesis};
use gestalt_types::Sha256;
use image::RgbImage;

/// A dog, 64 px wide and 64 px high.
fn dog() -> RgbImage {
    render(Category::Dog, 3, 64)
}

/// The first digits of the SHA-256 of the pixels.
fn fingerprint(picture: &RgbImage) -> String {
    Sha256::of(picture.as_raw()).as_str()[..16].to_owned()
}

#[test]
fn patches_are_laid_as_they_always_were() {
    let found =
        [8, 16, 24].map(|scale_px| fingerprint(&PatchSynthesis::new(scale_px).unwrap().distort(&dog(), 5)));
    assert_eq!(found, ["4e4a28593ecdd048", "fa003390ee7d5044", "11a848bd327739b8"]);
}

#[test]
fn controls_have_the_pixels_they_always_had() {
    let dog = dog();
    let shuffled = block_shuffled(&dog, 16, 5);
    let [first_copy, second_copy] = re_encoded(&dog).unwrap();
    let made = [
        ("warp", warp_of_strength(&dog, &shuffled, 16, 5)),
        ("block shuffle", shuffled),
        ("phase scramble", phase_scrambled(&dog, 5)),
        ("first JPEG", first_copy),
        ("second JPEG", second_copy),
    ];
    let found = made.map(|(name, picture)| format!("{name} {}", fingerprint(&picture)));
    let expected = [
        "warp c0f56f86d5a3e5a5",
        "block shuffle 8907eaaf22d6b71c",
        "phase scramble 37a81021b96b6511",
        "first JPEG a6711e13447c1ceb",
        "second JPEG 5254df9ab9c69a5d",
    ];
    assert_eq!(found, expected);
}

/// The sums of this synthesis are rounded by the registers of the processor; these are the pixels where it
/// has AVX2 and FMA.
#[test]
#[cfg(target_arch = "x86_64")]
fn portilla_simoncelli_ends_in_the_pixels_it_always_did() {
    if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
        return;
    }
    let synthesis = PortillaSimoncelli::new(32).unwrap();
    assert_eq!(fingerprint(&synthesis.distort(&dog(), 5).unwrap()), "052a42f6cb89ed60");
}
