//! Checks a trial set's folder as a whole and lists all that is wrong with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gestalt_protocol::{TrialSet, WHOLENESS_FILE};
use rayon::prelude::*;

use super::folder::TrialSetFolder;
use super::problem::Problem;
use super::{IMAGES_FOLDER, TRIALS_FILE};

/// All that is wrong with a trial set; one line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct CheckError {
    /// At least one.
    pub problems: Vec<Problem>,
}

/// Checks everything: the content and hash of `trials.json`; of every image presence, hash, encoding and
/// size; and that nothing but hidden files lies beside them. Gives the set when all is well.
///
/// # Errors
/// With every problem found.
pub fn check(root: &Path) -> Result<TrialSet, CheckError> {
    let folder = TrialSetFolder::open(root).map_err(|problem| CheckError { problems: vec![problem] })?;
    let mut problems: Vec<Problem> =
        folder.set().images().par_iter().filter_map(|entry| folder.read_entry(entry).err()).collect();
    problems.extend(extra_files(root, &folder));
    if problems.is_empty() { Ok(folder.set().clone()) } else { Err(CheckError { problems }) }
}

fn extra_files(root: &Path, folder: &TrialSetFolder) -> Vec<Problem> {
    let images = root.join(IMAGES_FOLDER);
    let mut known: BTreeSet<PathBuf> =
        folder.set().images().iter().map(|entry| folder.image_path(&entry.hash)).collect();
    known.extend([root.join(TRIALS_FILE), root.join(WHOLENESS_FILE), images.clone()]);
    let mut problems = Vec::new();
    for place in [root, &images] {
        match fs::read_dir(place).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => {
                let extra = entries
                    .iter()
                    .map(fs::DirEntry::path)
                    .filter(|path| !known.contains(path) && !is_hidden(path));
                problems.extend(extra.map(Problem::Extra));
            }
            Err(error) => problems.push(Problem::Unreadable { path: place.to_owned(), error }),
        }
    }
    problems.sort_by_key(ToString::to_string);
    problems
}

/// File managers leave such files in every folder they have shown.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}
