//! Signatures and proofs that wait to be verified together.

use std::sync::Arc;

use veche_crypto::batch::Batch;
use veche_crypto::randomness::Randomness;
use veche_crypto::signature::{PublicKey, Signature};
use veche_record::entry::{self, Challenged, CredentialEntry, Issued};
use veche_record::tag::domain;
use veche_record::{Ballot, Election, Manifest};

use crate::check::Check;
use crate::failure::{Cause, Culprit, Failure};

/// Own points of a batch: about as many as make it fastest.
pub(crate) const BATCH_POINTS: usize = 10_000;

/// Something that is true when a signature or proof is.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub entry: u64,
    pub culprit: Culprit,
    pub what: What,
}

/// A message that must be signed, and what it means when it is not.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub check: Check,
    pub cause: Cause,
    pub domain: &'static str,
    pub key: PublicKey,
    pub message: Vec<u8>,
    pub signature: Signature,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Signed(Box<Signed>),
    BallotSigned(Arc<Ballot>),
    /// The section at this position of the ballot is a legal ballot of this contest.
    SectionProved {
        ballot: Arc<Ballot>,
        position: usize,
        contest: usize,
    },
}

impl Claim {
    /// That the organiser has signed an entry.
    pub fn by_organiser<T: Issued>(entry: u64, election: &Election, check: Check, what: &T) -> Self {
        Self::by(Cause::OrganiserSignature, *election.organiser(), entry, election, check, what)
    }

    /// That the registrar has signed an entry.
    pub fn by_registrar<T: Issued>(entry: u64, election: &Election, check: Check, what: &T) -> Self {
        Self::by(Cause::RegistrarSignature, *election.registrar(), entry, election, check, what)
    }

    fn by<T: Issued>(
        cause: Cause,
        key: PublicKey,
        entry: u64,
        election: &Election,
        check: Check,
        what: &T,
    ) -> Self {
        let (message, signature) = (what.message(&election.fingerprint()), *what.signature());
        let what =
            What::Signed(Box::new(Signed { check, cause, domain: T::DOMAIN, key, message, signature }));
        // Whoever puts on the board what nobody signed for it is to blame, not who did not sign it.
        Claim { entry, culprit: Culprit::BallotBox, what }
    }

    /// What the signatures of a credential must show. `active` is the key that its pseudonym has until then, where it
    /// hands over.
    ///
    /// The registrar signs neither the proof of possession nor the handover: who put a false one on the board is to
    /// blame.
    pub fn of_credential(
        entry: u64,
        election: &Election,
        credential: &CredentialEntry,
        active: Option<PublicKey>,
    ) -> Vec<Self> {
        let message = credential.terms.message(&election.fingerprint());
        let holder = |check, cause, domain, key, message, signature| {
            let what = What::Signed(Box::new(Signed { check, cause, domain, key, message, signature }));
            Claim { entry, culprit: Culprit::BallotBox, what }
        };
        let handover = active.zip(credential.handover).map(|(active, signature)| {
            holder(Check::Handover, Cause::Handover, domain::HANDOVER, active, message.clone(), signature)
        });
        let (key, possession) = (credential.key, credential.possession);
        [Self::by_registrar(entry, election, Check::CredentialSignature, credential)]
            .into_iter()
            .chain(handover)
            .chain([holder(
                Check::Possession,
                Cause::Possession,
                domain::POSSESSION,
                key,
                message.clone(),
                possession,
            )])
            .collect()
    }

    /// That its key has signed that a ballot was challenged. Who put a false one on the board is to blame.
    pub fn of_challenged(entry: u64, election: &Election, challenged: &entry::Signed<Challenged>) -> Self {
        let what = What::Signed(Box::new(Signed {
            check: Check::Challenged,
            cause: Cause::ChallengedSignature,
            domain: domain::CHALLENGED,
            key: challenged.key,
            message: challenged.message(&election.fingerprint()),
            signature: *challenged.signature(),
        }));
        Claim { entry, culprit: Culprit::BallotBox, what }
    }

    /// What a ballot's signature and proofs must show.
    pub fn of_ballot(entry: u64, manifest: &Manifest, ballot: &Arc<Ballot>, culprit: Culprit) -> Vec<Self> {
        let signed = Claim { entry, culprit, what: What::BallotSigned(Arc::clone(ballot)) };
        [signed].into_iter().chain(Self::of_proofs(entry, manifest, ballot, culprit)).collect()
    }

    /// What a ballot's proofs must show, its signature left out.
    pub fn of_proofs(entry: u64, manifest: &Manifest, ballot: &Arc<Ballot>, culprit: Culprit) -> Vec<Self> {
        let contests = manifest.style_contests(ballot.header().style);
        let proved = |(position, &contest)| {
            let what = What::SectionProved { ballot: Arc::clone(ballot), position, contest };
            Claim { entry, culprit, what }
        };
        contests.iter().enumerate().map(proved).collect()
    }

    #[must_use]
    fn push(&self, election: &Election, batch: &mut Batch) -> bool {
        match &self.what {
            What::Signed(signed) => {
                batch.push_signature(signed.domain, &signed.key, &signed.message, &signed.signature);
                true
            }
            What::BallotSigned(ballot) => {
                let key = &ballot.header().credential;
                batch.push_signature(domain::BALLOT, key, ballot.body().as_bytes(), ballot.signature());
                true
            }
            What::SectionProved { ballot, position, contest } => {
                election.statement(*contest).is_some_and(|about| {
                    batch.push_section(ballot.sealed(), *position, about.contest, about.program).is_ok()
                })
            }
        }
    }

    fn failure(&self, election: &Election) -> Failure {
        let (check, cause) = match &self.what {
            What::Signed(signed) => (signed.check, signed.cause.clone()),
            What::BallotSigned(_) => (Check::BallotSignature, Cause::BallotSignature),
            What::SectionProved { contest, .. } => {
                let id = election.manifest().contests().get(*contest).map(|contest| contest.id.clone());
                (Check::BallotProof, Cause::BallotProof(id.unwrap_or_default()))
            }
        };
        Failure::new(check, self.culprit, cause).at(self.entry)
    }

    /// Whether the entry takes its place also when the claim is false, so that it can be verified later.
    pub fn can_wait(&self) -> bool {
        match &self.what {
            What::Signed(signed) => signed.check.goes_on(),
            What::BallotSigned(_) | What::SectionProved { .. } => true,
        }
    }

    /// How many points the claim adds to a batch.
    pub fn points(&self) -> usize {
        match &self.what {
            What::Signed(_) | What::BallotSigned(_) => 2,
            What::SectionProved { ballot, position, .. } => {
                ballot.sections().get(*position).map_or(0, |section| section.betas.len() + 4)
            }
        }
    }
}

/// Verifies claims as one batch, and gives the failures in the claims' order.
#[must_use]
pub(crate) fn verify(election: &Election, claims: &[Claim], fresh: &Randomness) -> Vec<Failure> {
    let mut batch = Batch::new(election.slot_keys());
    let mut pushed = Vec::with_capacity(claims.len());
    let mut failed = Vec::new();
    for (position, claim) in claims.iter().enumerate() {
        // A claim that does not even fit its contest is false.
        if claim.push(election, &mut batch) { pushed.push(position) } else { failed.push(position) }
    }
    if let Err(culprits) = batch.verify(fresh) {
        failed.extend(culprits.iter().filter_map(|&culprit| pushed.get(culprit)));
    }
    failed.sort_unstable();
    let failed: Vec<&Claim> = failed.iter().filter_map(|&position| claims.get(position)).collect();
    let unsigned = |entry: u64| {
        failed.iter().any(|claim| claim.entry == entry && matches!(claim.what, What::BallotSigned(_)))
    };
    let failure = |claim: &&Claim| {
        let failure = claim.failure(election);
        // Nobody is to blame for a ballot that its key has not signed but who has put it there.
        match claim.culprit {
            Culprit::Voter(_) if unsigned(claim.entry) => Failure { culprit: Culprit::BallotBox, ..failure },
            _ => failure,
        }
    };
    failed.iter().map(failure).collect()
}
