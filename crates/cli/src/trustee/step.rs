//! One step of a trustee, or several where one makes the next possible.

use serde_json::json;
use veche_crypto::hash::Digest;
use veche_record::entry::TallyKind;
use veche_trustee::{ActionKind, Kept, Shown, Step, next_step};
use veche_verify::Audit;

use super::describe::{doing, done, seen_early, waiting};
use super::state::State;
use super::{MessageArgs, StepArgs, TrusteeError, counts};
use crate::error::Error;
use crate::{Outcome, report};

/// What the person has compared already, and so is not asked about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Checked {
    /// Nothing.
    Nothing,
    /// The transcript, which is this.
    Transcript(Digest),
    /// How many voters and ballots there are.
    Counts,
}

/// Does what comes next, as far as it is among these kinds.
pub(super) fn act(args: &MessageArgs, allowed: &[&str], checked: Checked) -> Result<Outcome, Error> {
    let MessageArgs { step: args, out } = args;
    let mut state = State::open(&args.dir)?;
    state.out.clone_from(out);
    let audit = state.audit(args.election)?;
    continue_with(&mut state, audit, allowed, args.election, checked)
}

/// The same from a board that was read already.
pub(super) fn continue_with(
    state: &mut State,
    mut audit: Audit,
    allowed: &[&str],
    election: Option<Digest>,
    checked: Checked,
) -> Result<Outcome, Error> {
    let mut text = String::new();
    loop {
        let Some(shown) = shown(&audit)? else {
            text.push_str("Nothing was done: the board does not pass.\n\n");
            text.push_str(&report::text(&audit.report));
            return Ok(Outcome { text, code: audit.report.exit_code() });
        };
        let now = now();
        state.see(&shown, now)?;
        let action = match next_step(&shown, &state.secret, state.kept(), now).map_err(TrusteeError::from)? {
            Step::Act(action) if allowed.contains(&action.kind.name()) => action,
            step => {
                text.push_str(&said(&step, state.kept()));
                return Ok(Outcome::passed(text));
            }
        };
        if let (ActionKind::Confirm { transcript: found, .. }, Checked::Transcript(named)) =
            (&action.kind, checked)
            && *found != named
        {
            return Err(TrusteeError::Transcript { named, found: *found }.into());
        }
        if let ActionKind::Consent { of: TallyKind::Vote, .. } = &action.kind
            && let Some(counts) = counts::text(shown.board())
        {
            text.push_str(&counts);
            text.push('\n');
            if !matches!(checked, Checked::Counts) && !counts::are_compared(&mut text)? {
                text.push_str("Nothing was signed. Tell the other trustees what does not agree.\n");
                return Ok(Outcome::failed(text));
            }
        }
        let written = state.post(&action)?;
        text.push_str(&done(&action.kind));
        if let Some(path) = written {
            text.push_str(&format!(
                "The message is in {}, and not on the board yet: send it to the organiser.\n",
                path.display()
            ));
            return Ok(Outcome::passed(text));
        }
        audit = state.audit(election)?;
    }
}

/// The board, where it passes, with the checkpoint that it was compared with.
pub(super) fn shown(audit: &Audit) -> Result<Option<Shown<'_>>, Error> {
    let board = audit.board().zip(audit.note());
    let shown = board.map(|(board, note)| Shown::under(board, note)).transpose();
    Ok(shown.map_err(TrusteeError::from)?)
}

/// A step in words, with what the machine remembers and what it does not.
fn said(step: &Step, kept: &Kept) -> String {
    let mut text = match step {
        Step::Act(action) => doing(&action.kind),
        Step::Wait(on) => waiting(on),
        Step::Cancelled => CANCELLED.to_owned(),
        Step::Done => "The result is published. Nothing is left to do.\n".to_owned(),
    };
    text.extend(kept.early().as_ref().map(seen_early));
    if !kept.is_whole() && !matches!(step, Step::Done | Step::Cancelled) {
        text.push_str(WITHOUT_MEMORY);
    }
    text
}

/// Says what comes next.
pub(super) fn status(args: &StepArgs, as_json: bool) -> Result<Outcome, Error> {
    let mut state = State::open(&args.dir)?;
    let audit = state.audit(args.election)?;
    let Some(shown) = shown(&audit)? else {
        let text = format!("The board does not pass.\n\n{}", report::text(&audit.report));
        return Ok(Outcome { text, code: audit.report.exit_code() });
    };
    let now = now();
    state.see(&shown, now)?;
    let kept = state.kept();
    let step = next_step(&shown, &state.secret, kept, now).map_err(TrusteeError::from)?;
    if as_json {
        let mut document = document(&step, kept);
        if let (Some(early), Some(object)) = (kept.early(), document.as_object_mut()) {
            object.insert("early".to_owned(), json!({"seen": early.seen, "hour": early.hour}));
        }
        return Ok(Outcome::passed(format!("{document}\n")));
    }
    let mut text = said(&step, kept);
    if matches!(&step, Step::Act(action) if matches!(action.kind, ActionKind::Consent { of: TallyKind::Vote, .. }))
    {
        text.extend(counts::text(shown.board()).map(|counts| format!("\n{counts}")));
    }
    Ok(Outcome::passed(text))
}

/// What a trustee is told whose machine was set up from the words.
pub(super) const WITHOUT_MEMORY: &str = "This machine was set up from the words, and does not remember what you signed on another one. \
    So it agrees to no sums, unless the vote has witnesses who see to it that there is one board only. It can decrypt what enough others \
    have agreed to. The machine that remembers can still agree.\n";

/// What a trustee of a cancelled vote is told.
const CANCELLED: &str = "The organiser has cancelled the vote. Nothing of it is decrypted.\n";

/// This machine's time, in seconds since 1970. A clock from before then is too early for everything.
pub(super) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn document(step: &Step, kept: &Kept) -> serde_json::Value {
    let trustee = kept.trustee();
    let mut document = match step {
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
    };
    if let Some(object) = document.as_object_mut() {
        object.insert("remembers".to_owned(), kept.is_whole().into());
    }
    document
}
