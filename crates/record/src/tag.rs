//! The domain tags of this crate, beside those of [`veche_crypto::hash::tag`]. A tag is used for one
//! purpose only.

/// H_manifest: the manifest's exact bytes.
pub const MANIFEST: &str = "manifest";
/// The ceremony's transcript.
pub const CEREMONY: &str = "ceremony";
/// H_election, the election's fingerprint.
pub const ELECTION: &str = "election";
/// Everything in a ballot that comes before its sections.
pub const HEADER: &str = "hdr";
/// The confirmation code.
pub const CODE: &str = "code";
/// A whole ballot.
pub const BALLOT: &str = "ballot";
/// A ballot without its signature.
pub const BALLOT_BODY: &str = "ballot-body";
/// A message that is split into parts.
pub const MESSAGE: &str = "message";
/// A tally input.
pub const TALLY_INPUT: &str = "tally-input";
/// What a partial decryption of one group is about.
pub const DECRYPTION: &str = "decryption";

/// The domains of Schnorr signatures.
pub mod domain {
    /// A voter's signature over a ballot.
    pub const BALLOT: &str = "ballot";
    /// A voter's proof of possession of a credential key.
    pub const POSSESSION: &str = "credential-possession";
    /// The issuer's signature over a credential.
    pub const CREDENTIAL: &str = "credential";
    /// The issuer's signature over a revocation.
    pub const REVOCATION: &str = "revocation";
    /// The issuer's signature that opens the vote.
    pub const OPEN: &str = "open";
    /// The issuer's signature that closes the vote.
    pub const CLOSE: &str = "close";
    /// The issuer's signature over a tally input.
    pub const TALLY_INPUT: &str = "tally-input";
    /// The issuer's signature over the result.
    pub const RESULT: &str = "result";
}
