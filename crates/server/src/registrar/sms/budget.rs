//! How many codes leave in a minute where registration is open, and anyone's number gets one.

/// A minute, in seconds.
const MINUTE: i64 = 60;

/// An hour's codes, a sixtieth of them each minute: whoever asks for all of them takes one minute's.
#[derive(Debug, Default)]
pub(super) struct Budget {
    minute: i64,
    spent: u32,
    /// Of those, to numbers of other countries.
    spent_abroad: u32,
}

impl Budget {
    /// Whether one more may leave at a Unix time. Numbers of other countries, which some are paid for, have a quarter.
    pub(super) fn has_room(&self, an_hour: u32, at: i64, abroad: bool) -> bool {
        let a_minute = an_hour.div_ceil(60);
        at.div_euclid(MINUTE) != self.minute
            || (self.spent < a_minute && !(abroad && self.spent_abroad >= a_minute.div_ceil(4)))
    }

    /// Counts one that leaves.
    pub(super) fn spend(&mut self, at: i64, abroad: bool) {
        let minute = at.div_euclid(MINUTE);
        if minute != self.minute {
            *self = Budget { minute, ..Budget::default() };
        }
        self.spent = self.spent.saturating_add(1);
        self.spent_abroad = self.spent_abroad.saturating_add(u32::from(abroad));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of many leave in the minute of a time.
    fn leave(budget: &mut Budget, at: i64, abroad: bool) -> u32 {
        let mut left = 0;
        while budget.has_room(600, at, abroad) {
            budget.spend(at, abroad);
            left += 1;
            assert!(left < 1_000);
        }
        left
    }

    #[test]
    fn a_minute_has_its_part_of_the_hour_and_other_countries_a_quarter_of_that() {
        let mut budget = Budget::default();
        assert_eq!(leave(&mut budget, 600, true), 3);
        assert_eq!(leave(&mut budget, 659, false), 7);
        assert_eq!(leave(&mut budget, 660, false), 10, "the next minute");
        assert_eq!(leave(&mut budget, 661, true), 0);
    }
}
