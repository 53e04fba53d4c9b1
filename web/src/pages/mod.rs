//! The pages, one route each.

pub mod compare;
pub mod credits;
pub mod home;
pub mod lab;
pub mod look;
pub mod models;
pub mod study;
pub mod withdraw;
