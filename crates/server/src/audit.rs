//! The people behind a draw of voters, for an auditor who asks them whether they took part.
//!
//! The draw is everybody's ([`veche_verify::sample`]). What only the registrar can say is who stands behind a name on
//! the board: the database has a keyed hash of the phone, and the roll has the numbers. They go into one file and
//! nowhere else.

use std::collections::HashSet;
use std::path::Path;

use veche_verify::sample::{Dice, Sample, SampleError, draw};
use zeroize::Zeroizing;

use crate::desk::{Desk, DeskError};
use crate::folder::FolderError;
use crate::keys::KeysError;
use crate::keys::file::write_secret;
use crate::registrar::keys::RegistrarKeys;
use crate::registrar::phone::NumberingPlan;
use crate::registrar::roll::error::RollError;
use crate::registrar::roll::problem::cell;
use crate::registrar::roll::{Reached, numbers};
use crate::store::error::StoreError;
use crate::store::registrar::RegistrarStore;

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The folder of the ballot box.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// Nobody can be drawn.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// Too few witnesses have seen the closing.
    #[error("the closing is not witnessed yet: throw the dice once it is")]
    NotWitnessed,
    /// The roll.
    #[error(transparent)]
    Roll(#[from] RollError),
    /// The list could not be written.
    #[error("the list is not written: {0}")]
    List(KeysError),
}

impl From<StoreError> for AuditError {
    fn from(error: StoreError) -> Self {
        AuditError::Desk(FolderError::from(error).into())
    }
}

/// A list of people was written.
#[derive(Debug)]
pub struct Listed {
    /// Who was drawn.
    pub sample: Sample,
    /// How many of them have a number on the list.
    pub numbers: usize,
    /// How many have signed in with a number that the roll does not have.
    pub not_on_roll: usize,
    /// How many have never signed in here.
    pub never_signed_in: usize,
}

/// Draws voters, and writes who they are into a new file that only its owner can read: a table with the columns
/// pseudonym, entry, style, phone and note. The running box is not disturbed.
///
/// # Errors
/// [`AuditError`]; then no file was written.
pub async fn list_sample(
    data: &Path,
    dice: &Dice,
    number: u32,
    roll: Option<&Path>,
    list: &Path,
) -> Result<Listed, AuditError> {
    let Desk { manifest, keys, db, ledger } = Desk::open(data).await?;
    let keys = RegistrarKeys::new(keys.registrar().map_err(DeskError::from)?.private.clone());
    let sample = draw(ledger.state(), dice, number)?;
    if ledger.log().size() < sample.size {
        return Err(AuditError::NotWitnessed);
    }
    let mut phones = Vec::with_capacity(sample.drawn.len());
    for voter in &sample.drawn {
        phones.push(RegistrarStore::person(&db, &voter.pseudonym).await?);
    }
    let on_roll = if roll.is_some() { RegistrarStore::roll(&db).await? } else { Vec::new() };
    db.close().await;
    let wanted: HashSet<_> = phones.iter().flatten().copied().collect();
    let plan = NumberingPlan::of(&manifest).unwrap_or_default();
    let known = roll.map(|roll| numbers(roll, (&manifest, plan), &keys, &on_roll, &wanted)).transpose()?;
    let known = known.unwrap_or_default();

    // Room for all of it, so that no numbers are left behind where it was before it grew.
    let mut table = Zeroizing::new(String::with_capacity(256 * (1 + phones.len())));
    table.push_str("pseudonym,entry,style,phone,note\n");
    let mut listed = Listed { numbers: 0, not_on_roll: 0, never_signed_in: 0, sample };
    for (voter, phone) in listed.sample.drawn.iter().zip(&phones) {
        let number = phone.as_ref().and_then(|phone| known.get(phone));
        let (note, count) = match (phone, number) {
            (_, Some(Reached { mark: Some(mark), .. })) => {
                let note = cell(&format!("several people have this number: this is {}", mark.as_str()));
                (Zeroizing::new(note), &mut listed.numbers)
            }
            (_, Some(_)) => (Zeroizing::default(), &mut listed.numbers),
            (Some(_), None) => {
                let note = "the roll does not have this voter's number".to_owned();
                (Zeroizing::new(note), &mut listed.not_on_roll)
            }
            (None, None) => (Zeroizing::new("never signed in here".to_owned()), &mut listed.never_signed_in),
        };
        *count += 1;
        let style = manifest.ballot_style(voter.style).map_or("", |style| style.id.as_str());
        table.push_str(&format!("{},{},{},", voter.pseudonym, voter.entry, cell(style)));
        if let Some(number) = number {
            // As an address, which no spreadsheet takes for a number or a formula.
            table.push_str("tel:");
            table.push_str(number.phone.as_str());
        }
        table.push(',');
        table.push_str(&note);
        table.push('\n');
    }
    write_secret(list, table.as_bytes()).map_err(AuditError::List)?;
    Ok(listed)
}
