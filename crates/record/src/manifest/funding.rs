//! Who is funded: what a contest's totals decide, as the manifest writes it.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::{Outcome, Problem, count, demand, refuse};
use super::{Contest, MAX_MONEY, MAX_OPTIONS};

/// Most lists of options that exclude one another, in one contest.
pub const MAX_EXCLUSIVE: usize = 500;
/// Most options in all of these lists together.
pub const MAX_EXCLUDED: usize = 5_000;

/// What a contest's totals decide.
///
/// Displayed, it is one English line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "lowercase", deny_unknown_fields)]
pub enum Funding {
    /// Nothing: the totals are an order, and what follows from it is decided elsewhere.
    None {},
    /// Money goes down the order of the totals.
    Greedy(Greedy),
}

/// Money goes down the order of the totals, to every option that has enough votes, is not excluded, and is paid for
/// by what is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Greedy {
    /// What an option does that the money left does not pay for.
    pub unaffordable: Unaffordable,
    /// The least total of an option that is funded.
    pub minimum_votes: u64,
    /// Which of several options with one total comes first.
    pub ties: Ties,
    /// Lists of options, by their identifiers, of which one at most is funded.
    pub exclusive: Vec<Vec<String>>,
}

/// What happens where the money left does not pay for an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unaffordable {
    /// It is passed over, and a cheaper one below it may be funded.
    Skip,
    /// Nothing below it gets money.
    Stop,
}

/// Which of several options with one total comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ties {
    /// The cheaper one; of equal costs the one that the manifest lists first.
    Cheaper,
    /// The one that the manifest lists first.
    Order,
    /// The one that is drawn first, wherever that decides who is funded.
    Lot,
}

impl Funding {
    /// The greedy method's settings, where it is that.
    pub fn greedy(&self) -> Option<&Greedy> {
        match self {
            Funding::None {} => None,
            Funding::Greedy(greedy) => Some(greedy),
        }
    }
}

impl fmt::Display for Funding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Funding::None {} => f.write_str("an order only, nobody is funded by it"),
            Funding::Greedy(greedy) => greedy.fmt(f),
        }
    }
}

impl fmt::Display for Greedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.unaffordable {
            Unaffordable::Skip => {
                "the largest total first, passing over what the money left does not pay for"
            }
            Unaffordable::Stop => {
                "the largest total first, until the first one that the money left does not pay for"
            }
        })?;
        write!(f, "; at least {} needed", self.minimum_votes)?;
        f.write_str(match self.ties {
            Ties::Cheaper => "; of equal totals the cheaper first",
            Ties::Order => "; of equal totals the one listed first",
            Ties::Lot => "; equal totals are drawn where that decides",
        })?;
        for list in &self.exclusive {
            write!(f, "; one at most of {}", list.join(", "))?;
        }
        Ok(())
    }
}

impl Contest {
    /// For every option, by position, the positions of those that it excludes and is excluded by, in order.
    pub fn rivals(&self) -> Vec<Vec<usize>> {
        let mut rivals = vec![Vec::new(); self.options.len()];
        let positions: HashMap<&str, usize> =
            self.options.iter().enumerate().map(|(i, option)| (option.id.as_str(), i)).collect();
        for list in self.funding.greedy().iter().flat_map(|greedy| &greedy.exclusive) {
            let list: Vec<usize> = list.iter().filter_map(|id| positions.get(id.as_str()).copied()).collect();
            for one in &list {
                if let Some(rivals) = rivals.get_mut(*one) {
                    rivals.extend(list.iter().filter(|other| *other != one));
                }
            }
        }
        for list in &mut rivals {
            list.sort_unstable();
            list.dedup();
        }
        rivals
    }
}

/// Whether a contest has what its funding needs.
pub(super) fn check(path: &str, contest: &Contest) -> Outcome {
    let Some(greedy) = contest.funding.greedy() else { return Ok(()) };
    demand(contest.budget.is_some(), format!("{path}.budget"), Problem::FundingBudget)?;
    if let Some(position) = contest.options.iter().position(|option| option.cost.is_none()) {
        return refuse(format!("{path}.options[{position}].cost"), Problem::FundingCost);
    }
    let path = format!("{path}.funding");
    demand(greedy.minimum_votes <= MAX_MONEY, format!("{path}.minimum_votes"), Problem::Money)?;
    let path = format!("{path}.exclusive");
    if !greedy.exclusive.is_empty() {
        count(&path, greedy.exclusive.len(), MAX_EXCLUSIVE)?;
    }
    let all = greedy.exclusive.iter().map(Vec::len).sum();
    demand(all <= MAX_EXCLUDED, &path, Problem::Count { found: all, most: MAX_EXCLUDED })?;
    let known: HashSet<&str> = contest.options.iter().map(|option| option.id.as_str()).collect();
    for (i, list) in greedy.exclusive.iter().enumerate() {
        let path = format!("{path}[{i}]");
        demand((2..=MAX_OPTIONS).contains(&list.len()), &path, Problem::Exclusive(list.len()))?;
        let mut seen = HashSet::new();
        for (j, id) in list.iter().enumerate() {
            let path = format!("{path}[{j}]");
            demand(known.contains(id.as_str()), &path, Problem::UnknownOption(id.clone()))?;
            demand(seen.insert(id), &path, Problem::Repeated(id.clone()))?;
        }
    }
    Ok(())
}
