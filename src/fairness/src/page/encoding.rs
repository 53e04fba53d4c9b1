//! The part of the page that says what the encoding of the files gives away.

use gestalt_report::proportions_plot;
use gestalt_stats::{Proportion, p_text};
use maud::{Markup, html};

use super::summary::plots;
use super::{table, with_interval};
use crate::encoding::{EncodingReport, TraceResult};

/// The encoding observer: plot and table of its traces.
pub(super) fn encoding(report: &EncodingReport) -> Markup {
    if report.trials == 0 {
        return html! { p { "Not measured: the set has no test trials but controls." } };
    }
    let proportion = |trace: &TraceResult| (trace.name.to_owned(), Proportion::new(trace.hits, trace.of));
    let traces: Vec<_> = report.traces.iter().map(proportion).collect();
    let plot = plots("encoding-plot", |mut options| {
        options.words.accuracy_title = "Accuracy of the encoding observer".into();
        options.words.no_data = "no answers".into();
        proportions_plot(&traces, &options)
    });
    let cells = |trace: &TraceResult, corrected: Markup| {
        vec![
            html! { (trace.name) },
            html! { (with_interval(trace.hits as f64 / trace.of.max(1) as f64, trace.interval)) },
            html! { (trace.of) },
            html! { (trace.ties) },
            html! { (p_text(trace.p)) },
            corrected,
        ]
    };
    let tried = report.traces.iter().map(|trace| cells(trace, html! { (p_text(trace.corrected_p)) }));
    let told = report.file_size.iter().map(|size| cells(size, html! { "told only" }));
    let header = ["Trace", "Correct [95 %]", "Trials", "Ties", "p", "p (Holm)"];
    html! {
        p {
            "Traces that an encoder leaves in pixels, each measured against the picture itself; the odd picture \
             is the one that is furthest from the other two. "
            "A tie is not correct here, so a set without any trace lies at 1/3 or below. Of the size of the \
             files it is only told: it measures what a picture shows, too."
        }
        (plot)
        (table("Encoding observer", &header, tried.chain(told).collect()))
    }
}
