//! The ballot box's statement is found at the end of the board, and nothing altered passes for it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use veche_board::{
    Checkpoint, Hash, LogFile, MerkleTree, SignedCheckpoint, encode_bundle, layout, leaf_hash,
};
use veche_record::{Election, Entry, EntryKind};
use veche_results::statement::{self, Files};
use veche_results::{BoardEnd, Statement, StatementError, published};
use veche_verify::result::ResultFile;
use veche_verify::{BoardState, Phase};

/// The files of a board of these entries, and its root.
fn published_board(leaves: &[Vec<u8>]) -> (Files, Hash) {
    let mut tree = MerkleTree::new();
    leaves.iter().for_each(|leaf| {
        tree.push(leaf_hash(leaf));
    });
    let file = |file: LogFile| {
        let bytes = match file {
            LogFile::Checkpoint => Vec::new(),
            LogFile::Tile(tile) => tree.tile(tile.level(), tile.index(), tile.width()).unwrap(),
            LogFile::Bundle(bundle) => {
                let start = bundle.start() as usize;
                encode_bundle(&leaves[start..start + usize::from(bundle.width())]).unwrap()
            }
        };
        (file.to_string(), bytes)
    };
    (layout(leaves.len() as u64).map(file).collect(), tree.root())
}

/// A board of made-up entries.
fn board(size: u64) -> (Checkpoint, Files) {
    let leaves: Vec<Vec<u8>> =
        (0..size).map(|entry| [&[EntryKind::Ballot as u8], &entry.to_le_bytes()[..]].concat()).collect();
    let (files, root) = published_board(&leaves);
    (Checkpoint { origin: "example.org/board".parse().unwrap(), size, root }, files)
}

#[test]
fn the_end_of_a_board_is_checked_with_a_few_files_of_it() {
    for size in [1, 2, 255, 256, 257, 511, 512, 513, 1_000, 65_535, 65_536, 65_537, 66_000] {
        let (checkpoint, files) = board(size);
        for bundles in [1, 2, 300] {
            let wanted = statement::files(size, bundles);
            let given: Files = wanted.iter().map(|path| (path.clone(), files[path].clone())).collect();
            let end = BoardEnd::open(&checkpoint, bundles, &given).unwrap();
            assert_eq!(end.phase(), Some(Phase::Open), "{size}");
            assert!(bundles > 2 || wanted.len() <= 2 + 2 * 255_usize, "{size}: {wanted:?}");
            if bundles > 2 {
                continue;
            }
            for path in &wanted {
                let mut altered = given.clone();
                // The first byte that the tree is made of: of a bundle, that is the first of an entry.
                let at = if path.contains("entries") { 3 } else { 0 };
                altered.get_mut(path).unwrap()[at] ^= 1;
                assert_eq!(
                    BoardEnd::open(&checkpoint, bundles, &altered).unwrap_err(),
                    StatementError::Root,
                    "{path}"
                );
                let mut missing = given.clone();
                missing.remove(path);
                let error = BoardEnd::open(&checkpoint, bundles, &missing).unwrap_err();
                assert!(matches!(error, StatementError::File(_)), "{path}: {error}");
            }
        }
    }
    assert_eq!(statement::files(300, 1), ["tile/entries/001.p/44", "tile/1/000.p/1"]);
    assert!(statement::files(0, 1).is_empty());
}

/// The record of a finished vote, from the test vectors.
struct Finished {
    checkpoint: Checkpoint,
    files: Files,
    result: ResultFile,
    election: Election,
}

fn finished() -> Finished {
    let name = "a_finished_record_is_verified_and_counts_each_voters_last_ballot-1.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/records").join(name);
    let vector: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let files: BTreeMap<String, Vec<u8>> = vector["files"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, bytes)| (name.clone(), STANDARD.decode(bytes.as_str().unwrap()).unwrap()))
        .collect();
    let mut state = BoardState::new(&files["manifest.json"]).unwrap();
    let (_, bundle) = files.iter().find(|(name, _)| name.starts_with("tile/entries/")).unwrap();
    let note = std::str::from_utf8(&files["checkpoint"]).unwrap();
    let size: usize = note.lines().nth(1).unwrap().parse().unwrap();
    for leaf in veche_board::decode_bundle(bundle, size).unwrap() {
        state.restore(state.size(), leaf).unwrap();
        if state.election().is_some() {
            break;
        }
    }
    let election = state.election().unwrap().as_ref().clone();
    let checkpoint = SignedCheckpoint::open(note, election.log_key(), election.origin()).unwrap();
    let result = published::read(election.manifest(), &files["result.json"]).unwrap();
    Finished { checkpoint, files, result, election }
}

#[test]
fn the_published_totals_are_those_that_the_board_ends_with() {
    let finished = finished();
    let end = BoardEnd::open(&finished.checkpoint, 1, &finished.files).unwrap();
    assert_eq!(end.phase(), Some(Phase::Published));
    let statement = Statement::find(&end).unwrap();
    statement.compare(&finished.result).unwrap();
    let groups = finished.result.contests.len();
    for group in 0..groups {
        let mut more = finished.result.clone();
        more.contests[group].ballots += 1;
        assert_eq!(statement.compare(&more), Err(StatementError::Differs(group)));
        let mut other = finished.result.clone();
        match other.contests[group].options.first_mut() {
            Some(option) => option.total += 1,
            None => other.contests[group].withheld = false,
        }
        assert_eq!(statement.compare(&other), Err(StatementError::Differs(group)));
    }
    let mut short = finished.result.clone();
    short.contests.pop();
    assert_eq!(statement.compare(&short), Err(StatementError::Differs(groups - 1)));
}

#[test]
fn the_hour_at_which_voting_ended_is_the_organisers_signed_word() {
    let finished = finished();
    let ended = |leaves: &[Vec<u8>]| {
        let (files, root) = published_board(leaves);
        let checkpoint = Checkpoint { size: leaves.len() as u64, root, ..finished.checkpoint.clone() };
        BoardEnd::open(&checkpoint, 1, &files).unwrap().ended(&finished.election)
    };
    let mut leaves = leaves(&finished);
    let close = leaves.iter().position(|leaf| EntryKind::of(leaf) == Some(EntryKind::Close)).unwrap();
    let Ok(Entry::Close(closing)) = Entry::parse(&leaves[close]) else { panic!() };
    assert_eq!(ended(&leaves), Some(closing.terms().time));
    // The log and the host conspire, and say another hour: the form is one byte, the time is behind it.
    leaves[close][2] ^= 1;
    assert_eq!(ended(&leaves), None);
    assert_eq!(ended(&leaves[..close]), None);
}

/// The statement at the end of a board with these entries, under a checkpoint that covers them: the log and the host
/// conspire.
fn stated(finished: &Finished, leaves: &[Vec<u8>], bundles: u64) -> Result<Statement, StatementError> {
    let (files, root) = published_board(leaves);
    let checkpoint = Checkpoint { size: leaves.len() as u64, root, ..finished.checkpoint.clone() };
    Statement::find(&BoardEnd::open(&checkpoint, bundles, &files).unwrap())
}

/// The entries of the finished board.
fn leaves(finished: &Finished) -> Vec<Vec<u8>> {
    let size = finished.checkpoint.size as usize;
    let (_, bundle) = finished.files.iter().find(|(name, _)| name.starts_with("tile/entries/")).unwrap();
    veche_board::decode_bundle(bundle, size).unwrap().iter().map(|leaf| leaf.to_vec()).collect()
}

/// With its last entry changed.
fn with_last(
    finished: &Finished,
    change: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<Statement, StatementError> {
    let mut leaves = leaves(finished);
    let last = leaves.pop().unwrap();
    leaves.extend(change(&last));
    stated(finished, &leaves, 1)
}

#[test]
fn a_statement_that_begins_earlier_needs_one_bundle_more() {
    let finished = finished();
    let leaves = leaves(&finished);
    // So many groups that the result takes several leaves.
    let Ok(Entry::Result(mut result)) = Entry::parse(leaves.last().unwrap()) else { panic!() };
    let group = result.groups[0].clone();
    result.groups = vec![group; 3_000];
    let long = Entry::from(result).to_leaves().unwrap();
    assert!(long.len() > 1);
    // As many made-up ballots before it that the first of them is the last entry of the first bundle.
    let mut longer = vec![vec![EntryKind::Ballot as u8]; 255];
    longer.extend(long.iter().cloned());
    assert_eq!(stated(&finished, &longer, 1).unwrap_err(), StatementError::MoreBundles);
    let statement = stated(&finished, &longer, 2).unwrap();
    assert_eq!(statement.compare(&finished.result), Err(StatementError::Differs(1)));
    // Without its beginning there is no statement, however far one reads.
    longer.remove(255);
    longer.insert(0, vec![EntryKind::Ballot as u8]);
    assert_eq!(stated(&finished, &longer, 1).unwrap_err(), StatementError::MoreBundles);
    assert!(matches!(stated(&finished, &longer, 2).unwrap_err(), StatementError::Entry(_)));
    // A board that ends with something else has none.
    let ballots = vec![vec![EntryKind::Ballot as u8]; 300];
    assert_eq!(stated(&finished, &ballots, 1).unwrap_err(), StatementError::NoResult);
}

#[test]
fn the_last_result_holds_and_an_altered_one_is_another_statement() {
    let finished = finished();
    with_last(&finished, |last| Some(last.to_vec())).unwrap().compare(&finished.result).unwrap();
    assert_eq!(with_last(&finished, |_| None).unwrap_err(), StatementError::NoResult);
    // A total of the result: its last number.
    let total = |last: &[u8]| {
        let mut last = last.to_vec();
        let at = last.len() - 8;
        last[at] ^= 1;
        Some(last)
    };
    let altered = with_last(&finished, total).unwrap();
    let groups = finished.result.contests.len();
    assert_eq!(altered.compare(&finished.result), Err(StatementError::Differs(groups - 1)));
    // A false one that a right one follows, and the other way round.
    let mut both = leaves(&finished);
    let right = both.last().unwrap().clone();
    both.push(total(&right).unwrap());
    assert!(stated(&finished, &both, 1).unwrap().compare(&finished.result).is_err());
    both.push(right);
    stated(&finished, &both, 1).unwrap().compare(&finished.result).unwrap();
    let longer = |last: &[u8]| Some([last, &[0]].concat());
    assert!(matches!(with_last(&finished, longer).unwrap_err(), StatementError::Entry(_)));
}
