//! A practice vote and the vote that counts never take each other's ballots, even where all their keys are the same.

use serde_json::Value;
use veche_cli::preview::practice::practice;
use veche_crypto::signature::SecretKey;
use veche_record::manifest::{Manifest, Timestamp};
use veche_tests::small::{SmallElection, manifest_json, re_sign};
use veche_verify::{Check, Refusal, VerifiedBallot};

use crate::board::{Board, NORTH, fresh};

/// The practice vote of the small vote, as `veche manifest practice` makes it.
fn practice_json() -> Value {
    let vote = Manifest::parse(manifest_json().to_string().as_bytes()).unwrap();
    let hour = |text| Timestamp::parse(text).unwrap();
    let made = practice(vote.document(), hour("2026-04-20T08:00:00Z"), hour("2026-04-24T20:00:00Z"));
    serde_json::to_value(made).unwrap()
}

#[test]
fn a_ballot_of_the_practice_vote_is_refused_by_the_vote_and_the_other_way_round() {
    let (vote, trial) = (manifest_json(), practice_json());
    for (from, into, kinds) in [(&trial, &vote, [2, 1]), (&vote, &trial, [1, 2])] {
        let (from, mut into) = (Board::open_of(from), Board::open_of(into));
        assert_ne!(from.fingerprint(), into.fingerprint());
        let ballot = from.ballot(1, NORTH, 0);
        assert_eq!(ballot[1], kinds[0], "the kind stands in the ballot");
        assert!(VerifiedBallot::verify(&from.small.election, &ballot, &fresh()).is_ok());
        // As it was sealed.
        let refused = into.cast(&ballot).unwrap_err();
        assert!(
            matches!(refused, Refusal::Invalid(ref failure) if failure.check == Check::BallotForm),
            "{refused:?}"
        );

        // With the other kind and election written into it, and signed by the voter's own key for that.
        let mut altered = ballot.clone();
        altered[1] = kinds[1];
        altered[2..34].copy_from_slice(&into.ballot(1, NORTH, 1)[2..34]);
        let key = SecretKey::from_bytes(&SmallElection::voter(1).unwrap().secret()).unwrap();
        re_sign(&into.small.election, &mut altered, &key).unwrap();
        let refused = into.cast(&altered).unwrap_err();
        assert!(
            matches!(refused, Refusal::Invalid(ref failure) if failure.check == Check::BallotProof),
            "{refused:?}"
        );
        assert_eq!(into.state.ballots(), 0);
        // Its own ballot is taken.
        into.vote(1, NORTH, 0);
        assert_eq!(into.state.ballots(), 1);
    }
}
