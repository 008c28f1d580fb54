//! The end of a vote whose organiser is gone, which a quorum of trustees signs at the ballot box.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use veche_record::entry::{ClosingForm, ClosingKind, ClosingTerms};
use veche_trustee::{KeyShare, end_vote};

use super::state::State;
use super::step::{now, shown};
use super::{StepArgs, TrusteeError};
use crate::error::Error;
use crate::{Outcome, report};

/// What the ballot box hands out to be signed.
#[derive(Debug, Deserialize)]
struct Proposal {
    kind: String,
    time: u64,
    note: String,
}

/// How far the end of the vote is.
#[derive(Debug, Deserialize)]
struct Progress {
    signed: Vec<u8>,
    needed: u8,
    index: Option<u64>,
}

pub(super) fn close(args: &StepArgs) -> Result<Outcome, Error> {
    let mut state = State::open(&args.dir)?;
    let (remote, token) = state.board.ballot_box()?;
    // What is to be signed first: the board is verified as it is after that.
    let answer = remote.ask("v1/closing", token)?;
    let Proposal { kind, time, note } = serde_json::from_slice(&answer).map_err(TrusteeError::Answer)?;
    let kind = if kind == "ended" { ClosingKind::Ended } else { ClosingKind::Close };
    let audit = state.audit(args.election)?;
    let Some(shown) = shown(&audit)? else {
        let text = format!("Nothing was done: the board does not pass.\n\n{}", report::text(&audit.report));
        return Ok(Outcome { text, code: audit.report.exit_code() });
    };
    let (board, now) = (shown.board(), now());
    state.see(&shown, now)?;
    let (remote, token) = state.board.ballot_box()?;
    let share =
        KeyShare::recover(&state.secret, board, state.kept().trustee()).map_err(TrusteeError::from)?;
    let terms = ClosingTerms { kind, form: ClosingForm::Trustees, time, note: note.into_bytes() };
    let signature = end_vote(board, &share, &terms, now).map_err(TrusteeError::from)?;
    let signed = json!({"time": time, "signature": STANDARD.encode(signature.to_bytes())});
    let answer = remote.post_json("v1/closing", token, &signed)?;
    let Progress { signed, needed, index } = serde_json::from_slice(&answer).map_err(TrusteeError::Answer)?;
    Ok(Outcome::passed(match index {
        Some(index) => format!("The vote is ended, by entry {index}, in the organiser's place.\n"),
        None => {
            let missing = usize::from(needed).saturating_sub(signed.len());
            let more = if missing == 1 {
                "1 more trustee has".into()
            } else {
                format!("{missing} more trustees have")
            };
            format!("You have signed the end of the vote. {more} to.\n")
        }
    }))
}
