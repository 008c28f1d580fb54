//! What the parts of a server are like at the moment somebody asks.

use std::fmt;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeGaugeValue, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::ballot_box::context::BallotBox;
use crate::context::Halves;
use crate::log::LostLines;
use crate::metrics::machine;

/// The parts of a server that are asked.
pub(crate) struct State {
    halves: Halves,
    data: PathBuf,
    lost: Option<LostLines>,
    began: SystemTime,
    newest: Mutex<Newest>,
}

/// The newest checkpoint that was seen, and when.
#[derive(Debug)]
struct Newest {
    size: u64,
    changed: Instant,
    witnessed: Instant,
}

impl State {
    pub(crate) fn new(halves: Halves, data: PathBuf, lost: Option<LostLines>) -> Self {
        let now = Instant::now();
        let newest = Newest { size: 0, changed: now, witnessed: now };
        State { halves, data, lost, began: SystemTime::now(), newest: Mutex::new(newest) }
    }

    /// Looks whether there is a newer checkpoint. To be called every second: a checkpoint has no time of its own.
    pub(crate) fn look(&self) {
        let Some(ballot_box) = &self.halves.ballot_box else { return };
        let (view, now) = (ballot_box.board.view(), Instant::now());
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if view.log().size() != newest.size {
            (newest.size, newest.changed) = (view.log().size(), now);
        }
        if !view.log().is_unwitnessed() {
            newest.witnessed = now;
        }
    }

    fn of_board(&self, ballot_box: &BallotBox, told: &mut Told<'_>) -> fmt::Result {
        self.look();
        let (view, waiting) = (ballot_box.board.view(), ballot_box.board.waiting());
        let log = view.log();
        told.gauge("board_entries", "Entries under the checkpoint that everybody sees", log.size())?;
        told.gauge("board_committed_entries", "Entries on the disk, witnessed or not", log.committed())?;
        told.gauge("ballots_waiting", "Ballots that wait to be verified", waiting.ballots)?;
        told.gauge("writer_waiting", "Appends that wait for the board's writer", waiting.appends)?;
        let silence = ballot_box.board.writer_silence().as_secs_f64();
        told.gauge(
            "writer_silence_seconds",
            "Time for which the writer has begun nothing; it begins something every second",
            silence,
        )?;
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let (changed, witnessed) =
            (newest.changed.elapsed().as_secs_f64(), newest.witnessed.elapsed().as_secs_f64());
        drop(newest);
        told.gauge(
            "checkpoint_age_seconds",
            "Time since the newest checkpoint was first seen, or since the start",
            changed,
        )?;
        if log.needs_witnesses() {
            told.gauge(
                "witnessed_age_seconds",
                "Time since enough witnesses had cosigned everything",
                witnessed,
            )?;
        }
        if let Some(published) = &ballot_box.published {
            let size = published.borrow().size.unwrap_or(0);
            told.gauge("published_entries", "Entries of the published copy of the record", size)?;
        }
        Ok(())
    }

    fn of_process(&self, told: &mut Told<'_>) -> fmt::Result {
        let began = self.began.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        told.gauge("start_time_seconds", "When this server started, as Unix time", began)?;
        let uptime = self.began.elapsed().unwrap_or_default().as_secs_f64();
        told.gauge("uptime_seconds", "Time since this server started", uptime)?;
        if let Some(bytes) = machine::resident_memory() {
            told.gauge("resident_memory_bytes", "Memory of this process", bytes)?;
        }
        if let Some(files) = machine::open_files() {
            told.gauge("open_files", "Files and connections that this process has open", files)?;
        }
        if let Some(bytes) = machine::free_disk(&self.data) {
            told.gauge("disk_free_bytes", "Space that is free where the folder of the data is", bytes)?;
        }
        if let Some(lost) = &self.lost {
            told.count("log_lines_lost", "Lines of the log that nobody will read", lost.count() as u64)?;
        }
        let failing = self.halves.checks.all().iter().filter(|check| !check.is_ok()).count();
        told.gauge("checks_failing", "Checks of /v1/health that are not ok", failing)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

impl Collector for State {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut told = Told(encoder);
        if let Some(ballot_box) = &self.halves.ballot_box {
            self.of_board(ballot_box, &mut told)?;
        }
        let outbox = self.halves.registrar.as_ref().and_then(|registrar| registrar.outbox.as_ref());
        if let Some(outbox) = outbox {
            let counted = outbox.counted();
            told.gauge("sms_waiting", "Messages that wait to be sent", counted.waiting)?;
            told.count("sms_sent", "Messages that the gateway took", counted.sent)?;
            told.count("sms_failed", "Tries at which the gateway failed", counted.failed)?;
            told.count("sms_no_number", "Messages to numbers that can get none", counted.no_number)?;
            told.count("sms_given_up", "Messages for which there was no room", counted.given_up)?;
        }
        self.of_process(&mut told)
    }
}

/// Writes single values.
struct Told<'a>(DescriptorEncoder<'a>);

impl Told<'_> {
    fn gauge<N>(&mut self, name: &str, help: &str, value: N) -> fmt::Result
    where
        ConstGauge<N>: EncodeMetric,
        N: EncodeGaugeValue,
    {
        let gauge = ConstGauge::new(value);
        gauge.encode(self.0.encode_descriptor(name, help, None, gauge.metric_type())?)
    }

    fn count(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let counter = ConstCounter::new(value);
        counter.encode(self.0.encode_descriptor(name, help, None, counter.metric_type())?)
    }
}
