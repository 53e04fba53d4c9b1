//! A visit to a study, event by event: the way through, and what must never happen on any way.
#![allow(clippy::unwrap_used)]

use gestalt_protocol::Study;
use gestalt_session::*;
use proptest::prelude::*;

/// The screen and the last commands after these events.
fn after(events: &[Event]) -> (Screen, Vec<Command>) {
    let (mut visit, mut commands) = StudyVisit::begin();
    for event in events {
        commands = visit.on(event.clone());
    }
    (visit.screen().clone(), commands)
}

/// The study is open, with these steps of a study file.
fn opened(steps: &str, earlier: Earlier) -> Event {
    let steps: String = steps.split(' ').map(|kind| format!("[[steps]]\nkind = \"{kind}\"\n")).collect();
    let text = format!("study_version = 2\nname = \"a\"\ntitle = \"A\"\n{steps}");
    Event::Opened(Timeline::of(&Study::parse_toml(text.as_bytes()).unwrap()), earlier)
}

/// The usual study is open.
fn usual(earlier: Earlier) -> Event {
    opened("consent practice trials", earlier)
}

fn new() -> Event {
    usual(Earlier::Nothing)
}

const START: Event = Event::StepDone { full_screen: true };
const CONSENT: Screen = Screen::Step(0);
const COMPLETION: Screen = Screen::Step(2);

#[test]
fn from_the_first_page_to_the_code() {
    let pictures = |ready| Event::PicturesReady { ready, count: 2 };
    let way = [
        (new(), CONSENT, vec![]),
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
        (Event::DisplayReady, Screen::Trials, vec![]),
        (
            Event::TrialsOver { rows: 7 },
            Screen::Closing,
            vec![Command::LeaveFullScreen, Command::CloseSession { rows: 7 }],
        ),
        (Event::Closed, COMPLETION, vec![]),
    ];
    let (mut visit, first) = StudyVisit::begin();
    assert_eq!(first, [Command::OpenStudy]);
    for (event, screen, commands) in way {
        assert_eq!(visit.on(event.clone()), commands, "{event:?}");
        assert_eq!(*visit.screen(), screen, "{event:?}");
    }
}

#[test]
fn a_failed_picture_is_tried_again_and_the_session_is_not_opened_again() {
    let failed = Event::Failed("picture 3 did not arrive".into());
    let (screen, commands) = after(&[new(), START, Event::SessionReady, failed]);
    assert_eq!(screen, Screen::Stopped { why: "picture 3 did not arrive".into(), can_retry: true });
    assert_eq!(commands, [Command::LeaveFullScreen]);
    let (_, commands) =
        after(&[new(), START, Event::SessionReady, Event::Failed("x".into()), Event::Retried]);
    assert_eq!(commands, [Command::LoadPictures]);
}

#[test]
fn a_session_that_could_not_be_opened_is_opened_by_the_retry() {
    let (screen, commands) = after(&[new(), START, Event::Failed("offline".into()), Event::Retried]);
    assert_eq!(screen, Screen::Preparing(Preparation::Session));
    assert_eq!(commands, [Command::OpenSession]);
}

#[test]
fn a_failure_among_the_trials_is_not_retried_in_place() {
    let ready = Event::PicturesReady { ready: 0, count: 0 };
    let failed = Event::Failed("storage".into());
    let (screen, _) = after(&[new(), START, Event::SessionReady, ready, Event::DisplayReady, failed]);
    assert_eq!(screen, Screen::Stopped { why: "storage".into(), can_retry: false });
}

#[test]
fn who_comes_back_sees_the_code_or_goes_on() {
    let (screen, _) = after(&[usual(Earlier::Finished { step: None })]);
    assert_eq!(screen, COMPLETION);
    let (screen, _) = after(&[usual(Earlier::Finished { step: None }), Event::StartedAnew]);
    assert_eq!(screen, CONSENT);
    let resumed = Event::Resumed { full_screen: false };
    let (screen, commands) = after(&[usual(Earlier::Unfinished { step: None }), resumed]);
    assert_eq!(screen, Screen::Preparing(Preparation::Session));
    assert_eq!(commands, [Command::ResumeSession]);
}

#[test]
fn every_step_is_shown_in_its_order_and_the_session_is_opened_by_the_consent() {
    let steps = "screening consent instructions trials debrief completion";
    let (mut visit, _) = StudyVisit::begin();
    assert!(visit.on(opened(steps, Earlier::Nothing)).is_empty());
    assert_eq!(*visit.screen(), Screen::Step(0));
    assert!(visit.on(START).is_empty(), "the screen is filled only before the trials");
    assert_eq!(*visit.screen(), Screen::Step(1));
    assert_eq!(visit.on(START), [Command::OpenSession]);
    assert!(visit.on(Event::SessionReady).is_empty());
    assert_eq!(*visit.screen(), Screen::Step(2));
    assert_eq!(visit.on(START), [Command::EnterFullScreen, Command::LoadPictures]);
    visit.on(Event::PicturesReady { ready: 1, count: 1 });
    visit.on(Event::DisplayReady);
    assert_eq!(*visit.screen(), Screen::Trials);
    visit.on(Event::TrialsOver { rows: 3 });
    visit.on(Event::Closed);
    assert_eq!(*visit.screen(), Screen::Step(4));
    visit.on(START);
    assert_eq!(*visit.screen(), Screen::Step(5));
    visit.on(START);
    assert_eq!(*visit.screen(), Screen::Step(5), "the last step stays");
}

#[test]
fn who_does_not_consent_leaves_and_nothing_was_opened() {
    let (screen, commands) = after(&[new(), Event::Leaves(Leaving::NoConsent)]);
    assert_eq!(screen, Screen::Left(Leaving::NoConsent));
    assert_eq!(commands, [Command::LeaveFullScreen]);
    let (screen, _) = after(&[new(), Event::Leaves(Leaving::NoConsent), START]);
    assert_eq!(screen, Screen::Left(Leaving::NoConsent), "there is no way back from there");
}

#[test]
fn a_reload_leads_back_to_the_step_that_was_shown() {
    let steps = "consent instructions trials debrief completion";
    let resumed = Event::Resumed { full_screen: true };
    let at = |earlier| after(&[opened(steps, earlier), resumed.clone(), Event::SessionReady]).0;
    assert_eq!(at(Earlier::Unfinished { step: Some(1) }), Screen::Step(1));
    let pictures = Screen::Preparing(Preparation::Pictures { ready: 0, count: 0 });
    assert_eq!(at(Earlier::Unfinished { step: Some(2) }), pictures);
    assert_eq!(at(Earlier::Unfinished { step: None }), pictures);
    assert_eq!(at(Earlier::Finished { step: Some(3) }), Screen::Step(3));
    assert_eq!(
        at(Earlier::Finished { step: Some(1) }),
        Screen::Step(4),
        "trials that are over do not come again"
    );
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(new()),
        Just(usual(Earlier::Unfinished { step: None })),
        Just(usual(Earlier::Finished { step: Some(1) })),
        Just(START),
        Just(Event::Leaves(Leaving::NoConsent)),
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
        let (mut visit, _) = StudyVisit::begin();
        let (mut consents, mut opened, mut withdrew) = (0, 0, false);
        for event in events {
            let before = visit.screen().clone();
            let commands = visit.on(event.clone());
            if withdrew {
                prop_assert!(commands.is_empty());
                prop_assert_eq!(visit.screen(), &Screen::Withdrawn);
            }
            let consented = before == CONSENT && event == START;
            consents += u32::from(consented);
            let failed_to_open = event == Event::Retried && commands.contains(&Command::OpenSession);
            opened += u32::from(commands.contains(&Command::OpenSession) && !failed_to_open);
            prop_assert_eq!(opened, consents);
            let begins_trials = *visit.screen() == Screen::Trials && before != *visit.screen();
            if begins_trials {
                prop_assert_eq!(before, Screen::Preparing(Preparation::Display));
            }
            withdrew |= event == Event::Withdrew;
        }
    }
}

#[test]
fn a_second_tab_asks_before_it_takes_the_session_over() {
    let elsewhere = usual(Earlier::Elsewhere { step: None });
    let (screen, commands) = after(std::slice::from_ref(&elsewhere));
    assert_eq!((screen, commands), (Screen::Elsewhere, vec![]));
    let (_, commands) = after(&[elsewhere, Event::Resumed { full_screen: false }]);
    assert_eq!(commands, [Command::ResumeSession]);
}

#[test]
fn the_tab_that_lost_the_session_stops_and_says_so() {
    let pictures = Event::PicturesReady { ready: 1, count: 1 };
    let way = [new(), START, Event::SessionReady, pictures, Event::DisplayReady, Event::TakenAway];
    let (screen, commands) = after(&way);
    assert_eq!((screen, commands), (Screen::TakenOver, vec![Command::LeaveFullScreen]));
    let (screen, _) =
        after(&[&way[..], &[Event::TrialsOver { rows: 3 }, Event::Failed("x".into())]].concat());
    assert_eq!(screen, Screen::TakenOver, "nothing of it goes on here");
}

#[test]
fn who_began_in_another_browser_may_take_the_session_over() {
    let (screen, _) = after(&[new(), START, Event::BegunElsewhere]);
    assert_eq!(screen, Screen::Elsewhere);
    let resumed = Event::Resumed { full_screen: true };
    let (_, commands) = after(&[new(), START, Event::BegunElsewhere, resumed]);
    assert_eq!(commands, [Command::EnterFullScreen, Command::ResumeSession]);
}

#[test]
fn a_session_that_cannot_go_on_is_over() {
    let (screen, commands) = after(&[usual(Earlier::Over)]);
    assert_eq!((screen, commands), (Screen::Left(Leaving::NotResumed), vec![]));
}
