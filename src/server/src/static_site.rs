//! The built site as files that any host of plain files can serve, at the root of a host or below a path.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::http::{ALWAYS, IMMUTABLE, content_security_policy, inline_script_hashes};

/// The page of the site, which routes every address.
const INDEX: &str = "index.html";
/// How the page says where the site lives.
const BASE_TAG: &str = "<base href=\"/\">";
/// The policy of the page goes before its first tag that loads something.
const HEAD: &str = "<meta charset=\"utf-8\">";
/// Folders of these pages get the page too: a host answers them with a file, and not with an error.
const PAGES: [&str; 6] = ["models", "compare", "look", "credits", "lab", "withdraw"];
/// Endings of files that compression makes smaller.
const COMPRESSIBLE: [&str; 7] = ["wasm", "js", "css", "html", "json", "svg", "webmanifest"];
/// Smaller files cost as much packed.
const LEAST_BYTES: usize = 1024;

/// The path at which a site is served: `/`, or `/repo/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasePath(String);

/// A text that is no such path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no path of a site: give `/`, or a path such as /repo/ of letters, digits, `-`, `_`, `.` and `~`"
)]
pub struct NoBasePath(String);

impl FromStr for BasePath {
    type Err = NoBasePath;

    fn from_str(text: &str) -> Result<Self, NoBasePath> {
        let inner = text.trim_matches('/');
        let is_part = |part: &str| {
            !part.is_empty()
                && part != ".."
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
        };
        match inner {
            "" if text.is_empty() || text == "/" => Ok(Self("/".to_owned())),
            _ if inner.split('/').all(is_part) => Ok(Self(format!("/{inner}/"))),
            _ => Err(NoBasePath(text.to_owned())),
        }
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a site cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no site.
    #[error("{} is no built site: {reason}; build it with `cargo xtask build`, or give another --site", site.display())]
    NoSite {
        /// Where it was sought.
        site: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// Number of files.
    pub files: usize,
    /// Their length together, in bytes.
    pub bytes: u64,
}

/// Writes the site into the empty folder `out`, whose content is then served at `base`.
///
/// Beside the files of the site there are the page for every address that has no file (`404.html`), a
/// compressed twin of every text and wasm file, the headers of every answer for hosts that read `_headers`,
/// and `.nojekyll`, without which GitHub leaves files out. A host without headers of its own gets the page's
/// policy in the page.
///
/// # Errors
/// When the site is not built, or a file cannot be read or written.
pub fn export(site: &Path, base: &BasePath, out: &Path) -> Result<Exported, ExportError> {
    let no_site = |reason: String| ExportError::NoSite { site: site.to_owned(), reason };
    let template =
        fs::read_to_string(site.join(INDEX)).map_err(|error| no_site(format!("{INDEX}: {error}")))?;
    let page = page(&template, base).map_err(no_site)?;
    let mut written = Exported::default();
    let mut put = |name: &Path, bytes: &[u8]| {
        let twins = twins(name, bytes).map_err(|error| ExportError::Io { path: name.to_owned(), error })?;
        for (name, bytes) in
            std::iter::once((name.to_owned(), bytes)).chain(twins.iter().map(|(n, b)| (n.clone(), &b[..])))
        {
            let path = out.join(name);
            let made =
                path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes));
            made.map_err(|error| ExportError::Io { path, error })?;
            written.files += 1;
            written.bytes += bytes.len() as u64;
        }
        Ok(())
    };
    for name in files(site)? {
        if name != Path::new(INDEX) && !is_twin(&name) {
            let path = site.join(&name);
            let bytes = fs::read(&path).map_err(|error| ExportError::Io { path, error })?;
            put(&name, &bytes)?;
        }
    }
    for name in pages(site) {
        put(&name, page.as_bytes())?;
    }
    put(Path::new("_headers"), headers(&page, base).as_bytes())?;
    put(Path::new(".nojekyll"), b"")?;
    Ok(written)
}

/// The page at `base`, with its policy.
fn page(template: &str, base: &BasePath) -> Result<String, String> {
    if !template.contains(BASE_TAG) || !template.contains(HEAD) {
        return Err(format!("{INDEX} has no `{BASE_TAG}`"));
    }
    let page = template.replacen(BASE_TAG, &format!("<base href=\"{base}\">"), 1);
    // A policy in a page may not say who frames it.
    let policy = content_security_policy(&inline_script_hashes(&page));
    let policy =
        policy.split(';').filter(|rule| !rule.contains("frame-ancestors")).collect::<Vec<_>>().join(";");
    let meta = format!("{HEAD}\n    <meta http-equiv=\"content-security-policy\" content=\"{policy}\">");
    Ok(page.replacen(HEAD, &meta, 1))
}

/// Every file that is the page.
fn pages(site: &Path) -> Vec<PathBuf> {
    let studies = fs::read_dir(site.join("static/studies")).into_iter().flatten().flatten();
    let studies = studies.filter(|entry| {
        entry.path().join("study.json").is_file() || entry.path().join("study.toml").is_file()
    });
    let folders = PAGES
        .iter()
        .map(PathBuf::from)
        .chain(studies.map(|entry| Path::new("study").join(entry.file_name())));
    [PathBuf::from(INDEX), PathBuf::from("404.html")]
        .into_iter()
        .chain(folders.map(|folder| folder.join(INDEX)))
        .collect()
}

/// In the form that Netlify and Cloudflare Pages read.
fn headers(page: &str, base: &BasePath) -> String {
    let policy = content_security_policy(&inline_script_hashes(page));
    let mut text = format!("{base}*\n  content-security-policy: {policy}\n");
    for (name, value) in ALWAYS {
        text += &format!("  {name}: {value}\n");
    }
    // Hosts match these by a star; every name that carries a hash lies in one of these places.
    for hashed in ["gestalt-web-*", "gestalt-worker-*", "gestalt-outbox-*", "static/styles/*"] {
        text += &format!("{base}{hashed}\n  cache-control: {IMMUTABLE}\n");
    }
    text
}

/// The file packed by brotli and by gzip, where that is worth it.
fn twins(name: &Path, bytes: &[u8]) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let ending = name.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if bytes.len() < LEAST_BYTES || !COMPRESSIBLE.contains(&ending) {
        return Ok(Vec::new());
    }
    let mut brotli = Vec::new();
    let parameters =
        BrotliEncoderParams { quality: 9, size_hint: bytes.len(), ..BrotliEncoderParams::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut brotli, &parameters)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    let named = |ending: &str| PathBuf::from(format!("{}.{ending}", name.display()));
    Ok(vec![(named("br"), brotli), (named("gz"), gzip.finish()?)])
}

fn is_twin(name: &Path) -> bool {
    name.extension().is_some_and(|ending| ending == "br" || ending == "gz")
}

/// Every file below `site`, by its path there.
fn files(site: &Path) -> Result<Vec<PathBuf>, ExportError> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let place = site.join(&folder);
        let failed = |error| ExportError::Io { path: place.clone(), error };
        for entry in fs::read_dir(&place).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = folder.join(entry.file_name());
            if entry.path().is_dir() { folders.push(name) } else { found.push(name) }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_path_of_a_site_begins_and_ends_with_a_slash() {
        let read = |text: &str| text.parse::<BasePath>().map(|base| base.to_string());
        for (text, base) in [("/", "/"), ("", "/"), ("repo", "/repo/"), ("/a/b-1.c/", "/a/b-1.c/")] {
            assert_eq!(read(text).unwrap(), base);
        }
        for text in ["//", "/../", "/a b/", "/a\"/", "https://host/"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_page_knows_its_base_and_its_policy_admits_its_script() {
        let [site, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let at = |name: &str| site.path().join(name);
        fs::create_dir_all(at("static/studies/demo")).unwrap();
        fs::write(at("static/studies/demo/study.json"), "{}").unwrap();
        let script = "x".repeat(2000);
        fs::write(at("w-0123456789abcdef.js"), &script).unwrap();
        fs::write(at("w-0123456789abcdef.js.br"), "old").unwrap();
        fs::write(
            at(INDEX),
            format!("<head>{HEAD}{BASE_TAG}<script type=\"module\">alert(1)</script></head>"),
        )
        .unwrap();
        let base = "/repo/".parse().unwrap();
        let exported = export(site.path(), &base, out.path()).unwrap();
        let read = |name: &str| fs::read_to_string(out.path().join(name)).unwrap();
        let page = read(INDEX);
        assert!(page.contains("<base href=\"/repo/\">"), "{page}");
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert!(page.contains("'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"), "{page}");
        assert!(!page.contains("frame-ancestors"), "{page}");
        for name in ["404.html", "models/index.html", "study/demo/index.html"] {
            assert_eq!(read(name), page, "{name}");
        }
        assert!(read("_headers").starts_with("/repo/*\n  content-security-policy: default-src 'self'"));
        let mut unpacked = Vec::new();
        let packed = fs::read(out.path().join("w-0123456789abcdef.js.br")).unwrap();
        brotli::BrotliDecompress(&mut &packed[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, script.as_bytes(), "twins are made anew");
        let on_disk = files(out.path()).unwrap();
        assert_eq!(exported.files, on_disk.len());
        assert!(export(out.path(), &base, site.path()).is_err(), "an exported site is not exported again");
    }
}
