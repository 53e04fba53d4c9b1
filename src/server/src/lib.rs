#![doc = include_str!("../README.md")]

mod api;
mod config;
mod error;
mod headers;
mod intake;
mod secrets;
mod server;
mod site;
mod store;
mod studies;

pub use config::Config;
pub use server::{Server, StartError, stop_signal};
pub use store::StoreError;
pub use studies::{BrokenStudy, StudyFault};
