//! Progress on a terminal, with an estimate; nothing where the output is piped.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts to `length`.
pub fn bar(length: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let style = "{bar:32} {pos}/{len} {msg} · {elapsed} gone, {eta} to go";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar
}
