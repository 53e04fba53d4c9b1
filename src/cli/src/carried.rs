//! The site that a program carries at its end: one file is all that a lab installs.
//!
//! After the program come its files, one after the other: the length of the name (4 bytes) and of the
//! content (8 bytes), little endian, then both. Last come the hash of all files as text, their length
//! together (8 bytes) and [`MARK`]. A file that the site has packed by brotli is carried packed alone.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use gestalt_types::Sha256;

const MARK: &[u8; 16] = b"gestalt carries1";
/// Hash, length and mark.
const TRAILER_BYTES: u64 = 64 + 8 + 16;
/// Ending of packed files.
const PACKED: &str = "br";

/// Writes the program `program` to `out`, carrying the site.
///
/// # Errors
/// When the program carries one already, or a file cannot be read or written.
pub fn carry(program: &Path, site: &Path, out: &Path) -> Result<u64> {
    let mut bytes = fs::read(program).with_context(|| format!("{} cannot be read", program.display()))?;
    if bytes.ends_with(MARK) {
        bail!("{} carries a site already; take the program as cargo built it", program.display());
    }
    let start = bytes.len();
    for (name, content) in files(site)? {
        bytes.extend((name.len() as u32).to_le_bytes());
        bytes.extend((content.len() as u64).to_le_bytes());
        bytes.extend(name.as_bytes());
        bytes.extend(content);
    }
    let carried = &bytes[start..];
    let (hash, length) = (Sha256::of(carried), carried.len() as u64);
    bytes.extend(hash.as_str().as_bytes());
    bytes.extend(length.to_le_bytes());
    bytes.extend(MARK);
    fs::write(out, &bytes).with_context(|| format!("{} cannot be written", out.display()))?;
    let mode = fs::metadata(program)?.permissions();
    fs::set_permissions(out, mode).with_context(|| format!("{} cannot be made a program", out.display()))?;
    Ok(bytes.len() as u64)
}

/// The files to carry, by name: of one that is there packed, only that.
fn files(site: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let place = site.join(&folder);
        let entries = fs::read_dir(&place).with_context(|| format!("{} cannot be read", place.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().into_string().ok().context("a file's name is no text")?;
            let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            let path = entry.path();
            let packed = PathBuf::from(format!("{}.{PACKED}", path.display()));
            if path.is_dir() {
                folders.push(name);
            } else if !packed.exists() {
                let content =
                    fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
                found.push((name, content));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The folder of the site that this program carries, unpacked once for each content; `None` where it carries
/// none.
///
/// # Errors
/// When it is damaged, or the folder cannot be written.
pub fn site() -> Result<Option<PathBuf>> {
    let program = std::env::current_exe().context("this program's own file cannot be found")?;
    of(&program, &cache()?)
}

/// Where systemd, or else the user, keeps what can be made again.
fn cache() -> Result<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || Some(variable("HOME")?.join(".cache"));
    let cache = variable("CACHE_DIRECTORY").or_else(|| variable("XDG_CACHE_HOME")).or_else(home);
    Ok(cache
        .context("set CACHE_DIRECTORY or HOME: the site is unpacked there; or give --site")?
        .join("gestalt-lab"))
}

fn of(program: &Path, cache: &Path) -> Result<Option<PathBuf>> {
    let Some((carried, hash)) =
        read(program).with_context(|| format!("{} cannot be read", program.display()))?
    else {
        return Ok(None);
    };
    let folder = cache.join(format!("site-{hash}"));
    if folder.is_dir() {
        return Ok(Some(folder));
    }
    if Sha256::of(&carried).as_str() != hash {
        bail!("the site that {} carries is damaged; install it again", program.display());
    }
    fs::create_dir_all(cache).with_context(|| format!("{} cannot be made", cache.display()))?;
    let new = tempfile::Builder::new().prefix("site-").tempdir_in(cache);
    let new = new.with_context(|| format!("{} cannot be written", cache.display()))?;
    unpack(&carried, new.path()).with_context(|| format!("{} cannot be written", new.path().display()))?;
    let new = new.keep();
    // Another process may have been quicker.
    if fs::rename(&new, &folder).is_err() {
        fs::remove_dir_all(&new)?;
    }
    if !folder.is_dir() {
        bail!("{} cannot be made", folder.display());
    }
    Ok(Some(folder))
}

/// What a program carries, and its hash.
fn read(program: &Path) -> io::Result<Option<(Vec<u8>, String)>> {
    let mut file = File::open(program)?;
    let end = file.metadata()?.len();
    if end < TRAILER_BYTES {
        return Ok(None);
    }
    let mut trailer = [0; TRAILER_BYTES as usize];
    file.seek(SeekFrom::Start(end - TRAILER_BYTES))?;
    file.read_exact(&mut trailer)?;
    let Some((hash, rest)) = trailer.split_at_checked(64).filter(|(_, rest)| rest.ends_with(MARK)) else {
        return Ok(None);
    };
    let mut length = [0; 8];
    length.copy_from_slice(&rest[..8]);
    let length = u64::from_le_bytes(length);
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "what it carries is damaged");
    let start = (end - TRAILER_BYTES).checked_sub(length).ok_or_else(damaged)?;
    let hash = String::from_utf8(hash.to_vec()).ok().and_then(|hash| Sha256::try_from(hash).ok());
    file.seek(SeekFrom::Start(start))?;
    let mut carried = Vec::new();
    file.take(length).read_to_end(&mut carried)?;
    Ok(Some((carried, hash.ok_or_else(damaged)?.as_str().to_owned())))
}

fn unpack(mut carried: &[u8], folder: &Path) -> io::Result<()> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "what the program carries is damaged");
    while !carried.is_empty() {
        let (name_bytes, rest) = carried.split_first_chunk::<4>().ok_or_else(damaged)?;
        let (content_bytes, rest) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
        let length = |bytes: u64| usize::try_from(bytes).map_err(|_| damaged());
        let (name, rest) =
            rest.split_at_checked(u32::from_le_bytes(*name_bytes) as usize).ok_or_else(damaged)?;
        let (content, rest) =
            rest.split_at_checked(length(u64::from_le_bytes(*content_bytes))?).ok_or_else(damaged)?;
        carried = rest;
        let name = Path::new(std::str::from_utf8(name).map_err(|_| damaged())?);
        if !name.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(damaged());
        }
        let path = folder.join(name);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(&path, content)?;
        if path.extension().is_some_and(|ending| ending == PACKED) {
            let mut whole = io::BufWriter::new(File::create(path.with_extension(""))?);
            brotli::BrotliDecompress(&mut &content[..], &mut whole)?;
            whole.flush()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_program_carries_a_site_and_unpacks_it_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("dist/static")).unwrap();
        fs::write(at("dist/index.html"), "<p>").unwrap();
        let script = "x".repeat(5000);
        fs::write(at("dist/static/a.js"), &script).unwrap();
        let mut packed = Vec::new();
        brotli::BrotliCompress(&mut script.as_bytes(), &mut packed, &Default::default()).unwrap();
        fs::write(at("dist/static/a.js.br"), &packed).unwrap();
        fs::write(at("program"), "#!/bin/sh\n").unwrap();
        assert_eq!(of(&at("program"), &at("cache")).unwrap(), None);
        let bytes = carry(&at("program"), &at("dist"), &at("carrying")).unwrap();
        assert!(bytes < 1000, "a packed file is not carried twice");
        let site = of(&at("carrying"), &at("cache")).unwrap().unwrap();
        assert_eq!(fs::read_to_string(site.join("static/a.js")).unwrap(), script);
        assert_eq!(fs::read(site.join("static/a.js.br")).unwrap(), packed);
        assert_eq!(fs::read_to_string(site.join("index.html")).unwrap(), "<p>");
        assert_eq!(of(&at("carrying"), &at("cache")).unwrap().unwrap(), site);
        assert_eq!(fs::read_dir(at("cache")).unwrap().count(), 1);
        assert!(carry(&at("carrying"), &at("dist"), &at("twice")).is_err());
        let mut damaged = fs::read(at("carrying")).unwrap();
        damaged[20] ^= 1;
        fs::write(at("damaged"), damaged).unwrap();
        assert!(of(&at("damaged"), &at("elsewhere")).unwrap_err().to_string().contains("install it again"));
    }
}
