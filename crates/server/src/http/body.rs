//! Request bodies: never more bytes than the route allows, never longer than the deadline.
//!
//! The deadline is for the whole body. A limit between two packets would let one byte at a time
//! hold a connection for hours.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::app::App;
use crate::http::problem::{Kind, Problem};

/// The longest JSON body of any route.
const JSON_LIMIT: usize = 4 * 1024;

/// A JSON body of at most [`JSON_LIMIT`] bytes.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        // A page of another site can send a form or plain text without asking; JSON it cannot.
        must_be(request.headers(), "application/json")?;
        let bytes = read(request, JSON_LIMIT, app).await?;
        // The reason would quote the body, which may hold a phone number or a code.
        let malformed =
            || Problem::new(Kind::Malformed, "The JSON of the body does not have the documented form.");
        // Serde would also take a list of the fields' values for the object.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(malformed());
        }
        serde_json::from_slice(&bytes).map(Json).map_err(|_| malformed())
    }
}

/// Reads a binary body of at most `limit` bytes.
pub(crate) async fn octets(request: Request, limit: usize, app: &App) -> Result<Bytes, Problem> {
    must_be(request.headers(), "application/octet-stream")?;
    read(request, limit, app).await
}

fn must_be(headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = sent.split(';').next().unwrap_or("").trim();
    if essence.eq_ignore_ascii_case(expected) {
        Ok(())
    } else {
        Err(Problem::new(Kind::UnsupportedMediaType, format!("Send the body as {expected}.")))
    }
}

async fn read(request: Request, limit: usize, app: &App) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::new(Kind::TooLarge, format!("At most {limit} bytes are accepted here."))
            .with("limit", u64::try_from(limit).unwrap_or(u64::MAX))
    };
    // An announced length over the limit is refused before a byte is read. The number only ever
    // makes us refuse: nothing is allocated by it.
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.is_some_and(|length| length.parse::<u64>().is_ok_and(|length| length > limit as u64)) {
        return Err(too_large());
    }
    let body: Body = request.into_body();
    match timeout(app.limits.body_deadline, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_length(&error) => Err(too_large()),
        Ok(Err(_)) => Err(Problem::new(Kind::Malformed, "The body ended before it was complete.")),
        Err(_) => Err(Problem::new(
            Kind::TooSlow,
            format!("The whole body must arrive within {} seconds.", app.limits.body_deadline.as_secs()),
        )),
    }
}

fn is_length(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
