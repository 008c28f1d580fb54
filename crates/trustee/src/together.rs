use std::sync::Arc;

use veche_crypto::randomness::Randomness;
use veche_record::entry::Genesis;
use veche_record::{Election, Entry};
use veche_verify::{BoardState, Failure};

use crate::kept::Kept;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::share::KeyShare;
use crate::shown::Shown;
use crate::step::{Step, next_step};

/// Why a ceremony of trustees in one process stopped: the fault of this software, or of the manifest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TogetherError {
    /// The manifest.
    #[error(transparent)]
    Manifest(#[from] veche_record::ManifestError),
    /// An entry was refused.
    #[error(transparent)]
    Entry(#[from] Failure),
    /// The board moved.
    #[error(transparent)]
    Stale(#[from] veche_verify::state::Stale),
    /// A trustee refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The ceremony did not come to an end.
    #[error("the ceremony of {0} trustees did not come to an end")]
    Unfinished(usize),
}

/// What trustees in one process made.
pub struct Together {
    /// The entries of the ceremony, in order.
    pub entries: Vec<Entry>,
    /// The trustees' shares, in order.
    pub shares: Vec<KeyShare>,
    /// The election that came of it.
    pub election: Arc<Election>,
}

/// Holds the whole ceremony in one process, with the code that trustees run on their own devices: for
/// simulations and tests. Whoever runs this holds all secrets.
///
/// `fresh` is randomness for verifying.
///
/// # Errors
/// [`TogetherError`].
pub fn run_together(
    manifest: &[u8],
    genesis: &Genesis,
    secrets: &[Secret],
    fresh: &Randomness,
) -> Result<Together, TogetherError> {
    let mut board = BoardState::new(manifest)?;
    let admitted = board.admit_entry(&genesis.clone().into(), fresh)?;
    board.record(admitted)?;
    let mut kept: Vec<Kept> =
        (1..).zip(secrets).map(|(i, secret)| Kept::new(&board, secret, i)).collect::<Result<_, _>>()?;
    let mut entries = Vec::new();
    // Three rounds; everyone acts once in each.
    for _ in 0..3 {
        for (secret, kept) in secrets.iter().zip(&mut kept) {
            let step = next_step(&Shown::unsigned(&board)?, secret, kept, 0)?;
            let Step::Act(action) = step else { continue };
            let admitted = board.admit_message(&action.message, fresh)?;
            board.record(admitted)?;
            let entry =
                Entry::parse(&action.message).map_err(|_| TogetherError::Unfinished(secrets.len()))?;
            entries.push(entry);
            *kept = action.keep;
        }
    }
    let Some(election) = board.election().cloned() else {
        return Err(TogetherError::Unfinished(secrets.len()));
    };
    let recover = |(i, secret)| KeyShare::recover(secret, &board, i).map_err(Refusal::from);
    let shares = (1..).zip(secrets).map(recover).collect::<Result<_, _>>()?;
    Ok(Together { entries, shares, election })
}
