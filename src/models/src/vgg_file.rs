//! VGG19's weights from the file that a user has, so that nothing needs to be converted first.
//!
//! torchvision and timm name the convolutions alike, `features.N.weight` and `features.N.bias`; their classifiers
//! differ, and no texture needs them.

use std::fmt;
use std::path::{Path, PathBuf};

use burn::tensor::Device;

use crate::import::read::{self, ReadError};
use gestalt_networks::keys;
use gestalt_networks::keys::KeyReport;
use gestalt_networks::vgg::{Vgg, VggConfig};
use gestalt_networks::weight::Weights;

/// Where torchvision's `features` holds the convolutions; between them stand rectifiers and poolings.
const PLACES: [usize; 16] = [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34];

/// Which keys of a file were used, in the file's names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VggKeys {
    /// Loaded.
    pub used: Vec<String>,
    /// The classifier's.
    pub ignored: Vec<String>,
}

impl fmt::Display for VggKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys used, {} ignored", self.used.len(), self.ignored.len())?;
        if self.ignored.is_empty() { Ok(()) } else { write!(f, " ({})", self.ignored.join(", ")) }
    }
}

/// Why a file's weights cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VggFileError {
    /// The file cannot be read, or is neither safetensors nor PyTorch's format.
    #[error("{0}; VGG19's weights are wanted as .safetensors or .pth, in torchvision's or timm's layout")]
    Unreadable(#[from] ReadError),
    /// The file's keys are not VGG19's.
    #[error("{} is not VGG19 in torchvision's or timm's layout: {report}", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// Every key under `features`, in the file's names.
        report: KeyReport,
    },
}

/// VGG19 with the weights of `path`: safetensors, or PyTorch's `.pth`, of which nothing is executed.
///
/// # Errors
/// When the file cannot be read, a convolution's weight or bias is missing or has another shape (each is named), or
/// there is something under `features` that is not VGG19's, as in the variant with batch norm.
pub fn read(path: &Path, config: VggConfig, device: &Device) -> Result<(Vgg, VggKeys), VggFileError> {
    let (mut ours, mut ignored) = (Weights::new(), Vec::new());
    for (key, weight) in read::read(path)? {
        match weight {
            Some(weight) if key.starts_with("features.") => {
                ours.insert(renamed(&key, our_place), weight);
            }
            _ => ignored.push(key),
        }
    }
    let (network, mut report) = keys::apply(config.init(device), &ours, device);
    let misshapen = report.misshapen.iter_mut().map(|(key, ..)| key);
    for key in
        report.used.iter_mut().chain(&mut report.missing).chain(&mut report.unexpected).chain(misshapen)
    {
        *key = renamed(key, their_place);
    }
    if report.is_complete() {
        Ok((network, VggKeys { used: report.used, ignored }))
    } else {
        Err(VggFileError::Keys { path: path.to_owned(), report })
    }
}

/// `features.5.weight` ↔ `convs.2.weight`; a key that has no counterpart stays as it is.
fn renamed(key: &str, place: fn(&str) -> Option<String>) -> String {
    key.rsplit_once('.')
        .and_then(|(stem, last)| Some(format!("{}.{last}", place(stem)?)))
        .unwrap_or_else(|| key.to_owned())
}

fn our_place(stem: &str) -> Option<String> {
    let place: usize = stem.strip_prefix("features.")?.parse().ok()?;
    Some(format!("convs.{}", PLACES.iter().position(|p| *p == place)?))
}

fn their_place(stem: &str) -> Option<String> {
    let conv: usize = stem.strip_prefix("convs.")?.parse().ok()?;
    Some(format!("features.{}", PLACES.get(conv)?))
}
