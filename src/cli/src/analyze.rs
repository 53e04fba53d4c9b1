//! `gestalt analyze` and `gestalt export`: from logs to tables, plots and the formats of others.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use gestalt_files::whole_file;
use gestalt_protocol::Row;
use gestalt_report::{Format, analysis_files, export};
use gestalt_tables::Rows;

/// Make tables and plots of logs.
#[derive(Args)]
#[command(after_help = "Example: gestalt analyze people.ndjson model.ndjson --out results")]
pub struct AnalyzeArgs {
    /// Logs: NDJSON, JSON or CSV, also packed with gzip, in UTF-8 or UTF-16.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// Folder for tables (CSV), plots (SVG) and `report.html`.
    #[arg(long)]
    out: PathBuf,
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
}

/// Writes the analysis.
pub fn analyze(args: &AnalyzeArgs) -> Result<()> {
    write_all(&args.out, analysis_files(&read(&args.logs)?))
}

/// Writes the export.
pub fn export_logs(args: &ExportArgs) -> Result<()> {
    write_all(&args.out, export(&read(&args.logs)?, args.format)?)
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

fn write_all(out: &Path, files: Vec<(String, String)>) -> Result<()> {
    for (name, content) in files {
        let file = out.join(name);
        let folder = file.parent().unwrap_or(out);
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        whole_file::write(&file, content.as_bytes())
            .with_context(|| format!("{} cannot be written", file.display()))?;
        println!("{}", file.display());
    }
    Ok(())
}
