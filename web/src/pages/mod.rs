//! The pages, one route each.

pub mod compare;
pub mod home;
pub mod look;
pub mod models;
pub mod study;
