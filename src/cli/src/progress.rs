//! Progress on a terminal, with an estimate, and what is said when the work is interrupted.

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts to `length`; nothing where the output is piped.
pub fn bar(length: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let style = "{bar:32} {pos}/{len} {msg} · {elapsed} gone, {eta} to go";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    // A single picture may take minutes.
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}

/// Sets a bar whose length was not known to `done` of `total` of `what`; what is done at first was done by
/// an earlier run, and says nothing about how fast this one is.
pub fn advance(bar: &ProgressBar, done: usize, total: usize, what: &str) {
    // A message may go on after what is counted.
    let is_other = !bar.message().starts_with(what);
    if is_other {
        bar.set_message(what.to_owned());
    }
    let is_first = is_other || bar.length() != Some(total as u64);
    bar.set_length(total as u64);
    bar.set_position(done as u64);
    if is_first {
        bar.reset_eta();
    }
}

/// Ends the process on Ctrl-C and says how far `bar` was and where what is done is `kept`, for work whose
/// files are sound at any moment.
pub fn say_when_interrupted(bar: &ProgressBar, kept: &Path) {
    let (bar, kept) = (bar.clone(), kept.to_owned());
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else { return };
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            eprintln!("\n{}", stopped(&bar, &kept));
            // As shells report a process that was interrupted.
            std::process::exit(130);
        }
    });
}

/// Where work stopped, and how it resumes.
pub fn stopped(bar: &ProgressBar, kept: &Path) -> String {
    format!(
        "stopped after {} of {} {}; what is done is kept in {}: give the same command again to resume",
        bar.position(),
        bar.length().unwrap_or(0),
        bar.message(),
        kept.display()
    )
}
