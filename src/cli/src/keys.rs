//! `gestalt keys`: the command of the server's own crate.

pub use gestalt_server::keys_command::KeysCommand;

/// Adds, lists or revokes keys of the lab.
pub fn run(command: KeysCommand) -> anyhow::Result<()> {
    Ok(gestalt_server::keys_command::run(command)?)
}
