//! The ballot box that the desk speaks to: its address and the organiser's token, which whoever runs it hands over.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use veche_verify::{BoardState, Course};
use zeroize::Zeroizing;

use super::Desk;
use super::folder::Folder;
use super::problem::{Kind, Problem};
use super::request::{Answer, Form, work};
use crate::election::Office;
use crate::election::signer::hexadecimal;
use crate::remote::{is_address, is_unencrypted};

/// What the organiser's token is called among the passes.
const ORGANISER: &str = "organiser";

/// The routes of this page.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/box", post(name))
}

#[derive(Deserialize)]
struct Named {
    address: String,
    token: Zeroizing<String>,
    /// Whether somebody has read that everybody on the way to the address reads along.
    #[serde(default)]
    unencrypted: bool,
}

/// Refuses an address of another machine that is not encrypted, unless somebody has confirmed it.
pub(crate) fn confirmed(address: &str, unencrypted: bool) -> Result<(), Problem> {
    if is_unencrypted(address) && !unencrypted {
        let detail = format!("{address:?} is not encrypted: whoever is on the way reads along");
        return Err(Problem::new(Kind::DeskUnencrypted, detail));
    }
    Ok(())
}

/// Keeps a ballot box's address and the organiser's token, when a board is there that passes and is the organiser's.
async fn name(State(desk): State<Arc<Desk>>, Form(form): Form<Named>) -> Answer<Value> {
    work(desk, move |desk| {
        let address = form.address.trim().trim_end_matches('/').to_owned();
        let token = Zeroizing::new(form.token.trim().to_owned());
        if !is_address(&address) {
            let detail = format!("{address:?} is not an address: it begins with https:// or http://");
            return Err(Problem::new(Kind::DeskAddress, detail));
        }
        confirmed(&address, form.unencrypted)?;
        let own = desk.vault.public()?;
        let office = Office::at(&address, token.clone())?;
        with_board(&office, |_, board| {
            let organiser =
                board.genesis().map(|genesis| hexadecimal(&genesis.organiser)).unwrap_or_default();
            if organiser != own {
                let detail = format!(
                    "That ballot box was made for the organiser {organiser}; the key of this desk is {own}"
                );
                return Err(Problem::new(Kind::DeskOtherOrganiser, detail));
            }
            Ok(())
        })?;
        // The board is public: a route that only the organiser's token opens says whether this is it.
        office.demand_organiser()?;
        desk.vault.keep(ORGANISER, token)?;
        Ok(desk.folder.note(|notes| notes.ballot_box = Some(address))?)
    })
    .await?;
    Ok(Json(json!({ "command": "veche election new --box URL --token-file FILE" })))
}

/// The ballot box of the desk, with the organiser's token.
pub(crate) fn office(desk: &Desk) -> Result<Office, Problem> {
    let (address, token) = known(desk)?;
    Ok(Office::at(&address, token)?)
}

/// Where the ballot box of the desk answers, and the organiser's token.
pub(super) fn known(desk: &Desk) -> Result<(String, Zeroizing<String>), Problem> {
    let missing = || Problem::new(Kind::DeskNoBox, "no ballot box is named yet");
    let address = desk.folder.notes().ballot_box.ok_or_else(missing)?;
    Ok((address, desk.vault.pass(ORGANISER)?.ok_or_else(missing)?))
}

/// Keeps how far the vote is, as the ballot box says it in `/v1/election`. Where it is past its opening, the trustees
/// have held the rehearsal.
pub(crate) fn remember(folder: &Folder, election: &Value) -> Result<(), Problem> {
    let phase = election.get("phase").and_then(Value::as_str).map(str::to_owned);
    let notes = folder.notes();
    let begun = matches!(phase.as_deref(), Some("open" | "closed" | "published"));
    if phase.is_none() || (notes.phase == phase && (notes.rehearsed || !begun)) {
        return Ok(());
    }
    Ok(folder.note(|notes| {
        notes.phase = phase;
        notes.rehearsed |= begun;
    })?)
}

/// Keeps that the trustees have held the rehearsal, when the board shows it.
pub(crate) fn remember_rehearsal(folder: &Folder, board: &BoardState) -> Result<(), Problem> {
    if !board.is_rehearsed() || folder.notes().rehearsed {
        return Ok(());
    }
    Ok(folder.note(|notes| notes.rehearsed = true)?)
}

/// Does something with a board that passes.
pub(crate) fn with_board<T>(
    office: &Office,
    step: impl FnOnce(&Office, &BoardState) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let audit = office.audit()?;
    match audit.board() {
        Some(board) => step(office, board),
        None => Err(Problem::of_board(&audit.report)),
    }
}

/// Notes which vote this is, by its fingerprint, as soon as the voting is open: from then on it is one, and the papers
/// are made of it alone.
pub(crate) fn remember_vote(folder: &Folder, board: &BoardState) -> Result<(), Problem> {
    let known = folder.notes().fingerprint;
    let Some(election) = board.election().filter(|_| known.is_none() && board.course() >= Course::Open)
    else {
        return Ok(());
    };
    let fingerprint = election.fingerprint().to_string();
    Ok(folder.note(|notes| notes.fingerprint = Some(fingerprint))?)
}
