//! Takes off what compilers, trainers and teachers put before the keys of a network: `_orig_mod.`,
//! `teacher.backbone.`, `state_dict.`, …

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Wrappers in the order in which they are chosen where several hold the same network.
const PREFERRED: [&str; 15] = [
    "state_dict",
    "model",
    "module",
    "model_ema",
    "ema",
    "ema_model",
    "teacher",
    "target_encoder",
    "student",
    "encoder",
    "backbone",
    "online_encoder",
    "net",
    "network",
    "_orig_mod",
];
/// What compilers and trainers put around single parts of a network, in the middle of its keys.
const AROUND_PARTS: [&str; 4] =
    ["_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.", "_forward_module."];
/// Names that are taken off at most, from the outermost.
const MOST_NAMES: usize = 5;

/// The wrapper without which most keys are those of the network, with the dot at its end; empty where
/// nothing is gained.
///
/// `fits` counts the keys that are the network's.
pub(super) fn found(keys: &BTreeSet<String>, fits: impl Fn(&BTreeSet<String>) -> usize) -> String {
    let mut inside: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for key in keys {
        for (dot, _) in key.match_indices('.').take(MOST_NAMES) {
            inside.entry(&key[..=dot]).or_default().insert(key[dot + 1..].to_owned());
        }
    }
    let order = |wrapper: &str| -> Vec<usize> {
        let place = |name| PREFERRED.iter().position(|one| *one == name).unwrap_or(PREFERRED.len());
        wrapper.split_terminator('.').map(place).collect()
    };
    let counted = inside.iter().map(|(wrapper, keys)| (*wrapper, fits(keys)));
    let best = counted.max_by_key(|(wrapper, count)| {
        (*count, Reverse(wrapper.matches('.').count()), Reverse(order(wrapper)), Reverse(*wrapper))
    });
    best.filter(|(_, count)| *count > fits(keys)).map_or_else(String::new, |(wrapper, _)| wrapper.to_owned())
}

/// The key without what was put around parts of the network; every kind that was met goes into `met`.
///
/// What stands before the whole key is left to [`found`].
pub(super) fn without_inner<'a>(key: &'a str, met: &mut BTreeSet<&'static str>) -> Cow<'a, str> {
    let mut plain = Cow::Borrowed(key);
    for wrapper in AROUND_PARTS {
        while let Some(dot) = plain.find(&format!(".{wrapper}")) {
            plain.to_mut().replace_range(dot + 1..=dot + wrapper.len(), "");
            met.insert(wrapper);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{found, without_inner};

    const NETWORK: [&str; 4] = ["norm.weight", "blocks.0.weight", "blocks.1.weight", "head.model.weight"];

    fn wrapper(keys: &[&str]) -> String {
        let keys = keys.iter().map(ToString::to_string).collect::<BTreeSet<String>>();
        found(&keys, |keys| NETWORK.iter().filter(|key| keys.contains(**key)).count())
    }

    fn within(wrapper: &str) -> Vec<String> {
        NETWORK.iter().map(|key| format!("{wrapper}{key}")).collect()
    }

    fn check(wrappers: &[&str], expected: &str) {
        let keys: Vec<String> = wrappers.iter().flat_map(|wrapper| within(wrapper)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).chain(["optimizer.step"]).collect();
        assert_eq!(wrapper(&keys), expected, "{wrappers:?}");
    }

    #[test]
    fn whatever_stands_before_the_networks_keys_comes_off() {
        for one in
            ["_orig_mod.", "module._orig_mod.", "teacher.backbone.", "ema.", "a.state_dict.lit.net.encoder."]
        {
            check(&[one], one);
        }
        check(&[""], "");
    }

    #[test]
    fn of_several_copies_the_preferred_one_is_taken() {
        check(&["student.", "teacher."], "teacher.");
        check(&["model_ema.", "model."], "model.");
        check(&["teacher.backbone.", "student.backbone."], "teacher.backbone.");
        check(&["", "teacher."], "");
    }

    #[test]
    fn what_stands_around_a_part_comes_out_of_the_key() {
        let mut met = BTreeSet::new();
        for (key, plain) in [
            ("blocks.0._orig_mod._orig_mod.attn.weight", "blocks.0.attn.weight"),
            ("blocks.0._fsdp_wrapped_module._checkpoint_wrapped_module.norm.bias", "blocks.0.norm.bias"),
            ("_orig_mod.blocks.0.bias", "_orig_mod.blocks.0.bias"),
            ("a_orig_mod.bias", "a_orig_mod.bias"),
        ] {
            assert_eq!(without_inner(key, &mut met), plain);
        }
        assert_eq!(met.len(), 3, "{met:?}");
    }

    #[test]
    fn a_part_of_the_network_is_no_wrapper() {
        assert_eq!(wrapper(&["blocks.0.weight", "other.norm.weight"]), "");
        assert_eq!(wrapper(&["elsewhere.x", "b.y"]), "");
    }
}
