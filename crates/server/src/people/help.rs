//! The help desk: what became of somebody who cannot sign in, and what can be done for them.

use std::time::Duration;

use veche_record::Pseudonym;
use zeroize::Zeroizing;

use super::counter::{Counter, OpenCounter};
use super::error::PeopleError;
use super::journal::JournalLine;
use super::operator::Operator;
use super::roll::{Found, to_one};
use crate::clock::{Clock, seconds};
use crate::http::counters::DAY;
use crate::registrar::context::printed_route;
use crate::registrar::sign_in::{SHARED_LEN, random_code};
use crate::store::registrar::{DeedKind, MessageNews, PersonHash, PrintedCode, RegistrarStore};

/// Digits that stand together in a code on paper.
const GROUP: usize = 4;

/// Who needs help.
#[derive(Debug, Clone, Copy)]
pub enum Person<'a> {
    /// Whoever has this phone number.
    Phone(&'a str),
    /// Whoever has this name on the board: 32 hexadecimal digits.
    Pseudonym(&'a str),
}

/// What is known of somebody. Never what was voted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helped {
    /// What the roll and the board say.
    pub found: Found,
    /// Whether there is a roll.
    pub has_roll: bool,
    /// Codes that were asked for and are remembered: for some minutes.
    pub asked: u32,
    /// When the last one was asked for, as Unix seconds.
    pub last_asked: Option<i64>,
    /// Messages that left in the last 24 hours.
    pub left: u32,
    /// When the last one left.
    pub last_left: Option<i64>,
    /// Messages that wait, or are never sent because the number is not on the roll.
    pub waiting: u32,
    /// When a message was given up last.
    pub last_lost: Option<i64>,
    /// The newest code on paper: when it was made, when it ends, whether it was used.
    pub printed: Option<(i64, i64, bool)>,
    /// What was done for this person by hand.
    pub journal: Vec<JournalLine>,
}

/// Looks for somebody. Nothing is changed.
///
/// # Errors
/// [`PeopleError`].
pub async fn find_person(counter: &Counter, whom: Person<'_>) -> Result<Helped, PeopleError> {
    let counter = counter.open().await?;
    let person = counter.whom(whom).await?;
    let found = counter.find(&person).await?;
    let now = Clock::system().unix();
    let news = counter.db.messages(&person, now.saturating_sub(seconds(DAY))).await?;
    let MessageNews { asked, last_asked, left, last_left, waiting, last_lost } = news;
    let printed = counter.db.printed_code(&person).await?;
    let journal = counter.db.deeds(Some(&person)).await?;
    counter.db.close().await;
    Ok(Helped {
        found,
        has_roll: counter.has_roll(),
        asked,
        last_asked,
        left,
        last_left,
        waiting,
        last_lost,
        printed: printed.map(|code| (code.made, code.expires, code.used)),
        journal: journal.into_iter().map(JournalLine::from).collect(),
    })
}

/// Begins the count of somebody's messages anew: the next code that is asked for is sent at once.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn unlock(counter: &Counter, phone: &str, by: &Operator) -> Result<(), PeopleError> {
    let counter = counter.open().await?;
    let (_, person) = counter.person(phone)?;
    let deed = to_one(by, DeedKind::Unlocked, person, None);
    counter.db.forget_messages(&person, &deed).await?;
    counter.db.close().await;
    Ok(())
}

/// A code for paper, in groups of digits.
pub struct CodeOnPaper {
    /// Such as `0123 4567 8901`. Whoever has it and knows the number is the voter.
    pub code: Zeroizing<String>,
    /// When it ends, as Unix seconds.
    pub expires: i64,
}

/// Gives somebody a code on paper, in the place of the one before: good once, with the number, in the place of a code
/// by SMS.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn print_code(
    counter: &Counter,
    phone: &str,
    good_for: Duration,
    by: &Operator,
) -> Result<CodeOnPaper, PeopleError> {
    let counter = counter.open().await?;
    printed_route(&counter.manifest).ok_or(PeopleError::NoRoute)?;
    let (_, person) = counter.person(phone)?;
    let found = counter.find(&person).await?;
    if counter.has_roll() && found.style.is_none() {
        return Err(PeopleError::NotThere);
    }
    if found.on_board.is_some_and(|voter| voter.struck_off) {
        return Err(PeopleError::StruckOff);
    }
    let code = random_code(SHARED_LEN).map_err(|_| PeopleError::NoRandomness)?;
    let made = Clock::system().unix();
    let expires = made.saturating_add(seconds(good_for));
    let mac = counter.hashes.printed_code(&code);
    let printed = PrintedCode { phone: person, mac, made, expires, guesses: 0, used: false };
    let deed = to_one(by, DeedKind::CodePrinted, person, found.style.as_deref());
    counter.db.print_code(&printed, &deed).await?;
    counter.db.close().await;
    Ok(CodeOnPaper { code: grouped(&code), expires })
}

/// Digits as people read them to each other.
fn grouped(digits: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 * digits.len()));
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && position.is_multiple_of(GROUP) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

impl OpenCounter {
    async fn whom(&self, whom: Person<'_>) -> Result<PersonHash, PeopleError> {
        match whom {
            Person::Phone(phone) => Ok(self.person(phone)?.1),
            Person::Pseudonym(text) => {
                let pseudonym = Pseudonym::from_hex(text).ok_or(PeopleError::Pseudonym)?;
                let person = RegistrarStore::person(&self.db, &pseudonym).await?;
                person.ok_or(PeopleError::Nobody)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_written_in_groups() {
        assert_eq!(*grouped("012345678901"), "0123 4567 8901");
    }
}
