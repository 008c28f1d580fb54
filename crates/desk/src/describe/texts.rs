//! Texts in every language of the vote, from columns that each name one or none.

use std::collections::BTreeSet;

use veche_record::manifest::Text;
use veche_sheet::{FoundColumn, Place, Row};

use super::cells::{Table, words};
use super::finding::{Problem, Warning};
use super::ledger::{Ledger, Spot};
use crate::words::Key;

/// The languages of a vote.
#[derive(Debug, Clone)]
pub(super) struct Languages {
    /// All of them, in the order of the manifest.
    pub all: Vec<String>,
    /// The one of columns that name none.
    pub own: String,
    /// Whether the vote says so: otherwise they are what its other mistakes are looked for with.
    pub known: bool,
}

impl Languages {
    /// Which of these columns is for which language. A column that names none is for the vote's own, or for all where
    /// none of the kind names any.
    pub fn columns<K: Key>(&self, columns: &[&FoundColumn<K>]) -> Vec<(String, FoundColumn<K>)> {
        let named = columns.iter().any(|column| column.language.is_some());
        let mut found = Vec::new();
        for language in &self.all {
            let own = *language == self.own || !named;
            let column = columns
                .iter()
                .find(|column| column.language.as_deref() == Some(language))
                .or_else(|| columns.iter().find(|column| column.language.is_none() && own));
            found.extend(column.map(|column| (language.clone(), (*column).clone())));
        }
        found
    }

    /// A text of one row. Nothing where no language has it.
    pub fn read<'a, K: Key>(
        &self,
        table: &Table<'a, K>,
        row: &'a Row,
        kind: K,
        ledger: &mut Ledger,
    ) -> Option<Text> {
        let columns: Vec<_> = table.header.columns(kind).collect();
        let spots = self.columns(&columns).into_iter().map(|(language, found)| {
            let place = table.sheet.place(row.number, found.column);
            (language, place, table.at(row, found.column))
        });
        let spots: Vec<_> = spots.collect();
        self.joined(spots, table.place(row, kind), ledger)
    }

    /// A text from cells that each are for a language.
    pub fn joined(
        &self,
        spots: Vec<(String, Place, Option<Spot<'_>>)>,
        place: Place,
        ledger: &mut Ledger,
    ) -> Option<Text> {
        if spots.iter().all(|(_, _, spot)| spot.is_none()) {
            return None;
        }
        let mut text = Text::default();
        let mut said = BTreeSet::new();
        for (language, place, spot) in spots {
            match spot {
                Some(spot) => {
                    let read = words(&spot, ledger);
                    if let Some(read) = read {
                        text = text.and(&language, &read);
                    }
                }
                None => ledger.error(Some(place), "", Problem::MissingLanguage(language.clone())),
            }
            said.insert(language);
        }
        for language in self.all.iter().filter(|language| !said.contains(*language)) {
            ledger.error(Some(place.clone()), "", Problem::MissingLanguage(language.clone()));
        }
        Some(text)
    }

    /// Says once what becomes of the columns of a kind.
    pub fn note<K: Key>(&self, table: &Table<'_, K>, kind: K, ledger: &mut Ledger) {
        let columns: Vec<_> = table.header.columns(kind).collect();
        let place = |column: &FoundColumn<K>| Some(table.sheet.place(table.header.row, column.column));
        for column in &columns {
            if let Some(language) = column.language.as_ref().filter(|language| !self.all.contains(language)) {
                ledger.warning(place(column), column.shown.clone(), Warning::OtherLanguage(language.clone()));
            }
        }
        let unnamed = columns.iter().find(|column| column.language.is_none());
        let filled =
            |column: &FoundColumn<K>| table.rows().iter().any(|row| row.cell(column.column).is_some());
        if let Some(column) = unnamed.filter(|column| self.all.len() > 1 && filled(column))
            && columns.iter().all(|column| column.language.is_none())
        {
            ledger.warning(place(column), column.shown.clone(), Warning::AllLanguages);
        }
    }
}
