//! Which trials of a set count, and at what scale each is measured: a set may have several scales, and
//! trials that are controls.

use std::collections::BTreeMap;

use gestalt_protocol::{Trial, TrialSet};

use crate::encoding::must_be_fair;
use crate::mean::Mean;
use crate::measures::{Depth, Measured};

/// What is decided before anything is measured, trial by trial in the order of the set.
pub(crate) struct Scales {
    pub(crate) depth: Depth,
    /// Whether each trial counts.
    pub(crate) counted: Vec<bool>,
    /// The scale of each trial in pixels.
    pub(crate) px: Vec<u32>,
}

impl Scales {
    pub(crate) fn of(set: &TrialSet) -> Self {
        let depth = Depth::of(set);
        Self {
            depth,
            counted: set.trials().iter().map(must_be_fair(set)).collect(),
            px: set.trials().iter().map(|trial| depth.scale_px(set.made(), &trial.condition)).collect(),
        }
    }

    /// The next counted trial of the same scale that shows another picture, for a trial that counts itself:
    /// a set of several scales shows each picture at every one.
    pub(crate) fn another<'a>(&self, trials: &'a [Trial], at: usize) -> Option<&'a Trial> {
        let intact = |at: usize| &trials[at].images[trials[at].intact.index()];
        let others = (at + 1..trials.len()).chain(0..at).filter(|_| self.counted[at]);
        let mut alike = others.filter(|&other| self.counted[other] && self.px[other] == self.px[at]);
        alike.find(|&other| intact(other) != intact(at)).map(|other| &trials[other])
    }

    /// Mean texture distance between the intact pictures of counted trials, by scale.
    pub(crate) fn other_pictures(&self, measured: &[Option<Measured>]) -> BTreeMap<u32, Mean> {
        let mut distances: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        for (scale_px, measured) in self.px.iter().zip(measured) {
            let to_another = measured.as_ref().and_then(|measured| measured.to_another);
            distances.entry(*scale_px).or_default().extend(to_another);
        }
        distances.into_iter().filter_map(|(px, distances)| Some((px, Mean::of(&distances)?))).collect()
    }
}
