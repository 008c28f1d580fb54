use veche_crypto::group::{GroupError, Scalar};
use veche_crypto::hash::scalar;
use veche_crypto::sharing::Polynomial;
use veche_record::Manifest;
use veche_record::entry::{Ceremony, CeremonyForm};

use crate::share::KeyShare;

/// The domain tag of a dealer's coefficients.
const TAG_DEALER: &str = "dealer-coefficient";

/// Why nothing was dealt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DealError {
    /// The random source is dead.
    #[error("the random source of this machine gave nothing usable; no key was made")]
    DeadRandomSource,
    /// A coefficient was zero, with negligible probability.
    #[error("a key could not be made: {0}")]
    Group(#[from] GroupError),
}

/// Makes the shares of all trustees and the one entry that commits to them.
///
/// Coefficient k of slot j is `H("dealer-coefficient"; seed, H_manifest, j, k)`, with j from 0 as
/// u16 and k from 0 as u8, little-endian. The seed is 32 random bytes; whoever keeps it can decrypt
/// every ballot.
///
/// # Errors
/// [`DealError`].
pub fn deal_trusted(manifest: &Manifest, seed: &[u8; 32]) -> Result<(Ceremony, Vec<KeyShare>), DealError> {
    let first = seed.first();
    if seed.iter().all(|byte| Some(byte) == first) {
        return Err(DealError::DeadRandomSource);
    }
    let hash = manifest.hash();
    let trustees = manifest.trustees();
    let coefficient = |slot: u16, k: u8| -> Scalar {
        scalar(TAG_DEALER, &[seed, hash.as_bytes(), &slot.to_le_bytes(), &[k]])
    };
    let polynomials: Vec<Polynomial> = (0_u16..)
        .take(manifest.slots())
        .map(|slot| Polynomial::new((0..trustees.threshold).map(|k| coefficient(slot, k)).collect()))
        .collect();
    let commitments = polynomials.iter().map(Polynomial::commitments).collect::<Result<_, _>>()?;
    let shares = (1..=trustees.count)
        .map(|trustee| {
            let shares = polynomials.iter().map(|polynomial| polynomial.share(trustee)).collect();
            KeyShare::new(hash, trustee, shares)
        })
        .collect();
    Ok((Ceremony { form: CeremonyForm::TrustedDealer, threshold: trustees.threshold, commitments }, shares))
}
