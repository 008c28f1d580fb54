//! `veche trustee new` and `recover`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use veche_trustee::{Kept, Secret};
use veche_words::terminal;

use super::state::{Board, State};
use super::{TrusteeError, step};
use crate::error::Error;
use crate::{Outcome, random, report};

#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// The ballot box, as https://box.example/, or a folder with the record so far.
    #[arg(long, value_name = "URL|DIR")]
    board: String,
    /// Which trustee you are, from 1.
    #[arg(long, value_name = "NUMBER")]
    trustee: u8,
    /// Where to keep the secret: a new folder that only you can read.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// A file with your token for the ballot box, as the organiser has handed it out.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl NewArgs {
    fn board(&self) -> Result<Board, Error> {
        if self.dir.join("secret").symlink_metadata().is_ok() {
            return Err(TrusteeError::Exists { path: self.dir.clone() }.into());
        }
        Board::new(&self.board, self.trustee, self.token_file.as_deref())
    }
}

/// Makes a secret, shows its words, asks them back, and commits.
pub(super) fn new(args: &NewArgs) -> Result<Outcome, Error> {
    let board = args.board()?;
    let audit = board.audit(None, None)?;
    let Some(state) = audit.board() else { return Ok(failed(&audit.report)) };
    let secret = Secret::new(&random::randomness()?);
    let kept = Kept::new(state, &secret, args.trustee).map_err(TrusteeError::from)?;
    show(&secret).map_err(TrusteeError::Terminal)?;
    terminal::ask_back(secret.bytes()).map_err(TrusteeError::from)?;
    let mut state = State::create(&args.dir, board, secret, kept)?;
    step::continue_with(&mut state, audit, &["commit"], None, step::Checked::Nothing)
}

/// Takes 24 words up.
pub(super) fn recover(args: &NewArgs) -> Result<Outcome, Error> {
    let board = args.board()?;
    let audit = board.audit(None, None)?;
    let Some(state) = audit.board() else { return Ok(failed(&audit.report)) };
    let secret = Secret::from_bytes(&*terminal::ask().map_err(TrusteeError::from)?);
    let kept = Kept::recover(state, &secret, args.trustee).map_err(TrusteeError::from)?;
    let mut state = State::create(&args.dir, board, secret, kept)?;
    let mut outcome = step::continue_with(&mut state, audit, &[], None, step::Checked::Nothing)?;
    outcome.text.insert_str(0, &format!("Trustee {} is recovered.\n", args.trustee));
    Ok(outcome)
}

fn failed(report: &veche_verify::Report) -> Outcome {
    let text = format!("Nothing was done: the board does not pass.\n\n{}", report::text(report));
    Outcome { text, code: report.exit_code() }
}

/// The words, straight to the terminal and nowhere else.
fn show(secret: &Secret) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "These 24 words are your part of the key. They are shown this once.")?;
    writeln!(
        out,
        "Write them on paper and keep it where nobody else comes. With them and the public board you"
    )?;
    writeln!(out, "can go on from any machine; so can whoever finds them.\n")?;
    drop(out);
    terminal::show(secret.bytes())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nNow type them back.")?;
    out.flush()
}
