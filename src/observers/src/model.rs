//! A model on a device: loaded, held to its known answer, and asked for features and choices.

use std::collections::BTreeMap;

use gestalt_models::card::{CardError, ModelCard};
use gestalt_models::weights::WeightsError;
use gestalt_networks::architecture::Architecture;
use gestalt_networks::preprocess::{NotAPicture, NotAsIs, Rgb8};
use gestalt_networks::readout::{Layer, Site, UnknownLayer};
use gestalt_networks::sparsity::TopK;
use gestalt_protocol as protocol;
use gestalt_protocol::inference::Timed;
use gestalt_protocol::{Outcome, Reading, Rule};
use gestalt_types::{IdentityError, Name, Sha256, Slot};

use crate::decision::decide;
use crate::device::{Compute, NoDevice};
use crate::engine::Engine;
use crate::known_answer::{self, BadKnownAnswer, KnownAnswer, Verdict};

/// Why a model gives no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ObserveError {
    /// The card cannot be used.
    #[error(transparent)]
    Card(#[from] CardError),
    /// The weights cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The known answer cannot be used.
    #[error(transparent)]
    KnownAnswer(#[from] BadKnownAnswer),
    /// A device computes something else than it should.
    #[error("{device:?} ({adapter}) failed the known answer of {model}: {verdict}; use another device")]
    Failed {
        /// The model.
        model: String,
        /// The device.
        device: protocol::Device,
        /// Its class.
        adapter: String,
        /// How it did.
        verdict: Verdict,
    },
    /// No device.
    #[error(transparent)]
    Device(#[from] NoDevice),
    /// A device stopped computing.
    #[error("the device stopped: {0}; load the model again, or use another device")]
    Stopped(String),
    /// Not a layer at all.
    #[error(transparent)]
    Layer(#[from] UnknownLayer),
    /// A layer of another network.
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
    #[error("{model} has no place for Top-K sparsity; leave it out")]
    NoTopK {
        /// The model.
        model: String,
    },
    /// Bytes that are no picture.
    #[error(transparent)]
    Picture(#[from] NotAPicture),
    /// A picture of another size, where none was to be resampled.
    #[error(transparent)]
    Size(#[from] NotAsIs),
    /// A name or hash in the card that rows cannot carry.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

/// The three files of a model's folder.
#[derive(Clone, Copy, Debug)]
pub struct ModelFiles<'a> {
    /// `card.json`
    pub card: &'a [u8],
    /// `weights.bpk`
    pub weights: &'a [u8],
    /// `known-answer.json`
    pub known_answer: &'a [u8],
}

/// How a trial is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct How {
    /// The read-out.
    pub layer: Layer,
    /// The decision rule.
    pub rule: Rule,
    /// Top-K sparsity, if any.
    pub top_k: Option<TopK>,
}

/// One answer, as a row takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// `answered`, `tie` or `non_finite`.
    pub outcome: Outcome,
    /// The slot chosen; only when answered.
    pub chosen_slot: Option<Slot>,
    /// How it was read.
    pub reading: Reading,
}

/// A model on a device.
#[derive(Debug)]
pub struct LoadedModel {
    card: ModelCard,
    name: Name,
    weights_hash: Sha256,
    network: Engine,
    compute: Compute,
    verdict: Verdict,
    fell_back: Option<(protocol::Device, String)>,
}

impl LoadedModel {
    /// Checks the files, builds the network on `compute` and holds it to the known answer, on a graphics processor also in a batch of
    /// three.
    ///
    /// # Errors
    /// When a file cannot be used, or the device fails the known answer ([`ObserveError::Failed`]).
    pub async fn from_bytes(files: ModelFiles<'_>, compute: Compute) -> Result<Self, ObserveError> {
        Self::passed_alone(files, compute).await?.passed_in_threes(files).await
    }

    /// A model that has reproduced the known answer, one picture at a time.
    async fn passed_alone(files: ModelFiles<'_>, compute: Compute) -> Result<Self, ObserveError> {
        let card = ModelCard::parse(files.card)?;
        let known = KnownAnswer::parse(files.known_answer)?;
        let network = Engine::load(&card, files.weights, &compute)?;
        let mut model = Self {
            name: Name::new(card.name.clone())?,
            weights_hash: Sha256::try_from(card.weights.sha256.clone())?,
            card,
            network,
            compute,
            verdict: Verdict { cosine: None, least_cosine: 1.0, pictures: 1 },
            fell_back: None,
        };
        let layers: Vec<Layer> =
            known.features.keys().map(|layer| layer.parse()).collect::<Result<_, _>>()?;
        let computed = model.known_features(&layers).await?;
        model.verdict = Verdict::on(&known, &computed, model.card.quantisation);
        model.if_passed()
    }

    /// The same in a batch of three. The processor compiles nothing for a shape, so nothing is asked of it.
    async fn passed_in_threes(mut self, files: ModelFiles<'_>) -> Result<Self, ObserveError> {
        if self.compute.kind() == protocol::Device::Cpu {
            return Ok(self);
        }
        let verdict = self.on_triplet(&KnownAnswer::parse(files.known_answer)?).await?;
        self.verdict = verdict.worse(self.verdict);
        self.if_passed()
    }

    fn if_passed(self) -> Result<Self, ObserveError> {
        if self.verdict.passed() {
            return Ok(self);
        }
        Err(ObserveError::Failed {
            model: self.card.name,
            device: self.compute.kind(),
            adapter: self.compute.adapter().to_owned(),
            verdict: self.verdict,
        })
    }

    /// As [`from_bytes`](Self::from_bytes) on `first`; where that device cannot be had, stops, or fails the known answer, on
    /// the CPU, and every reading says so.
    pub async fn with_fallback(files: ModelFiles<'_>, first: protocol::Device) -> Result<Self, ObserveError> {
        let tried = match Compute::of_kind(first).await {
            Ok(compute) => Self::from_bytes(files, compute).await,
            Err(error) => Err(error.into()),
        };
        let why = match tried {
            Err(
                error @ (ObserveError::Failed { .. } | ObserveError::Device(_) | ObserveError::Stopped(_)),
            ) if first != protocol::Device::Cpu => error,
            other => return other,
        };
        let mut model = Self::from_bytes(files, Compute::cpu()?).await?;
        model.fell_back = Some((first, why.to_string()));
        Ok(model)
    }

    /// On the device that is fastest here, found by timing the features of one picture on each, once it has reproduced the known
    /// answer: that WebGPU is there does not say that it is quick. `now_ms` is any clock that does not go back.
    ///
    /// # Errors
    /// When a file cannot be used, or not even the CPU passes.
    pub async fn fastest(
        files: ModelFiles<'_>,
        now_ms: &dyn Fn() -> f64,
    ) -> Result<(Self, Vec<Timed>), ObserveError> {
        let mut on_cpu = Self::from_bytes(files, Compute::cpu()?).await?;
        let cpu = on_cpu.timed(now_ms).await?;
        let webgpu = async {
            let model = Self::passed_alone(files, Compute::webgpu().await?).await?;
            let timed = model.timed(now_ms).await?;
            // One that is slower is let go of before it compiles anything for three.
            let is_faster = timed.picture_ms < cpu.picture_ms;
            let faster = if is_faster { Some(model.passed_in_threes(files).await?) } else { None };
            Ok::<_, ObserveError>((faster, timed))
        };
        match webgpu.await {
            Ok((faster, webgpu)) => Ok((faster.unwrap_or(on_cpu), vec![cpu, webgpu])),
            Err(why) => {
                on_cpu.fell_back = Some((protocol::Device::Webgpu, why.to_string()));
                Ok((on_cpu, vec![cpu]))
            }
        }
    }

    /// The known answer's picture once more, now that everything is warm.
    async fn timed(&self, now_ms: &dyn Fn() -> f64) -> Result<Timed, ObserveError> {
        let layer = self.default_layer()?;
        let started_ms = now_ms();
        self.known_features(&[layer]).await?;
        Ok(Timed { device: self.compute.kind(), picture_ms: (now_ms() - started_ms).max(0.0) })
    }

    /// A network that has no known answer yet: for the software that makes one.
    pub fn new_without_known_answer(
        card: ModelCard,
        weights: &[u8],
        compute: Compute,
    ) -> Result<UncheckedModel, ObserveError> {
        let network = Engine::load(&card, weights, &compute)?;
        Ok(UncheckedModel { card, network, compute })
    }

    /// The card.
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// The name, as rows carry it.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// SHA-256 of the weights file.
    pub fn weights_hash(&self) -> &Sha256 {
        &self.weights_hash
    }

    /// Where it computes.
    pub fn compute(&self) -> &Compute {
        &self.compute
    }

    /// How the device did on the known answer.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// The device that was asked for first and failed, with the reason.
    pub fn fell_back(&self) -> Option<(protocol::Device, &str)> {
        self.fell_back.as_ref().map(|(device, why)| (*device, why.as_str()))
    }

    /// The layer that is read when none is asked for.
    pub fn default_layer(&self) -> Result<Layer, ObserveError> {
        Ok(self.card.default_layer.parse()?)
    }

    async fn known_features(&self, layers: &[Layer]) -> Result<BTreeMap<String, Vec<f32>>, ObserveError> {
        known_features(&self.card, &self.network, &self.compute, layers).await
    }

    /// Features of pictures, all in one batch.
    pub async fn features(
        &self,
        pictures: &[Rgb8<'_>],
        layer: Layer,
        top_k: Option<TopK>,
    ) -> Result<Vec<Vec<f32>>, ObserveError> {
        features(&self.card, &self.network, &self.compute, pictures, layer, top_k).await
    }

    /// Features of pictures that have the network's size already: they are only normalised. All in one batch.
    ///
    /// # Errors
    /// Also when a picture has another size.
    pub async fn features_as_is(
        &self,
        pictures: &[Rgb8<'_>],
        layer: Layer,
        top_k: Option<TopK>,
    ) -> Result<Vec<Vec<f32>>, ObserveError> {
        let mut values = Vec::new();
        for picture in pictures {
            values.extend(self.card.preprocess.as_is(*picture)?);
        }
        read(&self.card, &self.network, &self.compute, values, layer, top_k).await
    }

    /// Answers one triplet, slots left to right, as one batch of three. `now_ms` is any clock that does not go back.
    pub async fn answer(
        &self,
        triplet: &[Rgb8<'_>; 3],
        how: How,
        now_ms: &dyn Fn() -> f64,
    ) -> Result<Answer, ObserveError> {
        let started_ms = now_ms();
        let features = self.features(triplet, how.layer, how.top_k).await?;
        let features: [Vec<f32>; 3] = features.try_into().map_err(|_| {
            ObserveError::Stopped("three pictures gave another number of feature vectors".into())
        })?;
        let decision = decide(&features, how.rule);
        Ok(Answer {
            outcome: decision.outcome,
            chosen_slot: decision.chosen_slot,
            reading: Reading {
                device: self.compute.kind(),
                adapter: Some(self.compute.adapter().to_owned()),
                quantisation: Some(self.card.quantisation.label().to_owned()),
                layer: how.layer.to_string(),
                rule: how.rule,
                top_k_fraction: how.top_k.map(|top_k| top_k.fraction()),
                distances: decision.distances,
                margin: decision.margin,
                known_answer_passed: self.verdict.passed(),
                fell_back_from: self.fell_back.as_ref().map(|(device, _)| *device),
                compute_ms: Some((now_ms() - started_ms).max(0.0)),
            },
        })
    }
}

/// A model whose known answer is still to be made; it can give features but no answers.
#[derive(Debug)]
pub struct UncheckedModel {
    card: ModelCard,
    network: Engine,
    compute: Compute,
}

impl UncheckedModel {
    /// The features of the known answer's picture, by layer.
    pub async fn known_features(&self, layers: &[Layer]) -> Result<BTreeMap<String, Vec<f32>>, ObserveError> {
        known_features(&self.card, &self.network, &self.compute, layers).await
    }

    /// Features of pictures, all in one batch.
    pub async fn features(&self, pictures: &[Rgb8<'_>], layer: Layer) -> Result<Vec<Vec<f32>>, ObserveError> {
        features(&self.card, &self.network, &self.compute, pictures, layer, None).await
    }
}

async fn known_features(
    card: &ModelCard,
    network: &Engine,
    compute: &Compute,
    layers: &[Layer],
) -> Result<BTreeMap<String, Vec<f32>>, ObserveError> {
    let pixels = known_answer::picture();
    let picture = Rgb8::new(&pixels, known_answer::PICTURE_PX, known_answer::PICTURE_PX)?;
    let mut by_layer = BTreeMap::new();
    for &layer in layers {
        let mut of_one = features(card, network, compute, &[picture], layer, None).await?;
        by_layer.insert(layer.to_string(), of_one.pop().unwrap_or_default());
    }
    Ok(by_layer)
}

async fn features(
    card: &ModelCard,
    network: &Engine,
    compute: &Compute,
    pictures: &[Rgb8<'_>],
    layer: Layer,
    top_k: Option<TopK>,
) -> Result<Vec<Vec<f32>>, ObserveError> {
    let values = pictures.iter().flat_map(|picture| card.preprocess.apply(*picture)).collect();
    read(card, network, compute, values, layer, top_k).await
}

/// Features of pictures that are prepared already: `[b, 3, px, px]`, flat.
async fn read(
    card: &ModelCard,
    network: &Engine,
    compute: &Compute,
    values: Vec<f32>,
    layer: Layer,
    top_k: Option<TopK>,
) -> Result<Vec<Vec<f32>>, ObserveError> {
    let architecture = &card.architecture;
    if !architecture.has(layer) {
        return Err(ObserveError::NoSuchLayer {
            model: card.name.clone(),
            layer: layer.to_string(),
            there: layers_in_words(architecture),
        });
    }
    if top_k.is_some() && !architecture.takes_top_k() {
        return Err(ObserveError::NoTopK { model: card.name.clone() });
    }
    let px = card.preprocess.crop_px;
    let count = values.len() / (3 * px * px);
    if count == 0 {
        return Ok(Vec::new());
    }
    network.features(values, (count, px), layer, top_k, compute).await
}

/// `12 blocks and the layers mean, cls, patches`
fn layers_in_words(architecture: &Architecture) -> String {
    let layers = architecture.layers();
    let last: Vec<String> =
        layers.iter().filter(|layer| layer.site == Site::Norm).map(ToString::to_string).collect();
    let places = |name: &str, of: fn(Site) -> Option<usize>| {
        let most = layers.iter().filter_map(|layer| of(layer.site)).max();
        most.map_or(String::new(), |most| format!("{} {name} and ", most + 1))
    };
    let blocks = places("blocks", |site| if let Site::Block(i) = site { Some(i) } else { None });
    let stages = places("stages", |site| if let Site::Stage(i) = site { Some(i) } else { None });
    format!("{blocks}{stages}the layers {}", last.join(", "))
}
