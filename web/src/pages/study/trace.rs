//! How far a participant is among the steps, and what the steps recorded, in the browser's storage until the
//! server has it.

use gestalt_protocol::study::{Language, PanelVisit, StepContent, StepRecord};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::browser::local_storage;
use crate::display::Calibrated;

/// What is kept of a session besides its rows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Trace {
    /// The place of the step that was shown last.
    pub step: Option<usize>,
    /// The language that was chosen.
    pub language: Option<Language>,
    /// Who came from a panel. Kept in this browser, for the way back; never in a row.
    #[serde(default)]
    pub panel: Option<PanelVisit>,
    /// Where Mechanical Turk wants the finished assignment.
    #[serde(default)]
    pub submit_address: Option<String>,
    /// What the steps recorded.
    pub records: Vec<Kept>,
}

/// A record, and whether the server has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What was recorded.
    pub record: StepRecord,
    /// The server has it, or has refused it for good.
    pub is_settled: bool,
}

impl Trace {
    /// Takes a record in, in place of an earlier one of the same step.
    pub fn add(&mut self, record: StepRecord) {
        self.records.retain(|kept| kept.record.step != record.step);
        self.records.push(Kept { record, is_settled: false });
    }

    /// The oldest record that the server does not have.
    pub fn unsettled(&self) -> Option<&StepRecord> {
        self.records.iter().find(|kept| !kept.is_settled).map(|kept| &kept.record)
    }

    /// Number of records that the server does not have.
    pub fn waiting(&self) -> usize {
        self.records.iter().filter(|kept| !kept.is_settled).count()
    }

    /// The server has this record, unless it was replaced meanwhile.
    pub fn settle(&mut self, record: &StepRecord) {
        for kept in &mut self.records {
            kept.is_settled |= kept.record == *record;
        }
    }

    /// What the calibration step measured.
    pub fn calibrated(&self) -> Option<Calibrated> {
        self.records.iter().rev().find_map(|kept| match kept.record.content {
            StepContent::Calibration { px_per_mm, viewing_distance_mm } => {
                Some(Calibrated { px_per_mm, viewing_distance_mm })
            }
            _ => None,
        })
    }
}

/// What is kept of this session.
pub fn read(session: Uuid) -> Trace {
    let text = local_storage().and_then(|storage| storage.get_item(&key(session)).ok().flatten());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Keeps it. A browser that keeps nothing loses it with the page.
pub fn write(session: Uuid, trace: &Trace) {
    if let (Some(storage), Ok(text)) = (local_storage(), serde_json::to_string(trace)) {
        let _ = storage.set_item(&key(session), &text);
    }
}

/// Forgets it.
pub fn erase(session: Uuid) {
    if let Some(storage) = local_storage() {
        let _ = storage.remove_item(&key(session));
    }
}

fn key(session: Uuid) -> String {
    format!("steps/{session}")
}
