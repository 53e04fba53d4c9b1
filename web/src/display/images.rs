//! Pictures that are here, whole and decoded before a block begins.

use std::collections::HashMap;

use futures::stream::{self, StreamExt};
use gestalt_protocol::image_content;
use gestalt_types::Sha256;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlImageElement, Url};

use crate::browser::error_text;
use crate::server;

/// Downloads at a time.
const PARALLEL: usize = 6;

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
        "picture {url} is not the file that the trial set names: its hash is {actual}; the study's files were changed, ask those who run it"
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

struct Picture {
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
    /// Fetches, verifies and decodes these pictures; `on_progress` hears how many are ready.
    pub async fn load(
        wanted: Vec<(Sha256, String)>,
        on_progress: impl Fn(usize),
    ) -> Result<Self, ImageError> {
        let mut pictures = Self::default();
        let mut loading = stream::iter(wanted).map(|(hash, url)| load(hash, url)).buffer_unordered(PARALLEL);
        while let Some(loaded) = loading.next().await {
            let (hash, picture) = loaded?;
            pictures.by_hash.insert(hash, picture);
            on_progress(pictures.by_hash.len());
        }
        Ok(pictures)
    }

    /// Address of a picture in memory.
    pub fn url(&self, hash: &Sha256) -> Option<&str> {
        self.by_hash.get(hash).map(|picture| picture.url.as_str())
    }
}

async fn load(hash: Sha256, url: String) -> Result<(Sha256, Picture), ImageError> {
    let bytes = server::file(&url)
        .await
        .map_err(|error| ImageError::Missing { url: url.clone(), reason: error.to_string() })?;
    let actual = Sha256::of(image_content(&bytes));
    if actual != hash {
        return Err(ImageError::Changed { url, actual });
    }
    let picture = decode(&bytes).await;
    let picture =
        picture.map_err(|error| ImageError::Undecodable { url: url.clone(), reason: error_text(&error) })?;
    Ok((hash, picture))
}

async fn decode(bytes: &[u8]) -> Result<Picture, JsValue> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes)))?;
    let element = HtmlImageElement::new()?;
    let picture = Picture { url: Url::create_object_url_with_blob(&blob)?, _element: element.clone() };
    element.set_src(&picture.url);
    JsFuture::from(element.decode()).await?;
    Ok(picture)
}
