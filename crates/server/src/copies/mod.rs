//! Copies of a whole folder: a backup that is made while people vote, its way back, and a board whose newest entries
//! come from its published record.
//!
//! Nothing is ever written over: what is made is made beside, and gets its name when all of it is on the disk.

pub(crate) mod backup;
pub(crate) mod error;
mod files;
pub(crate) mod put_back;
pub(crate) mod rebuild;
