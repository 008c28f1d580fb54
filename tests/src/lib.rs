//! Shared helpers of the system tests.

pub mod booth;
pub mod browser;
pub mod closing;
pub mod desk;
pub mod host;
pub mod keeper;
pub mod manifests;
pub mod observer;
pub mod organiser;
pub mod portal;
pub mod records;
pub mod roll_town;
pub mod secrets;
pub mod sheet_town;
pub mod slow;
pub mod small;
pub mod town;
pub mod vectors;
pub mod wasm;
pub mod wire;
