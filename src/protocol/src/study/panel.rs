//! What a panel writes into the address of a study, and the address to which it wants its people back.

use serde::{Deserialize, Serialize};

use super::recruitment::{Panel, Recruitment};

/// The longest id that is taken, in bytes.
pub const MAX_PANEL_ID_BYTES: usize = 200;

/// The two hosts to which Mechanical Turk lets a page submit: for work, and for trial runs.
pub const MTURK_HOSTS: [&str; 2] = ["https://www.mturk.com", "https://workersandbox.mturk.com"];

/// Who comes from a panel. Never in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelVisit {
    /// The participant's id at the panel.
    pub id: String,
    /// The panel's own id of the submission, assignment or session.
    #[serde(default)]
    pub submission: Option<String>,
}

/// Why an address does not say who comes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PanelError {
    /// The parameter is missing.
    #[error("the link lacks `{0}`: open it from the page that sent you, and do not shorten it")]
    Missing(&'static str),
    /// An id that no panel gives.
    #[error("`{0}` in the link is not an id: open it from the page that sent you")]
    NotAnId(&'static str),
    /// A worker looks at the task without having accepted it.
    #[error("this is a preview: accept the task to begin")]
    Preview,
}

impl Panel {
    /// The parameters that a link of this panel has: that of the participant's id, and of the submission.
    fn parameters(self) -> Option<(&'static str, Option<&'static str>)> {
        match self {
            Self::Open => None,
            Self::Link | Self::Sona => Some(("id", None)),
            Self::Invitations => Some(("invitation", None)),
            Self::Prolific => Some(("PROLIFIC_PID", Some("SESSION_ID"))),
            Self::Mturk => Some(("workerId", Some("assignmentId"))),
        }
    }

    /// Where Mechanical Turk wants the finished assignment: the address in `turkSubmitTo`, if it is one of
    /// its two hosts.
    pub fn submit_address(self, query: &[(String, String)]) -> Option<String> {
        let (_, host) = query.iter().find(|(key, _)| self == Self::Mturk && key == "turkSubmitTo")?;
        let host = host.trim().trim_end_matches('/');
        MTURK_HOSTS.contains(&host).then(|| format!("{host}/mturk/externalSubmit"))
    }

    /// What a link of this panel ends in: the panel, or whoever sends the links, fills the values in.
    pub fn link_parameters(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Link => "?id=ID",
            Self::Invitations => "?invitation=INVITATION",
            Self::Prolific => {
                "?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}"
            }
            Self::Mturk => "?workerId=${workerId}&assignmentId=${assignmentId}&hitId=${hitId}",
            Self::Sona => "?id=%SURVEY_CODE%",
        }
    }

    /// Who comes, by the parameters of the address. Of a parameter that is there twice the first counts.
    ///
    /// # Errors
    /// When the study's panel needs an id and the address has none.
    pub fn visit(self, query: &[(String, String)]) -> Result<Option<PanelVisit>, PanelError> {
        let Some((id_name, submission_name)) = self.parameters() else { return Ok(None) };
        let value =
            |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned());
        let submission = submission_name.and_then(value);
        if self == Self::Mturk && submission.as_deref() == Some("ASSIGNMENT_ID_NOT_AVAILABLE") {
            return Err(PanelError::Preview);
        }
        let id = value(id_name).filter(|id| !id.is_empty()).ok_or(PanelError::Missing(id_name))?;
        if !is_id(&id) {
            return Err(PanelError::NotAnId(id_name));
        }
        Ok(Some(PanelVisit { id, submission: submission.filter(|id| is_id(id)) }))
    }
}

/// A text that a panel may use as an id.
pub fn is_id(text: &str) -> bool {
    (1..=MAX_PANEL_ID_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}

impl Recruitment {
    /// Where a participant goes with this code; none where the panel wants nobody back.
    pub fn address_back(&self, code: &str, id: Option<&str>) -> Option<String> {
        let template = match (&self.return_address, self.panel) {
            (Some(template), _) => template,
            (None, Panel::Prolific) => "https://app.prolific.com/submissions/complete?cc={code}",
            (None, _) => return None,
        };
        Some(template.replace("{code}", &encoded(code)).replace("{id}", &encoded(id.unwrap_or_default())))
    }
}

/// Percent-encoded for a query (RFC 3986, unreserved characters stay).
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn visit(panel: Panel, query: &[(&str, &str)]) -> Result<Option<PanelVisit>, PanelError> {
        let query: Vec<_> =
            query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        panel.visit(&query)
    }

    #[test]
    fn each_panel_says_who_comes() {
        let id = |panel, query: &[(&str, &str)]| visit(panel, query).map(|found| found.map(|found| found.id));
        let prolific = [("PROLIFIC_PID", "5a9d64f5f6dfdd0001eaa73d"), ("STUDY_ID", "s"), ("SESSION_ID", "x")];
        assert_eq!(visit(Panel::Prolific, &prolific).unwrap().unwrap().submission.as_deref(), Some("x"));
        assert_eq!(id(Panel::Sona, &[("id", "4711")]), Ok(Some("4711".into())));
        assert_eq!(id(Panel::Open, &[("id", "4711")]), Ok(None), "an open study keeps no id");
        assert_eq!(id(Panel::Link, &[("id", "a"), ("id", "b")]), Ok(Some("a".into())));
        assert_eq!(id(Panel::Link, &[("id", "🙂")]), Ok(Some("🙂".into())));
    }

    #[test]
    fn a_link_without_an_id_is_refused() {
        assert_eq!(visit(Panel::Prolific, &[]), Err(PanelError::Missing("PROLIFIC_PID")));
        assert_eq!(visit(Panel::Link, &[("id", " ")]), Err(PanelError::Missing("id")));
        assert_eq!(visit(Panel::Link, &[("id", &"x".repeat(10_000))]), Err(PanelError::NotAnId("id")));
        let preview = [("workerId", ""), ("assignmentId", "ASSIGNMENT_ID_NOT_AVAILABLE")];
        assert_eq!(visit(Panel::Mturk, &preview), Err(PanelError::Preview));
    }

    #[test]
    fn only_the_hosts_of_mechanical_turk_get_an_assignment() {
        let to = |host: &str| Panel::Mturk.submit_address(&[("turkSubmitTo".to_owned(), host.to_owned())]);
        let sandbox = "https://workersandbox.mturk.com";
        assert_eq!(to(sandbox), Some(format!("{sandbox}/mturk/externalSubmit")));
        assert_eq!(to("https://www.mturk.com/"), Some("https://www.mturk.com/mturk/externalSubmit".into()));
        for other in
            ["https://mturk.com.example", "http://www.mturk.com", "https://www.mturk.com@x.example", ""]
        {
            assert_eq!(to(other), None, "{other}");
        }
    }

    #[test]
    fn the_way_back_has_the_code_and_the_id() {
        let mut recruitment = Recruitment { panel: Panel::Prolific, ..Recruitment::default() };
        let prolific = recruitment.address_back("C1ABC", Some("p"));
        assert_eq!(prolific.as_deref(), Some("https://app.prolific.com/submissions/complete?cc=C1ABC"));
        recruitment.return_address = Some("https://x.sona-systems.com/credit?survey_code={id}".into());
        let sona = recruitment.address_back("C", Some("a b&c"));
        assert_eq!(sona.as_deref(), Some("https://x.sona-systems.com/credit?survey_code=a%20b%26c"));
        assert_eq!(Recruitment::default().address_back("C", None), None);
    }
}
