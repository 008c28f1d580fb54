//! What a clerk does with people by hand, while the server runs on the same folder: who is on the roll, and who is
//! helped. Everything that changes something has a name and a reason, and leaves a line in the journal.
//!
//! | file | what it does |
//! |---|---|
//! | `operator` | who does it, and why |
//! | `board` | what the board says of somebody, here or at an address |
//! | `roll` | one line of the roll: add, move, strike, find |
//! | `replace` | a whole roll: checked, compared, put in the place of the one before |
//! | `journal` | what was done |

mod board;
pub(crate) mod journal;
pub(crate) mod operator;
pub(crate) mod replace;
pub(crate) mod roll;

use std::path::PathBuf;

pub use board::OnBoard;

use veche_record::Manifest;
use veche_record::entry::Pseudonym;
use veche_record::manifest::{Registration, Style};

use crate::desk::DeskError;
use crate::folder::{FolderError, RegistrarFolder};
use crate::keys::RegistrarSecret;
use crate::people::operator::OperatorError;
use crate::registrar::keys::RegistrarKeys;
use crate::registrar::phone::{NumberingPlan, Phone, PhoneError};
use crate::registrar::roll::RollError;
use crate::store::error::StoreError;
use crate::store::registrar::PersonHash;
use crate::store::sqlite::Sqlite;

/// Why nothing was done, or not all of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The board.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The file of a roll.
    #[error(transparent)]
    Roll(#[from] RollError),
    /// The name or the reason.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// Not a phone number.
    #[error("nothing was done: {0}")]
    Phone(#[from] PhoneError),
    /// There is no roll.
    #[error("nothing was done: in this vote anyone registers, so there is no roll")]
    NoRoll,
    /// No such district.
    #[error("nothing was done: the manifest has no district {given:?}; it has {known}")]
    Style {
        /// What was given.
        given: String,
        /// The districts that there are.
        known: String,
    },
    /// Somebody is on the roll already.
    #[error("nothing was done: this number is on the roll already, in the district {0:?}")]
    IsThere(String),
    /// Somebody is not on the roll.
    #[error("nothing was done: this number is not on the roll")]
    NotThere,
    /// A district has as many voters as it may have.
    #[error(
        "nothing was done: the district {style:?} has {listed} voters, and the manifest announces at most {electorate}"
    )]
    Full {
        /// The district.
        style: String,
        /// How many the roll has.
        listed: u32,
        /// How many the manifest allows.
        electorate: u32,
    },
    /// A district that cannot be changed any more.
    #[error(
        "nothing was done: this voter has a key for the district {0:?} on the board already, and a district is fixed from \
         then on. The voter votes there, or is struck and votes no more"
    )]
    HasKey(String),
    /// Somebody who was struck off on the board.
    #[error(
        "nothing was done: this voter was struck off on the board, which cannot be undone. Coming back onto the roll would \
         not let them vote"
    )]
    StruckOff,
    /// The folder is a registrar's, and the board is elsewhere.
    #[error(
        "nothing was done: this person has signed in, so the board must be asked: say where the ballot box answers, \
         --box URL --election FINGERPRINT"
    )]
    WhereIsTheBox,
    /// The first half was done.
    #[error(
        "the voter is off the roll, and can sign in no more; but the key is not revoked on the board: {0}. Do the same \
         again when that is put right"
    )]
    HalfStruck(Box<DeskError>),
    /// The roll was replaced, and not everybody gone was struck.
    #[error(
        "the new roll is in force; but not everybody who is gone from it was struck on the board: {0}. Find out who, with          the journal, and strike them one by one"
    )]
    HalfReplaced(Box<DeskError>),
}

impl From<StoreError> for PeopleError {
    fn from(error: StoreError) -> Self {
        FolderError::from(error).into()
    }
}

/// Where a clerk works: a folder, whose server may be running.
#[derive(Debug, Clone)]
pub struct Counter {
    /// The folder of a registrar, or of a ballot box that is its own.
    pub data: PathBuf,
    /// Where the ballot box answers, and the election's fingerprint, if the folder is a registrar's apart from it.
    pub ballot_box: Option<(String, String)>,
}

/// The same, opened.
pub(crate) struct OpenCounter {
    data: PathBuf,
    ballot_box: Option<(String, String)>,
    pub(crate) manifest: Manifest,
    pub(crate) plan: NumberingPlan,
    pub(crate) hashes: RegistrarKeys,
    secret: RegistrarSecret,
    pub(crate) db: Sqlite,
}

impl Counter {
    pub(crate) async fn open(&self) -> Result<OpenCounter, PeopleError> {
        let RegistrarFolder { manifest, secret, db } = RegistrarFolder::of_either(&self.data).await?;
        let plan = NumberingPlan::of(&manifest).unwrap_or_default();
        Ok(OpenCounter {
            data: self.data.clone(),
            ballot_box: self.ballot_box.clone(),
            manifest,
            plan,
            hashes: RegistrarKeys::new(secret.private.clone()),
            secret,
            db,
        })
    }

    /// The same, of an election that has a roll.
    pub(crate) async fn open_roll(&self) -> Result<OpenCounter, PeopleError> {
        let open = self.open().await?;
        match open.manifest.document().registration {
            Registration::Roll => Ok(open),
            Registration::Open => Err(PeopleError::NoRoll),
        }
    }
}

impl OpenCounter {
    /// Who has this number.
    pub(crate) fn person(&self, written: &str) -> Result<(Phone, PersonHash), PeopleError> {
        let phone = self.plan.read(written)?;
        let person = self.hashes.phone(&phone);
        Ok((phone, person))
    }

    /// A district of the manifest.
    pub(crate) fn style(&self, id: &str) -> Result<&Style, PeopleError> {
        let styles = self.manifest.styles();
        styles.iter().find(|style| style.id == id).ok_or_else(|| {
            let known: Vec<&str> = styles.iter().map(|style| style.id.as_str()).collect();
            PeopleError::Style { given: id.to_owned(), known: known.join(", ") }
        })
    }

    /// The name on the board of somebody who has signed in.
    pub(crate) async fn pseudonym(&self, person: &PersonHash) -> Result<Option<Pseudonym>, PeopleError> {
        Ok(crate::store::registrar::RegistrarStore::pseudonym(&self.db, person).await?)
    }
}
