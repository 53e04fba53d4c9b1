//! Gatys' synthesis and the random filter bank: against PyTorch, and what a user relies on.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use burn::tensor::{Device, Tensor, TensorData};
use gestalt_models::import::read_vgg19;
use gestalt_networks::architectures::vgg::{Pooling, Vgg, VggConfig, VggLayer};
use gestalt_protocol::Encoding;
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::gram::gatys::PUBLISHED_LAYERS;
use gestalt_synthesis::gram::{Place, Watcher, gram};
use gestalt_synthesis::measure::Comparison;
use gestalt_synthesis::{FilterBankSynthesis, GatysSynthesis, Synthesis, SynthesisError};
use gestalt_trial_sets::{Recipe, Source, make};
use gestalt_types::Name;
use image::RgbImage;
use safetensors::SafeTensors;

fn fixture(room: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(room).join("fixtures").join(name)
}

/// A narrow VGG19 with random weights.
fn network(place: &Place) -> Vgg {
    let config = VggConfig { widths: [4, 6, 8, 8, 8], ..VggConfig::vgg19(Pooling::Average) };
    let file = fixture("models", "vgg19.safetensors");
    read_vgg19(&file, config, place.device()).unwrap().0
}

fn gatys() -> GatysSynthesis {
    gatys_on(Place::processor())
}

fn gatys_on(place: Place) -> GatysSynthesis {
    GatysSynthesis::new(network(&place), place)
}

fn bank(scale_px: u32) -> FilterBankSynthesis {
    FilterBankSynthesis::new(scale_px, Place::processor()).unwrap()
}

fn picture(seed: u64, side_px: u32) -> RgbImage {
    scenes::render(Category::ALL[seed as usize % Category::ALL.len()], seed, side_px)
}

static TORCH: LazyLock<Vec<u8>> =
    LazyLock::new(|| std::fs::read(fixture("synthesis", "gatys.safetensors")).unwrap());

/// What PyTorch says.
fn torch(name: &str) -> (Vec<usize>, Vec<f32>) {
    let file = SafeTensors::deserialize(&TORCH).unwrap();
    let view = file.tensor(name).unwrap();
    let values = view.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
    (view.shape().to_vec(), values.collect())
}

fn torch_picture(name: &str) -> RgbImage {
    let (shape, values) = torch(name);
    let levels = values.iter().map(|value| *value as u8).collect();
    RgbImage::from_raw(shape[1] as u32, shape[0] as u32, levels).unwrap()
}

/// The largest difference as a part of the largest value.
fn relative_difference<const D: usize>(found: Tensor<D>, (shape, wanted): (Vec<usize>, Vec<f32>)) -> f32 {
    assert_eq!(found.dims().to_vec(), shape);
    let found: Vec<f32> = found.into_data().iter::<f32>().collect();
    let apart = found.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    apart / wanted.iter().map(|v| v.abs()).fold(0.0, f32::max)
}

#[test]
fn gram_matrices_are_those_of_torch() {
    let intact = torch_picture("intact");
    let (w, h) = (intact.width() as usize, intact.height() as usize);
    let (mean, std) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
    let value = |at: usize| f32::from(intact.as_raw()[at % (w * h) * 3 + at / (w * h)]) / 255.0;
    let values: Vec<f32> =
        (0..3 * w * h).map(|at| (value(at) - mean[at / (w * h)]) / std[at / (w * h)]).collect();
    let place = Place::processor();
    let pixels = Tensor::from_data(TensorData::new(values, [1, 3, h, w]), place.device());
    for (maps, layer) in network(&place).maps(pixels, &PUBLISHED_LAYERS).into_iter().zip(PUBLISHED_LAYERS) {
        let apart = relative_difference(gram(maps), torch(&format!("gram.{layer}")));
        assert!(apart <= 1e-4, "{layer}: {apart}");
    }
}

fn loss_and_gradient_are_those_of_torch(gatys: &GatysSynthesis, tolerance: f32) {
    let (value, gradient) = gatys.loss_and_gradient(&torch_picture("intact"), &torch_picture("picture"));
    let wanted = f64::from(torch("loss").1[0]);
    assert!((value / wanted - 1.0).abs() <= f64::from(tolerance), "{value}, torch {wanted}");
    let apart = relative_difference(gradient, torch("gradient"));
    assert!(apart <= tolerance, "{apart}");
}

#[test]
fn the_loss_and_its_gradient_are_those_of_torch() {
    loss_and_gradient_are_those_of_torch(&gatys(), 1e-4);
}

/// On this machine's GPU, which it must have:
/// `cargo test --release -p gestalt-synthesis --features webgpu --test gram`.
#[cfg(feature = "webgpu")]
#[test]
fn on_a_graphics_processor_too() {
    let device = Device::wgpu(burn::tensor::DeviceKind::DefaultDevice);
    loss_and_gradient_are_those_of_torch(&gatys_on(Place::new(&device, "webgpu")), 1e-3);
}

#[test]
fn a_few_iterations_bring_noise_near_the_texture() {
    let intact = picture(1, 64);
    let loss_after = |iterations| {
        let found = gatys().with_iterations(iterations).distort(&intact, 3).unwrap();
        gatys().loss_and_gradient(&intact, &found).0
    };
    let (noise, made) = (loss_after(0), loss_after(60));
    assert!(made < noise / 10.0, "{noise} → {made}");
}

#[test]
fn a_seed_gives_one_distortion_and_another_seed_another_one_at_any_shape() {
    let square = picture(2, 96);
    for (width, height) in [(96, 40), (33, 61)] {
        let intact = image::imageops::crop_imm(&square, 0, 0, width, height).to_image();
        let syntheses: [&dyn Synthesis; 2] = [&gatys().with_iterations(5), &bank(16).with_iterations(5)];
        for synthesis in syntheses {
            let [a, again, b] = [7, 7, 8].map(|seed| synthesis.distort(&intact, seed).unwrap());
            assert_eq!(a.dimensions(), (width, height));
            assert_eq!(a, again, "{}", synthesis.name());
            assert!(a != b && a != intact, "{}", synthesis.name());
        }
    }
}

#[test]
fn pictures_without_room_for_the_layers_are_refused_and_sets_without_memory() {
    let syntheses: [(&dyn Synthesis, u32, u32); 3] =
        [(&gatys(), 32, 512), (&bank(32), 45, 759), (&bank(128), 189, 759)];
    for (synthesis, needed, most) in syntheses {
        assert_eq!((synthesis.smallest_px(), synthesis.largest_px()), (needed, most));
        match synthesis.distort(&RgbImage::new(400, needed - 1), 1) {
            Err(SynthesisError::TooSmall { needed_px, .. }) => assert_eq!(needed_px, needed),
            other => panic!("{other:?}"),
        }
    }
    let least = bank(32).with_iterations(1).distort(&picture(3, 45), 1);
    assert_eq!(least.unwrap().dimensions(), (45, 45));
}

#[test]
fn the_scale_chooses_the_layers() {
    let names = |scale_px| {
        let gatys = gatys().with_scale(scale_px).unwrap();
        gatys.layers().iter().map(VggLayer::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(8), "relu1_1 pool1");
    assert_eq!(names(16), "relu1_1 pool1 pool2");
    assert_eq!(names(32), "relu1_1 pool1 pool2 relu3_2");
    assert_eq!(names(64), "relu1_1 pool1 pool2 pool3");
    for scale_px in [124, 128, 2048] {
        assert_eq!(names(scale_px), "relu1_1 pool1 pool2 pool3 pool4");
    }
    assert_eq!((gatys().layers(), gatys().scale_px()), (&PUBLISHED_LAYERS[..], 124));
    assert!(gatys().with_scale(2).unwrap_err().to_string().contains("3 px"));
    assert!(FilterBankSynthesis::new(7, Place::processor()).unwrap_err().to_string().contains("8 to 512"));
}

#[test]
fn the_filter_bank_keeps_texture_and_colours_and_loses_the_arrangement() {
    let pictures = [1, 2].map(|seed| picture(seed, 112));
    for (intact, other) in [(&pictures[0], &pictures[1]), (&pictures[1], &pictures[0])] {
        let made = bank(32).with_iterations(20).distort(intact, 1).unwrap();
        let own = Comparison::of(intact, &made, 32);
        let apart = Comparison::of(intact, other, 32);
        assert!(own.texture_distance < apart.texture_distance / 2.0, "{own:?}, {apart:?}");
        assert!(own.kept_in_place < 0.3 && own.layout_r < 0.7, "{own:?}");
        let levels = |picture: &RgbImage| {
            let mut levels = picture.as_raw().clone();
            levels.sort_unstable();
            levels
        };
        let shift: u64 =
            levels(intact).iter().zip(levels(&made)).map(|(a, b)| u64::from(a.abs_diff(b))).sum();
        assert!(shift < 5 * intact.as_raw().len() as u64, "{shift}");
    }
}

fn recipe(synthesis: impl Synthesis + 'static) -> Recipe {
    Recipe {
        name: Name::new("gram").unwrap(),
        source: Source::Scenes { count: 2, categories: Vec::new() },
        synthesis: Arc::new(synthesis),
        size: 48.into(),
        seed: 1,
        practice: 0,
        catch: 0,
        further: Vec::new(),
        spread: false,
        controls: 0,
        equalise_jpeg: None,
        encoding: Encoding::Png,
    }
}

#[test]
fn a_set_states_what_decides_its_pictures_and_nothing_else_continues_it() {
    let out = tempfile::tempdir().unwrap();
    let bank_on = |iterations, name: &str| {
        let place = Place::new(&Device::flex(), name);
        recipe(FilterBankSynthesis::new(16, place).unwrap().with_iterations(iterations))
    };
    drop(make(&bank_on(2, "cpu here"), out.path(), &|_| ()).unwrap());
    for other in [bank_on(3, "cpu here"), bank_on(2, "cuda 0"), recipe(gatys().with_iterations(2))] {
        let error = make(&other, out.path(), &|_| ()).unwrap_err().to_string();
        assert!(
            error.contains("syntheses is") && error.contains("2 iterations a level, on cpu here"),
            "{error}"
        );
    }
    let set = make(&bank_on(2, "cpu here"), out.path(), &|_| ()).unwrap().publish().unwrap().set;
    let [made] = &set.made().syntheses[..] else { panic!("{:?}", set.made()) };
    assert_eq!((made.condition.as_str(), made.scale_px), ("filter-bank-16", 16));
    assert_eq!(made.settings, "2 iterations a level, on cpu here");
    assert!(gatys().settings().starts_with("2000 iterations, weights of no file, on cpu "));
}

#[test]
fn every_scale_makes_a_distortion_of_256_px() {
    let intact = picture(1, 256);
    for scale_px in [8, 16, 32, 64, 128] {
        let bank = bank(scale_px).with_iterations(1);
        assert!((bank.smallest_px()..=bank.largest_px()).contains(&256), "{scale_px} px");
        let made = bank.distort(&intact, 1).unwrap();
        assert!(made.dimensions() == (256, 256) && made != intact, "{scale_px} px");
    }
}

#[test]
fn a_trial_set_is_made_and_its_progress_told() {
    let told = Arc::new(AtomicUsize::new(0));
    let teller = Arc::clone(&told);
    let watcher = Watcher::new(move |done, total| {
        assert!(done <= total && total == 5);
        teller.fetch_add(1, Ordering::Relaxed);
    });
    let recipe = recipe(gatys().with_iterations(5).watched_by(watcher));
    let out = tempfile::tempdir().unwrap();
    let made = make(&recipe, out.path(), &|_| ()).unwrap().publish().unwrap();
    assert_eq!((made.set.trials().len(), made.set.images().len()), (2, 6));
    assert_eq!((made.set.made().synthesis.as_str(), made.set.made().scale_px), ("gatys", Some(124)));
    assert!(told.load(Ordering::Relaxed) >= 8);
}
