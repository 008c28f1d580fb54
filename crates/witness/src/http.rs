//! `POST /add-checkpoint` over HTTP, c2sp.org/tlog-witness, "add-checkpoint".
//!
//! Plain HTTP with a limit on the size of a body and on the time it may take; a proxy in front adds TLS. Nobody signs
//! in: the log's signature on the checkpoint says who speaks.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http_body_util::{BodyExt as _, Limited};
use tokio::net::TcpListener;
use tokio::sync::watch;
use veche_listener::Settings;

use crate::request::MAX_REQUEST_BYTES;
use crate::witness::{Refusal, Witness};

/// Time in which a body must have arrived.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// The interface of a witness.
pub fn router(witness: Arc<Witness>) -> Router {
    Router::new().route("/add-checkpoint", post(add_checkpoint)).with_state(witness)
}

/// What one witness needs: boxes ask for one cosignature after another.
const SETTINGS: Settings = Settings {
    connections: 1_024,
    connections_an_address: 256,
    head_deadline: Duration::from_secs(10),
    write_deadline: Duration::from_secs(10),
};

/// Serves a witness until `stop` becomes true, then lets requests under way end.
pub async fn serve(listener: TcpListener, witness: Arc<Witness>, stop: watch::Receiver<bool>) {
    veche_listener::serve(listener, router(witness), || SETTINGS, stop).await;
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Body) -> Response {
    let body =
        match tokio::time::timeout(BODY_DEADLINE, Limited::new(body, MAX_REQUEST_BYTES).collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(_)) => return plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long, or broke off"),
            Err(_) => return plain(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
        };
    // The disk is waited for on a thread of its own. Who closes the connection meanwhile stops nothing.
    let asked = Arc::clone(&witness);
    let answer = tokio::task::spawn_blocking(move || match now() {
        Some(time) => match asked.add_checkpoint(&body, time) {
            Ok(line) => plain(StatusCode::OK, line),
            Err(refusal) => respond(&refusal),
        },
        None => plain(StatusCode::INTERNAL_SERVER_ERROR, "the witness's clock is wrong"),
    });
    answer.await.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "the witness made a mistake"))
}

fn now() -> Option<u64> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

fn respond(refusal: &Refusal) -> Response {
    let status = match refusal {
        Refusal::Malformed(_) => StatusCode::BAD_REQUEST,
        Refusal::UnknownLog => StatusCode::NOT_FOUND,
        Refusal::NotSigned => StatusCode::FORBIDDEN,
        Refusal::Contradiction => StatusCode::CONFLICT,
        Refusal::Inconsistent(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        Refusal::Elsewhere { size } => {
            let size = format!("{size}\n");
            return (StatusCode::CONFLICT, [(header::CONTENT_TYPE, "text/x.tlog.size")], size)
                .into_response();
        }
    };
    plain(status, format!("{refusal}\n"))
}

fn plain(status: StatusCode, text: impl Into<String>) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text.into()).into_response()
}
