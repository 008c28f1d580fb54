//! What the publisher of the files can do to them.

use serde_json::json;
use veche_board::{Checkpoint, Hash, LogKey, MerkleTree, leaf_hash};
use veche_crypto::hash::Digest;
use veche_record::EntryKind;
use veche_verify::{Check, Outcome, Status};

use crate::board::{Board, Files, assert_fails, assert_passes, audit_files, log_files};

fn report(board: &Board, files: &Files) -> veche_verify::Report {
    audit_files(files, Some(board.fingerprint())).report
}

#[test]
fn every_file_is_accounted_for() {
    let board = Board::finished();
    let honest = board.files();
    for unknown in
        ["README", "tile/0/000.p/3", "tile/0/001", "tile/entries/000.p/2", "Checkpoint", "manifest.json~"]
    {
        let mut files = honest.clone();
        files.insert(unknown.into(), b"x".to_vec());
        let report = report(&board, &files);
        assert_fails(&report, Check::Files, None, "publisher");
        assert!(report.to_string().contains(unknown), "{report}");
    }
    for missing in ["checkpoint", "manifest.json", "result.json", "tile/0/000.p/34", "tile/entries/000.p/34"]
    {
        let mut files = honest.clone();
        assert!(files.remove(missing).is_some(), "{missing} is in {:?}", honest.keys());
        let report = report(&board, &files);
        assert_fails(&report, Check::Files, None, "publisher");
        assert!(report.to_string().contains(&format!("{missing} is missing")), "{report}");
    }
}

#[test]
fn a_result_file_before_the_result_is_an_unknown_file() {
    let board = Board::counting();
    let mut files = board.files();
    files.insert("result.json".into(), Board::finished().files()["result.json"].clone());
    assert_fails(&report(&board, &files), Check::Files, None, "publisher");
}

#[test]
fn a_log_that_claims_more_entries_than_any_file_holds_is_refused_at_once() {
    let board = Board::finished();
    let mut files = board.files();
    let origin = board.small.genesis.origin.clone();
    let root = Hash::from_bytes([1; 32]);
    let checkpoint = Checkpoint { origin, size: u64::MAX / 2, root };
    files.insert("checkpoint".into(), checkpoint.sign(&board.small.log_key).into_bytes());
    let report = report(&board, &files);
    assert_eq!(report.outcome, Outcome::Failed);
    assert_eq!(report.status(Check::Files), Status::Failed);
}

#[test]
fn another_manifest_than_the_board_was_opened_for_is_refused() {
    let board = Board::finished();
    let mut files = board.files();
    files.get_mut("manifest.json").unwrap().push(b'\n');
    assert_fails(&report(&board, &files), Check::Genesis, Some(0), "publisher");
}

#[test]
fn a_manifest_that_is_not_one_is_refused() {
    let board = Board::finished();
    let mut files = board.files();
    files.get_mut("manifest.json").unwrap().extend_from_slice(b"x");
    assert_fails(&report(&board, &files), Check::Manifest, None, "publisher");
}

#[test]
fn a_checkpoint_of_another_key_is_refused() {
    let board = Board::finished();
    let mut files = board.files();
    let other = log_files(&board.small, &LogKey::from_seed(&[77; 32]), &board.leaves);
    files.insert("checkpoint".into(), other["checkpoint"].clone());
    assert_fails(&report(&board, &files), Check::Checkpoint, None, "publisher");
}

#[test]
fn a_checkpoint_of_another_root_is_refused() {
    let board = Board::finished();
    let mut files = board.files();
    let origin = board.small.genesis.origin.clone();
    let checkpoint = Checkpoint { origin, size: board.next(), root: Hash::from_bytes([1; 32]) };
    files.insert("checkpoint".into(), checkpoint.sign(&board.small.log_key).into_bytes());
    assert_fails(&report(&board, &files), Check::Tree, None, "publisher");
}

#[test]
fn a_checkpoint_without_a_size_is_refused() {
    let board = Board::finished();
    let mut files = board.files();
    files.insert("checkpoint".into(), b"veche.example/test\n".to_vec());
    assert_fails(&report(&board, &files), Check::Checkpoint, None, "publisher");
}

#[test]
fn a_tile_that_is_not_recomputed_names_its_entry() {
    let board = Board::finished();
    let mut files = board.files();
    files.get_mut("tile/0/000.p/34").unwrap()[5 * 32] ^= 1;
    assert_fails(&report(&board, &files), Check::Tiles, Some(5), "publisher");
    let mut files = board.files();
    files.get_mut("tile/0/000.p/34").unwrap().push(0);
    assert_fails(&report(&board, &files), Check::Tiles, None, "publisher");
}

#[test]
fn an_entry_that_was_changed_after_signing_is_named() {
    let board = Board::finished();
    let mut leaves = board.leaves.clone();
    let ballot = board.position(EntryKind::Ballot); // of voter 1
    leaves[ballot][200] ^= 1;
    let mut files = board.files();
    let changed = log_files(&board.small, &board.small.log_key, &leaves);
    files.insert("tile/entries/000.p/34".into(), changed["tile/entries/000.p/34"].clone());
    let report = report(&board, &files);
    assert_eq!(report.status(Check::Tree), Status::Failed);
    let tile = report.failed().find(|failed| failed.check == Check::Tiles).unwrap();
    assert_eq!(tile.failure.as_ref().unwrap().entry, Some(ballot as u64));
}

#[test]
fn a_bundle_that_cannot_be_cut_into_entries_is_refused() {
    let board = Board::finished();
    for change in [|bytes: &mut Vec<u8>| bytes.push(0), |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1)]
    {
        let mut files = board.files();
        change(files.get_mut("tile/entries/000.p/34").unwrap());
        let report = report(&board, &files);
        let first = report.failed().next().unwrap();
        assert_eq!((first.check, report.exit_code()), (Check::Form, 1), "{report}");
    }
}

#[test]
fn another_election_than_expected_is_refused() {
    let board = Board::finished();
    let report = audit_files(&board.files(), Some(Digest::from_bytes([9; 32]))).report;
    assert_fails(&report, Check::Fingerprint, None, "publisher");
    assert!(report.to_string().contains(&board.fingerprint().to_string()));
}

#[test]
fn a_board_without_keys_is_no_expected_election() {
    let board = Board::of(&veche_tests::small::manifest_json());
    let mut files = log_files(&board.small, &board.small.log_key, &board.leaves[..1]);
    files.insert("manifest.json".into(), board.small.manifest.clone());
    assert_passes(&audit_files(&files, None).report, Outcome::NotFinished);
    assert_fails(&report(&board, &files), Check::Fingerprint, None, "caller");
}

#[test]
fn attack_33_the_result_file_is_compared_value_by_value() {
    let board = Board::finished();
    let honest = String::from_utf8(board.files()["result.json"].clone()).unwrap();
    let with = |text: &str| {
        let mut files = board.files();
        files.insert("result.json".into(), text.as_bytes().to_vec());
        report(&board, &files)
    };
    assert_passes(&with(&honest.replace(':', " : ").replace(',', ",\n ")), Outcome::Verified);
    for (from, to) in [
        (r#""total":1"#, r#""total":2"#),
        (r#""total":1"#, r#""total":1.0"#),
        (r#""total":1"#, r#""total":"1""#),
        (r#""total":1"#, r#""total":1,"total":1"#),
        (r#""total":1"#, r#""total":1,"share":1"#),
        (r#""ballots":3"#, r#""ballots":2"#),
        (r#""blank":0"#, r#""blank":1"#),
        (r#","blank":0"#, ""),
        (r#"{"contests""#, r#"{"more":[],"contests""#),
        (r#""id":"bench""#, r#""id":"lamp""#),
        (r#"{"id":"bench","total":1},"#, ""),
        ("]}\n", "]} x"),
    ] {
        let changed = honest.replacen(from, to, 1);
        assert_ne!(changed, honest, "{from} is in {honest}");
        assert_fails(&with(&changed), Check::ResultFile, None, "publisher");
    }
}

#[test]
fn attack_21_wrong_labels_two_options_totals_swapped_in_the_result_file_are_refused() {
    let board = Board::finished();
    let honest = String::from_utf8(board.files()["result.json"].clone()).unwrap();
    let swapped = honest.replacen(
        r#"{"id":"well","total":0},{"id":"wall","total":1}"#,
        r#"{"id":"well","total":1},{"id":"wall","total":0}"#,
        1,
    );
    assert_ne!(swapped, honest);
    let mut files = board.files();
    files.insert("result.json".into(), swapped.into_bytes());
    let report = report(&board, &files);
    assert_fails(&report, Check::ResultFile, None, "publisher");
    assert!(report.to_string().contains("contests[2].options[0].total"), "{report}");
}

/// Three ballots under the shortest of manifests: a bit of every byte of every file, each time another one.
#[test]
fn any_flipped_bit_of_any_file_is_noticed() {
    let mut board = Board::of(&json!({
        "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "T"}, "text": {"en": "T"},
        "opens": "2026-05-01T08:00:00Z", "closes": "2026-05-14T20:00:00Z", "time_zone": "UTC", "early_close": false,
        "contests": [{"id": "c", "title": {"en": "C"},
            "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"},
            "options": [{"id": "a", "name": {"en": "A"}}, {"id": "b", "name": {"en": "B"}}]}],
        "styles": [{"id": "s", "title": {"en": "S"}, "contests": ["c"], "electorate": 3}],
        "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
        "trustees": {"count": 1, "threshold": 1}, "minimum_group": 1,
        "revote": true, "registration": "roll"
    }));
    (1..4).for_each(|voter| board.register(voter, 0));
    board.rehearse();
    board.append(board.signed_open());
    (1..4).for_each(|voter| board.vote(voter, 0, (voter % 2) as usize));
    board.append(board.signed_close());
    board.fix_sums();
    board.decrypt(1);
    board.append(board.state.make_result().unwrap());
    let honest = board.files();
    assert_passes(&report(&board, &honest), Outcome::Verified);

    let bits: Vec<(&str, usize)> = honest
        .iter()
        .flat_map(|(path, bytes)| (0..bytes.len()).map(move |byte| (path.as_str(), byte * 8 + byte * 5 % 8)))
        .collect();
    let check = |&(path, bit): &(&str, usize)| {
        let mut flipped = honest[path].clone();
        let byte = &mut flipped[bit / 8];
        let space = byte.is_ascii_whitespace();
        *byte ^= 1 << (bit % 8);
        if path == "result.json" && space && byte.is_ascii_whitespace() {
            return;
        }
        let mut files = honest.clone();
        files.insert(path.to_owned(), flipped);
        let report = report(&board, &files);
        assert_eq!(report.exit_code(), 1, "{path}, bit {bit}\n{report}");
        assert!(report.failed().next().is_some_and(|failed| failed.failure.is_some()));
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for some in bits.chunks(bits.len().div_ceil(threads)) {
            scope.spawn(move || some.iter().for_each(check));
        }
    });
}

#[test]
fn an_entry_that_the_log_deleted_changes_the_tree() {
    let board = Board::finished();
    let mut tree = MerkleTree::new();
    tree.extend(board.leaves.iter().map(|leaf| leaf_hash(leaf)));
    // The log deletes the last ballot and signs what is left: the trustees have consented to other sums.
    let mut leaves = board.leaves.clone();
    leaves.remove(board.position(EntryKind::Close) - 1);
    let mut files = log_files(&board.small, &board.small.log_key, &leaves);
    files.insert("manifest.json".into(), board.small.manifest.clone());
    files.insert("result.json".into(), board.files()["result.json"].clone());
    let report = report(&board, &files);
    assert!(report.failed().any(|failed| failed.check == Check::Consent), "{report}");
}
