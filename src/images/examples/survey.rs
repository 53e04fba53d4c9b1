//! Times the reading and hashing of a folder of photographs, as `gestalt trials make` does before it plans.
//!
//! `cargo run --release -p gestalt-images --example survey -- FOLDER`

use std::path::PathBuf;
use std::time::Instant;

use gestalt_images::appearance::Appearance;
use gestalt_images::photographs;
use rayon::prelude::*;

/// As of a trial set, in pixels.
const SIDE_PX: u32 = 224;

fn main() -> anyhow::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_default());
    let started = Instant::now();
    let listing = photographs::list(&folder, None)?;
    println!("{} photographs listed in {:.2} s", listing.photographs.len(), started.elapsed().as_secs_f64());

    let started = Instant::now();
    let surveys: Vec<_> =
        listing.photographs.par_iter().filter_map(|p| photographs::survey(&p.path, SIDE_PX).ok()).collect();
    println!("{} read and hashed in {:.2} s", surveys.len(), started.elapsed().as_secs_f64());

    let started = Instant::now();
    let mut kept: Vec<&Appearance> = Vec::new();
    for appearance in surveys.iter().filter_map(|survey| survey.appearance.as_ref()) {
        if kept.par_iter().position_first(|other| other.is_same(appearance)).is_none() {
            kept.push(appearance);
        }
    }
    println!("{} look different, compared in {:.2} s", kept.len(), started.elapsed().as_secs_f64());
    if let Some(peak) = std::fs::read_to_string("/proc/self/status")?.lines().find(|l| l.starts_with("VmHWM"))
    {
        println!("{peak}");
    }
    Ok(())
}
