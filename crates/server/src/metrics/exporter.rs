//! Where Prometheus reads what is counted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State as Given;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tokio::net::TcpListener;
use tokio::sync::watch;
use veche_listener::Settings;

use crate::metrics::requests::RequestMetrics;
use crate::metrics::state::State;

/// What every name begins with.
const PREFIX: &str = "veche";

/// Few ask.
const SETTINGS: Settings = Settings {
    connections: 16,
    connections_an_address: 16,
    head_deadline: Duration::from_secs(10),
    write_deadline: Duration::from_secs(10),
};

/// The form in which Prometheus and OpenTelemetry's collector read.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The place where somebody can ask.
#[derive(Debug)]
pub(crate) struct MetricsDoor {
    listener: TcpListener,
}

impl MetricsDoor {
    /// Takes the address.
    pub(crate) async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        if !address.ip().is_loopback() {
            tracing::warn!(
                "the metrics can be read by whoever reaches {address}: let nobody but your Prometheus reach it"
            );
        }
        Ok(MetricsDoor { listener })
    }

    /// Where it is.
    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until the server stops.
    pub(crate) async fn serve(
        self,
        requests: RequestMetrics,
        commits: Histogram,
        state: State,
        stop: watch::Receiver<bool>,
    ) {
        let mut registry = Registry::with_prefix(PREFIX);
        requests.register(&mut registry);
        registry.register_with_unit(
            "database_commit_duration",
            "Time until the database said that a transaction is on the disk",
            Unit::Seconds,
            commits,
        );
        let state = Arc::new(state);
        registry.register_collector(Box::new(Arc::clone(&state)));
        let router = Router::new().route("/metrics", get(answer)).with_state(Arc::new(registry));
        let looking = async {
            loop {
                state.look();
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        tokio::select! {
            () = veche_listener::serve(self.listener, router, || SETTINGS, stop) => {}
            () = looking => {}
        }
    }
}

async fn answer(Given(registry): Given<Arc<Registry>>) -> Response {
    let mut text = String::new();
    match prometheus_client::encoding::text::encode(&mut text, &registry) {
        Ok(()) => ([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
