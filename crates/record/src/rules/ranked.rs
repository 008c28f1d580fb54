//! Ranked: options in order, with a score for each place, or, where allowed, a blank ballot.
//!
//! The number of places K is first clamped to the number of options m; scores of later places are
//! never given. The bit x_(j,p) says that option j has place p. r_j = Σ_p x_(j,p) is the row of an
//! option and s_p = Σ_j x_(j,p) the sum of a place.
//!
//! Sent bits, in order: x_(1,1) … x_(1,K), x_(2,1) … x_(m,K); m·K of them. Option j gets
//! Σ_p score_p·x_(j,p), and blank, where it is allowed, is 1 - s_1.
//!
//! "Rows and places are bits, s_p = 1 for p ≤ `min`, no place is taken after an empty one", stated
//! in this order and without what follows from the rest:
//!
//! 1. where K ≥ 2: r_j is a bit, for j = 1 … m;
//! 2. without blank: s_p - 1 = 0, for p = 1 … min.
//!    With blank: s_1 is a bit; s_p - s_1 = 0, for p = 2 … min;
//! 3. for p = min+1 … K: s_p is a bit, and then, unless p = 1, or p = min+1 without blank:
//!    s_p·(1 - s_(p-1)) = 0.
//!
//! A [`Selection`] has the place of each option, from 1, or 0 for an option that is not ranked. The
//! totals are scores.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use subtle::{Choice, ConstantTimeEq};
use veche_crypto::program::{Affine, Constraint};

use super::{AnyRule, Options, RuleError, SelectionError, Shape, from_to, or_blank};
use crate::selection::Selection;

/// The rule as the manifest writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranked {
    /// How many places there are.
    pub places: u32,
    /// Fewest options of a ballot that is not blank.
    pub min: u32,
    /// What each place is worth, the first place first.
    pub scores: Vec<u32>,
    /// Whether a ballot may say "none of these" (only where `min` is at least 1).
    pub blank: bool,
}

/// The rule fitted to a number of options.
#[derive(Debug, Clone)]
struct Arm {
    options: u32,
    min: u32,
    /// One for each place.
    scores: Vec<u32>,
    blank: bool,
}

impl fmt::Display for Ranked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scores: Vec<String> = self.scores.iter().map(u32::to_string).collect();
        let picks = from_to(self.min, self.places);
        write!(f, "rank {picks}, scores {}{}", scores.join("-"), or_blank(self.blank))
    }
}

impl AnyRule for Ranked {
    fn fit(&self, options: Options<'_>) -> Result<Arc<dyn super::Arm>, RuleError> {
        let options = options.count;
        if self.scores.len() != self.places as usize {
            return Err(RuleError::Scores { places: self.places, found: self.scores.len() });
        }
        let places = self.places.min(options);
        let scores: Vec<u32> = self.scores.iter().take(places as usize).copied().collect();
        if places == 0 {
            return Err(RuleError::NothingToChoose);
        }
        if self.min > places {
            return Err(RuleError::MinAboveMax { min: self.min, max: places });
        }
        if self.blank && self.min == 0 {
            return Err(RuleError::BlankAndEmpty);
        }
        if !self.blank && options == 1 && self.min == 1 {
            return Err(RuleError::NothingToChoose);
        }
        if scores.iter().all(|&score| score == 0) {
            return Err(RuleError::NoScore);
        }
        Ok(Arc::new(Arm { options, min: self.min, scores, blank: self.blank }))
    }
}

impl Arm {
    fn places(&self) -> u32 {
        self.scores.len() as u32
    }

    /// x_(option, place), with both counted from 0.
    fn x(&self, option: u32, place: u32) -> Affine {
        Affine::bit(option * self.places() + place)
    }

    fn row(&self, option: u32) -> Vec<Affine> {
        (0..self.places()).map(|place| self.x(option, place)).collect()
    }

    /// How many options have each place, the first place first.
    fn taken(&self, selection: &Selection) -> Vec<u32> {
        let having = |place: u32| selection.values.iter().map(move |value| value.ct_eq(&place));
        let count = |place| having(place).map(|has| u32::from(has.unwrap_u8())).sum();
        (1..=self.places()).map(count).collect()
    }

    fn why_illegal(&self, selection: &Selection, taken: &[u32]) -> SelectionError {
        let picked = taken.iter().map(|&n| u64::from(n)).sum();
        if let Some(option) = selection.values.iter().position(|&value| value > self.places()) {
            SelectionError::Value { option, largest: self.places().into() }
        } else if selection.blank {
            SelectionError::BlankWithPicks
        } else if let Some((_, place)) = taken.iter().zip(1..).find(|&(&n, _)| n > 1) {
            SelectionError::SharedPlace(place)
        } else if let Some((_, place)) = taken.windows(2).zip(1..).find(|(pair, _)| matches!(pair, [0, 1])) {
            SelectionError::Gap(place)
        } else {
            SelectionError::TooFew { picked, min: self.min.into() }
        }
    }
}

impl super::Arm for Arm {
    fn shape(&self) -> Shape {
        let rows: Vec<Vec<Affine>> = (0..self.options).map(|option| self.row(option)).collect();
        let place_sum =
            |place: u32| Affine::sum(&(0..self.options).map(|j| self.x(j, place)).collect::<Vec<_>>());
        let sums: Vec<Affine> = (0..self.places()).map(place_sum).collect();
        let one = Affine::constant(1);

        let mut constraints = Vec::new();
        if self.places() > 1 {
            constraints.extend(rows.iter().map(|row| Constraint::is_bit(&Affine::sum(row))));
        }
        let mut before: Option<&Affine> = None;
        for (sum, place) in sums.iter().zip(1..) {
            match before {
                None if self.blank => constraints.push(Constraint::is_bit(sum)),
                Some(_) if self.blank && place <= self.min => {
                    constraints.extend(sums.first().map(|first| Constraint::is_zero(sum.minus(first))));
                }
                _ if place <= self.min => constraints.push(Constraint::is_zero(sum.minus(&one))),
                _ => {
                    constraints.push(Constraint::is_bit(sum));
                    // Without blank, the place before is taken already when it is within `min`.
                    let open = before.filter(|_| self.blank || place > self.min + 1);
                    let gap = |before: &Affine| vec![(sum.clone(), one.minus(before))];
                    constraints.extend(open.map(|before| Constraint::new(gap(before), Affine::default())));
                }
            }
            before = Some(sum);
        }

        let score = |row: &Vec<Affine>| {
            let terms: Vec<Affine> =
                row.iter().zip(&self.scores).map(|(x, &score)| x.scale(score.into())).collect();
            Affine::sum(&terms)
        };
        let mut values: Vec<Affine> = rows.iter().map(score).collect();
        if self.blank {
            values.extend(sums.first().map(|first| one.minus(first)));
        }
        let largest = self.scores.iter().copied().max().unwrap_or(0).into();
        let bits = self.options * self.places();
        Shape { bits, constraints, values, largest, largest_value: self.places() }
    }

    fn push_bits(&self, selection: &Selection, bits: &mut Vec<u8>) -> Result<(), SelectionError> {
        let taken = self.taken(selection);
        let ranked: usize = taken.iter().map(|&n| n as usize).sum();
        let unranked: u32 = selection.values.iter().map(|value| u32::from(value.ct_eq(&0).unwrap_u8())).sum();
        // Every option has one of the places or none; each place has one option at most, and an
        // option where the one before is empty has none; the first `min` are taken, or all are empty.
        let mut bad = Choice::from(u8::from(ranked + unranked as usize != selection.values.len()));
        let expected = u32::from(!selection.blank);
        let mut before = expected;
        for (&n, place) in taken.iter().zip(1..) {
            bad |= Choice::from(u8::from(n > before));
            bad |= Choice::from(u8::from(place <= self.min)) & !n.ct_eq(&expected);
            before = n;
        }
        if bool::from(bad) {
            return Err(self.why_illegal(selection, &taken));
        }
        let places = 1..=self.places();
        let row = |value: &u32| {
            let value = *value;
            places.clone().map(move |place| value.ct_eq(&place).unwrap_u8())
        };
        bits.extend(selection.values.iter().flat_map(row));
        Ok(())
    }

    fn made_up(&self) -> Vec<u32> {
        let ranked = self.min.max(1);
        (1..=self.options).map(|place| if place <= ranked { place } else { 0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::assert_exactly_legal;
    use crate::rules::{CompiledContest, Rule};

    fn fit(options: u32, min: u32, scores: &[u32], blank: bool) -> Result<CompiledContest, RuleError> {
        let places = scores.len() as u32;
        let rule = Rule::Ranked(Ranked { places, min, scores: scores.to_vec(), blank });
        CompiledContest::compile(&rule, options, 9)
    }

    fn legal(places: u32, min: u32, blank: bool) -> impl Fn(&Selection) -> bool {
        move |s: &Selection| {
            let mut ranking: Vec<u32> = s.values.iter().copied().filter(|&v| v > 0).collect();
            ranking.sort_unstable();
            let picked = ranking.len() as u32;
            let in_order = ranking.iter().zip(1..).all(|(&place, expected)| place == expected);
            let ranked = in_order && (min..=places).contains(&picked) && !s.blank;
            let empty = blank && s.blank && picked == 0;
            ranked || empty
        }
    }

    fn scored(scores: &[u32]) -> impl Fn(&Selection) -> Vec<u64> {
        move |s: &Selection| {
            let score = |&place: &u32| if place == 0 { 0 } else { scores[place as usize - 1].into() };
            s.values.iter().map(score).collect()
        }
    }

    /// How many rankings without gaps there are of `min` to `places` of `options` options.
    fn rankings(options: u32, places: u32, min: u32) -> usize {
        let of = |length: u32| (0..length).map(|i| (options - i) as usize).product::<usize>();
        (min..=places.min(options)).map(of).sum()
    }

    #[test]
    fn exactly_the_legal_small_ballots_satisfy_the_program() {
        let mut compiled = 0;
        for (options, most_places) in [(1, 3), (2, 4), (3, 4), (4, 3), (5, 2), (7, 1)] {
            for places in 1..=most_places {
                for min in 0..=places.min(options) {
                    for blank in [false, true] {
                        let scores: Vec<u32> = (0..places).map(|p| 5 * (places - p)).collect();
                        let contest = match fit(options, min, &scores, blank) {
                            Ok(contest) => contest,
                            Err(RuleError::BlankAndEmpty) => {
                                assert!(blank && min == 0);
                                continue;
                            }
                            Err(RuleError::NothingToChoose) => {
                                assert!(options == 1 && min == 1 && !blank);
                                continue;
                            }
                            Err(other) => panic!("{other}"),
                        };
                        compiled += 1;
                        let satisfied =
                            assert_exactly_legal(&contest, legal(places, min, blank), scored(&scores));
                        let expected = rankings(options, places, min) + usize::from(blank);
                        assert_eq!(satisfied, expected, "every ranking has its own bits, and only one");
                    }
                }
            }
        }
        assert_eq!(compiled, 72);
    }

    #[test]
    fn any_vector_of_scores_is_counted() {
        let vectors: [&[u32]; 8] = [
            &[3, 2, 1],
            &[1, 2, 3],
            &[1, 1, 1],
            &[0, 0, 1],
            &[12, 0, 7],
            &[1, 0, 0],
            &[0, 9, 9],
            &[60, 1, 8],
        ];
        for scores in vectors {
            for (min, blank) in [(0, false), (1, true), (2, true), (2, false), (3, false)] {
                let contest = fit(3, min, scores, blank).unwrap();
                assert_eq!(contest.largest_count(), u64::from(*scores.iter().max().unwrap()));
                assert_exactly_legal(&contest, legal(3, min, blank), scored(scores));
            }
        }
    }

    #[test]
    fn sent_bits_are_as_many_as_the_table_says() {
        let sent =
            |options, min, scores: &[u32], blank| fit(options, min, scores, blank).unwrap().program().bits();
        assert_eq!(sent(118, 3, &[3, 2, 1], false), 118 * 3);
        assert_eq!(sent(118, 1, &[3, 2, 1], true), 118 * 3, "blank adds no bit");
        assert_eq!(sent(2, 1, &[3, 2, 1], false), 2 * 2, "places are clamped to m");
    }

    #[test]
    fn sent_bits_come_in_the_published_order() {
        let contest = fit(3, 1, &[7, 3], true).unwrap();
        let bits =
            |values: [u32; 3], blank| contest.bits(&Selection::new(values.to_vec(), blank)).unwrap().to_vec();
        // x_(1,1) x_(1,2), x_(2,1) x_(2,2), x_(3,1) x_(3,2).
        assert_eq!(bits([2, 0, 1], false), [0, 1, 0, 0, 1, 0]);
        assert_eq!(bits([0, 1, 0], false), [0, 0, 1, 0, 0, 0]);
        assert_eq!(bits([0, 0, 0], true), [0; 6]);
    }

    #[test]
    fn stated_constraints_are_the_published_ones() {
        let stated = |min, blank| fit(9, min, &[4, 3, 2, 1], blank).unwrap().program().constraints().len();
        assert_eq!(stated(0, false), 9 + 4 + 3, "rows, places, gaps");
        assert_eq!(stated(1, false), 9 + 1 + 3 + 2, "rows, s_1 = 1, places, gaps after the second");
        assert_eq!(stated(4, false), 9 + 4, "rows, places that are taken");
        assert_eq!(stated(1, true), 9 + 1 + 3 + 3, "rows, s_1, places, gaps");
        assert_eq!(stated(3, true), 9 + 1 + 2 + 1 + 1, "rows, s_1, s_2 = s_3 = s_1, s_4, its gap");
        assert_eq!(fit(9, 0, &[1], false).unwrap().program().constraints().len(), 1, "K = 1: no rows");
    }

    #[test]
    fn an_illegal_selection_is_refused_with_its_reason() {
        let contest = fit(4, 2, &[3, 2, 1], true).unwrap();
        let refused =
            |values: &[u32], blank| contest.bits(&Selection::new(values.to_vec(), blank)).unwrap_err();
        assert_eq!(refused(&[1, 1, 2, 0], false), SelectionError::SharedPlace(1));
        assert_eq!(refused(&[1, 3, 0, 0], false), SelectionError::Gap(2));
        assert_eq!(refused(&[0, 3, 2, 0], false), SelectionError::Gap(1));
        assert_eq!(refused(&[0, 1, 0, 0], false), SelectionError::TooFew { picked: 1, min: 2 });
        assert_eq!(refused(&[0, 0, 0, 0], false), SelectionError::TooFew { picked: 0, min: 2 });
        assert_eq!(refused(&[4, 3, 2, 1], false), SelectionError::Value { option: 0, largest: 3 });
        assert_eq!(refused(&[1, 2, 0, u32::MAX], false), SelectionError::Value { option: 3, largest: 3 });
        assert_eq!(refused(&[1, 2, 0, 0], true), SelectionError::BlankWithPicks);
    }

    #[test]
    fn a_rule_that_cannot_be_kept_is_refused() {
        let refused = |options, min, scores: &[u32], blank| fit(options, min, scores, blank).unwrap_err();
        assert_eq!(refused(3, 0, &[], false), RuleError::NothingToChoose);
        assert_eq!(refused(1, 1, &[2], false), RuleError::NothingToChoose);
        assert_eq!(refused(2, 3, &[3, 2, 1], false), RuleError::MinAboveMax { min: 3, max: 2 });
        assert_eq!(refused(3, 0, &[3, 2, 1], true), RuleError::BlankAndEmpty);
        assert_eq!(refused(3, 1, &[0, 0, 0], false), RuleError::NoScore);
        assert_eq!(refused(1, 0, &[0, 5], false), RuleError::NoScore);
        let rule = Rule::Ranked(Ranked { places: 3, min: 1, scores: vec![2, 1], blank: false });
        let refused = CompiledContest::compile(&rule, 5, 9).unwrap_err();
        assert_eq!(refused, RuleError::Scores { places: 3, found: 2 });
    }

    #[test]
    fn attack_05_wrap_around_scores_that_could_wrap_are_refused() {
        let rule = Rule::Ranked(Ranked { places: 2, min: 1, scores: vec![u32::MAX, 1], blank: false });
        for electorate in [16_385, 1 << 40, u64::MAX] {
            let refused = CompiledContest::compile(&rule, 3, electorate);
            assert!(matches!(refused, Err(RuleError::TotalTooLarge { .. })), "{electorate}");
        }
        CompiledContest::compile(&rule, 3, 16_384).unwrap();
        let bits = RuleError::Program(veche_crypto::program::ProgramError::Bits(250_000));
        assert_eq!(fit(500, 1, &[1; 500], false).unwrap_err(), bits);
    }
}
