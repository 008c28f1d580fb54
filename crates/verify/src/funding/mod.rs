//! Who is funded: what the totals of a contest decide by its manifest's greedy method.
//!
//! Options of one total are a _group_; groups are taken from the highest total down. What one option gets when it is
//! its turn, the first that applies:
//!
//! | | |
//! |---|---|
//! | its total is below the minimum | nothing |
//! | one of its rivals is funded | nothing, and it stops nobody |
//! | it costs nothing | it is funded, also after a stop |
//! | there was a stop | nothing |
//! | what is left pays for it | it is funded |
//! | otherwise | nothing, and under `stop` nothing below it gets money |
//!
//! Within a group the turns go by cost and manifest order, by manifest order, or by lot. A lot is drawn only where it
//! decides something. Let T be the options of the group that have the minimum, no funded rival, and a cost that is 0
//! or, before a stop, within what is left; and U, under `stop` before one, the other options with the minimum and
//! without a funded rival. The group's tie is to be drawn when not all of T can be funded together (their costs are
//! more than what is left, or two of them are rivals), or when U is not empty and an option of T costs something. The
//! draw orders exactly T and U. In any other group, T comes first.

use std::cmp::Reverse;
use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use veche_record::Manifest;
use veche_record::manifest::{Contest, Greedy, Ties, Unaffordable};

use crate::result::ResultFile;

/// What an option gets, or why it gets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is funded.
    Funded,
    /// Its total is below the minimum.
    TooFewVotes,
    /// A rival is funded.
    Excluded {
        /// The rival's position in the manifest.
        by: usize,
    },
    /// What was left did not pay for it.
    TooDear {
        /// How much was left when it was its turn.
        left: u64,
    },
    /// An option above it was too dear, and nothing below that one gets money.
    Stopped,
    /// It is in the tie that is drawn next.
    ToBeDrawn,
    /// It stands below a tie that is to be drawn.
    Waiting,
}

impl Verdict {
    /// A name for software.
    pub const fn name(&self) -> &'static str {
        match self {
            Verdict::Funded => "funded",
            Verdict::TooFewVotes => "too-few-votes",
            Verdict::Excluded { .. } => "excluded",
            Verdict::TooDear { .. } => "too-dear",
            Verdict::Stopped => "stopped",
            Verdict::ToBeDrawn => "to-be-drawn",
            Verdict::Waiting => "waiting",
        }
    }

    /// Whether it is funded; nothing as long as a draw may decide that.
    pub const fn is_funded(&self) -> Option<bool> {
        match self {
            Verdict::Funded => Some(true),
            Verdict::ToBeDrawn | Verdict::Waiting => None,
            _ => Some(false),
        }
    }
}

/// What the totals of a contest, and the draws so far, decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funded {
    /// The options by position, in the order of their turns.
    pub order: Vec<usize>,
    /// The options' verdicts, by position.
    pub verdicts: Vec<Verdict>,
    /// What there was.
    pub budget: u64,
    /// What the funded options cost together.
    pub spent: u64,
    /// The options that the next draw must order, by position, ascending; none when nothing is to be drawn.
    pub undecided: Option<Vec<usize>>,
}

/// A draw that is on the board: the order of options of one total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The contest's position.
    pub contest: u16,
    /// The options by position, the first drawn first.
    pub order: Vec<u16>,
}

/// The total of every option of a contest, over all its groups; nothing where the totals of a group are withheld.
pub fn contest_totals(contest: &Contest, totals: &ResultFile) -> Option<Vec<u64>> {
    let mut sums = vec![0_u64; contest.options.len()];
    for group in totals.contests.iter().filter(|group| group.id == contest.id) {
        if group.withheld {
            return None;
        }
        for (sum, option) in sums.iter_mut().zip(&group.options) {
            *sum = sum.saturating_add(option.total);
        }
    }
    Some(sums)
}

/// Who is funded in one contest, by the options' ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestFunding {
    /// The contest's id.
    pub contest: String,
    /// The options that are funded, in manifest order.
    pub funded: Vec<String>,
    /// What the funded options cost together.
    pub spent: u64,
    /// The options that the next draw must order, in manifest order; none when nothing is to be drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_be_drawn: Vec<String>,
    /// The draws on the board, each in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub draws: Vec<Vec<String>>,
}

impl ContestFunding {
    /// Who is funded in every contest whose totals are published and decide that.
    pub fn all(manifest: &Manifest, totals: &ResultFile, draws: &[Drawn]) -> Vec<Self> {
        let contests = (0_u16..).zip(manifest.contests());
        contests
            .filter_map(|(position, contest)| {
                let own = || draws.iter().filter(|draw| draw.contest == position);
                let order = own().map(|draw| draw.order.as_slice());
                let funded = fund(contest, &contest_totals(contest, totals)?, order)?;
                let id = |option: usize| contest.options.get(option).map(|option| option.id.clone());
                let verdicts = (0..).zip(&funded.verdicts);
                let chosen = verdicts.filter(|(_, verdict)| **verdict == Verdict::Funded);
                Some(ContestFunding {
                    contest: contest.id.clone(),
                    funded: chosen.filter_map(|(option, _)| id(option)).collect(),
                    spent: funded.spent,
                    to_be_drawn: funded.undecided.into_iter().flatten().filter_map(id).collect(),
                    draws: own()
                        .map(|draw| draw.order.iter().filter_map(|o| id(usize::from(*o))).collect())
                        .collect(),
                })
            })
            .collect()
    }
}

/// Who is funded. `totals` has the total of every option, by position; `draws` are those of the contest, in the order
/// of the board. Nothing where the manifest says that the totals fund nobody.
///
/// A draw that does not order exactly the tie that is next decides nothing, nor does any after it.
pub fn fund<'d>(
    contest: &Contest,
    totals: &[u64],
    draws: impl IntoIterator<Item = &'d [u16]>,
) -> Option<Funded> {
    let (greedy, budget) = contest.funding.greedy().zip(contest.budget)?;
    let costs: Option<Vec<u64>> = contest.options.iter().map(|option| option.cost).collect();
    let run = Run {
        greedy,
        costs: costs.filter(|costs| costs.len() == totals.len())?,
        rivals: contest.rivals(),
        left: budget,
        stopped: false,
        order: Vec::with_capacity(totals.len()),
        verdicts: vec![Verdict::Waiting; totals.len()],
    };
    let (run, undecided) = run.all(totals, draws.into_iter());
    let Run { order, verdicts, left, .. } = run;
    Some(Funded { order, verdicts, budget, spent: budget - left, undecided })
}

struct Run<'a> {
    greedy: &'a Greedy,
    costs: Vec<u64>,
    rivals: Vec<Vec<usize>>,
    left: u64,
    stopped: bool,
    order: Vec<usize>,
    verdicts: Vec<Verdict>,
}

impl Run<'_> {
    fn all<'d>(
        mut self,
        totals: &[u64],
        mut draws: impl Iterator<Item = &'d [u16]>,
    ) -> (Self, Option<Vec<usize>>) {
        let total = |option: &usize| totals.get(*option).copied().unwrap_or(0);
        let mut options: Vec<usize> = (0..totals.len()).collect();
        options.sort_by_key(|option| Reverse(total(option)));
        let mut undecided = None;
        for group in options.chunk_by(|one, next| total(one) == total(next)) {
            let few = group.first().is_none_or(|option| total(option) < self.greedy.minimum_votes);
            if few || undecided.is_some() {
                let verdict = if few { Verdict::TooFewVotes } else { Verdict::Waiting };
                self.by_cost(group).into_iter().for_each(|option| self.say(option, verdict));
                continue;
            }
            match self.turns(group, &mut draws) {
                Ok(turns) => turns.into_iter().for_each(|option| self.turn(option)),
                Err(tie) => {
                    tie.iter().for_each(|option| self.say(*option, Verdict::ToBeDrawn));
                    // Whatever the draw, these get nothing.
                    let others = group.iter().filter(|option| !tie.contains(option));
                    others.for_each(|option| self.turn(*option));
                    undecided = Some(tie);
                }
            }
        }
        (self, undecided)
    }

    /// In which order the options of a group have their turns; or those of them that must be drawn for.
    fn turns<'d>(
        &self,
        group: &[usize],
        draws: &mut impl Iterator<Item = &'d [u16]>,
    ) -> Result<Vec<usize>, Vec<usize>> {
        let first = match self.greedy.ties {
            Ties::Cheaper => return Ok(self.by_cost(group)),
            Ties::Order => return Ok(group.to_vec()),
            Ties::Lot => {
                let open: Vec<usize> =
                    group.iter().copied().filter(|option| self.funded_rival(*option).is_none()).collect();
                let (fits, dear): (Vec<usize>, Vec<usize>) =
                    open.into_iter().partition(|option| self.fits(*option));
                let stops = self.greedy.unaffordable == Unaffordable::Stop && !self.stopped;
                let dear = if stops { dear } else { Vec::new() };
                let costly = fits.iter().any(|option| self.cost(*option) > 0);
                if self.all_together(&fits) && (dear.is_empty() || !costly) {
                    fits
                } else {
                    let mut tie: Vec<usize> = fits.into_iter().chain(dear).collect();
                    tie.sort_unstable();
                    drawn(&tie, draws.next()).ok_or(tie)?
                }
            }
        };
        let others: Vec<usize> = group.iter().copied().filter(|option| !first.contains(option)).collect();
        Ok(first.into_iter().chain(others).collect())
    }

    fn by_cost(&self, group: &[usize]) -> Vec<usize> {
        let mut group = group.to_vec();
        group.sort_by_key(|option| self.cost(*option));
        group
    }

    fn cost(&self, option: usize) -> u64 {
        self.costs.get(option).copied().unwrap_or(u64::MAX)
    }

    fn fits(&self, option: usize) -> bool {
        let cost = self.cost(option);
        cost == 0 || (!self.stopped && cost <= self.left)
    }

    fn rivals(&self, option: usize) -> &[usize] {
        self.rivals.get(option).map_or(&[], Vec::as_slice)
    }

    fn funded_rival(&self, option: usize) -> Option<usize> {
        let funded = |rival: &usize| self.verdicts.get(*rival) == Some(&Verdict::Funded);
        self.rivals(option).iter().copied().find(funded)
    }

    /// Whether all of these options, each of which fits, can be funded.
    fn all_together(&self, options: &[usize]) -> bool {
        // The costs of a contest add up to 53 bits.
        let cost: u64 = options.iter().map(|option| self.cost(*option)).sum();
        let set: HashSet<usize> = options.iter().copied().collect();
        let rivals = |option: &usize| self.rivals(*option).iter().any(|rival| set.contains(rival));
        cost <= self.left && !options.iter().any(rivals)
    }

    fn turn(&mut self, option: usize) {
        let cost = self.cost(option);
        let verdict = if let Some(by) = self.funded_rival(option) {
            Verdict::Excluded { by }
        } else if cost == 0 {
            Verdict::Funded
        } else if self.stopped {
            Verdict::Stopped
        } else if let Some(rest) = self.left.checked_sub(cost) {
            self.left = rest;
            Verdict::Funded
        } else {
            self.stopped = self.greedy.unaffordable == Unaffordable::Stop;
            Verdict::TooDear { left: self.left }
        };
        self.say(option, verdict);
    }

    fn say(&mut self, option: usize, verdict: Verdict) {
        self.order.push(option);
        if let Some(slot) = self.verdicts.get_mut(option) {
            *slot = verdict;
        }
    }
}

/// The order of a draw, if it is one of exactly these options.
fn drawn(tie: &[usize], draw: Option<&[u16]>) -> Option<Vec<usize>> {
    let order: Vec<usize> = draw?.iter().map(|option| usize::from(*option)).collect();
    let mut sorted = order.clone();
    sorted.sort_unstable();
    (sorted == tie).then_some(order)
}

#[cfg(test)]
mod tests;
