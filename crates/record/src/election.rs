//! An election: a manifest, the keys that speak on its board, and the keys that seal its ballots.
//!
//! ```text
//! H_election = H("election"; H_manifest, ceremony transcript hash, K_1‖…‖K_μ,
//!                organiser key, registrar key, log key, origin)
//! ```
//!
//! H_election is the election's fingerprint: whoever has it knows everything a voter must be sure of.

use veche_board::{Checkpoint, CheckpointError, LogPublicKey, Origin, SignedCheckpoint};
use veche_crypto::ballot_proof::Statement;
use veche_crypto::feldman::public_share;
use veche_crypto::group::Point;
use veche_crypto::hash::{Digest, Hasher};
use veche_crypto::signature::PublicKey;

use crate::ballot_kind::BallotKind;
use crate::card::Card;
use crate::entry::Genesis;
use crate::group::JoinedGroup;
use crate::layout::VERSION;
use crate::manifest::{BallotStyle, Manifest, ManifestError};
use crate::rules::CompiledContest;
use crate::tag;

/// Why a manifest, a genesis and a ceremony are not one election.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ElectionError {
    /// The manifest itself.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The genesis entry names another manifest.
    #[error("the board was opened for the manifest {named}, this one is {found}")]
    OtherManifest {
        /// What the genesis entry says.
        named: Digest,
        /// The manifest at hand.
        found: Digest,
    },
    /// Genesis and manifest disagree on n or t.
    #[error("genesis says {threshold} of {count} trustees, the manifest says otherwise")]
    Trustees {
        /// t as in the genesis entry.
        threshold: u8,
        /// n as in the genesis entry.
        count: u8,
    },
    /// The ceremony was for another threshold.
    #[error("the ceremony has {found} commitments a slot, and {expected} are needed exactly")]
    Threshold {
        /// t of the manifest.
        expected: u8,
        /// Commitments a slot.
        found: usize,
    },
    /// The ceremony made another number of keys.
    #[error("the ceremony made {found} slot keys, the manifest needs {expected}")]
    Slots {
        /// μ of the manifest.
        expected: usize,
        /// Slot keys of the ceremony.
        found: usize,
    },
    /// Another election than the one that was announced.
    #[error("the fingerprint is {found}, and {expected} was announced")]
    Fingerprint {
        /// What was announced.
        expected: Digest,
        /// What manifest and card come to.
        found: Digest,
    },
    /// Two slots have one key.
    #[error("slots {0} and {1} (counted from 0) have the same key")]
    RepeatedKey(usize, usize),
    /// A trustee would hold nothing.
    #[error("trustee {trustee} would hold a share of zero in slot {slot} (counted from 0)")]
    EmptyShare {
        /// The trustee, counted from 1.
        trustee: u8,
        /// The slot, counted from 0.
        slot: usize,
    },
}

/// What the trustees have made together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JointKeys {
    /// The transcript hash that every trustee confirmed.
    pub transcript: Digest,
    /// The communication keys of the trustees, in order.
    pub communication: Vec<PublicKey>,
    /// The sums of all trustees' commitments: C_0 … C_(t-1) of each slot, in slot order; C_0 is the
    /// slot key.
    pub commitments: Vec<Vec<Point>>,
}

/// Everything public that a ballot is sealed and checked against.
#[derive(Debug, Clone)]
pub struct Election {
    manifest: Manifest,
    card: Card,
    communication: Vec<PublicKey>,
    /// The public share of each trustee (outer, from 1) in each slot (inner).
    shares: Vec<Vec<Point>>,
    fingerprint: Digest,
}

impl Election {
    /// Puts an election together from what its board begins with.
    ///
    /// # Errors
    /// [`ElectionError`] when the three do not fit each other.
    pub fn assemble(manifest: &[u8], genesis: &Genesis, keys: &JointKeys) -> Result<Self, ElectionError> {
        Self::from_manifest(Manifest::parse(manifest)?, genesis, keys)
    }

    /// Puts an election together from a manifest that was read already.
    ///
    /// # Errors
    /// [`ElectionError`] when the three do not fit each other.
    pub fn from_manifest(
        manifest: Manifest,
        genesis: &Genesis,
        keys: &JointKeys,
    ) -> Result<Self, ElectionError> {
        check_genesis(&manifest, genesis)?;
        let shares = public_shares(&manifest, &keys.commitments)?;
        let slot_keys: Vec<Point> =
            keys.commitments.iter().filter_map(|slot| slot.first().copied()).collect();
        let card = Card {
            transcript: keys.transcript,
            slot_keys,
            organiser: genesis.organiser,
            registrar: genesis.registrar,
            log_key: genesis.log_key,
            origin: genesis.origin.clone(),
        };
        let fingerprint = card.fingerprint(&manifest.hash());
        Ok(Election { manifest, card, communication: keys.communication.clone(), shares, fingerprint })
    }

    /// Opens the election of this fingerprint from a card, whoever hands it out: for a voter's device. It knows
    /// nothing of the trustees' keys and shares.
    ///
    /// # Errors
    /// [`ElectionError::Fingerprint`] for the manifest or the card of another election;
    /// [`ElectionError::Manifest`] or [`ElectionError::Slots`] where what was announced is no election.
    pub fn from_card(manifest: &[u8], card: Card, expected: &Digest) -> Result<Self, ElectionError> {
        // First of all: from here on the bytes are what was announced, or nothing is read.
        let fingerprint = card.fingerprint(&Manifest::hash_of(manifest));
        if fingerprint != *expected {
            return Err(ElectionError::Fingerprint { expected: *expected, found: fingerprint });
        }
        let manifest = Manifest::parse_pinned(manifest)?;
        if card.slot_keys.len() != manifest.slots() {
            return Err(ElectionError::Slots { expected: manifest.slots(), found: card.slot_keys.len() });
        }
        Ok(Election { manifest, card, communication: Vec::new(), shares: Vec::new(), fingerprint })
    }

    /// What, beside the manifest, the fingerprint is made of.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// H_election.
    pub fn fingerprint(&self) -> Digest {
        self.fingerprint
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether the votes count.
    pub fn ballot_kind(&self) -> BallotKind {
        self.manifest.document().ballot_kind
    }

    /// K_1 … K_μ, for the contest with the most slots.
    pub fn slot_keys(&self) -> &[Point] {
        &self.card.slot_keys
    }

    /// The compiled rule of a contest, by position.
    pub fn contest(&self, contest: usize) -> Option<&CompiledContest> {
        self.manifest.compiled().get(contest)
    }

    /// A ballot style, by position.
    pub fn style(&self, style: u16) -> Option<&BallotStyle> {
        self.manifest.ballot_style(style)
    }

    /// What a section of a contest is a proof about.
    pub fn statement(&self, contest: usize) -> Option<Statement<'_>> {
        Some(Statement {
            contest: self.manifest.contests().get(contest)?.id.as_bytes(),
            program: self.contest(contest)?.program(),
            keys: &self.card.slot_keys,
        })
    }

    /// The key that signs how the vote goes: Open, Restart, Close.
    pub fn organiser(&self) -> &PublicKey {
        &self.card.organiser
    }

    /// The key that signs who votes: Credential, Revocation.
    pub fn registrar(&self) -> &PublicKey {
        &self.card.registrar
    }

    /// The key that signs checkpoints.
    pub fn log_key(&self) -> &LogPublicKey {
        &self.card.log_key
    }

    /// The log's name.
    pub fn origin(&self) -> &Origin {
        &self.card.origin
    }

    /// Reads a checkpoint of this election's board: signed by its log, and cosigned by as many witnesses
    /// as the manifest demands. Whoever acts on a checkpoint reads it here.
    ///
    /// # Errors
    /// [`CheckpointError`], the ballot box's fault or that of whoever served it.
    pub fn open_checkpoint(&self, note: &(impl AsRef<[u8]> + ?Sized)) -> Result<Checkpoint, CheckpointError> {
        SignedCheckpoint::open_witnessed(
            note,
            &self.card.log_key,
            &self.card.origin,
            self.manifest.witnesses(),
        )
    }

    /// The key that a trustee, counted from 1, signs with.
    pub fn communication_key(&self, trustee: u8) -> Option<&PublicKey> {
        self.communication.get(usize::from(trustee.checked_sub(1)?))
    }

    /// The public shares of a trustee, counted from 1, in slot order.
    pub fn trustee_public_shares(&self, trustee: u8) -> Option<&[Point]> {
        self.shares.get(usize::from(trustee.checked_sub(1)?)).map(Vec::as_slice)
    }

    /// The public share of a trustee, counted from 1, in a slot, counted from 0.
    pub fn trustee_public_share(&self, trustee: u8, slot: usize) -> Option<&Point> {
        self.trustee_public_shares(trustee)?.get(slot)
    }

    /// The context of one trustee's partial decryption of one group:
    /// `H("decryption"; ballot version, H_election, tally input hash, contest id, styles, trustee, ballots)`
    /// with all styles as one field of a u16 each, the trustee as u8, the ballots as u32.
    pub fn decryption_context(
        &self,
        tally: &Digest,
        group: &JoinedGroup,
        trustee: u8,
        ballots: u32,
    ) -> Option<Digest> {
        let contest = self.manifest.contests().get(usize::from(group.contest))?;
        let hasher = Hasher::new(tag::DECRYPTION)
            .with(&[VERSION])
            .with(self.fingerprint.as_bytes())
            .with(tally.as_bytes())
            .with(contest.id.as_bytes())
            .with(&group.styles_bytes())
            .with(&[trustee])
            .with(&ballots.to_le_bytes());
        Some(hasher.digest())
    }
}

/// Whether a genesis entry is of this manifest.
///
/// # Errors
/// [`ElectionError::OtherManifest`] or [`ElectionError::Trustees`].
pub fn check_genesis(manifest: &Manifest, genesis: &Genesis) -> Result<(), ElectionError> {
    if genesis.manifest != manifest.hash() {
        return Err(ElectionError::OtherManifest { named: genesis.manifest, found: manifest.hash() });
    }
    let trustees = manifest.trustees();
    if (genesis.trustees, genesis.threshold) != (trustees.count, trustees.threshold) {
        return Err(ElectionError::Trustees { threshold: genesis.threshold, count: genesis.trustees });
    }
    Ok(())
}

/// Whether commitments are of the manifest's number of slots, and exactly t in each of them.
///
/// # Errors
/// [`ElectionError::Threshold`] or [`ElectionError::Slots`].
pub fn check_commitments(manifest: &Manifest, commitments: &[Vec<Point>]) -> Result<(), ElectionError> {
    let expected = manifest.trustees().threshold;
    let odd = commitments.iter().map(Vec::len).find(|&found| found != usize::from(expected));
    if let Some(found) = odd {
        return Err(ElectionError::Threshold { expected, found });
    }
    if commitments.len() != manifest.slots() {
        return Err(ElectionError::Slots { expected: manifest.slots(), found: commitments.len() });
    }
    Ok(())
}

/// The public shares that commitments come to: of each trustee (outer, from 1) in each slot (inner).
///
/// # Errors
/// [`ElectionError`] when the commitments are not of this manifest, two slot keys are the same, or a
/// trustee would hold nothing.
pub fn public_shares(
    manifest: &Manifest,
    commitments: &[Vec<Point>],
) -> Result<Vec<Vec<Point>>, ElectionError> {
    check_commitments(manifest, commitments)?;
    let slot_keys: Vec<Point> = commitments.iter().filter_map(|slot| slot.first().copied()).collect();
    if let Some((first, second)) = first_repeated(&slot_keys) {
        return Err(ElectionError::RepeatedKey(first, second));
    }
    (1..=manifest.trustees().count).map(|trustee| shares_of(trustee, commitments)).collect()
}

fn first_repeated(keys: &[Point]) -> Option<(usize, usize)> {
    let mut seen = std::collections::HashMap::new();
    keys.iter().enumerate().find_map(|(i, key)| seen.insert(key.to_bytes(), i).map(|earlier| (earlier, i)))
}

fn shares_of(trustee: u8, commitments: &[Vec<Point>]) -> Result<Vec<Point>, ElectionError> {
    let share = |(slot, commitments): (usize, &Vec<Point>)| {
        public_share(commitments, trustee).map_err(|_| ElectionError::EmptyShare { trustee, slot })
    };
    commitments.iter().enumerate().map(share).collect()
}
