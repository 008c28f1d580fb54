//! The commands of `veche`, one file each, and what they share.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | done; for a check: everything passed |
//! | 1 | a check failed, and the report says which one and who is to blame |
//! | 2 | the command could not do what it was asked to do |
//!
//! A command returns what it prints, so that nothing here writes to a terminal except `main` and the progress
//! bar.

use std::borrow::Cow;

use clap::{Parser, Subcommand};

pub mod archive;
pub mod audit_sample;
mod dated;
pub mod describe;
pub mod desk;
pub mod election;
pub mod error;
pub mod files;
pub mod folder;
pub mod import;
pub mod keeper;
pub mod live;
pub mod manifest;
pub mod mirror;
pub mod pabulib;
pub mod preview;
pub mod progress;
pub mod random;
pub mod receipt;
pub mod remote;
pub mod report;
pub mod results;
pub mod resume;
pub mod simulate;
pub mod site;
pub mod trustee;
pub mod turnout;
pub mod verify;
pub mod verify_ballot;
pub mod witness;

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
    Desk(desk::DeskArgs),
    Describe(describe::DescribeArgs),
    Import(Box<import::ImportArgs>),
    Manifest(manifest::ManifestArgs),
    Preview(preview::PreviewArgs),
    Election(election::ElectionArgs),
    Trustee(trustee::TrusteeArgs),
    Simulate(simulate::SimulateArgs),
    Site(Box<site::SiteArgs>),
    Verify(verify::VerifyArgs),
    Mirror(mirror::MirrorArgs),
    Receipt(Box<receipt::ReceiptArgs>),
    AuditSample(audit_sample::AuditSampleArgs),
    Results(results::ResultsArgs),
    Turnout(turnout::TurnoutArgs),
    Archive(archive::ArchiveArgs),
    Witness(witness::WitnessArgs),
    Keeper(keeper::KeeperArgs),
    Collect(keeper::collect::CollectArgs),
    VerifyBallot(verify_ballot::VerifyBallotArgs),
}

/// What a command has to say when it could do what it was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// For standard output.
    pub text: String,
    /// The exit code: see the table above.
    pub code: u8,
}

impl Outcome {
    /// Done, and nothing failed.
    pub fn passed(text: String) -> Self {
        Self { text, code: 0 }
    }

    /// Done, and a check failed.
    pub fn failed(text: String) -> Self {
        Self { text, code: 1 }
    }
}

/// Runs one command.
///
/// # Errors
/// [`enum@Error`] when it could not do what it was asked to do.
pub fn run(cli: &Cli) -> Result<Outcome, Error> {
    match &cli.command {
        Command::Desk(args) => desk::run(args),
        Command::Describe(args) => describe::run(args),
        Command::Import(args) => {
            import::run(args).map_err(|error| desk::said(error, Some(args.tongue().code())))
        }
        Command::Manifest(args) => manifest::run(args),
        Command::Preview(args) => preview::run(args),
        Command::Election(args) => {
            if let Some((folder, reason)) = args.opens_by() {
                desk::check_list(folder, reason)?;
            }
            election::run(args).map_err(|error| desk::said(error, args.language()))
        }
        Command::Trustee(args) => trustee::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Site(args) => {
            site::run(args).map_err(|error| desk::said(error, Some(args.language().code())))
        }
        Command::Verify(args) => verify::run(args),
        Command::Mirror(args) => mirror::run(args),
        Command::Receipt(args) => receipt::run(args),
        Command::AuditSample(args) => audit_sample::run(args),
        Command::Results(args) => results::run(args),
        Command::Turnout(args) => turnout::run(args),
        Command::Archive(args) => archive::run(args),
        Command::Witness(args) => witness::run(args),
        Command::Keeper(args) => keeper::run(args),
        Command::Collect(args) => keeper::collect::run(args),
        Command::VerifyBallot(args) => verify_ballot::run(args),
    }
}

/// Text as it may go to a terminal: names come from strangers' files, and a control character in one could
/// move the cursor over a failed check, or turn the reading direction of the line.
pub fn printable(text: &str) -> Cow<'_, str> {
    let hidden = |character: char| {
        let turns =
            matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        turns || (character.is_control() && !matches!(character, '\n' | '\t'))
    };
    if text.contains(hidden) { Cow::Owned(text.replace(hidden, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_wrote_cannot_move_the_cursor() {
        assert_eq!(printable("Zażółć\n\tgęślą"), "Zażółć\n\tgęślą");
        assert_eq!(
            printable("FAILED\u{1b}[1A\rpassed \u{202e}x"),
            "FAILED\u{fffd}[1A\u{fffd}passed \u{fffd}x"
        );
    }

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
