//! A model through a whole trial set, so that its answers stand in the same log as people's.

use gestalt_networks::preprocess::Rgb8;
use gestalt_protocol::{
    Name, ObserverKind, ROW_VERSION, Row, Sha256, Slot, TrialSet,
    order::{generator, shuffle, slots},
};
use uuid::Uuid;

use crate::model::ObserveError;
use crate::observer::{ModelObserver, Observer};

/// A decoded picture: RGB8, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// `width · height · 3` bytes.
    pub pixels: Vec<u8>,
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
}

/// What a run through a trial set is called and how it is shuffled.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The study that the rows belong to.
    pub study: Name,
    /// The session that the rows belong to.
    pub session: Uuid,
    /// Seed of the order of trials and slots.
    pub seed: u64,
    /// Version of the software.
    pub app_version: String,
}

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunError<E> {
    /// A picture could not be read.
    #[error("trial `{trial}`: {source}")]
    Picture {
        /// The trial.
        trial: Name,
        /// What the reader says.
        source: E,
    },
    /// The model gave no answer.
    #[error("trial `{trial}`: {source}")]
    Model {
        /// The trial.
        trial: Name,
        /// Why.
        source: ObserveError,
    },
}

/// Shows every trial of `set` to the observer in a seeded order, slots shuffled as for people, and hands each scored row to
/// `keep`. `read` decodes the picture of a hash; `row_id` makes a new row id. Yields to the executor at every answer.
pub async fn observe<E>(
    observer: &ModelObserver<'_>,
    set: &TrialSet,
    run: &Run,
    mut read: impl FnMut(&Sha256) -> Result<Picture, E>,
    mut row_id: impl FnMut() -> Uuid,
    mut keep: impl FnMut(Row),
) -> Result<(), RunError<E>> {
    let mut order: Vec<usize> = (0..set.trials().len()).collect();
    shuffle(&mut order, &mut generator(run.seed, "trials"));
    for (index, trial) in order.into_iter().map(|place| &set.trials()[place]).enumerate() {
        let shown = slots(&trial.images, run.seed, trial.id.as_str(), 0);
        let mut pictures = Vec::with_capacity(3);
        for hash in &shown {
            pictures.push(read(hash).map_err(|source| RunError::Picture { trial: trial.id.clone(), source })?);
        }
        let model = |source| RunError::Model { trial: trial.id.clone(), source };
        let rgb = |i: usize| {
            Rgb8::new(&pictures[i].pixels, pictures[i].width, pictures[i].height)
                .map_err(|error| model(error.into()))
        };
        let answer = observer.answer(&[rgb(0)?, rgb(1)?, rgb(2)?]).await.map_err(model)?;
        let intact = &trial.images[trial.intact.index()];
        let intact_slot = shown.iter().position(|hash| hash == intact).and_then(Slot::from_index);
        keep(Row {
            row_version: ROW_VERSION,
            row_id: row_id(),
            study: run.study.clone(),
            session: run.session,
            observer_kind: ObserverKind::Model,
            observer: observer.name().clone(),
            weights_hash: Some(observer.model.weights_hash().clone()),
            app_version: run.app_version.clone(),
            trial_set: set.hash().clone(),
            trial: trial.id.clone(),
            role: trial.role,
            block: 0,
            index: index as u32,
            repeat: 0,
            category: trial.category.clone(),
            condition: trial.condition.clone(),
            shown,
            intact_slot,
            outcome: answer.outcome,
            chosen_slot: answer.chosen_slot,
            correct: answer.chosen_slot.map(|chosen| Some(chosen) == intact_slot),
            reaction_time_ms: None,
            showing: None,
            reading: Some(answer.reading),
        });
    }
    Ok(())
}
