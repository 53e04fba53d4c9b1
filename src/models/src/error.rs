//! Why a model cannot be used, below everything that can fail.

use gestalt_networks::preprocess::{NotAPicture, NotAsIs};
use gestalt_networks::readout::UnknownLayer;
use gestalt_protocol::Device;
use gestalt_types::IdentityError;

use crate::card::CardError;
use crate::device::NoDevice;
use crate::reference_output::{BadReferenceOutput, Verdict};
use crate::weights::WeightsError;

/// Why a model gives no features.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// The card cannot be used.
    #[error(transparent)]
    Card(#[from] CardError),
    /// The weights cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The reference output cannot be used.
    #[error(transparent)]
    ReferenceOutput(#[from] BadReferenceOutput),
    /// The device does not reproduce the reference output.
    #[error(
        "{device:?} ({adapter}) did not reproduce the reference output of {model}: {verdict}; use another device"
    )]
    Failed {
        /// The model.
        model: String,
        /// The device.
        device: Device,
        /// Its class.
        adapter: String,
        /// How far it was off.
        verdict: Verdict,
    },
    /// The device is not available.
    #[error(transparent)]
    Device(#[from] NoDevice),
    /// The device stopped computing.
    #[error("the device stopped: {0}; load the model again, or use another device")]
    Stopped(String),
    /// Not the name of a layer.
    #[error(transparent)]
    Layer(#[from] UnknownLayer),
    /// A layer that this network does not have.
    #[error("{model} has no layer `{layer}`: it has {there}, counted from 0")]
    NoSuchLayer {
        /// The model.
        model: String,
        /// What was asked for.
        layer: String,
        /// What there is.
        there: String,
    },
    /// Top-K sparsity of a network that has no site for it.
    #[error("{model} has no site for Top-K sparsity; leave it out")]
    NoTopK {
        /// The model.
        model: String,
    },
    /// Bytes that are no picture.
    #[error(transparent)]
    Picture(#[from] NotAPicture),
    /// A picture of another size, where resampling was ruled out.
    #[error(transparent)]
    Size(#[from] NotAsIs),
    /// A name or hash in the card that rows cannot carry.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}
