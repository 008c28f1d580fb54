//! The one door to the database: no other folder holds a word of SQL or a type of its driver.
//!
//! | file | what it holds |
//! |---|---|
//! | `registrar` | the contract of the registrar's half, and what is judged alike in every store |
//! | `error` | what goes wrong, whichever the database |
//! | `sqlite/` | SQLite: another database is another folder beside it |
//! | `conformance` | the tests that any store of the registrar passes |
//!
//! The contract of the ballot box's half is [`BoardStore`](veche_keeper::BoardStore), with its own tests in
//! `veche_keeper::testing`.

pub(crate) mod codes;
#[cfg(test)]
mod conformance;
pub(crate) mod error;
pub(crate) mod registrar;
pub(crate) mod roll;
pub(crate) mod sqlite;
