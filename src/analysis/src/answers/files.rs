//! The files of an analysis of answers: agreement, accuracy, exclusions.

use gestalt_stats::{Bootstrap, Caveat, Estimate, Proportion, Record, Redraw, chance_p, group_mean, p_cell};
use gestalt_tables::table::{Cell, to_csv};

use super::agreement::agreements;
use super::table::{Answer, Answers, Kind, ObserverRecords};

const AGREEMENT: [&str; 12] = [
    "dataset",
    "first",
    "second",
    "condition",
    "items",
    "kappa",
    "kappa_low",
    "kappa_high",
    "kappa_max",
    "null_low",
    "null_high",
    "caveat",
];

const ACCURACY: [&str; 12] = [
    "dataset",
    "observer",
    "kind",
    "condition",
    "answers",
    "correct",
    "missing",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "p_chance",
    "population",
];

/// Name and content of each file (CSV, unknown is empty).
pub fn write_answers(answers: &Answers) -> Vec<(String, String)> {
    let bootstrap = &Bootstrap::default();
    [
        ("agreement.csv", agreement(answers, bootstrap)),
        ("accuracy.csv", accuracy(answers, bootstrap)),
        ("exclusions.csv", exclusions(answers)),
    ]
    .map(|(name, content)| (name.to_owned(), content))
    .to_vec()
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn number(value: impl Into<Option<f64>>) -> Cell {
    value.into().map_or(Cell::Empty, |value: f64| Cell::Number(format!("{value:.6}")))
}

fn count(value: u64) -> Cell {
    Cell::Number(value.to_string())
}

/// Estimate, both ends, and the caveat of whichever is missing.
fn estimate(found: Result<Estimate, Caveat>) -> ([Cell; 3], Cell) {
    let interval = found.and_then(|found| found.interval);
    let ends = interval.ok();
    let caveat = interval.err().map_or(Cell::Empty, |caveat| text(&caveat.to_string()));
    let cells = [
        number(found.ok().map(|found| found.value)),
        number(ends.map(|ends| ends.low)),
        number(ends.map(|ends| ends.high)),
    ];
    (cells, caveat)
}

fn agreement(answers: &Answers, bootstrap: &Bootstrap) -> String {
    let lines = agreements(answers, bootstrap).into_iter().map(|pair| {
        let mut cells: Vec<Cell> =
            [&pair.dataset, &pair.first, &pair.second, &pair.condition].map(|name| text(name)).to_vec();
        cells.push(pair.items.map_or(Cell::Empty, count));
        let (kappa, caveat) = estimate(pair.kappa);
        cells.extend(kappa);
        cells.push(number(pair.largest));
        cells.push(number(pair.null_band.map(|band| band.low)));
        cells.push(number(pair.null_band.map(|band| band.high)));
        cells.push(caveat);
        cells
    });
    to_csv(AGREEMENT, lines)
}

fn accuracy(answers: &Answers, bootstrap: &Bootstrap) -> String {
    let mut lines = Vec::new();
    for dataset in answers.datasets() {
        let own: Vec<&Answer> = answers.answers.iter().filter(|answer| answer.dataset == dataset).collect();
        let (conditions, observers) = answers.observers(dataset);
        for who in &observers {
            for condition in &conditions {
                let of_one = |a: &&&Answer| a.observer == who.observer && a.condition == *condition;
                let rows: Vec<&&Answer> = own.iter().filter(of_one).collect();
                lines.extend(one_observer(answers, &rows, who.kind));
            }
        }
        let people = people_values(&observers);
        if !people.is_empty() {
            lines.push(group(answers, dataset, &own, &people, bootstrap));
        }
    }
    to_csv(ACCURACY, lines)
}

/// None where the observer did not take the condition.
fn one_observer(answers: &Answers, rows: &[&&Answer], kind: Kind) -> Option<Vec<Cell>> {
    let first = rows.first()?;
    let hits = rows.iter().filter(|answer| answer.correct).count() as u64;
    let missing = rows.iter().filter(|answer| answer.missing).count() as u64;
    let share = Proportion::new(hits, rows.len() as u64)?;
    let kind = match kind {
        Kind::Human => "human",
        Kind::Model => "model",
        Kind::Simulated => "simulated",
    };
    let p = chance_p(hits, rows.len() as u64, 1.0 / f64::from(answers.choices.max(1)));
    Some(vec![
        text(answers.names.text(first.dataset)),
        text(answers.names.text(first.observer)),
        text(kind),
        text(answers.names.text(first.condition)),
        count(rows.len() as u64),
        count(hits),
        count(missing),
        number(share.estimate),
        number(share.interval.low),
        number(share.interval.high),
        p.map_or(Cell::Empty, |p| Cell::Number(p_cell(p))),
        text("this observer, new items"),
    ])
}

/// Each person's items and values; an item is taken once in each condition.
fn people_values(observers: &[ObserverRecords]) -> Vec<Vec<(u32, f64)>> {
    let people = observers.iter().filter(|own| own.kind == Kind::Human);
    let values = |own: &ObserverRecords| {
        let answers = own.records.iter().flat_map(Record::answers);
        answers.map(|(item, right)| (*item, f64::from(u8::from(*right)))).collect()
    };
    people.map(values).collect()
}

fn group(
    answers: &Answers,
    dataset: u32,
    own: &[&Answer],
    people: &[Vec<(u32, f64)>],
    bootstrap: &Bootstrap,
) -> Vec<Cell> {
    let humans = || own.iter().filter(|answer| answer.kind == Kind::Human);
    let mut cells = vec![text(answers.names.text(dataset)), text("people"), text("human"), text("all")];
    cells.push(count(humans().count() as u64));
    cells.push(count(humans().filter(|answer| answer.correct).count() as u64));
    cells.push(count(humans().filter(|answer| answer.missing).count() as u64));
    let (mean, caveat) = estimate(group_mean(people, Redraw::PeopleAndItems, bootstrap));
    cells.extend(mean);
    cells.push(Cell::Empty);
    cells.push(if caveat == Cell::Empty { text("new people, same new items") } else { caveat });
    cells
}

fn exclusions(answers: &Answers) -> String {
    let lines = answers.exclusions.iter().map(|excluded| {
        vec![
            text(&excluded.file),
            count(excluded.line as u64),
            text(&excluded.observer),
            text(excluded.reason),
        ]
    });
    to_csv(["file", "line", "observer", "reason"], lines)
}
