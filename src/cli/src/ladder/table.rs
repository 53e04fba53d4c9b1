//! The ladder's table in Markdown, made from the files of its cells.

use gestalt_protocol::{JudgeResult, ScaleWholeness, Sight};
use gestalt_stats::Proportion;

use super::cells::{ControlResult, Measured};

const HEADER: &str = "\
| synthesis | scale, px | traces | n | bag of half the scale | bag of 16 px | bag of 32 px | bag of 56 px \
| local features | untrained, 32 px | textures, trained | whole picture | whole, MAE | whole minus local-only |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// A row a cell: share correct with Wilson's 95 % interval; chance is 1/3.
pub fn table(cells: &[Measured]) -> String {
    let rows: String = cells.iter().map(row).collect();
    format!("{HEADER}{rows}")
}

fn row(measured: &Measured) -> String {
    let cell = measured.cell;
    let Some(scale) = measured.wholeness.scales.first() else { return String::new() };
    let judge = measured.wholeness.judge.as_str();
    let bag = |side_px: u32| named(scale, &format!("{judge}, patches of {side_px} px alone"));
    let local = scale.results.iter().filter(|result| result.name.contains("local features"));
    let features = local.filter(|result| sees_less_than(result, cell.scale_px));
    let features = features.max_by(|a, b| a.share().total_cmp(&b.share())).map_or("–".into(), of_judge);
    let other_whole = scale.results.iter().find(|r| r.sight == Sight::Whole && !r.name.starts_with(judge));
    let difference = scale.whole_minus_local().map_or("–".into(), |d| format!("{d:+.2}"));
    let texture = measured.controls.iter().find(|control| control.name == "Texture statistics, trained");
    let columns = [
        cell.synthesis_name().to_owned(),
        cell.scale_px.to_string(),
        if cell.traces_matched { "matched" } else { "not" }.to_owned(),
        scale.judged.to_string(),
        bag(cell.scale_px / 2),
        bag(16),
        bag(32),
        bag(56),
        features,
        named(scale, "untrained, patches of 32 px alone"),
        texture.map_or("–".into(), of_control),
        named(scale, &format!("{judge}, whole picture")),
        other_whole.map_or("–".into(), of_judge),
        difference,
    ];
    format!("| {} |\n", columns.join(" | "))
}

fn sees_less_than(result: &JudgeResult, scale_px: u32) -> bool {
    matches!(result.sight, Sight::Patches(side_px) if side_px < scale_px)
}

fn named(scale: &ScaleWholeness, name: &str) -> String {
    scale.results.iter().find(|result| result.name == name).map_or("–".into(), of_judge)
}

fn of_judge(result: &JudgeResult) -> String {
    share(result.correct, result.of)
}

fn of_control(control: &ControlResult) -> String {
    share(control.correct, control.of)
}

fn share(correct: u64, of: u64) -> String {
    Proportion::new(correct, of).map_or("–".into(), |found| {
        format!("{:.2} [{:.2}, {:.2}]", found.estimate, found.interval.low, found.interval.high)
    })
}
