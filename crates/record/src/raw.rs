//! A ballot's bytes, read without decoding a point: for whoever looks for one ballot among very many.
//!
//! Nothing is verified. That the bytes are those of the board is for the caller to know; that they are a valid ballot,
//! the ballot box and every auditor have seen.

use veche_crypto::ballot_proof::{Section, body_hash, code_hash};
use veche_crypto::hash::{Digest, Hasher};

use crate::ballot::{HEADER_LEN, SIGNATURE_LEN, VERSION, hash};
use crate::code::ConfirmationCode;
use crate::election::Election;
use crate::entry::EntryKind;
use crate::tag;

/// The bytes of a ballot of an election.
#[derive(Debug, Clone, Copy)]
pub struct RawBallot<'a> {
    bytes: &'a [u8],
    style: u16,
}

impl<'a> RawBallot<'a> {
    /// Takes an entry of the board for a ballot of this election: by its kind of entry, version, kind, fingerprint,
    /// style and length.
    #[must_use]
    pub fn of_entry(election: &Election, entry: &'a [u8]) -> Option<Self> {
        RawBallot::new(election, entry.strip_prefix(&[EntryKind::Ballot as u8])?)
    }

    /// The same from a ballot's own bytes.
    #[must_use]
    pub fn new(election: &Election, bytes: &'a [u8]) -> Option<Self> {
        let [version, kind, rest @ ..] = bytes else { return None };
        let ours = *version == VERSION && *kind == election.ballot_kind().byte();
        let rest = rest.strip_prefix(election.fingerprint().as_bytes().as_slice()).filter(|_| ours)?;
        let style = u16::from_le_bytes(*rest.first_chunk()?);
        (election.manifest().ballot_len(style)? == bytes.len()).then_some(RawBallot { bytes, style })
    }

    /// The hash of the voter's ballot before this one, or zeros.
    #[must_use]
    pub fn previous(&self) -> Digest {
        self.bytes
            .get(..HEADER_LEN)
            .and_then(<[u8]>::last_chunk)
            .map_or(Digest::ZERO, |hash| Digest::from_bytes(*hash))
    }

    /// The ballot's hash, which the voter's next ballot names.
    #[must_use]
    pub fn hash(&self, election: &Election) -> Option<Digest> {
        self.hashes(election).map(|[_, _, hash]| hash)
    }

    /// The code, the hash of everything but the signature, and that of everything.
    pub(crate) fn hashes(&self, election: &Election) -> Option<[Digest; 3]> {
        let sections = self.sections(election)?;
        let code = self.code_of(&sections)?;
        let body = body_hash(&code, sections.iter().map(|(_, rest)| *rest));
        Some([code, body, hash(&body, self.bytes.last_chunk::<SIGNATURE_LEN>()?)])
    }

    /// The key that signs it.
    #[must_use]
    pub fn key(&self) -> &'a [u8] {
        self.bytes.get(36..68).unwrap_or_default()
    }

    /// How many ballots of its voter come before it, as it says.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        self.bytes.get(68..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// The confirmation code.
    #[must_use]
    pub fn code(&self, election: &Election) -> Option<ConfirmationCode> {
        self.code_of(&self.sections(election)?).map(ConfirmationCode::from_digest)
    }

    fn code_of(&self, sections: &[(&[u8], &[u8])]) -> Option<Digest> {
        let mut header = Hasher::new(tag::HEADER);
        let mut rest = self.bytes;
        // Version, kind, election, style, credential key, sequence, previous hash.
        for len in [1, 1, 32, 2, 32, 4, 32] {
            let (field, after) = rest.split_at_checked(len)?;
            header.field(field);
            rest = after;
        }
        Some(code_hash(&header.digest(), sections.iter().map(|(ciphertexts, _)| *ciphertexts)))
    }

    /// Each section's ciphertexts, and what follows them.
    fn sections(&self, election: &Election) -> Option<Vec<(&'a [u8], &'a [u8])>> {
        let mut rest = self.bytes.get(HEADER_LEN..)?;
        let contests = election.manifest().style_contests(self.style).iter();
        contests
            .map(|&contest| {
                let contest = election.contest(contest)?;
                let (section, after) = rest.split_at_checked(contest.section_len())?;
                rest = after;
                section.split_at_checked(Section::ciphertext_len(contest.program()))
            })
            .collect()
    }
}
