//! The known answer in a batch of three, as trials are answered: a shader is compiled for its shapes, and one that computes a single
//! picture rightly says nothing about the one for three.

use gestalt_networks::preprocess::Rgb8;

use crate::known_answer::{self, KnownAnswer, Verdict};
use crate::model::{LoadedModel, ObserveError};

impl LoadedModel {
    /// Holds the known answer's picture on both sides of a grey one to what it gives alone, at the layer that is read: to the known
    /// answer, or to the device's own features where that layer is not among the known ones. Compiles what a first trial would wait for.
    pub async fn on_triplet(&self, known: &KnownAnswer) -> Result<Verdict, ObserveError> {
        let layer = self.default_layer()?;
        let pixels = known_answer::picture();
        let grey = vec![128; pixels.len()];
        let as_picture = |pixels| Rgb8::new(pixels, known_answer::PICTURE_PX, known_answer::PICTURE_PX);
        let (picture, grey) = (as_picture(&pixels)?, as_picture(&grey)?);
        let alone = match known.features.get(&layer.to_string()) {
            Some(features) => features.clone(),
            None => self.features(&[picture], layer, None).await?.pop().unwrap_or_default(),
        };
        let together = self.features(&[picture, grey, picture], layer, None).await?;
        Ok(Verdict::on_triplet(&alone, &together, self.card().quantisation))
    }
}
