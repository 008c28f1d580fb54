//! The entries by which the trustees make the election's keys, without a dealer.
//!
//! | form | message | layout after kind and form |
//! |---|---|---|
//! | 1 | [`Commitments`] | attempt u8, trustee u8, communication key 32, μ u16, t u8, μ·t points (slot 1's C_0 … C_(t-1) first), possession 64, signature 64 |
//! | 2 | [`Shares`] | attempt u8, dealer u8, round hash 32, recipients u8, μ u16, for every recipient μ encrypted shares 32, signature 64 |
//! | 3 | [`Complaint`] | attempt u8, complainer u8, dealer u8, hash of the dealer's Shares 32, D 32, proof 64, signature 64 |
//! | 4 | [`Confirm`] | attempt u8, trustee u8, transcript hash 32, signature 64 |
//! | 5 | [`Restart`] | the next attempt u8, organiser signature 64 |
//!
//! Trustees sign with the communication key of their own Commitments, the organiser signs a Restart;
//! all sign the hash of the genesis entry and then everything between the kind byte and the
//! signature.

use veche_crypto::chaum_pedersen;
use veche_crypto::group::{Point, Scalar};
use veche_crypto::hash::{Digest, Hasher, digest};
use veche_crypto::schnorr;
use veche_crypto::signature::PublicKey;

use super::signed::{Content, Signed};
use super::{Entry, EntryError};
use crate::tag;
use crate::tag::domain;
use crate::wire::Reader;

/// A message of the ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ceremony {
    /// Round 1: a trustee commits to its polynomials.
    Commitments(Signed<Commitments>),
    /// Round 2: a trustee deals its shares, encrypted.
    Shares(Signed<Shares>),
    /// A trustee shows what it was dealt.
    Complaint(Signed<Complaint>),
    /// Round 3: a trustee confirms the transcript.
    Confirm(Signed<Confirm>),
    /// The organiser begins anew.
    Restart(Signed<Restart>),
}

/// Round 1: a trustee's commitments to its polynomial of every slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitments {
    /// The attempt, from 1.
    pub attempt: u8,
    /// The trustee, from 1.
    pub trustee: u8,
    /// The key that shares are encrypted to and that signs this trustee's messages.
    pub communication: PublicKey,
    /// C_0 … C_(t-1) of each slot, in slot order.
    pub commitments: Vec<Vec<Point>>,
    /// That the trustee has the secret behind each of them.
    pub possession: schnorr::Proof,
}

/// Round 2: a trustee's shares for the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// The attempt.
    pub attempt: u8,
    /// The trustee who deals.
    pub dealer: u8,
    /// The hash of all commitments that the shares were dealt for.
    pub round: Digest,
    /// For every other trustee, in order, one encrypted share for each slot.
    pub encrypted: Vec<Vec<Scalar>>,
}

/// A trustee reveals the key under which a dealer encrypted to it, so that anyone can look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The attempt.
    pub attempt: u8,
    /// The trustee who complains.
    pub complainer: u8,
    /// The trustee who dealt.
    pub dealer: u8,
    /// The hash of the dealer's whole message: on another board there may be another one, of which nobody complains.
    pub shares: Digest,
    /// D: the Diffie–Hellman value of both communication keys.
    pub shared: Point,
    /// That it is.
    pub proof: chaum_pedersen::Proof,
}

/// Round 3: a trustee has all its shares and saw this transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// The attempt.
    pub attempt: u8,
    /// The trustee.
    pub trustee: u8,
    /// The transcript hash.
    pub transcript: Digest,
}

/// The organiser gives an attempt up and begins the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restart {
    /// The attempt that begins.
    pub attempt: u8,
}

/// The form bytes.
const COMMITMENTS: u8 = 1;
const SHARES: u8 = 2;
const COMPLAINT: u8 = 3;
const CONFIRM: u8 = 4;
const RESTART: u8 = 5;

impl Content for Commitments {
    const DOMAIN: &'static str = domain::COMMITMENTS;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&[COMMITMENTS, self.attempt, self.trustee]);
        bytes.extend_from_slice(&self.communication.to_bytes());
        // The limits of a manifest keep both numbers in range.
        bytes.extend_from_slice(&(self.commitments.len() as u16).to_le_bytes());
        bytes.push(self.commitments.first().map_or(0, Vec::len) as u8);
        for point in self.commitments.iter().flatten() {
            bytes.extend_from_slice(point.as_bytes());
        }
        bytes.extend_from_slice(&self.possession.to_bytes());
    }
}

impl Content for Shares {
    const DOMAIN: &'static str = domain::SHARES;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&[SHARES, self.attempt, self.dealer]);
        bytes.extend_from_slice(self.round.as_bytes());
        bytes.push(self.encrypted.len() as u8);
        bytes.extend_from_slice(&(self.encrypted.first().map_or(0, Vec::len) as u16).to_le_bytes());
        for share in self.encrypted.iter().flatten() {
            bytes.extend_from_slice(share.as_bytes());
        }
    }
}

impl Content for Complaint {
    const DOMAIN: &'static str = domain::COMPLAINT;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&[COMPLAINT, self.attempt, self.complainer, self.dealer]);
        bytes.extend_from_slice(self.shares.as_bytes());
        bytes.extend_from_slice(self.shared.as_bytes());
        bytes.extend_from_slice(&self.proof.to_bytes());
    }
}

impl Content for Confirm {
    const DOMAIN: &'static str = domain::CONFIRM;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&[CONFIRM, self.attempt, self.trustee]);
        bytes.extend_from_slice(self.transcript.as_bytes());
    }
}

impl Content for Restart {
    const DOMAIN: &'static str = domain::RESTART;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&[RESTART, self.attempt]);
    }
}

impl Ceremony {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        Ok(match reader.u8()? {
            COMMITMENTS => {
                let (attempt, trustee, communication) = (reader.u8()?, reader.u8()?, reader.public_key()?);
                let (slots, threshold) = (usize::from(reader.u16()?), usize::from(reader.u8()?));
                if slots == 0 || threshold == 0 {
                    return Err(EntryError::EmptyList);
                }
                let commitments = reader.many(slots, |reader| reader.many(threshold, Reader::point))?;
                let possession = schnorr::Proof::from_bytes(&reader.array()?)?;
                let content = Commitments { attempt, trustee, communication, commitments, possession };
                Ceremony::Commitments(Signed::read(content, reader)?)
            }
            SHARES => {
                let (attempt, dealer, round) = (reader.u8()?, reader.u8()?, reader.digest()?);
                let (recipients, slots) = (usize::from(reader.u8()?), usize::from(reader.u16()?));
                // Without recipients a number of slots would have no bytes behind it.
                if (recipients == 0) != (slots == 0) {
                    return Err(EntryError::EmptyList);
                }
                let encrypted = reader.many(recipients, |reader| reader.many(slots, Reader::scalar))?;
                Ceremony::Shares(Signed::read(Shares { attempt, dealer, round, encrypted }, reader)?)
            }
            COMPLAINT => {
                let (attempt, complainer, dealer) = (reader.u8()?, reader.u8()?, reader.u8()?);
                let (shares, shared) = (reader.digest()?, reader.point()?);
                let proof = chaum_pedersen::Proof::from_bytes(&reader.array()?)?;
                let content = Complaint { attempt, complainer, dealer, shares, shared, proof };
                Ceremony::Complaint(Signed::read(content, reader)?)
            }
            CONFIRM => {
                let content =
                    Confirm { attempt: reader.u8()?, trustee: reader.u8()?, transcript: reader.digest()? };
                Ceremony::Confirm(Signed::read(content, reader)?)
            }
            RESTART => Ceremony::Restart(Signed::read(Restart { attempt: reader.u8()? }, reader)?),
            other => return Err(EntryError::CeremonyForm(other)),
        })
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Ceremony::Commitments(message) => message.write(bytes),
            Ceremony::Shares(message) => message.write(bytes),
            Ceremony::Complaint(message) => message.write(bytes),
            Ceremony::Confirm(message) => message.write(bytes),
            Ceremony::Restart(message) => message.write(bytes),
        }
    }

    /// The attempt that the message says it belongs to.
    pub fn attempt(&self) -> u8 {
        match self {
            Ceremony::Commitments(message) => message.attempt,
            Ceremony::Shares(message) => message.attempt,
            Ceremony::Complaint(message) => message.attempt,
            Ceremony::Confirm(message) => message.attempt,
            Ceremony::Restart(message) => message.attempt,
        }
    }

    /// The trustee who says it; nobody for a Restart.
    pub fn author(&self) -> Option<u8> {
        match self {
            Ceremony::Commitments(message) => Some(message.trustee),
            Ceremony::Shares(message) => Some(message.dealer),
            Ceremony::Complaint(message) => Some(message.complainer),
            Ceremony::Confirm(message) => Some(message.trustee),
            Ceremony::Restart(_) => None,
        }
    }

    /// The hash of the whole message, kind byte included, as rounds and transcript name it.
    pub fn hash(&self) -> Digest {
        digest(tag::MESSAGE, &[&Entry::Ceremony(self.clone()).to_bytes()])
    }
}

macro_rules! forms {
    ($($form:ident),*) => {$(
        impl From<Signed<$form>> for Ceremony {
            fn from(message: Signed<$form>) -> Self {
                Ceremony::$form(message)
            }
        }

        impl From<Signed<$form>> for Entry {
            fn from(message: Signed<$form>) -> Self {
                Entry::Ceremony(message.into())
            }
        }
    )*};
}
forms!(Commitments, Shares, Complaint, Confirm, Restart);

impl Commitments {
    /// What the proof of possession binds besides the commitments:
    /// `H("commitments"; 1 (u8), genesis hash, attempt, n, t, μ (u16), trustee, communication key)`.
    pub fn possession_context(
        genesis: &Digest,
        attempt: u8,
        (count, threshold): (u8, u8),
        slots: u16,
        trustee: u8,
        communication: &PublicKey,
    ) -> Digest {
        Hasher::new(tag::COMMITMENTS)
            .with(&[crate::layout::VERSION])
            .with(genesis.as_bytes())
            .with(&[attempt])
            .with(&[count])
            .with(&[threshold])
            .with(&slots.to_le_bytes())
            .with(&[trustee])
            .with(&communication.to_bytes())
            .digest()
    }
}

/// The round hash: `H("round"; attempt, hash of every Commitments message in trustee order)`.
pub fn round_hash(attempt: u8, commitments: &[Digest]) -> Digest {
    hash_of(tag::ROUND, attempt, commitments.iter())
}

/// The transcript hash: `H("ceremony"; attempt, hash of every Commitments message in trustee order,
/// hash of every Shares message in trustee order)`.
pub fn transcript_hash(attempt: u8, commitments: &[Digest], shares: &[Digest]) -> Digest {
    hash_of(tag::CEREMONY, attempt, commitments.iter().chain(shares))
}

fn hash_of<'a>(tag: &str, attempt: u8, messages: impl Iterator<Item = &'a Digest>) -> Digest {
    let mut hasher = Hasher::new(tag).with(&[attempt]);
    for message in messages {
        hasher.field(message.as_bytes());
    }
    hasher.digest()
}
