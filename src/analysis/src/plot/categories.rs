//! Accuracy by category: a band a category, a dot with its interval an observer.

use std::collections::{BTreeMap, BTreeSet};

use super::accuracy::dot;
use super::axis::{FOOT_PX, HEAD_PX, Legend, Scale, proportions};
use super::canvas::{Anchor, draw, fit, text_width_px, width_px};
use super::theme::{Paint, SERIES_COUNT};
use super::{PlotError, PlotOptions};
use crate::intervals::Proportion;
use crate::summary::{ObserverSummary, labels};

/// Height an observer takes in a band.
const STEP_PX: i32 = 14;

/// One band a category, in alphabetical order, with the observers in the order given. Six observers fit; the plot says
/// how many more there are.
pub fn categories_plot(observers: &[ObserverSummary], options: &PlotOptions) -> Result<String, PlotError> {
    let names = labels(observers);
    let shown = &observers[..observers.len().min(SERIES_COUNT)];
    let bands: BTreeSet<&str> =
        shown.iter().flat_map(|entry| entry.categories.iter().map(|(name, _)| name.as_str())).collect();
    let width = width_px(options);
    let name_px = bands.iter().map(|name| text_width_px(name)).max().unwrap_or(0).min(width / 3);
    let legend = Legend::new(names.iter().map(String::as_str).zip(0..).take(shown.len()), width - 24);
    let left_out = observers.len() - shown.len();
    let note_px = if left_out > 0 { 22 } else { 0 };
    let band_px = (STEP_PX * shown.len() as i32 + 8).max(24);
    let top = legend.height_px() + 8 + HEAD_PX;
    let bottom = top + band_px * bands.len().max(1) as i32;
    let described = description(shown, &names);
    let texts = (options.words.categories_title.as_ref(), described.as_str());
    draw(options, bottom + FOOT_PX + note_px, texts, |canvas| {
        legend.draw(canvas, (12, 4), width - 24)?;
        let scale = Scale { values: (0.0, 1.0), px: (name_px + 24, width - 16) };
        for place in (1..bands.len() as i32).step_by(2) {
            let y = top + place * band_px;
            canvas.rectangle((6, y), (scale.px.1, y + band_px), Paint::Grid, 0.3)?;
        }
        proportions(canvas, scale, (top, bottom), options)?;
        if bands.is_empty() {
            let place = (scale.px.0 + 8, top + band_px / 2);
            canvas.text(&options.words.no_data, place, Anchor::Start, Paint::Muted)?;
        }
        for (place, band) in bands.iter().enumerate() {
            let y = top + place as i32 * band_px;
            canvas.text(&fit(band, name_px + 4), (12, y + band_px / 2), Anchor::Start, Paint::Ink)?;
            for (series, value) in shown.iter().map(|entry| of_band(entry, band)).enumerate() {
                let Some(value) = value else { continue };
                let spare = band_px - STEP_PX * shown.len() as i32;
                let row = y + spare / 2 + STEP_PX * series as i32 + STEP_PX / 2;
                dot(canvas, scale, &value, row, series)?;
            }
        }
        if left_out > 0 {
            let note = fit(&format!("+ {left_out} {}", options.words.more), width - 24);
            canvas.text(&note, (12, bottom + FOOT_PX + 6), Anchor::Start, Paint::Muted)?;
        }
        Ok(())
    })
}

fn of_band(entry: &ObserverSummary, band: &str) -> Option<Proportion> {
    let found = entry.categories.iter().find(|(name, _)| name.as_str() == band);
    found.and_then(|(_, score)| score.accuracy)
}

/// The numbers, for those who do not see the picture.
fn description(observers: &[ObserverSummary], names: &[String]) -> String {
    let mut by_band: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (entry, name) in observers.iter().zip(names) {
        for (band, score) in &entry.categories {
            if let Some(value) = score.accuracy {
                let text = format!("{name} {:.2} of {}", value.estimate, value.of);
                by_band.entry(band.as_str()).or_default().push(text);
            }
        }
    }
    let bands: Vec<String> =
        by_band.iter().map(|(band, values)| format!("{band}: {}", values.join(", "))).collect();
    bands.join("; ")
}
