//! The names of a vision transformer's weights in public checkpoints.

use crate::layout::{Layout, replaced, without_model};

/// timm's name of a key; `None` for a part that is not of this network.
pub(super) fn key(key: &str, layout: Layout) -> Option<String> {
    match layout {
        Layout::Timm => of_authors(key),
        Layout::Torchvision => Some(of_torchvision(key)),
        Layout::HuggingFace => of_hugging_face(key),
        Layout::OpenClip => of_open_clip(key),
    }
}

fn of_authors(key: &str) -> Option<String> {
    let decoder = key.starts_with("decoder") || key == "mask_token";
    (!decoder).then(|| if key == "register_tokens" { "reg_token".to_owned() } else { key.to_owned() })
}

fn of_torchvision(key: &str) -> String {
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
fn of_open_clip(key: &str) -> Option<String> {
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

/// ViT, DeiT, ViT-MAE and DINOv2, and CLIP's `vision_model.`.
pub(in super::super) fn of_hugging_face(key: &str) -> Option<String> {
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
