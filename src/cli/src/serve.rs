//! `gestalt serve`: the command of the server's own crate, with the site that this program may carry.

use std::path::Path;

pub use gestalt_server::command::ServeArgs;

use crate::carried;

/// The site as `cargo xtask build` leaves it.
const BUILT: &str = "dist/index.html";

/// Serves until ctrl-c or SIGTERM.
pub fn run(mut args: ServeArgs) -> anyhow::Result<()> {
    if args.site.is_none() && !Path::new(BUILT).is_file() {
        args.site = carried::site()?;
    }
    Ok(gestalt_server::command::run(args)?)
}
