//! What the totals of a contest mean: the order of its options, and who is funded.
//!
//! The options stand in the order of their totals, the largest first; of equal totals the cheaper one first; of
//! equal costs the one that the manifest lists first. Money is given down this list: each option is funded that
//! the money left still pays for, and one that it does not pay for is passed over. An option that nobody chose is
//! not funded. This is the rule that Pabulib calls greedy; the published winners of Łódź, Kraków and Katowice
//! follow it.
//!
//! Without a budget, or where an option has no cost, there is an order and no winner.

use veche_record::Manifest;
use veche_record::manifest::Contest;
use veche_verify::result::{GroupResult, ResultFile};

/// Why one option is funded, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is funded.
    Funded,
    /// What was left did not pay for it.
    TooDear {
        /// How much was left when it was its turn.
        left: u64,
    },
    /// Nobody chose it.
    NoVotes,
}

/// One option's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionPlace {
    /// Its position in the manifest.
    pub option: usize,
    /// Its total: votes, points or score.
    pub total: u64,
    /// What it costs, if the manifest says.
    pub cost: Option<u64>,
    /// Whether it is funded, where there is money to give.
    pub verdict: Option<Verdict>,
}

/// The money of a contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// What there was.
    pub budget: u64,
    /// What the funded options cost together.
    pub spent: u64,
}

/// A contest's options in their order.
#[derive(Debug)]
pub struct Standing<'a> {
    /// The contest.
    pub contest: &'a Contest,
    /// Its groups of ballots: one, or one for each style.
    pub groups: Vec<&'a GroupResult>,
    /// Counted ballots of all groups.
    pub ballots: u64,
    /// Blank ballots, where the contest allows them and the number is published.
    pub blank: Option<u64>,
    /// All options in their order; none where the total of a group is withheld.
    pub places: Vec<OptionPlace>,
    /// The money, where the manifest names a budget and every cost.
    pub money: Option<Money>,
}

impl<'a> Standing<'a> {
    /// The standings of all contests, in manifest order.
    pub fn all(manifest: &'a Manifest, totals: &'a ResultFile) -> Vec<Self> {
        manifest.contests().iter().map(|contest| Self::new(contest, totals)).collect()
    }

    fn new(contest: &'a Contest, totals: &'a ResultFile) -> Self {
        let groups: Vec<_> = totals.contests.iter().filter(|group| group.id == contest.id).collect();
        let blank = groups.iter().map(|group| group.blank).sum();
        let ballots = groups.iter().map(|group| u64::from(group.ballots)).sum();
        let withheld = groups.iter().any(|group| group.withheld);
        let sum = |option: usize| {
            groups.iter().filter_map(|group| group.options.get(option)).map(|o| o.total).sum()
        };
        let mut places: Vec<OptionPlace> = Vec::new();
        if !withheld {
            places.extend(contest.options.iter().enumerate().map(|(option, about)| OptionPlace {
                option,
                total: sum(option),
                cost: about.cost,
                verdict: None,
            }));
        }
        // A stable sort: what is equal stays in the manifest's order. Costs order only where all are known.
        let known = places.iter().all(|place| place.cost.is_some());
        places.sort_by_key(|place| (std::cmp::Reverse(place.total), place.cost.filter(|_| known)));
        let money = if withheld { None } else { fund(&mut places, contest.budget) };
        Self { contest, groups, ballots, blank, places, money }
    }

    /// Whether the total of a group, and so that of the contest, is withheld.
    pub fn is_withheld(&self) -> bool {
        self.groups.iter().any(|group| group.withheld)
    }

    /// How many options are funded.
    pub fn funded(&self) -> usize {
        self.places.iter().filter(|place| place.verdict == Some(Verdict::Funded)).count()
    }

    /// The first option that the money left did not pay for.
    pub fn short_at(&self) -> Option<&OptionPlace> {
        self.places.iter().find(|place| matches!(place.verdict, Some(Verdict::TooDear { .. })))
    }

    /// Options of one total of which some are funded and some are not: here the rule for ties decided, and a town
    /// may have another one.
    pub fn ties(&self) -> Vec<&[OptionPlace]> {
        let equal = self.places.chunk_by(|one, next| one.total == next.total);
        let funded = |place: &OptionPlace| place.verdict == Some(Verdict::Funded);
        equal.filter(|tie| tie.iter().any(funded) && !tie.iter().all(funded)).collect()
    }
}

/// Gives the money down the list, where every option has a cost.
fn fund(places: &mut [OptionPlace], budget: Option<u64>) -> Option<Money> {
    let budget = budget.filter(|_| places.iter().all(|place| place.cost.is_some()))?;
    let mut left = budget;
    for place in places {
        let verdict = match place.cost.and_then(|cost| left.checked_sub(cost)) {
            _ if place.total == 0 => Verdict::NoVotes,
            Some(rest) => {
                left = rest;
                Verdict::Funded
            }
            None => Verdict::TooDear { left },
        };
        place.verdict = Some(verdict);
    }
    Some(Money { budget, spent: budget - left })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(option: usize, total: u64, cost: Option<u64>) -> OptionPlace {
        OptionPlace { option, total, cost, verdict: None }
    }

    #[test]
    fn money_goes_down_the_list_and_passes_over_what_it_does_not_pay_for() {
        let mut places =
            [place(4, 90, Some(60)), place(1, 80, Some(50)), place(0, 70, Some(40)), place(2, 0, Some(1))];
        let money = fund(&mut places, Some(101)).unwrap();
        let verdicts: Vec<_> = places.iter().map(|place| place.verdict.unwrap()).collect();
        assert_eq!(
            verdicts,
            [Verdict::Funded, Verdict::TooDear { left: 41 }, Verdict::Funded, Verdict::NoVotes]
        );
        assert_eq!(money, Money { budget: 101, spent: 100 });
    }

    #[test]
    fn no_budget_or_a_missing_cost_gives_an_order_only() {
        let mut places = [place(0, 9, Some(60)), place(1, 8, None)];
        assert_eq!(fund(&mut places, Some(100)), None);
        assert!(places.iter().all(|place| place.verdict.is_none()));
        assert_eq!(fund(&mut places[..1], None), None);
    }

    #[test]
    fn nothing_is_left_to_the_last_coin() {
        let mut places = [place(0, 9, Some(60)), place(1, 8, Some(40)), place(2, 7, Some(1))];
        assert_eq!(fund(&mut places, Some(100)), Some(Money { budget: 100, spent: 100 }));
        assert_eq!(places[2].verdict, Some(Verdict::TooDear { left: 0 }));
    }
}
