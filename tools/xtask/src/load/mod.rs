//! `cargo xtask load`: very many real ballots, cast at a real ballot box, and what each of them cost it.
//!
//! Voters register and their ballots are sealed once; they stay in `target/load` for the next run, which begins with
//! a copy. The clients are threads of this process and the ballot box is another one, so that what the operating
//! system says of it is its own processor time, the kernel's for it included. That figure is told beside what batch
//! verification of the same ballots takes, and what the disk can do, in the same run on the same machine.

mod clients;
mod measure;
mod report;
mod town;

use crate::ballot_box::{BallotBox, Http, free_port};
use crate::crash::{leaves, missing};
use crate::process::say;
use crate::voters::open_election;
use crate::workspace::{cargo, released_programs, root};
use anyhow::{Context, Result, ensure};
use clients::{Crowd, Plan};
use measure::{Disk, Falsehood, Verification};
use report::{Phase, Report};
use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant};
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
    let prepared = town::prepare(&programs, &folder.join("town"), options.ballots, options.fresh)?;
    let ballots = prepared.ballots(options.ballots as usize);
    let disk = Disk::measure(&folder)?;
    if !options.urls.is_empty() {
        let boxes: Vec<_> = options.urls.iter().map(|url| Http::new(url.trim_end_matches('/'))).collect();
        let election = open_election(boxes.first().context("no ballot box")?, &prepared.fingerprint)?;
        let before = Verification::measure(&election, &ballots)?;
        let phases = cast(&election, &boxes, None, &ballots, options)?;
        let verification = before.and(Verification::measure(&election, &ballots)?);
        let falsehood = Falsehood::measure(&election, &ballots)?;
        say(&Report { phases, verification, falsehood, disk, memory: None, restart: None }.to_string());
        return Ok(());
    }
    let run = folder.join("run");
    town::copy_box(&folder.join("town"), &run)?;
    let limits = folder.join("limits.toml");
    std::fs::write(&limits, format!("connections_an_address = {}\n", options.connections + 100))?;
    let serve: [&OsStr; 4] =
        ["--pass-key".as_ref(), prepared.pass_key.as_ref(), "--limits".as_ref(), limits.as_ref()];
    let mut ballot_box = BallotBox::start(&programs.server, &run, free_port()?, &serve)?;
    let election = open_election(ballot_box.http(), &prepared.fingerprint)?;
    let memory = measure::memory(ballot_box.process())?;
    let before = Verification::measure(&election, &ballots)?;
    let boxes = [ballot_box.http().clone()];
    let phases = cast(&election, &boxes, Some(ballot_box.process()), &ballots, options)?;
    let verification = before.and(Verification::measure(&election, &ballots)?);
    let falsehood = Falsehood::measure(&election, &ballots)?;
    let memory = (memory, measure::memory(ballot_box.process())?);
    // What was acknowledged was durable: a box that is killed has it all again.
    ballot_box.stop()?;
    let restart = restart(&programs.server, &run, &serve, &election, &phases)?;
    let report =
        Report { phases, verification, falsehood, disk, memory: Some(memory), restart: Some(restart) };
    say(&report.to_string());
    std::fs::remove_dir_all(&run)?;
    Ok(())
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
    process: Option<u32>,
    ballots: &[&[u8]],
    options: &Options,
) -> Result<Vec<Phase>> {
    let mut phases = Vec::new();
    let mut crowd = Crowd { boxes, ballots, connections: options.connections as usize };
    let mut take = |name: &'static str, plan: &Plan, phases: &mut Vec<Phase>| -> Result<()> {
        let before = process.map(measure::processor).transpose()?;
        let began = Instant::now();
        let cast = crowd.cast(plan)?;
        let wall = began.elapsed();
        let after = process.map(measure::processor).transpose()?;
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
    let acknowledged: Vec<_> =
        phases.iter().flat_map(|phase| phase.cast.acknowledged.iter().copied()).collect();
    for ballot_box in boxes {
        let lost = missing(&leaves(ballot_box, election)?, &acknowledged);
        ensure!(lost == 0, "{lost} acknowledged ballots are not on the board of {}", ballot_box.address());
    }
    say(&format!("Every one of the {} acknowledged ballots is on the board.", acknowledged.len()));
    Ok(phases)
}

/// Starts the box that was killed; the time to its first answer. Everything acknowledged is there.
fn restart(
    server: &Path,
    data: &Path,
    serve: &[&OsStr],
    election: &Election,
    phases: &[Phase],
) -> Result<Duration> {
    let began = Instant::now();
    let ballot_box = BallotBox::start(server, data, free_port()?, serve)?;
    let took = began.elapsed();
    let acknowledged: Vec<_> =
        phases.iter().flat_map(|phase| phase.cast.acknowledged.iter().copied()).collect();
    let lost = missing(&leaves(ballot_box.http(), election)?, &acknowledged);
    ensure!(lost == 0, "{lost} acknowledged ballots are not on the board after kill -9");
    Ok(took)
}
