//! The record as static files somewhere else: a folder that any web server serves, or a bucket behind a CDN.
//!
//! A pass brings a place up to date: the manifest, the tiles and bundles that are missing, then the
//! checkpoint, then the totals once there are any. So whoever reads the checkpoint finds everything it
//! covers. A pass begins by looking at the checkpoint that is there: it must be one of this very board, and
//! is never replaced by an older one. Where the store can compare before it writes, two publishers cannot
//! overtake each other in between either.
//!
//! Partial tiles that a new checkpoint no longer needs stay for a while, for readers who still have the
//! checkpoint before. Then they are removed: in the end the place holds the files of the record and no other.

pub(crate) mod destination;
pub(crate) mod error;
pub(crate) mod once;
pub(crate) mod publisher;
pub(crate) mod task;
mod transport;
