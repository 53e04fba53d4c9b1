//! The loss curve, so that a reader sees at a glance whether a model learned.

use std::fmt::Write as _;
use std::path::Path;

use gestalt_files::whole_file;
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
    /// The loss on held-out pictures, where it was measured at this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out_loss: Option<f64>,
}

/// Width of the plot in pixels.
const WIDTH_PX: u32 = 720;

/// Writes `loss.csv` and `loss.svg` into `out`; `loss` is the objective's name for its loss.
pub fn write(out: &Path, title: &str, loss: &str, curve: &[Point]) -> Result<(), TrainError> {
    let mut table = String::from("step,pictures,loss,learning_rate,held_out_loss\n");
    for Point { step, pictures, loss, learning_rate, held_out_loss } in curve {
        let held_out = held_out_loss.map_or(String::new(), |loss| format!("{loss:.6}"));
        let _ = writeln!(table, "{step},{pictures},{loss:.6},{learning_rate:.3e},{held_out}");
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
        whole_file::write(&file, text.as_bytes()).map_err(|e| TrainError::file("write", &file, e))?;
    }
    Ok(())
}
