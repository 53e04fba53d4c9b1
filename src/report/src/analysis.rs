//! A whole analysis as files: tables for a spreadsheet, plots for a paper, one page to read.

use gestalt_analysis::{Comparison, Summary, compare_all, summarise};
use gestalt_protocol::Row;
use maud::{PreEscaped, html};

use crate::page::Document;
use crate::plot::{PlotOptions, accuracy_plot, categories_plot, reaction_times_plot};
use crate::tables;

/// What a reader of the numbers has to know. It stands under the tables and belongs wherever they are shown.
pub const CAVEATS: [&str; 6] = [
    "Accuracy is the number of correct answers divided by all test trials that ended: answered, missed, tied or \
     not finite. A trial without a choice is not a correct answer; accuracy_of_answered sets such trials aside.",
    "Practice never counts, catch trials are counted apart, an interrupted trial counts by its repetition only, \
     and a row that arrived twice counts once.",
    "Intervals are 95 %: Wilson for proportions (trials taken as independent; a person's trials, or people \
     pooled, vary more), Newcombe's paired method for differences, percentiles of 10,000 bootstrap draws of \
     trials for error consistency, Student's t for means, order statistics for medians.",
    "The chance level is 1/3; p_chance is the exact probability of at least so many correct answers by guessing.",
    "Comparisons use the test trials that both answered. No p value is corrected for the number of comparisons.",
    "Reaction times are kept apart by input device, because touch adds 58 to 70 ms. Of a model that took a \
     trial more than once, the newest answer counts.",
];

/// Width of the plots that are written as files.
const WIDTH_PX: u32 = 900;

/// The files of `gestalt analyze`: name and content. Tables are CSV (RFC 4180), unknown is empty.
pub fn analysis_files(rows: &[Row]) -> Vec<(String, String)> {
    let summary = summarise(rows);
    let comparisons = compare_all(rows);
    let observers = summary.observers.as_slice();
    let options = |id| PlotOptions::new(id, WIDTH_PX).standalone();
    let files = [
        ("summary.csv", tables::summary(observers).to_csv()),
        ("sessions.csv", tables::summary(&summary.sessions).to_csv()),
        ("by_category.csv", tables::groups(observers, "category", |entry| &entry.categories).to_csv()),
        ("by_condition.csv", tables::groups(observers, "condition", |entry| &entry.conditions).to_csv()),
        ("reaction_times.csv", tables::reaction_times(observers).to_csv()),
        ("comparisons.csv", tables::comparisons(observers, &comparisons).to_csv()),
        ("accuracy.svg", accuracy_plot(observers, &options("accuracy"))),
        ("categories.svg", categories_plot(observers, &options("categories"))),
        ("reaction_times.svg", reaction_times_plot(observers, &options("reaction-times"))),
        ("report.html", page(&summary, &comparisons)),
    ];
    files.into_iter().map(|(name, content)| (name.to_owned(), content)).collect()
}

fn page(summary: &Summary, comparisons: &[Comparison]) -> String {
    let observers = summary.observers.as_slice();
    let options = |id| PlotOptions::new(id, WIDTH_PX);
    let plots = [
        ("Accuracy", accuracy_plot(observers, &options("accuracy"))),
        ("Categories", categories_plot(observers, &options("categories"))),
        ("Reaction times", reaction_times_plot(observers, &options("reaction-times"))),
    ];
    let tables = [
        tables::summary(observers).to_html("Observers"),
        tables::comparisons(observers, comparisons)
            .to_html("Pairs of observers, on the trials both answered"),
        tables::groups(observers, "category", |entry| &entry.categories).to_html("By category"),
        tables::groups(observers, "condition", |entry| &entry.conditions).to_html("By condition"),
        tables::reaction_times(observers).to_html("Reaction times"),
        tables::summary(&summary.sessions).to_html("Sessions"),
    ];
    let body = html! {
        h1 { "Analysis" }
        @for (heading, svg) in plots { h2 { (heading) } figure { (PreEscaped(svg)) } }
        h2 { "Tables" }
        @for table in tables { (table) }
        h2 { "How to read the numbers" }
        ul { @for caveat in CAVEATS { li { (caveat) } } }
    };
    Document { title: "Gestalt Lab: analysis", style: "", body }.into_html()
}
