//! Whom an auditor asks "did you take part?": voters drawn by dice among those whose ballots count.
//!
//! The seed is made of the board up to its closing and of dice that are thrown in public once that board cannot change
//! any more, so that neither who runs the vote nor who audits it chooses whom to ask. Anyone draws the same voters from
//! the record.

use std::fmt;
use std::str::FromStr;

use veche_board::Hash;
use veche_crypto::hash::{Digest, digest};
use veche_record::Pseudonym;
use veche_record::tag;

use crate::course::Course;
use crate::state::{BoardState, CountedVoter};

/// So many throws at least: more outcomes than anybody can prepare for.
pub const LEAST_THROWS: usize = 20;

/// So many throws at most.
pub const MOST_THROWS: usize = 1_000;

/// Throws of an ordinary die, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dice(String);

/// A text that is not a sequence of throws. The fault of whoever typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "throws are the digits 1 to 6, at least {LEAST_THROWS} and at most {MOST_THROWS} of them; spaces are ignored"
)]
pub struct DiceError;

impl FromStr for Dice {
    type Err = DiceError;

    fn from_str(text: &str) -> Result<Self, DiceError> {
        let throws: String = text.chars().filter(|character| *character != ' ').collect();
        let legal = throws.bytes().all(|throw| (b'1'..=b'6').contains(&throw))
            && (LEAST_THROWS..=MOST_THROWS).contains(&throws.len());
        if legal { Ok(Dice(throws)) } else { Err(DiceError) }
    }
}

impl fmt::Display for Dice {
    /// The digits without spaces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why nobody is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// Who counts is not certain yet.
    #[error(
        "the vote is not closed: throw the dice once its closing is on the board, and witnessed where it has witnesses"
    )]
    NotClosed,
    /// Nothing is counted.
    #[error("the vote was cancelled: no ballot counts, and there is nobody to ask")]
    Cancelled,
}

/// Voters that were drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// How many entries the board had with its closing.
    pub size: u64,
    /// The root of the board with its closing.
    pub root: Hash,
    /// What decided.
    pub seed: Digest,
    /// Among how many voters was drawn.
    pub counted: u64,
    /// Who was drawn, in the order in which they are asked.
    pub drawn: Vec<CountedVoter>,
}

/// Draws `number` voters, or all if there are fewer, among those whose ballots count and who voted themselves. (Who
/// stands behind a ballot that was typed from paper nobody knows.) More voters are the same ones and then others.
///
/// # Errors
/// [`SampleError`].
pub fn draw(board: &BoardState, dice: &Dice, number: u32) -> Result<Sample, SampleError> {
    if board.course() == Course::Cancelled {
        return Err(SampleError::Cancelled);
    }
    let (size, root) = board.closing_tree().ok_or(SampleError::NotClosed)?;
    let seed = seed(&root, dice);
    let voters: Vec<CountedVoter> =
        board.counted().filter(|voter| !board.manifest().is_entered(voter.route)).collect();
    let counted = voters.len() as u64;
    let drawn = least(&seed, voters, number, |voter| voter.pseudonym);
    Ok(Sample { size, root, seed, counted, drawn })
}

/// The seed that a board's root and dice give.
pub fn seed(root: &Hash, dice: &Dice) -> Digest {
    digest(tag::AUDIT, &[root.as_bytes(), dice.0.as_bytes()])
}

/// The `number` items whose pseudonyms have the least tickets, in the order of these.
pub fn least<T>(seed: &Digest, items: Vec<T>, number: u32, of: impl Fn(&T) -> Pseudonym) -> Vec<T> {
    let ticket = |item: T| {
        let pseudonym = of(&item).0;
        (digest(tag::AUDIT_TICKET, &[seed.as_bytes(), &pseudonym]), pseudonym, item)
    };
    let mut tickets: Vec<_> = items.into_iter().map(ticket).collect();
    tickets.sort_unstable_by_key(|(ticket, pseudonym, _)| (*ticket, *pseudonym));
    tickets.into_iter().take(number as usize).map(|(.., item)| item).collect()
}

/// What the answers of a sample say of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strength {
    /// How many voters' ballots count.
    pub counted: u64,
    /// How many of them are asked.
    pub asked: u64,
    /// How many of the answers fail, none at all included.
    pub failed: u64,
}

/// A false claim passes with this probability at most.
const DOUBT: f64 = 0.05;

impl Strength {
    /// The least number of invented voters of whom more than `failed` would be among those asked, with a probability of
    /// 95 % or more. Nothing where no number is so large: the sample says nothing then.
    pub fn finds(&self) -> Option<u64> {
        if self.asked > self.counted || self.failed >= self.asked {
            return None;
        }
        let (mut below, mut found) = (self.failed, self.counted);
        while found - below > 1 {
            let middle = below + (found - below) / 2;
            if self.passes(middle) <= DOUBT {
                found = middle;
            } else {
                below = middle;
            }
        }
        Some(found)
    }

    /// The probability that at most `failed` of `invented` voters are drawn: hypergeometric.
    fn passes(&self, invented: u64) -> f64 {
        let Strength { counted, asked, failed } = *self;
        let honest = counted.saturating_sub(invented);
        // So many invented ones are drawn even if every honest one is.
        let least = asked.saturating_sub(honest);
        let ratio = |over: u64, under: u64| (over as f64 / under as f64).ln();
        // Either nobody drawn is invented, or nobody who is not drawn is honest.
        let mut logarithm: f64 = if least == 0 {
            (0..asked).map(|at| ratio(honest - at, counted - at)).sum()
        } else {
            (0..counted - asked).map(|at| ratio(invented - at, counted - at)).sum()
        };
        let mut probability = 0.0;
        for drawn in least..=failed.min(asked).min(invented) {
            probability += logarithm.exp();
            let more = ratio(invented.saturating_sub(drawn), drawn + 1);
            logarithm += more + ratio(asked.saturating_sub(drawn), honest + drawn + 1 - asked);
        }
        probability
    }
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Strength { counted, asked, failed } = self;
        let Some(found) = self.finds() else {
            return write!(f, "{failed} of {asked} answers fail: this says nothing of the {counted} voters.");
        };
        let share = 100.0 * found as f64 / *counted as f64;
        write!(
            f,
            "{failed} of {asked} answers fail: if {found} of the {counted} voters ({share:.2} %) or more were invented, \
             more would fail, with a probability of 95 % or more."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THROWS: &str = "1 2 3 4 5 6 1 2 3 4 5 6 1 2 3 4 5 6 1 2";

    fn finds(counted: u64, asked: u64, failed: u64) -> Option<u64> {
        Strength { counted, asked, failed }.finds()
    }

    #[test]
    fn throws_are_read_as_people_write_them_and_nothing_else_is() {
        let dice: Dice = THROWS.parse().unwrap();
        assert_eq!(dice, THROWS.replace(' ', "").parse().unwrap());
        assert_eq!(dice.to_string(), "12345612345612345612");
        for wrong in
            ["", "1", &THROWS[2..], &THROWS.replace('6', "7"), &THROWS.replace('1', "0"), &"1".repeat(1_001)]
        {
            assert_eq!(wrong.parse::<Dice>(), Err(DiceError), "{wrong}");
        }
    }

    /// By hand: of 10 voters 5 are asked; nobody invented is found among M with probability C(10-M, 5) / C(10, 5),
    /// which is 126, 56, 21, 6, 1 of 252 for M = 1 to 5.
    #[test]
    fn the_numbers_are_hypergeometric() {
        let passes = |invented, failed| Strength { counted: 10, asked: 5, failed }.passes(invented) * 252.0;
        for (invented, of_252) in [(0, 252.0), (1, 126.0), (2, 56.0), (3, 21.0), (4, 6.0), (5, 1.0), (6, 0.0)]
        {
            assert!((passes(invented, 0) - of_252).abs() < 1e-9, "{invented}");
        }
        // One at most: C(M, 1) · C(10-M, 4) more.
        for (invented, of_252) in [(3, 21.0 + 3.0 * 35.0), (5, 1.0 + 25.0), (6, 6.0), (7, 0.0)] {
            assert!((passes(invented, 1) - of_252).abs() < 1e-9, "{invented}");
        }
        assert!((passes(8, 3) - 56.0).abs() < 1e-9 && (passes(8, 5) - 252.0).abs() < 1e-9);
        assert_eq!((finds(10, 5, 0), finds(10, 5, 1), finds(10, 5, 4)), (Some(4), Some(6), Some(10)));
    }

    /// Computed with whole numbers by other software.
    #[test]
    fn three_hundred_answers_find_one_in_a_hundred() {
        for (counted, asked, failed, found) in FOUND {
            assert_eq!(finds(counted, asked, failed), Some(found), "{counted} {asked} {failed}");
        }
        assert_eq!(finds(300, 300, 0), Some(1), "who asks everybody finds everything");
        assert_eq!((finds(10, 11, 0), finds(10, 0, 0), finds(10, 5, 5)), (None, None, None));
    }

    const FOUND: [(u64, u64, u64, u64); 8] = [
        (1_000, 300, 0, 9),
        (10_000, 300, 0, 98),
        (10_000, 300, 5, 345),
        (10_000, 300, 17, 834),
        (207_000, 300, 0, 2_056),
        (1_000_000, 300, 0, 9_935),
        (310, 300, 3, 5),
        (59, 58, 0, 1),
    ];
}
