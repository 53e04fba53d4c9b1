//! `gestalt study preview`: the trials that sessions of a study get, in their order and slots, before
//! anybody takes it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use gestalt_protocol::study::Study;
use gestalt_protocol::{PresentedTrial, Role, TrialSet};
use gestalt_session::Plan;

use super::files::{read_set, read_study, study_file};

/// Print the trials of sessions as they would be drawn: order, block, condition and the target's slot.
#[derive(Args)]
#[command(after_help = "Example: gestalt study preview my-study --plan --sessions 3 --seed 7")]
pub struct PreviewArgs {
    /// The study file, or the folder that has it
    file: PathBuf,
    /// Print every trial, tab separated; without it, only how balanced each session is
    #[arg(long)]
    plan: bool,
    /// Number of sessions; groups take turns
    #[arg(long, value_name = "N", default_value_t = 3)]
    sessions: u64,
    /// Seed of the first session; the others count up from it
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
}

/// Prints the plans.
pub fn run(args: &PreviewArgs) -> Result<()> {
    let file = study_file(&args.file)?;
    let study = read_study(&file)?;
    let set = read_set(&file, &study)?;
    if args.plan {
        println!("session\tgroup\tblock\tindex\ttrial\trole\tcategory\tcondition\ttarget_slot");
    }
    for number in 0..args.sessions {
        let seed = args.seed + number;
        let group = study.groups.get(number as usize % study.groups.len().max(1)).map(|group| &group.name);
        let of_group = match group {
            Some(group) => study.of_group(group)?,
            None => study.clone(),
        };
        let plan = Plan::new(&set, &of_group, seed)?;
        let group = group.map_or("-", |group| group.as_str());
        if args.plan {
            print_plan(&plan, &set, seed, group);
        } else {
            print_balance(&plan, &set, &of_group, seed, group);
        }
    }
    Ok(())
}

/// The slot of the target, from 1.
fn target_slot(trial: &PresentedTrial, set: &TrialSet) -> Option<usize> {
    let of_set = set.trial(&trial.id)?;
    let target = &of_set.images[of_set.intact.index()];
    Some(trial.images.iter().position(|image| image == target)? + 1)
}

fn print_plan(plan: &Plan, set: &TrialSet, session: u64, group: &str) {
    let mut index = 0;
    for (block, trials) in plan.blocks().iter().enumerate() {
        for trial in trials {
            let slot = target_slot(trial, set).map(|slot| slot.to_string()).unwrap_or_default();
            let PresentedTrial { id, role, category, condition, .. } = trial;
            let role = role_name(*role);
            println!("{session}\t{group}\t{block}\t{index}\t{id}\t{role}\t{category}\t{condition}\t{slot}");
            index += 1;
        }
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Practice => "practice",
        Role::Test => "test",
        Role::Catch => "catch",
        Role::Control => "control",
    }
}

fn print_balance(plan: &Plan, set: &TrialSet, study: &Study, session: u64, group: &str) {
    let main: Vec<&PresentedTrial> = plan.blocks().iter().skip(1).flatten().collect();
    let slots: Vec<usize> = main.iter().filter_map(|trial| target_slot(trial, set)).collect();
    let count = |slot: usize| slots.iter().filter(|one| **one == slot).count();
    let longest = slots.chunk_by(|a, b| a == b).map(<[usize]>::len).max().unwrap_or_default();
    let mut conditions: BTreeMap<&str, usize> = BTreeMap::new();
    main.iter().for_each(|trial| *conditions.entry(trial.condition.as_str()).or_default() += 1);
    let conditions: Vec<String> = conditions.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let catches = main.iter().filter(|trial| trial.role == Role::Catch).count();
    println!(
        "session {session}, group {group}: {} trials in {} blocks ({catches} catch, {} practice, {} in reserve); \
         target in slot 1, 2, 3: {}, {}, {}, at most {longest} in a row; exposure {} ms; {}",
        main.len(),
        plan.blocks().len() - 1,
        plan.blocks().first().map_or(0, Vec::len),
        plan.reserves().len(),
        count(1),
        count(2),
        count(3),
        study.timing.exposure_ms,
        conditions.join(", "),
    );
}
