//! The keys of a ballot box. It always signs checkpoints; what the organiser and the registrar sign, it signs itself
//! only where it has their secret keys.

use veche_board::LogKey;
use veche_crypto::signature::{PublicKey, SecretKey};

/// The keys of a ballot box.
pub struct BoxKeys {
    /// Signs checkpoints.
    pub log: LogKey,
    /// Signs how the vote goes: Open, Restart, Close.
    pub organiser: RoleKey,
    /// Signs who votes: Credential, Revocation.
    pub registrar: RoleKey,
}

/// The key of the organiser or the registrar, as a ballot box has it.
#[derive(Clone)]
pub enum RoleKey {
    /// With its secret: the box signs.
    Here(SecretKey),
    /// Only its public half: whoever holds the secret signs, and posts what is signed.
    Elsewhere(PublicKey),
}

/// Something is to be signed with a key whose secret is held elsewhere. Whoever holds it can sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyElsewhere {
    /// The organiser's.
    #[error("the organiser's key is held elsewhere: what it signs is signed there, and posted")]
    Organiser,
    /// The registrar's.
    #[error("the registrar's key is held elsewhere: what it signs is signed there, and posted")]
    Registrar,
}

impl BoxKeys {
    /// The organiser's secret key.
    ///
    /// # Errors
    /// [`KeyElsewhere::Organiser`].
    pub fn organiser(&self) -> Result<&SecretKey, KeyElsewhere> {
        self.organiser.secret().ok_or(KeyElsewhere::Organiser)
    }

    /// The registrar's secret key.
    ///
    /// # Errors
    /// [`KeyElsewhere::Registrar`].
    pub fn registrar(&self) -> Result<&SecretKey, KeyElsewhere> {
        self.registrar.secret().ok_or(KeyElsewhere::Registrar)
    }
}

impl RoleKey {
    /// The public key.
    #[must_use]
    pub const fn public(&self) -> PublicKey {
        match self {
            RoleKey::Here(key) => key.public(),
            RoleKey::Elsewhere(key) => *key,
        }
    }

    /// The secret key, where it is here.
    #[must_use]
    pub const fn secret(&self) -> Option<&SecretKey> {
        match self {
            RoleKey::Here(key) => Some(key),
            RoleKey::Elsewhere(_) => None,
        }
    }
}

impl From<SecretKey> for RoleKey {
    fn from(key: SecretKey) -> Self {
        RoleKey::Here(key)
    }
}

impl From<PublicKey> for RoleKey {
    fn from(key: PublicKey) -> Self {
        RoleKey::Elsewhere(key)
    }
}
