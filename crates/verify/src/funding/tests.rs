use proptest::prelude::*;
use serde_json::{Value, json};
use veche_record::Manifest;

use super::*;

/// A contest of options with these costs.
fn manifest(costs: &[u64], budget: u64, funding: &Value) -> Manifest {
    let option = |(id, cost): (usize, &u64)| json!({"id": id.to_string(), "name": {"en": "o"}, "cost": cost});
    let options: Vec<Value> = costs.iter().enumerate().map(option).collect();
    let document = json!({
        "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "T"}, "text": {"en": "T"},
        "opens": "2026-11-22T08:00:00Z", "closes": "2026-12-01T20:00:00Z", "time_zone": "UTC", "early_close": false,
        "contests": [{"id": "c", "title": {"en": "C"}, "budget": budget, "funding": funding, "options": options,
                      "report_by": "contest", "rule": {"type": "approval", "min": 0, "max": 1, "blank": false}}],
        "styles": [{"id": "s", "title": {"en": "S"}, "contests": ["c"], "electorate": 1000}],
        "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
        "trustees": {"count": 3, "threshold": 2},
        "minimum_group": 1, "revote": true, "registration": "roll"
    });
    Manifest::parse(document.to_string().as_bytes()).unwrap()
}

fn greedy(unaffordable: &str, minimum: u64, ties: &str, exclusive: &[Vec<usize>]) -> Value {
    let ids = |list: &Vec<usize>| -> Value { list.iter().map(usize::to_string).collect() };
    let exclusive: Value = exclusive.iter().map(ids).collect();
    json!({"method": "greedy", "unaffordable": unaffordable, "minimum_votes": minimum, "ties": ties,
           "exclusive": exclusive})
}

fn run(costs: &[u64], budget: u64, funding: &Value, totals: &[u64], draws: &[Vec<u16>]) -> Funded {
    fund(&manifest(costs, budget, funding).contests()[0], totals, draws.iter().map(Vec::as_slice)).unwrap()
}

use Verdict::{Excluded, Stopped, ToBeDrawn, TooDear, TooFewVotes, Waiting};
const YES: Verdict = Verdict::Funded;

#[test]
fn a_total_equal_to_the_minimum_is_enough() {
    let skip = greedy("skip", 5, "cheaper", &[]);
    let funded = run(&[1, 1, 1], 10, &skip, &[5, 4, 6], &[]);
    assert_eq!(funded.verdicts, [YES, TooFewVotes, YES]);
    assert_eq!((funded.order, funded.spent), (vec![2, 0, 1], 2));
}

#[test]
fn what_is_too_dear_is_passed_over_or_ends_it() {
    let totals = [90, 80, 70, 60];
    let with =
        |unaffordable| run(&[60, 50, 40, 1], 101, &greedy(unaffordable, 1, "cheaper", &[]), &totals, &[]);
    let (skip, stop) = (with("skip"), with("stop"));
    assert_eq!(skip.verdicts, [YES, TooDear { left: 41 }, YES, YES]);
    assert_eq!((skip.budget, skip.spent), (101, 101));
    assert_eq!(stop.verdicts, [YES, TooDear { left: 41 }, Stopped, Stopped]);
    assert_eq!(stop.spent, 60);
}

#[test]
fn what_costs_nothing_needs_only_the_votes() {
    let stop = greedy("stop", 2, "order", &[]);
    let funded = run(&[50, 0, 0, 7], 10, &stop, &[9, 8, 1, 7], &[]);
    assert_eq!(funded.verdicts, [TooDear { left: 10 }, YES, TooFewVotes, Stopped]);
    let none = run(&[0, 3], 1, &greedy("skip", 0, "order", &[]), &[0, 0], &[]);
    assert_eq!(none.verdicts, [YES, TooDear { left: 1 }]);
}

#[test]
fn a_rival_is_passed_over_and_stops_nobody() {
    let stop = greedy("stop", 1, "cheaper", &[vec![0, 1], vec![3, 4, 1]]);
    let funded = run(&[6, 100, 3, 0, 0], 10, &stop, &[9, 8, 7, 6, 5], &[]);
    assert_eq!(funded.verdicts, [YES, Excluded { by: 0 }, YES, YES, Excluded { by: 3 }]);
    // A rival that is not funded excludes nobody.
    let skip = greedy("skip", 1, "cheaper", &[vec![0, 1]]);
    assert_eq!(run(&[60, 5], 10, &skip, &[9, 8], &[]).verdicts, [TooDear { left: 10 }, YES]);
}

#[test]
fn ties_go_by_cost_or_by_the_manifests_order() {
    let verdicts = |ties| run(&[9, 8, 8], 16, &greedy("skip", 1, ties, &[]), &[5, 5, 5], &[]).verdicts;
    assert_eq!(verdicts("cheaper"), [TooDear { left: 0 }, YES, YES]);
    assert_eq!(verdicts("order"), [YES, TooDear { left: 7 }, TooDear { left: 7 }]);
}

#[test]
fn attack_81_a_draw_among_others_two_ties_need_two_draws() {
    let lot = greedy("skip", 1, "lot", &[]);
    let after = |draws: &[Vec<u16>]| run(&[6, 6, 4, 4], 10, &lot, &[9, 9, 8, 8], draws);
    let none = after(&[]);
    assert_eq!(none.verdicts, [ToBeDrawn, ToBeDrawn, Waiting, Waiting]);
    assert_eq!((none.undecided, none.spent), (Some(vec![0, 1]), 0));
    let one = after(&[vec![1, 0]]);
    assert_eq!(one.verdicts, [TooDear { left: 4 }, YES, ToBeDrawn, ToBeDrawn]);
    assert_eq!((one.undecided.as_deref(), one.spent), (Some(&[2, 3][..]), 6));
    let both = after(&[vec![1, 0], vec![2, 3]]);
    assert_eq!(both.verdicts, [TooDear { left: 4 }, YES, YES, TooDear { left: 0 }]);
    assert_eq!((both.undecided, both.spent), (None, 10));
    // What does not order exactly the next tie decides nothing.
    for other in [vec![2, 3], vec![0], vec![0, 1, 2], vec![0, 0], vec![0, 9], vec![]] {
        assert_eq!(after(&[other.clone(), vec![1, 0]]).undecided, Some(vec![0, 1]), "{other:?}");
    }
}

#[test]
fn a_lot_is_drawn_only_where_it_decides() {
    let undecided = |costs: &[u64], budget, unaffordable, exclusive: &[Vec<usize>]| {
        let totals = vec![5; costs.len()];
        run(costs, budget, &greedy(unaffordable, 1, "lot", exclusive), &totals, &[]).undecided
    };
    assert_eq!(undecided(&[5, 5], 10, "skip", &[]), None, "both are paid for");
    assert_eq!(undecided(&[5, 6], 10, "skip", &[]), Some(vec![0, 1]));
    assert_eq!(undecided(&[5, 11], 10, "skip", &[]), None, "one cannot be paid for in any case");
    assert_eq!(undecided(&[5, 11], 10, "stop", &[]), Some(vec![0, 1]), "it may stop the other one");
    assert_eq!(undecided(&[0, 11], 10, "stop", &[]), None, "what costs nothing is not stopped");
    assert_eq!(undecided(&[5, 5, 11], 10, "stop", &[]), Some(vec![0, 1, 2]));
    assert_eq!(undecided(&[12, 11], 10, "stop", &[]), None);
    assert_eq!(undecided(&[0, 0, 11], 10, "skip", &[vec![0, 1]]), Some(vec![0, 1]), "one of two rivals");
    assert_eq!(undecided(&[1, 1, 1], 10, "skip", &[vec![0, 2]]), Some(vec![0, 1, 2]));
}

#[test]
fn attack_81_a_draw_among_others_after_a_stop_only_what_costs_nothing_is_drawn_for() {
    let stop = greedy("stop", 1, "lot", &[vec![1, 2]]);
    let after = |draws: &[Vec<u16>]| run(&[11, 0, 0, 3], 10, &stop, &[9, 5, 5, 5], draws);
    assert_eq!(after(&[]).verdicts, [TooDear { left: 10 }, ToBeDrawn, ToBeDrawn, Stopped]);
    assert_eq!(after(&[vec![2, 1]]).verdicts, [TooDear { left: 10 }, Excluded { by: 2 }, YES, Stopped]);
}

/// A rival of a tie that need not be drawn: what costs nothing comes first, and excludes what would have stopped all.
#[test]
fn in_a_tie_that_decides_nothing_what_fits_comes_first() {
    let stop = greedy("stop", 1, "lot", &[vec![0, 1]]);
    let funded = run(&[11, 0, 3], 10, &stop, &[9, 9, 5], &[]);
    assert_eq!(funded.verdicts, [Excluded { by: 1 }, YES, YES]);
}

/// Section 11 said again: a town with so much money, and one option after another.
#[derive(Clone, PartialEq, Debug)]
struct Town {
    left: u64,
    stopped: bool,
    funded: Vec<usize>,
}

#[derive(Debug, Clone)]
struct Case {
    costs: Vec<u64>,
    totals: Vec<u64>,
    budget: u64,
    minimum: u64,
    stop: bool,
    exclusive: Vec<Vec<usize>>,
}

impl Case {
    fn funding(&self, ties: &str) -> Value {
        greedy(if self.stop { "stop" } else { "skip" }, self.minimum, ties, &self.exclusive)
    }

    fn excluded(&self, town: &Town, option: usize) -> bool {
        let names = |list: &&Vec<usize>| list.contains(&option);
        self.exclusive
            .iter()
            .filter(names)
            .flatten()
            .any(|other| *other != option && town.funded.contains(other))
    }

    fn walk(&self, mut town: Town, order: &[usize]) -> Town {
        for &option in order {
            let cost = self.costs[option];
            if self.totals[option] < self.minimum || self.excluded(&town, option) {
                continue;
            }
            if cost == 0 || (!town.stopped && cost <= town.left) {
                town.left -= cost;
                town.funded.push(option);
            } else if self.stop {
                town.stopped = true;
            }
        }
        town.funded.sort_unstable();
        town
    }

    fn begin(&self) -> Town {
        Town { left: self.budget, stopped: false, funded: Vec::new() }
    }

    /// The options of each total, from the highest down.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut totals = self.totals.clone();
        totals.sort_unstable();
        totals.dedup();
        let with =
            |total: &u64| (0..self.totals.len()).filter(|option| self.totals[*option] == *total).collect();
        totals.iter().rev().map(with).collect()
    }
}

fn permutations(options: &[usize]) -> Vec<Vec<usize>> {
    if options.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for (at, first) in options.iter().enumerate() {
        let rest: Vec<usize> =
            options.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, o)| *o).collect();
        all.extend(permutations(&rest).into_iter().map(|tail| [vec![*first], tail].concat()));
    }
    all
}

fn cases() -> impl Strategy<Value = Case> {
    let option = (0..9_u64, 0..3_u64);
    let lists = proptest::collection::vec(proptest::collection::vec(0..6_usize, 2..4), 0..3);
    (proptest::collection::vec(option, 1..6), 1..16_u64, 0..3_u64, any::<bool>(), lists).prop_map(
        |(options, budget, minimum, stop, lists)| {
            let (costs, totals): (Vec<u64>, Vec<u64>) = options.into_iter().unzip();
            let tidy = |mut list: Vec<usize>| {
                list.retain(|option| *option < costs.len());
                list.sort_unstable();
                list.dedup();
                list
            };
            let exclusive = lists.into_iter().map(tidy).filter(|list| list.len() > 1).collect();
            Case { costs, totals, budget, minimum, stop, exclusive }
        },
    )
}

fn funded(result: &Funded) -> Vec<usize> {
    (0..result.verdicts.len()).filter(|option| result.verdicts[*option] == YES).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// By cost or by the manifest's order: one walk down one list.
    #[test]
    fn funding_without_lots_is_one_walk(case in cases()) {
        for ties in ["cheaper", "order"] {
            let mut order: Vec<usize> = (0..case.costs.len()).collect();
            order.sort_by_key(|option| {
                let cost = if ties == "cheaper" { case.costs[*option] } else { 0 };
                (u64::MAX - case.totals[*option], cost)
            });
            let town = case.walk(case.begin(), &order);
            let result = run(&case.costs, case.budget, &case.funding(ties), &case.totals, &[]);
            prop_assert_eq!(funded(&result), town.funded);
            prop_assert_eq!(result.budget - result.spent, town.left);
            prop_assert_eq!(result.undecided, None);
        }
    }

    /// A lot is asked for exactly where two orders of a group fund different options, and then every order of what is
    /// drawn for decides the group, whatever the order of the others.
    #[test]
    fn lots_are_drawn_exactly_where_the_order_matters(case in cases(), pick in any::<prop::sample::Index>()) {
        let (mut draws, mut town) = (Vec::<Vec<u16>>::new(), case.begin());
        for group in case.groups() {
            let outcomes: Vec<Town> = permutations(&group).iter().map(|order| case.walk(town.clone(), order)).collect();
            let matters = outcomes.iter().any(|one| one.funded != outcomes[0].funded);
            let result = run(&case.costs, case.budget, &case.funding("lot"), &case.totals, &draws);
            let tie = result.undecided.filter(|tie| case.totals[tie[0]] == case.totals[group[0]]);
            prop_assert_eq!(tie.is_some(), matters, "{:?}", group);
            let Some(tie) = tie else {
                // What is funded comes first.
                let all = &outcomes[0].funded;
                let (first, rest): (Vec<usize>, Vec<usize>) = group.iter().partition(|option| all.contains(option));
                town = case.walk(town, &[first, rest].concat());
                continue;
            };
            prop_assert!(tie.iter().all(|option| group.contains(option)));
            let orders = permutations(&tie);
            let draw = pick.get(&orders).clone();
            let consistent: Vec<Town> = permutations(&group).iter()
                .filter(|order| order.iter().filter(|option| tie.contains(option)).eq(&draw))
                .map(|order| case.walk(town.clone(), order)).collect();
            prop_assert!(consistent.iter().all(|one| *one == consistent[0]), "{:?}", tie);
            town = consistent[0].clone();
            draws.push(draw.iter().map(|option| *option as u16).collect());
        }
        let result = run(&case.costs, case.budget, &case.funding("lot"), &case.totals, &draws);
        prop_assert_eq!(funded(&result), town.funded);
        prop_assert_eq!(result.budget - result.spent, town.left);
        prop_assert_eq!(result.undecided, None);
    }

    /// As long as something is to be drawn, what is said of the other options already stays true, whatever is drawn.
    #[test]
    fn what_is_decided_stays_decided(case in cases()) {
        let funding = case.funding("lot");
        let mut draws: Vec<Vec<u16>> = Vec::new();
        let mut before = run(&case.costs, case.budget, &funding, &case.totals, &draws);
        while let Some(tie) = &before.undecided {
            draws.push(tie.iter().rev().map(|option| *option as u16).collect());
            let after = run(&case.costs, case.budget, &funding, &case.totals, &draws);
            for (one, then) in before.verdicts.iter().zip(&after.verdicts) {
                prop_assert!(one.is_funded().is_none() || one.is_funded() == then.is_funded());
            }
            before = after;
        }
    }
}
