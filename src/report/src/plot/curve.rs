//! How one quantity changes along another, such as the loss of a network over its training.

use super::axis::{FOOT_PX, Scale, nice_step, title};
use super::canvas::{Canvas, draw, width_px};
use super::options::{NARROW_PX, PlotOptions};
use super::text::{Anchor, text_width_px};
use super::theme::Paint;

/// A line through points.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Title above the plot.
    pub title: String,
    /// The horizontal axis, with its unit.
    pub across: String,
    /// The vertical axis, with its unit.
    pub upward: String,
    /// Finite points, in the order in which the line joins them.
    pub points: Vec<(f64, f64)>,
}

/// The curve over axes that begin and end at ticks. The horizontal axis holds 0.
pub fn curve_plot(of: &Curve, options: &PlotOptions) -> String {
    let width = width_px(options);
    let (top, plot_px) = (60, if width < NARROW_PX { 220 } else { 300 });
    let bottom = top + plot_px;
    let across = Ticks::over(of.points.iter().map(|point| point.0).chain([0.0]), width);
    let upward = Ticks::over(of.points.iter().map(|point| point.1), plot_px * 2);
    let label_px = upward.labels().map(|(_, label)| text_width_px(&label)).max().unwrap_or(0);
    let x = Scale { values: across.ends(), px: (label_px + 20, width - 24) };
    let y = Scale { values: upward.ends(), px: (bottom, top) };
    draw(options, bottom + FOOT_PX, (&of.title, &in_words(of)), |canvas| {
        canvas.text(&of.title, (12, 18), Anchor::Start, Paint::Ink);
        canvas.text(&of.upward, (12, top - 18), Anchor::Start, Paint::Muted);
        axes(canvas, (x, &across), (y, &upward));
        title(canvas, &of.across, x.px, bottom + 40, options);
        let points: Vec<_> = of.points.iter().map(|&(a, b)| (x.at(a), y.at(b))).collect();
        canvas.path(&points, Paint::Series(0), (2, 1.0));
    })
}

fn axes(canvas: &mut Canvas, (x, across): (Scale, &Ticks), (y, upward): (Scale, &Ticks)) {
    for (value, label) in upward.labels() {
        let place = y.at(value);
        canvas.line((x.px.0, place), (x.px.1, place), Paint::Grid, 1);
        canvas.text(&label, (x.px.0 - 8, place), Anchor::End, Paint::Muted);
    }
    for (value, label) in across.labels() {
        let place = x.at(value);
        canvas.line((place, y.px.0), (place, y.px.0 + 4), Paint::Muted, 1);
        canvas.text(&label, (place, y.px.0 + 16), Anchor::Middle, Paint::Muted);
    }
    canvas.line((x.px.0, y.px.0), (x.px.1, y.px.0), Paint::Muted, 1);
}

/// The numbers, for those who do not see the picture.
fn in_words(of: &Curve) -> String {
    let at = |point: Option<&(f64, f64)>| point.map_or("–".into(), |(a, b)| format!("{b:.4} at {a}"));
    format!("{} by {}: {}, at last {}", of.upward, of.across, at(of.points.first()), at(of.points.last()))
}

/// Ticks at whole multiples of a step, from below the least value to above the greatest.
struct Ticks {
    step: f64,
    first: i64,
    last: i64,
}

impl Ticks {
    fn over(values: impl Iterator<Item = f64>, length_px: i32) -> Self {
        let ends = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        let (low, high) = if ends.0 <= ends.1 { ends } else { (0.0, 1.0) };
        let span = if high > low { high - low } else { high.abs().max(1e-9) };
        let step = nice_step(span, length_px);
        let first = (low / step).floor() as i64;
        Self { step, first, last: ((high / step).ceil() as i64).max(first + 1) }
    }

    fn ends(&self) -> (f64, f64) {
        (self.first as f64 * self.step, self.last as f64 * self.step)
    }

    fn labels(&self) -> impl Iterator<Item = (f64, String)> {
        let decimals = (0..8).find(|&d| {
            let scaled = self.step * 10_f64.powi(d);
            (scaled - scaled.round()).abs() < 1e-6
        });
        let decimals = decimals.unwrap_or(8) as usize;
        (self.first..=self.last).map(move |place| {
            let value = place as f64 * self.step;
            (value, format!("{value:.decimals$}"))
        })
    }
}
