//! Attacks on the bytes of one ballot. A mutated ballot is signed again with the voter's own key, so
//! that it is the proof that refuses it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use veche_crypto::batch::Batch;
use veche_crypto::group::Scalar;
use veche_crypto::hash::Digest;
use veche_crypto::randomness::Randomness;
use veche_crypto::signature::SecretKey;
use veche_record::ballot::{Ballot, HEADER_LEN, SIGNATURE_LEN};
use veche_record::tag::domain;
use veche_record::{Election, Selection};
use veche_tests::small::{SmallElection, manifest_json, randomness, re_sign};
use veche_voter::{Credential, PreparedBallot, Revision, SealError};

const NORTH: u16 = 0;
const SOUTH: u16 = 1;

fn proofs_hold(election: &Election, ballot: &Ballot) -> bool {
    let mut batch = Batch::new(election.slot_keys());
    for (position, &contest) in election.manifest().style_contests(ballot.header().style).iter().enumerate() {
        let statement = election.statement(contest).unwrap();
        batch.push_section(ballot.sealed(), position, statement.contest, statement.program).unwrap();
    }
    batch.verify(&veche_tests::small::fresh()).is_ok()
}

fn secret(credential: &Credential) -> SecretKey {
    SecretKey::from_bytes(&credential.secret()).unwrap()
}

/// Whether a ballot is refused although its signature is right.
fn refused_by_its_proof(election: &Election, bytes: &[u8]) -> bool {
    let Ok(ballot) = Ballot::parse(election, bytes) else { return true };
    let key = ballot.header().credential;
    assert_eq!(key.verify(domain::BALLOT, ballot.body().as_bytes(), ballot.signature()), Ok(()));
    !proofs_hold(election, &ballot)
}

#[test]
fn every_flipped_bit_of_a_signed_again_ballot_is_refused_by_the_proof() {
    let small = SmallElection::new().unwrap();
    let key = secret(&SmallElection::voter(1).unwrap());
    let sealed = small.ballot(NORTH, 1, 1).unwrap();
    assert!(!refused_by_its_proof(&small.election, &sealed.bytes));
    let body = sealed.bytes.len() - SIGNATURE_LEN;
    let credential = 36..68;
    for bit in 0..body * 8 {
        if credential.contains(&(bit / 8)) {
            continue; // another key cannot sign: below
        }
        let mut flipped = sealed.bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        re_sign(&small.election, &mut flipped, &key).unwrap();
        assert!(refused_by_its_proof(&small.election, &flipped), "bit {bit} of byte {}", bit / 8);
    }
}

#[test]
fn attack_07_a_ballot_under_another_credential_is_refused_by_the_proof() {
    let small = SmallElection::new().unwrap();
    let sealed = small.ballot(NORTH, 1, 1).unwrap();
    let thief = SmallElection::voter(2).unwrap();
    let mut copied = sealed.bytes.clone();
    copied[36..68].copy_from_slice(&thief.key().to_bytes());
    re_sign(&small.election, &mut copied, &secret(&thief)).unwrap();
    assert!(refused_by_its_proof(&small.election, &copied));
}

#[test]
fn attack_07_sections_of_two_ballots_cannot_be_mixed() {
    let small = SmallElection::new().unwrap();
    let key = secret(&SmallElection::voter(1).unwrap());
    let (one, other) = (small.ballot(NORTH, 1, 0).unwrap(), small.ballot(NORTH, 2, 1).unwrap());
    let first = small.election.contest(0).unwrap().section_len();
    let mut mixed = one.bytes.clone();
    mixed[HEADER_LEN..HEADER_LEN + first].copy_from_slice(&other.bytes[HEADER_LEN..HEADER_LEN + first]);
    re_sign(&small.election, &mut mixed, &key).unwrap();
    assert!(refused_by_its_proof(&small.election, &mixed));
}

#[test]
fn attack_08_a_ballot_of_another_manifest_with_the_same_keys_is_refused() {
    let small = SmallElection::new().unwrap();
    let mut other = manifest_json();
    other["title"]["en"] = "Another made-up vote".into();
    let other = SmallElection::of(&other, "small").unwrap();
    let sealed = small.ballot(NORTH, 1, 1).unwrap();
    assert!(Ballot::parse(&other.election, &sealed.bytes).is_err());
    // With the fingerprint put in and signed again, the proof still is of the first election.
    let mut moved = sealed.bytes;
    moved[2..34].copy_from_slice(other.election.fingerprint().as_bytes());
    re_sign(&other.election, &mut moved, &secret(&SmallElection::voter(1).unwrap())).unwrap();
    assert!(refused_by_its_proof(&other.election, &moved));
}

#[test]
fn attack_08_a_section_moved_to_another_contest_or_style_is_refused() {
    // Two contests of one shape: their sections have one length and one program.
    let mut manifest = manifest_json();
    let twin = manifest["contests"][1].clone();
    manifest["contests"][2] = twin;
    manifest["contests"][2]["id"] = "south".into();
    let small = SmallElection::of(&manifest, "twins").unwrap();
    let sealed = small.ballot(NORTH, 1, 1).unwrap();
    let mut moved = sealed.bytes;
    moved[34..36].copy_from_slice(&SOUTH.to_le_bytes());
    re_sign(&small.election, &mut moved, &secret(&SmallElection::voter(1).unwrap())).unwrap();
    assert_eq!(Ballot::parse(&small.election, &moved).unwrap().header().style, SOUTH);
    assert!(refused_by_its_proof(&small.election, &moved));
}

#[test]
fn attack_09_and_10_zeros_and_unreduced_scalars_in_every_field_of_a_ballot_are_refused() {
    let small = SmallElection::new().unwrap();
    let sealed = small.ballot(SOUTH, 1, 1).unwrap();
    let fields = (HEADER_LEN..sealed.bytes.len()).step_by(32);
    let (mut points, mut scalars) = (0, 0);
    for at in fields {
        let mut zeros = sealed.bytes.clone();
        zeros[at..at + 32].fill(0);
        if Ballot::parse(&small.election, &zeros).is_err() {
            points += 1;
        } else {
            scalars += 1;
        }
        let mut unreduced = sealed.bytes.clone();
        unreduced[at..at + 32].fill(0xff);
        assert!(Ballot::parse(&small.election, &unreduced).is_err(), "field at {at}");
    }
    // Slots, A, B, T of both contests and R of the signature; the rest are scalars.
    let contests = [0, 2].map(|contest| small.election.contest(contest).unwrap().program());
    let expected: usize = contests.iter().map(|program| program.slots() + 4).sum();
    assert_eq!(points, expected + 1);
    let expected: usize = contests.iter().map(|program| program.bits() + 2).sum();
    assert_eq!(scalars, expected + 1);
    let mut identity_key = sealed.bytes;
    identity_key[36..68].fill(0);
    assert!(Ballot::parse(&small.election, &identity_key).is_err());
}

#[test]
fn attack_13_two_seals_never_share_a_nonce() {
    let small = SmallElection::new().unwrap();
    let credential = SmallElection::voter(1).unwrap();
    let mut seen = std::collections::HashSet::new();
    // The same random bytes every time: header and attempt keep the seeds apart.
    for (sequence, attempt) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let previous = if sequence == 0 { Digest::ZERO } else { Digest::from_bytes([7; 32]) };
        let revision = Revision { sequence, previous, attempt };
        let prepared = PreparedBallot::new(
            &small.election,
            NORTH,
            &credential,
            &revision,
            &randomness("repeats", 0).unwrap(),
        );
        let selections = small.selections(NORTH, 1).unwrap();
        let sealed =
            prepared.unwrap().seal(&small.election, &selections, &veche_tests::small::fresh()).unwrap();
        let ballot = Ballot::parse(&small.election, &sealed.bytes).unwrap();
        for section in ballot.sections() {
            assert!(seen.insert(section.alpha.to_bytes()), "a nonce was repeated");
        }
    }
}

#[test]
fn attack_14_a_dead_random_source_seals_nothing() {
    for byte in [0, 0xff, 0x41] {
        let dead = |bytes: &mut [u8]| {
            bytes.fill(byte);
            Ok::<_, ()>(())
        };
        assert!(Randomness::draw(dead).is_err());
    }
    assert!(Randomness::draw(|_| Err(())).is_err());
}

#[test]
fn attack_35_every_ballot_of_a_style_has_one_length() {
    let small = SmallElection::new().unwrap();
    let credential = SmallElection::voter(1).unwrap();
    let mut lengths = std::collections::HashSet::new();
    for mask in 0_u32..32 {
        let south: Vec<u32> = (0..5).map(|i| mask >> i & 1).collect();
        if south.iter().sum::<u32>() > 3 {
            continue;
        }
        for (town, blank) in [(vec![1, 0, 0], false), (vec![1, 1, 0], false), (vec![0, 0, 0], true)] {
            let selections = [
                Selection { values: town.clone(), blank },
                Selection { values: south.clone(), blank: false },
            ];
            let revision = Revision { sequence: 0, previous: Digest::ZERO, attempt: 0 };
            let prepared = PreparedBallot::new(
                &small.election,
                SOUTH,
                &credential,
                &revision,
                &randomness("length", mask.into()).unwrap(),
            );
            let sealed =
                prepared.unwrap().seal(&small.election, &selections, &veche_tests::small::fresh()).unwrap();
            lengths.insert(sealed.bytes.len());
        }
    }
    assert_eq!(lengths.len(), 1);
    assert_eq!(lengths.into_iter().next(), small.election.manifest().ballot_len(SOUTH));
}

#[test]
fn choices_that_break_the_rule_are_not_sealed() {
    let small = SmallElection::new().unwrap();
    let credential = SmallElection::voter(1).unwrap();
    let revision = Revision { sequence: 0, previous: Digest::ZERO, attempt: 0 };
    for (values, blank) in
        [(vec![1, 1, 1], false), (vec![0, 0, 0], false), (vec![1, 0, 0], true), (vec![2, 0, 0], false)]
    {
        let randomness = randomness("illegal", 0).unwrap();
        let prepared =
            PreparedBallot::new(&small.election, NORTH, &credential, &revision, &randomness).unwrap();
        let selections = [Selection { values, blank }, Selection { values: vec![1, 0], blank: false }];
        let refused = prepared.seal(&small.election, &selections, &veche_tests::small::fresh());
        assert!(matches!(refused, Err(SealError::Selection { contest, .. }) if contest == "town"));
    }
}

#[test]
fn a_stored_credential_is_the_same_and_zero_is_none() {
    let credential = SmallElection::voter(4).unwrap();
    let again = Credential::from_secret(&credential.secret()).unwrap();
    assert_eq!(again.key(), credential.key());
    assert!(Credential::from_secret(&Scalar::ZERO.to_bytes()).is_err());
}
