//! What a ballot box is started with.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use veche_pass::PassKey;

use crate::ballot_box::publish::publisher::KEEP_PARTIAL;
use crate::clock::Clock;
use crate::http::limits::Limits;
use crate::log::LostLines;
use crate::registrar::sms::SmsGateway;

/// Which half of the server a process is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Both: voters sign in where they vote.
    All,
    /// The ballot box alone. It knows no people: whoever holds the registrar's key posts what it signs.
    Box,
    /// The registrar alone. It knows no ballots.
    Registrar {
        /// Where the ballot box answers.
        ballot_box: String,
        /// The fingerprint of the election: nothing is signed for another one.
        election: String,
    },
}

/// What a ballot box is started with. [`Config::new`] gives what `serve` does without options.
#[derive(Clone)]
pub struct Config {
    /// The folder that `init` made.
    pub data: PathBuf,
    /// Which half it is; without it, what the folder has the keys for: both, or the ballot box.
    pub role: Option<Role>,
    /// Where to listen. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// The built site, to be served beside the interface.
    pub site: Option<PathBuf>,
    /// A roll to take in place of the one before.
    pub roll: Option<PathBuf>,
    /// Where a copy of the record is kept up to date: a folder, or `s3://bucket/prefix`.
    pub publish: Option<String>,
    /// Other copies of the record, at addresses or in folders, that are asked at the start what they have seen.
    pub mirrors: Vec<String>,
    /// For how long partial tiles stay in that copy after a checkpoint that does not need them: longer than
    /// anybody takes to fetch what a checkpoint covers.
    pub keep_partial: Duration,
    /// The sites, such as `https://vote.example`, whose pages may call the interface.
    pub allow_origins: Vec<String>,
    /// How codes reach phones. A registrar that takes no passes does not start without: a code is not to end in a log
    /// by default.
    pub sms: Option<Arc<dyn SmsGateway>>,
    /// The keys of a portal whose passes sign people in. All of them speak of the same people.
    pub pass_keys: Vec<PassKey>,
    /// The host of the page where voters sign in, such as `vote.example`: the last line of a message with a code names
    /// it, so that phones that know such lines offer the code on that page and on no other.
    pub page_host: Option<String>,
    /// Whether a proxy of our own stands in front and appends to `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// How many proxies of our own stand in front of each other, where one does.
    pub proxy_hops: u8,
    /// How much anyone may ask for.
    pub limits: Limits,
    /// A file that says so in the place of `limits`, and is read again when it changes.
    pub limits_file: Option<PathBuf>,
    /// Whether the vote opens by itself at the manifest's hour, once it is rehearsed and the organiser's words were
    /// typed back. Else somebody opens it.
    pub open_by_the_hour: bool,
    /// Time between two checkpoints at least. What arrives in between is recorded together, so that a
    /// slow disk delays voters and does not limit how many there can be.
    pub batch: Duration,
    /// The witnesses that the manifest names, each with the address that is asked for cosignatures.
    pub witnesses: Vec<(String, String)>,
    /// Time in which witnesses must answer; whoever waits for a receipt waits as long at most.
    pub witness_patience: Duration,
    /// Bytes that are to be free where the database is: `/v1/health` warns below.
    pub disk_floor: u64,
    /// Where what is counted can be read, for Prometheus; without it nowhere.
    pub metrics: Option<SocketAddr>,
    /// Lines of the log that were lost, for whoever watches the server.
    pub lost_lines: Option<LostLines>,
    /// The time.
    pub clock: Clock,
    /// Whether somebody has looked that the clock is right, so that it is not compared with when this box ran last.
    pub clock_checked: bool,
}

/// Some ten thousand ballots of a hundred options, the entry and what the database needs beside it.
const DISK_FLOOR: u64 = 256 << 20;

impl Config {
    /// A ballot box on a folder that `init` made, on the port 8080 of this machine only.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Config {
            data: data.into(),
            role: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            site: None,
            roll: None,
            publish: None,
            mirrors: Vec::new(),
            keep_partial: KEEP_PARTIAL,
            allow_origins: Vec::new(),
            sms: None,
            pass_keys: Vec::new(),
            page_host: None,
            behind_proxy: false,
            proxy_hops: 1,
            limits: Limits::default(),
            limits_file: None,
            open_by_the_hour: false,
            batch: Duration::from_millis(100),
            witnesses: Vec::new(),
            witness_patience: Duration::from_secs(2),
            disk_floor: DISK_FLOOR,
            metrics: None,
            lost_lines: None,
            clock: Clock::system(),
            clock_checked: false,
        }
    }
}
