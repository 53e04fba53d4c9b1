//! `[[groups]]`: groups between participants. Each is the study with some values replaced.

use gestalt_types::{Name, json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::checks::Checks;
use super::{Mistake, Study, StudyError};

/// The sections that a group may change.
const MAY_CHANGE: [&str; 3] = ["trials", "timing", "display"];

/// One group of participants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// In exports.
    pub name: Name,
    /// Its share of the participants, relative to the other groups.
    #[serde(default = "one")]
    pub weight: u32,
    /// The values that are different, by section and key.
    #[serde(default, rename = "override")]
    pub changes: serde_json::Map<String, Value>,
}

fn one() -> u32 {
    1
}

impl Study {
    /// The study as this group takes it. What a group changes was checked when the study was read.
    ///
    /// # Errors
    /// When there is no such group.
    pub fn of_group(&self, name: &Name) -> Result<Self, StudyError> {
        let group = self.groups.iter().find(|group| group.name == *name);
        let group = group.ok_or_else(|| Mistake::new("groups", format!("there is no group `{name}`")))?;
        self.changed(group)
    }

    fn changed(&self, group: &Group) -> Result<Self, StudyError> {
        let mut whole = Self { groups: Vec::new(), ..self.clone() };
        let mut value = serde_json::to_value(&whole).map_err(|error| Mistake::new("", error.to_string()))?;
        for (section, changes) in &group.changes {
            merge(&mut value[section], changes);
        }
        whole = json::from_value(&value)?;
        Ok(whole)
    }

    pub(super) fn check_groups(&self, checks: &mut Checks) {
        for (place, group) in self.groups.iter().enumerate() {
            let at = format!("groups.{place}");
            if self.groups.iter().filter(|other| other.name == group.name).count() > 1 {
                checks.wrong(format!("{at}.name"), format!("`{}` is the name of two groups", group.name));
            }
            if !(1..=1000).contains(&group.weight) {
                checks.wrong(format!("{at}.weight"), "1 to 1000 is needed");
            }
            for section in group.changes.keys().filter(|key| !MAY_CHANGE.contains(&key.as_str())) {
                let reason = format!("a group may change {} only", MAY_CHANGE.join(", "));
                checks.wrong(format!("{at}.override.{section}"), reason);
            }
            // What is wrong with the study itself was noted before.
            if self.with_own_checks().is_ok()
                && let Err(error) = self.changed(group).and_then(|changed| changed.check())
            {
                for mistake in error.mistakes() {
                    checks.wrong(format!("{at}.override.{}", mistake.field), mistake.reason.clone());
                }
            }
        }
    }
}

/// Puts the changes into a value, key by key.
fn merge(value: &mut Value, changes: &Value) {
    match (value, changes) {
        (Value::Object(value), Value::Object(changes)) => {
            for (key, change) in changes {
                merge(value.entry(key.clone()).or_insert(Value::Null), change);
            }
        }
        (value, change) => *value = change.clone(),
    }
}
