//! `veche election draw`: the order in which options of one total were drawn goes on the board.

use clap::Args;
use serde_json::json;
use veche_record::entry::Draw;
use veche_record::manifest::Contest;
use veche_verify::BoardState;
use veche_verify::report::Report;

use super::signer::{Signer, SignerArgs, signed};
use super::{BoxArgs, ElectionError, Office};
use crate::error::Error;

/// What was drawn.
#[derive(Debug, Args)]
pub(crate) struct DrawArgs {
    #[command(flatten)]
    pub(crate) at: BoxArgs,
    #[command(flatten)]
    signer: SignerArgs,
    /// The contest.
    #[arg(long, value_name = "ID")]
    contest: String,
    /// The options in the order in which they were drawn, the first one first; once for each. Left out: says which are
    /// to be drawn for.
    #[arg(long = "option", value_name = "ID")]
    options: Vec<String>,
}

/// Puts a draw on the board.
pub(crate) fn draw(
    args: &DrawArgs,
    office: &Office,
    board: &BoardState,
    report: &Report,
) -> Result<String, Error> {
    record(&args.contest, &args.options, &args.signer.signer(), office, board, report)
}

/// The same for a contest and the options in the order in which they were drawn; without any it says which they are.
pub(crate) fn record(
    id: &str,
    drawn: &[String],
    signer: &Signer,
    office: &Office,
    board: &BoardState,
    report: &Report,
) -> Result<String, Error> {
    let not_now = |why: String| Error::from(ElectionError::NotNow(why));
    let contests = board.manifest().contests();
    let (position, contest) = (0_u16..)
        .zip(contests)
        .find(|(_, contest)| contest.id == id)
        .ok_or_else(|| not_now(format!("The election has no contest {id:?}")))?;
    let open = report.funding.iter().find(|funding| funding.contest == contest.id);
    let open = open.map_or(&[][..], |funding| funding.to_be_drawn.as_slice());
    if report.tallies.is_none() {
        return Err(not_now("There is no result yet: what is to be drawn is known after it".to_owned()));
    }
    if open.is_empty() {
        return Err(not_now(format!("Nothing is to be drawn in {}", contest.id)));
    }
    if drawn.is_empty() {
        return Ok(format!("To be drawn: {}.\n", open.join(", ")));
    }
    let mut sorted: Vec<&String> = drawn.iter().collect();
    let mut wanted: Vec<&String> = open.iter().collect();
    sorted.sort_unstable();
    wanted.sort_unstable();
    if sorted != wanted {
        let wanted = open.join(", ");
        return Err(not_now(format!("The draw must have each of these, once: {wanted}")));
    }
    match signer.key(board)? {
        None => office.post_json("v1/draws", &json!({"contest": contest.id, "options": drawn}))?,
        Some(key) => {
            let content = Draw { contest: position, order: positions(contest, drawn) };
            office.post_entry(&signed(content, &key, board)?.into())?;
        }
    }
    Ok(format!("The draw is on the board: {}.\n", drawn.join(", ")))
}

fn positions(contest: &Contest, ids: &[String]) -> Vec<u16> {
    let position = |id: &String| (0_u16..).zip(&contest.options).find(|(_, option)| option.id == *id);
    ids.iter().filter_map(position).map(|(position, _)| position).collect()
}
