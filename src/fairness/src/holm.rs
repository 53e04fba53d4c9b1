//! Corrects the p values of several observers for their number.

use gestalt_stats::holm;

/// Sets each second value to the first, corrected for all that have one (Holm 1979); the others stay as they
/// are.
pub(crate) fn correct_together<'a>(values: impl Iterator<Item = (Option<f64>, &'a mut Option<f64>)>) {
    let (p_values, places): (Vec<f64>, Vec<&mut Option<f64>>) =
        values.filter_map(|(p, place)| Some((p?, place))).unzip();
    for (place, p) in places.into_iter().zip(holm(&p_values)) {
        *place = Some(p);
    }
}
