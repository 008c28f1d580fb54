//! How many files this process may open: each connection is one.

/// Descriptors that connections never take: databases, logs, programs that are started, other servers that are asked.
const RESERVED: u64 = 256;

/// Descriptors that a connection may need: its own, and that of a file that is sent on it.
const A_CONNECTION: u64 = 2;

/// Connections without which it is not worth starting.
const FEWEST: u64 = 64;

/// The operating system lets this process open too few files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this process may open only {allowed} files at once and needs {needed}: raise its limit, with `LimitNOFILE=65536` \
     in a systemd unit, or `ulimit -n 65536` before it is started"
)]
pub struct TooFewDescriptors {
    /// How many it may open.
    pub allowed: u64,
    /// How many it needs at least.
    pub needed: u64,
}

/// Lets this process open as many files as its user may let it.
///
/// # Errors
/// When these are too few to serve anybody.
pub fn raise_descriptors() -> Result<(), TooFewDescriptors> {
    // Where it cannot be raised, what counts is how many there are.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let (allowed, needed) = (allowed(), RESERVED + A_CONNECTION * FEWEST);
    if allowed < needed { Err(TooFewDescriptors { allowed, needed }) } else { Ok(()) }
}

/// Connections that the descriptors of this process are enough for.
pub(crate) fn connections() -> usize {
    let connections = allowed().saturating_sub(RESERVED) / A_CONNECTION;
    usize::try_from(connections.max(FEWEST)).unwrap_or(usize::MAX)
}

#[cfg(unix)]
fn allowed() -> u64 {
    rlimit::Resource::NOFILE.get_soft().unwrap_or(u64::MAX)
}

/// Elsewhere sockets are no descriptors, and have no limit of the process.
#[cfg(not(unix))]
fn allowed() -> u64 {
    u64::MAX
}
