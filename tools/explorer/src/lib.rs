//! The course of a vote as a model, of which every state within a bound is looked at.
//!
//! The proofs and signatures of the protocol have arguments of their own (docs/protocol.md, section 13). What this
//! looks for is another kind of fault: a rule that an attacker gets around by the order of things. So cryptography is
//! taken for perfect (nobody signs for an honest party, hashes differ where what is hashed does), and everything that
//! the dishonest can append, withhold, repeat and show is tried.
//!
//! - [`ceremony`]: the making of the keys, each trustee shown another board: is anybody bound twice, misled or blamed?
//! - [`count`]: trustees' devices, each shown another board, and witnesses: are two inputs ever decrypted?
//! - [`course`]: one board, with a voter's keys and the hours: is anything counted, ended or blamed that must not be?
//!
//! Each model has switches that break a rule on purpose: a model that doesn't find what follows is worth nothing. That
//! it says what the software does, `model_ceremony`, `model_course` and `model_devices` in tests/tests/record_board
//! compare, step by step, on real boards.

pub mod ceremony;
pub mod count;
pub mod course;
mod explore;

pub use explore::{Counterexample, Explored, Model, explore};
