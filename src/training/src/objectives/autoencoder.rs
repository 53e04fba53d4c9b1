//! The plain autoencoder of latent noise segmentation: a picture through a code of a few numbers.
//!
//! Lonnqvist, Wu and Herzog (ICML 2024): squared error, summed over a picture, of the decoder's sigmoid.
//! Pictures are shown as they are, without crops or reflections.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor};
use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::vae::{Vae, VaeConfig};
use gestalt_networks::preprocess::Normalise;
use image::{Rgb, RgbImage};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::batch::{Batch, View};
use crate::data::Data;
use crate::error::TrainError;
use crate::objective::Objective;
use crate::pool::Pool;

/// The autoencoder has no settings besides its shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {}

/// Held-out pictures on which the error is measured.
const MEASURED_PICTURES: usize = 256;
/// Pictures on the sheet of reconstructions.
const SHEET_PICTURES: usize = 12;

/// Encoder and decoder; both are kept.
#[derive(Module, Debug)]
pub struct Autoencoder {
    network: Vae,
}

impl Autoencoder {
    /// Pictures and what the code leaves of them, values from 0 to 1.
    ///
    /// # Shapes
    /// `[b, 3, px, px]` each
    fn reconstruct<D>(&self, batch: &Batch<D>, device: &Device) -> (Tensor<4>, Tensor<4>) {
        let side_px = (batch.patch_len / 3).isqrt();
        let pictures = Tensor::<3>::from_data(batch.all_patches(), device);
        let pictures = pictures.reshape([batch.pictures, 3, side_px, side_px]);
        let (code, _) = self.network.encode(pictures.clone());
        (pictures, sigmoid(self.network.decode(code)))
    }
}

impl Objective for Autoencoder {
    type Config = Config;
    type Draw = ();
    type Shape = VaeConfig;

    const NAME: &'static str = "autoencoder";
    const LOSS: &'static str = "squared error, summed over a picture";
    const NORMALISE: Normalise = Normalise::NONE;
    const AUGMENTS: bool = false;

    fn check(_: &Config, shape: &VaeConfig, data: &Data) -> Result<(), String> {
        if shape.variational {
            return Err("model.variational: must be false; the variational objective is not here yet".into());
        }
        if !matches!(data, Data::Figures { .. }) {
            return Err("data.source: must be \"figures\"".into());
        }
        Ok(())
    }

    fn describe(_: &Config) -> String {
        "autoencoder: squared error through a narrow code (Lonnqvist, Wu and Herzog 2024)".into()
    }

    fn new(_: &Config, shape: &VaeConfig, device: &Device) -> Result<Self, TrainError> {
        Ok(Self { network: shape.init(device)? })
    }

    fn draw(_: &Config, _: &VaeConfig, _: &mut ChaCha8Rng) {}

    fn loss(&self, batch: &Batch<()>, device: &Device) -> Tensor<1> {
        let (pictures, reconstructed) = self.reconstruct(batch, device);
        let error = reconstructed - pictures;
        (error.clone() * error).sum() / batch.pictures as f64
    }

    fn network(&self) -> &Vae {
        &self.network
    }

    fn network_mut(&mut self) -> &mut Vae {
        &mut self.network
    }

    /// `reconstruction_rms`, in units of the whole range of a colour, on `reconstructed_pictures` held-out
    /// pictures.
    fn measure(
        &self,
        data: &Data,
        view: &View,
        device: &Device,
    ) -> Result<BTreeMap<String, f64>, TrainError> {
        let Some(pool) = Pool::held_out(data, MEASURED_PICTURES) else { return Ok(BTreeMap::new()) };
        let (pictures, reconstructed) = self.reconstruct(&Batch::whole(&pool, view), device);
        let error = reconstructed - pictures;
        let mean = f64::from((error.clone() * error).mean().into_scalar::<f32>());
        Ok([("reconstruction_rms", mean.sqrt()), ("reconstructed_pictures", MEASURED_PICTURES as f64)]
            .map(|(name, value)| (name.to_owned(), value))
            .into())
    }

    /// `reconstructions.png`: a row of pictures above what the code leaves of them.
    fn illustrate(
        &self,
        batch: &Batch<()>,
        view: &View,
        device: &Device,
    ) -> Result<Option<(&'static str, RgbImage)>, TrainError> {
        let (pictures, reconstructed) = self.reconstruct(batch, device);
        let (side, plane) = (view.image_px as u32, view.image_px * view.image_px);
        let mut sheet = RgbImage::new(side * batch.pictures.min(SHEET_PICTURES) as u32, 2 * side);
        for (row, values) in (0..).zip([pictures, reconstructed]) {
            let values: Vec<f32> = values.into_data().iter::<f32>().collect();
            for (column, picture) in values.chunks_exact(3 * plane).take(SHEET_PICTURES).enumerate() {
                for at in 0..plane {
                    let colour = [0, 1, 2].map(|c| (255.0 * picture[c * plane + at]).round() as u8);
                    let (x, y) = (at as u32 % side, at as u32 / side);
                    sheet.put_pixel(column as u32 * side + x, row * side + y, Rgb(colour));
                }
            }
        }
        Ok(Some(("reconstructions.png", sheet)))
    }
}
