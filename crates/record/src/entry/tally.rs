//! The entries of the count (Consent, Partial, Result), and what everyone computes at a TallyInput.

use veche_crypto::chaum_pedersen;
use veche_crypto::group::{AnyPoint, Point};
use veche_crypto::hash::{Digest, digest};

use super::{Content, Entry, EntryError, EntryKind, Signed};
use crate::group::JoinedGroup;
use crate::tag;
use crate::tag::domain;
use crate::wire::Reader;

/// The sum of the counted ballots of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupInput {
    /// Which ballots.
    pub group: JoinedGroup,
    /// How many were counted.
    pub ballots: u32,
    /// Whether there are too few to be decrypted.
    pub withheld: bool,
    /// α_Σ.
    pub alpha: AnyPoint,
    /// β_Σ of every slot.
    pub betas: Vec<AnyPoint>,
}

impl GroupInput {
    /// Bytes of a group of one style with so many slots, in the longer of tally input and partial decryption.
    pub const fn encoded_len(slots: usize) -> usize {
        2 + 32 * slots + 64
    }
}

/// What a tally input is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TallyKind {
    /// The votes.
    Vote,
    /// The made-up ballots that the trustees decrypt before voting opens.
    Rehearsal,
}

impl TallyKind {
    /// The kind byte of the marker, and of the message that it stands for.
    pub const fn message(self) -> EntryKind {
        match self {
            TallyKind::Vote => EntryKind::TallyInput,
            TallyKind::Rehearsal => EntryKind::RehearsalInput,
        }
    }

    const fn tag(self) -> &'static str {
        match self {
            TallyKind::Vote => tag::TALLY_INPUT,
            TallyKind::Rehearsal => tag::REHEARSAL_INPUT,
        }
    }

    /// The marker: an entry that says nothing but that it is there. Everyone computes what it stands for.
    pub const fn marker(self) -> Entry {
        match self {
            TallyKind::Vote => Entry::TallyInput,
            TallyKind::Rehearsal => Entry::RehearsalInput,
        }
    }
}

/// Everything that is to be decrypted, in one message, so that no set is ever decrypted twice. Nobody states it:
/// everyone who replays the board computes it at its marker, and the trustees sign its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyInput {
    /// Of the votes, or of the rehearsal.
    pub kind: TallyKind,
    /// How many entries of the board were counted: all before the marker.
    pub size: u64,
    /// The groups in the manifest's order.
    pub groups: Vec<GroupInput>,
}

impl TallyInput {
    /// The message: the marker's kind byte, board size u64, groups u32, each group: contest u16, number of styles u16
    /// (0 where the contest is not published by style), styles u16 ascending, ballots u32, withheld u8, μ u16, α_Σ 32,
    /// μ β_Σ 32.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.kind.message() as u8];
        bytes.extend_from_slice(&self.size.to_le_bytes());
        // The limits of a manifest keep both counts in range.
        bytes.extend_from_slice(&(self.groups.len() as u32).to_le_bytes());
        for input in &self.groups {
            write_head(&mut bytes, &input.group, input.ballots, input.withheld);
            bytes.extend_from_slice(&(input.betas.len() as u16).to_le_bytes());
            for point in [&input.alpha].into_iter().chain(&input.betas) {
                bytes.extend_from_slice(point.as_bytes());
            }
        }
        bytes
    }

    /// The hash of the message: what consents and partial decryptions are of.
    pub fn hash(&self) -> Digest {
        digest(self.kind.tag(), &[&self.to_bytes()])
    }
}

/// Of which ballots a sum or a total is, and how many.
fn write_head(bytes: &mut Vec<u8>, group: &JoinedGroup, ballots: u32, withheld: bool) {
    bytes.extend_from_slice(&group.contest.to_le_bytes());
    // No more than the styles of a manifest.
    bytes.extend_from_slice(&(group.styles.len() as u16).to_le_bytes());
    bytes.extend_from_slice(&group.styles_bytes());
    bytes.extend_from_slice(&ballots.to_le_bytes());
    bytes.push(withheld.into());
}

fn read_head(reader: &mut Reader<'_>) -> Result<(JoinedGroup, u32, bool), EntryError> {
    let contest = reader.u16()?;
    let count = usize::from(reader.u16()?);
    let styles = reader.many(count, Reader::u16)?;
    let ballots = reader.u32()?;
    let withheld = match reader.u8()? {
        0 => false,
        1 => true,
        other => return Err(EntryError::Flag(other)),
    };
    Ok((JoinedGroup { contest, styles }, ballots, withheld))
}

/// A trustee's word that it will decrypt the tally input with this hash, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The trustee, counted from 1.
    pub trustee: u8,
    /// The hash of the tally input.
    pub tally: Digest,
}

impl Content for Consent {
    const DOMAIN: &'static str = domain::CONSENT;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.trustee);
        bytes.extend_from_slice(self.tally.as_bytes());
    }
}

impl Consent {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Signed<Self>, EntryError> {
        let content = Consent { trustee: reader.u8()?, tally: reader.digest()? };
        Signed::read(content, reader)
    }
}

/// One trustee's part of the decryption of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFactors {
    /// M_j = s_j·α_Σ of every slot.
    pub factors: Vec<Point>,
    /// That they are.
    pub proof: chaum_pedersen::Proof,
}

/// One trustee's part of the decryption: one item for each group that is decrypted, in the tally
/// input's order. The trustee signs it, so that nobody is blamed for what somebody else has made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// The trustee, counted from 1.
    pub trustee: u8,
    /// The hash of the tally input it is of.
    pub tally: Digest,
    /// The groups.
    pub groups: Vec<GroupFactors>,
}

impl Content for Partial {
    const DOMAIN: &'static str = domain::PARTIAL;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.trustee);
        bytes.extend_from_slice(self.tally.as_bytes());
        bytes.extend_from_slice(&(self.groups.len() as u32).to_le_bytes());
        for group in &self.groups {
            bytes.extend_from_slice(&(group.factors.len() as u16).to_le_bytes());
            for factor in &group.factors {
                bytes.extend_from_slice(factor.as_bytes());
            }
            bytes.extend_from_slice(&group.proof.to_bytes());
        }
    }
}

impl Partial {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Signed<Self>, EntryError> {
        let trustee = reader.u8()?;
        let tally = reader.digest()?;
        let count = reader.u32()? as usize;
        let groups = reader.many(count, |reader| {
            let slots = usize::from(reader.u16()?);
            let factors = reader.many(slots, Reader::point)?;
            let proof = chaum_pedersen::Proof::from_bytes(&reader.array()?)?;
            Ok::<_, EntryError>(GroupFactors { factors, proof })
        })?;
        Signed::read(Partial { trustee, tally, groups }, reader)
    }
}

impl StatedGroup {
    /// Bytes of a group of one style with so many totals.
    pub const fn encoded_len(totals: usize) -> usize {
        2 + 2 + 2 + 4 + 1 + 2 + 8 * totals
    }
}

/// The totals of one group as a result states them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedGroup {
    /// Which ballots.
    pub group: JoinedGroup,
    /// How many were counted.
    pub ballots: u32,
    /// Whether there were too few to be decrypted.
    pub withheld: bool,
    /// One number for each option, then blank where the contest has it; no number at all when the group is withheld.
    pub totals: Vec<u64>,
}

/// The totals, as the ballot box states them. Nobody signs them: they can be computed, and the last ones on the board
/// hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultEntry {
    /// The hash of the tally input it is of.
    pub tally: Digest,
    /// Every group, in the tally input's order.
    pub groups: Vec<StatedGroup>,
}

impl ResultEntry {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        let tally = reader.digest()?;
        let count = reader.u32()? as usize;
        let groups = reader.many(count, |reader| {
            let (group, ballots, withheld) = read_head(reader)?;
            let options = usize::from(reader.u16()?);
            let totals = reader.many(options, Reader::u64)?;
            Ok::<_, EntryError>(StatedGroup { group, ballots, withheld, totals })
        })?;
        Ok(ResultEntry { tally, groups })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.tally.as_bytes());
        bytes.extend_from_slice(&(self.groups.len() as u32).to_le_bytes());
        for stated in &self.groups {
            write_head(bytes, &stated.group, stated.ballots, stated.withheld);
            bytes.extend_from_slice(&(stated.totals.len() as u16).to_le_bytes());
            for total in &stated.totals {
                bytes.extend_from_slice(&total.to_le_bytes());
            }
        }
    }
}
