//! The built site: files as they are, and `index.html` for every address that the page routes itself.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use tower_http::services::ServeDir;

use super::error::HttpError;
use super::headers::{Framing, framed_policy};

/// Endings of files: such an address that is not there is an error, not a page.
const FILE_ENDINGS: [&str; 19] = [
    "js",
    "mjs",
    "wasm",
    "css",
    "json",
    "map",
    "bpk",
    "ndjson",
    "csv",
    "txt",
    "xml",
    "webmanifest",
    "png",
    "webp",
    "jpg",
    "svg",
    "ico",
    "woff2",
    "html",
];

/// What the page is answered from.
struct Site {
    index_file: PathBuf,
    /// By the names of the studies that another site may show in a frame.
    framed: HashMap<String, Framing>,
}

impl Site {
    /// Of the page at this path: that of a study that allows it, and of no other, least of all the lab's.
    fn framing(&self, path: &str) -> Framing {
        let study = path.strip_prefix("/study/").and_then(|name| self.framed.get(name.trim_end_matches('/')));
        study.cloned().unwrap_or_default()
    }
}

/// Everything that is not below `/api`.
pub(crate) fn routes(site_dir: &Path, framed: HashMap<String, Framing>) -> Router {
    let site = Arc::new(Site { index_file: site_dir.join("index.html"), framed });
    let index = get(index).with_state(site);
    let files = ServeDir::new(site_dir)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(index.clone());
    Router::new()
        .route("/", index.clone())
        .route("/index.html", index)
        .fallback_service(files)
        .layer(middleware::from_fn(keep_answers))
}

/// Refuses the study's file, whose codes are paid for, `trials.json`, however it is spelt, and the pictures
/// of trials: no browser may read which image is intact, and the lengths of the files would tell it. The API
/// has both, without answers and with padding.
async fn keep_answers(request: Request, next: Next) -> Response {
    if tells_answers(request.uri().path()) {
        return HttpError::NotFound(
            "this file tells answers or codes, so this server keeps it; /api/studies/{study} has the study \
             without them"
                .into(),
        )
        .into_response();
    }
    next.run(request).await
}

fn tells_answers(path: &str) -> bool {
    let path = percent_decode_str(path).decode_utf8_lossy().to_lowercase();
    let parts: Vec<&str> =
        path.split(['/', '\\']).map(str::trim).filter(|part| !part.is_empty() && *part != ".").collect();
    let of_study = parts.windows(2).any(|pair| pair == ["static", "studies"]);
    let is_file_of_study = of_study
        && parts.last().is_some_and(|name| name.starts_with("study.toml") || name.starts_with("study.json"));
    let is_image = parts.last().is_some_and(|name| name.ends_with(".webp") || name.ends_with(".png"));
    is_file_of_study || parts.iter().any(|part| part.starts_with("trials.json")) || (of_study && is_image)
}

async fn index(State(site): State<Arc<Site>>, request: Request) -> Result<Response, HttpError> {
    let name = request.uri().path().rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    if name != "index.html" && ending.is_some_and(|ending| FILE_ENDINGS.contains(&ending)) {
        return Err(HttpError::NotFound(format!("the site has no file `{name}`")));
    }
    let file = &site.index_file;
    let html = tokio::fs::read_to_string(file).await.map_err(|cause| {
        tracing::warn!(%cause, file = %file.display(), "no site");
        HttpError::NotFound(
            "the site is not built: run `cargo xtask build`, or start with --site FOLDER".into(),
        )
    })?;
    // Read anew each time, because a new build brings a new inline script; the file is a few kilobytes.
    let framing = site.framing(request.uri().path());
    let policy = framed_policy(&inline_script_hashes(&html), &framing);
    Ok(([(CACHE_CONTROL, "no-cache".to_owned()), (CONTENT_SECURITY_POLICY, policy)], Html(html))
        .into_response())
}

/// SHA-256 (base64) of each script that stands in the page itself.
pub(crate) fn inline_script_hashes(html: &str) -> Vec<String> {
    let mut hashes = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find("<script") {
        rest = &rest[start..];
        let Some((tag, after)) = rest.split_once('>') else { break };
        let Some((script, after)) = after.split_once("</script>") else { break };
        if !tag.contains(" src=") {
            hashes.push(BASE64.encode(&Sha256::digest(script.as_bytes())));
        }
        rest = after;
    }
    hashes
}

#[cfg(test)]
mod tests {
    use super::inline_script_hashes;

    #[test]
    fn the_hash_is_that_of_the_inline_script_alone() {
        let page = "<script src=\"/a.js\"></script><script type=\"module\">alert(1)</script><p>";
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert_eq!(inline_script_hashes(page), ["bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI="]);
    }
}
