//! The report for scripts: everything as JSON, or one line a trial as CSV.

use gestalt_protocol::Role;
use gestalt_tables::table::{self, Cell};

use crate::report::{Report, TrialReport};

/// Why a list cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// As JSON.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
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

    /// One line a trial (RFC 4180), inert in spreadsheets; flags are `true` or `false`, unknown is empty.
    pub fn to_csv(&self) -> String {
        table::to_csv(HEADER, self.trials.iter().map(line))
    }
}

fn line(trial: &TrialReport) -> Vec<Cell> {
    use crate::report::Flag;
    let role = match trial.role {
        Role::Test => "test",
        Role::Practice => "practice",
        Role::Catch => "catch",
        Role::Control => "control",
    };
    let [first, second] = trial.pairs.with_intact;
    let between = trial.pairs.between;
    let number = |value: f64| Cell::Number(format!("{value:.6}"));
    let [share_1, share_2] = trial.texture_share.map(|share| share.map_or(Cell::Empty, number));
    let text = |text: &dyn ToString| Cell::Text(text.to_string());
    let flag = |flag: Flag| Cell::Text(trial.flags.contains(&flag).to_string());
    vec![
        text(&trial.id),
        text(&role),
        text(&trial.category),
        text(&trial.condition),
        flag(Flag::KeptWhole),
        flag(Flag::LostTexture),
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
        text(&trial.counted),
    ]
}
