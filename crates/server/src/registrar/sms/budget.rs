//! How many messages leave where anyone's number gets one: a token bucket, so that whoever asks for all of them makes
//! the others wait for seconds.

/// Seconds of an hour: one message is so many parts, and an hour's limit is as many parts a second.
const PARTS: i64 = 3_600;

/// The messages of an hour, which come back one by one. At most a sixtieth of them leave at once.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// Parts that are spent and have not come back, and of those the ones for numbers of other countries.
    spent: i64,
    spent_abroad: i64,
    /// The time of that, as a Unix time.
    at: i64,
}

impl Budget {
    /// Whether one more may leave at a Unix time. Numbers of other countries, which some are paid for, have a quarter.
    pub(super) fn has_room(&mut self, an_hour: u32, at: i64, abroad: bool) -> bool {
        let an_hour = i64::from(an_hour);
        let back = at.saturating_sub(self.at).max(0).saturating_mul(an_hour);
        self.spent = self.spent.saturating_sub(back).max(0);
        self.spent_abroad = self.spent_abroad.saturating_sub(back / 4).max(0);
        self.at = at;
        let at_once = (an_hour + 59) / 60;
        let room = |spent: i64, at_once: i64| spent <= (at_once - 1).saturating_mul(PARTS);
        room(self.spent, at_once) && (!abroad || room(self.spent_abroad, (at_once + 3) / 4))
    }

    /// Counts one that leaves.
    pub(super) fn spend(&mut self, abroad: bool) {
        self.spent = self.spent.saturating_add(PARTS);
        self.spent_abroad = self.spent_abroad.saturating_add(PARTS * i64::from(abroad));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of many leave at a time.
    fn leave(budget: &mut Budget, at: i64, abroad: bool) -> u32 {
        let mut left = 0;
        while budget.has_room(600, at, abroad) {
            budget.spend(abroad);
            left += 1;
            assert!(left < 1_000);
        }
        left
    }

    #[test]
    fn messages_come_back_one_by_one_and_other_countries_have_a_quarter() {
        let mut budget = Budget::default();
        assert_eq!(leave(&mut budget, 600, true), 3);
        assert_eq!(leave(&mut budget, 600, false), 7);
        assert_eq!(leave(&mut budget, 605, false), 0);
        assert_eq!(leave(&mut budget, 606, false), 1, "one in six seconds");
        assert_eq!(leave(&mut budget, 606, true), 0);
        // A clock that is set back gives nothing, and takes nothing.
        assert_eq!(leave(&mut budget, 0, false), 0);
        assert_eq!(leave(&mut budget, 6, false), 1);
        assert_eq!(leave(&mut budget, 66, true), 3, "all of a minute's");
        assert_eq!(leave(&mut budget, 10_000, false), 10, "never more at once");
        assert!(!Budget::default().has_room(0, 0, false));
    }
}
