//! One visit to a study: which screen is shown, and what the page has to do next. The page only carries out
//! the commands and tells what came of them, so that everything that can happen in between is tested here.

use crate::timeline::{Step, Timeline};

/// What this browser has of the study from earlier visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing.
    Nothing,
    /// A session that was not finished and can go on.
    Unfinished,
    /// A finished session with this many rows.
    Finished {
        /// How many rows it has.
        rows: u32,
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
    /// A step of the study.
    Step(Step),
    /// Before the trials.
    Preparing(Preparation),
    /// All trials are over; the session is being closed.
    Closing,
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

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The study is open.
    Opened(Earlier),
    /// The participant starts, in full screen or not.
    Started {
        /// Fill the screen.
        full_screen: bool,
    },
    /// The participant continues the unfinished session, in full screen or not.
    Resumed {
        /// Fill the screen.
        full_screen: bool,
    },
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyVisit {
    timeline: Timeline,
    screen: Screen,
    /// What failed, to be done again.
    pending: Option<Command>,
}

impl StudyVisit {
    /// A visit that begins with these commands.
    pub fn begin(timeline: Timeline) -> (Self, Vec<Command>) {
        let mut visit = Self { timeline, screen: Screen::Opening, pending: None };
        let commands = visit.ask(Command::OpenStudy);
        (visit, commands)
    }

    /// What is shown.
    pub fn screen(&self) -> &Screen {
        &self.screen
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
            (Screen::Opening, Event::Opened(earlier)) => self.opened(earlier),
            (Screen::Resume, Event::Resumed { full_screen }) => {
                self.timeline.go_to(Step::Trials);
                self.prepare(Command::ResumeSession, full_screen)
            }
            (Screen::Resume | Screen::Step(Step::Ending), Event::StartedAnew) => {
                self.timeline.go_to(Step::Consent);
                self.show(Screen::Step(Step::Consent), &[])
            }
            (Screen::Step(Step::Consent), Event::Started { full_screen }) => self.next_step(full_screen),
            (Screen::Preparing(Preparation::Session), Event::SessionReady) => {
                self.screen = Screen::Preparing(Preparation::Pictures { ready: 0, count: 0 });
                self.ask(Command::LoadPictures)
            }
            (Screen::Preparing(Preparation::Pictures { .. }), Event::PicturesReady { ready, count }) => {
                self.pictures_ready(ready, count)
            }
            (Screen::Preparing(Preparation::Display), Event::DisplayReady) => {
                self.pending = None;
                self.show(Screen::Step(Step::Trials), &[])
            }
            (Screen::Step(Step::Trials), Event::TrialsOver { rows }) => {
                self.screen = Screen::Closing;
                let mut commands = vec![Command::LeaveFullScreen];
                commands.extend(self.ask(Command::CloseSession { rows }));
                commands
            }
            (Screen::Closing, Event::Closed) => {
                self.pending = None;
                self.next_step(false)
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

    fn opened(&mut self, earlier: Earlier) -> Vec<Command> {
        self.pending = None;
        match earlier {
            Earlier::Nothing => self.show(Screen::Step(self.timeline.step()), &[]),
            Earlier::Unfinished => self.show(Screen::Resume, &[]),
            Earlier::Finished { .. } => {
                self.timeline.go_to(Step::Ending);
                self.show(Screen::Step(Step::Ending), &[])
            }
        }
    }

    fn next_step(&mut self, full_screen: bool) -> Vec<Command> {
        let step = self.timeline.advance();
        if step.needs_preparation() {
            return self.prepare(Command::OpenSession, full_screen);
        }
        self.show(Screen::Step(step), &[])
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
