//! A message to the clerk's own phone before the opening, through the provider that sends the codes.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::Desk;
use super::checklist::{SMS, tick};
use super::people::{PATIENCE, Registrar, Relayed};
use super::request::{Form, work};
use crate::remote::Message;

const COMMAND: &str = "veche-server test-message --data DIR --sms GATEWAY --operator NAME --reason TEXT";

/// The route of this part of the page of the vote's day.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/run/test-message", post(send))
}

#[derive(Deserialize)]
struct Wanted {
    /// Sent to the registrar and kept nowhere.
    phone: Zeroizing<String>,
    /// Why, for the registrar's journal.
    reason: String,
}

/// Has the message sent, and ticks it on the list when the provider has taken it.
async fn send(State(desk): State<Arc<Desk>>, Form(form): Form<Wanted>) -> Relayed {
    work(desk, move |desk| {
        let registrar = Registrar::or_box(desk)?;
        let form = json!({ "phone": form.phone.trim(), "reason": form.reason });
        let body = Zeroizing::new(form.to_string());
        let message = Message { media: "application/json", headers: &[], body: body.as_bytes() };
        if let Err(refusal) = registrar.ask("/test-message", Some(message), PATIENCE) {
            return Ok(Err(refusal));
        }
        Ok(Ok(tick(&desk.folder, SMS)?))
    })
    .await??;
    Ok(Json(json!({ "command": COMMAND })))
}
