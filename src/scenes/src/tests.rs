//! What users of the scenes rely on: the same bytes for a seed, variety across seeds, an object in the picture.

use super::*;

const SIZE_PX: u32 = 64;

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
