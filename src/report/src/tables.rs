//! The tables of an analysis.

use gestalt_analysis::{Comparison, Observer, ObserverSummary, Score, Times, device_name, labels};
use gestalt_protocol::ObserverKind;
use gestalt_stats::{Interval, Proportion, p_cell};
use gestalt_types::Name;

use crate::table::Table;

/// A table with these columns, separated by commas.
fn columns(header: &str) -> Table {
    Table::new(header.split(','))
}

/// One row an observer, or an observer and session.
pub(crate) fn summary(entries: &[ObserverSummary]) -> Table {
    let mut table = columns(&format!(
        "kind,observer,weights_hash,reading,session,sessions,{SCORE},interrupted,catch_correct,catch_trials,catch_accuracy,catch_low,catch_high"
    ));
    for entry in entries {
        let mut row = identity(&entry.observer);
        row.push(entry.session.map(|session| session.to_string()).unwrap_or_default());
        row.push(entry.sessions.to_string());
        row.extend(score(&entry.overall));
        row.push(entry.interrupted.to_string());
        row.extend(match entry.catch.accuracy {
            Some(catch) => {
                let mut cells = vec![catch.hits.to_string(), catch.of.to_string()];
                cells.extend(proportion(Some(catch)));
                cells
            }
            None => vec![String::new(); 5],
        });
        table.push(row);
    }
    table
}

/// One row an observer and group.
pub(crate) fn groups(
    entries: &[ObserverSummary],
    group: &str,
    of: impl Fn(&ObserverSummary) -> &Vec<(Name, Score)>,
) -> Table {
    let mut table = columns(&format!("kind,observer,weights_hash,reading,{group},{SCORE}"));
    for entry in entries {
        for (name, value) in of(entry) {
            let mut row = identity(&entry.observer);
            row.push(name.to_string());
            row.extend(score(value));
            table.push(row);
        }
    }
    table
}

/// One row an observer, input device and kind of answers.
pub(crate) fn reaction_times(entries: &[ObserverSummary]) -> Table {
    let mut table = columns(
        "observer,input_device,answers,n,median_ms,median_low_ms,median_high_ms,lower_quartile_ms,upper_quartile_ms,mean_ms,mean_low_ms,mean_high_ms",
    );
    for entry in entries {
        for part in &entry.reaction_times {
            let device = device_name(part.input_device);
            for (answers, times) in [("correct", part.correct.as_ref()), ("all", Some(&part.answered))] {
                let Some(times) = times else { continue };
                let mut row = vec![entry.observer.name.to_string(), device.into(), answers.into()];
                row.extend(times_cells(times));
                table.push(row);
            }
        }
    }
    table
}

/// One row a pair.
pub(crate) fn comparisons(entries: &[ObserverSummary], comparisons: &[Comparison]) -> Table {
    let mut table = columns(
        "first,second,trials,both_correct,only_first,only_second,neither,accuracy_first,accuracy_second,difference,difference_low,difference_high,mcnemar_p,error_consistency,error_consistency_low,error_consistency_high,same_wrong_choice,same_wrong_choice_low,same_wrong_choice_high",
    );
    let names = labels(entries);
    let name = |observer: &Observer| {
        let place = entries.iter().position(|entry| entry.observer == *observer);
        place.map_or_else(|| observer.name.to_string(), |place| names[place].clone())
    };
    for pair in comparisons {
        let counts = pair.agreement;
        let mut row = vec![name(&pair.first), name(&pair.second)];
        let numbers = [counts.items(), counts.both, counts.only_first, counts.only_second, counts.neither];
        row.extend(numbers.map(|number| number.to_string()));
        row.extend([pair.accuracy_first.estimate, pair.accuracy_second.estimate, pair.difference].map(share));
        row.extend(ends(Some(pair.difference_interval)));
        row.push(p_cell(pair.mcnemar_p));
        row.push(pair.error_consistency.map(share).unwrap_or_default());
        row.extend(ends(pair.error_consistency_interval));
        row.extend(proportion(pair.same_wrong_choice));
        table.push(row);
    }
    table
}

const SCORE: &str = "trials,answered,correct,missed,tie,non_finite,unscored,accuracy,accuracy_low,accuracy_high,accuracy_of_answered,accuracy_of_answered_low,accuracy_of_answered_high,p_chance";

fn score(score: &Score) -> Vec<String> {
    let counts = score.counts;
    let trials = score.accuracy.map_or(0, |accuracy| accuracy.of);
    let numbers = [
        trials,
        counts.answered,
        counts.correct,
        counts.missed,
        counts.tie,
        counts.non_finite,
        counts.unscored,
    ];
    let mut cells: Vec<String> = numbers.iter().map(u64::to_string).collect();
    cells.extend(proportion(score.accuracy));
    cells.extend(proportion(score.accuracy_of_answered));
    cells.push(score.chance_p.map(p_cell).unwrap_or_default());
    cells
}

fn identity(observer: &Observer) -> Vec<String> {
    let kind = match observer.kind {
        ObserverKind::Human => "human",
        ObserverKind::Model => "model",
        ObserverKind::Simulated => "simulated",
    };
    let hash = observer.weights_hash.as_ref().map(|hash| hash.to_string()).unwrap_or_default();
    vec![kind.into(), observer.name.to_string(), hash, observer.reading.clone().unwrap_or_default()]
}

fn times_cells(times: &Times) -> Vec<String> {
    let ms = |value: f64| format!("{value:.1}");
    let both = |interval: Option<Interval>| match interval {
        Some(Interval { low, high }) => [ms(low), ms(high)],
        None => Default::default(),
    };
    let mut cells = vec![times.n().to_string(), ms(times.median_ms)];
    cells.extend(both(times.median_interval_ms));
    cells.extend([ms(times.lower_quartile_ms), ms(times.upper_quartile_ms)]);
    cells.push(times.mean_ms.map(|(mean, _)| ms(mean)).unwrap_or_default());
    cells.extend(both(times.mean_ms.map(|(_, interval)| interval)));
    cells
}

fn proportion(value: Option<Proportion>) -> Vec<String> {
    let mut cells = vec![value.map(|value| share(value.estimate)).unwrap_or_default()];
    cells.extend(ends(value.map(|value| value.interval)));
    cells
}

fn ends(interval: Option<Interval>) -> [String; 2] {
    interval.map_or_else(Default::default, |interval| [share(interval.low), share(interval.high)])
}

fn share(value: f64) -> String {
    format!("{value:.4}")
}
