//! The numbered list of checks.
//!
//! Whoever verifies a record does all of these, and whoever reports a failure names one. The numbers
//! never change meaning; a new check gets a new number.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! checks {
    ($($(#[$doc:meta])* $number:literal $name:ident $sentence:literal)*) => {
        /// One of the checks that make a record believable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Check {
            $(#[doc = $sentence] $name = $number,)*
        }

        impl Check {
            /// Every check, in the order of their numbers.
            pub const ALL: &[Check] = &[$(Check::$name,)*];

            /// What the check demands, as a sentence.
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Check::$name => $sentence,)*
                }
            }

            /// A name for software.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Check::$name => stringify!($name),)*
                }
            }
        }
    };
}

checks! {
    1 Files "The record has exactly the files that its checkpoint calls for."
    2 Manifest "The manifest is well formed, consistent and within every limit."
    3 Genesis "The board begins with one genesis entry, which names this manifest and its trustees."
    4 Checkpoint "The checkpoint is signed by the log key of the genesis entry."
    5 Tree "The entries hash to the root of the checkpoint."
    6 Tiles "Every tile holds the hashes recomputed from the entries."
    7 Form "Every entry is in its one encoding, and long messages are split the one way they may be."
    8 Course "Every entry comes where the course of the vote has a place for it."
    9 Ceremony "The ceremony commits to exactly the threshold in every slot, with distinct slot keys."
    10 Fingerprint "The election's fingerprint is the expected one."
    11 Open "The opening is signed by the organiser."
    12 CredentialSignature "Every credential is signed by the registrar."
    13 Possession "Every credential's holder has proved to have its key."
    14 CredentialKey "No key is registered twice."
    15 CredentialHolder "A pseudonym keeps one declared ballot style and has one key at a time."
    16 Electorate "No declared ballot style has more voters, without those struck off, than its announced electorate."
    17 Revocation "Every revocation is signed by the registrar and names its pseudonym's last key, which a replacement ends."
    18 BallotForm "Every ballot is of this version, phase, election and of an existing style, in its one encoding."
    19 BallotHours "Every ballot lies between the opening and the closing."
    20 BallotCredential "Every ballot is cast under a registered key of its style that was not revoked."
    21 BallotSequence "Every ballot continues the ballots of its pseudonym, and voting again is allowed."
    22 BallotNonce "No ciphertext nonce appears twice."
    23 BallotSignature "Every ballot is signed by its key."
    24 BallotProof "Every section of every ballot proves that it holds a legal choice."
    25 Close "The closing is signed, by the organiser or a quorum of trustees, with a checkpoint of the board before it."
    26 TallyInput "Retired: a tally input states nothing; everyone computes it."
    27 TallySums "Retired: a tally input states no sums; everyone computes them."
    28 PartialForm "Every partial decryption is of this tally input and complete, and no trustee has two."
    29 PartialProof "Every partial decryption is proved to be made with the trustee's share."
    30 Result "The last result states the totals that the partial decryptions give."
    31 ResultFile "The published result file states these totals, value by value."
    32 TrusteePossession "Every trustee has proved to have the secrets behind its commitments."
    33 TrusteeSignature "Every message of a trustee in the ceremony is signed by the trustee's communication key."
    34 Restart "Every new attempt of the ceremony is the next one and signed by the organiser."
    35 Transcript "What trustees deal for, complain of and confirm is what is on the board."
    36 Complaint "Every complaint proves what it shows of another trustee's shares."
    37 RehearsalBallot "Every ballot of the rehearsal is of this version, election and an existing style, and cast for nobody."
    38 RehearsalInput "The ballots of the rehearsal need every slot key."
    39 Rehearsal "Voting opens only after a quorum of trustees has decrypted the rehearsal."
    40 Consent "Every consent is signed by its trustee, for the tally input on the board, and given once."
    41 Quorum "No trustee decrypts before a quorum of trustees has consented."
    42 Witnesses "The checkpoint is cosigned by as many of the manifest's witnesses as it demands."
    43 PartialSignature "Every partial decryption is signed by its trustee."
    44 Handover "Every credential that claims a handover is signed by the key that its pseudonym had."
    45 CredentialNumber "Every credential has the next number of its pseudonym and a route; an entered pseudonym has one only."
    46 StruckOff "Nothing follows of a pseudonym that was struck off."
    47 Challenged "Every challenged code is signed by an active key as its next ballot, 8 a pseudonym at most, and never cast by it."
    48 PaperCount "Every count of papers is the next of its style, signed by the organiser, and enough for the closing."
    49 Extension "Every extension is signed by the organiser, the next one, and puts the closing off as far as it may."
    50 Notice "Every notice is signed by the organiser, the next one, with a text for each language; a cancellation comes before the count."
    51 Ended "The end of the voting is signed, by the organiser or a quorum of trustees, with a checkpoint of the board before it."
    52 ClosingHour "Voting did not end earlier than the manifest allows."
    53 Draw "Every draw is signed by the organiser and orders exactly the tie that is to be drawn next."
}

impl Check {
    /// Whether an entry whose signature or proof fails this check takes its place all the same, and the replay goes
    /// on. Every other failure of an entry ends it.
    pub(crate) const fn goes_on(self) -> bool {
        matches!(
            self,
            Check::CredentialSignature
                | Check::Possession
                | Check::Handover
                | Check::BallotNonce
                | Check::BallotSignature
                | Check::BallotProof
        )
    }

    /// The check's number.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "check {}", self.number())
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_from_one() {
        let numbers: Vec<u8> = Check::ALL.iter().map(|check| check.number()).collect();
        assert!(numbers.is_sorted_by(|one, next| one < next));
        assert_eq!(numbers.first(), Some(&1));
    }
}
