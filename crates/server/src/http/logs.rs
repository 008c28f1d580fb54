//! What the log says about a request: its name, its method, its route, its status, the kind of problem and its time.
//! The same is counted for who reads the metrics.
//!
//! Not its path (a key in a path would link a voter's requests to a time), not its sender, and
//! nothing of any body or header.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::http::problem::Kind;
use crate::http::request_id::RequestId;
use crate::metrics::requests::{RequestMetrics, Route};

/// The header with the name of the request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names each request, logs it and counts it; what is logged meanwhile is under the request's span. Whatever the client
/// calls its request is ignored.
pub(crate) async fn observe(State(metrics): State<RequestMetrics>, request: Request, next: Next) -> Response {
    let (id, begun) = (RequestId::new(), Instant::now());
    let route = Route(request.extensions().get::<MatchedPath>().cloned());
    let method = request.method().clone();
    let span = tracing::info_span!("request", %id, %method, route = route.name());
    let mut response = id.during(next.run(request).instrument(span.clone())).await;
    let (status, took) = (response.status(), begun.elapsed());
    let problem = response.extensions().get::<Kind>().map(|kind| kind.name());
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status = status.as_u16(), problem, milliseconds, "answered"));
    metrics.answered(route, &method, status, problem, took);
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
