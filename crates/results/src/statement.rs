//! The ballot box's statement of the result, from the end of the board.
//!
//! A finished board ends with a Result, and the last one holds. A reader who has opened the election by its fingerprint
//! knows the key of the log, so a few of the record's files suffice: the checkpoint, the last bundles of entries, and
//! the tiles that lead from them to the checkpoint's root. What a host has altered on the way is noticed. Whether the
//! statement is *true* is not known from this: for that every ballot must be verified.

use std::collections::BTreeMap;

use veche_board::{Checkpoint, Hash, Tile, TileStream, decode_bundle, entries_path, leaf_hash};
use veche_record::entry::{ClosingSignatures, Draw, Issued, NoticeForm, PartAssembler, ResultEntry, Signed};
use veche_record::{Election, Entry, EntryKind};
use veche_verify::funding::{Drawn, contest_totals, fund};
use veche_verify::{Phase, ResultFile};

/// Bytes of the record's files, by their paths.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Entries in a full bundle.
const BUNDLE: u64 = Tile::FULL_WIDTH as u64;

/// Why the end of the board gives no statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// The statement begins in an earlier bundle. The caller's part: ask for one bundle more.
    #[error("the ballot box's statement begins in an earlier bundle")]
    MoreBundles,
    /// A file that is needed is not there, or is not what its name says.
    #[error("{0} is missing or cannot be read")]
    File(String),
    /// The entries are not those that the log has signed.
    #[error("the last entries of the board are not those under the signed checkpoint")]
    Root,
    /// An entry that cannot be read.
    #[error("an entry at the end of the board cannot be read: {0}")]
    Entry(String),
    /// There is no result on the board.
    #[error("there is no result on the board")]
    NoResult,
    /// `result.json` states something else. The group is counted from 0.
    #[error("result.json, contests[{0}]: the result on the board says something else")]
    Differs(usize),
    /// A draw that decides nothing.
    #[error(
        "a draw on the board is not signed by the organiser, or is not one of the options that were to be drawn for"
    )]
    Draw,
}

/// The files that the last `bundles` bundles of a record of `size` entries are checked with, the bundles first.
pub fn files(size: u64, bundles: u64) -> Vec<String> {
    let first = first_bundle(size, bundles);
    let mut paths: Vec<String> =
        (first..size.div_ceil(BUNDLE)).filter_map(|index| bundle_path(index, size)).collect();
    // A tile that is not full at the first bundle is larger in the record, unless the tree is just that large.
    let _ = TileStream::resume(first * BUNDLE, |tile| {
        paths.extend(published(tile, size).map(|tile| tile.to_string()));
        Some(vec![Hash([0; Hash::LEN]); usize::from(tile.width())])
    });
    paths
}

fn first_bundle(size: u64, bundles: u64) -> u64 {
    size.div_ceil(BUNDLE).saturating_sub(bundles)
}

fn width(index: u64, size: u64) -> Option<u16> {
    let width = size.checked_sub(index.checked_mul(BUNDLE)?)?.min(BUNDLE);
    u16::try_from(width).ok().filter(|width| *width > 0)
}

fn bundle_path(index: u64, size: u64) -> Option<String> {
    entries_path(index, width(index, size)?).ok()
}

/// The tile of the same place in a record of `size` entries.
fn published(tile: Tile, size: u64) -> Option<Tile> {
    let hashes = size.checked_shr(Tile::HEIGHT * u32::from(tile.level()))?;
    Tile::new(tile.level(), tile.index(), width(tile.index(), hashes)?).ok()
}

/// The last entries of a board that a signed checkpoint covers.
#[derive(Debug, Clone)]
pub struct BoardEnd {
    first: u64,
    leaves: Vec<Vec<u8>>,
}

impl BoardEnd {
    /// Takes the last `bundles` bundles of a board from the [`files`] for them. The checkpoint's signature was checked
    /// by whoever opened it.
    ///
    /// # Errors
    /// [`StatementError::File`] and [`StatementError::Root`].
    pub fn open(checkpoint: &Checkpoint, bundles: u64, files: &Files) -> Result<Self, StatementError> {
        let size = checkpoint.size;
        let first = first_bundle(size, bundles);
        let tile = |tile: Tile| {
            let bytes = files.get(&published(tile, size)?.to_string())?;
            let hash = |bytes: &[u8]| bytes.try_into().ok().map(Hash);
            let wanted = bytes.get(..usize::from(tile.width()) * Hash::LEN)?;
            wanted.chunks(Hash::LEN).map(hash).collect()
        };
        let missing = || StatementError::File("a tile".to_owned());
        let mut tree = TileStream::resume(first * BUNDLE, tile).ok_or_else(missing)?;
        let mut leaves = Vec::new();
        for index in first..size.div_ceil(BUNDLE) {
            let path = bundle_path(index, size).unwrap_or_default();
            let bundle = files.get(&path).zip(width(index, size));
            let entries = bundle.and_then(|(bytes, width)| decode_bundle(bytes, width.into()).ok());
            for leaf in entries.ok_or(StatementError::File(path))? {
                tree.push(leaf_hash(leaf));
                leaves.push(leaf.to_vec());
            }
        }
        if tree.root() != checkpoint.root {
            return Err(StatementError::Root);
        }
        Ok(BoardEnd { first, leaves })
    }

    /// The entries, as they are on the board.
    pub fn leaves(&self) -> &[Vec<u8>] {
        &self.leaves
    }

    /// When voting ended, in seconds since 1970, as the organiser says under a signature that is verified here; nothing
    /// where that stands further up the board, or trustees ended the vote.
    pub fn ended(&self, election: &Election) -> Option<u64> {
        // Where ballots are typed in from paper, the voting ends before the vote is closed.
        let entered = election.manifest().routes().iter().any(|route| route.entered);
        let kind = if entered { EntryKind::Ended } else { EntryKind::Close };
        let mut ends = self.leaves.iter().filter(|leaf| EntryKind::of(leaf) == Some(kind));
        let (Entry::Ended(closing) | Entry::Close(closing)) = Entry::parse(ends.next()?).ok()? else {
            return None;
        };
        let ClosingSignatures::Organiser(signature) = closing.signatures() else { return None };
        let terms = closing.terms();
        terms.verify(election.organiser(), &election.fingerprint(), signature).ok()?;
        Some(terms.time)
    }

    /// How far the vote has come, as far as the last entries tell.
    pub fn phase(&self) -> Option<Phase> {
        self.leaves.iter().rev().find_map(|leaf| match EntryKind::of(leaf)? {
            EntryKind::Result => Some(Phase::Published),
            EntryKind::Ended | EntryKind::Close | EntryKind::TallyInput => Some(Phase::Closed),
            EntryKind::Notice => cancels(leaf).then_some(Phase::Cancelled),
            EntryKind::Open | EntryKind::Ballot => Some(Phase::Open),
            EntryKind::Genesis
            | EntryKind::Ceremony
            | EntryKind::RehearsalBallot
            | EntryKind::RehearsalInput => Some(Phase::Setup),
            _ => None,
        })
    }
}

/// Whether a notice cancels the vote. Who signed it, an audit says.
fn cancels(leaf: &[u8]) -> bool {
    matches!(Entry::parse(leaf), Ok(Entry::Notice(notice)) if notice.form == NoticeForm::Cancellation)
}

/// What the ballot box states: the totals, and of how many ballots they are.
#[derive(Debug, Clone)]
pub struct Statement {
    result: ResultEntry,
    draws: Vec<Signed<Draw>>,
}

impl Statement {
    /// Finds the statement at the end of a board: the last whole Result.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn find(end: &BoardEnd) -> Result<Self, StatementError> {
        let unreadable = |error: &dyn std::fmt::Display| StatementError::Entry(error.to_string());
        let (mut parts, mut begun) = (PartAssembler::default(), end.first == 0);
        // Whether everything that was read so far could stand after a result that was not.
        let (mut result, mut draws, mut after) = (None, Vec::new(), true);
        for leaf in &end.leaves {
            let message = if EntryKind::of(leaf) == Some(EntryKind::Part) {
                let Entry::Part(part) = Entry::parse(leaf).map_err(|error| unreadable(&error))? else {
                    continue;
                };
                if !begun && part.number != 0 {
                    // The rest of a message that began before these bundles.
                    continue;
                }
                parts.push(&part).map_err(|error| unreadable(&error))?
            } else {
                Some(leaf.clone())
            };
            begun = true;
            let Some(message) = message else { continue };
            match EntryKind::of(&message) {
                Some(EntryKind::Result) => {
                    let Entry::Result(entry) = Entry::parse(&message).map_err(|error| unreadable(&error))?
                    else {
                        continue;
                    };
                    result = Some(entry);
                }
                Some(EntryKind::Draw) => {
                    if let Entry::Draw(draw) = Entry::parse(&message).map_err(|error| unreadable(&error))? {
                        draws.push(draw);
                    }
                }
                Some(kind) if kind.follows_result() => {}
                _ => {
                    (result, after) = (None, false);
                    draws.clear();
                }
            }
        }
        match result {
            Some(result) if !after || end.first == 0 => Ok(Statement { result, draws }),
            // The rest of a long message, and what may follow a result, say that there is more before.
            _ if after && end.first > 0 => Err(StatementError::MoreBundles),
            _ => Err(StatementError::NoResult),
        }
    }

    /// Whether a published file that fits its manifest states just this.
    ///
    /// # Errors
    /// [`StatementError::Differs`] with the first group that does not.
    pub fn compare(&self, file: &ResultFile) -> Result<(), StatementError> {
        let count = file.contests.len().max(self.result.groups.len());
        let same = |position: usize| {
            let (given, stated) = (file.contests.get(position)?, self.result.groups.get(position)?);
            let numbers = given.options.iter().map(|option| option.total).chain(given.blank);
            let same = numbers.eq(stated.totals.iter().copied());
            (same && given.ballots == stated.ballots && given.withheld == stated.withheld).then_some(())
        };
        match (0..count).find(|&position| same(position).is_none()) {
            Some(position) => Err(StatementError::Differs(position)),
            None => Ok(()),
        }
    }

    /// The draws on the board, in its order, for totals that were compared with the statement.
    ///
    /// # Errors
    /// [`StatementError::Draw`] for one that the organiser has not signed, or that does not order exactly the tie that
    /// is next.
    pub fn draws(&self, election: &Election, file: &ResultFile) -> Result<Vec<Drawn>, StatementError> {
        let mut known: Vec<Drawn> = Vec::new();
        for draw in &self.draws {
            let signed = draw.verify_signature(election.organiser(), &election.fingerprint());
            signed.map_err(|_| StatementError::Draw)?;
            let drawn = Drawn { contest: draw.contest, order: draw.order.clone() };
            let contest = election.manifest().contests().get(usize::from(draw.contest));
            let own = known.iter().filter(|known| known.contest == draw.contest);
            let undecided = contest.and_then(|contest| {
                let totals = contest_totals(contest, file)?;
                fund(contest, &totals, own.map(|draw| draw.order.as_slice()))?.undecided
            });
            let mut sorted: Vec<usize> = draw.order.iter().map(|option| usize::from(*option)).collect();
            sorted.sort_unstable();
            if undecided != Some(sorted) {
                return Err(StatementError::Draw);
            }
            known.push(drawn);
        }
        Ok(known)
    }
}
