//! A model through a whole trial set, so that its answers stand in the same log as people's.

use gestalt_networks::preprocess::Rgb8;
use gestalt_protocol::{
    Identity, ObserverKind, Presentation, PresentedTrial, Response, Row, Trial, TrialSet,
};
use gestalt_types::random::{generator, shuffle};
use gestalt_types::{FieldError, Name, Sha256};
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
        source: Box<ObserveError>,
    },
    /// The answer made no row.
    #[error("trial `{trial}`: {source}")]
    Row {
        /// The trial.
        trial: Name,
        /// Which field.
        source: FieldError,
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
    let who = Identity {
        study: run.study.clone(),
        session: run.session,
        observer_kind: ObserverKind::Model,
        observer: observer.name().clone(),
        weights_hash: Some(observer.model.weights_hash().clone()),
        app_version: run.app_version.clone(),
        trial_set: set.hash().clone(),
    };
    let mut order: Vec<(PresentedTrial, &Trial)> =
        set.presented().trials.into_iter().zip(set.trials()).collect();
    shuffle(&mut order, &mut generator(run.seed, "trials"));
    for (index, (presented, trial)) in (0..).zip(order) {
        let presentation = Presentation::for_model(&presented, run.seed);
        let mut pictures = Vec::with_capacity(3);
        for hash in &presentation.shown {
            pictures
                .push(read(hash).map_err(|source| RunError::Picture { trial: trial.id.clone(), source })?);
        }
        let model = |error| RunError::Model { trial: trial.id.clone(), source: Box::new(error) };
        let rgb = |i: usize| {
            Rgb8::new(&pictures[i].pixels, pictures[i].width, pictures[i].height)
                .map_err(|error| model(error.into()))
        };
        let answer = observer.answer(&[rgb(0)?, rgb(1)?, rgb(2)?]).await.map_err(model)?;
        let response = Response {
            outcome: answer.outcome,
            chosen_slot: answer.chosen_slot,
            reaction_time_ms: None,
            showing: None,
            reading: Some(answer.reading),
        };
        let mut row = who.row(row_id(), index, &presentation, response);
        row.score(trial).map_err(|source| RunError::Row { trial: trial.id.clone(), source })?;
        keep(row);
    }
    Ok(())
}
