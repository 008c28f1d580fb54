//! Request bodies: never more bytes than the route allows, never longer than the deadline.
//!
//! The deadline is for the whole body. A limit between two packets would let one byte at a time
//! hold a connection for hours.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::http::client::RequestRules;
use crate::http::problem::{Kind, Problem};

/// The longest JSON body of any route.
const JSON_LIMIT: usize = 4 * 1024;

/// What a body of bytes looks like, for the documentation.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes bytes, which have no fields")]
pub(crate) struct Octets(Vec<u8>);

/// A JSON body of at most [`JSON_LIMIT`] bytes.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T>
where
    Arc<RequestRules>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        // A page of another site can send a form or plain text without asking; JSON it cannot.
        must_be(request.headers(), "application/json")?;
        let deadline = Arc::<RequestRules>::from_ref(state).body_deadline();
        let bytes = read(request, JSON_LIMIT, deadline).await?;
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

/// Reads a binary body of at most `limit` bytes that arrives before the deadline.
pub(crate) async fn octets(request: Request, limit: usize, deadline: Duration) -> Result<Bytes, Problem> {
    must_be(request.headers(), "application/octet-stream")?;
    read(request, limit, deadline).await
}

/// Writes a binary body of at most `limit` bytes that arrives before the deadline into a file, which is given back.
pub(crate) async fn octets_into(
    request: Request,
    limit: usize,
    deadline: Duration,
    file: std::fs::File,
) -> Result<std::fs::File, Problem> {
    must_be(request.headers(), "application/octet-stream")?;
    refuse_announced(request.headers(), limit)?;
    let mut body = Limited::new(request.into_body(), limit);
    let mut file = tokio::fs::File::from_std(file);
    let writing = async {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| match error.is::<LengthLimitError>() {
                true => too_large(limit),
                false => incomplete(),
            })?;
            if let Ok(data) = frame.into_data() {
                file.write_all(&data).await.map_err(|error| Problem::fault(&error))?;
            }
        }
        file.flush().await.map_err(|error| Problem::fault(&error))
    };
    timeout(deadline, writing).await.map_err(|_| too_slow(deadline))??;
    Ok(file.into_std().await)
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

async fn read(request: Request, limit: usize, deadline: Duration) -> Result<Bytes, Problem> {
    refuse_announced(request.headers(), limit)?;
    let body: Body = request.into_body();
    match timeout(deadline, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_length(&error) => Err(too_large(limit)),
        Ok(Err(_)) => Err(incomplete()),
        Err(_) => Err(too_slow(deadline)),
    }
}

/// An announced length over the limit is refused before a byte is read. The number only ever makes us refuse: nothing
/// is allocated by it.
fn refuse_announced(headers: &HeaderMap, limit: usize) -> Result<(), Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.is_some_and(|length| length.parse::<u64>().is_ok_and(|length| length > limit as u64)) {
        return Err(too_large(limit));
    }
    Ok(())
}

fn too_large(limit: usize) -> Problem {
    Problem::new(Kind::TooLarge, format!("At most {limit} bytes are accepted here."))
        .with("limit", u64::try_from(limit).unwrap_or(u64::MAX))
}

fn incomplete() -> Problem {
    Problem::new(Kind::Malformed, "The body ended before it was complete.")
}

fn too_slow(deadline: Duration) -> Problem {
    let sentence = format!("The whole body must arrive within {} seconds.", deadline.as_secs());
    Problem::new(Kind::TooSlow, sentence)
}

/// Reads lower-case hexadecimal digits, and no other spelling.
pub(crate) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (hex::encode(bytes) == text).then_some(bytes)
}

fn is_length(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
