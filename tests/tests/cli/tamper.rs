//! Fraud on a whole record, by an organiser and a ballot box who hold all their own keys and sign everything again:
//! each kind applied to an honest record, each noticed by the check that is there for it, each with the right culprit.

use std::sync::OnceLock;

use veche_cli::folder::{MANIFEST, MemoryRecord, RESULT};
use veche_cli::simulate::board::generate_keys;
use veche_keeper::BoxKeys;
use veche_record::entry::{ClosingKind, CredentialEntry, CredentialTerms, Open, ResultEntry};
use veche_record::{Entry, EntryKind, Pseudonym};
use veche_tests::closing::Sealer;
use veche_verify::{Check, Status};
use veche_voter::Credential;

use crate::support::{hold, leaves, manifest, publish, report, sample};

/// Six ballots, all tamperings start from here. Entries: 0 Genesis, 1 to 9 the ceremony, 10 to 17 the rehearsal, 18
/// Open, then credential and ballot in turn from 19 to 30, 31 Close, 32 TallyInput, 33 to 35 Consent, 36 and 37 Partial
/// (trustees 2 and 3), 38 Result.
struct Honest {
    record: MemoryRecord,
    leaves: Vec<Vec<u8>>,
    keys: BoxKeys,
    fingerprint: veche_crypto::hash::Digest,
}

const OPEN: usize = 18;
const CREDENTIAL: usize = 21;
const BALLOT: usize = 22;
const CLOSE: usize = 31;
const TALLY: usize = 32;
const PARTIAL: usize = 36;
const RESULT_ENTRY: usize = 38;

fn honest() -> &'static Honest {
    static HONEST: OnceLock<Honest> = OnceLock::new();
    HONEST.get_or_init(|| {
        let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], Some(6));
        let leaves = leaves(&held.store);
        let kinds: Vec<EntryKind> = leaves.iter().map(|leaf| EntryKind::of(leaf).unwrap()).collect();
        assert_eq!(
            [OPEN, CREDENTIAL, BALLOT, CLOSE, TALLY, PARTIAL, RESULT_ENTRY].map(|entry| kinds[entry]),
            [
                EntryKind::Open,
                EntryKind::Credential,
                EntryKind::Ballot,
                EntryKind::Close,
                EntryKind::TallyInput,
                EntryKind::Partial,
                EntryKind::Result
            ]
        );
        let Ok(fingerprint) = hex(report(&held.store).fingerprint.unwrap()) else { panic!("no fingerprint") };
        Honest { record: held.store, leaves, keys: held.keys, fingerprint }
    })
}

fn hex(text: String) -> Result<veche_crypto::hash::Digest, std::num::ParseIntError> {
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16)?;
    }
    Ok(veche_crypto::hash::Digest::from_bytes(bytes))
}

/// A way to falsify a record.
#[derive(Debug, Clone, Copy)]
enum Tamper {
    DropBallot,
    DropVoter,
    StateSums,
    BallotTwice,
    BallotUnderAnotherKey,
    SwapBallots,
    BallotBeforeOpen,
    BallotAfterClose,
    SecondClose,
    NoClose,
    StuffOneVoter,
    StrangersCredential,
    TwoTotalsInFile,
    TwoTotalsEverywhere,
    PartialOfTrusteeTwice,
    PartialsSwapped,
    TooFewPartials,
    NoResultFile,
    ResultFileOfAnother,
    OtherManifest,
    OtherManifestEverywhere,
    FileMissing,
    FileTooMany,
    EntriesReordered,
    CheckpointOfAnotherLog,
    OlderCheckpoint,
}

impl Tamper {
    fn apply(self) -> MemoryRecord {
        let honest = honest();
        let Ok(Entry::Genesis(genesis)) = Entry::parse(&honest.leaves[0]) else { panic!("no genesis") };
        let sealer = Sealer {
            origin: &genesis.origin,
            log_key: &honest.keys.log,
            organiser: honest.keys.organiser().unwrap(),
            election: honest.fingerprint,
            witnesses: None,
        };
        let mut leaves = honest.leaves.clone();
        let mut manifest = honest.record.files[MANIFEST].clone();
        let mut result = Some(honest.record.files[RESULT].clone());
        let mut keys = None;
        match self {
            Tamper::DropBallot => drop(leaves.remove(BALLOT)),
            Tamper::DropVoter => drop(leaves.drain(CREDENTIAL..=BALLOT)),
            Tamper::StateSums => leaves[TALLY].extend_from_slice(&[0; 8]),
            Tamper::BallotTwice => leaves.insert(BALLOT + 1, leaves[BALLOT].clone()),
            Tamper::BallotUnderAnotherKey => {
                // The key in a ballot's header, after kind, version, phase, H_election and style.
                let other = leaves[BALLOT + 2][37..69].to_vec();
                leaves[BALLOT][37..69].copy_from_slice(&other);
                leaves.swap(BALLOT, BALLOT + 1);
            }
            Tamper::SwapBallots => leaves.swap(BALLOT, BALLOT + 2),
            Tamper::BallotBeforeOpen => {
                let open = leaves.remove(OPEN);
                leaves.insert(BALLOT, open);
            }
            Tamper::BallotAfterClose => {
                let close = leaves.remove(CLOSE);
                leaves.insert(CLOSE - 1, close);
            }
            Tamper::SecondClose => leaves.insert(
                CLOSE + 1,
                Entry::from(
                    sealer.close(ClosingKind::Close, &honest.leaves[..=CLOSE], 2_000_000_000).unwrap(),
                )
                .to_bytes(),
            ),
            Tamper::NoClose => drop(leaves.remove(CLOSE)),
            Tamper::StuffOneVoter => leaves.insert(CLOSE, new_credential(honest.keys.registrar().unwrap())),
            Tamper::StrangersCredential => {
                leaves[CREDENTIAL] = new_credential(generate_keys().unwrap().registrar().unwrap());
            }
            Tamper::TwoTotalsInFile => result = Some(swapped(&result.unwrap())),
            Tamper::TwoTotalsEverywhere => {
                result = Some(swapped(&result.unwrap()));
                let Ok(Entry::Result(entry)) = Entry::parse(&leaves[RESULT_ENTRY]) else { panic!() };
                let mut entry: ResultEntry = entry;
                entry.groups[0].totals.swap(0, 3);
                leaves[RESULT_ENTRY] = Entry::from(entry).to_bytes();
            }
            Tamper::PartialOfTrusteeTwice => leaves[PARTIAL + 1] = leaves[PARTIAL].clone(),
            Tamper::PartialsSwapped => {
                // Everything between the trustee and the signature changes places; nobody has signed that.
                let (first, second) = (leaves[PARTIAL].clone(), leaves[PARTIAL + 1].clone());
                let end = first.len() - 64;
                leaves[PARTIAL][2..end].copy_from_slice(&second[2..end]);
                leaves[PARTIAL + 1][2..end].copy_from_slice(&first[2..end]);
            }
            Tamper::TooFewPartials => drop(leaves.remove(PARTIAL)),
            Tamper::NoResultFile => result = None,
            Tamper::ResultFileOfAnother => {
                let (_, held) = hold(&[sample("mirogrod_2026_.pb")], Some(3));
                result = Some(held.store.files[RESULT].clone());
            }
            Tamper::OtherManifest => {
                let text = String::from_utf8(manifest).unwrap();
                manifest = text.replace("Kino letnie", "Parking").into_bytes();
            }
            Tamper::OtherManifestEverywhere => {
                let text = String::from_utf8(manifest).unwrap();
                manifest = text.replace("Kino letnie", "Parking").into_bytes();
                let Ok(Entry::Genesis(mut genesis)) = Entry::parse(&leaves[0]) else { panic!() };
                genesis.manifest = veche_record::Manifest::parse(&manifest).unwrap().hash();
                leaves[0] = Entry::from(genesis).to_bytes();
            }
            Tamper::EntriesReordered => leaves.swap(CREDENTIAL, BALLOT),
            Tamper::CheckpointOfAnotherLog => keys = Some(generate_keys().unwrap()),
            Tamper::FileMissing | Tamper::FileTooMany | Tamper::OlderCheckpoint => {}
        }
        // Whoever holds all keys signs the end of the vote again over what is before it now.
        sealer.reseal(&mut leaves).unwrap();
        let keys = keys.as_ref().unwrap_or(&honest.keys);
        let mut record = publish(&manifest, &leaves, keys, result.as_deref());
        match self {
            Tamper::FileMissing => drop(record.files.remove("tile/0/000.p/39").unwrap()),
            Tamper::FileTooMany => {
                let _ = record.files.insert("tile/entries/001.p/1".to_owned(), vec![0, 1, 9]);
            }
            Tamper::OlderCheckpoint => {
                let older = publish(&manifest, &leaves[..CLOSE], keys, None);
                record.files.insert("checkpoint".to_owned(), older.files["checkpoint"].clone());
            }
            _ => {}
        }
        record
    }
}

/// A credential of somebody who does not exist, signed by `registrar`.
fn new_credential(registrar: &veche_crypto::signature::SecretKey) -> Vec<u8> {
    let honest = honest();
    let random: Vec<u8> = (1..=32).collect();
    let credential =
        Credential::generate(&veche_tests::small::randomness_of(random.try_into().unwrap()).unwrap())
            .unwrap();
    let pseudonym = Pseudonym([0x5a; 16]);
    let secret = veche_crypto::signature::SecretKey::from_bytes(&credential.secret()).unwrap();
    let terms = CredentialTerms { pseudonym, style: 0, route: 0, number: 0, key: credential.key() };
    let possession = terms.prove_possession(&secret, &honest.fingerprint).unwrap();
    let entry = CredentialEntry::sign(registrar, &honest.fingerprint, terms, None, possession).unwrap();
    Entry::from(entry).to_bytes()
}

/// The file with the totals of its options 1 and 4 swapped, which differ.
fn swapped(result: &[u8]) -> Vec<u8> {
    let mut document: serde_json::Value = serde_json::from_slice(result).unwrap();
    let options = &mut document["contests"][0]["options"];
    let (first, fourth) = (options[0]["total"].clone(), options[3]["total"].clone());
    assert_ne!(first, fourth);
    options[0]["total"] = fourth;
    options[3]["total"] = first;
    serde_json::to_vec(&document).unwrap()
}

/// The tampering is noticed by this check, of all the checks that failed the first one, at this entry, and this one
/// is to blame.
#[track_caller]
fn assert_noticed(tamper: Tamper, check: Check, entry: Option<usize>, culprit: &str) {
    let report = report(&tamper.apply());
    assert_eq!(report.exit_code(), 1, "{tamper:?}: {report}");
    let failed = report.failed().find(|failed| failed.check == check);
    let Some(failure) = failed.and_then(|failed| failed.failure.as_ref()) else {
        panic!("{tamper:?} was not noticed by {check}: {report}");
    };
    assert_eq!(failure.entry, entry.map(|entry| entry as u64), "{tamper:?}: {report}");
    assert!(failure.culprit.starts_with(culprit), "{tamper:?}: {} is blamed", failure.culprit);
    assert_eq!(report.failed().count(), 1, "{tamper:?}: {report}");
}

#[test]
fn the_honest_record_passes_and_so_does_the_same_record_published_again() {
    let honest = honest();
    let result = &honest.record.files[RESULT];
    let again = publish(&honest.record.files[MANIFEST], &honest.leaves, &honest.keys, Some(result));
    assert_eq!(again, honest.record);
    let report = report(&again);
    assert_eq!(report.exit_code(), 0, "{report}");
    assert_eq!(report.status(Check::ResultFile), Status::Passed);
    assert_eq!(manifest(&again).contests().len(), 1);
}

const BOX: &str = "the ballot box";
const PUBLISHER: &str = "the publisher of the files";

#[test]
fn attack_21_one_ballot_dropped() {
    // The trustees have consented to other sums than those that everyone computes of what is left.
    assert_noticed(Tamper::DropBallot, Check::Consent, Some(TALLY), BOX);
    assert_noticed(Tamper::DropVoter, Check::Consent, Some(TALLY - 1), BOX);
}

#[test]
fn attack_21_one_ballot_counted_twice() {
    assert_noticed(Tamper::StateSums, Check::Form, Some(TALLY), BOX);
    assert_noticed(Tamper::BallotTwice, Check::BallotSequence, Some(BALLOT + 1), BOX);
}

#[test]
fn attack_21_two_options_totals_swapped() {
    assert_noticed(Tamper::TwoTotalsInFile, Check::ResultFile, None, PUBLISHER);
    assert_noticed(Tamper::TwoTotalsEverywhere, Check::Result, Some(RESULT_ENTRY), BOX);
}

#[test]
fn attack_25_ballots_outside_the_hours() {
    assert_noticed(Tamper::BallotBeforeOpen, Check::BallotHours, Some(OPEN + 1), BOX);
    assert_noticed(Tamper::BallotAfterClose, Check::BallotHours, Some(CLOSE), BOX);
}

#[test]
fn the_course_of_a_vote_is_kept() {
    assert_noticed(Tamper::SecondClose, Check::Course, Some(CLOSE + 1), BOX);
    assert_noticed(Tamper::NoClose, Check::Course, Some(CLOSE), BOX);
    assert_noticed(Tamper::EntriesReordered, Check::BallotCredential, Some(CREDENTIAL), BOX);
}

#[test]
fn attack_26_ballot_stuffing() {
    // The electorate of a simulation is exactly its voters: one more is one too many.
    assert_noticed(Tamper::StuffOneVoter, Check::Electorate, Some(CLOSE), BOX);
    // A false credential ends nothing, so that every one is named: here the voter's own ballot is without one, too.
    let report = report(&Tamper::StrangersCredential.apply());
    let failed: Vec<_> =
        report.failed().map(|failed| (failed.check, failed.failure.as_ref().unwrap())).collect();
    let found: Vec<_> = failed.iter().map(|(check, failure)| (*check, failure.entry)).collect();
    let (credential, ballot) = (Some(CREDENTIAL as u64), Some(BALLOT as u64));
    assert_eq!(
        found,
        [(Check::CredentialSignature, credential), (Check::BallotCredential, ballot)],
        "{report}"
    );
    assert_eq!(failed[0].1.culprit, BOX);
}

#[test]
fn attack_07_a_ballot_under_another_voters_key() {
    let (checks, entry) = ([Check::BallotSignature, Check::BallotProof], Some(BALLOT as u64 + 1));
    let report = report(&Tamper::BallotUnderAnotherKey.apply());
    for check in checks {
        let failed = report.failed().find(|failed| failed.check == check);
        let failure = failed.and_then(|failed| failed.failure.as_ref()).unwrap_or_else(|| panic!("{report}"));
        assert_eq!(failure.entry, entry, "{report}");
        assert_eq!(failure.culprit, BOX, "{report}");
    }
}

#[test]
fn a_ballot_before_its_credential() {
    assert_noticed(Tamper::SwapBallots, Check::BallotCredential, Some(BALLOT), BOX);
}

#[test]
fn attack_19_partial_decryptions_that_are_not_the_trustees_own() {
    assert_noticed(Tamper::PartialOfTrusteeTwice, Check::PartialForm, Some(PARTIAL + 1), BOX);
    assert_noticed(Tamper::PartialsSwapped, Check::PartialSignature, Some(PARTIAL), BOX);
    assert_noticed(Tamper::TooFewPartials, Check::Course, Some(RESULT_ENTRY - 1), BOX);
}

#[test]
fn the_published_files_are_those_of_this_board() {
    assert_noticed(Tamper::NoResultFile, Check::Files, None, PUBLISHER);
    assert_noticed(Tamper::ResultFileOfAnother, Check::ResultFile, None, PUBLISHER);
    assert_noticed(Tamper::FileMissing, Check::Files, None, PUBLISHER);
    assert_noticed(Tamper::FileTooMany, Check::Files, None, PUBLISHER);
    assert_noticed(Tamper::CheckpointOfAnotherLog, Check::Checkpoint, None, PUBLISHER);
}

#[test]
fn attack_08_another_manifest() {
    assert_noticed(Tamper::OtherManifest, Check::Genesis, Some(0), PUBLISHER);
    // With the genesis entry rewritten to match, nothing that was signed for the old election belongs to this one.
    let report = report(&Tamper::OtherManifestEverywhere.apply());
    let failed: Vec<Check> = report.failed().map(|failed| failed.check).collect();
    assert_eq!(failed, [Check::TrusteeSignature], "{report}");
    assert_eq!(report.failed().next().unwrap().failure.as_ref().unwrap().entry, Some(1));
}

#[test]
fn an_older_checkpoint_hides_nothing() {
    let report = report(&Tamper::OlderCheckpoint.apply());
    assert_eq!(report.exit_code(), 1, "{report}");
    assert_eq!(report.status(Check::Files), Status::Failed);
}

#[test]
fn a_ballot_deleted_after_its_receipt_is_proved_by_the_receipt() {
    use veche_board::{Checkpoint, MerkleTree, Receipt, SignedCheckpoint, leaf_hash};
    let honest = honest();
    let Ok(Entry::Genesis(genesis)) = Entry::parse(&honest.leaves[0]) else { panic!() };
    // The receipt was given when the ballot was the board's last entry.
    let tree_of = |leaves: &[Vec<u8>]| {
        let mut tree = MerkleTree::new();
        for leaf in leaves {
            tree.push(leaf_hash(leaf));
        }
        tree
    };
    let size = BALLOT as u64 + 1;
    let tree = tree_of(&honest.leaves[..=BALLOT]);
    let checkpoint = Checkpoint { origin: genesis.origin.clone(), size, root: tree.root() };
    let receipt = Receipt {
        index: BALLOT as u64,
        leaf_hash: leaf_hash(&honest.leaves[BALLOT]),
        proof: tree.inclusion_proof(BALLOT as u64, size).unwrap(),
        checkpoint: checkpoint.sign(&honest.keys.log),
    };
    let seen = receipt.check(&genesis.origin, &genesis.log_key, &honest.leaves[BALLOT]).unwrap();
    // Later the log, with the same key, signs a board without it. Both signatures hold, and no history explains both.
    let later = Tamper::DropBallot.apply();
    let note = &later.files["checkpoint"];
    let later_checkpoint = SignedCheckpoint::open(note, &genesis.log_key, &genesis.origin).unwrap();
    let later_tree = tree_of(&leaves(&later));
    assert_eq!(later_checkpoint.root, later_tree.root());
    let proof = later_tree.consistency_proof(seen.size, later_checkpoint.size).unwrap();
    assert!(later_checkpoint.verify_extends(&seen, &proof).is_err());
    assert_ne!(later_tree.root_at(seen.size).unwrap(), seen.root);
    // The same receipt under an honest board extends it.
    let whole = tree_of(&honest.leaves);
    let last = SignedCheckpoint::open(&honest.record.files["checkpoint"], &genesis.log_key, &genesis.origin)
        .unwrap();
    last.verify_extends(&seen, &whole.consistency_proof(seen.size, last.size).unwrap()).unwrap();
}

#[test]
fn an_unsigned_opening_is_noticed() {
    let honest = honest();
    let mut leaves = honest.leaves.clone();
    let stranger = generate_keys().unwrap();
    leaves[OPEN] =
        Entry::from(Open::sign(stranger.organiser().unwrap(), &honest.fingerprint, 1).unwrap()).to_bytes();
    let result = &honest.record.files[RESULT];
    let record = publish(&honest.record.files[MANIFEST], &leaves, &honest.keys, Some(result));
    let report = report(&record);
    assert_eq!(report.status(Check::Open), Status::Failed, "{report}");
}
