//! Opening an election from a record's first bundles: the one place where an observer's page comes to believe in one.

use js_sys::{Array, Uint8Array};
use veche_board::{Tile, decode_bundle};
use veche_crypto::hash::Digest;
use veche_record::Election;
use veche_verify::{Check, Opening};
use veche_wasm_common::{Fault, VecheError, convert};

/// Opens the election that `fingerprint` names, from the manifest's exact bytes and the record's entry bundles (each a
/// `Uint8Array`) from the first on, with the record's number of entries. The ceremony of the trustees is replayed, and
/// must come to this fingerprint.
///
/// # Errors
/// `wrong-election` when they are those of another election, `record-unreadable` when they are no record at all,
/// `more-bundles` when the ceremony goes on after the bundles at hand.
pub(crate) fn open_election(
    manifest: &[u8],
    bundles: &Array,
    size: f64,
    fingerprint: &str,
) -> Result<Election, VecheError> {
    let wanted = convert::digest(fingerprint)?;
    let bundles: Vec<Vec<u8>> = bundles.iter().map(|bundle| Uint8Array::new(&bundle).to_vec()).collect();
    let mut board = Opening::new(manifest).map_err(VecheError::wrong_election)?;
    let mut left = convert::count(size)?;
    for bundle in &bundles {
        let width = left.min(Tile::FULL_WIDTH.into());
        for leaf in decode_bundle(bundle, width as usize).map_err(VecheError::record)? {
            // Every step of the ceremony is verified on its way in.
            let opened = board.apply(leaf).map_err(|failure| match failure.check {
                Check::Genesis | Check::Ceremony => VecheError::wrong_election(failure),
                _ => VecheError::record(failure),
            })?;
            if let Some(election) = opened {
                return announced(election, wanted);
            }
        }
        left -= width;
    }
    Err(if left > 0 {
        VecheError::new(
            "more-bundles",
            Fault::Caller,
            "the key ceremony goes on in the next bundle of the record",
        )
    } else {
        VecheError::record("the trustees have not made the keys of this election yet")
    })
}

fn announced(election: Election, wanted: Digest) -> Result<Election, VecheError> {
    let found = election.fingerprint();
    if found != wanted {
        let why = format!("the fingerprint is {found}, and {wanted} was announced");
        return Err(VecheError::wrong_election(why));
    }
    Ok(election)
}
