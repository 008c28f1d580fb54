//! One line of the roll, changed while the server runs.

use std::time::Duration;

use veche_record::entry::{Pseudonym, RevocationReason};

use super::board::{OnBoard, OpenBoard, on_board};
use super::counter::{Counter, OpenCounter};
use super::error::PeopleError;
use super::operator::Operator;
use crate::desk::DeskError;
use crate::store::registrar::{Deed, DeedKind, PersonHash, RollChange, RollRow};

/// Time in which a request ends that had read the roll before somebody was taken off it.
const UNDER_WAY: Duration = Duration::from_secs(2);

/// What the roll and the board say of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The district on the roll, if the number is on it.
    pub style: Option<String>,
    /// Whether the person has signed in, ever.
    pub signed_in: bool,
    /// What the board says, once there was a key.
    pub on_board: Option<OnBoard>,
}

/// What was struck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck {
    /// The district that the roll had for the number, if it was on the roll.
    pub style: Option<String>,
    /// The entry that revokes the key, if there was one.
    pub entry: Option<u64>,
    /// What the board said before.
    pub on_board: Option<OnBoard>,
}

/// Looks for a number. Nothing is changed.
///
/// # Errors
/// [`PeopleError`].
pub async fn find_on_roll(counter: &Counter, phone: &str) -> Result<Found, PeopleError> {
    counter.work(async |counter| counter.find(&counter.person(phone)?.1).await).await
}

/// Puts a number onto the roll; without an operator it is only looked whether it could be.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn add_to_roll(
    counter: &Counter,
    phone: &str,
    style: &str,
    by: Option<&Operator>,
) -> Result<(), PeopleError> {
    counter.work(async |counter| counter.add_to_roll(phone, style, by).await).await
}

/// Puts a number of the roll into another district, as long as its owner has no key on the board; without an operator
/// it is only looked whether it could be. Returns the district before.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn move_on_roll(
    counter: &Counter,
    phone: &str,
    style: &str,
    by: Option<&Operator>,
) -> Result<String, PeopleError> {
    counter.work(async |counter| counter.move_on_roll(phone, style, by).await).await
}

/// Takes a number off the roll, and revokes its owner's key for good where there is one; without an operator it is only
/// looked what that would do.
///
/// # Errors
/// [`PeopleError`]; then nothing was done, but for [`PeopleError::HalfStruck`].
pub async fn strike_from_roll(
    counter: &Counter,
    phone: &str,
    by: Option<&Operator>,
) -> Result<Struck, PeopleError> {
    counter.work(async |counter| counter.strike_from_roll(phone, by).await).await
}

impl OpenCounter {
    /// [`add_to_roll`].
    pub(crate) async fn add_to_roll(
        &self,
        phone: &str,
        style: &str,
        by: Option<&Operator>,
    ) -> Result<(), PeopleError> {
        self.needs_roll()?;
        let electorate = self.style(style)?.electorate;
        let (_, person) = self.person(phone)?;
        let found = self.find(&person).await?;
        if found.on_board.is_some_and(|voter| voter.struck_off) {
            return Err(PeopleError::StruckOff);
        }
        let change = match by {
            None => self.could_add(found.style, style, electorate).await?,
            Some(by) => {
                let row = RollRow { phone: person, style: style.to_owned() };
                let deed = self.to_one(by, DeedKind::RollAdded, person, Some(style));
                self.db.add_to_roll(&row, electorate, &deed).await?
            }
        };
        done(change, style, electorate)
    }

    /// [`move_on_roll`].
    pub(crate) async fn move_on_roll(
        &self,
        phone: &str,
        style: &str,
        by: Option<&Operator>,
    ) -> Result<String, PeopleError> {
        self.needs_roll()?;
        let electorate = self.style(style)?.electorate;
        let (_, person) = self.person(phone)?;
        let found = self.find(&person).await?;
        let before = found.style.ok_or(PeopleError::NotThere)?;
        match found.on_board {
            Some(voter) if voter.struck_off => return Err(PeopleError::StruckOff),
            Some(voter) => return Err(PeopleError::HasKey(voter.style)),
            None => {}
        }
        let change = match by {
            None if before == style => RollChange::IsThere(before.clone()),
            None => self.could_add(None, style, electorate).await?,
            Some(by) => {
                let row = RollRow { phone: person, style: style.to_owned() };
                let deed = self.to_one(by, DeedKind::RollMoved, person, Some(style));
                self.db.move_on_roll(&row, electorate, &deed).await?
            }
        };
        done(change, style, electorate)?;
        Ok(before)
    }

    /// [`strike_from_roll`].
    pub(crate) async fn strike_from_roll(
        &self,
        phone: &str,
        by: Option<&Operator>,
    ) -> Result<Struck, PeopleError> {
        self.needs_roll()?;
        let (_, person) = self.person(phone)?;
        let found = self.find(&person).await?;
        if found.style.is_none() && found.on_board.as_ref().is_none_or(|voter| voter.struck_off) {
            return Err(PeopleError::NotThere);
        }
        let Some(by) = by else {
            return Ok(Struck { style: found.style, entry: None, on_board: found.on_board });
        };
        let deed = self.to_one(by, DeedKind::RollStruck, person, None);
        self.db.strike_from_roll(&person, &deed).await?;
        Ok(match self.pseudonym(&person).await? {
            // Whoever has never signed in has no key, and can get none any more.
            None => Struck { style: found.style, entry: None, on_board: None },
            Some(pseudonym) => {
                let (on_board, entry) = self.strike(&person, &pseudonym, found.on_board, by).await?;
                Struck { style: found.style, entry, on_board }
            }
        })
    }

    /// What the roll and the board say of somebody.
    pub(super) async fn find(&self, person: &PersonHash) -> Result<Found, PeopleError> {
        let style = self.db.style_on_roll(person).await?;
        let pseudonym = self.pseudonym(person).await?;
        let on_board = on_board(self, pseudonym.as_ref()).await?;
        Ok(Found { style, signed_in: pseudonym.is_some(), on_board })
    }

    /// What would become of somebody who is added.
    async fn could_add(
        &self,
        there: Option<String>,
        style: &str,
        electorate: u32,
    ) -> Result<RollChange, PeopleError> {
        if let Some(there) = there {
            return Ok(RollChange::IsThere(there));
        }
        let listed = self.db.roll().await?.iter().filter(|row| row.style == style).count();
        let listed = u32::try_from(listed).unwrap_or(u32::MAX);
        let full = (listed >= electorate).then_some(RollChange::Full(listed));
        Ok(full.unwrap_or(RollChange::Done { before: None }))
    }

    /// Revokes the key of somebody who is off the roll, if there is one.
    async fn strike(
        &self,
        person: &PersonHash,
        pseudonym: &Pseudonym,
        known: Option<OnBoard>,
        by: &Operator,
    ) -> Result<(Option<OnBoard>, Option<u64>), PeopleError> {
        let on_board = if known.is_some() {
            known
        } else {
            // A request that was under way may still bring a key.
            tokio::time::sleep(UNDER_WAY).await;
            on_board(self, Some(pseudonym)).await?
        };
        let Some(voter) = on_board.filter(|voter| !voter.struck_off) else { return Ok((None, None)) };
        let half = |error: DeskError| PeopleError::HalfStruck(Box::new(error));
        let mut board = OpenBoard::open(self).await?;
        let reason = RevocationReason::NotEntitled;
        let entry = board.revoke(self, pseudonym, reason).await.map_err(half)?;
        let deed = self.to_one(by, DeedKind::KeyRevoked, *person, Some(&voter.style));
        self.db.note(&Deed { entry: Some(entry), ..deed }).await?;
        Ok((Some(voter), Some(entry)))
    }

    /// What is done to one person, now.
    pub(super) fn to_one(
        &self,
        by: &Operator,
        what: DeedKind,
        person: PersonHash,
        style: Option<&str>,
    ) -> Deed {
        let deed = by.deed(self.now(), what);
        Deed { person: Some(person), style: style.map(str::to_owned), ..deed }
    }
}

fn done(change: RollChange, style: &str, electorate: u32) -> Result<(), PeopleError> {
    match change {
        RollChange::Done { .. } => Ok(()),
        RollChange::IsThere(style) => Err(PeopleError::IsThere(style)),
        RollChange::NotThere => Err(PeopleError::NotThere),
        RollChange::Full(listed) => Err(PeopleError::Full { style: style.to_owned(), listed, electorate }),
    }
}
