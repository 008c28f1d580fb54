//! Several servers of one vote on one PostgreSQL, of which one after the other is killed or stands still, and the
//! database, too, while people vote at all of them.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use veche_cluster::Cluster;

use super::storm::{Damage, Storm, leaves};
use super::{DISTRICT, manifest};
use crate::ballot_box::{BallotBox, free_port};
use crate::demo::Town;
use crate::process::say;
use crate::voters::open_election;
use crate::workspace::Programs;

/// Longer than anybody waits for a server that stands still.
const FREEZE: Duration = Duration::from_secs(6);

/// Files of a ballot box's folder that every server of it has.
const COPIED: [&str; 6] =
    ["manifest.json", "keys.json", "organiser-token", "trustee-tokens", "words-checked", "database-url"];

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    /// How many servers.
    pub servers: usize,
    /// For how long people vote.
    pub lasts: Duration,
    /// Time from one death to the next.
    pub every: Duration,
    /// Voters who cast at the same time.
    pub voters: u32,
}

/// What happens, beside nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A server is killed, and started again.
    Killed,
    /// A server stands still for some seconds, and goes on as if nothing had been.
    Frozen,
    /// The database is killed, and started again.
    Database,
}

impl Event {
    const ALL: [Event; 3] = [Event::Killed, Event::Frozen, Event::Database];

    const fn name(self) -> &'static str {
        match self {
            Event::Killed => "a server is killed",
            Event::Frozen => "a server stands still",
            Event::Database => "the database is killed",
        }
    }
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Findings {
    /// What happened, and how long after it nothing was acknowledged by anybody.
    pub silences: Vec<(Event, Duration)>,
    /// Ballots that were acknowledged.
    pub acknowledged: u64,
    /// What was wrong.
    pub damage: Damage,
    /// Entries that are on the board twice.
    pub twice: u64,
    /// Entries of the board in the end.
    pub size: u64,
}

/// Servers that people vote at, and their database.
struct Servers {
    program: PathBuf,
    folders: Vec<PathBuf>,
    running: Vec<BallotBox>,
    limits: PathBuf,
    cluster: Cluster,
}

/// Holds a whole vote with them; `folder` must not exist.
///
/// # Errors
/// When a step fails, or the record does not verify in the end.
pub fn run(programs: &Programs, folder: &Path, course: Course) -> Result<Findings> {
    let cluster = Cluster::start("")?;
    let url = cluster.database()?;
    let init = [OsStr::new("--database"), OsStr::new(&url)];
    let found = Town::found(programs.clone(), &folder.join("town"), &manifest()?, free_port()?, &init);
    let town = found?.opened()?;
    let election = open_election(town.ballot_box.http(), &town.fingerprint)?;
    let mut storm = Storm::gather(&town.ballot_box, &election, course.voters, DISTRICT)?;
    // Few voters cast without pause: what one voter may send is no limit here.
    let limits = folder.join("limits.toml");
    std::fs::write(&limits, "ballots_a_voter_in_ten_minutes = 1000000\n")?;
    let mut servers = Servers {
        program: programs.server.clone(),
        folders: Vec::new(),
        running: Vec::new(),
        limits,
        cluster,
    };
    for number in 1..=course.servers {
        servers.add(&town.folder.join("box"), &folder.join(format!("server-{number}")))?;
    }

    storm.prepare()?;
    let boxes: Vec<_> = servers.running.iter().map(|one| one.http().clone()).collect();
    let mut events = Vec::new();
    storm.weather(&boxes, || servers.suffer(course, &mut events))?;
    let heard = storm.take_times();
    let ends = events.iter().skip(1).map(|(_, at)| *at).chain(heard.last().copied());
    let silences = events.iter().zip(ends).map(|((event, at), end)| (*event, silence(*at, end, &heard)));
    let silences = silences.collect();

    let mut damage = Damage::default();
    let mut size = 0;
    for one in &boxes {
        // Each shows soon what the others have recorded.
        std::thread::sleep(Duration::from_secs(1));
        let found = storm.compare(one)?;
        let (missing, entries) = storm.count_missing(one)?;
        damage.missing += found.missing + missing;
        damage.forks += found.forks;
        size = entries;
    }
    drop(servers.running);
    let mut entries = leaves(town.ballot_box.http(), &election)?;
    let all = entries.len();
    entries.sort();
    entries.dedup();
    town.close()?;
    town.decrypt_all()?;
    town.verify(&town.record())?;
    Ok(Findings {
        silences,
        acknowledged: storm.acknowledged(),
        damage,
        twice: (all - entries.len()) as u64,
        size,
    })
}

/// The longest time without an acknowledgement that ended, or had not, between something and the next thing.
fn silence(at: Instant, until: Instant, heard: &[Instant]) -> Duration {
    let mut last = at;
    let mut longest = Duration::ZERO;
    let between = heard.iter().filter(|heard| (at..until).contains(*heard)).copied();
    for next in between.chain([until]) {
        longest = longest.max(next.saturating_duration_since(last));
        last = next;
    }
    longest
}

/// Another server's folder, with the keys, as it is copied to another machine.
///
/// # Errors
/// When a file cannot be copied.
pub fn copy_server(from: &Path, folder: &Path) -> Result<()> {
    std::fs::create_dir(folder)?;
    for name in COPIED {
        std::fs::copy(from.join(name), folder.join(name)).with_context(|| format!("cannot copy {name}"))?;
    }
    Ok(())
}

impl Servers {
    /// Another server.
    fn add(&mut self, from: &Path, folder: &Path) -> Result<()> {
        copy_server(from, folder)?;
        self.running.push(self.start(folder, free_port()?)?);
        self.folders.push(folder.to_path_buf());
        Ok(())
    }

    fn start(&self, folder: &Path, port: u16) -> Result<BallotBox> {
        BallotBox::start(&self.program, folder, port, &["--limits".as_ref(), self.limits.as_ref()])
    }

    /// Has one thing after the other happen until the time is over: every server dies in its turn, and after each death
    /// something else happens.
    fn suffer(&mut self, course: Course, events: &mut Vec<(Event, Instant)>) -> Result<()> {
        let began = Instant::now();
        let others = [Event::Database, Event::Frozen, Event::Killed];
        for round in 0.. {
            let next = began + course.every * round;
            for (event, at) in [(Event::Killed, next), (next_of(&others, round), next + course.every / 2)] {
                // The last thing must be seen through.
                if at + course.every / 2 > began + course.lasts {
                    std::thread::sleep((began + course.lasts).saturating_duration_since(Instant::now()));
                    return Ok(());
                }
                let jitter = Duration::from_millis(u64::from(getrandom::u32()? % 500));
                std::thread::sleep((at + jitter).saturating_duration_since(Instant::now()));
                events.push((event, Instant::now()));
                self.happen(event, events.len()).with_context(|| event.name())?;
            }
        }
        Ok(())
    }

    fn happen(&mut self, event: Event, number: usize) -> Result<()> {
        let number = number % self.running.len();
        let (one, folder) =
            self.running.get_mut(number).zip(self.folders.get(number)).context("there is no such server")?;
        match event {
            Event::Killed => {
                one.is_running()?;
                one.stop()?;
                let (port, folder) = (one.port(), folder.clone());
                let again = self.start(&folder, port)?;
                if let Some(place) = self.running.get_mut(number) {
                    *place = again;
                }
            }
            Event::Frozen => {
                let process = i32::try_from(one.process()).ok().and_then(Pid::from_raw);
                let process = process.context("a process without a number")?;
                kill_process(process, Signal::STOP)?;
                std::thread::sleep(FREEZE);
                kill_process(process, Signal::CONT)?;
            }
            Event::Database => {
                self.cluster.kill()?;
                self.cluster.start_again("")?;
            }
        }
        Ok(())
    }
}

fn next_of(events: &[Event], round: u32) -> Event {
    events.get(round as usize % events.len()).copied().unwrap_or(Event::Killed)
}

impl Findings {
    /// How often something happened, and the longest silence after it.
    #[must_use]
    pub fn after(&self, event: Event) -> (usize, Duration) {
        let after = self.silences.iter().filter(|(happened, _)| *happened == event);
        after.fold((0, Duration::ZERO), |(times, longest), (_, silence)| (times + 1, longest.max(*silence)))
    }

    /// Says what was found, and fails where anything was lost.
    ///
    /// # Errors
    /// When something acknowledged is missing, anything is there twice, or the board has forked.
    pub fn check(&self) -> Result<()> {
        let mut table = String::new();
        for event in Event::ALL {
            let (times, longest) = self.after(event);
            writeln!(
                table,
                "{:<26} {times} times; then nothing was acknowledged for {:.1} s at most",
                event.name(),
                longest.as_secs_f64()
            )?;
        }
        let Damage { missing, forks } = self.damage;
        say(&format!(
            "\n{table}ballots acknowledged       {}\nof these missing           {missing}\ntwice on the board         {}\n\
             forks                      {forks}\nentries in the end         {}\nthe record                 verifies",
            self.acknowledged, self.twice, self.size,
        ));
        ensure!(self.damage == Damage::default() && self.twice == 0, "what was acknowledged does not hold");
        Ok(())
    }
}
