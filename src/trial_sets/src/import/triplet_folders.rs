//! Finds triplets in folders of three pictures, or in a table of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gestalt_tables::table::Table;
use unicode_normalization::UnicodeNormalization;

use super::sources::Found;
use crate::error::MakeError;
use gestalt_images::{categories, photographs};

const TABLE: &str = "triplets.csv";
/// The file of this name, whatever its ending, is the intact one.
const INTACT: &str = "intact";
const COLUMNS: [&str; 3] = ["intact", "distorted_1", "distorted_2"];
const EXPECTED: &str = "a folder of three pictures for each triplet, one of them named `intact`, or \
                        triplets.csv with the columns intact, distorted_1 and distorted_2";
/// The condition where none is stated.
const CONDITION: &str = "triplet";

/// Goes by `triplets.csv` where there is one, else by the folders.
/// `category_level` chooses among the folders above those of the triplets.
pub(super) fn find(folder: &Path, category_level: Option<usize>) -> Result<Found, MakeError> {
    let table = folder.join(TABLE);
    if table.exists() { in_table(folder, &table) } else { in_folders(folder, category_level) }
}

fn in_folders(folder: &Path, category_level: Option<usize>) -> Result<Found, MakeError> {
    let listing =
        photographs::list(folder, None).map_err(|error| MakeError::Io { path: folder.to_owned(), error })?;
    let mut found = Found { skipped: listing.skipped, ..Found::default() };
    let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for photograph in listing.photographs {
        let parent = photograph.path.parent().unwrap_or(folder).to_owned();
        folders.entry(parent).or_default().push(photograph.path);
    }
    let mut whole = Vec::new();
    for (place, files) in folders {
        match intact_first(files) {
            Ok(files) => whole.push((place, files)),
            Err(why) => found.skip(&place, why),
        }
    }
    let names: Vec<Vec<String>> = whole.iter().map(|(place, _)| folders_above(folder, place)).collect();
    let (categories, notes) = categories::chosen(names.iter().map(Vec::as_slice), category_level);
    found.notes = notes;
    for ((place, files), category) in whole.into_iter().zip(categories) {
        let key = place.strip_prefix(folder).unwrap_or(&place).to_string_lossy();
        found.add(&key, category.as_deref().unwrap_or(photographs::UNCATEGORISED), CONDITION, files);
    }
    Ok(found)
}

/// The three files of a triplet, or why these are none.
fn intact_first(mut files: Vec<PathBuf>) -> Result<[PathBuf; 3], String> {
    let is_intact = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case(INTACT));
    let intact = files.iter().filter(|path| is_intact(path)).count();
    files.sort_by_key(|path| (!is_intact(path), path.clone()));
    let files = <[PathBuf; 3]>::try_from(files)
        .map_err(|files| format!("has {} pictures; exactly three are needed", files.len()))?;
    match intact {
        1 => Ok(files),
        _ => Err(format!("has {intact} pictures named `{INTACT}`; exactly one is needed")),
    }
}

/// Names of the folders between `root` and a triplet's own, the outermost first.
fn folders_above(root: &Path, place: &Path) -> Vec<String> {
    let above = place.strip_prefix(root).unwrap_or(place).parent().unwrap_or(Path::new(""));
    above.iter().map(|name| name.to_string_lossy().nfc().collect()).collect()
}

fn in_table(folder: &Path, path: &Path) -> Result<Found, MakeError> {
    let wrong = |reason: String| MakeError::Layout { folder: folder.to_owned(), expected: EXPECTED, reason };
    let bytes = fs::read(path).map_err(|error| MakeError::Io { path: path.to_owned(), error })?;
    let table = Table::read(&bytes).map_err(|error| wrong(format!("{TABLE} {error}")))?;
    let mut columns = [0; 3];
    for (at, name) in columns.iter_mut().zip(COLUMNS) {
        *at = table.column(name).ok_or_else(|| wrong(format!("{TABLE} has no column `{name}`")))?;
    }
    let (category, condition) = (table.column("category"), table.column("condition"));
    let mut found = Found::default();
    for (row, (line, cells)) in table.rows.iter().enumerate() {
        let cell = |at: usize| cells.get(at).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        let files = columns.map(|at| cell(at).map(|name| as_it_is(folder.join(name))));
        let [Some(intact), Some(first), Some(second)] = files else {
            found.skip(path, format!("line {line}: a file is not given"));
            continue;
        };
        let named =
            |at: Option<usize>, otherwise: &'static str| at.and_then(cell).unwrap_or(otherwise).to_owned();
        let key = cell(columns[0]).unwrap_or_default().to_owned();
        found.add(
            // The header is line 1.
            &format!("{:04} {key}", row + 2),
            &named(category, photographs::UNCATEGORISED),
            &named(condition, CONDITION),
            [intact, first, second],
        );
    }
    Ok(found)
}

/// The path in the Unicode form that the disk has it in, where it has one.
fn as_it_is(path: PathBuf) -> PathBuf {
    let text = path.to_string_lossy();
    let forms = [text.nfc().collect::<String>(), text.nfd().collect()];
    match forms.into_iter().map(PathBuf::from).find(|form| form.exists()) {
        Some(form) if !path.exists() => form,
        _ => path,
    }
}
