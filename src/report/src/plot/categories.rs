//! Accuracy by category: a band a category, a dot with its interval an observer.

use std::collections::BTreeMap;

use gestalt_analysis::{ObserverSummary, labels};
use gestalt_protocol::ObserverKind;
use gestalt_stats::Proportion;

use super::accuracy::dot;
use super::axis::{FOOT_PX, HEAD_PX, Legend, Scale, proportions};
use super::canvas::{draw, width_px};
use super::options::{PlotOptions, Words};
use super::text::{Anchor, fit, text_width_px};
use super::theme::{Paint, SERIES_COUNT};

/// Height an observer takes in a band.
const STEP_PX: i32 = 14;

/// One band a category, in alphabetical order, with the observers in the order given.
///
/// Six observers fit. Of more, people are taken together (all their trials in one proportion, so that its
/// interval says nothing about how people differ), and the plot says how many models are left out.
pub fn categories_plot(observers: &[ObserverSummary], options: &PlotOptions) -> String {
    let (shown, left_out) = lines(observers, &options.words);
    let bands = bands(&shown);
    let width = width_px(options);
    let name_px = bands.keys().map(|name| text_width_px(name)).max().unwrap_or(0).min(width / 3);
    let legend = Legend::new(shown.iter().map(|line| line.name.as_str()).zip(0..), width - 24);
    let note_px = if left_out > 0 { 22 } else { 0 };
    let band_px = (STEP_PX * shown.len() as i32 + 8).max(24);
    let top = legend.height_px() + 8 + HEAD_PX;
    let bottom = top + band_px * bands.len().max(1) as i32;
    let described = description(&bands, &shown);
    let texts = (options.words.categories_title.as_ref(), described.as_str());
    draw(options, bottom + FOOT_PX + note_px, texts, |canvas| {
        legend.draw(canvas, (12, 4), width - 24);
        let scale = Scale { values: (0.0, 1.0), px: (name_px + 24, width - 16) };
        for place in (1..bands.len() as i32).step_by(2) {
            let y = top + place * band_px;
            canvas.rectangle((6, y), (scale.px.1, y + band_px), Paint::Grid, 0.3);
        }
        proportions(canvas, scale, (top, bottom), options);
        if bands.is_empty() {
            let place = (scale.px.0 + 8, top + band_px / 2);
            canvas.text(&options.words.no_data, place, Anchor::Start, Paint::Muted);
        }
        for (place, (band, dots)) in bands.iter().enumerate() {
            let y = top + place as i32 * band_px;
            canvas.text(&fit(band, name_px + 4), (12, y + band_px / 2), Anchor::Start, Paint::Ink);
            let spare = band_px - STEP_PX * shown.len() as i32;
            for (series, value) in dots {
                let row = y + spare / 2 + STEP_PX * *series as i32 + STEP_PX / 2;
                dot(canvas, scale, value, row, *series);
            }
        }
        if left_out > 0 {
            let note = fit(&format!("+ {left_out} {}", options.words.more), width - 24);
            canvas.text(&note, (12, bottom + FOOT_PX + 6), Anchor::Start, Paint::Muted);
        }
    })
}

/// One observer, or all people together.
struct Line<'a> {
    name: String,
    categories: BTreeMap<&'a str, Proportion>,
}

/// The lines of the plot, and how many observers have none.
fn lines<'a>(observers: &'a [ObserverSummary], words: &Words) -> (Vec<Line<'a>>, usize) {
    let single =
        |(entry, name): (&'a ObserverSummary, String)| Line { name, categories: categories([entry]) };
    let entries = observers.iter().zip(labels(observers));
    if observers.len() <= SERIES_COUNT {
        return (entries.map(single).collect(), 0);
    }
    let (people, models): (Vec<_>, Vec<_>) =
        entries.partition(|(entry, _)| entry.observer.kind == ObserverKind::Human);
    let mut lines = Vec::new();
    if !people.is_empty() {
        let name = format!("{} ({})", words.all_people, people.len());
        lines.push(Line { name, categories: categories(people.iter().map(|(entry, _)| *entry)) });
    }
    let room = SERIES_COUNT - lines.len();
    let left_out = models.len().saturating_sub(room);
    lines.extend(models.into_iter().take(room).map(single));
    (lines, left_out)
}

/// Hits and trials of these observers, added up by category.
fn categories<'a>(entries: impl IntoIterator<Item = &'a ObserverSummary>) -> BTreeMap<&'a str, Proportion> {
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (name, score) in entries.into_iter().flat_map(|entry| &entry.categories) {
        if let Some(accuracy) = score.accuracy {
            let sum = sums.entry(name.as_str()).or_default();
            *sum = (sum.0 + accuracy.hits, sum.1 + accuracy.of);
        }
    }
    sums.into_iter().filter_map(|(name, (hits, of))| Some((name, Proportion::new(hits, of)?))).collect()
}

/// The dots of each band: number of the line, and value.
fn bands<'a>(lines: &[Line<'a>]) -> BTreeMap<&'a str, Vec<(usize, Proportion)>> {
    let mut bands: BTreeMap<&str, Vec<(usize, Proportion)>> = BTreeMap::new();
    for (series, line) in lines.iter().enumerate() {
        for (band, value) in &line.categories {
            bands.entry(band).or_default().push((series, *value));
        }
    }
    bands
}

/// The numbers, for those who do not see the picture.
fn description(bands: &BTreeMap<&str, Vec<(usize, Proportion)>>, lines: &[Line<'_>]) -> String {
    let dot = |(series, value): &(usize, Proportion)| {
        format!("{} {:.2} of {}", lines[*series].name, value.estimate, value.of)
    };
    let bands = bands.iter().map(|(band, dots)| {
        let dots: Vec<String> = dots.iter().map(dot).collect();
        format!("{band}: {}", dots.join(", "))
    });
    bands.collect::<Vec<_>>().join("; ")
}
