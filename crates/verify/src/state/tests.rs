use super::*;

/// What an auditor keeps of a voter with one credential and one ballot of one contest: docs/verifying.md
/// says so, and an observer plans with it.
#[test]
fn an_auditor_keeps_at_most_176_bytes_for_a_voter() {
    for voters in [10_000_u32, 100_000, 200_000] {
        let (mut register, mut nonces) = (Voters::new(1), Nonces::default());
        for voter in 0..voters {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&voter.to_le_bytes());
            let mut pseudonym = [0; 16];
            pseudonym[..4].copy_from_slice(&voter.to_le_bytes());
            let pseudonym = Pseudonym(pseudonym);
            let enrolled = voters::Enrolled {
                pseudonym,
                style: 0,
                declared: 0,
                route: 0,
                entered: false,
                handover: false,
                key,
            };
            register.register(voter.into(), enrolled);
            register.cast(&pseudonym, voter.into(), Digest::ZERO);
            nonces.push(key);
        }
        // One chunk of each of the three kinds is allocated ahead.
        let ahead = 4096 * (72 + 40 + 32);
        let kept = register.bytes() + nonces.bytes();
        assert!(kept <= 180 * voters as usize + ahead, "{voters}: {kept}");
        assert!(kept >= 144 * voters as usize, "{voters}: {kept}");
    }
}
