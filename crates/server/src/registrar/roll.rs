//! The roll: who may vote, as a file of phones and ballot styles.
//!
//! ```csv
//! phone,style
//! +48421234567,north
//! ```
//!
//! The file replaces the roll each time it is read. A voter whose credential is already on the board
//! keeps the style it was registered for. No phone leaves this module but as a keyed hash, except to
//! an auditor who asks for a few by name; also not in an error: errors name lines.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use veche_record::Manifest;
use veche_record::manifest::Registration;

use crate::registrar::keys::RegistrarKeys;
use crate::registrar::phone::{NumberingPlan, Phone, PhoneError};
use crate::store::error::StoreError;
use crate::store::registrar::{PersonHash, RegistrarStore, RollRow};

/// Why a roll was not taken. The roll before it stays in force.
#[derive(Debug, thiserror::Error)]
pub enum RollError {
    /// The file cannot be read.
    #[error("the roll {} cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: csv::Error,
    },
    /// A line that is not `phone,style`. The text of the line is not repeated, for it may hold a number.
    #[error("the roll's line {0} is not `phone,style`; the first line must be exactly that")]
    Form(u64),
    /// Not a phone number.
    #[error("the roll's line {line} has no phone number that can be read. {source}")]
    Phone {
        /// The line.
        line: u64,
        /// How it is to be written.
        source: PhoneError,
    },
    /// A style that the manifest does not have.
    #[error("the roll's line {line} names the style {style:?}, which the manifest does not have")]
    Style {
        /// The line.
        line: u64,
        /// The unknown style.
        style: String,
    },
    /// A phone that is there twice.
    #[error("the roll's lines {0} and {1} have the same phone, however it is written")]
    Twice(u64, u64),
    /// More voters than the manifest announces for a style.
    #[error(
        "the roll has {listed} voters of the style {style:?}; the manifest announces at most {electorate}"
    )]
    OverElectorate {
        /// The style.
        style: String,
        /// How many the roll lists.
        listed: u32,
        /// How many the manifest allows.
        electorate: u32,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    phone: String,
    style: String,
}

/// Reads a roll and checks all of it. Nothing is stored yet.
pub(crate) fn load(
    path: &Path,
    (manifest, plan): (&Manifest, NumberingPlan),
    keys: &RegistrarKeys,
) -> Result<Vec<RollRow>, RollError> {
    let voters = read(path, (manifest, plan), keys)?;
    Ok(voters.into_iter().map(|(phone, (_, style))| RollRow { phone, style }).collect())
}

/// Says so when an election of those on the roll has none. It is no error: keys are made, and the
/// record is served, long before the roll is complete.
pub(crate) async fn warn_if_empty(manifest: &Manifest, store: &dyn RegistrarStore) -> Result<(), StoreError> {
    if manifest.document().registration == Registration::Roll && store.roll_len().await? == 0 {
        tracing::warn!(
            "the roll is empty, so nobody can sign in: start again with --roll FILE (columns phone,style)"
        );
    }
    Ok(())
}

type Voters = HashMap<PersonHash, (u64, String)>;

/// The numbers behind these hashes, as far as the file has them.
pub(crate) fn numbers(
    path: &Path,
    (manifest, plan): (&Manifest, NumberingPlan),
    keys: &RegistrarKeys,
    wanted: &HashSet<PersonHash>,
) -> Result<HashMap<PersonHash, Phone>, RollError> {
    let mut found = HashMap::new();
    each(path, (manifest, plan), |_, phone, _| {
        let hashed = keys.phone(&phone);
        if wanted.contains(&hashed) {
            found.insert(hashed, phone);
        }
        Ok(())
    })?;
    Ok(found)
}

fn read(
    path: &Path,
    (manifest, plan): (&Manifest, NumberingPlan),
    keys: &RegistrarKeys,
) -> Result<Voters, RollError> {
    let mut voters = Voters::new();
    let mut listed: HashMap<String, u32> = HashMap::new();
    each(path, (manifest, plan), |line, phone, style| {
        *listed.entry(style.clone()).or_default() += 1;
        match voters.insert(keys.phone(&phone), (line, style)) {
            Some((earlier, _)) => Err(RollError::Twice(earlier, line)),
            None => Ok(()),
        }
    })?;
    for style in manifest.styles() {
        let listed = listed.get(&style.id).copied().unwrap_or(0);
        if listed > style.electorate {
            return Err(RollError::OverElectorate {
                style: style.id.clone(),
                listed,
                electorate: style.electorate,
            });
        }
    }
    Ok(voters)
}

/// Reads the lines of a roll: number of the line, phone, style.
fn each(
    path: &Path,
    (manifest, plan): (&Manifest, NumberingPlan),
    mut take: impl FnMut(u64, Phone, String) -> Result<(), RollError>,
) -> Result<(), RollError> {
    let failed = |source| RollError::File { path: path.into(), source };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(failed)?;
    let header = reader.headers().map_err(failed)?;
    // A byte-order mark is what some spreadsheets put before the first column.
    if !header.iter().map(|name| name.trim_start_matches('\u{feff}')).eq(["phone", "style"]) {
        return Err(RollError::Form(1));
    }
    let mut record = csv::StringRecord::new();
    loop {
        let before = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) if error.is_io_error() => return Err(failed(error)),
            Err(_) => return Err(RollError::Form(before)),
        }
        let line = record.position().map_or(before, csv::Position::line);
        let Line { phone, style } = record.deserialize(None).map_err(|_| RollError::Form(line))?;
        let phone = plan.read(&phone).map_err(|source| RollError::Phone { line, source })?;
        if manifest.styles().iter().all(|declared| declared.id != style) {
            return Err(RollError::Style { line, style });
        }
        take(line, phone, style)?;
    }
}
