//! What the lab does: sign in, look at its studies and their people, pause and close, and export.

mod codebook;
mod keys;
mod participants;
mod studies;

pub(crate) use codebook::codebook_csv;
pub(crate) use keys::Credentials;
