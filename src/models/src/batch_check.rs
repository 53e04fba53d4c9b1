//! The reference output in a batch of three, as trials are answered: a shader is compiled for its
//! shapes, and one that computes a single picture correctly says nothing about the one for three.

use gestalt_networks::preprocess::Rgb8;

use crate::error::ModelError;
use crate::extractor::FeatureExtractor;
use crate::reference_output::{self, ReferenceOutput, Verdict};

impl FeatureExtractor {
    /// Computes the reference picture on both sides of a grey one at the default layer, and compares
    /// with the reference output; where that layer is not in it, with the device's own features of the
    /// picture alone. Also compiles what the first trial would wait for.
    ///
    /// # Errors
    /// When the device stops.
    pub async fn check_batch_of_three(&self, reference: &ReferenceOutput) -> Result<Verdict, ModelError> {
        let layer = self.default_layer()?;
        let pixels = reference_output::picture();
        let grey = vec![128; pixels.len()];
        let view = |pixels| Rgb8::new(pixels, reference_output::PICTURE_PX, reference_output::PICTURE_PX);
        let (picture, grey) = (view(&pixels)?, view(&grey)?);
        let alone = match reference.features.get(&layer.to_string()) {
            Some(features) => features.clone(),
            None => self.features(&[picture], layer, None).await?.pop().unwrap_or_default(),
        };
        let together = self.features(&[picture, grey, picture], layer, None).await?;
        Ok(Verdict::on_triplet(&alone, &together, self.card().quantisation))
    }
}
