//! One visit to a study: which screen is shown, and what the page has to do next. The page only carries out
//! the commands and tells what came of them, so that everything that can happen in between is tested here.

use gestalt_protocol::study::Step;

use crate::timeline::Timeline;

/// What this browser has of the study from earlier visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing.
    Nothing,
    /// A session whose trials are not over, and which can go on.
    Unfinished {
        /// The place of the step that was shown last, where it is known.
        step: Option<usize>,
    },
    /// An unfinished session that another tab of this browser shows now.
    Elsewhere {
        /// The place of the step that was shown last, where it is known.
        step: Option<usize>,
    },
    /// A session that was left during its trials, in a study that lets nobody go on.
    Over,
    /// A session whose trials are over.
    Finished {
        /// The place of the step that was shown last, where it is known.
        step: Option<usize>,
    },
}

/// How far the preparation of the trials is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preparation {
    /// The session is being opened.
    Session,
    /// Pictures are being loaded.
    Pictures {
        /// How many are here.
        ready: usize,
        /// How many are needed.
        count: usize,
    },
    /// The display's refresh rate is being measured.
    Display,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// The study is being opened.
    Opening,
    /// An unfinished session is there: go on with it, or begin anew?
    Resume,
    /// Another tab or browser has the unfinished session: take it over?
    Elsewhere,
    /// Another tab has taken the session over.
    TakenOver,
    /// The step of the study at this place. Never the trials.
    Step(usize),
    /// The trials, practice first.
    Trials,
    /// Before the trials.
    Preparing(Preparation),
    /// All trials are over; the session is being closed.
    Closing,
    /// The participant leaves before anything was recorded.
    Left(Leaving),
    /// The participant withdrew.
    Withdrawn,
    /// The visit cannot go on.
    Stopped {
        /// What happened and what to do.
        why: String,
        /// Trying again may help.
        can_retry: bool,
    },
}

/// Why a participant leaves before anything was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// They do not consent.
    NoConsent,
    /// Their device does not meet the study's needs.
    ScreenedOut,
    /// They have taken part before, by the panel's id.
    TakenBefore,
    /// They left during the trials, and the study lets nobody go on.
    NotResumed,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The study is open: its steps, and what this browser has of it.
    Opened(Timeline, Earlier),
    /// The participant is through with a step. To go on from the consent step is to consent.
    StepDone {
        /// Fill the screen, where the trials come next.
        full_screen: bool,
    },
    /// The participant leaves instead.
    Leaves(Leaving),
    /// The participant continues the unfinished session, in full screen or not.
    Resumed {
        /// Fill the screen.
        full_screen: bool,
    },
    /// The same person has begun the study in another browser.
    BegunElsewhere,
    /// Another tab took the session over.
    TakenAway,
    /// The participant wants another session, though there is an earlier one.
    StartedAnew,
    /// The session is open and kept in this browser.
    SessionReady,
    /// So many of the pictures that the first block needs are here.
    PicturesReady {
        /// How many are here.
        ready: usize,
        /// How many are needed.
        count: usize,
    },
    /// The refresh rate is measured: the trials can begin.
    DisplayReady,
    /// The last trial is over and every row is kept.
    TrialsOver {
        /// How many rows the session has.
        rows: u32,
    },
    /// The session is closed.
    Closed,
    /// The participant withdrew, and the answers are deleted.
    Withdrew,
    /// What the page was doing failed.
    Failed(String),
    /// The participant wants to try again.
    Retried,
}

/// What the page has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Open the study and look for an earlier session.
    OpenStudy,
    /// Fill the screen.
    EnterFullScreen,
    /// Give the full screen back.
    LeaveFullScreen,
    /// Open a new session and keep it in this browser.
    OpenSession,
    /// Go on with the session that is kept in this browser.
    ResumeSession,
    /// Load the pictures that are needed before the first block.
    LoadPictures,
    /// Measure the refresh rate.
    MeasureDisplay,
    /// Keep the number of rows with the session.
    CloseSession {
        /// How many.
        rows: u32,
    },
}

/// One visit.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyVisit {
    timeline: Timeline,
    screen: Screen,
    /// What failed, to be done again.
    pending: Option<Command>,
}

impl StudyVisit {
    /// A visit that begins with these commands.
    pub fn begin() -> (Self, Vec<Command>) {
        let timeline = Timeline::unknown();
        let mut visit = Self { timeline, screen: Screen::Opening, pending: None };
        let commands = visit.ask(Command::OpenStudy);
        (visit, commands)
    }

    /// What is shown.
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// The steps, and where the participant is.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Takes in what happened; what the page has to do next. An event that does not belong to the present
    /// screen changes nothing: it comes from something that was given up meanwhile.
    pub fn on(&mut self, event: Event) -> Vec<Command> {
        match (self.screen.clone(), event) {
            (Screen::Withdrawn, _) => Vec::new(),
            (_, Event::Withdrew) => {
                self.pending = None;
                self.show(Screen::Withdrawn, &[Command::LeaveFullScreen])
            }
            (Screen::Opening, Event::Opened(timeline, earlier)) => self.opened(timeline, earlier),
            (Screen::TakenOver | Screen::Left(_) | Screen::Stopped { .. }, Event::TakenAway) => Vec::new(),
            (_, Event::TakenAway) => {
                self.pending = None;
                self.show(Screen::TakenOver, &[Command::LeaveFullScreen])
            }
            (Screen::TakenOver, _) => Vec::new(),
            (Screen::Resume | Screen::Elsewhere, Event::Resumed { full_screen }) => {
                let fill = full_screen && self.is_at_trials();
                self.prepare(Command::ResumeSession, fill)
            }
            (Screen::Resume | Screen::Step(_), Event::StartedAnew) => self.start_anew(),
            (Screen::Step(_), Event::StepDone { full_screen }) => self.step_done(full_screen),
            (Screen::Step(_), Event::Leaves(why)) if self.has_no_session() => {
                self.show(Screen::Left(why), &[Command::LeaveFullScreen])
            }
            (Screen::Preparing(Preparation::Session), Event::Leaves(Leaving::TakenBefore)) => {
                self.pending = None;
                self.show(Screen::Left(Leaving::TakenBefore), &[Command::LeaveFullScreen])
            }
            (Screen::Preparing(Preparation::Session), Event::BegunElsewhere) => {
                self.pending = None;
                self.show(Screen::Elsewhere, &[Command::LeaveFullScreen])
            }
            (Screen::Preparing(Preparation::Session), Event::SessionReady) => self.enter(),
            (Screen::Preparing(Preparation::Pictures { .. }), Event::PicturesReady { ready, count }) => {
                self.pictures_ready(ready, count)
            }
            (Screen::Preparing(Preparation::Display), Event::DisplayReady) => {
                self.pending = None;
                self.show(Screen::Trials, &[])
            }
            (Screen::Trials, Event::TrialsOver { rows }) => {
                self.screen = Screen::Closing;
                let mut commands = vec![Command::LeaveFullScreen];
                commands.extend(self.ask(Command::CloseSession { rows }));
                commands
            }
            (Screen::Closing, Event::Closed) => {
                self.pending = None;
                self.timeline.advance();
                self.enter()
            }
            (Screen::Stopped { can_retry: true, .. }, Event::Retried) => self.retry(),
            (Screen::Stopped { .. }, _) => Vec::new(),
            (_, Event::Failed(why)) => {
                let stopped = Screen::Stopped { why, can_retry: self.pending.is_some() };
                self.show(stopped, &[Command::LeaveFullScreen])
            }
            _ => Vec::new(),
        }
    }

    fn opened(&mut self, timeline: Timeline, earlier: Earlier) -> Vec<Command> {
        self.pending = None;
        self.timeline = timeline;
        let trials = self.timeline.trials();
        match earlier {
            Earlier::Nothing => self.enter(),
            Earlier::Over => self.show(Screen::Left(Leaving::NotResumed), &[]),
            Earlier::Unfinished { step } | Earlier::Elsewhere { step } => {
                // What a step that was left had recorded is there; a step of which nothing is known is taken
                // to be the trials.
                let step = step.filter(|step| *step > self.consent()).unwrap_or(trials);
                self.timeline.go_to(step.min(trials));
                let is_elsewhere = matches!(earlier, Earlier::Elsewhere { .. });
                self.show(if is_elsewhere { Screen::Elsewhere } else { Screen::Resume }, &[])
            }
            Earlier::Finished { step } => {
                let last = self.timeline.progress().1 - 1;
                self.timeline.go_to(step.filter(|step| *step > trials).unwrap_or(last));
                self.enter()
            }
        }
    }

    /// Another session, from the first step on.
    fn start_anew(&mut self) -> Vec<Command> {
        self.timeline.go_to(0);
        self.enter()
    }

    fn step_done(&mut self, full_screen: bool) -> Vec<Command> {
        let fill = full_screen && self.timeline.trials_are_next();
        let consents = matches!(self.timeline.step(), Step::Consent(_));
        self.timeline.advance();
        if consents {
            return self.prepare(Command::OpenSession, fill);
        }
        let mut commands = Vec::new();
        if fill {
            commands.push(Command::EnterFullScreen);
        }
        commands.extend(self.enter());
        commands
    }

    /// Shows the step at which the participant is; the trials are prepared first.
    fn enter(&mut self) -> Vec<Command> {
        if self.is_at_trials() {
            self.screen = Screen::Preparing(Preparation::Pictures { ready: 0, count: 0 });
            return self.ask(Command::LoadPictures);
        }
        self.pending = None;
        self.show(Screen::Step(self.timeline.progress().0), &[])
    }

    fn is_at_trials(&self) -> bool {
        matches!(self.timeline.step(), Step::TrialsStep(_))
    }

    fn consent(&self) -> usize {
        self.timeline.place_of(|step| matches!(step, Step::Consent(_)))
    }

    /// Nothing was recorded yet.
    pub fn has_no_session(&self) -> bool {
        self.timeline.progress().0 <= self.consent()
    }

    fn prepare(&mut self, command: Command, full_screen: bool) -> Vec<Command> {
        self.screen = Screen::Preparing(Preparation::Session);
        // First of all: a browser fills the screen only in answer to a click.
        let mut commands: Vec<Command> =
            full_screen.then_some(Command::EnterFullScreen).into_iter().collect();
        commands.extend(self.ask(command));
        commands
    }

    fn pictures_ready(&mut self, ready: usize, count: usize) -> Vec<Command> {
        if ready < count {
            self.screen = Screen::Preparing(Preparation::Pictures { ready, count });
            return Vec::new();
        }
        self.screen = Screen::Preparing(Preparation::Display);
        self.ask(Command::MeasureDisplay)
    }

    /// Does again what failed, and nothing that succeeded before: a session is opened once, however often
    /// its pictures fail.
    fn retry(&mut self) -> Vec<Command> {
        let Some(command) = self.pending else { return Vec::new() };
        self.screen = match command {
            Command::OpenSession | Command::ResumeSession => Screen::Preparing(Preparation::Session),
            Command::LoadPictures => Screen::Preparing(Preparation::Pictures { ready: 0, count: 0 }),
            Command::MeasureDisplay => Screen::Preparing(Preparation::Display),
            Command::CloseSession { .. } => Screen::Closing,
            _ => Screen::Opening,
        };
        vec![command]
    }

    fn ask(&mut self, command: Command) -> Vec<Command> {
        self.pending = Some(command);
        vec![command]
    }

    fn show(&mut self, screen: Screen, commands: &[Command]) -> Vec<Command> {
        self.screen = screen;
        commands.to_vec()
    }
}
