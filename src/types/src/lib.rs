#![doc = include_str!("../README.md")]

pub mod canonical;
mod field_error;
mod identity;
pub mod json;
pub mod random;
pub mod text;
mod utc_time;

pub use field_error::FieldError;
pub use identity::{IdentityError, Name, Sha256, Slot};
pub use utc_time::{NoTime, UtcTime};
