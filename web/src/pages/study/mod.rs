//! The study page: a person takes the test. No model computes here; the inference worker is not even
//! started.

mod consent;
mod controller;
mod driver;
mod elements;
mod ending;
mod mark;
mod screen;
mod supply;

use gestalt_session::{Event, Preparation, Screen, Step};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::i18n::texts;
use crate::outbox::Outbox;
use crate::ui::{Notice, Progress};
use consent::{Consent, Resume};
use controller::Controller;
use ending::Ending;
use screen::TrialScreen;

/// The page of one study.
#[component]
pub fn StudyPage() -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let controller = Controller::new(outbox);
    let params = use_params_map();
    Effect::new(move |_| {
        controller.visit(params.with(|params| params.get("name")).unwrap_or_default());
    });
    // An event that changes nothing must not draw the trial screen anew.
    let shown = Memo::new(move |_| controller.screen());
    view! {
        <Title text=texts().site.take_the_test/>
        {move || outbox.is_in_memory().get().then(|| view! {
            <div data-testid="not-stored"><Notice kind="trouble">{texts().study.not_stored}</Notice></div>
        })}
        {move || screen(shown.get(), controller)}
    }
}

fn screen(screen: Screen, controller: Controller) -> AnyView {
    let words = &texts().study;
    let withdrawn = move || controller.happened(Event::Withdrew);
    match screen {
        Screen::Opening => view! { <Progress label=words.opening value=None/> }.into_any(),
        Screen::Resume => view! { <Resume controller/> }.into_any(),
        Screen::Step(Step::Consent) => match controller.study() {
            Some(study) => view! { <Consent study controller/> }.into_any(),
            None => ().into_any(),
        },
        Screen::Preparing(preparation) => preparing(preparation).into_any(),
        Screen::Step(Step::Trials) => match controller.take_ready() {
            Some(ready) => view! { <TrialScreen ready controller/> }.into_any(),
            None => ().into_any(),
        },
        Screen::Closing => view! { <Progress label=words.closing value=None/> }.into_any(),
        Screen::Step(Step::Ending) => match controller.session() {
            Some(session) => {
                let again = move || controller.happened(Event::StartedAnew);
                view! { <Ending session on_withdrawn=withdrawn on_again=again/> }.into_any()
            }
            None => ().into_any(),
        },
        Screen::Withdrawn => view! {
            <h1>{words.withdrawn_title}</h1>
            <p data-testid="withdrawn">{words.withdrawn_text}</p>
        }
        .into_any(),
        Screen::Stopped { why, can_retry } => stopped(why, can_retry, controller).into_any(),
    }
}

fn preparing(preparation: Preparation) -> impl IntoView {
    let words = &texts().study;
    let (label, value) = match preparation {
        Preparation::Session => (words.opening_session.to_owned(), None),
        Preparation::Pictures { ready, count } => {
            ((words.loading_pictures)(ready, count), Some(ready as f64 / count.max(1) as f64))
        }
        Preparation::Display => (words.measuring_display.to_owned(), None),
    };
    view! {
        <h1>{words.one_moment}</h1>
        <Progress label value/>
    }
}

fn stopped(why: String, can_retry: bool, controller: Controller) -> impl IntoView {
    let words = &texts().study;
    let retry = move |_| controller.happened(Event::Retried);
    view! {
        <h1>{words.stopped_title}</h1>
        <Notice kind="trouble">{why}</Notice>
        <p>{words.stopped_text}</p>
        <p hidden=!can_retry><button class="primary" data-testid="retry-visit" on:click=retry>{words.try_again}</button></p>
    }
}
