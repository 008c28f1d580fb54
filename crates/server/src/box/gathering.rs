//! Trustees' signatures under the end of a vote, while they are gathered.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use veche_crypto::signature::Signature;
use veche_record::entry::ClosingTerms;

/// The end of a vote that trustees are signing, in memory: after a restart of the box they sign anew.
#[derive(Debug, Default)]
pub(crate) struct Gathering(Mutex<Option<Gathered>>);

/// What they sign, and who has.
#[derive(Debug, Clone)]
pub(super) struct Gathered {
    pub(super) size: u64,
    pub(super) terms: ClosingTerms,
    pub(super) signatures: BTreeMap<u8, Signature>,
}

impl Gathering {
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Option<Gathered>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
