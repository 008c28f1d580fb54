//! `veche election waiting`: who is waited for, for what, since when, and what to write to them.

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;
use veche_record::Manifest;
use veche_results::language_of_names;
use veche_results::papers::{Asked, Reminder};
use veche_verify::{Audit, BoardState};

use super::TrusteesError;
use super::awaited::{Awaited, Step, WitnessState, witnesses};
use super::names::Names;
use crate::election::hour;
use crate::error::Error;
use crate::verify::Record;
use crate::{Outcome, report};

/// Says who is waited for, for what, since when, and the sentence to send them; and how the witnesses are.
#[derive(Debug, Args)]
pub(crate) struct WaitingArgs {
    /// The ballot box, as https://box.example/.
    #[arg(long = "box", value_name = "URL")]
    ballot_box: String,
    /// What a trustee is called, as --name 2="Anna Nowak"; once for each.
    #[arg(long = "name", value_name = "NUMBER=NAME")]
    names: Vec<String>,
    /// The language of the sentences to send. Left out: the vote's first.
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

/// Who is waited for, with the sentences.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    /// How many trustees there are.
    count: u8,
    /// For what.
    step: Step,
    /// How many more trustees are needed.
    needed: usize,
    /// Since when, in seconds since 1970, where the board has an hour for it.
    since: Option<u64>,
    /// The newest time at which a witness has seen the board, where witnesses are named.
    seen: Option<u64>,
    /// The trustees who are waited for.
    trustees: Vec<Person>,
    /// The witnesses, where the manifest names any.
    #[serde(skip_serializing_if = "Option::is_none")]
    witnesses: Option<WitnessesNow>,
}

#[derive(Debug, Serialize)]
struct Person {
    number: u8,
    name: Option<String>,
    sentence: String,
}

#[derive(Debug, Serialize)]
struct WitnessesNow {
    needed: u32,
    cosigned: usize,
    all: Vec<WitnessNow>,
}

#[derive(Debug, Serialize)]
struct WitnessNow {
    #[serde(flatten)]
    state: WitnessState,
    /// What to write to whoever keeps it, where it has not cosigned.
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`].
pub(crate) fn run(args: &WaitingArgs) -> Result<Outcome, Error> {
    let place = args.ballot_box.trim_end_matches('/');
    let audit = Record::open(&format!("{place}/record"))?.audit(None)?;
    let Some(board) = audit.board() else {
        return Ok(Outcome { text: report::text(&audit.report), code: audit.report.exit_code().max(1) });
    };
    let names = Names::read(&args.names, board.manifest().trustees().count)?;
    let document = document(board, &audit, &names, args.language.as_deref())?;
    Ok(Outcome::passed(if args.json { report::json(&document)? } else { text(&document) }))
}

/// What a board that passes says.
///
/// # Errors
/// [`TrusteesError::Papers`] for a language without words.
pub(crate) fn document(
    board: &BoardState,
    audit: &Audit,
    names: &Names,
    wanted: Option<&str>,
) -> Result<Document, TrusteesError> {
    let manifest = board.manifest();
    let spoken = wanted.map_or_else(|| spoken(manifest), str::to_owned);
    let title = manifest.document().title.get(language_of_names(manifest, &spoken)).unwrap_or_default();
    let reminder = Reminder::of(&spoken, title)?;
    let Awaited { step, needed, who, since } = Awaited::of(board);
    let person = |number: u8| {
        let name = names.of(number).map_or_else(|| reminder.unnamed(number), str::to_owned);
        let sentence = step.asked().map(|asked| reminder.sentence(&name, asked)).unwrap_or_default();
        Person { number, name: names.of(number).map(str::to_owned), sentence }
    };
    let witnesses = audit.note().and_then(|note| witnesses(manifest, note));
    let seen = witnesses.iter().flat_map(|(_, all)| all).filter_map(|one| one.seen).max();
    let witnesses = witnesses.map(|(needed, all)| WitnessesNow {
        needed,
        cosigned: all.iter().filter(|one| one.seen.is_some()).count(),
        all: all
            .into_iter()
            .map(|state| {
                let missing = state.seen.is_none();
                let sentence = missing.then(|| reminder.sentence(&state.name, Asked::Witness));
                WitnessNow { state, sentence }
            })
            .collect(),
    });
    let count = manifest.trustees().count;
    Ok(Document {
        count,
        step,
        needed,
        since,
        seen,
        trustees: who.into_iter().map(person).collect(),
        witnesses,
    })
}

/// The vote's first language that there are words in.
fn spoken(manifest: &Manifest) -> String {
    let has_words = |one: &&String| veche_results::Words::of(one).is_ok();
    let found = manifest.document().languages.iter().find(has_words);
    found.map_or("en", String::as_str).to_owned()
}

fn text(document: &Document) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text, document);
    text
}

fn write(text: &mut String, document: &Document) -> std::fmt::Result {
    let Document { step, needed, since, seen, trustees, witnesses, .. } = document;
    if trustees.is_empty() {
        writeln!(text, "Waiting for {}.", step.sentence())?;
    } else if *needed < trustees.len() {
        writeln!(text, "Waiting for {needed} more of these trustees {}.", step.sentence())?;
    } else {
        writeln!(text, "Waiting for these trustees {}.", step.sentence())?;
    }
    if let Some(since) = since {
        writeln!(text, "Since {}, as the board says.", hour(*since))?;
    } else if !trustees.is_empty() {
        write!(text, "Since when is not known: this step has no hour on the board.")?;
        match seen {
            Some(seen) => writeln!(text, " A witness saw the board as it is at {}.", hour(*seen))?,
            None => writeln!(text)?,
        }
    }
    for Person { number, name, sentence } in trustees {
        let name = name.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
        writeln!(text, "\n  Trustee {number}{name}. To send:\n  {sentence}")?;
    }
    let Some(WitnessesNow { needed, cosigned, all }) = witnesses else { return Ok(()) };
    writeln!(
        text,
        "\nWitnesses: {cosigned} of {} have cosigned the newest checkpoint; {needed} are needed.",
        all.len()
    )?;
    for WitnessNow { state, sentence } in all {
        match (state.seen, sentence) {
            (Some(seen), _) => writeln!(text, "  {}: cosigned, {}", state.name, hour(seen))?,
            (None, sentence) => {
                writeln!(text, "  {}: not cosigned. To send:", state.name)?;
                writeln!(text, "  {}", sentence.as_deref().unwrap_or_default())?;
            }
        }
    }
    Ok(())
}
