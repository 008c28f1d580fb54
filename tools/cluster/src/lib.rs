//! A private PostgreSQL for tests: its own data, a socket and no port, started with the first test that asks for it,
//! and gone with the process, however that ends.
//!
//! A shell keeps it. It does what it is told, a line each, and clears everything away when nobody is there to tell it
//! anything: its standard input ends with the process that holds the other end, a killed one too.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use anyhow::{Context, Result, bail};

/// What the shell runs.
const KEEPER: &str = include_str!("keep.sh");

/// Where Debian puts PostgreSQL's programs, which are not on the PATH of anyone.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder with `initdb`, `postgres` and `psql`.
#[must_use]
pub fn programs() -> Option<PathBuf> {
    let has_all =
        |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file());
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).find(has_all).or_else(|| {
        let versions = std::fs::read_dir(DEBIAN).ok()?.flatten().map(|version| version.path().join("bin"));
        versions.filter(has_all).max()
    })
}

/// A PostgreSQL server, of this process alone.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    shell: Mutex<Shell>,
    made: AtomicU32,
}

#[derive(Debug)]
struct Shell {
    told: ChildStdin,
    says: BufReader<ChildStdout>,
}

impl Shell {
    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.says.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    /// Tells it something and waits until it is done.
    fn tell(&mut self, what: &str) -> Result<()> {
        writeln!(self.told, "{what}")?;
        match self.line()?.as_str() {
            "done" => Ok(()),
            said => bail!("PostgreSQL: {what}: {said}"),
        }
    }
}

impl Cluster {
    /// The one that tests of a process share, with settings as `postgresql.conf` has them after installation.
    ///
    /// # Errors
    /// Where PostgreSQL's programs are missing or do not start: a sentence that says what to do.
    pub fn shared() -> Result<&'static Cluster> {
        static SHARED: OnceLock<Result<Cluster, String>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Cluster::start("").map_err(|error| format!("{error:#}")));
        shared.as_ref().map_err(|sentence| anyhow::anyhow!("{sentence}"))
    }

    /// Starts another one, for a test that kills it or has settings of its own, such as `-c fsync=off`.
    ///
    /// # Errors
    /// Where PostgreSQL's programs are missing or do not start: a sentence that says what to do.
    pub fn start(settings: &str) -> Result<Cluster> {
        let programs = programs().context(
            "PostgreSQL must be installed first; on Debian and Ubuntu: sudo apt-get install --no-install-recommends postgresql, or cargo xtask tools",
        )?;
        // It refuses to run as root, which is what a CI container is; Debian's package makes a user for it.
        let mut shell = if rustix::process::geteuid().is_root() {
            let mut shell = Command::new("setpriv");
            shell.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
            shell
        } else {
            Command::new("sh")
        };
        let mut shell = shell
            .args(["-c", KEEPER, "sh"])
            .arg(&programs)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the shell that keeps PostgreSQL could not be started")?;
        let (told, says) = shell.stdin.take().zip(shell.stdout.take()).context("a shell without pipes")?;
        let mut shell = Shell { told, says: BufReader::new(says) };
        let folder = match shell.line()? {
            said if Path::new(&said).is_absolute() => PathBuf::from(said),
            said => bail!("PostgreSQL's data could not be made: {said}"),
        };
        shell.tell(&format!("start {settings}"))?;
        Ok(Cluster { folder, shell: Mutex::new(shell), made: AtomicU32::new(0) })
    }

    fn shell(&self) -> MutexGuard<'_, Shell> {
        self.shell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a new, empty database. Returns its address.
    ///
    /// # Errors
    /// Where the server does not.
    pub fn database(&self) -> Result<String> {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.shell().tell(&format!("database {name}"))?;
        Ok(self.address(&name))
    }

    /// The address of a database.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        format!("postgres:///{name}?host={}&user=veche", self.folder.display())
    }

    /// The number of the server's first process; the others are its children.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn process(&self) -> Result<u32> {
        let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid"))?;
        Ok(file.lines().next().context("PostgreSQL's file of its process is empty")?.trim().parse()?)
    }

    /// Kills all processes of the server, as a power cut does, and waits until they are gone.
    ///
    /// # Errors
    /// Where they are not.
    pub fn kill(&self) -> Result<()> {
        self.shell().tell("kill")
    }

    /// Starts it after [`Self::kill`], and waits until it takes connections.
    ///
    /// # Errors
    /// Where it does not.
    pub fn start_again(&self, settings: &str) -> Result<()> {
        self.shell().tell(&format!("start {settings}"))
    }

    /// Changes a setting of the running server, as in `synchronous_standby_names TO 'a'`.
    ///
    /// # Errors
    /// Where there is no such setting.
    pub fn set(&self, setting: &str) -> Result<()> {
        self.shell().tell(&format!("set {setting}"))
    }

    /// Makes a standby of this name from a copy of the server, and starts it.
    ///
    /// # Errors
    /// Where it cannot be copied or does not start.
    pub fn make_standby(&self, name: &str) -> Result<()> {
        self.shell().tell(&format!("copy {name}"))?;
        self.start_standby()
    }

    /// Starts the standby after [`Self::lose_standby`].
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start_standby(&self) -> Result<()> {
        self.shell().tell("follow")
    }

    /// Kills all processes of the standby.
    ///
    /// # Errors
    /// Where they are not gone.
    pub fn lose_standby(&self) -> Result<()> {
        self.shell().tell("lose")
    }

    /// Makes the standby a server that takes the other's place.
    ///
    /// # Errors
    /// Where it does not become one.
    pub fn promote_standby(&self) -> Result<()> {
        self.shell().tell("promote")
    }

    /// The address of a database at the standby, from its address at the server.
    #[must_use]
    pub fn at_standby(&self, address: &str) -> String {
        format!("{address}&port=5433")
    }
}
