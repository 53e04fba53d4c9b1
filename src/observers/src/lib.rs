#![doc = include_str!("../README.md")]

mod decision;
mod observe;
mod source;

pub use decision::{Decision, cosine, decide, is_usable};
pub use observe::{Run, RunError, Taken, observe};
pub use source::{Answer, Conditions, FeatureSource, Picture, answer};
