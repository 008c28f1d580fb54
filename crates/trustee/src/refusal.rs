use veche_record::manifest::Timestamp;

use crate::share::ShareError;

/// Why a trustee does nothing. Each says what is wrong and whose business it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A board that nobody has founded.
    #[error("this board is empty; ask the organiser for the right address")]
    NoBoard,
    /// The board was not verified.
    #[error("this board was not verified entirely; a trustee acts on nothing else")]
    Unverified,
    /// A checkpoint that is not this board's, or that too few witnesses have seen.
    #[error("nobody vouches for this board: {0}")]
    Checkpoint(String),
    /// A board that no log has signed.
    #[error("no log has signed this board; a trustee agrees to nothing on it and decrypts nothing")]
    Unsigned,
    /// An older board than the device has seen.
    #[error(
        "this board has {shown} entries, and this device has seen {seen}: somebody shows you an older board. \
         Sign nothing, and tell the others"
    )]
    OlderBoard {
        /// How many entries it has.
        shown: u64,
        /// How many the device has seen.
        seen: u64,
    },
    /// Another board than the device has seen.
    #[error(
        "the first {0} entries are not those that this device has seen: somebody shows the trustees different \
         boards. Sign nothing, and tell the others"
    )]
    ForkedBoard(u64),
    /// An attempt of the ceremony before the one that the trustee has confirmed.
    #[error(
        "this board has attempt {shown} of the ceremony, and you have confirmed attempt {confirmed}: \
         somebody shows the trustees different boards. Sign nothing, and tell the others"
    )]
    EarlierAttempt {
        /// The board's.
        shown: u8,
        /// The last that was confirmed.
        confirmed: u8,
    },
    /// An attempt that was confirmed, of which the board does not show it.
    #[error(
        "you have confirmed attempt {0} of the ceremony, and this board does not show it: on another board it may \
         have come to an end. Tell the others, and make a new secret for the attempt that runs"
    )]
    ConfirmNotShown(u8),
    /// A number that no trustee has.
    #[error("this election has no trustee {0}")]
    NoSuchTrustee(u8),
    /// Another board.
    #[error(
        "this secret was made for another board: the organiser, or someone in between, shows you a different one"
    )]
    OtherBoard,
    /// The words are someone else's.
    #[error(
        "these are not the words of trustee {0} of this board; look whether number and words belong together"
    )]
    NotYourWords(u8),
    /// Someone else committed under this number.
    #[error(
        "somebody else has committed as trustee {0}: tell the organiser, who has to begin the ceremony anew"
    )]
    Impostor(u8),
    /// Nothing on the board to recover from.
    #[error("the board has nothing of trustee {0} in this attempt of the ceremony: make a new secret")]
    NothingToRecover(u8),
    /// Recovering would risk dealing twice.
    #[error(
        "trustee {0} has not dealt yet on this board, and a lost device may have dealt on another one: \
         ask the organiser to begin the ceremony anew, and make a new secret for it"
    )]
    CannotRecoverYet(u8),
    /// Two sets of commitments.
    #[error(
        "you have dealt shares for other commitments than this board shows: \
         somebody shows the trustees different boards. Sign nothing, and tell the others"
    )]
    OtherRound,
    /// Two transcripts.
    #[error(
        "you have confirmed another transcript than this board shows: \
         somebody shows the trustees different boards. Sign nothing, and tell the others"
    )]
    OtherTranscript,
    /// Two tally inputs.
    #[error(
        "you have consented to decrypt other sums than this board shows: \
         decrypting both would open the ballots in which they differ. Sign nothing, and tell the others"
    )]
    OtherTally,
    /// A vote that is not open, or whose organiser has ended it.
    #[error("there is no vote here that trustees could end: it is not open, or it has ended already")]
    NotToBeEnded,
    /// The organiser may still come.
    #[error("trustees end a vote in the organiser's place three days after its last hour, not before {}", shown(*.until))]
    NotAbandoned {
        /// From then on they may, in seconds since 1970.
        until: u64,
    },
    /// The end of another board.
    #[error(
        "what is to be signed is not the end of this board, or too few witnesses have seen it: \
         get it again, and sign nothing that does not fit the board you see"
    )]
    OtherEnd,
    /// The share.
    #[error(transparent)]
    Share(#[from] ShareError),
    /// A key that cannot be derived, which no working secret meets.
    #[error("no key can be made of this secret; make a new one")]
    Degenerate,
}

/// A time as people read it.
fn shown(time: u64) -> String {
    Timestamp::from_unix(time).map_or_else(|| time.to_string(), |time| time.to_string())
}
