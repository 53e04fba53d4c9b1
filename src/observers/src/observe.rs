//! Takes an observer of features through a trial set, so that its answers stand in the same log as
//! people's.

use std::ops::ControlFlow;

use gestalt_protocol::{
    Identity, ObserverKind, Presentation, PresentedTrial, Prompt, Response, Row, Rule, Trial, TrialSet,
};
use gestalt_types::random::{generator, shuffle};
use gestalt_types::{FieldError, Name, Sha256};
use uuid::Uuid;

use crate::source::{FeatureSource, Picture, answer};

/// The identity of a run through a trial set, its decision rule and its seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The study that the rows belong to.
    pub study: Name,
    /// The session that the rows belong to.
    pub session: Uuid,
    /// Seed of the order of trials and slots.
    pub seed: u64,
    /// The question, as the study puts it to people.
    pub prompt: Prompt,
    /// Version of the software.
    pub app_version: String,
    /// The decision rule.
    pub rule: Rule,
    /// Number of trials, from the first of the seeded order, that an interrupted run is through with.
    pub skip: u32,
}

/// What became of a trial.
#[derive(Debug)]
pub enum Taken<R> {
    /// An answer, scored.
    Row(Box<Row>),
    /// A picture could not be read; the next trial follows.
    Unreadable {
        /// The trial.
        trial: Name,
        /// What the reader says.
        source: R,
    },
}

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunError<F> {
    /// The observer gave no features.
    #[error("trial `{trial}`: {source}")]
    Features {
        /// The trial.
        trial: Name,
        /// Why.
        source: F,
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

/// Shows every trial of `set` to the observer in a seeded order, slots shuffled as for people, and
/// hands what became of it to `keep`, which may end the run. `read` decodes the picture of a hash;
/// `row_id` makes a new row id; `now_ms` is any clock that does not go back. Yields to the executor at every
/// answer.
///
/// # Errors
/// At the first trial without features, or answer that makes no row.
pub async fn observe<S: FeatureSource, R>(
    source: &S,
    set: &TrialSet,
    run: &Run,
    now_ms: &dyn Fn() -> f64,
    mut read: impl FnMut(&Sha256) -> Result<Picture, R>,
    mut row_id: impl FnMut() -> Uuid,
    mut keep: impl FnMut(Taken<R>) -> ControlFlow<()>,
) -> Result<(), RunError<S::Error>> {
    let who = Identity {
        study: run.study.clone(),
        session: run.session,
        observer_kind: ObserverKind::Model,
        observer: source.name().clone(),
        weights_hash: source.weights_hash().cloned(),
        app_version: run.app_version.clone(),
        study_hash: None,
        trial_set: set.hash().clone(),
        task: set.task().into(),
        prompt: run.prompt,
    };
    let mut order: Vec<(PresentedTrial, &Trial)> =
        set.presented().trials.into_iter().zip(set.trials()).collect();
    shuffle(&mut order, &mut generator(run.seed, "trials"));
    for (index, (presented, trial)) in (0..).zip(order).skip(run.skip as usize) {
        let presentation = Presentation::for_model(&presented, run.seed);
        let pictures: Result<Vec<Picture>, R> = presentation.shown.iter().map(&mut read).collect();
        let triplet = match pictures.map(<[Picture; 3]>::try_from) {
            Ok(Ok(triplet)) => triplet,
            // A presentation shows three.
            Ok(Err(_)) => continue,
            Err(source) => match keep(Taken::Unreadable { trial: trial.id.clone(), source }) {
                ControlFlow::Continue(()) => continue,
                ControlFlow::Break(()) => return Ok(()),
            },
        };
        let answer = answer(source, &triplet, run.rule, now_ms)
            .await
            .map_err(|source| RunError::Features { trial: trial.id.clone(), source })?;
        let response = Response {
            outcome: answer.outcome,
            chosen_slot: answer.chosen_slot,
            reaction_time_ms: None,
            showing: None,
            readout: Some(answer.readout),
        };
        let mut row = who.row(row_id(), index, &presentation, response);
        row.score_as(set, trial).map_err(|source| RunError::Row { trial: trial.id.clone(), source })?;
        if keep(Taken::Row(Box::new(row))).is_break() {
            return Ok(());
        }
    }
    Ok(())
}
