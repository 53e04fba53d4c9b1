#![doc = include_str!("../README.md")]

mod batch;
mod checkpoint;
pub mod compare;
mod curve;
mod data;
mod error;
mod init;
mod objective;
mod objectives;
mod pool;
mod publish;
mod recipe;
mod run;
mod schedule;

pub use data::Data;
pub use error::TrainError;
pub use objectives::ObjectiveConfig;
pub use recipe::Recipe;
pub use run::{Progress, run};
pub use schedule::Schedule;
