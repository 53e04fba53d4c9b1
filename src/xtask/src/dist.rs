//! `cargo xtask dist`: the archive that a lab installs.

use crate::command::{step, timed};
use crate::{licences, place, serve};
use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What lies in the archive beside the program, by its place in the checkout.
const FILES: [&str; 7] = [
    "src/xtask/dist/gestalt.service",
    "src/xtask/dist/Caddyfile",
    "src/xtask/dist/nginx.conf",
    "src/xtask/dist/Containerfile",
    "docs/deploy.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
];

/// Builds the site and the command, and packs them into `target/dist/gestalt-lab-VERSION-ARCH-OS.tar.gz`,
/// with its checksum beside it.
pub fn run() -> Result<()> {
    serve::build()?;
    let name = format!("gestalt-lab-{}-{ARCH}-{OS}", env!("CARGO_PKG_VERSION"));
    let all = place::target()?.join("dist");
    let folder = all.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let root = place::root()?;
    for file in FILES {
        let target = folder.join(Path::new(file).file_name().unwrap_or_default());
        fs::copy(root.join(file), &target).with_context(|| format!("{file} cannot be copied"))?;
    }
    timed("licences of everything in it", || licences::write(&folder.join("LICENCES.txt")))?;
    let program = folder.join("gestalt");
    let mut carry = Command::new(place::gestalt()?);
    carry.args(["site", "carry", "--site"]).arg(place::site()?).arg("--out").arg(&program);
    step("putting the site into the program", &mut carry)?;
    let archive = all.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    // The same files make the same archive.
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "-czf"]);
    tar.arg(&archive).arg("-C").arg(&all).arg(&name);
    step("packing the archive", &mut tar)?;
    let bytes = fs::read(&archive).with_context(|| format!("{} cannot be read", archive.display()))?;
    let sum = format!("{}  {name}.tar.gz\n", HEXLOWER.encode(&Sha256::digest(&bytes)));
    let sum_file = all.join(format!("{name}.tar.gz.sha256"));
    fs::write(&sum_file, sum).with_context(|| format!("{} cannot be written", sum_file.display()))?;
    let megabytes = |path: &Path| fs::metadata(path).map_or(0.0, |file| file.len() as f64 / 1e6);
    println!(
        "{} ({:.1} MB; the program: {:.1} MB)",
        archive.display(),
        megabytes(&archive),
        megabytes(&program)
    );
    Ok(())
}
