//! One length for the three image files of a trial: the intact picture is the smallest file in most trials,
//! so that lengths would give the answer away.

use std::collections::HashMap;

use gestalt_protocol::Trial;
use gestalt_types::Sha256;

/// The length, in bytes, to which each file is padded, from the lengths of the files. Trials that share an
/// image share a length.
pub(super) fn lengths(trials: &[Trial], mut file_bytes: HashMap<Sha256, usize>) -> HashMap<Sha256, usize> {
    // Each round carries lengths one trial further; trials share few images, so that there are few rounds.
    loop {
        let mut changed = false;
        for trial in trials {
            let longest = trial.images.iter().filter_map(|hash| file_bytes.get(hash)).max().copied();
            for hash in &trial.images {
                if let (Some(bytes), Some(longest)) = (file_bytes.get_mut(hash), longest) {
                    changed |= *bytes < longest;
                    *bytes = longest;
                }
            }
        }
        if !changed {
            return file_bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use gestalt_protocol::Role;
    use gestalt_types::{Name, Slot};

    use super::*;

    #[test]
    fn the_files_of_a_trial_get_one_length_also_through_shared_images() {
        let hash = |number: usize| Sha256::of(&[number as u8]);
        let name = Name::new("x").unwrap();
        let trial = |images: [usize; 3]| Trial {
            id: name.clone(),
            role: Role::Test,
            category: name.clone(),
            condition: name.clone(),
            images: images.map(hash),
            intact: Slot::ALL[0],
            source: None,
        };
        let trials = [trial([0, 1, 2]), trial([2, 3, 4]), trial([5, 6, 7])];
        let padded = lengths(&trials, (0..8).map(|number| (hash(number), number * 10)).collect());
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6, 7].map(|number| padded[&hash(number)]),
            [40, 40, 40, 40, 40, 70, 70, 70]
        );
    }
}
