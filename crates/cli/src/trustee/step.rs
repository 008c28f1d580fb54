//! One step of a trustee, or several where one makes the next possible.

use serde_json::json;
use veche_crypto::hash::Digest;
use veche_trustee::{ActionKind, Step, next_step};
use veche_verify::Audit;

use super::describe::{doing, done, seen_early, waiting};
use super::state::State;
use super::{StepArgs, TrusteeError};
use crate::error::Error;
use crate::{Outcome, report};

/// Does what comes next, as far as it is among these kinds.
pub(super) fn act(args: &StepArgs, allowed: &[&str], transcript: Option<Digest>) -> Result<Outcome, Error> {
    let mut state = State::open(&args.dir)?;
    let audit = state.board.audit(args.election)?;
    continue_with(&mut state, audit, allowed, args.election, transcript)
}

/// The same from a board that was read already.
pub(super) fn continue_with(
    state: &mut State,
    mut audit: Audit,
    allowed: &[&str],
    election: Option<Digest>,
    transcript: Option<Digest>,
) -> Result<Outcome, Error> {
    let mut text = String::new();
    loop {
        let Some(board) = audit.board() else {
            text.push_str("Nothing was done: the board does not pass.\n\n");
            text.push_str(&report::text(&audit.report));
            return Ok(Outcome { text, code: audit.report.exit_code() });
        };
        let now = now();
        state.see(board, now)?;
        let action = match next_step(board, &state.secret, &state.kept, now).map_err(TrusteeError::from)? {
            Step::Act(action) if allowed.contains(&action.kind.name()) => action,
            Step::Act(action) => {
                text.push_str(&doing(&action.kind));
                return Ok(Outcome::passed(text));
            }
            Step::Wait(on) => {
                text.push_str(&waiting(&on));
                text.extend(state.kept.early().as_ref().map(seen_early));
                return Ok(Outcome::passed(text));
            }
            Step::Cancelled => {
                text.push_str(CANCELLED);
                return Ok(Outcome::passed(text));
            }
            Step::Done => {
                text.push_str("The result is published. Nothing is left to do.\n");
                return Ok(Outcome::passed(text));
            }
        };
        if let (ActionKind::Confirm { transcript: found, .. }, Some(named)) = (&action.kind, transcript)
            && *found != named
        {
            return Err(TrusteeError::Transcript { named, found: *found }.into());
        }
        let written = state.post(&action)?;
        text.push_str(&done(&action.kind));
        if let Some(path) = written {
            text.push_str(&format!("The message is in {}: send it to the organiser.\n", path.display()));
            return Ok(Outcome::passed(text));
        }
        audit = state.board.audit(election)?;
    }
}

/// Says what comes next.
pub(super) fn status(args: &StepArgs, as_json: bool) -> Result<Outcome, Error> {
    let mut state = State::open(&args.dir)?;
    let audit = state.board.audit(args.election)?;
    let Some(board) = audit.board() else {
        let text = format!("The board does not pass.\n\n{}", report::text(&audit.report));
        return Ok(Outcome { text, code: audit.report.exit_code() });
    };
    let now = now();
    state.see(board, now)?;
    let step = next_step(board, &state.secret, &state.kept, now).map_err(TrusteeError::from)?;
    let early = state.kept.early();
    if as_json {
        let mut document = document(&step, state.kept.trustee());
        if let (Some(early), Some(object)) = (early, document.as_object_mut()) {
            object.insert("early".to_owned(), json!({"seen": early.seen, "hour": early.hour}));
        }
        return Ok(Outcome::passed(format!("{document}\n")));
    }
    let mut text = match &step {
        Step::Act(action) => doing(&action.kind),
        Step::Wait(on) => waiting(on),
        Step::Cancelled => CANCELLED.to_owned(),
        Step::Done => "The result is published. Nothing is left to do.\n".to_owned(),
    };
    text.extend(early.as_ref().map(seen_early));
    Ok(Outcome::passed(text))
}

/// What a trustee of a cancelled vote is told.
const CANCELLED: &str = "The organiser has cancelled the vote. Nothing of it is decrypted.\n";

/// This machine's time, in seconds since 1970. A clock from before then is too early for everything.
pub(super) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn document(step: &Step, trustee: u8) -> serde_json::Value {
    match step {
        Step::Act(action) => match &action.kind {
            ActionKind::Confirm { transcript, fingerprint } => json!({
                "trustee": trustee, "next": "confirm",
                "transcript": transcript.to_string(), "fingerprint": fingerprint.to_string(),
            }),
            kind => json!({"trustee": trustee, "next": kind.name()}),
        },
        Step::Wait(on) => json!({"trustee": trustee, "next": "wait", "waiting": waiting(on).trim()}),
        Step::Cancelled => json!({"trustee": trustee, "next": "cancelled"}),
        Step::Done => json!({"trustee": trustee, "next": "done"}),
    }
}
