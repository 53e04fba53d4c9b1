//! A study as a participant's browser gets it: without what only the server and the researcher may know.

use super::{Codes, Study};

impl Study {
    /// The study without its link key, and without the codes that are paid for: those have to be earned at
    /// the server.
    pub fn presented(&self) -> Self {
        let mut study = self.clone();
        let Codes { screened_out, no_consent, .. } = std::mem::take(&mut study.recruitment.codes);
        study.recruitment.codes = Codes { screened_out, no_consent, ..Codes::default() };
        study.recruitment.link_key = None;
        study
    }
}
