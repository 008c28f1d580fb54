//! What is measured beside the load: processor time, memory, batch verification, the disk.

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;
use rustix::time::{ClockId, clock_gettime};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};
use veche_crypto::randomness::Randomness;
use veche_record::Election;
use veche_verify::VerifiedBallot;
use veche_verify::state::SignedBytes;

/// Ballots that are verified to know what that takes.
const SAMPLE: usize = 4_096;

/// Ballots of a batch: about as many as make it fastest.
const BATCH: usize = 512;

/// For how long the disk is measured.
const DISK_TIME: Duration = Duration::from_secs(2);

/// Clock ticks of Linux in a second, as it tells programs.
const TICKS: u64 = 100;

/// User and system time that a process of this machine has had so far, all its threads together.
pub(super) fn processor(process: u32) -> Result<Duration> {
    ticks(&stat(process)?, 2)
}

/// The same of a process and all its children, those that have ended included.
pub(super) fn family(process: u32) -> Result<Duration> {
    let mut all = ticks(&stat(process)?, 4)?;
    for entry in std::fs::read_dir("/proc")? {
        let Ok(child) = entry?.file_name().to_string_lossy().parse() else { continue };
        // One that ends meanwhile counts with its parent next time.
        let Ok(fields) = stat(child) else { continue };
        if fields.get(1) == Some(&process.to_string()) {
            all += ticks(&fields, 2)?;
        }
    }
    Ok(all)
}

/// What /proc says of a process, from its state on.
fn stat(process: u32) -> Result<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, in brackets, may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("/proc has no such process")?;
    Ok(fields.split_whitespace().map(str::to_owned).collect())
}

/// The first so many of four times: user, system, and both of children that have ended.
fn ticks(stat: &[String], count: usize) -> Result<Duration> {
    let times = stat.iter().skip(11).take(count).map(|field| field.parse::<u64>());
    Ok(Duration::from_millis(times.sum::<Result<u64, _>>()? * 1_000 / TICKS))
}

/// Bytes that a process holds in memory.
pub(super) fn memory(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in /proc")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024)
}

/// What verifying ballots in batches takes, on all cores at once as the ballot box does it.
#[derive(Clone, Copy)]
pub(super) struct Verification {
    spent: Duration,
    ballots: u32,
}

impl Verification {
    /// Verifies some of the ballots.
    pub fn measure(election: &Election, ballots: &[&[u8]]) -> Result<Self> {
        let sample: Vec<Vec<u8>> = ballots.iter().take(SAMPLE).map(|ballot| ballot.to_vec()).collect();
        let begin = own_processor();
        let right = |batch: &[Vec<u8>]| -> Result<usize> {
            let verified = VerifiedBallot::verify_all(election, batch, &Randomness::draw(getrandom::fill)?);
            Ok(verified.iter().filter(|ballot| ballot.is_ok()).count())
        };
        let right: Vec<usize> = sample.par_chunks(BATCH).map(right).collect::<Result<_>>()?;
        ensure!(right.iter().sum::<usize>() == sample.len(), "a prepared ballot is not valid");
        Ok(Verification {
            spent: own_processor().saturating_sub(begin),
            ballots: u32::try_from(sample.len())?,
        })
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Verification { spent: self.spent + other.spent, ballots: self.ballots + other.ballots }
    }

    /// Processor time of one ballot.
    pub fn each(&self) -> Duration {
        self.spent / self.ballots.max(1)
    }
}

/// What it takes to find false ballots in a batch of [`FALSE_AMONG`], in times of what the batch takes without any.
/// Their signatures are true: who can cause it holds an active key.
#[derive(Clone, Copy)]
pub(super) struct Falsehood {
    pub one: f64,
    pub all: f64,
}

/// Ballots of a batch with false ones: the most that the ballot box takes together.
pub(super) const FALSE_AMONG: usize = 256;

/// Bytes at the end of a ballot: the last number of its proof, and the signature.
const LAST_NUMBER: usize = 32 + 64;

impl Falsehood {
    /// Verifies such batches on one thread. Nothing where there are too few ballots.
    pub fn measure(election: &Election, ballots: &[&[u8]]) -> Result<Option<Self>> {
        let batch: Vec<Vec<u8>> = ballots.iter().take(FALSE_AMONG).map(|ballot| ballot.to_vec()).collect();
        if batch.len() < FALSE_AMONG {
            return Ok(None);
        }
        let spent = |wrong: usize| -> Result<f64> {
            let mut batch = batch.clone();
            for ballot in batch.iter_mut().take(wrong) {
                let last = ballot.len().saturating_sub(LAST_NUMBER);
                *ballot.get_mut(last).context("a ballot is too short")? ^= 1;
            }
            let signed = batch.into_iter().map(|ballot| SignedBytes::read(election, ballot));
            let batch = signed.collect::<Result<Vec<_>, _>>()?;
            let begin = own_processor();
            let verified = VerifiedBallot::prove_all(election, &batch, &Randomness::draw(getrandom::fill)?);
            let spent = own_processor().saturating_sub(begin);
            let refused = verified.iter().filter(|ballot| ballot.is_err()).count();
            ensure!(refused == wrong, "{refused} of {wrong} false ballots were found");
            Ok(spent.as_secs_f64())
        };
        let none = spent(0)?.min(spent(0)?).max(f64::MIN_POSITIVE);
        Ok(Some(Falsehood { one: spent(1)? / none, all: spent(FALSE_AMONG)? / none }))
    }
}

/// The processor time that this process has had.
fn own_processor() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let part = |value: i64| u64::try_from(value).unwrap_or(0);
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}

/// How many durable writes a second the disk takes, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Disk {
    pub commits_a_second: f64,
}

impl Disk {
    /// Writes and syncs a page again and again.
    pub fn measure(folder: &Path) -> Result<Self> {
        let path = folder.join("disk");
        let mut file = File::create(&path)?;
        let (began, mut commits) = (Instant::now(), 0_u32);
        while began.elapsed() < DISK_TIME {
            file.write_all(&[0x5a; 4096])?;
            file.sync_data()?;
            commits += 1;
        }
        let commits_a_second = f64::from(commits) / began.elapsed().as_secs_f64();
        std::fs::remove_file(path)?;
        Ok(Disk { commits_a_second })
    }
}
