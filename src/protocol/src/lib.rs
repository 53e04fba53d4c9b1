#![doc = include_str!("../README.md")]

pub mod api;
mod csv;
mod encoding;
pub mod inference;
mod made;
mod presentation;
mod release;
mod row;
mod row_check;
mod rows;
mod showing;
pub mod study;
mod trial_set;

pub use encoding::{Encoding, image_content};
pub use made::{Made, MadeCondition};
pub use presentation::{Identity, Presentation, Response, slots};
pub use release::{AnswerRelease, Release};
pub use row::{Device, ObserverKind, Outcome, ROW_VERSION, Reading, Row, Rule};
pub use rows::{Rows, row_schema};
pub use showing::{
    InputDevice, Interruption, MAX_OTHER_PRESSES, Orientation, OtherPress, PressClock, PressKind, Showing,
};
pub use study::{Localised, SecondLook, Study, StudyError, Timing, TimingBounds};
pub use trial_set::{
    ImageEntry, PresentedSet, PresentedTrial, Role, TRIAL_SET_VERSION, Task, Trial, TrialSet, TrialSetError,
};
