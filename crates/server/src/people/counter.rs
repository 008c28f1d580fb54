//! The folder where a clerk works, whose server may be running.

use std::path::PathBuf;

use veche_record::Manifest;
use veche_record::entry::Pseudonym;
use veche_record::manifest::{Registration, Style};

use crate::folder::RegistrarFolder;
use crate::keys::RegistrarSecret;
use crate::people::error::PeopleError;
use crate::registrar::keys::RegistrarKeys;
use crate::registrar::phone::{NumberingPlan, Phone};
use crate::store::registrar::{PersonHash, RegistrarStore};
use crate::store::sqlite::Sqlite;

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
    pub(super) data: PathBuf,
    pub(super) ballot_box: Option<(String, String)>,
    pub(crate) manifest: Manifest,
    pub(crate) plan: NumberingPlan,
    pub(crate) hashes: RegistrarKeys,
    pub(super) secret: RegistrarSecret,
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
        if open.has_roll() { Ok(open) } else { Err(PeopleError::NoRoll) }
    }
}

impl OpenCounter {
    pub(crate) fn has_roll(&self) -> bool {
        self.manifest.document().registration == Registration::Roll
    }

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
        Ok(RegistrarStore::pseudonym(&self.db, person).await?)
    }
}
