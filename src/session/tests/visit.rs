//! A visit to a study, event by event: the way through, and what must never happen on any way.
#![allow(clippy::unwrap_used)]

use gestalt_session::*;
use proptest::prelude::*;

/// The screen and the last commands after these events.
fn after(events: &[Event]) -> (Screen, Vec<Command>) {
    let (mut visit, mut commands) = StudyVisit::begin(Timeline::default());
    for event in events {
        commands = visit.on(event.clone());
    }
    (visit.screen().clone(), commands)
}

const NEW: Event = Event::Opened(Earlier::Nothing);
const START: Event = Event::Started { full_screen: true };

#[test]
fn from_the_first_page_to_the_code() {
    let pictures = |ready| Event::PicturesReady { ready, count: 2 };
    let way = [
        (NEW, Screen::Step(Step::Consent), vec![]),
        (
            START,
            Screen::Preparing(Preparation::Session),
            vec![Command::EnterFullScreen, Command::OpenSession],
        ),
        (
            Event::SessionReady,
            Screen::Preparing(Preparation::Pictures { ready: 0, count: 0 }),
            vec![Command::LoadPictures],
        ),
        (pictures(1), Screen::Preparing(Preparation::Pictures { ready: 1, count: 2 }), vec![]),
        (pictures(2), Screen::Preparing(Preparation::Display), vec![Command::MeasureDisplay]),
        (Event::DisplayReady, Screen::Step(Step::Trials), vec![]),
        (
            Event::TrialsOver { rows: 7 },
            Screen::Closing,
            vec![Command::LeaveFullScreen, Command::CloseSession { rows: 7 }],
        ),
        (Event::Closed, Screen::Step(Step::Ending), vec![]),
    ];
    let (mut visit, first) = StudyVisit::begin(Timeline::default());
    assert_eq!(first, [Command::OpenStudy]);
    for (event, screen, commands) in way {
        assert_eq!(visit.on(event.clone()), commands, "{event:?}");
        assert_eq!(*visit.screen(), screen, "{event:?}");
    }
}

#[test]
fn a_failed_picture_is_tried_again_and_the_session_is_not_opened_again() {
    let failed = Event::Failed("picture 3 did not arrive".into());
    let (screen, commands) = after(&[NEW, START, Event::SessionReady, failed]);
    assert_eq!(screen, Screen::Stopped { why: "picture 3 did not arrive".into(), can_retry: true });
    assert_eq!(commands, [Command::LeaveFullScreen]);
    let (_, commands) = after(&[NEW, START, Event::SessionReady, Event::Failed("x".into()), Event::Retried]);
    assert_eq!(commands, [Command::LoadPictures]);
}

#[test]
fn a_session_that_could_not_be_opened_is_opened_by_the_retry() {
    let (screen, commands) = after(&[NEW, START, Event::Failed("offline".into()), Event::Retried]);
    assert_eq!(screen, Screen::Preparing(Preparation::Session));
    assert_eq!(commands, [Command::OpenSession]);
}

#[test]
fn a_failure_among_the_trials_is_not_retried_in_place() {
    let ready = Event::PicturesReady { ready: 0, count: 0 };
    let failed = Event::Failed("storage".into());
    let (screen, _) = after(&[NEW, START, Event::SessionReady, ready, Event::DisplayReady, failed]);
    assert_eq!(screen, Screen::Stopped { why: "storage".into(), can_retry: false });
}

#[test]
fn who_comes_back_sees_the_code_or_goes_on() {
    let (screen, _) = after(&[Event::Opened(Earlier::Finished { rows: 60 })]);
    assert_eq!(screen, Screen::Step(Step::Ending));
    let (screen, _) = after(&[Event::Opened(Earlier::Finished { rows: 60 }), Event::StartedAnew]);
    assert_eq!(screen, Screen::Step(Step::Consent));
    let resumed = Event::Resumed { full_screen: false };
    let (screen, commands) = after(&[Event::Opened(Earlier::Unfinished), resumed]);
    assert_eq!(screen, Screen::Preparing(Preparation::Session));
    assert_eq!(commands, [Command::ResumeSession]);
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(NEW),
        Just(Event::Opened(Earlier::Unfinished)),
        Just(Event::Opened(Earlier::Finished { rows: 3 })),
        Just(START),
        Just(Event::Resumed { full_screen: false }),
        Just(Event::StartedAnew),
        Just(Event::SessionReady),
        (0..3_usize).prop_map(|ready| Event::PicturesReady { ready, count: 2 }),
        Just(Event::DisplayReady),
        Just(Event::TrialsOver { rows: 3 }),
        Just(Event::Closed),
        Just(Event::Withdrew),
        Just(Event::Failed("why".into())),
        Just(Event::Retried),
    ]
}

proptest! {
    #[test]
    fn on_no_way_is_a_session_opened_twice_or_anything_recorded_without_consent(
        events in prop::collection::vec(event(), 0..60),
    ) {
        let (mut visit, _) = StudyVisit::begin(Timeline::default());
        let (mut consents, mut opened, mut withdrew) = (0, 0, false);
        for event in events {
            let before = visit.screen().clone();
            let commands = visit.on(event.clone());
            if withdrew {
                prop_assert!(commands.is_empty());
                prop_assert_eq!(visit.screen(), &Screen::Withdrawn);
            }
            let consented = before == Screen::Step(Step::Consent) && event == START;
            consents += u32::from(consented);
            let failed_to_open = event == Event::Retried && commands.contains(&Command::OpenSession);
            opened += u32::from(commands.contains(&Command::OpenSession) && !failed_to_open);
            prop_assert_eq!(opened, consents);
            let begins_trials = *visit.screen() == Screen::Step(Step::Trials) && before != *visit.screen();
            if begins_trials {
                prop_assert_eq!(before, Screen::Preparing(Preparation::Display));
            }
            withdrew |= event == Event::Withdrew;
        }
    }
}
