//! Fixed sine-cosine positions, so that a masked autoencoder knows where a patch lies without learning it.

use burn::tensor::TensorData;

/// The two-dimensional sine-cosine table of He et al., "Masked Autoencoders Are Scalable Vision Learners" (2022):
/// the first half of a row encodes the column `x`, the second half the row `y`; the class token's row is zero.
///
/// # Shapes
/// `[1, grid·grid + 1, width]`; `width` is a multiple of 4.
pub fn sin_cos_2d(grid: usize, width: usize) -> TensorData {
    assert!(
        width.is_multiple_of(4),
        "sine-cosine positions need a width that is a multiple of 4, not {width}"
    );
    let quarter = width / 4;
    let mut values = vec![0.0_f32; width];
    for y in 0..grid {
        for x in 0..grid {
            for position in [x, y] {
                let angle = |i: usize| position as f64 / 10_000_f64.powf(i as f64 / quarter as f64);
                values.extend((0..quarter).map(|i| angle(i).sin() as f32));
                values.extend((0..quarter).map(|i| angle(i).cos() as f32));
            }
        }
    }
    TensorData::new(values, [1, grid * grid + 1, width])
}
