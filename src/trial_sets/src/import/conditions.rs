//! Finds triplets among pictures that are named as those of model-vs-human (Geirhos et al. 2021).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gestalt_types::Sha256;

use super::sources::Found;
use crate::error::MakeError;
use gestalt_images::photographs;

/// `number_experiment_subject_condition_category_number_image`: of these fields (counted from 0) the
/// condition, the category, and where the image's own name begins.
const CONDITION: usize = 3;
const CATEGORY: usize = 4;
const IMAGE: usize = 6;

/// Copies of one picture by condition, in the order of their paths.
type Copies = BTreeMap<String, Vec<PathBuf>>;

/// The intact copy of every picture with two distorted ones: two different copies of one condition, or one
/// copy of each of two conditions. Copies that are the same byte by byte, as every subject's folder has
/// them, count once.
pub(super) fn find(folder: &Path, intact: &str, distorted: &[String]) -> Result<Found, MakeError> {
    let (mut found, pictures, named) = by_picture(folder)?;
    let missing = [intact]
        .into_iter()
        .chain(distorted.iter().map(String::as_str))
        .find(|name| !named.contains_key(*name));
    if let Some(missing) = missing {
        let there: Vec<&str> = named.keys().map(String::as_str).collect();
        return Err(MakeError::Layout {
            folder: folder.to_owned(),
            expected: "pictures named number_experiment_subject_condition_category_number_image",
            reason: format!("no picture has the condition `{missing}`; there are: {}", there.join(", ")),
        });
    }
    let condition = distorted.join("+");
    for ((category, image), copies) in &pictures {
        let of = |condition: &str| distinct(copies.get(condition).map_or(&[], Vec::as_slice));
        let intact_copies = of(intact);
        let Some(intact_copy) = intact_copies.first() else {
            if let Some(path) = distorted.iter().find_map(|name| copies.get(name)?.first()) {
                found.skip(path, format!("has no copy of condition `{intact}`; its triplet is left out"));
            }
            continue;
        };
        let pair: Vec<PathBuf> = match distorted {
            [one] => of(one).into_iter().take(2).collect(),
            several => several.iter().filter_map(|name| of(name).into_iter().next()).collect(),
        };
        match <[PathBuf; 2]>::try_from(pair) {
            Ok([first, second]) => {
                found.add(&format!("{category} {image}"), category, &condition, [intact_copy.clone(), first, second]);
            }
            Err(copies) => found.skip(
                intact_copy,
                format!(
                    "has {} of the two distorted copies needed in `{condition}`; its triplet is left out, give \
                     a second --condition",
                    copies.len()
                ),
            ),
        }
    }
    Ok(found)
}

/// All pictures by category and name, and how often each condition occurs.
#[allow(clippy::type_complexity)]
fn by_picture(
    folder: &Path,
) -> Result<(Found, BTreeMap<(String, String), Copies>, BTreeMap<String, usize>), MakeError> {
    let listing =
        photographs::list(folder, None).map_err(|error| MakeError::Io { path: folder.to_owned(), error })?;
    let mut found = Found { skipped: listing.skipped, ..Found::default() };
    let mut pictures: BTreeMap<(String, String), Copies> = BTreeMap::new();
    let mut named = BTreeMap::new();
    for photograph in listing.photographs {
        let stem = photograph.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let fields: Vec<&str> = stem.split('_').collect();
        if fields.len() <= IMAGE {
            found.skip(
                &photograph.path,
                "is not named number_experiment_subject_condition_category_number_image; rename it, or give \
                 another --layout",
            );
            continue;
        }
        let picture = (fields[CATEGORY].to_owned(), fields[IMAGE..].join("_"));
        let condition = fields[CONDITION].to_owned();
        *named.entry(condition.clone()).or_insert(0) += 1;
        pictures.entry(picture).or_default().entry(condition).or_default().push(photograph.path);
    }
    Ok((found, pictures, named))
}

/// The files that differ in content; one that cannot be read is kept, so that it is named when its turn
/// comes.
fn distinct(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut seen = Vec::new();
    let mut kept = Vec::new();
    for path in paths {
        let hash = fs::read(path).ok().map(|bytes| Sha256::of(&bytes));
        if hash.is_none() || !seen.contains(&hash) {
            seen.push(hash);
            kept.push(path.clone());
        }
    }
    kept
}
