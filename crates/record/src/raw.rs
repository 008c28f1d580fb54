//! A ballot's bytes, read without decoding a point: for whoever looks for one ballot among very many.
//!
//! Nothing is verified. That the bytes are those of the board is for the caller to know; that they are a valid ballot,
//! the ballot box and every auditor have seen.

use veche_crypto::group::ENCODED_LEN;
use veche_crypto::hash::{Digest, Hasher, digest};

use crate::ballot::{HEADER_LEN, VERSION};
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

    /// The hash of all bytes, which the voter's next ballot names.
    #[must_use]
    pub fn hash(&self) -> Digest {
        digest(tag::BALLOT, &[self.bytes])
    }

    /// The key that signs it.
    #[must_use]
    pub fn key(&self) -> &'a [u8] {
        self.bytes.get(36..68).unwrap_or_default()
    }

    /// The confirmation code.
    #[must_use]
    pub fn code(&self, election: &Election) -> Option<ConfirmationCode> {
        let (header, mut sections) = self.bytes.split_at_checked(HEADER_LEN)?;
        let mut header_hash = Hasher::new(tag::HEADER);
        let mut rest = header;
        // Version, kind, election, style, credential key, sequence, previous hash.
        for len in [1, 1, 32, 2, 32, 4, 32] {
            let (field, after) = rest.split_at_checked(len)?;
            header_hash.field(field);
            rest = after;
        }
        let mut code = Hasher::new(tag::CODE);
        code.field(header_hash.digest().as_bytes());
        for &contest in election.manifest().style_contests(self.style) {
            let contest = election.contest(contest)?;
            let (section, after) = sections.split_at_checked(contest.section_len())?;
            // A section begins with its α and its βs.
            for point in section.chunks(ENCODED_LEN).take(1 + contest.program().slots()) {
                code.field(point);
            }
            sections = after;
        }
        Some(ConfirmationCode::from_digest(code.digest()))
    }
}
