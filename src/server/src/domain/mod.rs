//! What the server promises, without HTTP and without SQL: who may do what with a study, a session and its
//! rows.

mod app;
mod error;
mod finishing;
mod intake;
mod lab;
mod opening;
mod own_session;
mod padding;
mod place;
mod recruitment;
mod session_plan;
mod sessions;
mod snapshot;
mod step_records;
mod studies;

pub(crate) use app::App;
pub(crate) use error::Error;
pub(crate) use lab::{Credentials, codebook_csv};
pub(crate) use own_session::Asked;
pub(crate) use studies::Studies;
pub use studies::{BrokenStudy, StudyFault};
