//! What users of the scenes rely on: the same bytes for a seed, variety across seeds, an object in the
//! picture.

use super::*;

use gestalt_types::Sha256;

const SIZE_PX: u32 = 64;

/// First digits of the SHA-256 of two pictures of each category.
const FINGERPRINTS: [&str; 15] = [
    "dog 92ab8e65c0581c79",
    "bird 0dc9a8c123d2059c",
    "fish 85b30d728b4658bd",
    "car acd2753f6443fc3d",
    "aeroplane 90106f24fe668cd6",
    "sailing-boat ed875cdfb08a2ecb",
    "chair d264f844b11a4c2e",
    "table-lamp 15c4092e7c9cff87",
    "teapot 6f68da58f7291204",
    "guitar dbe0cbb4861bf954",
    "tree f26ba3505ff90e1f",
    "house 583838981ca7d1c1",
    "hammer 4b598e5e18c87641",
    "mushroom 8b7ef35ca711a7a3",
    "flower 971277dfeef1fb1a",
];

#[test]
fn names_go_round() {
    for category in Category::ALL {
        assert_eq!(Category::from_name(category.name()), Some(category));
        assert_eq!(category.name().parse::<Category>().ok(), Some(category));
    }
    assert!(Category::from_name("Dog").is_none());
    let message = "griffin".parse::<Category>().err().map(|error| error.to_string()).unwrap_or_default();
    assert!(message.contains("griffin") && message.contains("sailing-boat"), "{message}");
}

#[test]
fn a_seed_names_a_picture_on_any_number_of_threads() {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let many = rayon::ThreadPoolBuilder::new().num_threads(4).build();
    let (Ok(one), Ok(many)) = (one, many) else { panic!("no thread pool") };
    for category in Category::ALL {
        let alone = one.install(|| render(category, 7, SIZE_PX));
        let together = many.install(|| render(category, 7, SIZE_PX));
        assert!(alone == together, "{} differs between thread counts", category.name());
    }
}

/// Published sets are named by the hashes of these pictures. A change of the code that changes one of them
/// is a new kind of scene, and takes a new category.
#[test]
fn every_category_renders_the_pixels_it_always_did() {
    let fingerprint = |category: Category| {
        let pictures = [3, 1_000_003].map(|seed| render(category, seed, SIZE_PX).into_raw());
        format!("{} {}", category.name(), &Sha256::of(&pictures.concat()).as_str()[..16])
    };
    let found = Category::ALL.map(fingerprint);
    assert_eq!(found, FINGERPRINTS);
}

#[test]
fn seeds_differ() {
    for category in Category::ALL {
        let (a, b) = (render(category, 1, SIZE_PX), render(category, 2, SIZE_PX));
        let apart = a.iter().zip(b.iter()).filter(|(a, b)| a.abs_diff(**b) > 16).count();
        assert!(apart * 4 > a.len(), "{}: only {apart} of {} values differ", category.name(), a.len());
    }
}

#[test]
fn the_object_is_in_the_picture() {
    for category in Category::ALL {
        for seed in 0..4 {
            let picture = render_with_mask(category, seed, SIZE_PX);
            let covered = picture.object.iter().filter(|value| **value > 0).count();
            let share = covered as f32 / (SIZE_PX * SIZE_PX) as f32;
            assert!((0.15..0.80).contains(&share), "{} {seed}: covers {share}", category.name());
            let mean = picture.image.iter().map(|v| f32::from(*v)).sum::<f32>() / picture.image.len() as f32;
            assert!((40.0..215.0).contains(&mean), "{} {seed}: mean level {mean}", category.name());
        }
    }
}

#[test]
fn a_contact_sheet_holds_every_picture() {
    let sheet = contact_sheet(&[Category::Fish, Category::Chair], 3, 24);
    assert_eq!(sheet.dimensions(), (3 * 28 + 4, 2 * 28 + 4));
}
