//! Steps as plain objects.

use serde::Serialize;
use veche_record::entry::TallyKind;
use veche_trustee::{ActionKind, Refusal, ShareError, Step, Waiting};
use veche_verify::Round;

/// What a trustee does next. What is absent has no meaning for the step.
#[derive(Default, Serialize)]
pub(super) struct Described {
    /// `act`, `wait`, `done` or `refused`.
    turn: &'static str,
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<&'static str>,
    /// The transcript or the sums that a signature would be about.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<Vec<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    needed: Option<usize>,
    /// The hour that is waited for, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
}

pub(super) fn step(step: Result<Step, Refusal>) -> Described {
    match step {
        Ok(Step::Act(action)) => Described { turn: "act", what: action.kind.name(), ..acting(&action.kind) },
        Ok(Step::Wait(on)) => Described { turn: "wait", ..waiting(on) },
        Ok(Step::Cancelled) => Described { turn: "done", what: "cancelled", ..Described::default() },
        Ok(Step::Done) => Described { turn: "done", what: "done", ..Described::default() },
        Err(refusal) => Described { turn: "refused", what: code(&refusal), ..Described::default() },
    }
}

fn acting(kind: &ActionKind) -> Described {
    let nothing = Described::default();
    match kind {
        ActionKind::Commit { .. } | ActionKind::Deal { .. } => nothing,
        ActionKind::Complain { dealer } => Described { who: Some(vec![*dealer]), ..nothing },
        ActionKind::Confirm { transcript, fingerprint } => Described {
            shown: Some(transcript.to_string()),
            fingerprint: Some(fingerprint.to_string()),
            ..nothing
        },
        ActionKind::Consent { of, tally } => {
            Described { of: Some(name(*of)), shown: Some(tally.to_string()), ..nothing }
        }
        ActionKind::Decrypt { of } => Described { of: Some(name(*of)), ..nothing },
    }
}

fn waiting(on: Waiting) -> Described {
    let plain = |what| Described { what, ..Described::default() };
    match on {
        Waiting::Trustees { round, who } => {
            let what = match round {
                Round::Commit => "commit",
                Round::Deal => "deal",
                _ => "confirm",
            };
            Described { who: Some(who), ..plain(what) }
        }
        Waiting::Restart { culprit } => Described { who: Some(vec![culprit]), ..plain("restart") },
        Waiting::Rehearsal => plain("rehearsal"),
        Waiting::Consents { of, needed, who } => {
            Described { of: Some(name(of)), needed: Some(needed), who: Some(who), ..plain("consents") }
        }
        Waiting::OthersConsents { of, needed, who } => {
            let what = if who.len() < needed { "too-few-others" } else { "others-consents" };
            Described { of: Some(name(of)), needed: Some(needed), who: Some(who), ..plain(what) }
        }
        Waiting::Decryptions { of, needed, who } => {
            Described { of: Some(name(of)), needed: Some(needed), who: Some(who), ..plain("decryptions") }
        }
        Waiting::Opening => plain("opening"),
        Waiting::Closing => plain("closing"),
        Waiting::Sums => plain("sums"),
        Waiting::Hour { until } => Described { until: Some(until), ..plain("hour") },
        Waiting::Result => plain("result"),
    }
}

pub(super) const fn name(of: TallyKind) -> &'static str {
    match of {
        TallyKind::Vote => "vote",
        TallyKind::Rehearsal => "rehearsal",
    }
}

/// A short name for each refusal, which the page has a sentence for.
pub(super) const fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NoBoard => "no-board",
        Refusal::Unverified | Refusal::Unsigned => "board-unchecked",
        Refusal::Checkpoint(_) => "checkpoint-wrong",
        Refusal::OlderBoard { .. } => "board-rolled-back",
        Refusal::ForkedBoard(_) => "board-forked",
        Refusal::EarlierAttempt { .. } => "earlier-attempt",
        Refusal::ConfirmNotShown(_) => "confirm-not-shown",
        Refusal::NoSuchTrustee(_) => "no-such-trustee",
        Refusal::OtherBoard => "other-board",
        Refusal::NotYourWords(_) | Refusal::Share(ShareError::NotTheSecret(_)) => "not-your-words",
        Refusal::Impostor(_) => "impostor",
        Refusal::NothingToRecover(_) => "nothing-to-recover",
        Refusal::CannotRecoverYet(_) => "cannot-recover-yet",
        Refusal::OtherRound => "other-round",
        Refusal::OtherTranscript => "other-transcript",
        Refusal::OtherTally => "other-tally",
        Refusal::NotToBeEnded => "not-to-be-ended",
        Refusal::NotAbandoned { .. } => "not-abandoned",
        Refusal::OtherEnd => "other-end",
        Refusal::Share(_) => "share",
        // Something that has negligible probability.
        _ => "no-key",
    }
}
