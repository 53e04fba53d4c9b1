//! What a user relies on: a set that its encoding gives away is found out, one that is fair is not, and the
//! remedy helps.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use gestalt_fairness::encoding::{EncodingReport, LEVEL, of_set, of_sources};
use gestalt_images::jpeg_copy::{Chroma, jpeg_bytes};
use gestalt_protocol::{Encoding, Role, Trial};
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::PatchSynthesis;
use gestalt_trial_sets::{Import, ImportedSet, Layout, TrialSetFolder, find, import};
use gestalt_types::Name;
use image::{DynamicImage, ImageBuffer, RgbImage, Rgba};

const SIZE_PX: u32 = 128;
const TRIALS: u64 = 24;

/// Every picture with two distortions, made once for all tests.
static TRIPLETS: LazyLock<Vec<[RgbImage; 3]>> = LazyLock::new(|| {
    let synthesis = PatchSynthesis::new(24).unwrap();
    let triplet = |seed: u64| {
        let intact = scenes::render(Category::ALL[seed as usize % Category::ALL.len()], seed, SIZE_PX);
        let [first, second] = [0, 1].map(|copy| synthesis.distort(&intact, 2 * seed + copy));
        [intact, first, second]
    };
    (0..TRIALS).map(triplet).collect()
});

/// A folder in the layout of DiST; `save` writes the picture, which is intact or not, at the path without
/// ending.
fn dist(folder: &Path, save: impl Fn(&RgbImage, bool, &Path)) {
    for (place, name) in ["original", "set1", "set2"].into_iter().enumerate() {
        fs::create_dir_all(folder.join(name)).unwrap();
        for (index, triplet) in TRIPLETS.iter().enumerate() {
            save(&triplet[place], place == 0, &folder.join(format!("{name}/{index}")));
        }
    }
}

/// As the published set is: originals of quality 95 with full chroma, distortions of 75 with halved chroma.
fn confounded(picture: &RgbImage, intact: bool, path: &Path) {
    let (quality, chroma) = if intact { (95, Chroma::Full) } else { (75, Chroma::Halved) };
    fs::write(path.with_extension("jpg"), jpeg_bytes(picture, quality, chroma).unwrap()).unwrap();
}

fn imported(folder: &Path, out: &Path, size_px: u32, equalise_jpeg: Option<u8>) -> ImportedSet {
    let recipe = Import {
        name: Name::new("imported").unwrap(),
        folder: folder.to_owned(),
        layout: Layout::Dist,
        category_level: None,
        size: size_px.into(),
        equalise_jpeg,
        seed: 1,
        practice: 0,
        catch: 0,
        // The test's scenes are alike on purpose.
        duplicates: gestalt_trial_sets::Duplicates::Keep,
        encoding: Encoding::WebpLossless,
    };
    import(&recipe, find(&recipe).unwrap(), out, &|_, _| ()).unwrap()
}

fn tested(trial: &Trial) -> bool {
    trial.role == Role::Test
}

fn names(report: &EncodingReport) -> Vec<&str> {
    report.given_away_by().iter().map(|trace| trace.name).collect()
}

#[test]
fn the_published_confound_is_found_in_the_files_and_in_the_finished_set() {
    let [folder, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    dist(folder.path(), confounded);
    let set = imported(folder.path(), out.path(), SIZE_PX, None);
    let sources = of_sources(&set.sources, set.folder.set(), tested).unwrap();
    for trace in ["JPEG quality by its tables", "chroma subsampling as stated"] {
        assert!(names(&sources).contains(&trace), "{sources}");
    }
    assert!(sources.file_size.unwrap().corrected_p < LEVEL);
    let finished = of_set(&set.folder, tested).unwrap();
    assert_eq!(finished.trials as u64, TRIALS);
    assert!(names(&finished).contains(&"chroma subsampling, pixel pairs"), "{finished}");
}

#[test]
fn one_encoding_for_all_three_mends_it() {
    let [folder, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    dist(folder.path(), confounded);
    let set = imported(folder.path(), out.path(), SIZE_PX, Some(75));
    assert!(set.folder.set().made().synthesis.contains("quality 75"));
    let finished = of_set(&set.folder, tested).unwrap();
    assert!(finished.given_away_by().is_empty(), "{finished}");
}

#[test]
fn fair_files_pass_with_and_without_compression() {
    for quality in [None, Some(75)] {
        let [folder, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        dist(folder.path(), |picture, _, path| match quality {
            None => picture.save(path.with_extension("png")).unwrap(),
            Some(quality) => {
                let bytes = jpeg_bytes(picture, quality, Chroma::Halved).unwrap();
                fs::write(path.with_extension("jpg"), bytes).unwrap();
            }
        });
        let set = imported(folder.path(), out.path(), SIZE_PX, None);
        let finished = of_set(&set.folder, tested).unwrap();
        assert!(finished.given_away_by().is_empty(), "{quality:?}\n{finished}");
    }
}

#[test]
fn the_demo_set_is_not_given_away_by_its_encoding() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static/studies/demo/trial-set");
    let report = of_set(&TrialSetFolder::open(&root).unwrap(), tested).unwrap();
    println!("{report}");
    assert_eq!(report.trials, 48);
    assert!(report.given_away_by().is_empty(), "{report}");
}

/// A picture of 16 bits with alpha, as flat as it can be so that the file stays small.
fn flat(width: u32, height: u32, value: u16) -> DynamicImage {
    DynamicImage::ImageRgba16(ImageBuffer::from_pixel(width, height, Rgba([value, value, value, 65_535])))
}

/// Decoded it takes 544 MB, more than the usual limit of a decoder.
#[test]
fn whatever_can_be_imported_can_be_measured() {
    let [folder, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    dist(folder.path(), |picture, _, path| picture.save(path.with_extension("png")).unwrap());
    let large = folder.path().join("large.png");
    flat(8_500, 8_000, 9_000).save(&large).unwrap();
    let mut set = imported(folder.path(), out.path(), 64, None);
    set.sources.truncate(1);
    set.sources[0].1[1] = large;
    let sources = of_sources(&set.sources, set.folder.set(), tested).unwrap();
    assert_eq!(sources.trials, 1);
    set.sources[0].1[1] = folder.path().join("lost.png");
    let error = of_sources(&set.sources, set.folder.set(), tested).unwrap_err().to_string();
    assert!(error.contains("lost.png") && error.contains("where it was"), "{error}");
}

/// By hand, since it takes half a minute and more than a gigabyte: `cargo test --release -p gestalt-fairness
/// --test encoding -- --ignored`.
#[test]
#[ignore = "takes long; see docs/stimuli.md"]
fn a_triplet_of_100_megapixels_of_16_bits_with_alpha_is_imported_and_measured() {
    let [folder, out] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    for (name, value) in [("original", 9_000), ("set1", 30_000), ("set2", 50_000)] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
        flat(10_000, 10_000, value).save(folder.path().join(name).join("1.png")).unwrap();
    }
    let set = imported(folder.path(), out.path(), 64, None);
    assert!(set.skipped.is_empty(), "{:?}", set.skipped);
    assert_eq!(of_sources(&set.sources, set.folder.set(), tested).unwrap().trials, 1);
}
