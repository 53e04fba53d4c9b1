//! The report as one page that needs nothing else: plots, tables, and what the numbers mean.

use super::{CAVEATS, WIDTH_PX, tables};
use crate::comparison::Comparison;
use crate::plot::{PlotError, PlotOptions, accuracy_plot, categories_plot, escape, reaction_times_plot};
use crate::summary::Summary;

/// Colours, light and dark, and the look of tables of every page that this software writes as a file of its own.
pub const PAGE_STYLE: &str = "\
:root{color-scheme:light dark;--plot-ink:#1a1a1a;--plot-muted:#595959;--plot-grid:#d9d9d9;--plot-paper:#fff;--plot-1:#0072b2;--plot-2:#d55e00;--plot-3:#009e73;--plot-4:#cc79a7;--plot-5:#e69f00;--plot-6:#56b4e9}
@media(prefers-color-scheme:dark){:root{--plot-ink:#ececec;--plot-muted:#b0b0b0;--plot-grid:#3d3d3d;--plot-paper:#161616;--plot-1:#4aa8e0;--plot-2:#f0803c;--plot-3:#2fc59b;--plot-4:#e39cc3;--plot-5:#f0b93a;--plot-6:#a5d8f5}}
body{font-family:system-ui,sans-serif;line-height:1.5;max-width:60rem;margin:2rem auto;padding:0 1rem;background:var(--plot-paper);color:var(--plot-ink)}
svg{max-width:100%;height:auto}
.table{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{padding:.2rem .6rem;border-bottom:1px solid var(--plot-grid);text-align:left;vertical-align:bottom}
.number{text-align:right}
td{white-space:nowrap}
td.text{max-width:24ch;overflow:hidden;text-overflow:ellipsis}
";

/// The page.
pub(super) fn page(summary: &Summary, comparisons: &[Comparison]) -> Result<String, PlotError> {
    let observers = summary.observers.as_slice();
    let options = |id| PlotOptions::new(id, WIDTH_PX);
    let plots = [
        ("Accuracy", accuracy_plot(observers, &options("accuracy"))?),
        ("Categories", categories_plot(observers, &options("categories"))?),
        ("Reaction times", reaction_times_plot(observers, &options("reaction-times"))?),
    ];
    let plots: String =
        plots.iter().map(|(title, svg)| format!("<h2>{title}</h2>\n<figure>{svg}</figure>\n")).collect();
    let tables = [
        tables::summary(observers).to_html("Observers"),
        tables::comparisons(observers, comparisons)
            .to_html("Pairs of observers, on the trials both answered"),
        tables::groups(observers, "category", |entry| &entry.categories).to_html("By category"),
        tables::groups(observers, "condition", |entry| &entry.conditions).to_html("By condition"),
        tables::reaction_times(observers).to_html("Reaction times"),
        tables::summary(&summary.sessions).to_html("Sessions"),
    ];
    let caveats: String = CAVEATS.iter().map(|text| format!("<li>{}</li>\n", escape(text))).collect();
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Gestalt Lab: analysis</title>\n<style>\n{PAGE_STYLE}figure{{margin:0}}</style>\n</head>\n<body>\n<main>\n<h1>Analysis</h1>\n{plots}\
         <h2>Tables</h2>\n{}<h2>How to read the numbers</h2>\n<ul>\n{caveats}</ul>\n</main>\n</body>\n</html>\n",
        tables.concat(),
    ))
}
