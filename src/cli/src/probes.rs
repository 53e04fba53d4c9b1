//! `gestalt probes`: draws figures of vision science, with the regions that a person sees in them.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, Subcommand};
use gestalt_figures::probes::{Figure, Parameter, Probe, SIZE, Unit, contact_sheet};
use gestalt_files::whole_file;
use serde_json::{Value, json};

use crate::{folders, pictures};

/// Draw probe figures: Kanizsa figures, dotted contours, proximity groups, convexity.
#[derive(Subcommand)]
pub enum ProbesCommand {
    /// Draw one figure: the picture, its regions and its parameters.
    Make(MakeArgs),
    /// Draw a contact sheet: a row a figure, with variants, a control and a mask.
    Sheet(SheetArgs),
}

/// Which figure.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    gestalt probes make --figure kanizsa-square --support-ratio 0.5 --borders --size 224 --out kanizsa\n  \
    gestalt probes make --figure dotted-contour --jitter 0.3 --seed 7 --control --out contour-control")]
pub struct MakeArgs {
    /// kanizsa-square, kanizsa-triangle, dotted-contour, proximity-groups or convexity.
    #[arg(long)]
    figure: Figure,
    /// Side of the picture in pixels, from 32 to 2048.
    #[arg(long, default_value_t = SIZE.default as u32)]
    size: u32,
    /// A new folder, for `<figure>.png`, `<figure>-mask.png` and `<figure>.json`.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    given: Given,
}

/// How the sheet looks.
#[derive(Args)]
#[command(after_help = "Example: gestalt probes sheet --size 160 --out probes.png")]
pub struct SheetArgs {
    /// Side of each picture in pixels, from 32 to 2048.
    #[arg(long, default_value_t = 160)]
    size: u32,
    /// The sheet (PNG).
    #[arg(long)]
    out: PathBuf,
}

/// The parameters of all figures as options, made from the figures' own descriptions.
struct Given(Vec<(&'static str, f64)>);

/// Every parameter once.
fn parameters() -> Vec<Parameter> {
    let mut known: Vec<Parameter> = Vec::new();
    for parameter in Figure::ALL.iter().flat_map(|figure| figure.parameters()) {
        if !known.iter().any(|other| other.name == parameter.name) {
            known.push(*parameter);
        }
    }
    known
}

/// What a name means to each figure that has it.
fn meaning(name: &str) -> String {
    let mut meanings: Vec<(&str, Vec<&str>)> = Vec::new();
    for figure in Figure::ALL {
        for parameter in figure.parameters().iter().filter(|parameter| parameter.name == name) {
            match meanings.iter_mut().find(|(meaning, _)| *meaning == parameter.meaning) {
                Some((_, figures)) => figures.push(figure.name()),
                None => meanings.push((parameter.meaning, vec![figure.name()])),
            }
        }
    }
    let one = |(meaning, figures): &(&str, Vec<&str>)| format!("{meaning} ({})", figures.join(", "));
    meanings.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl Args for Given {
    fn augment_args(mut command: Command) -> Command {
        for parameter in parameters() {
            let meaning = meaning(parameter.name);
            let option = Arg::new(parameter.name).long(parameter.name).help_heading("Parameters of figures");
            let option = if parameter.unit == Unit::Switch {
                option.help(meaning).action(ArgAction::SetTrue)
            } else {
                let (range, default) = (parameter.range(), parameter.default);
                let help = format!("{meaning}: {range} [default: {default}]");
                option.help(help).value_parser(clap::value_parser!(f64)).allow_negative_numbers(true)
            };
            command = command.arg(option);
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |parameter: &Parameter| match parameter.unit {
            Unit::Switch => matches.get_flag(parameter.name).then_some(1.0),
            _ => matches.get_one::<f64>(parameter.name).copied(),
        };
        let given =
            parameters().iter().filter_map(|parameter| Some((parameter.name, value(parameter)?))).collect();
        Ok(Self(given))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Does what was asked.
pub fn run(command: &ProbesCommand) -> Result<()> {
    match command {
        ProbesCommand::Make(args) => make(args),
        ProbesCommand::Sheet(args) => {
            pictures::save_png(&args.out, contact_sheet(args.size)?)?;
            println!("{}", args.out.display());
            Ok(())
        }
    }
}

fn make(args: &MakeArgs) -> Result<()> {
    let name = args.figure.name();
    let probe =
        args.figure.draw(&args.given.0, args.size).with_context(|| format!("{name} cannot be drawn"))?;
    folders::prepare(&args.out)?;
    let file = |end: &str| args.out.join(format!("{name}{end}"));
    pictures::save_png(&file(".png"), probe.picture.clone())?;
    pictures::save_png(&file("-mask.png"), probe.mask_picture())?;
    let text = serde_json::to_string_pretty(&described(args, &probe))? + "\n";
    whole_file::write(&file(".json"), text.as_bytes())
        .with_context(|| format!("{} cannot be written", file(".json").display()))?;
    println!("{name} in {}", args.out.display());
    Ok(())
}

/// The figure in numbers: every parameter with its unit, every region with its grey in the mask and its
/// area.
fn described(args: &MakeArgs, probe: &Probe) -> Value {
    let last = probe.labels.len() - 1;
    let regions = probe.labels.iter().enumerate().map(|(label, name)| {
        let grey = label * (255 / last);
        json!({ "label": label, "name": name, "mask_grey": grey, "area_px": probe.area_px(label as u8) })
    });
    let value = |parameter: &Parameter| {
        let given = args.given.0.iter().find(|(name, _)| *name == parameter.name);
        given.map_or(parameter.default, |(_, value)| *value)
    };
    let parameters = args.figure.parameters().iter().map(|parameter| {
        let unit = parameter.unit.to_string();
        json!({ "name": parameter.name, "value": value(parameter), "unit": unit.trim(), "meaning": parameter.meaning })
    });
    json!({
        "figure": args.figure.name(),
        "size_px": args.size,
        "parameters": parameters.collect::<Vec<_>>(),
        "regions": regions.collect::<Vec<_>>(),
        "software": concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
    })
}
