//! Made-up ballots that show a funding rule at work before anybody has voted.
//!
//! Chance is fixed: draw k of a contest is the first eight bytes, the most significant first, of SHA-256 of
//! `veche example`, the contest's identifier and k in decimal digits, each followed by a zero byte. Every option gets
//! a place by drawing, and the popularity 1 / place; each ballot chooses by popularity within the contest's rule. Where
//! a blank ballot is legal, one in twenty is blank.
//!
//! Where these ballots do not show all that the contest's funding does, a threshold that somebody misses and a total
//! that two have, others are tried: attempt n has draws of its own, with n after the identifier, and the option whose
//! place was drawn last is half as popular with each. The first attempt that shows most is taken.
//!
//! The ballots are checked and added up as the sealed ones are, by the contest's compiled rule, without any key.

use sha2::{Digest as _, Sha256};
use veche_record::manifest::{Contest, Funding};
use veche_record::rules::{CompiledContest, Rule};
use veche_record::{Manifest, Selection};
use veche_verify::result::{GroupResult, OptionTotal, ResultFile};

use crate::error::ResultsError;
use crate::published::electorate;

/// How many ballots are made up for each contest, where there can be so many voters.
pub const BALLOTS: u32 = 200;

/// One blank ballot in so many.
const BLANK: u64 = 20;

/// How often ballots are made up for one contest at most.
const ATTEMPTS: u32 = 64;

/// The popularity of the option that was drawn first.
const FIRST: u64 = 1 << 20;

/// The totals of made-up ballots of every contest, each as one group.
///
/// # Errors
/// [`ResultsError::Example`]: none in practice, for what was made up is legal.
pub fn example(manifest: &Manifest) -> Result<ResultFile, ResultsError> {
    let contests = manifest.contests().iter().zip(manifest.compiled());
    let contests = contests.map(|(contest, compiled)| {
        let most = electorate(manifest, contest, None);
        let ballots = u32::try_from(most).map_or(BALLOTS, |most| most.min(BALLOTS));
        let failed = |why: String| ResultsError::Example { contest: contest.id.clone(), why };
        group(contest, compiled, ballots).map_err(failed)
    });
    Ok(ResultFile { contests: contests.collect::<Result<_, _>>()? })
}

/// What the totals of a contest show of its funding, by the places of options in the manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Who misses the threshold that others reach, the one with most votes of them.
    pub(crate) below: Option<usize>,
    /// Two or more who have one total, and enough votes.
    pub(crate) tied: Vec<usize>,
    /// Nobody has enough votes.
    pub(crate) out_of_reach: bool,
}

impl Shown {
    pub(crate) fn of(contest: &Contest, group: &GroupResult) -> Self {
        let Funding::Greedy(greedy) = &contest.funding else { return Shown::default() };
        let total = |at: usize| group.options.get(at).map_or(0, |option| option.total);
        let (enough, below): (Vec<usize>, Vec<usize>) =
            (0..group.options.len()).partition(|at| total(*at) >= greedy.minimum_votes.max(1));
        let alike = |at: &usize| enough.iter().filter(|other| total(**other) == total(*at)).count() > 1;
        let first = enough.iter().copied().find(|at| alike(at));
        let tied =
            first.map(|first| enough.iter().copied().filter(|at| total(*at) == total(first)).collect());
        let threshold = greedy.minimum_votes > 1;
        Shown {
            below: below.into_iter().max_by_key(|at| total(*at)).filter(|_| threshold && !enough.is_empty()),
            tied: tied.unwrap_or_default(),
            out_of_reach: threshold && enough.is_empty(),
        }
    }

    /// Whether there is nothing more to be shown.
    fn is_all(&self, contest: &Contest) -> bool {
        let Funding::Greedy(greedy) = &contest.funding else { return true };
        contest.options.len() < 2
            || (!self.tied.is_empty() && (self.below.is_some() || greedy.minimum_votes <= 1))
    }

    /// How much of it is shown: a threshold before a tie.
    fn worth(&self) -> u8 {
        2 * u8::from(self.below.is_some()) + u8::from(!self.tied.is_empty())
    }
}

fn group(contest: &Contest, compiled: &CompiledContest, ballots: u32) -> Result<GroupResult, String> {
    let mut best = made(contest, compiled, ballots, 0)?;
    let mut shown = Shown::of(contest, &best);
    for attempt in 1..ATTEMPTS {
        // No other ballots reach a threshold that is higher than all of them.
        if shown.is_all(contest) || shown.out_of_reach {
            break;
        }
        let next = made(contest, compiled, ballots, attempt)?;
        let shows = Shown::of(contest, &next);
        if shows.worth() > shown.worth() {
            (best, shown) = (next, shows);
        }
    }
    Ok(best)
}

fn made(
    contest: &Contest,
    compiled: &CompiledContest,
    ballots: u32,
    attempt: u32,
) -> Result<GroupResult, String> {
    let mut maker = Maker::new(contest, compiled, attempt);
    let mut slots = vec![0_u64; compiled.slots()];
    for _ in 0..ballots {
        let bits = compiled.bits(&maker.ballot()).map_err(|error| error.to_string())?;
        for (sum, slot) in slots.iter_mut().zip(compiled.program().outputs_of(&bits)) {
            let slot = u64::try_from(slot).map_err(|error| error.to_string())?;
            *sum = sum.saturating_add(slot);
        }
    }
    let totals = compiled.unpack(&slots, ballots).map_err(|error| error.to_string())?;
    let options = contest.options.iter().zip(totals.options);
    Ok(GroupResult {
        id: contest.id.clone(),
        styles: None,
        ballots,
        options: options.map(|(option, total)| OptionTotal { id: option.id.clone(), total }).collect(),
        blank: totals.blank,
        withheld: false,
    })
}

/// Draws that are always the same.
struct Dice {
    seed: Sha256,
    drawn: u64,
}

impl Dice {
    fn of(contest: &str, attempt: u32) -> Self {
        let mut seed = Sha256::new().chain_update(b"veche example\0").chain_update(contest).chain_update([0]);
        if attempt > 0 {
            seed = seed.chain_update(attempt.to_string()).chain_update([0]);
        }
        Dice { seed, drawn: 0 }
    }

    /// A number below `end`, and 0 where that is 0. What is left over of 2⁶⁴ favours small numbers by less than one in
    /// 2³⁰ here.
    fn below(&mut self, end: u64) -> u64 {
        let hash = self.seed.clone().chain_update(self.drawn.to_string()).chain_update([0]).finalize();
        self.drawn += 1;
        let number = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        number.checked_rem(end).unwrap_or(0)
    }

    /// A number from `least` to `most`.
    fn between(&mut self, least: u32, most: u32) -> u32 {
        let more = self.below(u64::from(most.saturating_sub(least)) + 1);
        least.saturating_add(u32::try_from(more).unwrap_or(0))
    }
}

/// Makes up the ballots of one contest.
struct Maker<'a> {
    contest: &'a Contest,
    compiled: &'a CompiledContest,
    dice: Dice,
    /// Of each option.
    popularity: Vec<u64>,
}

impl<'a> Maker<'a> {
    fn new(contest: &'a Contest, compiled: &'a CompiledContest, attempt: u32) -> Self {
        let mut dice = Dice::of(&contest.id, attempt);
        let mut left: Vec<usize> = (0..contest.options.len()).collect();
        let mut popularity = vec![0; left.len()];
        for place in 1_u64.. {
            if left.is_empty() {
                break;
            }
            let drawn = usize::try_from(dice.below(left.len() as u64)).unwrap_or(0);
            let option = left.swap_remove(drawn);
            if let Some(popularity) = popularity.get_mut(option) {
                let liked = (FIRST / place).max(1);
                *popularity = if left.is_empty() { liked >> attempt.min(63) } else { liked };
            }
        }
        Maker { contest, compiled, dice, popularity }
    }

    /// One ballot. Where the draws have come to none that is legal, it is one that the rule itself makes up.
    fn ballot(&mut self) -> Selection {
        if self.compiled.has_blank() && self.dice.below(BLANK) == 0 {
            return Selection::blank(self.compiled.options());
        }
        let selection = Selection::new(self.values(), false);
        if self.compiled.bits(&selection).is_ok() { selection } else { self.compiled.made_up_selection() }
    }

    fn values(&mut self) -> Vec<u32> {
        let count = self.popularity.len();
        let all = u32::try_from(count).unwrap_or(u32::MAX);
        let mut values = vec![0_u32; count];
        match &self.contest.rule {
            Rule::Approval(rule) => {
                let most = rule.max.min(all);
                let many = self.dice.between(rule.min.max(1).min(most), most);
                for _ in 0..many {
                    self.give(&mut values, |value| (value == 0).then_some(1));
                }
            }
            Rule::Ranked(rule) => {
                let most = rule.places.min(all);
                let many = self.dice.between(rule.min.max(1).min(most), most);
                for place in 1..=many {
                    self.give(&mut values, |value| (value == 0).then_some(place));
                }
            }
            Rule::Knapsack(rule) => {
                let costs: Vec<u64> =
                    self.contest.options.iter().map(|option| option.cost.unwrap_or(0)).collect();
                let most = rule.max.unwrap_or(all).min(all);
                let many = self.dice.between(rule.min.max(1).min(most), most);
                let mut left = rule.budget;
                for _ in 0..many {
                    let fits = |option: usize, value: u32| {
                        let cost = costs.get(option).copied().unwrap_or(u64::MAX);
                        (value == 0 && cost <= left).then_some(1)
                    };
                    let Some(option) = self.give_where(&mut values, fits) else { break };
                    left = left.saturating_sub(costs.get(option).copied().unwrap_or(0));
                }
            }
            Rule::Cumulative(rule) => {
                let many = self.dice.between(rule.min_points.max(1).min(rule.points), rule.points);
                for _ in 0..many {
                    self.give(&mut values, |value| (value < rule.max_per_option).then_some(value + 1));
                }
            }
            Rule::Quadratic(rule) => {
                let mut left = self.dice.between(rule.min_credits.max(1).min(rule.credits), rule.credits);
                // One vote more than v costs 2v + 1.
                while let Some(option) = self.give_where(&mut values, |_, value| {
                    (value.saturating_mul(2).saturating_add(1) <= left).then_some(value + 1)
                }) {
                    let value = values.get(option).copied().unwrap_or(0);
                    left = left.saturating_sub(value.saturating_mul(2).saturating_sub(1));
                }
            }
        }
        values
    }

    fn give(&mut self, values: &mut [u32], next: impl Fn(u32) -> Option<u32>) {
        self.give_where(values, |_, value| next(value));
    }

    /// Changes the value of an option that is drawn by popularity among those where `next` says to what; which it was.
    fn give_where(&mut self, values: &mut [u32], next: impl Fn(usize, u32) -> Option<u32>) -> Option<usize> {
        let open = || {
            let options = self.popularity.iter().zip(values.iter()).enumerate();
            options.filter(|(option, (_, value))| next(*option, **value).is_some())
        };
        let all: u64 = open().map(|(_, (popularity, _))| *popularity).sum();
        let mut drawn = self.dice.below(all);
        let (option, _) = open().find(|(_, (popularity, _))| {
            let found = drawn < **popularity;
            drawn = drawn.saturating_sub(**popularity);
            found
        })?;
        let value = values.get_mut(option)?;
        *value = next(option, *value)?;
        Some(option)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(rule: &str, electorate: u32) -> Manifest {
        let options: Vec<String> = (1..=9)
            .map(|number| {
                format!(r#"{{"id": "p{number}", "name": {{"en": "P{number}"}}, "cost": {}}}"#, number * 100)
            })
            .collect();
        let text = format!(
            r#"{{
            "veche": 1, "phase": "election", "languages": ["en"], "title": {{"en": "Town"}}, "text": {{"en": "A vote"}},
            "opens": "2026-06-01T00:00:00Z", "closes": "2026-06-14T23:59:59Z", "time_zone": "UTC", "early_close": false,
            "contests": [{{
                "id": "green", "title": {{"en": "Green"}}, "report_by": "contest", "budget": 1500, "currency": "EUR",
                "rule": {rule},
                "funding": {{"method": "greedy", "unaffordable": "stop", "minimum_votes": 20, "ties": "lot", "exclusive": []}},
                "options": [{}]
            }}],
            "styles": [{{"id": "all", "title": {{"en": "All"}}, "contests": ["green"], "electorate": {electorate}}}],
            "routes": [{{"id": "sms", "title": {{"en": "By SMS"}}, "entered": false}}],
            "trustees": {{"count": 3, "threshold": 2}}, "minimum_group": 10, "revote": true, "registration": "roll"
        }}"#,
            options.join(",")
        );
        Manifest::parse(text.as_bytes()).unwrap()
    }

    const RULES: [&str; 8] = [
        r#"{"type":"approval","min":1,"max":2,"blank":false}"#,
        r#"{"type":"approval","min":1,"max":1,"blank":true}"#,
        r#"{"type":"knapsack","budget":1500,"min":0,"blank":false}"#,
        r#"{"type":"knapsack","budget":1500,"min":1,"max":4,"blank":true}"#,
        r#"{"type":"cumulative","points":7,"min_points":1,"max_per_option":3,"blank":false}"#,
        r#"{"type":"cumulative","points":5,"min_points":5,"max_per_option":2,"blank":true}"#,
        r#"{"type":"ranked","places":3,"min":1,"scores":[3,2,1],"blank":false}"#,
        r#"{"type":"quadratic","credits":30,"min_credits":1,"blank":true}"#,
    ];

    #[test]
    fn what_is_made_up_is_legal_by_every_rule_and_adds_up() {
        for rule in RULES {
            let manifest = manifest(rule, 5_000);
            let (contest, compiled) = (&manifest.contests()[0], &manifest.compiled()[0]);
            let group = &example(&manifest).unwrap().contests[0];
            // The same ballots again, of the attempt that was taken.
            let taken = (0..ATTEMPTS)
                .find(|attempt| made(contest, compiled, BALLOTS, *attempt).as_ref() == Ok(group));
            let mut maker = Maker::new(contest, compiled, taken.unwrap());
            let mut sums = vec![0_u64; contest.options.len()];
            let (mut blank, mut kinds) = (0, std::collections::BTreeSet::new());
            for _ in 0..BALLOTS {
                let ballot = maker.ballot();
                assert!(compiled.bits(&ballot).is_ok(), "{rule}");
                blank += u64::from(ballot.blank);
                let number = |value: u32| match &contest.rule {
                    Rule::Ranked(rule) if value > 0 => rule.scores[value as usize - 1],
                    _ => value,
                };
                for (sum, value) in sums.iter_mut().zip(&ballot.values) {
                    *sum += u64::from(number(*value));
                }
                kinds.insert(ballot.values.clone());
            }
            assert_eq!(group.ballots, 200, "{rule}");
            assert_eq!(group.options.iter().map(|option| option.total).collect::<Vec<_>>(), sums, "{rule}");
            assert_eq!(group.blank, compiled.has_blank().then_some(blank), "{rule}");
            assert!(!compiled.has_blank() || (3..30).contains(&blank), "{rule}: {blank}");
            // It is no one ballot over and over, and not every project is liked alike.
            assert!(kinds.len() >= 9, "{rule}: {kinds:?}");
            assert!(
                sums.iter().max() > sums.iter().min().map(|least| least * 2).as_ref(),
                "{rule}: {sums:?}"
            );
        }
    }

    #[test]
    fn the_example_is_always_the_same_and_another_for_each_contest() {
        let manifest = manifest(RULES[0], 5_000);
        assert_eq!(example(&manifest).unwrap(), example(&manifest).unwrap());
        let draws = |contest: &str| {
            (0..4)
                .map({
                    let mut dice = Dice::of(contest, 0);
                    move |_| dice.below(1_000)
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(draws("green"), draws("green"));
        assert_ne!(draws("green"), draws("blue"));
        // The first eight bytes of SHA-256 of "veche example\0green\00\0", by another program.
        assert_eq!(Dice::of("green", 0).below(u64::MAX), FIRST_OF_GREEN);
    }

    /// `printf 'veche example\0green\0000\0' | sha256sum`, the first sixteen digits.
    const FIRST_OF_GREEN: u64 = 0x4edf63c7_f177f24b;

    #[test]
    fn a_missed_threshold_and_an_equal_total_are_shown_where_the_rule_has_them() {
        for rule in RULES {
            let manifest = manifest(rule, 5_000);
            let contest = &manifest.contests()[0];
            let group = &example(&manifest).unwrap().contests[0];
            let Shown { below, tied, out_of_reach } = Shown::of(contest, group);
            let total = |at: usize| group.options[at].total;
            assert!(!out_of_reach && total(below.unwrap()) < 20, "{rule}: {:?}", group.options);
            assert!(tied.len() > 1 && tied.iter().all(|at| total(*at) == total(tied[0])), "{rule}");
            assert!(total(tied[0]) >= 20, "{rule}");
        }
        // What no ballots can show is not said, and takes no attempts.
        let unreachable = manifest(RULES[1], 15);
        let group = &example(&unreachable).unwrap().contests[0];
        let shown = Shown::of(&unreachable.contests()[0], group);
        assert_eq!(shown, Shown { out_of_reach: true, ..Shown::default() });
    }

    #[test]
    fn there_are_never_more_ballots_than_voters() {
        let group = &example(&manifest(RULES[0], 37)).unwrap().contests[0];
        assert_eq!(group.ballots, 37);
        assert!(group.options.iter().map(|option| option.total).sum::<u64>() >= 37);
    }
}
