//! Who is waited for, for what and since when, as the board says it.

use serde::Serialize;
use veche_record::Manifest;
use veche_record::entry::TallyKind;
use veche_results::papers::Asked;
use veche_verify::{BoardState, Count, Course, Round};

/// What the vote waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// Trustees make their shares.
    Join,
    /// Trustees exchange the pieces of their shares.
    Deal,
    /// Trustees compare the keys and confirm.
    Confirm,
    /// The organiser begins the ceremony anew: somebody has dealt a false share.
    Restart,
    /// The organiser holds the rehearsal.
    Rehearse,
    /// Trustees agree to the sums of the rehearsal.
    RehearsalAgree,
    /// Trustees open the rehearsal's sums.
    RehearsalDecrypt,
    /// The organiser opens the vote.
    Open,
    /// Voting is open until its hour; then the organiser ends it.
    Close,
    /// The ballot box adds the ballots up.
    Sums,
    /// Trustees agree to the sums of the vote.
    CountAgree,
    /// Trustees open the totals.
    CountDecrypt,
    /// The ballot box states the result.
    Result,
    /// Nothing: the result is published.
    Published,
    /// Nothing: the vote is cancelled.
    Cancelled,
}

impl Step {
    /// What a trustee who is waited for is to be asked; nothing where it is nobody of them.
    pub(crate) const fn asked(self) -> Option<Asked> {
        Some(match self {
            Step::Join => Asked::Join,
            Step::Deal => Asked::Deal,
            Step::Confirm => Asked::Confirm,
            Step::RehearsalAgree => Asked::RehearsalAgree,
            Step::RehearsalDecrypt => Asked::RehearsalDecrypt,
            Step::CountAgree => Asked::CountAgree,
            Step::CountDecrypt => Asked::CountDecrypt,
            _ => return None,
        })
    }

    /// What is waited for, for people.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Step::Join => "to make their shares",
            Step::Deal => "to exchange the pieces of their shares",
            Step::Confirm => "to compare the keys and confirm",
            Step::Restart => "the organiser, to begin the ceremony anew: veche election restart",
            Step::Rehearse => "the organiser, to hold the rehearsal: veche election rehearse",
            Step::RehearsalAgree => "to agree to the sums of the rehearsal",
            Step::RehearsalDecrypt => "to decrypt the rehearsal",
            Step::Open => "the organiser, to open the vote: veche election open",
            Step::Close => "the closing hour: voting is open",
            Step::Sums => "the ballot box, to add the ballots up",
            Step::CountAgree => "to agree to the sums of the vote",
            Step::CountDecrypt => "to decrypt the totals",
            Step::Result => "the ballot box, to state the result",
            Step::Published => "nobody: the result is published",
            Step::Cancelled => "nobody: the vote is cancelled",
        }
    }
}

/// Who is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Awaited {
    /// For what.
    pub step: Step,
    /// How many more are needed.
    pub needed: usize,
    /// Of which trustees, from 1. Where more stand here than are needed, any of them will do.
    pub who: Vec<u8>,
    /// Since when, in seconds since 1970, where the board has an hour for it.
    pub since: Option<u64>,
}

impl Awaited {
    /// What a board that passes waits for.
    pub(crate) fn of(board: &BoardState) -> Self {
        let (opened, ended) = board.hours();
        let simply = |step, since| Awaited { step, needed: 0, who: Vec::new(), since };
        match board.course() {
            Course::Empty | Course::Founded => Self::ceremony(board),
            Course::Setup => match board.count(TallyKind::Rehearsal) {
                _ if board.is_rehearsed() => simply(Step::Open, None),
                None => simply(Step::Rehearse, None),
                Some(count) => {
                    let steps = [Step::RehearsalAgree, Step::RehearsalDecrypt, Step::Open];
                    Self::count(count, steps, None)
                }
            },
            Course::Open | Course::Ended => simply(Step::Close, opened),
            Course::Closed => simply(Step::Sums, ended),
            Course::Counting => match board.count(TallyKind::Vote) {
                Some(count) => {
                    Self::count(count, [Step::CountAgree, Step::CountDecrypt, Step::Result], ended)
                }
                None => simply(Step::Sums, ended),
            },
            Course::Published => simply(Step::Published, None),
            Course::Cancelled => simply(Step::Cancelled, None),
        }
    }

    fn ceremony(board: &BoardState) -> Self {
        let (round, who) = match board.ceremony() {
            Some(ceremony) => (ceremony.round(), ceremony.waiting_for()),
            None => (Round::Commit, (1..=board.manifest().trustees().count).collect()),
        };
        let step = match round {
            Round::Commit => Step::Join,
            Round::Deal => Step::Deal,
            Round::Confirm => Step::Confirm,
            Round::Failed(_) => Step::Restart,
            Round::Complete => Step::Rehearse,
        };
        let who = if step.asked().is_some() { who } else { Vec::new() };
        Awaited { step, needed: who.len(), who, since: None }
    }

    /// In a decryption. Nobody decrypts before a quorum has agreed.
    pub(crate) fn count(count: &Count, [agree, decrypt, done]: [Step; 3], since: Option<u64>) -> Self {
        let all = 1..=count.input().election().manifest().trustees().count;
        let needed = count.partials_needed().saturating_sub(count.partials().len());
        if needed == 0 {
            return Awaited { step: done, needed, who: Vec::new(), since };
        }
        if !count.has_quorum() {
            let needed = count.input().quorum() - count.consents().len();
            let who = all.filter(|trustee| !count.consents().contains(trustee)).collect();
            return Awaited { step: agree, needed, who, since };
        }
        let who = all.filter(|trustee| !count.has_decrypted(*trustee)).collect();
        Awaited { step: decrypt, needed, who, since }
    }
}

/// A witness that the manifest names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct WitnessState {
    /// Its name.
    pub name: String,
    /// When it has seen the newest checkpoint, in seconds since 1970; nothing where it has not.
    pub seen: Option<u64>,
}

/// The witnesses of a vote, as the newest checkpoint shows them: how many are needed, and each.
pub(crate) fn witnesses(manifest: &Manifest, note: &[u8]) -> Option<(u32, Vec<WitnessState>)> {
    let witnesses = manifest.witnesses()?;
    let read = veche_board::note::Note::parse(note).ok();
    let state = |key: &veche_board::WitnessKey| WitnessState {
        name: key.to_vkey().split('+').next().unwrap_or_default().to_owned(),
        // A false line of a witness is none.
        seen: read.as_ref().and_then(|note| key.cosigned(note).ok().flatten()),
    };
    let needed = manifest.document().witnesses.as_ref().map_or(0, |named| named.needed);
    Some((needed, witnesses.keys().iter().map(state).collect()))
}
