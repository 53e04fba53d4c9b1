//! Every architecture in every layout against the public libraries' own computation
//! (fixtures/make_parity.py).
#![allow(clippy::unwrap_used)]

mod common;

use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use common::{Fixture, VAE, all_of, of};
use gestalt_models::import::{Imported, Layout, Tensors, import};
use gestalt_models::weights;
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::Network;
use gestalt_networks::architectures::vae::VaeConfig;
use gestalt_networks::position;
use gestalt_networks::readout::{Layer, Pool};
use gestalt_networks::sparsity::TopK;
use gestalt_networks::weight::Weight;

/// The fraction of positions that the fixtures' sparse read-outs kept.
const KEPT: f64 = 0.3;

fn largest_difference(found: &[f32], wanted: &[f32]) -> f32 {
    assert_eq!(found.len(), wanted.len());
    assert!(found.iter().all(|value| value.is_finite()));
    found.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

struct Made {
    network: Network,
    imported: Imported,
    picture: Tensor<4>,
    wanted: Tensors,
}

fn make((name, architecture, layout): &Fixture) -> Made {
    let tensors = all_of(name);
    let imported =
        import(of(&tensors, "weights."), architecture, *layout).unwrap_or_else(|e| panic!("{name}: {e}"));
    let device = Device::flex();
    let (network, report) = weights::build(&imported.architecture, &imported.weights, &device).unwrap();
    assert!(report.is_complete(), "{name}: {report}");
    let picture = Tensor::from_data(tensors["input"].as_ref().unwrap().data(), &device);
    Made { network, imported, picture, wanted: of(&tensors, "out.") }
}

/// Reads every layer of the fixtures, each as it is and with Top-K sparsity, and holds them to 1e-4.
fn hold(fixtures: Vec<Fixture>) {
    for fixture in fixtures {
        let (name, made) = (fixture.0, make(&fixture));
        let sparse = made.wanted.keys().filter(|layer| layer.starts_with("top_k.")).count();
        let inner = made.wanted.keys().filter(|layer| layer.starts_with(['b', 's']) && layer.contains('.'));
        assert!(inner.count() >= 2, "{name}: two inner layers are wanted");
        // The hooks of sparsity are written for timm's networks and for torchvision's convolutional ones.
        let hooked = name.starts_with("timm")
            || name.contains("resnet") && !name.starts_with("hugging")
            || name.contains("vgg")
            || name.contains("mobilenet");
        assert!(sparse >= 3 || !hooked, "{name}");
        for (layer, wanted) in &made.wanted {
            let (layer, top_k) = match layer.strip_prefix("top_k.") {
                Some(layer) => (layer, Some(TopK::new(KEPT).unwrap())),
                None => (layer.as_str(), None),
            };
            let read: Layer = layer.parse().unwrap();
            assert!(made.imported.architecture.has(read), "{name} {layer}");
            let found: Vec<f32> =
                made.network.read(made.picture.clone(), read, top_k).into_data().iter::<f32>().collect();
            let difference = largest_difference(&found, &wanted.as_ref().unwrap().values);
            assert!(difference <= 1e-4, "{name} {layer}, {top_k:?}: {difference}");
        }
        count_patches(name, &made);
    }
}

/// A layer of all patches is as many times as wide as their mean as the architecture says.
fn count_patches(name: &str, made: &Made) {
    let numbers = |layer| made.network.read(made.picture.clone(), layer, None).dims()[1];
    for layer in made.imported.architecture.layers() {
        if let Some(count) = made.imported.architecture.patches_in(layer) {
            let mean = Layer { pool: Pool::Mean, ..layer };
            assert_eq!(numbers(layer), count * numbers(mean), "{name} {layer}");
        }
    }
}

#[test]
fn vision_transformers() {
    hold(common::vits());
}

#[test]
fn stellar_factorises_and_its_blocks_can_be_read() {
    hold(common::stellars());
}

#[test]
fn convnexts() {
    hold(common::convnexts());
}

#[test]
fn resnets() {
    hold(common::resnets());
}

#[test]
fn vggs_after_every_pooling() {
    hold(common::vggs());
}

#[test]
fn mobilenets() {
    hold(common::mobilenets());
}

#[test]
fn bagnets_and_what_a_position_of_theirs_sees() {
    hold(common::bagnets());
    for fixture in common::bagnets() {
        let Architecture::BagNet(config) = fixture.1 else { panic!("no BagNet") };
        let receptive_px = config.receptive_px;
        // A change just outside the first patch's square changes nothing in it; one in its middle does.
        let made = make(&fixture);
        let first = |picture: Tensor<4>| -> Vec<f32> {
            let all = made.network.read(picture, "patches".parse().unwrap(), None);
            all.into_data().iter::<f32>().take(32).collect()
        };
        let changed = |from: usize| {
            let square = [0..1, 0..3, from..from + 1, 0..receptive_px];
            let bright = Tensor::full([1, 3, 1, receptive_px], 9.0, &made.picture.device());
            first(made.picture.clone().slice_assign(square, bright))
        };
        let before = first(made.picture.clone());
        assert_eq!(changed(receptive_px), before);
        assert_ne!(changed(receptive_px / 2), before);
    }
}

#[test]
fn an_autoencoder_encodes_and_decodes() {
    let made = make(&("timm_vae", Architecture::Vae(VAE), Layout::Timm));
    let Network::Vae(vae) = &made.network else { panic!("no autoencoder") };
    let (mean, log_variance) = vae.encode(made.picture.clone());
    let decoded = vae.decode(mean.clone()).flatten::<1>(0, 3);
    let after = |last: usize| {
        let first = vae.encoder.convolutions.iter().take(last + 1);
        first.fold(made.picture.clone(), |map, conv| relu(conv.forward(map))).flatten::<1>(0, 3)
    };
    let numbers = [
        ("convolutions.1", after(1)),
        ("convolutions.3", after(3)),
        ("latent", mean.flatten(0, 1)),
        ("log_variance", log_variance.unwrap().flatten(0, 1)),
        ("decoded", decoded),
    ];
    for (what, found) in numbers {
        let found: Vec<f32> = found.into_data().iter::<f32>().collect();
        let difference = largest_difference(&found, &made.wanted[what].as_ref().unwrap().values);
        assert!(difference <= 1e-4, "{what}: {difference}");
    }
    // A plain autoencoder has a code in place of a distribution.
    let plain = VaeConfig { variational: false, ..VAE }.init(&Device::flex()).unwrap();
    let (code, none) = plain.encode(made.picture);
    assert_eq!((code.dims(), none.is_none()), ([1, 5], true));
}

#[test]
fn positions_are_resized_as_timm_does() {
    let tensors = all_of("positions");
    let table = tensors["table"].as_ref().unwrap();
    for grid in [2, 3, 5, 7, 12] {
        let wanted = tensors[&format!("to_{grid}")].as_ref().unwrap();
        let found = position::resample(table, grid).unwrap();
        assert_eq!(found.shape, wanted.shape);
        let difference = largest_difference(&found.values, &wanted.values);
        assert!(difference <= 1e-5, "{grid}: {difference}");
    }
    let ragged = Weight { shape: vec![1, 8, 2], values: vec![0.0; 16] };
    assert!(position::resample(&ragged, 3).is_none());
    let empty = Weight { shape: vec![1, 5, 0], values: Vec::new() };
    assert!(position::resample(&empty, 3).is_none());
}
