use veche_crypto::ballot_proof::{self, Prepared, ProofError, Sealing};
use veche_crypto::group::GroupError;
use veche_crypto::hash::{Digest, digest};
use veche_crypto::randomness::Randomness;
use veche_crypto::signature::SecretKey;
use veche_record::ballot::{Ballot, BallotHeader};
use veche_record::{BallotKind, ConfirmationCode, Election, Selection, SelectionError};
use veche_verify::{Refusal, VerifiedBallot};
use zeroize::Zeroizing;

use crate::credential::Credential;

/// The domain tag of a ballot's seed.
const TAG_SEED: &str = "ballot-seed";

/// Why nothing was sealed. What was prepared is gone; prepare again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The election has no such ballot style: the caller's fault.
    #[error("this election has no ballot style number {0}")]
    Style(u16),
    /// A place in the voter's chain of ballots that no ballot can have: the fault of whoever said so, the ballot box.
    #[error("no ballot can have this sequence after this previous ballot")]
    Revision,
    /// Another number of selections than the ballot has contests: the caller's fault.
    #[error("this ballot has {expected} contests, and {found} selections were given")]
    Contests {
        /// Contests of the ballot style.
        expected: usize,
        /// Selections given.
        found: usize,
    },
    /// The voter's choices break a contest's rule.
    #[error("contest \"{contest}\": {error}")]
    Selection {
        /// The contest's identifier.
        contest: String,
        /// Which rule, and how.
        error: SelectionError,
    },
    /// The proof could not be made.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The signature could not be made.
    #[error(transparent)]
    Signature(#[from] GroupError),
    /// What came out is not a ballot that the verifier accepts: this software is broken.
    #[error("the sealed ballot does not pass its own check; it was not shown or sent. Reload the page")]
    OwnCheck(Refusal),
}

/// Which ballot of a voter this is: what the ballot box says comes next for the pseudonym, and how
/// often this device has begun to seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// How many ballots of the pseudonym are on the board already.
    pub sequence: u32,
    /// The hash of the last of them, or [`Digest::ZERO`].
    pub previous: Digest,
    /// A counter that this device keeps and raises before each seal attempt, so that a random
    /// source that repeats does not repeat a seed.
    pub attempt: u64,
}

impl Revision {
    /// A first ballot follows none, and every other one follows one. Who signs anything else has signed a ballot
    /// that is false.
    fn demand_sense(&self) -> Result<(), SealError> {
        let (first, follows) = (self.sequence == 0, self.previous != Digest::ZERO);
        if first != follows { Ok(()) } else { Err(SealError::Revision) }
    }
}

/// Everything about a ballot that does not depend on the choices, made while the voter reads.
///
/// It is consumed by sealing, also when sealing fails. Sealing twice does not compile:
///
/// ```compile_fail,E0382
/// # use veche_voter::PreparedBallot;
/// # use veche_record::{Election, Selection};
/// # use veche_crypto::randomness::Randomness;
/// fn twice(prepared: PreparedBallot, election: &Election, choices: &[Selection], fresh: &Randomness) {
///     let first = prepared.seal(election, choices, fresh);
///     let second = prepared.seal(election, choices, fresh);
/// }
/// ```
pub struct PreparedBallot {
    header: BallotHeader,
    header_digest: Digest,
    sections: Vec<(usize, Prepared)>,
    key: SecretKey,
}

impl PreparedBallot {
    /// Derives the ballot's seed and does the slow half of sealing.
    ///
    /// `seed = H("ballot-seed"; 32 random bytes, credential secret, hdr, attempt)`, the attempt as
    /// an unsigned 64-bit little-endian number, the seed 32 bytes.
    ///
    /// # Errors
    /// [`SealError::Style`], [`SealError::Revision`] or [`SealError::Proof`].
    pub fn new(
        election: &Election,
        style: u16,
        credential: &Credential,
        revision: &Revision,
        randomness: &Randomness,
    ) -> Result<Self, SealError> {
        revision.demand_sense()?;
        let header = BallotHeader {
            style,
            credential: credential.key(),
            sequence: revision.sequence,
            previous: revision.previous,
            kind: election.ballot_kind(),
        };
        Self::under(election, header, credential, revision.attempt, randomness)
    }

    /// A whole made-up ballot for the rehearsal before the vote, of a style that needs every slot key:
    /// under a key of its own that nobody registers, with choices that nobody made.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn rehearsal(
        election: &Election,
        credential: &Credential,
        randomness: &Randomness,
        fresh: &Randomness,
    ) -> Result<SealedBallot, SealError> {
        let (sequence, previous, style) = (0, Digest::ZERO, rehearsed_style(election)?);
        let header = BallotHeader {
            style,
            credential: credential.key(),
            sequence,
            previous,
            kind: BallotKind::Rehearsal,
        };
        let contests = election.manifest().style_contests(style).iter();
        let selections: Vec<Selection> =
            contests.filter_map(|&contest| Some(election.contest(contest)?.made_up_selection())).collect();
        let prepared = Self::under(election, header, credential, 0, randomness)?;
        let bytes = prepared.seal_unchecked(election, &selections)?;
        let verified =
            VerifiedBallot::verify_rehearsal(election, &bytes, fresh).map_err(SealError::OwnCheck)?;
        Ok(SealedBallot { code: verified.ballot().code(), hash: verified.ballot().hash(), bytes })
    }

    fn under(
        election: &Election,
        header: BallotHeader,
        credential: &Credential,
        attempt: u64,
        randomness: &Randomness,
    ) -> Result<Self, SealError> {
        let style = header.style;
        election.style(style).ok_or(SealError::Style(style))?;
        let header_digest = header.digest(election);
        let seed = Zeroizing::new(
            *digest(
                TAG_SEED,
                &[
                    randomness.as_bytes(),
                    credential.secret().as_slice(),
                    header_digest.as_bytes(),
                    &attempt.to_le_bytes(),
                ],
            )
            .as_bytes(),
        );
        let prepare = |&contest: &usize| {
            let statement = election.statement(contest).ok_or(SealError::Style(style))?;
            Ok((contest, Prepared::new(&statement, &seed)?))
        };
        let sections = election
            .manifest()
            .style_contests(style)
            .iter()
            .map(prepare)
            .collect::<Result<_, SealError>>()?;
        Ok(PreparedBallot { header, header_digest, sections, key: credential.signing_key().clone() })
    }

    /// Seals the choices, one selection for each contest of the style in its order, signs, and
    /// checks the result as the ballot box will. `fresh` is randomness for that check.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(
        self,
        election: &Election,
        selections: &[Selection],
        fresh: &Randomness,
    ) -> Result<SealedBallot, SealError> {
        let bytes = self.seal_unchecked(election, selections)?;
        let verified = VerifiedBallot::verify(election, &bytes, fresh).map_err(SealError::OwnCheck)?;
        Ok(SealedBallot { code: verified.ballot().code(), hash: verified.ballot().hash(), bytes })
    }

    /// [`Self::seal`] without the check of the result, for whoever makes many ballots and has them all checked
    /// together, by [`VerifiedBallot::verify_all`], before anything is done with any of them. No voter's device
    /// does: a fault in it must not leave it.
    ///
    /// # Errors
    /// [`SealError`], but never [`SealError::OwnCheck`].
    pub fn seal_unchecked(self, election: &Election, selections: &[Selection]) -> Result<Vec<u8>, SealError> {
        if selections.len() != self.sections.len() {
            return Err(SealError::Contests { expected: self.sections.len(), found: selections.len() });
        }
        let style = SealError::Style(self.header.style);
        let about = |contest: usize| {
            election.manifest().contests().get(contest).map(|contest| contest.id.clone()).unwrap_or_default()
        };
        let mut bits = Vec::with_capacity(selections.len());
        for ((contest, _), selection) in self.sections.iter().zip(selections) {
            let compiled = election.contest(*contest).ok_or(SealError::Style(self.header.style))?;
            bits.push(
                compiled
                    .bits(selection)
                    .map_err(|error| SealError::Selection { contest: about(*contest), error })?,
            );
        }
        let contests = self.sections.into_iter().zip(&bits).map(|((contest, prepared), bits)| {
            Some(Sealing { prepared, statement: election.statement(contest)?, bits })
        });
        let sealed = ballot_proof::seal(&self.header_digest, contests.collect::<Option<_>>().ok_or(style)?)?;
        Ok(Ballot::sign(election, &self.header, sealed.sections(), &self.key)?)
    }
}

/// A style with a contest of as many slots as there are slot keys.
fn rehearsed_style(election: &Election) -> Result<u16, SealError> {
    let manifest = election.manifest();
    let largest = |contest: &usize| {
        election.contest(*contest).is_some_and(|contest| contest.slots() == manifest.slots())
    };
    // Every contest is in a style, so there is one.
    (0..=u16::MAX)
        .take_while(|style| election.style(*style).is_some())
        .find(|style| manifest.style_contests(*style).iter().any(largest))
        .ok_or(SealError::Style(0))
}

/// A ballot that is ready to be cast. It says nothing of the choices to anyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBallot {
    /// The bytes to post.
    pub bytes: Vec<u8>,
    /// What the voter compares and keeps.
    pub code: ConfirmationCode,
    /// The ballot's hash, which the voter's next ballot names.
    pub hash: Digest,
}
