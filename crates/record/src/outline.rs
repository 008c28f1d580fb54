//! What a ballot's place on the board hangs on: its header, its nonces and its hash.
//!
//! Reading only this costs hashes and the decoding of one point, where the whole ballot costs one point
//! for each ciphertext. It is for whoever has verified these very bytes before and now only replays
//! them.

use veche_crypto::group::ENCODED_LEN;
use veche_crypto::hash::Digest;
use veche_crypto::signature::Signature;

use crate::ballot::{Ballot, BallotError, BallotHeader, SIGNATURE_LEN};
use crate::election::Election;
use crate::raw::RawBallot;
use crate::wire::Reader;

/// A ballot without its ciphertexts and proofs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotOutline {
    header: BallotHeader,
    nonces: Vec<[u8; ENCODED_LEN]>,
    code: Digest,
    body: Digest,
    hash: Digest,
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
        let raw = RawBallot::new(election, bytes).ok_or(BallotError::Style(header.style))?;
        // What was read above is what a raw ballot asks for.
        let [code, body, hash] = raw.hashes(election).ok_or(BallotError::Style(header.style))?;
        Ok(BallotOutline { header, nonces, code, body, hash })
    }

    /// The signature at the end of a ballot's bytes.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn signature(ballot: &[u8]) -> Result<Signature, BallotError> {
        let begin = ballot.len().saturating_sub(SIGNATURE_LEN);
        Ok(Reader::new(ballot.get(begin..).unwrap_or_default()).signature()?)
    }

    /// Decodes the rest of the ballot that this is the outline of, with its signature: neither the key nor the
    /// signature is decoded once more. Other bytes are decoded whole.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn complete(
        &self,
        election: &Election,
        bytes: &[u8],
        signature: &Signature,
    ) -> Result<Ballot, BallotError> {
        let (sections, _) = Ballot::read_sections(election, &self.header, bytes)?;
        let ballot = Ballot::with(self.header, sections, *signature);
        // The hash is of every byte of the ballot, and this outline has it from bytes.
        if ballot.hash() == self.hash { Ok(ballot) } else { Ballot::parse(election, bytes) }
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

    /// [`Ballot::body`].
    pub fn body(&self) -> Digest {
        self.body
    }

    /// [`Ballot::hash`].
    pub fn hash(&self) -> Digest {
        self.hash
    }
}

impl From<&Ballot> for BallotOutline {
    fn from(ballot: &Ballot) -> Self {
        let nonces = ballot.sections().iter().map(|section| section.alpha.to_bytes()).collect();
        let (code, body, hash) = (ballot.code().digest(), ballot.body(), ballot.hash());
        BallotOutline { header: *ballot.header(), nonces, code, body, hash }
    }
}
