//! What a board has a place for while the keys are made: the rules of docs/protocol.md, sections 4 and 12.

use super::Rules;
use crate::count::Set;

/// How many trustees there are. Two decrypt, and the last one is dishonest.
pub const TRUSTEES: u8 = 3;

/// How many attempts there are at most.
pub const ATTEMPTS: usize = 3;

/// Something of each trustee, in order.
pub type Each<T> = [T; TRUSTEES as usize];

/// By which key a trustee has committed in an attempt, and signs everything else of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Maker {
    /// The trustee's own: of the first secret, or of one that was made anew.
    Own(u8),
    /// The dishonest one's, or one that the ballot box has made and put in an honest trustee's place.
    Dishonest(u8),
}

/// What all have committed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Round {
    /// The attempt.
    pub attempt: u8,
    /// By whom.
    pub makers: Each<Maker>,
}

/// What a dealer has dealt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dealt {
    /// Right shares; the dishonest sign them in more than one way.
    Right(u8),
    /// A false share to this trustee.
    FalseTo(u8),
}

/// What all have committed to and dealt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Transcript {
    /// The commitments.
    pub round: Round,
    /// The shares.
    pub dealt: Each<Dealt>,
}

/// An entry. Each signed one names the key that it is signed with by the round in which that has committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// A trustee commits.
    Commitments {
        /// The attempt.
        attempt: u8,
        /// Whose place it takes.
        trustee: u8,
        /// With which key.
        maker: Maker,
    },
    /// A trustee deals.
    Shares {
        /// For which commitments.
        round: Round,
        /// Who.
        dealer: u8,
        /// What.
        dealt: Dealt,
    },
    /// A trustee shows what it was dealt.
    Complaint {
        /// Who.
        complainer: u8,
        /// Under which commitments.
        round: Round,
        /// By whom.
        dealer: u8,
        /// What.
        dealt: Dealt,
    },
    /// A trustee has right shares of everybody, and has seen this.
    Confirm {
        /// Who.
        trustee: u8,
        /// What.
        transcript: Transcript,
    },
    /// The organiser begins anew.
    Restart {
        /// The attempt that begins.
        attempt: u8,
    },
}

impl Entry {
    /// The attempt that it is of.
    pub fn attempt(&self) -> u8 {
        match self {
            Entry::Commitments { attempt, .. } | Entry::Restart { attempt } => *attempt,
            Entry::Shares { round, .. } | Entry::Complaint { round, .. } => round.attempt,
            Entry::Confirm { transcript, .. } => transcript.round.attempt,
        }
    }

    /// Who signs it, and with which key; nobody among the trustees signs a Restart.
    pub fn author(&self) -> Option<(u8, Maker)> {
        let of = |trustee, round: &Round| Some((trustee, place(&round.makers, trustee)?));
        match self {
            Entry::Commitments { trustee, maker, .. } => Some((*trustee, *maker)),
            Entry::Shares { round, dealer, .. } => of(*dealer, round),
            Entry::Complaint { round, complainer, .. } => of(*complainer, round),
            Entry::Confirm { trustee, transcript } => of(*trustee, &transcript.round),
            Entry::Restart { .. } => None,
        }
    }
}

/// Who is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Culprit {
    /// Who put it on the board.
    BallotBox,
    /// A trustee.
    Trustee(u8),
}

/// Why a board has no place for an entry: the number of the check, and who is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The number of the check.
    pub check: u8,
    /// Who.
    pub culprit: Culprit,
}

/// The board, as far as the making of the keys goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Board {
    /// The attempt that runs, from 1.
    pub attempt: u8,
    /// Who has committed.
    pub commitments: Each<Option<Maker>>,
    /// What was dealt.
    pub dealt: Each<Option<Dealt>>,
    /// Who has confirmed.
    pub confirmed: Set,
    /// Whose false share has ended the attempt.
    pub failed: Option<u8>,
    /// Of whom each trustee has complained in this attempt, wrongly.
    dismissed: Each<Set>,
    /// Who had confirmed what in attempts before this one.
    left: [Option<(Transcript, Set)>; ATTEMPTS],
}

impl Default for Board {
    fn default() -> Self {
        Board {
            attempt: 1,
            commitments: [None; TRUSTEES as usize],
            dealt: [None; TRUSTEES as usize],
            confirmed: Set::default(),
            failed: None,
            dismissed: [Set::default(); TRUSTEES as usize],
            left: [None; ATTEMPTS],
        }
    }
}

/// What a trustee has among what everybody has.
pub fn place<T: Copy>(all: &Each<T>, trustee: u8) -> Option<T> {
    all.get(usize::from(trustee.checked_sub(1)?)).copied()
}

fn place_mut<T>(all: &mut Each<T>, trustee: u8) -> Option<&mut T> {
    all.get_mut(usize::from(trustee.checked_sub(1)?))
}

/// What everybody has, if everybody has something.
fn full<T: Copy>(all: &Each<Option<T>>) -> Option<Each<T>> {
    let [first, second, third] = *all;
    Some([first?, second?, third?])
}

impl Board {
    /// What all have committed to, once all have.
    pub fn round(&self) -> Option<Round> {
        Some(Round { attempt: self.attempt, makers: full(&self.commitments)? })
    }

    /// What all have committed to and dealt, once all have.
    pub fn transcript(&self) -> Option<Transcript> {
        Some(Transcript { round: self.round()?, dealt: full(&self.dealt)? })
    }

    /// The election, once all have confirmed.
    pub fn election(&self) -> Option<Transcript> {
        self.transcript().filter(|_| self.confirmed == Set::first(TRUSTEES) && self.failed.is_none())
    }

    /// What a trustee had confirmed in an attempt before this one.
    pub fn left(&self, attempt: u8, trustee: u8) -> Option<Transcript> {
        let (transcript, confirmed) = (*self.left.get(usize::from(attempt))?)?;
        confirmed.has(trustee).then_some(transcript)
    }

    /// Whom complaints of this attempt name: whose share was false, and who complained without cause.
    pub fn named(&self) -> impl Iterator<Item = u8> {
        let complainers = (1..).zip(self.dismissed).filter(|(_, of)| !of.is_empty()).map(|(who, _)| who);
        self.failed.into_iter().chain(complainers)
    }

    /// The board with another entry, or why it has no place for it. `signed`: whether the signature is right.
    pub fn with(mut self, entry: Entry, signed: bool, rules: &Rules) -> Result<Board, Fault> {
        let refuse = |check| Err(Fault { check, culprit: Culprit::BallotBox });
        let blame = |check, trustee| Err(Fault { check, culprit: Culprit::Trustee(trustee) });
        if self.election().is_some() {
            return refuse(8);
        }
        if let Entry::Restart { attempt } = entry {
            if attempt != self.attempt + 1 || !signed {
                return refuse(34);
            }
            let mut next = Board { attempt, left: self.left, ..Board::default() };
            if let Some(left) = next.left.get_mut(usize::from(self.attempt)) {
                *left = self.transcript().map(|transcript| (transcript, self.confirmed));
            }
            return Ok(next);
        }
        if (entry.attempt() != self.attempt && !rules.attempts_ignored) || self.failed.is_some() {
            return refuse(8);
        }
        if let Entry::Commitments { trustee, maker, .. } = entry {
            let place = place_mut(&mut self.commitments, trustee).filter(|place| place.is_none());
            let Some(place) = place else { return refuse(8) };
            *place = Some(maker);
            return if signed { Ok(self) } else { refuse(33) };
        }
        let Some(round) = self.round() else { return refuse(8) };
        // The key is that of the Commitments on the board, whatever round the author has seen.
        let signed =
            signed && entry.author().is_some_and(|(who, key)| place(&round.makers, who) == Some(key));
        match entry {
            Entry::Shares { round: of, dealer, dealt } => {
                let place = place_mut(&mut self.dealt, dealer).filter(|place| place.is_none());
                let Some(place) = place else { return refuse(8) };
                *place = Some(dealt);
                match (signed, of == round) {
                    (false, _) => refuse(33),
                    (_, false) => refuse(35),
                    _ => Ok(self),
                }
            }
            Entry::Complaint { complainer, round: of, dealer, dealt } => {
                if !signed {
                    return refuse(33);
                }
                let Some(found) = place(&self.dealt, dealer).flatten() else { return refuse(8) };
                let earlier = place(&self.dismissed, complainer).unwrap_or_default();
                if self.confirmed.has(complainer) || earlier.has(dealer) {
                    return refuse(8);
                }
                if (of, dealt) != (round, found) && !rules.complaint_unbound {
                    return refuse(35);
                }
                // Its proof is of a round, whatever else it is bound to.
                if of != round {
                    return blame(36, complainer);
                }
                if found == Dealt::FalseTo(complainer) || rules.complaint_believed {
                    self.failed = Some(dealer);
                } else if let Some(of) = place_mut(&mut self.dismissed, complainer) {
                    *of = of.with(dealer);
                }
                Ok(self)
            }
            Entry::Confirm { trustee, transcript } => {
                let Some(found) = self.transcript() else { return refuse(8) };
                if self.confirmed.has(trustee) {
                    return refuse(8);
                }
                if !signed {
                    return refuse(33);
                }
                if transcript != found && !rules.confirm_unbound {
                    return refuse(35);
                }
                self.confirmed = self.confirmed.with(trustee);
                Ok(self)
            }
            Entry::Commitments { .. } | Entry::Restart { .. } => refuse(8),
        }
    }
}
