//! What the page and its inference worker say to each other. One request is in flight at a time; the worker
//! speaks first (`Ready`).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::readout::{Device, Readout, Rule};
use crate::row::Outcome;
use gestalt_types::{Name, Sha256, Slot};

/// From the page to the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "request")]
pub enum ToWorker {
    /// Fetch a model, put it on a device and hold it to its known answer.
    Load {
        /// Address of the model's folder, with a slash at the end.
        folder: String,
        /// The device to try first; null lets the worker time each and take the fastest. WebGPU that fails
        /// falls back to the CPU.
        device: Option<Device>,
        /// The decision rule.
        rule: Rule,
    },
    /// Compute the features of grey pictures, all in one batch, and say how long it took: for benchmarks.
    Time {
        /// Pictures in the batch.
        pictures: usize,
        /// How often.
        repeats: usize,
    },
    /// Answer one triplet.
    Answer {
        /// Addresses of the three image files in the order shown, left to right.
        images: [String; 3],
        /// Their hashes: a file that does not match is refused.
        hashes: [Sha256; 3],
    },
    /// Show what the model sees where in a few pictures; nothing of this is a row.
    Look {
        /// The image files.
        images: Vec<PictureFile>,
        /// One of the layers that the model named when it was loaded.
        layer: String,
    },
}

/// An image file that is to be looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PictureFile {
    /// Where it is fetched.
    pub address: String,
    /// What the visitor calls it; null for a picture of a trial.
    pub name: Option<String>,
}

/// A picture that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LookedAt {
    /// As of the file.
    pub name: Option<String>,
    /// What the model sees in it.
    pub seen: Seen,
}

/// The picture that a network is given: read, resampled and cut to its input.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// Side of the square in pixels.
    pub side_px: usize,
    /// Red, green and blue of each pixel, row by row.
    #[serde(with = "base64_bytes")]
    pub rgb: Vec<u8>,
}

/// Without the pixels, which fill screens.
impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Given {{ side_px: {} }}", self.side_px)
    }
}

/// Bytes as text: a quarter of what a JSON list of numbers takes.
mod base64_bytes {
    use data_encoding::BASE64;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        BASE64.decode(String::deserialize(deserializer)?.as_bytes()).map_err(D::Error::custom)
    }
}

/// One picture as a model sees it, patch by patch, row by row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// What the model is given.
    pub given: Given,
    /// Patches in a row.
    pub across: usize,
    /// Red, green and blue of each patch: its first three principal components over all pictures that were
    /// looked at together.
    pub colours: Vec<[u8; 3]>,
    /// For each head how much the class token attends to each patch, from 0 to 1; empty for a network
    /// without a class token.
    pub attention: Vec<Vec<f32>>,
    /// Share of the variance of each of the three components, from 0 to 1.
    pub variance_share: [f64; 3],
}

/// How long a device takes for the features of one picture, warm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    /// Which one.
    pub device: Device,
    /// Milliseconds.
    pub picture_ms: f64,
}

/// From the worker to the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reply")]
pub enum FromWorker {
    /// The worker listens now; messages before this are lost.
    Ready {
        /// Whether it holds the browser's lock of its own name until it ends; not everywhere can it be had.
        holds_lock: bool,
    },
    /// A download goes on.
    Downloading {
        /// Bytes so far.
        loaded_bytes: u64,
        /// Bytes in all, where the card states them.
        total_bytes: Option<u64>,
    },
    /// A step that takes a while, in words.
    Preparing {
        /// For example `warming up webgpu`.
        step: String,
    },
    /// The model is ready and has passed its known answer.
    Loaded {
        /// The model's name.
        name: Name,
        /// Of the weights file.
        weights_hash: Sha256,
        /// Where it computes.
        device: Device,
        /// The device that failed its known answer, if one did, and how.
        fell_back_from: Option<(Device, String)>,
        /// Cosine to the known answer.
        known_answer_cosine: f64,
        /// How long each device took for one picture, where the worker chose.
        timed: Vec<Timed>,
        /// Layers that can be looked at, first to last.
        lookable: Vec<String>,
    },
    /// The pictures that were to be looked at, in their order.
    Looked {
        /// One for each that could be read.
        pictures: Vec<LookedAt>,
        /// Those that could not, each with the reason.
        left_out: Vec<String>,
        /// What is unusual about the files that were read.
        notes: Vec<String>,
    },
    /// How long the batches took, in their order.
    Took {
        /// Milliseconds, one for each repeat.
        batch_ms: Vec<f64>,
    },
    /// One triplet's answer.
    Answered {
        /// Answered, tie or non-finite.
        outcome: Outcome,
        /// Null unless answered.
        chosen_slot: Option<Slot>,
        /// How it was read.
        readout: Readout,
    },
    /// The request failed; the worker can take another.
    Failed {
        /// What failed, and what to do.
        message: String,
    },
    /// The worker broke down and is lost with all that it held.
    Broken {
        /// What happened, and what to do.
        message: String,
    },
}
