//! Supervised classification: the encoder learns to name the category of a rendered scene.
//!
//! The class scores are a linear map of the mean patch token (as in Zhai et al., "Scaling Vision
//! Transformers", 2022), which is also the default readout of a trained model.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Int, Tensor, TensorData, assert_shape};
use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::vit::{Vit, VitConfig};
use gestalt_networks::sparsity::TopK;
use gestalt_scenes::Category;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::batch::{Batch, View};
use crate::data::Data;
use crate::error::TrainError;
use crate::objective::Objective;
use crate::pool::Pool;

/// Settings of the classification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Share of the target that is spread evenly over all categories (Szegedy et al. 2016); 0: none.
    #[serde(default)]
    pub label_smoothing: f32,
    /// Fraction of the patches that stay active at the input of every block while training; see [`TopK`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_k: Option<f64>,
}

/// New scenes on which the accuracy is measured.
const MEASURED_SCENES: usize = 150;

/// Encoder and classifier.
#[derive(Module, Debug)]
pub struct Supervised {
    encoder: Vit,
    /// `[w, 15]`
    classifier: Linear,
    label_smoothing: f32,
    top_k: Option<f64>,
}

impl Supervised {
    /// Class scores.
    ///
    /// # Shapes
    /// `[b, n, 3·p·p]` → `[b, 15]`
    fn scores(&self, patches: Tensor<3>) -> Tensor<2> {
        let top_k = self.top_k.and_then(TopK::new);
        let tokens = self.encoder.encode_sparse(self.encoder.embed(patches, None), top_k);
        let [b, t, w] = tokens.dims();
        let mean = tokens.slice([0..b, self.encoder.prefix()..t]).mean_dim(1).reshape([b, w]);
        let scores = self.classifier.forward(mean);
        assert_shape!(scores, [b, Category::ALL.len()]);
        scores
    }
}

impl Objective for Supervised {
    type Config = Config;
    type Draw = ();
    type Shape = VitConfig;

    const NAME: &'static str = "supervised classification";
    const LOSS: &'static str = "cross-entropy (nats)";

    fn check(config: &Config, _: &VitConfig, data: &Data) -> Result<(), String> {
        if !matches!(data, Data::Scenes { .. }) {
            return Err(
                "data.source: must be \"scenes\", because supervised training needs categories".into()
            );
        }
        if !(0.0..1.0).contains(&config.label_smoothing) {
            return Err("objective.label_smoothing: must lie in 0..1".into());
        }
        if config.top_k.is_some_and(|fraction| TopK::new(fraction).is_none()) {
            return Err("objective.top_k: must be above 0 and at most 1".into());
        }
        Ok(())
    }

    fn describe(config: &Config) -> String {
        let sparse = config.top_k.map_or(String::new(), |fraction| {
            format!(", with Top-K activation sparsity of {:.0} % in training", 100.0 * fraction)
        });
        format!(
            "supervised classification of rendered scenes into {} categories{sparse}",
            Category::ALL.len()
        )
    }

    fn new(config: &Config, encoder: &VitConfig, device: &Device) -> Result<Self, TrainError> {
        Ok(Self {
            encoder: encoder.init(device)?,
            classifier: LinearConfig::new(encoder.width, Category::ALL.len()).init(device),
            label_smoothing: config.label_smoothing,
            top_k: config.top_k,
        })
    }

    fn draw(_: &Config, _: &VitConfig, _: &mut ChaCha8Rng) {}

    fn loss(&self, batch: &Batch<()>, device: &Device) -> Tensor<1> {
        let scores = self.scores(Tensor::from_data(batch.all_patches(), device));
        let labels = Tensor::<1, Int>::from_data(labels(batch), device);
        CrossEntropyLossConfig::new()
            .with_smoothing((self.label_smoothing > 0.0).then_some(self.label_smoothing))
            .init(device)
            .forward(scores, labels)
    }

    fn network(&self) -> &Vit {
        &self.encoder
    }

    fn network_mut(&mut self) -> &mut Vit {
        &mut self.encoder
    }

    /// `accuracy_on_new_scenes` and `new_scenes`: scenes with seeds that follow those of the training
    /// scenes.
    fn measure(
        &self,
        data: &Data,
        view: &View,
        device: &Device,
    ) -> Result<BTreeMap<String, f64>, TrainError> {
        let Data::Scenes { count, seed, size_px } = *data else { return Ok(BTreeMap::new()) };
        let pool = Pool::scenes(MEASURED_SCENES, seed + count as u64, size_px);
        let batch = Batch::whole(&pool, view);
        let scores = self.scores(Tensor::from_data(batch.all_patches(), device));
        let found = scores.argmax(1).into_data().convert::<i32>();
        let found = found.as_slice::<i32>().map_err(|e| TrainError::Tensor { why: e.to_string() })?;
        let labels = labels(&batch);
        let labels = labels.as_slice::<i32>().map_err(|e| TrainError::Tensor { why: e.to_string() })?;
        let correct = found.iter().zip(labels).filter(|(found, label)| found == label).count();
        Ok([
            ("accuracy_on_new_scenes", correct as f64 / labels.len() as f64),
            ("new_scenes", labels.len() as f64),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into())
    }
}

/// `[b]`: places of the categories in [`Category::ALL`].
fn labels<D>(batch: &Batch<D>) -> TensorData {
    let place =
        |category: Category| Category::ALL.iter().position(|one| *one == category).unwrap_or(0) as i32;
    let values: Vec<i32> = batch.categories().iter().map(|category| category.map_or(0, place)).collect();
    TensorData::new(values, [batch.pictures])
}
