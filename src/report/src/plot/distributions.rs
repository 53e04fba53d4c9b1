//! How a measure is distributed in several groups: one histogram a row over a shared axis, so that they can
//! be set against each other.

use gestalt_stats::{ascending, quantile};

use super::axis::{FOOT_PX, HEAD_PX, Scale, nice_step, title};
use super::canvas::{Canvas, draw, width_px};
use super::options::{NARROW_PX, PlotOptions};
use super::text::{Anchor, fit, text_width_px};
use super::theme::Paint;

/// Groups of values of one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Distributions {
    /// Title for screen readers.
    pub title: String,
    /// The measure, with its unit.
    pub axis: String,
    /// Name and finite values of each group.
    pub rows: Vec<(String, Vec<f64>)>,
    /// A dashed line with its word.
    pub threshold: Option<(f64, String)>,
}

/// Room for one histogram.
const ROW_PX: i32 = 58;
/// Height of the fullest bin.
const BAR_PX: i32 = 46;
/// Width of a bin, in CSS pixels.
const BIN_PX: i32 = 8;

/// One histogram a row, each scaled to its fullest bin, with a line at its median. Names stand at the left,
/// or above their row where the plot is narrow; the numbers are in the description.
pub fn distributions_plot(of: &Distributions, options: &PlotOptions) -> String {
    let width = width_px(options);
    let narrow = width < NARROW_PX;
    let names = of.rows.iter().map(|(name, _)| text_width_px(name)).max().unwrap_or(0);
    let left = if narrow { 16 } else { names.min(width / 3) + 28 };
    let row_px = if narrow { ROW_PX + 20 } else { ROW_PX };
    let bottom = HEAD_PX + row_px * of.rows.len().max(1) as i32;
    let (low, high, step) = range(of, width);
    let scale = Scale { values: (low, high), px: (left, width - 24) };
    let described: Vec<String> = of.rows.iter().map(|(name, values)| in_words(name, values)).collect();
    draw(options, bottom + FOOT_PX, (&of.title, &described.join("; ")), |canvas| {
        ticks(canvas, scale, (HEAD_PX, bottom), step);
        title(canvas, &of.axis, scale.px, bottom + 38, options);
        for (place, (name, values)) in (0..).zip(&of.rows) {
            let foot = HEAD_PX + row_px * (place + 1);
            if narrow {
                let from = (8, foot - ROW_PX - 18);
                canvas.rectangle(from, (width - 8, foot - ROW_PX + 2), Paint::Paper, 1.0);
                canvas.text(&fit(name, width - 24), (12, foot - ROW_PX - 8), Anchor::Start, Paint::Ink);
            } else {
                canvas.text(&fit(name, left - 20), (12, foot - BAR_PX / 2), Anchor::Start, Paint::Ink);
            }
            histogram(canvas, scale, values, foot);
        }
        if let Some((value, word)) = &of.threshold {
            threshold(canvas, scale, (HEAD_PX, bottom), (*value, word));
        }
    })
}

/// From the first tick to the last, and the step between them; what is drawn lies inside, and so does 0.
fn range(of: &Distributions, width_px: i32) -> (f64, f64, f64) {
    let values = of.rows.iter().flat_map(|(_, values)| values).chain(of.threshold.iter().map(|(at, _)| at));
    let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), &v| (low.min(v), high.max(v)));
    let step = nice_step((high - low).max(1e-9), width_px);
    ((low / step).floor() * step, ((high / step).ceil() * step).max(low + step), step)
}

fn ticks(canvas: &mut Canvas, scale: Scale, (top, bottom): (i32, i32), step: f64) {
    let decimals =
        (0..8).find(|&d| ((step * 10_f64.powi(d)).fract() - 0.5).abs() > 0.4999).unwrap_or(8) as usize;
    let (low, high) = scale.values;
    for tick in 0..=((high - low) / step).round() as i32 {
        let value = low + f64::from(tick) * step;
        let x = scale.at(value);
        canvas.line((x, top), (x, bottom), Paint::Grid, 1);
        canvas.text(&format!("{value:.decimals$}"), (x, bottom + 14), Anchor::Middle, Paint::Muted);
    }
}

fn histogram(canvas: &mut Canvas, scale: Scale, values: &[f64], foot: i32) {
    let (left, right) = scale.px;
    let mut bins = vec![0_i32; ((right - left) / BIN_PX + 1) as usize];
    values.iter().for_each(|value| bins[((scale.at(*value) - left) / BIN_PX) as usize] += 1);
    let fullest = bins.iter().copied().max().unwrap_or(0).max(1);
    for (place, &count) in (0..).zip(&bins).filter(|(_, count)| **count > 0) {
        let x = left + place * BIN_PX;
        // A single value stays visible beside a full bin.
        let height = (count * BAR_PX / fullest).max(2);
        canvas.rectangle((x, foot - height), ((x + BIN_PX - 1).min(right), foot), Paint::Series(0), 1.0);
    }
    canvas.line((left, foot), (right, foot), Paint::Muted, 1);
    if let Some(median) = ascending(values).ok().and_then(|sorted| quantile(&sorted, 0.5)) {
        let x = scale.at(median);
        canvas.line((x, foot - BAR_PX - 4), (x, foot), Paint::Ink, 2);
    }
}

fn threshold(canvas: &mut Canvas, scale: Scale, (top, bottom): (i32, i32), (value, word): (f64, &str)) {
    let x = scale.at(value);
    canvas.dashes(x, top - 6, bottom, Paint::Ink);
    let half = text_width_px(word) / 2;
    let middle = x.min(scale.px.1 + 20 - half).max(half + 4);
    canvas.text(word, (middle, top - 15), Anchor::Middle, Paint::Ink)
}

/// The numbers, for those who do not see the picture.
fn in_words(name: &str, values: &[f64]) -> String {
    let sorted = ascending(values).unwrap_or_default();
    match [0.05, 0.5, 0.95].map(|share| quantile(&sorted, share)) {
        [Some(low), Some(median), Some(high)] => {
            format!(
                "{name}: median {median:.3}, 5 % below {low:.3}, 5 % above {high:.3}, n = {}",
                values.len()
            )
        }
        _ => format!("{name}: no values"),
    }
}
