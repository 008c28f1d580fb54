//! Accepting and serving.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceBuilder;
use tower_http::metrics::InFlightRequestsLayer;

use crate::descriptors;
use crate::places::{Place, Places};

/// The longest head of a request.
pub const MAX_HEAD_BYTES: usize = 32 * 1_024;

/// Time that requests under way have to end when the server stops.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// Time that a connection has to end on which nothing is asked, when another needs its place: what is still to be sent
/// is sent.
const LAST_BYTES: Duration = Duration::from_millis(200);

/// Time to wait when the operating system has no more sockets to give.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);

/// Idle connections that are closed at once when places run out, so that not every newcomer has to wait for it.
const CLOSED_TOGETHER: usize = 32;

/// What is allowed. It may change while the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Connections at once; fewer where the descriptors of this process are not enough.
    pub connections: usize,
    /// Connections at once of one address, or of one /64 network of IPv6.
    pub connections_an_address: usize,
    /// Time for the head of a request to arrive, and for a connection to stand idle.
    pub head_deadline: Duration,
    /// Time in which a client must read something of an answer.
    pub write_deadline: Duration,
}

/// Serves until `stop` becomes true, then lets requests under way end. Each request gets the address of its client as
/// [`ConnectInfo<SocketAddr>`].
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: impl Fn() -> Settings + Send,
    mut stop: watch::Receiver<bool>,
) {
    let router = router.layer(from_fn(short_head));
    let places = Places::default();
    let mut connections = JoinSet::new();
    let (stopping, stopped) = watch::channel(false);
    let enough_for = descriptors::connections();
    if enough_for < settings().connections {
        tracing::warn!(
            "this process may open so few files that it serves {enough_for} connections at once and not {}",
            settings().connections
        );
    }
    loop {
        let now = settings();
        let next = tokio::select! {
            () = told_to(&mut stop) => break,
            next = next(&listener, &places, now.connections.min(enough_for), &mut connections) => next,
        };
        let (stream, address) = match next {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                places.make_room(CLOSED_TOGETHER);
                tokio::time::sleep(OUT_OF_SOCKETS).await;
                continue;
            }
        };
        // One address takes the places of its own idle connections, never those of others.
        if places.of(address.ip()) >= now.connections_an_address.max(1) && !places.make_room_at(address.ip())
        {
            continue;
        }
        let place = places.take(address.ip());
        connections.spawn(connection(stream, address, place, router.clone(), now, stopped.clone()));
    }
    drop(listener);
    let _ = stopping.send(true);
    let _ =
        tokio::time::timeout(LAST_ANSWERS, async { while connections.join_next().await.is_some() {} }).await;
}

/// The next connection, once there is a place for it.
async fn next(
    listener: &TcpListener,
    places: &Places,
    most: usize,
    connections: &mut JoinSet<()>,
) -> std::io::Result<(TcpStream, SocketAddr)> {
    loop {
        while connections.try_join_next().is_some() {}
        if places.taken() < most.max(1) {
            return listener.accept().await;
        }
        places.make_room(CLOSED_TOGETHER.min(most.div_ceil(4)));
        // One of them ends, or another whose answer is sent; or one becomes idle, which nothing tells.
        let _ = tokio::time::timeout(OUT_OF_SOCKETS, connections.join_next()).await;
    }
}

/// Refuses a head that is too long and came all the same: what was read at once is not counted while it is read.
async fn short_head(request: axum::extract::Request, next: Next) -> Response {
    let line = request.method().as_str().len() + request.uri().to_string().len();
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    if line + fields.sum::<usize>() > MAX_HEAD_BYTES {
        return StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
    }
    next.run(request).await
}

/// Serves one connection. How it ends is the client's affair.
async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    place: Place,
    router: Router,
    settings: Settings,
    mut stop: watch::Receiver<bool>,
) {
    // Answers are small and complete: waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(settings.write_deadline));
    let used = place.used.clone();
    let service = ServiceBuilder::new()
        .map_request(move |mut request: Request<Incoming>| {
            used.touch();
            request.extensions_mut().insert(ConnectInfo(address));
            request
        })
        .layer(InFlightRequestsLayer::new(place.in_flight.clone()))
        .service(router);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(settings.head_deadline).max_buf_size(MAX_HEAD_BYTES);
    let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service));
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = place.close.notified() => {
            if !place.used.was_asked() {
                return;
            }
            connection.as_mut().graceful_shutdown();
            let ended = tokio::time::timeout(LAST_BYTES, connection.as_mut()).await;
            // A request may have come at the last moment.
            if ended.is_ok() || place.in_flight.get() == 0 {
                return;
            }
        }
        () = told_to(&mut stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn told_to(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
