//! `gestalt study simulate`: simulated people take a study through a real server, and what the study could
//! find with so many.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use clap::Args;
use gestalt_protocol::api::{Finish, Finished, MAX_BATCH_ROWS, OpenSession, Receipt, SessionOpened};
use gestalt_protocol::study::Study;
use gestalt_protocol::{Identity, ObserverKind, Presentation, Role, Row, TrialSet};
use gestalt_server::{Config, Limits, Server};
use gestalt_session::{Plan, RefreshRate, SimulatedPerson, TrialRunner, simulate};
use gestalt_stats::{People, mean_by_t, power};
use gestalt_tables::Rows;
use gestalt_types::Slot;
use uuid::Uuid;

use super::client::Client;
use super::files::{read_set, read_study, study_file};
use crate::progress;

/// Time that each simulated person takes on the server's clock, in ms: longer than any session.
const SESSION_MS: u64 = 4 * 60 * 60 * 1000;
/// Simulated studies behind the power.
const STUDIES: usize = 1000;

/// Send simulated people through a study: a real server on a database of its own, which is thrown away.
#[derive(Args)]
#[command(
    after_help = "Example: gestalt study simulate my-study --people 100 --accuracy 0.7 --difference 0.4"
)]
pub struct SimulateArgs {
    /// The study file, or the folder that has it
    file: PathBuf,
    /// Number of people
    #[arg(long, value_name = "N", default_value_t = 100)]
    people: usize,
    /// Mean accuracy when they attend
    #[arg(long, value_name = "SHARE", default_value_t = 0.75)]
    accuracy: f64,
    /// Share of trials without any response
    #[arg(long, value_name = "SHARE", default_value_t = 0.02)]
    lapse_rate: f64,
    /// Difference between two conditions that the study is to find, in log odds
    #[arg(long, value_name = "LOG_ODDS", default_value_t = 0.4)]
    difference: f64,
    /// Standard deviation between people, in log odds
    #[arg(long, value_name = "LOG_ODDS", default_value_t = 0.6)]
    person_sd: f64,
    /// Standard deviation between items, in log odds
    #[arg(long, value_name = "LOG_ODDS", default_value_t = 0.6)]
    item_sd: f64,
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// Keep the rows in this new file (NDJSON)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The server's clock: it moves by a whole session for each person.
static NOW_MS: AtomicU64 = AtomicU64::new(1_800_000_000_000);

/// Runs the simulation.
pub fn run(args: &SimulateArgs) -> Result<()> {
    let file = study_file(&args.file)?;
    let study = read_study(&file)?;
    let set = read_set(&file, &study)?;
    if let Some(out) = args.out.as_ref().filter(|out| out.exists()) {
        bail!("{} exists already; choose another file", out.display());
    }
    let folder = std::env::temp_dir().join(format!("gestalt-simulate-{}", Uuid::now_v7().simple()));
    let outcome = simulated(args, &file, &study, &set, &folder);
    // Whatever became of it, nothing is left behind.
    let _ = std::fs::remove_dir_all(&folder);
    let rows = outcome?;
    if let Some(out) = &args.out {
        std::fs::write(out, Rows::to_ndjson(&rows)?).with_context(|| out.display().to_string())?;
    }
    report(args, &study, &rows)
}

/// The rows of all people, as the server exports them.
fn simulated(
    args: &SimulateArgs,
    file: &Path,
    study: &Study,
    set: &TrialSet,
    folder: &Path,
) -> Result<Vec<Row>> {
    let key = Uuid::now_v7().to_string();
    let studies = file.canonicalize()?.parent().and_then(Path::parent).map(Path::to_owned);
    let config = Config {
        listen: "127.0.0.1:0".into(),
        database_url: format!("sqlite://{}/rows.sqlite", folder.display()),
        site_dir: folder.to_owned(),
        studies_dirs: vec![studies.context("the study needs a folder of its own")?],
        researcher_key: Some(key.clone()),
        limits: Limits { starts_per_hour: u32::MAX, requests_per_second: u32::MAX / 8, ..Limits::default() },
        now_ms: || NOW_MS.load(Ordering::Relaxed),
        ..Config::default()
    };
    let runtime = tokio::runtime::Runtime::new()?;
    let server = runtime.block_on(Server::start(config))?;
    let client = Client { address: server.address() };
    let running = runtime.spawn(server.run(std::future::pending()));
    let bar = progress::bar(args.people as u64, "people");
    for number in 0..args.people {
        let seed = args.seed.wrapping_add(number as u64);
        person(args, &client, study, set, seed)
            .with_context(|| format!("simulated person {}", number + 1))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let bytes = client.get(&format!("/api/studies/{}/rows.ndjson", study.name), &key)?;
    running.abort();
    let log = Rows::read(&bytes)?;
    if let Some((line, error)) = log.refused.first() {
        bail!("line {line} of the exported rows: {error}");
    }
    Ok(log.rows)
}

/// One person's whole session, to the code.
fn person(args: &SimulateArgs, client: &Client, study: &Study, set: &TrialSet, seed: u64) -> Result<()> {
    let asked = OpenSession {
        study: study.name.clone(),
        observer_kind: ObserverKind::Simulated,
        observer: None,
        app_version: concat!("gestalt-lab ", env!("CARGO_PKG_VERSION")).into(),
        consent_text_hash: None,
        panel: None,
        attempt: None,
        resume: false,
    };
    let opened: SessionOpened = client.post("/api/sessions", "", &asked)?;
    let rate = RefreshRate::default();
    let plan = Plan::drawn(opened.plan, opened.seed);
    let mut runner = TrialRunner::new(&plan, study, rate);
    let mut person = SimulatedPerson::new(args.accuracy, args.lapse_rate, seed)
        .context("--accuracy and --lapse-rate are shares from 0 to 1")?;
    let ended = simulate(&mut runner, &mut person, rate, |shown| target(set, shown));
    NOW_MS.fetch_add(SESSION_MS, Ordering::Relaxed);
    let identity = Identity {
        study: study.name.clone(),
        session: opened.session,
        observer_kind: ObserverKind::Simulated,
        observer: opened.observer,
        weights_hash: None,
        app_version: asked.app_version,
        study_hash: Some(opened.study_hash),
        task: set.task().into(),
        prompt: study.trials.prompt,
        trial_set: set.hash().clone(),
    };
    let rows = (0..)
        .zip(ended)
        .map(|(index, (shown, response))| identity.row(Uuid::now_v7(), index, &shown, response));
    let rows: Vec<Row> = rows.collect();
    let path = format!("/api/sessions/{}", opened.session);
    for batch in rows.chunks(MAX_BATCH_ROWS) {
        let receipt: Receipt =
            client.post_rows(&format!("{path}/rows"), &opened.token, &Rows::to_ndjson(batch)?)?;
        if let Some(refused) = receipt.refused.first() {
            bail!("the server refused a row: {} {}", refused.field, refused.reason);
        }
    }
    let finish = Finish { rows: u32::try_from(rows.len())? };
    client.post::<Finished>(&format!("{path}/finish"), &opened.token, &finish).map(drop)
}

/// The slot of the target.
fn target(set: &TrialSet, shown: &Presentation) -> Slot {
    let place = set.trial(&shown.trial).and_then(|trial| {
        let target = &trial.images[trial.intact.index()];
        shown.shown.iter().position(|image| image == target)
    });
    place.and_then(Slot::from_index).unwrap_or(Slot::ALL[0])
}

fn report(args: &SimulateArgs, study: &Study, rows: &[Row]) -> Result<()> {
    let mut sessions: std::collections::BTreeMap<Uuid, (u32, u32)> = std::collections::BTreeMap::new();
    for row in rows.iter().filter(|row| row.role == Role::Test) {
        let (right, trials) = sessions.entry(row.session).or_default();
        *right += u32::from(row.correct == Some(true));
        *trials += 1;
    }
    let shares: Vec<f64> =
        sessions.values().map(|(right, trials)| f64::from(*right) / f64::from((*trials).max(1))).collect();
    let trials = sessions.values().map(|(_, trials)| *trials).max().unwrap_or_default();
    println!(
        "{} people went through the server, {} rows, {trials} test trials each",
        shares.len(),
        rows.len()
    );
    if let Ok(mean) = mean_by_t(&shares)
        && let Ok(interval) = mean.interval
    {
        println!(
            "accuracy {:.3}, 95 % interval [{:.3}, {:.3}], width {:.3}",
            mean.value,
            interval.low,
            interval.high,
            interval.high - interval.low
        );
    }
    let guess = 1.0 / 3.0;
    let seen = ((args.accuracy - guess) / (1.0 - guess)).clamp(0.01, 0.99);
    let people = People {
        guess,
        lapse: args.lapse_rate,
        ease: (seen / (1.0 - seen)).ln(),
        slope_per_octave: 0.0,
        person_sd: args.person_sd,
        item_sd: args.item_sd,
    };
    let items = (trials as usize / 2).max(1);
    let plan = gestalt_stats::Plan { items, scales_log2: vec![0.0], difference: args.difference };
    let found = power(args.people, &people, &plan, STUDIES, args.seed)?;
    println!(
        "two conditions of {items} trials each that differ by {} log odds ({:.3} in accuracy): power {:.2}, mean width \
         of the interval {:.3} ({} simulated studies)",
        args.difference, found.difference, found.power.estimate, found.interval_width, STUDIES
    );
    if !study.groups.is_empty() {
        println!("note: simulated people take the study as it is without its groups");
    }
    Ok(())
}
