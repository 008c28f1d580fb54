//! A ballot box as a library: it admits, appends, signs checkpoints, has them witnessed, gives receipts, and takes the
//! steps of a vote. It knows no HTTP, no SQL, no files and no people; whoever runs it brings a [`BoardStore`], a
//! [`Clock`] and the way to the witnesses.
//!
//! # The life of a ballot
//!
//! 1. [`Keeper::cast`] asks all that costs little, of the board as it is published: the hours, the ballot's form, an
//!    active key, whether it is there already. The same bytes again get the same receipt, also after the vote has
//!    closed ([`Keeper::recorded`]). No ciphertext has been decoded yet.
//! 2. It waits in the queue of those that are verified. What waits together is verified together, a batch for each
//!    processor: first the signatures, and of those who have signed and are allowed one more ([`Settings::allow`])
//!    the proofs. A false proof is found by halving and refused alone.
//! 3. No lock is held meanwhile, and a queue that is full refuses at once.
//! 4. Then the ballot waits for the writer in a queue. The writer is one task and alone owns the [`Ledger`]. Its turns
//!    begin [`Settings::batch`] apart or more, and take all that wait.
//! 5. In a turn each [`Transaction`] meets the board as it is now, after those before it: a repeated place, a closed
//!    vote, a copied ciphertext are refused here. Who is refused hears of it after step 7.
//! 6. [`Ledger::commit`] signs one checkpoint over all of them and hands both to [`BoardStore::append`], which stores
//!    them if the head is still the one that they continue. When it returns, they are durable. If another keeper on the
//!    same store was faster, the ledger reads what that one wrote, and step 5 comes again.
//! 7. The writer publishes a new [`BoardView`]. Where the manifest names witnesses, it is [`WitnessClients`] who
//!    must have cosigned the checkpoint before a view shows it.
//! 8. Whoever waits gets [`Appended`], with the receipt.
//! 9. If the ballot replaced another one, the old one is read back and taken out of the sums, after everyone has been
//!    answered.
//!
//! Readers never meet the writer in its queue: a view stands still, a clone of it costs nothing. What they look up by
//! key, pseudonym or code is in maps that the writer adds to after each commit, in one short step.
//!
//! # Modules
//!
//! | module | what it is |
//! |---|---|
//! | `keeper` | what requests call: append, cast, look up |
//! | `verifier`, `together` | ballots' signatures and proofs, in batches; whatever is done in batches |
//! | `writer` | the queue, the turns, the answers |
//! | `keys`, `key_file` | what the box signs with and what is signed elsewhere, and the form in which that is kept |
//! | `ledger`, `transaction` | one board and one writer: plan, commit, read again |
//! | `course` | opening, closing, the sums, the result |
//! | `view`, `lookups`, `log` | what readers hold |
//! | `snapshot` | the state, signed, so that a box is back at once |
//! | `receipt` | what came of an append, and its receipt |
//! | `witnesses` | cosignatures |
//! | [`files`] | the record's files, derived |
//! | [`store`] | the contract with whatever keeps the board, and a store in memory |
//! | [`error`] | what goes wrong, by whose fault |
//! | `testing` (feature) | what every store must do |
//!
//! # A board in memory
//!
//! ```
//! use std::sync::Arc;
//!
//! use veche_board::{LogKey, SignedCheckpoint};
//! use veche_crypto::signature::SecretKey;
//! use veche_keeper::{BoxKeys, Ledger, MemoryStore, StepError};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let manifest = br#"{
//! #     "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "A made-up vote"}, "text": {"en": "An example."},
//! #     "opens": "2026-05-01T08:00:00Z", "closes": "2026-05-14T20:00:00Z", "time_zone": "UTC", "early_close": false,
//! #     "contests": [{"id": "north", "title": {"en": "North"}, "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"},
//! #         "options": [{"id": "a", "name": {"en": "A"}}, {"id": "b", "name": {"en": "B"}}]}],
//! #     "styles": [{"id": "north", "title": {"en": "North"}, "contests": ["north"], "electorate": 10}],
//! #     "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
//! #     "trustees": {"count": 3, "threshold": 2}, "minimum_group": 1, "revote": true, "registration": "open"
//! # }"#;
//! // Outside an example all three keys are random, and kept.
//! let log = LogKey::from_seed(&[1; 32]);
//! let log_key = log.public();
//! let (organiser, registrar) = (SecretKey::from_bytes(&[2; 32])?, SecretKey::from_bytes(&[3; 32])?);
//! let keys = Arc::new(BoxKeys { log, organiser: organiser.into(), registrar: registrar.into() });
//! let store = Arc::new(MemoryStore::new());
//!
//! let mut ledger = Ledger::found(manifest, "box.example/2026".parse()?, keys, store).await?;
//! let note = ledger.log().note().expect("a board without witnesses shows what is committed");
//! let checkpoint = SignedCheckpoint::open(note, &log_key, ledger.log().origin())?;
//! assert_eq!(checkpoint.size, 1, "the first entry is Genesis");
//!
//! // A step whose time has not come is refused, and nothing is appended.
//! let may_2 = 1_777_680_000;
//! assert!(matches!(ledger.plan(may_2, |board| board.open()), Err(StepError::NoElection)));
//! assert!(!ledger.has_pending());
//!
//! // What is appended is planned first. It is on the board when the commit returns.
//! let planned = ledger.plan(may_2, |board| board.restart_ceremony())?;
//! assert_eq!((planned.index, ledger.log().size()), (1, 1));
//! ledger.commit().await?;
//! assert_eq!(ledger.log().size(), 2);
//! # Ok(())
//! # }
//! ```

mod course;
pub mod error;
pub mod files;
mod keeper;
mod key_file;
mod key_name;
mod keys;
mod ledger;
mod log;
mod lookups;
mod receipt;
mod snapshot;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod together;
mod transaction;
mod verifier;
mod view;
mod witnesses;
mod writer;

pub use error::{
    AppendError, BallotError, CastError, EntryError, LedgerError, OpenError, ReceiptError, StepError,
};
pub use keeper::{Keeper, Settings, Waiting};
pub use key_file::{Elsewhere, Kept, KeyFile, NoPublicKey, Seed, parse_public_key};
pub use key_name::KeyName;
pub use keys::{BoxKeys, KeyElsewhere, RoleKey};
pub use ledger::{Ledger, Planned, genesis};
pub use log::LogView;
pub use receipt::Appended;
pub use snapshot::{SnapshotError, SnapshotPlace};
pub use store::{BoardStore, MemoryStore, StoreError, SwapError};
pub use transaction::Transaction;
pub use verifier::Allow;
pub use view::BoardView;
pub use witnesses::{WitnessAnswer, WitnessClient, WitnessClients, WitnessError};

/// Where a keeper reads the time, and tells what it hears of it.
pub trait Clock: Send + Sync {
    /// Seconds since 1970, UTC, as well as they are known.
    fn unix(&self) -> i64;

    /// Between which times it is beyond doubt.
    fn bounds(&self) -> TimeBounds {
        TimeBounds { earliest: self.unix(), latest: self.unix() }
    }

    /// Takes notice of the times, in seconds since 1970, at which as many witnesses as are needed have cosigned a
    /// moment ago, by their own clocks.
    fn witnessed(&self, _times: &[u64]) {}
}

/// Between which times it is, as Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeBounds {
    /// What cannot be taken back happens by itself when this has come.
    pub earliest: i64,
    /// Whoever ends a vote in person may when this has come.
    pub latest: i64,
}
