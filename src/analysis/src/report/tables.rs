//! The tables of an analysis, made once and written as CSV or HTML.

use gestalt_protocol::ObserverKind;
use gestalt_stats::{Interval, Proportion, p_cell};
use gestalt_types::Name;

use crate::comparison::Comparison;
use crate::plot::escape;
use crate::rows::Observer;
use crate::summary::{ObserverSummary, Score, labels};
use crate::times::{Times, device_name};

/// Header and rows of text; unknown is the empty cell.
pub(super) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new(header: &str) -> Self {
        Self { header: header.split(',').map(str::to_owned).collect(), rows: Vec::new() }
    }

    /// Comma separated, quoted where needed, lines ended by CR LF (RFC 4180).
    pub(super) fn to_csv(&self) -> String {
        let cell = |text: &String| {
            let quoted = text.contains(['"', ',', '\n', '\r']);
            if quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() }
        };
        let line = |cells: &Vec<String>| cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n";
        std::iter::once(&self.header).chain(&self.rows).map(line).collect()
    }

    /// Columns of numbers are set to the right; a hash is cut to its first digits, the CSV has it whole.
    pub(super) fn to_html(&self, caption: &str) -> String {
        let is_number = |column: usize| {
            let mut cells =
                self.rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
            cells.all(|cell| cell.parse::<f64>().is_ok())
        };
        let classes: Vec<&str> =
            (0..self.header.len()).map(|column| if is_number(column) { "number" } else { "text" }).collect();
        let line = |cells: &[String], tag: &str| {
            let each = cells.iter().zip(&classes).map(|(cell, class)| {
                let hash = cell.len() == 64 && cell.bytes().all(|byte| byte.is_ascii_hexdigit());
                let cell = if hash { format!("{}…", &cell[..8]) } else { escape(cell) };
                format!("<{tag} class=\"{class}\">{cell}</{tag}>")
            });
            format!("<tr>{}</tr>\n", each.collect::<String>())
        };
        let rows: String = self.rows.iter().map(|row| line(row, "td")).collect();
        let header: Vec<String> = self.header.iter().map(|name| name.replace('_', " ")).collect();
        format!(
            "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}</caption>\n\
             <thead>{1}</thead>\n<tbody>{rows}</tbody></table></div>\n",
            escape(caption),
            line(&header, "th"),
        )
    }
}

/// One row an observer, or an observer and session.
pub(super) fn summary(entries: &[ObserverSummary]) -> Table {
    let mut table = Table::new(&format!(
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
        table.rows.push(row);
    }
    table
}

/// One row an observer and group.
pub(super) fn groups(
    entries: &[ObserverSummary],
    group: &str,
    of: impl Fn(&ObserverSummary) -> &Vec<(Name, Score)>,
) -> Table {
    let mut table = Table::new(&format!("kind,observer,weights_hash,reading,{group},{SCORE}"));
    for entry in entries {
        for (name, value) in of(entry) {
            let mut row = identity(&entry.observer);
            row.push(name.to_string());
            row.extend(score(value));
            table.rows.push(row);
        }
    }
    table
}

/// One row an observer, input device and kind of answers.
pub(super) fn reaction_times(entries: &[ObserverSummary]) -> Table {
    let mut table = Table::new(
        "observer,input_device,answers,n,median_ms,median_low_ms,median_high_ms,lower_quartile_ms,upper_quartile_ms,mean_ms,mean_low_ms,mean_high_ms",
    );
    for entry in entries {
        for part in &entry.reaction_times {
            let device = device_name(part.input_device);
            for (answers, times) in [("correct", part.correct.as_ref()), ("all", Some(&part.answered))] {
                let Some(times) = times else { continue };
                let mut row = vec![entry.observer.name.to_string(), device.into(), answers.into()];
                row.extend(times_cells(times));
                table.rows.push(row);
            }
        }
    }
    table
}

/// One row a pair.
pub(super) fn comparisons(entries: &[ObserverSummary], comparisons: &[Comparison]) -> Table {
    let mut table = Table::new(
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
        table.rows.push(row);
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
    let kind = if observer.kind == ObserverKind::Human { "human" } else { "model" };
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
