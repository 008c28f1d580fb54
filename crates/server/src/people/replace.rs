//! A whole roll: checked, compared with the one in force, put in its place while people sign in.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use veche_record::Manifest;
use veche_record::entry::{Pseudonym, RevocationReason};
use zeroize::Zeroizing;

use super::board::{OnBoard, OpenBoard, all_on_board};
use super::counter::{Counter, OpenCounter};
use super::error::PeopleError;
use super::operator::Operator;
use crate::desk::DeskError;
use crate::folder::{Files, FolderError, place, read_manifest};
use crate::registrar::phone::NumberingPlan;
use crate::registrar::roll::error::RollError;
use crate::registrar::roll::identity::Before;
use crate::registrar::roll::problem::{RollMistake, RollProblem};
use crate::registrar::roll::{RollFile, file, read};
use crate::store::registrar::{Deed, DeedKind};
use crate::store::roll::{NewRoll, PersonHash, RollRow};

/// What a file of a roll holds, and everything that is wrong with it.
#[derive(Debug)]
pub struct CheckedRoll {
    /// How many rows have anything in them, without that of the headings.
    pub rows: usize,
    /// In how many of them nothing is wrong.
    pub people: usize,
    /// By district: its identifier, how many of them, and how many the manifest announces at most.
    pub districts: Vec<(String, u32, u32)>,
    /// How many numbers several people have.
    pub shared_phones: usize,
    /// The column that tells these apart, if there is one.
    pub mark_column: Option<String>,
    /// What is wrong, in the order of the rows.
    pub problems: Vec<RollProblem>,
    /// The columns that are not looked at.
    pub other_columns: Vec<String>,
    /// What stands between two cells of a file of mistakes, so that whoever wrote the roll can open it.
    pub delimiter: char,
    /// The encoding of a text that does not say it, as it was found out from its letters.
    pub guessed: Option<String>,
}

/// What another roll changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Numbers that were not on the roll.
    pub added: usize,
    /// Numbers that are on the roll no more.
    pub gone: usize,
    /// Numbers in another district.
    pub moved: usize,
    /// Numbers of which nothing changes.
    pub kept: usize,
    /// How many of those gone have a key on the board, with which they may vote until they are struck.
    pub gone_with_key: usize,
    /// How many of those who come were struck off on the board, and vote no more.
    pub added_struck_off: usize,
}

/// What was done with a file.
#[derive(Debug)]
pub struct Replaced {
    /// What is in it.
    pub checked: CheckedRoll,
    /// What it changes, if nothing is wrong with it.
    pub comparison: Option<Comparison>,
    /// How many of those gone had their keys revoked.
    pub struck: usize,
}

/// Whether whoever is no more on the roll loses the key that is on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// The key stays, until somebody strikes its owner.
    KeepKeys,
    /// It is revoked for good, and no ballot of theirs counts.
    AreStruck,
}

/// Where the manifest is that says the districts and the country.
#[derive(Debug, Clone)]
pub enum ManifestAt {
    /// In the folder of a server.
    Folder(PathBuf),
    /// Itself.
    File(PathBuf),
}

/// Reads a file of a roll and says everything that is wrong with it. Nothing is changed.
///
/// # Errors
/// [`PeopleError`], where it cannot be read at all.
pub fn check_roll(path: &Path, at: &ManifestAt) -> Result<CheckedRoll, PeopleError> {
    let manifest = match at {
        ManifestAt::Folder(data) => {
            place(data)?;
            Files::manifest(data)
        }
        ManifestAt::File(file) => file.clone(),
    };
    let (_, manifest) = read_manifest(&manifest).map_err(FolderError::from)?;
    let plan = NumberingPlan::of(&manifest).unwrap_or_default();
    let mut read = read(path, &file(path)?, (&manifest, plan))?;
    Ok(checked(&mut read, &manifest))
}

/// What is said of a file. The mistakes are taken out of it.
fn checked(file: &mut RollFile, manifest: &Manifest) -> CheckedRoll {
    let electorates = manifest.styles().iter().map(|style| style.electorate);
    let districts = file.by_style.iter().zip(electorates);
    let mut of_phone: HashMap<&str, u32> = HashMap::new();
    for person in &file.people {
        let count = of_phone.entry(person.phone.as_str()).or_default();
        *count = count.saturating_add(1);
    }
    CheckedRoll {
        rows: file.rows,
        people: file.people.len(),
        districts: districts.map(|((id, listed), most)| (id.clone(), *listed, most)).collect(),
        shared_phones: of_phone.into_values().filter(|people| *people > 1).count(),
        mark_column: file.mark_column.clone(),
        problems: std::mem::take(&mut file.problems),
        other_columns: file.other_columns.clone(),
        delimiter: file.delimiter,
        guessed: file.guessed.map(|encoding| encoding.to_string()),
    }
}

/// Puts a roll of a file in the place of the one before, if nothing is wrong with it; without an operator it is only
/// looked what that would change. Who signs in meanwhile does not wait.
///
/// # Errors
/// [`PeopleError`]; then the roll is what it was, but for an error of striking those gone.
pub async fn replace_roll(
    counter: &Counter,
    path: &Path,
    gone: Gone,
    by: Option<&Operator>,
) -> Result<Replaced, PeopleError> {
    counter
        .work(async |counter| {
            counter.needs_roll()?;
            counter.replace_roll(path, file(path)?, gone, by).await
        })
        .await
}

impl OpenCounter {
    /// [`replace_roll`], with the bytes of a file; sentences call it `path`.
    pub(crate) async fn replace_roll(
        &self,
        path: &Path,
        bytes: Zeroizing<Vec<u8>>,
        gone: Gone,
        by: Option<&Operator>,
    ) -> Result<Replaced, PeopleError> {
        self.needs_roll()?;
        let (path, manifest, plan) = (path.to_owned(), Arc::clone(&self.manifest), self.plan);
        let source = self.hashes.roll_file(&bytes);
        // A long file takes seconds, in which others are to be answered.
        let read = tokio::task::spawn_blocking(move || {
            let mut read = read(&path, &bytes, (&manifest, plan))?;
            let checked = checked(&mut read, &manifest);
            Ok::<_, RollError>((read, checked))
        });
        let (file, mut checked) = read.await.map_err(|_| PeopleError::Stopped)??;
        if !checked.problems.is_empty() {
            return Ok(Replaced { checked, comparison: None, struck: 0 });
        }
        let state = self.db.roll_state().await?;
        let (people, problems) = Before::of(&*self.db).await?.identify(&file, &self.hashes);
        checked.problems.extend(problems);
        let new: Vec<New> = people.into_iter().map(|(row, line)| New { row, line }).collect();
        let difference = self.compare(&new).await?;
        for (row, style, fixed) in difference.fixed {
            checked.problems.push(RollProblem {
                row: Some(row),
                column: Some(file.style_column.clone()),
                mistake: RollMistake::HasKey(fixed),
                cell: Zeroizing::new(style),
            });
        }
        if !checked.problems.is_empty() {
            return Ok(Replaced { checked, comparison: None, struck: 0 });
        }
        let mut struck = 0;
        if let Some(by) = by {
            let deed = Deed {
                people: u32::try_from(new.len()).ok(),
                source: Some(source),
                ..by.deed(self.now(), DeedKind::RollReplaced)
            };
            let rows: Vec<RollRow> = new.into_iter().map(|new| new.line).collect();
            let roll =
                NewRoll { rows: &rows, mark_heading: file.asked_for.as_deref(), after: Some(state.changes) };
            self.db.replace_roll(&roll, &deed).await?;
            if gone == Gone::AreStruck {
                struck = self.strike_all(&difference.gone_with_key, by).await?;
            }
        }
        Ok(Replaced { checked, comparison: Some(difference.comparison), struck })
    }
}

/// A line of a new roll, and where it stands in the file.
struct New {
    row: u64,
    line: RollRow,
}

/// What a new roll changes, and whom the board has a say in.
struct Difference {
    comparison: Comparison,
    /// Row, new district, and the district that the board has.
    fixed: Vec<(u64, String, String)>,
    gone_with_key: Vec<(PersonHash, Pseudonym, OnBoard)>,
}

impl OpenCounter {
    async fn compare(&self, new: &[New]) -> Result<Difference, PeopleError> {
        let mut before: HashMap<PersonHash, String> =
            self.db.roll().await?.into_iter().map(|row| (row.person, row.style)).collect();
        let mut comparison = Comparison::default();
        // Of whom the board must be asked: whoever comes, goes, or changes the district.
        let (mut added, mut moved) = (Vec::new(), Vec::new());
        for new in new {
            match before.remove(&new.line.person) {
                None => added.push(new),
                Some(style) if style == new.line.style => comparison.kept += 1,
                Some(_) => moved.push(new),
            }
        }
        let gone = before;
        (comparison.added, comparison.moved, comparison.gone) = (added.len(), moved.len(), gone.len());
        let mut difference = Difference { comparison, fixed: Vec::new(), gone_with_key: Vec::new() };
        let voters: HashMap<PersonHash, Pseudonym> = self.db.voters().await?.into_iter().collect();
        let asked = added.iter().chain(&moved).map(|new| &new.line.person).chain(gone.keys());
        let asked: Vec<&Pseudonym> = asked.filter_map(|person| voters.get(person)).collect();
        if asked.is_empty() {
            return Ok(difference);
        }
        let board = OpenBoard::open(self).await?;
        let known = all_on_board(self, &board, asked.into_iter()).await?;
        let on_board = |person: &PersonHash| {
            let pseudonym = voters.get(person)?;
            Some((*pseudonym, known.get(&pseudonym.0)?))
        };
        for new in added.iter().chain(&moved) {
            let Some((_, voter)) = on_board(&new.line.person) else { continue };
            if voter.struck_off {
                difference.comparison.added_struck_off += 1;
            } else if voter.style != new.line.style {
                difference.fixed.push((new.row, new.line.style.clone(), voter.style.clone()));
            }
        }
        difference.fixed.sort_unstable_by_key(|(row, ..)| *row);
        for person in gone.keys() {
            if let Some((pseudonym, voter)) = on_board(person).filter(|(_, voter)| !voter.struck_off) {
                difference.gone_with_key.push((*person, pseudonym, voter.clone()));
            }
        }
        difference.comparison.gone_with_key = difference.gone_with_key.len();
        Ok(difference)
    }

    /// Revokes the keys of people who are off the roll.
    async fn strike_all(
        &self,
        gone: &[(PersonHash, Pseudonym, OnBoard)],
        by: &Operator,
    ) -> Result<usize, PeopleError> {
        if gone.is_empty() {
            return Ok(0);
        }
        let half = |error: DeskError| PeopleError::HalfReplaced(Box::new(error));
        let mut board = OpenBoard::open(self).await?;
        for (person, pseudonym, voter) in gone {
            let entry = board.revoke(self, pseudonym, RevocationReason::NotEntitled).await.map_err(half)?;
            let deed = self.to_one(by, DeedKind::KeyRevoked, *person, Some(&voter.style));
            self.db.note(&Deed { entry: Some(entry), ..deed }).await?;
        }
        Ok(gone.len())
    }
}
