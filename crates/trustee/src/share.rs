use veche_crypto::chaum_pedersen;
use veche_crypto::group::Scalar;
use veche_crypto::hash::Digest;
use veche_crypto::signature::{SecretKey, Signature};
use veche_record::Election;
use veche_record::entry::{ClosingTerms, Consent, GroupFactors, Partial, Signed};
use veche_verify::state::Count;
use veche_verify::tally::DecryptedGroup;
use veche_verify::{BoardState, VerifiedTally};
use zeroize::Zeroizing;

use crate::keys::{Keys, communication_key};
use crate::secret::Secret;

/// Why a trustee has no share, or decrypts nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// The keys of the election are not made yet.
    #[error("the trustees have not made the keys of this election yet")]
    NoElection,
    /// The secret is another trustee's, or of another election.
    #[error(
        "this secret is not the one of trustee {0} of this election; use the right words, and the right number"
    )]
    NotTheSecret(u8),
    /// The tally is of another election.
    #[error("this share belongs to the election {share}, and the board is of {board}")]
    OtherElection {
        /// The share's fingerprint.
        share: Digest,
        /// The board's fingerprint.
        board: Digest,
    },
    /// The quorum has not consented.
    #[error("{needed} trustees must consent before any of them decrypts, {found} have")]
    NoQuorum {
        /// The quorum.
        needed: usize,
        /// Consents on the board.
        found: usize,
    },
}

/// A trustee's share of all slot keys of one election, with the key it signs with. Only the ceremony
/// on a board gives one. Wiped when dropped, never printed, never written: the secret and the public
/// board give it again.
pub struct KeyShare {
    fingerprint: Digest,
    trustee: u8,
    communication: SecretKey,
    shares: Zeroizing<Vec<Scalar>>,
}

impl KeyShare {
    /// Recovers a trustee's share from its secret and a board on which the ceremony is complete.
    ///
    /// # Errors
    /// [`ShareError::NoElection`] or [`ShareError::NotTheSecret`].
    pub fn recover(secret: &Secret, board: &BoardState, trustee: u8) -> Result<Self, ShareError> {
        let (election, ceremony) = board.election().zip(board.ceremony()).ok_or(ShareError::NoElection)?;
        let wrong = || ShareError::NotTheSecret(trustee);
        // Cheap, and says at once whether these are the words of this trustee.
        let public = communication_key(secret, ceremony, trustee).map(|key| key.public());
        if public.ok().as_ref() != election.communication_key(trustee) {
            return Err(wrong());
        }
        let keys = Keys::derive(secret, ceremony, trustee).map_err(|_| wrong())?;
        let shares = keys.combine(ceremony).map_err(|_| wrong())?;
        let share = KeyShare {
            fingerprint: election.fingerprint(),
            trustee,
            communication: keys.into_communication(),
            shares,
        };
        if share.fits(election) { Ok(share) } else { Err(wrong()) }
    }

    /// The trustee, counted from 1.
    pub fn trustee(&self) -> u8 {
        self.trustee
    }

    /// Whether these are the shares that the election's ceremony committed to for this trustee.
    fn fits(&self, election: &Election) -> bool {
        let Some(public) = election.trustee_public_shares(self.trustee) else { return false };
        public.len() == self.shares.len()
            && public.iter().zip(self.shares.iter()).all(|(point, share)| point.is_times_base(share))
    }

    fn demand_same(&self, tally: &VerifiedTally) -> Result<(), ShareError> {
        let board = tally.election().fingerprint();
        if board == self.fingerprint {
            return Ok(());
        }
        Err(ShareError::OtherElection { share: self.fingerprint, board })
    }

    /// The trustee's word that it will decrypt this tally and no other of its kind. Whoever calls this
    /// sees to it that it is given once: see [`crate::next_step`].
    ///
    /// # Errors
    /// [`ShareError::OtherElection`].
    pub fn consent(&self, tally: &VerifiedTally) -> Result<Signed<Consent>, ShareError> {
        self.demand_same(tally)?;
        let consent = Consent { trustee: self.trustee, tally: tally.input_hash() };
        Signed::new(consent, &self.communication, &self.fingerprint)
            .map_err(|_| ShareError::NotTheSecret(self.trustee))
    }

    /// The trustee's signature under the end of a vote, for an organiser who is gone. Whoever calls this sees to it
    /// that the organiser is: see [`crate::end_vote`].
    ///
    /// # Errors
    /// None for terms that can be signed at all.
    pub fn close(&self, terms: &ClosingTerms) -> Result<Signature, ShareError> {
        terms.sign(&self.communication, &self.fingerprint).map_err(|_| ShareError::NotTheSecret(self.trustee))
    }

    /// The trustee's part of the decryption of the totals: of every group of a verified tally that is
    /// neither empty nor withheld, and of nothing else, once a quorum has consented. There is no way
    /// to ask for a single ballot.
    ///
    /// # Errors
    /// [`ShareError::OtherElection`] or [`ShareError::NoQuorum`].
    pub fn decrypt(&self, count: &Count) -> Result<Signed<Partial>, ShareError> {
        let tally = count.input();
        self.demand_same(tally)?;
        if !count.has_quorum() {
            return Err(ShareError::NoQuorum { needed: tally.quorum(), found: count.consents().len() });
        }
        let wrong = || ShareError::NotTheSecret(self.trustee);
        let decrypt_one = |group: &DecryptedGroup<'_>| {
            let (factors, proof) =
                chaum_pedersen::decrypt(&group.statement(), self.shares.get(..group.shares.len())?).ok()?;
            Some(GroupFactors { factors, proof })
        };
        let groups = tally.decrypted_groups(self.trustee).ok_or_else(wrong)?;
        let groups = groups.iter().map(decrypt_one).collect::<Option<_>>().ok_or_else(wrong)?;
        let partial = Partial { trustee: self.trustee, tally: tally.input_hash(), groups };
        Signed::new(partial, &self.communication, &self.fingerprint).map_err(|_| wrong())
    }
}
