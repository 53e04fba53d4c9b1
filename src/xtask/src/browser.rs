//! What the browser tests need: Chromium, Firefox, WebKitGTK and their packages of node.

use crate::command::{apt_install, find, step};
use crate::{place, tools};
use anyhow::{Context, Result, bail};
use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

/// Finds or installs both; the path of Chromium.
pub fn ensure() -> Result<PathBuf> {
    ensure_packages()?;
    ensure_chromium()
}

/// `CHROMIUM`, or a Chromium or Chrome of the system, or Debian's.
fn ensure_chromium() -> Result<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM") {
        let named = PathBuf::from(named);
        if !named.is_file() {
            bail!("CHROMIUM names {}, which is not a file", named.display());
        }
        return Ok(named);
    }
    let known = || {
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
            .iter()
            .find_map(|name| find(name))
    };
    if let Some(found) = known() {
        return Ok(found);
    }
    apt_install("Chromium", &["chromium", "fonts-dejavu-core"])
        .context("or name an installed Chromium or Chrome in the variable CHROMIUM")?;
    known().context("Chromium was installed but is not on PATH: name it in the variable CHROMIUM")
}

/// Firefox and WebKitGTK as Debian has them, and a screen for them; `npm` finds them by these variables.
/// Where they cannot be installed, their tests are skipped, and say so.
pub fn others() -> Vec<(&'static str, PathBuf)> {
    let wanted = || {
        let firefox = ["firefox-esr", "firefox"].iter().find_map(|name| find(name));
        let browser = webkit_browser().filter(|_| find("Xvfb").is_some());
        let named =
            [("FIREFOX", firefox), ("WEBKIT_BROWSER", browser), ("WEBKIT_DRIVER", find("WebKitWebDriver"))];
        named.into_iter().filter_map(|(variable, found)| Some((variable, found?))).collect::<Vec<_>>()
    };
    if wanted().len() < 3 {
        let packages = ["firefox-esr", "webkit2gtk-driver", "xvfb"];
        if let Err(error) = apt_install("Firefox and WebKitGTK", &packages) {
            eprintln!("  · their tests are skipped: {error:#}");
        }
    }
    wanted()
}

/// The browser that WebKitGTK brings for tests; Debian puts it into a folder that is named after the
/// machine.
fn webkit_browser() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let browsers = folders.map(|folder| folder.join("webkit2gtk-4.1/MiniBrowser"));
    browsers.into_iter().find(|browser| browser.is_file())
}

/// A screen without a display, for what is measured in a browser with a window.
pub fn ensure_screen() -> Result<()> {
    if find("Xvfb").is_none() {
        apt_install("Xvfb", &["xvfb", "libxtst6"])?;
    }
    Ok(())
}

/// Playwright's driver and the rest of `e2e/package-lock.json`; its browsers are not downloaded.
fn ensure_packages() -> Result<()> {
    let folder = place::root()?.join("e2e");
    let changed = |name: &str| -> Option<SystemTime> { folder.join(name).metadata().ok()?.modified().ok() };
    let wanted =
        changed("package-lock.json").context("e2e/package-lock.json is missing from the checkout")?;
    if changed("node_modules/.package-lock.json").is_some_and(|installed| installed >= wanted) {
        return Ok(());
    }
    tools::need_node()?;
    let mut install = Command::new("npm");
    install.args(["ci", "--no-audit", "--no-fund", "--prefix"]).arg(&folder);
    install.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    step("installing the browser tests' packages", &mut install)?;
    Ok(())
}
