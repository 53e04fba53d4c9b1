//! Small checked values that name things: hashes, names and slots. A value of these types is always valid.

use std::io::{self, Read};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::Digest;

/// Why a text is not the identity it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Not 64 lower-case hexadecimal digits.
    #[error("`{0}` is not a SHA-256 hash: 64 lower-case hexadecimal digits are needed")]
    Hash(String),
    /// Empty, too long, or with control characters.
    #[error("`{0}` is not a name: 1 to 120 characters without control characters or slashes are needed")]
    Name(String),
    /// Not 1, 2 or 3.
    #[error("{0} is not a slot: 1 (left), 2 (middle) or 3 (right) is needed")]
    Slot(u8),
}

/// Bytes that are hashed at a time. A browser compiles a function anew, and well, only between two calls of
/// it.
const HASHED_BYTES: usize = 1 << 16;

/// A SHA-256 hash, 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9a-f]{64}$"))]
pub struct Sha256(String);

impl Sha256 {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = sha2::Sha256::new();
        bytes.chunks(HASHED_BYTES).for_each(|piece| hasher.update(piece));
        Self(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The hash of all that can be read, a piece at a time.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn of_reader(mut reader: impl Read) -> io::Result<Self> {
        let mut hasher = sha2::Sha256::new();
        let mut piece = vec![0; HASHED_BYTES];
        loop {
            match reader.read(&mut piece) {
                Ok(0) => {
                    return Ok(Self(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()));
                }
                Ok(length) => hasher.update(&piece[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sha256 {
    type Error = IdentityError;
    fn try_from(text: String) -> Result<Self, IdentityError> {
        let valid =
            text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if valid { Ok(Self(text)) } else { Err(IdentityError::Hash(text)) }
    }
}

/// A name of a study, trial, category, condition, model or observer: 1 to 120 characters, fit for a file
/// name's part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("minLength" = 1, "maxLength" = 120))]
pub struct Name(String);

impl Name {
    /// Checks the text.
    pub fn new(text: impl Into<String>) -> Result<Self, IdentityError> {
        Self::try_from(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = IdentityError;
    fn try_from(text: String) -> Result<Self, IdentityError> {
        let length = text.chars().count();
        let valid = (1..=120).contains(&length)
            && !text.chars().any(|c| c.is_control() || c == '/' || c == '\\')
            && text.trim() == text
            && text != "."
            && text != "..";
        if valid { Ok(Self(text)) } else { Err(IdentityError::Name(text)) }
    }
}

/// 64 digits are a name.
impl From<Sha256> for Name {
    fn from(hash: Sha256) -> Self {
        Self(hash.0)
    }
}

/// The slot as a choice: `1`, `2` or `3`.
impl From<Slot> for Name {
    fn from(slot: Slot) -> Self {
        Self(slot.0.to_string())
    }
}

macro_rules! text_like {
    ($name:ident) => {
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl std::str::FromStr for $name {
            type Err = IdentityError;
            fn from_str(text: &str) -> Result<Self, IdentityError> {
                Self::try_from(text.to_owned())
            }
        }
    };
}
text_like!(Sha256);
text_like!(Name);

/// One of the three places of a triplet, counted from 1 at the left, as the keys 1, 2, 3 are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schemars(with = "u8", extend("minimum" = 1, "maximum" = 3))]
pub struct Slot(u8);

impl Slot {
    /// Left, middle, right.
    pub const ALL: [Slot; 3] = [Slot(1), Slot(2), Slot(3)];

    /// The slot at this place of an array: 0, 1 or 2.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Its place in an array: 0, 1 or 2.
    pub fn index(self) -> usize {
        usize::from(self.0) - 1
    }

    /// Its number as people see it: 1, 2 or 3.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Slot {
    type Error = IdentityError;
    fn try_from(number: u8) -> Result<Self, IdentityError> {
        if (1..=3).contains(&number) { Ok(Self(number)) } else { Err(IdentityError::Slot(number)) }
    }
}

impl From<Slot> for u8 {
    fn from(slot: Slot) -> u8 {
        slot.0
    }
}
