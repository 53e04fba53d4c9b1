//! Generates tokens, pseudonyms, completion codes and seeds.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A secret that whoever knows `key` can make again of `text`, and nobody else: 32 bytes.
pub(crate) fn keyed(key: &str, text: &str) -> [u8; 32] {
    // Nested, so that the hash of a longer text cannot be computed from that of a shorter one.
    let inner = HEXLOWER.encode(&Sha256::digest(format!("{key} {text}").as_bytes()));
    Sha256::digest(format!("{key} {inner}").as_bytes()).into()
}

/// The token and the receipt of the session that this attempt opens.
pub(crate) fn of_attempt(key: &str, attempt: Uuid) -> (String, String) {
    let token = keyed(key, &format!("token {attempt}"));
    let receipt = keyed(key, &format!("receipt {attempt}"));
    (BASE64URL_NOPAD.encode(&token), BASE32_NOPAD.encode(&receipt[..16]).to_lowercase())
}

/// 32 random bytes as text. Only [`hash`] of it is stored.
pub(crate) fn token() -> Result<String, getrandom::Error> {
    Ok(BASE64URL_NOPAD.encode(&random::<32>()?))
}

/// A participant's receipt: 26 letters and digits, which can be written down. Only [`hash`] of it is stored.
pub(crate) fn receipt() -> Result<String, getrandom::Error> {
    Ok(BASE32_NOPAD.encode(&random::<16>()?).to_lowercase())
}

/// SHA-256 of a token or receipt. A plain hash suffices, because they have 256 and 128 random bits.
pub(crate) fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// A participant's pseudonym: `p-` and 8 letters or digits.
pub(crate) fn pseudonym() -> Result<String, getrandom::Error> {
    Ok(format!("p-{}", BASE32_NOPAD.encode(&random::<5>()?).to_lowercase()))
}

/// A completion code: `GL-` and 6 letters or digits.
pub(crate) fn completion_code() -> Result<String, getrandom::Error> {
    Ok(format!("GL-{}", &BASE32_NOPAD.encode(&random::<5>()?)[..6]))
}

/// Names a fault in an answer and in the log. Where there are no random numbers, the fault is named all the
/// same.
pub(crate) fn error_id() -> String {
    random::<5>().map_or_else(|_| "no-random".into(), |bytes| BASE32_NOPAD.encode(&bytes).to_lowercase())
}

/// A seed below 2^53, which every reader of JSON keeps exactly.
pub(crate) fn seed() -> Result<u64, getrandom::Error> {
    Ok(u64::from_le_bytes(random()?) >> 11)
}

fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
