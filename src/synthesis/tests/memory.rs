//! What a user relies on: a folder of huge photographs is read in less than two gigabytes, however many
//! threads read.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Cursor;
use std::path::Path;

use gestalt_images::photographs;
use gestalt_images::photographs::{DECODING_BYTES, ReadError};
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::portilla_simoncelli::{LEAST_WINDOW_PX, PortillaSimoncelli};
use gestalt_synthesis::{PatchSynthesis, Synthesis};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// A flat grey JPEG of this size in colour. Its scan is one pattern over and over, so that it need not be
/// encoded.
fn flat_jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let seed = DynamicImage::new_rgb8(8, 8).into_rgb8();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&seed).unwrap();
    let at = |marker: u8| bytes.windows(2).position(|pair| pair == [0xff, marker]).unwrap();
    let (frame, scan) = (at(0xc0), at(0xda));
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    // Whole units of one block each: no colour is halved.
    for component in 0..3 {
        bytes[frame + 11 + 3 * component] = 0x11;
    }
    let scan_length = usize::from(u16::from_be_bytes([bytes[scan + 2], bytes[scan + 3]]));
    bytes.truncate(scan + 2 + scan_length);
    // By the usual tables: luma 00 (no change of the mean) 1010 (end of block), twice 00 00 for chroma; four
    // units.
    let four_units: u64 = (0..4).fold(0, |bits, _| bits << 14 | 0b00_1010_0000_0000);
    let units = usize::from(width).div_ceil(8) * usize::from(height).div_ceil(8);
    for _ in 0..units.div_ceil(4) {
        bytes.extend_from_slice(&four_units.to_be_bytes()[1..]);
    }
    bytes.extend_from_slice(&[0xff, 0xd9]);
    bytes
}

/// Highest use of memory while `work` is done, in bytes.
fn peak_of(work: impl FnOnce()) -> usize {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    work();
    MEMORY.peak_usage() - before
}

// One test, since others would count in.
#[test]
fn memory_stays_below_the_limit_whatever_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("100-megapixels.jpg");
    fs::write(&path, flat_jpeg(10_000, 10_000)).unwrap();
    let peak = peak_of(|| {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let read = || {
                    let picture = photographs::read(&path, 64).unwrap();
                    assert!(picture.pixels().all(|pixel| pixel.0.iter().all(|v| v.abs_diff(128) < 2)));
                };
                scope.spawn(read);
            }
        });
    });
    // The room is for three: a fourth waits.
    assert!(peak < DECODING_BYTES as usize, "{peak} bytes");
    assert!(peak > 200_000_000, "{peak} bytes: the pictures were not decoded");

    // 400 megapixels and more are refused before anything is allocated for them.
    let huge = flat_jpeg(20_000, 20_000);
    let refused = peak_of(|| {
        assert!(matches!(photographs::decode(&huge, 64), Err(ReadError::TooLarge { width_px: 20_000, .. })));
    });
    assert!(refused < 1_000_000, "{refused} bytes");
    damaged_headers_allocate_little();
    syntheses_take_what_they_say();
}

fn takes_what_it_says(what: &str, size_px: u32, synthesis: &dyn Synthesis) {
    let picture = scenes::render(Category::ALL[0], 1, size_px);
    let peak = peak_of(|| drop(synthesis.distort(&picture, 1).unwrap()));
    let a_pixel = peak as f64 / f64::from(size_px * size_px);
    println!("{what}: {a_pixel:.0} bytes a pixel of {size_px} px, states {}", synthesis.bytes_per_pixel());
    assert!(a_pixel <= synthesis.bytes_per_pixel() as f64, "{what}: {a_pixel} bytes a pixel");
}

fn syntheses_take_what_they_say() {
    takes_what_it_says("patches of 16 px", 384, &PatchSynthesis::new(16).unwrap());
    let whole = PortillaSimoncelli::new(64).unwrap();
    takes_what_it_says("Portilla–Simoncelli", 192, &whole);
    for window_px in [LEAST_WINDOW_PX, 16] {
        let windows = whole.in_windows(window_px).unwrap();
        takes_what_it_says(&format!("windows of {window_px} px"), 128, &windows);
    }
    #[cfg(feature = "gatys")]
    gram_matrices_take_what_they_say();
}

/// With VGG19 in its full width: what its weights are does not matter.
#[cfg(feature = "gatys")]
fn gram_matrices_take_what_they_say() {
    use gestalt_networks::architectures::ArchitectureConfig;
    use gestalt_networks::architectures::vgg::{Pooling, VggConfig};
    use gestalt_synthesis::gram::{MEASURING_BYTES, Place, gram_matrices};
    use gestalt_synthesis::{FilterBankSynthesis, GatysSynthesis};

    let bank = FilterBankSynthesis::new(64, Place::processor()).unwrap();
    takes_what_it_says("filter bank", 256, &bank.with_iterations(12));
    let place = Place::processor();
    let network = VggConfig::vgg19(Pooling::Average).init(place.device()).unwrap();
    let gatys = GatysSynthesis::new(network, place).with_iterations(1);
    // Weights are drawn when they are needed first; a user's are read before.
    drop(gatys.distort(&scenes::render(Category::ALL[0], 1, 32), 1));
    takes_what_it_says("gatys", 128, &gatys);

    let picture = scenes::render(Category::ALL[0], 1, 768);
    let peak = peak_of(|| drop(gram_matrices(&picture, &picture, 4))) as u64;
    let pixels = 768 * 768;
    println!("Gram matrices of 768 px: {} MB", peak / 1_000_000);
    assert!(peak < MEASURING_BYTES + 200 * pixels, "{peak} bytes");
}

/// Every byte of the first 64 set to its extremes, in a file of each kind.
fn damaged_headers_allocate_little() {
    let picture = DynamicImage::new_rgb8(40, 40);
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let mut whole = Cursor::new(Vec::new());
        picture.write_to(&mut whole, format).unwrap();
        let whole = whole.into_inner();
        for at in 0..whole.len().min(64) {
            for value in [0x00, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let peak = peak_of(|| drop(photographs::decode(&bytes, 32)));
                assert!(peak < DECODING_BYTES as usize, "{format:?}, byte {at} is {value}: {peak} bytes");
            }
        }
    }
}

/// A set of several huge photographs, as `trials make` reads it; by hand, since it takes half a minute:
/// `cargo test --release -p gestalt-synthesis --test memory -- --ignored`.
#[test]
#[ignore = "takes long; see docs/stimuli.md"]
fn a_folder_of_huge_photographs_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, picture: DynamicImage| picture.save(folder.path().join(name)).unwrap();
    put("grey.png", DynamicImage::new_luma8(10_000, 10_000));
    put("colour.png", DynamicImage::new_rgb8(10_000, 10_000));
    put("alpha.png", DynamicImage::new_rgba8(10_000, 10_000));
    put("16-bit-alpha.png", DynamicImage::new_rgba16(10_000, 10_000));
    put("colour.webp", DynamicImage::new_rgb8(10_000, 10_000));
    for copy in 0..3 {
        fs::write(folder.path().join(format!("{copy}.jpg")), flat_jpeg(11_648, 8_736)).unwrap();
    }
    let listing = photographs::list(folder.path(), None).unwrap();
    let peak = peak_of(|| {
        std::thread::scope(|scope| {
            for photograph in &listing.photographs {
                let path: &Path = &photograph.path;
                scope.spawn(|| photographs::read(path, 224).unwrap());
            }
        });
    });
    println!("{} photographs of 100 megapixels, {} MB at most", listing.photographs.len(), peak / 1_000_000);
    assert!(peak < 1_500_000_000, "{peak} bytes");
}
