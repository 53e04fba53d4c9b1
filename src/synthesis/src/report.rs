//! Sums up the measures of many triplets, so that a set can say how good its distortions are.

use std::fmt;

use gestalt_stats::Bootstrap;
use image::RgbImage;
use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::measure::{CONTENT_PX, Comparison};
use crate::triplets::Triplet;

/// Of the windows of local content the report shows those up to 56 px.
const WINDOWS_SHOWN: usize = 4;

/// How the three pictures of a triplet compare with each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TripletMeasure {
    /// The intact picture with each of its distortions.
    pub with_intact: [Comparison; 2],
    /// The two distortions with each other.
    pub between: Comparison,
    /// How evenly each distortion, and both together, use the picture; where the synthesis counts it.
    #[serde(default)]
    pub coverage: Option<[Coverage; 3]>,
}

impl TripletMeasure {
    /// Measures an intact picture and its two distortions at a patch size of `scale_px` pixels.
    pub fn of(intact: &RgbImage, distortions: [&RgbImage; 2], scale_px: u32) -> Self {
        Self {
            with_intact: distortions.map(|distortion| Comparison::of(intact, distortion, scale_px)),
            between: Comparison::of(distortions[0], distortions[1], scale_px),
            coverage: None,
        }
    }

    /// Measures a triplet, its coverage included.
    pub fn of_triplet(triplet: &Triplet, scale_px: u32) -> Self {
        let [first, second] = &triplet.distortions;
        Self { coverage: triplet.coverage, ..Self::of(&triplet.intact, [first, second], scale_px) }
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
    /// Texture distances of intact pictures to other intact pictures, in grey levels: what a different
    /// picture is like.
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
        self.fmt_content(f)?;
        self.fmt_coverage(f)
    }
}

impl SynthesisReport {
    /// Where the first number is above the second, local content alone makes the intact picture the odd one.
    fn fmt_content(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, window_px) in CONTENT_PX.into_iter().enumerate().take(WINDOWS_SHOWN) {
            let mean = |values: Vec<f64>| gestalt_stats::mean(&values);
            let intact = self.triplets.iter().flat_map(|t| &t.with_intact);
            let intact = mean(intact.filter_map(|c| c.content_distances[at]).collect());
            let between =
                mean(self.triplets.iter().filter_map(|t| t.between.content_distances[at]).collect());
            if let (Some(intact), Some(between)) = (intact, between) {
                let name = format!("local content, windows of {window_px} px");
                writeln!(f, "  {name:<48}{intact:6.3} intact and distortion, {between:.3} two distortions")?;
            }
        }
        Ok(())
    }

    fn fmt_coverage(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted: Vec<[Coverage; 3]> = self.triplets.iter().filter_map(|t| t.coverage).collect();
        if counted.is_empty() {
            return Ok(());
        }
        let one = counted.iter().flat_map(|[first, second, _]| [first, second]).copied().collect::<Vec<_>>();
        let both: Vec<Coverage> = counted.iter().map(|[_, _, together]| *together).collect();
        for (name, coverage) in [("one distortion", one), ("both together", both)] {
            let mean =
                |of: &dyn Fn(&Coverage) -> f64| coverage.iter().map(of).sum::<f64>() / coverage.len() as f64;
            let shown = [0, 1, 2, 3].map(|times| mean(&|c: &Coverage| c.shown[times]));
            writeln!(
                f,
                "  {:<48}{:.3} / {:.3} / {:.3} / {:.3}, coefficient of variation {:.3}",
                format!("source shown 0 / 1 / 2 / 3+ times, {name}"),
                shown[0],
                shown[1],
                shown[2],
                shown[3],
                mean(&|c: &Coverage| c.variation)
            )?;
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
