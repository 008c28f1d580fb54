//! `veche election`: the organiser's steps at a ballot box.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use thiserror::Error;
use veche_record::Entry;
use veche_record::entry::{NoticeForm, Open, Restart, Signed, TallyKind};
use veche_record::manifest::{Manifest, Timestamp};
use veche_verify::{Audit, BoardState, Count, Course, Round};
use veche_voter::{Credential, PreparedBallot, SealError};
use zeroize::Zeroizing;

use self::signer::Signer;
use self::trustees::awaited::{Awaited, Step};
use crate::error::Error;
use crate::remote::{Remote, RemoteError};
use crate::trustee::{read_token, trustees as named};
use crate::verify::Record;
use crate::{Outcome, random, report, results};

pub(crate) mod draw;
pub(crate) mod hours;
mod papers;
pub(crate) mod signer;
pub(crate) mod trustees;

/// Takes an election from its ceremony to its result.
#[derive(Debug, Args)]
pub struct ElectionArgs {
    #[command(subcommand)]
    command: Command,
}

impl ElectionArgs {
    /// The folder of a desk that is asked before the vote opens, and why it opens although something is not ticked.
    pub(crate) fn opens_by(&self) -> Option<(&Path, Option<&str>)> {
        let Command::Open(OpenArgs { desk: Some(folder), unticked, .. }) = &self.command else { return None };
        Some((folder, unticked.as_deref()))
    }

    /// The language of the papers that are made, where one is asked for.
    pub(crate) fn language(&self) -> Option<&str> {
        let Command::Invitations(args) = &self.command else { return None };
        args.language.as_deref()
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes the organiser's key on this machine, as 24 words. A ballot box is made for its public key.
    Key(signer::KeyArgs),
    /// Looks at a new ballot box, and says what each trustee has to do.
    New(BoxArgs),
    /// Writes an invitation for each trustee: a page to print, with a link, its QR code, and what to do when.
    Invitations(trustees::invitations::InvitationsArgs),
    /// Says who is waited for, for what, since when, and the sentence to send them; and how the witnesses are.
    Waiting(trustees::waiting::WaitingArgs),
    /// Begins the trustees' ceremony anew: everything of this attempt is void.
    Restart(RestartArgs),
    /// Holds the rehearsal: puts a made-up ballot on the board for the trustees to decrypt.
    Rehearse(BoxArgs),
    /// Opens the vote, after the rehearsal. Where this machine signs, the words are typed: so a paper that is lost is
    /// noticed before the vote opens.
    Open(OpenArgs),
    /// Closes the vote, and fixes the sums for the trustees to decrypt.
    Close(hours::CloseArgs),
    /// Puts the closing off, at most as far as the manifest allows.
    Extend(hours::ExtendArgs),
    /// Says something to everybody: it goes on the board, and every page shows it.
    Notice(hours::NoticeArgs),
    /// Cancels the vote, before its ballots are counted. It cannot be taken back.
    Cancel(hours::NoticeArgs),
    /// Puts on the board how many papers of a district were counted by hand.
    Papers(papers::PapersArgs),
    /// Puts on the board in which order equal totals were drawn, where that decides who is funded.
    Draw(draw::DrawArgs),
    /// Posts a message that somebody else's machine has written into a file: `veche trustee … --out`.
    Deliver(DeliverArgs),
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

#[derive(Debug, Args)]
struct RestartArgs {
    #[command(flatten)]
    at: BoxArgs,
    #[command(flatten)]
    signer: signer::SignerArgs,
}

#[derive(Debug, Args)]
struct DeliverArgs {
    #[command(flatten)]
    at: BoxArgs,
    /// The message.
    #[arg(value_name = "FILE")]
    message: PathBuf,
}

#[derive(Debug, Args)]
struct OpenArgs {
    #[command(flatten)]
    at: BoxArgs,
    /// Sign on this machine: the 24 words of the organiser's key are asked for. Left out: the ballot box signs,
    /// where it holds the key.
    #[arg(long)]
    words: bool,
    /// The folder of a desk (`veche desk FOLDER`): the vote opens when everything that is to be looked at before is
    /// ticked there.
    #[arg(long, value_name = "FOLDER")]
    desk: Option<PathBuf>,
    /// Why the vote opens although something is not ticked. It is kept in the desk's folder.
    #[arg(long, value_name = "REASON", requires = "desk")]
    unticked: Option<String>,
}

/// Why a step of the organiser stopped.
#[derive(Debug, Error)]
pub enum ElectionError {
    /// The keys are not made.
    #[error("The trustees have not made the keys yet. {0}")]
    NoKeys(String),
    /// The rehearsal's ballot cannot be made.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A key with negligible probability.
    #[error(transparent)]
    Key(#[from] veche_crypto::group::GroupError),
    /// The words cannot be shown.
    #[error("the words cannot be shown: {0}")]
    Terminal(std::io::Error),
    /// Words that are none.
    #[error(transparent)]
    Words(#[from] veche_words::terminal::AskError),
    /// Words in a file that are none.
    #[error("{}: {source}", .path.display())]
    WordsFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with them.
        source: veche_words::WordsError,
    },
    /// Words that everybody on this machine can read.
    #[error("{path} can be read by other users of this machine: run `chmod 600 {path}`", path = .path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// Not a trustee's message.
    #[error("{}: this is no message of a trustee", .path.display())]
    NoMessage {
        /// The file.
        path: PathBuf,
    },
    /// Words of another key than the board's.
    #[error(
        "these are the words of another key; nothing was sent. Their public key is {given}, and this board's organiser has {named}"
    )]
    OtherKey {
        /// The board's, in hexadecimal.
        named: String,
        /// That of the words.
        given: String,
    },
    /// Words twice in one language.
    #[error("{option} is given twice for {language}")]
    Twice {
        /// How words are typed.
        option: &'static str,
        /// The language.
        language: String,
    },
    /// People were recorded each time between what was handed out and what was signed.
    #[error("somebody was recorded each time before the end of the vote arrived; try again")]
    Overtaken,
    /// Words in other languages than the election's.
    #[error("say it in exactly these languages: {0}")]
    Languages(String),
    /// Not the end of this board.
    #[error("what the ballot box hands out to be signed is not the end of this board: {0}")]
    Note(String),
    /// An answer of the ballot box.
    #[error("the ballot box answers in another form: {0}")]
    Answer(serde_json::Error),
    /// The ballot box's manifest is none.
    #[error("the manifest of the ballot box: {0}")]
    Manifest(Box<veche_record::ManifestError>),
    /// Too early or too late.
    #[error("{0}")]
    NotNow(String),
    /// What the organiser says of the hours.
    #[error(transparent)]
    Hours(#[from] hours::HoursError),
}

impl From<hours::HoursError> for Error {
    fn from(error: hours::HoursError) -> Self {
        ElectionError::Hours(error).into()
    }
}

impl ElectionError {
    fn no_keys(board: &BoardState) -> Self {
        ElectionError::NoKeys(ceremony(board).trim().to_owned())
    }
}

/// The ballot box with its organiser's token.
pub(crate) struct Office {
    remote: Remote,
    place: String,
    token: Zeroizing<String>,
}

impl Office {
    fn new(args: &BoxArgs) -> Result<Self, Error> {
        Self::at(&args.ballot_box, read_token(&args.token_file)?)
    }

    /// A ballot box at an address, with the organiser's token.
    pub(crate) fn at(address: &str, token: Zeroizing<String>) -> Result<Self, Error> {
        let place = address.trim_end_matches('/').to_owned();
        Ok(Office { remote: Remote::new(&place)?, token, place })
    }

    /// Fetches its board, and verifies it.
    pub(crate) fn audit(&self) -> Result<Audit, Error> {
        Record::open(&self.record_address())?.audit(None)
    }

    /// Where its record is read.
    pub(crate) fn record_address(&self) -> String {
        format!("{}/record", self.place)
    }

    /// Whether the token is the organiser's: asks for an extension without an hour, which the ballot box refuses, and
    /// before that whoever is not the organiser.
    ///
    /// # Errors
    /// The ballot box's refusal of the token, or why it cannot be asked.
    pub(crate) fn demand_organiser(&self) -> Result<(), Error> {
        match self.remote.post_json("v1/extend", &self.token, &serde_json::json!({})) {
            Err(RemoteError::Refused { status: 400 | 422, .. }) | Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        }
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

    /// The manifest that the ballot box hands out. What it says of the hours the board may have put off.
    pub(crate) fn manifest(&self) -> Result<Manifest, Error> {
        let path = "record/manifest.json";
        let url = format!("{}/{path}", self.place);
        let bytes = self.remote.get(path)?.ok_or(RemoteError::NoRecord { url })?;
        Ok(Manifest::parse(&bytes).map_err(|error| ElectionError::Manifest(Box::new(error)))?)
    }

    /// What the server says of its own health, also where something is wrong; null where it says nothing.
    pub(crate) fn health(&self) -> Result<serde_json::Value, Error> {
        Ok(self.remote.state("v1/health")?)
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
    let (at, step): (_, OfficeStep<'_>) = match &args.command {
        Command::Key(args) => return signer::key(args),
        Command::Invitations(args) => return trustees::invitations::run(args),
        Command::Waiting(args) => return trustees::waiting::run(args),
        Command::New(at) => (at, Box::new(new)),
        Command::Restart(args) => {
            (&args.at, Box::new(|office, board, _| restart(&args.signer.signer(), office, board)))
        }
        Command::Rehearse(at) => (at, Box::new(|office, board, _| rehearse(office, board))),
        Command::Open(args) => {
            let signer = Signer::typed(args.words);
            (&args.at, Box::new(move |office, board, _| open(&signer, office, board)))
        }
        Command::Close(args) => (
            &args.at,
            Box::new(|office, board, _| {
                let reason = (!args.early.is_empty()).then(|| hours::Reason::Typed(args.early.clone()));
                hours::close(reason.as_ref(), &args.signer.signer(), office, board)
            }),
        ),
        Command::Extend(args) => (
            &args.at,
            Box::new(|office, board, _| hours::extend(args.until, &args.signer.signer(), office, board)),
        ),
        Command::Notice(args) => (&args.at, say(args, NoticeForm::Words)),
        Command::Cancel(args) => (&args.at, say(args, NoticeForm::Cancellation)),
        Command::Papers(args) => (&args.at, Box::new(|office, board, _| papers::papers(args, office, board))),
        Command::Draw(args) => {
            (&args.at, Box::new(|office, board, audit| draw::draw(args, office, board, &audit.report)))
        }
        Command::Deliver(args) => (&args.at, Box::new(|office, _, _| deliver(&args.message, office))),
        Command::Publish(at) => (at, Box::new(publish)),
    };
    let office = Office::new(at)?;
    let audit = office.audit()?;
    let Some(board) = audit.board() else {
        let text = format!("Nothing was done: the board does not pass.\n\n{}", report::text(&audit.report));
        return Ok(Outcome { text, code: audit.report.exit_code() });
    };
    step(&office, board, &audit).map(Outcome::passed)
}

fn say(args: &hours::NoticeArgs, form: NoticeForm) -> OfficeStep<'_> {
    let signer = args.signer.signer();
    Box::new(move |office, board, _| hours::notice(form, &args.texts, &signer, office, board))
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
    let waiting = named(&ceremony.waiting_for());
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

pub(crate) fn restart(signer: &Signer, office: &Office, board: &BoardState) -> Result<String, Error> {
    let not_now = |why: &str| ElectionError::NotNow(why.to_owned());
    let ceremony = board.ceremony().ok_or_else(|| not_now("The board is empty"))?;
    if board.election().is_some() {
        return Err(not_now("The keys are made: they stay. Other trustees need another ballot box").into());
    }
    let attempt = ceremony.attempt().checked_add(1);
    let attempt = attempt.ok_or_else(|| not_now("No more attempts: make another ballot box"))?;
    match signer.key(board)? {
        None => office.post("v1/restart", b"")?,
        Some(key) => {
            let restart = Signed::new(Restart { attempt }, &key, &ceremony.genesis());
            office.post_entry(&restart.map_err(ElectionError::from)?.into())?;
        }
    }
    Ok(format!("Attempt {attempt} of the ceremony has begun. All trustees take part anew.\n"))
}

pub(crate) fn rehearse(office: &Office, board: &BoardState) -> Result<String, Error> {
    let election = board.election().ok_or_else(|| ElectionError::no_keys(board))?;
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
    let steps = [Step::CountAgree, Step::CountDecrypt, Step::Result];
    let Awaited { step, needed, who, .. } = Awaited::count(count, steps, None);
    let missing = named(&who);
    match step {
        Step::CountAgree => format!("Waiting for {needed} more to agree, of {missing}.\n"),
        Step::CountDecrypt => format!("Waiting for {needed} more to decrypt, of {missing}.\n"),
        _ => finished.to_owned(),
    }
}

pub(crate) fn open(signer: &Signer, office: &Office, board: &BoardState) -> Result<String, Error> {
    let election = board.election().ok_or_else(|| ElectionError::no_keys(board))?;
    let not_now = |why: String| Error::from(ElectionError::NotNow(why));
    match board.course() {
        Course::Setup if !board.is_rehearsed() => {
            let why = board.count(TallyKind::Rehearsal).map_or_else(
                || "The vote opens after the rehearsal: `veche election rehearse`.".to_owned(),
                |count| format!("The rehearsal is not finished. {}", waiting(count, "")),
            );
            return Err(not_now(why.trim().to_owned()));
        }
        Course::Setup => {}
        Course::Open => return Err(not_now("The vote is open already".to_owned())),
        Course::Cancelled => return Err(not_now("The vote is cancelled".to_owned())),
        _ => return Err(not_now("Voting is over: the vote does not open again".to_owned())),
    }
    let opens = board.manifest().document().opens;
    if now() < opens.unix() {
        return Err(not_now(format!("The manifest opens the vote at {opens}: not before")));
    }
    if now() >= board.closing_hour() {
        return Err(not_now(format!(
            "The closing, {}, has passed: the vote does not open any more",
            hour(board.closing_hour())
        )));
    }
    match signer.key(board)? {
        None => office.post("v1/open", b"")?,
        Some(key) => {
            let open = Open::sign(&key, &election.fingerprint(), now()).map_err(ElectionError::from)?;
            office.post_entry(&open.into())?;
        }
    }
    Ok("Voting is open.\n".into())
}

fn deliver(path: &Path, office: &Office) -> Result<String, Error> {
    let message = crate::files::read(path)?;
    let who = match Entry::parse(&message) {
        Ok(Entry::Ceremony(entry)) => entry.author(),
        Ok(Entry::Consent(entry)) => Some(entry.trustee),
        Ok(Entry::Partial(entry)) => Some(entry.trustee),
        _ => None,
    };
    let who = who.ok_or_else(|| ElectionError::NoMessage { path: path.to_owned() })?;
    office.post("v1/entries", &message)?;
    Ok(format!("The message of trustee {who} is on the board.\n"))
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
        (None, None) => {
            let cancelled = board.course() == Course::Cancelled;
            let why = if cancelled {
                "The vote is cancelled: it has no result"
            } else {
                "The vote is not closed yet"
            };
            Err(ElectionError::NotNow(why.to_owned()).into())
        }
    }
}

/// This machine's time, in seconds since 1970.
pub(crate) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A time as people read it.
pub(crate) fn hour(seconds: u64) -> String {
    Timestamp::from_unix(seconds).map_or_else(|| seconds.to_string(), |time| time.to_string())
}
