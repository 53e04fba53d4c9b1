#![doc = include_str!("../README.md")]

pub mod command;
mod config;
mod domain;
mod http;
mod secrets;
mod server;
mod store;

pub use config::Config;
pub use domain::{BrokenStudy, StudyFault};
pub use server::{Server, StartError, stop_signal};
pub use store::OpenError;
