//! Whole boards in memory: what a record must be, and what an attacker makes of it. Each attack is
//! otherwise consistent, so that the check under test is the only one that stands against it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod admission;
mod assisted;
mod board;
mod ceremony;
mod challenged;
mod count;
mod draws;
mod entries;
mod everything;
mod faults;
mod files;
mod follow;
mod forged;
mod groups;
mod honest;
mod hours;
mod model_ceremony;
mod model_course;
mod model_devices;
mod notices;
mod opening;
mod papers;
mod practice;
mod rehearsal;
mod sample;
mod scale;
mod snapshot;
mod trustees;
mod turnout;
mod voters;
mod witnessed;
