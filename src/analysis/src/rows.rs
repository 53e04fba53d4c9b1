//! Which rows count: every answer once, whatever arrived twice, was interrupted, or was taken again.

use std::collections::BTreeMap;

use gestalt_protocol::{ObserverKind, Outcome, Role, Row, Rule};
use gestalt_types::{Name, Sha256};
use serde::Serialize;
use uuid::Uuid;

/// Who answered: a person, or a model read in one particular way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Observer {
    /// Person or model.
    pub kind: ObserverKind,
    /// Pseudonym or model name.
    pub name: Name,
    /// Of a model.
    pub weights_hash: Option<Sha256>,
    /// Layer, rule and sparsity of a model: the same weights read in another way are another observer.
    pub reading: Option<String>,
}

impl Observer {
    /// Who gave this row.
    pub fn of(row: &Row) -> Self {
        let readout = &row.readout;
        let reading = readout.layer.as_ref().zip(readout.rule).map(|(layer, rule)| {
            let rule = match rule {
                Rule::MeanDistance => "mean distance",
                Rule::OddPair => "odd pair",
            };
            let sparsity = readout.top_k_fraction.map(|kept| format!(", top {kept}")).unwrap_or_default();
            format!("{layer}, {rule}{sparsity}")
        });
        let (name, weights_hash) = (row.observer.clone(), row.weights_hash.clone());
        Self { kind: row.observer_kind, name, weights_hash, reading }
    }
}

/// Each row id once. Where two copies differ, the scored one is taken; then the one whose text sorts last,
/// so that the order of arrival decides nothing.
pub(crate) fn unique(rows: &[Row]) -> Vec<&Row> {
    let mut by_id: BTreeMap<Uuid, &Row> = BTreeMap::new();
    for row in rows {
        let kept = by_id.entry(row.row_id).or_insert(row);
        if *kept != row {
            let rank = |row: &Row| (row.correct.is_some(), row.to_json().ok());
            if rank(row) > rank(kept) {
                *kept = row;
            }
        }
    }
    by_id.into_values().collect()
}

/// The rows that count, one a session and trial: the last that was not interrupted (by repeat, running
/// number and row id, not by place in the file). Test and catch trials; practice never counts.
pub fn counted(rows: &[Row]) -> Vec<&Row> {
    let mut last: BTreeMap<_, &Row> = BTreeMap::new();
    for row in unique(rows) {
        if row.outcome == Outcome::Interrupted || row.role == Role::Practice {
            continue;
        }
        let key = (Observer::of(row), row.session, &row.trial_set, &row.trial);
        keep_later(last.entry(key).or_insert(row), row);
    }
    last.into_values().collect()
}

fn keep_later<'a>(kept: &mut &'a Row, row: &'a Row) {
    let when = |row: &Row| (row.repeat, row.index, row.row_id);
    if when(row) > when(kept) {
        *kept = row;
    }
}

/// One answer a trial. A model that took a set twice gave the same answers again; counting them twice would
/// make its intervals too narrow. The newest row (UUIDv7) is kept.
pub(crate) fn newest_by_trial<'a>(rows: &[&'a Row]) -> BTreeMap<(&'a Sha256, &'a Name), &'a Row> {
    let mut newest: BTreeMap<_, &Row> = BTreeMap::new();
    for &row in rows {
        let kept = newest.entry((&row.trial_set, &row.trial)).or_insert(row);
        if row.row_id > kept.row_id {
            *kept = row;
        }
    }
    newest
}
