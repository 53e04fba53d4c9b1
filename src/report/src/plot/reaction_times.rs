//! Reaction times of people as cumulative distributions: every answer is in the picture, nothing is binned.

use gestalt_analysis::{ObserverSummary, Times, device_name, labels};
use gestalt_protocol::{InputDevice, ObserverKind};

use super::axis::{FOOT_PX, Legend, Scale, nice_step, title};
use super::canvas::{Canvas, draw, width_px};
use super::options::{NARROW_PX, PlotOptions};
use super::text::{Anchor, fit, text_width_px};
use super::theme::{Paint, SERIES_COUNT};

struct Curve {
    name: String,
    device: &'static str,
    times: Times,
}

impl Curve {
    /// Name and device; where room is short the name is cut, because the device tells curves of one person
    /// apart.
    fn label(&self, width_px: i32) -> String {
        let device = format!(", {}", self.device);
        fit(&self.name, width_px - text_width_px(&device)) + &device
    }
}

/// Correct answers of people, one curve an observer and input device (touch is slower, so devices are never
/// mixed). Beyond six curves the single ones fade and one curve a device shows everyone.
pub fn reaction_times_plot(observers: &[ObserverSummary], options: &PlotOptions) -> String {
    let single = curves(observers);
    let crowded = single.len() > SERIES_COUNT;
    let (faded, curves) = if crowded { (single, together(observers, options)) } else { (Vec::new(), single) };
    let width = width_px(options);
    let names: Vec<String> = curves.iter().map(|curve| curve.label(width - 48)).collect();
    let legend = Legend::new(names.iter().map(String::as_str).zip(0..), width - 24);
    let plot_px = if width < NARROW_PX { 220 } else { 300 };
    let top = legend.height_px() + 40;
    let bottom = top + plot_px;
    let described: Vec<String> = curves.iter().map(in_words).collect();
    let described = if curves.is_empty() { options.words.no_data.to_string() } else { described.join("; ") };
    let texts = (options.words.reaction_times_title.as_ref(), described.as_str());
    draw(options, bottom + FOOT_PX, texts, |canvas| {
        legend.draw(canvas, (12, 4), width - 24);
        let slowest = curves.iter().filter_map(|curve| curve.times.sorted_ms.last()).copied();
        let (end_ms, step_ms) = nice_end(slowest.fold(0.0, f64::max), width);
        let x = Scale { values: (0.0, end_ms), px: (48, width - 24) };
        let y = Scale { values: (0.0, 1.0), px: (bottom, top) };
        axes(canvas, (x, y), step_ms, options);
        if curves.is_empty() {
            let place = (x.px.0 + 12, top + plot_px / 2);
            canvas.text(&options.words.no_data, place, Anchor::Start, Paint::Muted);
        }
        for curve in &faded {
            canvas.path(&steps(&curve.times, x, y), Paint::Muted, (1, 0.4));
        }
        for (place, curve) in curves.iter().enumerate() {
            canvas.path(&steps(&curve.times, x, y), Paint::Series(place), (2, 1.0));
        }
        for (place, curve) in curves.iter().enumerate() {
            canvas.marker((x.at(curve.times.median_ms), y.at(0.5)), place);
        }
    })
}

fn curves(observers: &[ObserverSummary]) -> Vec<Curve> {
    let entries = observers.iter().zip(labels(observers));
    let people = entries.filter(|(entry, _)| entry.observer.kind == ObserverKind::Human);
    let each = people.flat_map(|(entry, name)| {
        entry.reaction_times.iter().filter_map(move |part| {
            let device = device_name(part.input_device);
            Some(Curve { name: name.clone(), device, times: part.correct.clone()? })
        })
    });
    each.collect()
}

fn together(observers: &[ObserverSummary], options: &PlotOptions) -> Vec<Curve> {
    let parts: Vec<_> = observers.iter().flat_map(|entry| &entry.reaction_times).collect();
    let mut devices: Vec<Option<InputDevice>> = Vec::new();
    for part in &parts {
        if !devices.contains(&part.input_device) {
            devices.push(part.input_device);
        }
    }
    let pooled = devices.into_iter().filter_map(|device| {
        let of_device = parts.iter().filter(|part| part.input_device == device);
        let correct = of_device.filter_map(|part| part.correct.as_ref());
        let times = Times::new(correct.flat_map(|times| times.sorted_ms.iter().copied()))?;
        Some(Curve { name: options.words.all_people.to_string(), device: device_name(device), times })
    });
    pooled.collect()
}

fn in_words(curve: &Curve) -> String {
    let times = &curve.times;
    format!(
        "{}, {}: median {:.0} ms, quartiles {:.0} and {:.0} ms, n = {}",
        curve.name,
        curve.device,
        times.median_ms,
        times.lower_quartile_ms,
        times.upper_quartile_ms,
        times.n()
    )
}

fn axes(canvas: &mut Canvas, (x, y): (Scale, Scale), step_ms: f64, options: &PlotOptions) {
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let place = y.at(tick);
        canvas.line((x.px.0, place), (x.px.1, place), Paint::Grid, 1);
        canvas.text(&format!("{tick}"), (x.px.0 - 8, place), Anchor::End, Paint::Muted);
    }
    let mut tick = 0.0;
    while tick <= x.values.1 {
        let place = x.at(tick);
        canvas.line((place, y.px.0), (place, y.px.0 + 4), Paint::Muted, 1);
        canvas.text(&format!("{tick:.0}"), (place, y.px.0 + 16), Anchor::Middle, Paint::Muted);
        tick += step_ms;
    }
    canvas.line((x.px.0, y.px.0), (x.px.1, y.px.0), Paint::Muted, 1);
    title(canvas, &options.words.reaction_time, x.px, y.px.0 + 40, options);
    let place = (12, y.px.1 - 20);
    canvas.text(&options.words.cumulative, place, Anchor::Start, Paint::Ink)
}

/// The end of the axis, in half steps, and the step between ticks.
fn nice_end(slowest_ms: f64, width_px: i32) -> (f64, f64) {
    let step = nice_step(slowest_ms.max(100.0), width_px);
    ((slowest_ms.max(100.0) / step * 2.0).ceil() / 2.0 * step, step)
}

/// The empirical distribution function, from the fastest answer to the slowest.
fn steps(times: &Times, x: Scale, y: Scale) -> Vec<(i32, i32)> {
    let mut points = Vec::new();
    let mut height = y.px.0;
    for (place, &ms) in times.sorted_ms.iter().enumerate() {
        let next = y.at((place + 1) as f64 / times.n() as f64);
        points.extend([(x.at(ms), height), (x.at(ms), next)]);
        height = next;
    }
    points.dedup();
    points
}
