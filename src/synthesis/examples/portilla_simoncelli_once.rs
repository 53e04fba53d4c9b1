//! Synthesises one picture from another, for measuring the time that it takes
//! (`fixtures/bench_portilla_simoncelli.py`).
//!
//! `cargo run --release -p gestalt-synthesis --example portilla_simoncelli_once -- IMAGE OUT.png SCALE_PX
//! [WINDOW_PX]`

use std::time::Instant;

use anyhow::bail;
use gestalt_synthesis::Synthesis;
use gestalt_synthesis::portilla_simoncelli::PortillaSimoncelli;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [image_file, out_file, scale_px, window_px @ ..] = arguments.as_slice() else {
        bail!("give IMAGE OUT.png SCALE_PX [WINDOW_PX]")
    };
    let mut synthesis = PortillaSimoncelli::new(scale_px.parse()?)?;
    if let [window_px] = window_px {
        synthesis = synthesis.in_windows(window_px.parse()?)?;
    }
    let picture = image::open(image_file)?.to_rgb8();
    let start = Instant::now();
    synthesis.distort(&picture, 1)?.save(out_file)?;
    println!("{image_file}: {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}
