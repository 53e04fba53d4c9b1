//! Answers of many observers and data sets, read from tables whose columns were named.

use std::collections::{HashMap, HashSet};

use gestalt_stats::{Conditions, Record};
use gestalt_tables::table::{NoTable, Table};

use super::columns::{Columns, ColumnsError, Meaning, Places};

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person.
    Human,
    /// A model.
    Model,
    /// A simulated person.
    Simulated,
}

/// How a table is to be read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Which column means what.
    pub columns: Columns,
    /// Number of choices of a trial.
    pub choices: u32,
    /// What stands where there is no answer: `na`. The empty cell is none either.
    pub missing: String,
    /// An item is the last `_`-token of its cell (the last two where the one before begins with `n0`, as the
    /// names of ImageNet hold a `_`), so that the same picture is found again under another trial number.
    pub last_token: bool,
}

/// One answer. Texts are places in [`Answers::names`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// Data set.
    pub dataset: u32,
    /// Observer.
    pub observer: u32,
    /// Kind of observer.
    pub kind: Kind,
    /// Session; the observer's only one where the table does not say.
    pub session: u32,
    /// Source picture.
    pub item: u32,
    /// Condition.
    pub condition: u32,
    /// Scale in the units of the table; None where it does not say.
    pub scale: Option<f64>,
    /// What was right; None where the table says only whether the answer was.
    pub target: Option<u32>,
    /// What was chosen; None where nothing was, or the table does not say.
    pub choice: Option<u32>,
    /// Whether no answer came. It is wrong, not dropped.
    pub missing: bool,
    /// Whether the answer was right.
    pub correct: bool,
    /// Reaction time; None where there is none that is a positive number.
    pub reaction_time_ms: Option<f64>,
}

/// Why an answer does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// File, as it was called.
    pub file: String,
    /// Line in it.
    pub line: usize,
    /// Observer, where the row says.
    pub observer: String,
    /// Why.
    pub reason: &'static str,
}

/// Answers of many observers and data sets, in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Every name that occurs.
    pub names: Names,
    /// The answers that count.
    pub answers: Vec<Answer>,
    /// The rows that do not, and why.
    pub exclusions: Vec<Exclusion>,
    /// Choices of a trial; chance is one over it.
    pub choices: u32,
    /// What each observer has answered before: data set, observer, condition, item.
    seen: HashSet<[u32; 4]>,
}

/// Names, each kept once.
#[derive(Debug, Clone, Default)]
pub struct Names {
    texts: Vec<String>,
    places: HashMap<String, u32>,
}

impl Names {
    fn place(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.texts.len() as u32;
        self.texts.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }

    /// The name at a place that an answer holds.
    pub fn text(&self, place: u32) -> &str {
        self.texts.get(place as usize).map_or("", String::as_str)
    }
}

/// Why a table holds no answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswers {
    /// It is no table.
    #[error(transparent)]
    Table(#[from] NoTable),
    /// Its columns are not those that were named.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
}

impl Answers {
    /// Reads one more file of a data set.
    ///
    /// # Errors
    /// When the file is no table or lacks a column. Rows that cannot count go to [`Self::exclusions`].
    pub fn read(
        &mut self,
        dataset: &str,
        file: &str,
        bytes: &[u8],
        reading: &Reading,
    ) -> Result<(), NoAnswers> {
        self.choices = reading.choices;
        let dataset = self.names.place(dataset);
        Table::fold::<_, NoAnswers>(
            bytes,
            |header| Ok((reading.columns.places(header)?, self)),
            |(places, answers), line, cells| {
                match answers.answer(dataset, places, cells, reading) {
                    Ok(answer) => answers.answers.push(answer),
                    Err(reason) => answers.exclusions.push(Exclusion {
                        file: file.to_owned(),
                        line,
                        observer: places.of(Meaning::Observer, cells).unwrap_or_default().to_owned(),
                        reason,
                    }),
                }
                Ok(())
            },
        )?;
        Ok(())
    }

    /// One row, or why it does not count.
    fn answer(
        &mut self,
        dataset: u32,
        places: &Places,
        cells: &[&str],
        reading: &Reading,
    ) -> Result<Answer, &'static str> {
        let cell = |meaning| {
            let text = places.of(meaning, cells).map(str::trim);
            text.filter(|text| !text.is_empty() && *text != reading.missing)
        };
        let observer = cell(Meaning::Observer).ok_or("no observer")?;
        let item = cell(Meaning::Item).ok_or("no item")?;
        let item = if reading.last_token { last_token(item) } else { item };
        let kind = match cell(Meaning::Kind) {
            None | Some("human" | "person") => Kind::Human,
            Some("model") => Kind::Model,
            Some("simulated") => Kind::Simulated,
            Some(_) => return Err("unknown kind of observer"),
        };
        if cell(Meaning::Role).is_some_and(|role| role != "test") {
            return Err("not a test trial");
        }
        let (target, choice) = (cell(Meaning::Target), cell(Meaning::Choice));
        let correct = match cell(Meaning::Correct).map(str::to_lowercase).as_deref() {
            Some("1" | "true" | "yes" | "correct") => Some(true),
            Some("0" | "false" | "no" | "incorrect" | "wrong") => Some(false),
            Some(_) => return Err("`correct` is neither 0 nor 1"),
            None => None,
        };
        let judged = target.map(|target| choice == Some(target));
        let missing = choice.is_none() && correct.is_none();
        let correct = correct.or(judged).unwrap_or(false);
        let number =
            |meaning| cell(meaning).and_then(|text| text.parse::<f64>().ok()).filter(|v| v.is_finite());
        let seconds = number(Meaning::TimeSeconds).map(|seconds| seconds * 1000.0);
        let key = [
            dataset,
            self.names.place(observer),
            self.names.place(cell(Meaning::Condition).unwrap_or("0")),
            self.names.place(item),
        ];
        if !self.seen.insert(key) {
            return Err("this observer has answered this item before");
        }
        Ok(Answer {
            dataset,
            observer: key[1],
            kind,
            session: self.names.place(cell(Meaning::Session).unwrap_or("1")),
            item: key[3],
            condition: key[2],
            scale: number(Meaning::Scale),
            target: target.map(|target| self.names.place(target)),
            choice: choice.map(|choice| self.names.place(choice)),
            missing,
            correct,
            reaction_time_ms: seconds.or(number(Meaning::TimeMilliseconds)).filter(|ms| *ms > 0.0),
        })
    }

    /// The data sets, in the order in which they were read.
    pub fn datasets(&self) -> Vec<u32> {
        distinct(self.answers.iter().map(|answer| answer.dataset))
    }

    /// The conditions of a data set, and its observers with their records, one a condition in that order.
    pub(crate) fn observers(&self, dataset: u32) -> (Vec<u32>, Vec<ObserverRecords>) {
        let own = || self.answers.iter().filter(|answer| answer.dataset == dataset);
        let conditions = distinct(own().map(|answer| answer.condition));
        let column: HashMap<u32, usize> = conditions.iter().copied().zip(0..).collect();
        // What each observer answered, condition by condition.
        let mut observers: Vec<(u32, Kind)> = Vec::new();
        let mut cells: Vec<Vec<(u32, bool)>> = Vec::new();
        let mut places: HashMap<u32, usize> = HashMap::new();
        for answer in own() {
            let place = *places.entry(answer.observer).or_insert_with(|| {
                observers.push((answer.observer, answer.kind));
                cells.resize(observers.len() * conditions.len(), Vec::new());
                observers.len() - 1
            });
            cells[place * conditions.len() + column[&answer.condition]].push((answer.item, answer.correct));
        }
        let each = observers.into_iter().zip(cells.chunks(conditions.len().max(1)));
        let records = each.map(|((observer, kind), own)| ObserverRecords {
            observer,
            kind,
            records: own.iter().cloned().map(Record::new).collect(),
        });
        let records = records.collect();
        (conditions, records)
    }
}

/// What one observer of a data set did.
#[derive(Debug, Clone)]
pub(crate) struct ObserverRecords {
    /// Place of the name.
    pub(crate) observer: u32,
    /// Kind of observer.
    pub(crate) kind: Kind,
    /// A record for each condition of the data set.
    pub(crate) records: Conditions,
}

/// Each value once, in the order of first use.
fn distinct(values: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut seen = HashSet::new();
    values.filter(|value| seen.insert(*value)).collect()
}

/// The last `_`-token, or the last two where the one before begins with `n0`.
fn last_token(item: &str) -> &str {
    let mut ends = item.rmatch_indices('_').map(|(at, _)| at);
    let Some(last) = ends.next() else { return item };
    let before = ends.next().map_or(0, |at| at + 1);
    if item[before..last].starts_with("n0") { &item[before..] } else { &item[last + 1..] }
}
