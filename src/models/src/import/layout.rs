//! Whose names a file's keys are, and what they are called in timm's.

use std::collections::BTreeMap;

use super::hugging_face::{convnext_of_hugging_face, resnet_of_hugging_face, stellar, vit_of_hugging_face};
use super::rename::replaced;
use super::{ImportError, ImportReport, Source, Sources, Tensors};
use gestalt_networks::architecture::Architecture;
use gestalt_networks::weight::Weight;

/// Whose names and layout a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// timm's, and those of the authors' own files that timm reads (MAE, DINOv2, ConvNeXt V2).
    Timm,
    /// torchvision's; BagNet's too.
    Torchvision,
    /// Hugging Face transformers'; STELLAR's too.
    HuggingFace,
    /// open_clip's and OpenAI's whole CLIP files.
    OpenClip,
}

/// Wrappers that training code puts around a network.
const WRAPPERS: [&str; 4] = ["state_dict.", "model.", "module.", "model_ema."];

/// Every tensor of the file under timm's name; what has none is in the report.
pub(super) fn rename(
    tensors: Tensors,
    architecture: &Architecture,
    layout: Layout,
    report: &mut ImportReport,
) -> Result<Sources, ImportError> {
    let mut named: BTreeMap<String, (String, Option<Weight>)> =
        tensors.into_iter().map(|(key, weight)| (key.clone(), (key, weight))).collect();
    while let Some(wrapper) =
        WRAPPERS.iter().find(|wrapper| named.keys().any(|key| key.starts_with(**wrapper)))
    {
        let (inside, outside): (Vec<_>, Vec<_>) =
            named.into_iter().partition(|(key, _)| key.starts_with(wrapper));
        report.ignored.extend(outside.into_iter().map(|(_, (from, _))| (from, "beside the network")));
        named = inside.into_iter().map(|(key, value)| (key[wrapper.len()..].to_owned(), value)).collect();
    }
    let mut sources = Sources::new();
    for (key, (from, weight)) in named {
        let Some(weight) = weight else {
            report.ignored.push((from, "not floating point"));
            continue;
        };
        // A shape such as [2⁶⁰, 0] needs no bytes in a file, and would need them here.
        if weight.values.is_empty() {
            report.ignored.push((from, "empty"));
            continue;
        }
        let Some(name) = timm_name(&key, architecture, layout) else {
            report.ignored.push((from, "not part of this network"));
            continue;
        };
        let weight = if layout == Layout::OpenClip && key == "visual.proj" { turned(weight) } else { weight };
        if let Some(other) = sources.get(&name) {
            return Err(ImportError::Twice(other.from.join(" + "), from));
        }
        sources.insert(name, Source { from: vec![from], weight });
    }
    add_head_bias(&mut sources, layout);
    Ok(sources)
}

/// A projection without bias, as whole CLIP files have it, gets one of zeros, as timm gives it.
fn add_head_bias(sources: &mut Sources, layout: Layout) {
    let whole_clip = matches!(layout, Layout::OpenClip | Layout::HuggingFace);
    let numbers = match sources.get("head.weight").map(|head| &head.weight.shape[..]) {
        Some([numbers, _]) if whole_clip && !sources.contains_key("head.bias") => *numbers,
        _ => return,
    };
    let weight = Weight { shape: vec![numbers], values: vec![0.0; numbers] };
    sources.insert("head.bias".into(), Source { from: Vec::new(), weight });
}

/// `[ins, outs]` → `[outs, ins]`
fn turned(weight: Weight) -> Weight {
    match weight.shape[..] {
        [ins, outs] => {
            Weight { shape: vec![outs, ins], values: super::transposed(&weight.values, outs, ins) }
        }
        _ => weight,
    }
}

fn timm_name(key: &str, architecture: &Architecture, layout: Layout) -> Option<String> {
    if key.ends_with("num_batches_tracked") {
        return None;
    }
    match (layout, architecture) {
        (Layout::Timm, Architecture::ConvNext(_)) => Some(convnext_of_authors(key)),
        (Layout::Timm, Architecture::Vit(_)) => vit_of_authors(key),
        (Layout::Torchvision, Architecture::Vit(_)) => Some(vit_of_torchvision(key)),
        (Layout::HuggingFace, Architecture::Vit(_)) => vit_of_hugging_face(key),
        (Layout::HuggingFace, Architecture::Stellar(_)) => stellar(key),
        (Layout::HuggingFace, Architecture::ConvNext(_)) => convnext_of_hugging_face(key),
        (Layout::HuggingFace, Architecture::ResNet(_)) => resnet_of_hugging_face(key),
        (Layout::OpenClip, _) => open_clip(key),
        (_, Architecture::Stellar(_)) => stellar(key),
        // timm's fully connected layers, and torchvision's.
        (_, Architecture::Vgg(_)) => {
            Some(replaced(key, &[("pre_logits.", "head."), ("classifier.", "head.")]))
        }
        _ => Some(key.to_owned()),
    }
}

fn convnext_of_authors(key: &str) -> String {
    let mut parts: Vec<&str> = key.split('.').collect();
    // stages.0.1.… → stages.0.blocks.1.…
    let bare = parts.len() > 3 && parts[0] == "stages" && parts[2].parse::<usize>().is_ok();
    if bare {
        parts.insert(2, "blocks");
    }
    if parts[0] == "downsample_layers" && parts.len() > 2 {
        let (stage, place) = (parts[1], parts[2]);
        let rest = parts[3..].join(".");
        return match stage {
            "0" => format!("stem.{place}.{rest}"),
            _ => format!("stages.{stage}.downsample.{place}.{rest}"),
        };
    }
    let key = replaced(
        &parts.join("."),
        &[
            (".dwconv.", ".conv_dw."),
            (".pwconv", ".mlp.fc"),
            (".grn.gamma", ".mlp.grn.weight"),
            (".grn.beta", ".mlp.grn.bias"),
        ],
    );
    match key.as_str() {
        "norm.weight" | "norm.bias" => format!("head.{key}"),
        _ => key,
    }
}

fn vit_of_authors(key: &str) -> Option<String> {
    let decoder = key.starts_with("decoder") || key == "mask_token";
    (!decoder).then(|| if key == "register_tokens" { "reg_token".to_owned() } else { key.to_owned() })
}

fn vit_of_torchvision(key: &str) -> String {
    match key {
        "class_token" => "cls_token".to_owned(),
        "encoder.pos_embedding" => "pos_embed".to_owned(),
        _ => replaced(
            key,
            &[
                ("conv_proj.", "patch_embed.proj."),
                ("encoder.layers.encoder_layer_", "blocks."),
                ("encoder.ln.", "norm."),
                (".ln_1.", ".norm1."),
                (".ln_2.", ".norm2."),
                (".self_attention.in_proj_", ".attn.qkv."),
                (".self_attention.out_proj.", ".attn.proj."),
                (".mlp.0.", ".mlp.fc1."),
                (".mlp.3.", ".mlp.fc2."),
                ("heads.head.", "head."),
            ],
        ),
    }
}

/// The visual half of a whole CLIP file.
fn open_clip(key: &str) -> Option<String> {
    let key = key.strip_prefix("visual.")?;
    Some(match key {
        "class_embedding" => "cls_token".to_owned(),
        "positional_embedding" => "pos_embed".to_owned(),
        "proj" => "head.weight".to_owned(),
        _ => replaced(
            key,
            &[
                ("conv1.", "patch_embed.proj."),
                ("ln_pre.", "norm_pre."),
                ("ln_post.", "norm."),
                ("transformer.resblocks.", "blocks."),
                (".ln_1.", ".norm1."),
                (".ln_2.", ".norm2."),
                (".attn.in_proj_", ".attn.qkv."),
                (".attn.out_proj.", ".attn.proj."),
                (".mlp.c_fc.", ".mlp.fc1."),
                (".mlp.c_proj.", ".mlp.fc2."),
            ],
        ),
    })
}
