//! Whoever stands at the counter: a phone, and the mark where several people have it.

use veche_record::entry::Pseudonym;

use super::counter::OpenCounter;
use super::error::PeopleError;
use crate::registrar::roll::identity::newcomer;
use crate::registrar::roll::mark::Mark;
use crate::store::roll::{MarkHash, PersonHash, RollRow};

/// Who is meant: whoever has a phone; and where several people of the roll have it, the one with this mark.
#[derive(Debug, Clone, Copy)]
pub struct OnPhone<'a> {
    /// The number, as it is written.
    pub phone: &'a str,
    /// What the roll tells them apart by.
    pub mark: Option<&'a str>,
}

impl<'a> From<&'a str> for OnPhone<'a> {
    fn from(phone: &'a str) -> Self {
        OnPhone { phone, mark: None }
    }
}

impl<'a> From<&'a String> for OnPhone<'a> {
    fn from(phone: &'a String) -> Self {
        OnPhone { phone, mark: None }
    }
}

/// The same, looked up.
pub(super) struct Caller {
    pub(super) phone: PersonHash,
    pub(super) mark: Option<MarkHash>,
    /// Everybody of the roll with this phone.
    pub(super) people: Vec<RollRow>,
    /// What stands above the marks, where several people have this phone.
    asked_for: Option<String>,
}

impl Caller {
    /// Who of the roll it is; nobody where the roll does not have the phone.
    ///
    /// # Errors
    /// Several people have the phone and no mark says which, or nobody has this mark.
    pub(super) fn on_roll(&self) -> Result<Option<&RollRow>, PeopleError> {
        match (self.people.as_slice(), self.mark) {
            ([], _) => Ok(None),
            ([alone], None) => Ok(Some(alone)),
            (people, Some(mark)) => {
                let found = people.iter().find(|row| row.mark == Some(mark));
                found.map(Some).ok_or(PeopleError::OtherMark)
            }
            (people, None) => Err(PeopleError::WhichOne {
                styles: people.iter().map(|row| row.style.clone()).collect(),
                asked_for: self.asked_for.clone(),
            }),
        }
    }
}

impl OpenCounter {
    /// Looks who it is.
    pub(super) async fn caller(&self, who: OnPhone<'_>) -> Result<Caller, PeopleError> {
        let phone = self.hashes.phone(&self.plan.read(who.phone)?);
        let mark = match who.mark {
            None => None,
            Some(written) => {
                let mark = Mark::read(written).ok_or(PeopleError::NoMark)?;
                Some(self.hashes.mark(&phone, &mark))
            }
        };
        let people = self.db.people_on_roll(&phone).await?;
        let asked_for = match people.as_slice() {
            [] | [_] => None,
            _ => self.db.roll_state().await?.mark_heading,
        };
        Ok(Caller { phone, mark, people, asked_for })
    }

    /// Who it is, on the roll or not.
    pub(super) async fn person(&self, caller: &Caller) -> Result<PersonHash, PeopleError> {
        match caller.on_roll()? {
            Some(row) => Ok(row.person),
            None => self.newcomer(caller).await,
        }
    }

    /// Who it would be, next to those who have the phone already.
    pub(super) async fn newcomer(&self, caller: &Caller) -> Result<PersonHash, PeopleError> {
        let of_mark = caller.mark.map(|mark| PersonHash(mark.0));
        let known: Option<Pseudonym> = match &of_mark {
            Some(person) => self.pseudonym(person).await?,
            None => None,
        };
        Ok(newcomer(caller.phone, caller.mark, caller.people.is_empty(), |_| known.is_some()))
    }
}
