//! `gestalt serve`: the command of the server's own crate.

pub use gestalt_server::command::ServeArgs;

/// Serves until ctrl-c or SIGTERM.
pub fn run(args: ServeArgs) -> anyhow::Result<()> {
    Ok(gestalt_server::command::run(args)?)
}
