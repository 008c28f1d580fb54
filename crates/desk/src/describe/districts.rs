//! The districts and the lists for the whole town.

use std::collections::BTreeMap;

use veche_record::manifest::Text;
use veche_sheet::{Place, fold};

use super::cells::{Money, Table, count, count32, votes, words, yes};
use super::finding::Problem;
use super::ledger::Ledger;
use super::texts::Languages;
use super::vote::Stated;
use crate::words::{DistrictColumn, Term};

/// A row of the sheet of districts.
#[derive(Debug)]
pub(super) struct District {
    pub row: Place,
    pub id: String,
    pub name: Option<Text>,
    pub text: Option<Text>,
    pub city: bool,
    /// Nothing in a list for the whole town, unless it is the only one.
    pub electorate: Option<u32>,
    pub inhabitants: Option<u32>,
    pub budget: Option<u64>,
    pub budget_place: Place,
    pub min: Option<u32>,
    pub max: Option<u32>,
    pub threshold: Option<u64>,
    pub threshold_place: Place,
    pub stated_projects: Option<Stated>,
    pub stated_electorate: Option<Stated>,
    /// What projects may call it by, as it is compared.
    pub names: Vec<String>,
}

pub(super) fn read(
    table: &Table<'_, DistrictColumn>,
    languages: &Languages,
    money: &Money,
    ledger: &mut Ledger,
) -> Vec<District> {
    use DistrictColumn::{
        Budget, City, Electorate, Id, Inhabitants, Max, Min, Name, StatedProjects, Threshold,
    };
    let mut districts: Vec<District> = Vec::new();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    languages.note(table, Name, ledger);
    languages.note(table, DistrictColumn::Text, ledger);
    for row in table.rows() {
        let name = languages.read(table, row, Name, ledger);
        if name.is_none() && table.header.column(Name).is_some() {
            ledger.error(Some(table.place(row, Name)), "", Problem::Missing(Term::of(Name)));
        }
        let code = table.spot(row, Id).and_then(|spot| Some((words(&spot, ledger)?, spot)));
        let first = name.as_ref().and_then(|name| name.get(&languages.own)).unwrap_or_default().to_owned();
        let mut names: Vec<String> = name.iter().flat_map(Text::iter).map(|(_, words)| fold(words)).collect();
        names.extend(code.iter().map(|(code, _)| fold(code)));
        names.sort();
        names.dedup();
        let id = code.as_ref().map_or(first, |(code, _)| code.clone());
        let place = table.place(row, if code.is_some() { Id } else { Name });
        if let Some(other) = names.iter().find_map(|name| seen.get(name)) {
            ledger.error(Some(place), id.clone(), Problem::Twice(*other));
        }
        seen.extend(names.iter().map(|name| (name.clone(), row.number)));
        let mut number = |kind, least| table.spot(row, kind).and_then(|spot| count32(&spot, least, ledger));
        let (min, max, inhabitants) = (number(Min, 0), number(Max, 1), number(Inhabitants, 1));
        let electorate = number(Electorate, 1);
        let stated = |kind, ledger: &mut Ledger| {
            let spot = table.spot(row, kind)?;
            Stated::new(&spot, count(&spot, 0, u64::from(u32::MAX), ledger))
        };
        let city = table.spot(row, City).and_then(|spot| yes(&spot, ledger)).unwrap_or(false);
        let budget = table.spot(row, Budget).and_then(|spot| money.read(&spot, ledger));
        let threshold = table.spot(row, Threshold);
        districts.push(District {
            row: table.sheet.row_place(row.number),
            id,
            name,
            text: languages.read(table, row, DistrictColumn::Text, ledger),
            city,
            electorate,
            inhabitants,
            budget,
            budget_place: table.place(row, Budget),
            min,
            max,
            threshold_place: table.place(row, Threshold),
            threshold: threshold.and_then(|spot| votes(&spot, ledger)),
            stated_projects: stated(StatedProjects, ledger),
            // Read once already, so that nothing is said twice.
            stated_electorate: electorate
                .zip(table.spot(row, Electorate))
                .and_then(|(number, spot)| Stated::new(&spot, Some(u64::from(number)))),
            names,
        });
    }
    let only = districts.iter().all(|district| district.city);
    for (district, row) in districts.iter().zip(table.rows()) {
        let empty = table.header.column(Electorate).is_some() && table.spot(row, Electorate).is_none();
        if empty && (!district.city || only) {
            let missing = Problem::Missing(Term::of(Electorate));
            ledger.error(Some(table.place(row, Electorate)), "", missing);
        }
    }
    if districts.is_empty() {
        let place = Place { sheet: table.sheet.name.clone(), row: None, column: None };
        ledger.error(Some(place), "", Problem::NoVoters(Term::of(Electorate)));
    }
    districts
}
