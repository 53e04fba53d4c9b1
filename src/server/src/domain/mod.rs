//! What the server promises, without HTTP and without SQL: who may do what with a study, a session and its rows.

mod app;
mod error;
mod finishing;
mod intake;
mod sessions;
mod studies;

pub(crate) use app::App;
pub(crate) use error::Error;
pub(crate) use sessions::Asked;
pub(crate) use studies::Studies;
pub use studies::{BrokenStudy, StudyFault};
