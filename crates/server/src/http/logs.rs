//! What the log says about a request: its method, its route, its status and its time.
//!
//! Not its path (a key in a path would link a voter's requests to a time), not its sender, and
//! nothing of any body or header.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::Response;
use tower_http::classify::{ServerErrorsAsFailures, SharedClassifier};
use tower_http::trace::TraceLayer;
use tracing::Span;

/// Logs each request, whose answer has a body of type `B`; what is logged meanwhile is under the request's span.
pub(crate) type Logs<B> = TraceLayer<
    SharedClassifier<ServerErrorsAsFailures>,
    fn(&Request) -> Span,
    (),
    fn(&Response<B>, Duration, &Span),
    (),
    (),
    (),
>;

/// [`Logs`].
pub(crate) fn layer<B>() -> Logs<B> {
    TraceLayer::new_for_http()
        .make_span_with(span as fn(&Request) -> Span)
        .on_request(())
        .on_response(answered as fn(&Response<B>, Duration, &Span))
        .on_body_chunk(())
        .on_eos(())
        .on_failure(())
}

fn span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("file", MatchedPath::as_str);
    tracing::info_span!("request", method = %request.method(), route)
}

fn answered<B>(response: &Response<B>, took: Duration, _: &Span) {
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(status = response.status().as_u16(), milliseconds, "answered");
}
