//! `cargo xtask load`: very many real ballots, cast at a real ballot box, and what each of them cost it.
//!
//! Voters register and their ballots are sealed once; they stay in `target/load` for the next run, which begins with
//! a copy. The clients are threads of this process and the ballot box is another one, so that what the operating
//! system says of it is its own processor time, the kernel's for it included. That figure is told beside what batch
//! verification of the same ballots takes, and what the disk can do, in the same run on the same machine.

mod boxes;
mod clients;
mod measure;
mod report;
mod town;

use crate::ballot_box::Http;
use crate::crash::{leaves, missing};
use crate::process::say;
use crate::voters::open_election;
use crate::workspace::{cargo, released_programs, root};
use anyhow::{Context, Result, ensure};
use boxes::Boxes;
use clients::{Crowd, Plan};
use measure::{Disk, Falsehood, Verification};
use report::{Phase, Report};
use std::time::{Duration, Instant};
use town::Prepared;
use veche_record::Election;

/// Of the rate that the spike reached, what is then held.
const SHARE: f64 = 0.8;

/// What is to be done.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Ballots to be cast, each of a voter of its own.
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=200_000))]
    pub ballots: u32,
    /// Seconds for which the rate is held, after a tenth of them in which it grows. It ends before when no ballots are
    /// left.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub seconds: u32,
    /// Ballots a second that are then held; without it 80 of 100 of what the spike reached.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rate: Option<u32>,
    /// Clients that send at the same time at most.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=4_000))]
    pub connections: u32,
    /// Servers of the vote. More than one share a PostgreSQL of their own, and voters register and seal anew.
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "urls", value_parser = clap::value_parser!(u8).range(1..=9))]
    pub servers: u8,
    /// A ballot box elsewhere, started on a copy of `target/load/town/box`; once for each. No box is started here, and
    /// nothing is known of its processor time.
    #[arg(long = "url", value_name = "URL")]
    pub urls: Vec<String>,
    /// Register voters and seal ballots anew.
    #[arg(long)]
    pub fresh: bool,
}

/// Runs the whole of it and prints a table.
///
/// # Errors
/// When a step fails, or anything acknowledged is not on the board.
pub fn load(options: &Options) -> Result<()> {
    if cfg!(debug_assertions) {
        return as_shipped();
    }
    say("Building the ballot box as it is shipped.");
    let programs = released_programs()?;
    let folder = root().join("target/load");
    let disk = {
        std::fs::create_dir_all(&folder)?;
        Disk::measure(&folder)?
    };
    if !options.urls.is_empty() {
        let prepared = town::prepare(&programs, &folder.join("town"), options.ballots, options.fresh)?;
        let http: Vec<_> = options.urls.iter().map(|url| Http::new(url.trim_end_matches('/'))).collect();
        let mut report = cast_all(&prepared, &http, None, options)?;
        report.disk = Some(disk);
        say(&report.to_string());
        return Ok(());
    }
    let limits = folder.join("limits.toml");
    std::fs::write(&limits, format!("connections_an_address = {}\n", options.connections + 100))?;
    let (mut boxes, prepared) = match options.servers {
        1 => Boxes::alone(&programs, &folder, options.ballots, options.fresh, &limits)?,
        servers => Boxes::several(&programs, &folder, options.ballots, servers, &limits)?,
    };
    let memory = boxes.memory()?;
    let mut report = cast_all(&prepared, &boxes.http(), Some(&boxes), options)?;
    report.disk = Some(disk);
    report.memory = Some((memory, boxes.memory()?));
    // What was acknowledged was durable: a box that is killed has it all again.
    boxes.kill()?;
    let began = Instant::now();
    boxes.start_again()?;
    report.restart = Some(began.elapsed());
    let election = open_election(boxes.http().first().context("no ballot box")?, &prepared.fingerprint)?;
    all_there(&boxes.http(), &election, &report.phases).context("after kill -9")?;
    say(&report.to_string());
    drop(boxes);
    std::fs::remove_dir_all(folder.join("run"))?;
    Ok(())
}

/// Casts the prepared ballots, and measures beside that what verification takes.
fn cast_all(prepared: &Prepared, http: &[Http], boxes: Option<&Boxes>, options: &Options) -> Result<Report> {
    let ballots = prepared.ballots(options.ballots as usize);
    let election = open_election(http.first().context("no ballot box")?, &prepared.fingerprint)?;
    let before = Verification::measure(&election, &ballots)?;
    let database = boxes.map(Boxes::database).transpose()?.flatten();
    let phases = cast(&election, http, boxes, &ballots, options)?;
    let spent = boxes.map(Boxes::database).transpose()?.flatten();
    let database = database.zip(spent).map(|(before, after)| after.saturating_sub(before));
    let verification = before.and(Verification::measure(&election, &ballots)?);
    let falsehood = Falsehood::measure(&election, &ballots)?;
    Ok(Report { phases, verification, falsehood, database, disk: None, memory: None, restart: None })
}

/// The same command once more, built with the settings that elections use: clients without optimisation would only
/// show how slow they are.
fn as_shipped() -> Result<()> {
    let mut again = cargo();
    again.args(["run", "--release", "--package", "veche-xtask", "--"]).args(std::env::args_os().skip(1));
    crate::process::run(&mut again)
}

/// All of a spike, then a rate that grows and is held.
fn cast(
    election: &Election,
    boxes: &[Http],
    servers: Option<&Boxes>,
    ballots: &[&[u8]],
    options: &Options,
) -> Result<Vec<Phase>> {
    let mut phases = Vec::new();
    let mut crowd = Crowd { boxes, ballots, connections: options.connections as usize };
    let mut take = |name: &'static str, plan: &Plan, phases: &mut Vec<Phase>| -> Result<()> {
        let before = servers.map(Boxes::processor).transpose()?;
        let began = Instant::now();
        let cast = crowd.cast(plan)?;
        let wall = began.elapsed();
        let after = servers.map(Boxes::processor).transpose()?;
        let processor = before.zip(after).map(|(before, after)| after.saturating_sub(before));
        let phase = Phase { name, cast, wall, processor };
        say(&format!("{phase}"));
        phases.push(phase);
        Ok(())
    };
    take("spike", &Plan::all_at_once(ballots.len() / 2), &mut phases)?;
    let reached = phases.first().map_or(1.0, Phase::rate);
    let rate = options.rate.map_or(reached * SHARE, f64::from).max(1.0);
    take("ramp", &Plan::ramp(rate, Duration::from_secs(options.seconds.into()) / 10), &mut phases)?;
    take("hold", &Plan::hold(rate, Duration::from_secs(options.seconds.into())), &mut phases)?;
    all_there(boxes, election, &phases)?;
    let acknowledged: usize = phases.iter().map(|phase| phase.cast.acknowledged.len()).sum();
    say(&format!("Every one of the {acknowledged} acknowledged ballots is on the board."));
    Ok(phases)
}

/// Looks for everything acknowledged on the board of every server.
fn all_there(boxes: &[Http], election: &Election, phases: &[Phase]) -> Result<()> {
    let acknowledged: Vec<_> =
        phases.iter().flat_map(|phase| phase.cast.acknowledged.iter().copied()).collect();
    for ballot_box in boxes {
        let lost = missing(&leaves(ballot_box, election)?, &acknowledged);
        ensure!(lost == 0, "{lost} acknowledged ballots are not on the board of {}", ballot_box.address());
    }
    Ok(())
}
