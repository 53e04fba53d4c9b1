//! A measurement, not a promise: how many rows a second are acknowledged when each is sent alone, on SQLite.
//! `cargo test --release -p gestalt-server --test server -- --ignored --nocapture`

use std::time::{Duration, Instant};

use crate::common::{Files, Observer};

const SESSIONS: usize = 8;
const ROWS: u32 = 250;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn rows_per_second_of_eight_sessions() {
    let app = Files::new().with_large_demo_study(ROWS as usize).start().await;
    let mut observers = Vec::new();
    for _ in 0..SESSIONS {
        observers.push(app.person().await);
    }
    let start = Instant::now();
    let waits = futures_util::future::join_all(observers.iter().map(send_one_by_one)).await;
    let elapsed = start.elapsed();
    let mut waits: Vec<Duration> = waits.into_iter().flatten().collect();
    waits.sort();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{SESSIONS} sessions x {ROWS} rows: {:.0} rows/s; acknowledged after {:.2} ms (median), {:.2} ms (99 %)",
        waits.len() as f64 / elapsed.as_secs_f64(),
        at(0.5),
        at(0.99)
    );
}

async fn send_one_by_one(observer: &Observer<'_>) -> Vec<Duration> {
    let mut waits = Vec::new();
    for index in 0..ROWS {
        let row = observer.row(index);
        let start = Instant::now();
        assert_eq!(observer.send(&[row]).await.stored, [index]);
        waits.push(start.elapsed());
    }
    waits
}
