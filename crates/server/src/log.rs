//! The log, which never stands in the way of service.
//!
//! Where standard error is a pipe, its reader can go away or stop reading, and a disk that it goes to can be full. So
//! nobody who serves a request writes to it: lines wait in a queue for a thread of their own, and when that is full
//! they are lost. How many were lost is counted, for whoever watches.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry, reload};

/// Lines that wait for the thread that writes them.
const WAITING: usize = 8_192;

/// Time that the last words of a program may take.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Lines of the log that nobody will read.
#[derive(Debug, Clone)]
pub struct LostLines {
    /// They found no place in the queue.
    dropped: ErrorCounter,
    /// They could not be written.
    unwritten: Arc<AtomicUsize>,
}

impl LostLines {
    /// How many there were since the start.
    pub fn count(&self) -> usize {
        self.dropped.dropped_lines().saturating_add(self.unwritten.load(Ordering::Relaxed))
    }
}

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogForm {
    /// For people: one line each, without colours wherever it goes.
    #[default]
    Text,
    /// For programs: one JSON object each.
    Json,
}

/// Changes how much is logged.
#[derive(Debug, Clone)]
pub struct LogLevel(reload::Handle<EnvFilter, Registry>);

/// What is no level of a log.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no level of a log: say error, warn, info, debug or trace")]
pub struct NoLogLevel(String);

impl LogLevel {
    /// How much is logged if nobody says anything.
    pub const DEFAULT: &str = "info";

    /// Logs so much from now on. Where `RUST_LOG` says how much, that stays.
    ///
    /// # Errors
    /// [`NoLogLevel`]; then nothing has changed.
    pub fn set(&self, level: &str) -> Result<(), NoLogLevel> {
        let filter = LogLevel::parse(level)?;
        if std::env::var_os(EnvFilter::DEFAULT_ENV).is_none() {
            // It fails only where there is no log any more.
            let _ = self.0.reload(filter);
        }
        Ok(())
    }

    /// Says whether this is a level.
    ///
    /// # Errors
    /// [`NoLogLevel`].
    pub fn check(level: &str) -> Result<(), NoLogLevel> {
        LogLevel::parse(level).map(drop)
    }

    fn parse(level: &str) -> Result<EnvFilter, NoLogLevel> {
        let known = level.parse::<tracing::Level>().map_err(|_| NoLogLevel(level.to_owned()))?;
        Ok(EnvFilter::new(known.as_str()))
    }
}

/// The log of this process.
#[derive(Debug)]
pub struct Log {
    /// Lines that were lost.
    pub lost: LostLines,
    /// How much is logged.
    pub level: LogLevel,
    writer: WorkerGuard,
}

impl Log {
    /// Sends what the program has to say from now on to standard error; standard output is for what its operator asked
    /// for. `RUST_LOG` says how much of it. To be called once.
    pub fn to_standard_error(form: LogForm) -> Self {
        let unwritten = Arc::new(AtomicUsize::new(0));
        let standard_error = Counted { to: std::io::stderr(), unwritten: Arc::clone(&unwritten) };
        let queue = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(WAITING);
        let (queue, writer) = queue.finish(standard_error);
        let dropped = queue.error_counter();
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LogLevel::DEFAULT));
        let (filter, level) = reload::Layer::new(filter);
        // Colours would be signs that no program reads, and somebody's terminal is no place to keep a log.
        let lines = layer().with_writer(queue).with_ansi(false).log_internal_errors(false);
        let lines = match form {
            LogForm::Text => lines.boxed(),
            LogForm::Json => lines.json().flatten_event(true).boxed(),
        };
        tracing_subscriber::registry().with(filter).with(lines).init();
        // The default one writes to standard error itself, and waits where nobody reads it.
        std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
        Log { lost: LostLines { dropped, unwritten }, level: LogLevel(level), writer }
    }

    /// Writes what still waits, and a last sentence. Neither is waited for where nobody reads.
    pub fn end(self, sentence: Option<String>) {
        let Log { lost, writer, .. } = self;
        let (done, ended) = std::sync::mpsc::channel();
        let all = lost.count() == 0;
        std::thread::spawn(move || {
            if all {
                drop(writer);
            } else {
                // Its queue is full or its reader is gone, and it would say so on standard output.
                std::mem::forget(writer);
            }
            if let Some(sentence) = sentence {
                let _ = writeln!(std::io::stderr(), "{sentence}");
            }
            let _ = done.send(());
        });
        let _ = ended.recv_timeout(LAST_WORDS);
    }
}

/// Writes lines, and counts those that it could not write: nobody else hears of an error.
struct Counted<W> {
    to: W,
    unwritten: Arc<AtomicUsize>,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        if self.to.write_all(line).is_err() {
            self.unwritten.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        // An error was counted with its line.
        let _ = self.to.flush();
        Ok(())
    }
}
