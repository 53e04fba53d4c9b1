//! Whose names the keys of a checkpoint are.

use std::collections::BTreeSet;

/// Whose names and layout a checkpoint has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// timm's, and those of the authors' files that timm reads (MAE, DINOv2, ConvNeXt V2).
    Timm,
    /// torchvision's; BagNet's too.
    Torchvision,
    /// Hugging Face transformers'; STELLAR's too.
    HuggingFace,
    /// open_clip's and OpenAI's whole CLIP files.
    OpenClip,
}

/// The keys of a checkpoint, wrappers such as `model.` taken off.
#[derive(Clone, Debug)]
pub struct FileKeys {
    /// Whose names they are.
    pub layout: Layout,
    /// All of them.
    pub keys: BTreeSet<String>,
}

impl FileKeys {
    /// Whether the checkpoint has such a key.
    pub fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }
}

/// `key` with parts of names replaced, wherever they stand, one pair after the other.
pub(crate) fn replaced(key: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(key.to_owned(), |key, (from, to)| key.replace(from, to))
}

/// Names by which Hugging Face transformers call the encoder in a larger model.
const HUGGING_FACE_MODELS: [&str; 6] =
    ["vit.", "deit.", "dinov2.", "dinov2_with_registers.", "convnextv2.", "resnet."];

/// A key of Hugging Face transformers without the name of the model that holds the encoder.
pub(crate) fn without_model(key: &str) -> &str {
    HUGGING_FACE_MODELS.iter().find_map(|model| key.strip_prefix(model)).unwrap_or(key)
}
