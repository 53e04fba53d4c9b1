//! From a card and a weights file to a network, and back: the only way in and out for weights.

use std::collections::{BTreeMap, BTreeSet};

use burn::module::Module;
use burn::tensor::Device;
use gestalt_types::Sha256;

use crate::card::{ModelCard, Quantisation, WeightsFile};
use crate::pack;
use crate::pack::{PackError, Stored};
use gestalt_networks::architectures::{Architecture, Network};
use gestalt_networks::bad_config::BadConfig;
use gestalt_networks::cpu::CpuNetwork;
use gestalt_networks::keys::{self, KeyReport, Loadable};
use gestalt_networks::layers::takes_integers;
use gestalt_networks::weight::Weights;

/// The usual name of a weights file.
pub const WEIGHTS_FILE: &str = "weights.bpk";

/// Why weights could not be loaded or saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// The file is not the one the card speaks of.
    #[error(
        "{file} is not the file the card describes: {found} where {stated} was stated; fetch the model's folder \
         again, or make it again with `gestalt train` or `gestalt models import`"
    )]
    Hash {
        /// The file.
        file: String,
        /// What the card states.
        stated: String,
        /// What was found.
        found: String,
    },
    /// The file has the stated hash but is no weights file.
    #[error("{file}: {source}; make the model again")]
    Pack {
        /// The file.
        file: String,
        /// What is wrong.
        source: PackError,
    },
    /// The file's tensors are not those of the architecture.
    #[error("{file} does not fit the card's architecture: {report}")]
    Keys {
        /// The file.
        file: String,
        /// Every key.
        report: KeyReport,
    },
    /// The architecture cannot be built.
    #[error(transparent)]
    Architecture(#[from] BadConfig),
}

/// Checks length and hash, unpacks and dequantises once to `f32` on the CPU.
pub fn read(card: &ModelCard, bytes: &[u8]) -> Result<Weights, WeightsError> {
    Ok(stored(card, bytes)?.into_iter().map(|(key, stored)| (key, stored.into_weight())).collect())
}

/// Checks length and hash, and reads every tensor as it lies in the file.
fn stored(card: &ModelCard, bytes: &[u8]) -> Result<BTreeMap<String, Stored>, WeightsError> {
    let file = &card.weights;
    if bytes.len() as u64 != file.bytes {
        return Err(WeightsError::Hash {
            file: file.file.clone(),
            stated: format!("{} bytes", file.bytes),
            found: format!("{} bytes", bytes.len()),
        });
    }
    let found: String = Sha256::of(bytes).into();
    if found != file.sha256 {
        return Err(WeightsError::Hash {
            file: file.file.clone(),
            stated: format!("SHA-256 {}", file.sha256),
            found: format!("SHA-256 {found}"),
        });
    }
    pack::read(bytes).map_err(|source| WeightsError::Pack { file: file.file.clone(), source })
}

/// Reads the weights and builds the network on `device`. A device that multiplies by integers as they
/// lie in the file keeps them so; elsewhere they are dequantised once, here.
///
/// Every key of the file must meet a parameter of its shape and the other way round.
pub fn load(card: &ModelCard, bytes: &[u8], device: &Device) -> Result<Network, WeightsError> {
    if takes_integers(device) {
        complete(card, build(&card.architecture, &stored(card, bytes)?, device)?)
    } else {
        load_unpacked(card, &read(card, bytes)?, device)
    }
}

/// As [`load`], of weights that [`read`] has unpacked.
pub fn load_unpacked(card: &ModelCard, weights: &Weights, device: &Device) -> Result<Network, WeightsError> {
    complete(card, build(&card.architecture, weights, device)?)
}

fn complete(card: &ModelCard, (network, report): (Network, KeyReport)) -> Result<Network, WeightsError> {
    if !report.is_complete() {
        return Err(WeightsError::Keys { file: card.weights.file.clone(), report });
    }
    Ok(network)
}

/// As [`load`], but as the forward pass in plain Rust; what is refused there is refused here. `None`
/// for an architecture that only burn computes. `device` is a CPU backend, on which the keys
/// are checked.
pub fn load_plain(
    card: &ModelCard,
    bytes: &[u8],
    device: &Device,
) -> Result<Option<CpuNetwork>, WeightsError> {
    let weights = read(card, bytes)?;
    let (_, report) = build(&card.architecture, &weights, device)?;
    if !report.is_complete() {
        return Err(WeightsError::Keys { file: card.weights.file.clone(), report });
    }
    Ok(CpuNetwork::from_weights(&card.architecture, &weights))
}

/// A network of this shape with what of `weights` fits it.
pub fn build<T: Loadable>(
    architecture: &Architecture,
    weights: &BTreeMap<String, T>,
    device: &Device,
) -> Result<(Network, KeyReport), BadConfig> {
    Ok(architecture.init(device)?.apply(weights, device))
}

/// Packs a module's parameters, and says what the card must state about the file.
pub fn save<M: Module>(network: &M, quantisation: Quantisation) -> Result<(Vec<u8>, WeightsFile), PackError> {
    for_card(pack::pack(&keys::collect(network), quantisation)?)
}

/// Packs weights, those of `in_eight` in 8 bits where the others take 4, and says what the card must
/// state about the file.
pub fn pack_for_card(
    weights: &Weights,
    quantisation: Quantisation,
    in_eight: &BTreeSet<String>,
) -> Result<(Vec<u8>, WeightsFile), PackError> {
    for_card(pack::pack_keeping(weights, quantisation, in_eight)?)
}

fn for_card(bytes: Vec<u8>) -> Result<(Vec<u8>, WeightsFile), PackError> {
    let file = WeightsFile {
        file: WEIGHTS_FILE.into(),
        sha256: Sha256::of(&bytes).into(),
        bytes: bytes.len() as u64,
    };
    Ok((bytes, file))
}
