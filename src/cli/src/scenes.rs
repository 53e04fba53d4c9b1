//! `gestalt scenes`: renders pictures into a folder, one subfolder a category, for those who have no
//! photographs.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use gestalt_scenes::{Category, contact_sheet, render};
use rayon::prelude::*;

use crate::{pictures, progress};

/// Render natural-looking scenes.
#[derive(Args)]
#[command(after_help = "Example: gestalt scenes --count 48 --size 224 --seed 1 --out scenes")]
pub struct ScenesArgs {
    /// Number of pictures, cycling through the categories.
    #[arg(long)]
    count: u32,
    /// Side of a picture in pixels.
    #[arg(long, default_value_t = 224, value_parser = clap::value_parser!(u32).range(16..=4096))]
    size: u32,
    /// The same seed gives the same pictures.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for `<category>/<number>.png`.
    #[arg(long)]
    out: PathBuf,
    /// Also write `contact-sheet.png`: every category four times.
    #[arg(long)]
    contact_sheet: bool,
}

/// Renders in parallel; says which folder holds the pictures.
pub fn run(args: &ScenesArgs) -> Result<()> {
    for category in Category::ALL {
        let folder = args.out.join(category.name());
        std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let bar = progress::bar(u64::from(args.count), "pictures");
    (0..args.count).into_par_iter().try_for_each(|number| {
        let category = Category::ALL[number as usize % Category::ALL.len()];
        let file = args.out.join(category.name()).join(format!("{number:05}.png"));
        let picture = render(category, args.seed.wrapping_add(u64::from(number)), args.size);
        pictures::save_png(&file, picture)?;
        bar.inc(1);
        anyhow::Ok(())
    })?;
    if args.contact_sheet {
        let file = args.out.join("contact-sheet.png");
        pictures::save_png(&file, contact_sheet(&Category::ALL, 4, args.size))?;
    }
    bar.finish_and_clear();
    println!("{} pictures in {}", args.count, args.out.display());
    Ok(())
}
