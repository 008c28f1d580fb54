//! A second reading of Pabulib files that shares nothing with the command line: a few plain lines, to count votes,
//! points and scores by, and to say who is funded.

use std::collections::HashMap;
use std::path::Path;

pub struct File {
    pub meta: HashMap<String, String>,
    pub projects: Vec<HashMap<String, String>>,
    pub votes: Vec<HashMap<String, String>>,
}

/// Splits a line at `;` outside of quotes.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ';' if !quoted => fields.push(String::new()),
            other => fields.last_mut().unwrap().push(other),
        }
    }
    fields.iter().map(|field| field.trim().to_owned()).collect()
}

impl File {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let section = |from: &str, to: Option<&str>| -> Vec<HashMap<String, String>> {
            let mut lines = text.lines().skip_while(|line| line.trim() != from).skip(1);
            let header = fields(lines.next().unwrap());
            let rows =
                lines.take_while(|line| to != Some(line.trim())).filter(|line| !line.trim().is_empty());
            rows.map(|line| header.iter().cloned().zip(fields(line)).collect()).collect()
        };
        let meta = section("META", Some("PROJECTS"));
        Self {
            meta: meta.iter().map(|row| (row["key"].clone(), row["value"].clone())).collect(),
            projects: section("PROJECTS", Some("VOTES")),
            votes: section("VOTES", None),
        }
    }

    /// A column of PROJECTS as numbers.
    pub fn column(&self, name: &str) -> Vec<u64> {
        self.projects.iter().map(|project| project[name].parse().unwrap()).collect()
    }

    /// What the first `rows` rows give each project when `value` says what a row gives its projects, by their place
    /// in the row; and how many rows `value` takes for ballots.
    pub fn count(
        &self,
        rows: usize,
        value: impl Fn(&[usize], &[u64]) -> Option<Vec<u64>>,
    ) -> (Vec<u64>, u32) {
        let positions: HashMap<&str, usize> = self
            .projects
            .iter()
            .enumerate()
            .map(|(at, project)| (project["project_id"].as_str(), at))
            .collect();
        let (mut totals, mut ballots) = (vec![0; self.projects.len()], 0);
        for row in self.votes.iter().take(rows) {
            let picks: Vec<usize> =
                row["vote"].split(',').filter(|id| !id.is_empty()).map(|id| positions[id.trim()]).collect();
            let points = row.get("points").map_or("", String::as_str);
            let points: Vec<u64> = points
                .split(',')
                .filter(|point| !point.is_empty())
                .map(|point| point.parse().unwrap())
                .collect();
            let Some(values) = value(&picks, &points) else { continue };
            ballots += 1;
            picks.iter().zip(values).for_each(|(pick, value)| totals[*pick] += value);
        }
        (totals, ballots)
    }

    /// The projects that the file says were funded.
    pub fn selected(&self) -> Vec<String> {
        let selected = self.projects.iter().filter(|project| project["selected"] == "1");
        let mut ids: Vec<String> = selected.map(|project| project["project_id"].clone()).collect();
        ids.sort_unstable();
        ids
    }
}
