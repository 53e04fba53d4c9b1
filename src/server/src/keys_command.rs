//! `gestalt keys`: who may use the lab page and the exports. Keys are shown once and kept as hashes.

use clap::{Args, Subcommand, ValueEnum};
use gestalt_protocol::lab::KeyRole;
use gestalt_types::{Name, UtcTime};

use crate::clock;
use crate::secrets;
use crate::store::{LabKey, OpenError, Store, StoreError, role_text};

/// Add, list and revoke the keys of the lab.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Add a key and print it, once
    Add(AddArgs),
    /// List the keys: name, role, studies, when they were made and revoked; never the keys themselves
    List(ListArgs),
    /// Revoke a key: it opens nothing any more, and whoever came by it is signed out
    Revoke(RevokeArgs),
}

/// The database of the server; it may run meanwhile.
#[derive(Debug, Args)]
struct Database {
    /// Where the rows are kept: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", default_value = "sqlite://data/gestalt.sqlite")]
    database: String,
}

/// What a key allows.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    /// Pause, close, read, and the ids of panels
    Owner,
    /// Read the lab pages and the exports
    Reader,
}

/// Add a key and print it, once.
#[derive(Debug, Args)]
#[command(after_help = "Example: gestalt keys add anna --role reader --study wholes")]
pub struct AddArgs {
    /// Whose key it is
    name: Name,
    /// What it allows
    #[arg(long, value_enum, default_value = "reader")]
    role: Role,
    /// A study that it opens; may be given several times [default: all studies]
    #[arg(long, value_name = "NAME")]
    study: Vec<Name>,
    #[command(flatten)]
    database: Database,
}

/// List the keys: name, role, studies, when they were made and revoked. Never the keys themselves.
#[derive(Debug, Args)]
#[command(after_help = "Example: gestalt keys list")]
pub struct ListArgs {
    #[command(flatten)]
    database: Database,
}

/// Revoke a key: it opens nothing any more, and whoever came by it is signed out.
#[derive(Debug, Args)]
#[command(after_help = "Example: gestalt keys revoke anna")]
pub struct RevokeArgs {
    /// Whose key it is
    name: Name,
    #[command(flatten)]
    database: Database,
}

/// Why a command about keys failed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The asynchronous runtime could not start.
    #[error("the asynchronous runtime could not start: {0}")]
    Runtime(#[from] std::io::Error),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database does not do what is asked.
    #[error("the database does not keep the keys: {0}")]
    Store(String),
    /// There is a key of this name, perhaps a revoked one.
    #[error("there is a key `{0}` already; choose another name, so that old keys stay told apart")]
    Taken(Name),
    /// There is no key of this name.
    #[error("there is no key `{0}` that could be revoked; `gestalt keys list` shows them")]
    Unknown(Name),
}

impl From<StoreError> for KeysError {
    fn from(cause: StoreError) -> Self {
        Self::Store(cause.to_string())
    }
}

/// Runs the command.
///
/// # Errors
/// When the database cannot be used, or has no such key.
pub fn run(command: KeysCommand) -> Result<(), KeysError> {
    tokio::runtime::Runtime::new()?.block_on(run_async(command))
}

async fn run_async(command: KeysCommand) -> Result<(), KeysError> {
    match command {
        KeysCommand::Add(args) => add(args).await,
        KeysCommand::List(args) => list(&args).await,
        KeysCommand::Revoke(args) => revoke(args).await,
    }
}

async fn add(args: AddArgs) -> Result<(), KeysError> {
    let store = Store::open(&args.database.database).await?;
    let secret = secrets::token().map_err(|cause| KeysError::Store(cause.to_string()))?;
    let key = LabKey {
        name: args.name,
        role: match args.role {
            Role::Owner => KeyRole::Owner,
            Role::Reader => KeyRole::Reader,
        },
        studies: (!args.study.is_empty()).then_some(args.study),
        created_at_ms: clock::now_ms(),
        revoked_at_ms: None,
    };
    let is_new = store.add_key(&key, &secret).await?;
    store.close().await;
    if !is_new {
        return Err(KeysError::Taken(key.name));
    }
    println!("{secret}");
    eprintln!(
        "The key of {} ({}). Hand it over safely: it is not shown again.",
        key.name,
        role_text(key.role)
    );
    Ok(())
}

async fn list(args: &ListArgs) -> Result<(), KeysError> {
    let store = Store::open(&args.database.database).await?;
    let keys = store.keys().await?;
    store.close().await;
    println!("name\trole\tstudies\tcreated\trevoked");
    for key in keys {
        let names = |studies: Vec<Name>| studies.iter().map(Name::to_string).collect::<Vec<_>>().join(",");
        let revoked = key.revoked_at_ms.map(|ms| UtcTime::from_ms(ms).to_string());
        println!(
            "{}\t{}\t{}\t{}\t{}",
            key.name,
            role_text(key.role),
            key.studies.map_or_else(|| "all".to_owned(), names),
            UtcTime::from_ms(key.created_at_ms),
            revoked.unwrap_or_else(|| "-".to_owned()),
        );
    }
    Ok(())
}

async fn revoke(args: RevokeArgs) -> Result<(), KeysError> {
    let store = Store::open(&args.database.database).await?;
    let is_revoked = store.revoke_key(&args.name, clock::now_ms()).await?;
    store.close().await;
    if is_revoked { Ok(()) } else { Err(KeysError::Unknown(args.name)) }
}
