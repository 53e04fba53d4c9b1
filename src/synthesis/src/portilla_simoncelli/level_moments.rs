//! The statistics of one level as means of products, which have simple derivatives: what synthesis matches.
//!
//! They are the numerators of [`super::Statistics`]. Correlations are quotients of them; when a synthesised
//! picture has the target's means of products it has its correlations too. Magnitudes are taken less the
//! target's mean, and have their own mean as a statistic (as in the paper). Colour channels get, beside
//! their own statistics, the products of magnitudes across channels wherever there are products across
//! orientations or scales, and those of the lowpass pictures.

use super::fields::LevelFields;
use super::moments::{self, LAGS, POWERS};
use super::pyramid::Pyramid;
use super::windows::Windows;

/// Share of a mean square over the whole picture that is added to that in a window, so that an even window
/// counts without being all that counts.
const LEAST_SHARE: f64 = 0.2;
/// Kinds of statistics, the index of a vector of them.
pub(super) const KINDS: usize = 8;
/// Statistics of a level by kind, each [windows × count].
pub(super) type ByKind = [Vec<f64>; KINDS];

/// How the statistics of one level are taken.
pub(super) struct LevelMoments {
    width: usize,
    pub(super) windows: Windows,
    /// Bands with other bands of the level.
    within: Vec<(usize, usize)>,
    /// Bands with bands of the coarser level.
    across: Vec<(usize, usize)>,
    /// Bands with phase-doubled bands of the coarser level, of the same channel.
    phase: Vec<(usize, usize)>,
    /// Lowpass pictures of different channels.
    channels: Vec<(usize, usize)>,
}

impl LevelMoments {
    pub(super) fn new(pyramid: &Pyramid, at: usize, channels: usize, window_px: Option<u32>) -> Self {
        let level = &pyramid.levels[at];
        let full = (pyramid.levels[0].width, pyramid.levels[0].height);
        let bands = channels * level.bands.len();
        let parents = channels * level.parents.len();
        let lower = |count: usize| (0..count).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
        let every = |count: usize| (0..bands).flat_map(move |i| (0..count).map(move |j| (i, j)));
        let channel_of = |band: usize, per_channel: usize| band / per_channel.max(1);
        let orientations = level.bands.len();
        let same = |&(i, j): &(usize, usize)| channel_of(i, orientations) == channel_of(j, 2 * orientations);
        Self {
            width: level.width,
            windows: Windows::new(full, (level.width, level.height), window_px),
            within: lower(bands),
            across: every(parents).collect(),
            phase: every(2 * parents).filter(same).collect(),
            channels: lower(channels),
        }
    }

    /// The statistics of centred fields.
    pub(super) fn of(&self, fields: &LevelFields) -> ByKind {
        let (width, windows) = (self.width, &self.windows);
        let (magnitude, low) = (&fields.magnitude, &fields.low);
        let cells = [
            moments::sums(magnitude, width, windows),
            moments::lagged(magnitude, width, windows),
            moments::products(magnitude, magnitude, &self.within, width, windows),
            moments::products(magnitude, &fields.parent, &self.across, width, windows),
            moments::products(&fields.real, &fields.doubled, &self.phase, width, windows),
            moments::lagged(low, width, windows),
            moments::powers(low, width, windows),
            moments::products(low, low, &self.channels, width, windows),
        ];
        cells.map(|sums| windows.pool(&sums))
    }

    /// The derivative of a loss by the fields, given that by the statistics.
    pub(super) fn back(&self, fields: &LevelFields, by: &ByKind) -> LevelFields {
        let (width, windows) = (self.width, &self.windows);
        let by: Vec<Vec<f64>> = by.iter().map(|by| windows.spread(by)).collect();
        let mut out = fields.zeros();
        let (magnitude, low) = (&fields.magnitude, &fields.low);
        let forth = |pairs: &[(usize, usize)]| Vec::from(pairs).into_iter();
        let swapped =
            |pairs: &[(usize, usize)]| pairs.iter().map(|&(i, j)| (j, i)).collect::<Vec<_>>().into_iter();
        moments::sums_back(width, windows, &by[0], &mut out.magnitude);
        moments::lagged_back(magnitude, width, windows, &by[1], &mut out.magnitude);
        for (a, b, to_a, to_b, pairs, by) in [
            (magnitude, &fields.parent, &mut out.magnitude, &mut out.parent, &self.across, &by[3]),
            (&fields.real, &fields.doubled, &mut out.real, &mut out.doubled, &self.phase, &by[4]),
        ] {
            moments::products_back(to_a, b, forth(pairs), width, windows, by);
            moments::products_back(to_b, a, swapped(pairs), width, windows, by);
        }
        for (planes, to, pairs, by) in [
            (magnitude, &mut out.magnitude, &self.within, &by[2]),
            (low, &mut out.low, &self.channels, &by[7]),
        ] {
            moments::products_back(to, planes, forth(pairs), width, windows, by);
            moments::products_back(to, planes, swapped(pairs), width, windows, by);
        }
        moments::lagged_back(low, width, windows, &by[5], &mut out.low);
        moments::powers_back(low, width, windows, &by[6], &mut out.low);
        out
    }

    /// By what a difference of each statistic is divided so that it counts as a correlation does; [windows ×
    /// count].
    ///
    /// These are products of root mean squares of what is multiplied, in the window.
    pub(super) fn units(&self, fields: &LevelFields) -> ByKind {
        let deviations = |planes: &[Vec<f32>]| deviations(planes, self.width, &self.windows);
        let [magnitude, real, parent, doubled, low] =
            [&fields.magnitude, &fields.real, &fields.parent, &fields.doubled, &fields.low]
                .map(|planes| deviations(planes));
        let pairs = |a: &[Vec<f64>], b: &[Vec<f64>], pairs: &[(usize, usize)]| -> Vec<f64> {
            a.iter().zip(b).flat_map(|(a, b)| pairs.iter().map(|&(i, j)| a[i] * b[j])).collect()
        };
        let each = |planes: &[Vec<f64>], unit: &dyn Fn(f64) -> Vec<f64>| -> Vec<f64> {
            planes.iter().flatten().flat_map(|deviation| unit(*deviation)).collect()
        };
        [
            each(&magnitude, &|d| vec![d]),
            each(&magnitude, &|d| vec![d * d; LAGS.len()]),
            pairs(&magnitude, &magnitude, &self.within),
            pairs(&magnitude, &parent, &self.across),
            pairs(&real, &doubled, &self.phase),
            each(&low, &|d| vec![d * d; LAGS.len()]),
            each(&low, &|d| (1..=POWERS as i32).map(|p| d.powi(p)).collect()),
            pairs(&low, &low, &self.channels),
        ]
    }
}

/// Root mean squares of each plane in each window, [windows][planes], never 0; see [`LEAST_SHARE`].
pub(super) fn deviations(planes: &[Vec<f32>], width: usize, windows: &Windows) -> Vec<Vec<f64>> {
    if planes.is_empty() {
        return vec![Vec::new(); windows.count()];
    }
    let own: Vec<(usize, usize)> = (0..planes.len()).map(|i| (i, i)).collect();
    let squares = windows.pool(&moments::products(planes, planes, &own, width, windows));
    let mean = |plane: usize| -> f64 {
        squares.chunks(planes.len()).zip(&windows.share).map(|(s, share)| s[plane] * share).sum()
    };
    let means: Vec<f64> = (0..planes.len()).map(mean).collect();
    let least = if windows.count() > 1 { LEAST_SHARE } else { 0.0 };
    let deviation = |(square, mean): (&f64, &f64)| (square + least * mean).max(f64::MIN_POSITIVE).sqrt();
    squares.chunks(planes.len()).map(|window| window.iter().zip(&means).map(deviation).collect()).collect()
}
