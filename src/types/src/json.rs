//! The one way to read JSON that somebody else wrote: the error names the field.

use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Value};

use crate::{FieldError, text};

/// Reads a value from the bytes of a JSON document, UTF-8 or UTF-16, with or without a byte order mark.
///
/// # Errors
/// When the bytes are no JSON, a field is missing, unknown or of another type, or something follows the
/// document.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FieldError> {
    let text = text::decode(bytes).map_err(|error| FieldError::new(".", error.to_string()))?;
    let mut reader = Deserializer::from_str(&text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(FieldError::from_json)?;
    reader.end().map_err(|error| FieldError::new(".", error.to_string()))?;
    Ok(value)
}

/// Reads a value from JSON that was parsed before.
///
/// # Errors
/// When a field is missing, unknown or of another type.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, FieldError> {
    serde_path_to_error::deserialize(value).map_err(FieldError::from_json)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        inner: Inner,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        width_px: u32,
    }

    #[test]
    fn the_error_names_the_field() {
        let field = |text: &str| read::<Outer>(text.as_bytes()).unwrap_err().field;
        assert_eq!(field(r#"{"inner": {"width_px": -1}}"#), "inner.width_px");
        assert_eq!(field(r#"{"inner": {}}"#), "inner.width_px");
        assert_eq!(field(r#"{}"#), "inner");
        assert_eq!(field(r#"{"inner": {"width_px": 1}, "other": 2}"#), "other");
        assert_eq!(read::<Outer>(br#"{"inner": {"width_px": 1}}"#).unwrap().inner.width_px, 1);
    }

    #[test]
    fn a_byte_order_mark_is_no_error() {
        let marked = b"\xef\xbb\xbf{\"width_px\": 1}\r\n";
        assert_eq!(read::<Inner>(marked).unwrap().width_px, 1);
    }

    #[test]
    fn what_follows_the_document_is_an_error() {
        assert!(read::<Inner>(br#"{"width_px": 1} x"#).is_err());
    }
}
