//! The cryptography of Veche: a group, a hash, encryption of many values under one nonce, and one
//! proof for every ballot rule. It knows no elections.
//!
//! The construction is written out, with its security argument, in `docs/protocol.md`.

pub mod ballot_proof;
pub mod batch;
pub mod chaum_pedersen;
pub mod dlog;
pub mod elgamal;
pub mod feldman;
pub mod generators;
pub mod group;
pub mod hash;
pub mod program;
pub mod schnorr;
pub mod signature;
