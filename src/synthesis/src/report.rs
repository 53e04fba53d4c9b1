//! Sums up the measures of many triplets, so that a set can say how good its distortions are.

use std::fmt;

use gestalt_stats::Bootstrap;
use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::measure::Comparison;

/// How the three pictures of a triplet compare with each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TripletMeasure {
    /// The intact picture with each of its distortions.
    pub with_intact: [Comparison; 2],
    /// The two distortions with each other.
    pub between: Comparison,
}

impl TripletMeasure {
    /// Measures an intact picture and its two distortions at a patch size of `scale_px` pixels.
    pub fn of(intact: &RgbImage, distortions: [&RgbImage; 2], scale_px: u32) -> Self {
        Self {
            with_intact: distortions.map(|distortion| Comparison::of(intact, distortion, scale_px)),
            between: Comparison::of(distortions[0], distortions[1], scale_px),
        }
    }
}

/// The measures of a whole set.
#[derive(Debug, Clone, PartialEq)]
pub struct SynthesisReport {
    /// The synthesis, as it is called on the command line.
    pub name: &'static str,
    /// Scale of the synthesis in pixels.
    pub scale_px: u32,
    /// One for each triplet.
    pub triplets: Vec<TripletMeasure>,
    /// Texture distances of intact pictures to other intact pictures, in grey levels: what a different picture is like.
    pub yardstick: Vec<f64>,
}

impl fmt::Display for SynthesisReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let over = |pick: &dyn Fn(&TripletMeasure) -> f64| {
            mean_in_words(&self.triplets.iter().map(pick).collect::<Vec<_>>())
        };
        let intact = |pick: fn(&Comparison) -> f64| {
            over(&|t| (pick(&t.with_intact[0]) + pick(&t.with_intact[1])) / 2.0)
        };
        let between = |pick: fn(&Comparison) -> f64| over(&|t| pick(&t.between));
        let lines = [
            ("structure kept in place, intact and distortion", intact(|c| c.kept_in_place)),
            ("structure kept in place, two distortions", between(|c| c.kept_in_place)),
            ("layout correlation, intact and distortion", intact(|c| c.layout_r)),
            ("layout correlation, two distortions", between(|c| c.layout_r)),
            ("texture distance, intact and distortion", intact(|c| c.texture_distance)),
            ("texture distance, intact and other pictures", mean_in_words(&self.yardstick)),
        ];
        writeln!(
            f,
            "Synthesis `{}` at {} px, {} triplets: mean [95 % interval]",
            self.name,
            self.scale_px,
            self.triplets.len()
        )?;
        for (name, value) in lines {
            writeln!(f, "  {name:<48}{value}")?;
        }
        Ok(())
    }
}

/// A mean over triplets with its 95 % interval (percentile bootstrap over the triplets).
fn mean_in_words(values: &[f64]) -> String {
    match Bootstrap::default().mean(values) {
        Err(_) => "not measured".to_owned(),
        Ok(mean) => match mean.interval {
            Ok(interval) => format!("{:6.3}  [{:.3}, {:.3}]", mean.value, interval.low, interval.high),
            Err(_) => format!("{:6.3}", mean.value),
        },
    }
}
