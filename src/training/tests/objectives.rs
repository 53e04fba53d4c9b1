//! The objectives at toy size: each learns, states a loss on held-out pictures, and says what a recipe got
//! wrong.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use burn::tensor::Device;
use gestalt_models::folder::ModelFolder;
use gestalt_models::{Compute, LoadedModel};
use gestalt_training::{Progress, Recipe, TrainError, run};

const HEAD: &str = "name = \"toy\"\nseed = 3\nlicence = \"MIT\"\ncompare_on = 0\n";

const SCHEDULE: &str = "[schedule]\npictures = 640\nbatch = 16\nwarmup_pictures = 64\nlearning_rate = 3e-3\n\
    weight_decay = 0.0\nsmallest_crop = 0.5\nheld_out = 32\ncheckpoint_every_steps = 10\n";

const SCENES: &str = "[data]\nsource = \"scenes\"\ncount = 30\nseed = 7\nsize_px = 32\n";

const VIT: &str = "[model]\nkind = \"vit\"\nimage_px = 16\npatch_px = 4\nwidth = 32\ndepth = 1\nheads = 2\n\
    mlp_ratio = 2\nln_eps = 1e-6\n";

const FIGURES: &str = "[data]\nsource = \"figures\"\nset = \"kanizsa\"\ncount = 64\nseed = 1\n";

const VAE: &str = "[model]\nkind = \"vae\"\nimage_px = 64\nwidth = 2\nlatent = 4\nvariational = false\n";

fn autoencoder() -> String {
    format!("{HEAD}{FIGURES}{VAE}[objective]\nkind = \"autoencoder\"\n{SCHEDULE}")
}

fn joint_embedding() -> String {
    let objective = "[objective]\nkind = \"joint_embedding\"\nprojector_width = 24\nrecolour = true\n";
    format!("{HEAD}{SCENES}{VIT}{objective}{SCHEDULE}")
}

fn supervised() -> String {
    format!("{HEAD}{SCENES}{VIT}[objective]\nkind = \"supervised\"\n{SCHEDULE}")
}

/// Trains and gives the losses: of training, and of held-out pictures where they were measured.
fn losses(text: &str, out: &Path) -> Result<Vec<(f64, Option<f64>)>, TrainError> {
    let mut losses = Vec::new();
    run(&Recipe::parse(text).unwrap(), out, &Device::flex(), &mut |progress| {
        if let Progress::Step { point, .. } = progress {
            losses.push((point.loss, point.held_out_loss));
        }
    })?;
    Ok(losses)
}

fn load(out: &Path) -> LoadedModel {
    let folder = ModelFolder::read(out).unwrap();
    pollster::block_on(LoadedModel::from_bytes(folder.files(), Compute::cpu().unwrap())).unwrap()
}

#[test]
fn the_autoencoder_learns_figures_and_is_kept_with_its_decoder() {
    let out = tempfile::tempdir().unwrap();
    let text = autoencoder().replace("pictures = 640", "pictures = 1600");
    let losses = losses(&text, out.path()).unwrap();
    let (first, last) = (losses[0], losses[losses.len() - 1]);
    assert!(last.0 < 0.6 * first.0, "{losses:?}");
    assert!(last.1.unwrap() < first.0, "{losses:?}");
    let model = load(out.path());
    assert!(model.verdict().passed());
    assert!(model.autoencoder().is_some());
    let measured = &model.card().measured;
    assert!(measured["reconstruction_rms"] > 0.0 && measured.contains_key("held_out_loss_at_the_end"));
    let table = std::fs::read_to_string(out.path().join("loss.csv")).unwrap();
    assert!(table.starts_with("step,pictures,loss,learning_rate,held_out_loss\n"), "{table}");
}

#[test]
fn two_views_of_a_picture_come_together() {
    let out = tempfile::tempdir().unwrap();
    let text = joint_embedding().replace("pictures = 640", "pictures = 1600");
    let losses = losses(&text, out.path()).unwrap();
    assert!(losses[losses.len() - 1].0 < 0.9 * losses[0].0, "{losses:?}");
    assert!(load(out.path()).verdict().passed());
}

#[test]
fn patches_of_a_fixed_scale_are_probed_as_a_bag() {
    let out = tempfile::tempdir().unwrap();
    let text = joint_embedding()
        .replace("smallest_crop = 0.5", "smallest_crop = 1.0\ncrop_px = 16")
        .replace("compare_on = 0", "compare_on = 0\nprobe_on = 30");
    losses(&text, out.path()).unwrap();
    let card = load(out.path()).card().clone();
    assert!(card.notes[0].contains("patches of 16 px"), "{:?}", card.notes);
    let measured = card.measured;
    assert_eq!(measured["probe_scenes_held_out"], 30.0);
    // Chance is 1 / 15; what a toy learns is little, but a share.
    assert!((0.0..=1.0).contains(&measured["linear_probe_accuracy"]), "{measured:?}");
}

#[test]
fn fine_tuning_starts_where_another_model_ended() {
    let home = tempfile::tempdir().unwrap();
    let (first, second) = (home.path().join("first"), home.path().join("second"));
    let before = losses(&joint_embedding(), &first).unwrap();
    assert!(!before.is_empty());
    let start = format!("compare_on = 0\nstart = \"{}\"\n", first.display());
    let text = supervised().replace("compare_on = 0\n", &start);
    losses(&text.replace("pictures = 640", "pictures = 16"), &second).unwrap();
    // One step at the lowest learning rate moves no weight far; other random weights would be far away.
    let apart = |a: &Path, b: &Path| {
        let read = |folder: &Path| {
            gestalt_models::pack::unpack(&std::fs::read(folder.join("weights.bpk")).unwrap()).unwrap()
        };
        let (a, b) = (read(a), read(b));
        let key = "blocks.0.mlp.fc1.weight";
        a[key].values.iter().zip(&b[key].values).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
    };
    assert!(apart(&first, &second) < 0.01);
    assert!(load(&second).card().objective.contains("from the weights of first"));

    let other = text.replace("width = 32", "width = 16");
    let error = losses(&other, &home.path().join("third")).unwrap_err().to_string();
    assert!(error.contains("first") && error.contains("another shape"), "{error}");
    let nowhere = text.replace("/first", "/nowhere");
    let error = losses(&nowhere, &home.path().join("fourth")).unwrap_err().to_string();
    assert!(error.contains("nowhere"), "{error}");
}

#[test]
fn sparse_training_learns_and_is_named_on_the_card() {
    let out = tempfile::tempdir().unwrap();
    let text = supervised().replace("kind = \"supervised\"", "kind = \"supervised\"\ntop_k = 0.2");
    let losses = losses(&text, out.path()).unwrap();
    assert!(losses[losses.len() - 1].0 < losses[0].0, "{losses:?}");
    assert!(load(out.path()).card().objective.contains("Top-K activation sparsity of 20 %"));
}

#[test]
fn a_model_below_the_wanted_quality_is_not_published_and_its_checkpoint_stays() {
    let out = tempfile::tempdir().unwrap();
    let quality = "[quality]\nfigure = \"reconstruction_rms\"\nat_most = 1e-6\n[data]\n";
    let text = autoencoder().replace("[data]\n", quality);
    let error = losses(&text, out.path()).unwrap_err();
    assert!(matches!(error, TrainError::Quality { .. }));
    assert!(error.to_string().contains("reconstruction_rms"), "{error}");
    assert!(!out.path().join("card.json").exists());
    assert!(out.path().join("checkpoints").exists());
}

#[test]
fn a_recipe_that_cannot_be_says_which_field() {
    for (text, from, to, named) in [
        (autoencoder(), "kind = \"vae\"\n", "kind = \"vit\"\n", "model"),
        (autoencoder(), VAE, VIT, "model.kind"),
        (autoencoder(), "variational = false", "variational = true", "model.variational"),
        (autoencoder(), FIGURES, SCENES, "data.source"),
        (autoencoder(), "set = \"kanizsa\"", "set = \"ponzo\"", "closure"),
        (autoencoder(), "count = 64", "count = 0", "data.count"),
        (joint_embedding(), "projector_width = 24", "projector_width = 1", "objective.projector_width"),
        (joint_embedding(), "recolour = true", "invariance = -1.0", "objective.invariance"),
        (joint_embedding(), "smallest_crop", "crop_px = 33\nsmallest_crop", "schedule.crop_px"),
        (supervised(), "\"supervised\"", "\"supervised\"\ntop_k = 1.5", "objective.top_k"),
    ] {
        let wrong = text.replace(from, to);
        assert_ne!(wrong, text, "{from}");
        let error = Recipe::parse(&wrong).unwrap_err();
        assert!(error.contains(named), "{named} is not named: {error}");
    }
}

#[test]
fn every_recipe_of_the_house_can_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let recipe = Recipe::read(&path).unwrap();
        assert_eq!(path.file_stem().unwrap().to_str().unwrap(), recipe.name);
    }
}
