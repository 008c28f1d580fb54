//! The roll: who may vote, as a table of phones and districts.
//!
//! ```csv
//! phone,style
//! +48421234567,north
//! ```
//!
//! A file is read as a whole, and all that is wrong with it is said at once, by row. A voter whose credential is
//! already on the board keeps the style it was registered for. No phone leaves this module but as a keyed hash, except
//! to an auditor who asks for a few by name and in a file of mistakes that is handed back; also not in an error: errors
//! name rows.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use veche_record::Manifest;
use veche_record::manifest::Registration;
use zeroize::Zeroizing;

use crate::keys::SECRET_LEN;
use crate::registrar::keys::RegistrarKeys;
use crate::registrar::phone::{NumberingPlan, Phone};
use crate::store::error::StoreError;
use crate::store::registrar::{PersonHash, RegistrarStore, RollRow};

pub(crate) mod error;
mod header;
pub(crate) mod problem;
mod read;

pub(crate) use read::{RollFile, read};

use error::RollError;

/// A roll of a file, all of which is right.
pub(crate) struct LoadedRoll {
    pub(crate) rows: Vec<RollRow>,
    /// What the file is known by.
    pub(crate) source: [u8; SECRET_LEN],
}

/// Reads a roll and checks all of it. Nothing is stored yet.
pub(crate) fn load(
    path: &Path,
    (manifest, plan): (&Manifest, NumberingPlan),
    keys: &RegistrarKeys,
) -> Result<LoadedRoll, RollError> {
    let bytes = file(path)?;
    let RollFile { people, problems, .. } = read(path, &bytes, (manifest, plan))?;
    if !problems.is_empty() {
        return Err(RollError::Refused { path: path.into(), problems });
    }
    let row = |(_, phone, style): (u64, Phone, String)| RollRow { phone: keys.phone(&phone), style };
    Ok(LoadedRoll { rows: people.into_iter().map(row).collect(), source: keys.roll_file(&bytes) })
}

/// The bytes of a roll.
pub(crate) fn file(path: &Path) -> Result<Zeroizing<Vec<u8>>, RollError> {
    let bytes = std::fs::read(path).map_err(|source| RollError::File { path: path.into(), source })?;
    Ok(Zeroizing::new(bytes))
}

/// Says so when an election of those on the roll has none. It is no error: keys are made, and the
/// record is served, long before the roll is complete.
pub(crate) async fn warn_if_empty(manifest: &Manifest, store: &dyn RegistrarStore) -> Result<(), StoreError> {
    if manifest.document().registration == Registration::Roll && store.roll_len().await? == 0 {
        tracing::warn!(
            "the roll is empty, so nobody can sign in: say who may vote with `veche-server roll replace FILE`"
        );
    }
    Ok(())
}

/// The numbers behind these hashes, as far as the file has them.
pub(crate) fn numbers(
    path: &Path,
    (manifest, plan): (&Manifest, NumberingPlan),
    keys: &RegistrarKeys,
    wanted: &HashSet<PersonHash>,
) -> Result<HashMap<PersonHash, Phone>, RollError> {
    let RollFile { people, problems, .. } = read(path, &file(path)?, (manifest, plan))?;
    if !problems.is_empty() {
        return Err(RollError::Refused { path: path.into(), problems });
    }
    let hashed = people.into_iter().map(|(_, phone, _)| (keys.phone(&phone), phone));
    Ok(hashed.filter(|(hashed, _)| wanted.contains(hashed)).collect())
}
