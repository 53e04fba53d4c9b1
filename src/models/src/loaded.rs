//! A model on a device that has reproduced the model's reference output.

use gestalt_networks::architectures::vae::Vae;
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::Layer;
use gestalt_networks::sparsity::TopK;
use gestalt_networks::weight::Weights;
use gestalt_protocol as protocol;
use gestalt_protocol::inference::Timed;
use gestalt_types::{Name, Sha256};

use crate::card::ModelCard;
use crate::device::Compute;
use crate::error::ModelError;
use crate::extractor::FeatureExtractor;
use crate::reference_output::{ReferenceOutput, Verdict};

/// The three files of a model folder.
#[derive(Clone, Copy, Debug)]
pub struct ModelFiles<'a> {
    /// `card.json`
    pub card: &'a [u8],
    /// `weights.bpk`
    pub weights: &'a [u8],
    /// `reference-output.json`
    pub reference_output: &'a [u8],
}

/// A model on a device that has reproduced its reference output.
#[derive(Debug)]
pub struct LoadedModel {
    extractor: FeatureExtractor,
    name: Name,
    weights_hash: Sha256,
    verdict: Verdict,
    fell_back: Option<(protocol::Device, String)>,
}

impl LoadedModel {
    /// Checks the files, builds the network on `compute` and holds it to the reference output, on a GPU
    /// also in a batch of three.
    ///
    /// # Errors
    /// When a file cannot be used, or the device does not reproduce the reference output
    /// ([`ModelError::Failed`]).
    pub async fn from_bytes(files: ModelFiles<'_>, compute: Compute) -> Result<Self, ModelError> {
        Self::checked_alone(files, compute).await?.checked_in_threes(files).await
    }

    /// As [`from_bytes`](Self::from_bytes) on the CPU, of weights that
    /// [`weights::read`](crate::weights::read) has unpacked from these files.
    ///
    /// # Errors
    /// As there.
    pub async fn from_unpacked(files: ModelFiles<'_>, weights: &Weights) -> Result<Self, ModelError> {
        let card = ModelCard::parse(files.card)?;
        Self::checked(files, FeatureExtractor::of_weights(card, weights, Compute::cpu()?)?).await
    }

    /// A model that has reproduced the reference output, one picture at a time.
    async fn checked_alone(files: ModelFiles<'_>, compute: Compute) -> Result<Self, ModelError> {
        let card = ModelCard::parse(files.card)?;
        Self::checked(files, FeatureExtractor::new(card, files.weights, compute)?).await
    }

    async fn checked(files: ModelFiles<'_>, extractor: FeatureExtractor) -> Result<Self, ModelError> {
        let card = extractor.card();
        let reference = ReferenceOutput::parse(files.reference_output)?;
        let name = Name::new(card.name.clone())?;
        let weights_hash = Sha256::try_from(card.weights.sha256.clone())?;
        let layers: Vec<Layer> =
            reference.features.keys().map(|layer| layer.parse()).collect::<Result<_, _>>()?;
        let computed = extractor.reference_features(&layers).await?;
        let verdict = Verdict::on(&reference, &computed, extractor.card().quantisation);
        Self { extractor, name, weights_hash, verdict, fell_back: None }.if_passed()
    }

    /// The same in a batch of three. The CPU compiles nothing for a shape, so nothing is asked of it.
    async fn checked_in_threes(mut self, files: ModelFiles<'_>) -> Result<Self, ModelError> {
        if self.compute().kind() == protocol::Device::Cpu {
            return Ok(self);
        }
        let reference = ReferenceOutput::parse(files.reference_output)?;
        let verdict = self.extractor.check_batch_of_three(&reference).await?;
        self.verdict = verdict.worse(self.verdict);
        self.if_passed()
    }

    fn if_passed(self) -> Result<Self, ModelError> {
        if self.verdict.passed() {
            return Ok(self);
        }
        Err(ModelError::Failed {
            model: self.card().name.clone(),
            device: self.compute().kind(),
            adapter: self.compute().adapter().to_owned(),
            verdict: self.verdict,
        })
    }

    /// As [`from_bytes`](Self::from_bytes) on `first`. Where that device is not available, stops, or
    /// does not reproduce the reference output, the CPU is used, and every row says so.
    ///
    /// # Errors
    /// When a file cannot be used, or not even the CPU passes.
    pub async fn with_fallback(files: ModelFiles<'_>, first: protocol::Device) -> Result<Self, ModelError> {
        let tried = match Compute::of_kind(first).await {
            Ok(compute) => Self::from_bytes(files, compute).await,
            Err(error) => Err(error.into()),
        };
        let why = match tried {
            Err(error @ (ModelError::Failed { .. } | ModelError::Device(_) | ModelError::Stopped(_)))
                if first != protocol::Device::Cpu =>
            {
                error
            }
            other => return other,
        };
        let mut model = Self::from_bytes(files, Compute::cpu()?).await?;
        model.fell_back = Some((first, why.to_string()));
        Ok(model)
    }

    /// On the fastest device here. Each device computes the features of one picture, timed after it has
    /// reproduced the reference output: an available WebGPU need not be a fast one. `now_ms` is any
    /// clock that does not go back.
    ///
    /// # Errors
    /// When a file cannot be used, or not even the CPU passes.
    pub async fn fastest(
        files: ModelFiles<'_>,
        now_ms: &dyn Fn() -> f64,
    ) -> Result<(Self, Vec<Timed>), ModelError> {
        let mut on_cpu = Self::from_bytes(files, Compute::cpu()?).await?;
        let cpu = on_cpu.timed(now_ms).await?;
        let webgpu = async {
            let model = Self::checked_alone(files, Compute::webgpu().await?).await?;
            let timed = model.timed(now_ms).await?;
            // A slower one is dropped before it compiles shaders for batches of three.
            let is_faster = timed.picture_ms < cpu.picture_ms;
            let faster = if is_faster { Some(model.checked_in_threes(files).await?) } else { None };
            Ok::<_, ModelError>((faster, timed))
        };
        match webgpu.await {
            Ok((faster, webgpu)) => Ok((faster.unwrap_or(on_cpu), vec![cpu, webgpu])),
            Err(why) => {
                on_cpu.fell_back = Some((protocol::Device::Webgpu, why.to_string()));
                Ok((on_cpu, vec![cpu]))
            }
        }
    }

    /// Times the reference picture once more, now that everything is warm.
    async fn timed(&self, now_ms: &dyn Fn() -> f64) -> Result<Timed, ModelError> {
        let layer = self.default_layer()?;
        let started_ms = now_ms();
        self.extractor.reference_features(&[layer]).await?;
        Ok(Timed { device: self.compute().kind(), picture_ms: (now_ms() - started_ms).max(0.0) })
    }

    /// The card.
    pub fn card(&self) -> &ModelCard {
        self.extractor.card()
    }

    /// The name, as rows carry it.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// SHA-256 of the weights file.
    pub fn weights_hash(&self) -> &Sha256 {
        &self.weights_hash
    }

    /// The network as an autoencoder, which can also decode; `None` for any other.
    pub fn autoencoder(&self) -> Option<&Vae> {
        self.extractor.autoencoder()
    }

    /// Where it computes.
    pub fn compute(&self) -> &Compute {
        self.extractor.compute()
    }

    /// How near the device came to the reference output.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// The device that was asked for first and failed, with the reason.
    pub fn fell_back(&self) -> Option<(protocol::Device, &str)> {
        self.fell_back.as_ref().map(|(device, why)| (*device, why.as_str()))
    }

    /// The layer that is read when none is asked for.
    ///
    /// # Errors
    /// When the card's layer has no known name.
    pub fn default_layer(&self) -> Result<Layer, ModelError> {
        self.extractor.default_layer()
    }

    /// As [`FeatureExtractor::features`].
    ///
    /// # Errors
    /// As there.
    pub async fn features(
        &self,
        pictures: &[Rgb8<'_>],
        layer: Layer,
        top_k: Option<TopK>,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        self.extractor.features(pictures, layer, top_k).await
    }

    /// As [`FeatureExtractor::features_as_is`].
    ///
    /// # Errors
    /// As there.
    pub async fn features_as_is(
        &self,
        pictures: &[Rgb8<'_>],
        layer: Layer,
        top_k: Option<TopK>,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        self.extractor.features_as_is(pictures, layer, top_k).await
    }
}
