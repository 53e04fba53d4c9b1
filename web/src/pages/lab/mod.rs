//! The lab page: a researcher signs in with a key, sees who is how far, pauses or closes a study, and takes
//! the data home.

mod exports;
mod links;
mod people;
mod requests;
mod sign_in;
mod studies;

use gestalt_protocol::lab::{LabStudy, LabVisit};
use gestalt_types::Name;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

use crate::i18n::texts;
use crate::ui::{Notice, Progress};
use gestalt_web::request::ServerError;
use sign_in::SignInForm;
use studies::Studies;

/// Who looks at the page.
#[derive(Clone, PartialEq)]
enum Who {
    /// Being asked.
    Unknown,
    /// Nobody who has shown a key.
    Nobody,
    /// The holder of a key.
    Visitor(LabVisit),
    /// There is no server, or it does not answer.
    NoServer(String),
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Lab {
    who: RwSignal<Who>,
    studies: RwSignal<Vec<LabStudy>>,
    /// The study whose people are shown.
    chosen: RwSignal<Option<Name>>,
    trouble: RwSignal<Option<String>>,
}

impl Lab {
    /// The holder of the key.
    fn visit(self) -> Option<LabVisit> {
        match self.who.get_untracked() {
            Who::Visitor(visit) => Some(visit),
            _ => None,
        }
    }

    /// Shows what went wrong; who is no longer signed in is asked for the key again.
    fn failed(self, error: &ServerError) {
        if matches!(error, ServerError::Refused { status: 401, .. }) {
            self.who.set(Who::Nobody);
        } else {
            self.trouble.set(Some(error.to_string()));
        }
    }

    fn take(self, study: LabStudy) {
        self.studies.update(|studies| {
            if let Some(place) = studies.iter().position(|one| one.name == study.name) {
                studies[place] = study;
            }
        });
    }
}

/// The page.
#[component]
pub fn LabPage() -> impl IntoView {
    let lab = Lab {
        who: RwSignal::new(Who::Unknown),
        studies: RwSignal::new(Vec::new()),
        chosen: RwSignal::new(None),
        trouble: RwSignal::new(None),
    };
    spawn_local(async move {
        let who = match requests::visit().await {
            Ok(visit) => Who::Visitor(visit),
            Err(ServerError::Refused { status: 401, .. }) => Who::Nobody,
            Err(error) => Who::NoServer(error.to_string()),
        };
        let _ = lab.who.try_set(who);
    });
    let words = &texts().lab;
    view! {
        <Title text=words.title/>
        <h1>{words.title}</h1>
        {move || lab.trouble.get().map(|why| view! { <Notice kind="trouble">{why}</Notice> })}
        {move || match lab.who.get() {
            Who::Unknown => view! { <Progress label=words.opening value=None/> }.into_any(),
            Who::Nobody => view! { <SignInForm lab/> }.into_any(),
            Who::NoServer(why) => view! { <Notice kind="trouble">{words.no_server} " " {why}</Notice> }.into_any(),
            Who::Visitor(visit) => view! { <Studies lab visit/> }.into_any(),
        }}
    }
}
