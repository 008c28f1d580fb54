//! What requests of the desk share.

use std::path::PathBuf;

use subtle::ConstantTimeEq;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::keys::SECRET_LEN;

/// What requests of the desk share.
pub(crate) struct ClerksRoom {
    /// Where a roll is kept while it is read.
    pub(super) uploads: PathBuf,
    /// The hash of the organiser's token, where the ballot box is in this process.
    organiser: Option<[u8; SECRET_LEN]>,
    /// Each roll that is read takes memory many times its size.
    one_roll: Semaphore,
}

impl ClerksRoom {
    pub(crate) const fn new(uploads: PathBuf, organiser: Option<[u8; SECRET_LEN]>) -> Self {
        ClerksRoom { uploads, organiser, one_roll: Semaphore::const_new(1) }
    }

    /// Whether this is the hash of the organiser's token, compared in constant time.
    pub(super) fn is_organiser(&self, token: &[u8; SECRET_LEN]) -> bool {
        self.organiser.as_ref().is_some_and(|organiser| organiser.ct_eq(token).into())
    }

    /// The one place for reading a roll, if it is free.
    pub(super) fn one_roll(&self) -> Option<SemaphorePermit<'_>> {
        self.one_roll.try_acquire().ok()
    }
}
