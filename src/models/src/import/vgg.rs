//! VGG19 for texture synthesis, from the file that a user has.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use gestalt_networks::architectures::vgg::{Vgg, VggConfig};
use gestalt_networks::architectures::{Architecture, ArchitectureConfig};
use gestalt_networks::keys;
use gestalt_networks::layout::Layout;

use super::read::{self, ReadError};
use super::{ImportError, ImportReport, import};

/// Why a file's weights cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VggFileError {
    /// The file cannot be read, or is neither safetensors nor PyTorch's format.
    #[error("{0}; VGG19's weights are wanted as .safetensors or .pth, in torchvision's or timm's layout")]
    Unreadable(#[from] ReadError),
    /// The file's keys are not VGG19's.
    #[error("{} is not VGG19 in torchvision's or timm's layout: {source}", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// Which keys.
        source: ImportError,
    },
}

/// VGG19 with the weights of `path`: safetensors, or PyTorch's `.pth`, of which nothing is executed.
/// torchvision and timm name the convolutions alike; their classifiers are ignored.
///
/// # Errors
/// When the file cannot be read, a convolution's weight or bias is missing or has another shape (each
/// is named), or there is something under `features` that is not VGG19's, as in the variant with batch
/// norm.
pub fn read_vgg19(
    path: &Path,
    config: VggConfig,
    device: &Device,
) -> Result<(Vgg, ImportReport), VggFileError> {
    let keys_of = |source| VggFileError::Keys { path: path.to_owned(), source };
    let imported =
        import(read::read(path)?, &Architecture::Vgg(config), Layout::Torchvision).map_err(keys_of)?;
    let network = config.init(device).map_err(|error| keys_of(error.into()))?;
    let (network, _) = keys::apply(network, &imported.weights, device);
    Ok((network, imported.report))
}
