//! A page opens an election from the beginning of a board alone. It must come to what the board's state machine comes
//! to.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use veche_board::decode_bundle;
use veche_record::{Card, Election, ElectionError, Manifest};
use veche_tests::vectors;
use veche_verify::source::stated_size;
use veche_verify::{BoardState, Opening};

use crate::board::Board;

/// What was said of each leaf, up to the first refusal or the election: its fingerprint is the end.
fn story(mut next: impl FnMut(&[u8]) -> Result<Option<String>, String>, leaves: &[&[u8]]) -> Vec<String> {
    let mut told = Vec::new();
    for leaf in leaves {
        match next(leaf) {
            Ok(None) => told.push("taken".to_owned()),
            Ok(Some(end)) | Err(end) => {
                told.push(end);
                break;
            }
        }
    }
    told
}

/// The same story by both.
fn compared(manifest: &[u8], leaves: &[&[u8]]) -> Vec<String> {
    let (mut opening, mut state) = match (Opening::new(manifest), BoardState::new(manifest)) {
        (Ok(opening), Ok(state)) => (opening, state),
        (opening, state) => {
            let wrong = opening.err().map(|error| error.to_string());
            assert_eq!(wrong, state.err().map(|error| error.to_string()));
            return vec![wrong.unwrap()];
        }
    };
    let by_opening = |leaf: &[u8]| {
        let opened = opening.apply(leaf).map_err(|failure| failure.to_string())?;
        Ok(opened.map(|election| election.fingerprint().to_string()))
    };
    let by_state = |leaf: &[u8]| {
        state.restore(state.size(), leaf).map_err(|failure| failure.to_string())?;
        Ok(state.election().map(|election| election.fingerprint().to_string()))
    };
    let (told, by_state) = (story(by_opening, leaves), story(by_state, leaves));
    let early = |end: &String| end.contains("the election has no keys yet");
    if told.last().is_some_and(early) && told.len() == by_state.len() {
        // A page does not look into what comes after the keys: the auditor may have another word for it.
        assert!(by_state.last().is_some_and(|end| end.starts_with("check ")), "{told:?} and {by_state:?}");
    } else {
        assert_eq!(told, by_state);
    }
    told
}

#[test]
fn a_page_opens_what_the_auditor_opens_and_refuses_what_the_auditor_refuses() {
    let (mut opened, mut refused) = (0, 0);
    for path in vectors::all().unwrap().iter().filter(|path| path.parent().unwrap().ends_with("records")) {
        let case: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let files: BTreeMap<String, String> = serde_json::from_value(case["files"].clone()).unwrap();
        let file = |name: &str| files.get(name).map(|text| STANDARD.decode(text).unwrap());
        let bundle = files.keys().find(|name| name.starts_with("tile/entries/000"));
        let (Some(manifest), Some(note), Some(bundle)) =
            (file("manifest.json"), file("checkpoint"), bundle.and_then(|name| file(name)))
        else {
            continue;
        };
        let size = stated_size(&note).and_then(|size| usize::try_from(size).ok());
        let Some(leaves) = size.and_then(|size| decode_bundle(&bundle, size).ok()) else { continue };
        let told = compared(&manifest, &leaves);
        if told.last().is_some_and(|end| end.len() == 64) {
            opened += 1
        } else {
            refused += 1
        }
        // Every leaf twice, and every leaf with another before it: what has no place now is refused alike.
        let Some(end) = told.len().checked_sub(1).filter(|_| opened % 8 == 0) else { continue };
        for at in 0..=end.min(leaves.len() - 1) {
            let again = [&leaves[..=at], &leaves[at..]].concat();
            compared(&manifest, &again);
            let swapped = [&leaves[..at], &leaves[at + 1..], &leaves[at..=at]].concat();
            compared(&manifest, &swapped);
            for (kind, byte) in
                [(0, 0xff), (0, 4), (0, 11), (leaves[at].len() - 1, leaves[at][leaves[at].len() - 1] ^ 1)]
            {
                let mut leaf = leaves[at].to_vec();
                leaf[kind] = byte;
                compared(&manifest, &[&leaves[..at], &[leaf.as_slice()], &leaves[at + 1..]].concat());
            }
        }
    }
    assert!(opened > 100 && refused > 10, "{opened} opened, {refused} refused");
}

#[test]
fn a_voters_page_opens_the_election_that_its_card_and_its_manifest_come_to_and_no_other() {
    let board = Board::open();
    let (manifest, pinned) = (&board.small.manifest, board.fingerprint());
    let honest = board.state.election().unwrap().card().to_bytes();
    let open = |manifest: &[u8], bytes: &[u8]| {
        let card = Card::parse(bytes).map_err(|error| error.to_string())?;
        Election::from_card(manifest, card, &pinned).map_err(|error| error.to_string())
    };
    let election = open(manifest, &honest).unwrap();
    assert_eq!(election.fingerprint(), pinned);
    assert_eq!(election.slot_keys(), board.small.election.slot_keys());
    assert_eq!(election.card().to_bytes(), honest);
    // Who has opened nothing but a card knows no trustee.
    assert!(election.communication_key(1).is_none() && election.trustee_public_shares(1).is_none());

    for at in 0..honest.len() {
        for bit in 0..8 {
            let mut touched = honest.clone();
            touched[at] ^= 1 << bit;
            assert!(open(manifest, &touched).is_err(), "byte {at}, bit {bit}");
        }
        assert!(open(manifest, &honest[..at]).is_err(), "cut at {at}");
    }
    assert!(open(manifest, &[honest.as_slice(), &[0]].concat()).is_err());
    let longer = [manifest.as_slice(), b" "].concat();
    assert!(open(&longer, &honest).unwrap_err().contains("was announced"));

    // A card and a manifest that fit each other in all but the number of slots are no election, whatever is pinned.
    let mut card = Card::parse(&honest).unwrap();
    card.slot_keys.pop();
    let parsed = Manifest::parse(manifest).unwrap();
    let pin = card.fingerprint(&parsed.hash());
    let error = Election::from_card(manifest, card, &pin).unwrap_err();
    assert!(matches!(error, ElectionError::Slots { .. }), "{error}");
}
