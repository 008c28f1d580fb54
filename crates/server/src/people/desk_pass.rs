//! The passes with which somebody works at the desk from another computer: given, listed and revoked where the
//! registrar runs, used over HTTP.

use std::time::Duration;

use zeroize::Zeroizing;

use super::counter::Counter;
use super::error::PeopleError;
use super::operator::Operator;
use crate::clock::seconds;
use crate::keys::random_text;
use crate::store::registrar::{DeedKind, DeskPassKind, StoredDeskPass};

/// A pass that was given. Its token is stored as a hash, and shown this once.
pub struct NewDeskPass {
    /// Its number, by which it is revoked.
    pub number: u32,
    /// Whoever has it works as the operator whose pass it is.
    pub token: Zeroizing<String>,
    /// When it ends, as Unix seconds.
    pub ends: i64,
}

/// A pass that there is, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskPass {
    /// Its number, by which it is revoked.
    pub number: u32,
    /// What it is for.
    pub kind: DeskPassKind,
    /// Whose it is.
    pub operator: String,
    /// When it was given, as Unix seconds.
    pub made: i64,
    /// When it ends, as Unix seconds.
    pub ends: i64,
    /// When it was revoked, as Unix seconds, if it was.
    pub revoked: Option<i64>,
}

/// Gives somebody a pass, who is named with every deed that is done with it.
///
/// # Errors
/// [`PeopleError`]; then there is no pass.
pub async fn give_desk_pass(
    counter: &Counter,
    kind: DeskPassKind,
    good_for: Duration,
    by: &Operator,
) -> Result<NewDeskPass, PeopleError> {
    counter
        .work(async |counter| {
            let token = random_text().map_err(|_| PeopleError::NoRandomness)?;
            let made = counter.now();
            let ends = made.saturating_add(seconds(good_for));
            let pass = StoredDeskPass {
                number: 0,
                token: counter.hashes.desk_pass(&token),
                kind,
                operator: by.name().to_owned(),
                made,
                ends,
                revoked: None,
            };
            let number = counter.db.give_desk_pass(&pass, &by.deed(made, DeedKind::PassGiven)).await?;
            Ok(NewDeskPass { number, token, ends })
        })
        .await
}

/// Every pass that there is or was, the oldest first.
///
/// # Errors
/// [`PeopleError`].
pub async fn desk_passes(counter: &Counter) -> Result<Vec<DeskPass>, PeopleError> {
    counter
        .work(async |counter| {
            let shown = |pass: StoredDeskPass| {
                let StoredDeskPass { number, kind, operator, made, ends, revoked, .. } = pass;
                DeskPass { number, kind, operator, made, ends, revoked }
            };
            Ok(counter.db.desk_passes().await?.into_iter().map(shown).collect())
        })
        .await
}

/// Revokes a pass: nothing is done with it any more.
///
/// # Errors
/// [`PeopleError`]; then nothing was done.
pub async fn revoke_desk_pass(counter: &Counter, number: u32, by: &Operator) -> Result<(), PeopleError> {
    counter
        .work(async |counter| {
            let now = counter.now();
            let deed = by.deed(now, DeedKind::PassRevoked);
            let revoked = counter.db.revoke_desk_pass(number, now, &deed).await?;
            revoked.then_some(()).ok_or(PeopleError::NoDeskPass(number))
        })
        .await
}
