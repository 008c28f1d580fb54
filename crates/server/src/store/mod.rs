//! The database.

pub(crate) mod db;
pub(crate) mod log;
