//! Whether a row fits its place in the session's plan: the trial, its block, its repeat, its pictures in
//! their slots, and the times.

use gestalt_protocol::{ObserverKind, Outcome, Row, RowTask, Study, Timing, Trial};
use gestalt_types::FieldError;

use super::session_plan::Planned;

/// The most times that one trial is shown in a session.
const MAX_REPEAT: u32 = 50;
/// What rounding may add to a reaction time, in ms.
const ROUNDING_MS: f64 = 1.0;
/// Frames are whole: a duration may come out shorter than planned by half a refresh, at 50 Hz 10 ms of 100.
const SHORTEST_SHARE: f64 = 0.9;

/// Holds a row to its place. `seed` is the session's.
pub(super) fn check(
    row: &Row,
    task: RowTask,
    trial: &Trial,
    planned: Planned,
    study: &Study,
    seed: u64,
) -> Result<(), FieldError> {
    if row.role != trial.role {
        return Err(FieldError::new("role", format!("is not that of trial `{}`", trial.id)));
    }
    same("category", &row.category, &trial.category)?;
    same("condition", &row.condition, &trial.condition)?;
    if !planned.at.allows(row.block) {
        return Err(FieldError::new("block", format!("trial `{}` is not in block {}", trial.id, row.block)));
    }
    let most = if row.observer_kind == ObserverKind::Model { 0 } else { MAX_REPEAT };
    if row.repeat > most {
        return Err(FieldError::new("repeat", format!("at most {most} is needed here")));
    }
    if row.shown[..] != planned.slots(trial, seed, row.repeat) {
        let reason = format!("this session shows trial `{}` with other images or in another order", trial.id);
        return Err(FieldError::new("shown", reason));
    }
    if row.task != task {
        return Err(FieldError::new("task", "is not that of this trial set"));
    }
    if row.prompt.is_some_and(|prompt| prompt != study.trials.prompt) {
        return Err(FieldError::new("prompt", "is not that of this study"));
    }
    let deadline_ms = study.timing.deadline_ms;
    match row.reaction_time_ms {
        Some(ms) if ms > deadline_ms + ROUNDING_MS => Err(FieldError::new(
            "reaction_time_ms",
            format!("{ms} is after the deadline of {deadline_ms} ms"),
        )),
        _ => Ok(()),
    }
}

/// The time that this row's trial took at least, in ms; 0 where it was interrupted, and for models.
pub(super) fn least_ms(row: &Row, timing: &Timing) -> u64 {
    if row.observer_kind == ObserverKind::Model {
        return 0;
    }
    let planned_ms = match row.outcome {
        Outcome::Missed => timing.placeholder_ms + timing.deadline_ms,
        Outcome::Answered => timing.placeholder_ms + timing.exposure_ms,
        Outcome::Interrupted | Outcome::Tie | Outcome::NonFinite => 0.0,
    };
    // A study's durations are at most 600,000 ms.
    (planned_ms * SHORTEST_SHARE) as u64
}

/// This field has to have this value.
pub(super) fn same<T: PartialEq + std::fmt::Display>(
    field: &str,
    found: &T,
    needed: &T,
) -> Result<(), FieldError> {
    if found == needed {
        return Ok(());
    }
    Err(FieldError::new(field, format!("is `{found}`, `{needed}` is needed here")))
}
