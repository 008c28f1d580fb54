//! The ballot box as one value, and how it starts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use veche_record::{Manifest, ManifestError};

use crate::ballot_box::publish::{Place, PublishError, Published, keep_published};
use crate::ballot_box::{cast, organiser};
use crate::board::{Board, BoardError, Panel, WitnessesError};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::limits::{Counters, Limits};
use crate::http::{listener, router};
use crate::keys::{Keys, KeysError};
use crate::registrar::roll::RollError;
use crate::registrar::sms::Outbox;
use crate::registrar::{roll, sign_in};
use crate::store::db::{Db, DbError};

/// The files of a data folder.
pub(crate) struct Files;

impl Files {
    pub(crate) fn manifest(data: &Path) -> PathBuf {
        data.join("manifest.json")
    }
    pub(crate) fn database(data: &Path) -> PathBuf {
        data.join("veche.sqlite")
    }
    pub(crate) fn keys(data: &Path) -> PathBuf {
        data.join("keys.json")
    }
    pub(crate) fn organiser_token(data: &Path) -> PathBuf {
        data.join("organiser-token")
    }
    pub(crate) fn trustee_tokens(data: &Path) -> PathBuf {
        data.join("trustee-tokens")
    }
}

/// Why a ballot box did not start, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no ballot box in the folder.
    #[error("there is no ballot box in {data}: make one with `veche-server init --data {data} --manifest FILE`", data = .0.display())]
    NoData(PathBuf),
    /// The manifest cannot be read.
    #[error("the manifest {} cannot be read: {source}", path.display())]
    ManifestFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The manifest is not legal.
    #[error("the manifest {} is refused: {source}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ManifestError,
    },
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The stored board.
    #[error(transparent)]
    Board(#[from] BoardError),
    /// The witnesses.
    #[error(transparent)]
    Witnesses(#[from] WitnessesError),
    /// The roll.
    #[error(transparent)]
    Roll(#[from] RollError),
    /// The place to publish to.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The site's folder has no page.
    #[error("{} has no index.html: build the site first, or leave --site away", .0.display())]
    Site(PathBuf),
    /// An origin that no browser sends.
    #[error("{0:?} is not an origin such as https://vote.example, without a path")]
    Origin(String),
    /// The address is taken or not of this machine.
    #[error("cannot listen on {address}: {source}; stop what uses it, or choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// What every request can reach.
pub(crate) struct App {
    pub(crate) manifest: Manifest,
    pub(crate) manifest_bytes: Vec<u8>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) db: Db,
    pub(crate) board: Board,
    pub(crate) outbox: Outbox,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) counters: Counters,
    pub(crate) verifiers: cast::Verifiers,
    /// Bytes of the longest ballot of any style.
    pub(crate) longest_ballot: usize,
    pub(crate) behind_proxy: bool,
    pub(crate) forwarded_without_proxy: Once,
    /// How far the published copy is, if there is one.
    pub(crate) published: Option<watch::Receiver<Published>>,
}

impl App {
    /// When the manifest lets voting open, as Unix seconds.
    pub(crate) fn opens(&self) -> i64 {
        i64::try_from(self.manifest.document().opens.unix()).unwrap_or(i64::MAX)
    }

    /// When the manifest ends voting, as Unix seconds.
    pub(crate) fn closes(&self) -> i64 {
        i64::try_from(self.manifest.document().closes.unix()).unwrap_or(i64::MAX)
    }
}

/// Reads and checks a manifest.
pub(crate) fn read_manifest(path: &Path) -> Result<(Vec<u8>, Manifest), StartError> {
    let bytes =
        std::fs::read(path).map_err(|source| StartError::ManifestFile { path: path.into(), source })?;
    let manifest =
        Manifest::parse(&bytes).map_err(|source| StartError::Manifest { path: path.into(), source })?;
    Ok((bytes, manifest))
}

/// A running ballot box. Dropping it stops it at once; [`Server::stop`] lets requests end.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    stop_writer: watch::Sender<bool>,
    writer: JoinHandle<()>,
    publisher: Option<(watch::Sender<bool>, JoinHandle<()>)>,
    db: Db,
}

impl Server {
    /// Starts a ballot box: opens the database, replays the board, takes the roll, listens.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: Config) -> Result<Server, StartError> {
        let data = config.data.as_path();
        if !Files::keys(data).exists() || !Files::database(data).exists() {
            return Err(StartError::NoData(data.into()));
        }
        let (manifest_bytes, manifest) = read_manifest(&Files::manifest(data))?;
        let keys = Arc::new(Keys::read(&Files::keys(data))?);
        let db = Db::open(&Files::database(data), false).await?;
        if let Some(path) = &config.roll {
            let voters = roll::load(path, &manifest, &keys, &db).await?;
            tracing::info!(voters, "the roll is taken");
        }
        roll::warn_if_empty(&manifest, &db).await?;
        let panel = Panel::new(&manifest, &config.witnesses, config.witness_patience)?;
        let (stop_writer, writer_stopping) = watch::channel(false);
        let (board, writer) =
            Board::open(&manifest_bytes, &keys, &db, &config.clock, config.batch, panel, writer_stopping)
                .await?;
        let router = router::Extras::check(&config)?;
        let place = config.publish.as_deref().map(Place::open).transpose()?;
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|source| StartError::Listen { address: config.listen, source })?;
        let address =
            listener.local_addr().map_err(|source| StartError::Listen { address: config.listen, source })?;
        let (told, published) = watch::channel(Published::default());
        let app = Arc::new(App {
            longest_ballot: (0..).map_while(|style| manifest.ballot_len(style)).max().unwrap_or(0),
            manifest,
            manifest_bytes,
            keys,
            db: db.clone(),
            board,
            outbox: Outbox::new(Arc::clone(&config.sms)),
            clock: config.clock,
            counters: Counters::new(&config.limits),
            verifiers: cast::Verifiers::new(&config.limits),
            limits: config.limits,
            behind_proxy: config.behind_proxy,
            forwarded_without_proxy: Once::new(),
            published: place.is_some().then_some(published),
        });
        let (stop, stopping) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let served = router.build(Arc::clone(&app));
        let limits = app.limits.clone();
        tasks.spawn(async move { listener::serve(listener, served, &limits, stopping).await });
        tasks.spawn(tend(Arc::clone(&app), stop.subscribe()));
        let publisher = place.map(|place| {
            let (stop, stopping) = watch::channel(false);
            (stop, tokio::spawn(keep_published(app, place, config.keep_partial, told, stopping)))
        });
        Ok(Server { address, stop, tasks, stop_writer, writer, publisher, db })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, lets requests under way end, closes the database.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
        // The writer ends after those who ask it, so that they hear what became of their entries.
        let _ = self.stop_writer.send(true);
        let _ = self.writer.await;
        if let Some((stop, publisher)) = self.publisher {
            let _ = stop.send(true);
            let _ = publisher.await;
        }
        self.db.close().await;
    }
}

/// How often the clock is compared with the closing time.
const TICK: Duration = Duration::from_millis(500);
/// How many ticks pass between two clean-ups.
const TICKS_BETWEEN_CLEANUPS: u32 = 1_200;
/// How many ticks pass after a step that could not be taken.
const TICKS_AFTER_TROUBLE: u32 = 60;

/// Does what nobody asks for: closes in time, takes the count's next step, forgets old sign-ins.
async fn tend(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut ticks = 0u32;
    let mut rest = 0u32;
    loop {
        app.board.be_current().await;
        rest = rest.saturating_sub(1);
        if rest == 0 && !organiser::advance(&app).await {
            rest = TICKS_AFTER_TROUBLE;
        }
        if ticks.is_multiple_of(TICKS_BETWEEN_CLEANUPS)
            && let Err(error) = sign_in::forget_old(&app).await
        {
            tracing::error!(%error, "old sign-ins could not be deleted");
        }
        ticks = ticks.wrapping_add(1);
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
