//! The program `gestalt-serve`: `gestalt serve` alone, without the networks, so that it builds quickly.

use std::process::ExitCode;

use clap::Parser;
use gestalt_server::command::{self, ServeArgs};

#[derive(Parser)]
#[command(name = "gestalt-serve", version)]
struct Arguments {
    #[command(flatten)]
    serve: ServeArgs,
}

fn main() -> ExitCode {
    match command::run(Arguments::parse().serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}
