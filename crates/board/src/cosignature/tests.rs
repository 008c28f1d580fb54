use super::*;
use crate::testing::{bit_flips, checkpoint, entries, key, origin, tree};
use crate::{NoteError, OriginError};

const TIME: u64 = 1_795_000_000;

fn witness_key(number: u8) -> LogKey {
    LogKey::from_seed(&[100 + number; 32])
}

fn name(number: u8) -> Origin {
    format!("witness.example/w{number}").parse().unwrap()
}

fn witness(number: u8) -> WitnessKey {
    WitnessKey::new(name(number), witness_key(number).public())
}

fn of_three(needed: usize) -> Witnesses {
    Witnesses::new(needed, (1..=3).map(witness).collect()).unwrap()
}

fn line(number: u8) -> String {
    cosign(&checkpoint(&tree(&entries(7))), &name(number), &witness_key(number), TIME)
}

fn note() -> String {
    checkpoint(&tree(&entries(7))).sign(&key())
}

fn open(note: &str, needed: usize) -> Result<Checkpoint, CheckpointError> {
    SignedCheckpoint::open_witnessed(note, &key().public(), &origin(), Some(&of_three(needed)))
}

#[test]
fn the_signed_message_and_the_payload_are_those_of_the_specification() {
    let claim = checkpoint(&tree(&entries(7)));
    let line = line(1);
    let encoded = line.strip_prefix("— witness.example/w1 ").unwrap().strip_suffix('\n').unwrap();
    let payload = from_base64(encoded).unwrap();
    assert_eq!(payload.len(), 4 + 8 + 64);
    let public = witness_key(1).public();
    let typed = [&b"witness.example/w1\n\x04"[..], &public.to_bytes()].concat();
    assert_eq!(payload[..4], Sha256::digest(typed)[..4]);
    assert_eq!(payload[4..12], TIME.to_be_bytes());
    let text =
        format!("cosignature/v1\ntime 1795000000\nboard.example/2026\n7\n{}\n", claim.root.to_base64());
    assert!(public.verify(text.as_bytes(), payload[12..].try_into().unwrap()).is_ok());
}

#[test]
fn verifier_keys_of_other_software_are_read_and_written_back() {
    // The key of a public witness, as the Go library of the specification's authors has it in its tests.
    let text = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
    let witness = WitnessKey::from_vkey(text).unwrap();
    assert_eq!(witness.name().as_str(), "remora.n621.de");
    assert_eq!(witness.id(), [0xda, 0x77, 0xad, 0xe7]);
    assert_eq!(witness.to_vkey(), text);
}

#[test]
fn attack_33_every_flipped_bit_and_every_loose_spelling_of_a_verifier_key_is_refused() {
    let text = witness(1).to_vkey();
    assert_eq!(WitnessKey::from_vkey(&text), Ok(witness(1)));
    for (bit, flipped) in bit_flips(text.as_bytes()) {
        if let Ok(text) = std::str::from_utf8(&flipped) {
            assert!(WitnessKey::from_vkey(text).is_err(), "bit {bit}: {text}");
        }
    }
    let (start, encoded) = text.rsplit_once('+').unwrap();
    let log = key().public().to_vkey(&origin());
    for (loose, error) in [
        (String::new(), KeyError::Form),
        (start.to_owned(), KeyError::Form),
        (format!("{text}\n"), KeyError::Form),
        (format!("{start}+BA=="), KeyError::Form),
        (format!("{start}+{encoded}{encoded}"), KeyError::Form),
        (format!("+{text}"), KeyError::Name(OriginError::Length)),
        (text.replacen("witness", "Witness", 1), KeyError::Identifier),
        (log, KeyError::NotWitness(1)),
    ] {
        assert_eq!(WitnessKey::from_vkey(&loose), Err(error), "{loose:?}");
    }
}

#[test]
fn a_checkpoint_needs_as_many_witnesses_as_are_demanded() {
    let claim = checkpoint(&tree(&entries(7)));
    let mut text = note();
    for found in 0..=3_u8 {
        for needed in 1..=3_usize {
            let enough = usize::from(found) >= needed;
            let error = CheckpointError::TooFewWitnesses { found: found.into(), needed };
            let expected = if enough { Ok(claim.clone()) } else { Err(error) };
            assert_eq!(open(&text, needed), expected, "{found} of {needed}");
        }
        // Who reads without knowing of witnesses reads it too.
        assert_eq!(SignedCheckpoint::open(&text, &key().public(), &origin()), Ok(claim.clone()));
        text += &line(found + 1);
    }
    // A fourth witness is nobody's, wherever its line stands.
    let stranger = format!("{}{}{}{}", note(), line(4), line(2), line(9));
    assert!(open(&stranger, 1).is_ok());
    let error = CheckpointError::TooFewWitnesses { found: 1, needed: 2 };
    assert_eq!(open(&stranger, 2), Err(error));
    let found = of_three(1);
    assert_eq!(found.of(stranger.as_bytes()).unwrap(), [&witness(2)]);
}

#[test]
fn every_flipped_bit_of_a_cosigned_checkpoint_is_refused() {
    let text = format!("{}{}{}", note(), line(1), line(2));
    assert!(open(&text, 2).is_ok());
    for (bit, flipped) in bit_flips(text.as_bytes()) {
        let result =
            SignedCheckpoint::open_witnessed(&flipped, &key().public(), &origin(), Some(&of_three(2)));
        assert!(result.is_err(), "bit {bit}: {}", String::from_utf8_lossy(&flipped));
    }
}

#[test]
fn a_false_or_a_second_line_of_a_witness_is_refused_even_when_others_are_enough() {
    let enough = format!("{}{}{}", note(), line(1), line(2));
    let twice = CheckpointError::Note(NoteError::SignedTwice { name: name(1) });
    assert_eq!(open(&format!("{enough}{}", line(1)), 2), Err(twice));

    let bad = Err(CheckpointError::Note(NoteError::BadSignature { name: name(3) }));
    let claim = checkpoint(&tree(&entries(7)));
    let payload = |time: u64, signed: &str, key: &LogKey| {
        let signature = key.sign(signed.as_bytes());
        note::line(&name(3), &[&witness(3).id()[..], &time.to_be_bytes(), &signature].concat())
    };
    let text = claim.text();
    let other = checkpoint(&tree(&entries(8))).text();
    for (what, line) in [
        ("another key", payload(TIME, &message(TIME, &text), &witness_key(4))),
        ("another time", payload(TIME + 1, &message(TIME, &text), &witness_key(3))),
        ("another checkpoint", payload(TIME, &message(TIME, &other), &witness_key(3))),
        ("without the header", payload(TIME, &text, &witness_key(3))),
        ("a time of 2⁶³", payload(1 << 63, &message(1 << 63, &text), &witness_key(3))),
        ("too short", note::line(&name(3), &[&witness(3).id()[..], &[0; 71]].concat())),
        ("too long", note::line(&name(3), &[&witness(3).id()[..], &[0; 73]].concat())),
        ("nothing but a signature", {
            note::line(&name(3), &[&witness(3).id()[..], &witness_key(3).sign(text.as_bytes())].concat())
        }),
    ] {
        assert_eq!(open(&format!("{enough}{line}"), 2), bad, "{what}");
    }
    let last = payload((1 << 63) - 1, &message((1 << 63) - 1, &text), &witness_key(3));
    assert!(open(&format!("{enough}{last}"), 3).is_ok());
}

#[test]
fn a_witness_is_a_name_and_a_key() {
    // The right key under another name, or with the identifier of a log's key, is another signer.
    let claim = checkpoint(&tree(&entries(7)));
    let renamed = cosign(&claim, &name(9), &witness_key(1), TIME);
    let none = CheckpointError::TooFewWitnesses { found: 0, needed: 1 };
    assert_eq!(open(&format!("{}{renamed}", note()), 1), Err(none.clone()));
    let as_log = note::line(
        &name(1),
        &[&witness_key(1).public().id(&name(1))[..], &witness_key(1).sign(claim.text().as_bytes())].concat(),
    );
    assert_eq!(open(&format!("{}{as_log}", note()), 1), Err(none));
    // A witness does not speak for the log.
    let unsigned = format!("{}\n{}{}{}", claim.text(), line(1), line(2), line(3));
    let missing = CheckpointError::Note(NoteError::NotSigned { name: origin() });
    assert_eq!(open(&unsigned, 1), Err(missing));
}

#[test]
fn impossible_sets_of_witnesses_are_refused() {
    let set = |needed, numbers: &[u8]| Witnesses::new(needed, numbers.iter().copied().map(witness).collect());
    assert_eq!(set(1, &[]), Err(WitnessesError::Count));
    assert_eq!(set(0, &[1]), Err(WitnessesError::Count));
    assert_eq!(set(2, &[1]), Err(WitnessesError::Count));
    let numbers: Vec<u8> = (1..=16).collect();
    assert!(set(15, &numbers[..15]).is_ok());
    assert_eq!(set(1, &numbers), Err(WitnessesError::Count));
    let repeated = |number| Err(WitnessesError::Repeated { name: name(number) });
    assert_eq!(set(1, &[1, 2, 1]), repeated(1));
    let same_key = WitnessKey::new(name(2), witness_key(1).public());
    assert_eq!(Witnesses::new(1, vec![witness(1), same_key]), repeated(2));
    let same_name = WitnessKey::new(name(1), witness_key(2).public());
    assert_eq!(Witnesses::new(1, vec![witness(1), same_name]), repeated(1));
    assert_eq!((set(2, &[1, 2, 3]).unwrap().spare(), set(2, &[1, 2, 3]).unwrap().needed()), (1, 2));
    let common = |needed, keys: &[u8]| set(needed, keys).unwrap().common();
    assert_eq!((common(2, &[1, 2, 3]), common(1, &[1, 2]), common(1, &[1, 2, 3])), (1, 0, 0));
    assert_eq!((common(3, &[1, 2, 3]), common(4, &[1, 2, 3, 4, 5])), (3, 3));
}
