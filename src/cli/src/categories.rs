//! Says, before work begins, which categories the folders of pictures name.

use std::collections::BTreeMap;

use gestalt_types::Name;

/// Categories that are named, before the others are only counted.
const LISTED: usize = 20;

/// Prints how many `things` there are of each category, and the notes on how the categories were chosen.
pub fn tell(things: &str, counts: &BTreeMap<&Name, usize>, notes: &[String], can_be_overruled: bool) {
    let listed: Vec<String> =
        counts.iter().take(LISTED).map(|(name, count)| format!("{name} {count}")).collect();
    let others = counts.len().saturating_sub(LISTED);
    let more = if others > 0 { format!(" and {others} more") } else { String::new() };
    let remedy = if can_be_overruled { ". Others: --category-level N" } else { "" };
    eprintln!(
        "{} {things} in {} {}: {}{more}{remedy}",
        counts.values().sum::<usize>(),
        counts.len(),
        if counts.len() == 1 { "category" } else { "categories" },
        listed.join(", ")
    );
    for note in notes {
        eprintln!("note: {note}");
    }
}
