//! The help desk: what became of somebody who cannot sign in, and what can be done for them.

use std::time::Duration;

use veche_record::Pseudonym;
use veche_record::entry::RevocationReason;
use zeroize::Zeroizing;

use super::board::OpenBoard;
use super::caller::OnPhone;
use super::counter::{Counter, OpenCounter};
use super::error::PeopleError;
use super::journal::JournalLine;
use super::operator::Operator;
use super::roll::Found;
use crate::clock::seconds;
use crate::desk::DeskError;
use crate::http::counters::DAY;
use crate::registrar::context::printed_route;
use crate::registrar::keys::PHONE_SCHEME;
use crate::registrar::sign_in::{SHARED_LEN, random_code};
use crate::store::codes::{MessageNews, PrintedCode};
use crate::store::registrar::{Deed, DeedKind};
use crate::store::roll::{PersonHash, PhoneChange};

/// Digits that stand together in a code on paper.
const GROUP: usize = 4;

/// Who needs help.
#[derive(Debug, Clone, Copy)]
pub enum Person<'a> {
    /// Whoever has this phone number.
    Phone(OnPhone<'a>),
    /// Whoever has this name on the board: 32 hexadecimal digits.
    Pseudonym(&'a str),
    /// Whoever signs in with a portal's passes of this subject.
    Subject(&'a str),
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
    /// Whether the newest code was guessed at as often as it may be: nobody signs in with it any more.
    pub spent: bool,
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
    counter.work(async |counter| counter.find_person(whom).await).await
}

/// Begins the counts of a phone's messages and wrong marks anew: the next code that is asked for is sent at once. Of
/// several people with the phone it does not matter who asks.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn unlock(counter: &Counter, phone: &str, by: &Operator) -> Result<(), PeopleError> {
    counter.work(async |counter| counter.unlock(phone, by).await).await
}

/// A code for paper, in groups of digits.
pub struct CodeOnPaper {
    /// Such as `0123 4567 8901`. Whoever has it and knows the number is the voter.
    pub code: Zeroizing<String>,
    /// When it ends, as Unix seconds.
    pub expires: i64,
}

/// Gives somebody a code on paper, in the place of the one before: good once, with the number, in the place of a code
/// by SMS. It ends with the vote at the latest, and after the last hour of the manifest there is none.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn print_code<'a>(
    counter: &Counter,
    who: impl Into<OnPhone<'a>>,
    good_for: Duration,
    by: &Operator,
) -> Result<CodeOnPaper, PeopleError> {
    let who = who.into();
    counter.work(async |counter| counter.print_code(who, good_for, by).await).await
}

/// Puts somebody's line of the roll, and who they are on the board, from the number before to a new one: whoever has
/// the new number is the same voter. Sessions and a code on paper end.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn change_phone<'a>(
    counter: &Counter,
    from: impl Into<OnPhone<'a>>,
    to: &str,
    by: &Operator,
) -> Result<(), PeopleError> {
    let from = from.into();
    counter.work(async |counter| counter.change_phone(from, to, by).await).await
}

/// Revokes the key that somebody votes with, as after a theft, and ends the person's sessions. The person signs in anew
/// and gets another key; a ballot that was cast stays until another takes its place. Returns the entry, if there was a
/// key to revoke.
///
/// # Errors
/// [`PeopleError`]; then nothing was done, but for [`PeopleError::HalfRevoked`].
pub async fn revoke_key<'a>(
    counter: &Counter,
    who: impl Into<OnPhone<'a>>,
    by: &Operator,
) -> Result<Option<u64>, PeopleError> {
    let who = who.into();
    counter.work(async |counter| counter.revoke_key(who, by).await).await
}

impl OpenCounter {
    /// [`find_person`].
    pub(crate) async fn find_person(&self, whom: Person<'_>) -> Result<Helped, PeopleError> {
        let (person, phone) = self.whom(whom).await?;
        let found = self.find(&person).await?;
        let news = self.db.messages(&phone, self.now().saturating_sub(seconds(DAY))).await?;
        let MessageNews { asked, last_asked, left, last_left, waiting, last_lost, guesses } = news;
        let printed = self.db.printed_code(&person).await?;
        let mut journal = self.db.deeds(Some(&person)).await?;
        if phone != person {
            // What was done for everybody with this phone.
            let of_phone = self.db.deeds(Some(&phone)).await?;
            journal.extend(of_phone.into_iter().filter(|deed| deed.what == DeedKind::Unlocked));
            journal.sort_by_key(|deed| deed.at);
        }
        Ok(Helped {
            found,
            has_roll: self.has_roll(),
            asked,
            last_asked,
            left,
            last_left,
            waiting,
            last_lost,
            spent: guesses >= self.guesses_a_code,
            printed: printed.map(|code| (code.made, code.expires, code.used)),
            journal: journal.into_iter().map(JournalLine::from).collect(),
        })
    }

    /// [`unlock`].
    pub(crate) async fn unlock(&self, phone: &str, by: &Operator) -> Result<(), PeopleError> {
        let phone = self.caller(phone.into()).await?.phone;
        let deed = self.to_one(by, DeedKind::Unlocked, phone, None);
        Ok(self.db.forget_messages(&phone, &deed).await?)
    }

    /// [`print_code`].
    pub(crate) async fn print_code(
        &self,
        who: OnPhone<'_>,
        good_for: Duration,
        by: &Operator,
    ) -> Result<CodeOnPaper, PeopleError> {
        printed_route(&self.manifest).ok_or(PeopleError::NoRoute)?;
        let caller = self.caller(who).await?;
        let person = self.person(&caller).await?;
        let found = self.find(&person).await?;
        if self.has_roll() && found.style.is_none() {
            return Err(PeopleError::NotThere);
        }
        if found.on_board.is_some_and(|voter| voter.struck_off) {
            return Err(PeopleError::StruckOff);
        }
        let code = random_code(SHARED_LEN).map_err(|_| PeopleError::NoRandomness)?;
        let made = self.now();
        let latest = self.latest_closing();
        if made >= latest || self.is_over().await? {
            return Err(PeopleError::Over);
        }
        let expires = made.saturating_add(seconds(good_for)).min(latest);
        let mac = self.hashes.printed_code(&code);
        let printed = PrintedCode { person, mac, made, expires, guesses: 0, used: false };
        let deed = self.to_one(by, DeedKind::CodePrinted, person, found.style.as_deref());
        self.db.print_code(&printed, &deed).await?;
        Ok(CodeOnPaper { code: grouped(&code), expires })
    }

    /// Whether the board says that the vote is over: it may have ended before the hour of the manifest. Where nobody
    /// has said where it is, the manifest alone is known.
    async fn is_over(&self) -> Result<bool, PeopleError> {
        match OpenBoard::open(self).await {
            Ok(board) => board.is_over(self).await,
            Err(PeopleError::WhereIsTheBox) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// [`change_phone`].
    pub(crate) async fn change_phone(
        &self,
        from: OnPhone<'_>,
        to: &str,
        by: &Operator,
    ) -> Result<(), PeopleError> {
        let before = self.person(&self.caller(from).await?).await?;
        let after = self.caller(to.into()).await?.phone;
        let found = self.find(&before).await?;
        if found.on_board.is_some_and(|voter| voter.struck_off) {
            return Err(PeopleError::StruckOff);
        }
        let deed = self.to_one(by, DeedKind::PhoneLeft, before, found.style.as_deref());
        match self.db.change_phone(&before, &after, &deed).await? {
            PhoneChange::Done => Ok(()),
            PhoneChange::NotThere => Err(PeopleError::NotThere),
            PhoneChange::Taken => Err(PeopleError::PhoneTaken),
        }
    }

    /// [`revoke_key`].
    pub(crate) async fn revoke_key(
        &self,
        who: OnPhone<'_>,
        by: &Operator,
    ) -> Result<Option<u64>, PeopleError> {
        let person = self.person(&self.caller(who).await?).await?;
        let pseudonym = self.pseudonym(&person).await?.ok_or(PeopleError::NeverSignedIn)?;
        let mut board = OpenBoard::open(self).await?;
        let known = board.voter(self, &pseudonym).await?;
        if known.as_ref().is_some_and(|voter| voter.struck_off) {
            return Err(PeopleError::StruckOff);
        }
        let style = known.as_ref().map(|voter| voter.style.as_str());
        // First, so that nobody who is signed in makes another key behind the revocation.
        let deed = self.to_one(by, DeedKind::SignedOut, person, style);
        self.db.end_sessions(&person, &deed).await?;
        let Some(voter) = known.filter(|voter| voter.active) else { return Ok(None) };
        let half = |error: DeskError| PeopleError::HalfRevoked(Box::new(error));
        let entry = board.revoke(self, &pseudonym, RevocationReason::Replaced).await.map_err(half)?;
        let deed = self.to_one(by, DeedKind::KeyRevoked, person, Some(&voter.style));
        self.db.note(&Deed { entry: Some(entry), ..deed }).await?;
        Ok(Some(entry))
    }
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
    /// Who it is, and the phone.
    async fn whom(&self, whom: Person<'_>) -> Result<(PersonHash, PersonHash), PeopleError> {
        match whom {
            Person::Phone(who) => {
                let caller = self.caller(who).await?;
                Ok((self.person(&caller).await?, caller.phone))
            }
            Person::Pseudonym(text) => {
                let pseudonym = Pseudonym::from_hex(text).ok_or(PeopleError::Pseudonym)?;
                let person = self.db.person(&pseudonym).await?.ok_or(PeopleError::Nobody)?;
                // Off the roll nobody shares a phone.
                Ok((person, self.db.phone_on_roll(&person).await?.unwrap_or(person)))
            }
            Person::Subject(text) => match text.strip_prefix(PHONE_SCHEME) {
                Some(number) => {
                    let caller = self.caller(number.into()).await?;
                    Ok((self.person(&caller).await?, caller.phone))
                }
                None => {
                    let person = self.hashes.subject(text, self.plan)?;
                    Ok((person, person))
                }
            },
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
