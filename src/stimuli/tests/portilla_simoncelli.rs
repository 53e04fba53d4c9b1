//! Portilla–Simoncelli: the statistics are plenoptic's, and what is synthesised has them.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use gestalt_stimuli::synthesis::portilla_simoncelli::Statistics;
use image::RgbImage;
use serde_json::Value;

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/portilla_simoncelli");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|e| e == "json")).collect()
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// Relative means: by the Euclidean norm of the group, since single correlations are near 0.
#[test]
fn every_group_agrees_with_plenoptic_to_a_ten_thousandth() {
    let fixtures = fixtures();
    assert_eq!(fixtures.len(), 6);
    for path in fixtures {
        let wanted: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let picture = image::open(path.with_extension("png")).unwrap().to_rgb8();
        let number = |key: &str| wanted[key].as_u64().unwrap() as usize;
        let statistics = Statistics::of_luma(&picture, number("scales"), number("orientations")).unwrap();
        let groups = wanted["groups"].as_array().unwrap();
        assert_eq!(statistics.groups().count(), groups.len());
        let numbers = |group: &Value| -> Vec<f64> {
            group["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
        };
        for ((group, values), wanted) in statistics.groups().zip(groups) {
            assert_eq!(group.name, wanted["name"]);
            assert_eq!(group.level.to_string(), wanted["level"]);
            let wanted = numbers(wanted);
            assert_eq!(values.len(), wanted.len());
            let difference: Vec<f64> = values.iter().zip(&wanted).map(|(a, b)| a - b).collect();
            let relative = norm(&difference) / norm(&wanted);
            assert!(relative < 1e-4, "{path:?} {group:?}: {relative:e}\n{values:?}\n{wanted:?}");
        }
    }
}

#[test]
fn a_picture_too_small_is_named_with_what_it_needs() {
    let message = Statistics::of_luma(&RgbImage::new(50, 90), 3, 4).unwrap_err().to_string();
    assert!(message.contains("50 × 90") && message.contains("56"), "{message}");
    assert_eq!(Statistics::most_scales(50, 90), 2);
    assert_eq!(Statistics::most_scales(0, 90), 0);
    assert!(Statistics::of_luma(&RgbImage::new(0, 0), 1, 4).is_err());
}

#[test]
fn an_even_picture_has_finite_statistics() {
    for grey in [0, 77, 255] {
        let even = RgbImage::from_pixel(64, 48, image::Rgb([grey; 3]));
        let values = Statistics::of_luma(&even, 2, 4).unwrap().to_vector();
        assert!(values.iter().all(|v| v.is_finite()));
    }
}
