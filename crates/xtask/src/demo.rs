//! `cargo xtask demo`.
pub mod town;
