//! Whom a study takes: when it is open, one session for each id of a panel, and the code that a participant
//! takes back.

mod payments;

use gestalt_protocol::study::{Moment, PanelVisit, Recruitment, is_id};
use gestalt_protocol::{ObserverKind, Study};
use gestalt_types::UtcTime;
use uuid::Uuid;

use super::app::App;
use super::error::Error;

impl App {
    /// Refuses people while the study is not open, and those whom it has already; takes the place of the
    /// others.
    pub(super) async fn admit(
        &self,
        study: &Study,
        kind: ObserverKind,
        visit: Option<&PanelVisit>,
        session: Uuid,
    ) -> Result<(), Error> {
        if kind != ObserverKind::Human {
            return Ok(());
        }
        self.takes_people(study).await?;
        let (now_ms, recruitment) = ((self.now_ms)(), &study.recruitment);
        let Some(visit) = visit.filter(|_| recruitment.once_per_id) else { return Ok(()) };
        if !is_id(&visit.id) {
            return Err(Error::Forbidden(
                "the link is not complete: open it from the page that sent you".into(),
            ));
        }
        let Some(holder) = self.store.take_place(&study.name, visit, session, now_ms).await? else {
            return Ok(());
        };
        match self.store.session(holder).await? {
            Some(before) => match before.finished {
                Some((_, code)) => Err(Error::TakenBefore(code_shown(study, code))),
                None => Err(Error::Conflict(
                    "you have begun this study in another browser or tab: go on there. Your answers so far are stored"
                        .into(),
                )),
            },
            None => match self.store.withdrawn(holder).await?.map(|left| left.completion_code) {
                Some(Some(code)) => Err(Error::TakenBefore(code_shown(study, code))),
                Some(None) => {
                    Err(Error::Forbidden("you have withdrawn from this study, so you cannot take it again".into()))
                }
                // The server was stopped between the two: nobody is kept out by that.
                None => Ok(self.store.move_place(holder, session).await?),
            },
        }
    }

    /// Refuses a new session before the study opens, after it closed, and once its quota is full.
    async fn takes_people(&self, study: &Study) -> Result<(), Error> {
        let Recruitment { quota, opens, closes, .. } = &study.recruitment;
        let (now_ms, moment) = ((self.now_ms)(), |moment: Moment| UtcTime::from_ms(moment.unix_ms()));
        if let Some(opens) = opens.filter(|opens| now_ms < opens.unix_ms()) {
            let opens = moment(opens);
            return Err(Error::Forbidden(format!("this study has not opened yet: it opens at {opens}")));
        }
        if let Some(closes) = closes.filter(|closes| now_ms >= closes.unix_ms()) {
            let closed = moment(closes);
            return Err(Error::Forbidden(format!(
                "this study takes nobody any more: it closed at {closed}. Thank you for your interest"
            )));
        }
        match quota {
            Some(quota) if self.store.count_finished_people(&study.name).await? >= u64::from(*quota) => {
                let full =
                    "this study has all the participants that it asked for. Thank you for your interest";
                Err(Error::Forbidden(full.into()))
            }
            _ => Ok(()),
        }
    }
}

/// What a participant takes back: the study's code where all share one, else the session's own.
pub(super) fn code_shown(study: &Study, own: String) -> String {
    study.recruitment.codes.completed.clone().unwrap_or(own)
}
