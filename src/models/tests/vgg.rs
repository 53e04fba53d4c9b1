//! VGG19 against torchvision's, and the files that users bring.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor, TensorData};
use gestalt_models::import::{ImportReport, VggFileError, read_vgg19};
use gestalt_networks::architectures::vgg::{Pooling, Vgg, VggConfig, VggLayer};
use safetensors::tensor::TensorView;
use safetensors::{SafeTensors, serialize_to_file};

const WIDTHS: [usize; 5] = [4, 6, 8, 8, 8];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn load(name: &str, pooling: Pooling) -> (Vgg, ImportReport) {
    let config = VggConfig { widths: WIDTHS, ..VggConfig::vgg19(pooling) };
    read_vgg19(&fixture(name), config, &Device::flex()).unwrap()
}

fn tensor(file: &SafeTensors<'_>, name: &str) -> Tensor<4> {
    let view = file.tensor(name).unwrap();
    let values: Vec<f32> =
        view.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    Tensor::from_data(TensorData::new(values, view.shape().to_vec()), &Device::flex())
}

#[test]
fn every_layer_holds_what_torchvisions_does_under_either_pooling() {
    let bytes = std::fs::read(fixture("vgg19_read.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    for (pooling, prefix) in [(Pooling::Average, "average."), (Pooling::Max, "max.")] {
        let (network, _) = load("vgg19.safetensors", pooling);
        let names: Vec<&str> = file.names().into_iter().filter_map(|n| n.strip_prefix(prefix)).collect();
        assert_eq!(names.len(), 7);
        let layers: Vec<VggLayer> = names.iter().map(|name| name.parse().unwrap()).collect();
        for (found, name) in network.maps(tensor(&file, "input"), &layers).into_iter().zip(names) {
            let wanted = tensor(&file, &format!("{prefix}{name}"));
            assert_eq!(found.dims(), wanted.dims(), "{prefix}{name}");
            let apart: f32 = (found - wanted).abs().max().into_scalar();
            assert!(apart <= 1e-5, "{prefix}{name}: {apart}");
        }
    }
}

#[test]
fn a_pth_gives_the_same_network_and_the_classifier_is_ignored_by_name() {
    let picture = Tensor::<4>::ones([1, 3, 32, 32], &Device::flex());
    let pool5 = [VggLayer::Pool(5)];
    let [(a, keys), (b, _)] = ["vgg19.safetensors", "vgg19.pth"].map(|name| load(name, Pooling::Max));
    let [a, b] = [a, b].map(|network| network.maps(picture.clone(), &pool5).remove(0).into_data());
    assert_eq!(a, b);
    assert_eq!(keys.used.len(), 32);
    assert!(keys.used.contains(&"features.34.bias".to_owned()));
    assert_eq!(keys.ignored, [("classifier.6.weight".to_owned(), "a classifier")]);
}

/// The error that the fixture's weights give once `change` was made to their names and shapes.
fn refused(change: impl Fn(&str, &[usize]) -> Option<(String, Vec<usize>)>) -> String {
    let bytes = std::fs::read(fixture("vgg19.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut changed = Vec::new();
    for (name, view) in file.iter() {
        if let Some((name, shape)) = change(name, view.shape()) {
            let length = 4 * shape.iter().product::<usize>();
            changed.push((name, TensorView::new(view.dtype(), shape, &view.data()[..length]).unwrap()));
        }
    }
    let path = std::env::temp_dir().join(format!("gestalt-vgg-{}.safetensors", std::process::id()));
    serialize_to_file(changed, None, &path).unwrap();
    let config = VggConfig { widths: WIDTHS, ..VggConfig::vgg19(Pooling::Average) };
    let error = read_vgg19(&path, config, &Device::flex()).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(error, VggFileError::Keys { .. }), "{error}");
    error.to_string()
}

#[test]
fn missing_misshapen_and_foreign_keys_are_named_as_in_the_file() {
    let same = |name: &str, shape: &[usize]| Some((name.to_owned(), shape.to_vec()));
    let message = refused(|name, shape| if name == "features.10.weight" { None } else { same(name, shape) });
    assert!(message.contains("missing: features.10.weight"), "{message}");
    let message = refused(|name, shape| same(name, if name == "features.7.bias" { &[3] } else { shape }));
    assert!(message.contains("`features.7.bias` is [3], wanted [6]"), "{message}");
    let message = refused(|name, shape| same(&name.replace("features.2.bias", "features.1.bias"), shape));
    assert!(
        message.contains("missing: features.2.bias")
            && message.contains("of another network: features.1.bias"),
        "{message}"
    );
}

#[test]
fn what_is_no_weights_file_is_refused_with_the_remedy() {
    let config = VggConfig::vgg19(Pooling::Average);
    for path in [fixture("no-such-file.pth"), fixture("make_vgg19.py"), fixture("../Cargo.toml")] {
        let message = read_vgg19(&path, config, &Device::flex()).unwrap_err().to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
        assert!(message.contains(".safetensors or .pth"), "{message}");
    }
    // The narrow network is not VGG19: every shape that differs is named.
    let error = read_vgg19(&fixture("vgg19.pth"), config, &Device::flex()).unwrap_err();
    assert!(
        error.to_string().contains("`features.0.weight` is [4, 3, 3, 3], wanted [64, 3, 3, 3]"),
        "{error}"
    );
}

#[test]
fn layers_have_their_usual_names_and_receptive_fields() {
    let fields =
        [("relu1_1", 3), ("pool1", 6), ("pool2", 16), ("relu3_2", 32), ("pool3", 52), ("pool4", 124)];
    for (name, field_px) in fields {
        let layer: VggLayer = name.parse().unwrap();
        assert_eq!((layer.to_string().as_str(), layer.receptive_field_px()), (name, field_px));
    }
    assert_eq!(VggLayer::all().count(), 21);
    for name in ["relu1_3", "pool6", "conv1_1", ""] {
        assert!(name.parse::<VggLayer>().unwrap_err().to_string().contains("relu5_4"));
    }
}

#[test]
fn a_number_sees_no_more_than_its_receptive_field() {
    let (network, _) = load("vgg19.safetensors", Pooling::Average);
    let layer = VggLayer::Relu { block: 3, conv: 2 };
    let side = 3 * layer.receptive_field_px();
    let random = |index: usize| ((index * 2_654_435_761) % 1000) as f32 / 500.0 - 1.0;
    let values: Vec<f32> = (0..3 * side * side).map(random).collect();
    let picture = Tensor::<4>::from_data(TensorData::new(values, [1, 3, side, side]), &Device::flex());
    let changed = picture.clone().slice_fill([0..1, 0..3, 48..49, 48..49], 9.0);
    let [a, b] = [picture, changed].map(|p| network.maps(p, &[layer]).remove(0));
    let apart = (a - b).abs().sum_dim(1);
    let [_, _, rows, columns] = apart.dims();
    let touched: Vec<bool> = apart.into_data().iter::<f32>().map(|d| d > 0.0).collect();
    let reach = |at: &dyn Fn(usize) -> usize| {
        let places: Vec<usize> = (0..rows * columns).filter(|i| touched[*i]).map(at).collect();
        places.iter().max().unwrap() - places.iter().min().unwrap() + 1
    };
    // A field of 32 px at steps of 4 px holds one pixel at 8 places along each axis.
    assert_eq!((reach(&|i| i / columns), reach(&|i| i % columns)), (8, 8));
}
