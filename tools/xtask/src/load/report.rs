//! What is printed.

use std::fmt;
use std::time::Duration;

use super::clients::Cast;
use super::measure::{Disk, FALSE_AMONG, Falsehood, Verification};

/// What came of one part of the load.
pub(super) struct Phase {
    pub name: &'static str,
    pub cast: Cast,
    pub wall: Duration,
    /// Processor time of all servers, where they run on this machine.
    pub processor: Option<Duration>,
}

impl Phase {
    fn acknowledged(&self) -> usize {
        self.cast.acknowledged.len()
    }

    /// Ballots acknowledged in a second.
    pub fn rate(&self) -> f64 {
        self.acknowledged() as f64 / self.wall.as_secs_f64().max(0.001)
    }

    fn waited(&self, hundredths: usize) -> Duration {
        let mut sorted = self.cast.waited.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * hundredths / 100).min(sorted.len().saturating_sub(1));
        sorted.get(place).copied().unwrap_or_default()
    }
}

fn each(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e6 / (count.max(1) as f64)
}

impl fmt::Display for Phase {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused: usize = self.cast.refused.values().sum();
        write!(
            text,
            "{:<6} {:>7} acknowledged, {refused} refused, {:>5.0} a second, p50 {} ms, p99 {} ms",
            self.name,
            self.acknowledged(),
            self.rate(),
            self.waited(50).as_millis(),
            self.waited(99).as_millis(),
        )?;
        if let Some(processor) = self.processor {
            write!(
                text,
                ", {:.0} µs of the server's processor a ballot",
                each(processor, self.acknowledged())
            )?;
        }
        self.cast.refused.iter().try_for_each(|(problem, times)| write!(text, "\n       {times} × {problem}"))
    }
}

/// All of it.
pub(super) struct Report {
    pub phases: Vec<Phase>,
    pub verification: Verification,
    pub falsehood: Option<Falsehood>,
    /// The database's processor time, where it is a program of its own.
    pub database: Option<Duration>,
    pub disk: Option<Disk>,
    /// Bytes of the largest server before and after the load.
    pub memory: Option<(u64, u64)>,
    /// From the start of the killed servers to their first answers, one after the other.
    pub restart: Option<Duration>,
}

impl fmt::Display for Report {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ballots: usize = self.phases.iter().map(Phase::acknowledged).sum();
        let verified = each(self.verification.each(), 1);
        writeln!(text, "\nbatch verification         {verified:.0} µs of processor a ballot")?;
        if let Some(Falsehood { one, all }) = self.falsehood {
            writeln!(
                text,
                "one false among {FALSE_AMONG}        {one:.1} times what the batch takes without it"
            )?;
            writeln!(text, "all of {FALSE_AMONG} false           {all:.1} times")?;
        }
        let processor: Option<Duration> = self.phases.iter().map(|phase| phase.processor).sum();
        if let Some(processor) = processor {
            let cost = each(processor, ballots);
            writeln!(text, "the server                 {cost:.0} µs of processor an acknowledged ballot")?;
            writeln!(text, "the ratio                  {:.2}", cost / verified)?;
            writeln!(text, "beyond verification        {:.0} µs (at most 110)", cost - verified)?;
        }
        if let Some(database) = self.database {
            writeln!(
                text,
                "the database               {:.0} µs of processor beside that",
                each(database, ballots)
            )?;
        }
        if let Some(Disk { commits_a_second }) = self.disk {
            writeln!(text, "the disk                   {commits_a_second:.0} durable commits a second")?;
        }
        if let Some((before, after)) = self.memory {
            let grown = after.saturating_sub(before) / ballots.max(1) as u64;
            writeln!(
                text,
                "memory                     {} MB, then {} MB: {grown} bytes a ballot",
                before >> 20,
                after >> 20
            )?;
        }
        if let Some(restart) = self.restart {
            writeln!(text, "restart after kill -9      {} ms to the first answer", restart.as_millis())?;
        }
        write!(text, "acknowledged and missing   0 of {ballots}")
    }
}
