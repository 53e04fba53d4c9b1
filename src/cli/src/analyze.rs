//! `gestalt analyze` and `gestalt export`: from logs to tables, plots and the formats of others.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use gestalt_analysis::{Answers, Columns, Reading, write_answers};
use gestalt_files::whole_file;
use gestalt_protocol::Row;
use gestalt_report::{Format, analysis_files, export};
use gestalt_tables::Rows;
use gestalt_tables::table::BYTE_ORDER_MARK;

/// Make tables and plots of logs.
#[derive(Args)]
#[command(after_help = "Examples: gestalt analyze people.ndjson model.ndjson --out results
          gestalt analyze --table \
                        observer=subj,item=imagename,condition=condition,target=category,choice=object_response,rt_s=rt \\
            edge/*.csv --choices 16 --missing na --item-token last --out results")]
pub struct AnalyzeArgs {
    /// Logs: NDJSON, JSON or CSV, also packed with gzip, in UTF-8 or UTF-16.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// Folder for tables (CSV), plots (SVG) and `report.html`.
    #[arg(long)]
    out: PathBuf,
    /// The logs are tables of anyone's answers; `meaning=column` for observer, kind, session, item,
    /// condition, scale, target, choice, correct, rt_s, rt_ms and role. Each folder is a data set.
    #[arg(long)]
    table: Option<Columns>,
    /// Number of choices of a trial in `--table`.
    #[arg(long, default_value_t = 3, requires = "table", value_parser = clap::value_parser!(u32).range(2..))]
    choices: u32,
    /// What stands in `--table` where there is no answer; such an answer is wrong.
    #[arg(long, default_value = "", requires = "table")]
    missing: String,
    /// The item is only this part of its cell.
    #[arg(long, requires = "table")]
    item_token: Option<ItemToken>,
    #[command(flatten)]
    spreadsheet: SpreadsheetArgs,
}

/// How CSV files begin.
#[derive(Args)]
struct SpreadsheetArgs {
    /// Begin every CSV with the byte order mark by which Excel knows UTF-8.
    #[arg(long)]
    excel: bool,
}

/// A part of an item's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ItemToken {
    /// What follows the last `_`; ImageNet's names, which begin with `n0`, hold one themselves.
    Last,
}

/// Write logs in another format.
#[derive(Args)]
#[command(after_help = "Example: gestalt export --format modelvshuman people.ndjson --out raw-data")]
pub struct ExportArgs {
    /// ndjson, csv or modelvshuman.
    #[arg(long)]
    format: Format,
    /// Logs: NDJSON, JSON or CSV, also packed with gzip, in UTF-8 or UTF-16.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// Folder for the files.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    spreadsheet: SpreadsheetArgs,
}

/// Writes the analysis.
pub fn analyze(args: &AnalyzeArgs) -> Result<()> {
    if let Some(columns) = &args.table {
        return analyze_table(args, columns);
    }
    write_all(&args.out, &args.spreadsheet, analysis_files(&read(&args.logs)?))
}

/// Writes agreement, accuracy and exclusions of tables of answers.
fn analyze_table(args: &AnalyzeArgs, columns: &Columns) -> Result<()> {
    let reading = Reading {
        columns: columns.clone(),
        choices: args.choices,
        missing: args.missing.clone(),
        last_token: args.item_token == Some(ItemToken::Last),
    };
    let mut answers = Answers::default();
    for log in &args.logs {
        let name = log.display().to_string();
        let bytes = std::fs::read(log).with_context(|| format!("{name} cannot be read"))?;
        let folder = log.parent().and_then(Path::file_name).map(|folder| folder.to_string_lossy());
        answers
            .read(folder.as_deref().unwrap_or("answers"), &name, &bytes, &reading)
            .map_err(|error| anyhow!("{name}: {error}"))?;
    }
    if answers.answers.is_empty() {
        bail!("these tables hold no answer that counts: see what --table and --missing say of their columns");
    }
    if !answers.exclusions.is_empty() {
        eprintln!("{} rows do not count: exclusions.csv says why", answers.exclusions.len());
    }
    write_all(&args.out, &args.spreadsheet, write_answers(&answers))
}

/// Writes the export.
pub fn export_logs(args: &ExportArgs) -> Result<()> {
    write_all(&args.out, &args.spreadsheet, export(&read(&args.logs)?, args.format)?)
}

/// Lines that are named, before the others are only counted.
const NAMED_LINES: usize = 3;

/// The sound rows of all logs; lines that are no rows are named on stderr.
fn read(logs: &[PathBuf]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for log in logs {
        let name = log.display();
        let bytes = std::fs::read(log).with_context(|| format!("{name} cannot be read"))?;
        let read = Rows::read(&bytes).map_err(|error| anyhow!("{name} {error}"))?;
        for (line, error) in read.refused.iter().take(NAMED_LINES) {
            eprintln!("{name} line {line} is left out: {error}");
        }
        if let Some(others @ 1..) = read.refused.len().checked_sub(NAMED_LINES) {
            eprintln!("{name}: {others} more lines are left out");
        }
        rows.extend(read.rows);
    }
    if rows.is_empty() {
        bail!("these logs hold no row: export some with `gestalt observe` or from the site");
    }
    Ok(rows)
}

fn write_all(out: &Path, spreadsheet: &SpreadsheetArgs, files: Vec<(String, String)>) -> Result<()> {
    for (name, mut content) in files {
        if spreadsheet.excel && name.ends_with(".csv") {
            content.insert_str(0, BYTE_ORDER_MARK);
        }
        let file = out.join(name);
        let folder = file.parent().unwrap_or(out);
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        whole_file::write(&file, content.as_bytes())
            .with_context(|| format!("{} cannot be written", file.display()))?;
        println!("{}", file.display());
    }
    Ok(())
}
