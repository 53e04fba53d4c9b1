//! Segmentation's two computations, held to scikit-learn and SciPy.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use gestalt_inspect::rand_index::adjusted_rand_index;
use gestalt_inspect::ward::ward;
use serde_json::Value;

fn cases(text: &str) -> Vec<Value> {
    serde_json::from_str::<Value>(text).unwrap()["cases"].as_array().unwrap().clone()
}

#[test]
fn the_adjusted_rand_index_is_scikit_learns() {
    let cases = cases(include_str!("fixtures/rand_index.json"));
    assert_eq!(cases.len(), 1000);
    for case in cases {
        let [a, b] = ["a", "b"].map(|name| case[name].as_str().unwrap().as_bytes());
        let index = adjusted_rand_index(a, b).unwrap();
        assert!((index - case["index"].as_f64().unwrap()).abs() < 1e-12, "{index} for {case}");
    }
}

#[test]
fn the_partition_of_wards_linkage_is_scipys() {
    for case in cases(include_str!("fixtures/ward.json")) {
        let vectors: Vec<f32> =
            case["vectors"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect();
        let width = case["width"].as_u64().unwrap() as usize;
        let partitions: BTreeMap<usize, String> = serde_json::from_value(case["partitions"].clone()).unwrap();
        for (groups, expected) in partitions {
            let found = ward(&vectors, width, groups);
            let found: String = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{groups} groups of {} vectors", expected.len());
        }
    }
}
