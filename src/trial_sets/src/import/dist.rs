//! Finds the triplets of a folder that is laid out as DiST is published.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::sources::Found;
use crate::error::MakeError;
use gestalt_images::photographs;
use gestalt_images::photographs::Photograph;

/// The intact pictures first.
const FOLDERS: [&str; 3] = ["original", "set1", "set2"];
const CONDITION: &str = "dist";

/// Files of one name below the three folders, whatever their ending, are a triplet.
/// `category_level` counts the folders inside the three.
pub(super) fn find(folder: &Path, category_level: Option<usize>) -> Result<Found, MakeError> {
    let mut found = Found::default();
    let mut files: [BTreeMap<String, Photograph>; 3] = Default::default();
    for (files, name) in files.iter_mut().zip(FOLDERS) {
        let place = folder.join(name);
        let listing = photographs::list(&place, category_level).map_err(|error| MakeError::Layout {
            folder: folder.to_owned(),
            expected: "the folders original/, set1/ and set2/",
            reason: format!("{}: {error}", place.display()),
        })?;
        found.skipped.extend(listing.skipped);
        if name == FOLDERS[0] {
            found.notes = listing.notes;
        }
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
    let keyed = [&first, &second].map(Keyed::new);
    let mut used = BTreeSet::new();
    for (key, original) in &intact {
        let [first, second] = keyed.each_ref().map(|files| files.get(key));
        used.extend([first, second].into_iter().flatten().map(|file| &file.path));
        match (first, second) {
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
    for distortion in first.values().chain(second.values()) {
        if !used.contains(&distortion.path) {
            found.skip(&distortion.path, "has no intact picture of its name in original/");
        }
    }
    Ok(found)
}

/// The path below `root` without the ending, in Unicode's normal form C: disks and archives differ in the
/// form.
fn key(root: &Path, path: &Path) -> String {
    let below: PathBuf = path.strip_prefix(root).unwrap_or(path).with_extension("");
    below.to_string_lossy().nfc().collect()
}

/// The files of a folder by key, and by key without case.
struct Keyed<'a> {
    files: &'a BTreeMap<String, Photograph>,
    folded: BTreeMap<String, Vec<&'a Photograph>>,
}

impl<'a> Keyed<'a> {
    fn new(files: &'a BTreeMap<String, Photograph>) -> Self {
        let mut folded: BTreeMap<String, Vec<&Photograph>> = BTreeMap::new();
        for (key, photograph) in files {
            folded.entry(key.to_lowercase()).or_default().push(photograph);
        }
        Self { files, folded }
    }

    /// The file of this key, or of one that differs only in case where there is just one: disks that ignore
    /// case do.
    fn get(&self, key: &str) -> Option<&'a Photograph> {
        self.files.get(key).or_else(|| match self.folded.get(&key.to_lowercase())?.as_slice() {
            [only] => Some(only),
            _ => None,
        })
    }
}
