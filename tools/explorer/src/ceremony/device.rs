//! What an honest trustee's device does: `next_step` of crates/trustee, as far as the making of the keys goes.

use super::Rules;
use super::board::{ATTEMPTS, Board, Dealt, Each, Entry, Maker, Round, TRUSTEES, Transcript, place};

/// What a device remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Memory {
    /// Whether it is the memory of the device that has made the secret.
    pub whole: bool,
    /// Which of the trustee's secrets it is of: the first, or one that was made anew.
    pub secret: u8,
    /// The attempts in which the device has committed, each as one bit.
    committed: u8,
    /// What it has dealt for, by attempt.
    dealt: [Option<Round>; ATTEMPTS],
    /// What it has confirmed, by attempt.
    confirmed: [Option<Transcript>; ATTEMPTS],
    /// The election in which it has agreed to something.
    joined: Option<Transcript>,
}

/// A device of an honest trustee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Device {
    /// Whose. Trustee 0 is no trustee: somebody who looks on, and whose board may have everything.
    pub trustee: u8,
    /// The last board that it has seen, which every later one must continue.
    pub board: Board,
    /// Nothing on a device that was never used.
    pub memory: Option<Memory>,
}

/// What a device does at the board that it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is nothing to do, or others are to act first.
    Wait,
    /// The board is not one on which it goes on.
    Refuse,
    /// It signs this.
    Sign(Entry),
    /// The keys are made, and it agrees to what is to be decrypted under them.
    Join(Transcript),
}

fn at<T: Copy>(by_attempt: &[Option<T>; ATTEMPTS], attempt: u8) -> Option<T> {
    by_attempt.get(usize::from(attempt).checked_sub(1)?).copied().flatten()
}

fn set<T>(by_attempt: &mut [Option<T>; ATTEMPTS], attempt: u8, value: T) {
    if let Some(place) = usize::from(attempt).checked_sub(1).and_then(|at| by_attempt.get_mut(at)) {
        *place = Some(value);
    }
}

impl Memory {
    /// That of a device that has just made a secret.
    pub fn new(secret: u8) -> Self {
        Memory {
            whole: true,
            secret,
            committed: 0,
            dealt: [None; ATTEMPTS],
            confirmed: [None; ATTEMPTS],
            joined: None,
        }
    }

    /// That of a device which was set up from the words of a secret, where the board shows enough of it.
    pub fn recover(board: &Board, trustee: u8, secret: u8, rules: &Rules) -> Option<Self> {
        let own = place(&board.commitments, trustee).flatten() == Some(Maker::Own(secret));
        let dealt = place(&board.dealt, trustee).flatten().is_some();
        if !own || !(dealt || rules.deal_after_recovery) {
            return None;
        }
        let mut memory = Memory { whole: false, committed: 1 << board.attempt, ..Memory::new(secret) };
        if dealt {
            set(&mut memory.dealt, board.attempt, board.round()?);
        }
        if let Some(transcript) = board.transcript().filter(|_| board.confirmed.has(trustee)) {
            set(&mut memory.confirmed, board.attempt, transcript);
        }
        Some(memory)
    }

    /// What is remembered of what is done.
    pub fn note(&mut self, step: Step) {
        match step {
            Step::Sign(Entry::Commitments { attempt, .. }) => self.committed |= 1 << attempt,
            Step::Sign(Entry::Shares { round, .. }) => set(&mut self.dealt, round.attempt, round),
            Step::Sign(Entry::Confirm { transcript, .. }) => {
                set(&mut self.confirmed, transcript.round.attempt, transcript);
            }
            Step::Join(transcript) => self.joined = Some(transcript),
            Step::Sign(_) | Step::Wait | Step::Refuse => {}
        }
    }

    /// Whether the device goes on in the attempt that a board shows: what it has confirmed before, the board shows
    /// confirmed and then begun anew.
    fn goes_on(&self, board: &Board, trustee: u8) -> bool {
        let confirmed =
            (1..).zip(self.confirmed).filter_map(|(attempt, confirmed)| Some((attempt, confirmed?)));
        confirmed.into_iter().all(|(attempt, transcript)| {
            attempt == board.attempt
                || (attempt < board.attempt && board.left(attempt, trustee) == Some(transcript))
        })
    }
}

impl Device {
    /// What the device does next, by the board that it sees and what it remembers.
    pub fn next_step(&self, rules: &Rules) -> Step {
        let (board, trustee) = (&self.board, self.trustee);
        let Some(memory) = self.memory else { return Step::Wait };
        if !memory.goes_on(board, trustee) {
            return Step::Refuse;
        }
        let (attempt, own) = (board.attempt, Maker::Own(memory.secret));
        let confirmed = at(&memory.confirmed, attempt);
        let committed = place(&board.commitments, trustee).flatten();
        if let Some(election) = board.election() {
            let other = |known: Option<Transcript>| known.is_some_and(|known| known != election);
            // One that looks at nothing has a share that is none, and finds out when it is to use it.
            let right = self.false_dealer().is_none() || rules.shares_unchecked;
            if other(confirmed) || other(memory.joined) || committed != Some(own) || !right {
                return Step::Refuse;
            }
            return if memory.whole && memory.joined.is_none() { Step::Join(election) } else { Step::Wait };
        }
        if board.failed.is_some() {
            return Step::Wait;
        }
        match committed {
            None if memory.whole => {
                return Step::Sign(Entry::Commitments { attempt, trustee, maker: own });
            }
            Some(maker) if maker == own => {}
            _ => return Step::Refuse,
        }
        let Some(round) = board.round() else { return Step::Wait };
        if at(&memory.dealt, attempt).is_some_and(|dealt| dealt != round) {
            return Step::Refuse;
        }
        if place(&board.dealt, trustee).flatten().is_none() {
            let remembers = memory.whole || rules.deal_after_recovery;
            return if remembers && memory.committed & (1 << attempt) != 0 {
                Step::Sign(Entry::Shares { round, dealer: trustee, dealt: Dealt::Right(0) })
            } else {
                Step::Refuse
            };
        }
        if let Some((dealer, dealt)) = self.false_dealer().filter(|_| !rules.shares_unchecked) {
            return Step::Sign(Entry::Complaint { complainer: trustee, round, dealer, dealt });
        }
        match board.transcript() {
            Some(transcript) if confirmed.is_some_and(|confirmed| confirmed != transcript) => Step::Refuse,
            Some(transcript) if !board.confirmed.has(trustee) => {
                Step::Sign(Entry::Confirm { trustee, transcript })
            }
            _ => Step::Wait,
        }
    }

    /// Whether an entry is shown before others of its kind. In which order they come makes no difference to anybody; so
    /// those come first that the ballot box always has: the dishonest trustee's, then the device's own.
    pub fn is_next(&self, entry: &Entry) -> bool {
        let rank = |trustee| match trustee {
            TRUSTEES => 0,
            own if own == self.trustee || self.trustee == 0 => 1,
            _ => 2,
        };
        let board = &self.board;
        let (author, missing): (u8, Each<bool>) = match entry {
            Entry::Commitments { trustee, .. } => (*trustee, board.commitments.map(|of| of.is_none())),
            Entry::Shares { dealer, .. } => (*dealer, board.dealt.map(|of| of.is_none())),
            Entry::Confirm { trustee, .. } => (*trustee, [1, 2, 3].map(|of| !board.confirmed.has(of))),
            Entry::Complaint { .. } | Entry::Restart { .. } => return true,
        };
        let mut earlier = (1..=TRUSTEES).filter(|other| rank(*other) < rank(author));
        earlier.all(|other| place(&missing, other) == Some(false))
    }

    /// The first dealer whose share for this trustee is false.
    fn false_dealer(&self) -> Option<(u8, Dealt)> {
        let dealt = (1..).zip(self.board.dealt).filter_map(|(dealer, dealt)| Some((dealer, dealt?)));
        dealt.into_iter().find(|(_, dealt)| *dealt == Dealt::FalseTo(self.trustee))
    }
}
