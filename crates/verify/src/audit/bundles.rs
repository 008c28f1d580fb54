//! The entries of a record, bundle by bundle.

use veche_board::{BundleError, Tile, decode_bundle, entries_path};

use crate::check::Check;
use crate::failure::{Cause, Culprit, Failure};
use crate::source::{RemoteSource, SourceError};

pub(super) fn missing(path: &str) -> Failure {
    Failure::new(Check::Files, Culprit::Publisher, Cause::MissingFile(path.into()))
}

pub(super) fn unreadable(path: &str, error: &SourceError) -> Failure {
    let cause = Cause::UnreadableFile { path: path.into(), reason: error.to_string() };
    Failure::new(Check::Files, Culprit::Publisher, cause)
}

/// The bundles of a log of some size.
pub(super) struct Bundles<'a, S> {
    source: &'a S,
    size: u64,
}

impl<'a, S: RemoteSource> Bundles<'a, S> {
    const FULL: u64 = Tile::FULL_WIDTH as u64;

    pub fn new(source: &'a S, size: u64) -> Self {
        Bundles { source, size }
    }

    /// Where they are read from.
    pub fn source(&self) -> &'a S {
        self.source
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How many bundles there are.
    pub fn count(&self) -> u64 {
        self.size.div_ceil(Self::FULL)
    }

    /// The bundle and the position in it of an entry.
    pub fn place(entry: u64) -> (u64, usize) {
        // The remainder is below 256.
        (entry / Self::FULL, (entry % Self::FULL) as usize)
    }

    /// The entries of a bundle.
    pub async fn read(&self, bundle: u64) -> Result<Vec<Vec<u8>>, Failure> {
        let start = bundle.saturating_mul(Self::FULL);
        let width = self.size.saturating_sub(start).min(Self::FULL);
        let malformed = |path: &str, reason: String| {
            Failure::new(Check::Form, Culprit::Publisher, Cause::Bundle { path: path.into(), reason })
        };
        // A width is at most 256.
        let path = entries_path(bundle, width as u16)
            .map_err(|error| malformed("tile/entries", error.to_string()))?;
        let bytes = match self.source.fetch(&path).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(missing(&path)),
            Err(error) => return Err(unreadable(&path, &error)),
        };
        match decode_bundle(&bytes, width as usize) {
            Ok(leaves) => Ok(leaves.into_iter().map(<[u8]>::to_vec).collect()),
            Err(error) => {
                let failure = malformed(&path, error.to_string());
                Err(match error {
                    BundleError::Truncated { position } => failure.at(start + position as u64),
                    _ => failure,
                })
            }
        }
    }
}
