//! What a voter's page reads out of verified bundles: whether a ballot stands, whose word ended a key, and that entries
//! which nobody with the right to them has signed are named and believed by nobody.

use serde_json::json;
use veche_board::{LogFile, MerkleTree, Receipt, leaf_hash};
use veche_crypto::signature::SecretKey;
use veche_record::entry::{Notice, NoticeForm, Revocation, RevocationReason, Signed};
use veche_record::{Ballot, Entry};
use veche_tests::small::SmallElection;
use veche_verify::receipt::{Finder, Finding, Shown, Sought, Standing, Trail};

use crate::board::{Board, Files, NORTH, SOUTH, log_files_as_they_are, pseudonym};
use crate::voters::vote_with;

/// The receipt that the box gave for the entry `index`, when the board ended with it.
fn receipt(board: &Board, index: u64) -> Sought {
    let leaves = &board.leaves[..=index as usize];
    let (tree, files) = (
        leaves.iter().map(|leaf| leaf_hash(leaf)).collect::<MerkleTree>(),
        log_files_as_they_are(&board.small, &board.small.log_key, leaves),
    );
    let bytes = &leaves[index as usize][1..];
    let ballot = Ballot::parse(&board.small.election, bytes).unwrap();
    let receipt = Receipt {
        index,
        leaf_hash: leaf_hash(&leaves[index as usize]),
        proof: tree.inclusion_proof(index, tree.size()).unwrap(),
        checkpoint: String::from_utf8(files["checkpoint"].clone()).unwrap(),
    };
    let document = json!({
        "form": "veche-receipt-1",
        "election": board.fingerprint().to_string(),
        "code": ballot.code().to_string(),
        "castAt": "2026-05-02T10:00:00.000Z",
        "style": "south",
        "key": hex::encode(ballot.header().credential.to_bytes()),
        "index": index,
        "hash": ballot.hash().to_string(),
        "ballot": base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes),
        "receipt": serde_json::from_str::<serde_json::Value>(&receipt.to_json()).unwrap(),
    });
    Sought::Receipt(Box::new(Shown::parse(document.to_string().as_bytes()).unwrap()))
}

fn code(board: &Board, index: u64, from: Option<u64>) -> Sought {
    let ballot = Ballot::parse(&board.small.election, &board.leaves[index as usize][1..]).unwrap();
    Sought::Code { typed: ballot.code().to_string(), from }
}

fn begin(board: &Board, files: &Files, sought: Sought) -> Finder {
    let note = std::str::from_utf8(&files["checkpoint"]).unwrap();
    Finder::new((*board.small.election).clone(), note, sought).unwrap()
}

fn open(finder: &mut Finder, files: &Files) {
    let tiles = finder.tiles().into_iter().map(|tile| (tile, files[&tile.to_string()].clone()));
    finder.open(&tiles.collect::<Vec<_>>()).unwrap();
}

/// Gives so many bundles, and says how many there were.
fn read(finder: &mut Finder, files: &Files, most: usize) -> usize {
    for count in 0..most {
        let Some(bundle) = finder.next() else { return count };
        assert_eq!(finder.upcoming(1), [bundle]);
        finder.add(&files[&LogFile::Bundle(bundle).to_string()]).unwrap();
    }
    most
}

fn files(board: &Board) -> Files {
    log_files_as_they_are(&board.small, &board.small.log_key, &board.leaves)
}

fn find(board: &Board, sought: Sought) -> Finding {
    let files = files(board);
    let mut finder = begin(board, &files, sought);
    open(&mut finder, &files);
    read(&mut finder, &files, usize::MAX);
    let finding = finder.finding();
    assert!(finding.settled);
    finding
}

/// Open, with a ballot of voter 2, and its entry.
fn voted() -> (Board, u64) {
    let mut board = Board::open();
    board.vote(1, NORTH, 0);
    let mine = board.next();
    board.vote(2, SOUTH, 0);
    board.vote(3, SOUTH, 2);
    (board, mine)
}

/// The same by receipt, by code, and by code from where a box says that it is.
#[track_caller]
fn assert_found(board: &Board, mine: u64, standing: Standing, trail: Trail) {
    let ways = [receipt(board, mine), code(board, mine, None), code(board, mine, Some(mine))];
    for sought in ways {
        let found = find(board, sought);
        assert_eq!((found.standing, found.index, found.trail), (Some(standing), Some(mine), trail));
    }
}

#[test]
fn attack_50_the_verified_bundles_say_what_became_of_a_ballot() {
    let (mut board, mine) = voted();
    let nothing = Trail::default();
    assert_found(&board, mine, Standing::Recorded, nothing);
    assert!(!find(&board, receipt(&board, mine)).closed);

    // The voter's own key hands over, and the ballot stays; then the new key votes again.
    let handed_over = Some(board.next());
    board.append(board.handover(2, 2, 22, SOUTH));
    assert_found(&board, mine, Standing::Recorded, Trail { handed_over, ..nothing });
    let replaced_by = Some(board.next());
    vote_with(&mut board, 2, 22, SOUTH, 1);
    assert_found(&board, mine, Standing::Replaced, Trail { handed_over, replaced_by, ..nothing });

    for (reason, voted_on_paper) in
        [(RevocationReason::VotedOnPaper, true), (RevocationReason::NotEntitled, false)]
    {
        let (mut board, mine) = voted();
        let struck_off = Some(board.next());
        board.struck(2, 2, reason);
        let trail = Trail { struck_off, voted_on_paper, ..nothing };
        assert_found(&board, mine, Standing::StruckOff, trail);
        // Nobody else is struck off by that.
        assert_found(&board, mine + 1, Standing::Recorded, nothing);
        if voted_on_paper {
            board.count_papers(SOUTH, 1);
        }
        board.close();
        assert!(find(&board, receipt(&board, mine)).closed);
        assert_found(&board, mine, Standing::StruckOff, trail);
    }
}

#[test]
fn attack_50_a_cancelled_vote_is_told_by_the_organisers_own_signature() {
    let notice = |number, form| Notice { number, form, time: 1_777_700_000, texts: vec!["No.".into()] };
    let (mut board, mine) = voted();
    let fingerprint = board.fingerprint();
    let words = Signed::new(notice(0, NoticeForm::Words), board.organiser(), &fingerprint).unwrap();
    board.append(words);
    let forged = Signed::new(notice(1, NoticeForm::Cancellation), board.registrar(), &fingerprint).unwrap();
    board.force(forged);
    assert_eq!(find(&board, receipt(&board, mine)).cancelled, None);
    let signed = Signed::new(notice(1, NoticeForm::Cancellation), board.organiser(), &fingerprint).unwrap();
    let cancelled = Some(board.force(signed));
    for sought in [receipt(&board, mine), code(&board, mine, None)] {
        assert_eq!(find(&board, sought).cancelled, cancelled);
    }
}

#[test]
fn attack_51_a_voter_sees_that_the_registrar_replaced_the_key_and_who_voted_then() {
    let (mut board, mine) = voted();
    let key_replaced = Some(board.next());
    board.append(board.revocation(2, 2));
    // The ballot counts still, and says whose word ended the key.
    assert_found(&board, mine, Standing::Recorded, Trail { key_replaced, ..Trail::default() });
    board.append(board.credential_of(2, 777, SOUTH));
    let replaced_by = Some(board.next());
    vote_with(&mut board, 2, 777, SOUTH, 1);
    assert_found(&board, mine, Standing::Replaced, Trail { key_replaced, replaced_by, ..Trail::default() });
    // Struck off under the other key, whose entry does not name the voter's own.
    let (mut board, mine) = voted();
    let key_replaced = Some(board.next());
    board.append(board.revocation(2, 2));
    board.append(board.credential_of(2, 777, SOUTH));
    let struck_off = Some(board.next());
    board.struck(2, 777, RevocationReason::NotEntitled);
    assert_found(&board, mine, Standing::StruckOff, Trail { key_replaced, struck_off, ..Trail::default() });
}

#[test]
fn attack_50_what_nobody_with_the_right_to_it_has_signed_is_named_and_not_believed() {
    type Lie = fn(&Board) -> Entry;
    fn stranger() -> SecretKey {
        SecretKey::from_bytes(&SmallElection::voter(99).unwrap().secret()).unwrap()
    }
    fn revoked(board: &Board, reason: RevocationReason) -> Entry {
        let key = SmallElection::voter(2).unwrap().key();
        Revocation::sign(&stranger(), &board.fingerprint(), pseudonym(2), key, reason).unwrap().into()
    }
    fn after(board: &Board, key: u64, sequence: u32) -> Entry {
        let previous = board.state.voter(&pseudonym(2)).unwrap().previous;
        Entry::Ballot(board.small.revote(SOUTH, key, 1, sequence, previous).unwrap().bytes)
    }
    let lies: [(&str, Lie); 7] = [
        ("struck off by somebody else", |board| revoked(board, RevocationReason::NotEntitled)),
        ("replaced by somebody else", |board| revoked(board, RevocationReason::Replaced)),
        ("a later ballot under another's key", |board| after(board, 3, 1)),
        ("a later ballot whose signature is another's", |board| {
            let Entry::Ballot(mut bytes) = after(board, 2, 1) else { panic!("no ballot") };
            let len = bytes.len();
            let other = board.ballot(3, SOUTH, 0);
            bytes[len - 64..].copy_from_slice(&other[other.len() - 64..]);
            Entry::Ballot(bytes)
        }),
        ("a later ballot out of its turn", |board| after(board, 2, 7)),
        ("the same ballot again", |board| {
            let same = board.leaves.iter().rev().find(|leaf| {
                Entry::parse(leaf).is_ok_and(|entry| matches!(entry, Entry::Ballot(_)))
                    && leaf.windows(32).any(|key| key == SmallElection::voter(2).unwrap().key().to_bytes())
            });
            Entry::parse(same.unwrap()).unwrap()
        }),
        ("a pseudonym that is another's", |board| {
            let key = SmallElection::voter(2).unwrap().key();
            let reason = RevocationReason::NotEntitled;
            // Signed by the registrar, and false all the same once the voter's own pseudonym is known.
            let mut entry =
                Revocation::sign(board.registrar(), &board.fingerprint(), pseudonym(3), key, reason).unwrap();
            entry.pseudonym = pseudonym(2);
            entry.into()
        }),
    ];
    for (what, lie) in lies {
        let (mut board, mine) = voted();
        let entry = lie(&board);
        let false_entry = Some(board.force(entry));
        for sought in [receipt(&board, mine), code(&board, mine, None)] {
            let found = find(&board, sought);
            let trail = Trail { false_entry, ..Trail::default() };
            assert_eq!((found.standing, found.trail), (Some(Standing::FalseEntry), trail), "{what}");
        }
    }
}

#[test]
fn a_code_that_stands_for_two_ballots_shows_both() {
    let (mut board, mine) = voted();
    // Two codes of which 100 bits agree nobody can make here: the same ballot twice, under another signature.
    let twice = board.leaves[mine as usize].clone();
    let again = board.force_leaf(twice);
    let found = find(&board, receipt(&board, mine));
    assert_eq!(found.same_code, [again]);
    for from in [None, Some(mine), Some(again)] {
        let found = find(&board, code(&board, mine, from));
        assert_eq!((found.index, found.same_code), (Some(mine), vec![again]), "{from:?}");
    }
    assert_eq!(find(&board, code(&board, mine + 1, None)).same_code, [0u64; 0]);
}

#[test]
fn another_ballot_with_the_code_is_found_before_the_place_that_a_box_names() {
    let (mut board, mine) = voted();
    let twice = board.leaves[mine as usize].clone();
    while board.next() < 600 {
        board.force_leaf(vec![99]);
    }
    let again = board.force_leaf(twice);
    board.force_leaf(vec![99]);
    let found = find(&board, code(&board, mine, Some(again)));
    assert_eq!((found.index, found.same_code), (Some(again), vec![mine]));
    assert_eq!((found.checked_to, found.settled), (board.next(), true));
    // A place that is none of its own: all is looked through from the beginning.
    let found = find(&board, code(&board, mine, Some(300)));
    assert_eq!((found.index, found.same_code, found.checked_to), (Some(mine), vec![again], board.next()));
}

#[test]
fn a_search_goes_on_from_what_was_saved_and_from_nothing_else() {
    let (mut board, mine) = voted();
    board.append(board.revocation(2, 2));
    while board.next() < 600 {
        board.force_leaf(vec![99]);
    }
    let first = files(&board);
    let mut finder = begin(&board, &first, receipt(&board, mine));
    assert_eq!(finder.saved(), None);
    open(&mut finder, &first);
    assert_eq!(read(&mut finder, &first, 1), 1);
    let saved = finder.saved().unwrap();

    // The board grows, and the voter's ballot is replaced under the next key: seen only by whoever remembers the
    // key's end.
    board.append(board.credential_of(2, 777, SOUTH));
    let replaced_by = Some(board.next());
    vote_with(&mut board, 2, 777, SOUTH, 1);
    let grown = files(&board);
    let all = find(&board, receipt(&board, mine));
    assert_eq!((all.standing, all.trail.replaced_by), (Some(Standing::Replaced), replaced_by));
    let go_on = |saved: &[u8], sought: Sought| {
        let mut finder = begin(&board, &grown, sought);
        finder.go_on_from(saved);
        open(&mut finder, &grown);
        let bundles = read(&mut finder, &grown, usize::MAX);
        (bundles, finder.finding())
    };
    assert_eq!(go_on(&saved, receipt(&board, mine)), (2, all.clone()));
    // Of another ballot, damaged, or of another past: from the ballot on.
    let other = go_on(&saved, receipt(&board, mine + 1));
    assert_eq!((other.0, other.1.standing), (3, Some(Standing::Recorded)));
    assert_eq!(go_on(&saved[1..], receipt(&board, mine)), (3, all.clone()));
    let mut elsewhere: serde_json::Value = serde_json::from_slice(&saved).unwrap();
    elsewhere["root"][0] = json!(elsewhere["root"][0].as_u64().unwrap() ^ 1);
    assert_eq!(go_on(elsewhere.to_string().as_bytes(), receipt(&board, mine)), (3, all));
}
