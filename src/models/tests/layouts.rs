//! Whose names a file's keys are: every key is accounted for, and other houses' names mean the same
//! weights.
#![allow(clippy::unwrap_used)]

mod common;

use common::{CLIP, CONVNEXT, DINO, DINO_WITH_REGISTERS, MOBILENET, RESNET, VGG19, VIT, file, weights_of};
use gestalt_models::import::{ImportError, Layout, Tensors, import, read};
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::vgg::VggConfig;
use gestalt_networks::architectures::vit::VitConfig;
use gestalt_networks::position;
use gestalt_networks::weight::{Weight, Weights};

#[test]
fn a_pytorch_file_gives_the_same_weights() {
    let pth = import(read(&file("timm_mae.pth")).unwrap(), &Architecture::Vit(VIT), Layout::Timm).unwrap();
    let safe = import(weights_of("timm_mae"), &Architecture::Vit(VIT), Layout::Timm).unwrap();
    assert_eq!(pth.weights, safe.weights);
    assert_eq!(pth.report.used.len(), safe.report.used.len());
    assert!(pth.report.ignored.iter().any(|(key, _)| key.contains("optimizer")), "{:?}", pth.report.ignored);
}

#[test]
fn every_key_is_accounted_for() {
    let resnet =
        import(weights_of("torchvision_resnet50"), &Architecture::ResNet(RESNET), Layout::Torchvision)
            .unwrap();
    let total = weights_of("torchvision_resnet50").len();
    assert_eq!(resnet.report.used.len() + resnet.report.ignored.len(), total);
    let ignored = |part: &str| resnet.report.ignored.iter().filter(|(key, _)| key.contains(part)).count();
    assert_eq!((ignored("num_batches_tracked"), ignored("fc.")), (17, 2));

    let refused = |tensors, config: VitConfig| -> String {
        import(tensors, &Architecture::Vit(config), Layout::Timm).unwrap_err().to_string()
    };
    // A missing, a misshapen and a telling key are named.
    let mut broken = weights_of("timm_deit");
    broken.remove("blocks.1.mlp.fc2.bias");
    broken.insert("norm.weight".into(), Some(Weight { shape: vec![3], values: vec![0.0; 3] }));
    let error = refused(broken, VIT);
    assert!(error.contains("missing: blocks.1.mlp.fc2.bias"), "{error}");
    assert!(error.contains("`norm.weight` is [3], wanted [16]"), "{error}");
    // Layer scale, a norm before the first block: another network, however well the rest fits.
    let error = refused(weights_of("timm_dinov2"), VitConfig { layer_scale: false, ..DINO });
    assert!(error.contains("of another network: blocks.0.ls1.gamma"), "{error}");
    let error = refused(weights_of("timm_clip"), VitConfig { norm_pre: false, ..CLIP });
    assert!(error.contains("norm_pre.bias"), "{error}");
    let error = refused(weights_of("timm_mae"), VitConfig { depth: 1, ..VIT });
    assert!(error.contains("blocks.1.attn.qkv.weight"), "{error}");
    // Two names of one weight.
    let mut twice = weights_of("huggingface_vit");
    twice.insert("vit.layernorm.bias".into(), twice["layernorm.bias"].clone());
    let error = import(twice, &Architecture::Vit(VIT), Layout::HuggingFace).unwrap_err();
    assert!(matches!(error, ImportError::Twice(..)));
}

#[test]
fn positions_of_a_checkpoint_are_brought_to_another_picture_size() {
    let tensors = weights_of("timm_deit");
    let wider = VitConfig { image_px: 48, ..VIT };
    let imported = import(tensors.clone(), &Architecture::Vit(wider), Layout::Timm).unwrap();
    assert_eq!(imported.weights["pos_embed"].shape, [1, 37, 16]);
    let wanted = position::resample(tensors["pos_embed"].as_ref().unwrap(), 6).unwrap();
    assert_eq!(imported.weights["pos_embed"], wanted);
    assert!(imported.report.changed.iter().any(|change| change.contains("6 × 6")));
}

/// The weights that come of `tensors`, each key called by another name first.
fn renamed(
    tensors: Tensors,
    name: impl Fn(&str) -> String,
    architecture: &Architecture,
    layout: Layout,
) -> Weights {
    let renamed = tensors.into_iter().map(|(key, weight)| (name(&key), weight)).collect();
    import(renamed, architecture, layout).unwrap().weights
}

fn replaced(key: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(key.to_owned(), |key, (from, to)| key.replace(from, to))
}

#[test]
fn the_authors_names_of_a_convnext_mean_the_same_weights() {
    let architecture = Architecture::ConvNext(CONVNEXT);
    let authors = |key: &str| {
        let key = replaced(
            key,
            &[
                ("stem.", "downsample_layers.0."),
                (".blocks.", "."),
                (".conv_dw.", ".dwconv."),
                (".mlp.fc", ".pwconv"),
                (".mlp.grn.weight", ".grn.gamma"),
                (".mlp.grn.bias", ".grn.beta"),
                ("head.norm.", "norm."),
                ("head.fc.", "head."),
            ],
        );
        match key.strip_prefix("stages.").and_then(|rest| rest.split_once(".downsample.")) {
            Some((stage, place)) => format!("downsample_layers.{stage}.{place}"),
            None => key,
        }
    };
    let mut theirs = weights_of("timm_convnextv2");
    for (_, weight) in theirs.iter_mut().filter(|(key, _)| key.contains(".grn.")) {
        // They keep the response norm's numbers as a map of one position.
        let weight = weight.as_mut().unwrap();
        weight.shape = vec![1, 1, 1, weight.values.len()];
    }
    let ours = import(weights_of("timm_convnextv2"), &architecture, Layout::Timm).unwrap();
    assert_eq!(renamed(theirs, authors, &architecture, Layout::Timm), ours.weights);
}

#[test]
fn the_authors_names_of_dinov2_mean_the_same_weights() {
    let architecture = Architecture::Vit(DINO_WITH_REGISTERS);
    let authors = |key: &str| key.replace("reg_token", "register_tokens");
    let mut theirs = weights_of("timm_dinov2_reg");
    theirs.insert("mask_token".into(), Some(Weight { shape: vec![1, 16], values: vec![0.5; 16] }));
    let ours = import(weights_of("timm_dinov2_reg"), &architecture, Layout::Timm).unwrap();
    assert_eq!(renamed(theirs, authors, &architecture, Layout::Timm), ours.weights);
}

#[test]
fn hugging_faces_names_of_a_resnet_mean_the_same_weights() {
    let architecture = Architecture::ResNet(RESNET);
    let hugging_face = |key: &str| {
        let kinds = [
            ("downsample.0", "shortcut.convolution"),
            ("downsample.1", "shortcut.normalization"),
            ("conv1", "layer.0.convolution"),
            ("conv2", "layer.1.convolution"),
            ("conv3", "layer.2.convolution"),
            ("bn1", "layer.0.normalization"),
            ("bn2", "layer.1.normalization"),
            ("bn3", "layer.2.normalization"),
        ];
        match key.strip_prefix("layer").and_then(|rest| rest.split_once('.')) {
            Some((stage, rest)) => {
                let (block, rest) = rest.split_once('.').unwrap();
                let stage = stage.parse::<usize>().unwrap() - 1;
                format!("resnet.encoder.stages.{stage}.layers.{block}.{}", replaced(rest, &kinds))
            }
            None => replaced(
                key,
                &[
                    ("conv1.", "resnet.embedder.embedder.convolution."),
                    ("bn1.", "resnet.embedder.embedder.normalization."),
                    ("fc.", "classifier.1."),
                ],
            ),
        }
    };
    let theirs = weights_of("torchvision_resnet50");
    let ours = import(theirs.clone(), &architecture, Layout::Torchvision).unwrap();
    assert_eq!(renamed(theirs, hugging_face, &architecture, Layout::HuggingFace), ours.weights);
}

#[test]
fn the_older_flat_names_of_a_mobilenet_mean_the_same_weights() {
    let architecture = Architecture::MobileNetV2(MOBILENET);
    // Rectifiers have numbers there too.
    let flat = |key: &str| match key.strip_prefix("features.").and_then(|rest| rest.split_once(".conv.")) {
        Some(("1", inside)) => {
            let kinds = [("1.", "3."), ("2.", "4."), ("0.0.", "0."), ("0.1.", "1.")];
            format!("features.1.conv.{}", first_replaced(inside, &kinds))
        }
        Some((block, inside)) => {
            let kinds =
                [("0.0.", "0."), ("0.1.", "1."), ("1.0.", "3."), ("1.1.", "4."), ("2.", "6."), ("3.", "7.")];
            format!("features.{block}.conv.{}", first_replaced(inside, &kinds))
        }
        None => key.to_owned(),
    };
    let theirs = weights_of("torchvision_mobilenet");
    let ours = import(theirs.clone(), &architecture, Layout::Torchvision).unwrap();
    assert_eq!(renamed(theirs, flat, &architecture, Layout::Torchvision), ours.weights);
}

/// The first of `pairs` that begins the key, replaced.
fn first_replaced(key: &str, pairs: &[(&str, &str)]) -> String {
    let found = pairs.iter().find_map(|(from, to)| Some(format!("{to}{}", key.strip_prefix(from)?)));
    found.unwrap_or_else(|| panic!("{key}"))
}

#[test]
fn queries_keys_and_values_of_different_shapes_are_named() {
    let key = "encoder.layer.1.attention.attention.value.bias";
    let mut tensors = weights_of("huggingface_vit");
    // As many rows as there should be, and twice as many numbers.
    tensors.insert(key.into(), Some(Weight { shape: vec![16, 2], values: vec![0.0; 32] }));
    let error = import(tensors, &Architecture::Vit(VIT), Layout::HuggingFace).unwrap_err().to_string();
    assert!(error.contains(&format!("`{key}` is [16, 2], wanted [16]")), "{error}");
}

#[test]
fn an_empty_tensor_is_no_weight_and_takes_no_memory() {
    let mut tensors = weights_of("openclip_clip");
    let huge = Weight { shape: vec![0, 1 << 60], values: Vec::new() };
    tensors.insert("visual.proj".into(), Some(huge.clone()));
    tensors.insert("visual.positional_embedding".into(), Some(Weight { shape: vec![1, 5, 0], ..huge }));
    let error = import(tensors, &Architecture::Vit(CLIP), Layout::OpenClip).unwrap_err();
    let ImportError::Keys(report) = error else { panic!("{error}") };
    assert_eq!(report.missing, ["pos_embed"]);
    assert!(report.ignored.contains(&("visual.proj".to_owned(), "empty")), "{:?}", report.ignored);
}

#[test]
fn another_vgg_is_refused_by_its_keys() {
    let vgg16 = VggConfig { depths: [2, 2, 3, 3, 3], ..VGG19 };
    let error = import(weights_of("torchvision_vgg19"), &Architecture::Vgg(vgg16), Layout::Torchvision);
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("missing: features.17.") && error.contains("of another network: features.16."),
        "{error}"
    );
    let whole = import(weights_of("torchvision_vgg19"), &Architecture::Vgg(VGG19), Layout::Torchvision);
    let report = whole.unwrap().report;
    assert_eq!((report.used.len(), report.ignored.len()), (32, 6));
    assert!(report.ignored.iter().all(|(key, why)| key.starts_with("classifier.") && *why == "a classifier"));
}
