//! The study page: a person takes the test. No model computes here, the inference worker is not even started.

mod ending;
mod intro;
mod preparation;
mod runner;
mod screen;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::display::{enter_full_screen, leave_full_screen};
use crate::outbox::Outbox;
use crate::outbox::store::StoredSession;
use crate::source::OpenedStudy;
use crate::widgets::{Notice, Progress};
use ending::Ending;
use intro::Intro;
use preparation::{Prepared, Step, prepare};
use screen::TrialScreen;

/// Where the person is.
#[derive(Debug, Clone)]
enum Place {
    Loading,
    Intro(OpenedStudy),
    Preparing(Step),
    Trials,
    End { session: StoredSession, rows: u32 },
    Withdrawn,
    Trouble(String),
}

/// The page of one study.
#[component]
pub fn StudyPage() -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let place = RwSignal::new_local(Place::Loading);
    let prepared = StoredValue::new_local(None::<Prepared>);
    let params = use_params_map();
    Effect::new(move |_| {
        let name = params.with(|params| params.get("name")).unwrap_or_default();
        place.set(Place::Loading);
        spawn_local(async move {
            let opened = OpenedStudy::open(&name).await;
            place.set(opened.map_or_else(|error| Place::Trouble(error.to_string()), Place::Intro));
        });
    });
    let start = move |opened: OpenedStudy, full_screen: bool| {
        if full_screen {
            enter_full_screen();
        }
        place.set(Place::Preparing(Step::Opening));
        spawn_local(async move {
            let on_step = move |step| place.set(Place::Preparing(step));
            match prepare(opened, outbox, on_step).await {
                Ok(ready) => {
                    prepared.set_value(Some(ready));
                    place.set(Place::Trials);
                }
                Err(error) => fail(place, error.to_string()),
            }
        });
    };
    let end = move |session: StoredSession, rows: u32| {
        leave_full_screen();
        spawn_local(async move {
            match outbox.close(&session, rows).await {
                Ok(()) => place.set(Place::End { session, rows }),
                Err(error) => fail(place, error.to_string()),
            }
        });
    };
    let withdrawn = move || {
        leave_full_screen();
        place.set(Place::Withdrawn);
    };
    view! {
        <Title text="Take the test"/>
        {move || match place.get() {
            Place::Loading => view! { <Progress label="Opening the study" value=None/> }.into_any(),
            Place::Intro(opened) => view! { <Intro opened on_start=start/> }.into_any(),
            Place::Preparing(step) => preparing(step).into_any(),
            Place::Trials => match prepared.try_update_value(Option::take).flatten() {
                Some(prepared) => {
                    view! { <TrialScreen prepared on_end=end on_withdrawn=withdrawn on_trouble=move |why| fail(place, why)/> }
                        .into_any()
                }
                None => ().into_any(),
            },
            Place::End { session, rows } => view! { <Ending session rows on_withdrawn=withdrawn/> }.into_any(),
            Place::Withdrawn => view! {
                <h1>"You have withdrawn"</h1>
                <p data-testid="withdrawn">"Your answers were deleted. Thank you for your time."</p>
            }
            .into_any(),
            Place::Trouble(why) => view! {
                <h1>"This study cannot run"</h1>
                <Notice kind="trouble">{why}</Notice>
                <p>"Answers that were given before are kept. Reload the page to try again."</p>
            }
            .into_any(),
        }}
    }
}

fn fail(place: RwSignal<Place, LocalStorage>, why: String) {
    leave_full_screen();
    place.set(Place::Trouble(why));
}

fn preparing(step: Step) -> impl IntoView {
    let (label, value) = match step {
        Step::Opening => ("Opening your session".to_owned(), None),
        Step::Pictures(ready, count) => (
            format!("Getting the pictures ready: {ready} of {count}"),
            Some(ready as f64 / count.max(1) as f64),
        ),
        Step::Display => ("Measuring the display".to_owned(), None),
    };
    view! {
        <h1>"One moment"</h1>
        <Progress label value/>
    }
}
