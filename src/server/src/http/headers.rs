//! Headers of every response: who may embed it, what it may run, how long it may be cached.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::limits::Counters;

/// For what never changes under its address.
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The two `Cross-Origin` policies isolate the page, which makes the browser's clock step 5 µs instead of
/// 100 µs.
pub(crate) const ALWAYS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Who may show a page in a frame, and where it may submit forms.
#[derive(Debug, Clone, Default)]
pub(crate) struct Framing {
    /// Sites that may frame it.
    pub(crate) ancestors: Vec<String>,
    /// Sites besides this one that take its forms.
    pub(crate) forms: Vec<String>,
}

/// What the page and its workers may load and run. Everything comes from this server.
///
/// `script_hashes` admits inline scripts by their content: the site has one, which starts the page's module,
/// and a hash admits that one where `unsafe-inline` would admit any. `wasm-unsafe-eval` compiles WebAssembly
/// and nothing else. Styles may be inline because plots (SVG) and measured layouts carry `style` attributes.
/// `blob:` serves workers and local photographs.
///
/// No other site may show the page in a frame.
pub(crate) fn content_security_policy(script_hashes: &[String]) -> String {
    framed_policy(script_hashes, &Framing::default())
}

/// The same for the page of a study that other sites may show in a frame.
pub(super) fn framed_policy(script_hashes: &[String], framing: &Framing) -> String {
    let sites =
        |sites: &[String], none: &str| if sites.is_empty() { none.to_owned() } else { sites.join(" ") };
    let ancestors = sites(&framing.ancestors, "'none'");
    let forms: String = framing.forms.iter().map(|site| format!(" {site}")).collect();
    let hashes: String = script_hashes.iter().map(|hash| format!(" 'sha256-{hash}'")).collect();
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{hashes}; worker-src 'self' blob:; \
         style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' data: blob:; \
         object-src 'none'; base-uri 'self'; form-action 'self'{forms}; frame-ancestors {ancestors}"
    )
}

/// A year, on this host only.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds the headers that a response does not set itself.
pub(super) async fn add(State(counters): State<Arc<Counters>>, request: Request, next: Next) -> Response {
    let is_tls = counters.proxies.is_tls(request.extensions().get(), request.headers());
    let path = request.uri().path();
    let cache = if path.starts_with("/api/") {
        "no-store"
    } else if is_hashed(path) {
        IMMUTABLE
    } else {
        "no-cache"
    };
    let mut response = next.run(request).await;
    // An error under a hashed name must not be kept.
    let cache = if response.status().is_success() { cache } else { "no-store" };
    let headers = response.headers_mut();
    if is_tls {
        default(headers, header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    for (name, value) in ALWAYS {
        default(headers, name, HeaderValue::from_static(value));
    }
    default(headers, header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&[])) {
        default(headers, header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

/// The name carries a hash of the content: the site has `name-<16 digits>.js` and `…_bg.wasm`, a trial set
/// `<64 digits>.webp`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches("_bg");
    let digits = stem.rsplit('-').next().unwrap_or_default();
    matches!(digits.len(), 16 | 64) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_names_with_a_hash_are_kept_for_good() {
        let hash = "a1".repeat(32);
        for name in ["/web-0123456789abcdef.js", "/web-0123456789abcdef_bg.wasm", &format!("/x/{hash}.webp")]
        {
            assert!(is_hashed(name), "{name}");
        }
        for name in ["/", "/index.html", "/study/demo-one", "/models/vit/weights.bpk", "/worker.js"] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
