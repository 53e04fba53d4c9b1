//! The life of a session after its opening: filled with rows, finished, read.

use std::time::Duration;

use gestalt_protocol::api::{Finished, Receipt};
use gestalt_protocol::lab::StudyState;
use gestalt_protocol::{AnswerRelease, ObserverKind, Row, SessionFacts, Study};
use gestalt_types::{FieldError, Name};
use uuid::Uuid;

use super::app::App;
use super::error::Error;
use super::own_session::{Asked, plan_of};
use super::recruitment::{code_shown, seats};
use super::{finishing, intake};
use crate::store::{Fate, Finishing, Place, Session, StoreError, Verdict, Whose};

/// Rows of a session that are read at a time.
const PAGE_ROWS: i64 = 500;

impl App {
    /// Stores a batch of rows, NDJSON. The receipt's rows are durable.
    pub(crate) async fn add_rows(&self, asked: &Asked, body: &[u8]) -> Result<Receipt, Error> {
        let session = self.own_session(asked).await?;
        let snapshot = self.snapshot_of(&session).await?;
        let plan = plan_of(&session, &snapshot)?;
        let intake::Batch { rows, refused } = intake::Rules::new(&session, &snapshot, &plan).read(body)?;
        let mut receipt = Receipt { stored: Vec::new(), refused };
        if rows.is_empty() {
            return Ok(receipt);
        }
        let places: Vec<(usize, u32)> = rows.iter().map(|(line, new)| (*line, new.row.index)).collect();
        let rows = rows.into_iter().map(|(_, new)| new).collect();
        let fates = self.store.append(session.id, rows, (self.now_ms)()).await?.ok_or(Error::Withdrawn)?;
        let waits = fates.iter().filter_map(|fate| match fate {
            Fate::TooSoon { wait_ms } => Some(*wait_ms),
            _ => None,
        });
        if let Some(wait_ms) = waits.max() {
            // What came in time is stored; the client sends all again, and is told so again.
            return Err(Error::TooSoon(Duration::from_secs(wait_ms.div_ceil(1000))));
        }
        for ((line, index), fate) in places.into_iter().zip(fates) {
            match not_stored(&fate, index) {
                None => receipt.stored.push(index),
                Some(error) => receipt.refused.push(intake::refusal(line, error)),
            }
        }
        receipt.refused.sort_by_key(|refusal| refusal.line);
        Ok(receipt)
    }

    /// Finishes a session of this many rows, if it has all that the study asks for.
    pub(crate) async fn finish(&self, asked: &Asked, rows: u32) -> Result<Finished, Error> {
        let session = self.own_session(asked).await?;
        let snapshot = self.snapshot_of(&session).await?;
        let plan = plan_of(&session, &snapshot)?;
        if !(1..=plan.most_rows()).contains(&rows) {
            return Err(wrong("rows", &format!("1 to {} is needed", plan.most_rows())));
        }
        // A model may be stopped early: what it answered counts.
        let (required, minimum_answered) = match session.observer_kind {
            ObserverKind::Model => (Vec::new(), 0.0),
            ObserverKind::Human | ObserverKind::Simulated => {
                (plan.required().collect(), snapshot.study.trials.minimum_answered)
            }
        };
        let repeats = snapshot.study.practice().is_some_and(|practice| practice.repeat_below.is_some());
        let repeated = plan.practice().filter(|_| repeats).map(Name::as_str).collect();
        let needed = finishing::Needed { rows, required, repeated, minimum_answered };
        let judge = |stored: &[_]| needed.judge(stored);
        let people = session.observer_kind == ObserverKind::Human;
        let seats = people.then(|| seats(&snapshot.study));
        let verdict = self.verdict(&session, &snapshot.study).await?;
        match self.store.finish(session.id, rows, (self.now_ms)(), seats, verdict, judge).await? {
            Finishing::Done { completion_code, excluded_by } => {
                let completion_code = code_shown(&snapshot.study, completion_code, Some(&excluded_by));
                Ok(Finished { completion_code })
            }
            Finishing::Withheld(reason) => Err(reason),
            Finishing::Otherwise { rows } => {
                Err(Error::Conflict(format!("the session was finished before, with {rows} rows")))
            }
            Finishing::Gone => Err(Error::Withdrawn),
        }
    }

    /// The rows of a session that can be read, in order.
    pub(super) async fn rows_of(&self, session: Uuid) -> Result<Vec<Row>, Error> {
        let (whose, mut after, mut rows) = (Whose::Session(session), Place::start(), Vec::new());
        loop {
            let page = self.store.page(&whose, &after, PAGE_ROWS).await?;
            let Some(last) = page.last() else { break };
            after = last.place.clone();
            rows.extend(page.iter().filter_map(|stored| stored.row().ok()));
        }
        Ok(rows)
    }

    /// What the session's rows amount to, and which of the study's exclusion criteria they meet.
    async fn verdict(&self, session: &Session, study: &Study) -> Result<Verdict, Error> {
        if session.observer_kind == ObserverKind::Model || session.finished.is_some() {
            return Ok(Verdict::default());
        }
        let rows = self.rows_of(session.id).await?;
        let facts = SessionFacts::of(&rows);
        let excluded_by = study.exclude.of_session(&facts).join(",");
        Ok(Verdict { facts_json: serde_json::to_string(&facts).map_err(StoreError::Row)?, excluded_by })
    }

    /// The session whose scored rows its holder may read: it is finished, so it can answer no more, and the
    /// study releases answers.
    pub(crate) async fn readable_session(&self, asked: &Asked) -> Result<Uuid, Error> {
        let session = self.own_session(asked).await?;
        if session.finished.is_none() {
            let why = "the session is not finished yet: finish it, then read its rows";
            return Err(Error::Conflict(why.into()));
        }
        let snapshot = self.snapshot_of(&session).await?;
        let study = &snapshot.study;
        let is_over = study.recruitment.closes.is_some_and(|closes| closes.unix_ms() <= (self.now_ms)());
        let closed = is_over || self.store.study_state(&session.study).await? == StudyState::Closed;
        match study.release.answers {
            AnswerRelease::AfterSession => Ok(session.id),
            AnswerRelease::AfterClose if closed => Ok(session.id),
            AnswerRelease::AfterClose => {
                let why = format!("study `{}` releases its answers once it is closed", session.study);
                Err(Error::Forbidden(why))
            }
            AnswerRelease::Never => {
                Err(Error::Forbidden(format!("study `{}` does not release its answers", session.study)))
            }
        }
    }
}

pub(super) fn wrong(field: &str, reason: &str) -> Error {
    FieldError::new(field, reason).into()
}

fn not_stored(fate: &Fate, index: u32) -> Option<FieldError> {
    let (field, reason) = match fate {
        Fate::Stored | Fate::TooSoon { .. } => return None,
        Fate::IndexTaken => ("index", format!("another row has index {index} of this session already")),
        Fate::RowIdTaken => ("row_id", "another row has this identity already".to_owned()),
        Fate::PresentationTaken { index } => {
            ("repeat", format!("row {index} is of this showing of the trial already"))
        }
        Fate::Finished => ("index", format!("the session was finished without a row {index}")),
    };
    Some(FieldError::new(field, reason))
}
