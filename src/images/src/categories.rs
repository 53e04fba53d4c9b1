//! Chooses which of the folders above a photograph is its category.

use std::collections::{BTreeMap, BTreeSet};

/// Folders of these names hold pictures and say nothing about what is on them.
const CONTAINERS: [&str; 14] = [
    "images",
    "image",
    "imgs",
    "img",
    "data",
    "photos",
    "photo",
    "photographs",
    "pictures",
    "pics",
    "jpg",
    "jpeg",
    "jpegs",
    "png",
];
/// Parts into which sets are split for training.
const SPLITS: [&str; 9] =
    ["train", "training", "val", "valid", "validation", "test", "testing", "eval", "evaluation"];

/// The category of each photograph, given by the names of the folders above it, and what is to be said about
/// the choice. `None` is a photograph without one.
///
/// With a level it is the folder of that level, 1 being the outermost. Without one it is the innermost
/// folder, but for these, which are passed over from the inside outwards:
/// - folders inside others that are called `images`, `img`, `data` or the like;
/// - an innermost folder that has the same name in every category (`cat/2019`, `dog/2019`);
/// - parts of a set (`train`, `val`, `test`) where no folder beside them is anything else.
pub fn chosen<'a>(
    folders: impl Iterator<Item = &'a [String]>,
    level: Option<usize>,
) -> (Vec<Option<String>>, Vec<String>) {
    let all: Vec<&[String]> = folders.collect();
    let mut notes = BTreeSet::new();
    let kept = match level {
        Some(level) => all.iter().map(|names| names.get(..level).unwrap_or_default()).collect(),
        None => without_others(all, &mut notes),
    };
    let names: Vec<Option<String>> = kept.iter().map(|names| names.last().cloned()).collect();
    notes.extend(alike_but_for_case(&names));
    (names, notes.into_iter().collect())
}

/// The folders down to the category's.
fn without_others<'a>(mut all: Vec<&'a [String]>, notes: &mut BTreeSet<String>) -> Vec<&'a [String]> {
    loop {
        let constant = constant_inner(&all);
        let splits = parents_of_splits(&all);
        let mut has_changed = false;
        for names in &mut all {
            let Some((inner, above)) = names.split_last() else { continue };
            let is_container = !above.is_empty() && is_one_of(&CONTAINERS, inner);
            let is_constant = !above.is_empty() && constant.as_ref() == Some(inner);
            if is_container || is_constant {
                notes.insert(format!("the folder `{inner}` inside others names no category"));
            } else if splits.contains(above) {
                notes.insert(format!("`{inner}` is taken for a part of the set, not for a category"));
            } else {
                continue;
            }
            *names = above;
            has_changed = true;
        }
        if !has_changed {
            break;
        }
    }
    for names in &all {
        let above = names.split_last().map_or(&[][..], |(_, above)| above);
        notes.extend(above.iter().filter(|name| is_one_of(&SPLITS, name)).map(|name| {
            format!(
                "`{name}` is taken for a part of the set; its categories are joined with those of the others"
            )
        }));
    }
    all
}

/// The one name that all innermost folders have, where they lie in several folders that are no parts of a
/// set.
fn constant_inner(all: &[&[String]]) -> Option<String> {
    let deep = || all.iter().filter(|names| names.len() > 1).filter_map(|names| names.split_last());
    let names: BTreeSet<&String> = deep().map(|(inner, _)| inner).collect();
    let parents: BTreeSet<&[String]> = deep().map(|(_, above)| above).collect();
    let are_splits = parents.iter().all(|above| above.last().is_some_and(|name| is_one_of(&SPLITS, name)));
    let only = names.first().filter(|_| names.len() == 1 && parents.len() > 1 && !are_splits);
    only.map(|name| (*name).clone())
}

/// The folders whose photographs lie in parts of a set and nowhere else.
fn parents_of_splits(all: &[&[String]]) -> BTreeSet<Vec<String>> {
    let mut are_all: BTreeMap<&[String], bool> = BTreeMap::new();
    for (inner, above) in all.iter().filter_map(|names| names.split_last()) {
        *are_all.entry(above).or_insert(true) &= is_one_of(&SPLITS, inner);
    }
    are_all.into_iter().filter(|(_, all)| *all).map(|(above, _)| above.to_vec()).collect()
}

fn is_one_of(list: &[&str], name: &str) -> bool {
    list.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// Names that a disk which ignores case would have made one.
fn alike_but_for_case(names: &[Option<String>]) -> Vec<String> {
    let mut spellings: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for name in names.iter().flatten() {
        spellings.entry(name.to_lowercase()).or_default().insert(name);
    }
    let several = spellings.into_values().filter(|spellings| spellings.len() > 1);
    let listed = several.map(|all| all.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>());
    listed.map(|all| format!("the categories {} differ only in case", all.join(", "))).collect()
}

#[cfg(test)]
mod tests {
    use super::chosen;

    /// Paths of folders, one a photograph, and the categories expected of them.
    fn check(level: Option<usize>, cases: &[(&str, &str)]) -> Vec<String> {
        let split = |path: &str| path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let folders: Vec<Vec<String>> = cases.iter().map(|(path, _)| split(path)).collect();
        let (names, notes) = chosen(folders.iter().map(Vec::as_slice), level);
        for ((path, expected), name) in cases.iter().zip(names) {
            assert_eq!(name.unwrap_or_default(), *expected, "{path}");
        }
        notes
    }

    #[test]
    fn the_innermost_folder_is_the_category() {
        let notes = check(None, &[("cat", "cat"), ("dog", "dog"), ("", ""), ("wild/cat", "cat")]);
        assert!(notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn containers_constant_folders_and_parts_of_sets_are_none() {
        let notes = check(
            None,
            &[
                ("train/n01/images", "n01"),
                ("train/n02/images", "n02"),
                ("val/images", ""),
                ("test/images", ""),
            ],
        );
        assert!(notes.iter().any(|note| note.contains("`images`")), "{notes:?}");
        assert!(notes.iter().any(|note| note.contains("`train`")), "{notes:?}");
        check(None, &[("train/cat", "cat"), ("val/cat", "cat"), ("val/dog", "dog")]);
        check(None, &[("train/cat", "cat"), ("val/cat", "cat")]);
        check(None, &[("cat/train", "cat"), ("cat/test", "cat"), ("dog/train", "dog")]);
        check(None, &[("cat/2019", "cat"), ("dog/2019", "dog")]);
        check(None, &[("cat/2019", "2019"), ("dog/2020", "2020")]);
        check(None, &[("train", ""), ("test", "")]);
    }

    #[test]
    fn a_category_may_be_called_as_a_part_or_a_container() {
        check(None, &[("test", "test"), ("control", "control")]);
        check(None, &[("images", "images"), ("portraits", "portraits")]);
    }

    #[test]
    fn a_level_overrules() {
        check(Some(1), &[("cat/2019", "cat"), ("dog/2020/images", "dog"), ("", "")]);
        check(Some(2), &[("cat/2019", "2019"), ("dog/2020/images", "2020"), ("dog", "")]);
        check(Some(0), &[("cat", "")]);
    }

    #[test]
    fn names_that_differ_only_in_case_are_told() {
        let notes = check(None, &[("Dog", "Dog"), ("dog", "dog")]);
        assert_eq!(notes, ["the categories `Dog`, `dog` differ only in case"]);
    }
}
