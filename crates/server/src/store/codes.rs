//! Codes and guesses at them: how many there may be, and which guess is right.
//!
//! Every store of the registrar calls these within its transactions, so that all judge alike.

use std::time::Duration;

use subtle::ConstantTimeEq;
use veche_record::Pseudonym;

use crate::clock::seconds;
use crate::http::counters::DAY;
use crate::keys::SECRET_LEN;
use crate::store::roll::{MarkHash, PersonHash, RollRow};

/// A request for a code. Both codes are drawn before it is known which is sent. Times are Unix seconds.
#[derive(Debug, Clone)]
pub(crate) struct NewCode {
    /// The hash of the session it belongs to.
    pub(crate) session: [u8; SECRET_LEN],
    pub(crate) phone: PersonHash,
    /// The hash of session and own code.
    pub(crate) own: [u8; SECRET_LEN],
    /// The hash of the long code, which is good in every session of the phone.
    pub(crate) shared: [u8; SECRET_LEN],
    pub(crate) made: i64,
}

/// How many messages a phone is sent. However often anyone asks, an own code or a live shared one is on the phone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeLimits {
    /// Messages in 24 hours with a code for their own session only.
    pub(crate) own_a_day: u32,
    /// Messages in 24 hours.
    pub(crate) a_day: u32,
    /// Time between two messages with a shared code, unless the first is used. Shorter than a shared code lives.
    pub(crate) shared_every: Duration,
}

/// What became of a request for a code. It is stored in any case, and whoever asked is told the same in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeAsked {
    /// The session's own code is to be sent.
    Own,
    /// The shared code is to be sent.
    Shared,
    /// Nothing is to be sent: a shared code is there, or the day's messages are.
    Nothing,
}

/// The messages of a phone in the last 24 hours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecentMessages {
    pub(crate) count: u32,
    /// When the newest was made whose code is shared and not used.
    pub(crate) newest_shared: Option<i64>,
}

impl CodeLimits {
    /// What is to be sent to a phone, however many people have it.
    pub(crate) fn judge(&self, recent: RecentMessages, now: i64) -> CodeAsked {
        let is_there = recent
            .newest_shared
            .is_some_and(|newest| newest.saturating_add(seconds(self.shared_every)) > now);
        if recent.count < self.own_a_day {
            CodeAsked::Own
        } else if is_there || recent.count >= self.a_day {
            CodeAsked::Nothing
        } else {
            CodeAsked::Shared
        }
    }
}

/// A guess at a code, with all that is stored if it is right: drawn before, so that a right and a wrong guess differ in
/// nothing but the last step.
#[derive(Debug, Clone)]
pub(crate) struct Guess {
    /// The hash of the session.
    pub(crate) session: [u8; SECRET_LEN],
    /// The hash of session and guess.
    pub(crate) own: [u8; SECRET_LEN],
    /// The hash of the guess, if it is long enough for a shared code.
    pub(crate) shared: Option<[u8; SECRET_LEN]>,
    /// The hash of the guess as a code on paper, where there are such codes, and the position of their route.
    pub(crate) printed: Option<([u8; SECRET_LEN], u8)>,
    /// The hash of the mark that was given, bound to the session's phone.
    pub(crate) mark: Option<MarkHash>,
    /// The time, as Unix seconds.
    pub(crate) at: i64,
    /// Whether a phone that is not on the roll may vote.
    pub(crate) open_to_all: bool,
    /// The pseudonym of a voter who has none.
    pub(crate) pseudonym: Pseudonym,
    /// The hash of the token that the voter gets.
    pub(crate) token: [u8; SECRET_LEN],
    /// When the token ends, as Unix seconds.
    pub(crate) expires: i64,
}

/// How often codes may be guessed at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GuessLimits {
    /// Time for which a session and its own code are good.
    pub(crate) session_lifetime: Duration,
    /// Guesses in one session.
    pub(crate) a_session: u32,
    /// Time for which a shared code is good.
    pub(crate) shared_lifetime: Duration,
    /// Guesses at one shared code, in all sessions together.
    pub(crate) a_shared_code: u32,
    /// Wrong marks of one phone in 24 hours.
    pub(crate) wrong_marks_a_day: u32,
}

/// A stored request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoredCode {
    pub(crate) phone: PersonHash,
    pub(crate) own: [u8; SECRET_LEN],
    pub(crate) made: i64,
    /// Guesses before this one.
    pub(crate) guesses: u32,
    pub(crate) used: bool,
}

/// A shared code that is alive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SharedCode {
    /// The request that caused it.
    pub(crate) session: [u8; SECRET_LEN],
    pub(crate) mac: [u8; SECRET_LEN],
    /// Guesses before this one.
    pub(crate) guesses: u32,
}

/// A code on paper. Times are Unix seconds.
#[derive(Debug, Clone)]
pub(crate) struct PrintedCode {
    pub(crate) person: PersonHash,
    pub(crate) mac: [u8; SECRET_LEN],
    pub(crate) made: i64,
    /// When it ends.
    pub(crate) expires: i64,
    /// Guesses at it.
    pub(crate) guesses: u32,
    pub(crate) used: bool,
}

/// What became of a phone's messages in the last 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct MessageNews {
    /// Codes that were asked for, as far as they are remembered.
    pub(crate) asked: u32,
    /// When the last one was asked for.
    pub(crate) last_asked: Option<i64>,
    /// Messages that left.
    pub(crate) left: u32,
    /// When the last one left.
    pub(crate) last_left: Option<i64>,
    /// Messages of which it is not known yet whether they leave.
    pub(crate) waiting: u32,
    /// When the last one was given up.
    pub(crate) last_lost: Option<i64>,
    /// Guesses at the newest code that is remembered, where it is not used.
    pub(crate) guesses: u32,
}

/// Which code a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// The one on paper, of this person.
    Printed(PersonHash),
    /// The session's own.
    Own,
    /// The shared one that this session caused.
    Shared([u8; SECRET_LEN]),
}

/// What became of a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Guessed {
    /// It was right, and the code is used.
    SignedIn {
        /// The voter's name on the board: the one of the first time.
        pseudonym: Pseudonym,
        /// What the roll says.
        style: Option<String>,
        /// Whether it was a code on paper.
        printed: bool,
    },
    /// It was wrong, or right and the phone may not vote.
    Wrong { attempts_left: u32 },
    /// It was right, and stays so: several people have the phone, and a mark must say which.
    MarkNeeded { heading: Option<String> },
    /// The same, and nobody of them has this mark.
    WrongMark { attempts_left: u32 },
    /// The same, and too many marks were wrong until this time.
    MarksSpent { until: i64 },
    /// There is no such session, or it has signed in or is too old. Not counted.
    Expired,
    /// The session has guessed too often. Not counted.
    SessionSpent,
}

impl GuessLimits {
    /// Why a session may not guess.
    pub(crate) fn refuse(&self, code: &StoredCode, now: i64) -> Option<Guessed> {
        if code.used || now >= code.made.saturating_add(seconds(self.session_lifetime)) {
            return Some(Guessed::Expired);
        }
        (code.guesses >= self.a_session).then_some(Guessed::SessionSpent)
    }

    /// Which code the guess is, compared in constant time, if the phone may vote. `people` is how many the roll has.
    pub(crate) fn judge(
        &self,
        guess: &Guess,
        code: &StoredCode,
        (shared, printed): (&[SharedCode], &[PrintedCode]),
        people: u32,
    ) -> Option<Right> {
        let may_vote = guess.open_to_all | (people > 0);
        let is_own: bool = guess.own.ct_eq(&code.own).into();
        let mut right = is_own.then_some(Right::Own);
        for one in shared.iter().filter(|one| one.guesses < self.a_shared_code) {
            let is_this: bool = guess.shared.is_some_and(|guess| guess.ct_eq(&one.mac).into());
            right = right.or(is_this.then_some(Right::Shared(one.session)));
        }
        for one in printed.iter().filter(|one| self.is_alive(one, guess.at)) {
            let is_this: bool = guess.printed.is_some_and(|(mac, _)| mac.ct_eq(&one.mac).into());
            right = right.or(is_this.then_some(Right::Printed(one.person)));
        }
        right.filter(|_| may_vote)
    }

    /// Who of a phone has signed in with a right code: the person with the mark, or whoever has the phone alone, or the
    /// code on paper. `wrong` are the times of the wrong marks of the last 24 hours.
    pub(crate) fn tell_apart(
        &self,
        guess: &Guess,
        (phone, right): (&PersonHash, Right),
        people: &[RollRow],
        wrong: &[i64],
        heading: Option<String>,
    ) -> Result<(PersonHash, Option<String>), Guessed> {
        let who = |row: &RollRow| (row.person, Some(row.style.clone()));
        if let Right::Printed(person) = right {
            let row = people.iter().find(|row| row.person == person);
            return Ok(row.map_or((person, None), who));
        }
        match people {
            [] => return Ok((*phone, None)),
            [alone] => return Ok(who(alone)),
            _ => {}
        }
        let tries = usize::try_from(self.wrong_marks_a_day).unwrap_or(usize::MAX);
        if let Some(until) = wrong.len().checked_sub(tries).and_then(|position| wrong.get(position)) {
            return Err(Guessed::MarksSpent { until: until.saturating_add(seconds(DAY)) });
        }
        let Some(mark) = guess.mark else { return Err(Guessed::MarkNeeded { heading }) };
        let mut found = None;
        for row in people {
            let is_this: bool = row.mark.is_some_and(|known| known.0.ct_eq(&mark.0).into());
            found = found.or(is_this.then(|| who(row)));
        }
        let left = tries.saturating_sub(wrong.len()).saturating_sub(1);
        found.ok_or(Guessed::WrongMark { attempts_left: u32::try_from(left).unwrap_or(u32::MAX) })
    }

    /// Whether a code on paper may still be used.
    fn is_alive(&self, code: &PrintedCode, now: i64) -> bool {
        !code.used && now < code.expires && code.guesses < self.a_shared_code
    }

    /// The guesses that are left in a session after this one.
    pub(crate) const fn left(&self, code: &StoredCode) -> u32 {
        self.a_session.saturating_sub(code.guesses).saturating_sub(1)
    }
}
