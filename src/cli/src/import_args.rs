//! The options of `gestalt models import`, and which network they name.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use gestalt_models::card::Quantisation;
use gestalt_models::import::Layout;
use gestalt_models::read_numbers;
use gestalt_networks::architectures::{Published, published};
use gestalt_networks::readout::Layer;
use gestalt_networks::resize::Filter;
use gestalt_types::Name;

/// Which checkpoint, and what it is to be called.
///
/// An import that was interrupted resumes when the same command is given again.
#[derive(Args)]
#[command(after_help = "Example: gestalt models import --weights vit_tiny.safetensors --architecture \
                  vit_tiny_patch16_224 --layout timm --name vit-ti --quantize q8")]
pub struct ImportArgs {
    /// The checkpoint: safetensors, or PyTorch's `.pth`, of which nothing is executed.
    #[arg(long)]
    pub weights: PathBuf,
    /// timm's name, with its tag where it has one (`vit_base_patch16_224.mae`), or a JSON file that gives
    /// the numbers.
    #[arg(long)]
    pub architecture: String,
    /// Whose names the file's keys are.
    #[arg(long, value_enum)]
    pub layout: LayoutName,
    /// The model's name.
    #[arg(long)]
    pub name: Name,
    /// How weights are stored.
    #[arg(long, value_enum, default_value = "none")]
    pub quantize: Bits,
    /// The model folder. [default: models/NAME]
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Replace the model in the folder where there is one.
    #[arg(long)]
    pub force: bool,
    /// Side of the network's input in pixels; a transformer's positions are resampled. [default: the
    /// architecture's]
    #[arg(long)]
    pub size: Option<usize>,
    /// The shorter side of a picture is resampled to this many pixels before the cut. [default: timm's]
    #[arg(long)]
    pub resize: Option<usize>,
    /// The filter that resamples. [default: timm's]
    #[arg(long, value_enum)]
    pub interpolation: Option<Interpolation>,
    /// Mean of red, green, blue, counted from 0 to 1. [default: the architecture's]
    #[arg(long, value_delimiter = ',', num_args = 3)]
    pub mean: Option<Vec<f32>>,
    /// Standard deviation of red, green, blue. [default: the architecture's]
    #[arg(long, value_delimiter = ',', num_args = 3)]
    pub std: Option<Vec<f32>>,
    /// A transformer's activation. [default: the architecture's]
    #[arg(long, value_enum)]
    pub activation: Option<Activation>,
    /// The layer that is read when none is asked for. [default: what the classifier would see]
    #[arg(long)]
    pub layer: Option<Layer>,
    /// What was learned, as the card states it. [default: as published]
    #[arg(long)]
    pub objective: Option<String>,
    /// What the weights were trained on, as the card states it.
    #[arg(long, default_value = "as published")]
    pub training_data: String,
    /// Where the checkpoint comes from, as the card states it.
    #[arg(long)]
    pub origin: Option<String>,
    /// A note for readers of the card; may be given several times.
    #[arg(long)]
    pub note: Vec<String>,
    /// Licence of the weights, as the card states it.
    #[arg(long, default_value = "unknown: ask where the weights come from")]
    pub licence: String,
    /// How many rendered pictures 4-bit weights are fitted on; 0 rounds every weight by itself.
    #[arg(long, default_value_t = 24)]
    pub calibrate_on: u32,
    /// How many rendered pictures the stored weights are compared on with those of the file; a quarter as
    /// many trials.
    #[arg(long, default_value_t = 200)]
    pub compare_on: u32,
}

/// Whose names the file's keys are.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "lower")]
pub enum LayoutName {
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
pub enum Bits {
    /// 32-bit floats.
    None,
    /// 8 bits, a scale for every 64.
    Q8,
    /// 4 bits, a scale for every 32; 8 bits where 4 err too much.
    Q4,
}

/// A filter.
#[derive(Clone, Copy, ValueEnum)]
pub enum Interpolation {
    /// A triangle.
    Bilinear,
    /// Keys' cubic.
    Bicubic,
}

/// A transformer's activation.
#[derive(Clone, Copy, ValueEnum)]
pub enum Activation {
    /// Exact.
    Gelu,
    /// `x · sigmoid(1.702 x)`, of OpenAI's CLIP.
    QuickGelu,
}

impl From<Bits> for Quantisation {
    fn from(bits: Bits) -> Quantisation {
        match bits {
            Bits::None => Quantisation::None,
            Bits::Q8 => Quantisation::Q8Block64,
            Bits::Q4 => Quantisation::Q4Block32,
        }
    }
}

/// What the name says, as the layout and the flags have it.
pub fn chosen(args: &ImportArgs, layout: Layout) -> Result<Published> {
    let mut wanted = if Path::new(&args.architecture).is_file() {
        let file = &args.architecture;
        let bytes = std::fs::read(file).with_context(|| format!("{file} cannot be read"))?;
        read_numbers(&bytes).with_context(|| format!("{file} gives no architecture"))?
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
