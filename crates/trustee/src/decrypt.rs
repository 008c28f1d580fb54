use veche_crypto::equality::decrypt as decrypt_group;
use veche_crypto::hash::Digest;
use veche_record::entry::{GroupFactors, Partial};
use veche_verify::VerifiedTally;

use crate::share::KeyShare;

/// Why a trustee decrypts nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecryptError {
    /// The share was made for another election.
    #[error("this key share belongs to the manifest {share}, and the record is of the manifest {record}")]
    OtherElection {
        /// What the share file says.
        share: Digest,
        /// The record's manifest.
        record: Digest,
    },
    /// The ceremony has no such trustee, or committed to other shares.
    #[error(
        "this key share is not the one that the ceremony committed to for trustee {0}; use the right file"
    )]
    NotTheShare(u8),
}

/// A trustee's part of the decryption of the totals: of every group of a verified tally that is
/// neither empty nor withheld, and of nothing else. There is no way to ask for a single ballot.
///
/// # Errors
/// [`DecryptError`] when the share is not one of this election.
pub fn decrypt(tally: &VerifiedTally, share: &KeyShare) -> Result<Partial, DecryptError> {
    let trustee = share.trustee();
    let record = tally.election().manifest().hash();
    if share.manifest() != record {
        return Err(DecryptError::OtherElection { share: share.manifest(), record });
    }
    let wrong = || DecryptError::NotTheShare(trustee);
    if !share.fits(tally.election()) {
        return Err(wrong());
    }
    let groups = tally.decrypted_groups(trustee).ok_or_else(wrong)?;
    let decrypt_one = |group: &veche_verify::tally::DecryptedGroup<'_>| {
        let secrets = share.shares().get(..group.shares.len())?;
        let (factors, proof) = decrypt_group(&group.decryption(), secrets)?;
        Some(GroupFactors { factors, proof })
    };
    let groups = groups.iter().map(decrypt_one).collect::<Option<_>>().ok_or_else(wrong)?;
    Ok(Partial { trustee, tally: tally.input_hash(), groups })
}
