//! Debriefing: the study's text or the standard one, and the participant's own score once the server has
//! every answer.

use gestalt_protocol::study::Debrief;
use gestalt_protocol::{Outcome, Role, Row};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::StepContext;
use super::full_screen::Next;
use super::text::prose;
use crate::i18n::texts;
use crate::outbox::Outbox;
use crate::server;

/// What can be said about the score.
#[derive(Clone, Copy, PartialEq)]
enum Score {
    /// Answers are still on their way.
    Waits,
    /// The study does not tell.
    Kept,
    /// Number correct, number of answers.
    Known(usize, usize),
}

/// The debriefing step.
pub fn view(step: Debrief, context: StepContext) -> AnyView {
    let words = &texts().steps;
    let text = match &step.text {
        Some(path) => prose(&context, path),
        None => view! { <p>{words.debrief_text}</p> }.into_any(),
    };
    let controller = context.controller;
    view! {
        <div class="reading">
            <h1 tabindex="-1">{words.debrief_title}</h1>
            {text}
            {step.show_score.then(|| view! { <OwnScore context/> })}
            <Next controller label=words.continue_/>
        </div>
    }
    .into_any()
}

#[component]
fn OwnScore(
    /// The step.
    context: StepContext,
) -> impl IntoView {
    let words = &texts().steps;
    let outbox = expect_context::<Outbox>();
    let score = RwSignal::new(Score::Waits);
    let Some(session) = context.controller.session() else { return ().into_any() };
    let (id, token) = (session.session, session.token.clone());
    // The server tells the answers once it has all of them, which is when there is a code.
    let is_finished = Memo::new(move |_| {
        let sent = outbox
            .state()
            .with(|state| state.sessions.get(&id).is_some_and(|one| one.completion_code.is_some()));
        sent || session.completion_code.is_some() || session.token.is_none()
    });
    Effect::new(move |_| {
        if !is_finished.get() {
            return;
        }
        let token = token.clone();
        spawn_local(async move {
            let rows: Option<Vec<Row>> = match token {
                Some(token) => server::scored_rows(id, &token).await.ok(),
                None => outbox.rows(id).await.ok().map(|rows| rows.into_iter().map(|row| row.row).collect()),
            };
            score.try_set(rows.map_or(Score::Kept, |rows| score_of(&rows)));
        });
    });
    view! {
        <p class="lead" role="status" data-testid="score">{move || match score.get() {
            Score::Waits => words.score_waits.to_owned(),
            Score::Kept => words.score_kept.to_owned(),
            Score::Known(correct, answers) => (words.score)(correct, answers),
        }}</p>
    }
    .into_any()
}

fn score_of(rows: &[Row]) -> Score {
    let tests = || rows.iter().filter(|row| row.role == Role::Test && row.outcome == Outcome::Answered);
    Score::Known(tests().filter(|row| row.correct == Some(true)).count(), tests().count())
}
