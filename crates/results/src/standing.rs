//! What the totals of a contest mean: the order of its options, and who is funded.
//!
//! The options stand in the order of their totals, the largest first. Where the manifest says how the totals give
//! money, equal totals stand in the order in which they have their turns, and each option has its verdict: see
//! [`veche_verify::funding`]. Where it says that they fund nobody, there is an order and no winner; of equal totals the
//! cheaper stands first where all costs are known, and of equal costs the one that the manifest lists first.

use std::cmp::Reverse;

use veche_record::Manifest;
use veche_record::manifest::{Contest, Ties};
use veche_verify::funding::{Drawn, Funded, Verdict, contest_totals, fund};
use veche_verify::result::{GroupResult, ResultFile};

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
    /// The options that the next draw must order, by position; none when nothing is to be drawn.
    pub undecided: Option<Vec<usize>>,
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
    /// The money, where the manifest says how the totals give it.
    pub money: Option<Money>,
    /// The draws of this contest that are on the board, in their order.
    pub draws: Vec<&'a [u16]>,
}

impl<'a> Standing<'a> {
    /// The standings of all contests, in manifest order. `draws` are those on the board, in its order.
    pub fn all(manifest: &'a Manifest, totals: &'a ResultFile, draws: &'a [Drawn]) -> Vec<Self> {
        let contests = (0_u16..).zip(manifest.contests());
        contests
            .map(|(position, contest)| {
                let own = draws.iter().filter(|draw| draw.contest == position);
                Self::new(contest, totals, own.map(|draw| draw.order.as_slice()).collect())
            })
            .collect()
    }

    fn new(contest: &'a Contest, totals: &'a ResultFile, draws: Vec<&'a [u16]>) -> Self {
        let groups: Vec<_> = totals.contests.iter().filter(|group| group.id == contest.id).collect();
        let blank = groups.iter().map(|group| group.blank).sum();
        let ballots = groups.iter().map(|group| u64::from(group.ballots)).sum();
        let (mut places, mut money) = (Vec::new(), None);
        if let Some(sums) = contest_totals(contest, totals) {
            let funded = fund(contest, &sums, draws.iter().copied());
            places = self::places(contest, &sums, funded.as_ref());
            money = funded.map(|Funded { budget, spent, undecided, .. }| Money { budget, spent, undecided });
        }
        Self { contest, groups, ballots, blank, places, money, draws }
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

    /// The options that are to be drawn for next.
    pub fn to_be_drawn(&self) -> Vec<&OptionPlace> {
        self.places.iter().filter(|place| place.verdict == Some(Verdict::ToBeDrawn)).collect()
    }

    /// Options of one total of which some are funded and some are not: here the rule for ties decided, or a draw.
    pub fn ties(&self) -> Vec<&[OptionPlace]> {
        let equal = self.places.chunk_by(|one, next| one.total == next.total);
        let funded = |place: &OptionPlace| place.verdict == Some(Verdict::Funded);
        let open = |place: &OptionPlace| matches!(place.verdict, Some(Verdict::ToBeDrawn | Verdict::Waiting));
        equal
            .filter(|tie| tie.iter().any(funded) && !tie.iter().all(funded) && !tie.iter().any(open))
            .collect()
    }

    /// How equal totals are put in order, where the manifest says how they give money.
    pub fn tie_rule(&self) -> Option<Ties> {
        self.contest.funding.greedy().map(|greedy| greedy.ties)
    }
}

fn places(contest: &Contest, totals: &[u64], funded: Option<&Funded>) -> Vec<OptionPlace> {
    let place = |option: usize| OptionPlace {
        option,
        total: totals.get(option).copied().unwrap_or(0),
        cost: contest.options.get(option).and_then(|option| option.cost),
        verdict: funded.and_then(|funded| funded.verdicts.get(option).copied()),
    };
    match funded {
        Some(funded) => funded.order.iter().map(|option| place(*option)).collect(),
        None => {
            let mut places: Vec<OptionPlace> = (0..totals.len()).map(place).collect();
            // A stable sort: what is equal stays in the manifest's order. Costs order only where all are known.
            let known = places.iter().all(|place| place.cost.is_some());
            places.sort_by_key(|place| (Reverse(place.total), place.cost.filter(|_| known)));
            places
        }
    }
}
