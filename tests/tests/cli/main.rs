//! Whole elections through the command line: simulated, tampered with, decrypted, refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod audit_sample;
mod city;
mod crash;
mod described;
mod desk_asked;
mod five;
mod flips;
mod flood;
mod folders;
mod hosted;
mod imported;
mod invited;
mod keeper;
mod memory;
mod mirror;
mod observer;
mod outsider;
mod papers;
mod previewed;
mod receipts;
mod recount;
mod results;
mod resume;
mod served;
mod simulated;
mod support;
mod tamper;
mod trustees;
mod turnout;
mod upgrade;
mod witnessed;
mod wording;
