//! The loss curve, so that a reader sees at a glance whether a model learned.

use std::fmt::Write as _;
use std::path::Path;

use plotters::prelude::*;
use serde::{Deserialize, Serialize};

use crate::TrainError;

/// One point of the curve: the mean over the steps since the last one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Steps taken.
    pub step: u64,
    /// Pictures shown.
    pub pictures: u64,
    /// Mean squared error on masked, normalised patches.
    pub loss: f64,
    /// Learning rate at that step.
    pub learning_rate: f64,
}

/// Writes `loss.csv` and `loss.svg` into `out`.
pub fn write(out: &Path, title: &str, curve: &[Point]) -> Result<(), TrainError> {
    let mut table = String::from("step,pictures,loss,learning_rate\n");
    for point in curve {
        let _ = writeln!(
            table,
            "{},{},{:.6},{:.3e}",
            point.step, point.pictures, point.loss, point.learning_rate
        );
    }
    let file = out.join("loss.csv");
    std::fs::write(&file, table).map_err(|e| TrainError::file("write", &file, e))?;
    let file = out.join("loss.svg");
    let mut svg = String::new();
    if !curve.is_empty() {
        draw(&mut svg, title, curve).map_err(|why| TrainError::Plot { why: why.to_string() })?;
        std::fs::write(&file, svg).map_err(|e| TrainError::file("write", &file, e))?;
    }
    Ok(())
}

fn draw(svg: &mut String, title: &str, curve: &[Point]) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(svg, (720, 400)).into_drawing_area();
    area.fill(&WHITE)?;
    let most = curve.iter().map(|p| p.loss).fold(0.0, f64::max) * 1.05;
    let least = curve.iter().map(|p| p.loss).fold(f64::INFINITY, f64::min) * 0.95;
    let pictures = curve.last().map_or(1, |p| p.pictures) as f64 / 1000.0;
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..pictures, least..most.max(least + 1e-6))?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("pictures shown, thousands")
        .y_desc("loss on masked patches")
        .draw()?;
    let line = curve.iter().map(|p| (p.pictures as f64 / 1000.0, p.loss));
    chart.draw_series(LineSeries::new(line, RGBColor(32, 96, 160).stroke_width(2)))?;
    area.present()?;
    Ok(())
}
