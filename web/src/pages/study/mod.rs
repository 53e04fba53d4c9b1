//! The study page: a person takes the test. No model computes here; the inference worker is not even
//! started.

mod arrival;
mod attempt;
mod controller;
mod driver;
mod elements;
mod mark;
mod only_tab;
mod screen;
mod steps;
mod supply;
mod trace;

use gestalt_protocol::study::Language;
use gestalt_session::{Event, Leaving, Preparation, Screen};
use leptos::prelude::*;
use leptos_meta::{Html, Title};
use leptos_router::hooks::use_params_map;

use crate::i18n::{set_language, texts};
use crate::outbox::Outbox;
use crate::source::DEFAULT_STUDY;
use crate::ui::{Notice, ParticipantsOnly, Progress};
use controller::Controller;
use screen::TrialScreen;
use steps::{Resume, StepContext, step_view};

/// The page of one study.
#[component]
pub fn StudyPage() -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let controller = Controller::new(outbox);
    let params = use_params_map();
    let ParticipantsOnly(participants_only) = expect_context();
    Effect::new(move |_| {
        let name = params.with(|params| params.get("name")).unwrap_or_default();
        participants_only.set(name != DEFAULT_STUDY);
        controller.visit(name);
    });
    on_cleanup(move || {
        participants_only.set(false);
        set_language(Language::En);
    });
    // An event that changes nothing must not draw the trial screen anew.
    let shown = Memo::new(move |_| controller.screen());
    view! {
        <Title text=texts().site.take_the_test/>
        {move || outbox.is_in_memory().get().then(|| view! {
            <div data-testid="not-stored"><Notice kind="trouble">{texts().study.not_stored}</Notice></div>
        })}
        {move || { controller.language_signal().track(); head(shown.get(), controller) }}
        {move || { controller.language_signal().track(); screen(shown.get(), controller) }}
    }
}

/// Progress and the choice of language, above a step; a participant sees them in place of the menu.
fn head(screen: Screen, controller: Controller) -> AnyView {
    request_animation_frame(crate::browser::focus_heading);
    let Screen::Step(place) = screen else { return ().into_any() };
    let words = &texts().steps;
    let Some(study) = controller.study() else { return ().into_any() };
    let (_, steps) = controller.progress();
    let label = (words.progress)(place + 1, steps);
    let title = study.study.title.in_language(controller.language()).to_owned();
    let languages = study.study.languages.clone();
    let can_switch = languages.len() > 1 && controller.has_no_session();
    let switch = move |event| {
        if let Some(language) = Language::of_tag(&event_target_value(&event)) {
            controller.speak(language);
        }
    };
    let current = controller.language();
    let options = languages.into_iter().map(|language| {
        view! {
            <option value=language.code() lang=language.code() selected=language == current>{language.own_name()}</option>
        }
    });
    view! {
        <Html attr:lang=current.code()/>
        <Title text=format!("{label} · {title}")/>
        <div class="study-head">
            <progress data-testid="steps-progress" aria-label=label.clone() max=steps.to_string() value=(place + 1).to_string()></progress>
            <span class="muted">{label}</span>
            {can_switch.then(|| view! {
                <label class="language">
                    <span class="visually-hidden">{words.language}</span>
                    <select data-testid="language" on:change=switch>{options.collect_view()}</select>
                </label>
            })}
        </div>
    }
    .into_any()
}

fn screen(screen: Screen, controller: Controller) -> AnyView {
    let words = &texts().study;
    match screen {
        Screen::Opening => view! { <Progress label=words.opening value=None/> }.into_any(),
        Screen::Resume => view! { <Resume controller is_elsewhere=false/> }.into_any(),
        Screen::Elsewhere => view! { <Resume controller is_elsewhere=true/> }.into_any(),
        Screen::TakenOver => view! {
            <div class="reading" data-testid="taken-over">
                <h1 tabindex="-1">{texts().steps.elsewhere_title}</h1>
                <p>{texts().steps.taken_over}</p>
            </div>
        }
        .into_any(),
        Screen::Step(place) => match (controller.step(place), controller.study()) {
            (Some((place, step)), Some(study)) => step_view(step, StepContext { study, controller, place }),
            _ => ().into_any(),
        },
        Screen::Preparing(preparation) => preparing(preparation).into_any(),
        Screen::Trials => match controller.take_ready() {
            Some(ready) => view! { <TrialScreen ready controller/> }.into_any(),
            None => ().into_any(),
        },
        Screen::Closing => view! { <Progress label=words.closing value=None/> }.into_any(),
        Screen::Left(why) => left(why, controller).into_any(),
        Screen::Withdrawn => view! {
            <h1>{words.withdrawn_title}</h1>
            <p data-testid="withdrawn">{words.withdrawn_text}</p>
        }
        .into_any(),
        Screen::Stopped { why, can_retry } => stopped(why, can_retry, controller).into_any(),
    }
}

/// What is said to those who leave before anything was recorded, with their code where the study has one.
fn left(why: Leaving, controller: Controller) -> impl IntoView {
    let words = &texts().steps;
    let text = match why {
        Leaving::NoConsent => words.left_no_consent,
        Leaving::ScreenedOut => words.left_screened_out,
        Leaving::TakenBefore => words.left_taken_before,
        Leaving::NotResumed => words.left_not_resumed,
    };
    let recruitment = controller.study().map(|study| study.study.recruitment);
    let code = recruitment.as_ref().and_then(|recruitment| match why {
        Leaving::NoConsent => recruitment.codes.no_consent.clone(),
        Leaving::ScreenedOut => recruitment.codes.screened_out.clone(),
        Leaving::TakenBefore => controller.code_from_before(),
        Leaving::NotResumed => None,
    });
    let back =
        code.as_ref().and_then(|code| recruitment?.address_back(code, controller.panel_id().as_deref()));
    view! {
        <div class="reading" data-testid="left">
            <h1 tabindex="-1">{if why == Leaving::TakenBefore { texts().study.thanks } else { words.left_title }}</h1>
            <p>{text}</p>
            {code.map(|code| view! {
                <p>{words.your_code} " " <code class="code" data-testid="leaving-code" translate="no">{code}</code></p>
            })}
            {back.map(|address| view! {
                <p><a class="button primary" data-testid="back-to-panel" rel="external" href=address>{words.back_to_panel}</a></p>
            })}
        </div>
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
