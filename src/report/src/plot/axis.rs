//! What the plots share: scales, the axis of proportions with its line of chance, and the legend.

use gestalt_analysis::CHANCE;

use super::canvas::{Canvas, MARKER_PX, Point};
use super::options::PlotOptions;
use super::text::{Anchor, TEXT_PX, fit, text_width_px};
use super::theme::Paint;

/// From values to pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub(super) values: (f64, f64),
    pub(super) px: (i32, i32),
}

impl Scale {
    pub(super) fn at(&self, value: f64) -> i32 {
        let ((low, high), (from, to)) = (self.values, self.px);
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
        from + (share * f64::from(to - from)).round() as i32
    }
}

/// Room above the marks, for the word at the line of chance, and below them, for ticks and the axis title.
pub(super) const HEAD_PX: i32 = 26;
pub(super) const FOOT_PX: i32 = 54;

/// Grid, ticks, title and line of chance of a horizontal axis of proportions between `top` and `bottom`.
pub(super) fn proportions(
    canvas: &mut Canvas,
    scale: Scale,
    (top, bottom): (i32, i32),
    options: &PlotOptions,
) {
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let x = scale.at(tick);
        canvas.line((x, top), (x, bottom), Paint::Grid, 1);
        canvas.text(&format!("{tick}"), (x, bottom + 14), Anchor::Middle, Paint::Muted);
    }
    canvas.line((scale.px.0, bottom), (scale.px.1, bottom), Paint::Muted, 1);
    let chance = scale.at(CHANCE);
    canvas.dashes(chance, top - 6, bottom, Paint::Ink);
    let word = format!("{} 1/3", options.words.chance);
    canvas.text(&word, (chance, top - 15), Anchor::Middle, Paint::Ink);
    title(canvas, &options.words.proportion_correct, scale.px, bottom + 38, options)
}

/// The step between ticks that leaves each about 70 pixels or more.
pub(super) fn nice_step(span: f64, width_px: i32) -> f64 {
    let wanted = span / f64::from((width_px / 70).max(3));
    let power = 10_f64.powf(wanted.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0].map(|factor| factor * power);
    step.into_iter().find(|step| *step >= wanted).unwrap_or(power * 10.0)
}

/// An axis title, in the middle of its axis where it fits there, else in the middle of the plot.
pub(super) fn title(
    canvas: &mut Canvas,
    text: &str,
    (left, right): (i32, i32),
    y: i32,
    options: &PlotOptions,
) {
    let width = super::canvas::width_px(options);
    let half = text_width_px(text) / 2;
    let middle = ((left + right) / 2).min(width - half - 4).max(half + 4);
    canvas.text(&fit(text, width - 8), (middle, y), Anchor::Middle, Paint::Ink)
}

/// A legend that wraps.
pub(super) struct Legend<'a> {
    entries: Vec<(&'a str, usize, Point)>,
    height_px: i32,
}

impl<'a> Legend<'a> {
    /// Lays out names (with the number of their series) in this width, from the top left.
    pub(super) fn new(names: impl IntoIterator<Item = (&'a str, usize)>, width_px: i32) -> Self {
        let (mut x, mut y) = (0, 0);
        let mut entries = Vec::new();
        for (name, series) in names {
            let width = text_width_px(&fit(name, width_px - 24)) + 24;
            if x > 0 && x + width > width_px {
                (x, y) = (0, y + ROW_PX);
            }
            entries.push((name, series, (x, y)));
            x += width + 14;
        }
        let height_px = if entries.is_empty() { 0 } else { y + ROW_PX };
        Self { entries, height_px }
    }

    pub(super) fn height_px(&self) -> i32 {
        self.height_px
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, (left, top): Point, width_px: i32) {
        for &(name, series, (dx, dy)) in &self.entries {
            let (x, y) = (left + dx, top + dy + ROW_PX / 2);
            canvas.marker((x + MARKER_PX + 2, y), series);
            let name = fit(name, width_px - 24);
            canvas.text(&name, (x + MARKER_PX * 2 + 8, y), Anchor::Start, Paint::Ink);
        }
    }
}

const ROW_PX: i32 = TEXT_PX + 9;
