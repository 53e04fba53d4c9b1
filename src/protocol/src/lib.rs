#![doc = include_str!("../README.md")]

pub mod api;
mod encoding;
pub mod inference;
pub mod lab;
mod made;
mod presentation;
mod readout;
mod release;
mod row;
mod row_asked;
mod row_check;
mod row_score;
mod row_v1;
mod session_facts;
mod showing;
pub mod study;
mod trial_set;
mod wholeness;

pub use encoding::{Encoding, image_content};
pub use made::{Made, MadeCondition};
pub use presentation::{Identity, Presentation, Response, slots};
pub use readout::{Device, Readout, Rule};
pub use release::{AnswerRelease, Release};
pub use row::{MAX_CHOICES, ObserverKind, Outcome, ROW_VERSION, Row, row_schema, slot_choices};
pub use row_asked::RowTask;
pub use session_facts::{CATCH_CORRECT_BELOW, SessionFacts};
pub use showing::{
    InputDevice, Interruption, MAX_OTHER_PRESSES, Orientation, OtherPress, PressClock, PressKind, Showing,
};
pub use study::{Localised, Prompt, SecondLook, Study, StudyError, Timing, TimingBounds};
pub use trial_set::{
    ImageEntry, PresentedSet, PresentedTrial, Role, TRIAL_SET_VERSION, Task, Trial, TrialSet, TrialSetError,
};
pub use wholeness::{
    JudgeResult, ScaleWholeness, Sight, WHOLENESS_BOUND, WHOLENESS_FILE, Wholeness, is_local_only,
};
