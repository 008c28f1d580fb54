//! Turnout by district and route as the board grew.
//!
//! **A ballot on the board has no hour.** Nothing of a ballot or a credential says when it came: that would tell who
//! voted when. So there is no curve of a day on the board itself. What there is: the order of its entries, and, at some
//! of its sizes, an hour that somebody signs.
//!
//! - The organiser signs the hour with the opening, with each notice and extension, and with the end of voting.
//! - Witnesses sign, with each checkpoint that they have seen, when they saw it: "then the board had this size at
//!   least".
//! - Whoever keeps the published checkpoints notes by their own clock when they got each.
//!
//! At each of these sizes the turnout is counted exactly, from the entries before it. Between them nothing is known,
//! and nothing is made up. When voting is closed the turnout stands, and later hours say nothing more of it.

use std::collections::BTreeMap;

use serde::Serialize;
use veche_board::{Bundle, Hash, LogFile, SignedCheckpoint, TileStream, decode_bundle, layout, leaf_hash};
use veche_record::entry::ClosingForm;
use veche_record::{Entry, EntryKind, Manifest, ManifestError};
use veche_verify::{BoardState, Course as Stage, Failure, RecordSource, RouteTurnout, SourceError};

/// On whose word a size has an hour. The first of these is believed before those that follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The organiser's, in the entry that comes next on the board.
    Organiser,
    /// That of a quorum of trustees, who ended the vote in the organiser's place.
    Trustees,
    /// A witness's, who saw a checkpoint of this size as the newest.
    Witness,
    /// That of whoever kept a checkpoint of this size.
    Keeper,
}

impl By {
    /// The word for programs.
    pub const fn name(self) -> &'static str {
        match self {
            By::Organiser => "organiser",
            By::Trustees => "trustees",
            By::Witness => "witness",
            By::Keeper => "keeper",
        }
    }
}

/// An hour at which somebody has seen the board at a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Sighting {
    /// How many entries it had.
    pub size: u64,
    /// When, in seconds since 1970.
    pub time: u64,
    /// On whose word.
    pub by: By,
}

/// The turnout at one size of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// How many entries there were.
    pub size: u64,
    /// The hour by which a chart places it: of those in `seen` the one that is believed first, the middle one where
    /// several are. No point is placed before an earlier one, for a board only grows.
    pub time: u64,
    /// Who says when that was: at least one.
    pub seen: Vec<Sighting>,
    /// By district and route, from the entries before.
    pub turnout: Vec<RouteTurnout>,
}

impl Point {
    /// On whose word its hour is.
    pub fn by(&self) -> Option<By> {
        self.seen.iter().map(|sighting| sighting.by).min()
    }

    /// The hour that is believed first, the middle one where several are.
    fn hour(&self) -> Option<u64> {
        let by = self.by()?;
        let mut times: Vec<u64> =
            self.seen.iter().filter(|sighting| sighting.by == by).map(|sighting| sighting.time).collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    }
}

/// Why there is no course.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CourseError {
    /// The manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A file that the checkpoint calls for is not there, or not what its name says.
    #[error("{0} is missing or cannot be read")]
    File(String),
    /// An entry that the board cannot have.
    #[error("{}", .0.cause)]
    Entry(Box<Failure>),
}

/// When the witnesses of a vote saw this checkpoint, as they sign it; nothing where it is none, or has a false line.
pub fn witnessed(manifest: &Manifest, note: &[u8]) -> Vec<Sighting> {
    let size = SignedCheckpoint::parse(note).ok().and_then(|checkpoint| checkpoint.stated_size().ok());
    let times = manifest.witnesses().and_then(|witnesses| witnesses.times(note).ok());
    let sighting = |(size, time)| Sighting { size, time, by: By::Witness };
    size.map(|size| times.into_iter().flatten().map(move |time| (size, time)).map(sighting).collect())
        .unwrap_or_default()
}

/// The turnout at every size that has an hour, in the order of the board. `kept` are sizes of checkpoints that the
/// caller has seen and checked, with their hours; those beyond the board are left out.
///
/// The record is one that an audit has found right: signatures and proofs are not verified again.
///
/// # Errors
/// [`CourseError`].
pub fn course(
    manifest: &[u8],
    source: &impl RecordSource,
    size: u64,
    kept: &[Sighting],
) -> Result<Vec<Point>, CourseError> {
    let mut replay = Replay::new(manifest, kept)?;
    for file in layout(size) {
        let LogFile::Bundle(bundle) = file else { continue };
        let missing = || CourseError::File(bundle.to_string());
        replay.add(bundle, &source.file(&bundle.to_string())?.ok_or_else(missing)?)?;
    }
    Ok(replay.finish())
}

/// A board that is replayed bundle by bundle, and the points so far. Of a ballot only its place and its holder are
/// read: nothing is decrypted or added up, no point of a curve is decoded, and no signature or proof is verified.
#[derive(Debug)]
pub struct Replay {
    board: BoardState,
    tree: TileStream,
    kept: BTreeMap<u64, Vec<Sighting>>,
    points: BTreeMap<u64, Point>,
}

impl Replay {
    /// An empty board, and sizes of it that somebody has seen, with their hours.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn new(manifest: &[u8], kept: &[Sighting]) -> Result<Self, ManifestError> {
        let mut by_size: BTreeMap<u64, Vec<Sighting>> = BTreeMap::new();
        for sighting in kept {
            by_size.entry(sighting.size).or_default().push(*sighting);
        }
        let board = BoardState::new(manifest)?;
        Ok(Replay { board, tree: TileStream::new(), kept: by_size, points: BTreeMap::new() })
    }

    /// How many entries were read.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The root of the entries that were read: that of the signed checkpoint of their number, or they are not the
    /// board's.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Voters and counted ballots by district and route, as of the entries that were read.
    pub fn turnout(&self) -> Vec<RouteTurnout> {
        self.board.turnout()
    }

    /// Whether the turnout can still change.
    pub fn is_open(&self) -> bool {
        self.board.course() < Stage::Closed
    }

    /// Reads the next bundle.
    ///
    /// # Errors
    /// [`CourseError::File`] and [`CourseError::Entry`].
    pub fn add(&mut self, bundle: Bundle, bytes: &[u8]) -> Result<(), CourseError> {
        let leaves = decode_bundle(bytes, bundle.width().into());
        for leaf in leaves.map_err(|_| CourseError::File(bundle.to_string()))? {
            self.push(leaf)?;
        }
        Ok(())
    }

    fn push(&mut self, leaf: &[u8]) -> Result<(), CourseError> {
        let hash = leaf_hash(leaf);
        self.tree.push(hash);
        // What follows is the count, which needs the sums of the ballots, and changes no turnout.
        if !self.is_open() {
            return Ok(());
        }
        let (before, notices) = (self.board.size(), self.board.notices().len());
        let replayed = self.board.resume(before, leaf, hash, None);
        replayed.map_err(|failure| CourseError::Entry(Box::new(failure)))?;
        // An entry with an hour has no voter and no ballot: the turnout is the same before it and after it.
        for sighting in self.said(leaf, before, notices) {
            self.add_sighting(sighting);
        }
        for sighting in self.kept.remove(&self.board.size()).unwrap_or_default() {
            self.add_sighting(sighting);
        }
        Ok(())
    }

    /// The hours that stand in the last entry, as those of the board before it.
    fn said(&self, leaf: &[u8], size: u64, notices: usize) -> Vec<Sighting> {
        let organiser = |time| Sighting { size, time, by: By::Organiser };
        let with_hour = |kind: EntryKind| {
            matches!(kind, EntryKind::Open | EntryKind::Extension | EntryKind::Ended | EntryKind::Close)
        };
        if EntryKind::of(leaf).is_some_and(with_hour) {
            return match Entry::parse(leaf) {
                Ok(Entry::Open(open)) => vec![organiser(open.time)],
                Ok(Entry::Extension(extension)) => vec![organiser(extension.signed_at)],
                Ok(Entry::Ended(closing) | Entry::Close(closing)) => {
                    let terms = closing.terms();
                    let by = match terms.form {
                        ClosingForm::Organiser => By::Organiser,
                        ClosingForm::Trustees => By::Trustees,
                    };
                    let mut all = witnessed(self.board.manifest(), &terms.note);
                    all.push(Sighting { size, time: terms.time, by });
                    all
                }
                _ => Vec::new(),
            };
        }
        // A notice can be long, and come in several parts.
        let posted = self.board.notices().get(notices);
        posted.map(|posted| organiser(posted.notice.time)).into_iter().collect()
    }

    fn add_sighting(&mut self, sighting: Sighting) {
        let board = &self.board;
        let point = self.points.entry(sighting.size).or_insert_with(|| Point {
            size: sighting.size,
            time: sighting.time,
            seen: Vec::new(),
            turnout: board.turnout(),
        });
        point.seen.push(sighting);
    }

    /// The points, in the order of the board.
    pub fn finish(self) -> Vec<Point> {
        let mut latest = 0;
        let placed = self.points.into_values().map(|mut point| {
            latest = point.hour().unwrap_or(point.time).max(latest);
            point.time = latest;
            point
        });
        placed.collect()
    }
}
