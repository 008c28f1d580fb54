//! `veche receipt check`: a receipt as the page saves it, alone and against honest and false boards.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use veche_board::{Checkpoint, CompactReceipt, LogFile, LogKey, MerkleTree, Receipt, leaf_hash};
use veche_cli::folder::{MANIFEST, MemoryRecord};
use veche_crypto::randomness::Randomness;
use veche_keeper::BoxKeys;
use veche_record::entry::{CredentialEntry, CredentialTerms, Genesis, Revocation, RevocationReason};
use veche_record::{Ballot, Election, Entry, EntryKind, Selection};
use veche_verify::BoardState;
use veche_verify::receipt::{FindError, Finder, Finding, Shown, Sought, Standing, scope_of};
use veche_voter::{Credential, PreparedBallot, Revision};

use crate::support::{hold, host, leaves, publish, run, sample, veche, write};

/// A vote of six ballots, and everything the box would need to forge its board.
struct Vote {
    manifest: Vec<u8>,
    leaves: Vec<Vec<u8>>,
    keys: BoxKeys,
    election: Election,
    genesis: Genesis,
    /// The entries of the ballots.
    ballots: Vec<usize>,
}

fn vote() -> &'static Vote {
    static VOTE: OnceLock<Vote> = OnceLock::new();
    VOTE.get_or_init(|| {
        let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], Some(6));
        let (leaves, manifest) = (leaves(&held.store), held.store.files[MANIFEST].clone());
        let Ok(Entry::Genesis(genesis)) = Entry::parse(&leaves[0]) else { panic!("no genesis") };
        let mut state = BoardState::new(&manifest).unwrap();
        let mut index = 0;
        while state.election().is_none() {
            state.restore(index, &leaves[index as usize]).unwrap();
            index += 1;
        }
        let election = Election::clone(state.election().unwrap());
        let ballots =
            (0..leaves.len()).filter(|at| EntryKind::of(&leaves[*at]) == Some(EntryKind::Ballot)).collect();
        Vote { manifest, leaves, keys: held.keys, election, genesis, ballots }
    })
}

impl Vote {
    fn record(&self, leaves: &[Vec<u8>]) -> MemoryRecord {
        publish(&self.manifest, leaves, &self.keys, None)
    }

    /// What the page saves for the entry `index` of these leaves, acknowledged when there were so many.
    fn receipt(&self, leaves: &[Vec<u8>], index: usize, key: &LogKey) -> Value {
        let tree: MerkleTree = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let bytes = &leaves[index][1..];
        let ballot = Ballot::parse(&self.election, bytes).unwrap();
        let checkpoint =
            Checkpoint { origin: self.genesis.origin.clone(), size: tree.size(), root: tree.root() };
        let receipt = Receipt {
            index: index as u64,
            leaf_hash: leaf_hash(&leaves[index]),
            proof: tree.inclusion_proof(index as u64, tree.size()).unwrap(),
            checkpoint: checkpoint.sign(key),
        };
        json!({
            "form": "veche-receipt-1",
            "election": self.election.fingerprint().to_string(),
            "code": ballot.code().to_string(),
            "castAt": "2026-05-02T10:00:00.000Z",
            "style": self.election.manifest().styles()[usize::from(ballot.header().style)].id,
            "key": hex::encode(ballot.header().credential.to_bytes()),
            "index": index,
            "hash": ballot.hash().to_string(),
            "ballot": STANDARD.encode(bytes),
            "receipt": serde_json::from_str::<Value>(&receipt.to_json()).unwrap(),
        })
    }
}

/// Files of one test.
struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn receipt(&self, document: &Value) -> PathBuf {
        let path = self.0.path().join("receipt.json");
        std::fs::write(&path, format!("{document:#}\n")).unwrap();
        path
    }

    fn record(&self, record: &MemoryRecord) -> PathBuf {
        let path = self.0.path().join("record");
        let _ = std::fs::remove_dir_all(&path);
        write(record, &path);
        path
    }

    /// The exit code and the document. The browser's search, which fetches as little as it can, and the link of the QR
    /// code must come to the same.
    fn check(&self, receipt: &Value, record: &MemoryRecord) -> (i32, Value) {
        let (path, folder) = (self.receipt(receipt), self.record(record));
        let (code, text, errors) = check(&path, &["--json", "--record", folder.to_str().unwrap()]);
        assert_eq!(errors, "");
        let found: Value = serde_json::from_str(&text).unwrap();
        let searched = search(receipt.to_string().as_bytes(), record);
        assert_eq!(json!(searched.0), found["outcome"], "{searched:?}\n{found:#}");
        if let Some(finding) = searched.1 {
            assert_eq!(json!(finding.trail.replaced_by), found["replaced_by"]);
            let link = link(receipt);
            let (_, text, errors) = check_text(&link, &["--json", "--record", folder.to_str().unwrap()]);
            assert_eq!(errors, "");
            let by_link: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(by_link["outcome"], found["outcome"]);
            assert_eq!(search(link.as_bytes(), record).1, Some(finding));
        }
        (code, found)
    }
}

/// The address in the QR code of a receipt.
fn link(receipt: &Value) -> String {
    let vote = vote();
    let whole = Receipt::parse(receipt["receipt"].to_string().as_bytes()).unwrap();
    let scope = scope_of(&vote.election.fingerprint());
    let (origin, key) = (&vote.genesis.origin, &vote.genesis.log_key);
    let compact = CompactReceipt::new(scope, &whole, origin, key, None).unwrap();
    format!("https://vote.example/town/#find={}", compact.to_text())
}

/// What the page finds out, in the terminal's words.
fn search(shown: &[u8], record: &MemoryRecord) -> (String, Option<Finding>) {
    let broken = |_: &FindError| ("record-broken".to_owned(), None);
    let file = |path: String| record.files[&path].clone();
    let Ok(shown) = Shown::parse(shown) else { panic!("not a receipt") };
    let election = opened(record);
    let note = String::from_utf8(file("checkpoint".to_owned())).unwrap();
    let begun = Finder::new(election, &note, Sought::Receipt(Box::new(shown)));
    let mut finder = match begun {
        Ok(finder) => finder,
        Err(FindError::OtherElection) => return ("other-election".to_owned(), None),
        Err(FindError::Receipt(_)) => return ("wrong".to_owned(), None),
        Err(error) => return broken(&error),
    };
    let tiles: Option<Vec<_>> = finder
        .tiles()
        .into_iter()
        .map(|tile| Some((tile, record.files.get(&tile.to_string())?.clone())))
        .collect();
    let Some(tiles) = tiles else { return ("record-broken".to_owned(), None) };
    if let Err(error) = finder.open(&tiles) {
        return broken(&error);
    }
    while let Some(bundle) = finder.next() {
        if let Err(error) = finder.add(&file(LogFile::Bundle(bundle).to_string())) {
            return broken(&error);
        }
    }
    let finding = finder.finding();
    assert!(finding.settled);
    (serde_json::to_value(finding.standing.unwrap()).unwrap().as_str().unwrap().to_owned(), Some(finding))
}

/// The election of a record's first entries. What follows the ceremony may be false.
fn opened(record: &MemoryRecord) -> Election {
    let mut state = BoardState::new(&record.files[MANIFEST]).unwrap();
    for (index, leaf) in (0..).zip(leaves(record)) {
        if state.election().is_some() {
            break;
        }
        state.restore(index, &leaf).unwrap();
    }
    Election::clone(state.election().unwrap())
}

fn check_text(receipt: &str, more: &[&str]) -> (i32, String, String) {
    run(veche().args(["receipt", "check", receipt]).args(more))
}

fn check(receipt: &Path, more: &[&str]) -> (i32, String, String) {
    run(veche().args(["receipt", "check"]).arg(receipt).args(more))
}

#[test]
fn a_recorded_ballot_is_found_offline_in_a_folder_and_at_an_address() {
    let (vote, scratch) = (vote(), Scratch::new());
    let record = vote.record(&vote.leaves);
    for &ballot in &vote.ballots {
        for size in [ballot + 1, vote.leaves.len()] {
            let (code, found) =
                scratch.check(&vote.receipt(&vote.leaves[..size], ballot, &vote.keys.log), &record);
            assert_eq!((code, &found["outcome"]), (0, &json!("recorded")), "{found:#}");
        }
    }
    let ballot = vote.ballots[2];
    let receipt = scratch.receipt(&vote.receipt(&vote.leaves[..=ballot], ballot, &vote.keys.log));
    let key = vote.genesis.log_key.to_vkey(&vote.genesis.origin);
    let fingerprint = vote.election.fingerprint().to_string();
    let (code, text, _) = check(&receipt, &["--log-key", &key, "--election", &fingerprint]);
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("The receipt holds: "), "{text}");
    let link = link(&vote.receipt(&vote.leaves[..=ballot], ballot, &vote.keys.log));
    let (code, text, _) = check_text(&link, &["--log-key", &key, "--election", &fingerprint]);
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("The receipt holds: "), "{text}");
    assert_eq!(check_text(&link, &["--log-key", &key, "--election", &"0".repeat(64)]).0, 1);
    let cut = link.get(..link.len() - 3).unwrap();
    assert_eq!(check_text(cut, &["--log-key", &key]).0, 2, "a link that was cut off is no receipt");
    let host = host(&scratch.record(&record));
    let (code, text, errors) = check(&receipt, &["--record", &host.address]);
    assert_eq!(code, 0, "{text}{errors}");
    assert!(
        text.starts_with("Recorded: ") && errors.starts_with("The record is copied to "),
        "{text}{errors}"
    );
    // Somebody must say whose signature to ask for, and a receipt must be one.
    assert_eq!(check(&receipt, &[]).0, 2);
    let other = LogKey::from_seed(&[5; 32]).public().to_vkey(&vote.genesis.origin);
    assert_eq!(check(&receipt, &["--log-key", &other]).0, 1);
    assert_eq!(check(&receipt, &["--log-key", &key, "--election", &"0".repeat(64)]).0, 1);
    std::fs::write(&receipt, "{}").unwrap();
    let (code, _, errors) = check(&receipt, &["--log-key", &key]);
    assert_eq!(code, 2);
    assert!(errors.contains("not a receipt that the voter's page saved"), "{errors}");
    drop(host);
    std::fs::write(&receipt, vote.receipt(&vote.leaves, ballot, &vote.keys.log).to_string()).unwrap();
    let (code, _, errors) = check(&receipt, &["--record", "http://127.0.0.1:9/record"]);
    assert_eq!(code, 2, "{errors}");
}

#[test]
fn a_receipt_that_was_changed_proves_nothing() {
    let (vote, scratch) = (vote(), Scratch::new());
    let (ballot, other) = (vote.ballots[2], vote.ballots[3]);
    let honest = vote.receipt(&vote.leaves, ballot, &vote.keys.log);
    let another = vote.receipt(&vote.leaves, other, &vote.keys.log);
    let changes: [(&str, Value); 10] = [
        ("/code", another["code"].clone()),
        ("/hash", another["hash"].clone()),
        ("/index", another["index"].clone()),
        ("/ballot", another["ballot"].clone()),
        ("/receipt", another["receipt"].clone()),
        ("/receipt/index", another["receipt"]["index"].clone()),
        ("/receipt/leaf", another["receipt"]["leaf"].clone()),
        ("/receipt/proof/0", another["receipt"]["leaf"].clone()),
        ("/receipt/proof", json!([])),
        (
            "/receipt/checkpoint",
            vote.receipt(&vote.leaves, ballot, &LogKey::from_seed(&[5; 32]))["receipt"]["checkpoint"].clone(),
        ),
    ];
    let record = vote.record(&vote.leaves);
    for (place, value) in changes {
        let mut changed = honest.clone();
        *changed.pointer_mut(place).unwrap() = value;
        let (code, found) = scratch.check(&changed, &record);
        assert_eq!((code, &found["outcome"]), (1, &json!("wrong")), "{place}: {found:#}");
    }
    let mut changed = honest;
    changed["election"] = "0".repeat(64).into();
    assert_eq!(scratch.check(&changed, &record).1["outcome"], "other-election");
    let (_, stranger) = hold(&[sample("mirogrod_2026_.pb")], Some(2));
    let honest = vote.receipt(&vote.leaves, ballot, &vote.keys.log);
    let (code, found) = scratch.check(&honest, &stranger.store);
    assert_eq!((code, &found["outcome"]), (1, &json!("other-election")));
    // A record that is not what its checkpoint signs says nothing about a receipt.
    let mut broken = vote.record(&vote.leaves);
    broken.files.insert("checkpoint".to_owned(), vote.record(&vote.leaves[..30]).files["checkpoint"].clone());
    assert_eq!(scratch.check(&honest, &broken).1["outcome"], "record-broken");
    let mut broken = vote.record(&vote.leaves);
    let bundle = broken.files.iter_mut().find(|(path, _)| path.starts_with("tile/entries")).unwrap().1;
    *bundle.last_mut().unwrap() ^= 1;
    let (code, found) = scratch.check(&honest, &broken);
    assert_eq!((code, &found["outcome"]), (1, &json!("record-broken")), "{found:#}");
}

#[test]
fn a_later_ballot_stands_in_the_place_of_the_first() {
    let (vote, scratch) = (vote(), Scratch::new());
    let first = vote.ballots[1];
    let before = Ballot::parse(&vote.election, &vote.leaves[first][1..]).unwrap();
    let credential = Credential::generate(&random(1)).unwrap();
    let revision = Revision { sequence: 1, previous: before.hash(), attempt: 0 };
    let style = before.header().style;
    let prepared = PreparedBallot::new(&vote.election, style, &credential, &revision, &random(2)).unwrap();
    let selections: Vec<Selection> = vote
        .election
        .manifest()
        .style_contests(style)
        .iter()
        .map(|&contest| {
            let options = vote.election.contest(contest).unwrap().options();
            Selection::new((0..options).map(|option| u32::from(option == 0)).collect(), false)
        })
        .collect();
    let sealed = prepared.seal(&vote.election, &selections, &veche_tests::small::fresh()).unwrap();
    let later = [&[EntryKind::Ballot as u8], sealed.bytes.as_slice()].concat();
    let mut leaves = vote.leaves[..=vote.ballots[3]].to_vec();
    let receipt = vote.receipt(&leaves[..=first], first, &vote.keys.log);

    // The registrar lets another key take over, which then casts that ballot.
    let key = before.header().credential;
    let registered = |leaf: &Vec<u8>| match Entry::parse(leaf) {
        Ok(Entry::Credential(entry)) if entry.key == key => Some(entry.terms),
        _ => None,
    };
    let terms = vote.leaves.iter().find_map(registered).unwrap();
    let (registrar, election) = (vote.keys.registrar().unwrap(), vote.election.fingerprint());
    let replaced = RevocationReason::Replaced;
    let revocation = Revocation::sign(registrar, &election, terms.pseudonym, key, replaced).unwrap();
    let terms = CredentialTerms { number: terms.number + 1, key: credential.key(), ..terms };
    let possession = credential.prove_possession(&vote.election, &terms).unwrap();
    let taken = CredentialEntry::sign(registrar, &election, terms, None, possession).unwrap();
    let mut known = leaves.clone();
    known.extend([Entry::from(revocation).to_bytes(), Entry::from(taken).to_bytes(), later.clone()]);
    let (code, found) = scratch.check(&receipt, &vote.record(&known));
    let ended = known.len() - 3;
    assert_eq!(
        (code, &found["outcome"], &found["replaced_by"], &found["key_replaced"]),
        (0, &json!("replaced"), &json!(known.len() - 1), &json!(ended))
    );
    assert!(
        found["sentence"].as_str().unwrap().contains(&format!("Entry {ended} ends the key")),
        "{found:#}"
    );

    // The same ballot under a key that is nobody's: no honest board has it, and it replaces nothing.
    leaves.push(later);
    let (code, found) = scratch.check(&receipt, &vote.record(&leaves));
    assert_eq!(
        (code, &found["outcome"], &found["false_entry"]),
        (1, &json!("false-entry"), &json!(leaves.len() - 1))
    );
}

#[test]
fn a_code_finds_its_ballot_from_wherever_the_search_begins() {
    let vote = vote();
    let record = vote.record(&vote.leaves);
    let note = std::str::from_utf8(&record.files["checkpoint"]).unwrap();
    let search = |typed: String, from: Option<u64>| {
        let sought = Sought::Code { typed, from };
        let mut finder = Finder::new(vote.election.clone(), note, sought).unwrap();
        assert_eq!((finder.next(), finder.finding().settled), (None, false), "the tiles come first");
        let tile = |tile: veche_board::Tile| (tile, record.files[&tile.to_string()].clone());
        let tiles: Vec<_> = finder.tiles().into_iter().map(tile).collect();
        finder.open(&tiles).unwrap();
        while let Some(bundle) = finder.next() {
            finder.add(&record.files[&LogFile::Bundle(bundle).to_string()]).unwrap();
        }
        let Finding { standing, index, checked_to, settled, .. } = finder.finding();
        assert_eq!((checked_to, settled), (vote.leaves.len() as u64, true));
        (standing, index)
    };
    for &ballot in &vote.ballots {
        let code = Ballot::parse(&vote.election, &vote.leaves[ballot][1..]).unwrap().code().to_string();
        let typed = code.to_lowercase().replace('-', " ").replace('0', "O");
        for from in [None, Some(ballot as u64), Some(0), Some(u64::MAX)] {
            assert_eq!(search(typed.clone(), from), (Some(Standing::Recorded), Some(ballot as u64)));
        }
    }
    for from in [None, Some(3)] {
        assert_eq!(search("0000-0000-0000-0000-0000".to_owned(), from), (None, None));
    }
}

fn random(number: u8) -> Randomness {
    veche_tests::small::randomness_of(std::array::from_fn(|at| {
        number.wrapping_mul(31).wrapping_add(at as u8)
    }))
    .unwrap()
}

#[test]
fn attack_22_the_receipt_proves_that_its_ballot_was_taken_away() {
    let (vote, scratch) = (vote(), Scratch::new());
    for &ballot in &vote.ballots {
        for size in [ballot + 1, vote.leaves.len()] {
            let receipt = vote.receipt(&vote.leaves[..size], ballot, &vote.keys.log);
            let mut deleted = vote.leaves.clone();
            deleted.remove(ballot);
            let mut ends_before = vote.leaves[..ballot].to_vec();
            ends_before.push(
                vote.leaves
                    .iter()
                    .find(|leaf| EntryKind::of(leaf) == Some(EntryKind::Close))
                    .unwrap()
                    .clone(),
            );
            let mut other_in_its_place = vote.leaves.clone();
            other_in_its_place[ballot] = vote.leaves[vote.ballots[0].max(1)].clone();
            let mut forgeries = vec![deleted, ends_before];
            if ballot != vote.ballots[0] {
                forgeries.push(other_in_its_place);
            }
            for (number, leaves) in forgeries.into_iter().enumerate() {
                let record = vote.record(&leaves);
                let (code, found) = scratch.check(&receipt, &record);
                assert_eq!(
                    (code, &found["outcome"]),
                    (1, &json!("missing")),
                    "{ballot}, {size}, {number}: {found:#}"
                );
                // What proves it is in hand: two notes of one key.
                assert_eq!(found["receipt"]["note"], receipt["receipt"]["checkpoint"]);
                assert_eq!(found["record"]["note"].as_str().unwrap().as_bytes(), record.files["checkpoint"]);
            }
            // A copy from before the ballot is no fraud, and not the ballot either.
            let (code, found) = scratch.check(&receipt, &vote.record(&vote.leaves[..ballot]));
            assert_eq!((code, &found["outcome"]), (1, &json!("record-older")), "{found:#}");
        }
    }
    let ballot = vote.ballots[4];
    let receipt = scratch.receipt(&vote.receipt(&vote.leaves[..=ballot], ballot, &vote.keys.log));
    let mut deleted = vote.leaves.clone();
    deleted.remove(ballot);
    let record = scratch.record(&vote.record(&deleted));
    let (code, text, _) = check(&receipt, &["--record", record.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(text.starts_with("MISSING: ") && text.contains("The record's checkpoint:\n"), "{text}");
}

#[test]
fn attack_23_the_receipt_proves_a_board_with_two_pasts() {
    let (vote, scratch) = (vote(), Scratch::new());
    let ballot = vote.ballots[3];
    let size = ballot + 1;
    let receipt = vote.receipt(&vote.leaves[..size], ballot, &vote.keys.log);
    // An earlier ballot is taken away and another put in its place: the voter's own ballot is where it was.
    let mut same_size = vote.leaves[..size].to_vec();
    same_size[vote.ballots[1]] = same_size[vote.ballots[0]].clone();
    let mut grown = same_size.clone();
    grown.extend_from_slice(&vote.leaves[size..]);
    let mut moved = vote.leaves.clone();
    moved.swap(ballot, vote.ballots[5]);
    for (number, leaves) in [same_size, grown, moved].into_iter().enumerate() {
        let (code, found) = scratch.check(&receipt, &vote.record(&leaves));
        assert_eq!((code, &found["outcome"]), (1, &json!("forked")), "{number}: {found:#}");
    }
    let (code, found) = scratch.check(&receipt, &vote.record(&vote.leaves[..size]));
    assert_eq!((code, &found["outcome"]), (0, &json!("recorded")), "{found:#}");
}
