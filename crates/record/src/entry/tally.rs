//! The entries of the count: TallyInput, Partial, Result.

use veche_crypto::chaum_pedersen;
use veche_crypto::group::{AnyPoint, GroupError, Point};
use veche_crypto::hash::{Digest, digest};
use veche_crypto::signature::{SecretKey, Signature};

use super::{Content, EntryError, EntryKind, Issued, Signed, signed_message};
use crate::group::Group;
use crate::tag;
use crate::tag::domain;
use crate::wire::Reader;

/// The style number that means "all styles".
const ALL_STYLES: u16 = u16::MAX;

/// The sum of the counted ballots of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupInput {
    /// Which ballots.
    pub group: Group,
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
    /// Bytes of a group with so many slots, in a tally input.
    pub const fn encoded_len(slots: usize) -> usize {
        2 + 2 + 4 + 1 + 2 + 32 * (1 + slots)
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
    /// The kind byte of the message.
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

    /// The domain of the organiser's signature.
    pub const fn domain(self) -> &'static str {
        match self {
            TallyKind::Vote => domain::TALLY_INPUT,
            TallyKind::Rehearsal => domain::REHEARSAL_INPUT,
        }
    }
}

/// Everything that is to be decrypted, in one message, so that no set is ever decrypted twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyInput {
    /// Of the votes, or of the rehearsal.
    pub kind: TallyKind,
    /// How many entries of the board were counted: all before this message.
    pub size: u64,
    /// The groups in the manifest's order.
    pub groups: Vec<GroupInput>,
    /// The organiser's signature.
    pub signature: Signature,
}

impl TallyInput {
    /// Makes the entry.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn sign(
        kind: TallyKind,
        organiser: &SecretKey,
        election: &Digest,
        size: u64,
        groups: Vec<GroupInput>,
    ) -> Result<Self, GroupError> {
        let message = signed_message(election, &Self::body(size, &groups));
        let signature = organiser.sign(kind.domain(), &message)?;
        Ok(TallyInput { kind, size, groups, signature })
    }

    /// The hash of the whole message, kind byte included: what partial decryptions are of.
    pub fn hash(&self) -> Digest {
        let mut bytes = vec![self.kind.message() as u8];
        self.write(&mut bytes);
        digest(self.kind.tag(), &[&bytes])
    }

    fn body(size: u64, groups: &[GroupInput]) -> Vec<u8> {
        let mut bytes = size.to_le_bytes().to_vec();
        // The limits of a manifest keep both counts in range.
        bytes.extend_from_slice(&(groups.len() as u32).to_le_bytes());
        for input in groups {
            bytes.extend_from_slice(&input.group.contest.to_le_bytes());
            bytes.extend_from_slice(&input.group.style.unwrap_or(ALL_STYLES).to_le_bytes());
            bytes.extend_from_slice(&input.ballots.to_le_bytes());
            bytes.push(input.withheld.into());
            bytes.extend_from_slice(&(input.betas.len() as u16).to_le_bytes());
            for point in [&input.alpha].into_iter().chain(&input.betas) {
                bytes.extend_from_slice(point.as_bytes());
            }
        }
        bytes
    }

    pub(super) fn read(kind: TallyKind, reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        let size = reader.u64()?;
        let count = reader.u32()? as usize;
        let groups = reader.many(count, |reader| {
            let contest = reader.u16()?;
            let style = Some(reader.u16()?).filter(|&style| style != ALL_STYLES);
            let ballots = reader.u32()?;
            let withheld = match reader.u8()? {
                0 => false,
                1 => true,
                other => return Err(EntryError::Flag(other)),
            };
            let slots = usize::from(reader.u16()?);
            let alpha = reader.any_point()?;
            let betas = reader.many(slots, Reader::any_point)?;
            Ok(GroupInput { group: Group { contest, style }, ballots, withheld, alpha, betas })
        })?;
        Ok(TallyInput { kind, size, groups, signature: reader.signature()? })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&Self::body(self.size, &self.groups));
        bytes.extend_from_slice(&self.signature.to_bytes());
    }
}

impl TallyInput {
    /// What the organiser signed, in the domain of [`Self::kind`].
    pub fn message(&self, election: &Digest) -> Vec<u8> {
        signed_message(election, &Self::body(self.size, &self.groups))
    }
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
/// input's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// The trustee, counted from 1.
    pub trustee: u8,
    /// The hash of the tally input it is of.
    pub tally: Digest,
    /// The groups.
    pub groups: Vec<GroupFactors>,
}

impl Partial {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        let trustee = reader.u8()?;
        let tally = reader.digest()?;
        let count = reader.u32()? as usize;
        let groups = reader.many(count, |reader| {
            let slots = usize::from(reader.u16()?);
            let factors = reader.many(slots, Reader::point)?;
            let proof = chaum_pedersen::Proof::from_bytes(&reader.array()?)?;
            Ok::<_, EntryError>(GroupFactors { factors, proof })
        })?;
        Ok(Partial { trustee, tally, groups })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
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

/// The totals of one group as the result states them: one number for each option, then blank where
/// the contest has it; no number at all when the group is withheld.
pub type GroupTotals = Vec<u64>;

/// The totals, as the organiser states them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultEntry {
    /// The hash of the tally input it is of.
    pub tally: Digest,
    /// The totals of every group, in the tally input's order.
    pub totals: Vec<GroupTotals>,
    /// The organiser's signature.
    pub signature: Signature,
}

impl ResultEntry {
    /// Makes the entry.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn sign(
        organiser: &SecretKey,
        election: &Digest,
        tally: Digest,
        totals: Vec<GroupTotals>,
    ) -> Result<Self, GroupError> {
        let message = signed_message(election, &Self::body(&tally, &totals));
        let signature = organiser.sign(domain::RESULT, &message)?;
        Ok(ResultEntry { tally, totals, signature })
    }

    fn body(tally: &Digest, totals: &[GroupTotals]) -> Vec<u8> {
        let mut bytes = tally.as_bytes().to_vec();
        bytes.extend_from_slice(&(totals.len() as u32).to_le_bytes());
        for group in totals {
            bytes.extend_from_slice(&(group.len() as u16).to_le_bytes());
            for total in group {
                bytes.extend_from_slice(&total.to_le_bytes());
            }
        }
        bytes
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        let tally = reader.digest()?;
        let count = reader.u32()? as usize;
        let totals = reader.many(count, |reader| {
            let options = usize::from(reader.u16()?);
            reader.many(options, Reader::u64)
        })?;
        Ok(ResultEntry { tally, totals, signature: reader.signature()? })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&Self::body(&self.tally, &self.totals));
        bytes.extend_from_slice(&self.signature.to_bytes());
    }
}

impl Issued for ResultEntry {
    const DOMAIN: &'static str = domain::RESULT;

    fn message(&self, election: &Digest) -> Vec<u8> {
        signed_message(election, &Self::body(&self.tally, &self.totals))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }
}
