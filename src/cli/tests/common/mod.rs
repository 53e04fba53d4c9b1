//! How every test runs the command, and what it expects of it.
// Each test uses some of it.
#![allow(dead_code)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

pub fn gestalt(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gestalt")).args(words).env_remove("RUST_BACKTRACE").output().unwrap()
}

/// Runs, expects success, gives what was printed.
pub fn ok(words: &[&str]) -> String {
    let output = gestalt(words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs, expects a failure that says all of this.
pub fn fails(words: &[&str], said: &[&str]) {
    failed(words, &gestalt(words), said);
}

/// Runs with a limit on the size of files, in blocks: that stops writing as a full disk does, in the middle
/// of a file, and needs no disk. Expects a failure that says all of this.
pub fn fails_on_a_full_disk(words: &[&str], blocks: u32, said: &[&str]) {
    let command = env!("CARGO_BIN_EXE_gestalt");
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec {command} {}", words.join(" "));
    failed(words, &Command::new("sh").args(["-c", &limited]).output().unwrap(), said);
}

fn failed(words: &[&str], output: &Output, said: &[&str]) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{words:?} should fail");
    for part in said {
        assert!(error.contains(part), "{words:?}: `{part}` is missing in: {error}");
    }
    assert!(!error.contains("panicked"), "{error}");
}

pub fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// Starts, and ends the run with Ctrl-C once `file` has so many lines.
#[cfg(unix)]
pub fn interrupted(words: &[&str], file: &str, lines: usize) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gestalt"));
    let mut child = command.args(words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    while fs::read_to_string(file).map_or(0, |text| text.lines().count()) < lines {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was interrupted");
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap()
}
