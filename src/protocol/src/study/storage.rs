//! `[storage]`: what happens where the browser cannot keep answers, and who can read a rescue file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a session does in a browser that keeps nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WithoutIndexedDb {
    /// Each answer goes straight to the server; a closed page loses what was not sent.
    #[default]
    SendDirectly,
    /// The participant is told before the start that this browser cannot be used.
    Refuse,
}

/// How answers are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// In a browser that keeps nothing.
    pub without_indexeddb: WithoutIndexedDb,
    /// Public key (age) to which a rescue file is encrypted; null for no rescue file.
    pub rescue_key: Option<String>,
}
