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
//! | 64 | signature over everything before it |
//!
//! Numbers are little-endian. The length is the same for every ballot of a style. The board carries
//! the ballot behind one kind byte.
//!
//! ```text
//! hdr  = H("hdr"; version, kind, H_election, style, credential key, sequence, previous hash)
//! code = H("code"; hdr, every α and β in order)
//! hash = H("ballot"; all bytes)
//! ```

use veche_crypto::ballot_proof::Section;
use veche_crypto::group::{GroupError, Point};
use veche_crypto::hash::{Digest, Hasher, digest};
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

    /// `hdr`, which every proof of the ballot and the confirmation code bind.
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
    header_digest: Digest,
    sections: Vec<Section>,
    signature: Signature,
    signed: Vec<u8>,
    hash: Digest,
    body_hash: Digest,
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
        let manifest = election.manifest();
        let expected = manifest.ballot_len(header.style).ok_or(BallotError::Style(header.style))?;
        if bytes.len() != expected {
            return Err(BallotError::Length { expected, found: bytes.len() });
        }
        let mut sections = Vec::new();
        for &contest in manifest.style_contests(header.style) {
            let (Some(compiled), Some(about)) = (election.contest(contest), manifest.contests().get(contest))
            else {
                return Err(BallotError::Style(header.style));
            };
            let section = Section::from_bytes(compiled.program(), reader.take(compiled.section_len())?)
                .map_err(|error| BallotError::Section { contest: about.id.clone(), error })?;
            sections.push(section);
        }
        // The length was checked: nothing is left after this.
        let signature = reader.signature()?;
        let signed = bytes.get(..bytes.len() - SIGNATURE_LEN).unwrap_or_default().to_vec();
        Ok(Ballot {
            header,
            header_digest: header.digest(election),
            sections,
            signature,
            hash: digest(tag::BALLOT, &[bytes]),
            body_hash: digest(tag::BALLOT_BODY, &[&signed]),
            signed,
        })
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
        let signature = key.sign(domain::BALLOT, &bytes)?;
        bytes.extend_from_slice(&signature.to_bytes());
        Ok(bytes)
    }

    /// Who casts it, and after which one.
    pub fn header(&self) -> &BallotHeader {
        &self.header
    }

    /// `hdr`.
    pub fn header_digest(&self) -> Digest {
        self.header_digest
    }

    /// The sections, in the style's contest order.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The voter's signature, in the domain [`domain::BALLOT`].
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The bytes that the voter signed.
    pub fn signed_bytes(&self) -> &[u8] {
        &self.signed
    }

    /// The hash of all bytes, which the voter's next ballot names.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// The hash of everything but the signature: two ballots of one body are the same ballot.
    pub fn body_hash(&self) -> Digest {
        self.body_hash
    }

    /// The confirmation code.
    pub fn code(&self) -> ConfirmationCode {
        code(
            &self.header_digest,
            self.sections.iter().map(|section| (&section.alpha, section.betas.as_slice())),
        )
    }
}

/// The confirmation code of ciphertexts under a header: `H("code"; hdr, every α and β)`, contest by
/// contest in ballot order, α before its β.
pub fn code<'a>(
    header: &Digest,
    ciphertexts: impl Iterator<Item = (&'a Point, &'a [Point])>,
) -> ConfirmationCode {
    let mut hasher = Hasher::new(tag::CODE);
    hasher.field(header.as_bytes());
    for (alpha, betas) in ciphertexts {
        hasher.field(alpha.as_bytes());
        betas.iter().for_each(|beta| {
            hasher.field(beta.as_bytes());
        });
    }
    ConfirmationCode::from_digest(hasher.digest())
}
