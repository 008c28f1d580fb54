//! What the organiser says of the hours, at `veche election`: that the closing is put off, a notice, a cancellation,
//! the end of the vote. It is signed here with the organiser's key, or by a ballot box that holds it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use veche_crypto::signature::SecretKey;
use veche_record::Entry;
use veche_record::entry::{Closing, Extension, Notice, NoticeForm, Signed};
use veche_record::manifest::Timestamp;
use veche_verify::BoardState;
use zeroize::Zeroizing;

use super::{BoxArgs, ElectionError, Office};
use crate::error::Error;

/// Times that a vote is closed again over a newer checkpoint, because somebody was recorded in between.
const TRIES: usize = 20;

/// Who signs.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// A file with the organiser's key in 64 hexadecimal digits. Left out: the ballot box signs, which holds it then.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// How the closing is put off.
#[derive(Debug, Args)]
pub(crate) struct ExtendArgs {
    #[command(flatten)]
    pub(crate) at: BoxArgs,
    #[command(flatten)]
    key: KeyArgs,
    /// The hour until which voting goes on, as 2026-05-15T20:00:00Z: at most the manifest's `closes_latest`.
    #[arg(long, value_name = "TIME", value_parser = crate::import::parse_time)]
    until: Timestamp,
}

/// What is said to everybody.
#[derive(Debug, Args)]
pub(crate) struct NoticeArgs {
    #[command(flatten)]
    pub(crate) at: BoxArgs,
    #[command(flatten)]
    key: KeyArgs,
    /// The words in one language, as --text en="The ballot box was out of reach this morning." Once for each of the
    /// manifest's languages. They are shown as plain text.
    #[arg(long = "text", value_name = "LANGUAGE=WORDS", required = true, value_parser = parse_text)]
    texts: Vec<(String, String)>,
}

/// How the vote is ended.
#[derive(Debug, Args)]
pub(crate) struct CloseArgs {
    #[command(flatten)]
    pub(crate) at: BoxArgs,
    #[command(flatten)]
    key: KeyArgs,
    /// Why the vote ends before its hour. It is put on the board as a notice, in these words for every language. The
    /// manifest has to allow it.
    #[arg(long, value_name = "REASON")]
    early: Option<String>,
}

fn parse_text(text: &str) -> Result<(String, String), String> {
    let (language, words) = text.split_once('=').ok_or("write the language, =, and the words")?;
    Ok((language.to_owned(), words.to_owned()))
}

impl KeyArgs {
    pub(crate) fn read(&self) -> Result<Option<SecretKey>, Error> {
        let Some(path) = &self.key_file else { return Ok(None) };
        read_key(path).map(Some)
    }
}

fn read_key(path: &Path) -> Result<SecretKey, Error> {
    let text = Zeroizing::new(crate::files::read(path)?);
    let mut bytes = Zeroizing::new([0; 32]);
    let unreadable = || ElectionError::KeyFile { path: path.into() };
    hex::decode_to_slice(text.trim_ascii(), &mut *bytes).map_err(|_| unreadable())?;
    SecretKey::from_bytes(&bytes).map_err(|_| unreadable().into())
}

/// Puts the closing off.
pub(crate) fn extend(args: &ExtendArgs, office: &Office, board: &BoardState) -> Result<String, Error> {
    let closes = args.until.unix();
    match args.key.read()? {
        None => office.post_json("v1/extend", &json!({"closes": args.until.to_string()}))?,
        Some(key) => {
            let content = Extension { number: board.extensions(), signed_at: now(), closes };
            office.post_entry(&signed(content, &key, board)?.into())?;
        }
    }
    Ok(format!("Voting goes on until {}.\n", args.until))
}

/// Says something to everybody, or cancels the vote with it.
pub(crate) fn notice(
    args: &NoticeArgs,
    form: NoticeForm,
    office: &Office,
    board: &BoardState,
) -> Result<String, Error> {
    let texts: BTreeMap<String, String> = args.texts.iter().cloned().collect();
    say(args.key.read()?.as_ref(), form, texts, office, board)?;
    Ok(match form {
        NoticeForm::Words => "It is on the board, and every page shows it.\n".to_owned(),
        NoticeForm::Cancellation => "The vote is cancelled. Nothing of it is counted.\n".to_owned(),
    })
}

fn say(
    key: Option<&SecretKey>,
    form: NoticeForm,
    mut texts: BTreeMap<String, String>,
    office: &Office,
    board: &BoardState,
) -> Result<(), Error> {
    let Some(key) = key else {
        let cancels = form == NoticeForm::Cancellation;
        return office.post_json("v1/notices", &json!({"cancels": cancels, "text": texts}));
    };
    let languages = &board.manifest().document().languages;
    let said: Vec<String> = languages.iter().filter_map(|language| texts.remove(language)).collect();
    if said.len() != languages.len() || !texts.is_empty() {
        return Err(ElectionError::Languages(languages.join(", ")).into());
    }
    // There are at most 64.
    let number = u16::try_from(board.notices().len()).unwrap_or(u16::MAX);
    let content = Notice { number, form, time: now(), texts: said };
    office.post_entry(&signed(content, key, board)?.into())
}

pub(crate) fn signed<T: veche_record::entry::Content>(
    content: T,
    key: &SecretKey,
    board: &BoardState,
) -> Result<Signed<T>, Error> {
    let election = board.election().ok_or_else(|| ElectionError::NoKeys(String::new()))?;
    Ok(Signed::new(content, key, &election.fingerprint()).map_err(ElectionError::from)?)
}

/// Ends the vote: before its hour only with a reason, and where the manifest allows it.
pub(crate) fn close(args: &CloseArgs, office: &Office, board: &BoardState) -> Result<String, Error> {
    let document = board.manifest().document();
    let hour = board.closing_hour();
    let early = board.ending().is_none() && now() < hour;
    let key = args.key.read()?;
    if early {
        let shown = Timestamp::from_unix(hour).map_or_else(|| hour.to_string(), |hour| hour.to_string());
        if !document.early_close {
            let why = format!("Voting goes on until {shown}: the manifest lets nobody close it early");
            return Err(ElectionError::NotNow(why).into());
        }
        let Some(reason) = &args.early else {
            let why = format!(
                "Voting goes on until {shown}. To close it early, say why, for everyone to read: --early \"REASON\""
            );
            return Err(ElectionError::NotNow(why).into());
        };
        let texts = document.languages.iter().map(|language| (language.clone(), reason.clone())).collect();
        say(key.as_ref(), NoticeForm::Words, texts, office, board)?;
    }
    match key {
        None => office.post("v1/close", b"")?,
        Some(key) => close_here(&key, office, board)?,
    }
    Ok("Voting is closed, and it is fixed what is counted. The trustees decrypt the totals, with `veche trustee decrypt`.\n"
        .into())
}

/// What the ballot box hands out to be signed.
#[derive(Debug, Deserialize)]
struct Proposal {
    note: String,
}

/// Signs the end of the vote on this machine, over the newest checkpoint, which has to be one of the board that was
/// verified, or of one that has grown since by what the box admits.
fn close_here(key: &SecretKey, office: &Office, board: &BoardState) -> Result<(), Error> {
    let election = board.election().ok_or_else(|| ElectionError::NoKeys(String::new()))?;
    let kind =
        board.next_closing().ok_or_else(|| ElectionError::NotNow("There is no vote to close".into()))?;
    let mut tries = 0;
    loop {
        let proposal: Proposal = office.get_json("v1/closing")?;
        let note = proposal.note.into_bytes();
        election.open_checkpoint(&note).map_err(|error| ElectionError::Note(error.to_string()))?;
        let closing = Closing::by_organiser(kind, key, &election.fingerprint(), now(), note)
            .map_err(|error| ElectionError::Note(error.to_string()))?;
        tries += 1;
        match office.post_entry(&Entry::from(closing)) {
            Err(_) if tries < TRIES => {}
            posted => return posted,
        }
    }
}

/// This machine's time, in seconds since 1970.
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
