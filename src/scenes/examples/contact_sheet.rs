//! Writes a contact sheet of every scene category and measures how fast pictures of 224 px are made.
//!
//! `cargo run --release -p gestalt-scenes --example contact_sheet -- OUT.png [SIZE_PX] [PER_CATEGORY]
//! [NAME…]`

use std::time::Instant;

use gestalt_scenes::{Category, contact_sheet, render};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().unwrap_or_else(|| "contact.png".to_owned());
    let size_px: u32 = arguments.next().map_or(Ok(128), |text| text.parse())?;
    let per_category: u32 = arguments.next().map_or(Ok(4), |text| text.parse())?;
    let named = arguments.map(|name| name.parse()).collect::<Result<Vec<Category>, _>>()?;
    let categories = if named.is_empty() { Category::ALL.to_vec() } else { named };
    contact_sheet(&categories, per_category, size_px).save(&out)?;
    println!("{out}: {} categories × {per_category}, {size_px} px", categories.len());
    let start = Instant::now();
    for &category in &categories {
        let begun = Instant::now();
        for seed in 100..102 {
            std::hint::black_box(render(category, seed, 224));
        }
        println!("  {:<14}{:>6.0} ms a picture", category.name(), begun.elapsed().as_secs_f64() * 500.0);
    }
    let rate = 2.0 * categories.len() as f64 / start.elapsed().as_secs_f64();
    println!("{rate:.1} pictures of 224 px a second on {} threads", rayon::current_num_threads());
    Ok(())
}
