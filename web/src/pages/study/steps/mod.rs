//! The steps of a study on the page. A kind of step is one file here and one line in [`step_view`].

mod blind_spot;
mod calibration;
mod completion;
mod consent;
mod debrief;
mod full_screen;
mod information;
mod instructions;
mod models;
mod questionnaire;
mod quiz;
mod resume;
mod screening;
mod text;

use gestalt_protocol::study::Step;
use leptos::prelude::*;

use super::controller::Controller;
use crate::source::OpenedStudy;
pub use full_screen::FullScreenChoice;
pub use resume::Resume;

/// What every step gets.
#[derive(Clone)]
pub struct StepContext {
    /// The study.
    pub study: OpenedStudy,
    /// Hears how the step ends.
    pub controller: Controller,
    /// The place of the step in the study file.
    pub place: u32,
}

/// The view of a step. Trials and practice have a screen of their own.
pub fn step_view(step: Step, context: StepContext) -> AnyView {
    match step {
        Step::Information(step) => information::view(step, context),
        Step::Consent(step) => consent::view(step, context),
        Step::Screening(step) => screening::view(step, context),
        Step::Calibration(step) => calibration::view(step, context),
        Step::Instructions(step) => instructions::view(step, context),
        Step::Questionnaire(step) => questionnaire::view(step, context),
        Step::Models(step) => models::view(step, context),
        Step::Debrief(step) => debrief::view(step, context),
        Step::Completion(step) => completion::view(step, context),
        Step::Practice(_) | Step::TrialsStep(_) => ().into_any(),
    }
}
