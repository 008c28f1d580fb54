use proptest::prelude::*;
use veche_board::LogKey;
use veche_crypto::group::{Point, Scalar};
use veche_crypto::hash::{digest, scalar};
use veche_crypto::schnorr;
use veche_crypto::signature::{SecretKey, Signature};

use super::part::MAX_LEAF_LEN;
use super::*;
use crate::group::JoinedGroup;

fn secret(label: &str) -> SecretKey {
    SecretKey::new(scalar("test", &[label.as_bytes()])).unwrap()
}

fn point(label: &str) -> Point {
    *secret(label).public().point()
}

fn signature(label: &str) -> Signature {
    secret(label).sign("test", b"").unwrap()
}

fn factors(slots: usize) -> GroupFactors {
    let mut proof = [0; 64];
    proof[..32].copy_from_slice(Scalar::from(7_u64).as_bytes());
    GroupFactors {
        factors: (0..slots).map(|slot| point(&slot.to_string())).collect(),
        proof: veche_crypto::chaum_pedersen::Proof::from_bytes(&proof).unwrap(),
    }
}

/// One entry of each kind.
fn samples() -> Vec<Entry> {
    let election = digest("test", &[b"election"]);
    let (organiser, registrar) = (secret("organiser"), secret("registrar"));
    let pseudonym = Pseudonym([7; 16]);
    let key = secret("voter").public();
    let possession = signature("possession");
    let terms = CredentialTerms { pseudonym: Pseudonym([7; 16]), style: 1, route: 2, number: 3, key };
    vec![
        Entry::Genesis(Genesis {
            manifest: election,
            log_key: LogKey::from_seed(&[3; 32]).public(),
            organiser: organiser.public(),
            registrar: registrar.public(),
            trustees: 3,
            threshold: 2,
            origin: "veche.example/test".parse().unwrap(),
        }),
        commitments(vec![vec![point("a"), point("b")], vec![point("c"), point("d")]]),
        Open::sign(&organiser, &election, 5).unwrap().into(),
        CredentialEntry::sign(&registrar, &election, terms, None, possession).unwrap().into(),
        Entry::Ballot(vec![1, 2, 3]),
        Revocation::sign(&registrar, &election, pseudonym, key, RevocationReason::Replaced).unwrap().into(),
        Closing::by_organiser(ClosingKind::Close, &organiser, &election, 6, b"note".to_vec()).unwrap().into(),
        Closing::by_organiser(ClosingKind::Ended, &organiser, &election, 6, Vec::new()).unwrap().into(),
        Signed::new(Extension { number: 0, signed_at: 7, closes: 8 }, &organiser, &election).unwrap().into(),
        Signed::new(notice(NoticeForm::Words), &organiser, &election).unwrap().into(),
        Signed::new(notice(NoticeForm::Cancellation), &organiser, &election).unwrap().into(),
        Entry::TallyInput,
        signed(Partial { trustee: 2, tally: election, groups: vec![factors(2), factors(1)] }),
        result().into(),
        Part { hash: election, number: 1, count: 2, bytes: vec![9] }.into(),
        Entry::RehearsalBallot(vec![1, 2, 3]),
        Entry::RehearsalInput,
        Signed::new(Consent { trustee: 2, tally: election }, &organiser, &election).unwrap().into(),
        signed(Draw { contest: 1, order: vec![3, 0, 2] }),
        signed(Shares { attempt: 1, dealer: 2, round: election, encrypted: vec![vec![Scalar::ONE; 2]; 3] }),
        signed(Complaint {
            attempt: 1,
            complainer: 3,
            dealer: 2,
            shares: election,
            shared: point("shared"),
            proof: factors(1).proof,
        }),
        signed(Confirm { attempt: 1, trustee: 2, transcript: election }),
        signed(Restart { attempt: 2 }),
        CredentialEntry::sign(&registrar, &election, terms, Some(signature("handover")), possession)
            .unwrap()
            .into(),
        Revocation::sign(&registrar, &election, pseudonym, key, RevocationReason::NotEntitled)
            .unwrap()
            .into(),
    ]
}

fn notice(form: NoticeForm) -> Notice {
    Notice { number: 3, form, time: 9, texts: vec!["Water.".into(), "Woda.".into()] }
}

fn signed<T: Content>(content: T) -> Entry
where
    Entry: From<Signed<T>>,
{
    Signed::new(content, &secret("trustee"), &digest("test", &[b"genesis"])).unwrap().into()
}

fn commitments(commitments: Vec<Vec<Point>>) -> Entry {
    let possession = schnorr::Proof::from_bytes(&signature("possession").to_bytes()).unwrap();
    let communication = secret("trustee").public();
    signed(Commitments { attempt: 1, trustee: 2, communication, commitments, possession })
}

fn result() -> ResultEntry {
    let group = |styles: &[u16], totals| StatedGroup {
        group: JoinedGroup { contest: 3, styles: styles.to_vec() },
        ballots: 9,
        withheld: !styles.is_empty(),
        totals,
    };
    let groups = vec![group(&[], vec![1, u64::MAX]), group(&[0, 65_534], vec![])];
    ResultEntry { tally: digest("test", &[b"tally"]), groups }
}

#[test]
fn every_entry_is_read_as_it_was_written() {
    for entry in samples() {
        let bytes = entry.to_bytes();
        assert_eq!(bytes[0], entry.kind() as u8);
        assert_eq!(Entry::parse(&bytes).unwrap(), entry);
    }
}

#[test]
fn attack_33_every_cut_and_every_extension_of_an_entry_is_refused() {
    for entry in samples() {
        // A ballot's and a part's content have no length of their own here.
        let open = matches!(entry, Entry::Ballot(_) | Entry::Part(_) | Entry::RehearsalBallot(_));
        let bytes = entry.to_bytes();
        for len in 0..bytes.len() {
            let cut = Entry::parse(&bytes[..len]);
            assert!(cut.is_err() || open, "{:?} cut to {len}", entry.kind());
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(Entry::parse(&longer).is_err() || open, "{:?} with one byte more", entry.kind());
    }
}

#[test]
fn attack_33_other_versions_and_kinds_are_refused() {
    assert_eq!(Entry::parse(&[]), Err(EntryError::Empty));
    for kind in [17].into_iter().chain(21..=255) {
        assert_eq!(Entry::parse(&[kind]), Err(EntryError::UnknownKind(kind)));
    }
    let mut genesis = samples()[0].to_bytes();
    genesis[1] = 2;
    assert_eq!(Entry::parse(&genesis), Err(EntryError::Version(2)));
    let mut ceremony = samples()[1].to_bytes();
    for form in [0, 6, 255] {
        ceremony[1] = form;
        assert_eq!(Entry::parse(&ceremony), Err(EntryError::CeremonyForm(form)));
    }
    // The handover byte: after kind, pseudonym, style, route, number, key.
    let mut credential = samples()[3].to_bytes();
    credential[1 + 16 + 2 + 1 + 2 + 32] = 2;
    assert_eq!(Entry::parse(&credential), Err(EntryError::Flag(2)));
    let mut revocation = samples()[5].to_bytes();
    for reason in [0, 4, 255] {
        revocation[1 + 16 + 32] = reason;
        assert_eq!(Entry::parse(&revocation), Err(EntryError::Reason(reason)));
    }
    // The flag of the first group: after kind, tally hash, count, contest, number of styles, ballots.
    let mut stated = Entry::from(result()).to_bytes();
    stated[1 + 32 + 4 + 2 + 2 + 4] = 2;
    assert_eq!(Entry::parse(&stated), Err(EntryError::Flag(2)));
}

#[test]
fn attack_34_a_count_that_the_bytes_do_not_back_costs_nothing() {
    let most = u32::MAX.to_le_bytes();
    let partial = [[9].as_slice(), &[1], &[0; 32], &most].concat();
    assert_eq!(Entry::parse(&partial), Err(EntryError::Wire(WireError::Short)));
    let result = [[10].as_slice(), &[0; 32], &most].concat();
    assert_eq!(Entry::parse(&result), Err(EntryError::Wire(WireError::Short)));
    let key = point("key").to_bytes();
    let commitments = [[1, 1, 1, 1].as_slice(), &key, &[255, 255, 255]].concat();
    assert_eq!(Entry::parse(&commitments), Err(EntryError::Wire(WireError::Short)));
    let shares = [[1, 2, 1, 1].as_slice(), &[0; 32], &[255, 255, 255]].concat();
    assert_eq!(Entry::parse(&shares), Err(EntryError::Wire(WireError::Short)));
}

#[test]
fn attack_09_identity_and_low_order_points_in_an_entry_are_refused() {
    let bytes = samples()[1].to_bytes();
    // The last commitment: before the proof and the signature.
    let at = bytes.len() - 2 * 64 - 32;
    for bad in [[0; 32], [0xff; 32], {
        let mut one = [0; 32];
        one[0] = 1;
        one
    }] {
        let mut mutated = bytes.clone();
        mutated[at..at + 32].copy_from_slice(&bad);
        assert!(matches!(Entry::parse(&mutated), Err(EntryError::Wire(WireError::Group(_)))));
    }
    // Without commitments there is a slot without a key; without recipients, slots of nothing.
    let key = point("key").to_bytes();
    for counts in [[0, 0, 2], [2, 0, 0]] {
        let commitments = [[1, 1, 1, 1].as_slice(), &key, &counts].concat();
        assert_eq!(Entry::parse(&commitments), Err(EntryError::EmptyList));
        let shares = [[1, 2, 1, 1].as_slice(), &[0; 32], &[counts[2], counts[0], counts[1]]].concat();
        assert_eq!(Entry::parse(&shares), Err(EntryError::EmptyList));
    }
}

#[test]
fn signatures_bind_the_election_the_content_and_the_kind() {
    let (election, other) = (digest("test", &[b"election"]), digest("test", &[b"other"]));
    let organiser = secret("organiser");
    let key = organiser.public();
    let open = Open::sign(&organiser, &election, 5).unwrap();
    assert_eq!(open.verify_signature(&key, &election), Ok(()));
    assert!(open.verify_signature(&key, &other).is_err());
    assert!(open.verify_signature(&secret("voter").public(), &election).is_err());
    assert!(Open { time: 6, ..open.clone() }.verify_signature(&key, &election).is_err());
    // Under one domain, the end of the voting would be the closing.
    let closing = |kind| Closing::by_organiser(kind, &organiser, &election, 5, b"note".to_vec()).unwrap();
    let (ended, close) = (closing(ClosingKind::Ended), closing(ClosingKind::Close));
    let ClosingSignatures::Organiser(signature) = ended.signatures() else { panic!("trustees") };
    assert!(ended.terms().verify(&key, &election, signature).is_ok());
    assert!(ended.terms().verify(&key, &other, signature).is_err());
    assert!(close.terms().verify(&key, &election, signature).is_err());
}

#[test]
fn possession_and_handover_are_of_one_election_and_all_terms() {
    let (election, other) = (digest("test", &[b"election"]), digest("test", &[b"other"]));
    let (voter, old) = (secret("voter"), secret("old"));
    let terms =
        CredentialTerms { pseudonym: Pseudonym([7; 16]), style: 1, route: 2, number: 3, key: voter.public() };
    let possession = terms.prove_possession(&voter, &election).unwrap();
    let handover = terms.hand_over(&old, &election).unwrap();
    let holds = |terms: &CredentialTerms, election: &Digest| {
        let proved = terms.verify_possession(election, &possession).is_ok();
        assert_eq!(proved, terms.verify_handover(election, &old.public(), &handover).is_ok());
        proved
    };
    assert!(holds(&terms, &election));
    assert!(!holds(&terms, &other));
    for changed in [
        CredentialTerms { pseudonym: Pseudonym([8; 16]), ..terms },
        CredentialTerms { style: 2, ..terms },
        CredentialTerms { route: 3, ..terms },
        CredentialTerms { number: 2, ..terms },
        CredentialTerms { key: secret("thief").public(), ..terms },
    ] {
        assert!(!holds(&changed, &election), "{changed:?}");
    }
    // One is not the other.
    assert!(terms.verify_possession(&election, &terms.hand_over(&voter, &election).unwrap()).is_err());
    assert!(terms.verify_handover(&election, &voter.public(), &possession).is_err());
}

#[test]
fn a_credential_is_signed_with_whether_it_hands_over() {
    let election = digest("test", &[b"election"]);
    let registrar = secret("registrar");
    let key = secret("voter").public();
    let terms = CredentialTerms { pseudonym: Pseudonym([7; 16]), style: 1, route: 2, number: 3, key };
    let (possession, handover) = (signature("possession"), Some(signature("handover")));
    let entry = CredentialEntry::sign(&registrar, &election, terms, handover, possession).unwrap();
    assert_eq!(entry.verify_signature(&registrar.public(), &election), Ok(()));
    let without = CredentialEntry { handover: None, ..entry };
    assert!(without.verify_signature(&registrar.public(), &election).is_err());
}

#[test]
fn pseudonyms_have_one_spelling() {
    let pseudonym = Pseudonym([0xab; 16]);
    assert_eq!(Pseudonym::from_hex(&pseudonym.to_string()), Some(pseudonym));
    assert_eq!(Pseudonym::from_hex(&pseudonym.to_string().to_uppercase()), None);
    assert_eq!(Pseudonym::from_hex("ab"), None);
}

fn long_message() -> Vec<u8> {
    let slots = vec![vec![point("a"), point("b")]; 2_500];
    commitments(slots).to_bytes()
}

fn parts(message: &[u8]) -> Vec<Part> {
    let leaves = into_leaves(message.to_vec()).unwrap();
    assert!(leaves.iter().all(|leaf| leaf.len() <= MAX_LEAF_LEN));
    leaves
        .iter()
        .map(|leaf| match Entry::parse(leaf).unwrap() {
            Entry::Part(part) => part,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn assemble(parts: &[Part]) -> Result<Option<Vec<u8>>, PartError> {
    let mut assembler = PartAssembler::default();
    let mut last = Ok(None);
    for part in parts {
        last = assembler.push(part);
        if last.is_err() {
            break;
        }
    }
    last
}

#[test]
fn a_long_message_is_its_parts() {
    let message = long_message();
    let parts = parts(&message);
    assert_eq!(parts.len(), 3);
    assert_eq!(assemble(&parts), Ok(Some(message)));
    assert_eq!(into_leaves(vec![1; MAX_LEAF_LEN]).unwrap(), [vec![1; MAX_LEAF_LEN]]);
    assert!(matches!(into_leaves(vec![1; MAX_MESSAGE_LEN + 1]), Err(PartError::TooLong(_))));
}

#[test]
fn attack_33_parts_have_one_order_one_split_and_one_hash() {
    let parts = parts(&long_message());
    let [a, b, c] = &parts[..] else { panic!() };
    let refused = |parts: &[&Part]| assemble(&parts.iter().map(|&part| part.clone()).collect::<Vec<_>>());
    assert!(matches!(refused(&[b]), Err(PartError::OutOfPlace { .. })));
    assert!(matches!(refused(&[a, c]), Err(PartError::OutOfPlace { .. })));
    assert!(matches!(refused(&[a, a]), Err(PartError::OutOfPlace { .. })));
    let other = Part { hash: digest("test", &[]), ..b.clone() };
    assert!(matches!(refused(&[a, &other]), Err(PartError::OutOfPlace { .. })));
    let counted = Part { count: 4, ..b.clone() };
    assert!(matches!(refused(&[a, &counted]), Err(PartError::OutOfPlace { .. })));

    let mut shorter = a.clone();
    let moved = shorter.bytes.pop().unwrap();
    assert_eq!(refused(&[&shorter]), Err(PartError::Uneven));
    let mut longer = b.clone();
    longer.bytes.insert(0, moved);
    assert_eq!(refused(&[a, &longer]), Err(PartError::Uneven));
    let empty = Part { bytes: Vec::new(), ..c.clone() };
    assert_eq!(refused(&[a, b, &empty]), Err(PartError::Uneven));

    let mut flipped = c.clone();
    flipped.bytes[0] ^= 1;
    assert_eq!(refused(&[a, b, &flipped]), Err(PartError::Hash));
    let ballot = Part { bytes: [&[4], &a.bytes[1..]].concat(), ..a.clone() };
    assert_eq!(refused(&[&ballot]), Err(PartError::Kind));
}

#[test]
fn a_message_that_fits_a_leaf_is_not_split() {
    let bytes = vec![EntryKind::Partial as u8; MAX_LEAF_LEN];
    let full = MAX_LEAF_LEN - 37;
    let hash = digest("message", &[&bytes]);
    let part = |number, bytes: &[u8]| Part { hash, number, count: 2, bytes: bytes.to_vec() };
    let parts = [part(0, &bytes[..full]), part(1, &bytes[full..])];
    assert_eq!(assemble(&parts), Err(PartError::Uneven));
}

#[test]
fn attack_34_more_parts_than_a_message_may_have_are_refused_at_once() {
    let part =
        Part { hash: digest("test", &[]), number: 0, count: u16::MAX, bytes: vec![1; MAX_LEAF_LEN - 37] };
    assert!(matches!(PartAssembler::default().push(&part), Err(PartError::TooLong(_))));
    let lonely = Part { count: 1, ..part };
    assert!(matches!(PartAssembler::default().push(&lonely), Err(PartError::OutOfPlace { .. })));
}

#[test]
fn attack_34_a_message_that_grows_beyond_its_limit_is_refused() {
    let full = MAX_LEAF_LEN - 37;
    let count = MAX_MESSAGE_LEN.div_ceil(full) as u16;
    let mut part = Part { hash: digest("test", &[]), number: 0, count, bytes: vec![1; full] };
    let mut assembler = PartAssembler::default();
    for number in 0..count - 1 {
        part.number = number;
        assert_eq!(assembler.push(&part), Ok(None));
    }
    part.number = count - 1;
    assert_eq!(assembler.push(&part), Err(PartError::TooLong(full * usize::from(count))));
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic_and_what_it_reads_it_writes_back(
        kind in 0_u8..15,
        body in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let bytes = [&[kind], body.as_slice()].concat();
        if let Ok(entry) = Entry::parse(&bytes) {
            prop_assert_eq!(entry.to_bytes(), bytes);
        }
    }

    #[test]
    fn a_mutated_entry_is_refused_or_another_entry(which in 0_usize..11, at in any::<prop::sample::Index>(), mask in 1_u8..) {
        let mut bytes = samples()[which].to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= mask;
        if let Ok(entry) = Entry::parse(&bytes) {
            prop_assert_eq!(entry.to_bytes(), bytes);
            prop_assert_ne!(&entry, &samples()[which]);
        }
    }
}

#[test]
fn trustees_who_end_a_vote_stand_in_order_and_each_once() {
    let of = |trustees: &[u8]| {
        let signatures = trustees.iter().map(|trustee| (*trustee, signature(&trustee.to_string()))).collect();
        Entry::from(Closing::by_trustees(ClosingKind::Close, 5, b"note".to_vec(), signatures)).to_bytes()
    };
    for trustees in [&[1][..], &[1, 3], &[2, 15, 200]] {
        let bytes = of(trustees);
        assert_eq!(Entry::parse(&bytes).unwrap().to_bytes(), bytes);
        // What is cut off within a signature is no entry; at its end, it is one with fewer trustees.
        assert!(Entry::parse(&bytes[..bytes.len() - 1]).is_err());
        assert_eq!(Entry::parse(&bytes[..bytes.len() - 65]).is_ok(), trustees.len() > 1);
    }
    assert_eq!(of(&[3, 1]), of(&[1, 3]));
    assert_eq!(Entry::parse(&of(&[2, 2])), Err(EntryError::TrusteeOrder));
    let mut swapped = of(&[1, 3]);
    let at = swapped.len() - 130;
    swapped[at..].rotate_left(65);
    assert_eq!(Entry::parse(&swapped), Err(EntryError::TrusteeOrder));
    assert_eq!(Entry::parse(&of(&[])), Err(EntryError::EmptyList));
    let mut form = of(&[1]);
    form[1] = 2;
    assert_eq!(Entry::parse(&form), Err(EntryError::ClosingForm(2)));
    let long = Closing::by_organiser(
        ClosingKind::Close,
        &secret("organiser"),
        &digest("test", &[b"election"]),
        6,
        vec![0; 65_536],
    );
    assert_eq!(long, Err(EntryError::NoteTooLong));
}

#[test]
fn a_notice_is_text_and_of_a_known_form() {
    let bytes = Entry::from(
        Signed::new(notice(NoticeForm::Words), &secret("organiser"), &digest("test", &[b"election"]))
            .unwrap(),
    )
    .to_bytes();
    let mut form = bytes.clone();
    form[3] = 2;
    assert_eq!(Entry::parse(&form), Err(EntryError::NoticeForm(2)));
    let mut text = bytes;
    text[14] = 0xff;
    assert_eq!(Entry::parse(&text), Err(EntryError::NotText));
}
