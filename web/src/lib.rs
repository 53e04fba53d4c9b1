//! What the page and its outbox worker share.

pub mod request;
