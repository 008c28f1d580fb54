//! All sections of one ballot, and the two hashes of them.

use super::section::Section;
use crate::group::{ENCODED_LEN, GroupError};
use crate::hash::{Digest, Hasher, tag};
use crate::program::BallotProgram;

/// The sections of one ballot in its order, decoded but not verified, with the code and the body hash that they
/// have under the ballot's header. Neither can be stated: both are computed from the sections, here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sections {
    code: Digest,
    body: Digest,
    sections: Vec<Section>,
}

impl Sections {
    /// The sections of a ballot whose header has this hash.
    pub fn new(header: &Digest, sections: Vec<Section>) -> Self {
        let encoded: Vec<(usize, Vec<u8>)> = sections
            .iter()
            .map(|section| (ENCODED_LEN * (1 + section.betas.len()), section.to_bytes()))
            .collect();
        Self::with(header, encoded.iter().map(|(begin, bytes)| (*begin, bytes.as_slice())), sections)
    }

    /// Decodes a ballot's sections, of exactly these programs: each from exactly
    /// [`Section::encoded_len`] bytes.
    ///
    /// # Errors
    /// The position of the first section that is none, and why, for which the ballot's author is to blame.
    pub fn read(header: &Digest, encoded: &[(&BallotProgram, &[u8])]) -> Result<Self, (usize, GroupError)> {
        let sections = encoded.iter().enumerate().map(|(position, (program, bytes))| {
            Section::from_bytes(program, bytes).map_err(|error| (position, error))
        });
        let sections = sections.collect::<Result<Vec<_>, _>>()?;
        let encoded = encoded.iter().map(|(program, bytes)| (Section::ciphertext_len(program), *bytes));
        Ok(Self::with(header, encoded, sections))
    }

    fn with<'a>(
        header: &Digest,
        encoded: impl Iterator<Item = (usize, &'a [u8])> + Clone,
        sections: Vec<Section>,
    ) -> Self {
        let split = encoded.map(|(begin, bytes)| bytes.split_at_checked(begin).unwrap_or((bytes, &[])));
        let code = code_hash(header, split.clone().map(|(ciphertexts, _)| ciphertexts));
        let body = body_hash(&code, split.map(|(_, rest)| rest));
        Sections { code, body, sections }
    }

    /// The code: it fixes the header and every ciphertext.
    pub fn code(&self) -> Digest {
        self.code
    }

    /// The hash that fixes the code and every other byte of the sections.
    pub fn body(&self) -> Digest {
        self.body
    }

    /// The sections.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }
}

/// `code = H("code"; header, …)`, of the first [`Section::ciphertext_len`] bytes of each section, a field each.
pub fn code_hash<'a>(header: &Digest, ciphertexts: impl Iterator<Item = &'a [u8]>) -> Digest {
    hash(tag::CODE, header, ciphertexts)
}

/// `body = H("ballot-body"; code, …)`, of the bytes of each section after its ciphertexts, a field each.
pub fn body_hash<'a>(code: &Digest, rests: impl Iterator<Item = &'a [u8]>) -> Digest {
    hash(tag::BALLOT_BODY, code, rests)
}

fn hash<'a>(name: &str, first: &Digest, fields: impl Iterator<Item = &'a [u8]>) -> Digest {
    let mut hasher = Hasher::new(name);
    hasher.field(first.as_bytes());
    fields.for_each(|field| {
        hasher.field(field);
    });
    hasher.digest()
}
