//! The commands of a clerk: the roll, the help desk, and the journal of what was done by hand.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use veche_phrases::Language;
use veche_server::{
    CheckedRoll, CodeOnPaper, Counter, Gone, ManifestAt, OnPhone, Operator, PeopleError, Person, Replaced,
    time_words,
};

use zeroize::Zeroizing;

use crate::line_of_input;
use crate::people_words::{compared_words, found_words, helped_words, revoked_words};
use crate::spoken::say;

/// Mistakes that are printed; the file of them has all.
const PRINTED: usize = 50;

/// What is done with the roll.
#[derive(Debug, Subcommand)]
pub(crate) enum RollCommand {
    /// Read a roll and say everything that is wrong with it, by row. Nothing is changed
    Check {
        /// The roll: a table with a column of phones and one of districts
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The folder of the registrar, or of a ballot box that is its own: its manifest has districts and country
        #[arg(long, value_name = "DIR", required_unless_present = "manifest", conflicts_with = "manifest")]
        data: Option<PathBuf>,
        /// The manifest, where there is no such folder yet
        #[arg(long, value_name = "FILE")]
        manifest: Option<PathBuf>,
        /// A new file for all mistakes, to be handed back: row, column, cell, what is wrong. Only its owner can read it
        #[arg(long, value_name = "FILE.csv")]
        problems: Option<PathBuf>,
        /// The language of that file: en, ru, pl, es, fr, de or ar
        #[arg(long, value_name = "LANGUAGE", default_value = "en", requires = "problems")]
        language: Language,
    },
    /// Put a phone onto the roll. The number is read from standard input
    Add(InDistrict),
    /// Put a phone of the roll into another district, before its owner has a key on the board. The number is read from
    /// standard input
    Move(InDistrict),
    /// Give whoever has a phone alone the mark that tells them apart from others who come to have it. The number is
    /// read from standard input, and the mark from the line after it
    Mark {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        by: By,
    },
    /// Take a phone off the roll, and revoke its owner's key on the board for good. The number is read from standard
    /// input
    Strike {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        one: OneOf,
        #[command(flatten)]
        by: By,
    },
    /// Say what the roll and the board know of a phone, never what was voted. The number is read from standard input
    Find {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        one: OneOf,
    },
    /// Put a whole roll in the place of the one before, while people vote. A file with a mistake changes nothing
    Replace {
        /// The roll: a table with a column of phones and one of districts
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        at: At,
        /// Revoke the keys of those who are on the roll no more: their ballots do not count. It cannot be undone
        #[arg(long)]
        strike_gone: bool,
        /// A new file for all mistakes, to be handed back: row, column, cell, what is wrong. Only its owner can read it
        #[arg(long, value_name = "FILE.csv")]
        problems: Option<PathBuf>,
        /// The language of that file: en, ru, pl, es, fr, de or ar
        #[arg(long, value_name = "LANGUAGE", default_value = "en", requires = "problems")]
        language: Language,
        #[command(flatten)]
        by: By,
    },
}

/// What is done for somebody who cannot vote.
#[derive(Debug, Subcommand)]
pub(crate) enum HelpCommand {
    /// Say what is known of a person: on the roll, what became of the code, signed in, voted; never what. The number is
    /// read from standard input
    Find {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        one: OneOf,
        /// The person's name on the board, in the place of the number
        #[arg(long, value_name = "PSEUDONYM")]
        pseudonym: Option<String>,
        /// What is read is not a phone number but the subject of a portal's passes
        #[arg(long, conflicts_with = "pseudonym")]
        subject: bool,
    },
    /// Begin the count of a phone's messages anew: the next code that is asked for is sent at once. The number is read
    /// from standard input
    Unlock {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        by: Named,
    },
    /// Give a person a code on paper, good once, in the place of one by SMS. The manifest needs a route `code`. The
    /// number is read from standard input
    Code {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        one: OneOf,
        /// For how many days it is good
        #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..=30))]
        days: u8,
        #[command(flatten)]
        by: Named,
    },
    /// Put a person from one phone to another: on the roll, and as the same voter. The number before and the new one
    /// are read from standard input, a line each
    Phone {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        one: OneOf,
        #[command(flatten)]
        by: Named,
    },
    /// Revoke the key that a person votes with, as after a theft, and end the sessions. The person signs in anew; a
    /// ballot that was cast stays until another takes its place. The number is read from standard input
    RevokeKey {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        one: OneOf,
        #[command(flatten)]
        by: Named,
    },
}

/// Into which district a phone is put.
#[derive(Debug, Args)]
pub(crate) struct InDistrict {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    one: OneOf,
    /// The district: the identifier of a style of the manifest
    #[arg(long, value_name = "ID")]
    style: String,
    #[command(flatten)]
    by: By,
}

/// Who of several people with one phone.
#[derive(Debug, Args)]
pub(crate) struct OneOf {
    /// Read what tells apart people with one phone from the line after the number, such as a year of birth
    #[arg(long)]
    mark: bool,
}

/// What is typed or piped in.
struct Typed {
    phone: Zeroizing<String>,
    mark: Option<Zeroizing<String>>,
}

impl OneOf {
    fn read(&self) -> Result<Typed, String> {
        let phone = line_of_input().map(Zeroizing::new)?;
        let mark = self.mark.then(|| line_of_input().map(Zeroizing::new)).transpose()?;
        Ok(Typed { phone, mark })
    }
}

impl Typed {
    fn who(&self) -> OnPhone<'_> {
        OnPhone { phone: &self.phone, mark: self.mark.as_ref().map(|mark| mark.as_str()) }
    }
}

/// Who does it, and why, where there is nothing to be looked at first.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Who does it, for the journal
    #[arg(long, value_name = "NAME")]
    operator: String,
    /// Why, for the journal; without the number of anybody
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Named {
    fn operator(&self) -> Result<Operator, String> {
        Operator::new(&self.operator, &self.reason).map_err(|error| error.to_string())
    }
}

/// Where it is done.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// The folder of the registrar, or of a ballot box that is its own; its server may be running
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder is the registrar's: where the ballot box answers
    #[arg(long = "box", value_name = "URL", requires = "election")]
    ballot_box: Option<String>,
    /// The folder is the registrar's: the election's fingerprint
    #[arg(long, value_name = "FINGERPRINT", requires = "ballot_box")]
    election: Option<String>,
}

/// Who does it, and why.
#[derive(Debug, Args)]
pub(crate) struct By {
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Who does it, for the journal
    #[arg(long, value_name = "NAME", required_unless_present = "dry_run")]
    operator: Option<String>,
    /// Why, for the journal; without the number of anybody
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    reason: Option<String>,
}

impl At {
    pub(crate) fn counter(self) -> Counter {
        let counter = Counter { data: self.data, ballot_box: self.ballot_box.zip(self.election) };
        if counter.knows_the_manifest_alone() {
            say(&mut std::io::stderr(), MANIFEST_ALONE);
        }
        counter
    }
}

impl By {
    /// Nobody where nothing is to be done.
    fn operator(&self) -> Result<Option<Operator>, String> {
        if self.dry_run {
            return Ok(None);
        }
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let operator = Operator::new(&text(&self.operator), &text(&self.reason));
        operator.map(Some).map_err(|error| error.to_string())
    }
}

/// Does it and says what was done.
pub(crate) async fn roll(command: RollCommand) -> Result<(), String> {
    let mut out = std::io::stdout();
    let sentence = |error: PeopleError| error.to_string();
    match command {
        RollCommand::Check { file, data, manifest, problems, language } => {
            let at = match (data, manifest) {
                (Some(data), _) => ManifestAt::Folder(data),
                (None, manifest) => ManifestAt::File(manifest.unwrap_or_default()),
            };
            let checked = veche_server::check_roll(&file, &at).map_err(sentence)?;
            report(&file, &checked);
            hand_back(problems.as_deref(), &checked, language)?;
            ended(&checked)
        }
        RollCommand::Add(InDistrict { at, one, style, by }) => {
            let operator = by.operator()?;
            let (counter, typed) = (at.counter(), one.read()?);
            let added = veche_server::add_to_roll(&counter, typed.who(), &style, operator.as_ref());
            added.await.map_err(sentence)?;
            say(
                &mut out,
                &if by.dry_run {
                    format!("The number can come onto the roll, in the district {style}. {NOTHING}")
                } else {
                    format!(
                        "The number is on the roll, in the district {style}. Its owner can sign in at once."
                    )
                },
            );
            Ok(())
        }
        RollCommand::Move(InDistrict { at, one, style, by }) => {
            let operator = by.operator()?;
            let (counter, typed) = (at.counter(), one.read()?);
            let moved = veche_server::move_on_roll(&counter, typed.who(), &style, operator.as_ref());
            let before = moved.await.map_err(sentence)?;
            say(
                &mut out,
                &if by.dry_run {
                    format!("The number is in the district {before} and can be put into {style}. {NOTHING}")
                } else {
                    format!("The number is in the district {style} now; it was in {before}.")
                },
            );
            Ok(())
        }
        RollCommand::Mark { at, by } => {
            let operator = by.operator()?;
            let (counter, typed) = (at.counter(), OneOf { mark: true }.read()?);
            veche_server::mark_on_roll(&counter, typed.who(), operator.as_ref()).await.map_err(sentence)?;
            say(
                &mut out,
                &if by.dry_run {
                    format!("The number has one owner, who can be given this mark. {NOTHING}")
                } else {
                    "The owner of the number has this mark now. Others can come onto the roll with the same number, each \
                     with a mark of their own."
                        .to_owned()
                },
            );
            Ok(())
        }
        RollCommand::Strike { at, one, by } => {
            let operator = by.operator()?;
            let (counter, typed) = (at.counter(), one.read()?);
            let struck = veche_server::strike_from_roll(&counter, typed.who(), operator.as_ref());
            let struck = struck.await.map_err(sentence)?;
            let key = struck.on_board.as_ref().filter(|voter| !voter.struck_off);
            let voted = if key.is_some_and(|voter| voter.voted) {
                " A ballot that was cast does not count."
            } else {
                ""
            };
            say(
                &mut out,
                &match (by.dry_run, struck.entry, key) {
                    (true, _, Some(_)) => {
                        format!(
                            "The number would go off the roll, and its owner's key be revoked for good.{voted} {NOTHING}"
                        )
                    }
                    (true, ..) => format!(
                        "The number would go off the roll; its owner has no key on the board. {NOTHING}"
                    ),
                    (false, Some(entry), _) => {
                        format!(
                            "The number is off the roll, and its owner's key is revoked: entry {entry}.{voted}"
                        )
                    }
                    (false, None, _) => {
                        "The number is off the roll. Its owner has no key on the board.".to_owned()
                    }
                },
            );
            Ok(())
        }
        RollCommand::Find { at, one } => {
            let typed = one.read()?;
            let found = veche_server::find_on_roll(&at.counter(), typed.who()).await.map_err(sentence)?;
            say(&mut out, &found_words(&found));
            Ok(())
        }
        RollCommand::Replace { file, at, strike_gone, problems, language, by } => {
            let operator = by.operator()?;
            let gone = if strike_gone { Gone::AreStruck } else { Gone::KeepKeys };
            let counter = at.counter();
            let replaced = veche_server::replace_roll(&counter, &file, gone, operator.as_ref());
            let Replaced { checked, comparison, struck } = replaced.await.map_err(sentence)?;
            report(&file, &checked);
            if let Some(comparison) = comparison {
                say(&mut out, &compared_words(&comparison, gone));
            }
            hand_back(problems.as_deref(), &checked, language)?;
            ended(&checked)?;
            let said = match (by.dry_run, struck) {
                (true, _) => NOTHING.to_owned(),
                (false, 0) => "The roll is in force.".to_owned(),
                (false, struck) => format!("The roll is in force. Keys revoked on the board: {struck}."),
            };
            say(&mut out, &said);
            Ok(())
        }
    }
}

/// Helps somebody and says what was done.
pub(crate) async fn help(command: HelpCommand) -> Result<(), String> {
    let mut out = std::io::stdout();
    let sentence = |error: PeopleError| error.to_string();
    match command {
        HelpCommand::Find { at, one, pseudonym, subject } => {
            let typed = if pseudonym.is_none() { Some(one.read()?) } else { None };
            let typed = typed.as_ref().map(|typed| match subject {
                true => Person::Subject(&typed.phone),
                false => Person::Phone(typed.who()),
            });
            let by_name = pseudonym.as_deref().map(Person::Pseudonym);
            let whom = by_name.or(typed).ok_or("say a number or a name on the board")?;
            let helped = veche_server::find_person(&at.counter(), whom).await.map_err(sentence)?;
            say(&mut out, &helped_words(&helped));
        }
        HelpCommand::Unlock { at, by } => {
            let operator = by.operator()?;
            veche_server::unlock(&at.counter(), &line_of_input()?, &operator).await.map_err(sentence)?;
            say(
                &mut out,
                "The count begins anew. The next code that is asked for with this number is sent at once.",
            );
        }
        HelpCommand::Code { at, one, days, by } => {
            let operator = by.operator()?;
            let good_for = Duration::from_secs(u64::from(days) * 86_400);
            let (counter, typed) = (at.counter(), one.read()?);
            let printed = veche_server::print_code(&counter, typed.who(), good_for, &operator);
            let CodeOnPaper { code, expires } = printed.await.map_err(sentence)?;
            say(
                &mut out,
                &format!(
                    "{}\nWrite it on paper, for this person only: whoever has it and knows the number is the voter. On the \
                     page of the vote they enter the number, and then this code in the place of the one by SMS. It is good \
                     once, until {}.",
                    *code,
                    time_words(expires)
                ),
            );
        }
        HelpCommand::Phone { at, one, by } => {
            let operator = by.operator()?;
            let (counter, from) = (at.counter(), one.read()?);
            let to = line_of_input().map(Zeroizing::new)?;
            veche_server::change_phone(&counter, from.who(), &to, &operator).await.map_err(sentence)?;
            say(
                &mut out,
                "Whoever has the new number is this voter now. Codes and sessions of the number before have ended.",
            );
        }
        HelpCommand::RevokeKey { at, one, by } => {
            let operator = by.operator()?;
            let entry = veche_server::revoke_key(&at.counter(), one.read()?.who(), &operator).await;
            say(&mut out, &revoked_words(entry.map_err(sentence)?));
        }
    }
    Ok(())
}

/// Said before anything is done, and not on standard output, which is what was asked for.
const MANIFEST_ALONE: &str = "Without --box and --election only the hours of the manifest are known here: not whether the \
                              closing was put off, or the vote has ended early.";
const NOTHING: &str = "Nothing was changed.";

/// What was done by hand.
pub(crate) async fn journal(data: PathBuf) -> Result<(), String> {
    let counter = Counter { data, ballot_box: None };
    let lines = veche_server::journal(&counter).await.map_err(|error| error.to_string())?;
    let mut out = std::io::stdout();
    if lines.is_empty() {
        say(&mut out, "Nothing was done by hand.");
    }
    for line in lines {
        say(&mut out, &line.to_string());
    }
    Ok(())
}

/// What is in a file, and what is wrong with it.
fn report(file: &Path, checked: &CheckedRoll) {
    let mut text =
        format!("{}: {} rows, {} of them without a mistake.", file.display(), checked.rows, checked.people);
    for (district, listed, most) in &checked.districts {
        text.push_str(&format!("\n  {district}: {listed} of at most {most}"));
    }
    if checked.shared_phones > 0 {
        text.push_str(&format!(
            "\nNumbers that several people have: {}. Column {} tells them apart.",
            checked.shared_phones,
            checked.mark_column.as_deref().unwrap_or_default()
        ));
    }
    if let Some(encoding) = &checked.guessed {
        text.push_str(&format!(
            "\nRead as {encoding}, as its letters have it: look whether names are right."
        ));
    }
    if !checked.other_columns.is_empty() {
        text.push_str(&format!("\nNot looked at: column {}.", checked.other_columns.join(", column ")));
    }
    for problem in checked.problems.iter().take(PRINTED) {
        text.push_str(&format!("\n{problem}"));
    }
    let more = checked.problems.len().saturating_sub(PRINTED);
    if more > 0 {
        text.push_str(&format!("\nand {more} more: --problems FILE.csv writes all of them"));
    }
    say(&mut std::io::stdout(), &text);
}

fn hand_back(to: Option<&Path>, checked: &CheckedRoll, language: Language) -> Result<(), String> {
    let Some(path) = to.filter(|_| !checked.problems.is_empty()) else { return Ok(()) };
    veche_server::write_roll_problems(path, &checked.problems, checked.delimiter, language)
        .map_err(|error| format!("the mistakes are not written: {error}"))?;
    say(
        &mut std::io::stdout(),
        &format!(
            "All mistakes are in {}. It holds phone numbers: delete it when it is no longer needed.",
            path.display()
        ),
    );
    Ok(())
}

fn ended(checked: &CheckedRoll) -> Result<(), String> {
    match checked.problems.len() {
        0 => Ok(()),
        1 => Err("the roll has one mistake. Nothing was changed".to_owned()),
        many => Err(format!("the roll has {many} mistakes. Nothing was changed")),
    }
}
