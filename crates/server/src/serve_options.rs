//! The options of `veche-server serve`.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use veche_server::{Config, LogForm, LogLevel, PassKey, Role, SmsGateway};

use crate::arguments::{Gateway, gateway, log_level, page_host, witness};

/// Which half of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Half {
    /// Both: voters sign in where they vote
    All,
    /// The ballot box alone: it knows no people
    Box,
    /// The registrar alone: it knows no ballots
    Registrar,
}

/// How a server runs.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Serve {
    /// The folder that `init` made
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The configuration file; without it DIR/veche.toml, if there is one. `veche-server configuration` prints one
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Which half to be; without it, both, or the ballot box alone where the registrar's key is held elsewhere
    #[arg(long, value_enum)]
    role: Option<Half>,
    /// Registrar: where the ballot box answers, such as https://box.example
    #[arg(long = "box", value_name = "URL", required_if_eq("role", "registrar"))]
    ballot_box: Option<String>,
    /// Registrar: the fingerprint of the election. Nothing is signed for another one
    #[arg(long, value_name = "FINGERPRINT", required_if_eq("role", "registrar"))]
    election: Option<String>,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Serve the built site too
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// Who may vote: a table with a column of phones and one of districts. It replaces the roll before it, once: a file
    /// that was read before changes nothing
    #[arg(long, value_name = "FILE")]
    roll: Option<PathBuf>,
    /// Keep a copy of the record up to date in a folder, file:///FOLDER, or s3://BUCKET/PREFIX with the usual AWS_*
    /// variables
    #[arg(long, value_name = "PLACE")]
    publish: Option<String>,
    /// Another copy of the record, at an address or in a folder. Asked at the start whether it has seen more of this
    /// board than the database has: then nothing is served
    #[arg(long, value_name = "URL|DIR")]
    mirror: Vec<String>,
    /// A site on another origin, such as https://vote.example, whose pages may call this ballot box
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// How codes are sent: `command:PATH` for a program that reads one JSON line {"to","text"}, or `terminal` for a
    /// demonstration, which prints them. Without it and --pass-key they are printed where standard output is a terminal
    #[arg(long, value_name = "GATEWAY", value_parser = gateway)]
    sms: Option<Gateway>,
    /// The public key of a portal whose passes sign voters in: 64 hexadecimal digits. Several are keys of one portal
    #[arg(long, value_name = "HEX", value_parser = PassKey::from_hex)]
    pass_key: Vec<PassKey>,
    /// The host of the voters' page, such as vote.example: the last line of a message with a code names it, so that
    /// phones that know such lines offer the code on that page and on no other
    #[arg(long, value_name = "HOST", value_parser = page_host)]
    page_host: Option<String>,
    /// A proxy of yours stands in front and appends the sender's address to X-Forwarded-For
    #[arg(long)]
    behind_proxy: bool,
    /// How many proxies of yours stand in front of each other, such as 2 with a CDN before a web server
    #[arg(long, value_name = "N", default_value_t = 1, requires = "behind_proxy",
        value_parser = clap::value_parser!(u8).range(1..=10))]
    proxy_hops: u8,
    /// How much anyone may ask for, as `veche-server limits` prints it. The file is read again when it changes
    #[arg(long, value_name = "FILE")]
    pub(crate) limits: Option<PathBuf>,
    /// Open the vote at the manifest's hour, once trustees have rehearsed and the organiser's words were typed back;
    /// without it, somebody opens it
    #[arg(long)]
    open_by_the_hour: bool,
    /// A witness that the manifest names, and the address where it is asked for cosignatures
    #[arg(long, value_name = "NAME=URL", value_parser = witness)]
    witness: Vec<(String, String)>,
    /// You have looked at this machine's date and time, and they are right: they are not compared with when this box
    /// ran last. For one start
    #[arg(long)]
    clock_checked: bool,
    /// Milliseconds between two checkpoints at least; what arrives in between is recorded together
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(..=5_000))]
    batch_ms: u16,
    /// Let Prometheus read what is counted at http://ADDRESS/metrics; without ADDRESS on this machine only
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "127.0.0.1:9184")]
    metrics: Option<SocketAddr>,
    /// How lines of the log are written
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Form::Text)]
    log: Form,
    /// How much is logged: error, warn, info, debug or trace. RUST_LOG goes before
    #[arg(long, value_name = "LEVEL", default_value = LogLevel::DEFAULT, value_parser = log_level)]
    log_level: String,
}

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people, without colours
    Text,
    /// One JSON object a line, for programs
    Json,
}

impl Serve {
    /// How the log is written.
    pub(crate) fn log_form(&self) -> LogForm {
        match self.log {
            Form::Text => LogForm::Text,
            Form::Json => LogForm::Json,
        }
    }

    /// How much is logged.
    pub(crate) fn log_level(&self) -> &str {
        &self.log_level
    }

    /// The gateway that is said, if one is.
    pub(crate) fn gateway(&self) -> Option<Arc<dyn SmsGateway>> {
        let printed =
            (self.pass_key.is_empty() && std::io::stdout().is_terminal()).then_some(Gateway::Terminal);
        self.sms.clone().or(printed).map(Arc::from)
    }

    /// What the server is started with, but for what only a running program knows.
    pub(crate) fn config(self) -> Result<Config, String> {
        let mut config = Config::new(self.data);
        config.role = match (self.role, self.ballot_box, self.election) {
            (Some(Half::Registrar), Some(ballot_box), Some(election)) => {
                Some(Role::Registrar { ballot_box, election })
            }
            (_, Some(_), _) | (_, _, Some(_)) | (Some(Half::Registrar), ..) => {
                return Err("--box and --election belong to --role registrar, which needs both".to_owned());
            }
            (Some(Half::All), ..) => Some(Role::All),
            (Some(Half::Box), ..) => Some(Role::Box),
            (None, ..) => None,
        };
        config.listen = self.listen;
        config.site = self.site;
        config.roll = self.roll;
        config.publish = self.publish;
        config.mirrors = self.mirror;
        config.allow_origins = self.allow_origin;
        config.page_host = self.page_host;
        config.behind_proxy = self.behind_proxy;
        config.proxy_hops = self.proxy_hops;
        config.witnesses = self.witness;
        config.clock_checked = self.clock_checked;
        config.open_by_the_hour = self.open_by_the_hour;
        config.batch = Duration::from_millis(self.batch_ms.into());
        config.limits_file = self.limits;
        config.metrics = self.metrics;
        config.pass_keys = self.pass_key;
        Ok(config)
    }
}
