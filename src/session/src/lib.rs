#![doc = include_str!("../README.md")]

mod course;
mod delivery;
mod plan;
mod refresh;
mod simulated;
mod trial;

pub use course::{Course, Phase, Surroundings, View};
pub use delivery::{Fate, StoredRow, decided, ndjson, next_batch, wait_ms};
pub use plan::{Plan, PlanError};
pub use refresh::RefreshRate;
pub use simulated::{SimulatedPerson, simulate};
