//! The part of the helper that its tests share: the table of who may import whom.

pub mod rooms;
