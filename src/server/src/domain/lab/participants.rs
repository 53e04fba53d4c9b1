//! The people of a study, one by one: for the lab page, and as a table.

use gestalt_protocol::SessionFacts;
use gestalt_protocol::lab::{KeyRole, LabParticipant};
use gestalt_tables::table::{Cell, to_csv};
use gestalt_types::Name;

use super::super::app::App;
use super::super::error::Error;
use super::Credentials;

/// Participants that are read at a time.
const PAGE: i64 = 1000;

/// The columns of `participants.csv`, with unit and source: the codebook is made of the same list.
pub(super) const COLUMNS: [(&str, &str, &str); 34] = [
    ("session", "UUIDv7", "the server; joins the rows"),
    ("participant", "pseudonym", "the server; `observer` in the rows"),
    ("state", "in_progress, away, finished, late, withdrawn", "the server"),
    ("group", "name", "the study's [[groups]]"),
    ("study_hash", "SHA-256", "the version of the study that the session began with"),
    ("opened_at_ms", "ms since 1970, server's clock", "the consent"),
    ("last_seen_ms", "ms since 1970, server's clock", "the last batch of rows or step record"),
    ("finished_at_ms", "ms since 1970, server's clock", "the completion"),
    ("withdrawn_at_ms", "ms since 1970, server's clock", "the withdrawal"),
    ("duration_s", "s", "finished_at_ms - opened_at_ms"),
    ("stored_rows", "count", "the rows"),
    ("excluded_by", "names of criteria, separated by spaces", "the study's [exclude], applied to the rows"),
    ("practice_rows", "count", "the rows"),
    ("trial_rows", "count; test, control and catch", "the rows"),
    ("answered", "count", "the rows"),
    ("missed", "count", "the rows"),
    ("interrupted", "count", "the rows"),
    ("scored", "count; test and control", "the rows"),
    ("correct", "count; test and control", "the rows"),
    ("catch_trials", "count; not interrupted", "the rows"),
    ("catch_correct", "count", "the rows"),
    ("too_fast", "count of trials with a press below minimum_reaction_time_ms", "the rows"),
    ("timing_flagged", "count", "the rows"),
    ("lost_frames", "count", "the rows"),
    ("median_reaction_time_ms", "ms", "the answered rows"),
    ("refresh_rate_hz", "Hz", "measured by the page"),
    ("viewport_css_px", "width x height, CSS px", "the browser"),
    ("screen_css_px", "width x height, CSS px", "the browser"),
    ("device_pixel_ratio", "device px per CSS px", "the browser"),
    ("px_per_deg", "CSS px per degree of visual angle", "the calibration step"),
    ("input_devices", "keyboard, mouse, touch, pen, separated by spaces", "the rows"),
    ("cross_origin_isolated", "true or false", "the browser; true: its clock steps 5 µs"),
    ("device", "desktop, tablet, phone", "the screening step"),
    ("browser", "name", "the screening step"),
];

impl App {
    /// Everyone in a study. Ids of a panel are for owners.
    pub(crate) async fn lab_participants(
        &self,
        shown: &Credentials,
        study: &Name,
    ) -> Result<Vec<LabParticipant>, Error> {
        let key = self.reader(shown, study).await?;
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.store.participants(study, (self.now_ms)(), &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.session.to_string();
            all.extend(page);
        }
        if key.role != KeyRole::Owner {
            all.iter_mut().for_each(|participant| participant.panel_id = None);
        }
        Ok(all)
    }

    /// One line a person, without ids of a panel.
    pub(crate) async fn participants_csv(&self, shown: &Credentials, study: &Name) -> Result<String, Error> {
        let all = self.lab_participants(shown, study).await?;
        let lines = all
            .iter()
            .map(|participant| cells(participant).iter().map(|text| Cell::formatted(text)).collect());
        Ok(to_csv(COLUMNS.map(|(name, _, _)| name), lines))
    }
}

fn cells(of: &LabParticipant) -> [String; 34] {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let facts = of.facts.as_ref();
    let count = |count: fn(&SessionFacts) -> u32| text(facts.map(count));
    let px = |px: Option<[f64; 2]>| text(px.map(|[width, height]| format!("{width} x {height}")));
    let devices = facts.map(|facts| &facts.input_devices).into_iter().flatten();
    // An input device is one word in JSON.
    let devices = devices.filter_map(|device| Some(serde_json::to_value(device).ok()?.as_str()?.to_owned()));
    let duration_s = of.finished_at_ms.zip(of.opened_at_ms).map(|(end, start)| (end - start) as f64 / 1000.0);
    [
        of.session.to_string(),
        text(of.observer.clone()),
        of.state.text().to_owned(),
        text(of.group.clone()),
        text(of.study_hash.clone()),
        text(of.opened_at_ms),
        text(of.last_seen_ms),
        text(of.finished_at_ms),
        text(of.withdrawn_at_ms),
        text(duration_s),
        text(of.rows),
        of.excluded_by.join(" "),
        count(|facts| facts.practice_rows),
        count(|facts| facts.rows),
        count(|facts| facts.answered),
        count(|facts| facts.missed),
        count(|facts| facts.interrupted),
        count(|facts| facts.scored),
        count(|facts| facts.correct),
        count(|facts| facts.catch_trials),
        count(|facts| facts.catch_correct),
        count(|facts| facts.too_fast),
        count(|facts| facts.timing_flagged),
        count(|facts| facts.lost_frames),
        text(facts.and_then(|facts| facts.median_reaction_time_ms)),
        text(facts.and_then(|facts| facts.refresh_rate_hz)),
        px(facts.and_then(|facts| facts.viewport_css_px)),
        px(facts.and_then(|facts| facts.screen_css_px)),
        text(facts.and_then(|facts| facts.device_pixel_ratio)),
        text(facts.and_then(|facts| facts.px_per_deg)),
        devices.collect::<Vec<_>>().join(" "),
        text(facts.and_then(|facts| facts.cross_origin_isolated)),
        text(of.device.clone()),
        text(of.browser.clone()),
    ]
}
