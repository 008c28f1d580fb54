//! Watches wrong guesses at all numbers together: one at each of a million is a voter taken over, and no number's own
//! limits see it.

use std::sync::{Mutex, PoisonError};

use crate::http::limits::Limits;

/// Seconds of a part of the time that is looked back on: this part and the one before it count.
const PART: i64 = 600;

/// The guesses of twenty minutes at most.
#[derive(Debug, Default)]
pub(crate) struct GuessWatch(Mutex<[Part; 2]>);

#[derive(Debug, Default, Clone, Copy)]
struct Part {
    /// The number of the part, in the order of time.
    at: i64,
    right: u32,
    wrong: u32,
}

impl GuessWatch {
    /// Notes how a guess was.
    pub(crate) fn note(&self, is_right: bool, now: i64) {
        let at = now.div_euclid(PART);
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let [now, before] = &mut *parts;
        if now.at != at {
            (*before, *now) = (*now, Part { at, ..Part::default() });
        }
        now.right = now.right.saturating_add(u32::from(is_right));
        now.wrong = now.wrong.saturating_add(u32::from(!is_right));
    }

    /// Whether so many guesses are wrong that people who mistype are not the reason: many, and more than half as many
    /// as are right.
    pub(crate) fn is_alarmed(&self, limits: &Limits, now: i64) -> bool {
        let at = now.div_euclid(PART);
        let parts = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = parts.iter().filter(|part| part.at == at || part.at == at - 1);
        let (right, wrong) = recent.fold((0_u32, 0_u32), |(right, wrong), part| {
            (right.saturating_add(part.right), wrong.saturating_add(part.wrong))
        });
        wrong > limits.wrong_guesses_before_alarm && wrong > right / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_wrong_guesses_are_seen_and_many_voters_are_not_taken_for_them() {
        let limits = Limits { wrong_guesses_before_alarm: 10, ..Limits::default() };
        let watch = GuessWatch::default();
        let many = |is_right: bool, how_many: u32, now: i64| {
            for _ in 0..how_many {
                watch.note(is_right, now);
            }
        };
        many(false, 10, 600);
        assert!(!watch.is_alarmed(&limits, 600));
        many(false, 1, 1_200);
        assert!(watch.is_alarmed(&limits, 1_200), "both parts count");
        many(true, 22, 1_200);
        assert!(!watch.is_alarmed(&limits, 1_200), "so many people mistype");
        many(false, 1, 1_200);
        assert!(watch.is_alarmed(&limits, 1_799));
        assert!(!watch.is_alarmed(&limits, 1_800), "the first part is over");
        many(false, 20, 1_800);
        assert!(watch.is_alarmed(&limits, 1_800));
        assert!(!watch.is_alarmed(&limits, 9_000));
    }
}
