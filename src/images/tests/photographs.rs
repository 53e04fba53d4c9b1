//! What a user relies on: good photographs are read whatever their kind, bad ones are named, none is fatal.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Cursor;
use std::path::Path;

use gestalt_images::photographs;
use gestalt_images::photographs::ReadError;
use gestalt_images::size::Size;
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn scene() -> DynamicImage {
    DynamicImage::ImageRgb8(scenes::render(Category::ALL[0], 1, 96))
}

/// Left half red, right half blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([220, 0, 0]) } else { Rgb([0, 0, 220]) })
}

/// The JPEG with an EXIF segment that states this orientation.
fn oriented(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let exif = [
        &b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..],
        &[orientation, 0, 0, 0, 0, 0, 0],
    ]
    .concat();
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

/// Largest and mean difference of two pictures, in grey levels.
fn differences(a: &RgbImage, b: &RgbImage) -> (u8, f64) {
    let each: Vec<u8> = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| a.abs_diff(*b)).collect();
    let sum: f64 = each.iter().copied().map(f64::from).sum();
    (each.iter().copied().max().unwrap(), sum / each.len() as f64)
}

#[test]
fn every_kind_of_picture_has_the_pixels_that_others_see() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/photographs");
    let listing = photographs::list(&folder).unwrap();
    let kinds: Vec<_> =
        listing.photographs.iter().filter(|p| p.category.as_str() == "uncategorised").collect();
    assert_eq!(kinds.len(), 36, "make_photographs.py makes as many");
    let mut wrong = Vec::new();
    for photograph in kinds {
        let name = photograph.path.file_stem().unwrap().to_string_lossy().into_owned();
        let expected = image::open(folder.join(format!("expected/{name}.png"))).unwrap().into_rgb8();
        let read = photographs::read(&photograph.path, 40).unwrap();
        let lossy = photograph.path.extension().unwrap() == "jpg" || name.starts_with("lossy");
        // Decoders round differently, and stretch halved colours differently.
        let (most, mean) = match name.as_str() {
            "progressive-420" | "lossy" | "lossy-alpha" => (24, 2.0),
            _ if lossy => (4, 0.7),
            _ if name.starts_with("profile") => (2, 0.5),
            _ => (1, 0.5),
        };
        let (largest, average) = differences(&read, &expected);
        if largest > most || average > mean {
            wrong.push(format!("{name}: at most {largest}, on average {average:.2} grey levels off"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn mislabelled_and_strange_files_are_named_with_a_remedy() {
    let jpeg = encoded(&scene(), ImageFormat::Jpeg);
    // The byte after the length and the precision of the frame's segment: arithmetic coding.
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    let mut arithmetic = jpeg.clone();
    arithmetic[frame + 1] = 0xc9;
    let gif = b"GIF89a\x30\0\x30\0\0\0\0;";
    for (bytes, said) in [
        (&b"Dear editor, please find enclosed"[..], "save it as one of these"),
        (b"", "save it as one of these"),
        (gif, "save it as one of these"),
        (&arithmetic, "save"),
        (&jpeg[..300], "get it again"),
        (b"\xff\xd8\xff\xd9", "save or get it again"),
    ] {
        let error = photographs::decode(bytes, 32).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn every_kind_of_picture_becomes_a_square_of_the_size() {
    let grey16 = DynamicImage::ImageLuma16(scene().to_luma16());
    for (picture, format) in [
        (scene(), ImageFormat::Jpeg),
        (scene(), ImageFormat::Png),
        (scene(), ImageFormat::WebP),
        (DynamicImage::ImageLuma8(scene().to_luma8()), ImageFormat::Jpeg),
        (grey16, ImageFormat::Png),
        (DynamicImage::ImageRgba16(scene().to_rgba16()), ImageFormat::Png),
    ] {
        let decoded = photographs::decode(&encoded(&picture, format), 64).unwrap();
        assert_eq!(decoded.dimensions(), (64, 64));
    }
}

#[test]
fn the_middle_is_kept_and_orientation_is_applied() {
    let jpeg = encoded(&DynamicImage::ImageRgb8(halves(200, 100)), ImageFormat::Jpeg);
    let upright = photographs::decode(&jpeg, 50).unwrap();
    assert!(upright.get_pixel(5, 25)[0] > 150 && upright.get_pixel(44, 25)[2] > 150);
    // 6: the camera was held so that the picture must be turned clockwise; left becomes top.
    let turned = photographs::decode(&oriented(&jpeg, 6), 50).unwrap();
    assert!(turned.get_pixel(25, 5)[0] > 150 && turned.get_pixel(25, 44)[2] > 150);
    // The size asked for is that of the picture as it is seen.
    let turned = photographs::decode(&oriented(&jpeg, 6), "40x60".parse::<Size>().unwrap()).unwrap();
    assert_eq!(turned.dimensions(), (40, 60));
    assert!(turned.get_pixel(20, 5)[0] > 150 && turned.get_pixel(20, 54)[2] > 150);
}

#[test]
fn a_picture_just_covers_the_size_and_its_middle_is_kept() {
    // Red, green and blue stripes of 100 × 90 px, of which 120 × 90 px, seen from the middle, show the half.
    let stripes = RgbImage::from_fn(300, 90, |x, _| {
        let mut colour = [0; 3];
        colour[x as usize / 100] = 200;
        Rgb(colour)
    });
    let png = encoded(&DynamicImage::ImageRgb8(stripes), ImageFormat::Png);
    for (words, edges) in [("120x90", [0, 2]), ("80x60", [0, 2]), ("60x60", [1, 1])] {
        let size: Size = words.parse().unwrap();
        let picture = photographs::decode(&png, size).unwrap();
        assert_eq!(picture.dimensions(), (size.width_px, size.height_px));
        let brightest = |x: u32| (0..3).max_by_key(|&c| picture.get_pixel(x, size.height_px / 2)[c]).unwrap();
        assert_eq!([brightest(0), brightest(size.width_px - 1)], edges, "{words}");
        assert_eq!(brightest(size.width_px / 2), 1, "{words}");
    }
}

#[test]
fn transparency_is_laid_over_mid_grey() {
    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(40, 40, Rgba([255, 0, 0, 0])));
    let decoded = photographs::decode(&encoded(&clear, ImageFormat::Png), 32).unwrap();
    assert!(decoded.pixels().all(|p| *p == Rgb([128, 128, 128])));
}

#[test]
fn truncated_pictures_are_refused_at_any_length() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encoded(&scene(), format);
        for tenths in 1..10 {
            let cut = &whole[..whole.len() * tenths / 10];
            assert!(photographs::decode(cut, 32).is_err(), "{format:?} cut to {tenths}/10");
        }
    }
}

#[test]
fn a_picture_that_claims_to_be_huge_is_refused_before_it_is_decoded() {
    let mut png = encoded(&scene(), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]); // 16,384 × 16,384
    let header_crc = crc32(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&header_crc);
    assert!(matches!(photographs::decode(&png, 32), Err(ReadError::TooLarge { width_px: 0x4000, .. })));
    let thin = DynamicImage::new_rgb8(4000, 8);
    let error = photographs::decode(&encoded(&thin, ImageFormat::Png), 32).unwrap_err();
    assert!(matches!(error, ReadError::TooSmall { width_px: 4000, height_px: 8 }), "{error}");
}

/// As PNG chunks end with it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
    })
}

#[test]
fn a_folder_is_listed_in_order_and_bad_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let jpeg = encoded(&scene(), ImageFormat::Jpeg);
    put("dogs/b.JPG", &jpeg);
    put("dogs/a.webp", &encoded(&scene(), ImageFormat::WebP));
    put("cats/png-inside.jpg", &encoded(&scene(), ImageFormat::Png));
    put("loose.png", &encoded(&scene(), ImageFormat::Png));
    put("cats/cut-off.jpg", &jpeg[..jpeg.len() / 2]);
    put("cats/text.png", b"not a picture");
    put("cats/empty.webp", b"");
    put("notes.txt", b"hello");
    put(".hidden", b"");

    let listing = photographs::list(folder.path()).unwrap();
    let inside = |path: &Path| path.strip_prefix(folder.path()).unwrap().to_string_lossy().into_owned();
    let found: Vec<(String, &str)> =
        listing.photographs.iter().map(|p| (inside(&p.path), p.category.as_str())).collect();
    let expected = [
        ("cats/cut-off.jpg", "cats"),
        ("cats/empty.webp", "cats"),
        ("cats/png-inside.jpg", "cats"),
        ("cats/text.png", "cats"),
        ("dogs/a.webp", "dogs"),
        ("dogs/b.JPG", "dogs"),
        ("loose.png", "uncategorised"),
    ];
    assert_eq!(found, expected.map(|(path, category)| (path.to_owned(), category)));
    assert_eq!(listing.skipped.len(), 1);
    assert!(listing.skipped[0].to_string().contains("notes.txt"));

    let unreadable: Vec<String> = listing
        .photographs
        .iter()
        .filter(|p| photographs::read(&p.path, 32).is_err())
        .map(|p| inside(&p.path))
        .collect();
    assert_eq!(unreadable, ["cats/cut-off.jpg", "cats/empty.webp", "cats/text.png"]);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = photographs::decode(&bytes, 32);
    }

    #[test]
    fn no_damage_to_a_picture_makes_the_reader_panic(
        kind in any::<prop::sample::Index>(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        in_head in any::<bool>(),
    ) {
        let mut bytes = kind.get(whole_pictures()).clone();
        for (place, value) in damage {
            let at = place.index(if in_head { bytes.len().min(64) } else { bytes.len() });
            bytes[at] = value;
        }
        let _ = photographs::decode(&bytes, 32);
    }
}

/// One of every kind.
fn whole_pictures() -> &'static [Vec<u8>] {
    static PICTURES: std::sync::LazyLock<Vec<Vec<u8>>> = std::sync::LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/photographs");
        let listing = photographs::list(&folder).unwrap();
        listing.photographs.iter().map(|p| fs::read(&p.path).unwrap()).collect()
    });
    &PICTURES
}
