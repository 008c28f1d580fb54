//! Entry bundles: up to 256 entries, each after its length in two big-endian bytes (c2sp.org/tlog-tiles, "Log
//! entries").

use crate::tile::Tile;

/// The longest entry a bundle can carry, since its length has 16 bits.
pub const MAX_ENTRY_LEN: usize = u16::MAX as usize;

/// Not an entry bundle. When decoding, the fault of whoever served it; when encoding, the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// A bundle has 1 to 256 entries.
    #[error("a bundle holds 1 to 256 entries, not {count}")]
    Count {
        /// How many were given or asked for.
        count: usize,
    },
    /// An entry over [`MAX_ENTRY_LEN`] can't be written.
    #[error("entry {position} of the bundle has {len} bytes, the most is 65,535")]
    EntryTooLong {
        /// Which entry of the bundle, from 0.
        position: usize,
        /// Its length in bytes.
        len: usize,
    },
    /// The bytes end inside an entry or its length, or before the expected number of entries.
    #[error("the bundle ends inside entry {position}")]
    Truncated {
        /// Which entry of the bundle, from 0.
        position: usize,
    },
    /// Bytes follow the last expected entry.
    #[error("{surplus} bytes follow the last entry of the bundle")]
    Trailing {
        /// How many.
        surplus: usize,
    },
}

/// The bundle of these entries, in order.
///
/// # Errors
/// The caller's fault: no entry, more than 256, or one that is too long.
pub fn encode_bundle<T: AsRef<[u8]>>(entries: &[T]) -> Result<Vec<u8>, BundleError> {
    check_count(entries.len())?;
    let mut bundle = Vec::with_capacity(entries.iter().map(|entry| 2 + entry.as_ref().len()).sum());
    for (position, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let len = u16::try_from(entry.len())
            .map_err(|_| BundleError::EntryTooLong { position, len: entry.len() })?;
        bundle.extend_from_slice(&len.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The entries of a bundle, of which there must be exactly `expected_count`: a checkpoint's size says how many.
///
/// # Errors
/// The fault of whoever served the bundle, except for an `expected_count` that isn't 1 to 256, which is the caller's.
pub fn decode_bundle(bundle: &[u8], expected_count: usize) -> Result<Vec<&[u8]>, BundleError> {
    check_count(expected_count)?;
    let mut rest = bundle;
    let mut entries = Vec::with_capacity(expected_count);
    for position in 0..expected_count {
        let truncated = BundleError::Truncated { position };
        let (len, after) = rest.split_first_chunk::<2>().ok_or(truncated)?;
        let (entry, after) = after.split_at_checked(u16::from_be_bytes(*len).into()).ok_or(truncated)?;
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(BundleError::Trailing { surplus: rest.len() }) }
}

fn check_count(count: usize) -> Result<(), BundleError> {
    if (1..=usize::from(Tile::FULL_WIDTH)).contains(&count) {
        Ok(())
    } else {
        Err(BundleError::Count { count })
    }
}

#[cfg(test)]
mod tests;
