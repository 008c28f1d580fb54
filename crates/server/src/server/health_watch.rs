//! What a running server looks at all the time, so that `/v1/health` says what a voter would feel.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::ballot_box::context::BallotBox;
use crate::checks::{CheckName, HealthChecks};
use crate::clock::GuardedClock;
use crate::config::Config;
use crate::context::Halves;
use crate::log::LostLines;
use crate::metrics::machine;
use crate::registrar::remote_box::RemoteBox;
use crate::store::Database;
use crate::tasks::Task;

/// Time between two looks at what costs nothing.
const PAUSE: Duration = Duration::from_secs(1);
/// Time between two test writes while all is well.
const WRITE_PAUSE: Duration = Duration::from_secs(5);
/// Time within which a look must come to an end: more than SQLite waits for another process that writes.
const PATIENCE: Duration = Duration::from_secs(20);
/// Time for which the writer may be silent, or the newest entries unwitnessed, before somebody should know.
const LATE: Duration = Duration::from_secs(15);
/// Time for which it is told that lines of the log were lost.
const LOG_LATE: Duration = Duration::from_secs(60);
/// Time for which the published copy may be behind.
const COPY_LATE: Duration = Duration::from_secs(180);

const UNWRITABLE: &str = "The database could not be written, so nothing is recorded, and voters are told so. Nothing that was \
    acknowledged is lost. Free space on its disk, or mend what the log names: the server goes on by itself.";
const NO_FOLDER: &str = "How much space is free where the database is cannot be found out: look whether its folder is still there.";
const WRITER_LATE: &str = "The board's writer has not begun a turn for 15 seconds, so ballots wait. Look at the log; if it does \
    not recover, start the server again: nothing that was acknowledged is lost.";
const UNWITNESSED: &str = "For 15 seconds or more, too few witnesses have cosigned the newest entries: they are recorded, and \
    their voters have no receipt yet. The log names the witnesses that do not answer: tell those who run them.";
const NOT_PUBLISHED: &str = "The published copy of the record is not brought up to date: the log says why. Voters are not \
    concerned.";
const LOST: &str = "Lines of the log are lost: nobody reads what the server writes to standard error, or the disk that it goes \
    to is full. Voting goes on. Mend it, or nobody will read of the next trouble.";
const BOX_SILENT: &str =
    "The ballot box does not answer as it must, so nobody can register a key: the log says what came.";

/// What `/v1/health` tells is looked at by these.
pub(super) fn tasks(config: &Config, db: &Database, halves: &Halves) -> [Task; 2] {
    let (db, checks) = (db.clone(), Arc::clone(&halves.checks));
    let folder = (config.data.clone(), config.disk_floor);
    checks.expect(CheckName::Write, PATIENCE);
    checks.expect(CheckName::Disk, PATIENCE);
    let (halves, log) = (halves.clone(), config.lost_lines.clone());
    [
        Task::spawn("the watch on the disk", |stop| watch_disk(db, folder, checks, stop)),
        Task::spawn("the watch on the server's parts", |stop| watch_parts(halves, log, stop)),
    ]
}

/// Writes to the database and looks at its disk until the server stops.
async fn watch_disk(
    db: Database,
    (data, floor): (PathBuf, u64),
    checks: Arc<HealthChecks>,
    mut stop: watch::Receiver<bool>,
) {
    let mut said = None;
    loop {
        let written = db.test_write().await.map_err(|error| error.to_string());
        match &written {
            Ok(()) => checks.pass(CheckName::Write),
            Err(error) => {
                // Once: it may last for hours.
                if said.as_ref() != Some(error) {
                    tracing::error!(%error, "the database cannot be written");
                }
                checks.fail(CheckName::Write, UNWRITABLE);
            }
        }
        said = written.as_ref().err().cloned();
        let folder = data.clone();
        match tokio::task::spawn_blocking(move || machine::free_disk(&folder)).await.ok().flatten() {
            Some(free) if free >= floor => checks.pass(CheckName::Disk),
            Some(_) => checks.fail(CheckName::Disk, little_space(floor)),
            None => checks.fail(CheckName::Disk, NO_FOLDER),
        }
        let pause = if written.is_ok() { WRITE_PAUSE } else { PAUSE };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = write_failed(&db) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Waits until a write fails, and a little longer: whatever fails, the disk is not asked more often.
async fn write_failed(db: &Database) {
    db.write_failed().await;
    tokio::time::sleep(PAUSE).await;
}

fn little_space(floor: u64) -> String {
    let floor = floor >> 20;
    format!(
        "Less than {floor} MiB are free where the database is. Make room before it is full: then nothing more could be \
         recorded."
    )
}

/// Looks at what the parts of the server say of themselves until it stops.
async fn watch_parts(halves: Halves, log: Option<LostLines>, mut stop: watch::Receiver<bool>) {
    let Halves { ballot_box, registrar, checks, .. } = halves;
    let apart = registrar.and_then(|registrar| registrar.remote.clone().map(|remote| (registrar, remote)));
    let mut log = log.map(|lost| LogTimes { lost, seen: 0, at: None });
    let mut since = BoxTimes { witnessed: Instant::now(), published: Instant::now() };
    loop {
        if let Some(ballot_box) = &ballot_box {
            since.look(ballot_box, &checks);
            say_of_clock(&ballot_box.clock, ballot_box.board.view().next_end(), &checks);
        }
        if let Some(log) = &mut log {
            log.look(&checks);
        }
        if let Some((registrar, remote)) = &apart {
            look_at_remote(remote, &checks);
            registrar.clock.look(None, None);
            say_of_clock(&registrar.clock, None, &checks);
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

fn say_of_clock(clock: &GuardedClock, closing: Option<i64>, checks: &HealthChecks) {
    match clock.doubt(closing) {
        None => checks.pass(CheckName::Clock),
        Some(sentence) => checks.fail(CheckName::Clock, sentence),
    }
}

fn look_at_remote(remote: &RemoteBox, checks: &HealthChecks) {
    if remote.answers() {
        checks.pass(CheckName::Box);
    } else {
        checks.fail(CheckName::Box, BOX_SILENT);
    }
}

/// When lines of the log were lost last.
struct LogTimes {
    lost: LostLines,
    seen: usize,
    at: Option<Instant>,
}

impl LogTimes {
    fn look(&mut self, checks: &HealthChecks) {
        let lost = self.lost.count();
        if lost > self.seen {
            (self.seen, self.at) = (lost, Some(Instant::now()));
        }
        match self.at {
            Some(at) if at.elapsed() < LOG_LATE => checks.fail(CheckName::Log, LOST),
            _ => checks.pass(CheckName::Log),
        }
    }
}

/// When all was well last.
struct BoxTimes {
    /// Enough witnesses had cosigned everything.
    witnessed: Instant,
    /// Everything was published.
    published: Instant,
}

impl BoxTimes {
    fn look(&mut self, ballot_box: &BallotBox, checks: &HealthChecks) {
        let say = |name, well, sentence: &'static str| {
            if well { checks.pass(name) } else { checks.fail(name, sentence) }
        };
        say(CheckName::Writer, ballot_box.board.writer_silence() < LATE, WRITER_LATE);
        let view = ballot_box.board.view();
        let log = view.log();
        if log.needs_witnesses() {
            if !log.is_unwitnessed() {
                self.witnessed = Instant::now();
            }
            say(CheckName::Witnesses, self.witnessed.elapsed() < LATE, UNWITNESSED);
        }
        if let Some(published) = &ballot_box.published {
            let published = *published.borrow();
            if published.size >= Some(log.size()) {
                self.published = Instant::now();
            }
            let well = !published.failing && self.published.elapsed() < COPY_LATE;
            say(CheckName::Copy, well, NOT_PUBLISHED);
        }
    }
}
