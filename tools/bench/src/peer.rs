//! The peer: the crate `elastic-elgamal`, 40 options of 0 or 1 with a sum in 0 … 5.
//!
//! This is the least it can be asked for: each option encrypted with its proof (one `RingProof` for
//! all), and a range proof for an encryption of the sum. What would tie the two together is not
//! counted, because the crate keeps the nonces of a choice to itself; neither is decoding. Both are
//! in the peer's favour. Precomputed tables are used where the crate has them.

use std::cell::RefCell;
use std::hint::black_box;

use elastic_elgamal::app::{ChoiceParams, EncryptedChoice, MultiChoice};
use elastic_elgamal::group::Ristretto;
use elastic_elgamal::{Ciphertext, Keypair, PreparedRange, PublicKey, RangeDecomposition, RangeProof};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::Failure;
use crate::rounds::Task;

const OPTIONS: usize = 40;
const MOST: u64 = 5;

struct Proved {
    choice: EncryptedChoice<Ristretto, MultiChoice>,
    sum: Ciphertext<Ristretto>,
    sum_proof: RangeProof<Ristretto>,
}

/// An election of the peer and one ballot of it.
pub struct Peer {
    key: PublicKey<Ristretto>,
    parameters: ChoiceParams<Ristretto, MultiChoice>,
    range: PreparedRange<Ristretto>,
    choices: Vec<bool>,
    random: RefCell<ChaCha20Rng>,
    proved: Proved,
}

impl Peer {
    /// Proves a ballot and verifies it.
    ///
    /// # Errors
    /// When it does not verify.
    pub fn new() -> Result<Self, Failure> {
        let mut random = ChaCha20Rng::from_seed([1; 32]);
        let (key, _) = Keypair::<Ristretto>::generate(&mut random).into_tuple();
        let parameters = ChoiceParams::multi(key.clone(), OPTIONS);
        let range = PreparedRange::from(RangeDecomposition::optimal(MOST + 1));
        let choices: Vec<bool> = (0..OPTIONS).map(|option| option % 3 == 0 && option < 15).collect();
        let proved = prove(&key, &parameters, &range, &choices, &mut random);
        let peer = Peer { key, parameters, range, choices, random: RefCell::new(random), proved };
        peer.verify()?;
        Ok(peer)
    }

    fn verify(&self) -> Result<(), Failure> {
        self.proved.choice.verify(&self.parameters)?;
        self.key.verify_range(&self.range, self.proved.sum, &self.proved.sum_proof)?;
        Ok(())
    }

    /// Proving and verifying one ballot.
    pub fn tasks(&self) -> Vec<Task<'_>> {
        vec![
            Task::new("peer.prove", 1, || {
                let mut random = self.random.borrow_mut();
                black_box(prove(&self.key, &self.parameters, &self.range, &self.choices, &mut random));
            }),
            Task::new("peer.verify", 1, || {
                black_box(self.verify().is_ok());
            }),
        ]
    }

    /// The bytes of its ballot: ciphertexts, their proof, the sum's range proof.
    pub fn sizes(&self) -> Vec<(String, f64)> {
        let choice = &self.proved.choice;
        let ciphertexts = 64 * choice.choices_unchecked().len();
        let range = 32 * self.range.decomposition().proof_size();
        let bytes = (ciphertexts + choice.range_proof().to_bytes().len()) as f64 + range as f64;
        vec![("peer.bytes".to_owned(), bytes)]
    }
}

fn prove(
    key: &PublicKey<Ristretto>,
    parameters: &ChoiceParams<Ristretto, MultiChoice>,
    range: &PreparedRange<Ristretto>,
    choices: &[bool],
    random: &mut ChaCha20Rng,
) -> Proved {
    let choice = EncryptedChoice::new(parameters, choices, random);
    let sum = choices.iter().map(|chosen| u64::from(*chosen)).sum();
    let (sum, sum_proof) = key.encrypt_range(range, sum, random);
    Proved { choice, sum, sum_proof }
}
