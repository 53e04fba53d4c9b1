//! What the statistics are taken of: the lowpass picture, the magnitudes and the phase-doubled parents of
//! each level, and how a change of them goes back to the picture's spectrum.

use rustfft::num_complex::Complex32;

use super::fourier::Filter;
use super::pyramid::Pyramid;

/// Real pictures of one size, one after the other.
pub(super) type Planes = Vec<Vec<f32>>;

/// The fields of one level of a picture of one or more channels. Bands run over orientations within
/// channels.
pub(super) struct LevelFields {
    /// The lowpass picture without its mean, for each channel.
    pub(super) low: Planes,
    /// Magnitudes of the bands.
    pub(super) magnitude: Planes,
    /// Real parts of the bands.
    pub(super) real: Planes,
    /// Magnitudes of the next coarser level's bands, on this level's grid.
    pub(super) parent: Planes,
    /// Those bands with their phase doubled: for each channel the real parts of all orientations, then the
    /// imaginary.
    pub(super) doubled: Planes,
    bands: Vec<Vec<Complex32>>,
    parents: Vec<Vec<Complex32>>,
}

impl LevelFields {
    /// The fields of level `at`, given each channel's spectrum on the level's grid.
    pub(super) fn of(pyramid: &Pyramid, at: usize, spectra: &[Vec<Complex32>]) -> Self {
        let level = &pyramid.levels[at];
        let turn = pyramid.turn * level.gain;
        let all = |filters: &[Filter]| -> Vec<Vec<Complex32>> {
            let pairs = spectra.iter().flat_map(|spectrum| filters.iter().map(move |f| (spectrum, f)));
            pairs.map(|(spectrum, filter)| level.fourier.filtered(spectrum, filter, turn)).collect()
        };
        let low = |spectrum: &Vec<Complex32>| {
            real(&level.fourier.filtered(spectrum, &level.low, level.gain.into()))
        };
        let low = spectra.iter().map(low).collect();
        let (bands, parents) = (all(&level.bands), all(&level.parents));
        let mut doubled = Planes::new();
        for channel in parents.chunks(pyramid.orientations) {
            let parts: Vec<(Vec<f32>, Vec<f32>)> = channel.iter().map(|band| double(band)).collect();
            let (re, im): (Planes, Planes) = parts.into_iter().unzip();
            doubled.extend(re.into_iter().chain(im));
        }
        Self {
            low,
            magnitude: bands.iter().map(|band| magnitude(band)).collect(),
            real: bands.iter().map(|band| real(band)).collect(),
            parent: parents.iter().map(|band| magnitude(band)).collect(),
            doubled,
            bands,
            parents,
        }
    }

    /// Takes these numbers away from the magnitudes and the parents' magnitudes.
    pub(super) fn centre(&mut self, magnitude: &[f32], parent: &[f32]) {
        let both = self.magnitude.iter_mut().zip(magnitude).chain(self.parent.iter_mut().zip(parent));
        both.for_each(|(plane, mean)| plane.iter_mut().for_each(|v| *v -= mean));
    }

    /// Fields of zeros, for the derivative of a loss by each field.
    pub(super) fn zeros(&self) -> Self {
        let zeros = |planes: &Planes| planes.iter().map(|plane| vec![0.0; plane.len()]).collect();
        Self {
            low: zeros(&self.low),
            magnitude: zeros(&self.magnitude),
            real: zeros(&self.real),
            parent: zeros(&self.parent),
            doubled: zeros(&self.doubled),
            bands: Vec::new(),
            parents: Vec::new(),
        }
    }

    /// The derivative of a loss by each channel's spectrum on the level's grid, given that by the fields.
    pub(super) fn back(&self, by: &Self, pyramid: &Pyramid, at: usize) -> Vec<Vec<Complex32>> {
        let level = &pyramid.levels[at];
        let orientations = pyramid.orientations;
        let turn = pyramid.turn * level.gain;
        let fourier = &level.fourier;
        (0..self.low.len())
            .map(|channel| {
                let mut spectrum = vec![Complex32::ZERO; level.width * level.height];
                let mut low: Vec<_> = by.low[channel].iter().map(|&v| Complex32::new(v, 0.0)).collect();
                fourier.add_back(&mut low, &level.low, level.gain.into(), &mut spectrum);
                for (k, filter) in level.bands.iter().enumerate() {
                    let at = channel * orientations + k;
                    let mut band = band_back(&self.bands[at], &by.magnitude[at], &by.real[at]);
                    fourier.add_back(&mut band, filter, turn, &mut spectrum);
                }
                for (k, filter) in level.parents.iter().enumerate() {
                    let (at, re) = (channel * orientations + k, 2 * channel * orientations + k);
                    let doubled = (&by.doubled[re][..], &by.doubled[re + orientations][..]);
                    let mut band = parent_back(&self.parents[at], &by.parent[at], doubled);
                    fourier.add_back(&mut band, filter, turn, &mut spectrum);
                }
                spectrum
            })
            .collect()
    }
}

pub(super) fn real(picture: &[Complex32]) -> Vec<f32> {
    picture.iter().map(|c| c.re).collect()
}

fn magnitude(picture: &[Complex32]) -> Vec<f32> {
    picture.iter().map(|c| c.norm_sqr().sqrt()).collect()
}

/// c²/|c|: the same magnitude, twice the phase.
fn double(picture: &[Complex32]) -> (Vec<f32>, Vec<f32>) {
    let doubled = |c: &Complex32| {
        let scale = inverse_magnitude(*c);
        ((c.re * c.re - c.im * c.im) * scale, 2.0 * c.re * c.im * scale)
    };
    picture.iter().map(doubled).unzip()
}

/// 1/|c|, and 0 where c is 0, whose direction nobody knows.
fn inverse_magnitude(c: Complex32) -> f32 {
    let squared = c.norm_sqr();
    if squared > f32::MIN_POSITIVE { 1.0 / squared.sqrt() } else { 0.0 }
}

/// The derivative by c, given those by |c| and Re c.
fn band_back(band: &[Complex32], by_magnitude: &[f32], by_real: &[f32]) -> Vec<Complex32> {
    let one = |((c, m), r): ((&Complex32, &f32), &f32)| {
        let along = m * inverse_magnitude(*c);
        Complex32::new(c.re * along + r, c.im * along)
    };
    band.iter().zip(by_magnitude).zip(by_real).map(one).collect()
}

/// The derivative by c, given those by |c| and by the parts of c²/|c|.
///
/// With c = ρu, the change of ρu² is u²(δρ + 2iρδφ); hence the factor 2 across the phase.
fn parent_back(band: &[Complex32], by_magnitude: &[f32], by_doubled: (&[f32], &[f32])) -> Vec<Complex32> {
    let doubled = by_doubled.0.iter().zip(by_doubled.1);
    let one = |((c, m), (re, im)): ((&Complex32, &f32), (&f32, &f32))| {
        let unit = c * inverse_magnitude(*c);
        let turned = Complex32::new(*re, *im) * (unit * unit).conj();
        unit * Complex32::new(turned.re + m, 2.0 * turned.im)
    };
    band.iter().zip(by_magnitude).zip(doubled).map(one).collect()
}
