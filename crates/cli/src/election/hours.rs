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
    /// Why the vote ends before its hour, as --early en="The hall is needed." Once for each of the manifest's
    /// languages; where there is one, the words alone will do. It is put on the board as a notice. The manifest has to
    /// allow it.
    #[arg(long, value_name = "[LANGUAGE=]REASON")]
    pub(super) early: Vec<String>,
}

fn parse_text(text: &str) -> Result<(String, String), String> {
    let (language, words) = text.split_once('=').ok_or("write the language, =, and the words")?;
    Ok((language.to_owned(), words.to_owned()))
}

/// An hour of a vote, with the zone that people of the town read it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourOf {
    seconds: u64,
    zone: String,
}

impl HourOf {
    /// An hour, in seconds since 1970, with the name of a zone.
    pub(crate) fn new(seconds: u64, zone: &str) -> Self {
        HourOf { seconds, zone: zone.to_owned() }
    }

    /// In UTC, as software reads it.
    pub(crate) fn utc(&self) -> String {
        hour(self.seconds)
    }

    /// The name of the zone.
    pub(crate) fn zone(&self) -> &str {
        &self.zone
    }
}

impl std::fmt::Display for HourOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.utc())
    }
}

/// Why the organiser's word on the hours is not taken: the organiser's own to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HoursError {
    /// The voting has ended.
    #[error("Voting is over: it cannot be put off any more")]
    Over,
    /// The hour has passed.
    #[error("The closing, {0}, has passed: it cannot be put off any more")]
    Passed(HourOf),
    /// No extension is allowed.
    #[error("The manifest lets nobody put the closing off")]
    Never,
    /// No later than it is.
    #[error("Voting goes on until {0} already: name a later hour")]
    NotLater(HourOf),
    /// Later than is allowed.
    #[error("The manifest lets the closing be put off until {0} at most")]
    TooLate(HourOf),
    /// A language without words.
    #[error("Say something in every language")]
    Silent,
    /// An early end that is not allowed.
    #[error("Voting goes on until {0}: the manifest lets nobody close it early")]
    NotEarly(HourOf),
    /// An early end that nobody gave a reason for.
    #[error("Voting goes on until {0}. To close it early, say why, for everyone to read: --early \"REASON\"")]
    Unexplained(HourOf),
    /// A reason without words.
    #[error("Say why the vote is closed early, in words")]
    NoReason,
    /// A reason that does not say which of several languages it is in.
    #[error("Say in each language of the vote why it closes early: {0}")]
    NoLanguage(String),
}

/// Why a vote is closed before its hour, for everybody to read.
#[derive(Debug, Clone)]
pub(crate) enum Reason {
    /// As they were typed, each behind its language; alone where the vote has one language.
    Typed(Vec<String>),
    /// By language.
    Each(Vec<(String, String)>),
}

impl Reason {
    /// The words of every language of the manifest.
    fn texts(&self, board: &BoardState) -> Result<BTreeMap<String, String>, Error> {
        let texts = match self {
            Reason::Each(said) => by_language("--early", said, board)?,
            Reason::Typed(typed) => {
                let languages = &board.manifest().document().languages;
                by_language("--early", &parse_reasons(typed, languages)?, board)?
            }
        };
        match texts.values().any(|words| words.trim().is_empty()) {
            true => Err(HoursError::NoReason.into()),
            false => Ok(texts),
        }
    }
}

/// Reasons as they were typed, by language. What stands before `=` is a language where the vote has it; in a vote of
/// one language everything else is its words.
fn parse_reasons(typed: &[String], languages: &[String]) -> Result<Vec<(String, String)>, HoursError> {
    let one = |text: &String| {
        let labelled = text.split_once('=').filter(|(tag, _)| languages.iter().any(|known| known == tag));
        match (labelled, languages) {
            (Some((tag, words)), _) => Ok((tag.to_owned(), words.to_owned())),
            (None, [only]) => Ok((only.clone(), text.clone())),
            (None, _) => {
                let each = languages.iter().map(|tag| format!("--early {tag}=\"REASON\""));
                Err(HoursError::NoLanguage(each.collect::<Vec<_>>().join(" ")))
            }
        }
    };
    typed.iter().map(one).collect()
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
    let (document, present) = (board.manifest().document(), board.closing_hour());
    let (zone, latest) = (&document.time_zone, document.closes_latest);
    Err(match latest {
        _ if board.course() > Course::Open => HoursError::Over,
        _ if now() >= present => HoursError::Passed(HourOf::new(present, zone)),
        None => HoursError::Never,
        _ if closes <= present => HoursError::NotLater(HourOf::new(present, zone)),
        Some(latest) if closes > latest.unix() => HoursError::TooLate(HourOf::new(latest.unix(), zone)),
        Some(_) => return Ok(()),
    }
    .into())
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
    let texts = by_language("--text", said, board)?;
    if texts.values().any(|words| words.trim().is_empty()) {
        return Err(HoursError::Silent.into());
    }
    say(signer.key(board)?.as_ref(), form, texts, office, board)?;
    Ok(match form {
        NoticeForm::Words => "It is on the board, and every page shows it.\n".to_owned(),
        NoticeForm::Cancellation => "The vote is cancelled. Nothing of it is counted.\n".to_owned(),
    })
}

/// Words by language, in exactly the languages of the manifest; `option` is how they are typed.
fn by_language(
    option: &'static str,
    said: &[(String, String)],
    board: &BoardState,
) -> Result<BTreeMap<String, String>, Error> {
    let mut texts = BTreeMap::new();
    for (language, words) in said {
        if texts.insert(language.clone(), words.clone()).is_some() {
            return Err(ElectionError::Twice { option, language: language.clone() }.into());
        }
    }
    let languages = &board.manifest().document().languages;
    if languages.iter().collect::<BTreeSet<_>>() != texts.keys().collect() {
        return Err(ElectionError::Languages(languages.join(", ")).into());
    }
    Ok(texts)
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
    reason: Option<&Reason>,
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
            return Err(HoursError::NotEarly(HourOf::new(closing, &document.time_zone)).into());
        }
        (None, true) => return Err(HoursError::Unexplained(HourOf::new(closing, &document.time_zone)).into()),
        (Some(reason), true) => {
            let texts = reason.texts(board)?;
            // Said already, by an attempt that could not close.
            let last = board.notices().last().map(|posted| &posted.notice.texts);
            let wanted = document.languages.iter().map(|tag| texts.get(tag));
            let said = last.is_some_and(|last| last.iter().map(Some).eq(wanted));
            (!said).then_some(texts)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(typed: &[&str], languages: &[&str]) -> Result<Vec<(String, String)>, String> {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        parse_reasons(&owned(typed), &owned(languages)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_reason_has_its_language_and_stands_alone_where_there_is_one() {
        let pair = |tag: &str, words: &str| (tag.to_owned(), words.to_owned());
        let both = parsed(&["pl=Sala zajęta.", "en=The hall is needed: 1+1=2."], &["en", "pl"]);
        assert_eq!(both.unwrap(), [pair("pl", "Sala zajęta."), pair("en", "The hall is needed: 1+1=2.")]);
        assert_eq!(parsed(&["The hall is needed."], &["en"]).unwrap(), [pair("en", "The hall is needed.")]);
        assert_eq!(parsed(&["en=The hall."], &["en"]).unwrap(), [pair("en", "The hall.")]);
        // Words that have the sign in them are not behind a language.
        assert_eq!(parsed(&["Hall A = full"], &["en"]).unwrap(), [pair("en", "Hall A = full")]);
        for nobodys in ["The hall is needed.", "de=Der Saal."] {
            let refused = parsed(&[nobodys], &["en", "pl"]).unwrap_err();
            assert!(refused.ends_with("--early en=\"REASON\" --early pl=\"REASON\""), "{refused}");
        }
    }
}
