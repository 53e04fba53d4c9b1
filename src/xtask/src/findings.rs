//! `cargo xtask findings`: writes docs/findings.md from the claims below and the result files of
//! docs/findings.

use crate::place;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A claim of one of the four papers, and what was done about it here.
struct Claim {
    /// What is claimed, and by whom.
    claim: &'static str,
    /// What was run; empty where nothing was.
    experiment: &'static str,
    /// Result files of docs/findings, without `.json`; those that are missing are named as not run.
    results: &'static [&'static str],
    /// What the figures say, or what is missing for a verdict.
    verdict: &'static str,
}

const CLAIMS: [Claim; 7] = [
    Claim {
        claim: "DiSRT: self-supervised networks see arrangement better than supervised ones; fine-tuning \
                degrades it; Top-K sparsity restores it; so does masking for ConvNeXt.",
        experiment: "",
        results: &[],
        verdict: "Not tested. It needs the supervised, fine-tuned and Top-K networks, three seeds each; their \
                  recipes are in `src/training/recipes`, their training is not finished. A ConvNeXt has no \
                  training objective here yet.",
    },
    Claim {
        claim: "Gestalt grouping appears in patch features: illusory contours, convexity, proximity, continuity, \
                figure and ground.",
        experiment: "",
        results: &[],
        verdict: "Not tested. The figures and their masks exist (`gestalt probes`); the index over patch \
                  features does not.",
    },
    Claim {
        claim: "LNS: noise on an autoencoder's code segments figures as people see them.",
        experiment: "Adjusted Rand index on the 100 test pictures of each Good Gestalt set. `latent` is the \
                     method, `colour` Ward's linkage of the pixels' own colours, `output` noise on the decoded \
                     picture, `shuffled` the method with each pixel's changes given to another pixel. In \
                     Proximity the squares cover 7 % of the pixels: finding the background alone gives a high \
                     index.",
        results: &[
            "colour-closure",
            "colour-continuity",
            "colour-gradient-occlusion",
            "colour-illusory-occlusion",
            "colour-kanizsa",
            "colour-proximity",
            "latent-kanizsa",
            "output-kanizsa",
            "shuffled-kanizsa",
            "latent-closure",
        ],
        verdict: "No verdict before the autoencoders are trained. What colour alone reaches is what the method \
                  has to beat.",
    },
    Claim {
        claim: "STELLAR: sixteen sparse tokens hold what and where apart.",
        experiment: "",
        results: &[],
        verdict: "Not tested. The architecture is here, the objective is not.",
    },
    Claim {
        claim: "BagSSL: the mean of patch embeddings is nearly the embedding of the whole picture.",
        experiment: "",
        results: &["bag32-probe"],
        verdict: "Not tested. The objective and the recipe are here (scene-bag32-s8); the network is not \
                  trained.",
    },
    Claim {
        claim: "A masked autoencoder's features tell a scene's category (no paper's claim: what its card needs).",
        experiment: "Linear probe and nearest neighbours on the mean patch token, 3,000 scenes learned from, \
                     1,500 held out. Chance is .067.",
        results: &["mae-probe", "untrained-probe", "supervised-probe"],
        verdict: "A demonstration: one seed. Training adds .15 to the probe and .30 to the neighbours. The scenes are \
                  easy: random weights of the same shape reach .84, so an accuracy below that says that training \
                  did harm.",
    },
    Claim {
        claim: "On real photographs the networks above see the whole.",
        experiment: "",
        results: &[],
        verdict: "Not tested with networks that are trained here.",
    },
];

/// What no experiment here can test.
const BEYOND: &str = "FID and ImageNet accuracy need ImageNet. \
    LNS's + 24.9 % over other unsupervised models needs those models.";

/// Reads the result files and writes the document.
pub fn run() -> Result<()> {
    let root = place::root()?;
    let results = read(&root.join("docs/findings"))?;
    let file = root.join("docs/findings.md");
    fs::write(&file, document(&results)).with_context(|| format!("{} cannot be written", file.display()))?;
    println!("{} result files in {}", results.len(), file.display());
    Ok(())
}

/// Every result file by its name.
fn read(folder: &Path) -> Result<BTreeMap<String, Value>> {
    let mut results = BTreeMap::new();
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let value = serde_json::from_slice(&text)
            .with_context(|| format!("{} is not JSON; make it again", path.display()))?;
        results.insert(name, value);
    }
    Ok(results)
}

fn document(results: &BTreeMap<String, Value>) -> String {
    let mut text = String::from(
        "# Findings\n\n<!-- Written by `cargo xtask findings` from docs/findings; \
         change the claims in src/xtask/src/findings.rs. -->\n\n\
         What the four papers claim, what was run here, and what came out. Intervals are 95 %: \
         Wilson for shares, bootstrap over\npictures for means. A figure that rests on one seed is a \
         demonstration, not a finding.\n",
    );
    for (number, claim) in CLAIMS.iter().enumerate() {
        let _ = write!(text, "\n## {}. {}\n\n", number + 1, claim.claim);
        if !claim.experiment.is_empty() {
            let _ = write!(text, "**Experiment.** {}\n\n", claim.experiment);
        }
        let (run, missing): (Vec<&str>, Vec<&str>) =
            claim.results.iter().partition(|name| results.contains_key(**name));
        if !run.is_empty() {
            text.push_str("| result | figure | value | n | model | command |\n|---|---|---|---|---|---|\n");
            run.iter().for_each(|name| rows(&mut text, name, &results[*name]));
            text.push('\n');
        }
        if !missing.is_empty() {
            let _ = write!(text, "**Not run:** {}.\n\n", missing.join(", "));
        }
        let _ = writeln!(text, "**Verdict.** {}", claim.verdict);
    }
    let _ = write!(text, "\n## What cannot be tested here\n\n{BEYOND}\n");
    text
}

/// A row of the table for each figure of a result file.
fn rows(text: &mut String, name: &str, result: &Value) {
    let words = |key: &str| result[key].as_str().unwrap_or("–").to_owned();
    let hash = words("weights_hash");
    let model = match hash.get(..8) {
        Some(short) => format!("{} ({short})", words("model")),
        None => words("model"),
    };
    for figure in result["figures"].as_array().into_iter().flatten() {
        let number = |key: &str| figure[key].as_f64().map(|value| format!("{value:.3}"));
        let interval = number("low")
            .zip(number("high"))
            .map_or(String::new(), |(low, high)| format!(" [{low}, {high}]"));
        let value = number("value").unwrap_or_else(|| "NA".into());
        let (measure, n) = (figure["name"].as_str().unwrap_or("–").replace('_', " "), &figure["n"]);
        let _ = writeln!(
            text,
            "| {name} | {measure} | {value}{interval} | {n} | {model} | `{}` |",
            words("command")
        );
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_result_becomes_a_row_and_what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let result = r#"{"command": "gestalt probe --model a", "model": "a", "weights_hash": "0123456789ab",
            "figures": [{"name": "knn_accuracy", "value": 0.5, "low": 0.4, "high": 0.6, "n": 1500}]}"#;
        fs::write(folder.path().join("mae-probe.json"), result).unwrap();
        let text = document(&read(folder.path()).unwrap());
        assert!(
            text.contains("| mae-probe | knn accuracy | 0.500 [0.400, 0.600] | 1500 | a (01234567) |"),
            "{text}"
        );
        assert!(text.contains("**Not run:** untrained-probe, supervised-probe."), "{text}");
    }

    #[test]
    fn a_broken_result_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mae-probe.json"), "{").unwrap();
        assert!(read(folder.path()).unwrap_err().to_string().contains("mae-probe.json"));
    }
}
