//! The kernels of WebGPU against burn's own layers on the processor, with weights in floats and in
//! integers, on shapes that do not fill whole groups. Needs a device: `cargo test --release -p
//! gestalt-networks --features webgpu --test webgpu`, with Vulkan, Metal or DirectX, or with Chromium's
//! software adapter (`VK_ICD_FILENAMES=…/vk_swiftshader_icd.json`).
#![allow(clippy::unwrap_used)]

mod random;

use burn::tensor::{DType, Device, DeviceKind, Tensor, TensorData};
use gestalt_models::card::Quantisation;
use gestalt_models::pack;
use gestalt_models::weights;
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::Network;
use gestalt_networks::architectures::bagnet::BagNetConfig;
use gestalt_networks::architectures::convnext::ConvNextConfig;
use gestalt_networks::architectures::mobilenet::MobileNetV2Config;
use gestalt_networks::architectures::resnet::ResNetConfig;
use gestalt_networks::architectures::stellar::StellarConfig;
use gestalt_networks::architectures::vae::VaeConfig;
use gestalt_networks::architectures::vgg::{Pooling, VggConfig};
use gestalt_networks::architectures::vit::VitConfig;
use gestalt_networks::sparsity::TopK;

use random::{noise, random_weights};

/// Largest difference between the two devices over two pictures and every layer of the architecture.
fn apart(architecture: &Architecture, quantisation: Quantisation, top_k: Option<TopK>) -> f32 {
    let bytes = pack::pack(&random_weights(architecture), quantisation).unwrap();
    let (cpu, gpu) = (Device::flex(), Device::wgpu(DeviceKind::DefaultDevice));
    let (plain, report) = weights::build(architecture, &pack::unpack(&bytes).unwrap(), &cpu).unwrap();
    assert!(report.is_complete());
    let (packed, report) = weights::build(architecture, &pack::read(&bytes).unwrap(), &gpu).unwrap();
    assert!(report.is_complete());
    let px = architecture.image_px();
    let pictures = noise(2 * 3 * px * px, 99);
    let mut largest = 0.0_f32;
    for layer in architecture.layers() {
        let input = |device| Tensor::from_data(TensorData::new(pictures.clone(), [2, 3, px, px]), device);
        let values = |tensor: Tensor<2>| tensor.into_data().iter::<f32>().collect::<Vec<_>>();
        let wanted = values(plain.read(input(&cpu), layer, top_k));
        let found = values(packed.read(input(&gpu), layer, top_k));
        assert_eq!(found.len(), wanted.len(), "{layer}");
        largest = found.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(largest, f32::max);
    }
    largest
}

#[test]
fn weights_stay_packed_on_the_device() {
    let architecture =
        Architecture::Vit(VitConfig { image_px: 64, patch_px: 8, depth: 1, ..VitConfig::default() });
    let bytes = pack::pack(&random_weights(&architecture), Quantisation::Q4Block32).unwrap();
    let gpu = Device::wgpu(DeviceKind::DefaultDevice);
    let (network, _) = weights::build(&architecture, &pack::read(&bytes).unwrap(), &gpu).unwrap();
    let Network::Vit(vit) = network else { panic!("another network") };
    let block = &vit.blocks[0];
    for layer in [&vit.patch_embed.proj, &block.attn.qkv, &block.attn.proj, &block.mlp.fc1, &block.mlp.fc2] {
        assert!(matches!(layer.weight.val().dtype(), DType::QFloat(_)));
    }
}

#[test]
fn kernels_of_convolutions_stay_packed_on_the_device() {
    // Blocks of 64 reach from one kernel's 72 values into the next one's.
    let architecture = Architecture::ResNet(small_resnet(false));
    for quantisation in [Quantisation::Q8Block64, Quantisation::Q4Block32] {
        let bytes = pack::pack(&random_weights(&architecture), quantisation).unwrap();
        let gpu = Device::wgpu(DeviceKind::DefaultDevice);
        let (network, _) = weights::build(&architecture, &pack::read(&bytes).unwrap(), &gpu).unwrap();
        let Network::ResNet(resnet) = network else { panic!("another network") };
        for conv in [&resnet.layer1[0].conv1, &resnet.layer1[0].conv2, &resnet.layer4[0].conv2] {
            assert!(matches!(conv.weight.val().dtype(), DType::QFloat(_)), "{quantisation:?}");
        }
    }
}

fn small_resnet(bottleneck: bool) -> ResNetConfig {
    ResNetConfig { image_px: 32, depths: [1, 2, 1, 1], width: 8, bottleneck }
}

const KINDS: [Quantisation; 4] =
    [Quantisation::None, Quantisation::Q8Block32, Quantisation::Q8Block64, Quantisation::Q4Block32];

#[test]
fn transformers_are_the_same_with_every_kind_of_weights() {
    let plain = VitConfig { image_px: 64, patch_px: 8, depth: 2, ..VitConfig::default() };
    for config in [
        plain,
        // Rows of 36, 108 and 144 values are no whole blocks, heads of 12 no whole group.
        VitConfig { width: 36, ..plain },
        VitConfig { norm_pre: true, quick_gelu: true, projection: 52, ..plain },
        VitConfig { layer_scale: true, registers: 4, ..plain },
        // A single token besides the class token: fewer rows than a unit makes.
        VitConfig { image_px: 8, patch_px: 8, ..plain },
    ] {
        for quantisation in KINDS {
            let apart = apart(&Architecture::Vit(config), quantisation, TopK::new(0.3));
            assert!(apart < 1e-4, "{config:?}, {quantisation:?}: {apart}");
        }
    }
}

#[test]
fn convnexts_are_the_same_with_every_kind_of_weights() {
    let config =
        ConvNextConfig { image_px: 64, depths: [1, 1, 2, 1], widths: [12, 20, 24, 40], head_norm: true };
    for quantisation in KINDS {
        let apart = apart(&Architecture::ConvNext(config), quantisation, None);
        assert!(apart < 1e-4, "{quantisation:?}: {apart}");
    }
}

#[test]
fn convolutional_networks_are_the_same_with_every_kind_of_weights() {
    let stages = [1, 1, 1, 1];
    for architecture in [
        Architecture::ResNet(small_resnet(true)),
        // Channels that fill no whole four.
        Architecture::ResNet(ResNetConfig { width: 6, ..small_resnet(false) }),
        Architecture::BagNet(BagNetConfig { image_px: 43, receptive_px: 33, depths: stages, width: 8 }),
        Architecture::Vgg(VggConfig {
            image_px: 32,
            depths: [1, 1, 2, 1, 1],
            widths: [4, 8, 8, 12, 12],
            pooling: Pooling::Max,
        }),
        Architecture::MobileNetV2(MobileNetV2Config {
            image_px: 64,
            stem_width: 8,
            depths: [1, 2, 1, 1, 1, 1, 1],
            widths: [8, 8, 8, 12, 12, 16, 16],
            head_width: 24,
        }),
        Architecture::Vae(VaeConfig { width: 4, ..VaeConfig::PAPER }),
        Architecture::Stellar(StellarConfig {
            encoder: VitConfig { image_px: 32, patch_px: 8, depth: 2, ..VitConfig::default() },
            concepts: 5,
        }),
    ] {
        for quantisation in KINDS {
            let apart = apart(&architecture, quantisation, None);
            assert!(apart < 1e-4, "{architecture:?}, {quantisation:?}: {apart}");
        }
    }
}
