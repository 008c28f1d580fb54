//! What is done by hand at the town's desk, on the folder of a ballot box that may be running: a voter is struck off,
//! papers are counted.
//!
//! The entries are appended as a second server on the same database would: whoever is first is first, and the other
//! reads what it wrote.

use std::path::Path;
use std::sync::Arc;

use veche_crypto::group::GroupError;
use veche_crypto::signature::{PublicKey, SecretKey};
use veche_keeper::{EntryError, KeyElsewhere, Ledger, LedgerError, Transaction};
use veche_record::Manifest;
use veche_record::entry::{PaperCount, Pseudonym, Revocation, RevocationReason, Signed};

use crate::ballot_box::snapshot_file::SnapshotFile;
use crate::clock::Clock;
use crate::folder::{Folder, FolderError, RegistrarFolder};
use crate::handover::{CredentialDesk, KeyStanding};
use crate::http::problem::Problem;
use crate::keys::{Keys, RegistrarSecret};
use crate::registrar::keys::{PHONE_SCHEME, RegistrarKeys};
use crate::registrar::phone::{NumberingPlan, PhoneError};
use crate::registrar::remote_box::{RemoteBox, RemoteBoxError};
use crate::registrar::roll::identity::owner;
use crate::store::Database;
use crate::store::registrar::RegistrarStore;
use crate::store::roll::PersonHash;

/// So often another server may be faster.
const TRIES: usize = 50;

/// Who is struck off.
#[derive(Debug, Clone, Copy)]
pub enum Whom<'a> {
    /// The one of this name on the board: 32 hexadecimal digits.
    Pseudonym(&'a str),
    /// The one who has signed in with this phone number.
    Phone(&'a str),
    /// The one who has signed in with a portal's pass of this subject.
    Subject(&'a str),
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The board could not be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The board has no place for it.
    #[error("nothing was done: {0}")]
    Entry(#[from] EntryError),
    /// The key for it is held elsewhere.
    #[error("nothing was done: {0}")]
    Elsewhere(#[from] KeyElsewhere),
    /// A key that signs nothing, with negligible probability.
    #[error(transparent)]
    Signing(#[from] GroupError),
    /// Not a pseudonym.
    #[error("this is no pseudonym: it has 32 hexadecimal digits")]
    Pseudonym,
    /// Not a phone number.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Nobody has signed in with this number or subject.
    #[error(
        "nobody has signed in as that, so there is nobody to strike off; take the number off the roll, or let the portal \
         give no pass"
    )]
    NeverSignedIn,
    /// Several people have the phone.
    #[error(
        "nothing was done: several people of the roll have this phone. `veche-server roll strike --mark` takes one of \
         them off the roll and strikes them off"
    )]
    Several,
    /// The ballot box that the registrar works with.
    #[error(transparent)]
    RemoteBox(#[from] RemoteBoxError),
    /// It did not take it, or does not answer.
    #[error("nothing was done: {0}")]
    Box(BoxRefusal),
    /// Not a second time.
    #[error("this voter is struck off already")]
    StruckOff,
    /// The voter has signed in, and has no credential.
    #[error(
        "this voter has no key on the board, so there is nothing to strike off; take the number off the roll, or let the \
         portal give no pass"
    )]
    NotOnBoard,
    /// No such district.
    #[error("the manifest has no style {0:?}")]
    Style(String),
    /// The trustees have not made the keys yet.
    #[error("the keys of this election are not made yet")]
    NoElection,
    /// Others were faster each time.
    #[error("the running server was faster each time; try again")]
    Overtaken,
}

/// What the ballot box answered in the place of what was asked of it.
#[derive(Debug, Clone)]
pub struct BoxRefusal(Box<Problem>);

impl BoxRefusal {
    /// The answer, for whoever asks over HTTP.
    pub(crate) fn problem(&self) -> Problem {
        (*self.0).clone()
    }
}

impl std::fmt::Display for BoxRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.detail())
    }
}

impl From<Problem> for DeskError {
    fn from(problem: Problem) -> Self {
        DeskError::Box(BoxRefusal(Box::new(problem)))
    }
}

/// Strikes a voter off: no ballot of theirs counts, and nothing of theirs follows. Returns the entry.
///
/// # Errors
/// [`DeskError`]; then nothing was done.
pub async fn strike(data: &Path, whom: Whom<'_>, reason: RevocationReason) -> Result<u64, DeskError> {
    let mut desk = Desk::open(data).await?;
    let pseudonym = pseudonym(whom, &desk.manifest, desk.keys.registrar()?, &desk.db).await?;
    let index = desk.revoke(pseudonym, reason).await?;
    desk.db.close().await;
    Ok(index)
}

/// Strikes a voter off from the folder of a registrar apart from the ballot box, which is asked at its address.
/// `election` is the fingerprint. Returns the entry.
///
/// # Errors
/// [`DeskError`]; then nothing was done, unless the box took it and its answer was lost: the same again says so.
pub async fn strike_at(
    data: &Path,
    (ballot_box, election): (&str, &str),
    whom: Whom<'_>,
    reason: RevocationReason,
) -> Result<u64, DeskError> {
    let RegistrarFolder { manifest, secret, db } = RegistrarFolder::open(data).await?;
    let remote = RemoteBox::new(ballot_box, election, secret.key.public())?;
    remote.compare(&manifest).await?;
    let pseudonym = pseudonym(whom, &manifest, &secret, &db).await?;
    db.close().await;
    revoke_through(&remote, &secret.key, &pseudonym, reason).await
}

/// Revokes a voter's key at a ballot box that is asked. Returns the entry.
pub(crate) async fn revoke_through(
    ballot_box: &dyn CredentialDesk,
    key: &SecretKey,
    pseudonym: &Pseudonym,
    reason: RevocationReason,
) -> Result<u64, DeskError> {
    let on_board = ballot_box.voter(pseudonym).await?;
    let (election, voter) = on_board.fingerprint.zip(on_board.voter).ok_or(DeskError::NotOnBoard)?;
    if voter.standing == KeyStanding::StruckOff {
        return Err(DeskError::StruckOff);
    }
    let entry = Revocation::sign(key, &election, *pseudonym, voter.key, reason)?;
    Ok(ballot_box.put(vec![entry.into()]).await?)
}

/// Who is meant, by the database of whoever is the registrar.
async fn pseudonym(
    whom: Whom<'_>,
    manifest: &Manifest,
    secret: &RegistrarSecret,
    db: &Database,
) -> Result<Pseudonym, DeskError> {
    let (keys, plan) = (RegistrarKeys::new(secret.private.clone()), NumberingPlan::of(manifest));
    let plan = plan.unwrap_or_default();
    let person = match whom {
        Whom::Pseudonym(text) => return Pseudonym::from_hex(text).ok_or(DeskError::Pseudonym),
        Whom::Phone(text) => one_of(keys.phone(&plan.read(text)?), db).await?,
        Whom::Subject(text) if text.starts_with(PHONE_SCHEME) => {
            one_of(keys.subject(text, plan)?, db).await?
        }
        Whom::Subject(text) => keys.subject(text, plan)?,
    };
    let known = RegistrarStore::pseudonym(db, &person).await.map_err(FolderError::from)?;
    known.ok_or(DeskError::NeverSignedIn)
}

/// Who has a phone, where that is one person.
async fn one_of(phone: PersonHash, db: &Database) -> Result<PersonHash, DeskError> {
    owner(db, phone).await.map_err(FolderError::from)?.ok_or(DeskError::Several)
}

/// Enters how many papers of a district were counted by hand. Returns the entry.
///
/// # Errors
/// [`DeskError`]; then nothing was done.
pub async fn count_papers(data: &Path, style: &str, count: u32) -> Result<u64, DeskError> {
    let mut desk = Desk::open(data).await?;
    desk.keys.board.organiser()?;
    let planned = desk.append(|turn| {
        let election = turn.state().election().ok_or(DeskError::NoElection)?.fingerprint();
        let styles = turn.state().manifest().styles();
        let position = styles.iter().position(|declared| declared.id == style);
        let position = position.and_then(|position| u16::try_from(position).ok());
        let position = position.ok_or_else(|| DeskError::Style(style.to_owned()))?;
        let number = turn.state().next_paper_count(position).ok_or(DeskError::NoElection)?;
        let entry = Signed::new(PaperCount { style: position, number, count }, turn.organiser()?, &election)?;
        Ok(turn.entry(entry)?)
    });
    let index = planned.await?;
    desk.db.close().await;
    Ok(index)
}

/// The folder of a ballot box, which may be running.
pub(crate) struct Desk {
    pub(crate) manifest: Manifest,
    pub(crate) keys: Keys,
    pub(crate) db: Database,
    pub(crate) ledger: Ledger,
}

impl Desk {
    pub(crate) async fn open(data: &Path) -> Result<Self, DeskError> {
        let Folder { manifest_bytes, manifest, keys, db } = Folder::open(data).await?;
        let (keys_of_box, store) = (Arc::clone(&keys.board), Arc::new(db.clone()));
        let snapshots = SnapshotFile::of(data);
        let ledger = Ledger::open_from(Some(snapshots), &manifest_bytes, keys_of_box, store).await;
        let ledger = ledger.map_err(FolderError::from)?;
        Ok(Desk { manifest, keys, db, ledger })
    }

    /// Revokes a voter's key. Returns the entry.
    pub(crate) async fn revoke(
        &mut self,
        pseudonym: Pseudonym,
        reason: RevocationReason,
    ) -> Result<u64, DeskError> {
        self.append(|turn| {
            let election = turn.state().election().ok_or(DeskError::NoElection)?.fingerprint();
            let voter = turn.state().voter(&pseudonym).ok_or(DeskError::NotOnBoard)?;
            let key = PublicKey::from_bytes(&voter.last_key)?;
            Ok(turn.entry(Revocation::sign(turn.registrar()?, &election, pseudonym, key, reason)?)?)
        })
        .await
    }

    async fn append(
        &mut self,
        entry: impl Fn(&mut Transaction<'_>) -> Result<u64, DeskError>,
    ) -> Result<u64, DeskError> {
        for _ in 0..TRIES {
            let now = Clock::system().unix();
            let planned = self.ledger.plan(now, &entry)?;
            match self.ledger.commit().await {
                Ok(()) => return Ok(planned.index),
                Err(LedgerError::Behind) => self.ledger.catch_up().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(DeskError::Overtaken)
    }
}
