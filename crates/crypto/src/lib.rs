//! The cryptography of Veche: a group, a hash, encryption of many values under one nonce, and one proof
//! for every ballot rule. It knows no elections.
//!
//! A voter encrypts a ballot under the trustees' joint key and proves that it is legal, without saying what
//! is in it. Anybody verifies thousands of such ballots in one multiscalar multiplication, adds them up
//! under encryption, and has enough trustees decrypt the sums and nothing else.
//!
//! # Warnings
//!
//! - **Not audited** by anyone independent. The construction of [`ballot_proof`] is this project's own, put
//!   together from published parts; `docs/protocol.md` of the repository writes it out with its security
//!   argument.
//! - The pieces are as low-level as their names. Whoever puts them together elsewhere than in Veche must bind
//!   every context, refuse a repeated α and decrypt sums only: the crates `veche-record` and
//!   `veche-verify` do.
//! - What is computed with secrets is constant-time in this code. Compilers promise nothing.
//! - Decoding is not verifying: a [`Sections`](ballot_proof::Sections), a [`Proof`](chaum_pedersen::Proof) or a
//!   [`Signature`](signature::Signature) that was read means nothing until it is verified. A verification returns
//!   a `Result`; one that nobody looks at does not compile where `unused_must_use` is denied.
//!
//! # Modules
//!
//! | module | what it is | in the literature |
//! |---|---|---|
//! | [`group`] | points and scalars, in canonical bytes only | ristretto255, RFC 9496 |
//! | [`hash`] | the one hash, with its domain tags | SHA-512, injectively framed |
//! | [`randomness`] | the one way in which randomness comes in | |
//! | [`generators`] | the generators of the commitments | nothing-up-my-sleeve points |
//! | [`program`] | a ballot rule as bits, quadratic constraints and affine outputs | quadratic constraint system |
//! | [`ballot_proof`] | encrypts a ballot and proves it legal | ElGamal with one nonce for many keys; Σ-protocol on a Pedersen vector commitment |
//! | [`batch`] | the verifier, of many ballots and signatures at once | small-exponent batch verification |
//! | [`elgamal`] | the sum of ciphertexts | homomorphic tallying |
//! | [`feldman`] | shares of a key, and what shows them to be right | Feldman's verifiable secret sharing |
//! | [`schnorr`] | knowledge of the secrets behind public points | Schnorr's proof of knowledge |
//! | [`chaum_pedersen`] | one trustee's part of a decryption, with its proof | Chaum–Pedersen; threshold ElGamal |
//! | [`dlog`] | totals, from (t_0 + t_1·M + …)·G | baby-step giant-step |
//! | [`signature`] | signatures that a batch verifies with the ballots | Schnorr signatures |
//!
//! # A ballot: encrypted, proved, verified
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use veche_crypto::ballot_proof::{Prepared, Section, Sections, Statement};
//! use veche_crypto::batch::Batch;
//! use veche_crypto::feldman::Polynomial;
//! use veche_crypto::hash::{digest, scalar};
//! use veche_crypto::program::{Affine, BallotProgram, Constraint};
//! use veche_crypto::randomness::Randomness;
//!
//! // The rule: exactly one of two options. Each option has a slot of its own.
//! let options = [Affine::bit(0), Affine::bit(1)];
//! let one = Affine::sum(&options).minus(&Affine::constant(1));
//! let program = BallotProgram::new(2, vec![Constraint::is_zero(one)], options.to_vec())?;
//!
//! // The trustees' keys, one for each slot. Here a single trustee holds them whole.
//! let secrets = [b"slot 1", b"slot 2"].map(|label| scalar("example", &[label]));
//! let keys = Polynomial::new(secrets.to_vec()).commitments()?;
//!
//! // What the ballot's proof binds: everything else that the ballot says.
//! let header = digest("example", &[b"election, ballot style, credential"]);
//! let statement = Statement { contest: b"playground", program: &program, keys: &keys };
//!
//! // Most of the work is done before the choice is known.
//! let seed = Randomness::draw(getrandom::fill)?;
//! let prepared = Prepared::new(&statement, seed.as_bytes())?;
//! let sealed = prepared.seal(&header, &statement, &[0, 1])?;
//! let bytes = sealed.sections()[0].to_bytes();
//!
//! // Anybody verifies it, here in a batch of one. The ballot has one section.
//! let section = Section::from_bytes(&program, &bytes)?;
//! let mut batch = Batch::new(&keys);
//! batch.push_section(&Sections::new(&header, vec![section.clone()]), 0, b"playground", &program)?;
//! assert_eq!(batch.verify(&Randomness::draw(getrandom::fill)?), Ok(()));
//!
//! // Under another header the same bytes are no ballot, and the batch says which of its items it was.
//! let other = digest("example", &[b"another voter's header"]);
//! batch.push_section(&Sections::new(&other, vec![section]), 0, b"playground", &program)?;
//! assert_eq!(batch.verify(&Randomness::draw(getrandom::fill)?), Err(vec![1]));
//! # Ok(())
//! # }
//! ```
//!
//! # A tally: added up, decrypted by two of three
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use veche_crypto::ballot_proof::{Prepared, Statement};
//! # use veche_crypto::group::RistrettoPoint;
//! # use veche_crypto::program::{Affine, BallotProgram};
//! use veche_crypto::chaum_pedersen::{self, decrypt};
//! use veche_crypto::dlog::{Digits, DiscreteLog};
//! use veche_crypto::elgamal::Aggregate;
//! use veche_crypto::feldman::{Polynomial, lagrange_at_zero, public_share};
//! use veche_crypto::group::Point;
//! use veche_crypto::hash::{digest, scalar};
//!
//! // The key of the only slot is shared among three trustees; nobody needs to hold it whole. (In Veche
//! // each trustee deals a polynomial, and the key is the sum of all.)
//! let polynomial = Polynomial::new([b"a", b"b"].map(|label| scalar("example", &[label])).to_vec());
//! let commitments = polynomial.commitments()?;
//! let keys = &commitments[..1];
//!
//! // Three ballots that say yes or no, two of them yes.
//! let mut sum = Aggregate::new(1);
//! # let program = BallotProgram::new(1, Vec::new(), vec![Affine::bit(0)])?;
//! # let header = digest("example", &[b"header"]);
//! # let statement = Statement { contest: b"yes or no", program: &program, keys };
//! for (seed, vote) in [([1; 32], 1), ([2; 32], 0), ([3; 32], 1)] {
//!     let ballot = Prepared::new(&statement, &seed)?.seal(&header, &statement, &[vote])?;
//!     assert!(sum.add(&ballot.sections()[0]));
//! }
//!
//! // Trustees 1 and 3 give their parts, each with its proof.
//! let (alpha, betas) = (Point::from_any(sum.alpha())?, sum.betas());
//! let mut parts = Vec::new();
//! for trustee in [1, 3] {
//!     let public = [public_share(&commitments, trustee)?];
//!     let context = digest("example", &[b"election, tally, contest, 3 ballots", &[trustee]]);
//!     let about =
//!         chaum_pedersen::Statement { context: &context, alpha: &alpha, betas: &betas, shares: &public };
//!     let (factors, proof) = decrypt(&about, &[polynomial.share(trustee)])?;
//!     proof.verify(&about, &factors)?;
//!     parts.push(factors[0]);
//! }
//!
//! // β - Σ λ_i·M_i is total·G.
//! let lambdas = lagrange_at_zero(&[1, 3])?;
//! let mask: RistrettoPoint = parts.iter().zip(&lambdas).map(|(part, lambda)| part.inner() * lambda).sum();
//! let totals = DiscreteLog::new(&Digits::up_to(3), 1).ok_or("out of reach")?;
//! assert_eq!(totals.solve(&(betas[0].inner() - mask)), Some(2));
//! # Ok(())
//! # }
//! ```

pub mod ballot_proof;
pub mod batch;
pub mod chaum_pedersen;
pub mod dlog;
pub mod elgamal;
mod error;
pub mod feldman;
pub mod generators;
pub mod group;
pub mod hash;
pub mod program;
pub mod randomness;
mod scalars;
pub mod schnorr;
pub mod signature;
mod wide;

pub use error::VerifyError;
