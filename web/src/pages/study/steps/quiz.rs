//! A quiz on the instructions: it continues once every answer is right.

use std::collections::BTreeMap;

use gestalt_protocol::study::{Quiz, StepContent};
use leptos::prelude::*;

use super::StepContext;
use super::full_screen::Next;
use crate::i18n::texts;
use crate::ui::Notice;

/// The questions with their options.
#[component]
pub fn QuizView(
    /// The questions.
    quiz: Quiz,
    /// The step.
    context: StepContext,
) -> impl IntoView {
    let words = &texts().steps;
    let (controller, place) = (context.controller, context.place);
    let language = controller.language();
    let chosen = RwSignal::new(BTreeMap::<usize, String>::new());
    // The questions whose answer was wrong at the last attempt.
    let (wrong, attempts) = (RwSignal::new(Vec::<usize>::new()), RwSignal::new(0_u32));
    let right: Vec<String> = quiz.questions.iter().map(|question| question.answer.clone()).collect();
    let submit = Callback::new(move |()| {
        attempts.update(|attempts| *attempts += 1);
        let is_wrong = |(place, answer): &(usize, &String)| {
            chosen.with_untracked(|chosen| chosen.get(place) != Some(*answer))
        };
        let now_wrong: Vec<usize> =
            right.iter().enumerate().filter(is_wrong).map(|(place, _)| place).collect();
        let passed = now_wrong.is_empty();
        if passed {
            controller.record(place, StepContent::Quiz { attempts: attempts.get_untracked() });
        }
        wrong.set(now_wrong);
        passed
    });
    let questions = quiz.questions.into_iter().enumerate().map(|(number, question)| {
        let explanation = question.explanation.map(|text| text.in_language(language).to_owned());
        let options = question.options.into_iter().map(move |option| {
            let value = option.value.clone();
            let choose = move |_| {
                let value = value.clone();
                chosen.update(|chosen| drop(chosen.insert(number, value)));
            };
            view! {
                <label class="check">
                    <input type="radio" name=format!("quiz-{number}") value=option.value on:change=choose/>
                    {option.text.in_language(language).to_owned()}
                </label>
            }
        });
        let note = move || {
            let shown = wrong.with(|wrong| wrong.contains(&number));
            shown.then(|| explanation.clone()).flatten().map(|text| view! { <p class="wrong">{text}</p> })
        };
        view! {
            <fieldset class="question">
                <legend>{question.text.in_language(language).to_owned()}</legend>
                {options.collect_view()}
                {note}
            </fieldset>
        }
    });
    view! {
        <section data-testid="quiz">
            <h2>{words.quiz_title}</h2>
            {questions.collect_view()}
            {move || (!wrong.with(Vec::is_empty)).then(|| view! { <Notice kind="trouble">{words.quiz_wrong}</Notice> })}
            <Next controller label=words.continue_ before=submit/>
        </section>
    }
}
