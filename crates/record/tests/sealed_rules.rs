//! Every rule, sealed and verified: legal ballots of all rules pass the one verifier and count what
//! they chose; bits that are no legal ballot are sealed all the same, and refused.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use proptest::prelude::*;
use proptest::sample::subsequence;
use veche_crypto::ballot_proof::{Prepared, Section, Sections, Statement};
use veche_crypto::batch::Batch;
use veche_crypto::dlog::DiscreteLog;
use veche_crypto::elgamal::Aggregate;
use veche_crypto::group::{AnyPoint, Point, Scalar};
use veche_crypto::hash::{Digest, digest, scalar};
use veche_crypto::randomness::Randomness;
use veche_crypto::signature::SecretKey;
use veche_record::rules::{Approval, Cumulative, Knapsack, Quadratic, Ranked, Rule};
use veche_record::{CompiledContest, Selection};

const CONTEST: &[u8] = b"contest";

/// A contest whose slot secrets the test knows.
struct Poll {
    contest: CompiledContest,
    secrets: Vec<Scalar>,
    keys: Vec<Point>,
    header: Digest,
}

impl Poll {
    fn new(rule: &Rule, costs: &[Option<u64>], electorate: u64) -> Self {
        let contest = CompiledContest::with_costs(rule, costs, electorate).unwrap();
        let secrets: Vec<Scalar> =
            (0..contest.slots()).map(|slot| scalar("test", &[&slot.to_le_bytes()])).collect();
        let key = |secret: &Scalar| *SecretKey::new(*secret).unwrap().public().point();
        let keys = secrets.iter().map(key).collect();
        Poll { contest, secrets, keys, header: digest("test", &[b"header"]) }
    }

    /// Seals any bits, as a voter's software would that does not ask whether they are legal.
    fn seal(&self, bits: &[u8], seed: u64) -> Section {
        let program = self.contest.program();
        let statement = Statement { contest: CONTEST, program, keys: &self.keys };
        let seed = digest("test", &[b"seed", &seed.to_le_bytes()]);
        let prepared = Prepared::new(&statement, seed.as_bytes()).unwrap();
        let section = prepared.seal(&self.header, &statement, bits).unwrap().sections()[0].to_bytes();
        assert_eq!(section.len(), self.contest.section_len());
        Section::from_bytes(program, &section).unwrap()
    }

    fn verify(&self, sections: &[Section]) -> Result<(), Vec<usize>> {
        let mut batch = Batch::new(&self.keys);
        for section in sections {
            let ballot = Sections::new(&self.header, vec![section.clone()]);
            batch.push_section(&ballot, 0, CONTEST, self.contest.program()).unwrap();
        }
        let fresh = Randomness::draw(|bytes| {
            bytes.iter_mut().zip(0..).for_each(|(byte, number)| *byte = number);
            Ok::<_, ()>(())
        });
        batch.verify(&fresh.unwrap())
    }

    /// The totals of the sections' sum, found through the secrets.
    fn count(&self, sections: &[Section]) -> (Vec<u64>, Option<u64>) {
        let mut sum = Aggregate::new(self.contest.slots());
        assert!(sections.iter().all(|section| sum.add(section)));
        let ballots = sections.len() as u32;
        let log = DiscreteLog::new(&self.contest.digits(ballots), self.secrets.len() as u64).unwrap();
        let open = |(beta, secret): (&AnyPoint, &Scalar)| {
            log.solve(&(beta.inner() - sum.alpha().inner() * secret)).unwrap()
        };
        let slots: Vec<u64> = sum.betas().iter().zip(&self.secrets).map(open).collect();
        let totals = self.contest.unpack(&slots, ballots).unwrap();
        (totals.options, totals.blank)
    }

    /// These bits, and after them every assignment of the program's other bits, which are slack.
    fn with_every_slack(&self, bits: &[u8]) -> Vec<Vec<u8>> {
        let slack = self.contest.program().bits() - bits.len();
        (0..1_usize << slack)
            .map(|number| bits.iter().copied().chain((0..slack).map(|i| (number >> i & 1) as u8)).collect())
            .collect()
    }

    /// Seals all of these and expects the verifier to name each of them.
    fn assert_refused(&self, forged: &[Vec<u8>]) {
        let sections: Vec<Section> =
            forged.iter().zip(0..).map(|(bits, seed)| self.seal(bits, seed)).collect();
        assert_eq!(self.verify(&sections), Err((0..forged.len()).collect()), "{forged:?}");
    }
}

/// A rule, the costs of its options, and some legal selections with what each counts.
#[derive(Debug, Clone)]
struct Votes {
    rule: Rule,
    costs: Vec<Option<u64>>,
    selections: Vec<(Vec<u32>, bool)>,
    counted: Vec<Vec<u64>>,
}

impl Votes {
    fn new(rule: Rule, costs: Vec<Option<u64>>, selections: Vec<(Vec<u32>, bool)>) -> Self {
        let counted =
            selections.iter().map(|(values, _)| values.iter().map(|&v| v.into()).collect()).collect();
        Votes { rule, costs, selections, counted }
    }
}

/// Four selections, some of them blank where the rule allows it.
fn four(
    options: usize,
    blank: bool,
    values: impl Strategy<Value = Vec<u32>>,
) -> impl Strategy<Value = Vec<(Vec<u32>, bool)>> {
    let one = (values, prop::bool::weighted(if blank { 0.25 } else { 0.0 }));
    let one = one.prop_map(move |(values, z)| (if z { vec![0; options] } else { values }, z));
    prop::collection::vec(one, 4)
}

fn picks(options: usize, chosen: &[usize]) -> Vec<u32> {
    (0..options).map(|option| chosen.contains(&option).into()).collect()
}

fn approval() -> impl Strategy<Value = Votes> {
    (2..9_usize, any::<bool>()).prop_flat_map(|(m, blank)| {
        (u32::from(blank)..=m as u32, 1..=m as u32 + 2)
            .prop_filter("min above max", move |(min, max)| *min <= *max)
            .prop_filter("nothing to choose", move |(min, _)| blank || (*min as usize) < m)
            .prop_flat_map(move |(min, max)| {
                let chosen = subsequence((0..m).collect::<Vec<_>>(), min as usize..=m.min(max as usize));
                let selections = four(m, blank, chosen.prop_map(move |chosen| picks(m, &chosen)));
                let rule = Rule::Approval(Approval { min, max, blank });
                selections.prop_map(move |selections| Votes::new(rule.clone(), vec![None; m], selections))
            })
    })
}

fn knapsack() -> impl Strategy<Value = Votes> {
    let costs = prop::collection::vec(1..60_u64, 2..9);
    let number = (any::<bool>(), prop::option::of(1..5_u32), 0..200_u64, 1..50_u64);
    (costs, number).prop_flat_map(|(costs, (blank, max, more, unit))| {
        let (m, min) = (costs.len(), u32::from(blank));
        let costs: Vec<u64> = costs.iter().map(|cost| cost * unit).collect();
        // Every option can be paid for.
        let budget = costs.iter().max().unwrap() + more;
        let limit = max.map_or(m, |max| m.min(max as usize));
        let order = Just((0..m).collect::<Vec<_>>()).prop_shuffle();
        let priced = costs.clone();
        let values = (order, usize::from(blank)..=limit).prop_map(move |(order, number)| {
            let (mut chosen, mut left) = (Vec::new(), budget);
            for option in order {
                if chosen.len() < number && priced[option] <= left {
                    left -= priced[option];
                    chosen.push(option);
                }
            }
            picks(m, &chosen)
        });
        let rule = Rule::Knapsack(Knapsack { budget, min, max, blank });
        four(m, blank, values).prop_map(move |selections| {
            Votes::new(rule.clone(), costs.iter().copied().map(Some).collect(), selections)
        })
    })
}

fn cumulative() -> impl Strategy<Value = Votes> {
    (2..8_usize, 1..12_u32, 1..6_u32, any::<bool>(), any::<bool>()).prop_flat_map(
        |(m, points, cap, blank, exact)| {
            let points = points.min(cap * m as u32 - 1);
            let min_points = if exact { points } else { u32::from(blank) };
            let coins = prop::collection::vec(0..m, min_points as usize..=points as usize);
            let values = coins.prop_map(move |coins| {
                let mut values = vec![0; m];
                for coin in coins {
                    // A full option hands the point on, so that none is lost.
                    let free = (coin..m).chain(0..coin).find(|&option| values[option] < cap).unwrap();
                    values[free] += 1;
                }
                values
            });
            let rule = Rule::Cumulative(Cumulative { points, min_points, max_per_option: cap, blank });
            four(m, blank, values)
                .prop_map(move |selections| Votes::new(rule.clone(), vec![None; m], selections))
        },
    )
}

fn ranked() -> impl Strategy<Value = Votes> {
    let scores = prop::collection::vec(0..20_u32, 1..5);
    (2..8_usize, scores, any::<bool>(), 0..4_u32).prop_flat_map(|(m, mut scores, blank, min)| {
        scores[0] += 1;
        let places = scores.len() as u32;
        let min = min.max(u32::from(blank)).min(places).min(m as u32);
        let order = Just((0..m).collect::<Vec<_>>()).prop_shuffle();
        let values = (order, min as usize..=m.min(places as usize)).prop_map(move |(order, number)| {
            let mut values = vec![0; m];
            order.iter().take(number).zip(1..).for_each(|(&option, place)| values[option] = place);
            values
        });
        let rule = Rule::Ranked(Ranked { places, min, scores: scores.clone(), blank });
        four(m, blank, values).prop_map(move |selections| {
            let mut votes = Votes::new(rule.clone(), vec![None; m], selections);
            let score = |place: u64| if place == 0 { 0 } else { scores[place as usize - 1].into() };
            votes.counted.iter_mut().flatten().for_each(|place| *place = score(*place));
            votes
        })
    })
}

fn quadratic() -> impl Strategy<Value = Votes> {
    (2..8_usize, 1..60_u32, any::<bool>()).prop_flat_map(|(m, credits, blank)| {
        let min_credits = u32::from(blank);
        let wishes = prop::collection::vec(0..m, usize::from(blank)..20);
        let values = wishes.prop_map(move |wishes| {
            let (mut values, mut left) = (vec![0_u32; m], credits);
            for wish in wishes {
                let price = 2 * values[wish] + 1;
                if price <= left {
                    left -= price;
                    values[wish] += 1;
                }
            }
            values
        });
        let rule = Rule::Quadratic(Quadratic { credits, min_credits, blank });
        four(m, blank, values).prop_map(move |selections| Votes::new(rule.clone(), vec![None; m], selections))
    })
}

fn any_rule() -> impl Strategy<Value = Votes> {
    prop_oneof![approval(), knapsack(), cumulative(), ranked(), quadratic()]
}

fn legal_ballots_pass_and_count(votes: &Votes, electorate: u64) {
    let poll = Poll::new(&votes.rule, &votes.costs, electorate);
    let seal = |((values, blank), seed): (&(Vec<u32>, bool), u64)| {
        let bits = poll.contest.bits(&Selection::new(values.clone(), *blank)).unwrap();
        poll.seal(&bits, seed)
    };
    let sections: Vec<Section> = votes.selections.iter().zip(0..).map(seal).collect();
    assert_eq!(poll.verify(&sections), Ok(()));
    let options = votes.costs.len();
    let expected = (0..options).map(|option| votes.counted.iter().map(|counted| counted[option]).sum());
    let blank = votes.selections.iter().filter(|(_, blank)| *blank).count() as u64;
    let blank = poll.contest.has_blank().then_some(blank);
    assert_eq!(poll.count(&sections), (expected.collect(), blank));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn legal_approval_ballots_pass_and_count(votes in approval()) {
        legal_ballots_pass_and_count(&votes, 4);
    }

    #[test]
    fn legal_knapsack_ballots_pass_and_count(votes in knapsack()) {
        legal_ballots_pass_and_count(&votes, 4);
    }

    #[test]
    fn legal_cumulative_ballots_pass_and_count(votes in cumulative()) {
        legal_ballots_pass_and_count(&votes, 4);
    }

    #[test]
    fn legal_ranked_ballots_pass_and_count(votes in ranked()) {
        legal_ballots_pass_and_count(&votes, 4);
    }

    #[test]
    fn legal_quadratic_ballots_pass_and_count(votes in quadratic()) {
        legal_ballots_pass_and_count(&votes, 4);
    }

    #[test]
    fn legal_ballots_pass_and_count_without_packing(votes in any_rule()) {
        legal_ballots_pass_and_count(&votes, 1 << 23);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// The verifier accepts what satisfies the program and nothing else: the neighbours of a legal
    /// ballot, and bits at random.
    #[test]
    fn attack_03_invalid_plaintext_bits_that_break_the_rule_are_refused(
        votes in any_rule(),
        noise in prop::collection::vec(0..=1_u8, 100),
    ) {
        let poll = Poll::new(&votes.rule, &votes.costs, 4);
        let (values, blank) = &votes.selections[0];
        let legal = poll.contest.bits(&Selection::new(values.clone(), *blank)).unwrap();
        let neighbours = (0..legal.len()).map(|flip| {
            let mut bits = legal.to_vec();
            bits[flip] ^= 1;
            bits
        });
        let forged: Vec<Vec<u8>> = neighbours.chain([noise[..legal.len()].to_vec()]).collect();
        let sections: Vec<Section> = forged.iter().zip(0..).map(|(bits, seed)| poll.seal(bits, seed)).collect();
        let illegal: Vec<usize> =
            (0..forged.len()).filter(|&i| !poll.contest.program().is_satisfied(&forged[i])).collect();
        let expected = if illegal.is_empty() { Ok(()) } else { Err(illegal) };
        prop_assert_eq!(poll.verify(&sections), expected);
    }
}

#[test]
fn attack_04_over_the_rule_approval() {
    let rule = Rule::Approval(Approval { min: 1, max: 2, blank: true });
    let poll = Poll::new(&rule, &[None; 4], 9);
    // b_1 … b_4, z.
    for choice in [[1, 1, 1, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 1], [1, 1, 1, 1, 1]] {
        poll.assert_refused(&poll.with_every_slack(&choice));
    }
}

#[test]
fn attack_04_over_the_rule_knapsack() {
    let costs = [Some(30), Some(20), Some(20), Some(10)];
    let poll = |budget| {
        Poll::new(&Rule::Knapsack(Knapsack { budget, min: 1, max: Some(3), blank: true }), &costs, 9)
    };
    // b_1 … b_4, z: over the budget by one unit, by all; too few; too many; blank and not.
    let tight = poll(49);
    for choice in [[1, 1, 0, 0, 0], [1, 1, 1, 1, 0], [0, 0, 0, 0, 0], [0, 0, 0, 1, 1]] {
        tight.assert_refused(&tight.with_every_slack(&choice));
    }
    let ample = poll(80);
    ample.assert_refused(&ample.with_every_slack(&[1, 1, 1, 1, 0]));
    let legal = ample.contest.bits(&Selection::new(vec![1, 1, 1, 0], false)).unwrap();
    assert_eq!(ample.verify(&[ample.seal(&legal, 0)]), Ok(()));
}

#[test]
fn attack_04_over_the_rule_cumulative() {
    let rule = Rule::Cumulative(Cumulative { points: 4, min_points: 2, max_per_option: 3, blank: true });
    let poll = Poll::new(&rule, &[None; 3], 9);
    // Weights 1, 2 of each option, z: one point too many, too few, blank and not, all at the cap.
    for choice in [[1, 1, 0, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1, 0]]
    {
        poll.assert_refused(&poll.with_every_slack(&choice));
    }
}

#[test]
fn attack_04_over_the_rule_ranked() {
    let rule = Rule::Ranked(Ranked { places: 3, min: 1, scores: vec![3, 2, 1], blank: true });
    let poll = Poll::new(&rule, &[None; 3], 9);
    poll.assert_refused(&[
        vec![1, 0, 0, 1, 0, 0, 0, 0, 0], // two options at the first place
        vec![1, 0, 0, 0, 1, 0, 0, 1, 0], // two options at the second
        vec![1, 1, 0, 0, 0, 0, 0, 0, 0], // one option at two places
        vec![1, 0, 1, 0, 1, 0, 0, 0, 0], // one option at the first and the last
        vec![1, 0, 0, 0, 0, 1, 0, 0, 0], // a gap after the first place
        vec![0, 0, 0, 0, 1, 0, 0, 0, 0], // a gap before any: blank, with a second place
        vec![0, 0, 1, 0, 0, 0, 0, 0, 0], // blank, with a third place
    ]);
    let rule = Rule::Ranked(Ranked { places: 3, min: 2, scores: vec![3, 2, 1], blank: false });
    let poll = Poll::new(&rule, &[None; 3], 9);
    poll.assert_refused(&[
        vec![0, 0, 0, 0, 0, 0, 0, 0, 0], // nothing
        vec![1, 0, 0, 0, 0, 0, 0, 0, 0], // too few
        vec![1, 0, 0, 0, 0, 1, 0, 0, 0], // two, with a gap
    ]);
}

#[test]
fn attack_04_over_the_rule_quadratic() {
    let rule = Rule::Quadratic(Quadratic { credits: 12, min_credits: 1, blank: true });
    let poll = Poll::new(&rule, &[None; 3], 9);
    // Weights 1, 2 of each option, z: 13 credits; nothing; blank and not; 27 credits.
    for choice in [[1, 1, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1, 0]]
    {
        poll.assert_refused(&poll.with_every_slack(&choice));
    }
    let legal = poll.contest.bits(&Selection::new(vec![2, 2, 2], false)).unwrap();
    assert_eq!(poll.verify(&[poll.seal(&legal, 0)]), Ok(()));
}
