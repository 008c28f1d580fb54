//! What a server holds of its machine's clock. Pure: every time is given.

use super::machine::rfc3339;

/// Seconds by which the machine's clock may differ from what it is compared with: a time service that sets it, a
/// virtual machine that stood still for a moment.
const TOLERANCE: i64 = 120;
/// Seconds for which a server may have been away before its start.
const AWAY: i64 = 3_600;
/// Seconds for which a clock that has jumped must keep step before it is taken up again.
const IN_STEP: i64 = 3_600;

/// A moment by two clocks.
#[derive(Debug, Clone, Copy)]
struct Moment {
    unix: i64,
    elapsed: i64,
}

impl Moment {
    /// The time it is when so much has passed.
    const fn then(self, elapsed: i64) -> i64 {
        self.unix.saturating_add(elapsed.saturating_sub(self.elapsed))
    }
}

/// What is known of the time.
#[derive(Debug)]
pub(super) struct Opinion {
    /// The last moment that was beyond doubt.
    base: Moment,
    /// The base is what was seen before the start, so that more has passed since than this process has measured.
    starting: bool,
    /// Since when the clock keeps step at another time than the base says.
    jumped: Option<Moment>,
    /// The first and the last time at which witnesses cosigned last.
    witnessed: Option<(Moment, Moment)>,
    /// The newest time on the board.
    board: i64,
}

/// The time, as well as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// What the machine's clock shows.
    pub(super) wall: i64,
    /// What the last moment beyond doubt and the time since then give.
    pub(super) measured: i64,
    /// What to go by.
    pub(super) unix: i64,
    /// The earliest that it may be.
    pub(super) earliest: i64,
    /// The latest that it may be.
    pub(super) latest: i64,
    starting: bool,
}

impl Opinion {
    pub(super) fn new(wall: i64, elapsed: i64, seen: Option<i64>) -> Self {
        let base = Moment { unix: seen.unwrap_or(wall), elapsed };
        let mut opinion = Opinion { base, starting: true, jumped: None, witnessed: None, board: i64::MIN };
        opinion.look(wall, elapsed, None, None);
        opinion
    }

    pub(super) fn read(&self, wall: i64, elapsed: i64) -> Reading {
        let measured = self.base.then(elapsed);
        let agrees = self.agrees(wall, measured);
        let unix = match (agrees, self.starting) {
            (true, _) => wall,
            (false, false) => measured,
            // Nothing was measured while the server was away: it is this time at least.
            (false, true) => wall.max(measured),
        };
        let times = if agrees { [wall, wall] } else { [wall, measured] };
        let (first, last) =
            self.witnessed.map_or((unix, unix), |(first, last)| (first.then(elapsed), last.then(elapsed)));
        // What differs by less than is tolerated does not make the hour an hour and two minutes.
        let others =
            [first, last, self.board.max(unix)].map(|time| if near(time, unix) { unix } else { time });
        let bounds = || times.into_iter().chain(others).chain([unix]);
        let (earliest, latest) = (bounds().min().unwrap_or(unix), bounds().max().unwrap_or(unix));
        let measured = if agrees { wall } else { measured };
        Reading { wall, measured, unix, earliest, latest, starting: self.starting && !agrees }
    }

    fn agrees(&self, wall: i64, measured: i64) -> bool {
        let ahead = wall.saturating_sub(measured);
        (-TOLERANCE..=if self.starting { AWAY } else { TOLERANCE }).contains(&ahead)
    }

    /// Takes up the machine's clock where it agrees, or has kept step for long and no closing hour is at stake.
    pub(super) fn look(&mut self, wall: i64, elapsed: i64, closing: Option<i64>, board: Option<i64>) {
        self.board = board.unwrap_or(self.board);
        let (now, measured) = (Moment { unix: wall, elapsed }, self.base.then(elapsed));
        if self.agrees(wall, measured) {
            self.jumped = None;
            // Not at every look: a clock that is moved by a minute again and again would take the base with it.
            if self.starting || elapsed.saturating_sub(self.base.elapsed) >= IN_STEP {
                self.take_up(now);
            }
            return;
        }
        let since = *self.jumped.get_or_insert(now);
        if !near(since.then(elapsed), wall) {
            self.jumped = Some(now);
        } else if elapsed.saturating_sub(since.elapsed) >= IN_STEP
            && closing.is_none_or(|hour| (measured < hour) == (wall < hour))
        {
            self.take_up(now);
        }
    }

    /// Takes notice of the first and the last time at which as many witnesses have cosigned as are needed.
    pub(super) fn witnessed(&mut self, wall: i64, elapsed: i64, first: i64, last: i64) {
        let at = |unix| Moment { unix, elapsed };
        self.witnessed = Some((at(first), at(last)));
        if near(first, wall) && near(last, wall) {
            self.take_up(at(wall));
        } else if self.starting && near(first, last) && first >= self.base.then(elapsed) - TOLERANCE {
            // They have measured what this server has not.
            self.base = at(last);
            self.starting = false;
        }
    }

    const fn take_up(&mut self, now: Moment) {
        self.base = now;
        self.starting = false;
        self.jumped = None;
    }
}

impl Reading {
    /// What is to be said to a person, if the times do not agree.
    pub(super) fn doubt(self, closing: Option<i64>) -> Option<String> {
        let Reading { wall, unix, earliest, latest, .. } = self;
        if latest.saturating_sub(earliest) <= TOLERANCE {
            return None;
        }
        let seen = match (wall == unix, self.starting) {
            (false, _) => format!("by what this server has seen and measured it is {}", rfc3339(unix)),
            (true, true) => format!("this server saw {} last before it was started", rfc3339(self.measured)),
            (true, false) => {
                format!(
                    "by the board and the witnesses it is between {} and {}",
                    rfc3339(earliest),
                    rfc3339(latest)
                )
            }
        };
        let mut sentence = format!(
            "The machine's clock shows {}, and {seen}. Until they agree, nothing ends by the clock alone. Set the \
             machine's clock right, if it is wrong.",
            rfc3339(wall)
        );
        if closing.is_some_and(|hour| latest >= hour && earliest < hour) {
            sentence.push_str(" If the closing hour has come, close the vote with `veche election close`.");
        }
        Some(sentence)
    }
}

/// Whether two times differ by no more than is tolerated.
const fn near(one: i64, other: i64) -> bool {
    one.abs_diff(other) <= TOLERANCE.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_777_680_000;
    const DAY: i64 = 86_400;

    /// What is gone by, and between which times it is.
    fn times(opinion: &Opinion, wall: i64, elapsed: i64) -> (i64, i64, i64) {
        let reading = opinion.read(wall, elapsed);
        (reading.unix - NOW, reading.earliest - NOW, reading.latest - NOW)
    }

    #[test]
    fn a_clock_that_keeps_step_is_gone_by() {
        let mut opinion = Opinion::new(NOW, 0, None);
        assert_eq!(times(&opinion, NOW + 10, 10), (10, 10, 10));
        // A time service sets it, a little at a time.
        for hour in 1..=10 {
            let ahead = 100 * hour;
            assert_eq!(times(&opinion, NOW + hour * 3_600 + ahead, hour * 3_600).0, hour * 3_600 + ahead);
            opinion.look(NOW + hour * 3_600 + ahead, hour * 3_600, None, None);
        }
        assert_eq!(
            times(&opinion, NOW + 10 * 3_600 + 1_200, 10 * 3_600),
            (37_000, 37_000, 37_200),
            "too much at once"
        );
    }

    #[test]
    fn a_clock_that_jumps_and_comes_back_changes_nothing() {
        let mut opinion = Opinion::new(NOW, 0, Some(NOW - 5));
        for jump in [DAY, -DAY] {
            opinion.look(NOW + 60 + jump, 60, Some(NOW + 3_600), None);
            let reading = opinion.read(NOW + 60 + jump, 60);
            assert_eq!(reading.unix, NOW + 60);
            assert_eq!((reading.earliest, reading.latest), (NOW + 60 + jump.min(0), NOW + 60 + jump.max(0)));
            let sentence = reading.doubt(Some(NOW + 3_600)).unwrap();
            assert_eq!(sentence.contains("veche election close"), jump > 0, "{sentence}");
        }
        assert_eq!(opinion.read(NOW + 61, 61).doubt(None), None);
    }

    #[test]
    fn a_jump_is_taken_up_after_an_hour_unless_it_would_end_something() {
        for (closing, taken) in [(None, true), (Some(NOW + 2 * DAY), true), (Some(NOW + DAY / 2), false)] {
            let mut opinion = Opinion::new(NOW, 0, None);
            for minute in 0..=61 {
                opinion.look(NOW + DAY + minute * 60, minute * 60, closing, None);
            }
            let expected = if taken { DAY } else { 0 };
            assert_eq!(times(&opinion, NOW + DAY + 3_660, 3_660).0, expected + 3_660, "{closing:?}");
        }
        // One that does not keep step is never taken up.
        let mut opinion = Opinion::new(NOW, 0, None);
        for minute in 0..=200 {
            opinion.look(NOW + DAY + minute * 600, minute * 60, None, None);
        }
        assert_eq!(times(&opinion, NOW + DAY, 12_000).0, 12_000);
    }

    #[test]
    fn a_start_is_compared_with_when_the_server_ran_last() {
        let started = |wall, seen| times(&Opinion::new(wall, 7, Some(seen)), wall, 7);
        assert_eq!(started(NOW, NOW - 3_600), (0, 0, 0), "an update");
        assert_eq!(started(NOW, NOW - DAY), (0, -DAY, 0), "a day away, or a clock that is a day ahead");
        assert_eq!(started(NOW, NOW + DAY), (DAY, 0, DAY), "a clock that is behind");
        let mut opinion = Opinion::new(NOW, 0, Some(NOW - DAY));
        let sentence = opinion.read(NOW, 0).doubt(None).unwrap();
        assert!(sentence.contains("2026-05-01T00:00:00Z last before it was started"), "{sentence}");
        // A time service puts it right.
        opinion.look(NOW - DAY + 60, 30, None, None);
        assert_eq!(times(&opinion, NOW - DAY + 61, 31).0, 61 - DAY);
        assert_eq!(times(&opinion, NOW, 31).0, 61 - DAY, "from now on it is measured");
    }

    #[test]
    fn witnesses_settle_what_a_start_cannot_know() {
        // They say what the machine says: it was away.
        let mut opinion = Opinion::new(NOW, 0, Some(NOW - DAY));
        opinion.witnessed(NOW, 0, NOW - 1, NOW + 2);
        assert_eq!(times(&opinion, NOW + 1, 1), (1, 1, 1));
        // They say that the machine is a day ahead.
        let mut opinion = Opinion::new(NOW + DAY, 0, Some(NOW - 10));
        opinion.witnessed(NOW + DAY, 0, NOW - 1, NOW);
        assert_eq!(times(&opinion, NOW + DAY + 1, 1), (1, 1, DAY + 1));
        // They contradict each other, or what was measured: nothing is taken from them, and nobody is sure.
        let mut opinion = Opinion::new(NOW, 0, None);
        opinion.witnessed(NOW, 0, NOW - DAY, NOW + DAY);
        assert_eq!(times(&opinion, NOW + 1, 1), (1, 1 - DAY, 1 + DAY));
        let sentence = opinion.read(NOW, 0).doubt(None).unwrap();
        assert!(sentence.contains("by the board and the witnesses"), "{sentence}");
    }

    #[test]
    fn a_board_from_the_future_makes_nobody_close_and_nobody_sure() {
        let mut opinion = Opinion::new(NOW, 0, None);
        opinion.look(NOW, 0, None, Some(NOW + DAY));
        assert_eq!(times(&opinion, NOW, 0), (0, 0, DAY));
        opinion.look(NOW, 0, None, Some(NOW - DAY));
        assert_eq!(times(&opinion, NOW, 0), (0, 0, 0));
    }
}
