//! The count: what is decrypted, the trustees' parts of it, the totals.
//!
//! Each step is a type that only the step before gives: a [`VerifiedTally`] comes from replaying the
//! board, a [`CheckedPartial`] from checking a partial decryption against it, a [`Tally`] from t of
//! those. A trustee decrypts nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use veche_crypto::chaum_pedersen;
use veche_crypto::dlog::DiscreteLog;
use veche_crypto::feldman::lagrange_at_zero;
use veche_crypto::group::Point;
use veche_crypto::hash::Digest;
use veche_record::entry::{
    GroupInput, Issued, Partial, ResultEntry, Signed, StatedGroup, TallyInput, TallyKind,
};
use veche_record::rules::UnpackError;
use veche_record::{CompiledContest, Election, JoinedGroup, Totals};

use crate::check::Check;
use crate::failure::{Cause, Culprit, Failure};

/// Why totals cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TallyError {
    /// There is no tally input yet.
    #[error("the sums are not on the board yet")]
    NoTally,
    /// Fewer trustees than needed.
    #[error("{needed} partial decryptions are needed, there are {found}")]
    TooFewPartials {
        /// t.
        needed: usize,
        /// How many there are, of different trustees.
        found: usize,
    },
    /// Partial decryptions of different tallies, or trustees that do not exist.
    #[error("the partial decryptions do not belong together")]
    Mixed,
    /// A total that no legal ballots give. With verified ballots and partial decryptions this cannot
    /// happen; were it to, the software is wrong.
    #[error("group {group}, slot {slot} (counted from 0): no total within reach decrypts to this")]
    OutOfReach {
        /// The group, counted from 0.
        group: usize,
        /// The slot, counted from 0.
        slot: usize,
    },
    /// Stated totals that the partial decryptions do not give.
    #[error("the stated totals of group {group} (counted from 0) are not what the partial decryptions give")]
    Stated {
        /// The group, counted from 0.
        group: usize,
    },
    /// Slot totals that are not a sum of legal ballots.
    #[error("group {group} (counted from 0): {error}")]
    Unpack {
        /// The group, counted from 0.
        group: usize,
        /// Why.
        error: UnpackError,
    },
}

/// The sums of the counted ballots, computed from a verified board. Only replaying a board makes one: a trustee cannot
/// be handed one ballot in its place.
///
/// ```compile_fail,E0624
/// use veche_record::{Election, entry::TallyInput};
///
/// fn one_ballot(election: std::sync::Arc<Election>, input: TallyInput) -> veche_verify::VerifiedTally {
///     veche_verify::VerifiedTally::new(election, input)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct VerifiedTally {
    election: Arc<Election>,
    input: Arc<TallyInput>,
    hash: Digest,
}

/// A group that is decrypted: not withheld, not empty.
#[derive(Debug, Clone, Copy)]
pub struct DecryptedGroup<'a> {
    /// Its position in the tally input.
    pub position: usize,
    /// Its sums.
    pub input: &'a GroupInput,
    /// α_Σ.
    pub alpha: Point,
    /// What the proof of a partial decryption binds.
    pub context: Digest,
    /// The trustee's public shares of the group's slots.
    pub shares: &'a [Point],
}

impl DecryptedGroup<'_> {
    /// The statement of a partial decryption of this group.
    pub fn statement(&self) -> chaum_pedersen::Statement<'_> {
        chaum_pedersen::Statement {
            context: &self.context,
            alpha: &self.alpha,
            betas: &self.input.betas,
            shares: self.shares,
        }
    }
}

/// Whether a group has anything to decrypt: not withheld, and blinded at all. (α_Σ is the identity
/// for a group without ballots; else only when its voters conspired to have no secret.)
pub(crate) fn blinded(input: &GroupInput) -> Option<Point> {
    if input.withheld { None } else { Point::from_any(input.alpha).ok() }
}

impl VerifiedTally {
    pub(crate) fn new(election: Arc<Election>, input: TallyInput) -> Self {
        let hash = input.hash();
        VerifiedTally { election, input: Arc::new(input), hash }
    }

    /// The election.
    pub fn election(&self) -> &Arc<Election> {
        &self.election
    }

    /// The hash of the tally input.
    pub fn input_hash(&self) -> Digest {
        self.hash
    }

    /// The groups, in the tally input's order.
    pub fn groups(&self) -> &[GroupInput] {
        &self.input.groups
    }

    /// The groups that are decrypted, as one trustee (counted from 1) meets them. `None` for a
    /// trustee that does not exist.
    pub fn decrypted_groups(&self, trustee: u8) -> Option<Vec<DecryptedGroup<'_>>> {
        let shares = self.election.trustee_public_shares(trustee)?;
        self.groups()
            .iter()
            .enumerate()
            .filter_map(|(position, input)| blinded(input).map(|alpha| (position, input, alpha)))
            .map(|(position, input, alpha)| {
                let context =
                    self.election.decryption_context(&self.hash, &input.group, trustee, input.ballots)?;
                let shares = shares.get(..input.betas.len())?;
                Some(DecryptedGroup { position, input, alpha, context, shares })
            })
            .collect()
    }

    /// Of the votes, or of the rehearsal.
    pub fn kind(&self) -> TallyKind {
        self.input.kind
    }

    /// How many trustees must consent before any of them decrypts.
    pub fn quorum(&self) -> usize {
        self.election.manifest().trustees().quorum().into()
    }

    /// How many partial decryptions the totals need: t, or none when there is nothing to decrypt.
    pub fn partials_needed(&self) -> usize {
        let any = self.groups().iter().any(|input| blinded(input).is_some());
        if any { self.election.manifest().trustees().threshold.into() } else { 0 }
    }

    /// Checks one trustee's partial decryption. The trustee is to blame for what it has signed of this tally; what it
    /// has not signed of it is the fault of who hands it on.
    ///
    /// # Errors
    /// [`Failure`] of [`Check::PartialSignature`], [`Check::PartialForm`] or [`Check::PartialProof`].
    pub fn check(&self, partial: Signed<Partial>) -> Result<CheckedPartial, Failure> {
        self.demand_signed(&partial)?;
        let partial = partial.into_content();
        let culprit = Culprit::Trustee(partial.trustee);
        let malformed = |cause| Failure::new(Check::PartialForm, culprit, cause);
        let groups = self
            .decrypted_groups(partial.trustee)
            .ok_or_else(|| malformed(Cause::UnknownTrustee(partial.trustee)))?;
        let same_slots = |(group, given): (&DecryptedGroup<'_>, &veche_record::entry::GroupFactors)| {
            group.shares.len() == given.factors.len()
        };
        if groups.len() != partial.groups.len() || !groups.iter().zip(&partial.groups).all(same_slots) {
            return Err(malformed(Cause::PartialShape));
        }
        for (group, given) in groups.iter().zip(&partial.groups) {
            given.proof.verify(&group.statement(), &given.factors).map_err(|_| {
                Failure::new(Check::PartialProof, culprit, Cause::PartialProof(group.position))
            })?;
        }
        Ok(CheckedPartial { partial })
    }

    /// Whether a trustee has signed this as a partial decryption of this tally.
    pub(crate) fn demand_signed(&self, partial: &Signed<Partial>) -> Result<(), Failure> {
        let refuse = |check, cause| Failure::new(check, Culprit::BallotBox, cause);
        let unknown = || refuse(Check::PartialForm, Cause::UnknownTrustee(partial.trustee));
        let key = self.election.communication_key(partial.trustee).ok_or_else(unknown)?;
        partial
            .verify_signature(key, &self.election.fingerprint())
            .map_err(|_| refuse(Check::PartialSignature, Cause::PartialSignature))?;
        if partial.tally != self.hash {
            return Err(refuse(Check::PartialForm, Cause::OtherTally));
        }
        Ok(())
    }
}

/// A partial decryption whose proofs were verified against a [`VerifiedTally`].
#[derive(Debug, Clone)]
pub struct CheckedPartial {
    partial: Partial,
}

impl CheckedPartial {
    /// The trustee, counted from 1.
    pub fn trustee(&self) -> u8 {
        self.partial.trustee
    }

    /// The message.
    pub fn partial(&self) -> &Partial {
        &self.partial
    }
}

/// The totals of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTally {
    /// Which ballots.
    pub group: JoinedGroup,
    /// How many were counted.
    pub ballots: u32,
    /// What they gave each option; nothing when the group is withheld.
    pub totals: Option<Totals>,
}

impl GroupTally {
    /// One number for each option, then blank where the contest has it; none where the group is withheld.
    pub fn numbers(&self) -> Vec<u64> {
        let totals = self.totals.as_ref();
        totals.map_or_else(Vec::new, |totals| totals.options.iter().copied().chain(totals.blank).collect())
    }
}

/// The totals of every group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    hash: Digest,
    groups: Vec<GroupTally>,
}

impl Tally {
    /// Computes the totals from the partial decryptions of at least t different trustees. No key is
    /// put together: Σ λ_i·M_ij is taken off β_Σ, and the small numbers left are looked for. That is work, for
    /// whoever is the first to state them; [`Self::confirm`] compares.
    ///
    /// # Errors
    /// [`TallyError`].
    pub fn combine(verified: &VerifiedTally, partials: &[CheckedPartial]) -> Result<Tally, TallyError> {
        let mut logs = Logs::new(verified);
        let groups = Unmasked::all(verified, partials)?;
        let groups = groups.iter().enumerate().map(|(position, group)| {
            let totals = (!group.input.withheld).then(|| logs.solve(position, group)).transpose()?;
            Ok(group.tally(totals))
        });
        Ok(Tally { hash: verified.hash, groups: groups.collect::<Result<_, TallyError>>()? })
    }

    /// The totals that a result states, where the partial decryptions of at least t different trustees give them:
    /// each is looked at by itself, then multiplied out. Nothing is looked for.
    ///
    /// # Errors
    /// [`TallyError::Mixed`] for the result of another tally, [`TallyError::Stated`] for other totals, any other
    /// [`TallyError`] as [`Self::combine`].
    pub fn confirm(
        verified: &VerifiedTally,
        partials: &[CheckedPartial],
        result: &ResultEntry,
    ) -> Result<Tally, TallyError> {
        let groups = Unmasked::all(verified, partials)?;
        if result.tally != verified.hash {
            return Err(TallyError::Mixed);
        }
        let mut confirmed = Vec::with_capacity(groups.len());
        for position in 0..groups.len().max(result.groups.len()) {
            let both = groups.get(position).zip(result.groups.get(position));
            let tally = both.and_then(|(group, stated)| group.confirm(&verified.election, stated));
            confirmed.push(tally.ok_or(TallyError::Stated { group: position })?);
        }
        Ok(Tally { hash: verified.hash, groups: confirmed })
    }

    /// The hash of the tally input.
    pub fn input_hash(&self) -> Digest {
        self.hash
    }

    /// The groups, in the tally input's order.
    pub fn groups(&self) -> &[GroupTally] {
        &self.groups
    }

    /// The groups as the result entry states them.
    pub fn stated(&self) -> Vec<StatedGroup> {
        let stated = |group: &GroupTally| StatedGroup {
            group: group.group.clone(),
            ballots: group.ballots,
            withheld: group.totals.is_none(),
            totals: group.numbers(),
        };
        self.groups.iter().map(stated).collect()
    }
}

/// A group and what its partial decryptions leave of it: v·G for the total v of every slot.
struct Unmasked<'a> {
    input: &'a GroupInput,
    /// Nothing of a group that is withheld.
    slots: Vec<RistrettoPoint>,
}

impl<'a> Unmasked<'a> {
    fn all(verified: &'a VerifiedTally, partials: &[CheckedPartial]) -> Result<Vec<Self>, TallyError> {
        let needed = verified.partials_needed();
        let by_trustee: BTreeMap<u8, &Partial> =
            partials.iter().map(|checked| (checked.trustee(), &checked.partial)).collect();
        if by_trustee.len() < needed {
            return Err(TallyError::TooFewPartials { needed, found: by_trustee.len() });
        }
        let chosen: Vec<(u8, &Partial)> = by_trustee.into_iter().take(needed).collect();
        if chosen.iter().any(|(_, partial)| partial.tally != verified.hash) {
            return Err(TallyError::Mixed);
        }
        let indices: Vec<u8> = chosen.iter().map(|(trustee, _)| *trustee).collect();
        let lambdas = lagrange_at_zero(&indices).map_err(|_| TallyError::Mixed)?;
        let mask = |item: usize, slot: usize| {
            let factors = chosen.iter().map(|(_, partial)| partial.groups.get(item)?.factors.get(slot));
            let factors = factors.map(|factor| factor.map(Point::inner)).collect::<Option<Vec<_>>>()?;
            Some(RistrettoPoint::vartime_multiscalar_mul(&lambdas, factors))
        };
        let mut items = 0_usize;
        let groups = verified.groups().iter().map(|input| {
            let item = blinded(input).map(|_| {
                items += 1;
                items - 1
            });
            let betas = input.betas.iter().enumerate().filter(|_| !input.withheld);
            let slots = betas.map(|(slot, beta)| match item {
                Some(item) => Ok(beta.inner() - mask(item, slot).ok_or(TallyError::Mixed)?),
                None => Ok(*beta.inner()),
            });
            Ok(Unmasked { input, slots: slots.collect::<Result<_, _>>()? })
        });
        groups.collect()
    }

    fn tally(&self, totals: Option<Totals>) -> GroupTally {
        GroupTally { group: self.input.group.clone(), ballots: self.input.ballots, totals }
    }

    /// What is stated of this group, if it is true.
    fn confirm(&self, election: &Election, stated: &StatedGroup) -> Option<GroupTally> {
        let input = self.input;
        let same =
            (&stated.group, stated.ballots, stated.withheld) == (&input.group, input.ballots, input.withheld);
        if !same {
            return None;
        }
        if input.withheld {
            return stated.totals.is_empty().then(|| self.tally(None));
        }
        let contest = election.contest(input.group.contest.into())?;
        let (totals, slots) = contest.pack(&stated.totals, input.ballots).ok()?;
        let equal = |(slot, point): (&u64, &RistrettoPoint)| {
            RISTRETTO_BASEPOINT_TABLE * &Scalar::from(*slot) == *point
        };
        (slots.len() == self.slots.len() && slots.iter().zip(&self.slots).all(equal))
            .then(|| self.tally(Some(totals)))
    }
}

/// The numbers behind these points, on every core.
#[cfg(feature = "parallel")]
fn solve_all(log: &DiscreteLog, points: &[RistrettoPoint]) -> Vec<Option<u64>> {
    use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
    points.par_iter().map(|point| log.solve(point)).collect()
}

/// The numbers behind these points.
#[cfg(not(feature = "parallel"))]
fn solve_all(log: &DiscreteLog, points: &[RistrettoPoint]) -> Vec<Option<u64>> {
    points.iter().map(|point| log.solve(point)).collect()
}

/// Discrete logarithms, with one table for each contest.
struct Logs<'a> {
    election: &'a Election,
    /// The most ballots of any group of the contest, and how many slots are looked up.
    sizes: BTreeMap<u16, (u32, u64)>,
    table: Option<(u16, DiscreteLog)>,
}

impl<'a> Logs<'a> {
    fn new(verified: &'a VerifiedTally) -> Self {
        let mut sizes = BTreeMap::new();
        for input in verified.groups().iter().filter(|input| !input.withheld) {
            let (ballots, slots) = sizes.entry(input.group.contest).or_insert((0, 0));
            *ballots = input.ballots.max(*ballots);
            *slots += input.betas.len() as u64;
        }
        Logs { election: &verified.election, sizes, table: None }
    }

    fn solve(&mut self, group: usize, unmasked: &Unmasked<'_>) -> Result<Totals, TallyError> {
        let id = unmasked.input.group.contest;
        let contest = self.election.contest(id.into()).ok_or(TallyError::OutOfReach { group, slot: 0 })?;
        let log = self.table(contest, id).ok_or(TallyError::OutOfReach { group, slot: 0 })?;
        let found = solve_all(log, &unmasked.slots).into_iter().enumerate();
        let slots = found.map(|(slot, total)| total.ok_or(TallyError::OutOfReach { group, slot }));
        let slots = slots.collect::<Result<Vec<u64>, _>>()?;
        contest.unpack(&slots, unmasked.input.ballots).map_err(|error| TallyError::Unpack { group, error })
    }

    fn table(&mut self, contest: &CompiledContest, id: u16) -> Option<&DiscreteLog> {
        // Groups of one contest follow each other, so that one table at a time is enough.
        if self.table.as_ref().is_none_or(|(of, _)| *of != id) {
            let (ballots, slots) = self.sizes.get(&id).copied()?;
            self.table = Some((id, DiscreteLog::new(&contest.digits(ballots), slots)?));
        }
        self.table.as_ref().map(|(_, log)| log)
    }
}
