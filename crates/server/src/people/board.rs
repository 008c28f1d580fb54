//! What the board says of somebody, and what is put onto it: in the same folder, at the address of a ballot box, or by
//! the running server itself.

use std::collections::HashMap;
use std::sync::Arc;

use veche_record::entry::{Pseudonym, RevocationReason};
use veche_verify::Course;

use super::counter::{BoardAt, OpenCounter};
use super::error::PeopleError;
use crate::desk::{Desk, DeskError, revoke_through};
use crate::folder::key_file;
use crate::handover::{CredentialDesk, KeyStanding, KnownVoter};
use crate::registrar::remote_box::RemoteBox;

/// What a clerk may know of somebody whose key is on the board, or was: never what was voted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBoard {
    /// The district.
    pub style: String,
    /// Whether the newest key may still cast.
    pub active: bool,
    /// Whether the voter was struck off.
    pub struck_off: bool,
    /// Whether a ballot was cast.
    pub voted: bool,
}

/// The board, opened once for any number of questions.
pub(super) enum OpenBoard {
    Here(Box<Desk>),
    Asked(Arc<dyn CredentialDesk>),
}

impl OpenBoard {
    pub(super) async fn open(counter: &OpenCounter) -> Result<Self, PeopleError> {
        let (data, ballot_box) = match &counter.board {
            BoardAt::Running(desk) => return Ok(OpenBoard::Asked(Arc::clone(desk))),
            BoardAt::Folder { data, ballot_box } => (data, ballot_box),
        };
        if key_file(data)?.log.is_some() {
            return Ok(OpenBoard::Here(Box::new(Desk::open(data).await?)));
        }
        let (url, election) = ballot_box.as_ref().ok_or(PeopleError::WhereIsTheBox)?;
        let remote = RemoteBox::new(url, election, counter.key.public()).map_err(DeskError::from)?;
        remote.compare(&counter.manifest).await.map_err(DeskError::from)?;
        Ok(OpenBoard::Asked(Arc::new(remote)))
    }

    /// What it says of somebody, once there was a key.
    pub(super) async fn voter(
        &self,
        counter: &OpenCounter,
        pseudonym: &Pseudonym,
    ) -> Result<Option<OnBoard>, PeopleError> {
        let style = |style| {
            let declared = counter.manifest.declared_style(style);
            declared.map(|style| style.id.clone()).unwrap_or_default()
        };
        Ok(match self {
            OpenBoard::Here(desk) => desk.ledger.state().voter(pseudonym).map(|voter| OnBoard {
                style: style(voter.style),
                active: voter.active,
                struck_off: voter.struck_off.is_some(),
                voted: voter.last.is_some(),
            }),
            OpenBoard::Asked(desk) => {
                let known = desk.voter(pseudonym).await.map_err(DeskError::from)?;
                known.voter.map(|voter: KnownVoter| OnBoard {
                    style: style(voter.style),
                    active: voter.standing == KeyStanding::Active,
                    struck_off: voter.standing == KeyStanding::StruckOff,
                    voted: voter.sequence > 0,
                })
            }
        })
    }

    /// Whether nobody votes online any more.
    pub(super) async fn is_over(&self, counter: &OpenCounter) -> Result<bool, PeopleError> {
        match self {
            OpenBoard::Here(desk) => {
                let state = desk.ledger.state();
                let closes = i64::try_from(state.closing_hour()).unwrap_or(i64::MAX);
                Ok(counter.now() >= closes || state.course() > Course::Open)
            }
            OpenBoard::Asked(desk) => Ok(desk.is_over(counter.now()).await.map_err(DeskError::from)?),
        }
    }

    /// Revokes somebody's key. Returns the entry.
    pub(super) async fn revoke(
        &mut self,
        counter: &OpenCounter,
        pseudonym: &Pseudonym,
        reason: RevocationReason,
    ) -> Result<u64, DeskError> {
        match self {
            OpenBoard::Here(desk) => desk.revoke(*pseudonym, reason).await,
            OpenBoard::Asked(desk) => revoke_through(&**desk, &counter.key, pseudonym, reason).await,
        }
    }
}

/// What the board says of one person who may have signed in.
pub(super) async fn on_board(
    counter: &OpenCounter,
    pseudonym: Option<&Pseudonym>,
) -> Result<Option<OnBoard>, PeopleError> {
    // Opening a board of a town takes time: not for somebody who cannot be on it.
    let Some(pseudonym) = pseudonym else { return Ok(None) };
    OpenBoard::open(counter).await?.voter(counter, pseudonym).await
}

/// What the board says of many.
pub(super) async fn all_on_board<'a>(
    counter: &OpenCounter,
    board: &OpenBoard,
    pseudonyms: impl Iterator<Item = &'a Pseudonym>,
) -> Result<HashMap<[u8; 16], OnBoard>, PeopleError> {
    let mut found = HashMap::new();
    for pseudonym in pseudonyms {
        if let Some(voter) = board.voter(counter, pseudonym).await? {
            found.insert(pseudonym.0, voter);
        }
    }
    Ok(found)
}
