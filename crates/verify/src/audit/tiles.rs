//! Every tile compared with the recomputed one, as soon as its entries are read.

use veche_board::Tile;

use super::bundles;
use crate::check::Check;
use crate::failure::{Cause, Culprit, Failure};
use crate::report::Tracker;
use crate::source::RemoteSource;

/// Compares a tile of the record with what the entries hash to.
pub(super) async fn compare(source: &impl RemoteSource, tile: &Tile, expected: &[u8], tracker: &mut Tracker) {
    let path = tile.to_string();
    let found = match source.fetch(&path).await {
        Ok(Some(found)) => found,
        Ok(None) => return tracker.failed(bundles::missing(&path)),
        Err(error) => return tracker.failed(bundles::unreadable(&path, &error)),
    };
    tracker.examined(&[Check::Tiles]);
    if found != expected {
        let failure = Failure::new(Check::Tiles, Culprit::Publisher, Cause::Tile(path));
        tracker.failed(match first_wrong_entry(tile, &found, expected) {
            Some(entry) => failure.at(entry),
            None => failure,
        });
    }
}

/// The entry whose hash a tile of the lowest level has wrong.
fn first_wrong_entry(tile: &Tile, found: &[u8], expected: &[u8]) -> Option<u64> {
    if tile.level() != 0 {
        return None;
    }
    let position =
        found.chunks(32).zip(expected.chunks(32)).position(|(found, expected)| found != expected)?;
    Some(tile.index() * u64::from(Tile::FULL_WIDTH) + position as u64)
}
