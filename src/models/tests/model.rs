//! A small model from its three files to rows.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use burn::tensor::Device;
use gestalt_models::card::{CARD_VERSION, ModelCard, Quantisation};
use gestalt_models::reference_output::{REFERENCE_OUTPUT_VERSION, ReferenceOutput, Verdict};
use gestalt_models::weights;
use gestalt_models::{
    Compute, FeatureExtractor, LoadedModel, ModelError, ModelFiles, ModelObserver, Readout,
};
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::vit::VitConfig;
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::preprocess::{Normalise, Preprocess};
use gestalt_networks::readout::Layer;
use gestalt_networks::resize::Filter;
use gestalt_networks::sparsity::TopK;
use gestalt_observers::{Answer, Picture, Run, Taken, answer, observe};
use gestalt_protocol as protocol;
use gestalt_protocol::{Encoding, ImageEntry, Made, Outcome, Prompt, Role, Row, Rule, Task, Trial, TrialSet};
use gestalt_types::{Name, Sha256, Slot};
use pollster::block_on;
use uuid::Uuid;

fn small() -> VitConfig {
    VitConfig {
        image_px: 16,
        patch_px: 8,
        width: 32,
        depth: 2,
        heads: 2,
        mlp_ratio: 2,
        ..VitConfig::default()
    }
}
const READOUT: Readout = Readout { layer: Layer::MEAN, top_k: None };

struct Files {
    card: ModelCard,
    weights: Vec<u8>,
    reference: ReferenceOutput,
}

impl Files {
    fn make() -> Self {
        let network = small().init(&Device::flex()).unwrap();
        let (bytes, file) = weights::save(&network, Quantisation::Q8Block32).unwrap();
        let card = ModelCard {
            card_version: CARD_VERSION,
            name: "small".into(),
            architecture: Architecture::Vit(small()),
            objective: "none".into(),
            training_data: "none".into(),
            source: "a test".into(),
            licence: "MIT".into(),
            preprocess: Preprocess {
                resize_px: 16,
                crop_px: 16,
                normalise: Normalise::IMAGENET,
                filter: Filter::Bilinear,
            },
            layers: vec!["mean".into(), "cls".into()],
            default_layer: "mean".into(),
            quantisation: Quantisation::Q8Block32,
            in_8_bits: vec![],
            weights: file,
            measured: BTreeMap::new(),
            notes: vec![],
        };
        let cpu = Compute::cpu().unwrap();
        let model = FeatureExtractor::new(card.clone(), &bytes, cpu).unwrap();
        let features = block_on(model.reference_features(&[Layer::MEAN, Layer::CLS])).unwrap();
        let reference = ReferenceOutput {
            reference_output_version: REFERENCE_OUTPUT_VERSION,
            features,
            cosine_to_unquantised: BTreeMap::new(),
        };
        Self { card, weights: bytes, reference }
    }

    fn load(&self) -> Result<LoadedModel, ModelError> {
        self.load_with(&self.reference.to_json())
    }

    fn load_with(&self, reference: &str) -> Result<LoadedModel, ModelError> {
        let card = self.card.to_json();
        let reference_output = reference.as_bytes();
        let files = ModelFiles { card: card.as_bytes(), weights: &self.weights, reference_output };
        block_on(LoadedModel::from_bytes(files, Compute::cpu().unwrap()))
    }
}

fn picture(seed: u8) -> Picture {
    let pixel = |i: u32| (i.wrapping_mul(u32::from(seed) * 7 + 3) % 251) as u8;
    Picture { pixels: (0..16 * 16 * 3).map(pixel).collect(), width_px: 16, height_px: 16 }
}

fn answer_to(model: &LoadedModel, seeds: [u8; 3]) -> Answer {
    let observer = ModelObserver { model, readout: READOUT };
    block_on(answer(&observer, &seeds.map(picture), Rule::MeanDistance, &|| 0.0)).unwrap()
}

#[test]
fn a_model_reproduces_its_reference_output_where_it_was_made() {
    let model = Files::make().load().unwrap();
    assert!(model.verdict().passed() && model.verdict().cosine.unwrap() > 0.999_999);
    assert_eq!(model.compute().kind(), protocol::Device::Cpu);
}

#[test]
fn a_reference_output_under_its_older_name_is_still_read() {
    let files = Files::make();
    let older = files.reference.to_json().replace("reference_output_version", "known_answer_version");
    assert!(older.contains("known_answer_version"));
    assert!(files.load_with(&older).unwrap().verdict().passed());
}

#[test]
fn a_wrong_reference_output_fails_and_says_on_what_device() {
    let mut files = Files::make();
    files.reference.features.get_mut("cls").unwrap().reverse();
    let error = files.load().unwrap_err();
    assert!(matches!(error, ModelError::Failed { .. }));
    let text = error.to_string();
    assert!(text.contains("small") && text.contains("Cpu") && text.contains("0.990 is required"), "{text}");
    // One of another length or without variance is no reference output.
    files.reference.features.get_mut("cls").unwrap().pop();
    assert!(matches!(files.load().unwrap_err(), ModelError::Failed { .. }));
    files.reference.features.insert("cls".into(), vec![1.0; 32]);
    assert!(files.load().unwrap_err().to_string().contains("features.cls"));
}

#[test]
fn the_reference_output_is_checked_in_a_batch_of_three_at_the_default_layer() {
    let mut files = Files::make();
    let model = FeatureExtractor::new(files.card.clone(), &files.weights, Compute::cpu().unwrap()).unwrap();
    let verdict = |reference: &ReferenceOutput| block_on(model.check_batch_of_three(reference)).unwrap();
    assert!(verdict(&files.reference).cosine.unwrap() > 0.999_999);
    // Of a layer that is not read nothing is asked.
    files.reference.features.get_mut("cls").unwrap().reverse();
    assert!(verdict(&files.reference).passed());
    let read = files.reference.features.remove("mean").unwrap();
    assert!(verdict(&files.reference).cosine.unwrap() > 0.999_999, "held to the device's own features");
    files.reference.features.insert("mean".into(), read.into_iter().rev().collect());
    let failed = verdict(&files.reference);
    assert!(!failed.passed() && failed.to_string().contains("in a batch of 3"), "{failed}");
}

#[test]
fn one_slot_of_three_that_was_not_computed_fails() {
    let (known, other) = (vec![1.0, 2.0, 4.0], vec![4.0, 1.0, 0.0]);
    let on = |first: &[f32], third: &[f32]| {
        let together = [first.to_vec(), other.clone(), third.to_vec()];
        Verdict::on_triplet(&known, &together, Quantisation::Q8Block32)
    };
    assert!(on(&known, &known).passed());
    // Zeros, and what an earlier batch left there.
    for stale in [&vec![0.0; 3], &other] {
        assert!(!on(stale, &known).passed() && !on(&known, stale).passed());
    }
    let alone = Verdict { cosine: Some(1.0), least_cosine: 0.99, pictures: 1 };
    assert!(!on(&known, &[0.0; 3]).worse(alone.clone()).passed());
    assert!(!alone.worse(on(&known, &[0.0; 3])).passed());
}

#[test]
fn a_device_that_is_not_there_falls_back_and_every_reading_says_so() {
    let files = Files::make();
    let (card, reference) = (files.card.to_json(), files.reference.to_json());
    let bytes =
        ModelFiles { card: card.as_bytes(), weights: &files.weights, reference_output: reference.as_bytes() };
    let model = block_on(LoadedModel::with_fallback(bytes, protocol::Device::Cuda)).unwrap();
    assert_eq!(model.fell_back().unwrap().0, protocol::Device::Cuda);
    let answer = answer_to(&model, [1, 2, 3]);
    assert_eq!(answer.readout.fell_back_from, Some(protocol::Device::Cuda));
    assert_eq!(answer.readout.device, Some(protocol::Device::Cpu));
}

#[test]
fn exchanging_pictures_exchanges_the_choice_and_equal_pictures_tie() {
    let model = Files::make().load().unwrap();
    let first = answer_to(&model, [1, 1, 5]);
    assert_eq!(first.chosen_slot, Slot::from_index(2));
    let second = answer_to(&model, [5, 1, 1]);
    assert_eq!(second.chosen_slot, Slot::from_index(0));
    let third = answer_to(&model, [1, 1, 1]);
    assert_eq!((third.outcome, third.chosen_slot), (Outcome::Tie, None));
}

#[test]
fn layers_are_read_where_they_are_named() {
    let model = Files::make().load().unwrap();
    let pixels = picture(1).pixels;
    let picture = Rgb8::new(&pixels, 16, 16).unwrap();
    let read = |layer: &str| block_on(model.features(&[picture], layer.parse().unwrap(), None));
    let features =
        ["mean", "cls", "blocks.0.mean", "blocks.1.cls"].map(|layer| read(layer).unwrap()[0].clone());
    for (i, a) in features.iter().enumerate() {
        assert_eq!(a.len(), 32);
        assert!(features[..i].iter().all(|b| a != b));
    }
    assert!(read("blocks.2.mean").unwrap_err().to_string().contains("2 blocks"));
    assert!("blocks.x.mean".parse::<Layer>().is_err() && "logits".parse::<Layer>().is_err());
    let sparse = block_on(model.features(&[picture], Layer::MEAN, TopK::new(0.25))).unwrap();
    assert_ne!(sparse[0], features[0]);
    // As it is: a picture of the network's size gives what resampling it to its own size gives; another
    // size is refused.
    let as_is = block_on(model.features_as_is(&[picture], Layer::MEAN, None)).unwrap();
    assert_eq!(as_is[0], features[0]);
    let small = Rgb8::new(&pixels[..3 * 16], 4, 4).unwrap();
    let error = block_on(model.features_as_is(&[small], Layer::MEAN, None)).unwrap_err().to_string();
    assert!(error.contains("4 × 4") && error.contains("16 × 16"), "{error}");
}

fn trial_set(images: &[Sha256; 6]) -> TrialSet {
    let entry = |hash: &Sha256| ImageEntry { hash: hash.clone(), width_px: 16, height_px: 16 };
    let trial = |id: &str, first: usize| Trial {
        id: Name::new(id).unwrap(),
        role: Role::Test,
        category: Name::new("dog").unwrap(),
        condition: Name::new("patch-32").unwrap(),
        images: [0, 1, 2].map(|i| images[first + i].clone()),
        intact: Slot::from_index(1).unwrap(),
        source: None,
    };
    let made = Made {
        source: "test".into(),
        synthesis: "none".into(),
        scale_px: None,
        seed: 1,
        software: "test".into(),
        encoding: Encoding::Png,
        syntheses: Vec::new(),
    };
    let name = Name::new("set").unwrap();
    TrialSet::new(
        name,
        Task::Disrt,
        made,
        images.iter().map(entry).collect(),
        vec![trial("a", 0), trial("b", 3)],
    )
    .unwrap()
}

#[test]
fn a_run_gives_sound_scored_rows_that_a_seed_repeats() {
    let model = Files::make().load().unwrap();
    let images: [Sha256; 6] = std::array::from_fn(|i| Sha256::of(&[i as u8]));
    let set = trial_set(&images);
    let observer = ModelObserver { model: &model, readout: READOUT };
    let rows_of = |seed| {
        let run = Run {
            study: Name::new("s").unwrap(),
            session: Uuid::nil(),
            seed,
            prompt: Prompt::Whole,
            app_version: "0".into(),
            rule: Rule::MeanDistance,
            skip: 0,
        };
        let mut rows: Vec<Row> = Vec::new();
        let read = |hash: &Sha256| -> Result<Picture, std::io::Error> {
            let seed = images.iter().position(|h| h == hash).unwrap() as u8;
            Ok(picture(seed + 1))
        };
        block_on(observe(&observer, &set, &run, &|| 1.0, read, Uuid::nil, |taken| {
            if let Taken::Row(row) = taken {
                rows.push(*row);
            }
            ControlFlow::Continue(())
        }))
        .unwrap();
        rows
    };
    let rows = rows_of(4);
    assert_eq!(rows.len(), 2);
    for row in &rows {
        row.check().unwrap();
        let trial = set.trial(&row.trial).unwrap();
        assert_eq!(row.target_picture(), Some(&trial.images[1]));
        let mut scored = row.clone();
        scored.score(&set).unwrap();
        assert_eq!(scored, *row);
    }
    assert_eq!(rows_of(4), rows);
    let slots: Vec<_> = (0..20).map(|seed| rows_of(seed)[0].target.clone()).collect();
    assert!(slots.iter().any(|slot| *slot != slots[0]), "slots are shuffled");
}
