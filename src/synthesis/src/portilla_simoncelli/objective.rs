//! How far a picture's statistics are from the target's, and in which direction they would come nearer.

use super::fields::LevelFields;
use super::fourier::Spectra;
use super::importance::importance;
use super::level_moments::{ByKind, KINDS, LevelMoments};
use super::picture_moments::PictureTarget;
use super::pyramid::Pyramid;

/// What the statistics of one level should be.
struct LevelTarget {
    moments: LevelMoments,
    /// Means of the magnitudes and of the parents' magnitudes, which are taken away from them.
    centre: [Vec<f32>; 2],
    wanted: ByKind,
    /// Weights of squared differences.
    weights: ByKind,
}

/// What the statistics of a picture should be.
pub(super) struct Target {
    levels: Vec<LevelTarget>,
    picture: PictureTarget,
}

/// A loss and its derivative by the spectra.
pub(super) struct Slope {
    pub(super) loss: f64,
    pub(super) by_spectra: Spectra,
}

impl Target {
    /// The statistics of the picture whose spectra these are, in windows or as a whole; `picture` are those
    /// of its pixels.
    pub(super) fn of(
        pyramid: &Pyramid,
        spectra: &Spectra,
        window_px: Option<u32>,
        picture: PictureTarget,
    ) -> Self {
        let mut spectra = spectra.clone();
        let levels = (0..pyramid.levels.len())
            .map(|at| {
                let target = LevelTarget::of(pyramid, at, &spectra, window_px);
                spectra = coarser(pyramid, at, &spectra);
                target
            })
            .collect();
        Self { levels, picture }
    }

    /// The loss of what spectra on the grid of level `first` say, over that level and all coarser ones, and,
    /// at level 0, over the picture.
    pub(super) fn slope(&self, pyramid: &Pyramid, first: usize, spectra: &Spectra) -> Slope {
        let mut slope = self.level_slope(pyramid, first, spectra);
        if first == 0 {
            slope.loss += self.picture.add_slope(&pyramid.levels[0], spectra, &mut slope.by_spectra);
        }
        slope
    }

    fn level_slope(&self, pyramid: &Pyramid, at: usize, spectra: &Spectra) -> Slope {
        let target = &self.levels[at];
        let mut fields = LevelFields::of(pyramid, at, spectra);
        fields.centre(&target.centre[0], &target.centre[1]);
        let (loss, by) = target.compare(&target.moments.of(&fields));
        let mut slope =
            Slope { loss, by_spectra: fields.back(&target.moments.back(&fields, &by), pyramid, at) };
        if let Some(nesting) = &pyramid.levels[at].coarser {
            let below = self.level_slope(pyramid, at + 1, &coarser(pyramid, at, spectra));
            slope.loss += below.loss;
            for (sum, part) in slope.by_spectra.iter_mut().zip(&below.by_spectra) {
                nesting.add(part, sum);
            }
        }
        slope
    }
}

impl LevelTarget {
    fn of(pyramid: &Pyramid, at: usize, spectra: &Spectra, window_px: Option<u32>) -> Self {
        let moments = LevelMoments::new(pyramid, at, spectra.len(), window_px);
        let mut fields = LevelFields::of(pyramid, at, spectra);
        let mean = |p: &Vec<f32>| (p.iter().map(|v| f64::from(*v)).sum::<f64>() / p.len() as f64) as f32;
        let centre = [&fields.magnitude, &fields.parent].map(|planes| planes.iter().map(mean).collect());
        let [magnitude, parent]: &[Vec<f32>; 2] = &centre;
        fields.centre(magnitude, parent);
        let wanted = moments.of(&fields);
        let mut weights = moments.units(&fields);
        for (kind, units) in weights.iter_mut().enumerate() {
            let count = units.len() / moments.windows.count();
            for (at, unit) in units.iter_mut().enumerate() {
                let share = moments.windows.share[at / count];
                let size = importance(kind, at, wanted[kind][at] / *unit);
                *unit = share * (size / *unit).powi(2);
            }
        }
        Self { moments, centre, wanted, weights }
    }

    /// The loss of these statistics and its derivative by them.
    fn compare(&self, found: &ByKind) -> (f64, ByKind) {
        let mut loss = 0.0;
        let by = std::array::from_fn::<_, KINDS, _>(|kind| {
            let all = found[kind].iter().zip(&self.wanted[kind]).zip(&self.weights[kind]);
            all.map(|((found, wanted), weight)| {
                loss += weight * (found - wanted).powi(2);
                2.0 * weight * (found - wanted)
            })
            .collect()
        });
        (loss, by)
    }
}

/// The spectra on the grid of the level below, or none when there is none.
fn coarser(pyramid: &Pyramid, at: usize, spectra: &Spectra) -> Spectra {
    let nesting = pyramid.levels[at].coarser.as_ref();
    nesting.map_or_else(Vec::new, |nesting| spectra.iter().map(|s| nesting.cut(s)).collect())
}
