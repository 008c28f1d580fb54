//! The ballot box: knows ballots, and no people.

pub(crate) mod cast;
pub(crate) mod election;
pub(crate) mod find;
pub(crate) mod health;
pub(crate) mod organiser;
pub(crate) mod publish;
pub(crate) mod record_files;
