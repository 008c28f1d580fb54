//! The time: the machine's clock, which tests must be able to move, and what the server makes of it.

mod guarded;
mod machine;
mod opinion;

pub(crate) use guarded::GuardedClock;
pub use machine::Clock;
pub(crate) use machine::{rfc3339, seconds};
