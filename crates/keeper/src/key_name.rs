//! The names of the keys.

use std::fmt;

/// A key of the election.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyName {
    /// Signs checkpoints.
    Log,
    /// Signs how the vote goes.
    Organiser,
    /// Signs who votes.
    Registrar,
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyName::Log => "log key",
            KeyName::Organiser => "organiser's key",
            KeyName::Registrar => "registrar's key",
        })
    }
}
