//! Pictures that are here, verified and decoded before they can be seen.

use std::collections::HashMap;

use gestalt_protocol::image_content;
use gestalt_session::wait_ms;
use gestalt_types::Sha256;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlImageElement, Url};

use crate::browser::error_text;
use crate::server;

/// How often a download or a decoding is tried, with growing waits between.
const ATTEMPTS: u32 = 5;

/// A picture that cannot be shown.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ImageError {
    /// It did not arrive.
    #[error("picture {url}: {reason}")]
    Missing {
        /// Its address.
        url: String,
        /// What happened.
        reason: String,
    },
    /// Its content is not what the trial set states.
    #[error(
        "picture {url} is not the file that the trial set names: its hash is {actual}; the study's files were \
         changed, ask those who run it"
    )]
    Changed {
        /// Its address.
        url: String,
        /// Of its content.
        actual: Sha256,
    },
    /// The browser cannot decode it.
    #[error(
        "picture {url} cannot be decoded ({reason}); try a current version of Chrome, Edge, Firefox or Safari"
    )]
    Undecodable {
        /// Its address.
        url: String,
        /// What the browser said.
        reason: String,
    },
}

/// Pictures in memory. Dropping them frees it.
#[derive(Default)]
pub struct Pictures {
    by_hash: HashMap<Sha256, Picture>,
}

/// One picture, verified and decoded.
pub struct Picture {
    url: String,
    /// Keeps the decoded picture in the browser's cache.
    _element: HtmlImageElement,
}

impl Drop for Picture {
    fn drop(&mut self) {
        // Fails only for an address that is no address.
        let _ = Url::revoke_object_url(&self.url);
    }
}

impl Pictures {
    /// Address of a picture in memory.
    pub fn url(&self, hash: &Sha256) -> Option<&str> {
        self.by_hash.get(hash).map(|picture| picture.url.as_str())
    }

    /// Keeps a picture.
    pub fn keep(&mut self, hash: Sha256, picture: Picture) {
        self.by_hash.insert(hash, picture);
    }
}

/// Fetches, verifies and decodes a picture. `wait` is waited for before anything is done with what was
/// fetched.
///
/// # Errors
/// When the picture cannot be had, after several attempts.
pub async fn load_picture(hash: &Sha256, url: &str, wait: impl AsyncFn()) -> Result<Picture, ImageError> {
    let bytes = fetch(hash, url, &wait).await?;
    let picture = decode(&bytes).await;
    picture.map_err(|error| ImageError::Undecodable { url: url.to_owned(), reason: error_text(&error) })
}

/// A network that fails once, a server that is restarted or a proxy that cuts a file short is asked again.
async fn fetch(hash: &Sha256, url: &str, wait: &impl AsyncFn()) -> Result<Vec<u8>, ImageError> {
    let mut failures = 0;
    loop {
        let fetched = server::file(url).await;
        wait().await;
        let (error, may_pass) = match fetched {
            Ok(bytes) => match Sha256::of(image_content(&bytes)) {
                actual if actual == *hash => return Ok(bytes),
                actual => (ImageError::Changed { url: url.to_owned(), actual }, failures == 0),
            },
            Err(error) => {
                let may_pass = error.is_passing();
                (ImageError::Missing { url: url.to_owned(), reason: error.to_string() }, may_pass)
            }
        };
        failures += 1;
        if !may_pass || failures >= ATTEMPTS {
            return Err(error);
        }
        TimeoutFuture::new(wait_ms(failures, js_sys::Math::random())).await;
    }
}

async fn decode(bytes: &[u8]) -> Result<Picture, JsValue> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes)))?;
    let element = HtmlImageElement::new()?;
    let picture = Picture { url: Url::create_object_url_with_blob(&blob)?, _element: element.clone() };
    element.set_src(&picture.url);
    decoded(&element).await?;
    Ok(picture)
}

/// Waits until the element's picture is decoded. Browsers reject a decoding now and then, under memory
/// pressure for example, without anything being wrong with the picture: it is tried again.
pub async fn decoded(element: &HtmlImageElement) -> Result<(), JsValue> {
    let mut failures = 0;
    loop {
        match JsFuture::from(element.decode()).await {
            Ok(_) => return Ok(()),
            Err(error) if failures + 1 >= ATTEMPTS => return Err(error),
            Err(_) => failures += 1,
        }
        TimeoutFuture::new(20 * failures * failures).await;
    }
}
