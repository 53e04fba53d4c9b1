//! The loss curve, so that a reader sees at a glance whether a model learned.

use std::fmt::Write as _;
use std::path::Path;

use gestalt_report::{Curve, PlotOptions, curve_plot};
use serde::{Deserialize, Serialize};

use crate::error::TrainError;

/// One point of the curve: the mean over the steps since the last one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Steps taken.
    pub step: u64,
    /// Pictures shown.
    pub pictures: u64,
    /// The objective's loss.
    pub loss: f64,
    /// Learning rate at that step.
    pub learning_rate: f64,
}

/// Width of the plot in pixels.
const WIDTH_PX: u32 = 720;

/// Writes `loss.csv` and `loss.svg` into `out`; `loss` is the objective's name for its loss.
pub fn write(out: &Path, title: &str, loss: &str, curve: &[Point]) -> Result<(), TrainError> {
    let mut table = String::from("step,pictures,loss,learning_rate\n");
    for Point { step, pictures, loss, learning_rate } in curve {
        let _ = writeln!(table, "{step},{pictures},{loss:.6},{learning_rate:.3e}");
    }
    let plot = Curve {
        title: title.to_owned(),
        across: "pictures shown, thousands".into(),
        upward: loss.to_owned(),
        points: curve.iter().map(|point| (point.pictures as f64 / 1000.0, point.loss)).collect(),
    };
    let svg = curve_plot(&plot, &PlotOptions::new("loss", WIDTH_PX).standalone());
    for (name, text) in [("loss.csv", table), ("loss.svg", svg)] {
        let file = out.join(name);
        std::fs::write(&file, text).map_err(|e| TrainError::file("write", &file, e))?;
    }
    Ok(())
}
