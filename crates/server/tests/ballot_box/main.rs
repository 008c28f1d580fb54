//! The ballot box over real HTTP, as far as no ballot is needed. What needs ballots is in the
//! top-level tests crate, because sealing them is nothing the server may link.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "a test fails by panicking, and the support is shared with another crate"
)]

#[path = "../support/mod.rs"]
mod support;

mod bodies;
mod configuration;
mod desk;
mod gateway;
mod layers;
mod limits;
mod links;
mod people;
mod proxy;
mod public;
mod roll;
mod shared_phones;
mod sign_in;
mod site;
mod starts;
mod terminal;
mod test_message;
