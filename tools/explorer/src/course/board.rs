//! What a board has a place for: the rules of docs/protocol.md, section 10, in the order of section 12.

use super::{Hour, Signatures};
use crate::count::Set;

/// A key under which the voter's pseudonym votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// The voter's first.
    First,
    /// That of the voter's second device.
    Second,
    /// Somebody else's.
    Foreign,
}

/// Why a key ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The voter came with another device.
    Replaced,
    /// The voter is struck off.
    Final,
}

/// A sealed ballot: under which key, and after which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seal {
    /// The first ballot of the pseudonym.
    First(Key),
    /// The second one, after a ballot of the other key.
    Next(Key, Key),
}

impl Seal {
    /// The key that it is sealed for.
    pub fn key(self) -> Key {
        match self {
            Seal::First(key) | Seal::Next(key, _) => key,
        }
    }

    /// How many ballots the pseudonym has before it.
    pub fn sequence(self) -> u8 {
        match self {
            Seal::First(_) => 0,
            Seal::Next(..) => 1,
        }
    }
}

/// A ballot that is on the board, or is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Voted {
    /// What is sealed.
    pub seal: Seal,
    /// Whether it is the one that the voter had opened instead, under the same header.
    pub opened: bool,
}

/// Who ends the vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Close {
    /// The organiser: form 0.
    Organiser,
    /// A quorum of trustees: form 1.
    Trustees,
}

/// An entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entry {
    /// A key for the pseudonym.
    Credential {
        /// Which.
        key: Key,
        /// How many credentials the pseudonym has before it.
        number: u8,
        /// Whether it says that the active key hands over.
        handover: bool,
    },
    /// The end of a key, or of the voter's right.
    Revocation {
        /// The pseudonym's last key.
        key: Key,
        /// Why.
        reason: Reason,
    },
    /// A ballot.
    Ballot(Voted),
    /// The voter's word that the ballot with this header was opened.
    Challenged(Seal),
    /// The closing is put off to the latest hour.
    Extension {
        /// How many there are before it.
        number: u8,
    },
    /// Words, or the cancellation.
    Notice {
        /// How many there are before it.
        number: u8,
        /// Whether it cancels the vote.
        cancels: bool,
    },
    /// The end of the vote, over exactly the board before it.
    Close(Close),
    /// The sums are fixed.
    TallyInput,
    /// A trustee's consent to them.
    Consent(u8),
    /// A trustee's decryption of them.
    Partial(u8),
}

/// How far the vote has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Course {
    /// Voting is open.
    #[default]
    Open,
    /// Voting is closed.
    Closed,
    /// The sums are fixed.
    Counting,
    /// The vote is cancelled.
    Cancelled,
}

/// Who is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Culprit {
    /// Who put it on the board.
    BallotBox,
    /// The registrar.
    Registrar,
    /// The organiser.
    Organiser,
    /// The voter, by this key.
    Voter(Key),
    /// A trustee.
    Trustee(u8),
}

impl Culprit {
    /// For a person to read.
    pub fn name(self) -> &'static str {
        match self {
            Culprit::BallotBox => "the ballot box",
            Culprit::Registrar => "an honest registrar",
            Culprit::Organiser => "an honest organiser",
            Culprit::Voter(_) => "an honest voter",
            Culprit::Trustee(_) => "an honest trustee",
        }
    }
}

/// Why the board has no place for an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The numbered check.
    pub check: u8,
    /// Who is to blame.
    pub culprit: Culprit,
}

/// The rules that are broken on purpose, each by its own switch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    /// A credential that says so counts as a handover, also where the active key has not signed it.
    pub replacement_as_handover: bool,
    /// A voter who was struck off stays in the sums.
    pub struck_off_counts: bool,
    /// A voter who was struck off gets another credential.
    pub struck_off_returns: bool,
    /// Whatever is signed fits, also after another one of its kind.
    pub numbers_ignored: bool,
    /// A vote is cancelled after trustees have consented.
    pub cancel_after_consents: bool,
    /// A trustee consents when the board says that voting is over.
    pub consent_before_the_hour: bool,
    /// Trustees end a vote three days after the closing that the board shows.
    pub gone_by_the_board: bool,
    /// Who signs entries of a kind is blamed for one that is out of its place.
    pub blame_by_kind: bool,
}

/// A board, from the opening of the vote on: one pseudonym is looked at, others have voted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Board {
    course: Course,
    used: u8,
    active: Option<Key>,
    last: Option<Key>,
    credentials: u8,
    struck: bool,
    ballots: [Option<Voted>; 2],
    challenged: u16,
    replaced: bool,
    extensions: u8,
    notices: u8,
    ended: Option<Close>,
    consents: Set,
    partials: Set,
}

/// The fault of who put it on the board.
fn misplaced(check: u8) -> Fault {
    Fault { check, culprit: Culprit::BallotBox }
}

impl Board {
    /// How far the vote has come.
    pub fn course(&self) -> Course {
        self.course
    }

    /// The key under which the voter votes.
    pub fn active(&self) -> Option<Key> {
        self.active
    }

    /// The key of the last credential.
    pub fn last(&self) -> Option<Key> {
        self.last
    }

    /// How many credentials the pseudonym has.
    pub fn credentials(&self) -> u8 {
        self.credentials
    }

    /// Whether the voter is struck off.
    pub fn is_struck_off(&self) -> bool {
        self.struck
    }

    /// Whether a key of the voter was replaced, as a report says.
    pub fn replaced(&self) -> u8 {
        self.replaced.into()
    }

    /// How often the closing was put off.
    pub fn extensions(&self) -> u8 {
        self.extensions
    }

    /// How many notices there are.
    pub fn notices(&self) -> u8 {
        self.notices
    }

    /// Who has consented.
    pub fn consents(&self) -> Set {
        self.consents
    }

    /// Whether both trustees have consented: q of 2-of-2.
    pub fn has_quorum(&self) -> bool {
        self.consents.len() == 2
    }

    /// When voting closes, as the board says.
    pub fn closing_hour(&self) -> Hour {
        if self.extensions > 0 { Hour::Latest } else { Hour::Closing }
    }

    /// From when on trustees end the vote.
    pub fn abandoned_hour(&self, rules: &Rules) -> Hour {
        if rules.gone_by_the_board && self.extensions == 0 { Hour::Gone } else { Hour::LongGone }
    }

    /// From when on a trustee consents.
    pub fn consent_hour(&self, rules: &Rules) -> Hour {
        match self.ended {
            Some(Close::Trustees) => self.abandoned_hour(rules),
            _ => self.closing_hour(),
        }
    }

    /// The key whose ballot is in the sums.
    pub fn counted(&self, rules: &Rules) -> Option<Key> {
        let last = self.ballots.iter().flatten().next_back()?;
        (!self.struck || rules.struck_off_counts).then(|| last.seal.key())
    }

    fn cast(&self) -> u8 {
        u8::try_from(self.ballots.iter().flatten().count()).unwrap_or_default()
    }

    /// Whether a ballot with this header is the next of the pseudonym.
    fn is_next(&self, seal: Seal) -> bool {
        match (seal, self.ballots) {
            (Seal::First(_), [None, None]) => true,
            (Seal::Next(_, after), [Some(first), None]) => first.seal.key() == after && !first.opened,
            _ => false,
        }
    }

    /// The board with another entry, or what is wrong with it.
    ///
    /// # Errors
    /// The first fault of the entry, as a verifier names it.
    pub fn with(self, entry: Entry, signatures: Signatures, rules: &Rules) -> Result<Board, Fault> {
        let after = match entry {
            Entry::Credential { key, number, handover } => self.with_credential(key, number, handover, rules),
            Entry::Revocation { key, reason } => self.with_revocation(key, reason),
            Entry::Ballot(voted) => self.with_ballot(voted, signatures),
            Entry::Challenged(seal) => self.with_challenged(seal),
            Entry::Extension { number } => self.with_extension(number, signatures, rules),
            Entry::Notice { number, cancels } => self.with_notice(number, cancels, signatures, rules),
            Entry::Close(close) => self.with_close(close),
            Entry::TallyInput => {
                self.in_course(&[Course::Closed]).map(|board| Board { course: Course::Counting, ..board })
            }
            Entry::Consent(trustee) => self.with_consent(trustee),
            Entry::Partial(trustee) => self.with_partial(trustee, signatures),
        };
        let (check, kind) = match entry {
            Entry::Credential { handover: true, .. }
                if signatures.author && !signatures.handover && !rules.replacement_as_handover =>
            {
                return after
                    .and(Err(misplaced(44)))
                    .map_err(|fault| blame(fault, rules, Culprit::Registrar));
            }
            Entry::Credential { .. } => (12, Culprit::Registrar),
            Entry::Revocation { .. } => (17, Culprit::Registrar),
            Entry::Ballot(voted) => (23, Culprit::Voter(voted.seal.key())),
            Entry::Challenged(seal) => (47, Culprit::Voter(seal.key())),
            Entry::Extension { .. } => (49, Culprit::Organiser),
            Entry::Notice { .. } => (50, Culprit::Organiser),
            Entry::Close(_) => (25, Culprit::Organiser),
            Entry::Consent(trustee) => (40, Culprit::Trustee(trustee)),
            Entry::Partial(trustee) => (43, Culprit::Trustee(trustee)),
            Entry::TallyInput => return after,
        };
        let after = after.map_err(|fault| blame(fault, rules, kind))?;
        if signatures.author { Ok(after) } else { Err(misplaced(check)) }
    }

    fn in_course(self, allowed: &[Course]) -> Result<Board, Fault> {
        if allowed.contains(&self.course) { Ok(self) } else { Err(misplaced(8)) }
    }

    fn with_credential(
        mut self,
        key: Key,
        number: u8,
        handover: bool,
        rules: &Rules,
    ) -> Result<Board, Fault> {
        self.in_course(&[Course::Open])?;
        let bit = 1 << key as u8;
        let faults = [
            (self.struck && !rules.struck_off_returns, 46),
            (self.used & bit != 0 && !rules.numbers_ignored, 14),
            (number != self.credentials && !rules.numbers_ignored, 45),
            (!handover && self.active.is_some(), 15),
            (handover && self.active.is_none(), 44),
        ];
        demand(&faults)?;
        self.used |= bit;
        self.struck = false;
        self.credentials += 1;
        (self.active, self.last) = (Some(key), Some(key));
        Ok(self)
    }

    fn with_revocation(mut self, key: Key, reason: Reason) -> Result<Board, Fault> {
        self.in_course(&[Course::Open])?;
        demand(&[
            (self.last.is_none(), 17),
            (self.struck, 46),
            (self.last != Some(key), 17),
            (reason == Reason::Replaced && self.active.is_none(), 17),
        ])?;
        self.active = None;
        match reason {
            Reason::Replaced => self.replaced = true,
            Reason::Final => self.struck = true,
        }
        Ok(self)
    }

    fn with_ballot(mut self, voted: Voted, signatures: Signatures) -> Result<Board, Fault> {
        let key = voted.seal.key();
        demand(&[(self.course != Course::Open, 19)])?;
        demand(&[
            (self.used & 1 << key as u8 == 0, 20),
            (self.struck, 46),
            (self.active != Some(key), 20),
            (!self.is_next(voted.seal), 21),
        ])?;
        if voted.opened && self.challenged & code(voted.seal) != 0 {
            // Who signs both is to blame for it.
            let culprit = if signatures.author { Culprit::Voter(key) } else { Culprit::BallotBox };
            return Err(Fault { check: 47, culprit });
        }
        let place = self.ballots.iter_mut().find(|place| place.is_none());
        *place.ok_or(misplaced(21))? = Some(voted);
        Ok(self)
    }

    fn with_challenged(mut self, seal: Seal) -> Result<Board, Fault> {
        self.in_course(&[Course::Open])?;
        demand(&[
            (self.used & 1 << seal.key() as u8 == 0, 47),
            (self.struck, 46),
            (self.active != Some(seal.key()), 47),
            (self.cast() != seal.sequence(), 47),
            (self.challenged & code(seal) != 0, 47),
        ])?;
        self.challenged |= code(seal);
        Ok(self)
    }

    fn with_extension(mut self, number: u8, signatures: Signatures, rules: &Rules) -> Result<Board, Fault> {
        self.in_course(&[Course::Open])?;
        demand(&[(!signatures.author, 49), (number != self.extensions && !rules.numbers_ignored, 49)])?;
        // It is put off to the latest hour at once: whoever signs that again is to blame.
        if self.extensions > 0 {
            return Err(Fault { check: 49, culprit: Culprit::Organiser });
        }
        self.extensions += 1;
        Ok(self)
    }

    fn with_notice(
        mut self,
        number: u8,
        cancels: bool,
        signatures: Signatures,
        rules: &Rules,
    ) -> Result<Board, Fault> {
        let late = match self.course {
            Course::Open | Course::Closed => false,
            Course::Counting => !rules.cancel_after_consents,
            Course::Cancelled => true,
        };
        demand(&[
            (!signatures.author, 50),
            (number != self.notices && !rules.numbers_ignored, 50),
            (cancels && late, 50),
        ])?;
        self.notices += 1;
        if cancels {
            self.course = Course::Cancelled;
        }
        Ok(self)
    }

    fn with_close(mut self, close: Close) -> Result<Board, Fault> {
        self.in_course(&[Course::Open])?;
        self.course = Course::Closed;
        self.ended = Some(close);
        Ok(self)
    }

    fn with_consent(mut self, trustee: u8) -> Result<Board, Fault> {
        self.in_course(&[Course::Counting])?;
        demand(&[(self.consents.has(trustee), 40)])?;
        self.consents = self.consents.with(trustee);
        Ok(self)
    }

    fn with_partial(mut self, trustee: u8, signatures: Signatures) -> Result<Board, Fault> {
        self.in_course(&[Course::Counting])?;
        demand(&[(!signatures.author, 43), (!self.has_quorum(), 41), (self.partials.has(trustee), 28)])?;
        self.partials = self.partials.with(trustee);
        Ok(self)
    }
}

/// The first of these that is so.
fn demand(faults: &[(bool, u8)]) -> Result<(), Fault> {
    match faults.iter().find(|(is_so, _)| *is_so) {
        Some((_, check)) => Err(misplaced(*check)),
        None => Ok(()),
    }
}

/// The bit of the code that was opened under this header.
fn code(seal: Seal) -> u16 {
    match seal {
        Seal::First(key) => 1 << key as u8,
        Seal::Next(key, after) => 1 << (3 + 3 * (key as u8) + after as u8),
    }
}

fn blame(fault: Fault, rules: &Rules, kind: Culprit) -> Fault {
    let place = !matches!(fault.check, 8 | 19) && fault.culprit == Culprit::BallotBox;
    if rules.blame_by_kind && place { Fault { culprit: kind, ..fault } } else { fault }
}
