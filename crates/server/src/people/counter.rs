//! Where a clerk works: a folder, whose server may be running; or that server itself, asked over HTTP.

use std::path::PathBuf;
use std::sync::Arc;

use veche_crypto::signature::SecretKey;
use veche_record::Manifest;
use veche_record::entry::Pseudonym;
use veche_record::manifest::{Registration, Style};

use crate::clock::{Clock, GuardedClock};
use crate::folder::{RegistrarFolder, key_file};
use crate::handover::CredentialDesk;
use crate::http::limits::Limits;
use crate::people::error::PeopleError;
use crate::registrar::context::Registrar;
use crate::registrar::keys::RegistrarKeys;
use crate::registrar::phone::NumberingPlan;
use crate::store::Database;
use crate::store::registrar::RegistrarStore;
use crate::store::roll::PersonHash;

/// Where the board is.
pub(super) enum BoardAt {
    /// In a folder, whose server may be running; or, where the folder is a registrar's, at an address, for the election
    /// of a fingerprint.
    Folder { data: PathBuf, ballot_box: Option<(String, String)> },
    /// At the ballot box that the running registrar asks.
    Running(Arc<dyn CredentialDesk>),
}

/// Where a clerk works: a folder, whose server may be running.
#[derive(Debug, Clone)]
pub struct Counter {
    /// The folder of a registrar, or of a ballot box that is its own.
    pub data: PathBuf,
    /// Where the ballot box answers, and the election's fingerprint, if the folder is a registrar's apart from it.
    pub ballot_box: Option<(String, String)>,
}

/// The same, opened; or the registrar of a running server.
pub(crate) struct OpenCounter {
    pub(super) board: BoardAt,
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) plan: NumberingPlan,
    pub(crate) hashes: RegistrarKeys,
    /// Signs who votes.
    pub(super) key: SecretKey,
    pub(crate) db: Arc<dyn RegistrarStore>,
    clock: GuardedClock,
    /// Guesses at one code.
    pub(super) guesses_a_code: u32,
    /// What is to be closed at the end.
    own: Option<Database>,
}

impl Counter {
    /// Whether nobody has said where the board of a registrar apart is: then the hours of the manifest alone are known,
    /// and not whether the closing was put off or the vote has ended early.
    #[must_use]
    pub fn knows_the_manifest_alone(&self) -> bool {
        self.ballot_box.is_none() && key_file(&self.data).is_ok_and(|keys| keys.log.is_none())
    }

    /// Does something in the folder.
    pub(super) async fn work<T>(
        &self,
        work: impl AsyncFnOnce(&OpenCounter) -> Result<T, PeopleError>,
    ) -> Result<T, PeopleError> {
        let RegistrarFolder { manifest, secret, db } = RegistrarFolder::of_either(&self.data).await?;
        let plan = NumberingPlan::of(&manifest).unwrap_or_default();
        let counter = OpenCounter {
            board: BoardAt::Folder { data: self.data.clone(), ballot_box: self.ballot_box.clone() },
            manifest: Arc::new(manifest),
            plan,
            hashes: RegistrarKeys::new(secret.private),
            key: secret.key,
            db: Arc::new(db.clone()),
            clock: GuardedClock::new(Clock::system(), None),
            guesses_a_code: Limits::default().guesses_a_code,
            own: Some(db),
        };
        let done = work(&counter).await;
        if let Some(db) = counter.own {
            db.close().await;
        }
        done
    }
}

impl OpenCounter {
    /// The counter of a running server.
    pub(crate) fn running(registrar: &Registrar) -> Self {
        OpenCounter {
            board: BoardAt::Running(Arc::clone(&registrar.desk)),
            manifest: Arc::clone(&registrar.manifest),
            plan: registrar.plan,
            hashes: registrar.hashes.clone(),
            key: registrar.key.clone(),
            db: Arc::clone(&registrar.store),
            clock: registrar.clock.clone(),
            guesses_a_code: registrar.guess_limits().a_session,
            own: None,
        }
    }

    /// The time, as Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.clock.unix()
    }

    /// The hour to which the closing may be put off at most, as Unix seconds: nobody votes after it.
    pub(crate) fn latest_closing(&self) -> i64 {
        let document = self.manifest.document();
        i64::try_from(document.closes_latest.unwrap_or(document.closes).unix()).unwrap_or(i64::MAX)
    }

    pub(crate) fn has_roll(&self) -> bool {
        self.manifest.document().registration == Registration::Roll
    }

    /// Refuses what is done with a roll in an election that has none.
    pub(super) fn needs_roll(&self) -> Result<(), PeopleError> {
        if self.has_roll() { Ok(()) } else { Err(PeopleError::NoRoll) }
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
        Ok(self.db.pseudonym(person).await?)
    }
}
