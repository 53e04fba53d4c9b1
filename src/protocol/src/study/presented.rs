//! A study as a participant's browser gets it: without what only the server and the researcher may know.

use super::{Codes, Study};

impl Study {
    /// The study without its completion codes and its link key.
    pub fn presented(&self) -> Self {
        let mut study = self.clone();
        study.recruitment.codes = Codes::default();
        study.recruitment.link_key = None;
        study
    }
}
