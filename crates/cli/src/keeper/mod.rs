//! `veche keeper`: the ballot box as a child process of a portal, one JSON line a request and an answer.
//!
//! The portal knows people and holds no key; the keeper holds the keys and knows nobody. What is acknowledged is on
//! disk: either side may be killed at any moment.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};
use thiserror::Error;
use veche_board::{Origin, OriginError};
use veche_keeper::store::StoreError;
use veche_keeper::{Clock, Keeper, Ledger, OpenError, Settings};
use veche_listener::until_asked_to_stop;
use veche_record::{Manifest, ManifestError};

use crate::error::Error;
use crate::{Outcome, files};
use desk::Desk;
use store::FileStore;

pub mod collect;
mod desk;
mod keys;
pub mod line;
mod publish;
mod refusals;
mod serve;
pub mod store;

/// The files of a keeper's folder.
const MANIFEST: &str = "manifest.json";
const KEYS: &str = "keys.json";
const BOARD: &str = "board";
const LOCK: &str = "lock";

/// Time between two checkpoints at least. What arrives in between is committed together.
const BATCH: Duration = Duration::from_millis(20);
/// Time a ballot waits at most for its proofs to be verified.
const VERIFY_WAIT: Duration = Duration::from_secs(30);
/// How often the clock is compared with the hours of the vote.
const TICK: Duration = Duration::from_millis(500);
/// How many ticks pass after a step that could not be taken.
const TICKS_AFTER_TROUBLE: u32 = 60;
/// Time for a keeper whose portal was killed to finish, before the next one gives up.
const LOCK_WAIT: Duration = Duration::from_secs(3);

/// Runs a ballot box as a child process: a JSON line on standard input is a request, and a JSON line on standard
/// output its answer.
///
/// A request is {"id": 1, "do": "cast", "ballot": "BASE64"}; its answer is {"id": 1, "ok": {…}} or {"id": 1, "error":
/// {"code", "fault", "message"}}, as soon as it is done, in any order. An answer says what is on disk: send again what
/// was not answered, the same request gives the same answer. It ends when standard input does.
///
/// Commands: status; election; voter [pseudonym]; credential key; register pseudonym style number key possession
/// [handover] [route]; cast ballot; receipt ballot; find code; revoke pseudonym reason; consistency from to;
/// publish to; and of the organiser: post message, rehearse, restart, close, extend closes, notice text [cancels],
/// draw contest options. docs/keeper.md has a session from the manifest to the result.
#[allow(rustdoc::broken_intra_doc_links, reason = "in the help, brackets are around what may be left out")]
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct KeeperArgs {
    #[command(subcommand)]
    command: Option<KeeperCommand>,
    #[command(flatten)]
    serve: Option<ServeArgs>,
}

#[derive(Debug, Subcommand)]
enum KeeperCommand {
    /// Makes a keeper's folder: keys, and a board whose first entry names the manifest.
    Init(InitArgs),
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// The folder that `init` made. One process has it at a time.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Answer whoever connects to this Unix socket, in the place of standard input. Only your user can connect. It ends
    /// with SIGTERM.
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct InitArgs {
    /// The folder to make.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The vote's manifest.
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// The board's name, such as box.example/2026; without one it is made of the manifest's hash.
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
}

/// Why there is no keeper.
#[derive(Debug, Error)]
pub enum KeeperError {
    /// The folder has something in it.
    #[error("{} is not empty: a keeper is made in a new folder, and a board is never begun anew", .0.display())]
    Exists(PathBuf),
    /// The folder has no keeper.
    #[error("there is no keeper in {data}: make one with `veche keeper init --data {data} --manifest FILE`", data = .0.display())]
    NoKeeper(PathBuf),
    /// Another process has the folder.
    #[error("another process keeps {}: stop that one first. Nothing was changed", .0.display())]
    Taken(PathBuf),
    /// The manifest.
    #[error("the manifest {} is refused: {source}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ManifestError,
    },
    /// What a keeper cannot do.
    #[error("this manifest {0}, and a keeper has no way to them: use `veche-server`")]
    Beyond(&'static str),
    /// The name of the log.
    #[error("{name:?} cannot be the board's name: {source}; use something like box.example/2026")]
    Origin {
        /// The name.
        name: String,
        /// What is wrong with it.
        source: OriginError,
    },
    /// Keys that cannot be read.
    #[error("{}: these are no keys of a keeper; bring the file back from a backup", .0.display())]
    Keys(PathBuf),
    /// Keys that everybody on this machine can read.
    #[error("{path} can be read by other users of this machine: run `chmod 600 {path}`", path = .0.display())]
    Exposed(PathBuf),
    /// The board's file.
    #[error("{}: {source}", path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: StoreError,
    },
    /// The stored board.
    #[error(transparent)]
    Board(#[from] OpenError),
    /// The socket.
    #[error("{}: {source}: no socket can be made there", path.display())]
    Socket {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The operating system gives no threads or no signals.
    #[error("the keeper cannot run: {0}")]
    Run(std::io::Error),
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`].
pub fn run(args: &KeeperArgs) -> Result<Outcome, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(KeeperError::Run)?;
    let done = runtime.block_on(async {
        match (&args.command, &args.serve) {
            (Some(KeeperCommand::Init(args)), _) => init(args).await,
            (None, Some(args)) => keep(args).await.map(|()| Outcome::passed(String::new())),
            (None, None) => Ok(Outcome::passed(String::new())),
        }
    });
    // A thread may still wait for standard input.
    runtime.shutdown_background();
    done
}

/// The machine's clock.
pub(crate) struct MachineClock;

impl Clock for MachineClock {
    fn unix(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        i64::try_from(since).unwrap_or(i64::MAX)
    }
}

async fn init(args: &InitArgs) -> Result<Outcome, Error> {
    let data = &args.data;
    let bytes = files::read(&args.manifest)?;
    let manifest = Manifest::parse(&bytes)
        .map_err(|source| KeeperError::Manifest { path: args.manifest.clone(), source })?;
    if manifest.witnesses().is_some() {
        return Err(KeeperError::Beyond("names witnesses").into());
    }
    if manifest.has_paper() {
        return Err(KeeperError::Beyond("has ballots on paper").into());
    }
    let name = args.origin.clone().unwrap_or_else(|| {
        format!("veche.invalid/{}", manifest.hash().to_string().get(..16).unwrap_or_default())
    });
    let origin: Origin = name.parse().map_err(|source| KeeperError::Origin { name, source })?;
    if std::fs::read_dir(data).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(KeeperError::Exists(data.clone()).into());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data).map_err(|source| Error::Write { path: data.clone(), source })?;
    files::write_new(&data.join(MANIFEST), &bytes)?;
    let keys = Arc::new(keys::create(&data.join(KEYS))?);
    let log_key = keys.log.public().to_vkey(&origin);
    let path = data.join(BOARD);
    let store = FileStore::create(&path).map_err(|source| KeeperError::Store { path, source })?;
    Ledger::found(&bytes, origin, keys, Arc::new(store)).await.map_err(KeeperError::from)?;
    let data = data.display();
    Ok(Outcome::passed(format!(
        "The keeper is made in {data}. Its log key is\n  {log_key}\n\
         {data}/{KEYS} holds its keys: copy it to a safe place now. Without it the vote cannot go on, and whoever has it\n\
         can sign in the town's name. It opens no ballot.\n\
         Next: `veche keeper --data {data}`.\n"
    )))
}

/// A keeper's folder, opened: nobody else has it.
pub(crate) struct Opened {
    desk: Arc<Desk>,
    stop: tokio::sync::watch::Sender<bool>,
    writer: tokio::task::JoinHandle<()>,
    _lock: std::fs::File,
}

impl Opened {
    /// Takes the folder and replays its board.
    pub(crate) async fn open(data: &Path) -> Result<Self, Error> {
        if !data.join(BOARD).is_file() {
            return Err(KeeperError::NoKeeper(data.to_owned()).into());
        }
        let lock = take(data).await?;
        let keys = Arc::new(keys::read(&data.join(KEYS))?);
        let path = data.join(MANIFEST);
        let manifest = files::read(&path)?;
        let parsed = Manifest::parse(&manifest).map_err(|source| KeeperError::Manifest { path, source })?;
        let registration = parsed.document().registration;
        let path = data.join(BOARD);
        let (store, cut) = FileStore::open(&path).map_err(|source| KeeperError::Store { path, source })?;
        if cut > 0 {
            say(&format!(
                "{cut} bytes of an append that was never finished were cut off: nobody was told of it"
            ));
        }
        let log_key = keys.log.public();
        let settings = Settings {
            batch: BATCH,
            witnesses: None,
            verify_at_once: 0,
            verify_wait: VERIFY_WAIT,
            // Whoever runs it counts what its voters send.
            allow: Arc::new(|_| Ok(())),
            clock: Arc::new(MachineClock),
        };
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let opened = Keeper::open(&manifest, keys, Arc::new(store), settings, stopping).await;
        let (keeper, writer) = opened.map_err(KeeperError::from)?;
        let publishing = tokio::sync::Mutex::new(());
        let desk = Desk { keeper, manifest, registration, log_key, publishing };
        Ok(Opened { desk: Arc::new(desk), stop, writer, _lock: lock })
    }

    /// Lets those be served who wait, and lets go of the folder.
    pub(crate) async fn close(self) {
        let _ = self.stop.send(true);
        let _ = self.writer.await;
    }
}

/// Takes the lock of a folder; waits a little, for a keeper may be about to end whose portal was killed.
async fn take(data: &Path) -> Result<std::fs::File, Error> {
    let begun = Instant::now();
    loop {
        if let Some(lock) = files::lock(&data.join(LOCK))? {
            return Ok(lock);
        }
        if begun.elapsed() > LOCK_WAIT {
            return Err(KeeperError::Taken(data.to_owned()).into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn keep(args: &ServeArgs) -> Result<(), Error> {
    let opened = Opened::open(&args.data).await?;
    let ticking = tokio::spawn(tick(Arc::clone(&opened.desk)));
    let desk = Arc::clone(&opened.desk);
    match &args.socket {
        None => {
            tokio::select! {
                () = serve::serve(desk, tokio::io::stdin(), tokio::io::stdout()) => {}
                () = until_asked_to_stop() => {}
            }
        }
        #[cfg(unix)]
        Some(path) => {
            let listener = bind(path).map_err(|source| KeeperError::Socket { path: path.clone(), source })?;
            tokio::select! {
                () = serve::listen(desk, listener) => {}
                () = until_asked_to_stop() => {}
            }
            let _ = std::fs::remove_file(path);
        }
        #[cfg(not(unix))]
        Some(path) => {
            let source = std::io::ErrorKind::Unsupported.into();
            return Err(KeeperError::Socket { path: path.clone(), source }.into());
        }
    }
    ticking.abort();
    opened.close().await;
    Ok(())
}

/// Makes a socket that only this user can connect to. One that a killed keeper has left is replaced; anything else is
/// not.
#[cfg(unix)]
fn bind(path: &Path) -> std::io::Result<tokio::net::UnixListener> {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
    let left = std::fs::symlink_metadata(path).is_ok_and(|about| about.file_type().is_socket());
    if left && std::os::unix::net::UnixStream::connect(path).is_err() {
        std::fs::remove_file(path)?;
    }
    let listener = tokio::net::UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Takes the steps whose time has come, until the keeper ends.
async fn tick(desk: Arc<Desk>) {
    let mut rest = 0u32;
    loop {
        desk.keeper.catch_up().await;
        rest = rest.saturating_sub(1);
        if rest == 0 && !desk.keeper.advance(true).await {
            say("a step of the vote could not be taken; it is tried again");
            rest = TICKS_AFTER_TROUBLE;
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Says something to whoever runs the keeper: standard output is for answers.
fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "veche keeper: {text}");
}
