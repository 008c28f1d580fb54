//! The sheet of the vote, row by row: which setting stands where.

use std::collections::BTreeMap;

use veche_record::manifest::Text;
use veche_sheet::{FoundColumn, Place, Row, Sheet, lookup, recognise};

use super::cells::{Table, words};
use super::finding::Problem;
use super::ledger::{Ledger, Spot};
use super::texts::Languages;
use crate::words::{Key, Known, Setting, Term, VoteColumn};

/// The settings that a sheet has, each with its row.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    pub table: Table<'a, VoteColumn>,
    rows: BTreeMap<Setting, &'a Row>,
}

impl<'a> Settings<'a> {
    pub fn read(sheet: &'a Sheet, ledger: &mut Ledger) -> Option<Self> {
        let Some(header) = recognise(sheet, &Known::of(VoteColumn::ALL).kinds()) else {
            let place = Place { sheet: sheet.name.clone(), row: None, column: None };
            ledger.error(Some(place), "", Problem::NoHeader);
            return None;
        };
        let table = Table { sheet, header };
        for column in [VoteColumn::Setting, VoteColumn::Value] {
            if table.header.column(column).is_none() {
                ledger.error(
                    Some(sheet.row_place(table.header.row)),
                    "",
                    Problem::NoColumn(Term::of(column)),
                );
                return None;
            }
        }
        for repeated in &table.header.repeated {
            let place = sheet.place(table.header.row, repeated.column);
            ledger.error(Some(place), repeated.shown.clone(), Problem::ColumnTwice);
        }
        let known = Known::of(Setting::ALL);
        let mut rows: BTreeMap<Setting, &Row> = BTreeMap::new();
        for row in table.rows() {
            let Some(name) = table.spot(row, VoteColumn::Setting) else { continue };
            let Some(setting) = lookup(&name.value.to_string(), &known.kinds()) else {
                // A heading between settings has no value.
                if table.header.columns(VoteColumn::Value).any(|value| row.cell(value.column).is_some()) {
                    ledger.wrong(&name, Problem::UnknownSetting);
                }
                continue;
            };
            match rows.get(&setting) {
                Some(first) => ledger.wrong(&name, Problem::SettingTwice(first.number)),
                None => {
                    rows.insert(setting, row);
                }
            }
        }
        Some(Settings { table, rows })
    }

    /// The cell of a setting that is not a text: the same in every column that has one.
    pub fn spot(&self, setting: Setting, ledger: &mut Ledger) -> Option<Spot<'a>> {
        let row = self.rows.get(&setting)?;
        let mut spots = self.columns().into_iter().filter_map(|column| self.table.at(row, column.column));
        let first = spots.next()?;
        for other in spots {
            if other.value != first.value {
                ledger.wrong(&other, Problem::Contradiction(first.value.to_string()));
            }
        }
        Some(first)
    }

    /// The same, where there must be one.
    pub fn needed(&self, setting: Setting, ledger: &mut Ledger) -> Option<Spot<'a>> {
        let spot = self.spot(setting, ledger);
        if spot.is_none() {
            ledger.error(Some(self.place(setting)), "", Problem::NoSetting(Term::of(setting)));
        }
        spot
    }

    /// Where a setting is, or the sheet where it is not.
    pub fn place(&self, setting: Setting) -> Place {
        let column = self.table.header.column(VoteColumn::Value).map(|found| found.column);
        match (self.rows.get(&setting), column) {
            (Some(row), Some(column)) => self.table.sheet.place(row.number, column),
            _ => Place { sheet: self.table.sheet.name.clone(), row: None, column: None },
        }
    }

    /// A text.
    pub fn text(&self, setting: Setting, languages: &Languages, ledger: &mut Ledger) -> Option<Text> {
        let row = self.rows.get(&setting)?;
        let columns = self.columns();
        let spots = languages.columns(&columns).into_iter().map(|(language, found)| {
            let place = self.table.sheet.place(row.number, found.column);
            (language, place, self.table.at(row, found.column))
        });
        languages.joined(spots.collect(), self.place(setting), ledger)
    }

    /// A setting of a few words, with nothing to choose.
    pub fn words(&self, setting: Setting, ledger: &mut Ledger) -> Option<String> {
        let spot = self.spot(setting, ledger)?;
        words(&spot, ledger)
    }

    pub fn columns(&self) -> Vec<&FoundColumn<VoteColumn>> {
        self.table.header.columns(VoteColumn::Value).collect()
    }
}
