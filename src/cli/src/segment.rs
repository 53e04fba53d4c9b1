//! `gestalt segment`: Latent Noise Segmentation of figures or pictures, with masks and scores.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use gestalt_figures::gestalt_sets::{GestaltSet, Split};
use gestalt_files::whole_file;
use gestalt_inspect::rand_index::adjusted_rand_index;
use gestalt_inspect::segment::{GroupedBy, Settings, segment};
use gestalt_models::LoadedModel;
use gestalt_networks::preprocess::Rgb8;
use gestalt_stats::Bootstrap;
use image::{Rgb, RgbImage, imageops};

use crate::model_args::{self, DeviceName};
use crate::pictures::{self, Reader};
use crate::results::{self, Figure};
use crate::{folders, progress};

/// Segment pictures by what moves together when an autoencoder's code is shaken (Latent Noise Segmentation).
///
/// Writes segments.csv (a row for each picture), segments.json (the means) and one PNG for each picture:
/// the picture, its true mask where it has one, and the segments found. The score is the adjusted Rand
/// index over all pixels; in Kanizsa figures also without the discs, whose colour alone sets them apart.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    gestalt segment --model lns-kanizsa --set kanizsa --count 100 --out segments\n  \
    gestalt segment --model lns-kanizsa --segments 3 --out segments a.png b.png")]
pub struct SegmentArgs {
    /// A name in models/, or a model's folder: an autoencoder. Only `--by colour` does without.
    #[arg(long, required_unless_present = "by")]
    model: Option<String>,
    /// A Good Gestalt set whose test pictures are segmented, in place of files.
    #[arg(long, conflicts_with = "images", required_unless_present = "images")]
    set: Option<GestaltSet>,
    /// Test pictures of the set.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// Seed of the set's pictures and of the noise.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Noise samples, N.
    #[arg(long, default_value_t = 40)]
    samples: usize,
    /// Standard deviation of the noise, σ.
    #[arg(long, default_value_t = 1e-3)]
    noise: f64,
    /// Segments [default: as many as the figure's mask has].
    #[arg(long, required_unless_present = "set")]
    segments: Option<usize>,
    /// What pixels are grouped by; all but the first are controls.
    #[arg(long, value_enum, default_value = "latent-noise")]
    by: By,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// A new folder.
    #[arg(long)]
    out: PathBuf,
    /// Pictures: PNG, JPEG or WebP, or folders of them.
    images: Vec<PathBuf>,
}

/// What pixels are grouped by.
#[derive(Clone, Copy, ValueEnum)]
enum By {
    /// Changes of the decoded picture under noise on its code.
    LatentNoise,
    /// The same, shuffled among the pixels.
    Shuffled,
    /// Changes under independent noise on every pixel of the decoded picture.
    OutputNoise,
    /// The picture's own colours.
    Colour,
}

impl From<By> for GroupedBy {
    fn from(by: By) -> Self {
        match by {
            By::LatentNoise => Self::LatentNoise,
            By::Shuffled => Self::Shuffled,
            By::OutputNoise => Self::OutputNoise,
            By::Colour => Self::Colour,
        }
    }
}

/// One picture to segment.
struct Item {
    name: String,
    /// `[3, px, px]`, from 0 to 1.
    picture: Vec<f32>,
    /// The true mask, where there is one, and its number of labels.
    mask: Option<(Vec<u8>, usize)>,
}

/// Colours of the segments: dark blue, orange, green, red, violet, brown, pink, grey.
const COLOURS: [[u8; 3]; 8] = [
    [31, 71, 140],
    [240, 150, 30],
    [60, 160, 80],
    [200, 50, 50],
    [140, 100, 180],
    [130, 90, 70],
    [220, 120, 190],
    [128, 128, 128],
];
/// How many times larger pictures are drawn.
const ZOOM: u32 = 3;

/// Segments every picture.
pub fn run(args: &SegmentArgs) -> Result<()> {
    let load = |name: &String| model_args::load(name, args.device.into());
    let model = args.model.as_ref().map(load).transpose()?;
    let items = match (args.set, &model) {
        (Some(set), _) => (0..args.count).map(|index| figure(set, args.seed, index)).collect(),
        (None, Some(model)) => read(model, &args.images)?,
        (None, None) => bail!("--model: pictures in files take the size of a model's input"),
    };
    folders::prepare(&args.out)?;
    let bar = progress::bar(items.len() as u64, "pictures");
    let mut table = String::from("picture,segments,ari,ari_without_discs,seconds\n");
    let (mut scores, mut restricted_scores) = (Vec::new(), Vec::new());
    for item in &items {
        let segments = args.segments.or(item.mask.as_ref().map(|(_, labels)| *labels));
        let settings = Settings {
            by: args.by.into(),
            samples: args.samples,
            noise: args.noise,
            segments: segments.context("--segments: a picture without a mask needs it")?,
            seed: args.seed,
        };
        let started = Instant::now();
        let found = pollster::block_on(segment(model.as_ref(), &item.picture, &settings))
            .with_context(|| format!("{} cannot be segmented", item.name))?;
        let seconds = started.elapsed().as_secs_f64();
        let (score, restricted) =
            item.mask.as_ref().map_or((None, None), |(mask, _)| scores_of(args.set, mask, &found));
        let cell = |score: Option<f64>| score.map_or("NA".to_owned(), |score| format!("{score:.6}"));
        let (all, part) = (cell(score), cell(restricted));
        writeln!(table, "{},{},{all},{part},{seconds:.3}", item.name, settings.segments)?;
        scores.extend(score);
        restricted_scores.extend(restricted);
        pictures::save_png(&args.out.join(format!("{}.png", item.name)), drawn(item, &found))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let file = args.out.join("segments.csv");
    whole_file::write(&file, table.as_bytes())
        .with_context(|| format!("{} cannot be written", file.display()))?;
    println!("{} pictures in {}", items.len(), args.out.display());
    let figures: Vec<Figure> =
        [("ari", scores), ("ari_without_discs", restricted_scores)].into_iter().filter_map(mean_of).collect();
    for Figure { name, value, interval, n } in &figures {
        let interval = interval.map_or(String::new(), |i| format!(" [{:.3}, {:.3}]", i.low, i.high));
        println!("mean {name} {value:.3}{interval}, {n} pictures");
    }
    // Colours are the picture's own: their figures rest on no model.
    let used = model.as_ref().filter(|_| !matches!(args.by, By::Colour));
    results::write(&args.out.join("segments.json"), used.map(LoadedModel::card), &figures)
}

/// The mean over pictures with its interval (bootstrap); `None` where no picture has the score.
fn mean_of((name, scores): (&str, Vec<f64>)) -> Option<Figure> {
    let estimate = Bootstrap::default().mean(&scores).ok()?;
    Some(Figure {
        name: name.into(),
        value: estimate.value,
        interval: estimate.interval.ok(),
        n: scores.len(),
    })
}

fn figure(set: GestaltSet, seed: u64, index: u32) -> Item {
    let sample = set.draw(Split::Test, seed, index);
    let mask = Some((sample.mask, usize::from(sample.labels)));
    Item { name: format!("{set}-{index:04}"), picture: sample.picture, mask }
}

/// The pictures at the network's size, named by their files.
fn read(model: &LoadedModel, images: &[PathBuf]) -> Result<Vec<Item>> {
    let preprocess = model.card().preprocess;
    let (mut reader, mut items): (_, Vec<Item>) = (Reader::default(), Vec::new());
    for file in pictures::listed(images)? {
        let Ok(picture) = reader.read(&file) else { continue };
        let view = Rgb8::new(picture.as_raw(), picture.width() as usize, picture.height() as usize)?;
        let stem = file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().replace(',', "_"));
        let name = format!("{:04}-{stem}", items.len() + 1);
        items.push(Item { name, picture: preprocess.apply(view), mask: None });
    }
    reader.finish();
    if items.is_empty() {
        bail!("none of these pictures could be read");
    }
    Ok(items)
}

/// The adjusted Rand index over all pixels and, of Kanizsa figures, over those of square and background
/// alone: the colour of the discs sets them apart without any illusion.
fn scores_of(set: Option<GestaltSet>, mask: &[u8], found: &[u32]) -> (Option<f64>, Option<f64>) {
    const DISCS: u8 = 1;
    let all = adjusted_rand_index(mask, found);
    if set != Some(GestaltSet::Kanizsa) {
        return (all, None);
    }
    let pixels = mask.iter().copied().zip(found.iter().copied());
    let (mask, found): (Vec<u8>, Vec<u32>) = pixels.filter(|(label, _)| *label != DISCS).unzip();
    (all, adjusted_rand_index(&mask, &found))
}

/// The picture, its mask where it has one, and the segments.
fn drawn(item: &Item, found: &[u32]) -> RgbImage {
    let pixels = found.len();
    let side = pixels.isqrt();
    let tile = |colour: &dyn Fn(usize) -> [u8; 3]| {
        let small =
            RgbImage::from_fn(side as u32, side as u32, |x, y| Rgb(colour(y as usize * side + x as usize)));
        imageops::resize(&small, side as u32 * ZOOM, side as u32 * ZOOM, imageops::FilterType::Nearest)
    };
    let mut tiles =
        vec![tile(&|at| [0, 1, 2].map(|c| (255.0 * item.picture[c * pixels + at]).round() as u8))];
    if let Some((mask, _)) = &item.mask {
        tiles.push(tile(&|at| COLOURS[usize::from(mask[at]) % COLOURS.len()]));
    }
    tiles.push(tile(&|at| COLOURS[found[at] as usize % COLOURS.len()]));
    let step = side as u32 * ZOOM + ZOOM;
    let mut sheet = RgbImage::from_pixel(step * tiles.len() as u32 - ZOOM, step - ZOOM, Rgb([255; 3]));
    for (column, tile) in tiles.iter().enumerate() {
        imageops::replace(&mut sheet, tile, i64::from(step) * column as i64, 0);
    }
    sheet
}
