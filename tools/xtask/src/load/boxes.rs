//! What the load goes to: a box on the file of its folder, or several servers on one PostgreSQL.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use veche_cluster::Cluster;

use super::measure;
use super::town::{self, Prepared};
use crate::ballot_box::{BallotBox, Http, free_port};
use crate::crash::copy_server;
use crate::workspace::Programs;

/// Servers of one vote on this machine.
pub(super) struct Boxes {
    program: PathBuf,
    options: Vec<String>,
    folders: Vec<PathBuf>,
    running: Vec<BallotBox>,
    /// Where they keep the board together.
    cluster: Option<Cluster>,
}

impl Boxes {
    /// One box on a copy of the prepared town's.
    pub fn alone(
        programs: &Programs,
        folder: &Path,
        ballots: u32,
        fresh: bool,
        limits: &Path,
    ) -> Result<(Self, Prepared)> {
        let prepared = town::prepare(programs, &folder.join("town"), ballots, fresh)?;
        let run = folder.join("run");
        town::copy_box(&folder.join("town"), &run)?;
        Ok((Self::start(programs, &prepared, limits, vec![run], None)?, prepared))
    }

    /// Several servers on a PostgreSQL of their own, with a town of their own: it goes with the database.
    pub fn several(
        programs: &Programs,
        folder: &Path,
        ballots: u32,
        servers: u8,
        limits: &Path,
    ) -> Result<(Self, Prepared)> {
        let run = folder.join("run");
        if run.exists() {
            std::fs::remove_dir_all(&run)?;
        }
        let cluster = Cluster::start("")?;
        let prepared = town::make(programs, &run.join("town"), ballots, Some(&cluster.database()?))?;
        let folders: Vec<_> = (1..=servers).map(|number| run.join(format!("server-{number}"))).collect();
        for server in &folders {
            copy_server(&run.join("town/box"), server)?;
        }
        Ok((Self::start(programs, &prepared, limits, folders, Some(cluster))?, prepared))
    }

    fn start(
        programs: &Programs,
        prepared: &Prepared,
        limits: &Path,
        folders: Vec<PathBuf>,
        cluster: Option<Cluster>,
    ) -> Result<Self> {
        let limits = limits.to_str().context("the folder's name is not UTF-8")?;
        let options = ["--pass-key", &prepared.pass_key, "--limits", limits].map(str::to_owned).to_vec();
        let mut boxes =
            Boxes { program: programs.server.clone(), options, folders, running: Vec::new(), cluster };
        boxes.start_again()?;
        Ok(boxes)
    }

    /// Starts all of them.
    pub fn start_again(&mut self) -> Result<()> {
        let options: Vec<&OsStr> = self.options.iter().map(OsStr::new).collect();
        let start = |folder: &PathBuf| BallotBox::start(&self.program, folder, free_port()?, &options);
        self.running = self.folders.iter().map(start).collect::<Result<_>>()?;
        Ok(())
    }

    /// Kills all of them.
    pub fn kill(&mut self) -> Result<()> {
        self.running.iter_mut().try_for_each(BallotBox::stop)
    }

    /// Their addresses.
    pub fn http(&self) -> Vec<Http> {
        self.running.iter().map(|one| one.http().clone()).collect()
    }

    /// Processor time of all of them so far.
    pub fn processor(&self) -> Result<Duration> {
        self.running.iter().map(|one| measure::processor(one.process())).sum()
    }

    /// Processor time of the database so far, where it is a program of its own.
    pub fn database(&self) -> Result<Option<Duration>> {
        self.cluster.as_ref().map(|cluster| measure::family(cluster.process()?)).transpose()
    }

    /// Bytes of memory of the largest: each has the whole board's state.
    pub fn memory(&self) -> Result<u64> {
        let each: Vec<_> =
            self.running.iter().map(|one| measure::memory(one.process())).collect::<Result<_>>()?;
        each.into_iter().max().context("there is no server")
    }
}
