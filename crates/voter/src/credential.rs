use veche_crypto::group::GroupError;
use veche_crypto::randomness::Randomness;
use veche_crypto::signature::{PublicKey, SecretKey, Signature};
use veche_record::Election;
use veche_record::entry::CredentialTerms;
use zeroize::Zeroizing;

/// The domain tag of a credential's key.
const TAG_KEY: &str = "credential-key";

/// A voter's signing key, made in the voter's browser and registered for one pseudonym.
///
/// The secret is `H("credential-key"; 32 random bytes)` as a scalar. Wiped when dropped.
pub struct Credential {
    secret: SecretKey,
}

impl Credential {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn generate(randomness: &Randomness) -> Result<Self, GroupError> {
        Ok(Credential { secret: SecretKey::derive(TAG_KEY, randomness)? })
    }

    /// Reads a key that was kept: 32 bytes of a canonical scalar.
    ///
    /// # Errors
    /// [`GroupError`] when they are not one.
    pub fn from_secret(bytes: &[u8; 32]) -> Result<Self, GroupError> {
        Ok(Credential { secret: SecretKey::from_bytes(bytes)? })
    }

    /// The 32 bytes to keep on the voter's device and nowhere else.
    pub fn secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.secret.to_bytes())
    }

    /// The public key, which the board names.
    pub fn key(&self) -> PublicKey {
        self.secret.public()
    }

    /// Proves having the key, for this election and these terms only, which name the key.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn prove_possession(
        &self,
        election: &Election,
        terms: &CredentialTerms,
    ) -> Result<Signature, GroupError> {
        terms.prove_possession(&self.secret, &election.fingerprint())
    }

    /// Hands over to the key that the terms name, as the key that its voter has until then.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability.
    pub fn hand_over(&self, election: &Election, terms: &CredentialTerms) -> Result<Signature, GroupError> {
        terms.hand_over(&self.secret, &election.fingerprint())
    }

    pub(crate) fn signing_key(&self) -> &SecretKey {
        &self.secret
    }
}
