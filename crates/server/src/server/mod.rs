//! How a server starts and stops: both halves in one process, or one of them.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;

use crate::ballot_box::publish::destination::Destination;
use crate::ballot_box::publish::task::keep_published;
use crate::ballot_box::seen::{keep_asking, keep_last_checkpoint};
use crate::checks::{CheckName, HealthChecks};
use crate::clock::GuardedClock;
use crate::config::{Config, Role};
use crate::context::Halves;
use crate::folder::{Folder, RegistrarFolder};
use crate::http::limits::Limits;
use crate::lock::FolderLock;
use crate::metrics::requests::RequestMetrics;
use crate::registrar::remote_box::{RemoteBox, watch_box};
use crate::store::Database;
use crate::store::registrar::RegistrarStore;
use crate::tasks::{Task, TaskEnded, first_to_end};
use crate::{ballot_box, registrar};

mod error;
mod halves;
mod health_watch;
mod present;
mod ready;
#[cfg(test)]
mod tests;

pub use error::StartError;
use halves::{Desk, OpenedBox, PreparedRegistrar, open_box, open_registrar};
use present::Presence;
use ready::Ready;

const REFUSED: &str = "The configuration file was changed and is refused whole: everything is as before. The log says what is \
    wrong, and in which line.";

/// A running server. Dropping it stops it at once; [`Server::stop`] lets requests end.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    /// Where what is counted can be read.
    metrics: Option<SocketAddr>,
    /// What it is.
    what: &'static str,
    /// In the order in which they are stopped.
    tasks: Vec<Task>,
    db: Database,
    /// Where the limits are changed, and where it is told whether they could be.
    changing: (watch::Sender<Limits>, Arc<HealthChecks>),
    /// Held until everything else has ended.
    lock: FolderLock,
}

impl Server {
    /// Starts a server: takes the folder for itself, the address too, opens the database; for the ballot box replays
    /// the board, for the registrar takes the roll, last of all: a start that fails has changed nothing.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: Config) -> Result<Server, StartError> {
        let ready = Ready::of(&config).await?;
        if let Some(Role::Registrar { ballot_box, election }) = config.role.clone() {
            return Server::start_registrar(config, ready, &ballot_box, &election).await;
        }
        let folder = Folder::open(&config.data).await?;
        let store = Arc::new(folder.db.clone());
        Server::start_box(config, ready, folder, store).await
    }

    /// Starts a ballot box, and the registrar with it where the folder has its key and nothing else was said.
    async fn start_box(
        config: Config,
        ready: Ready,
        folder: Folder,
        store: Arc<dyn RegistrarStore>,
    ) -> Result<Server, StartError> {
        let Ready { lock, checks, limits, door, metrics } = ready;
        let Folder { manifest_bytes, manifest, keys, db } = folder;
        let secret = keys.registrar().ok().cloned().filter(|_| config.role != Some(Role::Box));
        if secret.is_none() && config.role == Some(Role::All) {
            return Err(StartError::RegistrarElsewhere);
        }
        if secret.is_none() && config.roll.is_some() {
            return Err(StartError::RegistrarOnly("--roll"));
        }
        if secret.is_none() && !config.pass_keys.is_empty() {
            return Err(StartError::RegistrarOnly("--pass-key"));
        }
        let place = config.publish.as_deref().map(Destination::open).transpose()?;
        let manifest = Arc::new(manifest);
        let prepared = secret.map(|secret| PreparedRegistrar::new(&config, &manifest, secret)).transpose()?;
        let seen = if config.clock_checked { None } else { db.seen().await? };
        let clock = GuardedClock::new(config.clock.clone(), seen);
        let stored = (&db, place.as_ref());
        let opened = open_box(&config, &limits.now, &manifest, manifest_bytes, keys, stored, &clock).await?;
        let OpenedBox { ballot_box, writer, stop_writer, published, unasked } = opened;
        let registrar = match prepared {
            Some(prepared) => {
                let desk = Desk::Own(Arc::clone(&ballot_box));
                Some(open_registrar(&limits.now, &manifest, prepared, store, desk, clock).await?)
            }
            None => None,
        };
        let what = if registrar.is_some() { "ballot box" } else { "ballot box, without registrar," };
        let halves = Halves {
            registrar: registrar.clone(),
            ballot_box: Some(Arc::clone(&ballot_box)),
            checks: Arc::clone(&checks),
            requests: RequestMetrics::new(),
        };
        let asked = Arc::clone(&checks);
        let told = Arc::clone(&checks);
        let watches = health_watch::tasks(&config, &db, &halves);
        let presence = Presence::begin(&db, &limits.now).await?;
        let (metrics, exporter) = ready::metrics(metrics, &config, &db, &halves);
        let (address, listener) = door.serve(&config, &limits.now, halves);

        // In this order they stop: the writer ends after those who ask it, so that they hear what became of their
        // entries, and the publisher after the writer.
        let mut tasks = vec![listener, among_others(presence)];
        tasks.extend(watches);
        tasks.extend(exporter);
        tasks.extend(registrar.map(|registrar| registrar_tasks(registrar, told)).into_iter().flatten());
        let data = config.data.clone();
        tasks.push(Task::spawn("the ballot box's background task", |stop| {
            ballot_box::background::run_background(Arc::clone(&ballot_box), db.clone(), stop)
        }));
        tasks.push(Task::spawn("the newest checkpoint's file", |stop| {
            keep_last_checkpoint(Arc::clone(&ballot_box), data, stop)
        }));
        if !config.mirrors.is_empty() {
            tasks.push(Task::spawn("the watch on the mirrors", |stop| {
                keep_asking(Arc::clone(&ballot_box), unasked, asked, stop)
            }));
        }
        tasks.push(Task::of("the board's writer", stop_writer, writer));
        tasks.extend(place.map(|place| {
            Task::spawn("the publisher", |stop| {
                keep_published(ballot_box, place, config.keep_partial, published, stop)
            })
        }));
        let changing = (limits.changing(), Arc::clone(&checks));
        tasks.extend(limits.follow(checks));
        Ok(Server { address, metrics, what, tasks, db, changing, lock })
    }

    /// Starts a registrar whose ballot box is another process.
    async fn start_registrar(
        config: Config,
        ready: Ready,
        ballot_box: &str,
        election: &str,
    ) -> Result<Server, StartError> {
        if config.publish.is_some() {
            return Err(StartError::BoxOnly("--publish"));
        }
        if !config.witnesses.is_empty() {
            return Err(StartError::BoxOnly("--witness"));
        }
        if !config.mirrors.is_empty() {
            return Err(StartError::BoxOnly("--mirror"));
        }
        let Ready { lock, checks, limits, door, metrics } = ready;
        let RegistrarFolder { manifest, secret, db } = RegistrarFolder::open(&config.data).await?;
        let remote = Arc::new(RemoteBox::new(ballot_box, election, secret.key.public())?);
        remote.compare(&manifest).await?;
        let (manifest, store) = (Arc::new(manifest), Arc::new(db.clone()));
        let desk = Desk::Remote(Arc::clone(&remote));
        let prepared = PreparedRegistrar::new(&config, &manifest, secret)?;
        // Nothing ends by a registrar's clock, so there is nothing to remember of it.
        let clock = GuardedClock::new(config.clock.clone(), None);
        let registrar = open_registrar(&limits.now, &manifest, prepared, store, desk, clock).await?;
        let told = Arc::clone(&checks);
        let halves = Halves {
            registrar: Some(Arc::clone(&registrar)),
            ballot_box: None,
            checks: Arc::clone(&checks),
            requests: RequestMetrics::new(),
        };
        let watches = health_watch::tasks(&config, &db, &halves);
        let presence = Presence::begin(&db, &limits.now).await?;
        let (metrics, exporter) = ready::metrics(metrics, &config, &db, &halves);
        let (address, listener) = door.serve(&config, &limits.now, halves);
        let watch = Task::spawn("the watch on the ballot box", |stop| watch_box(remote, stop));
        let mut tasks = vec![listener, among_others(presence)];
        tasks.extend(registrar_tasks(registrar, told));
        tasks.push(watch);
        tasks.extend(watches);
        tasks.extend(exporter);
        let changing = (limits.changing(), Arc::clone(&checks));
        tasks.extend(limits.follow(checks));
        Ok(Server { address, metrics, what: "registrar", tasks, db, changing, lock })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where what is counted can be read, if anywhere.
    pub const fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Takes other limits from now on. A file of limits that changes goes before.
    pub fn set_limits(&self, limits: Limits) {
        let changed = self.changing.0.send_if_modified(|old| std::mem::replace(old, limits) != limits);
        if changed {
            tracing::info!("the limits have changed: {limits:?}");
        }
    }

    /// Says in `/v1/health` whether the configuration could be taken when it was read again.
    pub fn configuration_taken(&self, taken: bool) {
        let (_, checks) = &self.changing;
        if taken {
            checks.pass(CheckName::Configuration);
        } else {
            checks.fail(CheckName::Configuration, REFUSED);
        }
    }

    /// What it is, for a sentence: a ballot box, with or without registrar, or a registrar.
    pub const fn what(&self) -> &'static str {
        self.what
    }

    /// Waits until a task of the server ends by itself, which none of them should. Then the server is to be stopped.
    pub async fn ended(&mut self) -> TaskEnded {
        first_to_end(self.tasks.iter_mut()).await
    }

    /// Stops listening, lets requests under way end, closes the database.
    pub async fn stop(self) {
        for task in self.tasks {
            task.stop().await;
        }
        self.db.close().await;
        drop(self.lock);
    }
}

fn among_others(presence: Presence) -> Task {
    Task::spawn("the word that the server is there", |stop| presence.keep(stop))
}

fn registrar_tasks(registrar: Arc<registrar::context::Registrar>, checks: Arc<HealthChecks>) -> Vec<Task> {
    let (outbox, told) = (registrar.outbox.clone(), Arc::clone(&checks));
    let outbox = outbox.map(|outbox| Task::spawn("the SMS outbox", |stop| outbox.run(told, stop)));
    let background = Task::spawn("the registrar's background task", |stop| {
        registrar::background::run_background(registrar, checks, stop)
    });
    outbox.into_iter().chain([background]).collect()
}
