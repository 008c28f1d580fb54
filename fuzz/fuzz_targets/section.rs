//! A contest's part of a ballot under each program of the election: read, it is the only spelling of what it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_crypto::ballot_proof::Section;
use veche_fuzz::ELECTION;

fuzz_target!(|bytes: &[u8]| {
    let (election, ..) = &*ELECTION;
    for contest in election.manifest().compiled() {
        if let Ok(section) = Section::from_bytes(contest.program(), bytes) {
            assert_eq!(section.to_bytes(), bytes);
        }
        // The right length, so that the fuzzer's bytes reach the points and scalars.
        let mut fitted = bytes.to_vec();
        fitted.resize(contest.section_len(), 0);
        if let Ok(section) = Section::from_bytes(contest.program(), &fitted) {
            assert_eq!(section.to_bytes(), fitted);
        }
    }
});
