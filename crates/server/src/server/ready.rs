//! What a start takes before it changes anything: the folder, the limits, the address.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::checks::HealthChecks;
use crate::config::Config;
use crate::context::Halves;
use crate::folder::key_file;
use crate::http::client::RequestRules;
use crate::http::limits::{self, CurrentLimits, Limits, LimitsError};
use crate::http::limits_file;
use crate::http::router::Extras;
use crate::lock::FolderLock;
use crate::metrics::exporter::MetricsDoor;
use crate::metrics::state::State;
use crate::server::error::StartError;
use crate::store::Database;
use crate::tasks::Task;

/// A start for which everything is there that is asked for outside the database.
pub(super) struct Ready {
    pub(super) lock: FolderLock,
    pub(super) checks: Arc<HealthChecks>,
    pub(super) limits: LimitsInForce,
    pub(super) door: Door,
    /// Where what is counted can be read.
    pub(super) metrics: Option<MetricsDoor>,
}

impl Ready {
    pub(super) async fn of(config: &Config) -> Result<Self, StartError> {
        // First, so that nothing is put into a folder of somebody else's.
        key_file(&config.data)?;
        let lock = FolderLock::take(&config.data)?;
        let limits = LimitsInForce::of(config)?;
        let checks = Arc::new(HealthChecks::new(config.clock.clone()));
        let door = Door::open(config).await?;
        let metrics = match config.metrics {
            Some(address) => {
                let unheard = |source| StartError::Metrics { address, source };
                Some(MetricsDoor::open(address).await.map_err(unheard)?)
            }
            None => None,
        };
        Ok(Ready { lock, checks, limits, door, metrics })
    }
}

/// The limits of a server that starts, and the file that may change them.
pub(super) struct LimitsInForce {
    pub(super) now: CurrentLimits,
    changing: watch::Sender<Limits>,
    file: Option<PathBuf>,
}

impl LimitsInForce {
    fn of(config: &Config) -> Result<Self, LimitsError> {
        let read = config.limits_file.as_deref().map(Limits::read).transpose()?;
        let (changing, now) = limits::current(read.unwrap_or(config.limits));
        Ok(LimitsInForce { now, changing, file: config.limits_file.clone() })
    }

    /// Where others change them.
    pub(super) fn changing(&self) -> watch::Sender<Limits> {
        self.changing.clone()
    }

    /// The task that reads the file again, if there is one.
    pub(super) fn follow(self, checks: Arc<HealthChecks>) -> Option<Task> {
        let (path, changing) = (self.file?, self.changing);
        Some(Task::spawn("the watch on the file of limits", |stop| {
            limits_file::follow(path, changing, checks, stop)
        }))
    }
}

/// The address. Whoever comes before [`Self::serve`] waits.
pub(super) struct Door {
    listener: TcpListener,
    address: SocketAddr,
    extras: Extras,
}

impl Door {
    /// Checks what is served beside the interface, and takes the address.
    async fn open(config: &Config) -> Result<Self, StartError> {
        let extras = Extras::check(config)?;
        let unheard = |source| StartError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(unheard)?;
        let address = listener.local_addr().map_err(unheard)?;
        Ok(Door { listener, address, extras })
    }

    /// Listens for what the halves answer.
    pub(super) fn serve(self, config: &Config, limits: &CurrentLimits, halves: Halves) -> (SocketAddr, Task) {
        let Door { listener, address, extras } = self;
        let proxies = if config.behind_proxy { usize::from(config.proxy_hops.max(1)) } else { 0 };
        let rules = Arc::new(RequestRules::new(proxies, limits.clone(), Arc::clone(&halves.checks)));
        let service: Router = extras.build(halves, &rules);
        let limits = limits.clone();
        let settings = move || {
            let limits = limits.get();
            veche_listener::Settings {
                connections: limits.connections,
                // All of a proxy's visitors share its connections.
                connections_an_address: if proxies == 0 { limits.connections_an_address } else { usize::MAX },
                head_deadline: limits.head_deadline,
                write_deadline: limits.write_deadline,
            }
        };
        let task =
            Task::spawn("the listener", |stop| veche_listener::serve(listener, service, settings, stop));
        (address, task)
    }
}

/// The task that answers those who read what is counted, if anybody may, and where.
pub(super) fn metrics(
    door: Option<MetricsDoor>,
    config: &Config,
    db: &Database,
    halves: &Halves,
) -> (Option<SocketAddr>, Option<Task>) {
    let Some(door) = door else { return (None, None) };
    let state = State::new(halves.clone(), config.data.clone(), config.lost_lines.clone());
    let (requests, commits, address) = (halves.requests.clone(), db.commits().clone(), door.address().ok());
    let task = Task::spawn("the metrics", |stop| door.serve(requests, commits, state, stop));
    (address, Some(task))
}
