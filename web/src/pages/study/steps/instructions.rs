//! Instructions: the study's text or the standard one, a moving example, and a quiz where the study has one.

use gestalt_protocol::study::Instructions;
use leptos::prelude::*;

use super::StepContext;
use super::consent::Introduction;
use super::full_screen::Next;
use super::quiz::QuizView;
use super::text::prose;
use crate::i18n::texts;

/// The instructions step.
pub fn view(step: Instructions, context: StepContext) -> AnyView {
    let words = &texts().steps;
    let text = match &step.text {
        Some(path) => prose(&context, path),
        None => view! { <Introduction context=context.clone()/> }.into_any(),
    };
    let quiz = step.quiz.as_ref().and_then(|path| context.study.study.texts.quizzes.get(path)).cloned();
    let onward = match quiz {
        Some(quiz) => view! { <QuizView quiz context/> }.into_any(),
        None => view! { <Next controller=context.controller label=words.continue_/> }.into_any(),
    };
    view! {
        <div class="reading">
            <h1 tabindex="-1">{words.instructions_title}</h1>
            {text}
            {step.example.then(|| view! { <Example/> })}
            {onward}
        </div>
    }
    .into_any()
}

/// A trial with shapes in place of pictures, over and over; it stands still where the participant wants less
/// motion.
#[component]
fn Example() -> impl IntoView {
    let whole = || view! { <svg viewBox="0 0 60 60"><circle cx="30" cy="30" r="20"/></svg> };
    let broken = |turn: &'static str| {
        view! {
            <svg viewBox="0 0 60 60"><g transform=turn>
                <path d="M10 30 a20 20 0 0 1 20 -20 v20 z"/><path d="M50 50 h-20 v-20 a20 20 0 0 1 20 20 z"/>
                <path d="M50 10 v20 h-20 a20 20 0 0 1 20 -20 z"/><path d="M10 50 a20 20 0 0 0 20 -20 h-20 z"/>
            </g></svg>
        }
    };
    view! {
        <figure class="example" data-testid="example">
            <div class="example-slots" aria-hidden="true">
                <span>{broken("")}<kbd>"1"</kbd></span>
                <span>{whole()}<kbd>"2"</kbd></span>
                <span>{broken("rotate(90 30 30)")}<kbd>"3"</kbd></span>
            </div>
            <figcaption>{texts().steps.example}</figcaption>
        </figure>
    }
}
