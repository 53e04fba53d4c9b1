//! A public checkpoint from its file to features, as a user brings it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

const NUMBERS: &str = r#"{"architecture": {"kind": "vit", "image_px": 32, "patch_px": 8, "width": 16, "depth": 2, "heads": 2, "mlp_ratio": 4, "ln_eps": 1e-6}}"#;

mod common;
use common::{fails, gestalt, interrupted, ok};

fn text(path: PathBuf) -> String {
    path.to_str().unwrap().to_owned()
}

fn fixture(name: &str) -> String {
    text(Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/fixtures/parity").join(name))
}

#[test]
fn a_checkpoint_becomes_a_model_that_gives_features() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| text(folder.path().join(name));
    fs::write(path("numbers.json"), NUMBERS).unwrap();
    let numbers = path("numbers.json");
    ok(&["scenes", "--count", "3", "--size", "32", "--out", &path("scenes")]);
    let mut pictures: Vec<String> = Vec::new();
    for category in fs::read_dir(folder.path().join("scenes")).unwrap() {
        for picture in fs::read_dir(category.unwrap().path()).unwrap() {
            pictures.push(text(picture.unwrap().path()));
        }
    }
    let mut first = Vec::new();
    for (file, bits) in
        [("timm_mae.pth", "none"), ("timm_mae.safetensors", "q8"), ("timm_deit.safetensors", "q4")]
    {
        let weights = fixture(file);
        let model = path(&format!("model-{bits}"));
        let import = [
            "models",
            "import",
            "--weights",
            &weights,
            "--architecture",
            &numbers,
            "--layout",
            "timm",
            "--name",
            "small",
        ];
        // A fixture holds more than the network: its weights stand under `weights.`, so only the .pth is a
        // checkpoint.
        let weights = if bits == "none" { weights.clone() } else { path("checkpoint.safetensors") };
        if bits != "none" {
            fs::write(&weights, checkpoint(&fixture(file))).unwrap();
        }
        let mut words: Vec<&str> = import.to_vec();
        words[3] = &weights;
        words.extend(["--quantize", bits, "--compare-on", "2", "--out", &model]);
        let said = ok(&words);
        assert!(
            said.contains("used ") && said.contains("blocks.1.mlp.fc2.bias") && said.contains(" 0 missing"),
            "{said}"
        );
        assert!(ok(&["models", "check", &model]).contains("passed"));
        let out = path("features.safetensors");
        let mut words = vec!["features", "--force", "--model", &model, "--as-is", "--out", &out];
        words.extend(pictures.iter().map(String::as_str));
        ok(&words);
        let bytes = fs::read(&out).unwrap();
        let features = SafeTensors::deserialize(&bytes).unwrap();
        let features = features.tensor("features").unwrap();
        assert_eq!(features.shape(), [3, 16]);
        first.push(features.data().to_vec());
    }
    assert_ne!(first[0], first[1], "8 bits are not the file's own numbers");
    let card = fs::read_to_string(folder.path().join("model-q8/card.json")).unwrap();
    let card: serde_json::Value = serde_json::from_str(&card).unwrap();
    assert!(card["measured"]["cosine_to_unquantised_least"].as_f64().unwrap() > 0.999, "{card}");
    // However few bits a file has, its network takes the same memory.
    ok(&["models", "index", &text(folder.path().into())]);
    let index = fs::read_to_string(folder.path().join("index.json")).unwrap();
    let index: Vec<serde_json::Value> = serde_json::from_str(&index).unwrap();
    let all =
        |field: &str| index.iter().map(|listed| listed[field].as_u64().unwrap()).collect::<BTreeSet<_>>();
    assert_eq!((all("size_bytes").len(), all("unpacked_bytes").len()), (3, 1), "{index:?}");
    assert!(
        all("unpacked_bytes").first() < all("size_bytes").last(),
        "a file of 32-bit floats has a header too"
    );
}

/// The fixture's weights as a checkpoint holds them.
fn checkpoint(fixture: &str) -> Vec<u8> {
    let bytes = fs::read(fixture).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let weights =
        file.iter().filter_map(|(key, view)| Some((key.strip_prefix("weights.")?.to_owned(), view)));
    safetensors::serialize(weights.collect::<Vec<_>>(), None).unwrap()
}

#[test]
fn a_layer_that_four_bits_would_change_too_much_is_named_in_the_card() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| text(folder.path().join(name));
    fs::write(path("numbers.json"), NUMBERS).unwrap();
    // One large output in 32 leaves no steps for the others, fitted or not.
    let key = "blocks.1.mlp.fc1.weight";
    let size = |i: usize| if (i / 16).is_multiple_of(32) { 9.0 } else { 0.3 };
    let uneven: Vec<u8> =
        (0..64 * 16).flat_map(|i| (size(i) * (i as f32 * 0.7).sin()).to_le_bytes()).collect();
    let bytes = checkpoint(&fixture("timm_deit.safetensors"));
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let views = file.iter().map(|(name, view)| {
        let uneven = || TensorView::new(Dtype::F32, vec![64, 16], &uneven).unwrap();
        (name.to_owned(), if name == key { uneven() } else { view })
    });
    fs::write(path("uneven.safetensors"), safetensors::serialize(views.collect::<Vec<_>>(), None).unwrap())
        .unwrap();
    let words = format!(
        "models import --weights {} --architecture {} --layout timm --name u --quantize q4 --compare-on 0 --out {}",
        path("uneven.safetensors"),
        path("numbers.json"),
        path("model")
    );
    let said = ok(&words.split(' ').collect::<Vec<_>>());
    assert!(said.contains(&format!("note: {key} stays in 8 bits")), "{said}");
    let card = fs::read_to_string(folder.path().join("model/card.json")).unwrap();
    let card: serde_json::Value = serde_json::from_str(&card).unwrap();
    assert_eq!(card["in_8_bits"], serde_json::json!([key]));
    assert!(ok(&["models", "check", &path("model")]).contains("passed"));
}

#[cfg(unix)]
#[test]
fn an_interrupted_import_resumes_to_the_same_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| text(folder.path().join(name));
    fs::write(path("numbers.json"), NUMBERS).unwrap();
    fs::write(path("small.safetensors"), checkpoint(&fixture("timm_deit.safetensors"))).unwrap();
    let words = |out: &str| -> Vec<String> {
        let words = "models import --layout timm --name u --quantize q8 --compare-on 12 --weights";
        let words = words.split(' ').map(str::to_owned);
        let more = [&path("small.safetensors"), "--architecture", &path("numbers.json"), "--out", &path(out)];
        words.chain(more.map(str::to_owned)).collect()
    };
    let run = |words: &[String]| ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
    run(&words("straight"));
    let stopped = words("model");
    let given: Vec<&str> = stopped.iter().map(String::as_str).collect();
    let said = interrupted(&given, &path("model/card.json.rows.ndjson"), 2);
    assert!(said.contains("of 12 pictures compared; what is done is kept in"), "{said}");
    assert!(!folder.path().join("model/card.json").exists(), "no model before it is whole");
    run(&stopped);
    for file in ["card.json", "weights.bpk", "reference-output.json"] {
        let [one, other] =
            ["straight", "model"].map(|model| fs::read(folder.path().join(model).join(file)).unwrap());
        assert!(one == other, "{file}");
    }
    assert_eq!(fs::read_dir(folder.path().join("model")).unwrap().count(), 3, "nothing else is left");
    fails(&given, &["holds a model already", "--force"]);
    let nowhere = path("numbers.json/model");
    let mut given = given;
    *given.last_mut().unwrap() = &nowhere;
    fails(&given, &["cannot be written"]);
}

#[test]
fn another_networks_file_is_refused_with_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    let weights = fixture("timm_mae.pth");
    let out = text(folder.path().join("model"));
    let output = gestalt(&[
        "models",
        "import",
        "--weights",
        &weights,
        "--architecture",
        "resnet18",
        "--layout",
        "timm",
        "--name",
        "r",
        "--out",
        &out,
    ]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        error.contains("timm_mae.pth")
            && error.contains("missing: ")
            && error.contains("layer4.1.conv2.weight"),
        "{error}"
    );
    assert!(!folder.path().join("model").exists());
    let output = gestalt(&[
        "models",
        "import",
        "--weights",
        &weights,
        "--architecture",
        "resnet17",
        "--layout",
        "timm",
        "--name",
        "r",
        "--out",
        &out,
    ]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("unknown architecture `resnet17`"));
}
