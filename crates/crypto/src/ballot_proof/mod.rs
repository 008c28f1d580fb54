//! The ballot proof: one contest's encrypted values, and why they are a legal ballot.
//!
//! # Statement
//!
//! For slot keys K_1 … K_μ and a [`crate::program::BallotProgram`] with n sent bits, constraints g_i and outputs
//! E_j, the prover knows bits b and a nonce r such that g_i(b) = 0 for all i and
//!
//! ```text
//! α = r·G        β_j = E_j(b)·G + r·K_j
//! ```
//!
//! # Proof
//!
//! The *code* of a ballot fixes its header and every ciphertext of every contest. It comes first, so
//! that each contest's proof binds all of them by one hash of 32 bytes:
//!
//! ```text
//! code = H("code"; header, then for each section α ‖ β_1 ‖ … ‖ β_μ as one field)
//! ctx  = H("section"; contest, program digest, K_1, …, K_μ)
//! ```
//!
//! [`Sections`] holds a ballot's sections with their code, and is the only way into [`crate::batch`]:
//! nobody hands the verifier a code that was not computed from these very ciphertexts.
//!
//! `g^h(f, x)` is g made homogeneous by x. `Q_w(f, x) = Σ_i w^i·g_i^h(f, x)`, the n constraints
//! "sent bit i is a bit" first. d (n scalars), s, r, τ are uniform.
//!
//! ```text
//! A  = Σ b_i·P_i + s·U + r·H
//! t  = H("ballot-w"; ctx, code, A)              64 bytes; w is t modulo ℓ
//! c0 = Q_w(d, 0)     c1 = Q_w(b+d, 1) - c0     Δ = c1 - s
//! B  = Σ d_i·P_i + c0·U + τ·H
//! T  = (τ + Σ_j w^j·E_j^h(d, 0))·G + τ·Σ_j w^j·K_j
//! x  = H("ballot-x"; t, B, T, Δ)                t as its first 32 bytes
//! f  = x·b + d       ζ = x·r + τ
//! ```
//!
//! # Verification
//!
//! ```text
//! (1)  x·A + B               = Σ f_i·P_i + (Q_w(f, x) - x·Δ)·U + ζ·H
//! (2)  x·(α + Σ w^j·β_j) + T = (ζ + Σ w^j·E_j^h(f, x))·G + ζ·Σ w^j·K_j
//! ```
//!
//! The two equations stay two: merging α and β in (2) is sound only because A binds r in (1).
//! [`crate::batch`] is the one verifier, for one ballot too.
//!
//! # Encoding
//!
//! α, β_1 … β_μ, A, B, T (points), Δ, f_1 … f_n, ζ (scalars): 32·(μ + n + 6) bytes. What a voter
//! signs is the *body*, which fixes every byte of the sections and the header:
//! `body = H("ballot-body"; code, then for each section its bytes after β_μ as one field)`.
//!
//! # Constant time
//!
//! [`Prepared`] and [`seal`] do the same operations in the same order for every choice.
//! Only what the proof publishes (w, x and the points) meets variable-time arithmetic.
//!
//! # Source
//!
//! Bit vectors in one Pedersen commitment after Groth and Kohlweiss and Bootle et al. (2015);
//! many encrypted bits with few group operations after Devillez, Pereira and Peters (2022);
//! one nonce for many keys after Kurosawa (2002) and Bellare, Boldyreva and Staddon (2003).

mod prover;
mod section;
mod sections;
mod statement;

pub use prover::{Prepared, Sealing, seal};
pub use section::Section;
pub use sections::{Sections, body_hash, code_hash};
pub use statement::{ProofError, Statement};
