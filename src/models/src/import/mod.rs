//! The way in for public checkpoints: a file's tensors become the weights of an architecture, and every
//! key is accounted for.

mod calibrate;
mod factors;
mod fold;
mod layout;
mod read;
mod report;
mod shards;
mod vgg;
mod wrappers;

use std::collections::{BTreeMap, BTreeSet};

use burn::tensor::Device;

use gestalt_networks::architectures::{Architecture, Network, Positions};
use gestalt_networks::bad_config::BadConfig;
use gestalt_networks::position;
use gestalt_networks::weight::{Weight, Weights};

pub use calibrate::{Calibration, Rounded};
pub use gestalt_networks::layout::Layout;
pub use read::{ReadError, Tensors};
pub use report::ImportReport;
pub use shards::{hash, read};
pub use vgg::{VggFileError, read_vgg19};

/// Why a file did not become a network's weights.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The numbers of the architecture.
    #[error(transparent)]
    Architecture(#[from] BadConfig),
    /// The file's tensors are not those of the architecture.
    #[error(
        "the file does not hold this architecture in this layout: {0}; name another architecture or layout"
    )]
    Keys(Box<ImportReport>),
    /// Two keys of the file mean the same weight.
    #[error("`{0}` and `{1}` are the same weight in this layout; name another layout")]
    Twice(String, String),
}

/// A network's weights with the account of every key.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The architecture, its numbers settled by what the file holds.
    pub architecture: Architecture,
    /// The weights, as [`crate::weights`] packs them.
    pub weights: Weights,
    /// Every key.
    pub report: ImportReport,
}

/// A weight on its way: in PyTorch's layout under timm's name, and the keys of the file that it comes from.
#[derive(Clone, Debug)]
struct Source {
    from: Vec<String>,
    weight: Weight,
}

/// Weights on their way, by timm's name.
type Sources = BTreeMap<String, Source>;

/// Makes the weights of `architecture` from a file's tensors.
///
/// # Errors
/// When a key is missing or has another shape, or a key of the file says that it holds another network;
/// the error carries every key.
pub fn import(
    tensors: Tensors,
    architecture: &Architecture,
    layout: Layout,
) -> Result<Imported, ImportError> {
    architecture.check()?;
    let mut report = ImportReport::default();
    let parameters = architecture.init(&Device::flex())?.parameters();
    let wanted: BTreeSet<String> = parameters.into_iter().map(|parameter| parameter.key).collect();
    let mut sources = layout::rename(tensors, &**architecture, layout, &wanted, &mut report)?;
    fold::join_queries_keys_values(&mut sources, &mut report);
    fold::fold_batch_norms(&mut sources, &**architecture);
    let mut architecture = architecture.clone();
    let shape_of = |key: &str| sources.get(key).map(|source| source.weight.shape.clone());
    report.changed.extend(architecture.adapt_to_weights(&shape_of));
    if let Some(positions) = architecture.positions()
        && let Some(source) = sources.get_mut(&positions.key)
    {
        bring_positions(&mut source.weight, &positions, &mut report);
    }
    let network = architecture.init(&Device::flex())?;
    let weights = take(&network, &mut sources, &mut report);
    leave(&network, sources, &mut report);
    report.used.sort();
    report.ignored.sort();
    if report.is_sound() {
        Ok(Imported { architecture, weights, report })
    } else {
        Err(ImportError::Keys(Box::new(report)))
    }
}

/// Resamples learned positions to the grid of the architecture.
fn bring_positions(weight: &mut Weight, positions: &Positions, report: &mut ImportReport) {
    let grid = positions.grid;
    if let [rows, w] = weight.shape[..] {
        weight.shape = vec![1, rows, w];
    }
    let [1, rows, w] = weight.shape[..] else { return };
    // Another network's positions are not worth the memory of a larger grid.
    if w != positions.width {
        return;
    }
    if rows.isqrt().pow(2) == rows && rows > 1 {
        // Positions of patches alone: the class token has none, which is a position of zeros.
        weight.values.splice(0..0, std::iter::repeat_n(0.0, w));
        weight.shape[1] += 1;
        report.changed.push("the class token has no position: zeros are added".into());
    }
    let Some(resampled) = position::resample(weight, grid) else { return };
    if resampled.shape != weight.shape {
        report
            .changed
            .push(format!("positions of {} patches resampled to {grid} × {grid}", weight.shape[1] - 1));
    }
    *weight = resampled;
}

/// Takes what the network wants, in its own layout.
fn take(network: &Network, sources: &mut Sources, report: &mut ImportReport) -> Weights {
    let mut weights = Weights::new();
    for parameter in network.parameters() {
        let Some(source) = sources.remove(&parameter.key) else {
            report.missing.push(parameter.key);
            continue;
        };
        let found = source.weight;
        let fits = if parameter.linear {
            // [out, in, …] there, [in, out] here.
            let outs = found.shape.first().copied().unwrap_or(0);
            parameter.shape.get(1) == Some(&outs)
                && found.values.len() == parameter.shape.iter().product::<usize>()
        } else {
            // Axes of length 1 come and go between layouts.
            let lengths = |shape: &[usize]| shape.iter().copied().filter(|&n| n != 1).collect::<Vec<_>>();
            lengths(&found.shape) == lengths(&parameter.shape)
        };
        if !fits {
            let file_key = source.from.join(" + ");
            report.misshapen.push((file_key, parameter.shape, found.shape));
            continue;
        }
        report.used.extend(source.from);
        let values = if parameter.linear {
            transposed(&found.values, parameter.shape[0], parameter.shape[1])
        } else {
            found.values
        };
        weights.insert(parameter.key, Weight { shape: parameter.shape, values });
    }
    weights
}

/// `[outs, ins]` → `[ins, outs]`
fn transposed(values: &[f32], ins: usize, outs: usize) -> Vec<f32> {
    (0..ins).flat_map(|i| (0..outs).map(move |o| values[o * ins + i])).collect()
}

/// Names whose presence says that the file holds another network than the one named.
const TELLING: [&str; 6] = ["norm_pre", "reg_token", "dist_token", "fc_norm", "patch_embed", "blocks"];

/// Sorts what is left over: heads and decoders are ignored, parts of another network are not.
fn leave(network: &Network, sources: Sources, report: &mut ImportReport) {
    let first = |key: &str| key.split('.').next().unwrap_or_default().to_owned();
    let ours: BTreeSet<String> = network.parameters().iter().map(|parameter| first(&parameter.key)).collect();
    for (key, source) in sources {
        let root = first(&key);
        let head = matches!(root.as_str(), "head" | "fc");
        if !head && (ours.contains(&root) || TELLING.contains(&root.as_str())) {
            report.unexpected.extend(source.from);
        } else {
            let why = if head { "a classifier" } else { "not part of this network" };
            report.ignored.extend(source.from.into_iter().map(|key| (key, why)));
        }
    }
}
