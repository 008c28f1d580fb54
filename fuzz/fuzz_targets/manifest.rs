//! A manifest: accepted, a voter's page accepts it too, and every one of its contests compiles to a program that serves
//! its own legal choices.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_fuzz::ELECTION;
use veche_record::{Election, ElectionError, Manifest, Selection};

fuzz_target!(|json: &[u8]| {
    let card = ELECTION.0.card();
    let opened = Election::from_card(json, card.clone(), &card.fingerprint(&Manifest::hash_of(json)));
    let Ok(manifest) = Manifest::parse(json) else { return };
    match opened {
        Ok(election) => assert_eq!(election.manifest().document(), manifest.document()),
        // The card has the keys of another number of slots.
        Err(error) => assert!(matches!(error, ElectionError::Slots { .. }), "{error}"),
    }
    for contest in manifest.compiled() {
        let options = contest.options();
        let first = Selection::new((0..options).map(|option| u32::from(option == 0)).collect(), false);
        for selection in [first, Selection::new(vec![0; options], false), Selection::blank(options)] {
            if let Ok(bits) = contest.bits(&selection) {
                assert!(contest.program().is_satisfied(&bits));
                assert!(contest.program().outputs_of(&bits).len() == contest.slots());
            }
        }
    }
    for style in 0..manifest.styles().len() {
        let style = u16::try_from(style).expect("a limited number of styles");
        assert!(manifest.ballot_len(style).is_some_and(|len| len < 65_535));
    }
});
