//! Names of the log's files: c2sp.org/tlog-tiles, "Merkle Tree", "Partial Tiles" and "Log entries".

use std::fmt;
use std::str::FromStr;

use crate::encoding::parse_decimal;

/// No path of the layout is longer. Longer ones are refused unread.
pub const MAX_PATH_LEN: usize = 64;

/// A hash tile: up to 256 consecutive hashes of one height of the tree, at `tile/<level>/<index>[.p/<width>]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

impl Tile {
    /// Hashes in a full tile.
    pub const FULL_WIDTH: u16 = 256;
    /// Levels of the tree that one level of tiles spans.
    pub const HEIGHT: u32 = 8;

    /// A tile by its level, its index within the level and its width of 1 to 256.
    ///
    /// # Errors
    /// The caller's fault: no tree whose size has 64 bits has that tile. (tlog-tiles allows levels up to 63; such a
    /// tree has none above 7.)
    pub fn new(level: u8, index: u64, width: u16) -> Result<Tile, PathError> {
        let tile = Tile { level, index, width };
        if width == 0 || width > Tile::FULL_WIDTH {
            return Err(PathError::Width);
        }
        tile.checked_end().ok_or(PathError::OutOfRange)?;
        Ok(tile)
    }

    /// The level; hashes of level 0 are leaf hashes.
    #[must_use]
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// The index within the level.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes the tile holds, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The number of entries a tree must have for this tile to exist.
    #[must_use]
    pub fn end(&self) -> u64 {
        // `new` has seen that it fits.
        self.checked_end().unwrap_or(u64::MAX)
    }

    fn checked_end(&self) -> Option<u64> {
        let hashes =
            self.index.checked_mul(u64::from(Tile::FULL_WIDTH))?.checked_add(u64::from(self.width))?;
        hashes.checked_mul(u64::from(Tile::FULL_WIDTH).checked_pow(u32::from(self.level))?)
    }
}

/// An entry bundle: the entries under one level-0 tile, at `tile/entries/<index>[.p/<width>]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    index: u64,
    width: u16,
}

impl Bundle {
    /// A bundle by its index and its number of entries, 1 to 256.
    ///
    /// # Errors
    /// The caller's fault: no log whose size has 64 bits has that bundle.
    pub fn new(index: u64, width: u16) -> Result<Bundle, PathError> {
        Tile::new(0, index, width)?;
        Ok(Bundle { index, width })
    }

    /// The bundle's index. Its first entry is number `256 * index`.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many entries the bundle holds, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The number of the bundle's first entry.
    #[must_use]
    pub const fn start(&self) -> u64 {
        // `new` has seen that even the bundle's end fits.
        self.index.saturating_mul(Tile::FULL_WIDTH as u64)
    }
}

/// A file of a log. `Display` writes its path relative to the log's root, `FromStr` reads exactly those paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogFile {
    /// `checkpoint`, the only file that ever changes.
    Checkpoint,
    /// `tile/<level>/…`.
    Tile(Tile),
    /// `tile/entries/…`.
    Bundle(Bundle),
}

/// Not the name of a file that a log can have. The fault of whoever asked for it or put it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// Not of the form the layout prescribes, or not the only spelling of what it means.
    #[error("not a path of the tile layout")]
    Form,
    /// A width that isn't 1 to 256 (in a path: a partial tile's width that isn't 1 to 255).
    #[error("a tile is 1 to 256 wide")]
    Width,
    /// A tile that a tree of fewer than 2^64 entries cannot have.
    #[error("no tree is large enough to have this tile")]
    OutOfRange,
}

/// The path of a hash tile, whole (`width` 256) or partial.
///
/// # Errors
/// The caller's fault: see [`Tile::new`].
pub fn tile_path(level: u8, index: u64, width: u16) -> Result<String, PathError> {
    Tile::new(level, index, width).map(|tile| tile.to_string())
}

/// The path of an entry bundle, whole (`width` 256) or partial.
///
/// # Errors
/// The caller's fault: see [`Bundle::new`].
pub fn entries_path(index: u64, width: u16) -> Result<String, PathError> {
    Bundle::new(index, width).map(|bundle| bundle.to_string())
}

/// Every file that a log of `size` entries consists of, and no other: the checkpoint, then level by level the full
/// tiles and the one partial tile of that size (if any), then the bundles.
pub fn layout(size: u64) -> impl Iterator<Item = LogFile> + Clone {
    let tiles = (0..8u8).flat_map(move |level| {
        widths(size >> (Tile::HEIGHT * u32::from(level))).map(move |(index, width)| Tile {
            level,
            index,
            width,
        })
    });
    let bundles = widths(size).map(|(index, width)| Bundle { index, width });
    std::iter::once(LogFile::Checkpoint).chain(tiles.map(LogFile::Tile)).chain(bundles.map(LogFile::Bundle))
}

/// Cuts `count` things into rows of 256: each row's index and width.
fn widths(count: u64) -> impl Iterator<Item = (u64, u16)> + Clone {
    let full = u64::from(Tile::FULL_WIDTH);
    let rest = u16::try_from(count % full).unwrap_or(0);
    (0..count / full).map(|index| (index, Tile::FULL_WIDTH)).chain((rest > 0).then_some((count / full, rest)))
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        fmt_index(f, self.index, self.width)
    }
}

impl fmt::Display for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        fmt_index(f, self.index, self.width)
    }
}

impl fmt::Display for LogFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogFile::Checkpoint => f.write_str("checkpoint"),
            LogFile::Tile(tile) => tile.fmt(f),
            LogFile::Bundle(bundle) => bundle.fmt(f),
        }
    }
}

/// `<N>[.p/<W>]`: 1234067 is `x001/x234/067`.
fn fmt_index(f: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    let groups = index.checked_ilog(1000).unwrap_or(0);
    for group in (1..=groups).rev() {
        write!(f, "x{:03}/", index / 1000_u64.pow(group) % 1000)?;
    }
    write!(f, "{:03}", index % 1000)?;
    if width < Tile::FULL_WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
}

impl FromStr for LogFile {
    type Err = PathError;

    fn from_str(path: &str) -> Result<LogFile, PathError> {
        if path.len() > MAX_PATH_LEN {
            return Err(PathError::Form);
        }
        if path == "checkpoint" {
            return Ok(LogFile::Checkpoint);
        }
        let (level, rest) =
            path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or(PathError::Form)?;
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => {
                let width = parse_decimal(width)
                    .and_then(|width| u16::try_from(width).ok())
                    .ok_or(PathError::Form)?;
                if width == 0 || width >= Tile::FULL_WIDTH {
                    return Err(PathError::Width);
                }
                (index, width)
            }
            None => (rest, Tile::FULL_WIDTH),
        };
        let index = parse_index(index)?;
        let file = if level == "entries" {
            LogFile::Bundle(Bundle::new(index, width)?)
        } else {
            let level =
                parse_decimal(level).and_then(|level| u8::try_from(level).ok()).ok_or(PathError::Form)?;
            LogFile::Tile(Tile::new(level, index, width)?)
        };
        // Of all that the reading above let through, only the one spelling that we write is accepted.
        if file.to_string() == path { Ok(file) } else { Err(PathError::Form) }
    }
}

/// Reads the groups of three digits, loosely: the caller compares with what would be written.
fn parse_index(text: &str) -> Result<u64, PathError> {
    text.split('/').try_fold(0u64, |index, group| {
        let value: u64 = group.trim_start_matches('x').parse().map_err(|_| PathError::Form)?;
        index.checked_mul(1000).and_then(|index| index.checked_add(value)).ok_or(PathError::OutOfRange)
    })
}

#[cfg(test)]
mod tests;
