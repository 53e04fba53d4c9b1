//! Rows of people and models, right or wrong at will.

use gestalt_protocol::{
    Device, InputDevice, ObserverKind, Outcome, Prompt, ROW_VERSION, Readout, Role, Row, RowTask, Rule,
    Showing, slot_choices,
};
use gestalt_types::{Name, Sha256, Slot};
use uuid::Uuid;

/// An answered, correct test trial of a person; ids follow from the numbers.
pub fn person(name: &str, session: u128, index: u32, trial: &str) -> Row {
    let images = ["a", "b", "c"].map(|part| Sha256::of(format!("{trial}{part}").as_bytes()));
    Row {
        row_version: ROW_VERSION,
        row_id: Uuid::from_u128((session << 64) + u128::from(index) + 1),
        study: Name::new("study one").unwrap(),
        study_hash: None,
        session: Uuid::from_u128(session),
        observer_kind: ObserverKind::Human,
        observer: Name::new(name).unwrap(),
        weights_hash: None,
        app_version: "test".into(),
        received_at: None,
        task: RowTask::OddOneOut,
        prompt: Some(Prompt::Whole),
        trial_set: Sha256::of(b"set"),
        trial: Name::new(trial).unwrap(),
        item: Some(images[0].clone().into()),
        role: Role::Test,
        block: 1,
        index,
        repeat: 0,
        category: Name::new("cat").unwrap(),
        condition: Name::new("patch-32").unwrap(),
        scale_px: Some(32.0),
        shown: images.into(),
        choices: slot_choices(),
        target: Some(Slot::ALL[0].into()),
        outcome: Outcome::Answered,
        chosen: Some(Slot::ALL[0].into()),
        correct: Some(true),
        reaction_time_ms: Some(600.0),
        showing: Showing { input_device: Some(InputDevice::Keyboard), ..Showing::default() },
        readout: Readout::default(),
    }
}

/// The same of a model.
pub fn model(name: &str, session: u128, index: u32, trial: &str) -> Row {
    let readout = Readout {
        device: Some(Device::Cpu),
        layer: Some("mean".into()),
        rule: Some(Rule::MeanDistance),
        distances: [Some(0.1), Some(0.2), Some(0.3)],
        margin: Some(0.1),
        reference_output_reproduced: Some(true),
        ..Readout::default()
    };
    Row {
        observer_kind: ObserverKind::Model,
        weights_hash: Some(Sha256::of(name.as_bytes())),
        reaction_time_ms: None,
        showing: Showing::default(),
        readout,
        ..person(name, session, index, trial)
    }
}

/// The row with the first distorted picture chosen.
pub fn wrong(mut row: Row) -> Row {
    row.chosen = Some(Slot::ALL[1].into());
    row.correct = Some(false);
    row
}

/// The row without a choice.
pub fn without_choice(mut row: Row, outcome: Outcome) -> Row {
    (row.outcome, row.chosen, row.correct, row.reaction_time_ms) = (outcome, None, None, None);
    row
}

/// The first `correct` of all trials are right.
pub fn run(make: fn(&str, u128, u32, &str) -> Row, name: &str, correct: u32, trials: u32) -> Vec<Row> {
    let session = name.bytes().fold(7, |sum, byte| sum * 31 + u128::from(byte)) & 0xFFFF_FFFF;
    let one = |index: u32| {
        let row = make(name, session, index, &format!("t{index}"));
        if index < correct { row } else { wrong(row) }
    };
    (0..trials).map(one).collect()
}
