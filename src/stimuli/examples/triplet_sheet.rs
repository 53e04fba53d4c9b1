//! Draws a contact sheet of pictures with two distortions each, to look at the synthesis with one's own eyes.
use image::{RgbImage, imageops};
fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let size = 224u32;
    let scales = [16, 32, 64];
    let files = &args[1..];
    let mut sheet = RgbImage::new((1 + 2 * scales.len() as u32) * (size + 4), files.len() as u32 * (size + 4));
    for (row, file) in files.iter().enumerate() {
        let p = image::open(file)?.into_rgb8();
        let s = p.width().min(p.height());
        let p = imageops::crop_imm(&p, (p.width() - s) / 2, (p.height() - s) / 2, s, s).to_image();
        let p = imageops::resize(&p, size, size, imageops::FilterType::Lanczos3);
        let y = i64::from(row as u32 * (size + 4));
        imageops::replace(&mut sheet, &p, 0, y);
        let mut x = i64::from(size + 4);
        for scale in scales {
            for seed in 0..2 {
                let t = std::time::Instant::now();
                let d = gestalt_stimuli::synthesis::patch::PatchSynthesis::new(scale)?.distort(&p, seed);
                eprintln!("{file} {scale} {seed} {:?}", t.elapsed());
                imageops::replace(&mut sheet, &d, x, y);
                x += i64::from(size + 4);
            }
        }
    }
    sheet.save(&args[0])?;
    Ok(())
}
