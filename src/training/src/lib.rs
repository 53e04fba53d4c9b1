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
pub mod probe;
mod publish;
mod recipe;
mod run;
mod schedule;
mod start;

pub use data::{Data, FigureSet};
pub use error::TrainError;
pub use objectives::ObjectiveConfig;
pub use recipe::Recipe;
pub use run::{Progress, run};
pub use schedule::Schedule;
