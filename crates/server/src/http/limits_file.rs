//! Limits are changed while the server runs: what is written into their file holds soon after.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::checks::{CheckName, HealthChecks};
use crate::http::limits::{Limits, LimitsError};

const REFUSED: &str = "The file of limits was changed and is refused whole: the limits before it hold. The log says what is \
    wrong, and in which line.";

/// Time between two looks at the file.
const PAUSE: Duration = Duration::from_secs(1);

/// Reads the file again and again, and at once on the signal SIGHUP, until the server stops. A file that is refused
/// changes nothing.
pub(crate) async fn follow(
    path: PathBuf,
    limits: watch::Sender<Limits>,
    checks: Arc<HealthChecks>,
    mut stop: watch::Receiver<bool>,
) {
    let mut asked = Hangup::new();
    // It was read whole when the server started; a mistake is said once and not with every look.
    let mut seen = None;
    loop {
        let now = tokio::fs::read_to_string(&path).await.map_err(|error| error.kind());
        if seen.as_ref() != Some(&now) {
            let read = match &now {
                Ok(text) => Limits::parse(&path, text),
                Err(kind) => Err(LimitsError::Read { path: path.clone(), source: (*kind).into() }),
            };
            match read {
                Ok(new) => {
                    checks.pass(CheckName::Limits);
                    if limits.send_if_modified(|old| std::mem::replace(old, new) != new) {
                        tracing::info!("the limits have changed: {new:?}");
                    }
                }
                Err(error) => {
                    tracing::error!("{error}");
                    checks.fail(CheckName::Limits, REFUSED);
                }
            }
            seen = Some(now);
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = asked.next() => seen = None,
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// The signal that asks a service to read its files again.
struct Hangup {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangup {
    fn new() -> Self {
        Hangup {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}
