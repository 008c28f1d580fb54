//! A name for each request, so that an answer and the lines of the log about it find each other.
//!
//! It is made here and of nothing: what a client calls its request is not looked at, and nothing of a person is in it.

use std::fmt;

tokio::task_local! {
    /// The request that this task answers.
    static CURRENT: RequestId;
}

/// The name of a request: 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId([u8; 8]);

impl RequestId {
    /// A new one; zeros from a machine without randomness, which has other troubles than its log.
    pub(crate) fn new() -> Self {
        let mut bytes = [0; 8];
        let _ = getrandom::fill(&mut bytes);
        RequestId(bytes)
    }

    /// That of the request that is answered now, if one is.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(|id| *id).ok()
    }

    /// Does something for this request.
    pub(crate) async fn during<F: Future>(self, done: F) -> F::Output {
        CURRENT.scope(self, done).await
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}
