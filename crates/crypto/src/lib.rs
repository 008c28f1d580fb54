//! The cryptography of Veche: a group, a hash, encryption of many values under one nonce, and one
//! proof for every ballot rule. It knows no elections.
//!
//! The construction is written out, with its security argument, in `docs/protocol.md`.

pub mod group;
pub mod hash;
pub mod program;
