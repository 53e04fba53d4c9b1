//! The one door by which anything that can answer a triplet enters.

use std::future::Future;

use gestalt_networks::preprocess::Rgb8;
use gestalt_types::Name;

use crate::model::{Answer, How, LoadedModel, ObserveError};

/// Something that looks at three pictures and names the odd one.
pub trait Observer {
    /// As rows carry it.
    fn name(&self) -> &Name;

    /// Answers one triplet, slots left to right.
    fn answer(&self, triplet: &[Rgb8<'_>; 3]) -> impl Future<Output = Result<Answer, ObserveError>>;
}

/// A loaded model with a fixed way of reading and a clock.
pub struct ModelObserver<'a> {
    /// The model.
    pub model: &'a LoadedModel,
    /// How it is read.
    pub how: How,
    /// Milliseconds on any clock that does not go back.
    pub now_ms: &'a dyn Fn() -> f64,
}

impl Observer for ModelObserver<'_> {
    fn name(&self) -> &Name {
        self.model.name()
    }

    async fn answer(&self, triplet: &[Rgb8<'_>; 3]) -> Result<Answer, ObserveError> {
        self.model.answer(triplet, self.how, self.now_ms).await
    }
}
