use veche_crypto::hash::Digest;
use veche_record::entry::TallyKind;
use veche_record::{Election, Entry};
use veche_verify::state::Count;
use veche_verify::{BoardState, Ceremony, Course, Round};

use crate::attempt::{Newcomer, Received};
use crate::kept::Kept;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::share::KeyShare;
use crate::shown::Shown;

/// What a trustee does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// There is something to do now.
    Act(Box<Action>),
    /// Others are to act first.
    Wait(Waiting),
    /// The totals are published: nothing is left to do.
    Done,
    /// The organiser has cancelled the vote: nothing of it is decrypted.
    Cancelled,
}

/// A message that a trustee posts. First `keep` is stored, then `message` is sent: a message that was
/// sent and not remembered could be signed again in another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What it is.
    pub kind: ActionKind,
    /// The entry, as the board takes it.
    pub message: Vec<u8>,
    /// What the device must remember from now on.
    pub keep: Kept,
}

/// What a trustee can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionKind {
    /// Round 1 of the ceremony: commit to a part of the key.
    Commit {
        /// The attempt.
        attempt: u8,
    },
    /// Round 2: hand every other trustee their share, encrypted.
    Deal {
        /// The attempt.
        attempt: u8,
    },
    /// This trustee's shares are false: show it to everyone.
    Complain {
        /// Who dealt them.
        dealer: u8,
    },
    /// Round 3: confirm the transcript. All trustees must see the same two numbers.
    Confirm {
        /// The transcript hash.
        transcript: Digest,
        /// The fingerprint that the election will have.
        fingerprint: Digest,
    },
    /// Promise to decrypt these sums and no others.
    Consent {
        /// Of the votes or of the rehearsal.
        of: TallyKind,
        /// The hash of the sums.
        tally: Digest,
    },
    /// Decrypt the totals.
    Decrypt {
        /// Of the votes or of the rehearsal.
        of: TallyKind,
    },
}

impl ActionKind {
    /// A name for software.
    pub const fn name(&self) -> &'static str {
        match self {
            ActionKind::Commit { .. } => "commit",
            ActionKind::Deal { .. } => "deal",
            ActionKind::Complain { .. } => "complain",
            ActionKind::Confirm { .. } => "confirm",
            ActionKind::Consent { .. } => "consent",
            ActionKind::Decrypt { .. } => "decrypt",
        }
    }
}

/// Who is waited for, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// These trustees have not done what the round is about.
    Trustees {
        /// The round.
        round: Round,
        /// From 1.
        who: Vec<u8>,
    },
    /// A trustee dealt a false share; the organiser has to begin the ceremony anew.
    Restart {
        /// The trustee to blame.
        culprit: u8,
    },
    /// The keys are made; the organiser has to hold the rehearsal.
    Rehearsal,
    /// So many more consents are needed, of any of these trustees.
    Consents {
        /// Of the votes or of the rehearsal.
        of: TallyKind,
        /// How many more.
        needed: usize,
        /// Who has not consented.
        who: Vec<u8>,
    },
    /// So many more consents are needed, of any of these other trustees: this device does not remember what was signed
    /// with its secret, and so consents to nothing. It decrypts when they have.
    OthersConsents {
        /// Of the votes or of the rehearsal.
        of: TallyKind,
        /// How many more.
        needed: usize,
        /// Which others have not consented. Fewer than needed: only the device that remembers can help.
        who: Vec<u8>,
    },
    /// So many more partial decryptions are needed, of any of these trustees.
    Decryptions {
        /// Of the votes or of the rehearsal.
        of: TallyKind,
        /// How many more.
        needed: usize,
        /// Who has not decrypted.
        who: Vec<u8>,
    },
    /// The rehearsal has worked; the organiser opens the vote.
    Opening,
    /// Voting is open.
    Closing,
    /// Voting is closed; the ballot box has to add the ballots up.
    Sums,
    /// The board says that voting is over, and by this device's clock its hour has not come.
    Hour {
        /// The earliest moment for a consent, in seconds since 1970.
        until: u64,
    },
    /// Enough trustees have decrypted; the organiser states the result.
    Result,
}

/// What a trustee does next, from the board as it is shown, the secret, what its device has kept and its clock (`now`,
/// in seconds since 1970), and from nothing else. The same answer comes for the same board, so it may be asked as often
/// as one likes, and what was signed once is signed again with the same bytes.
///
/// Nobody consents to votes that were closed before their hour: before that, by this device's own clock, the answer is
/// [`Waiting::Hour`], and what [`Kept::saw`] gives is to be stored. A device whose memory is not whole answers
/// [`Waiting::OthersConsents`], unless witnesses vouch for the board.
///
/// # Errors
/// [`Refusal`].
pub fn next_step(shown: &Shown<'_>, secret: &Secret, kept: &Kept, now: u64) -> Result<Step, Refusal> {
    kept.demand(shown, secret)?;
    let (board, kept) = (shown.board(), kept.clone().having_seen(shown));
    let ceremony = board.ceremony().ok_or(Refusal::NoBoard)?;
    if ceremony.round() != Round::Complete {
        return during_ceremony(board, ceremony, secret, &kept);
    }
    let (attempt, trustee) = (ceremony.attempt(), kept.trustee());
    if kept.confirmed(attempt).is_some_and(|kept| Some(kept) != ceremony.transcript()) {
        return Err(Refusal::OtherTranscript);
    }
    let of = match board.course() {
        Course::Open | Course::Ended => return Ok(Step::Wait(Waiting::Closing)),
        Course::Cancelled => return Ok(Step::Cancelled),
        Course::Closed => return Ok(Step::Wait(Waiting::Sums)),
        Course::Published => return Ok(Step::Done),
        Course::Counting => TallyKind::Vote,
        Course::Empty | Course::Founded | Course::Setup => TallyKind::Rehearsal,
    };
    let share = KeyShare::recover(secret, board, trustee)?;
    let Some(count) = board.count(of) else { return Ok(Step::Wait(Waiting::Rehearsal)) };
    if !shown.is_signed() {
        return Err(Refusal::Unsigned);
    }
    // A rehearsal has no hour.
    let hour = board.consent_hour().filter(|hour| of == TallyKind::Vote && now < *hour);
    decrypting(count, &share, &kept, hour, kept.is_whole() || shown.is_the_only_one())
}

fn during_ceremony(
    board: &BoardState,
    ceremony: &Ceremony,
    secret: &Secret,
    kept: &Kept,
) -> Result<Step, Refusal> {
    let (attempt, trustee) = (ceremony.attempt(), kept.trustee());
    if let Round::Failed(culprit) = ceremony.round() {
        return Ok(Step::Wait(Waiting::Restart { culprit }));
    }
    let act = |kind, message: Entry, keep| {
        Ok(Step::Act(Box::new(Action { kind, message: message.to_bytes(), keep })))
    };
    let newcomer = Newcomer::new(secret, ceremony, trustee)?;
    if ceremony.commitments(trustee).is_none() {
        // With the same secret the device that is lost may commit, and deal, on another board.
        if !kept.is_whole() {
            return Err(Refusal::NothingToRecover(trustee));
        }
        let (_, message) = newcomer.commit(ceremony)?;
        let keep = kept.clone().with_commitments(attempt);
        return act(ActionKind::Commit { attempt }, message.into(), keep);
    }
    let committed = newcomer.resume(ceremony)?;
    let Some(round) = ceremony.round_hash() else { return Ok(waiting(ceremony)) };
    // Shares that were dealt for other commitments stay dealt, whatever this board shows.
    if kept.dealt(attempt).is_some_and(|dealt| dealt != round) {
        return Err(Refusal::OtherRound);
    }
    if ceremony.shares(trustee).is_none() {
        if !kept.is_whole() || !kept.has_committed(attempt) {
            return Err(Refusal::CannotRecoverYet(trustee));
        }
        let (_, message) = committed.deal(ceremony)?;
        let keep = kept.clone().with_shares(attempt, round);
        return act(ActionKind::Deal { attempt }, message.into(), keep);
    }
    match committed.resume(ceremony)?.receive(ceremony)? {
        Received::False { dealer, complaint } => {
            act(ActionKind::Complain { dealer }, (*complaint).into(), kept.clone())
        }
        Received::Incomplete(_) => Ok(waiting(ceremony)),
        Received::Complete(received) => {
            let transcript = received.transcript();
            if kept.confirmed(attempt).is_some_and(|confirmed| confirmed != transcript) {
                return Err(Refusal::OtherTranscript);
            }
            if ceremony.has_confirmed(trustee) {
                return Ok(waiting(ceremony));
            }
            let fingerprint = fingerprint(board, ceremony).ok_or(Refusal::NoBoard)?;
            let message = received.confirm(ceremony)?;
            let keep = kept.clone().with_confirmation(attempt, transcript);
            act(ActionKind::Confirm { transcript, fingerprint }, message.into(), keep)
        }
    }
}

/// The fingerprint that the election will have when all have confirmed.
fn fingerprint(board: &BoardState, ceremony: &Ceremony) -> Option<Digest> {
    let (genesis, keys) = (board.genesis()?, ceremony.joint_keys()?);
    let election = Election::from_manifest(board.manifest().clone(), genesis, &keys).ok()?;
    Some(election.fingerprint())
}

fn waiting(ceremony: &Ceremony) -> Step {
    Step::Wait(Waiting::Trustees { round: ceremony.round(), who: ceremony.waiting_for() })
}

/// `early`: the hour before which this device consents to nothing. `may_consent`: whether it may at all.
fn decrypting(
    count: &Count,
    share: &KeyShare,
    kept: &Kept,
    early: Option<u64>,
    may_consent: bool,
) -> Result<Step, Refusal> {
    let (input, trustee) = (count.input(), share.trustee());
    let (of, tally) = (input.kind(), input.input_hash());
    if kept.sums(of).is_some_and(|sums| sums != tally) {
        return Err(Refusal::OtherTally);
    }
    let all = 1..=input.election().manifest().trustees().count;
    let keep = || kept.clone().with_sums(of, tally);
    let act = |kind, message: Entry| {
        Ok(Step::Act(Box::new(Action { kind, message: message.to_bytes(), keep: keep() })))
    };
    if count.partials().len() >= count.partials_needed() {
        return Ok(Step::Wait(match of {
            TallyKind::Vote => Waiting::Result,
            TallyKind::Rehearsal => Waiting::Opening,
        }));
    }
    let consented = count.consents().contains(&trustee);
    if let Some(until) = early.filter(|_| !consented) {
        return Ok(Step::Wait(Waiting::Hour { until }));
    }
    if count.has_quorum() {
        if !count.has_decrypted(trustee) {
            return act(ActionKind::Decrypt { of }, share.decrypt(count)?.into());
        }
        return Ok(Step::Wait(Waiting::Decryptions {
            of,
            needed: count.partials_needed() - count.partials().len(),
            who: all.filter(|trustee| !count.has_decrypted(*trustee)).collect(),
        }));
    }
    if !consented && may_consent {
        return act(ActionKind::Consent { of, tally }, share.consent(input)?.into());
    }
    let needed = input.quorum() - count.consents().len();
    let missing = all.filter(|trustee| !count.consents().contains(trustee));
    Ok(Step::Wait(if consented {
        Waiting::Consents { of, needed, who: missing.collect() }
    } else {
        Waiting::OthersConsents { of, needed, who: missing.filter(|other| *other != trustee).collect() }
    }))
}
