//! A questionnaire: its answers are checked by the same rules as at the server.

use gestalt_protocol::study::{AnswerFault, Answers, Question, QuestionKind, Questionnaire, StepContent};
use leptos::prelude::*;
use serde_json::Value;

use super::StepContext;
use super::full_screen::Next;
use crate::browser::focus;
use crate::i18n::texts;
use crate::ui::Notice;

/// What is wrong, by the ids of the questions.
type Faults = Vec<(String, AnswerFault)>;

/// The questionnaire step.
pub fn view(step: Questionnaire, context: StepContext) -> AnyView {
    let words = &texts().steps;
    let (controller, place) = (context.controller, context.place);
    let Some(questions) = context.study.study.texts.questions.get(&step.file).cloned() else {
        return ().into_any();
    };
    let (answers, faults) = (RwSignal::new(Answers::new()), RwSignal::new(Faults::new()));
    let fields = questions.questions.clone().into_iter();
    let fields = fields.map(|question| question_view(question, &context, answers, faults)).collect_view();
    let submit = Callback::new(move |()| {
        let found = questions.faults(&answers.get_untracked());
        if let Some((id, _)) = found.first() {
            focus(&format!("question-{id}"));
        }
        let fits = found.is_empty();
        faults.set(found);
        if fits {
            controller.record(place, StepContent::Questionnaire { answers: answers.get_untracked() });
        }
        fits
    });
    view! {
        <div class="reading" data-testid="questionnaire">
            <h1 tabindex="-1">{words.questionnaire_title}</h1>
            {move || (!faults.with(Vec::is_empty)).then(|| view! { <Notice kind="trouble">{words.mend_answers}</Notice> })}
            {fields}
            <Next controller label=words.continue_ before=submit/>
        </div>
    }
    .into_any()
}

fn question_view(
    question: Question,
    context: &StepContext,
    answers: RwSignal<Answers>,
    faults: RwSignal<Faults>,
) -> AnyView {
    let words = &texts().steps;
    let text = question.text.in_language(context.controller.language()).to_owned();
    let id = question.id.clone();
    let fault = Memo::new(move |_| {
        faults.with(|faults| faults.iter().find(|(other, _)| *other == id).map(|(_, fault)| *fault))
    });
    let complaint = move || fault.get().map(|fault| view! { <p class="wrong">{fault_words(fault)}</p> });
    let mark = question.required.then(|| view! { <span class="muted">" (" {words.required} ")"</span> });
    let is_invalid = move || fault.get().is_some().to_string();
    let html_id = format!("question-{}", question.id);
    match question.kind {
        QuestionKind::Text | QuestionKind::Number => {
            let is_number = question.kind == QuestionKind::Number;
            let set =
                move |event| answer(answers, &question.id, typed(event_target_value(&event), is_number));
            let mode = if is_number { "decimal" } else { "text" };
            view! {
                <div class="question">
                    <label class="answer-field">{text} {mark}
                        <input type="text" id=html_id inputmode=mode aria-invalid=is_invalid on:input=set/>
                    </label>
                    {complaint}
                </div>
            }
            .into_any()
        }
        QuestionKind::FreeText => {
            let set = move |event| answer(answers, &question.id, typed(event_target_value(&event), false));
            view! {
                <div class="question">
                    <label class="answer-field">{text} {mark}
                        <textarea id=html_id rows="4" aria-invalid=is_invalid on:input=set></textarea>
                    </label>
                    {complaint}
                </div>
            }
            .into_any()
        }
        QuestionKind::Choice | QuestionKind::Likert => {
            let options = options_view(&question, context, answers);
            view! {
                <fieldset class="question" id=html_id tabindex="-1">
                    <legend>{text} {mark}</legend>
                    {options}
                    {complaint}
                </fieldset>
            }
            .into_any()
        }
    }
}

/// The options of a choice, or the points of a scale.
fn options_view(question: &Question, context: &StepContext, answers: RwSignal<Answers>) -> AnyView {
    let (id, language) = (question.id.clone(), context.controller.language());
    if question.kind == QuestionKind::Choice {
        let multiple = question.multiple;
        let options = question.options.iter().cloned().map(|option| {
            let (id, value) = (id.clone(), option.value.clone());
            let choose = move |event| choose(answers, &id, &value, multiple, event_target_checked(&event));
            let kind = if multiple { "checkbox" } else { "radio" };
            view! {
                <label class="check">
                    <input type=kind name=question.id.clone() value=option.value on:change=choose/>
                    {option.text.in_language(language).to_owned()}
                </label>
            }
        });
        return options.collect_view().into_any();
    }
    let points = (1..=question.points.unwrap_or(0)).map(|point| {
        let id = id.clone();
        let choose = move |_| answer(answers, &id, Value::from(point));
        view! {
            <label>
                <input type="radio" name=question.id.clone() value=point.to_string() on:change=choose/>
                <span>{point}</span>
            </label>
        }
    });
    let end = |text: &Option<gestalt_protocol::Localised>| {
        text.as_ref().map(|text| text.in_language(language).to_owned()).unwrap_or_default()
    };
    view! {
        <div class="scale">{points.collect_view()}</div>
        <p class="scale-ends muted"><span>{end(&question.low)}</span><span>{end(&question.high)}</span></p>
    }
    .into_any()
}

/// What was typed; a number with a comma is a number too.
fn typed(text: String, is_number: bool) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::Null;
    }
    let number = text.replace(',', ".").parse::<f64>().ok().filter(|_| is_number);
    number.map_or_else(|| Value::from(text), Value::from)
}

fn answer(answers: RwSignal<Answers>, id: &str, value: Value) {
    answers.update(|answers| match value {
        Value::Null => drop(answers.remove(id)),
        value => drop(answers.insert(id.to_owned(), value)),
    });
}

fn choose(answers: RwSignal<Answers>, id: &str, value: &str, multiple: bool, is_chosen: bool) {
    if !multiple {
        return answer(answers, id, Value::from(value));
    }
    answers.update(|answers| {
        let list = answers.entry(id.to_owned()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.retain(|other| other.as_str() != Some(value));
            if is_chosen {
                list.push(Value::from(value));
            }
        }
    });
}

fn fault_words(fault: AnswerFault) -> String {
    let words = &texts().steps;
    match fault {
        AnswerFault::NotANumber => words.number_needed.to_owned(),
        AnswerFault::NotWhole => words.whole_number_needed.to_owned(),
        AnswerFault::OutOfRange { least, most } => (words.number_range)(least, most),
        AnswerFault::TooLong(most) => (words.too_long)(most),
        AnswerFault::Missing | AnswerFault::NotAnOption | AnswerFault::Unknown => {
            words.answer_missing.to_owned()
        }
    }
}
