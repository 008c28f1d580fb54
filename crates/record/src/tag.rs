//! The domain tags of this crate, beside those of [`veche_crypto::hash::tag`]. A tag is used for one
//! purpose only.

/// H_manifest: the manifest's exact bytes.
pub const MANIFEST: &str = "manifest";
/// An organiser's key, made of randomness.
pub const ORGANISER_KEY: &str = "organiser-key";
/// A registrar's key, made of randomness.
pub const REGISTRAR_KEY: &str = "registrar-key";
/// The genesis entry, which the ceremony is bound to.
pub const GENESIS: &str = "genesis";
/// What a trustee's proof of possession is about.
pub const COMMITMENTS: &str = "commitments";
/// All commitments of an attempt.
pub const ROUND: &str = "round";
/// The pad of one encrypted share.
pub const SHARE_PAD: &str = "share-pad";
/// All shares that one trustee dealt another one.
pub const SHARES: &str = "shares";
/// What a complaint proves.
pub const COMPLAINT: &str = "complaint";
/// The ceremony's transcript.
pub const CEREMONY: &str = "ceremony";
/// H_election, the election's fingerprint.
pub const ELECTION: &str = "election";
/// Everything in a ballot that comes before its sections.
pub const HEADER: &str = "hdr";
/// A ballot: its body and its signature.
pub const BALLOT: &str = "ballot";
/// A message as a whole: one that is split into parts, or one of the ceremony.
pub const MESSAGE: &str = "message";
/// What is to be decrypted.
pub const TALLY_INPUT: &str = "tally-input";
/// What is to be decrypted of a rehearsal.
pub const REHEARSAL_INPUT: &str = "rehearsal-input";
/// What a partial decryption of one group is about.
pub const DECRYPTION: &str = "decryption";
/// The seed by which voters are drawn who are asked whether they took part.
pub const AUDIT: &str = "audit";
/// The place of a voter in that draw.
pub const AUDIT_TICKET: &str = "audit-ticket";

/// The domains of Schnorr signatures.
pub mod domain {
    /// A voter's signature over a ballot.
    pub const BALLOT: &str = "ballot";
    /// A voter's proof of possession of a credential key.
    pub const POSSESSION: &str = "credential-possession";
    /// The signature of a voter's active key over the terms of the next one.
    pub const HANDOVER: &str = "handover";
    /// The registrar's signature over a credential.
    pub const CREDENTIAL: &str = "credential";
    /// The registrar's signature over a revocation.
    pub const REVOCATION: &str = "revocation";
    /// The organiser's signature that opens the vote.
    pub const OPEN: &str = "open";
    /// The signature that ends the voting: the organiser's, or a trustee's for an organiser who is gone.
    pub const ENDED: &str = "ended";
    /// The signature that closes the vote, of the same.
    pub const CLOSE: &str = "close";
    /// The organiser's signature that puts the closing off.
    pub const EXTENSION: &str = "extension";
    /// The organiser's signature over a notice.
    pub const NOTICE: &str = "notice";
    /// The organiser's signature that begins the ceremony anew.
    pub const RESTART: &str = "restart";
    /// A trustee's signature over its commitments.
    pub const COMMITMENTS: &str = "commitments";
    /// A trustee's signature over the shares it deals.
    pub const SHARES: &str = "shares";
    /// A trustee's signature over a complaint.
    pub const COMPLAINT: &str = "complaint";
    /// A trustee's signature that confirms the transcript.
    pub const CONFIRM: &str = "confirm";
    /// A voter's signature over a ballot's code that is never to be cast.
    pub const CHALLENGED: &str = "challenged";
    /// The organiser's signature over the number of papers of a district.
    pub const PAPER_COUNT: &str = "paper-count";
    /// A trustee's signature over its partial decryption.
    pub const PARTIAL: &str = "partial";
    /// A trustee's signature that consents to decrypt a tally input.
    pub const CONSENT: &str = "consent";
    /// The organiser's signature over a draw.
    pub const DRAW: &str = "draw";
}
