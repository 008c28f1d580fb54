//! Reads of the database that anyone may ask for, as often as they like.
//!
//! A voter's request reads the database, too. It has a few connections, so strangers together get fewer than there are,
//! and the others wait for strangers' reads never.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::problem::{Kind, Problem};

/// Public reads at once. The database has twice as many connections that read.
const AT_ONCE: usize = 2;

/// Time that a public read waits for its place.
const PATIENCE: Duration = Duration::from_secs(10);

/// The places of public reads.
#[derive(Debug, Clone)]
pub(crate) struct PublicReads(Arc<Semaphore>);

impl Default for PublicReads {
    fn default() -> Self {
        PublicReads(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl PublicReads {
    /// Waits for a place.
    pub(crate) async fn place(self) -> Result<PublicRead, Problem> {
        match tokio::time::timeout(PATIENCE, self.0.acquire_owned()).await {
            Ok(Ok(place)) => Ok(PublicRead(place)),
            _ => {
                let busy = "Very many read the record at this moment. Voting goes on; try again.";
                Err(Problem::new(Kind::Busy, busy).retry_after(Duration::from_secs(5)))
            }
        }
    }
}

/// A request that has a place among the public reads, until it is dropped.
#[derive(Debug)]
pub(crate) struct PublicRead(#[expect(dead_code, reason = "held, not looked at")] OwnedSemaphorePermit);

impl<S: Sync> FromRequestParts<S> for PublicRead
where
    PublicReads: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Problem> {
        PublicReads::from_ref(state).place().await
    }
}
