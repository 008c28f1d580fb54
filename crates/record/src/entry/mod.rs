//! The entries of the board: what each says, in bytes.
//!
//! A message is one kind byte and a fixed little-endian layout. It is one leaf of the log, or, above
//! 65,535 bytes, consecutive [`Part`] leaves. Points and scalars are canonical, counts are backed by
//! bytes, and nothing follows the layout, so a message has exactly one encoding.
//!
//! | kind | message | layout after the kind byte |
//! |---|---|---|
//! | 0 | [`Genesis`] | version u8 = 1, H_manifest 32, organiser key 32, registrar key 32, log key 32, n u8, t u8, origin length u8, origin |
//! | 1 | [`Ceremony`] | form u8, and what [`ceremony`] says |
//! | 2 | [`Open`] | unix time u64, organiser signature 64 |
//! | 3 | [`CredentialEntry`] | pseudonym 16, style u16, route u8, number u16, key 32, handover u8 (1: the old key's signature 64), possession 64, registrar signature 64 |
//! | 4 | Ballot | see [`crate::ballot`] |
//! | 5 | [`Challenged`] | credential key 32, sequence u32, code 32, signature 64 by that key |
//! | 6 | [`Revocation`] | pseudonym 16, key 32, reason u8, registrar signature 64 |
//! | 7 | Close | form u8, unix time u64, note length u16, note; form 0: organiser signature 64; form 1: q times trustee u8, signature 64: see [`Closing`] |
//! | 8 | TallyInput | nothing: everyone computes the [`TallyInput`] that it marks |
//! | 9 | [`Partial`] | trustee u8, tally input hash 32, groups u32, each group: μ u16, μ factors 32, proof 64; signature 64 |
//! | 10 | [`ResultEntry`] | tally input hash 32, groups u32, each group: contest u16, number of styles u16, styles u16 each, ballots u32, withheld u8, totals u16, each total u64 |
//! | 11 | [`Part`] | message hash 32, number u16, count u16, bytes |
//! | 12 | RehearsalBallot | a ballot of the rehearsal, see [`crate::ballot_kind`] |
//! | 13 | RehearsalInput | nothing, as 8: of the rehearsal's ballots |
//! | 14 | [`Consent`] | trustee u8, tally input hash 32, signature 64 |
//! | 15 | [`Extension`] | number u16, unix time u64, closes u64, organiser signature 64 |
//! | 16 | [`Notice`] | number u16, form u8, unix time u64, each language's text: length u16, bytes; organiser signature 64 |
//! | 17 | | reserved: refused |
//! | 18 | [`Draw`] | contest u16, options u16, each option's position u16, organiser signature 64 |
//! | 19 | Ended | as 7 |
//! | 20 | [`PaperCount`] | declared style u16, number u16, count u32, organiser signature 64 |
//!
//! The organiser, the registrar, and the trustees in Consent and Partial, sign H_election and then everything
//! between the kind byte and the entry's first signature.

use veche_crypto::VerifyError;
use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;

use crate::wire::{Reader, WireError};

pub mod ceremony;
mod challenged;
mod closing;
mod credential;
mod draw;
mod extension;
mod notice;
mod paper;
mod part;
mod setup;
mod signed;
mod tally;

pub use ceremony::{Ceremony, Commitments, Complaint, Confirm, Restart, Shares};
pub use challenged::{Challenged, MAX_CHALLENGED};
pub use closing::{Closing, ClosingForm, ClosingKind, ClosingSignatures, ClosingTerms};
pub use credential::{
    CredentialEntry, CredentialTerms, MAX_CREDENTIAL_NUMBER, Pseudonym, Revocation, RevocationReason,
};
pub use draw::Draw;
pub use extension::Extension;
pub use notice::{MAX_NOTICES, Notice, NoticeForm};
pub use paper::PaperCount;
pub use part::{MAX_BALLOT_LEN, MAX_LEAF_LEN, MAX_MESSAGE_LEN, Part, PartAssembler, PartError, into_leaves};
pub use setup::{Genesis, Open};
pub use signed::{Content, Signed};
pub use tally::{
    Consent, GroupFactors, GroupInput, Partial, ResultEntry, StatedGroup, TallyInput, TallyKind,
};

/// The first byte of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum EntryKind {
    /// What the board is for.
    Genesis = 0,
    /// The making of the election's keys.
    Ceremony = 1,
    /// Voting begins.
    Open = 2,
    /// A voter's key.
    Credential = 3,
    /// A sealed ballot.
    Ballot = 4,
    /// A sealed ballot that was opened instead of cast.
    Challenged = 5,
    /// A voter's key ends.
    Revocation = 6,
    /// The board has every ballot.
    Close = 7,
    /// What is to be decrypted.
    TallyInput = 8,
    /// One trustee's part of the decryption.
    Partial = 9,
    /// The totals.
    Result = 10,
    /// A piece of a long message.
    Part = 11,
    /// A ballot that is only there to be decrypted before the vote.
    RehearsalBallot = 12,
    /// What is to be decrypted before the vote.
    RehearsalInput = 13,
    /// One trustee's word that it will decrypt this tally input and no other.
    Consent = 14,
    /// The closing is put off.
    Extension = 15,
    /// What the organiser says to everybody.
    Notice = 16,
    /// In which order options of one total have their turns.
    Draw = 18,
    /// Voting has ended, and ballots on paper are still typed in.
    Ended = 19,
    /// How many papers were counted by hand.
    PaperCount = 20,
}

impl EntryKind {
    /// The kind that a message begins with.
    pub fn of(message: &[u8]) -> Option<EntryKind> {
        Some(match message.first()? {
            0 => EntryKind::Genesis,
            1 => EntryKind::Ceremony,
            2 => EntryKind::Open,
            3 => EntryKind::Credential,
            4 => EntryKind::Ballot,
            5 => EntryKind::Challenged,
            6 => EntryKind::Revocation,
            7 => EntryKind::Close,
            8 => EntryKind::TallyInput,
            9 => EntryKind::Partial,
            10 => EntryKind::Result,
            11 => EntryKind::Part,
            12 => EntryKind::RehearsalBallot,
            13 => EntryKind::RehearsalInput,
            14 => EntryKind::Consent,
            15 => EntryKind::Extension,
            16 => EntryKind::Notice,
            18 => EntryKind::Draw,
            19 => EntryKind::Ended,
            20 => EntryKind::PaperCount,
            _ => return None,
        })
    }

    /// Whether such an entry may come after a Result.
    pub const fn follows_result(self) -> bool {
        matches!(self, EntryKind::Result | EntryKind::Notice | EntryKind::Draw)
    }

    /// Whether such a message may be so long that it is split into parts.
    pub const fn is_split(self) -> bool {
        matches!(self, EntryKind::Ceremony | EntryKind::Partial | EntryKind::Result)
    }
}

/// Why bytes are not an entry. The fault is with whoever wrote them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// No byte at all.
    #[error("an entry has at least one byte")]
    Empty,
    /// A kind byte that nothing has.
    #[error("there is no entry of kind {0}")]
    UnknownKind(u8),
    /// Another version of an entry.
    #[error("version {0} of this entry is unknown")]
    Version(u8),
    /// A byte that says one of two things says neither.
    #[error("a yes-or-no byte is {0}")]
    Flag(u8),
    /// A reason that no revocation has.
    #[error("a revocation's reason is 1, 2 or 3, not {0}")]
    Reason(u8),
    /// A ceremony that this version does not know.
    #[error("ceremony form {0} is unknown")]
    CeremonyForm(u8),
    /// A log origin that no checkpoint can have.
    #[error("this is not a log origin")]
    Origin,
    /// A log key that is not one.
    #[error("this is not a log key")]
    LogKey,
    /// An end of the vote that this version does not know.
    #[error("closing form {0} is unknown")]
    ClosingForm(u8),
    /// Trustees out of order, or one of them twice.
    #[error("the trustees who sign are not in ascending order")]
    TrusteeOrder,
    /// A notice that this version does not know.
    #[error("notice form {0} is unknown")]
    NoticeForm(u8),
    /// Words that are none.
    #[error("a text is not UTF-8")]
    NotText,
    /// A checkpoint with more cosignatures than an entry has room for.
    #[error("the checkpoint's note does not fit an entry")]
    NoteTooLong,
    /// A list that has nothing in it.
    #[error("a list is empty where it must not be")]
    EmptyList,
    /// The layout itself.
    #[error(transparent)]
    Wire(#[from] WireError),
}

impl From<veche_crypto::group::GroupError> for EntryError {
    fn from(error: veche_crypto::group::GroupError) -> Self {
        WireError::from(error).into()
    }
}

/// A message of the board, decoded. No signature or proof is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// What the board is for.
    Genesis(Genesis),
    /// The making of the election's keys.
    Ceremony(Ceremony),
    /// Voting begins.
    Open(Open),
    /// A voter's key.
    Credential(Box<CredentialEntry>),
    /// A sealed ballot's bytes, which only an election can decode: see [`crate::ballot::Ballot`].
    Ballot(Vec<u8>),
    /// A sealed ballot that was opened instead of cast.
    Challenged(Signed<Challenged>),
    /// A voter's key ends.
    Revocation(Revocation),
    /// The board has every ballot.
    Close(Closing),
    /// From here on it is fixed what is to be decrypted.
    TallyInput,
    /// One trustee's part of the decryption.
    Partial(Signed<Partial>),
    /// The totals.
    Result(ResultEntry),
    /// A piece of a long message.
    Part(Part),
    /// A rehearsal ballot's bytes, which only an election can decode.
    RehearsalBallot(Vec<u8>),
    /// From here on it is fixed what is to be decrypted before the vote.
    RehearsalInput,
    /// One trustee's word that it will decrypt this tally input and no other.
    Consent(Signed<Consent>),
    /// The closing is put off.
    Extension(Signed<Extension>),
    /// What the organiser says to everybody.
    Notice(Signed<Notice>),
    /// In which order options of one total have their turns.
    Draw(Signed<Draw>),
    /// Voting has ended, and ballots on paper are still typed in.
    Ended(Closing),
    /// How many papers were counted by hand.
    PaperCount(Signed<PaperCount>),
}

impl Entry {
    /// Decodes one message.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn parse(message: &[u8]) -> Result<Self, EntryError> {
        let (&first, body) = message.split_first().ok_or(EntryError::Empty)?;
        let mut reader = Reader::new(body);
        let entry = match EntryKind::of(message).ok_or(EntryError::UnknownKind(first))? {
            EntryKind::Genesis => Entry::Genesis(Genesis::read(&mut reader)?),
            EntryKind::Ceremony => Entry::Ceremony(Ceremony::read(&mut reader)?),
            EntryKind::Open => Entry::Open(Open::read(&mut reader)?),
            EntryKind::Credential => Entry::Credential(Box::new(CredentialEntry::read(&mut reader)?)),
            EntryKind::Ballot => Entry::Ballot(reader.rest().to_vec()),
            EntryKind::Challenged => Entry::Challenged(Challenged::read(&mut reader)?),
            EntryKind::Revocation => Entry::Revocation(Revocation::read(&mut reader)?),
            EntryKind::Close => Entry::Close(Closing::read(ClosingKind::Close, &mut reader)?),
            EntryKind::TallyInput => Entry::TallyInput,
            EntryKind::Partial => Entry::Partial(Partial::read(&mut reader)?),
            EntryKind::Result => Entry::Result(ResultEntry::read(&mut reader)?),
            EntryKind::Part => Entry::Part(Part::read(&mut reader)?),
            EntryKind::RehearsalBallot => Entry::RehearsalBallot(reader.rest().to_vec()),
            EntryKind::RehearsalInput => Entry::RehearsalInput,
            EntryKind::Consent => Entry::Consent(Consent::read(&mut reader)?),
            EntryKind::Extension => Entry::Extension(Extension::read(&mut reader)?),
            EntryKind::Notice => Entry::Notice(Notice::read(&mut reader)?),
            EntryKind::Draw => Entry::Draw(Draw::read(&mut reader)?),
            EntryKind::Ended => Entry::Ended(Closing::read(ClosingKind::Ended, &mut reader)?),
            EntryKind::PaperCount => Entry::PaperCount(PaperCount::read(&mut reader)?),
        };
        reader.end()?;
        Ok(entry)
    }

    /// Decodes a message of the making of the keys, or a part of one; nothing for a message of another kind, which is
    /// not looked into.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn parse_founding(message: &[u8]) -> Result<Option<Self>, EntryError> {
        let (&first, body) = message.split_first().ok_or(EntryError::Empty)?;
        let mut reader = Reader::new(body);
        let entry = match EntryKind::of(message).ok_or(EntryError::UnknownKind(first))? {
            EntryKind::Genesis => Entry::Genesis(Genesis::read(&mut reader)?),
            EntryKind::Ceremony => Entry::Ceremony(Ceremony::read(&mut reader)?),
            EntryKind::Part => Entry::Part(Part::read(&mut reader)?),
            _ => return Ok(None),
        };
        reader.end()?;
        Ok(Some(entry))
    }

    /// Decodes a message in which the organiser speaks to everybody, a Notice or an Extension; `None` for another
    /// kind, which is not looked into: a voter's page has no use for the rest, and downloads none of it.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn parse_statement(message: &[u8]) -> Result<Option<Self>, EntryError> {
        let (_, body) = message.split_first().ok_or(EntryError::Empty)?;
        let mut reader = Reader::new(body);
        let entry = match EntryKind::of(message) {
            Some(EntryKind::Notice) => Entry::Notice(Notice::read(&mut reader)?),
            Some(EntryKind::Extension) => Entry::Extension(Extension::read(&mut reader)?),
            _ => return Ok(None),
        };
        reader.end()?;
        Ok(Some(entry))
    }

    /// The kind byte.
    pub fn kind(&self) -> EntryKind {
        match self {
            Entry::Genesis(_) => EntryKind::Genesis,
            Entry::Ceremony(_) => EntryKind::Ceremony,
            Entry::Open(_) => EntryKind::Open,
            Entry::Credential(_) => EntryKind::Credential,
            Entry::Ballot(_) => EntryKind::Ballot,
            Entry::Challenged(_) => EntryKind::Challenged,
            Entry::Revocation(_) => EntryKind::Revocation,
            Entry::Close(_) => EntryKind::Close,
            Entry::TallyInput => EntryKind::TallyInput,
            Entry::Partial(_) => EntryKind::Partial,
            Entry::Result(_) => EntryKind::Result,
            Entry::Part(_) => EntryKind::Part,
            Entry::RehearsalBallot(_) => EntryKind::RehearsalBallot,
            Entry::RehearsalInput => EntryKind::RehearsalInput,
            Entry::Consent(_) => EntryKind::Consent,
            Entry::Extension(_) => EntryKind::Extension,
            Entry::Notice(_) => EntryKind::Notice,
            Entry::Draw(_) => EntryKind::Draw,
            Entry::Ended(_) => EntryKind::Ended,
            Entry::PaperCount(_) => EntryKind::PaperCount,
        }
    }

    /// Encodes the message.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.kind() as u8];
        match self {
            Entry::Genesis(entry) => entry.write(&mut bytes),
            Entry::Ceremony(entry) => entry.write(&mut bytes),
            Entry::Open(entry) => entry.write(&mut bytes),
            Entry::Credential(entry) => entry.write(&mut bytes),
            Entry::Ballot(ballot) => bytes.extend_from_slice(ballot),
            Entry::Challenged(entry) => entry.write(&mut bytes),
            Entry::Revocation(entry) => entry.write(&mut bytes),
            Entry::Close(entry) | Entry::Ended(entry) => entry.write(&mut bytes),
            Entry::TallyInput | Entry::RehearsalInput => {}
            Entry::Partial(entry) => entry.write(&mut bytes),
            Entry::Result(entry) => entry.write(&mut bytes),
            Entry::Part(entry) => entry.write(&mut bytes),
            Entry::RehearsalBallot(ballot) => bytes.extend_from_slice(ballot),
            Entry::Consent(entry) => entry.write(&mut bytes),
            Entry::Extension(entry) => entry.write(&mut bytes),
            Entry::Notice(entry) => entry.write(&mut bytes),
            Entry::Draw(entry) => entry.write(&mut bytes),
            Entry::PaperCount(entry) => entry.write(&mut bytes),
        }
        bytes
    }

    /// The leaves that this message is on the board: one, or the parts of a long message.
    ///
    /// # Errors
    /// [`PartError::TooLong`] above [`MAX_MESSAGE_LEN`].
    pub fn to_leaves(&self) -> Result<Vec<Vec<u8>>, PartError> {
        into_leaves(self.to_bytes())
    }
}

macro_rules! entries {
    ($($variant:ident($type:ty)),* $(,)?) => {$(
        impl From<$type> for Entry {
            fn from(entry: $type) -> Self {
                Entry::$variant(entry)
            }
        }
    )*};
}
entries!(
    Genesis(Genesis),
    Ceremony(Ceremony),
    Open(Open),
    Revocation(Revocation),
    Partial(Signed<Partial>),
    Result(ResultEntry),
    Part(Part),
    Challenged(Signed<Challenged>),
    PaperCount(Signed<PaperCount>),
    Consent(Signed<Consent>),
    Extension(Signed<Extension>),
    Notice(Signed<Notice>),
    Draw(Signed<Draw>),
);

impl From<CredentialEntry> for Entry {
    fn from(entry: CredentialEntry) -> Self {
        Entry::Credential(Box::new(entry))
    }
}

impl From<Closing> for Entry {
    fn from(closing: Closing) -> Self {
        match closing.terms().kind {
            ClosingKind::Close => Entry::Close(closing),
            ClosingKind::Ended => Entry::Ended(closing),
        }
    }
}

/// What is signed: H_election, or the genesis hash during the ceremony, then the entry's own bytes.
fn signed_message(election: &Digest, body: &[u8]) -> Vec<u8> {
    [election.as_bytes().as_slice(), body].concat()
}

/// A statement that the organiser signs, or the registrar, or a trustee.
pub trait Issued {
    /// The signature's domain.
    const DOMAIN: &'static str;

    /// What was signed for an election: its fingerprint (or, during the ceremony, the hash of the
    /// genesis entry), then the entry's bytes between the kind byte and the signature.
    fn message(&self, election: &Digest) -> Vec<u8>;

    /// The signature, not verified.
    fn signature(&self) -> &veche_crypto::signature::Signature;

    /// Verifies the signature alone. A whole record verifies them in batches instead.
    ///
    /// # Errors
    /// [`VerifyError`] when that key has not signed this for that election.
    fn verify_signature(&self, key: &PublicKey, election: &Digest) -> Result<(), VerifyError> {
        key.verify(Self::DOMAIN, &self.message(election), self.signature())
    }
}

#[cfg(test)]
mod tests;
