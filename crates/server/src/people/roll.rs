//! One line of the roll, changed while the server runs.

use std::time::Duration;

use veche_record::entry::{Pseudonym, RevocationReason};

use super::board::{OnBoard, OpenBoard, on_board};
use super::caller::OnPhone;
use super::counter::{Counter, OpenCounter};
use super::error::PeopleError;
use super::operator::Operator;
use crate::desk::DeskError;
use crate::store::registrar::{Deed, DeedKind};
use crate::store::roll::{PersonHash, RollChange, RollRow};

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
pub async fn find_on_roll<'a>(counter: &Counter, who: impl Into<OnPhone<'a>>) -> Result<Found, PeopleError> {
    let who = who.into();
    let found = counter.work(async |counter| {
        let caller = counter.caller(who).await?;
        counter.find(&counter.person(&caller).await?).await
    });
    found.await
}

/// Puts somebody onto the roll; without an operator it is only looked whether it could be.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn add_to_roll<'a>(
    counter: &Counter,
    who: impl Into<OnPhone<'a>>,
    style: &str,
    by: Option<&Operator>,
) -> Result<(), PeopleError> {
    let who = who.into();
    counter.work(async |counter| counter.add_to_roll(who, style, by).await).await
}

/// Puts somebody of the roll into another district, as long as they have no key on the board; without an operator
/// it is only looked whether it could be. Returns the district before.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn move_on_roll<'a>(
    counter: &Counter,
    who: impl Into<OnPhone<'a>>,
    style: &str,
    by: Option<&Operator>,
) -> Result<String, PeopleError> {
    let who = who.into();
    counter.work(async |counter| counter.move_on_roll(who, style, by).await).await
}

/// Gives somebody who is alone with a number the mark that tells them apart from others who come to have it, in the
/// place of any before; without an operator it is only looked whether it could be.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn mark_on_roll(
    counter: &Counter,
    who: OnPhone<'_>,
    by: Option<&Operator>,
) -> Result<(), PeopleError> {
    counter.work(async |counter| counter.mark_on_roll(who, by).await).await
}

/// Takes somebody off the roll, and revokes their key for good where there is one; without an operator it is only
/// looked what that would do.
///
/// # Errors
/// [`PeopleError`]; then nothing was done, but for [`PeopleError::HalfStruck`].
pub async fn strike_from_roll<'a>(
    counter: &Counter,
    who: impl Into<OnPhone<'a>>,
    by: Option<&Operator>,
) -> Result<Struck, PeopleError> {
    let who = who.into();
    counter.work(async |counter| counter.strike_from_roll(who, by).await).await
}

impl OpenCounter {
    /// [`add_to_roll`].
    pub(crate) async fn add_to_roll(
        &self,
        who: OnPhone<'_>,
        style: &str,
        by: Option<&Operator>,
    ) -> Result<(), PeopleError> {
        self.needs_roll()?;
        let electorate = self.style(style)?.electorate;
        let caller = self.caller(who).await?;
        let person = self.newcomer(&caller).await?;
        let found = self.find(&person).await?;
        if found.on_board.is_some_and(|voter| voter.struck_off) {
            return Err(PeopleError::StruckOff);
        }
        let row = RollRow { phone: caller.phone, mark: caller.mark, person, style: style.to_owned() };
        let change = match by {
            None => match row.refuse_beside(&caller.people) {
                Some(refused) => refused,
                None => self.has_room(style, electorate).await?,
            },
            Some(by) => {
                let deed = self.to_one(by, DeedKind::RollAdded, person, Some(style));
                self.db.add_to_roll(&row, electorate, &deed).await?
            }
        };
        done(change, style, electorate)
    }

    /// [`move_on_roll`].
    pub(crate) async fn move_on_roll(
        &self,
        who: OnPhone<'_>,
        style: &str,
        by: Option<&Operator>,
    ) -> Result<String, PeopleError> {
        self.needs_roll()?;
        let electorate = self.style(style)?.electorate;
        let caller = self.caller(who).await?;
        let there = caller.on_roll()?.ok_or(PeopleError::NotThere)?;
        let (person, before) = (there.person, there.style.clone());
        let found = self.find(&person).await?;
        match found.on_board {
            Some(voter) if voter.struck_off => return Err(PeopleError::StruckOff),
            Some(voter) => return Err(PeopleError::HasKey(voter.style)),
            None => {}
        }
        let change = match by {
            None if before == style => RollChange::IsThere(before.clone()),
            None => self.has_room(style, electorate).await?,
            Some(by) => {
                let row = RollRow { style: style.to_owned(), ..there.clone() };
                let deed = self.to_one(by, DeedKind::RollMoved, person, Some(style));
                self.db.move_on_roll(&row, electorate, &deed).await?
            }
        };
        done(change, style, electorate)?;
        Ok(before)
    }

    /// [`mark_on_roll`].
    pub(crate) async fn mark_on_roll(
        &self,
        who: OnPhone<'_>,
        by: Option<&Operator>,
    ) -> Result<(), PeopleError> {
        self.needs_roll()?;
        let caller = self.caller(who).await?;
        let mark = caller.mark.ok_or(PeopleError::NoMark)?;
        let alone = match caller.people.as_slice() {
            [] => return Err(PeopleError::NotThere),
            [alone] => RollRow { mark: Some(mark), ..alone.clone() },
            _ => return Err(PeopleError::NotAlone),
        };
        let Some(by) = by else { return Ok(()) };
        let deed = self.to_one(by, DeedKind::RollMarked, alone.person, Some(&alone.style));
        match self.db.mark_on_roll(&alone, &deed).await? {
            RollChange::NotToldApart => Err(PeopleError::NotAlone),
            change => done(change, &alone.style, 0),
        }
    }

    /// [`strike_from_roll`].
    pub(crate) async fn strike_from_roll(
        &self,
        who: OnPhone<'_>,
        by: Option<&Operator>,
    ) -> Result<Struck, PeopleError> {
        self.needs_roll()?;
        let caller = self.caller(who).await?;
        let person = self.person(&caller).await?;
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

    /// What would become of somebody who comes into a district.
    async fn has_room(&self, style: &str, electorate: u32) -> Result<RollChange, PeopleError> {
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
        RollChange::NotToldApart => Err(PeopleError::NotToldApart),
        RollChange::Crowded => Err(PeopleError::Crowded),
        RollChange::Full(listed) => Err(PeopleError::Full { style: style.to_owned(), listed, electorate }),
    }
}
