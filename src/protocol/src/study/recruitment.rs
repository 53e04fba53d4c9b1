//! `[recruitment]`: where participants come from, how many, when, and what they take back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::Checks;
use super::moment::Moment;

/// Where participants come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Panel {
    /// Anyone who has the link.
    #[default]
    Open,
    /// A link with `?id=`, one for each person.
    Link,
    /// Single-use invitations that the server makes.
    Invitations,
    /// Prolific: `PROLIFIC_PID`, `STUDY_ID`, `SESSION_ID`.
    Prolific,
    /// Amazon Mechanical Turk: `workerId`, `assignmentId`, `hitId`, `turkSubmitTo`, in a frame.
    Mturk,
    /// SONA: `id`, the survey code.
    Sona,
}

/// Codes that participants take back, by how their session ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Codes {
    /// Every row is stored. Null for a code of each session's own.
    pub completed: Option<String>,
    /// The browser or device does not meet the study's needs.
    pub screened_out: Option<String>,
    /// The person did not consent.
    pub no_consent: Option<String>,
    /// Too few catch trials were right.
    pub failed_attention: Option<String>,
}

impl Codes {
    fn all(&self) -> [(&'static str, Option<&String>); 4] {
        [
            ("completed", self.completed.as_ref()),
            ("screened_out", self.screened_out.as_ref()),
            ("no_consent", self.no_consent.as_ref()),
            ("failed_attention", self.failed_attention.as_ref()),
        ]
    }
}

/// Whom the study takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Recruitment {
    /// Where participants come from.
    pub panel: Panel,
    /// Number of finished sessions after which the study takes nobody new; null for no limit.
    pub quota: Option<u32>,
    /// From when on the study takes people, such as 2026-12-01T09:00:00Z; null for at once.
    pub opens: Option<Moment>,
    /// Until when the study takes people; null for no end.
    pub closes: Option<Moment>,
    /// One session for each id: a finished one gets its code again, an unfinished one is resumed.
    pub once_per_id: bool,
    /// Sites that may show the study in a frame, such as "https://www.mturk.com".
    pub embed_origins: Vec<String>,
    /// Key that signs the panel's links; null for unsigned links.
    pub link_key: Option<String>,
    /// Address to which a participant returns with the code. Prolific's is known; `{code}` and `{id}` are
    /// filled in.
    pub return_address: Option<String>,
    /// Codes by outcome.
    pub codes: Codes,
}

impl Default for Recruitment {
    fn default() -> Self {
        Self {
            panel: Panel::default(),
            quota: None,
            opens: None,
            closes: None,
            once_per_id: true,
            embed_origins: Vec::new(),
            link_key: None,
            return_address: None,
            codes: Codes::default(),
        }
    }
}

impl Recruitment {
    pub(super) fn check(&self, checks: &mut Checks) {
        if self.quota == Some(0) {
            checks.wrong("recruitment.quota", "at least 1 is needed; leave the key out for no limit");
        }
        if let (Some(opens), Some(closes)) = (self.opens, self.closes)
            && closes <= opens
        {
            checks.wrong("recruitment.closes", "has to be after `opens`");
        }
        for (place, origin) in self.embed_origins.iter().enumerate() {
            let host = origin.strip_prefix("https://");
            let is_host = |host: &str| {
                !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:*".contains(c))
            };
            if !host.is_some_and(is_host) {
                let field = format!("recruitment.embed_origins.{place}");
                checks.wrong(field, "an origin is needed, without a path, such as \"https://www.mturk.com\"");
            }
        }
        for (outcome, code) in self.codes.all() {
            let is_code = |code: &String| {
                (1..=64).contains(&code.len())
                    && code.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
            };
            if code.is_some_and(|code| !is_code(code)) {
                let field = format!("recruitment.codes.{outcome}");
                checks.wrong(field, "1 to 64 letters, digits, hyphens or underscores are needed");
            }
        }
        self.check_panel(checks);
    }

    fn check_panel(&self, checks: &mut Checks) {
        if self.panel == Panel::Prolific && self.codes.completed.is_none() {
            let reason =
                "Prolific pays by a code that all participants share: copy it from the study's page there";
            checks.wrong("recruitment.codes.completed", reason);
        }
        if self.panel == Panel::Mturk && self.embed_origins.is_empty() {
            let reason = "Mechanical Turk shows the study in a frame: name \"https://www.mturk.com\" and, for trial \
                          runs, \"https://workersandbox.mturk.com\"";
            checks.wrong("recruitment.embed_origins", reason);
        }
        let address = self.return_address.as_deref();
        if address.is_some_and(|address| !address.starts_with("https://")) {
            checks.wrong("recruitment.return_address", "an address that begins with https:// is needed");
        }
        if self.panel == Panel::Sona && !address.is_some_and(|address| address.contains("{id}")) {
            let reason = "SONA grants the credit when the participant returns: copy the client-side completion URL \
                          from SONA and write {id} in place of the survey code";
            checks.wrong("recruitment.return_address", reason);
        }
    }
}
