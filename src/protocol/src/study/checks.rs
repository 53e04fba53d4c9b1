//! Collects what is wrong with a study, so that a scientist sees every mistake at once.

use super::mistake::Mistake;

/// The mistakes that were found so far.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// In the order in which they were found.
    pub(super) mistakes: Vec<Mistake>,
}

impl Checks {
    /// Notes that this field is wrong, and what would be right.
    pub(super) fn wrong(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.mistakes.push(Mistake::new(field, reason));
    }
}

/// Notes a number outside its range.
pub(super) fn in_range(checks: &mut Checks, field: &str, value: f64, least: f64, most: f64) {
    if !(least..=most).contains(&value) {
        checks.wrong(field, format!("{value} is outside the range: {least} to {most} is needed"));
    }
}

/// Notes a share outside 0 to 1.
pub(super) fn is_share(checks: &mut Checks, field: &str, share: Option<f64>) {
    if let Some(share) = share {
        in_range(checks, field, share, 0.0, 1.0);
    }
}
