//! The ballot box of a simulation: a real one's ledger, with the log written straight into a record.

use std::sync::Arc;

use futures_executor::block_on;
use veche_board::{LogKey, Origin};
use veche_crypto::signature::SecretKey;
use veche_keeper::{BoxKeys, Ledger, Transaction};
use veche_record::entry::{CredentialEntry, TallyKind};
use veche_record::{Election, Entry, tag};
use veche_trustee::{KeyShare, Secret, run_together};
use veche_verify::{Count, ResultFile, VerifiedBallot};
use veche_voter::{Credential, PreparedBallot};

use super::SimulateError;
use super::store::RecordFiles;
use crate::error::Error;
use crate::folder::RecordStore;
use crate::random;

/// New keys of a ballot box. They are made for one simulation and forgotten with it.
///
/// # Errors
/// When the platform gives no randomness.
pub fn generate_keys() -> Result<BoxKeys, Error> {
    let key = |tag| -> Result<SecretKey, Error> {
        Ok(SecretKey::derive(tag, &random::randomness()?).map_err(SimulateError::from)?)
    };
    let (organiser, registrar) = (key(tag::ORGANISER_KEY)?, key(tag::REGISTRAR_KEY)?);
    let log = LogKey::from_seed(random::randomness()?.as_bytes());
    Ok(BoxKeys { log, organiser: organiser.into(), registrar: registrar.into() })
}

/// A ballot with the credential that signed it, both verified.
pub struct Verified {
    /// The credential's entry.
    pub credential: CredentialEntry,
    /// The ballot.
    pub ballot: VerifiedBallot,
}

/// A board that grows entry by entry into a record.
pub struct Board<S> {
    ledger: Ledger,
    store: Arc<RecordFiles<S>>,
    keys: Arc<BoxKeys>,
    /// What the clock of the box shows, as Unix seconds.
    now: i64,
}

impl<S: RecordStore + Send + 'static> Board<S> {
    /// Founds a board for a manifest: its first entry is Genesis.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn found(store: S, manifest: &[u8], keys: BoxKeys, origin: Origin) -> Result<Self, Error> {
        let store = Arc::new(RecordFiles::new(store, manifest)?);
        let keys = Arc::new(keys);
        // Nothing of such a store ever waits.
        let founding = Ledger::found(manifest, origin, Arc::clone(&keys), Arc::clone(&store) as _);
        let ledger = block_on(founding).map_err(SimulateError::from)?;
        Ok(Self { ledger, store, keys, now: 0 })
    }

    /// The whole ceremony, by the code that trustees run on devices of their own.
    ///
    /// # Errors
    /// When an entry is refused, or the record cannot be written.
    pub fn make_keys(&mut self, manifest: &[u8], secrets: &[Secret]) -> Result<Vec<KeyShare>, Error> {
        let genesis = self.ledger.state().genesis().ok_or(SimulateError::NoElection)?;
        let together =
            run_together(manifest, genesis, secrets, &random::randomness()?).map_err(SimulateError::from)?;
        for entry in &together.entries {
            self.append_entry(entry.clone())?;
        }
        Ok(together.shares)
    }

    /// The rehearsal: one made-up ballot, which the trustees decrypt.
    ///
    /// # Errors
    /// When an entry is refused, or the record cannot be written.
    pub fn rehearse(&mut self, shares: &[KeyShare]) -> Result<(), Error> {
        let credential = Credential::generate(&random::randomness()?).map_err(SimulateError::from)?;
        let election = self.election()?;
        let ballot =
            PreparedBallot::rehearsal(&election, &credential, &random::randomness()?, &random::randomness()?);
        let ballot = ballot.map_err(|source| SimulateError::Seal { line: 0, source })?;
        self.append_entry(Entry::RehearsalBallot(ballot.bytes))?;
        self.append(|board| board.fix_rehearsal())?;
        self.decrypt(TallyKind::Rehearsal, shares)
    }

    /// As many trustees consent as must, and as many decrypt. The first ones stay away, which they may.
    fn decrypt(&mut self, kind: TallyKind, shares: &[KeyShare]) -> Result<(), Error> {
        let (quorum, needed) = {
            let count = self.count(kind)?;
            (count.input().quorum(), count.partials_needed())
        };
        let last = |number: usize| shares.iter().skip(shares.len().saturating_sub(number));
        if needed == 0 {
            return Ok(());
        }
        for share in last(quorum) {
            let consent = share.consent(self.count(kind)?.input()).map_err(SimulateError::from)?;
            self.append_entry(consent)?;
        }
        for share in last(needed) {
            let partial = share.decrypt(self.count(kind)?).map_err(SimulateError::from)?;
            self.append_entry(partial)?;
        }
        Ok(())
    }

    fn count(&self, kind: TallyKind) -> Result<&Count, SimulateError> {
        self.ledger.state().count(kind).map(Arc::as_ref).ok_or(SimulateError::NoElection)
    }

    /// Appends what a transaction makes, under a checkpoint.
    fn append<E>(
        &mut self,
        transaction: impl FnOnce(&mut Transaction<'_>) -> Result<u64, E>,
    ) -> Result<(), Error>
    where
        SimulateError: From<E>,
    {
        self.ledger.plan(self.now, transaction).map_err(SimulateError::from)?;
        block_on(self.ledger.commit()).map_err(SimulateError::Ledger)?;
        Ok(())
    }

    fn append_entry(&mut self, entry: impl Into<Entry>) -> Result<(), Error> {
        let entry = entry.into();
        self.append(|board| board.entry(entry))
    }

    /// Registers and casts, under one checkpoint.
    ///
    /// # Errors
    /// When one is refused, or the record cannot be written.
    pub fn cast(&mut self, ballots: Vec<Verified>) -> Result<(), Error> {
        for Verified { credential, ballot } in ballots {
            self.ledger
                .plan(self.now, |board| board.verified_credential(&credential))
                .map_err(SimulateError::from)?;
            self.ledger.plan(self.now, |board| board.ballot(ballot)).map_err(SimulateError::from)?;
        }
        block_on(self.ledger.commit()).map_err(SimulateError::from)?;
        Ok(())
    }

    /// The registrar's key, which signs credentials.
    ///
    /// # Errors
    /// Where the board was founded without it.
    pub fn registrar(&self) -> Result<&SecretKey, SimulateError> {
        Ok(self.keys.registrar()?)
    }

    /// The election, once the keys were made.
    ///
    /// # Errors
    /// Before that.
    pub fn election(&self) -> Result<Arc<Election>, SimulateError> {
        self.ledger.state().election().cloned().ok_or(SimulateError::NoElection)
    }

    /// Opens the vote at a Unix time, at which all ballots are then cast.
    ///
    /// # Errors
    /// When it is not the time for it, or the record cannot be written.
    pub fn open(&mut self, time: u64) -> Result<(), Error> {
        self.now = i64::try_from(time).unwrap_or(i64::MAX);
        self.append(|board| board.open())
    }

    /// Closes the vote at a Unix time and fixes the sums.
    ///
    /// # Errors
    /// When it is not the time for it, or the record cannot be written.
    pub fn close(&mut self, time: u64) -> Result<(), Error> {
        self.now = i64::try_from(time).unwrap_or(i64::MAX);
        let note = self.ledger.log().head().map(|head| head.note.clone()).unwrap_or_default();
        self.append(|board| board.close(&note))?;
        self.append(|board| board.fix_sums())
    }

    /// Has the trustees decrypt and states the totals; the published file.
    ///
    /// # Errors
    /// When a part is wrong, or the record cannot be written.
    pub fn publish(&mut self, shares: &[KeyShare]) -> Result<ResultFile, Error> {
        self.decrypt(TallyKind::Vote, shares)?;
        self.append(|board| board.publish_result())?;
        self.ledger.state().result_file().ok_or_else(|| SimulateError::NoElection.into())
    }

    /// Writes what is still missing, and gives back where it was written, with the keys: only tests want those, to
    /// tamper and sign again.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn finish(self) -> Result<(S, BoxKeys), Error> {
        let Self { ledger, store, keys, .. } = self;
        let tree = ledger.log().tree().clone();
        drop(ledger);
        let (Some(store), Some(keys)) = (Arc::into_inner(store), Arc::into_inner(keys)) else {
            return Err(SimulateError::NoElection.into());
        };
        Ok((store.finish(&tree)?, keys))
    }
}
