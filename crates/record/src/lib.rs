//! The public data of an election: bytes in, valid types out.
//!
//! | module | what it is |
//! |---|---|
//! | [`manifest`] | what the vote is about, as published |
//! | [`rules`] | the rule compiler: a contest becomes a ballot program |
//! | [`selection`] | what a voter chose, a secret |
//! | [`election`] | a manifest with its keys, and the fingerprint of both |
//! | [`card`] | what the fingerprint is made of beside the manifest: all that a voter's page needs |
//! | [`ballot`] | a ballot in bytes |
//! | [`ballot_kind`] | what a ballot is for: an election, a trial run, the rehearsal |
//! | [`outline`] | what a ballot's place on the board hangs on, without its proofs |
//! | [`raw`] | a ballot's code and hash from its bytes, without decoding a point |
//! | [`code`] | the confirmation code |
//! | [`entry`] | the entries of the board |
//! | [`group`] | the ballots that one total is made of |
//! | [`layout`] | the sizes of a ballot |
//! | [`json`] | strict JSON, for every document of the record |
//! | [`pinned`] | JSON whose bytes a hash has fixed, in little code |
//! | [`tag`] | the domain tags of this crate |
//!
//! Every parser here takes bytes from strangers. It accepts one encoding of each value, says in a
//! typed error what is wrong and whose fault it is, allocates no more than the bytes back, and never
//! panics. Decoding is not verifying: proofs and signatures are the business of `veche-verify`.

pub mod ballot;
pub mod ballot_kind;
pub mod card;
pub mod code;
pub mod election;
pub mod entry;
pub mod group;
pub mod json;
pub mod layout;
pub mod manifest;
pub mod outline;
pub mod pinned;
pub mod raw;
pub mod rules;
pub mod selection;
pub mod tag;
pub mod wire;

pub use ballot::{Ballot, BallotError, BallotHeader};
pub use ballot_kind::BallotKind;
pub use card::{Card, CardError};
pub use code::ConfirmationCode;
pub use election::{Election, ElectionError};
pub use entry::{Entry, EntryError, EntryKind, Pseudonym};
pub use group::{Group, JoinedGroup, OTHER_DISTRICTS};
pub use manifest::{Manifest, ManifestError};
pub use outline::BallotOutline;
pub use raw::RawBallot;
pub use rules::{CompiledContest, SelectionError, Totals};
pub use selection::Selection;
