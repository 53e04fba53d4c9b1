//! The one reader and the one writer of a model folder on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gestalt_files::whole_file;
use gestalt_networks::readout::Layer;
use gestalt_networks::weight::Weights;
use gestalt_observers::cosine;

use crate::card::{CardError, ModelCard, Quantisation, WeightsFile};
use crate::device::{Compute, NoDevice};
use crate::error::ModelError;
use crate::extractor::FeatureExtractor;
use crate::loaded::ModelFiles;
use crate::pack::PackError;
use crate::reference_output::{OLDER_FILE, REFERENCE_OUTPUT_FILE, REFERENCE_OUTPUT_VERSION, ReferenceOutput};
use crate::weights::{WEIGHTS_FILE, pack_for_card};

/// The file that makes a folder a model folder.
pub const CARD_FILE: &str = "card.json";

/// Why a model folder cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file.
    #[error("{} cannot be {doing}: {source}", file.display())]
    File {
        /// `read` or `written`.
        doing: &'static str,
        /// Which one.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The card that is to be written is wrong.
    #[error(transparent)]
    Card(#[from] CardError),
    /// The weights cannot be packed.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The CPU is not in this build.
    #[error(transparent)]
    Device(#[from] NoDevice),
    /// The packed model computes no features.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// The files of a model folder, in memory.
#[derive(Clone, Debug)]
pub struct ModelFolder {
    card: Vec<u8>,
    weights: Vec<u8>,
    reference_output: Vec<u8>,
}

impl ModelFolder {
    /// Reads the three files; what is in them is checked when a model is loaded.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(folder: &Path) -> Result<Self, FolderError> {
        let read = |name: &str| {
            let file = folder.join(name);
            std::fs::read(&file).map_err(|source| FolderError::File { doing: "read", file, source })
        };
        let older = !folder.join(REFERENCE_OUTPUT_FILE).exists() && folder.join(OLDER_FILE).exists();
        let reference_output = read(if older { OLDER_FILE } else { REFERENCE_OUTPUT_FILE })?;
        Ok(Self { card: read(CARD_FILE)?, weights: read(WEIGHTS_FILE)?, reference_output })
    }

    /// As a model is loaded from them.
    pub fn files(&self) -> ModelFiles<'_> {
        ModelFiles { card: &self.card, weights: &self.weights, reference_output: &self.reference_output }
    }
}

/// The weights of a model that is to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewWeights<'a> {
    /// As they were trained or imported.
    pub original: &'a Weights,
    /// As they are to be stored: those of `original`, or fitted to fewer bits.
    pub stored: &'a Weights,
    /// How they are stored.
    pub quantisation: Quantisation,
    /// Tensors that take 8 bits where the others take 4.
    pub in_8_bits: &'a BTreeSet<String>,
}

/// A model that is complete in memory, with what its card should be told before it is written.
#[derive(Debug)]
pub struct NewModel {
    /// The card; measurements may be added.
    pub card: ModelCard,
    /// The model as it is stored.
    pub stored: FeatureExtractor,
    /// The model before quantisation; `None` where there was none.
    pub original: Option<FeatureExtractor>,
    reference_output: ReferenceOutput,
    weights: Vec<u8>,
}

impl NewModel {
    /// Packs the weights and computes the reference output at `reference_layers`, in `f32` on the CPU.
    /// `card` is given what it must state about the file.
    ///
    /// # Errors
    /// When the card is wrong, or the weights are not those of its architecture.
    pub async fn new(
        weights: NewWeights<'_>,
        card: impl FnOnce(WeightsFile) -> ModelCard,
        reference_layers: &[Layer],
    ) -> Result<Self, FolderError> {
        let NewWeights { original, stored, quantisation, in_8_bits } = weights;
        let (bytes, file) = pack_for_card(stored, quantisation, in_8_bits)?;
        let card = ModelCard { quantisation, in_8_bits: in_8_bits.iter().cloned().collect(), ..card(file) };
        card.check()?;
        let stored = FeatureExtractor::new(card.clone(), &bytes, Compute::cpu()?)?;
        let features = stored.reference_features(reference_layers).await?;
        let original = match quantisation {
            Quantisation::None => None,
            _ => Some(unquantised(&card, original)?),
        };
        let cosine_to_unquantised = match &original {
            Some(original) => {
                let before = original.reference_features(reference_layers).await?;
                let cosines = features
                    .iter()
                    .filter_map(|(layer, stored)| Some((layer.clone(), cosine(stored, before.get(layer)?)?)));
                cosines.collect()
            }
            None => BTreeMap::new(),
        };
        let reference_output = ReferenceOutput {
            reference_output_version: REFERENCE_OUTPUT_VERSION,
            features,
            cosine_to_unquantised,
        };
        Ok(Self { card, stored, original, reference_output, weights: bytes })
    }

    /// Writes `weights.bpk` and `reference-output.json`, then `card.json`: a folder with a card is
    /// complete. Each file is whole or not there.
    ///
    /// # Errors
    /// When the card was changed for the worse, or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), FolderError> {
        self.card.check()?;
        let failed = |file: &Path| {
            let file = file.to_owned();
            move |source| FolderError::File { doing: "written", file, source }
        };
        std::fs::create_dir_all(folder).map_err(failed(folder))?;
        let (reference_output, card) = (self.reference_output.to_json(), self.card.to_json());
        let files = [
            (WEIGHTS_FILE, &self.weights[..]),
            (REFERENCE_OUTPUT_FILE, reference_output.as_bytes()),
            (CARD_FILE, card.as_bytes()),
        ];
        for (name, content) in files {
            let file = folder.join(name);
            whole_file::write(&file, content).map_err(failed(&file))?;
        }
        Ok(())
    }
}

/// The model with the weights that it had before quantisation.
fn unquantised(card: &ModelCard, original: &Weights) -> Result<FeatureExtractor, FolderError> {
    let quantisation = Quantisation::None;
    let (bytes, weights) = pack_for_card(original, quantisation, &BTreeSet::new())?;
    let card = ModelCard { weights, quantisation, in_8_bits: Vec::new(), ..card.clone() };
    Ok(FeatureExtractor::new(card, &bytes, Compute::cpu()?)?)
}
