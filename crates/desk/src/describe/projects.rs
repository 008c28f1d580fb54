//! The projects, each in its list.

use std::collections::BTreeMap;

use veche_record::manifest::{ContestOption, MAX_NUMBER_CHARS};
use veche_sheet::{Place, Row, Value, fold, lookup};

use super::cells::{Money, Table, words};
use super::districts::District;
use super::finding::{Problem, Warning};
use super::ledger::{Ledger, Spot};
use super::texts::Languages;
use crate::words::{Choice, Known, ProjectColumn, Term};

/// A project, and the list that it is in by its place among the districts.
#[derive(Debug)]
pub(super) struct Project {
    pub row: Place,
    /// Where its number and its name are.
    pub number: Place,
    pub name: Place,
    pub district: usize,
    pub option: ContestOption,
    /// Where its cost is, or would be.
    pub cost: Place,
    /// What its cost is written as.
    pub cost_cell: String,
    /// What it shares with the projects that it excludes.
    pub exclusive: Option<(String, Place)>,
}

/// The projects, and the rows of those that are in no list because something is wrong with them.
pub(super) fn read(
    table: &Table<'_, ProjectColumn>,
    languages: &Languages,
    districts: &[District],
    money: &Money,
    ledger: &mut Ledger,
) -> (Vec<Project>, Vec<u32>) {
    for kind in [ProjectColumn::Name, ProjectColumn::Text, ProjectColumn::Category] {
        languages.note(table, kind, ledger);
    }
    let (mut projects, mut left) = (Vec::new(), Vec::new());
    for row in table.rows() {
        // A row of sums or remarks below the table has neither.
        let known = table.spot(row, ProjectColumn::Name).is_some()
            || table.spot(row, ProjectColumn::Number).is_some();
        let any = table
            .header
            .found
            .iter()
            .filter(|found| found.kind.has_room())
            .any(|found| row.cell(found.column).is_some());
        if known || any {
            match project(table, row, languages, districts, money, ledger) {
                Some(project) => projects.push(project),
                None => left.push(row.number),
            }
        }
    }
    repeated(&projects, languages, ledger);
    alone(&projects, ledger);
    (projects, left)
}

fn project(
    table: &Table<'_, ProjectColumn>,
    row: &Row,
    languages: &Languages,
    districts: &[District],
    money: &Money,
    ledger: &mut Ledger,
) -> Option<Project> {
    use ProjectColumn::{Address, Category, Cost, Exclusive, Name, Number, Picture};
    let name = languages.read(table, row, Name, ledger);
    if name.is_none() && table.header.column(Name).is_some() {
        ledger.error(Some(table.place(row, Name)), "", Problem::Missing(Term::of(Name)));
    }
    let number = table.needed(row, Number, ledger).and_then(|spot| {
        let number = words(&spot, ledger)?;
        let fits = number.chars().count() <= MAX_NUMBER_CHARS && !number.chars().any(char::is_control);
        if !fits {
            ledger.wrong(&spot, Problem::Number);
        }
        fits.then_some(number)
    });
    let district = district(table, row, districts, ledger);
    let cost = table.spot(row, Cost);
    let amount = cost.as_ref().and_then(|spot| money.read(spot, ledger));
    let mut said = |kind| table.spot(row, kind).and_then(|spot| words(&spot, ledger));
    let place = said(Address);
    let exclusive = said(Exclusive).map(|word| (fold(&word), table.place(row, Exclusive)));
    let option = ContestOption {
        id: number.clone().unwrap_or_else(|| row.number.to_string()),
        name: name.unwrap_or_default(),
        text: languages.read(table, row, ProjectColumn::Text, ledger),
        cost: amount,
        picture: table.spot(row, Picture).and_then(|spot| picture(&spot, ledger)),
        place,
        number,
        category: languages.read(table, row, Category, ledger),
        coordinates: coordinates(table, row, ledger),
    };
    Some(Project {
        row: table.sheet.row_place(row.number),
        number: table.place(row, Number),
        name: table.place(row, Name),
        district: district?,
        option,
        cost: table.place(row, Cost),
        cost_cell: cost.map(|spot| spot.value.to_string()).unwrap_or_default(),
        exclusive,
    })
}

/// The list of a project, by its district's code or name.
fn district(
    table: &Table<'_, ProjectColumn>,
    row: &Row,
    districts: &[District],
    ledger: &mut Ledger,
) -> Option<usize> {
    if table.header.column(ProjectColumn::District).is_none() && districts.len() == 1 {
        return Some(0);
    }
    let spot = table.needed(row, ProjectColumn::District, ledger)?;
    let said = spot.value.to_string();
    let wanted = fold(&said);
    if let Some(at) = districts.iter().position(|district| district.names.contains(&wanted)) {
        return Some(at);
    }
    if lookup(&said, &Known::of(&[Choice::City]).kinds()).is_none() {
        ledger.wrong(&spot, Problem::UnknownDistrict);
        return None;
    }
    let cities: Vec<usize> =
        (0..).zip(districts).filter(|(_, district)| district.city).map(|(at, _)| at).collect();
    match cities.as_slice() {
        [one] => Some(*one),
        [] => {
            ledger.wrong(&spot, Problem::UnknownDistrict);
            None
        }
        _ => {
            ledger.wrong(&spot, Problem::WhichCity);
            None
        }
    }
}

/// A picture's path within the folder of the vote.
fn picture(spot: &Spot<'_>, ledger: &mut Ledger) -> Option<String> {
    let path = spot.value.to_string().replace('\\', "/");
    let fits = (1..=500).contains(&path.len())
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~/-".contains(&b))
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if !fits {
        ledger.wrong(spot, Problem::Picture);
    }
    fits.then_some(path)
}

/// Where on the earth a project is, to six decimals, which are a tenth of a metre.
fn coordinates(table: &Table<'_, ProjectColumn>, row: &Row, ledger: &mut Ledger) -> Option<String> {
    if let Some(spot) = table.spot(row, ProjectColumn::Coordinates) {
        let said = spot.value.to_string();
        let read = halves(&said).and_then(|(latitude, longitude)| both(latitude, longitude));
        if read.is_none() {
            ledger.wrong(&spot, Problem::Coordinates);
        }
        return read;
    }
    let latitude = table.spot(row, ProjectColumn::Latitude);
    let longitude = table.spot(row, ProjectColumn::Longitude);
    let (latitude, longitude) = match (latitude, longitude) {
        (None, None) => return None,
        (Some(latitude), Some(longitude)) => (latitude, longitude),
        (Some(one), None) | (None, Some(one)) => {
            ledger.wrong(&one, Problem::HalfCoordinates);
            return None;
        }
    };
    let north = degrees(latitude.value, 90.0);
    let east = degrees(longitude.value, 180.0);
    for (spot, read) in [(&latitude, north), (&longitude, east)] {
        if read.is_none() {
            ledger.wrong(spot, Problem::Coordinates);
        }
    }
    Some(format!("{},{}", shown(north?), shown(east?)))
}

/// Two numbers of one cell. With decimal commas, a semicolon or a space stands between them.
fn halves(said: &str) -> Option<(&str, &str)> {
    let said = said.trim_matches(['(', ')', '[', ']', ' ']);
    said.split_once(';').or_else(|| said.split_once(", ")).or_else(|| match said.matches(',').count() {
        1 => said.split_once(','),
        _ => said.split_once(' '),
    })
}

fn both(latitude: &str, longitude: &str) -> Option<String> {
    let half = |text: &str, most: f64| degrees(&Value::Text(text.trim().to_owned()), most);
    Some(format!("{},{}", shown(half(latitude, 90.0)?), shown(half(longitude, 180.0)?)))
}

fn degrees(value: &Value, most: f64) -> Option<f64> {
    let number = match value {
        Value::Number(number) => *number,
        Value::Text(text) => {
            let text = text.trim_end_matches(['°', ' ']).replace(',', ".").replace('−', "-");
            let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
            plain.then(|| text.parse().ok()).flatten()?
        }
        _ => return None,
    };
    (-most..=most).contains(&number).then_some(number)
}

fn shown(degrees: f64) -> String {
    format!("{degrees:.6}")
}

/// Numbers and names that two projects of a list share.
fn repeated(projects: &[Project], languages: &Languages, ledger: &mut Ledger) {
    let mut numbers: BTreeMap<(usize, &str), u32> = BTreeMap::new();
    let mut names: BTreeMap<(usize, String), u32> = BTreeMap::new();
    for project in projects {
        let row = project.row.row.unwrap_or_default();
        let id = project.option.id.as_str();
        match numbers.get(&(project.district, id)) {
            Some(first) => ledger.error(Some(project.number.clone()), id, Problem::Twice(*first)),
            None => {
                numbers.insert((project.district, id), row);
            }
        }
        let name = project.option.name.get(&languages.own).unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        match names.get(&(project.district, fold(name))) {
            Some(first) => ledger.warning(Some(project.name.clone()), name, Warning::SameName(*first)),
            None => {
                names.insert((project.district, fold(name)), row);
            }
        }
    }
}

/// Words of exclusion that no other project of the list has.
fn alone(projects: &[Project], ledger: &mut Ledger) {
    let mut groups: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for project in projects {
        if let Some((word, _)) = &project.exclusive {
            *groups.entry((project.district, word)).or_default() += 1;
        }
    }
    for project in projects {
        if let Some((word, place)) = &project.exclusive
            && groups.get(&(project.district, word)) == Some(&1)
        {
            ledger.error(Some(place.clone()), word.clone(), Problem::Alone);
        }
    }
}

/// The projects of a list that exclude one another, by their identifiers.
pub(super) fn exclusive(projects: &[&Project]) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for project in projects {
        if let Some((word, _)) = &project.exclusive {
            groups.entry(word).or_default().push(project.option.id.clone());
        }
    }
    groups.into_values().collect()
}
