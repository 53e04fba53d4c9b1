//! What every layout's names are changed with.

/// One part of a name for another, wherever it stands.
pub(super) fn replaced(key: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(key.to_owned(), |key, (from, to)| key.replace(from, to))
}
