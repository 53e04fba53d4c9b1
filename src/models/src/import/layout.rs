//! From the keys of a file to our names of weights, whatever the layout.

use std::collections::{BTreeMap, BTreeSet};

use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::layout::{FileKeys, Layout};
use gestalt_networks::weight::Weight;

use super::{ImportError, ImportReport, Source, Sources, Tensors, wrappers};

/// Every tensor of the file under our name; what has none is in the report. `wanted` are the network's own
/// keys.
pub(super) fn rename(
    tensors: Tensors,
    architecture: &dyn ArchitectureConfig,
    layout: Layout,
    wanted: &BTreeSet<String>,
    report: &mut ImportReport,
) -> Result<Sources, ImportError> {
    let keys: BTreeSet<String> = tensors.keys().cloned().collect();
    let mut met = BTreeSet::new();
    let wrapper = wrappers::found(&keys, |keys| {
        let plain = |key: &String| wrappers::without_inner(key, &mut BTreeSet::new()).into_owned();
        let keys: BTreeSet<String> = keys.iter().map(plain).collect();
        let file = FileKeys { layout, keys: keys.clone() };
        let named = keys.iter().filter_map(|key| architecture.key(key, &file));
        named.filter(|name| wanted.contains(name)).count()
    });
    if !wrapper.is_empty() {
        report.changed.push(format!("`{wrapper}` is taken off the keys: the network is inside"));
    }
    let mut named: BTreeMap<String, (String, Option<Weight>)> = BTreeMap::new();
    for (key, weight) in tensors {
        match key.strip_prefix(&wrapper) {
            Some(inside) => {
                let plain = wrappers::without_inner(inside, &mut met).into_owned();
                if let Some((other, _)) = named.insert(plain, (key.clone(), weight)) {
                    return Err(ImportError::Twice(other, key));
                }
            }
            None => report.ignored.push((key, "beside the network")),
        }
    }
    report.changed.extend(met.iter().map(|inner| format!("`{inner}` is taken out of the keys of parts")));
    let file = FileKeys { layout, keys: named.keys().cloned().collect() };
    let mut sources = Sources::new();
    for (key, (from, weight)) in named {
        let Some(weight) = weight else {
            report.ignored.push((from, "not floating point"));
            continue;
        };
        // A shape such as [2⁶⁰, 0] needs no bytes in a file, and would need them here.
        if weight.values.is_empty() {
            report.ignored.push((from, "empty"));
            continue;
        }
        let counter = key.ends_with("num_batches_tracked");
        let Some(name) = architecture.key(&key, &file).filter(|_| !counter) else {
            report.ignored.push((from, "not part of this network"));
            continue;
        };
        let weight = if layout == Layout::OpenClip && key == "visual.proj" { turned(weight) } else { weight };
        if let Some(other) = sources.get(&name) {
            return Err(ImportError::Twice(other.from.join(" + "), from));
        }
        sources.insert(name, Source { from: vec![from], weight });
    }
    add_head_bias(&mut sources, layout);
    Ok(sources)
}

/// A projection without bias, as whole CLIP files have it, gets one of zeros, as timm gives it.
fn add_head_bias(sources: &mut Sources, layout: Layout) {
    let whole_clip = matches!(layout, Layout::OpenClip | Layout::HuggingFace);
    let numbers = match sources.get("head.weight").map(|head| &head.weight.shape[..]) {
        Some([numbers, _]) if whole_clip && !sources.contains_key("head.bias") => *numbers,
        _ => return,
    };
    let weight = Weight { shape: vec![numbers], values: vec![0.0; numbers] };
    sources.insert("head.bias".into(), Source { from: Vec::new(), weight });
}

/// `[ins, outs]` → `[outs, ins]`
fn turned(weight: Weight) -> Weight {
    match weight.shape[..] {
        [ins, outs] => {
            Weight { shape: vec![outs, ins], values: super::transposed(&weight.values, outs, ins) }
        }
        _ => weight,
    }
}
