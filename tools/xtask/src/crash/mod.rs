//! `cargo xtask crash`: a real ballot box that is killed again and again while people vote, and other things go wrong,
//! on this machine.

mod several;
mod storm;
mod trouble;

use crate::ballot_box::free_port;
use crate::demo::Town;
use crate::process::say;
use crate::voters::open_election;
use crate::workspace::{Programs, released_programs, root};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use veche_record::manifest::Timestamp;

pub use several::{Course, Event, Findings as SeveralFindings, copy_server, run as run_several};
pub use storm::{Damage, Storm, leaves, missing};
pub use trouble::{Made, Trouble, Workshop};

/// Options of the only contest.
pub const OPTIONS: usize = 5;

/// The only district.
pub const DISTRICT: &str = "town";

/// What is to be done.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// How many times the box is killed.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub times: u32,
    /// Voters who cast at the same time.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub voters: u32,
    /// Servers of the vote. More than one share a PostgreSQL of their own, and one after the other is killed or stands
    /// still, and the database is killed, too.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=9))]
    pub servers: u8,
    /// With several servers: for how many seconds people vote.
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u32).range(20..=86_400))]
    pub seconds: u32,
    /// What is not to go wrong; may be given more than once.
    #[arg(long, value_name = "TROUBLE", value_enum)]
    pub without: Vec<Trouble>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Findings {
    /// How many times the box was killed.
    pub kills: u32,
    /// What else went wrong before, and how often.
    pub troubles: Made,
    /// Ballots that were acknowledged.
    pub acknowledged: u64,
    /// What was wrong.
    pub damage: Damage,
    /// From the start of the program to its first answer, each time after it was killed.
    pub restarts: Vec<Duration>,
    /// Entries of the board in the end.
    pub size: u64,
}

/// Builds the programs as they are shipped, kills the box so many times, and prints a table.
///
/// # Errors
/// When anything was lost, or the record does not verify.
pub fn crash(options: &Options) -> Result<()> {
    say("Building the ballot box as it is shipped.");
    let programs = released_programs()?;
    let folder = root().join(".crash");
    if folder.exists() {
        trouble::unmount(&folder);
        std::fs::remove_dir_all(&folder).context("cannot remove the folder .crash of an earlier run")?;
    }
    if options.servers > 1 {
        std::fs::create_dir(&folder)?;
        let lasts = Duration::from_secs(options.seconds.into());
        let every = Duration::from_secs(10);
        let course = Course { servers: options.servers.into(), lasts, every, voters: options.voters };
        several::run(&programs, &folder, course)?.check()?;
        std::fs::remove_dir_all(&folder)?;
        return Ok(());
    }
    let began = Instant::now();
    let findings = run(&programs, &folder, options)?;
    say(&findings.table(began.elapsed()));
    ensure!(findings.damage == Damage::default(), "what was acknowledged does not hold: see .crash");
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The same without building and printing; `folder` must not exist.
///
/// # Errors
/// When a step fails, or the record does not verify in the end.
pub fn run(programs: &Programs, folder: &Path, options: &Options) -> Result<Findings> {
    let workshop = Workshop::open(programs, folder, options.times, &options.without)?;
    let mut town =
        Town::create(workshop.programs(programs), &folder.join("town"), &manifest()?, free_port()?)?;
    let election = open_election(town.ballot_box.http(), &town.fingerprint)?;
    let mut storm = Storm::gather(&town.ballot_box, &election, options.voters, DISTRICT)?;
    let gateway = workshop.gateway();
    // Few voters cast without pause: what one voter may send is no limit here.
    let limits = folder.join("limits.toml");
    std::fs::write(&limits, "ballots_a_voter_in_ten_minutes = 1000000\n")?;
    // Short turns, so that a crash meets a commit more often.
    let serve: [&OsStr; 6] = [
        "--batch-ms".as_ref(),
        "20".as_ref(),
        "--sms".as_ref(),
        gateway.as_ref(),
        "--limits".as_ref(),
        limits.as_ref(),
    ];
    let (mut damage, mut restarts, mut troubles) = (Damage::default(), Vec::new(), Made::new());
    for kill in 0..options.times {
        let trouble = workshop.turn(kill);
        *troubles.entry(trouble).or_default() += 1;
        workshop.prepare(trouble)?;
        storm.prepare()?;
        let round = || format!("round {kill}, {}", trouble.name());
        restart(&mut town, &serve, &mut restarts).with_context(round)?;
        add(&mut damage, storm.compare(town.ballot_box.http())?);
        let http = [town.ballot_box.http().clone()];
        let wait = Duration::from_millis(u64::from(30 + getrandom::u32()? % 150));
        storm
            .blow(&http, || {
                std::thread::sleep(wait);
                workshop.make(trouble, town.ballot_box.http())?;
                std::thread::sleep(wait);
                town.ballot_box.is_running()?;
                town.ballot_box.stop()
            })
            .with_context(round)?;
        if (kill + 1) % 100 == 0 {
            say(&format!("{} kills, {} ballots acknowledged, {damage:?}", kill + 1, storm.acknowledged()));
        }
    }
    workshop.prepare(Trouble::None)?;
    restart(&mut town, &serve, &mut restarts)?;
    add(&mut damage, storm.compare(town.ballot_box.http())?);
    let (missing, _) = storm.count_missing(town.ballot_box.http())?;
    damage.missing += missing;
    town.close()?;
    town.decrypt_all()?;
    town.verify(&town.record())?;
    let (_, size) = storm.count_missing(town.ballot_box.http())?;
    // The first start was no restart.
    let restarts = restarts.split_off(1.min(restarts.len()));
    let acknowledged = storm.acknowledged();
    if damage == Damage::default() {
        // Else somebody will want to look.
        drop(town);
        workshop.close();
    }
    Ok(Findings { kills: options.times, troubles, acknowledged, damage, restarts, size })
}

fn restart(town: &mut Town, serve: &[&OsStr], restarts: &mut Vec<Duration>) -> Result<()> {
    let began = Instant::now();
    town.serve(serve)?;
    restarts.push(began.elapsed());
    Ok(())
}

fn add(sum: &mut Damage, more: Damage) {
    sum.missing += more.missing;
    sum.forks += more.forks;
}

impl Findings {
    /// The middle and the longest time of a restart.
    #[must_use]
    pub fn restart_times(&self) -> (Duration, Duration) {
        let mut sorted = self.restarts.clone();
        sorted.sort();
        let at = |place: usize| sorted.get(place).copied().unwrap_or_default();
        (at(sorted.len() / 2), at(sorted.len().saturating_sub(1)))
    }

    fn table(&self, elapsed: Duration) -> String {
        let (middle, longest) = self.restart_times();
        let Damage { missing, forks } = self.damage;
        let row = |(trouble, times): (&Trouble, &u32)| format!("\n  {:<24} {times}", trouble.name());
        let troubles: String = self.troubles.iter().map(row).collect();
        format!(
            "\nkills                      {}{troubles}\nballots acknowledged       {}\nof these missing           {missing}\n\
             forks                      {forks}\nrestart, in the middle     {} ms\nrestart, at most           {} ms\n\
             entries in the end         {}\nthe record                 verifies\nall of it took             {} s",
            self.kills,
            self.acknowledged,
            middle.as_millis(),
            longest.as_millis(),
            self.size,
            elapsed.as_secs(),
        )
    }
}

/// A vote of one contest in which anybody may vote again and again.
///
/// # Errors
/// When the machine's clock is wrong.
pub fn manifest() -> Result<Vec<u8>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let time = |seconds| Timestamp::from_unix(seconds).context("this machine's clock is wrong");
    let options: Vec<_> = (1..=OPTIONS)
        .map(|n| json!({ "id": format!("p{n}"), "name": { "en": format!("Project {n}") } }))
        .collect();
    let manifest = json!({
        "veche": 1,
        "phase": "election",
        "languages": ["en"],
        "title": { "en": "Stormhaven decides" },
        "text": { "en": "A made-up town whose ballot box is killed again and again." },
        "opens": time(now)?,
        "closes": time(now + 24 * 3600)?,
        "time_zone": "UTC",
        "early_close": true,
        "contests": [{
            "id": DISTRICT, "title": { "en": "Projects" },
            "report_by": "contest", "rule": { "type": "approval", "min": 1, "max": 2, "blank": false }, "funding": {"method": "none"}, "options": options,
        }],
        "styles": [{ "id": DISTRICT, "title": { "en": "The town" }, "contests": [DISTRICT], "electorate": 20000 }],
        "routes": [{ "id": "sms", "title": { "en": "By SMS" }, "entered": false }],
        "trustees": { "count": 3, "threshold": 2 },
        "minimum_group": 1,
        "revote": true,
        "registration": "open",
    });
    Ok(manifest.to_string().into_bytes())
}
