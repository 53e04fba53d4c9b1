//! Finds photographs that show the same, so that none is used twice.

use std::path::{Path, PathBuf};

use gestalt_images::appearance::{Appearance, SAME_BITS};
use gestalt_types::Sha256;
use rayon::prelude::*;

/// Which photographs count as the same; the first by name is used, the others are named and left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// Those whose files are the same, or that look nearly the same (see [`gestalt_images::appearance`]).
    #[default]
    Near,
    /// Those whose files are the same.
    Exact,
    /// None: every file is used.
    Keep,
}

impl Duplicates {
    /// Its name on the command line and in recipes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Near => "near",
            Self::Exact => "exact",
            Self::Keep => "keep",
        }
    }
}

/// A photograph that is used.
#[derive(Debug)]
struct Used {
    path: PathBuf,
    content: Sha256,
    appearance: Option<Appearance>,
}

/// The photographs that are used so far.
#[derive(Debug)]
pub(super) struct Sources {
    rule: Duplicates,
    used: Vec<Used>,
}

/// An earlier photograph that shows the same.
pub(super) struct Repeat<'a> {
    /// Its number among those that are used.
    pub(super) place: usize,
    path: &'a Path,
    /// Number of bits in which the two differ in appearance; `None` where the files are the same.
    differing_bits: Option<u32>,
}

impl Repeat<'_> {
    /// What is said about the later one.
    pub(super) fn reason(&self) -> String {
        let path = self.path.display();
        match self.differing_bits {
            None => format!("is the same file as {path}; a photograph is used once"),
            Some(bits) => format!(
                "looks like {path} ({bits} of 256 bits of appearance differ, up to {SAME_BITS} count as the same \
                 photograph); a photograph is used once, --duplicates exact keeps both"
            ),
        }
    }
}

impl Sources {
    pub(super) fn new(rule: Duplicates) -> Self {
        Self { rule, used: Vec::new() }
    }

    /// The first that shows the same, by its file or else by its appearance.
    pub(super) fn repeated(&self, content: &Sha256, appearance: Option<&Appearance>) -> Option<Repeat<'_>> {
        if self.rule == Duplicates::Keep {
            return None;
        }
        let repeat = |place: usize, differing_bits| {
            self.used.get(place).map(|used| Repeat { place, path: &used.path, differing_bits })
        };
        if let Some(place) = self.used.par_iter().position_first(|used| used.content == *content) {
            return repeat(place, None);
        }
        let appearance = appearance.filter(|_| self.rule == Duplicates::Near)?;
        let is_same = |used: &Used| used.appearance.is_some_and(|other| other.is_same(appearance));
        let place = self.used.par_iter().position_first(is_same)?;
        let bits = self.used[place].appearance.map(|other| other.distance(appearance));
        repeat(place, bits)
    }

    /// Takes note of one that is used.
    pub(super) fn add(&mut self, path: &Path, content: Sha256, appearance: Option<Appearance>) {
        self.used.push(Used { path: path.to_owned(), content, appearance });
    }
}
