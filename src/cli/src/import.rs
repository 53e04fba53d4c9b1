//! `gestalt models import`: a public checkpoint becomes a model's folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use gestalt_networks::card::{CARD_VERSION, ModelCard, Quantisation};
use gestalt_networks::import::{self, ImportError, ImportReport, Imported, Layout};
use gestalt_networks::names::{Published, published};
use gestalt_networks::resize::Filter;
use gestalt_networks::weights;
use gestalt_observers::known_answer::{KNOWN_ANSWER_VERSION, KnownAnswer, cosine};
use gestalt_observers::{Compute, Layer, LoadedModel};
use gestalt_protocol::{Name, Sha256};

use crate::calibrate::calibrated;
use crate::compare;
use crate::model_args::MODELS;

/// Which checkpoint, and what it is to be called.
#[derive(Args)]
#[command(
    after_help = "Example: gestalt models import --weights vit_tiny.safetensors --architecture vit_tiny_patch16_224 --layout timm --name vit-ti --quantize q8"
)]
pub struct ImportArgs {
    /// The checkpoint: safetensors, or PyTorch's `.pth`, of which nothing is executed.
    #[arg(long)]
    weights: PathBuf,
    /// timm's name, with its tag where it has one (`vit_base_patch16_224.mae`), or a JSON file that gives the numbers.
    #[arg(long)]
    architecture: String,
    /// Whose names the file's keys are.
    #[arg(long, value_enum)]
    layout: LayoutName,
    /// The model's name.
    #[arg(long)]
    name: Name,
    /// How weights are stored.
    #[arg(long, value_enum, default_value = "none")]
    quantize: Bits,
    /// The model's folder. [default: models/NAME]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Side of the network's input in pixels; a transformer's positions are resampled. [default: the architecture's]
    #[arg(long)]
    size: Option<usize>,
    /// The shorter side of a picture is resampled to this many pixels before the cut. [default: timm's]
    #[arg(long)]
    resize: Option<usize>,
    /// The filter that resamples. [default: timm's]
    #[arg(long, value_enum)]
    interpolation: Option<Interpolation>,
    /// Mean of red, green, blue, counted from 0 to 1. [default: the architecture's]
    #[arg(long, value_delimiter = ',', num_args = 3)]
    mean: Option<Vec<f32>>,
    /// Standard deviation of red, green, blue. [default: the architecture's]
    #[arg(long, value_delimiter = ',', num_args = 3)]
    std: Option<Vec<f32>>,
    /// A transformer's activation. [default: the architecture's]
    #[arg(long, value_enum)]
    activation: Option<Activation>,
    /// The layer that is read when none is asked for. [default: what the classifier would see]
    #[arg(long)]
    layer: Option<Layer>,
    /// Licence of the weights, as the card states it.
    #[arg(long, default_value = "unknown: ask where the weights come from")]
    licence: String,
    /// How many rendered pictures 4-bit weights are fitted on; 0 rounds every weight by itself.
    #[arg(long, default_value_t = 24)]
    calibrate_on: u32,
    /// How many rendered pictures the stored weights are compared on with those of the file; a quarter as many trials.
    #[arg(long, default_value_t = 200)]
    compare_on: u32,
}

/// Whose names the file's keys are.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "lower")]
enum LayoutName {
    /// timm, and the files of MAE, DINOv2 and ConvNeXt V2 by their authors.
    Timm,
    /// torchvision; BagNet.
    Torchvision,
    /// Hugging Face transformers; STELLAR.
    Huggingface,
    /// open_clip and OpenAI's CLIP, whole files.
    #[value(name = "open-clip")]
    OpenClip,
}

impl From<LayoutName> for Layout {
    fn from(name: LayoutName) -> Layout {
        match name {
            LayoutName::Timm => Layout::Timm,
            LayoutName::Torchvision => Layout::Torchvision,
            LayoutName::Huggingface => Layout::HuggingFace,
            LayoutName::OpenClip => Layout::OpenClip,
        }
    }
}

/// How weights are stored.
#[derive(Clone, Copy, ValueEnum)]
enum Bits {
    /// 32-bit floats.
    None,
    /// 8 bits, a scale for every 64.
    Q8,
    /// 4 bits, a scale for every 32; 8 bits where 4 err too much.
    Q4,
}

/// A filter.
#[derive(Clone, Copy, ValueEnum)]
enum Interpolation {
    /// A triangle.
    Bilinear,
    /// Keys' cubic.
    Bicubic,
}

/// A transformer's activation.
#[derive(Clone, Copy, ValueEnum)]
enum Activation {
    /// Exact.
    Gelu,
    /// `x · sigmoid(1.702 x)`, of OpenAI's CLIP.
    QuickGelu,
}

/// Reads, accounts for every key, writes the folder.
pub fn run(args: &ImportArgs) -> Result<()> {
    let layout = Layout::from(args.layout);
    let wanted = chosen(args, layout)?;
    let tensors = import::read(&args.weights)?;
    let imported = match import::import(tensors, &wanted.architecture, layout) {
        Err(ImportError::Keys(report)) => {
            print(&report);
            return Err(ImportError::Keys(report)).with_context(|| args.weights.display().to_string());
        }
        other => other.with_context(|| args.weights.display().to_string())?,
    };
    print(&imported.report);
    let out = args.out.clone().unwrap_or_else(|| Path::new(MODELS).join(args.name.as_str()));
    write(args, &wanted, &imported, &out)
}

/// What the name says, as the layout and the flags have it.
fn chosen(args: &ImportArgs, layout: Layout) -> Result<Published> {
    let mut wanted = if Path::new(&args.architecture).is_file() {
        let file = &args.architecture;
        let bytes = std::fs::read(file).with_context(|| format!("{file} cannot be read"))?;
        Published::from_json(&bytes).with_context(|| format!("{file} gives no architecture"))?
    } else {
        published(&args.architecture)?.in_layout(layout, &args.architecture)
    };
    if let Some(px) = args.size {
        wanted.set_image_px(px);
    }
    if let Some(activation) = args.activation {
        wanted.set_quick_gelu(matches!(activation, Activation::QuickGelu))?;
    }
    let colours = |values: &[f32]| {
        <[f32; 3]>::try_from(values).context("three numbers are needed, such as 0.5,0.5,0.5")
    };
    if let Some(mean) = &args.mean {
        wanted.preprocess.normalise.mean = colours(mean)?;
    }
    if let Some(std) = &args.std {
        wanted.preprocess.normalise.std = colours(std)?;
    }
    if let Some(px) = args.resize {
        wanted.preprocess.resize_px = px;
    }
    match args.interpolation {
        Some(Interpolation::Bilinear) => wanted.preprocess.filter = Filter::Bilinear,
        Some(Interpolation::Bicubic) => wanted.preprocess.filter = Filter::Bicubic,
        None => {}
    }
    Ok(wanted)
}

fn print(report: &ImportReport) {
    for key in &report.used {
        println!("used {key}");
    }
    for (key, why) in &report.ignored {
        println!("ignored {key}: {why}");
    }
    for key in &report.missing {
        println!("missing {key}");
    }
    for change in &report.changed {
        println!("note: {change}");
    }
    println!("{report}");
}

fn write(args: &ImportArgs, wanted: &Published, imported: &Imported, out: &Path) -> Result<()> {
    let quantisation = match args.quantize {
        Bits::None => Quantisation::None,
        Bits::Q8 => Quantisation::Q8Block64,
        Bits::Q4 => Quantisation::Q4Block32,
    };
    let stored = match args.quantize {
        Bits::Q4 => &calibrated(imported, &wanted.preprocess, args.calibrate_on)?,
        Bits::None | Bits::Q8 => &imported.weights,
    };
    let (bytes, file) = weights::pack_for_card(stored, quantisation)?;
    let hash = Sha256::of(&std::fs::read(&args.weights)?);
    let layers = imported.architecture.layers();
    let default_layer = args.layer.unwrap_or(wanted.default_layer);
    if !layers.contains(&default_layer) {
        bail!("--layer: this architecture has no `{default_layer}`");
    }
    let mut card = ModelCard {
        card_version: CARD_VERSION,
        name: args.name.to_string(),
        architecture: imported.architecture.clone(),
        objective: format!("as published: {}", args.architecture),
        training_data: "as published".into(),
        source: format!(
            "gestalt models import, version {}, from {} (SHA-256 {hash})",
            env!("CARGO_PKG_VERSION"),
            args.weights.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        ),
        licence: args.licence.clone(),
        preprocess: wanted.preprocess,
        layers: layers.iter().map(ToString::to_string).collect(),
        default_layer: default_layer.to_string(),
        quantisation,
        weights: file,
        measured: BTreeMap::new(),
        notes: imported.report.changed.clone(),
    };
    card.check()?;
    let stored = LoadedModel::new_without_known_answer(card.clone(), &bytes, Compute::cpu()?)?;
    let mut known_layers = vec![default_layer];
    known_layers.extend([Layer::MEAN, Layer::CLS].into_iter().filter(|layer| layers.contains(layer)));
    let features = pollster::block_on(stored.known_features(&known_layers))?;
    let mut known = KnownAnswer {
        known_answer_version: KNOWN_ANSWER_VERSION,
        features,
        cosine_to_unquantised: BTreeMap::new(),
    };
    if quantisation != Quantisation::None {
        let (plain, plain_file) = weights::pack_for_card(&imported.weights, Quantisation::None)?;
        let plain_card = ModelCard { weights: plain_file, quantisation: Quantisation::None, ..card.clone() };
        let before = LoadedModel::new_without_known_answer(plain_card, &plain, Compute::cpu()?)?;
        let features = pollster::block_on(before.known_features(&known_layers))?;
        let cosines = known
            .features
            .iter()
            .filter_map(|(layer, stored)| Some((layer.clone(), cosine(stored, features.get(layer)?)?)));
        known.cosine_to_unquantised = cosines.collect();
        card.measured = compare::compare(args.compare_on, &stored, &before, default_layer)?;
    }
    std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let files = [
        ("known-answer.json", known.to_json().into_bytes()),
        (weights::WEIGHTS_FILE, bytes),
        // Last: a folder with a card is whole.
        ("card.json", card.to_json().into_bytes()),
    ];
    for (name, content) in files {
        let file = out.join(name);
        std::fs::write(&file, content).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    for (name, value) in &card.measured {
        println!("{name}: {value:.6}");
    }
    println!(
        "{} in {}, {:.1} MB ({})",
        card.name,
        out.display(),
        card.weights.bytes as f64 / 1e6,
        quantisation.label()
    );
    Ok(())
}
