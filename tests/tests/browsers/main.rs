//! Real browsers, the real server and its database, the built site. `cargo xtask test --fast` leaves out what has
//! `browser` in its name.
#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

mod browser_apart;
mod browser_attacks;
mod browser_bytes;
mod browser_choosing;
mod browser_demo;
mod browser_desk;
mod browser_desk_people;
mod browser_desk_preview;
mod browser_desk_trustees;
mod browser_desk_whole;
mod browser_election;
mod browser_embedded;
mod browser_examples;
mod browser_extra;
mod browser_find;
mod browser_first_metre;
mod browser_integrating;
mod browser_languages;
mod browser_last_metre;
mod browser_manifest;
mod browser_memory;
mod browser_mine;
mod browser_notices;
mod browser_packed;
mod browser_preview;
mod browser_reading;
mod browser_results;
mod browser_rules;
mod browser_shared_phone;
mod browser_sign_in;
mod browser_table;
mod browser_trustees;
mod browser_turnout;
mod browser_verify;
mod browser_voting;
