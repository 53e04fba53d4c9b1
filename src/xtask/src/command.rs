//! Runs a program as a step: its output goes to a log, the terminal gets one line with the seconds taken.

use crate::place;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How many of a failed step's last lines are shown.
const SHOWN_LINES: usize = 60;

/// Runs `command` to its end. `Err` shows the end of its log, and names the command and the log.
pub fn step(name: &str, command: &mut Command) -> Result<PathBuf> {
    step_within(name, command, None)
}

/// As [`step`], but kills the program after `limit`: for downloads that may never answer.
pub fn step_within(name: &str, command: &mut Command, limit: Option<Duration>) -> Result<PathBuf> {
    let log = place::logs()?.join(format!("{}.log", slug(name)));
    let file = File::create(&log).with_context(|| format!("{} cannot be written", log.display()))?;
    let errors = file.try_clone().context("the log cannot be opened twice")?;
    if std::io::stderr().is_terminal() {
        eprintln!("  … {name}");
    }
    let start = Instant::now();
    command.current_dir(place::root()?).stdin(Stdio::null()).stdout(file).stderr(errors);
    let status =
        wait(command, limit).with_context(|| format!("{name}: `{}` cannot be run", words(command)))?;
    let seconds = start.elapsed().as_secs_f32();
    match status {
        Some(status) if status.success() => {
            eprintln!("  ✓ {name} ({seconds:.1} s)");
            Ok(log)
        }
        Some(status) => {
            eprintln!("{}", tail(&log));
            bail!(
                "{name} failed after {seconds:.0} s: `{}` ended with {status}; log: {}",
                words(command),
                log.display()
            )
        }
        None => {
            bail!("{name}: `{}` gave no answer in {seconds:.0} s; log: {}", words(command), log.display())
        }
    }
}

/// Work of this program itself, with the same line as a step.
pub fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let result = work().with_context(|| format!("{name} failed"))?;
    eprintln!("  ✓ {name} ({:.1} s)", start.elapsed().as_secs_f32());
    Ok(result)
}

/// Runs `command` with its output on the terminal.
pub fn shown(name: &str, command: &mut Command) -> Result<()> {
    let start = Instant::now();
    let status = command.current_dir(place::root()?).status();
    let status = status.with_context(|| format!("{name}: `{}` cannot be run", words(command)))?;
    let seconds = start.elapsed().as_secs_f32();
    if !status.success() {
        bail!("{name} failed after {seconds:.0} s: `{}` ended with {status}", words(command));
    }
    eprintln!("  ✓ {name} ({seconds:.1} s)");
    Ok(())
}

/// Runs two jobs side by side; both come to an end, and every failure is told.
pub fn both(one: impl FnOnce() -> Result<()> + Send, other: impl FnOnce() -> Result<()>) -> Result<()> {
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join(), other)
    });
    match (one.unwrap_or_else(|_| bail!("a step of the build crashed")), other) {
        (Err(one), Err(other)) => bail!("{one:#}\nand also: {other:#}"),
        (one, other) => one.and(other),
    }
}

/// What a program prints on its standard output, or `None` where it is missing or fails.
pub fn answer(program: impl AsRef<Path>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program.as_ref()).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program lies on `PATH`.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&name)).find(|file| file.is_file())
}

/// Whether this process may install packages of the system.
pub fn may_use_apt() -> bool {
    find("apt-get").is_some() && answer("id", &["-u"]).as_deref() == Some("0")
}

/// Installs Debian packages; the lists are refreshed first, for a fresh machine has none.
pub fn apt_install(name: &str, packages: &[&str]) -> Result<()> {
    let remedy = format!("run `sudo apt-get update && sudo apt-get install {}`", packages.join(" "));
    if !may_use_apt() {
        bail!("{name} is missing and only root can install it with apt: {remedy}");
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    step(&format!("package lists for {name}"), apt().args(["update", "-q"]))
        .with_context(|| remedy.clone())?;
    let mut install = apt();
    install.args(["install", "-q", "-y", "--no-install-recommends"]).args(packages);
    step(&format!("installing {name}"), &mut install).context(remedy)?;
    Ok(())
}

/// A command as it would be typed.
fn words(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Waits for the program; `None` where the limit passed and it was killed.
fn wait(command: &mut Command, limit: Option<Duration>) -> std::io::Result<Option<ExitStatus>> {
    let mut child = command.spawn()?;
    let Some(limit) = limit else {
        return child.wait().map(Some);
    };
    let end = Instant::now() + limit;
    while Instant::now() < end {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
}

/// A file name out of a step's name.
fn slug(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{slug, words};
    use std::process::Command;

    #[test]
    fn a_step_names_its_log_and_its_command() {
        assert_eq!(slug("installing wasm-opt 132"), "installing-wasm-opt-132");
        assert_eq!(words(Command::new("cargo").args(["fmt", "--check"])), "cargo fmt --check");
    }
}
