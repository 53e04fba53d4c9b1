//! A log in, tables and plots out: what `gestalt analyze` does, as small as it gets. `analyse LOG.ndjson DIR`

use gestalt_analysis::{
    PlotOptions, accuracy_plot, categories_plot, reaction_times_plot, summarise, write_tables,
};
use gestalt_protocol::Rows;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, log, folder] = arguments.as_slice() else { return Err("needed: LOG.ndjson DIR".into()) };
    let log = Rows::parse(&std::fs::read(log)?);
    for (line, error) in &log.refused {
        eprintln!("line {line}: {error}");
    }
    std::fs::create_dir_all(folder)?;
    for (name, content) in write_tables(&log.rows)? {
        std::fs::write(format!("{folder}/{name}"), content)?;
    }
    let observers = summarise(&log.rows).observers;
    let narrow = PlotOptions::new("narrow", 360).standalone();
    std::fs::write(format!("{folder}/accuracy_narrow.svg"), accuracy_plot(&observers, &narrow)?)?;
    std::fs::write(format!("{folder}/categories_narrow.svg"), categories_plot(&observers, &narrow)?)?;
    std::fs::write(format!("{folder}/reaction_times_narrow.svg"), reaction_times_plot(&observers, &narrow)?)?;
    Ok(())
}
