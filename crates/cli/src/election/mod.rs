//! `veche election`: the organiser's steps at a ballot box.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use thiserror::Error;
use veche_record::Entry;
use veche_record::entry::{NoticeForm, TallyKind};
use veche_verify::{Audit, BoardState, Count, Course, Round};
use veche_voter::{Credential, PreparedBallot, SealError};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::remote::Remote;
use crate::trustee::{read_token, trustees};
use crate::verify::Record;
use crate::{Outcome, random, report, results};

mod draw;
mod hours;

/// Takes an election from its ceremony to its result.
#[derive(Debug, Args)]
pub struct ElectionArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Looks at a new ballot box, and says what each trustee has to do.
    New(BoxArgs),
    /// Begins the trustees' ceremony anew: everything of this attempt is void.
    Restart(BoxArgs),
    /// Holds the rehearsal: puts a made-up ballot on the board for the trustees to decrypt.
    Rehearse(BoxArgs),
    /// Opens the vote, after the rehearsal.
    Open(BoxArgs),
    /// Closes the vote, and fixes the sums for the trustees to decrypt.
    Close(hours::CloseArgs),
    /// Puts the closing off, at most as far as the manifest allows.
    Extend(hours::ExtendArgs),
    /// Says something to everybody: it goes on the board, and every page shows it.
    Notice(hours::NoticeArgs),
    /// Cancels the vote, before its ballots are counted. It cannot be taken back.
    Cancel(hours::NoticeArgs),
    /// Puts on the board in which order equal totals were drawn, where that decides who is funded.
    Draw(draw::DrawArgs),
    /// Says what the published result is, or who is waited for.
    Publish(BoxArgs),
}

/// Which ballot box.
#[derive(Debug, Args)]
pub(crate) struct BoxArgs {
    /// The ballot box, as https://box.example/.
    #[arg(long = "box", value_name = "URL")]
    ballot_box: String,
    /// A file with the organiser's token.
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
}

/// Why a step of the organiser stopped.
#[derive(Debug, Error)]
pub enum ElectionError {
    /// The keys are not made.
    #[error("the trustees have not made the keys yet: {0}")]
    NoKeys(String),
    /// The rehearsal's ballot cannot be made.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A key with negligible probability.
    #[error(transparent)]
    Key(#[from] veche_crypto::group::GroupError),
    /// The organiser's key.
    #[error("{}: an organiser's key is 64 hexadecimal digits", .path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
    },
    /// Words in other languages than the election's.
    #[error("say it in exactly these languages: {0}")]
    Languages(String),
    /// Not the end of this board.
    #[error("what the ballot box hands out to be signed is not the end of this board: {0}")]
    Note(String),
    /// An answer of the ballot box.
    #[error("the ballot box answers in another form: {0}")]
    Answer(serde_json::Error),
    /// Too early or too late.
    #[error("{0}")]
    NotNow(String),
}

/// The ballot box with its organiser's token.
pub(crate) struct Office {
    remote: Remote,
    place: String,
    token: Zeroizing<String>,
}

impl Office {
    fn new(args: &BoxArgs) -> Result<Self, Error> {
        let place = args.ballot_box.trim_end_matches('/').to_owned();
        Ok(Office { remote: Remote::new(&place)?, token: read_token(&args.token_file)?, place })
    }

    fn audit(&self) -> Result<Audit, Error> {
        Record::open(&format!("{}/record", self.place))?.audit(None)
    }

    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Result<(), Error> {
        self.remote.post(path, &self.token, body)?;
        Ok(())
    }

    pub(crate) fn post_entry(&self, entry: &Entry) -> Result<(), Error> {
        self.post("v1/entries", &entry.to_bytes())
    }

    pub(crate) fn post_json(&self, path: &str, document: &serde_json::Value) -> Result<(), Error> {
        self.remote.post_json(path, &self.token, document)?;
        Ok(())
    }

    pub(crate) fn get_json<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let answer = self.remote.ask(path, &self.token)?;
        Ok(serde_json::from_slice(&answer).map_err(ElectionError::Answer)?)
    }
}

/// What the organiser does at a board that passes; what to say about it.
type OfficeStep<'a> = Box<dyn Fn(&Office, &BoardState, &Audit) -> Result<String, Error> + 'a>;

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when it could not do what it was asked to do.
pub fn run(args: &ElectionArgs) -> Result<Outcome, Error> {
    let (args, step): (_, OfficeStep<'_>) = match &args.command {
        Command::New(args) => (args, Box::new(new)),
        Command::Restart(args) => (args, Box::new(restart)),
        Command::Rehearse(args) => (args, Box::new(rehearse)),
        Command::Open(args) => (args, Box::new(open)),
        Command::Close(args) => (&args.at, Box::new(|office, board, _| hours::close(args, office, board))),
        Command::Extend(args) => (&args.at, Box::new(|office, board, _| hours::extend(args, office, board))),
        Command::Notice(args) => {
            (&args.at, Box::new(|office, board, _| hours::notice(args, NoticeForm::Words, office, board)))
        }
        Command::Cancel(args) => (
            &args.at,
            Box::new(|office, board, _| hours::notice(args, NoticeForm::Cancellation, office, board)),
        ),
        Command::Draw(args) => {
            (&args.at, Box::new(|office, board, audit| draw::draw(args, office, board, &audit.report)))
        }
        Command::Publish(args) => (args, Box::new(publish)),
    };
    let office = Office::new(args)?;
    let audit = office.audit()?;
    let Some(board) = audit.board() else {
        let text = format!("Nothing was done: the board does not pass.\n\n{}", report::text(&audit.report));
        return Ok(Outcome { text, code: audit.report.exit_code() });
    };
    step(&office, board, &audit).map(Outcome::passed)
}

fn new(office: &Office, board: &BoardState, _: &Audit) -> Result<String, Error> {
    let count = board.manifest().trustees();
    let mut text = format!(
        "{} trustees make the keys together; all must take part in that.\n\
         At the count {} of them must agree, so {} may be missing, and then any {} decrypt.\n\
         Any {} together could open every ballot: choose people who would not.\n\n\
         Each trustee runs, with the line of trustee-tokens that has their number:\n",
        count.count,
        count.quorum(),
        count.may_be_missing(),
        count.threshold,
        count.threshold,
    );
    for trustee in 1..=count.count {
        text.push_str(&format!(
            "  veche trustee new --board {} --trustee {trustee} --dir trustee-{trustee} --token-file FILE\n",
            office.place
        ));
    }
    text.push_str(&format!("\n{}", ceremony(board)));
    Ok(text)
}

/// How far the ceremony is.
fn ceremony(board: &BoardState) -> String {
    let Some(ceremony) = board.ceremony() else { return "The board is empty.\n".into() };
    let waiting = trustees(&ceremony.waiting_for());
    match ceremony.round() {
        Round::Commit => format!("Waiting for {waiting} to take part.\n"),
        Round::Deal => format!("Waiting for {waiting} to deal.\n"),
        Round::Confirm => format!("Waiting for {waiting} to confirm.\n"),
        Round::Failed(culprit) => {
            format!("Trustee {culprit} has dealt a false share: begin anew with `veche election restart`.\n")
        }
        Round::Complete => "The keys are made.\n".into(),
    }
}

fn restart(office: &Office, board: &BoardState, _: &Audit) -> Result<String, Error> {
    office.post("v1/restart", b"")?;
    let attempt = board.ceremony().map_or(0, |ceremony| ceremony.attempt()).saturating_add(1);
    Ok(format!("Attempt {attempt} of the ceremony has begun. All trustees take part anew.\n"))
}

fn rehearse(office: &Office, board: &BoardState, _: &Audit) -> Result<String, Error> {
    let election = board.election().ok_or_else(|| ElectionError::NoKeys(ceremony(board)))?;
    if let Some(count) = board.count(TallyKind::Rehearsal) {
        return Ok(waiting(count, "The rehearsal has worked. Open the vote with `veche election open`.\n"));
    }
    let credential = Credential::generate(&random::randomness()?).map_err(ElectionError::from)?;
    let ballot =
        PreparedBallot::rehearsal(election, &credential, &random::randomness()?, &random::randomness()?)
            .map_err(ElectionError::from)?;
    office.post("v1/entries", &Entry::RehearsalBallot(ballot.bytes).to_bytes())?;
    office.post("v1/rehearsal", b"")?;
    Ok(format!(
        "A made-up ballot is on the board. {} trustees decrypt it now, with `veche trustee decrypt`.\n\
         When they have, open the vote with `veche election open`.\n\n\
         Fingerprint of the election, to be published:\n{}\n",
        board.manifest().trustees().quorum(),
        election.fingerprint()
    ))
}

/// Who is waited for in a decryption.
fn waiting(count: &Count, finished: &str) -> String {
    let all = 1..=count.input().election().manifest().trustees().count;
    let missing =
        |done: &dyn Fn(u8) -> bool| trustees(&all.clone().filter(|i| !done(*i)).collect::<Vec<_>>());
    let needed = count.partials_needed().saturating_sub(count.partials().len());
    if needed == 0 {
        return finished.to_owned();
    }
    if !count.has_quorum() {
        let needed = count.input().quorum() - count.consents().len();
        return format!(
            "Waiting for {needed} more to agree, of {}.\n",
            missing(&|i| count.consents().contains(&i))
        );
    }
    format!("Waiting for {needed} more to decrypt, of {}.\n", missing(&|i| count.has_decrypted(i)))
}

fn open(office: &Office, board: &BoardState, _: &Audit) -> Result<String, Error> {
    if board.election().is_none() {
        return Err(ElectionError::NoKeys(ceremony(board)).into());
    }
    if board.course() == Course::Setup && !board.is_rehearsed() {
        let why = board.count(TallyKind::Rehearsal).map_or_else(
            || "The vote opens after the rehearsal: `veche election rehearse`.".to_owned(),
            |count| format!("The rehearsal is not finished. {}", waiting(count, "")),
        );
        return Err(ElectionError::NotNow(why.trim().to_owned()).into());
    }
    office.post("v1/open", b"")?;
    Ok("Voting is open.\n".into())
}

fn publish(_: &Office, board: &BoardState, audit: &Audit) -> Result<String, Error> {
    match (&audit.report.tallies, board.count(TallyKind::Vote)) {
        (Some(result), _) => Ok(format!(
            "The result is published.\n\n{}",
            results::table(board.manifest(), result, &audit.report.draws)
        )),
        (None, Some(count)) => {
            Ok(waiting(count, "Enough trustees have decrypted; the ballot box publishes the result now.\n"))
        }
        (None, None) => Err(ElectionError::NotNow("the vote is not closed yet".into()).into()),
    }
}
