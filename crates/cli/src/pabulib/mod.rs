//! Reads `.pb` files of the participatory-budgeting library Pabulib.
//!
//! The format (described on <https://pabulib.org/format>) is text of three sections, `META`, `PROJECTS` and
//! `VOTES`, each with a header row, `;`-separated with CSV quoting. Real files are followed where they are
//! sloppy without being ambiguous: a byte-order mark, CRLF, blank lines, columns in any order, unknown keys
//! and columns, empty fields that a spreadsheet has padded, an unquoted `;` in a META value.
//!
//! What would change a count is never guessed: a broken META or PROJECTS is an error with its line; a broken
//! row of VOTES is kept as a
//! [`RowProblem`] in its place, so that whoever counts can say which voter's row was refused and why.

mod error;
mod rows;

use std::collections::{BTreeMap, HashMap, HashSet};

pub(crate) use error::shown;
pub use error::{PabulibError, PabulibErrorKind, RowProblem};
use rows::{Columns, Row, Rows};
use time::{Date, Month};

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

/// The section META: keys in small letters, values as given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meta {
    values: BTreeMap<String, (u64, String)>,
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
    /// The total the file publishes for it, where it does.
    pub votes: Option<u64>,
    /// Where it is, if a column says so.
    pub place: Option<String>,
    /// Its description, if there is one.
    pub description: Option<String>,
    /// The line it stands on.
    pub line: u64,
}

/// One row of VOTES.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// The line it stands on.
    pub line: u64,
    /// The voter's id, as given.
    pub voter: String,
    /// The projects named, as positions in [`PabulibFile::projects`], in the voter's order; or why this is no
    /// ballot.
    pub picks: Result<Vec<usize>, RowProblem>,
}

/// An amount of money as the file gives it: whole units and, rarely, a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// Whole units of the currency.
    pub units: u64,
    /// Whether there is anything behind the decimal point.
    pub fraction: bool,
}

impl Amount {
    fn parse(text: &str) -> Option<Self> {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(rest) {
            return None;
        }
        let fraction = rest.bytes().any(|byte| byte != b'0');
        Some(Self { units: whole.parse().ok()?, fraction })
    }
}

impl Meta {
    /// The value of a key, if the file has it and it is not empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The line a key stands on; 1 where it doesn't.
    pub fn line(&self, key: &str) -> u64 {
        self.values.get(key).map_or(1, |(line, _)| *line)
    }

    /// A whole number.
    pub fn number(&self, key: &str) -> Result<Option<u64>, PabulibError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        match Amount::parse(value) {
            Some(Amount { units, fraction: false }) => Ok(Some(units)),
            _ => Err(bad_value(self.line(key), key, value, "a whole number")),
        }
    }

    /// An amount of money.
    pub fn amount(&self, key: &str) -> Result<Option<Amount>, PabulibError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        Amount::parse(value)
            .map(Some)
            .ok_or_else(|| bad_value(self.line(key), key, value, "an amount such as 15000"))
    }

    /// The first day that a date names: `31.10.2022` (Pabulib's own form), `2022-10-31`, or a year alone,
    /// which begins on 1 January.
    pub fn first_day(&self, key: &str) -> Result<Option<Date>, PabulibError> {
        self.day(key, (1, 1))
    }

    /// The last day that a date names: a year alone ends on 31 December.
    pub fn last_day(&self, key: &str) -> Result<Option<Date>, PabulibError> {
        self.day(key, (12, 31))
    }

    fn day(&self, key: &str, of_a_year: (u8, u8)) -> Result<Option<Date>, PabulibError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let day = parse_day(value, of_a_year);
        day.map(Some).ok_or_else(|| bad_value(self.line(key), key, value, "a day such as 31.10.2022"))
    }
}

fn parse_day(text: &str, of_a_year: (u8, u8)) -> Option<Date> {
    let dots: Vec<&str> = text.split('.').collect();
    let dashes: Vec<&str> = text.split('-').collect();
    let number = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok()).flatten()
    };
    let (year, (month, day)) = match (dots.as_slice(), dashes.as_slice()) {
        ([day, month, year], _) | (_, [year, month, day]) => {
            (*year, (u8::try_from(number(month)?).ok()?, u8::try_from(number(day)?).ok()?))
        }
        ([year], _) => (*year, of_a_year),
        _ => return None,
    };
    if year.len() != 4 {
        return None;
    }
    Date::from_calendar_date(number(year)?.into(), Month::try_from(month).ok()?, day).ok()
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
        let votes = read_votes(&mut rows, &projects)?;
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
    let reader = ProjectReader {
        id: columns.need("project_id")?,
        cost: columns.need("cost")?,
        name: columns.find("name"),
        votes: columns.find("votes"),
        place: ["neighborhood", "subunit", "district"].iter().find_map(|name| columns.find(name)),
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
    place: Option<usize>,
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
        let cost = Amount::parse(cost)
            .ok_or_else(|| bad_value(row.line, "cost", cost, "an amount such as 15000"))?;
        let votes = match text(self.votes) {
            None => None,
            Some(text) => match Amount::parse(&text) {
                Some(Amount { units, fraction: false }) => Some(units),
                _ => return Err(bad_value(row.line, "votes", &text, "a whole number")),
            },
        };
        let name = text(self.name).unwrap_or_else(|| id.clone());
        let (place, description) = (text(self.place), text(self.description));
        Ok(Project { id, name, cost, votes, place, description, line: row.line })
    }
}

fn read_votes(rows: &mut Rows<'_>, projects: &[Project]) -> Result<Vec<Vote>, PabulibError> {
    // A file of an election that nobody has voted in yet ends here: that is what `import` is for.
    let Some(header) = rows.next()? else {
        return Ok(Vec::new());
    };
    let columns = Columns::read("VOTES", &header)?;
    let voter = columns.need("voter_id")?;
    let vote = columns.need("vote")?;
    let positions: HashMap<&str, usize> =
        projects.iter().enumerate().map(|(index, project)| (project.id.as_str(), index)).collect();
    let mut votes = Vec::new();
    while let Some(row) = rows.next()? {
        let picks = if row.lines > 1 {
            Err(RowProblem::SeveralLines { lines: row.lines })
        } else if !row.has_width(columns.len()) {
            Err(RowProblem::FieldCount { expected: columns.len(), found: row.len() })
        } else {
            read_picks(row.get(vote), &positions)
        };
        votes.push(Vote { line: row.line, voter: row.get(voter).to_owned(), picks });
    }
    Ok(votes)
}

fn read_picks(text: &str, positions: &HashMap<&str, usize>) -> Result<Vec<usize>, RowProblem> {
    let mut picks = Vec::new();
    // An empty field is a ballot that names nothing, which a rule may allow.
    if text.is_empty() {
        return Ok(picks);
    }
    let mut seen = HashSet::new();
    for id in text.split(',').map(str::trim) {
        if id.is_empty() {
            return Err(RowProblem::EmptyChoice);
        }
        let Some(&index) = positions.get(id) else {
            return Err(RowProblem::UnknownProject { id: shown(id) });
        };
        if !seen.insert(index) {
            return Err(RowProblem::RepeatedProject { id: shown(id) });
        }
        picks.push(index);
    }
    Ok(picks)
}

#[cfg(test)]
mod tests;
