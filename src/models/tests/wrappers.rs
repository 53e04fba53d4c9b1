//! Checkpoints as training code and hubs leave them: wrapped, in several files, or only a pointer to the
//! file.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{VIT, weights_of};
use gestalt_models::import::{ImportError, Layout, Tensors, hash, import, read};
use gestalt_networks::architectures::Architecture;
use gestalt_networks::weight::Weight;
use gestalt_types::Sha256;
use safetensors::tensor::{Dtype, TensorView};

fn within(wrapper: &str, tensors: Tensors) -> Tensors {
    tensors.into_iter().map(|(key, weight)| (format!("{wrapper}{key}"), weight)).collect()
}

#[test]
fn wrappers_of_compilers_trainers_and_teachers_come_off_and_it_is_said() {
    let network = Architecture::Vit(VIT);
    let plain = import(weights_of("timm_deit"), &network, Layout::Timm).unwrap();
    assert!(plain.report.changed.is_empty(), "{:?}", plain.report.changed);
    for wrapper in [
        "_orig_mod.",
        "module._orig_mod.",
        "teacher.backbone.",
        "student.encoder.",
        "model_ema.",
        "ema.module.",
        "lightning.state_dict.net.",
        "state_dict_ema.",
        "ema._orig_mod.module.",
    ] {
        let mut wrapped = within(wrapper, weights_of("timm_deit"));
        wrapped.insert("optimizer.step".into(), Some(Weight { shape: vec![1], values: vec![3.0] }));
        let imported = import(wrapped, &network, Layout::Timm).unwrap();
        assert_eq!(imported.weights, plain.weights, "{wrapper}");
        let said = format!("`{wrapper}` is taken off the keys: the network is inside");
        assert_eq!(imported.report.changed, [said]);
        assert_eq!(imported.report.used.len(), plain.report.used.len());
        assert!(imported.report.ignored.iter().any(|(key, _)| key == "optimizer.step"));
    }
}

#[test]
fn wrappers_around_single_blocks_come_out_and_it_is_said() {
    let network = Architecture::Vit(VIT);
    let plain = import(weights_of("timm_deit"), &network, Layout::Timm).unwrap();
    for (outer, inner) in
        [("", "_orig_mod."), ("module.", "_fsdp_wrapped_module._checkpoint_wrapped_module.")]
    {
        let around = |key: &str| match key.strip_prefix("blocks.").and_then(|rest| rest.split_once('.')) {
            Some((block, rest)) => format!("{outer}blocks.{block}.{inner}{rest}"),
            None => format!("{outer}{key}"),
        };
        let wrapped = weights_of("timm_deit").into_iter().map(|(key, weight)| (around(&key), weight));
        let mut wrapped: Tensors = wrapped.collect();
        let imported = import(wrapped.clone(), &network, Layout::Timm).unwrap();
        assert_eq!(imported.weights, plain.weights, "{inner}");
        let said = imported.report.changed.join("; ");
        assert!(inner.split_inclusive('.').all(|one| said.contains(&format!("`{one}`"))), "{said}");
        let twice = wrapped[&around("blocks.0.norm1.bias")].clone();
        wrapped.insert(format!("{outer}blocks.0.norm1.bias"), twice);
        assert!(matches!(import(wrapped, &network, Layout::Timm), Err(ImportError::Twice(..))));
    }
}

#[test]
fn of_a_teacher_and_a_student_the_teacher_is_taken() {
    let network = Architecture::Vit(VIT);
    let mut student = weights_of("timm_deit");
    for weight in student.values_mut().flatten() {
        weight.values.iter_mut().for_each(|value| *value += 1.0);
    }
    let mut both = within("student.", student);
    both.extend(within("teacher.", weights_of("timm_deit")));
    let imported = import(both, &network, Layout::Timm).unwrap();
    let plain = import(weights_of("timm_deit"), &network, Layout::Timm).unwrap();
    assert_eq!(imported.weights, plain.weights);
}

/// Writes tensors as a safetensors file.
fn save(path: &Path, tensors: &Tensors) {
    let bytes: BTreeMap<&String, (Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .filter_map(|(key, weight)| {
            let weight = weight.as_ref()?;
            Some((key, (weight.shape.clone(), weight.values.iter().flat_map(|v| v.to_le_bytes()).collect())))
        })
        .collect();
    let views = bytes
        .iter()
        .map(|(key, (shape, data))| (*key, TensorView::new(Dtype::F32, shape.clone(), data).unwrap()));
    fs::write(path, safetensors::serialize(views, None).unwrap()).unwrap();
}

#[test]
fn a_checkpoint_in_several_files_is_read_by_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let all: Tensors = weights_of("timm_deit").into_iter().filter(|(_, weight)| weight.is_some()).collect();
    let (mut shards, mut map) = ([Tensors::new(), Tensors::new()], BTreeMap::new());
    for (place, (key, weight)) in all.iter().enumerate() {
        shards[place % 2].insert(key.clone(), weight.clone());
        map.insert(key.clone(), format!("model-0000{}-of-00002.safetensors", place % 2 + 1));
    }
    for (place, shard) in shards.iter().enumerate() {
        save(&folder.path().join(format!("model-0000{}-of-00002.safetensors", place + 1)), shard);
    }
    let index = folder.path().join("model.safetensors.index.json");
    let write = |map: &BTreeMap<String, String>| {
        fs::write(&index, serde_json::json!({"metadata": {}, "weight_map": map}).to_string()).unwrap();
    };
    write(&map);
    assert_eq!(read(&index).unwrap(), all);
    let whole = hash(&index).unwrap();
    assert_eq!(hash(&index).unwrap(), whole);
    let shard = folder.path().join("model-00002-of-00002.safetensors");
    let bytes = fs::read(&shard).unwrap();
    assert_eq!(hash(&shard).unwrap(), Sha256::of(&bytes));
    let mut altered = bytes.clone();
    *altered.last_mut().unwrap() ^= 1;
    fs::write(&shard, altered).unwrap();
    assert_ne!(hash(&index).unwrap(), whole, "the hash covers every file");
    fs::write(&shard, bytes).unwrap();
    let error = |map: &BTreeMap<String, String>| {
        write(map);
        read(&index).unwrap_err().to_string()
    };
    let key = map.keys().next().unwrap().clone();
    let with = |name: &str| map.clone().into_iter().chain([(key.clone(), name.to_owned())]).collect();
    assert!(
        error(&with("model-00003-of-00002.safetensors"))
            .contains("model-00003-of-00002.safetensors is missing")
    );
    assert!(error(&with("../elsewhere.safetensors")).contains("not a file of weights beside it"));
    assert!(error(&with("model-00002-of-00002.safetensors")).contains(&format!("`{key}` is not in")));
    fs::write(&index, "{}").unwrap();
    assert!(read(&index).unwrap_err().to_string().contains("weight_map"));
}

#[test]
fn pointers_and_web_pages_are_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    for (content, said) in [
        (&b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 99\n"[..], "git lfs pull"),
        (b"<!DOCTYPE html><html><title>Not found</title>", "a web page (HTML)"),
    ] {
        for name in ["weights.safetensors", "weights.pth"] {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(said), "{error}");
        }
    }
}
