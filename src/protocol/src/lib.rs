#![doc = include_str!("../README.md")]

pub mod api;
mod canonical;
mod csv;
mod identity;
pub mod inference;
pub mod order;
mod presentation;
mod row;
mod row_check;
mod study;
mod trial_set;

pub use identity::{IdentityError, Name, Sha256, Slot};
pub use presentation::{Identity, Presentation, Response};
pub use row::{
    Device, InputDevice, ObserverKind, Outcome, ROW_VERSION, Reading, Row, Rows, Rule, Showing, row_schema,
};
pub use row_check::FieldError;
pub use study::{Study, StudyError, Timing};
pub use trial_set::{
    Encoding, ImageEntry, Made, PresentedSet, PresentedTrial, Role, TRIAL_SET_VERSION, Task, Trial, TrialSet,
    TrialSetError,
};
