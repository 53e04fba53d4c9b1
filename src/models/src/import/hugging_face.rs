//! Hugging Face transformers' names of weights, and STELLAR's, in timm's.

use super::rename::replaced;

/// Whatever a model is called that holds the encoder: `vit.`, `deit.`, `dinov2.`, …
const HUGGING_FACE_MODELS: [&str; 6] =
    ["vit.", "deit.", "dinov2.", "dinov2_with_registers.", "convnextv2.", "resnet."];

fn without_model(key: &str) -> &str {
    HUGGING_FACE_MODELS.iter().find_map(|model| key.strip_prefix(model)).unwrap_or(key)
}

/// ViT, DeiT, ViT-MAE and DINOv2, and CLIP's `vision_model.`.
pub(super) fn vit_of_hugging_face(key: &str) -> Option<String> {
    if key.contains("vision_model.") || key.starts_with("visual_projection") {
        return Some(clip_of_hugging_face(key));
    }
    let key = without_model(key);
    let outside = ["decoder", "pooler.", "classifier.", "text_model.", "text_projection", "logit_scale"];
    if outside.iter().any(|part| key.starts_with(part)) || key.ends_with("mask_token") {
        return None;
    }
    Some(replaced(
        key,
        &[
            ("embeddings.cls_token", "cls_token"),
            ("embeddings.register_tokens", "reg_token"),
            ("embeddings.position_embeddings", "pos_embed"),
            ("embeddings.distillation_token", "dist_token"),
            ("embeddings.patch_embeddings.projection.", "patch_embed.proj."),
            ("encoder.layer.", "blocks."),
            (".attention.attention.query.", ".attn.q."),
            (".attention.attention.key.", ".attn.k."),
            (".attention.attention.value.", ".attn.v."),
            (".attention.output.dense.", ".attn.proj."),
            (".intermediate.dense.", ".mlp.fc1."),
            (".output.dense.", ".mlp.fc2."),
            (".layernorm_before.", ".norm1."),
            (".layernorm_after.", ".norm2."),
            (".layer_scale1.lambda1", ".ls1.gamma"),
            (".layer_scale2.lambda1", ".ls2.gamma"),
            ("layernorm.", "norm."),
        ],
    ))
}

fn clip_of_hugging_face(key: &str) -> String {
    replaced(
        key,
        &[
            ("vision_model.", ""),
            ("visual_projection.", "head."),
            ("embeddings.class_embedding", "cls_token"),
            ("embeddings.patch_embedding.", "patch_embed.proj."),
            ("embeddings.position_embedding.weight", "pos_embed"),
            ("pre_layrnorm.", "norm_pre."),
            ("post_layernorm.", "norm."),
            ("encoder.layers.", "blocks."),
            (".self_attn.q_proj.", ".attn.q."),
            (".self_attn.k_proj.", ".attn.k."),
            (".self_attn.v_proj.", ".attn.v."),
            (".self_attn.out_proj.", ".attn.proj."),
            (".layer_norm1.", ".norm1."),
            (".layer_norm2.", ".norm2."),
        ],
    )
}

/// The encoder's half of a STELLAR file; the decoder and the heads of training are left.
pub(super) fn stellar(key: &str) -> Option<String> {
    if let Some(inside) = key.strip_prefix("encoder.") {
        return vit_of_hugging_face(inside).map(|key| format!("encoder.{key}"));
    }
    let ours = ["sparse_tokens", "dense_proj.", "sparse_proj."];
    ours.iter().any(|part| key.starts_with(part)).then(|| key.to_owned())
}

pub(super) fn convnext_of_hugging_face(key: &str) -> Option<String> {
    let key = without_model(key);
    if key.starts_with("classifier.") {
        return None;
    }
    Some(replaced(
        key,
        &[
            ("embeddings.patch_embeddings.", "stem.0."),
            ("embeddings.layernorm.", "stem.1."),
            ("encoder.stages.", "stages."),
            (".downsampling_layer.", ".downsample."),
            (".layers.", ".blocks."),
            (".dwconv.", ".conv_dw."),
            (".layernorm.", ".norm."),
            (".pwconv", ".mlp.fc"),
            (".grn.", ".mlp.grn."),
        ],
    ))
    .map(|key| if key.starts_with("layernorm.") { key.replace("layernorm.", "head.norm.") } else { key })
}

/// `encoder.stages.0.layers.1.layer.2.convolution.weight` → `layer1.1.conv3.weight`
pub(super) fn resnet_of_hugging_face(key: &str) -> Option<String> {
    let key = without_model(key);
    if let Some(stem) = key.strip_prefix("embedder.embedder.") {
        return Some(replaced(stem, &[("convolution.", "conv1."), ("normalization.", "bn1.")]));
    }
    let rest = key.strip_prefix("encoder.stages.")?;
    let parts: Vec<&str> = rest.split('.').collect();
    let [stage, "layers", block, inner @ ..] = &parts[..] else { return None };
    let stage = stage.parse::<usize>().ok()?.checked_add(1)?;
    let inner = match inner {
        ["shortcut", "convolution", part] => format!("downsample.0.{part}"),
        ["shortcut", "normalization", part] => format!("downsample.1.{part}"),
        ["layer", number, kind, part] => {
            let number = number.parse::<usize>().ok()?.checked_add(1)?;
            let kind = if *kind == "convolution" { "conv" } else { "bn" };
            format!("{kind}{number}.{part}")
        }
        _ => return None,
    };
    Some(format!("layer{stage}.{block}.{inner}"))
}
