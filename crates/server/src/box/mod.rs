//! The ballot box's half: it knows ballots and no people.

pub(crate) mod background;
pub(crate) mod cast;
pub(crate) mod challenge;
pub(crate) mod closing;
pub(crate) mod context;
pub(crate) mod credential;
pub(crate) mod election;
pub(crate) mod find;
pub(crate) mod gathering;
pub(crate) mod health;
pub(crate) mod organiser;
pub(crate) mod publish;
pub(crate) mod record_files;
mod refusals;
pub(crate) mod seen;
pub(crate) mod snapshot_file;
pub(crate) mod tokens;
pub(crate) mod voters;
pub(crate) mod witness;
