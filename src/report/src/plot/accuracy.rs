//! Accuracy of each observer: a dot with its Wilson interval, beside the line of chance.

use gestalt_analysis::{ObserverSummary, labels};
use gestalt_stats::Proportion;

use super::axis::{FOOT_PX, HEAD_PX, Scale, proportions};
use super::canvas::{Canvas, Point, draw, width_px};
use super::options::{NARROW_PX, PlotOptions};
use super::text::{Anchor, fit, text_width_px};
use super::theme::{Paint, series_of};

/// One row an observer, in the order given. Names stand at the left, or above their row where the plot is
/// narrow.
pub fn accuracy_plot(observers: &[ObserverSummary], options: &PlotOptions) -> String {
    let values = observers.iter().map(|entry| entry.overall.accuracy);
    let rows: Vec<_> = labels(observers).into_iter().zip(values).collect();
    dots(&rows, &series_of(observers), options)
}

/// One row a named proportion, all of one colour: for observers that have no rows in a log.
pub fn proportions_plot(rows: &[(String, Option<Proportion>)], options: &PlotOptions) -> String {
    dots(rows, &vec![0; rows.len()], options)
}

fn dots(rows: &[(String, Option<Proportion>)], series: &[usize], options: &PlotOptions) -> String {
    let names: Vec<String> = rows.iter().map(|(name, _)| name.clone()).collect();
    let in_words = |value: &Option<Proportion>| {
        value.map_or_else(|| options.words.no_data.to_string(), |value| in_words(&value))
    };
    let words: Vec<String> = rows.iter().map(|(_, value)| in_words(value)).collect();
    let described: Vec<String> =
        names.iter().zip(&words).map(|(name, value)| format!("{name}: {value}")).collect();
    let layout = Layout::new(&names, &words, options);
    let height = HEAD_PX + layout.row_px * rows.len().max(1) as i32 + FOOT_PX;
    let texts = (options.words.accuracy_title.as_ref(), described.join("; "));
    draw(options, height, (texts.0, &texts.1), |canvas| {
        let bottom = height - FOOT_PX;
        let scale = Scale { values: (0.0, 1.0), px: layout.axis_px };
        proportions(canvas, scale, (HEAD_PX, bottom), options);
        if rows.is_empty() {
            let place = (layout.axis_px.0 + 8, HEAD_PX + layout.row_px / 2);
            return canvas.text(&options.words.no_data, place, Anchor::Start, Paint::Muted);
        }
        for (place, (name, value)) in rows.iter().enumerate() {
            let top = HEAD_PX + layout.row_px * place as i32;
            layout.texts(canvas, top, (name, &words[place]));
            if let Some(value) = value {
                dot(canvas, scale, value, layout.marks_at(top), series[place]);
            }
        }
    })
}

/// A proportion as the plots and tables write it: `0.90 [0.79, 0.96], n = 50`.
fn in_words(value: &Proportion) -> String {
    let (low, high) = (value.interval.low, value.interval.high);
    format!("{:.2} [{low:.2}, {high:.2}], n = {}", value.estimate, value.of)
}

/// A dot with its interval.
pub(super) fn dot(canvas: &mut Canvas, scale: Scale, value: &Proportion, y: i32, series: usize) {
    let ends = (scale.at(value.interval.low), scale.at(value.interval.high));
    canvas.estimate((scale.at(value.estimate), y), ends, series, &in_words(value));
}

struct Layout {
    narrow: bool,
    width_px: i32,
    axis_px: (i32, i32),
    row_px: i32,
    value_px: i32,
}

impl Layout {
    fn new(names: &[String], values: &[String], options: &PlotOptions) -> Self {
        let width_px = width_px(options);
        let widest = |texts: &[String]| texts.iter().map(|text| text_width_px(text)).max().unwrap_or(0);
        let value_px = widest(values);
        let narrow = width_px < NARROW_PX;
        let axis_px = if narrow {
            (12, width_px - 12)
        } else {
            let name_px = widest(names).min(width_px / 3);
            (name_px + 28, width_px - value_px - 28)
        };
        Self { narrow, width_px, axis_px, row_px: if narrow { 48 } else { 34 }, value_px }
    }

    fn marks_at(&self, top: i32) -> i32 {
        if self.narrow { top + 35 } else { top + self.row_px / 2 }
    }

    fn texts(&self, canvas: &mut Canvas, top: i32, (name, value): (&str, &str)) {
        let (y, room): (i32, i32) = if self.narrow {
            (top + 16, self.width_px - self.value_px - 36)
        } else {
            (self.marks_at(top), self.axis_px.0 - 20)
        };
        let left: Point = (12, y);
        if self.narrow {
            // The grid runs behind the text: paper under it keeps it legible.
            canvas.rectangle((6, top + 5), (self.width_px - 6, top + 27), Paint::Paper, 1.0);
        }
        canvas.text(&fit(name, room), left, Anchor::Start, Paint::Ink);
        canvas.text(value, (self.width_px - 12, y), Anchor::End, Paint::Muted)
    }
}
