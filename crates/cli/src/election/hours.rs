//! What the organiser says of the hours, at `veche election`: that the closing is put off, a notice, a cancellation,
//! the end of the vote. It is signed here with the organiser's words, or by a ballot box that holds the key.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use veche_crypto::signature::SecretKey;
use veche_record::Entry;
use veche_record::entry::{Closing, ClosingKind, Extension, Notice, NoticeForm};
use veche_record::manifest::Timestamp;
use veche_verify::{BoardState, Course};

use super::signer::{Signer, SignerArgs, signed};
use super::{BoxArgs, ElectionError, Office, hour, now};
use crate::error::Error;

/// Times that a vote is closed again over a newer checkpoint, because somebody was recorded in between.
const TRIES: usize = 20;

/// How the closing is put off.
#[derive(Debug, Args)]
pub(crate) struct ExtendArgs {
    #[command(flatten)]
    pub(crate) at: BoxArgs,
    #[command(flatten)]
    pub(super) signer: SignerArgs,
    /// The hour until which voting goes on, as 2026-05-15T20:00:00Z: at most the manifest's `closes_latest`.
    #[arg(long, value_name = "TIME", value_parser = crate::import::parse_time)]
    pub(super) until: Timestamp,
}

/// What is said to everybody.
#[derive(Debug, Args)]
pub(crate) struct NoticeArgs {
    #[command(flatten)]
    pub(crate) at: BoxArgs,
    #[command(flatten)]
    pub(super) signer: SignerArgs,
    /// The words in one language, as --text en="The ballot box was out of reach this morning." Once for each of the
    /// manifest's languages. They are shown as plain text.
    #[arg(long = "text", value_name = "LANGUAGE=WORDS", required = true, value_parser = parse_text)]
    pub(super) texts: Vec<(String, String)>,
}

/// How the vote is ended.
#[derive(Debug, Args)]
pub(crate) struct CloseArgs {
    #[command(flatten)]
    pub(crate) at: BoxArgs,
    #[command(flatten)]
    pub(super) signer: SignerArgs,
    /// Why the vote ends before its hour. It is put on the board as a notice, in these words for every language. The
    /// manifest has to allow it.
    #[arg(long, value_name = "REASON")]
    pub(super) early: Option<String>,
}

fn parse_text(text: &str) -> Result<(String, String), String> {
    let (language, words) = text.split_once('=').ok_or("write the language, =, and the words")?;
    Ok((language.to_owned(), words.to_owned()))
}

/// Puts the closing off.
pub(crate) fn extend(
    until: Timestamp,
    signer: &Signer,
    office: &Office,
    board: &BoardState,
) -> Result<String, Error> {
    let closes = until.unix();
    demand_extendable(board, closes)?;
    match signer.key(board)? {
        None => office.post_json("v1/extend", &json!({"closes": until.to_string()}))?,
        Some(key) => {
            let content = Extension { number: board.extensions(), signed_at: now(), closes };
            office.post_entry(&signed(content, &key, board)?.into())?;
        }
    }
    Ok(format!("Voting goes on until {until}.\n"))
}

/// Says in words what the board would refuse, before words are typed for it.
fn demand_extendable(board: &BoardState, closes: u64) -> Result<(), Error> {
    let (present, latest) = (board.closing_hour(), board.manifest().document().closes_latest);
    let why = match latest {
        _ if board.course() > Course::Open => "Voting is over: it cannot be put off any more".to_owned(),
        _ if now() >= present => {
            format!("The closing, {}, has passed: it cannot be put off any more", hour(present))
        }
        None => "The manifest lets nobody put the closing off".to_owned(),
        _ if closes <= present => {
            format!("Voting goes on until {} already: name a later hour", hour(present))
        }
        Some(latest) if closes > latest.unix() => {
            format!("The manifest lets the closing be put off until {latest} at most")
        }
        Some(_) => return Ok(()),
    };
    Err(ElectionError::NotNow(why).into())
}

/// Says something to everybody, or cancels the vote with it.
pub(crate) fn notice(
    form: NoticeForm,
    said: &[(String, String)],
    signer: &Signer,
    office: &Office,
    board: &BoardState,
) -> Result<String, Error> {
    let cancels = form == NoticeForm::Cancellation;
    let cancelled = board.course() == Course::Cancelled;
    if cancels && (cancelled || board.course() > Course::Closed) {
        let why = if cancelled {
            "The vote is cancelled already"
        } else {
            "The count has begun: nobody cancels it"
        };
        return Err(ElectionError::NotNow(why.to_owned()).into());
    }
    let mut texts = BTreeMap::new();
    for (language, words) in said {
        if texts.insert(language.clone(), words.clone()).is_some() {
            return Err(ElectionError::Twice(language.clone()).into());
        }
    }
    let languages = &board.manifest().document().languages;
    if languages.iter().collect::<BTreeSet<_>>() != texts.keys().collect() {
        return Err(ElectionError::Languages(languages.join(", ")).into());
    }
    if texts.values().any(|words| words.trim().is_empty()) {
        return Err(ElectionError::NotNow("Say something in every language".to_owned()).into());
    }
    say(signer.key(board)?.as_ref(), form, texts, office, board)?;
    Ok(match form {
        NoticeForm::Words => "It is on the board, and every page shows it.\n".to_owned(),
        NoticeForm::Cancellation => "The vote is cancelled. Nothing of it is counted.\n".to_owned(),
    })
}

/// `texts` has every language of the manifest.
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
    let texts = languages.iter().filter_map(|language| texts.remove(language)).collect();
    // There are at most 64.
    let number = u16::try_from(board.notices().len()).unwrap_or(u16::MAX);
    let content = Notice { number, form, time: now(), texts };
    office.post_entry(&signed(content, key, board)?.into())
}

/// Ends the voting or closes the vote: before its hour only with a reason, and where the manifest allows it.
pub(crate) fn close(
    reason: Option<&str>,
    signer: &Signer,
    office: &Office,
    board: &BoardState,
) -> Result<String, Error> {
    let document = board.manifest().document();
    let kind = board.next_closing().ok_or_else(|| {
        ElectionError::NotNow(match board.course() {
            Course::Cancelled => "The vote is cancelled: nothing is left to close".to_owned(),
            course if course > Course::Open => "The vote is closed already".to_owned(),
            _ => "The vote is not open yet: there is nothing to close".to_owned(),
        })
    })?;
    let closing = board.closing_hour();
    let early = board.ending().is_none() && now() < closing;
    let texts = match (reason, early) {
        (_, true) if !document.early_close => {
            let why =
                format!("Voting goes on until {}: the manifest lets nobody close it early", hour(closing));
            return Err(ElectionError::NotNow(why).into());
        }
        (None, true) => {
            let why = format!(
                "Voting goes on until {}. To close it early, say why, for everyone to read: --early \"REASON\"",
                hour(closing)
            );
            return Err(ElectionError::NotNow(why).into());
        }
        (Some(reason), true) if reason.trim().is_empty() => {
            return Err(ElectionError::NotNow("Say why the vote is closed early, in words".to_owned()).into());
        }
        (Some(reason), true) => {
            let languages = document.languages.iter();
            let texts: BTreeMap<_, _> = languages.map(|tag| (tag.clone(), reason.to_owned())).collect();
            // Said already, by an attempt that could not close.
            let last = board.notices().last().map(|posted| &posted.notice.texts);
            (last.is_none_or(|last| last.iter().any(|said| said != reason))).then_some(texts)
        }
        (_, false) => None,
    };
    let key = signer.key(board)?;
    if let Some(texts) = texts {
        say(key.as_ref(), NoticeForm::Words, texts, office, board)?;
    }
    match key {
        None => office.post("v1/close", b"")?,
        Some(key) => close_here(&key, kind, office, board)?,
    }
    Ok(match kind {
        ClosingKind::Ended => {
            "Voting has ended. Papers are still typed in; the vote is closed after that, by itself or \
             with `veche election close`.\n"
                .to_owned()
        }
        ClosingKind::Close => {
            "Voting is closed, and it is fixed what is counted. The trustees decrypt the totals, with \
             `veche trustee decrypt`.\n"
                .to_owned()
        }
    })
}

/// What the ballot box hands out to be signed.
#[derive(Debug, Deserialize)]
struct Proposal {
    note: String,
}

/// Signs the end of the vote on this machine, over the newest checkpoint, which has to be one of the board that was
/// verified, or of one that has grown since by what the box admits.
fn close_here(key: &SecretKey, kind: ClosingKind, office: &Office, board: &BoardState) -> Result<(), Error> {
    let election = board.election().ok_or_else(|| ElectionError::no_keys(board))?;
    let propose = || office.get_json::<Proposal>("v1/closing").map(|proposal| proposal.note.into_bytes());
    let mut note = propose()?;
    for _ in 0..TRIES {
        election.open_checkpoint(&note).map_err(|error| ElectionError::Note(error.to_string()))?;
        let closing = Closing::by_organiser(kind, key, &election.fingerprint(), now(), note.clone())
            .map_err(|error| ElectionError::Note(error.to_string()))?;
        let Err(refused) = office.post_entry(&Entry::from(closing)) else { return Ok(()) };
        let newer = propose()?;
        if newer == note {
            // Nobody was recorded in between: it is refused for itself.
            return Err(refused);
        }
        note = newer;
    }
    Err(ElectionError::Overtaken.into())
}
