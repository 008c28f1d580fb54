//! Real ballots against a real ballot box: HTTP on a socket, SQLite in a file or a PostgreSQL server, the whole
//! verifier.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "a test fails by panicking, and the support is shared with the server's own tests"
)]

#[path = "../../../crates/server/tests/support/mod.rs"]
mod support;
mod vote;

mod apart;
mod audit;
mod backups;
mod browser_closing;
mod by_hand;
mod casting;
mod challenges;
mod clock;
mod contract;
mod crashes;
mod credentials;
mod floods;
mod full_disk;
mod hours;
mod idle;
mod in_front;
mod keys;
mod logs;
mod measure;
mod metrics;
mod own_key;
mod packaged;
mod passes;
mod people;
mod postgres;
mod publishing;
mod service_manager;
mod store;
mod struck_off;
mod together;
mod whole;
mod witnessed;
