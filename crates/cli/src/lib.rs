//! The commands of `veche`, one file each, and what they share.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | done; for a check: everything passed |
//! | 1 | a check failed, and the report says which one and who is to blame |
//! | 2 | the command could not do what it was asked to do |
//!
//! A command returns what it prints, so that nothing here writes to a terminal except `main` and the progress bar.

use clap::{Parser, Subcommand};

pub mod error;
pub mod files;
pub mod folder;
pub mod import;
pub mod manifest;
pub mod pabulib;
pub mod progress;
pub mod remote;
pub mod results;
pub mod simulate;
pub mod trustee;
pub mod verify;

pub use error::Error;

/// A vote that anyone can check.
#[derive(Debug, Parser)]
#[command(name = "veche", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(import::ImportArgs),
    Manifest(manifest::ManifestArgs),
    Trustee(trustee::TrusteeArgs),
    Simulate(simulate::SimulateArgs),
    Verify(verify::VerifyArgs),
    Results(results::ResultsArgs),
}

/// What a command has to say when it could do what it was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// For standard output.
    pub text: String,
    /// Whether every check passed.
    pub passed: bool,
}

impl Outcome {
    /// Done, and nothing failed.
    pub fn passed(text: String) -> Self {
        Self { text, passed: true }
    }

    /// Done, and a check failed.
    pub fn failed(text: String) -> Self {
        Self { text, passed: false }
    }
}

/// Runs one command.
///
/// # Errors
/// [`Error`] when it could not do what it was asked to do.
pub fn run(cli: &Cli) -> Result<Outcome, Error> {
    match &cli.command {
        Command::Import(args) => import::run(args),
        Command::Manifest(args) => manifest::run(args),
        Command::Trustee(args) => trustee::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Results(args) => results::run(args),
    }
}
