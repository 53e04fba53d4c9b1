//! The report as one HTML file that needs nothing else: pictures, plots, tables, and what the numbers mean.

mod encoding;
mod examples;
mod layers;
mod measures;
mod pictures;
mod summary;
mod tables;
mod wholeness;

use gestalt_protocol::Role;
use gestalt_report::Document;
use gestalt_stats::Interval;
use gestalt_trial_sets::{Problem, TrialSetFolder};
use maud::{Markup, html};

use crate::report::{LeftOut, Report};

/// Why the page cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// A picture of the set cannot be read.
    #[error(transparent)]
    Picture(#[from] Problem),
    /// A small copy of a picture cannot be made.
    #[error("a small copy of a picture cannot be made: {0}")]
    Copy(#[from] image::ImageError),
}

/// The sections of the page: id and heading.
const SECTIONS: [(&str, &str); 8] = [
    ("controls", "Can it be solved without the whole?"),
    ("encoding", "Can it be solved by how the files are encoded?"),
    ("measures", "Arrangement and texture"),
    ("layers", "Statistics kept, level by level"),
    ("examples", "Good and bad examples"),
    ("flagged", "Flagged trials"),
    ("trials", "Every trial"),
    ("reading", "How to read this"),
];

impl Report {
    /// The whole page; reads the pictures of `folder` again, a few at a time, for the small copies in it.
    ///
    /// # Errors
    /// When a picture cannot be read.
    pub fn to_html(&self, folder: &TrialSetFolder) -> Result<String, PageError> {
        let sections = [
            summary::controls(self),
            encoding::encoding(&self.encoding),
            measures::measures(self),
            layers::kept(self),
            examples::examples(self, folder)?,
            examples::flagged(self, folder)?,
            tables::every_trial(self, folder)?,
            reading(self),
        ];
        let title = format!("Fairness of the trial set {}", self.set);
        let body = html! {
            h1 { (title) }
            (summary::verdict(self))
            (facts(self))
            nav aria-label="Sections" {
                ul { @for (id, heading) in SECTIONS { li { a href={ "#" (id) } { (heading) } } } }
            }
            @for ((id, heading), section) in SECTIONS.iter().zip(sections) {
                section aria-labelledby=(id) { h2 id=(id) { (heading) } (section) }
            }
        };
        Ok(Document { title: &title, style: include_str!("style.css"), body }.into_html())
    }

    fn count(&self, role: Role) -> usize {
        self.trials.iter().filter(|trial| trial.role == role).count()
    }
}

fn facts(report: &Report) -> Markup {
    let made = &report.made;
    let mut categories: Vec<_> = report.counted().map(|trial| &trial.category).collect();
    categories.sort();
    categories.dedup();
    let scales: Vec<String> =
        report.conditions.iter().map(|of| format!("{} at {} px", of.condition, of.scale_px)).collect();
    let scale = match (made.scale_px, scales.len()) {
        (Some(px), _) => format!("{px} px"),
        (None, 2..) => format!("by condition, {}", scales.join(", ")),
        (None, _) => "not stated".to_owned(),
    };
    let counted = report.counted().count();
    let uncounted = [
        (report.count(Role::Test) - counted + report.count(Role::Control), "control"),
        (report.count(Role::Practice), "practice"),
        (report.count(Role::Catch), "catch"),
    ];
    let uncounted = uncounted.map(|(count, of)| format!("{count} {of}")).join(", ");
    html! {
        dl {
            dt { "Trials" }
            dd {
                (counted) " test trials of " (categories.len()) " categories; " (uncounted)
                " trials, which are listed but neither counted nor flagged"
            }
            @if !report.left_out.is_empty() {
                dt { "Left out" }
                dd {
                    (report.left_out.len()) " trials that cannot be measured:"
                    ul { @for LeftOut { id, reason } in &report.left_out { li { code { (id) } ": " (reason) } } }
                }
            }
            dt { "Made from" } dd { (made.source) ", seed " (made.seed) }
            dt { "Distortions" } dd { (made.synthesis) ", local structure kept up to: " (scale) }
            dt { "Set" } dd { code { (report.set_hash) } ", by " (made.software) }
            dt { "Report" } dd { (report.software) }
        }
    }
}

fn reading(report: &Report) -> Markup {
    let thresholds = report.thresholds;
    let windows: Vec<String> = report.conditions.iter().map(|of| of.scale_px.to_string()).collect();
    let windows = windows.join(", ");
    html! {
        ul {
            li { "Intervals are 95 %: Wilson for proportions, percentiles of 10,000 bootstrap draws of trials \
                  for means. They speak of trials like these, made in this way; they say nothing of other \
                  sources of pictures." }
            li { "A control observer takes each trial with the order of the pictures out of play. A tie or a \
                  number that is not finite is never a correct answer; both are set aside from the accuracy, as \
                  in the sign test, and listed." }
            li { "p is the exact one-sided binomial probability of at least this many correct answers by \
                  guessing among three; p (Holm) holds for all control observers together. \
                  Below " (crate::control::LEVEL) " the set is called solvable by that observer. That an \
                                                   observer is not found above chance does not show that it is \
                                                   at chance: see the upper end of its interval." }
            li { "The rule that models are read with: every statistic is standardised over the pictures of the \
                  set, because their units differ; then each picture's vector is z-scored, and the odd one has \
                  the largest mean of 1 − Pearson's r to the other two. Trained: a linear discriminant that \
                  takes statistics as independent, learned on nine tenths of the trials and tested on the rest, \
                  ten times over. It shows whether the information is there, not that anybody uses it." }
            li { "Kept in place: the share of structured windows of the condition's scale (" (windows) " px) that correlate at 0.8 or more with the same place of the other picture. Kept together: the largest share that does so at one common displacement of up to half a picture, so that a whole that was only moved is found." }
            li { "Texture distance: sliced Wasserstein distance of the distributions of 7 × 7 patches, in grey \
                  levels, mean over levels up to the scale. Its share is that of the mean distance between \
                  intact pictures of different trials: at 1 a distortion is as far from its picture as another \
                  picture is." }
            li { "Texture statistics: Portilla and Simoncelli \
                  (2000), " (report.texture_scales) " scales and " (crate::measures::ORIENTATIONS) " orientations, of the luma, conventions of plenoptic; the observers see those of the two colour differences (ITU-R BT.601) as well. Filters that answer together: Gram matrices of 32 random filters of 5 × 5 px on each of " (report.bank_levels) " levels of a pyramid, which see 5, 13, 29 and 61 px of the picture, in the colours and strength of the intact picture, as the synthesis by a filter bank sees them. Kept: 1 − squared difference over the squared difference expected between two intact pictures of the set; 1 is everything, 0 is no more than another picture has." }
            li { "Flagged: kept together \
                  above " (thresholds.kept_above) " (" code { "--kept-above" } "), or texture share above " (thresholds.texture_above) " (" code { "--texture-above" } "), in either distortion. Severity is the larger of the two measures over their thresholds; examples are sorted by it." }
            li { "Small pictures on this page are JPEG copies. Observers see the lossless files of the set." }
        }
    }
}

/// A number with its sign, to two decimals.
fn number(value: f64) -> String {
    format!("{value:.2}").replace('-', "−")
}

/// A mean or proportion with its interval.
fn with_interval(value: f64, interval: impl Into<Option<Interval>>) -> String {
    let Some(interval) = interval.into() else { return number(value) };
    format!("{} [{}, {}]", number(value), number(interval.low), number(interval.high))
}

/// A scrollable table with a caption; the first cell of each row heads it.
fn table(caption: &str, header: &[&str], rows: Vec<Vec<Markup>>) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { tr { @for name in header { th scope="col" { (name) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (place, cell) in row.into_iter().enumerate() {
                                @if place == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
