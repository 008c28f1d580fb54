//! The roll: who may vote, as a table of phones and districts, with a mark where several people have one phone.
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
use std::path::{Path, PathBuf};

use veche_record::Manifest;
use veche_record::manifest::Registration;
use zeroize::Zeroizing;

use crate::keys::SECRET_LEN;
use crate::registrar::keys::RegistrarKeys;
use crate::registrar::phone::{NumberingPlan, Phone};
use crate::store::error::StoreError;
use crate::store::registrar::RegistrarStore;
use crate::store::roll::{PersonHash, RollRow};

pub(crate) mod error;
mod header;
pub(crate) mod identity;
pub(crate) mod mark;
pub(crate) mod problem;
mod read;

pub(crate) use read::{Person, RollFile, read};

use error::RollError;
use identity::Before;
use mark::Mark;

/// A roll of a file, all of which is right.
pub(crate) struct LoadedRoll {
    path: PathBuf,
    file: RollFile,
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
    let mut file = read(path, &bytes, (manifest, plan))?;
    if !file.problems.is_empty() {
        return Err(RollError::Refused { path: path.into(), problems: std::mem::take(&mut file.problems) });
    }
    Ok(LoadedRoll { path: path.into(), file, source: keys.roll_file(&bytes) })
}

impl LoadedRoll {
    /// Its people, who stay who they were on the roll before.
    pub(crate) fn rows(&self, before: &Before, keys: &RegistrarKeys) -> Result<Vec<RollRow>, RollError> {
        let (rows, problems) = before.identify(&self.file, keys);
        if !problems.is_empty() {
            return Err(RollError::Refused { path: self.path.clone(), problems });
        }
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// What voters are asked for where several have one phone.
    pub(crate) fn asked_for(&self) -> Option<&str> {
        self.file.asked_for.as_deref()
    }
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

/// How somebody can be asked: by this number, and for this mark where several people have it.
pub(crate) struct Reached {
    pub(crate) phone: Phone,
    pub(crate) mark: Option<Mark>,
}

/// The numbers behind these people, as far as the file has them. `roll` is the one in force, which says who has which
/// phone.
pub(crate) fn numbers(
    path: &Path,
    (manifest, plan): (&Manifest, NumberingPlan),
    keys: &RegistrarKeys,
    roll: &[RollRow],
    wanted: &HashSet<PersonHash>,
) -> Result<HashMap<PersonHash, Reached>, RollError> {
    let RollFile { people, problems, .. } = read(path, &file(path)?, (manifest, plan))?;
    if !problems.is_empty() {
        return Err(RollError::Refused { path: path.into(), problems });
    }
    let mut on_roll: HashMap<PersonHash, Vec<&RollRow>> = HashMap::new();
    for row in roll {
        on_roll.entry(row.phone).or_default().push(row);
    }
    let mut found = HashMap::new();
    for Person { phone, mark, .. } in people {
        let hash = keys.phone(&phone);
        let of_mark = mark.as_ref().map(|mark| keys.mark(&hash, mark));
        let rows = on_roll.get(&hash).map(Vec::as_slice).unwrap_or_default();
        let several = rows.len() > 1;
        let same = rows.iter().find(|row| !several || row.mark == of_mark).map(|row| row.person);
        // Whoever is on the roll no more is known by the mark or the phone.
        let known = [same, of_mark.map(|mark| PersonHash(mark.0)), Some(hash)];
        let known = known.into_iter().flatten().find(|person| wanted.contains(person));
        if let Some(person) = known {
            found.insert(person, Reached { phone, mark: mark.filter(|_| several) });
        }
    }
    Ok(found)
}
