//! Whom a study takes: when it is open, one session for each id of a panel, and the code that a participant
//! takes back.

mod payments;

use gestalt_protocol::api::OpenSession;
use gestalt_protocol::lab::StudyState;
use gestalt_protocol::study::{Moment, Recruitment, is_id};
use gestalt_protocol::{CATCH_CORRECT_BELOW, ObserverKind, Study};
use gestalt_types::UtcTime;
use uuid::Uuid;

use super::app::App;
use super::error::Error;
use crate::store::{Seats, Session};

impl App {
    /// Refuses people while the study is not open, and those whom it has already; takes the place of the
    /// others. Who takes an unfinished session over gets it.
    pub(super) async fn admit(
        &self,
        study: &Study,
        asked: &OpenSession,
        session: Uuid,
    ) -> Result<Option<Session>, Error> {
        if asked.observer_kind != ObserverKind::Human {
            return Ok(None);
        }
        let visit = asked.panel.as_ref().filter(|_| study.recruitment.once_per_id);
        // Who has been here gets the code again, also when the study takes nobody new.
        if let Some(visit) = visit {
            if !is_id(&visit.id) {
                let why = "the link is not complete: open it from the page that sent you";
                return Err(Error::Forbidden(why.into()));
            }
            let holder = self.store.holder(&study.name, visit).await?;
            if let Some(unfinished) = self.unfinished(study, holder).await? {
                return if asked.resume { Ok(Some(unfinished)) } else { Err(Error::BegunElsewhere) };
            }
        }
        self.takes_people(study).await?;
        let Some(visit) = visit else { return Ok(None) };
        let holder = self.store.take_place(&study.name, visit, session, (self.now_ms)()).await?;
        match self.unfinished(study, holder).await? {
            // Opened between the two.
            Some(_) => Err(Error::BegunElsewhere),
            None => {
                if let Some(holder) = holder {
                    // The server was stopped before that session was opened: nobody is kept out by that.
                    self.store.move_place(holder, session).await?;
                }
                Ok(None)
            }
        }
    }

    /// The unfinished session of who has the place. Refuses who has finished, or withdrawn.
    async fn unfinished(&self, study: &Study, holder: Option<Uuid>) -> Result<Option<Session>, Error> {
        let Some(holder) = holder else { return Ok(None) };
        if let Some(before) = self.store.session(holder).await? {
            return match before.finished {
                Some((_, code)) => {
                    Err(Error::TakenBefore(code_shown(study, code, before.excluded_by.as_deref())))
                }
                None => Ok(Some(before)),
            };
        }
        match self.store.withdrawn(holder).await?.map(|left| left.completion_code) {
            Some(Some(code)) => Err(Error::TakenBefore(code_shown(study, code, None))),
            Some(None) => Err(Error::Forbidden(
                "you have withdrawn from this study, so you cannot take it again".into(),
            )),
            None => Ok(None),
        }
    }

    /// Refuses a new session before the study opens, after it closed, and while the lab has paused it.
    async fn takes_people(&self, study: &Study) -> Result<(), Error> {
        let Recruitment { opens, closes, .. } = &study.recruitment;
        let (now_ms, moment) = ((self.now_ms)(), |moment: Moment| UtcTime::from_ms(moment.unix_ms()));
        let refused = |why: String| Err(Error::Forbidden(why));
        match self.store.study_state(&study.name).await? {
            StudyState::Open => {}
            StudyState::Paused => {
                return refused("this study is paused: nobody can begin it now. Try again later".into());
            }
            StudyState::Closed => {
                return refused(
                    "this study is closed: it takes nobody any more. Thank you for your interest".into(),
                );
            }
        }
        if let Some(opens) = opens.filter(|opens| now_ms < opens.unix_ms()) {
            return refused(format!("this study has not opened yet: it opens at {}", moment(opens)));
        }
        if let Some(closes) = closes.filter(|closes| now_ms >= closes.unix_ms()) {
            let closed = moment(closes);
            return refused(format!(
                "this study takes nobody any more: it closed at {closed}. Thank you for your interest"
            ));
        }
        Ok(())
    }
}

/// What a participant takes back: the study's code for the outcome where all share one, else the session's
/// own.
pub(super) fn code_shown(study: &Study, own: String, excluded_by: Option<&str>) -> String {
    let codes = &study.recruitment.codes;
    let failed = excluded_by.is_some_and(|names| names.split(',').any(|name| name == CATCH_CORRECT_BELOW));
    let of_failed = codes.failed_attention.as_ref().filter(|_| failed);
    of_failed.or(codes.completed.as_ref()).cloned().unwrap_or(own)
}

/// The places of a study's people.
pub(super) fn seats(study: &Study) -> Seats<'_> {
    let mut groups: Vec<_> = study.groups.iter().map(|group| (Some(&group.name), group.weight)).collect();
    if groups.is_empty() {
        groups.push((None, 1));
    }
    Seats { groups, quota: study.recruitment.quota }
}
