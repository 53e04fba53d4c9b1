#![doc = include_str!("../README.md")]

mod clock;
pub mod command;
mod config;
mod domain;
mod http;
mod idle;
pub mod keys_command;
mod seats;
mod secrets;
mod server;
pub mod static_site;
mod store;

pub use config::{Config, Limits};
pub use domain::{BrokenStudy, StudyFault};
pub use server::{Server, StartError, stop_signal};
pub use store::OpenError;
