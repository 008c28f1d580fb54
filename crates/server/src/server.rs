//! How a server starts and stops.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use veche_keeper::{Keeper, KeyElsewhere, Settings};

use crate::backup::Backup;
use crate::ballot_box::context::{BallotBox, Published};
use crate::ballot_box::publish::destination::Destination;
use crate::ballot_box::publish::error::PublishError;
use crate::ballot_box::publish::task::keep_published;
use crate::ballot_box::witness::{WitnessesError, witness_clients};
use crate::config::Config;
use crate::context::Context;
use crate::folder::{Folder, FolderError};
use crate::http::client::RequestRules;
use crate::http::listener;
use crate::http::router::{Extras, ExtrasError};
use crate::registrar::context::Registrar;
use crate::registrar::keys::RegistrarKeys;
use crate::registrar::roll::{self, RollError};
use crate::registrar::sms::Outbox;
use crate::store::registrar::RegistrarStore;
use crate::store::sqlite::Sqlite;
use crate::tasks::{Task, TaskEnded, first_to_end};
use crate::{ballot_box, registrar};

/// Why a ballot box did not start, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A roll, where the registrar is somewhere else.
    #[error("{0}: the roll belongs there, too; leave --roll away")]
    RollElsewhere(KeyElsewhere),
    /// The witnesses.
    #[error(transparent)]
    Witnesses(#[from] WitnessesError),
    /// The roll.
    #[error(transparent)]
    Roll(#[from] RollError),
    /// The place to publish to.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The site or an origin.
    #[error(transparent)]
    Extras(#[from] ExtrasError),
    /// The address is taken or not of this machine.
    #[error("cannot listen on {address}: {source}; stop what uses it, or choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// A running ballot box. Dropping it stops it at once; [`Server::stop`] lets requests end.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    /// In the order in which they are stopped.
    tasks: Vec<Task>,
    db: Sqlite,
}

impl Server {
    /// Starts a ballot box: opens the database, replays the board, takes the roll, listens.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: Config) -> Result<Server, StartError> {
        let folder = Folder::open(&config.data).await?;
        let store = Arc::new(folder.db.clone());
        Server::start_on(config, folder, store).await
    }

    /// Starts on stores that are open.
    async fn start_on(
        config: Config,
        folder: Folder,
        store: Arc<dyn RegistrarStore>,
    ) -> Result<Server, StartError> {
        let Folder { manifest_bytes, manifest, keys, db } = folder;
        let keys = Arc::new(keys);
        let backup = Backup::of(&config.data, &keys);
        if backup.is_missing() {
            tracing::warn!("{}", Backup::ADVICE);
        }
        let (registrar_keys, elsewhere) = RegistrarKeys::of(&keys).map_err(FolderError::from)?;
        if let Some(path) = &config.roll {
            if let Some(elsewhere) = elsewhere {
                return Err(StartError::RollElsewhere(elsewhere));
            }
            let voters = roll::load(path, &manifest, &registrar_keys, &*store).await?;
            tracing::info!(voters, "the roll is taken");
        }
        if elsewhere.is_none() {
            roll::warn_if_empty(&manifest, &*store).await.map_err(FolderError::from)?;
        }
        let settings = Settings {
            batch: config.batch,
            witnesses: witness_clients(&manifest, &config.witnesses, config.witness_patience)?,
            verify_at_once: config.limits.verify_at_once,
            verify_wait: config.limits.verify_wait,
            clock: Arc::new(config.clock.clone()),
        };
        let (stop_writer, writer_stopping) = watch::channel(false);
        let (box_keys, board_store) = (Arc::clone(&keys.board), Arc::new(db.clone()));
        let (board, writer) = Keeper::open(&manifest_bytes, box_keys, board_store, settings, writer_stopping)
            .await
            .map_err(FolderError::from)?;
        let router = Extras::check(&config)?;
        let place = config.publish.as_deref().map(Destination::open).transpose()?;
        let unheard = |source| StartError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(unheard)?;
        let address = listener.local_addr().map_err(unheard)?;

        let (told, published) = watch::channel(Published::default());
        let limits = config.limits;
        let manifest = Arc::new(manifest);
        let ballot_box = Arc::new(BallotBox {
            longest_ballot: (0..).map_while(|style| manifest.ballot_len(style)).max().unwrap_or(0),
            manifest: Arc::clone(&manifest),
            manifest_bytes,
            keys,
            backup,
            board,
            clock: config.clock.clone(),
            counters: ballot_box::context::Counters::new(&limits),
            closing: ballot_box::gathering::Gathering::default(),
            limits: limits.clone(),
            published: place.is_some().then_some(published),
        });
        let registrar = Arc::new(Registrar {
            manifest,
            keys: registrar_keys,
            elsewhere,
            store,
            desk: Arc::clone(&ballot_box) as _,
            outbox: Outbox::new(Arc::clone(&config.sms)),
            clock: config.clock,
            counters: registrar::context::Counters::new(&limits),
            limits: limits.clone(),
        });
        let rules = Arc::new(RequestRules::new(config.behind_proxy, limits.body_deadline));
        let service = router.build(Context {
            registrar: Arc::clone(&registrar),
            ballot_box: Arc::clone(&ballot_box),
            rules,
        });

        // In this order they stop: the writer ends after those who ask it, so that they hear what became of their
        // entries, and the publisher after the writer.
        let mut tasks = vec![
            Task::spawn("the listener", |stop| async move {
                listener::serve(listener, service, &limits, stop).await;
            }),
            Task::spawn("the registrar's background task", |stop| {
                registrar::background::run_background(registrar, stop)
            }),
            Task::spawn("the ballot box's background task", |stop| {
                ballot_box::background::run_background(Arc::clone(&ballot_box), stop)
            }),
            Task::of("the board's writer", stop_writer, writer),
        ];
        tasks.extend(place.map(|place| {
            Task::spawn("the publisher", |stop| {
                keep_published(ballot_box, place, config.keep_partial, told, stop)
            })
        }));
        Ok(Server { address, tasks, db })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
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
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use async_trait::async_trait;
    use tokio::time::timeout;

    use super::*;
    use crate::store::error::StoreError;
    use crate::store::registrar::{
        CodeAsked, CodeLimits, Guess, GuessLimits, Guessed, NewCode, PhoneHash, RollRow, SignedInVoter,
    };

    const MANIFEST: &str = r#"{
        "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "A made-up vote"}, "text": {"en": "For tests."},
        "opens": "2026-05-01T08:00:00Z", "closes": "2026-05-14T20:00:00Z", "time_zone": "UTC", "early_close": false,
        "contests": [{"id": "north", "title": {"en": "North"}, "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"},
            "options": [{"id": "a", "name": {"en": "A"}}, {"id": "b", "name": {"en": "B"}}]}],
        "styles": [{"id": "north", "title": {"en": "North"}, "contests": ["north"], "electorate": 10}],
        "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
        "trustees": {"count": 3, "threshold": 2}, "minimum_group": 1, "revote": true, "registration": "open"
    }"#;

    /// A store that nothing can be done with.
    struct Broken;

    #[async_trait]
    impl RegistrarStore for Broken {
        async fn replace_roll(&self, _: &[RollRow]) -> Result<(), StoreError> {
            panic!("broken")
        }
        async fn roll_len(&self) -> Result<u64, StoreError> {
            panic!("broken")
        }
        async fn style_on_roll(&self, _: &PhoneHash) -> Result<Option<String>, StoreError> {
            panic!("broken")
        }
        async fn ask_for_code(&self, _: &NewCode, _: &CodeLimits) -> Result<CodeAsked, StoreError> {
            panic!("broken")
        }
        async fn guess(&self, _: &Guess, _: &GuessLimits) -> Result<Guessed, StoreError> {
            panic!("broken")
        }
        async fn pseudonym(&self, _: &PhoneHash) -> Result<Option<veche_record::Pseudonym>, StoreError> {
            panic!("broken")
        }
        async fn phone(&self, _: &veche_record::Pseudonym) -> Result<Option<PhoneHash>, StoreError> {
            panic!("broken")
        }
        async fn voter(&self, _: &[u8; 32], _: i64) -> Result<Option<SignedInVoter>, StoreError> {
            panic!("broken")
        }
        async fn forget_old(&self, _: i64) -> Result<(), StoreError> {
            panic!("broken")
        }
    }

    #[tokio::test]
    async fn a_task_that_fails_ends_the_server_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (data, manifest) = (folder.path().join("box"), folder.path().join("manifest.json"));
        std::fs::write(&manifest, MANIFEST).unwrap();
        crate::init(&data, &manifest, None, &crate::Elsewhere::default()).await.unwrap();
        let mut config = Config::new(&data);
        config.listen = SocketAddr::from(([127, 0, 0, 1], 0));

        let mut healthy = Server::start(config.clone()).await.unwrap();
        assert!(timeout(Duration::from_secs(1), healthy.ended()).await.is_err(), "nothing ends by itself");
        healthy.stop().await;

        let folder = Folder::open(&data).await.unwrap();
        let mut failing = Server::start_on(config, folder, Arc::new(Broken)).await.unwrap();
        let ended =
            timeout(Duration::from_secs(20), failing.ended()).await.expect("it must not go on without");
        let said = ended.to_string();
        assert!(said.starts_with("the registrar's background task has failed"), "{said}");
        // What is left of it still stops in order.
        timeout(Duration::from_secs(20), failing.stop()).await.unwrap();
    }
}
