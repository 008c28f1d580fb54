//! A pass: a portal's signed word that somebody may vote in an election, good once and for two minutes.
//!
//! It is a JSON Web Token ([RFC 7519]) in the compact form of a JSON Web Signature ([RFC 7515]), signed with Ed25519
//! ([RFC 8037]), so that a portal can make it with a library that it has already. Of what those allow, one spelling is
//! taken (`docs/sign-in.md` has it for portals):
//!
//! - the header is `alg` (`EdDSA`, or `Ed25519` as [RFC 9864] calls it) and `typ` (`veche-pass+jwt`), nothing else. The
//!   explicit type ([RFC 8725, 3.11]) is what keeps other tokens that a portal signs with the same key from being
//!   passes;
//! - the claims are `aud`, `sub`, `route`, `exp`, `jti` and perhaps `style`, each once, nothing else: a claim that
//!   nobody looks at could be one that the portal relies on.
//!
//! Which key may sign is the reader's affair and never said by the token. Checking goes by types:
//! [`UnverifiedPass::parse`], [`UnverifiedPass::verify`], and only then is there a [`Pass`] that says anything.
//!
//! [RFC 7519]: https://www.rfc-editor.org/rfc/rfc7519
//! [RFC 7515]: https://www.rfc-editor.org/rfc/rfc7515
//! [RFC 8037]: https://www.rfc-editor.org/rfc/rfc8037
//! [RFC 8725, 3.11]: https://www.rfc-editor.org/rfc/rfc8725#section-3.11
//! [RFC 9864]: https://www.rfc-editor.org/rfc/rfc9864

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;
use zeroize::Zeroizing;

/// What the header's `typ` must say.
pub const TYPE: &str = "veche-pass+jwt";

/// Bytes of a pass at most.
pub const MAX_LEN: usize = 2_048;

/// Bytes of `sub` and of `jti` at most; neither is empty.
pub const MAX_CLAIM_LEN: usize = 256;

/// Seconds that `exp` may be ahead of the reader's clock.
pub const LIFETIME: i64 = 120;

/// Seconds after `exp` for which a pass is still good, for a portal whose clock is behind.
pub const TOLERANCE: i64 = 10;

/// Why a text is no pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Longer than any pass.
    #[error("it has more than {MAX_LEN} bytes")]
    Length,
    /// Not header, claims and signature.
    #[error("it is not three parts of base64url, without padding, with a dot between them")]
    Parts,
    /// Another kind of token.
    #[error("its header is not exactly `alg`: `EdDSA` and `typ`: `{TYPE}`")]
    Header,
    /// Claims that are too many, too few or of another type.
    #[error(
        "its claims are not exactly `aud`, `sub`, `route`, `jti` (texts), `exp` (a whole number) and perhaps `style` (a text)"
    )]
    Claims,
    /// A subject or an identifier that is none.
    #[error("`sub` and `jti` have 1 to {MAX_CLAIM_LEN} bytes each")]
    ClaimLength,
}

/// A text that was not signed by any key that is known here. An unknown key and a changed pass look the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no known key has signed it as it is")]
pub struct NotSigned;

/// Why a pass is not good at this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// It ended so many seconds ago.
    #[error("it ended {0} seconds ago")]
    Expired(u64),
    /// It ends so many seconds from now.
    #[error("it ends {0} seconds from now, and {LIFETIME} is the most")]
    TooFarAhead(u64),
}

/// Why 64 hexadecimal digits are not a portal's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no public key of Ed25519 in 64 lower-case hexadecimal digits")]
pub struct KeyError;

/// The public key of a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassKey(VerifyingKey);

impl PassKey {
    /// Reads 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`KeyError`], also for the few keys under which one signature is good for many messages.
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| KeyError)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError)?;
        if key.is_weak() || hex::encode(bytes) != text { Err(KeyError) } else { Ok(PassKey(key)) }
    }

    /// The 32 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    aud: String,
    sub: Zeroizing<String>,
    style: Option<String>,
    route: String,
    exp: i64,
    jti: String,
}

/// A text in the form of a pass, which says nothing before its signature was looked at.
pub struct UnverifiedPass<'a> {
    /// Header and claims as they were signed.
    signed: &'a str,
    signature: Signature,
    claims: Claims,
}

impl<'a> UnverifiedPass<'a> {
    /// Reads the compact form.
    ///
    /// # Errors
    /// [`FormError`].
    pub fn parse(text: &'a str) -> Result<Self, FormError> {
        if text.len() > MAX_LEN {
            return Err(FormError::Length);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(FormError::Parts)?;
        let (header, claims) = signed.split_once('.').ok_or(FormError::Parts)?;
        let (header, claims, signature) = (decode(header)?, decode(claims)?, decode(signature)?);
        let signature = Signature::from_slice(&signature).map_err(|_| FormError::Parts)?;
        let Header { alg, typ } = object(&header).ok_or(FormError::Header)?;
        if !matches!(alg, "EdDSA" | "Ed25519") || typ != TYPE {
            return Err(FormError::Header);
        }
        let claims: Claims = object(&claims).ok_or(FormError::Claims)?;
        if [claims.sub.as_str(), &claims.jti].iter().any(|text| text.is_empty() || text.len() > MAX_CLAIM_LEN)
        {
            return Err(FormError::ClaimLength);
        }
        Ok(UnverifiedPass { signed, signature, claims })
    }

    /// Looks whether one of these keys has signed it.
    ///
    /// # Errors
    /// [`NotSigned`].
    pub fn verify(self, keys: &[PassKey]) -> Result<Pass, NotSigned> {
        let signs = |key: &&PassKey| key.0.verify_strict(self.signed.as_bytes(), &self.signature).is_ok();
        let key = *keys.iter().find(signs).ok_or(NotSigned)?;
        let Claims { aud, sub, style, route, exp, jti } = self.claims;
        Ok(Pass { election: aud, subject: sub, style, route, expires: exp, id: jti, key })
    }
}

/// What a portal has said. A subject is personal data, so nothing prints it.
pub struct Pass {
    /// The fingerprint of the election, as it is written (`aud`).
    pub election: String,
    /// Who it is, by the portal's name for them (`sub`).
    pub subject: Zeroizing<String>,
    /// The voter's ballot style, where the portal says it.
    pub style: Option<String>,
    /// The route of the manifest by which the portal has identified the voter.
    pub route: String,
    /// When it ends, as Unix seconds (`exp`).
    pub expires: i64,
    /// What tells this pass from all others of its key (`jti`).
    pub id: String,
    /// Whose word it is.
    pub key: PassKey,
}

impl Pass {
    /// Looks whether it is good at a Unix time.
    ///
    /// # Errors
    /// [`TimeError`].
    pub const fn good_at(&self, now: i64) -> Result<(), TimeError> {
        let ahead = self.expires.saturating_sub(now);
        if ahead > LIFETIME {
            Err(TimeError::TooFarAhead(ahead.unsigned_abs()))
        } else if ahead < -TOLERANCE {
            Err(TimeError::Expired(ahead.unsigned_abs()))
        } else {
            Ok(())
        }
    }
}

fn decode(part: &str) -> Result<Zeroizing<Vec<u8>>, FormError> {
    URL_SAFE_NO_PAD.decode(part).map(Zeroizing::new).map_err(|_| FormError::Parts)
}

/// Reads a JSON object. Serde would also take a list of the fields' values.
fn object<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    serde_json::from_slice(bytes).ok()
}

#[cfg(test)]
mod tests;
