//! Reads `.pb` files of the participatory-budgeting library Pabulib.
//!
//! The format (described on <https://pabulib.org/format>) is text of three sections, `META`, `PROJECTS` and
//! `VOTES`, each with a header row, `;`-separated with CSV quoting. Real files are followed where they are
//! sloppy without being ambiguous: a byte-order mark, CRLF, blank lines, columns in any order, unknown keys
//! and columns, empty fields that a spreadsheet has padded, an unquoted `;` in a META value.
//!
//! What would change a count is never guessed: a broken META or PROJECTS is an error with its line; a broken
//! row of VOTES is kept as a [`RowProblem`] in its place, so that whoever counts can say which row was refused
//! and why. Voters' ids are not read: nothing here needs them.

mod error;
mod meta;
mod rows;
mod votes;

use std::collections::HashMap;

pub(crate) use error::shown;
pub use error::{PabulibError, PabulibErrorKind, RowProblem};
pub use meta::{Amount, Meta};
use rows::{Columns, Row, Rows};
use veche_record::manifest::MAX_NUMBER_CHARS;
pub use votes::Vote;

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PabulibFile {
    /// The section META.
    pub meta: Meta,
    /// The section PROJECTS, in file order.
    pub projects: Vec<Project>,
    /// The section VOTES, in file order, with the rows that are no ballots.
    pub votes: Vec<Vote>,
}

/// One project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its id, as given.
    pub id: String,
    /// Its name as given, or its id where there is none.
    pub name: String,
    /// Its cost.
    pub cost: Amount,
    /// How many ballots the file says name it, where it does.
    pub votes: Option<u64>,
    /// How many points the file says it has, where it does.
    pub score: Option<u64>,
    /// Where it is, if a column says so.
    pub place: Option<String>,
    /// What the town calls it by: its `public_id`, or its id in a file that has no such column.
    pub number: Option<String>,
    /// Its categories, if a column says so.
    pub category: Option<String>,
    /// Latitude and longitude as a manifest writes them, if two columns say so in a form that can be read.
    pub coordinates: Option<String>,
    /// Its description, if there is one.
    pub description: Option<String>,
    /// The line it stands on.
    pub line: u64,
}

fn bad_value(line: u64, key: &str, value: &str, expected: &'static str) -> PabulibError {
    let kind = PabulibErrorKind::BadValue { key: shown(key), value: shown(value), expected };
    PabulibError { line, kind }
}

impl PabulibFile {
    /// Reads a whole file.
    pub fn parse(bytes: &[u8]) -> Result<Self, PabulibError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or(&[]);
            let breaks = before.iter().filter(|byte| **byte == b'\n').count();
            let line = u64::try_from(breaks).unwrap_or(u64::MAX).saturating_add(1);
            PabulibError { line, kind: PabulibErrorKind::NotUtf8 }
        })?;
        let mut rows = Rows::new(text.strip_prefix('\u{feff}').unwrap_or(text));
        let meta = read_meta(&mut rows)?;
        let projects = read_projects(&mut rows)?;
        let votes = votes::read(&mut rows, &meta, &projects)?;
        Ok(Self { meta, projects, votes })
    }
}

fn missing(rows: &mut Rows<'_>, section: &'static str) -> PabulibError {
    PabulibError { line: rows.here(), kind: PabulibErrorKind::MissingSection { section } }
}

fn read_meta(rows: &mut Rows<'_>) -> Result<Meta, PabulibError> {
    let Some(first) = rows.next()? else {
        return Err(missing(rows, "META"));
    };
    if !first.opens("META") {
        let kind = PabulibErrorKind::NotPabulib { found: shown(first.get(0)) };
        return Err(PabulibError { line: first.line, kind });
    }
    let mut meta = Meta::default();
    let mut is_first = true;
    loop {
        let Some(row) = rows.next()? else {
            return Err(missing(rows, "PROJECTS"));
        };
        if row.opens("PROJECTS") {
            return Ok(meta);
        }
        if row.opens("VOTES") {
            return Err(missing(rows, "PROJECTS"));
        }
        let header = row.get(0).eq_ignore_ascii_case("key") && row.get(1).eq_ignore_ascii_case("value");
        if std::mem::take(&mut is_first) && header {
            continue;
        }
        let key = row.get(0).to_ascii_lowercase();
        // An unquoted `;` inside a description splits it; what was split is joined again.
        let parts: Vec<&str> = row.iter().skip(1).collect();
        let value = parts.join(";").trim_end_matches(';').to_owned();
        if meta.values.insert(key.clone(), (row.line, value)).is_some() {
            let kind = PabulibErrorKind::DuplicateKey { key: shown(&key) };
            return Err(PabulibError { line: row.line, kind });
        }
    }
}

fn read_projects(rows: &mut Rows<'_>) -> Result<Vec<Project>, PabulibError> {
    let Some(header) = rows.next()? else {
        return Err(missing(rows, "VOTES"));
    };
    let columns = Columns::read("PROJECTS", &header)?;
    let id = columns.need("project_id")?;
    let reader = ProjectReader {
        id,
        cost: columns.need("cost")?,
        name: columns.find("name"),
        votes: columns.find("votes"),
        score: columns.find("score"),
        place: ["neighborhood", "subunit", "district"].iter().find_map(|name| columns.find(name)),
        // A file without the column names its projects by the number that people know.
        number: columns.find("public_id").or(Some(id)),
        category: columns.find("category"),
        coordinates: columns.find("latitude").zip(columns.find("longitude")),
        description: columns.find("description"),
    };
    let mut projects = Vec::new();
    let mut lines: HashMap<String, u64> = HashMap::new();
    loop {
        let Some(row) = rows.next()? else {
            return Err(missing(rows, "VOTES"));
        };
        if row.opens("VOTES") {
            break;
        }
        if !row.has_width(columns.len()) {
            let kind = PabulibErrorKind::FieldCount { expected: columns.len(), found: row.len() };
            return Err(PabulibError { line: row.line, kind });
        }
        let project = reader.read(&row)?;
        if lines.insert(project.id.clone(), row.line).is_some() {
            let kind = PabulibErrorKind::DuplicateProject { id: shown(&project.id) };
            return Err(PabulibError { line: row.line, kind });
        }
        projects.push(project);
    }
    if projects.is_empty() {
        return Err(PabulibError { line: header.line, kind: PabulibErrorKind::NoProjects });
    }
    Ok(projects)
}

/// Which column holds what.
struct ProjectReader {
    id: usize,
    cost: usize,
    name: Option<usize>,
    votes: Option<usize>,
    score: Option<usize>,
    place: Option<usize>,
    number: Option<usize>,
    category: Option<usize>,
    coordinates: Option<(usize, usize)>,
    description: Option<usize>,
}

impl ProjectReader {
    fn read(&self, row: &Row) -> Result<Project, PabulibError> {
        // Some files write None where there is nothing.
        let text = |column: Option<usize>| {
            column
                .map(|index| row.get(index))
                .filter(|text| !text.is_empty() && *text != "None")
                .map(str::to_owned)
        };
        let id = row.get(self.id).to_owned();
        if id.is_empty() {
            return Err(PabulibError { line: row.line, kind: PabulibErrorKind::EmptyProjectId });
        }
        let cost = row.get(self.cost);
        let cost = Amount::parse(cost).ok_or_else(|| bad_value(row.line, "cost", cost, meta::AMOUNT))?;
        let total = |column, name: &str| match text(column) {
            None => Ok(None),
            Some(text) => match Amount::parse(&text) {
                Some(Amount { units, fraction: false }) => Ok(Some(units)),
                _ => Err(bad_value(row.line, name, &text, "a whole number")),
            },
        };
        let (votes, score) = (total(self.votes, "votes")?, total(self.score, "score")?);
        let name = text(self.name).unwrap_or_else(|| id.clone());
        let coordinates = self.coordinates.and_then(|(latitude, longitude)| {
            Some(format!("{},{}", degrees(row.get(latitude), 90.0)?, degrees(row.get(longitude), 180.0)?))
        });
        Ok(Project {
            id,
            name,
            cost,
            votes,
            score,
            place: text(self.place),
            number: text(self.number).filter(|number| {
                number.chars().count() <= MAX_NUMBER_CHARS && !number.chars().any(char::is_control)
            }),
            category: text(self.category),
            coordinates,
            description: text(self.description),
            line: row.line,
        })
    }
}

/// Degrees with at most six decimals, a tenth of a metre; nothing where the field is no number within the bound. Where
/// a project is changes no count, so that such a field is left out and the file is read.
fn degrees(text: &str, most: f64) -> Option<String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    let degrees = text.parse::<f64>().ok().filter(|degrees| plain && degrees.abs() <= most)?;
    let written = format!("{degrees:.6}");
    Some(written.trim_end_matches('0').trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests;
