//! One board and everybody who signs for it: a voter whose key changes, the hours, the count.
//!
//! Dishonest: the ballot box and one of two trustees; and, as the game says, registrar and organiser. Honest: a voter
//! with two devices, the other trustee, and whoever else is not dishonest. What honest people sign the ballot box
//! withholds, repeats, or puts where it was not meant for; what they have not signed, it tries with a false signature.

use crate::explore::Model;

mod board;

pub use board::{Board, Close, Course, Culprit, Entry, Fault, Key, Reason, Rules, Seal, Voted};

/// How late it is. The closing may be put off by some hours, and trustees end a vote three days later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hour {
    /// Before the announced closing.
    #[default]
    Voting,
    /// After the announced closing.
    Closing,
    /// After the latest closing that the manifest allows.
    Latest,
    /// Three days after the announced closing.
    Gone,
    /// Three days after the latest closing.
    LongGone,
}

impl Hour {
    fn next(self) -> Option<Hour> {
        Some(match self {
            Hour::Voting => Hour::Closing,
            Hour::Closing => Hour::Latest,
            Hour::Latest => Hour::Gone,
            Hour::Gone => Hour::LongGone,
            Hour::LongGone => return None,
        })
    }
}

/// What is played.
#[derive(Debug, Clone, Copy, Default)]
pub struct Game {
    /// Whether the registrar is dishonest.
    pub registrar: bool,
    /// Whether the organiser is dishonest.
    pub organiser: bool,
    /// Whether the voter's key changes, and the voter is struck off.
    pub voters: bool,
    /// Whether the closing is put off, notices are given, and the vote is cancelled or ended by trustees.
    pub hours: bool,
    /// The rules.
    pub rules: Rules,
}

/// Everything at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// The board.
    pub board: Board,
    /// How late it is.
    pub hour: Hour,
    /// What honest people have signed and the ballot box has: each entry as one bit.
    signed: u32,
    /// The numbers for which the voter's first key has handed over to the second: each as one bit.
    handed: u8,
    /// Who has signed the end of exactly this board.
    ends: Option<Close>,
    /// What must not have happened.
    wrong: Option<&'static str>,
    /// Whether one of the voter's keys was on the board.
    held: bool,
    /// Whether the last ballot is somebody else's, although the voter had a key and no count says that it was replaced.
    usurped: bool,
    /// Whether the voter was ever struck off.
    struck: bool,
}

/// What is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The ballot box appends an entry, with the signatures that it has.
    Append(Entry),
    /// The voter's first key hands over to the second, by a credential of this number.
    HandOver(u8),
    /// An honest party signs an entry.
    Sign(Entry),
    /// An honest party signs the end of the board as it is.
    End(Close),
    /// Time passes.
    Wait,
}

/// Whose signatures an entry has that are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signatures {
    /// Who signs entries of its kind.
    pub author: bool,
    /// The key that hands over, where one does.
    pub handover: bool,
}

/// Each entry that an honest party signs for one place, as one bit.
fn bit(entry: Entry) -> u32 {
    let place = match entry {
        Entry::Credential { key, number, handover } => 6 * (key as u8) + 2 * number + u8::from(handover),
        Entry::Revocation { key, reason } => 18 + 2 * (key as u8) + reason as u8,
        Entry::Extension { number: 0 } => 24,
        Entry::Notice { number, cancels } => 25 + 2 * number + u8::from(cancels),
        Entry::Consent(_) => 29,
        Entry::Partial(_) => 30,
        _ => return 0,
    };
    1_u32.checked_shl(place.into()).unwrap_or(0)
}

impl Game {
    /// Every entry that can be on a board of this game.
    pub fn alphabet(&self) -> Vec<Entry> {
        let mut entries = vec![Entry::Close(Close::Organiser), Entry::TallyInput];
        if self.voters {
            // An honest registrar gives the voter's two keys a credential each, and nobody else.
            let numbers = if self.registrar { 0..=2 } else { 0..=1 };
            for key in [Key::First, Key::Second, Key::Foreign] {
                entries.extend(numbers.clone().flat_map(|number| {
                    [false, true].map(|handover| Entry::Credential { key, number, handover })
                }));
                entries.extend(
                    [Reason::Replaced, Reason::Final].map(|reason| Entry::Revocation { key, reason }),
                );
                for seal in [Seal::First(key), Seal::Next(key, Key::First), Seal::Next(key, Key::Second)] {
                    entries.extend([false, true].map(|opened| Entry::Ballot(Voted { seal, opened })));
                    entries.push(Entry::Challenged(seal));
                }
            }
        }
        if self.hours {
            entries.push(Entry::Close(Close::Trustees));
            entries.extend([0, 1].map(|number| Entry::Extension { number }));
            entries.extend(
                [0, 1]
                    .into_iter()
                    .flat_map(|n| [false, true].map(|cancels| Entry::Notice { number: n, cancels })),
            );
            entries.extend([1, 2].map(Entry::Consent));
            entries.extend([1, 2].map(Entry::Partial));
        }
        entries
    }

    /// Whose signatures the ballot box can put under an entry.
    pub fn signatures(&self, state: &State, entry: Entry) -> Signatures {
        let signed = state.signed & bit(entry) != 0;
        let author = match entry {
            Entry::Credential { .. } | Entry::Revocation { .. } => self.registrar || signed,
            Entry::Extension { .. } | Entry::Notice { .. } => self.organiser || signed,
            Entry::Close(Close::Organiser) => self.organiser || state.ends == Some(Close::Organiser),
            // With the dishonest one, the quorum of two.
            Entry::Close(Close::Trustees) => state.ends == Some(Close::Trustees),
            // The voter signs for whatever place the ballot box names; but never what was opened.
            Entry::Ballot(Voted { seal, opened }) => !opened || seal.key() == Key::Foreign,
            Entry::Challenged(_) | Entry::TallyInput => true,
            Entry::Consent(trustee) | Entry::Partial(trustee) => trustee == 2 || signed,
        };
        let handover = match (entry, state.board.active()) {
            (Entry::Credential { handover: true, .. }, Some(Key::Foreign)) => true,
            (Entry::Credential { key: Key::Second, number, handover: true }, Some(Key::First)) => {
                state.handed & (1 << number) != 0
            }
            _ => false,
        };
        Signatures { author, handover }
    }

    /// What an honest party may sign now.
    fn signs(&self, state: &State, entry: Entry) -> bool {
        let board = &state.board;
        match entry {
            // A credential for the voter who asks, the next of the pseudonym as the board shows it.
            Entry::Credential { key, number, handover } => {
                !self.registrar
                    && key != Key::Foreign
                    && number == board.credentials()
                    && !board.is_struck_off()
                    && if handover { state.handed & (1 << number) != 0 } else { board.active().is_none() }
            }
            Entry::Revocation { key, reason } => {
                let fits = match reason {
                    Reason::Replaced => board.active() == Some(key),
                    Reason::Final => board.last() == Some(key),
                };
                !self.registrar && fits && !board.is_struck_off()
            }
            Entry::Extension { number } => {
                !self.organiser && (number, board.extensions()) == (0, 0) && state.hour == Hour::Voting
            }
            Entry::Notice { number, cancels } => {
                let place = if cancels { board.course() < Course::Counting } else { true };
                !self.organiser && number == board.notices() && place
            }
            // A trustee's device, by the board and its own clock.
            Entry::Consent(1) => {
                board.course() == Course::Counting
                    && (state.hour >= board.consent_hour(&self.rules) || self.rules.consent_before_the_hour)
            }
            Entry::Partial(1) => board.course() == Course::Counting && board.has_quorum(),
            _ => false,
        }
    }

    /// Who may sign the end of the board as it is.
    fn ends(&self, state: &State, close: Close) -> bool {
        match close {
            Close::Organiser => {
                // Whoever has put the closing off knows it, whatever the board shows.
                let put_off = state.signed & bit(Entry::Extension { number: 0 }) != 0;
                let hour = if put_off { Hour::Latest } else { state.board.closing_hour() };
                !self.organiser && state.hour >= hour
            }
            Close::Trustees => self.hours && state.hour >= state.board.abandoned_hour(&self.rules),
        }
    }

    fn append(&self, state: &State, entry: Entry) -> Option<State> {
        let signatures = self.signatures(state, entry);
        let board = state.board.with(entry, signatures, &self.rules).ok()?;
        let mut after = state.clone();
        let active = state.board.active();
        let honest_key = active.is_some_and(|key| key != Key::Foreign);
        let wrong = match entry {
            Entry::Credential { number, handover: true, .. }
                if honest_key && state.handed & (1 << number) == 0 =>
            {
                Some("a handover is counted that the voter's key has not signed")
            }
            Entry::Credential { number, .. } if number != state.board.credentials() => {
                Some("a credential takes effect that is out of date")
            }
            Entry::Notice { number, .. } if number != state.board.notices() => {
                Some("a notice takes effect that is out of date")
            }
            Entry::Close(Close::Trustees) if state.hour < Hour::LongGone => {
                Some("trustees have ended a vote whose organiser may have put the closing off")
            }
            _ => None,
        };
        after.wrong = after.wrong.or(wrong);
        if let Entry::Ballot(voted) = entry {
            after.usurped = voted.seal.key() == Key::Foreign && state.held && board.replaced() == 0;
        }
        after.held |= board.active().is_some_and(|key| key != Key::Foreign);
        after.struck |= matches!(entry, Entry::Revocation { reason: Reason::Final, .. });
        after.board = board;
        after.ends = None;
        Some(after)
    }

    /// Who is blamed for an entry that the board has no place for, and has not done it.
    fn framed(&self, state: &State) -> Option<String> {
        let dishonest = |culprit| match culprit {
            Culprit::BallotBox => true,
            Culprit::Registrar => self.registrar,
            Culprit::Organiser => self.organiser,
            Culprit::Voter(key) => key == Key::Foreign,
            Culprit::Trustee(number) => number == 2,
        };
        self.alphabet().into_iter().find_map(|entry| {
            let held = self.signatures(state, entry);
            [held, Signatures { author: false, handover: false }].into_iter().find_map(|signatures| {
                let Err(fault) = state.board.with(entry, signatures, &self.rules) else { return None };
                let wrongly = !dishonest(fault.culprit);
                wrongly.then(|| format!("{} is blamed for {entry:?}", fault.culprit.name()))
            })
        })
    }
}

impl Model for Game {
    type State = State;
    type Action = Action;

    fn initial(&self) -> State {
        State {
            board: Board::default(),
            hour: Hour::default(),
            signed: 0,
            handed: 0,
            ends: None,
            wrong: None,
            held: false,
            usurped: false,
            struck: false,
        }
    }

    fn actions(&self, state: &State) -> Vec<Action> {
        let mut actions = vec![Action::Wait];
        for entry in self.alphabet() {
            actions.extend([Action::Append(entry)]);
            actions.extend(self.signs(state, entry).then_some(Action::Sign(entry)));
        }
        actions.extend([1, 2].into_iter().filter(|_| self.voters).map(Action::HandOver));
        actions.extend([Close::Organiser, Close::Trustees].map(Action::End));
        actions
    }

    fn step(&self, state: &State, action: Action) -> Option<State> {
        let mut after = state.clone();
        match action {
            Action::Append(entry) => after = self.append(state, entry)?,
            Action::HandOver(number) => after.handed |= 1 << number,
            Action::Sign(entry) => {
                after.signed |= bit(entry);
                if entry == Entry::Consent(1) && state.hour < state.board.closing_hour() {
                    after.wrong = Some("a trustee consents before the closing");
                }
            }
            Action::End(close) => {
                self.ends(state, close).then_some(())?;
                after.ends = Some(close);
            }
            Action::Wait => after.hour = state.hour.next().filter(|_| self.hours)?,
        }
        (after != *state).then_some(after)
    }

    fn broken(&self, state: &State) -> Option<String> {
        if let Some(wrong) = state.wrong {
            return Some(wrong.to_owned());
        }
        let board = &state.board;
        let counted = board.counted(&self.rules).filter(|_| board.course() == Course::Counting);
        if counted.is_some() && state.struck {
            return Some("the ballot of a voter who was struck off is counted".to_owned());
        }
        if counted.is_some() && state.usurped {
            return Some("a voter's ballot is replaced, and no count says so".to_owned());
        }
        if board.course() == Course::Cancelled && board.consents().has(1) {
            return Some("a vote is cancelled to whose count a trustee has consented".to_owned());
        }
        self.framed(state)
    }

    fn tell(&self, state: &State, action: Action) -> String {
        match action {
            Action::Append(entry) => {
                let verdict = match state.board.with(entry, self.signatures(state, entry), &self.rules) {
                    Ok(_) => "",
                    Err(_) => ", which is refused",
                };
                format!("the ballot box appends {entry:?}{verdict}")
            }
            Action::HandOver(number) => format!("the voter's first key hands over, number {number}"),
            Action::Sign(entry) => format!("{entry:?} is signed, and the ballot box keeps it"),
            Action::End(Close::Organiser) => "the organiser signs the end of this board".to_owned(),
            Action::End(Close::Trustees) => "the trustees sign the end of this board".to_owned(),
            Action::Wait => format!("time passes after {:?}", state.hour),
        }
    }
}
