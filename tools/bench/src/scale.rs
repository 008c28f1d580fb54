//! What the cores of this machine are good for: one `veche verify` that uses all of them, against as many
//! independent copies of the program, each on one.
//!
//! Copies share nothing but the machine (its memory bandwidth, its clock under load), so n times the work
//! of one copy in the time that n copies take is all that n cores can give. The ratio printed is how much
//! of that the one parallel run reaches. Runs are interleaved, because other programs share the machine.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// The times of one round, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// One copy on one core, alone.
    pub one: f64,
    /// As many copies as cores, at once, until the last is done.
    pub copies: f64,
    /// One program on all cores.
    pub together: f64,
}

/// Several rounds on a number of cores.
#[derive(Debug, Clone)]
pub struct Scale {
    /// How many cores.
    pub cores: usize,
    /// The rounds.
    pub rounds: Vec<Round>,
}

impl Scale {
    /// Verifies the record in a folder, several rounds long, with the program `veche`.
    ///
    /// # Errors
    /// When the program cannot be started or does not accept the record.
    pub fn measure(veche: &Path, record: &Path, cores: usize, rounds: usize) -> io::Result<Self> {
        // Once, so that the files are in memory for everyone.
        seconds(veche, record, 1, cores)?;
        let round = |_| {
            let together = seconds(veche, record, 1, cores)?;
            let copies = seconds(veche, record, cores, 1)?;
            let one = seconds(veche, record, 1, 1)?;
            Ok(Round { one, copies, together })
        };
        let rounds = (0..rounds).map(round).collect::<io::Result<_>>()?;
        Ok(Scale { cores, rounds })
    }

    /// The best time of each kind: other programs only ever add to a time.
    pub fn best(&self) -> Round {
        let least = |time: fn(&Round) -> f64| self.rounds.iter().map(time).fold(f64::INFINITY, f64::min);
        Round {
            one: least(|round| round.one),
            copies: least(|round| round.copies),
            together: least(|round| round.together),
        }
    }

    /// How much of what copies give the parallel run reaches: 1 is all of it.
    pub fn ratio(&self, round: &Round) -> f64 {
        // A machine has few cores.
        round.copies / (self.cores as f64 * round.together)
    }

    /// The rounds and the best of them, as text.
    pub fn table(&self) -> String {
        let cores = self.cores;
        let mut text = format!("{cores} cores; seconds\n  one core   {cores} copies   all cores   ratio\n");
        for round in self.rounds.iter().chain([&self.best()]) {
            let ratio = self.ratio(round);
            let Round { one, copies, together } = round;
            text.push_str(&format!("{one:>10.2}   {copies:>8.2}   {together:>9.2}   {ratio:>5.2}\n"));
        }
        text.push_str("The last line has the best time of each kind.\n");
        text
    }
}

fn start(veche: &Path, record: &Path, threads: usize) -> io::Result<Child> {
    let mut command = Command::new(veche);
    command.arg("verify").arg(record).args(["--no-resume", "--json"]);
    command.env("RAYON_NUM_THREADS", threads.to_string()).stdin(Stdio::null()).stdout(Stdio::null()).spawn()
}

/// How long `copies` programs take at once, each with so many threads.
fn seconds(veche: &Path, record: &Path, copies: usize, threads: usize) -> io::Result<f64> {
    let began = Instant::now();
    let children = (0..copies).map(|_| start(veche, record, threads)).collect::<io::Result<Vec<Child>>>()?;
    for mut child in children {
        let status = child.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!(
                "{} verify {}: {status}",
                veche.display(),
                record.display()
            )));
        }
    }
    Ok(began.elapsed().as_secs_f64())
}
