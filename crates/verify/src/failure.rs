//! A failed check: which, at which entry, who is to blame, and why.

use std::fmt;

use serde::{Serialize, Serializer};
use veche_crypto::group::GroupError;
use veche_crypto::hash::Digest;
use veche_record::ballot::BallotError;
use veche_record::election::ElectionError;
use veche_record::entry::{
    EntryError, EntryKind, MAX_CHALLENGED, MAX_CREDENTIAL_NUMBER, PartError, Pseudonym,
};
use veche_record::manifest::{ManifestError, Timestamp};

use crate::ceremony::CeremonyError;
use crate::check::Check;
use crate::tally::TallyError;

/// Whose fault a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Culprit {
    /// Whoever serves the record's files, or changed them.
    Publisher,
    /// The organiser, who wrote the manifest and signs how the vote goes.
    Organiser,
    /// The registrar, who signs who votes.
    Registrar,
    /// The ballot box, which admits entries and signs checkpoints.
    BallotBox,
    /// The voter of a pseudonym, with the ballot box that admitted the entry.
    Voter(Pseudonym),
    /// Whoever sent a ballot that was not admitted: whose it is the board does not say.
    Sender,
    /// A trustee, counted from 1.
    Trustee(u8),
    /// Several trustees together: bit i - 1 stands for trustee i.
    Trustees(u16),
    /// The calling code, or the person who gave it a wrong argument.
    Caller,
}

impl Culprit {
    /// Several trustees together. An election has at most 15.
    pub(crate) fn trustees(numbers: impl Iterator<Item = u8>) -> Self {
        let bit = |number: u8| 1_u16.checked_shl(u32::from(number).wrapping_sub(1)).unwrap_or(0);
        Culprit::Trustees(numbers.map(bit).fold(0, |all, one| all | one))
    }

    /// The names of all roles, for software.
    pub const ROLES: &[&str] =
        &["publisher", "organiser", "registrar", "ballot-box", "voter", "sender", "trustees", "caller"];

    /// What the culprit is in the vote, one of [`Self::ROLES`].
    pub const fn role(&self) -> &'static str {
        match self {
            Culprit::Publisher => "publisher",
            Culprit::Organiser => "organiser",
            Culprit::Registrar => "registrar",
            Culprit::BallotBox => "ballot-box",
            Culprit::Voter(_) => "voter",
            Culprit::Sender => "sender",
            Culprit::Trustee(_) | Culprit::Trustees(_) => "trustees",
            Culprit::Caller => "caller",
        }
    }

    /// The trustees, counted from 1, where they are it.
    pub fn trustee_numbers(&self) -> impl Iterator<Item = u8> {
        let (one, several) = match *self {
            Culprit::Trustee(number) => (Some(number), 0),
            Culprit::Trustees(bits) => (None, bits),
            _ => (None, 0),
        };
        let among = move |number: &u8| several & (1 << (number - 1)) != 0;
        one.into_iter().chain((1..=16).filter(among))
    }

    /// The voter, where it is one.
    pub const fn voter(&self) -> Option<&Pseudonym> {
        match self {
            Culprit::Voter(pseudonym) => Some(pseudonym),
            _ => None,
        }
    }
}

impl fmt::Display for Culprit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Culprit::Publisher => f.write_str("the publisher of the files"),
            Culprit::Organiser => f.write_str("the organiser"),
            Culprit::Registrar => f.write_str("the registrar"),
            Culprit::BallotBox => f.write_str("the ballot box"),
            Culprit::Voter(pseudonym) => write!(f, "voter {pseudonym}, and the ballot box that let it in"),
            Culprit::Sender => f.write_str("whoever sent it"),
            Culprit::Trustee(_) | Culprit::Trustees(_) => {
                let mut separator =
                    if self.trustee_numbers().count() == 1 { "trustee " } else { "trustees " };
                for trustee in self.trustee_numbers() {
                    write!(f, "{separator}{trustee}")?;
                    separator = ", ";
                }
                Ok(())
            }
            Culprit::Caller => f.write_str("the caller"),
        }
    }
}

impl Serialize for Culprit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why a check failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// A file that must be there.
    #[error("{0} is missing")]
    MissingFile(String),
    /// A file that must not be there.
    #[error("{0} is not a file of a record of this size")]
    UnknownFile(String),
    /// A file that cannot be read.
    #[error("{path} cannot be read: {reason}")]
    UnreadableFile {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The manifest itself.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Manifest, genesis and ceremony do not fit.
    #[error(transparent)]
    Election(#[from] ElectionError),
    /// A checkpoint that is not signed, or not one.
    #[error("{0}")]
    Checkpoint(String),
    /// A bundle that does not hold the entries it must.
    #[error("{path}: {reason}")]
    Bundle {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// Another root.
    #[error("the entries do not hash to the root that the log signed")]
    Root,
    /// A tile that is not the recomputed one.
    #[error("{0} is not what the entries hash to")]
    Tile(String),
    /// An entry that is not one.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// Parts that are not a message.
    #[error(transparent)]
    Part(#[from] PartError),
    /// A long message that stops before its last part.
    #[error("a long message was begun and is not finished")]
    UnfinishedMessage,
    /// An entry at the wrong time.
    #[error("an entry of kind {0:?} has no place here: {1}")]
    Course(EntryKind, &'static str),
    /// An entry under another index than the next.
    #[error("entry {given} was given where entry {next} is next")]
    Index {
        /// The index that was given.
        given: u64,
        /// The index that is next.
        next: u64,
    },
    /// Another election than expected.
    #[error("the fingerprint is {found}, and {expected} was expected")]
    Fingerprint {
        /// What was expected.
        expected: Digest,
        /// What the record has.
        found: Digest,
    },
    /// A signature that is not one of the organiser.
    #[error("the organiser's signature is false")]
    OrganiserSignature,
    /// A signature that is not one of the registrar.
    #[error("the registrar's signature is false")]
    RegistrarSignature,
    /// A false proof of possession.
    #[error("the proof of having the key is false")]
    Possession,
    /// A key that is on the board already.
    #[error("this key is registered already")]
    RepeatedKey,
    /// A style that does not exist.
    #[error("ballot style {0} does not exist")]
    UnknownStyle(u16),
    /// A pseudonym that changes its declared style.
    #[error("this pseudonym has another ballot style, and can only change what it adds to it")]
    OtherStyle,
    /// A second key beside the one that is active.
    #[error("this pseudonym has a key that was not revoked")]
    KeyStillActive,
    /// A route that does not exist.
    #[error("route {0} does not exist")]
    UnknownRoute(u8),
    /// A credential that is not the next of its pseudonym.
    #[error("the credential is number {found} of its pseudonym; number {expected} is next")]
    CredentialNumber {
        /// The number that is next.
        expected: u16,
        /// The credential's own.
        found: u16,
    },
    /// More credentials than a pseudonym may have.
    #[error("a pseudonym has at most {} credentials", MAX_CREDENTIAL_NUMBER + 1)]
    TooManyCredentials,
    /// A pseudonym of paper ballots that does what only a voter does.
    #[error("a pseudonym whose ballot is entered from paper has {0}")]
    Entered(&'static str),
    /// A handover by nobody.
    #[error("this pseudonym has no active key that could hand over")]
    NothingToHandOver,
    /// A false signature under a handover.
    #[error("the key that this pseudonym had has not signed the handover")]
    Handover,
    /// Something of a pseudonym that was struck off.
    #[error("this pseudonym was struck off the board")]
    StruckOff,
    /// A challenged ballot that its key has not signed.
    #[error("the key has not signed that this ballot was challenged")]
    ChallengedSignature,
    /// More challenged ballots than a pseudonym may have.
    #[error("this pseudonym has challenged {MAX_CHALLENGED} ballots already")]
    TooManyChallenged,
    /// The same ballot challenged twice.
    #[error("this key has challenged this ballot already")]
    ChallengedBefore,
    /// A ballot that was opened, and is cast all the same.
    #[error("this ballot was challenged by its key: it was opened, and is never cast")]
    ChallengedBallot,
    /// A count of papers that is not the next.
    #[error("the count of papers is number {found} of its style; number {expected} is next")]
    PaperNumber {
        /// The number that is next.
        expected: u32,
        /// The count's own.
        found: u16,
    },
    /// Papers that do not allow a closing.
    #[error(transparent)]
    Papers(#[from] PaperFault),
    /// A revocation of another key than the last one.
    #[error("this key is not that of the pseudonym's last credential")]
    NotTheLastKey,
    /// More voters than announced.
    #[error("the electorate of {0} is exhausted")]
    Electorate(u32),
    /// A revocation of what is not active.
    #[error("this key is not the active key of this pseudonym")]
    NotActive,
    /// A trustee's false signature under the end of the vote.
    #[error("the signature of trustee {0} is false")]
    ClosingSignature(u8),
    /// Another number of trustees than a quorum.
    #[error("{found} trustees end the vote, it takes exactly {needed}")]
    ClosingQuorum {
        /// The quorum.
        needed: usize,
        /// How many have signed.
        found: usize,
    },
    /// A checkpoint at the end of the vote that is not one.
    #[error("the checkpoint that was signed with the end of the vote is none of this board: {0}")]
    ClosingNote(String),
    /// The end of another board, or of this one at another place.
    #[error("what was signed is the end of another board, or of this one after {size} entries")]
    OtherPlace {
        /// Entries of the checkpoint.
        size: u64,
    },
    /// An end before the hour.
    #[error("voting ended at {}, before {}", shown(*.time), shown(*.hour))]
    ClosedEarly {
        /// When it ended, in seconds since 1970.
        time: u64,
        /// When it may end at the earliest.
        hour: u64,
    },
    /// An end that witnesses saw before the hour.
    #[error("{found} witnesses saw the board unfinished at {} or later, {needed} must have", shown(*.hour))]
    WitnessedEarly {
        /// When voting may end at the earliest, in seconds since 1970.
        hour: u64,
        /// How many witnesses must have seen it then.
        needed: usize,
        /// How many have.
        found: usize,
    },
    /// An entry that was withheld, or comes twice.
    #[error("it is number {found}, and number {expected} is next")]
    OtherNumber {
        /// The number that is next.
        expected: u16,
        /// Its own.
        found: u16,
    },
    /// An extension to an hour to which voting may not be put off.
    #[error(
        "signed at {}, it moves the closing from {} to {}: it must be signed before the closing and put it off, at most \
         as far as the manifest allows",
        shown(*.signed_at), shown(*.present), shown(*.closes)
    )]
    Extension {
        /// When it was signed, in seconds since 1970.
        signed_at: u64,
        /// When voting closes without it.
        present: u64,
        /// When it wants voting to close.
        closes: u64,
    },
    /// A notice that not everybody can read.
    #[error("a notice has one text for each of the {0} languages, none of them blank")]
    NoticeTexts(usize),
    /// A ballot that is not one.
    #[error(transparent)]
    Ballot(#[from] BallotError),
    /// A ballot before the opening.
    #[error("the vote is not open yet")]
    NotOpenYet,
    /// A ballot after the closing.
    #[error("the vote is closed")]
    Closed,
    /// A ballot under an unknown key.
    #[error("this key is not registered")]
    UnknownKey,
    /// A ballot under a revoked key.
    #[error("this key was revoked")]
    Revoked,
    /// A ballot of another style than its credential.
    #[error("this key is registered for another ballot style")]
    CredentialStyle,
    /// A ballot that does not follow the one before it.
    #[error(
        "the ballot is number {found} of its pseudonym, or names another ballot before it; number {expected} is next"
    )]
    Sequence {
        /// The sequence that is next.
        expected: u32,
        /// The ballot's own.
        found: u32,
    },
    /// A second ballot where one is allowed.
    #[error("this vote does not allow voting again")]
    NoRevote,
    /// A ballot that is on the board already.
    #[error("this ballot is entry {0} already")]
    AlreadyRecorded(u64),
    /// A nonce that is on the board already.
    #[error("the first point of contest \"{0}\" appears in another ballot")]
    RepeatedNonce(String),
    /// A false signature of a voter.
    #[error("the ballot's signature is false")]
    BallotSignature,
    /// A false proof.
    #[error("the proof of contest \"{0}\" is false")]
    BallotProof(String),
    /// Replaced ballots were never taken out of the sums.
    #[error("{0} replaced ballots were not read back yet")]
    Unsettled(usize),
    /// A ballot read back is not the one that was counted.
    #[error("the ballot read back is not the one that was counted")]
    NotTheBallot,
    /// A trustee that does not exist.
    #[error("there is no trustee {0}")]
    UnknownTrustee(u8),
    /// A message of the ceremony.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// A rehearsal ballot that continues another one.
    #[error("a ballot of the rehearsal is the first of its key and names no other")]
    RehearsalSequence,
    /// A rehearsal that leaves keys out.
    #[error("the rehearsal does not use every slot key")]
    RehearsalKeys,
    /// A second rehearsal.
    #[error("the sums of the rehearsal are on the board already")]
    RehearsalFixed,
    /// An opening without a rehearsal.
    #[error(
        "the rehearsal is not finished: {needed} trustees must decrypt it before voting opens, {found} have"
    )]
    NotRehearsed {
        /// The quorum.
        needed: usize,
        /// Partial decryptions of the rehearsal.
        found: usize,
    },
    /// A false signature under a consent.
    #[error("the trustee's signature under the consent is false")]
    ConsentSignature,
    /// A second consent.
    #[error("this trustee has consented already")]
    RepeatedConsent,
    /// A partial decryption too early.
    #[error("{needed} trustees must consent before any of them decrypts, {found} have")]
    NoQuorum {
        /// The quorum.
        needed: usize,
        /// Consents on the board.
        found: usize,
    },
    /// A false signature under a partial decryption.
    #[error("the trustee's signature under the partial decryption is false")]
    PartialSignature,
    /// A second partial decryption.
    #[error("this trustee has given a partial decryption already")]
    RepeatedPartial,
    /// A partial decryption of something else.
    #[error("it is of other sums than those of this board")]
    OtherTally,
    /// A partial decryption that is incomplete.
    #[error("the partial decryption has not one item for each group and slot")]
    PartialShape,
    /// A false proof of a partial decryption.
    #[error("the proof of group {0} (counted from 0) is false")]
    PartialProof(usize),
    /// The totals cannot be computed.
    #[error(transparent)]
    Tally(#[from] TallyError),
    /// A result before there are enough partial decryptions.
    #[error("a result has no place here: {needed} partial decryptions are needed, there are {found}")]
    ResultTooEarly {
        /// t.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// Totals that are not the computed ones.
    #[error("what is stated of group {0} (counted from 0) is not what ballots and partial decryptions give")]
    Totals(usize),
    /// A draw of what cannot be a tie.
    #[error(
        "the draw is not one of several options of a contest that have one total and are given money by it"
    )]
    DrawOfNoTie,
    /// A draw of another tie than the next.
    #[error("the draw does not order exactly the options that are to be drawn for next")]
    DrawOfAnotherTie,
    /// A signature that cannot be made, which a working key never meets.
    #[error("signing failed: {0}")]
    Signing(GroupError),
    /// A result file that states something else.
    #[error("result.json at {0} is not what the board says")]
    ResultFile(String),
    /// A record whose keys are not made yet has no fingerprint.
    #[error("the record has no election keys yet, and {0} was expected")]
    NoElection(Digest),
    /// A board without entries.
    #[error("the board is empty")]
    EmptyBoard,
}

impl Cause {
    /// The file of the record that it is about.
    pub fn file(&self) -> Option<&str> {
        match self {
            Cause::MissingFile(path)
            | Cause::UnknownFile(path)
            | Cause::Tile(path)
            | Cause::UnreadableFile { path, .. }
            | Cause::Bundle { path, .. } => Some(path),
            _ => None,
        }
    }

    /// The contest that it is about, by its id.
    pub fn contest(&self) -> Option<&str> {
        match self {
            Cause::RepeatedNonce(contest)
            | Cause::BallotProof(contest)
            | Cause::Ballot(BallotError::Section { contest, .. }) => Some(contest),
            _ => None,
        }
    }
}

/// Why the papers of a declared style do not allow a closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaperFault {
    /// Nobody has counted.
    #[error("style {style} has ballots or voters on paper, and its papers were not counted")]
    NotCounted {
        /// The declared style.
        style: u16,
    },
    /// More ballots were typed than there are papers.
    #[error("style {style} has {entered} entered ballots' pseudonyms and only {papers} papers")]
    Entered {
        /// The declared style.
        style: u16,
        /// Entered pseudonyms that are not struck off.
        entered: u32,
        /// The papers.
        papers: u32,
    },
    /// More voters were struck off as having voted on paper than there are papers.
    #[error(
        "of style {style}, {voters} voters were struck off as having voted on paper, and there are only {papers} papers"
    )]
    StruckOff {
        /// The declared style.
        style: u16,
        /// Voters who were struck off for that.
        voters: u32,
        /// The papers.
        papers: u32,
    },
}

/// A time as people read it.
fn shown(time: u64) -> String {
    Timestamp::from_unix(time).map_or_else(|| time.to_string(), |time| time.to_string())
}

/// A failed check.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Failure {
    /// Which check.
    pub check: Check,
    /// At which entry, where it is about one.
    pub entry: Option<u64>,
    /// Who is to blame.
    pub culprit: Culprit,
    /// Why.
    pub cause: Box<Cause>,
}

impl Failure {
    pub(crate) fn new(check: Check, culprit: Culprit, cause: impl Into<Cause>) -> Self {
        Failure { check, entry: None, culprit, cause: Box::new(cause.into()) }
    }

    /// A genesis entry that does not fit the manifest. Another manifest than the board names is the doing of who
    /// publishes the files.
    pub(crate) fn of_genesis(error: ElectionError) -> Self {
        let culprit = match error {
            ElectionError::OtherManifest { .. } => Culprit::Publisher,
            _ => Culprit::BallotBox,
        };
        Failure::new(Check::Genesis, culprit, error)
    }

    pub(crate) fn at(mut self, entry: u64) -> Self {
        self.entry = Some(entry);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.check)?;
        if let Some(entry) = self.entry {
            write!(f, ", entry {entry}")?;
        }
        write!(f, ": {} (to blame: {})", self.cause, self.culprit)
    }
}
