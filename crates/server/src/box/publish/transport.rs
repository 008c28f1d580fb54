//! How the store's requests reach a bucket: by the same HTTP client and the same TLS as the rest of Veche.

use std::time::Duration;

use async_trait::async_trait;
use axum::http::{Method, Response};
use http_body_util::BodyExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use ureq::Agent;

/// Time for one request: a bundle has 16 MiB at most.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of an answer at most: a list of a thousand names, or a file that is compared.
const LARGEST_ANSWER: u64 = 64 << 20;

/// Makes the client that a store asks for.
#[derive(Debug)]
pub(super) struct Transport;

impl HttpConnector for Transport {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build();
        Ok(HttpClient::new(Service(config.into())))
    }
}

#[derive(Debug)]
struct Service(Agent);

#[async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes().to_vec();
        let agent = self.0.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let request = ureq::http::Request::from_parts(parts, ());
            let mut response = if matches!(*request.method(), Method::PUT | Method::POST) {
                agent.run(request.map(|()| body))?
            } else {
                agent.run(request)?
            };
            let body = response.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec()?;
            Ok((response.into_parts().0, body))
        });
        let (parts, body) = answer
            .await
            .map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?
            .map_err(|error: ureq::Error| HttpError::new(kind(&error), error))?;
        Ok(Response::from_parts(parts, body.into()))
    }
}

/// What the store needs to know to decide whether to try again.
fn kind(error: &ureq::Error) -> HttpErrorKind {
    match error {
        ureq::Error::Timeout(_) => HttpErrorKind::Timeout,
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => HttpErrorKind::Connect,
        ureq::Error::Io(_) => HttpErrorKind::Interrupted,
        _ => HttpErrorKind::Unknown,
    }
}
