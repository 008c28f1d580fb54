//! What else happens to a box between two crashes: a disk that fills and empties, a clock that jumps, an SMS gateway
//! that hangs, a log whose reader is gone or does not read, a second start on the same folder.

use crate::ballot_box::{Http, Refused};
use crate::process::say;
use crate::voters::ask_for_code;
use crate::workspace::Programs;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long each trouble lasts.
const LASTS: Duration = Duration::from_millis(200);

/// Time in which a second start must have ended.
const PATIENCE: Duration = Duration::from_secs(10);

/// Messages that are asked of a gateway that hangs: more than are on their way at once.
const MESSAGES: usize = 24;

/// Where Debian's package `faketime` has what sets one program's clock.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// One trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Trouble {
    /// Nothing but the crash.
    None,
    /// The disk is full for a moment.
    Disk,
    /// The clock jumps a day ahead or back for a moment.
    Clock,
    /// The SMS gateway hangs.
    Gateway,
    /// Whoever read the log is gone.
    LogGone,
    /// Whoever reads the log does not.
    LogStuck,
    /// Somebody starts a second box on the folder.
    Twin,
}

impl Trouble {
    const ALL: [Trouble; 7] = [
        Trouble::None,
        Trouble::Disk,
        Trouble::Clock,
        Trouble::Gateway,
        Trouble::LogGone,
        Trouble::LogStuck,
        Trouble::Twin,
    ];

    /// What the table calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Trouble::None => "nothing else",
            Trouble::Disk => "full disk",
            Trouble::Clock => "clock jumps",
            Trouble::Gateway => "gateway hangs",
            Trouble::LogGone => "log is gone",
            Trouble::LogStuck => "log is stuck",
            Trouble::Twin => "second start",
        }
    }
}

/// The place where troubles are made: a folder, on a disk of its own where this machine lets us mount one.
pub struct Workshop {
    server: PathBuf,
    folder: PathBuf,
    possible: Vec<Trouble>,
    mounted: bool,
}

impl Workshop {
    /// Makes the folder, for so many rounds without some troubles. What cannot be done on this machine is said and left
    /// out.
    ///
    /// # Errors
    /// When the folder exists or cannot be made, or no trouble is left.
    pub fn open(programs: &Programs, folder: &Path, rounds: u32, without: &[Trouble]) -> Result<Self> {
        std::fs::create_dir(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        // Under a megabyte a round, so that filling it takes no time.
        let size = format!("size={}m", 64 + rounds / 2);
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).stderr(Stdio::null());
        let mounted = mount.status().is_ok_and(|status| status.success());
        let mut possible = Trouble::ALL.to_vec();
        possible.retain(|trouble| !without.contains(trouble));
        if !mounted {
            say("Not tried: a full disk. Mounting a small one takes root.");
            possible.retain(|trouble| *trouble != Trouble::Disk);
        }
        if !Path::new(FAKETIME).exists() {
            say("Not tried: a clock that jumps. Debian's package faketime is missing.");
            possible.retain(|trouble| *trouble != Trouble::Clock);
        }
        ensure!(!possible.is_empty(), "nothing is left to try");
        let workshop =
            Self { server: programs.server.clone(), folder: folder.to_path_buf(), possible, mounted };
        workshop.write()?;
        Ok(workshop)
    }

    /// The programs, of which the server is started inside the workshop.
    #[must_use]
    pub fn programs(&self, programs: &Programs) -> Programs {
        Programs { server: self.folder.join("server"), veche: programs.veche.clone() }
    }

    /// The SMS gateway, for `--sms`.
    #[must_use]
    pub fn gateway(&self) -> String {
        format!("command:{}", self.folder.join("gateway").display())
    }

    /// Lets go of its disk, with all that is on it.
    pub fn close(self) {
        if self.mounted {
            unmount(&self.folder);
        }
    }

    /// Whose turn it is.
    #[must_use]
    pub fn turn(&self, round: u32) -> Trouble {
        self.possible.get(round as usize % self.possible.len()).copied().unwrap_or(Trouble::None)
    }

    fn write(&self) -> Result<()> {
        self.set("clock", "+0")?;
        self.set("log", "")?;
        let at = |name: &str| self.folder.join(name).display().to_string();
        let mut script = "#!/bin/bash\n".to_owned();
        if self.possible.contains(&Trouble::Clock) {
            // The name of one setting differs between versions.
            writeln!(
                script,
                "export LD_PRELOAD={FAKETIME} FAKETIME_TIMESTAMP_FILE='{}' FAKETIME_NO_CACHE=1\n\
                 export DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1",
                at("clock")
            )?;
        }
        let server = self.server.display();
        // Bash's own children would outlive the server and hold its output.
        writeln!(
            script,
            "case \"$(cat '{log}')\" in\n\
             gone) export RUST_LOG=debug; exec '{server}' \"$@\" 2> >(exec true >/dev/null) ;;\n\
             stuck) export RUST_LOG=debug; exec '{server}' \"$@\" 2> >(exec sleep 5 >/dev/null) ;;\n\
             esac\n[ \"$1\" = serve ] && exec '{server}' \"$@\" 2>> '{kept}'\nexec '{server}' \"$@\"",
            log = at("log"),
            kept = at("box.log")
        )?;
        for (name, text) in [("server", script.as_str()), ("gateway", "#!/bin/sh\nexec sleep 3\n")] {
            let path = self.folder.join(name);
            std::fs::write(&path, text)?;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
        }
        Ok(())
    }

    fn set(&self, name: &str, value: &str) -> Result<()> {
        // In one step: the clock is read again and again.
        let (begun, path) = (self.folder.join(format!("{name}.begun")), self.folder.join(name));
        std::fs::write(&begun, format!("{value}\n"))?;
        Ok(std::fs::rename(begun, path)?)
    }

    /// What must be so before the box starts.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn prepare(&self, trouble: Trouble) -> Result<()> {
        self.set(
            "log",
            match trouble {
                Trouble::LogGone => "gone",
                Trouble::LogStuck => "stuck",
                _ => "",
            },
        )
    }

    /// Makes the trouble, and puts an end to it.
    ///
    /// # Errors
    /// When it cannot be made, or the box does what it must not.
    pub fn make(&self, trouble: Trouble, http: &Http) -> Result<()> {
        match trouble {
            Trouble::None | Trouble::LogGone | Trouble::LogStuck => std::thread::sleep(LASTS),
            Trouble::Disk => self.fill()?,
            Trouble::Clock => {
                let ahead = getrandom::u32()? % 2 == 0;
                self.set("clock", if ahead { "+1d" } else { "-1d" })?;
                std::thread::sleep(LASTS);
                self.set("clock", "+0")?;
            }
            Trouble::Gateway => {
                for _ in 0..MESSAGES {
                    let asked = ask_for_code(http, &format!("+44770{:07}", getrandom::u32()? % 10_000_000));
                    // Being told to wait is an answer.
                    asked.map(drop).or_else(|error| error.downcast::<Refused>().map(drop))?;
                }
            }
            Trouble::Twin => self.start_twin()?,
        }
        Ok(())
    }

    /// Fills the disk, and empties it.
    fn fill(&self) -> Result<()> {
        let path = self.folder.join("ballast");
        let mut ballast = std::fs::File::create(&path)?;
        let block = vec![0; 1 << 20];
        // However little is left, something of the box's will not fit.
        for size in [1 << 20, 1 << 12, 1] {
            while ballast.write_all(block.get(..size).unwrap_or_default()).is_ok() {}
        }
        std::thread::sleep(LASTS);
        drop(ballast);
        Ok(std::fs::remove_file(path)?)
    }

    fn start_twin(&self) -> Result<()> {
        let mut twin = Command::new(self.folder.join("server"));
        twin.args(["serve", "--sms", "terminal", "--listen", "127.0.0.1:0", "--data"])
            .arg(self.folder.join("town").join("box"));
        let mut twin = twin.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let began = Instant::now();
        let ended = loop {
            match twin.try_wait()? {
                Some(status) => break Some(status),
                None if began.elapsed() > PATIENCE => break None,
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        if ended.is_none() {
            twin.kill()?;
            twin.wait()?;
        }
        ensure!(ended.is_some_and(|status| !status.success()), "a second box runs on one folder");
        Ok(())
    }
}

/// Unmounts the disk of a run before, if there is one. Lazily: a gateway's child may stand in it for seconds.
pub fn unmount(folder: &Path) {
    let mut unmount = Command::new("umount");
    let _ = unmount.arg("--lazy").arg(folder).stderr(Stdio::null()).status();
}

/// How often each was made.
pub type Made = BTreeMap<Trouble, u32>;
