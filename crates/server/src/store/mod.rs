//! The one door to the database: no other folder holds a word of SQL or a type of its driver.
//!
//! | file | what it holds |
//! |---|---|
//! | `registrar`, `codes`, `roll` | the contract of the registrar's half, and what is judged alike in every store |
//! | `error` | what goes wrong, whichever the database |
//! | `sql/` | both halves in statements that SQLite and PostgreSQL both understand |
//! | `sqlite/`, `postgres/` | what each does in its own way: opening, what makes a commit durable, many rows at once |
//! | `database` | a database, whichever it is |
//! | `connection`, `statement`, `transaction` | what both are spoken to with |
//! | `migrations` | bringing the tables up to date |
//! | `conformance` | the tests that any store of the registrar passes |
//!
//! The contract of the ballot box's half is [`BoardStore`](veche_keeper::BoardStore), with its own tests in
//! `veche_keeper::testing`.

pub(crate) mod codes;
#[cfg(test)]
mod conformance;
mod connection;
pub(crate) mod database;
pub(crate) mod error;
pub(crate) mod migrations;
pub(crate) mod postgres;
pub(crate) mod registrar;
pub(crate) mod roll;
mod sql;
mod sqlite;
mod statement;
mod transaction;

pub(crate) use database::{Database, Place};
pub(crate) use sql::servers::ServerId;
pub(crate) use sqlite::copies::{Examined, examine};
