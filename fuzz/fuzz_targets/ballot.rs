//! A ballot, as it is and again with the header of the right election: read, it is the only spelling of what it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_fuzz::ELECTION;
use veche_record::{Ballot, Election};

/// Version, phase and fingerprint: what a fuzzer could never guess.
const FIXED_LEN: usize = 1 + 1 + 32;

fuzz_target!(|bytes: &[u8]| {
    let (election, ..) = &*ELECTION;
    read(election, bytes);
    if bytes.len() >= FIXED_LEN {
        let mut ours = bytes.to_vec();
        ours[..2].copy_from_slice(&[1, 1]);
        ours[2..FIXED_LEN].copy_from_slice(election.fingerprint().as_bytes());
        read(election, &ours);
    }
});

fn read(election: &Election, bytes: &[u8]) {
    if let Ok(ballot) = Ballot::parse(election, bytes) {
        let signature = ballot.signature().to_bytes();
        let sections: Vec<u8> = ballot.sections().iter().flat_map(|section| section.to_bytes()).collect();
        assert_eq!([ballot.header().to_bytes(election), sections, signature.to_vec()].concat(), bytes);
        assert_eq!(Some(bytes.len()), election.manifest().ballot_len(ballot.header().style));
    }
}
