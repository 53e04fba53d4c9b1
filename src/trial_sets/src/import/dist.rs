//! Finds the triplets of a folder that is laid out as DiST is published.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use super::sources::Found;
use crate::error::MakeError;
use gestalt_images::photographs;
use gestalt_images::photographs::Photograph;

/// The intact pictures first.
const FOLDERS: [&str; 3] = ["original", "set1", "set2"];
const CONDITION: &str = "dist";

/// Files of one name below the three folders, whatever their ending, are a triplet.
pub(super) fn find(folder: &Path) -> Result<Found, MakeError> {
    let mut found = Found::default();
    let mut files: [BTreeMap<String, Photograph>; 3] = Default::default();
    for (files, name) in files.iter_mut().zip(FOLDERS) {
        let place = folder.join(name);
        let listing = photographs::list(&place).map_err(|error| MakeError::Layout {
            folder: folder.to_owned(),
            expected: "the folders original/, set1/ and set2/",
            reason: format!("{}: {error}", place.display()),
        })?;
        found.skipped.extend(listing.skipped);
        for photograph in listing.photographs {
            let key = key(&place, &photograph.path);
            match files.entry(key) {
                Entry::Vacant(free) => drop(free.insert(photograph)),
                Entry::Occupied(_) => found.skip(
                    &photograph.path,
                    "has the name of another file but for the ending; remove one of the two",
                ),
            }
        }
    }
    let [intact, first, second] = files;
    for (key, original) in &intact {
        match (first.get(key), second.get(key)) {
            (Some(first), Some(second)) => {
                let files = [&original.path, &first.path, &second.path].map(Clone::clone);
                found.add(key, original.category.as_str(), CONDITION, files);
            }
            (first, _) => {
                let lacking = if first.is_none() { FOLDERS[1] } else { FOLDERS[2] };
                found.skip(
                    &original.path,
                    format!("has no distortion of its name in {lacking}/; its triplet is left out"),
                );
            }
        }
    }
    for (key, distortion) in first.iter().chain(&second) {
        if !intact.contains_key(key) {
            found.skip(&distortion.path, "has no intact picture of its name in original/");
        }
    }
    Ok(found)
}

/// The path below `root` without the ending.
fn key(root: &Path, path: &Path) -> String {
    let below: PathBuf = path.strip_prefix(root).unwrap_or(path).with_extension("");
    below.to_string_lossy().into_owned()
}
