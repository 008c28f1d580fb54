//! The ballot box of a simulation: the same state machine as a real one, with the log written straight into a
//! record.

use std::sync::Arc;

use veche_board::{LogKey, Origin};
use veche_crypto::signature::SecretKey;
use veche_record::entry::{Close, CredentialEntry, Genesis, Open, TallyKind};
use veche_record::{Election, Entry, Manifest, tag};
use veche_trustee::{KeyShare, Secret, run_together};
use veche_verify::{BoardState, Count, Refusal, ResultFile, VerifiedBallot};
use veche_voter::{Credential, PreparedBallot};

use super::SimulateError;
use crate::error::Error;
use crate::folder::{RecordStore, RecordWriter};
use crate::random;

/// The organiser's secrets. They are made for one simulation and forgotten with it.
pub struct Keys {
    /// Signs entries.
    pub issuer: SecretKey,
    /// Signs checkpoints.
    pub log: LogKey,
}

impl Keys {
    /// New keys.
    ///
    /// # Errors
    /// When the platform gives no randomness.
    pub fn generate() -> Result<Self, Error> {
        let issuer =
            SecretKey::derive(tag::ISSUER_KEY, &random::randomness()?).map_err(SimulateError::from)?;
        Ok(Self { issuer, log: LogKey::from_seed(random::randomness()?.as_bytes()) })
    }
}

/// A board that grows entry by entry into a record.
pub struct Board<S> {
    state: BoardState,
    writer: RecordWriter<S>,
    keys: Keys,
    genesis: Genesis,
}

impl<S: RecordStore> Board<S> {
    /// Founds a board for a manifest: its first entry is Genesis.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn found(
        store: S,
        bytes: &[u8],
        manifest: &Manifest,
        keys: Keys,
        origin: Origin,
    ) -> Result<Self, Error> {
        let state = BoardState::new(bytes).map_err(SimulateError::from)?;
        let trustees = manifest.trustees();
        let genesis = Genesis {
            manifest: manifest.hash(),
            log_key: keys.log.public(),
            issuer: keys.issuer.public(),
            trustees: trustees.count,
            threshold: trustees.threshold,
            origin,
        };
        let writer = RecordWriter::new(store, bytes)?;
        let mut board = Self { state, writer, keys, genesis: genesis.clone() };
        board.append(&genesis.into())?;
        Ok(board)
    }

    /// The whole ceremony, by the code that trustees run on devices of their own.
    ///
    /// # Errors
    /// When an entry is refused, or the record cannot be written.
    pub fn make_keys(&mut self, manifest: &[u8], secrets: &[Secret]) -> Result<Vec<KeyShare>, Error> {
        let together = run_together(manifest, &self.genesis, secrets, &random::randomness()?)
            .map_err(SimulateError::from)?;
        for entry in &together.entries {
            self.append(entry)?;
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
        self.append(&Entry::RehearsalBallot(ballot.bytes))?;
        let input = self.state.make_rehearsal_input(&self.keys.issuer).map_err(SimulateError::from)?;
        self.append(&input.into())?;
        self.decrypt(TallyKind::Rehearsal, shares)
    }

    /// As many trustees consent as must, and as many decrypt. The first ones stay away, which they may.
    fn decrypt(&mut self, kind: TallyKind, shares: &[KeyShare]) -> Result<(), Error> {
        let count = |board: &Self, of: fn(&Count) -> usize| {
            board.state.count(kind).map(|count| of(count)).ok_or(SimulateError::NoElection)
        };
        let quorum = count(self, |count| count.input().quorum())?;
        let needed = count(self, Count::partials_needed)?;
        let last = |number: usize| shares.iter().skip(shares.len().saturating_sub(number));
        if needed == 0 {
            return Ok(());
        }
        for share in last(quorum) {
            let count = self.state.count(kind).ok_or(SimulateError::NoElection)?;
            let consent = share.consent(count.input()).map_err(SimulateError::from)?;
            self.append(&consent.into())?;
        }
        for share in last(needed) {
            let count = self.state.count(kind).ok_or(SimulateError::NoElection)?;
            let partial = share.decrypt(count).map_err(SimulateError::from)?;
            self.append(&partial.into())?;
        }
        Ok(())
    }

    /// Checks an entry as a ballot box does, and appends it.
    ///
    /// # Errors
    /// When the entry is refused, or the record cannot be written.
    pub fn append(&mut self, entry: &Entry) -> Result<(), Error> {
        let admitted = self.state.admit_entry(entry, &random::randomness()?).map_err(SimulateError::from)?;
        for leaf in admitted.leaves() {
            self.writer.push(leaf.clone())?;
        }
        self.state.record(admitted).map_err(SimulateError::from)?;
        Ok(())
    }

    /// Registers a voter's key whose two signatures were verified already.
    ///
    /// # Errors
    /// When the entry is refused, or the record cannot be written.
    pub fn register(&mut self, credential: &CredentialEntry) -> Result<(), Error> {
        let leaf = Entry::Credential(credential.clone()).to_bytes();
        self.state.restore(self.state.size(), &leaf).map_err(SimulateError::from)?;
        self.writer.push(leaf)?;
        Ok(())
    }

    /// Casts a ballot whose proofs were verified already; its entry.
    ///
    /// # Errors
    /// When the ballot is refused, or the record cannot be written.
    pub fn cast(&mut self, ballot: VerifiedBallot) -> Result<u64, Error> {
        let admitted =
            self.state.admit_verified(ballot).map_err(|refusal: Refusal| SimulateError::from(refusal))?;
        let index = self.writer.push(admitted.leaf().to_vec())?;
        self.state.record(admitted).map_err(SimulateError::from)?;
        Ok(index)
    }

    /// The organiser's key for signing credentials.
    pub fn issuer(&self) -> &SecretKey {
        &self.keys.issuer
    }

    /// The election, once the keys were made.
    ///
    /// # Errors
    /// Before that.
    pub fn election(&self) -> Result<Arc<Election>, SimulateError> {
        self.state.election().cloned().ok_or(SimulateError::NoElection)
    }

    /// Opens the vote.
    ///
    /// # Errors
    /// When it is not the time for it, or the record cannot be written.
    pub fn open(&mut self, time: u64) -> Result<(), Error> {
        let open = Open::sign(&self.keys.issuer, &self.election()?.fingerprint(), time)
            .map_err(SimulateError::from)?;
        self.append(&open.into())
    }

    /// Closes the vote and fixes the sums.
    ///
    /// # Errors
    /// When it is not the time for it, or the record cannot be written.
    pub fn close(&mut self, time: u64) -> Result<(), Error> {
        let close = Close::sign(&self.keys.issuer, &self.election()?.fingerprint(), time)
            .map_err(SimulateError::from)?;
        self.append(&close.into())?;
        let input = self.state.make_tally_input(&self.keys.issuer).map_err(SimulateError::from)?;
        self.append(&input.into())
    }

    /// Has the trustees decrypt and states the totals; the published file.
    ///
    /// # Errors
    /// When a part is wrong, or the record cannot be written.
    pub fn publish(&mut self, shares: &[KeyShare]) -> Result<ResultFile, Error> {
        self.decrypt(TallyKind::Vote, shares)?;
        let result = self.state.make_result(&self.keys.issuer).map_err(SimulateError::from)?;
        self.append(&result.into())?;
        self.state.result_file().ok_or_else(|| SimulateError::NoElection.into())
    }

    /// Signs the whole and gives back where it was written, with the keys: only tests want those, to tamper
    /// and sign again.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn finish(self, result: Option<&[u8]>) -> Result<(S, Keys), Error> {
        let store = self.writer.finish(self.genesis.origin, &self.keys.log, result)?;
        Ok((store, self.keys))
    }
}
