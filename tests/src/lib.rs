//! Shared helpers of the system tests.

pub mod browser;
