//! `veche trustee`: what holders of key shares do.
//!
//! Every command looks at the whole public board first, verifies it, and does what comes next by
//! [`veche_trustee::next_step`], the same function that the trustee's page uses.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use thiserror::Error;
use veche_crypto::hash::Digest;
use veche_trustee::{KeptError, Refusal};
use veche_words::terminal::AskError;

use crate::Outcome;
use crate::error::Error;
use crate::verify::parse_fingerprint;

pub(crate) use describe::trustees;
pub(crate) use state::read_token;
use step::Checked;

mod close;
mod counts;
mod describe;
mod new;
mod state;
mod step;

/// Makes and uses the trustees' shares of the key.
#[derive(Debug, Args)]
pub struct TrusteeArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a trustee's secret, shows its 24 words once, and takes part in the ceremony.
    New(new::NewArgs),
    /// Hands every other trustee their share, encrypted, once all have taken part.
    Deal(MessageArgs),
    /// Confirms the transcript, once all have dealt and all trustees see the same one.
    Confirm(ConfirmArgs),
    /// Agrees to the sums on the board, and decrypts them once enough trustees have agreed. Shows first how many voters
    /// and ballots there are, to be compared with what was announced.
    Decrypt(DecryptArgs),
    /// Signs the end of the vote in the place of an organiser who is gone, three days after its last hour. A quorum of
    /// trustees has to.
    Close(StepArgs),
    /// Takes a trustee's 24 words up on another machine.
    Recover(new::NewArgs),
    /// Says what is to be done next, and who is waited for.
    Status(StatusArgs),
}

/// What every step needs.
#[derive(Debug, Args)]
struct StepArgs {
    /// The trustee's folder, made by `new` or `recover`.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The published fingerprint that the election must have.
    #[arg(long, value_name = "HASH", value_parser = parse_fingerprint)]
    election: Option<Digest>,
}

/// A step that puts a message on the board.
#[derive(Debug, Args)]
struct MessageArgs {
    #[command(flatten)]
    step: StepArgs,
    /// Write the message into this file instead of posting it. Whoever has the organiser's token posts it, with
    /// `veche election deliver`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ConfirmArgs {
    #[command(flatten)]
    step: MessageArgs,
    /// The transcript hash, as `status` shows it to every trustee: compare it with the others first, by
    /// telephone or face to face.
    #[arg(long, value_name = "HASH", value_parser = parse_fingerprint)]
    transcript: Digest,
}

#[derive(Debug, Args)]
struct DecryptArgs {
    #[command(flatten)]
    step: MessageArgs,
    /// The numbers of voters and ballots were compared with what was announced: do not ask. A script, whose input is no
    /// terminal, is never asked.
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
struct StatusArgs {
    #[command(flatten)]
    step: StepArgs,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

/// Why a trustee's command stopped.
#[derive(Debug, Error)]
pub enum TrusteeError {
    /// The folder has a trustee already.
    #[error("{} holds a trustee's secret already; a secret is never overwritten", .path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// The folder has no trustee.
    #[error("{} is not a trustee's folder: make one with `veche trustee new` or `veche trustee recover`", .path.display())]
    NoTrustee {
        /// The folder.
        path: PathBuf,
    },
    /// A file of the folder.
    #[error("{}: damaged; recover from the words into another folder", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Another process works with the folder.
    #[error("another `veche trustee` works with {} at this moment: let it finish, then look again", .path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// Somebody has changed what is remembered meanwhile.
    #[error("{}: what was signed has changed meanwhile, by another program. Nothing was sent; look again", .path.display())]
    Elsewhere {
        /// The folder.
        path: PathBuf,
    },
    /// What the device remembers.
    #[error(transparent)]
    Kept(#[from] KeptError),
    /// The words.
    #[error(transparent)]
    Words(#[from] AskError),
    /// The terminal.
    #[error("the words cannot be shown or read: {0}")]
    Terminal(std::io::Error),
    /// The trustee refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Another transcript.
    #[error("the board's transcript is {found}, and you named {named}: sign nothing, and tell the others")]
    Transcript {
        /// What was named.
        named: Digest,
        /// What the board shows.
        found: Digest,
    },
    /// The share of the key.
    #[error(transparent)]
    Share(#[from] veche_trustee::ShareError),
    /// An answer of the ballot box.
    #[error("the ballot box answers in another form: {0}")]
    Answer(serde_json::Error),
    /// Something is where a message is to be written.
    #[error("{} exists already, and nothing was signed: name another file", .path.display())]
    OutExists {
        /// The file.
        path: PathBuf,
    },
    /// A board in a folder has nobody to gather signatures.
    #[error("the end of a vote is signed at a ballot box: this trustee's board is a folder")]
    NoBox,
    /// A board at an address needs a token to post with.
    #[error("give the token of this trustee with --token-file, as the organiser has handed it out")]
    NoToken,
    /// A token file that is not text.
    #[error("{}: a token is one line of text", .path.display())]
    Token {
        /// The file.
        path: PathBuf,
    },
    /// Another line of the ballot box's list than the trustee's own.
    #[error("{}: this is the token of trustee {named}, and you are trustee {trustee}", .path.display())]
    TokenOfAnother {
        /// The file.
        path: PathBuf,
        /// Whose token it is.
        named: u8,
        /// Who wants to use it.
        trustee: u8,
    },
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when it could not do what it was asked to do.
pub fn run(args: &TrusteeArgs) -> Result<Outcome, Error> {
    match &args.command {
        Command::New(args) => new::new(args),
        Command::Recover(args) => new::recover(args),
        Command::Deal(args) => step::act(args, &["commit", "deal", "complain"], Checked::Nothing),
        Command::Confirm(args) => {
            step::act(&args.step, &["complain", "confirm"], Checked::Transcript(args.transcript))
        }
        Command::Decrypt(args) => step::act(
            &args.step,
            &["consent", "decrypt"],
            if args.yes { Checked::Counts } else { Checked::Nothing },
        ),
        Command::Close(args) => close::close(args),
        Command::Status(args) => step::status(&args.step, args.json),
    }
}
