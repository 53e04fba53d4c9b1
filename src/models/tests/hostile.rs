//! Checkpoints and cards that lie: whatever names, shapes and numbers meet, the answer is an error or a
//! whole network.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use burn::tensor::Device;
use common::{every, weights_of};
use gestalt_models::import::{Layout, Tensors, import};
use gestalt_models::weights;
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::vit::VitConfig;
use gestalt_networks::weight::{Weight, Weights};
use peak_alloc::PeakAlloc;
use proptest::prelude::*;
use proptest::sample::Index;

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;
/// No checkpoint of these tests needs more than a few megabytes, whatever a card claims.
const MOST_BYTES: usize = 200_000_000;

static FIXTURES: LazyLock<Vec<(Architecture, Layout, Tensors)>> = LazyLock::new(|| {
    every().into_iter().map(|(name, architecture, layout)| (architecture, layout, weights_of(name))).collect()
});

/// One thing that is wrong with a checkpoint.
#[derive(Clone, Debug)]
enum Edit {
    /// A tensor is gone.
    Drop(Index),
    /// A tensor has another's contents.
    Exchange(Index, Index),
    /// A tensor has another's last name, or its first ones.
    Rename(Index, Index, bool),
    /// A tensor with this many values, in a shape that they fill.
    Reshape(Index, Vec<usize>),
    /// A tensor holds no floating point numbers.
    Integers(Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let length = prop::sample::select(vec![0, 1, 2, 3, 4, 8, 16, 17, 48, 1 << 40, usize::MAX]);
    prop_oneof![
        any::<Index>().prop_map(Edit::Drop),
        any::<(Index, Index)>().prop_map(|(a, b)| Edit::Exchange(a, b)),
        any::<(Index, Index, bool)>().prop_map(|(a, b, last)| Edit::Rename(a, b, last)),
        (any::<Index>(), prop::collection::vec(length, 0..5)).prop_map(|(a, shape)| Edit::Reshape(a, shape)),
        any::<Index>().prop_map(Edit::Integers),
    ]
}

/// A checkpoint as a file's reader could give it: every shape is filled.
fn edited(mut tensors: Tensors, edits: Vec<Edit>) -> Tensors {
    for edit in edits {
        let keys: Vec<String> = tensors.keys().cloned().collect();
        if keys.is_empty() {
            break;
        }
        let key = |index: Index| keys[index.index(keys.len())].clone();
        match edit {
            Edit::Drop(a) => drop(tensors.remove(&key(a))),
            Edit::Exchange(a, b) => drop(tensors.insert(key(a), tensors[&key(b)].clone())),
            Edit::Rename(a, b, last) => {
                let (from, like) = (key(a), key(b));
                let split =
                    |key: &str| key.rsplit_once('.').map(|(stem, last)| (stem.to_owned(), last.to_owned()));
                let (Some((stem, name)), Some((other_stem, other_name))) = (split(&from), split(&like))
                else {
                    continue;
                };
                let to = if last { format!("{stem}.{other_name}") } else { format!("{other_stem}.{name}") };
                let tensor = tensors.remove(&from).unwrap();
                tensors.insert(to, tensor);
            }
            Edit::Reshape(a, shape) => {
                let count = shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length));
                if let Some(count) = count.filter(|&count| count < 4096) {
                    let values = (0..count).map(|i| (i % 7) as f32 - 3.0).collect();
                    tensors.insert(key(a), Some(Weight { shape, values }));
                }
            }
            Edit::Integers(a) => drop(tensors.insert(key(a), None)),
        }
    }
    tensors
}

/// A number of the architecture for another, as a card or a file of numbers may have it.
fn renumbered(architecture: &Architecture, changes: &[(Index, i64)]) -> Option<Architecture> {
    let mut value = serde_json::to_value(architecture).unwrap();
    for (place, number) in changes {
        let mut numbers = Vec::new();
        collect_numbers(&mut value, &mut numbers);
        let count = numbers.len();
        *numbers.swap_remove(place.index(count)) = (*number).into();
    }
    serde_json::from_value(value).ok()
}

fn collect_numbers<'a>(value: &'a mut serde_json::Value, found: &mut Vec<&'a mut serde_json::Value>) {
    match value {
        serde_json::Value::Number(_) => found.push(value),
        serde_json::Value::Array(list) => list.iter_mut().for_each(|value| collect_numbers(value, found)),
        serde_json::Value::Object(map) => map.values_mut().for_each(|value| collect_numbers(value, found)),
        _ => {}
    }
}

fn numbers() -> impl Strategy<Value = Vec<(Index, i64)>> {
    let number = prop::sample::select(vec![
        -1,
        0,
        1,
        2,
        3,
        4,
        7,
        8,
        16,
        32,
        48,
        64,
        96,
        128,
        256,
        1000,
        1024,
        4096,
        1 << 31,
        i64::MAX,
    ]);
    prop::collection::vec((any::<Index>(), number), 0..4)
}

const LAYOUTS: [Layout; 4] = [Layout::Timm, Layout::Torchvision, Layout::HuggingFace, Layout::OpenClip];

#[test]
fn a_card_that_asks_for_the_largest_network_takes_no_memory_before_its_keys_are_checked() {
    let largest = VitConfig { image_px: 1024, patch_px: 8, width: 4096, heads: 64, ..VitConfig::default() };
    let architecture = Architecture::Vit(VitConfig { depth: 64, mlp_ratio: 16, ..largest });
    let (_, report) = weights::build(&architecture, &Weights::new(), &Device::flex()).unwrap();
    assert!(report.missing.contains(&"pos_embed".to_owned()));
    // A checkpoint with positions of that width does not make a larger table than that of the network
    // named.
    let row = Weight { shape: vec![1, 2, 4096], values: vec![0.5; 2 * 4096] };
    let file = BTreeMap::from([("pos_embed".to_owned(), Some(row))]);
    let narrow = Architecture::Vit(VitConfig { width: 64, heads: 2, ..largest });
    let error = import(file, &narrow, Layout::Timm).unwrap_err().to_string();
    assert!(error.contains("`pos_embed` is [1, 2, 4096], wanted [1, 16385, 64]"), "{error}");
    assert!(PEAK.peak_usage() < MOST_BYTES, "{} bytes were allocated", PEAK.peak_usage());
    let endless = Architecture::Vit(VitConfig { patch_px: 1, ..largest });
    assert!(endless.check().unwrap_err().to_string().contains("patch_px = 1"));
}

// A million cases each: `PROPTEST_CASES=1000000 cargo test --release -p gestalt-networks --features
// import --test hostile`.
proptest! {
    #[test]
    fn any_checkpoint_as_any_architecture_in_any_layout_is_whole_or_an_error(
        file in any::<Index>(),
        other in any::<Option<(Index, Index)>>(),
        edits in prop::collection::vec(edit(), 0..5),
        numbers in numbers(),
    ) {
        let (architecture, layout, tensors) = &FIXTURES[file.index(FIXTURES.len())];
        // Most cases are near to a file that fits.
        let (architecture, layout) = match other {
            Some((architecture, layout)) => (
                &FIXTURES[architecture.index(FIXTURES.len())].0,
                LAYOUTS[layout.index(LAYOUTS.len())],
            ),
            None => (architecture, *layout),
        };
        if let Some(architecture) = renumbered(architecture, &numbers)
            && let Ok(imported) = import(edited(tensors.clone(), edits), &architecture, layout)
        {
            let (_, report) = weights::build(&imported.architecture, &imported.weights, &Device::flex()).unwrap();
            prop_assert!(report.is_complete(), "{report}");
        }
        prop_assert!(PEAK.peak_usage() < MOST_BYTES, "{} bytes were allocated", PEAK.peak_usage());
    }

    #[test]
    fn weights_of_one_network_under_the_card_of_another_are_no_panic(
        file in any::<Index>(),
        numbers in numbers(),
    ) {
        let (architecture, layout, tensors) = &FIXTURES[file.index(FIXTURES.len())];
        let imported = import(tensors.clone(), architecture, *layout).unwrap();
        if let Some(renumbered) = renumbered(&imported.architecture, &numbers) {
            let _ = weights::build(&renumbered, &imported.weights, &Device::flex());
        }
        prop_assert!(PEAK.peak_usage() < MOST_BYTES, "{} bytes were allocated", PEAK.peak_usage());
    }
}
