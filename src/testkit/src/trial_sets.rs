//! Trial sets without pictures: the hashes are those of texts, so that a test can tell them apart.

use gestalt_protocol::{Encoding, ImageEntry, Made, Role, Task, Trial, TrialSet};
use gestalt_types::{Name, Sha256, Slot};

/// The size that the images of these sets claim, in pixels on each side.
const SIZE_PX: u32 = 64;

/// A name; panics where the text is none.
pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// How a set of patches at 32 px says that it was made.
pub fn provenance() -> Made {
    Made {
        source: "test".into(),
        synthesis: "patch".into(),
        scale_px: Some(32),
        seed: 0,
        software: "test".into(),
        encoding: Encoding::Png,
        syntheses: Vec::new(),
    }
}

/// A trial of the category `dog` and the condition `patch-32`. Its images, left to right, have the hashes of
/// these texts.
pub fn trial(id: &str, role: Role, texts: [&str; 3], target: Slot) -> Trial {
    let images = texts.map(|text| Sha256::of(text.as_bytes()));
    Trial {
        id: name(id),
        role,
        category: name("dog"),
        condition: name("patch-32"),
        images,
        intact: target,
        source: None,
    }
}

/// The images of these trials, each once.
pub fn images(trials: &[Trial]) -> Vec<ImageEntry> {
    let mut entries: Vec<ImageEntry> = Vec::new();
    for hash in trials.iter().flat_map(|trial| &trial.images) {
        if !entries.iter().any(|entry| entry.hash == *hash) {
            entries.push(ImageEntry { hash: hash.clone(), width_px: SIZE_PX, height_px: SIZE_PX });
        }
    }
    entries
}

/// The set `set` of these trials.
pub fn trial_set_of(trials: Vec<Trial>) -> TrialSet {
    TrialSet::new(name("set"), Task::Disrt, provenance(), images(&trials), trials).unwrap()
}

/// The set `set` with these numbers of practice, test and catch trials, named `Practice-0`, `Test-0`,
/// `Catch-0` and so on. No two trials share an image; the targets cycle through the slots.
pub fn trial_set(practice: usize, test: usize, catch: usize) -> TrialSet {
    let numbers = [(Role::Practice, practice), (Role::Test, test), (Role::Catch, catch)]
        .into_iter()
        .flat_map(|(role, count)| (0..count).map(move |number| (role, number)));
    let trials = numbers.map(|(role, number)| {
        let texts = [0, 1, 2].map(|image| format!("{role:?} {number} {image}"));
        trial(
            &format!("{role:?}-{number}"),
            role,
            texts.each_ref().map(String::as_str),
            Slot::ALL[number % 3],
        )
    });
    trial_set_of(trials.collect())
}
