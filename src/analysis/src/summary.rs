//! What each observer did: counts, accuracy with its denominator, the same by category and condition,
//! reaction times.

use std::collections::{BTreeMap, BTreeSet};

use gestalt_protocol::{ObserverKind, Outcome, Role, Row};
use gestalt_stats::{Proportion, chance_p};
use gestalt_types::Name;
use serde::Serialize;
use uuid::Uuid;

use crate::chance::CHANCE;
use crate::rows::{Observer, counted, newest_by_trial, unique};
use crate::times::{TimesByDevice, by_device};

/// How trials ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Answered and scored.
    pub answered: u64,
    /// Of those, right.
    pub correct: u64,
    /// No answer before the deadline.
    pub missed: u64,
    /// Two slots equally odd.
    pub tie: u64,
    /// A feature or distance that was no finite number.
    pub non_finite: u64,
    /// Answered but not scored yet: in no denominator.
    pub unscored: u64,
}

/// Counts and what follows from them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// How the trials ended.
    pub counts: Counts,
    /// `correct / (answered + missed + tie + non_finite)`: a trial without a choice is not a correct answer.
    pub accuracy: Option<Proportion>,
    /// `correct / answered`: what is left when trials without a choice are set aside.
    pub accuracy_of_answered: Option<Proportion>,
    /// Probability of at least so many correct of the same trials by guessing (exact binomial, 1/3,
    /// one-sided).
    pub chance_p: Option<f64>,
}

impl Score {
    /// Of rows that count.
    pub(crate) fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut counts = Counts::default();
        for row in rows {
            match (row.outcome, row.correct) {
                (Outcome::Answered, Some(correct)) => {
                    counts.answered += 1;
                    counts.correct += u64::from(correct);
                }
                (Outcome::Answered, None) => counts.unscored += 1,
                (Outcome::Missed, _) => counts.missed += 1,
                (Outcome::Tie, _) => counts.tie += 1,
                (Outcome::NonFinite, _) => counts.non_finite += 1,
                (Outcome::Interrupted, _) => {}
            }
        }
        let trials = counts.answered + counts.missed + counts.tie + counts.non_finite;
        Self {
            counts,
            accuracy: Proportion::new(counts.correct, trials),
            accuracy_of_answered: Proportion::new(counts.correct, counts.answered),
            chance_p: chance_p(counts.correct, trials, CHANCE),
        }
    }
}

/// What one observer did, over all sessions or in one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObserverSummary {
    /// Who.
    pub observer: Observer,
    /// The session, where this is of one session only.
    pub session: Option<Uuid>,
    /// Number of sessions in it.
    pub sessions: usize,
    /// Test trials.
    pub overall: Score,
    /// Test rows that were interrupted; each was repeated, none counts.
    pub interrupted: u64,
    /// Catch trials, kept apart.
    pub catch: Score,
    /// Test trials by category, in alphabetical order.
    pub categories: Vec<(Name, Score)>,
    /// Test trials by condition, in alphabetical order.
    pub conditions: Vec<(Name, Score)>,
    /// Reaction times of test trials, one entry an input device. Empty for models.
    pub reaction_times: Vec<TimesByDevice>,
}

/// Everyone in the log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// One entry an observer, all sessions together; people first, then by name. A person's sessions all
    /// count; of a model that took a trial more than once, the newest answer counts.
    pub observers: Vec<ObserverSummary>,
    /// One entry an observer and session.
    pub sessions: Vec<ObserverSummary>,
}

/// Sums up a log. The order of the rows makes no difference.
///
/// Rows with the same id count once; of several rows of one session and trial the last that was not
/// interrupted counts; practice never counts; catch trials are counted apart.
pub fn summarise(rows: &[Row]) -> Summary {
    let mut by_observer: BTreeMap<Observer, Vec<&Row>> = BTreeMap::new();
    for row in counted(rows) {
        by_observer.entry(Observer::of(row)).or_default().push(row);
    }
    let mut interrupted: BTreeMap<(Observer, Uuid), u64> = BTreeMap::new();
    for row in unique(rows) {
        if row.outcome == Outcome::Interrupted && row.role == Role::Test {
            by_observer.entry(Observer::of(row)).or_default();
            *interrupted.entry((Observer::of(row), row.session)).or_default() += 1;
        }
    }
    let mut summary = Summary { observers: Vec::new(), sessions: Vec::new() };
    for (observer, rows) in by_observer {
        let of_observer = interrupted.iter().filter(|((who, _), _)| *who == observer);
        let lost: BTreeMap<Uuid, u64> = of_observer.map(|((_, session), n)| (*session, *n)).collect();
        let sessions: BTreeSet<Uuid> =
            rows.iter().map(|row| row.session).chain(lost.keys().copied()).collect();
        for &session in &sessions {
            let own: Vec<&Row> = rows.iter().copied().filter(|row| row.session == session).collect();
            let mut entry = observer_summary(&observer, &own, lost.get(&session).copied().unwrap_or(0));
            entry.session = Some(session);
            summary.sessions.push(entry);
        }
        let pooled = match observer.kind {
            ObserverKind::Human | ObserverKind::Simulated => rows,
            ObserverKind::Model => newest_by_trial(&rows).into_values().collect(),
        };
        let mut entry = observer_summary(&observer, &pooled, lost.values().sum());
        entry.sessions = sessions.len();
        summary.observers.push(entry);
    }
    summary
}

fn observer_summary(observer: &Observer, rows: &[&Row], interrupted: u64) -> ObserverSummary {
    let of_role = |role| rows.iter().copied().filter(move |row| row.role == role);
    let test: Vec<&Row> = of_role(Role::Test).collect();
    let with_controls: Vec<&Row> = test.iter().copied().chain(of_role(Role::Control)).collect();
    let people_only = if observer.kind.is_shown_trials() { test.as_slice() } else { &[] };
    ObserverSummary {
        observer: observer.clone(),
        session: None,
        sessions: 1,
        overall: Score::of(test.iter().copied()),
        interrupted,
        catch: Score::of(of_role(Role::Catch)),
        categories: grouped(&test, |row| &row.category),
        conditions: grouped(&with_controls, |row| &row.condition),
        reaction_times: by_device(people_only),
    }
}

fn grouped<'a>(rows: &[&'a Row], key: impl Fn(&'a Row) -> &'a Name) -> Vec<(Name, Score)> {
    let mut groups: BTreeMap<&Name, Vec<&Row>> = BTreeMap::new();
    for &row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups.into_iter().map(|(name, rows)| (name.clone(), Score::of(rows))).collect()
}

/// What to call each entry in tables and plots: its name, and as much more as tells it from the others.
pub fn labels(entries: &[ObserverSummary]) -> Vec<String> {
    let details: [fn(&ObserverSummary) -> Option<String>; 3] = [
        |entry| entry.observer.reading.clone(),
        |entry| entry.observer.weights_hash.as_ref().map(|hash| hash.as_str()[..8].to_owned()),
        |entry| entry.session.map(|session| short_session(&session)),
    ];
    let mut labels: Vec<String> =
        entries.iter().map(|entry| entry.observer.name.as_str().to_owned()).collect();
    for detail in details {
        let before = labels.clone();
        for (place, entry) in entries.iter().enumerate() {
            let ambiguous = before.iter().filter(|label| **label == before[place]).count() > 1;
            if let (true, Some(more)) = (ambiguous, detail(entry)) {
                labels[place] = format!("{} ({more})", before[place]);
            }
        }
    }
    labels
}

/// The last 8 digits: the first ones of a UUIDv7 are the time, and alike in sessions that began together.
fn short_session(session: &Uuid) -> String {
    let digits = session.simple().to_string();
    digits[digits.len() - 8..].to_owned()
}
