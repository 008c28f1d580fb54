//! The section VOTES.

use std::collections::{HashMap, HashSet};

use super::Project;
use super::error::{PabulibError, RowProblem, shown};
use super::meta::{Amount, Meta};
use super::rows::{Columns, Rows};

/// One row of VOTES.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// The line it stands on.
    pub line: u64,
    /// The projects named, as positions in [`super::PabulibFile::projects`], in the voter's order; or why this
    /// is no ballot.
    pub picks: Result<Vec<usize>, RowProblem>,
    /// The points of each of them, where the file's vote type gives points; otherwise empty.
    pub points: Vec<u32>,
}

/// Reads the rows. Whether they give points is what META's `vote_type` says.
pub(super) fn read(
    rows: &mut Rows<'_>,
    meta: &Meta,
    projects: &[Project],
) -> Result<Vec<Vote>, PabulibError> {
    // A file of an election that nobody has voted in yet ends here: that is what `import` is for.
    let Some(header) = rows.next()? else {
        return Ok(Vec::new());
    };
    let columns = Columns::read("VOTES", &header)?;
    let vote = columns.need("vote")?;
    let points = match meta.get("vote_type") {
        Some("cumulative" | "scoring") => Some(columns.need("points")?),
        _ => None,
    };
    let positions: HashMap<&str, usize> =
        projects.iter().enumerate().map(|(index, project)| (project.id.as_str(), index)).collect();
    let mut votes = Vec::new();
    while let Some(row) = rows.next()? {
        let read = if row.lines > 1 {
            Err(RowProblem::SeveralLines { lines: row.lines })
        } else if !row.has_width(columns.len()) {
            Err(RowProblem::FieldCount { expected: columns.len(), found: row.len() })
        } else {
            read_picks(row.get(vote), &positions).and_then(|picks| {
                let points = points.map(|column| read_points(row.get(column), picks.len())).transpose()?;
                Ok((picks, points.unwrap_or_default()))
            })
        };
        votes.push(match read {
            Ok((picks, points)) => Vote { line: row.line, picks: Ok(picks), points },
            Err(problem) => Vote { line: row.line, picks: Err(problem), points: Vec::new() },
        });
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

fn read_points(text: &str, projects: usize) -> Result<Vec<u32>, RowProblem> {
    let parts: Vec<&str> =
        if text.is_empty() { Vec::new() } else { text.split(',').map(str::trim).collect() };
    if parts.len() != projects {
        return Err(RowProblem::PointsCount { projects, points: parts.len() });
    }
    let whole = |part: &&str| match Amount::parse(part) {
        Some(Amount { units, fraction: false }) => u32::try_from(units).ok(),
        _ => None,
    };
    let point = |part: &&str| whole(part).ok_or_else(|| RowProblem::BadPoints { points: shown(part) });
    parts.iter().map(point).collect()
}
