//! Weights that are several tensors in a file and one here.

use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::weight::Weight;

use super::{ImportReport, Source, Sources};

/// Separate queries, keys and values (`attn.q`, `attn.k`, `attn.v`) become timm's `attn.qkv`, row by
/// row. Keys or values of another shape than the queries' are misshapen.
pub(super) fn join_queries_keys_values(sources: &mut Sources, report: &mut ImportReport) {
    let of_queries = |key: &String| key.contains(".attn.q.");
    let queries: Vec<String> = sources.keys().filter(|key| of_queries(key)).cloned().collect();
    for key in queries {
        let parts = ["q", "k", "v"].map(|part| key.replace(".attn.q.", &format!(".attn.{part}.")));
        if !parts.iter().all(|part| sources.contains_key(part)) {
            continue;
        }
        let parts: Vec<Source> = parts.iter().filter_map(|part| sources.remove(part)).collect();
        let mut shape = parts[0].weight.shape.clone();
        for part in parts.iter().filter(|part| part.weight.shape != shape) {
            report.misshapen.push((part.from.join(" + "), shape.clone(), part.weight.shape.clone()));
        }
        if let Some(rows) = shape.first_mut() {
            *rows *= parts.len();
        }
        let values = parts.iter().flat_map(|part| part.weight.values.iter().copied()).collect();
        let from = parts.into_iter().flat_map(|part| part.from).collect();
        sources
            .insert(key.replace(".attn.q.", ".attn.qkv."), Source { from, weight: Weight { shape, values } });
    }
}

/// Epsilon of a batch norm, in torchvision and timm.
const BN_EPS: f64 = 1e-5;

/// A convolution without bias and the batch norm behind it become a convolution with bias: at inference
/// the norm is a factor and a shift per channel.
pub(super) fn fold_batch_norms(sources: &mut Sources, architecture: &dyn ArchitectureConfig) {
    let variances: Vec<String> =
        sources.keys().filter(|key| key.ends_with(".running_var")).cloned().collect();
    for key in variances {
        let Some(norm) = key.strip_suffix(".running_var") else { continue };
        let Some(conv) = architecture.convolution_of(norm) else { continue };
        let parts = ["weight", "bias", "running_mean", "running_var"].map(|part| format!("{norm}.{part}"));
        let channels = sources
            .get(&format!("{conv}.weight"))
            .map_or(0, |kernel| kernel.weight.shape.first().map_or(0, |c| *c));
        let fits = |part: &String| sources.get(part).is_some_and(|s| s.weight.shape == [channels]);
        if channels == 0 || !parts.iter().all(fits) {
            continue;
        }
        let taken: Vec<Source> = parts.iter().filter_map(|part| sources.remove(part)).collect();
        let [gamma, beta, mean, variance] = [0, 1, 2, 3]
            .map(|i| taken[i].weight.values.iter().map(|&value| f64::from(value)).collect::<Vec<_>>());
        let factor: Vec<f64> = gamma.iter().zip(&variance).map(|(g, v)| g / (v + BN_EPS).sqrt()).collect();
        if let Some(kernel) = sources.get_mut(&format!("{conv}.weight")) {
            let each = kernel.weight.values.len() / channels;
            for (values, factor) in kernel.weight.values.chunks_exact_mut(each.max(1)).zip(&factor) {
                values.iter_mut().for_each(|value| *value = (f64::from(*value) * factor) as f32);
            }
        }
        let shift = (0..channels).map(|c| (beta[c] - mean[c] * factor[c]) as f32).collect();
        let from = taken.into_iter().flat_map(|source| source.from).collect();
        let bias = Source { from, weight: Weight { shape: vec![channels], values: shift } };
        sources.insert(format!("{conv}.bias"), bias);
    }
}
