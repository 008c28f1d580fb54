//! What a ballot's place on the board hangs on: its header, its nonces and its hash.
//!
//! Reading only this costs a hash and the decoding of one point, where the whole ballot costs one point
//! for each ciphertext. It is for whoever has verified these very bytes before and now only replays
//! them.

use veche_crypto::group::ENCODED_LEN;
use veche_crypto::hash::{Digest, digest};
use veche_crypto::signature::SIGNATURE_LEN;

use crate::ballot::{Ballot, BallotError, BallotHeader};
use crate::election::Election;
use crate::raw::RawBallot;
use crate::tag;
use crate::wire::Reader;

/// A ballot without its ciphertexts and proofs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotOutline {
    header: BallotHeader,
    nonces: Vec<[u8; ENCODED_LEN]>,
    hash: Digest,
    code: Digest,
}

impl BallotOutline {
    /// Reads the outline of a ballot that was decoded whole before: of what [`Ballot::parse`] demands,
    /// only the header and the length are checked.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn parse(election: &Election, bytes: &[u8]) -> Result<Self, BallotError> {
        let mut reader = Reader::new(bytes);
        let header = BallotHeader::read(election, election.ballot_kind(), &mut reader)?;
        let manifest = election.manifest();
        let expected = manifest.ballot_len(header.style).ok_or(BallotError::Style(header.style))?;
        if bytes.len() != expected {
            return Err(BallotError::Length { expected, found: bytes.len() });
        }
        let mut nonces = Vec::new();
        for &contest in manifest.style_contests(header.style) {
            let contest = election.contest(contest).ok_or(BallotError::Style(header.style))?;
            // A section begins with its α.
            let mut section = Reader::new(reader.take(contest.section_len())?);
            nonces.push(section.array()?);
        }
        let code = RawBallot::new(election, bytes).and_then(|ballot| ballot.code(election));
        // What was read above is what a raw ballot asks for.
        let code = code.ok_or(BallotError::Style(header.style))?.digest();
        Ok(BallotOutline { header, nonces, hash: digest(tag::BALLOT, &[bytes]), code })
    }

    /// [`Ballot::body_hash`] of these bytes, which need not be a ballot.
    pub fn body_hash(bytes: &[u8]) -> Digest {
        let signed = bytes.get(..bytes.len().saturating_sub(SIGNATURE_LEN)).unwrap_or_default();
        digest(tag::BALLOT_BODY, &[signed])
    }

    /// Who casts it, and after which one.
    pub fn header(&self) -> &BallotHeader {
        &self.header
    }

    /// The α of each section, in bytes.
    pub fn nonces(&self) -> &[[u8; ENCODED_LEN]] {
        &self.nonces
    }

    /// All 256 bits of the confirmation code.
    pub fn code(&self) -> Digest {
        self.code
    }

    /// The hash of all bytes.
    pub fn hash(&self) -> Digest {
        self.hash
    }
}

impl From<&Ballot> for BallotOutline {
    fn from(ballot: &Ballot) -> Self {
        let nonces = ballot.sections().iter().map(|section| section.alpha.to_bytes()).collect();
        let code = ballot.code().digest();
        BallotOutline { header: *ballot.header(), nonces, hash: ballot.hash(), code }
    }
}
