//! What people felt.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter};
use std::time::Duration;

/// What people felt who wanted one thing.
#[derive(Debug, Clone, Default)]
pub struct Felt {
    /// How long each waited, from the first try to the end.
    pub waits: Vec<Duration>,
    /// How often somebody was refused or told to try again, by the name of the problem.
    pub refused: BTreeMap<String, u64>,
    /// Who was never served.
    pub unserved: u64,
}

impl Felt {
    /// Adds what others felt.
    pub fn add(&mut self, more: Felt) {
        self.waits.extend(more.waits);
        for (problem, times) in more.refused {
            *self.refused.entry(problem).or_default() += times;
        }
        self.unserved += more.unserved;
    }

    /// Counts a refusal.
    pub fn refuse(&mut self, problem: &str) {
        *self.refused.entry(problem.to_owned()).or_default() += 1;
    }

    /// How often anybody was refused.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.refused.values().sum()
    }

    /// The wait that so many of a hundred did not exceed.
    #[must_use]
    pub fn percentile(&self, hundredths: usize) -> Duration {
        let mut sorted = self.waits.clone();
        sorted.sort();
        let place = (sorted.len() * hundredths).div_ceil(100).saturating_sub(1);
        sorted.get(place).copied().unwrap_or_default()
    }

    fn cells(&self) -> String {
        let (middle, worst) = (self.percentile(50).as_millis(), self.percentile(99).as_millis());
        format!("{:>6} {middle:>7} {worst:>7} {:>7} {:>8}", self.waits.len(), self.refusals(), self.unserved)
    }
}

/// One flood.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub what: &'static str,
    /// Casting a ballot, until its receipt.
    pub casting: Felt,
    /// Signing in, from the number to the registered key; where no code comes, to the answer that one is on its way.
    pub entering: Felt,
    /// The flood's own requests in a second.
    pub requests: f64,
    /// Acknowledged ballots, of this flood and of those before it, that are not on the board.
    pub lost: u64,
}

impl Display for Row {
    fn fmt(&self, text: &mut Formatter<'_>) -> std::fmt::Result {
        write!(
            text,
            "{:<10} {} | {} | {:>6.0} | {}",
            self.name,
            self.casting.cells(),
            self.entering.cells(),
            self.requests,
            self.lost
        )?;
        for (what, felt) in [("casting", &self.casting), ("signing in", &self.entering)] {
            for (problem, times) in &felt.refused {
                write!(text, "\n           {what}: {times} × {problem}")?;
            }
        }
        Ok(())
    }
}

/// Everything, with what the columns are.
pub fn table(rows: &[Row]) -> String {
    let head = "           casting: p50 and p99 in ms         | signing in: p50 and p99 in ms      | flood/s | lost\n\
                flood        done     p50     p99 refused unserved |   done     p50     p99 refused unserved |";
    let mut lines = vec![head.to_owned()];
    lines.extend(rows.iter().map(Row::to_string));
    lines.extend(rows.iter().map(|row| format!("{:<10} {}", row.name, row.what)));
    lines.join("\n")
}
