//! A ballot box as a library.

mod course;
pub mod error;
pub mod files;
mod keeper;
mod ledger;
mod log;
mod lookups;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod transaction;
mod view;
mod witnesses;
mod writer;

pub use error::{
    AppendError, BallotError, CastError, EntryError, LedgerError, OpenError, ReceiptError, StepError,
};
pub use keeper::{Appended, Keeper, Settings};
pub use ledger::{BoxKeys, Ledger, Planned, genesis};
pub use log::LogView;
pub use store::{BoardStore, MemoryStore, StoreError, SwapError};
pub use transaction::Transaction;
pub use view::{BoardView, SignedBallot};
pub use witnesses::{WitnessAnswer, WitnessClient, WitnessClients, WitnessError};

/// Where a keeper reads the time.
pub trait Clock: Send + Sync {
    /// Seconds since 1970, UTC.
    fn unix(&self) -> i64;
}
