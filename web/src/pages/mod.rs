//! The pages, one route each.

pub mod compare;
pub mod home;
pub mod models;
pub mod study;
