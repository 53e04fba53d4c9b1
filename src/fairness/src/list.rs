//! The report for scripts: everything as JSON, or one line a trial as CSV.

use gestalt_protocol::Role;

use crate::report::{Report, TrialReport};

/// Why a list cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// As JSON.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// As CSV.
    #[error("the report cannot be written as CSV: {0}")]
    Csv(#[from] csv::Error),
}

const HEADER: [&str; 20] = [
    "trial",
    "role",
    "category",
    "condition",
    "kept_whole",
    "lost_texture",
    "severity",
    "texture_distance_1",
    "texture_distance_2",
    "texture_distance_between",
    "texture_share_1",
    "texture_share_2",
    "kept_in_place_1",
    "kept_in_place_2",
    "kept_together_1",
    "kept_together_2",
    "layout_r_1",
    "layout_r_2",
    "layout_r_between",
    "counted",
];

impl Report {
    /// The whole report as JSON, indented.
    pub fn to_json(&self) -> Result<String, ListError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// One line a trial (RFC 4180); flags are `true` or `false`, unknown is empty.
    pub fn to_csv(&self) -> Result<String, ListError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(HEADER)?;
        for trial in &self.trials {
            writer.write_record(line(trial))?;
        }
        let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn line(trial: &TrialReport) -> [String; 20] {
    use crate::report::Flag;
    let role = match trial.role {
        Role::Test => "test",
        Role::Practice => "practice",
        Role::Catch => "catch",
        Role::Control => "control",
    };
    let [first, second] = trial.pairs.with_intact;
    let between = trial.pairs.between;
    let [share_1, share_2] =
        trial.texture_share.map(|share| share.map(|v| format!("{v:.6}")).unwrap_or_default());
    let number = |value: f64| format!("{value:.6}");
    [
        trial.id.to_string(),
        role.to_owned(),
        trial.category.to_string(),
        trial.condition.to_string(),
        trial.flags.contains(&Flag::KeptWhole).to_string(),
        trial.flags.contains(&Flag::LostTexture).to_string(),
        number(trial.severity),
        number(first.texture_distance),
        number(second.texture_distance),
        number(between.texture_distance),
        share_1,
        share_2,
        number(first.kept_in_place),
        number(second.kept_in_place),
        number(first.kept_whole),
        number(second.kept_whole),
        number(first.layout_r),
        number(second.layout_r),
        number(between.layout_r),
        trial.counted.to_string(),
    ]
}
