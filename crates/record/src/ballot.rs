//! A ballot in bytes: a header, a section for each contest of its style, a signature.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version = 1 |
//! | 1 | the [kind](BallotKind), `phase` in protocol.md |
//! | 32 | H_election |
//! | 2 | style, counted from 0 in manifest order |
//! | 32 | credential public key |
//! | 4 | sequence: how many ballots of this pseudonym are on the board already |
//! | 32 | hash of the pseudonym's ballot before this one, zeros for the first |
//! | … | the sections in the style's contest order, see [`Section`] |
//! | 64 | signature over `body` |
//!
//! Numbers are little-endian. The length is the same for every ballot of a style. The board carries
//! the ballot behind one kind byte.
//!
//! ```text
//! hdr  = H("hdr"; version, kind, H_election, style, credential key, sequence, previous hash)
//! code = H("code"; hdr, then for each section α, β_1 … β_μ as one field)
//! body = H("ballot-body"; code, then for each section its other bytes as one field)
//! hash = H("ballot"; body, signature)
//! ```
//!
//! So each byte is hashed once. The signature is over the 32 bytes of `body`.

use veche_crypto::ballot_proof::{Section, Sections};
use veche_crypto::group::GroupError;
use veche_crypto::hash::{Digest, digest};
use veche_crypto::signature::{PublicKey, SecretKey, Signature};

use crate::ballot_kind::BallotKind;
use crate::code::ConfirmationCode;
use crate::election::Election;
pub use crate::entry::MAX_BALLOT_LEN;
pub use crate::layout::{HEADER_LEN, SIGNATURE_LEN, VERSION};
use crate::tag;
use crate::tag::domain;
use crate::wire::{Reader, WireError};

/// Why bytes are not a ballot of an election. The fault is with whoever made the ballot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BallotError {
    /// Another version.
    #[error("ballot version {0} is unknown")]
    Version(u8),
    /// A ballot of another kind.
    #[error("this ballot is of phase {0}, which this vote is not")]
    Kind(u8),
    /// A ballot of another election.
    #[error("this ballot belongs to the election {0}")]
    Election(Digest),
    /// A style that the election does not have.
    #[error("ballot style {0} does not exist")]
    Style(u16),
    /// Another length than every ballot of the style has.
    #[error("a ballot of this style has {expected} bytes, not {found}")]
    Length {
        /// What every ballot of the style has.
        expected: usize,
        /// What this one has.
        found: usize,
    },
    /// A point or scalar of a contest's section is not one.
    #[error("contest \"{contest}\": {error}")]
    Section {
        /// The contest's identifier.
        contest: String,
        /// What is wrong.
        error: GroupError,
    },
    /// The header or the signature is not of its layout.
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// Who casts a ballot, and after which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BallotHeader {
    /// The style, counted from 0 in manifest order.
    pub style: u16,
    /// The key that signs.
    pub credential: PublicKey,
    /// How many ballots of this pseudonym are on the board already.
    pub sequence: u32,
    /// The hash of the pseudonym's last ballot, or [`Digest::ZERO`].
    pub previous: Digest,
    /// What the ballot is for.
    pub kind: BallotKind,
}

impl BallotHeader {
    /// The header's bytes in an election.
    pub fn to_bytes(&self, election: &Election) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_LEN);
        bytes.extend_from_slice(&[VERSION, self.kind.byte()]);
        bytes.extend_from_slice(election.fingerprint().as_bytes());
        bytes.extend_from_slice(&self.style.to_le_bytes());
        bytes.extend_from_slice(&self.credential.to_bytes());
        bytes.extend_from_slice(&self.sequence.to_le_bytes());
        bytes.extend_from_slice(self.previous.as_bytes());
        bytes
    }

    /// `hdr`, which the confirmation code binds, and with it every proof of the ballot and the signature.
    pub fn digest(&self, election: &Election) -> Digest {
        digest(
            tag::HEADER,
            &[
                &[VERSION],
                &[self.kind.byte()],
                election.fingerprint().as_bytes(),
                &self.style.to_le_bytes(),
                &self.credential.to_bytes(),
                &self.sequence.to_le_bytes(),
                self.previous.as_bytes(),
            ],
        )
    }

    pub(crate) fn read(
        election: &Election,
        kind: BallotKind,
        reader: &mut Reader<'_>,
    ) -> Result<Self, BallotError> {
        let version = reader.u8()?;
        if version != VERSION {
            return Err(BallotError::Version(version));
        }
        let byte = reader.u8()?;
        if byte != kind.byte() {
            return Err(BallotError::Kind(byte));
        }
        let fingerprint = reader.digest()?;
        if fingerprint != election.fingerprint() {
            return Err(BallotError::Election(fingerprint));
        }
        Ok(BallotHeader {
            style: reader.u16()?,
            credential: reader.public_key()?,
            sequence: reader.u32()?,
            previous: reader.digest()?,
            kind,
        })
    }
}

/// A ballot, decoded for an election. No signature or proof is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    header: BallotHeader,
    sections: Sections,
    signature: Signature,
    hash: Digest,
}

impl Ballot {
    /// Decodes a ballot: its version, kind, election, style, length and every point and scalar.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn parse(election: &Election, bytes: &[u8]) -> Result<Self, BallotError> {
        Self::read(election, election.ballot_kind(), bytes)
    }

    /// Decodes a ballot of the rehearsal before the vote.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn parse_rehearsal(election: &Election, bytes: &[u8]) -> Result<Self, BallotError> {
        Self::read(election, BallotKind::Rehearsal, bytes)
    }

    fn read(election: &Election, kind: BallotKind, bytes: &[u8]) -> Result<Self, BallotError> {
        let mut reader = Reader::new(bytes);
        let header = BallotHeader::read(election, kind, &mut reader)?;
        let (sections, mut reader) = Self::read_sections(election, &header, bytes)?;
        let signature = reader.signature()?;
        Ok(Self::with(header, sections, signature))
    }

    pub(crate) fn with(header: BallotHeader, sections: Sections, signature: Signature) -> Self {
        let hash = hash(&sections.body(), &signature.to_bytes());
        Ballot { header, sections, signature, hash }
    }

    /// Decodes what stands between header and signature. The reader given back has the signature's bytes left.
    pub(crate) fn read_sections<'a>(
        election: &Election,
        header: &BallotHeader,
        bytes: &'a [u8],
    ) -> Result<(Sections, Reader<'a>), BallotError> {
        let manifest = election.manifest();
        let expected = manifest.ballot_len(header.style).ok_or(BallotError::Style(header.style))?;
        if bytes.len() != expected {
            return Err(BallotError::Length { expected, found: bytes.len() });
        }
        let mut reader = Reader::new(bytes);
        reader.take(HEADER_LEN)?;
        let mut encoded = Vec::new();
        for &contest in manifest.style_contests(header.style) {
            let compiled = election.contest(contest).ok_or(BallotError::Style(header.style))?;
            encoded.push((compiled.program(), reader.take(compiled.section_len())?));
        }
        let sections = Sections::read(&header.digest(election), &encoded).map_err(|(position, error)| {
            let contest = manifest.style_contests(header.style).get(position);
            let about = contest.and_then(|&contest| manifest.contests().get(contest));
            BallotError::Section { contest: about.map(|about| about.id.clone()).unwrap_or_default(), error }
        })?;
        // The length was checked: the signature is all that is left.
        Ok((sections, reader))
    }

    /// Puts a ballot together: the header's and sections' bytes, signed.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn sign(
        election: &Election,
        header: &BallotHeader,
        sections: &[Section],
        key: &SecretKey,
    ) -> Result<Vec<u8>, GroupError> {
        let mut bytes = header.to_bytes(election);
        sections.iter().for_each(|section| bytes.extend_from_slice(&section.to_bytes()));
        let body = Sections::new(&header.digest(election), sections.to_vec()).body();
        let signature = key.sign(domain::BALLOT, body.as_bytes())?;
        bytes.extend_from_slice(&signature.to_bytes());
        Ok(bytes)
    }

    /// Who casts it, and after which one.
    pub fn header(&self) -> &BallotHeader {
        &self.header
    }

    /// The sections, in the style's contest order.
    pub fn sections(&self) -> &[Section] {
        self.sections.sections()
    }

    /// The sections with what they hash to, as they are verified.
    pub fn sealed(&self) -> &Sections {
        &self.sections
    }

    /// The voter's signature, in the domain [`domain::BALLOT`].
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The hash of everything, which the voter's next ballot names.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// The hash of everything but the signature, which the voter signs: two ballots of one body are the same
    /// ballot.
    pub fn body(&self) -> Digest {
        self.sections.body()
    }

    /// The confirmation code.
    pub fn code(&self) -> ConfirmationCode {
        ConfirmationCode::from_digest(self.sections.code())
    }
}

/// The hash of a ballot, from its body and its signature.
pub(crate) fn hash(body: &Digest, signature: &[u8]) -> Digest {
    digest(tag::BALLOT, &[body.as_bytes(), signature])
}
