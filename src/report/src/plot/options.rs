//! How a plot is drawn: width, colours, ids and words.

use std::borrow::Cow;

/// How a plot is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotOptions {
    /// Width in CSS pixels, at least 280; the height follows from the content. Below 560 the narrow layout
    /// is used.
    pub width_px: u32,
    /// False: colours are the page's `--plot-ink`, `--plot-muted`, `--plot-grid`, `--plot-paper`, `--plot-1`
    /// … `--plot-6` (with light defaults), and the font is inherited. True: plain colours on white, for a
    /// file of its own.
    pub standalone: bool,
    /// Prefix of the ids inside; two plots of one page need two.
    pub id: Cow<'static, str>,
    /// The words on it.
    pub words: Words,
}

impl PlotOptions {
    /// A plot for the page, in English.
    pub fn new(id: impl Into<Cow<'static, str>>, width_px: u32) -> Self {
        Self { width_px, standalone: false, id: id.into(), words: Words::default() }
    }

    /// The same as a file of its own.
    pub fn standalone(mut self) -> Self {
        self.standalone = true;
        self
    }
}

/// The words on the plots, to be given in the page's language.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// Title for screen readers.
    pub accuracy_title: Cow<'static, str>,
    /// Title for screen readers.
    pub categories_title: Cow<'static, str>,
    /// Title for screen readers.
    pub reaction_times_title: Cow<'static, str>,
    /// Axis of accuracy.
    pub proportion_correct: Cow<'static, str>,
    /// Axis of reaction times, with the unit.
    pub reaction_time: Cow<'static, str>,
    /// Axis of the cumulative distribution.
    pub cumulative: Cow<'static, str>,
    /// At the dashed line.
    pub chance: Cow<'static, str>,
    /// Where there is nothing to draw.
    pub no_data: Cow<'static, str>,
    /// After the number of models left out of a plot.
    pub more: Cow<'static, str>,
    /// Everyone together, where single people are too many to tell apart.
    pub all_people: Cow<'static, str>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            accuracy_title: "Accuracy by observer".into(),
            categories_title: "Accuracy by category and observer".into(),
            reaction_times_title: "Reaction times of correct answers".into(),
            proportion_correct: "Proportion correct (95 % Wilson interval)".into(),
            reaction_time: "Reaction time of correct answers (ms)".into(),
            cumulative: "Cumulative proportion of answers (marker: median)".into(),
            chance: "chance".into(),
            no_data: "No scored trials yet".into(),
            more: "more models: see the table".into(),
            all_people: "all people".into(),
        }
    }
}

/// The widest plot that still makes sense to a reader, and the narrowest that has room for an axis.
pub(super) const WIDTHS_PX: std::ops::RangeInclusive<u32> = 280..=4000;
/// Plots below this width in CSS pixels use the narrow layout.
pub(super) const NARROW_PX: i32 = 560;
