//! What a user relies on: good photographs are read whatever their kind, bad ones are named, none is fatal.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use gestalt_images::oddity::{Oddities, Oddity};
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

/// The fixtures that `make_photographs.py` makes, and what others see in each.
fn fixtures() -> Vec<(PathBuf, String, RgbImage)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/photographs");
    let listing = photographs::list(&folder, Some(1)).unwrap();
    assert_eq!(listing.skipped, []);
    let kinds = listing.photographs.into_iter().filter(|p| p.category.as_str() == "uncategorised");
    let kinds = kinds.map(|photograph| {
        let name = photograph.path.file_stem().unwrap().to_string_lossy().into_owned();
        let expected = image::open(folder.join(format!("expected/{name}.png"))).unwrap().into_rgb8();
        (photograph.path, name, expected)
    });
    kinds.collect()
}

#[test]
fn every_kind_of_picture_has_the_pixels_that_others_see() {
    let fixtures = fixtures();
    assert_eq!(fixtures.len(), 63, "make_photographs.py makes as many");
    let mut wrong = Vec::new();
    for (path, name, expected) in fixtures {
        let bytes = fs::read(&path).unwrap();
        let lossy = bytes.starts_with(b"\xff\xd8") || name.starts_with("lossy");
        // Decoders round differently, and stretch halved colours differently.
        let (most, mean) = match name.as_str() {
            "progressive-420" | "lossy" | "lossy-alpha" => (24, 2.0),
            _ if lossy => (4, 0.7),
            _ if name.starts_with("profile") => (2, 0.5),
            _ => (1, 0.5),
        };
        let resized = photographs::read(&path, 40).unwrap_or_else(|error| panic!("{name}: {error}"));
        let whole = photographs::with_whole(&path, |picture, _| picture).unwrap();
        assert_eq!(whole, photographs::decode_whole(&bytes).unwrap(), "{name}");
        for (way, read) in [("resized", resized), ("whole", whole)] {
            let (largest, average) = differences(&read, &expected);
            if largest > most || average > mean {
                wrong.push(format!(
                    "{name} {way}: at most {largest}, on average {average:.2} grey levels off"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_unusual_about_a_file_is_noted_and_nothing_else_is() {
    let mut noted = Oddities::default();
    for (path, name, _) in fixtures() {
        let expected = match name.as_str() {
            "no-end-chunk" | "no-end-marker" | "half-end-marker" | "no-end-marker-progressive" => {
                Some(Oddity::NoEndMarker)
            }
            "padded" => Some(Oddity::Padding),
            "zeros-after-end" => Some(Oddity::Trailing),
            "second-picture" | "two-views" => Some(Oddity::SecondPicture),
            "no-ending" | "jpeg-inside" | "png-inside" => Some(Oddity::WrongEnding),
            "exif-6-in-webp" => Some(Oddity::UnheededTurn),
            _ => None,
        };
        let survey = photographs::survey(&path, 64).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(survey.oddities, Vec::from_iter(expected), "{name}");
        noted.note(&path, &survey.oddities);
    }
    let lines: Vec<String> = noted.lines().collect();
    assert_eq!(lines.len(), 6, "{lines:#?}");
    assert!(
        lines[0].starts_with("4 files without the end marker") && lines[0].contains("half-end-marker.jpg"),
        "{lines:#?}"
    );
}

#[test]
fn a_jpeg_may_lack_its_end_marker_and_nothing_else() {
    let picture = scene();
    let mut progressive =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/photographs/progressive-420.jpg"))
            .unwrap();
    let mut baseline = encoded(&picture, ImageFormat::Jpeg);
    for whole in [&mut baseline, &mut progressive] {
        let expected = photographs::decode_whole(whole).unwrap();
        for lacking in 1..=2 {
            let cut = &whole[..whole.len() - lacking];
            assert_eq!(photographs::decode_whole(cut).unwrap(), expected, "without the last {lacking}");
        }
        for lacking in 5..40 {
            let cut = &whole[..whole.len() - lacking];
            let read = photographs::decode_whole(cut);
            assert!(
                matches!(read, Err(ReadError::Truncated)),
                "without the last {lacking} of {}",
                whole.len()
            );
        }
    }
}

#[test]
fn files_that_cannot_be_used_are_named_with_advice_that_fits() {
    let jpeg = encoded(&scene(), ImageFormat::Jpeg);
    // The byte after the length and the precision of the frame's segment: arithmetic coding.
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    let mut arithmetic = jpeg.clone();
    arithmetic[frame + 1] = 0xc9;
    // Codes of BT.2020 with the perceptual quantiser, after the header: brighter than a screen's white.
    let mut codes = b"cICP\x09\x10\x00\x01".to_vec();
    codes.extend(crc32(&codes).to_be_bytes());
    let png = encoded(&scene(), ImageFormat::Png);
    let bright = [&png[..33], &4_u32.to_be_bytes(), &codes, &png[33..]].concat();
    for (bytes, said) in [
        (&b"Dear editor, please find enclosed"[..], "save it as one of these"),
        (b"", "is empty"),
        (&[0; 512], "interrupted download"),
        (b"GIF89a\x30\0\x30\0\0\0\0;", "GIF picture; export it"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic....", "as iPhones save them; export it as JPEG"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0avifmif1miaf....", "AVIF picture; export it"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom....", "camera RAW"),
        (b"II*\0\x10\0\0\0CR\x02\0", "camera RAW"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
        (b"\r\n<!DOCTYPE html><html><title>404</title>", "a web page (HTML)"),
        (b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>", "SVG"),
        (b"PK\x03\x04....", "unpack it first"),
        (&arithmetic, "save"),
        (&bright, "HDR"),
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
    put("dogs/c.jfif", &jpeg);
    put("dogs/no-ending", &jpeg);
    put("notes.txt", b"hello");
    put("dogs/IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic....");
    for of_system in [".hidden", "Thumbs.db", "@eaDir/a.jpg", "dogs/@eaDir/a.jpg", "__MACOSX/dogs/._a.jpg"] {
        put(of_system, &jpeg);
    }

    let listing = photographs::list(folder.path(), None).unwrap();
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
        ("dogs/c.jfif", "dogs"),
        ("dogs/no-ending", "dogs"),
        ("loose.png", "uncategorised"),
    ];
    assert_eq!(found, expected.map(|(path, category)| (path.to_owned(), category)));
    let skipped: Vec<String> = listing.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(skipped.len(), 2, "{skipped:?}");
    assert!(skipped[0].contains("IMG_1.HEIC") && skipped[0].contains("HEIC picture"), "{skipped:?}");
    assert!(skipped[1].contains("notes.txt"), "{skipped:?}");

    let unreadable: Vec<String> = listing
        .photographs
        .iter()
        .filter(|p| photographs::read(&p.path, 32).is_err())
        .map(|p| inside(&p.path))
        .collect();
    assert_eq!(unreadable, ["cats/cut-off.jpg", "cats/empty.webp", "cats/text.png"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_in_circles_and_names_have_one_unicode_form() {
    use std::os::unix::fs::symlink;
    let [folder, elsewhere] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let at = |name: &str| folder.path().join(name);
    let jpeg = encoded(&scene(), ImageFormat::Jpeg);
    // One name in both forms: `o` with a combining diaeresis, as macOS stores it, and in one character.
    for name in ["Mo\u{308}bel", "M\u{f6}bel"] {
        fs::create_dir(at(name)).unwrap();
        fs::write(at(name).join("a.jpg"), &jpeg).unwrap();
    }
    fs::write(elsewhere.path().join("b.jpg"), &jpeg).unwrap();
    symlink(elsewhere.path(), at("linked")).unwrap();
    symlink(folder.path(), at("linked-to-above")).unwrap();
    symlink(at("nowhere"), at("broken.jpg")).unwrap();

    let listing = photographs::list(folder.path(), None).unwrap();
    let counts: Vec<(&str, usize)> =
        listing.counts().into_iter().map(|(name, count)| (name.as_str(), count)).collect();
    assert_eq!(counts, [("M\u{f6}bel", 2), ("linked", 1), ("uncategorised", 1)]);
    assert_eq!(listing.skipped.len(), 1);
    assert!(listing.skipped[0].to_string().contains("a link to a folder above"), "{:?}", listing.skipped);
    assert!(matches!(photographs::read(&at("broken.jpg"), 32), Err(ReadError::Io(_))));
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
        let listing = photographs::list(&folder, None).unwrap();
        listing.photographs.iter().map(|p| fs::read(&p.path).unwrap()).collect()
    });
    &PICTURES
}
