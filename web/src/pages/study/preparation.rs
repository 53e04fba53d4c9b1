//! Everything that must be there before the first trial: the session, its plan, its pictures, the refresh rate.

use std::collections::BTreeSet;

use gestalt_protocol::ObserverKind;
use gestalt_session::{Course, Plan, PlanError};
use gestalt_types::Sha256;

use crate::display::{ImageError, Pictures, measure_refresh_rate};
use crate::outbox::Outbox;
use crate::outbox::store::StoreError;
use crate::source::{OpenedSession, OpenedStudy, SourceError};

/// A session that can begin at once.
pub struct Prepared {
    /// The study.
    pub opened: OpenedStudy,
    /// The session.
    pub session: OpenedSession,
    /// Every picture of the plan, decoded.
    pub pictures: Pictures,
    /// Waits before its first block.
    pub course: Course,
}

/// How far the preparation is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// The session is being opened.
    Opening,
    /// Pictures ready, of so many.
    Pictures(usize, usize),
    /// The display's refresh rate is being measured.
    Display,
}

/// Why no session can begin.
#[derive(Debug, thiserror::Error)]
pub enum PreparationError {
    /// The study or the server.
    #[error("{0}")]
    Source(#[from] SourceError),
    /// The trial set.
    #[error("{0}")]
    Plan(#[from] PlanError),
    /// A picture.
    #[error("{0}")]
    Image(#[from] ImageError),
    /// The browser's storage.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The display.
    #[error(
        "the display's refresh rate could not be measured; bring this window to the front, close heavy programs and start again"
    )]
    Display,
}

/// Prepares a person's session; `on_step` hears how far it is.
pub async fn prepare(
    opened: OpenedStudy,
    outbox: Outbox,
    on_step: impl Fn(Step),
) -> Result<Prepared, PreparationError> {
    on_step(Step::Opening);
    let session = opened.session(ObserverKind::Human, None, None).await?;
    let plan = Plan::new(&opened.set, &opened.study, session.seed)?;
    outbox.open(&session.stored).await?;
    let wanted = pictures_of(&plan);
    let count = wanted.len();
    on_step(Step::Pictures(0, count));
    let wanted = wanted.into_iter().map(|hash| (hash.clone(), opened.image(&hash))).collect();
    let pictures = Pictures::load(wanted, |ready| on_step(Step::Pictures(ready, count))).await?;
    on_step(Step::Display);
    let rate = measure_refresh_rate().await.ok_or(PreparationError::Display)?;
    let course = Course::new(&plan, opened.study.timing, rate);
    Ok(Prepared { opened, session, pictures, course })
}

fn pictures_of(plan: &Plan) -> BTreeSet<Sha256> {
    plan.blocks().iter().flatten().flat_map(|trial| trial.images.iter().cloned()).collect()
}
