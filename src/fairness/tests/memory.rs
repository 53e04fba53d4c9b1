//! What a user relies on: a report of the largest pictures that a set may have stays below two gigabytes.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use gestalt_fairness::{Notebook, Thresholds, assess};
use gestalt_protocol::Encoding;
use gestalt_synthesis::{MAX_SIZE_PX, PatchSynthesis};
use gestalt_trial_sets::{Recipe, Source, TrialSetFolder, make};
use gestalt_types::Name;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Peak memory of the report of a set of two trials of this size on this many threads, in bytes.
fn peak_bytes(size_px: u32, threads: usize) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe {
        name: Name::new("large").unwrap(),
        source: Source::Scenes { count: 2, categories: Vec::new() },
        synthesis: Arc::new(PatchSynthesis::new(128).unwrap()),
        further: Vec::new(),
        spread: false,
        size: size_px.into(),
        seed: 1,
        practice: 0,
        catch: 0,
        controls: 0,
        equalise_jpeg: None,
        encoding: Encoding::WebpLossless,
    };
    make(&recipe, folder.path(), &|_| ()).unwrap().publish().unwrap();
    let opened = TrialSetFolder::open(folder.path()).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    pool.install(|| assess(&opened, Thresholds::DEFAULT, &Notebook::new(&|_| Ok(())), &|_, _| ())).unwrap();
    let peak = MEMORY.peak_usage() - before;
    println!("{size_px} px, {threads} threads: {} MB", peak / 1_000_000);
    peak
}

#[test]
fn a_trial_takes_what_the_number_of_threads_is_reckoned_by() {
    let pixels = 640 * 640;
    let stated = pixels * 280 + 60_000_000;
    assert!(peak_bytes(640, 1) < stated, "more than {} MB", stated / 1_000_000);
}

/// By hand, since it takes minutes: `cargo test --release -p gestalt-fairness --test memory -- --ignored
/// --nocapture`.
#[test]
#[ignore = "takes minutes; see docs/stimuli.md"]
fn the_largest_pictures_stay_below_two_gigabytes() {
    assert!(peak_bytes(MAX_SIZE_PX, 8) < 2_000_000_000);
}
