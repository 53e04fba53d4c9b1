//! The account of every key of an imported file.

use std::fmt;

/// What happened to every key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Keys of the file that became weights.
    pub used: Vec<String>,
    /// Keys of the file that this network has no use for, and why.
    pub ignored: Vec<(String, &'static str)>,
    /// Keys of the network that the file lacks.
    pub missing: Vec<String>,
    /// Keys of the file that belong to another network of this kind.
    pub unexpected: Vec<String>,
    /// Keys whose shape is another: key, the network's shape, the file's.
    pub misshapen: Vec<(String, Vec<usize>, Vec<usize>)>,
    /// What was changed on the way, in words.
    pub changed: Vec<String>,
}

impl ImportReport {
    pub(super) fn is_sound(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.misshapen.is_empty()
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} keys used, {} ignored, {} missing",
            self.used.len(),
            self.ignored.len(),
            self.missing.len()
        )?;
        for (what, keys) in [("missing", &self.missing), ("of another network", &self.unexpected)] {
            if !keys.is_empty() {
                write!(f, "; {what}: {}", keys.join(", "))?;
            }
        }
        for (key, wanted, found) in &self.misshapen {
            write!(f, "; `{key}` is {found:?}, wanted {wanted:?}")?;
        }
        Ok(())
    }
}
