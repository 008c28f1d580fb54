//! What the registrar's half does without being asked: it forgets, and says whether codes are being guessed at.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::checks::{CheckName, HealthChecks};
use crate::clock::seconds;
use crate::registrar::context::Registrar;

/// Time between two looks at the guesses.
const PAUSE: Duration = Duration::from_secs(2);

/// Looks between two clean-ups: ten minutes.
const CLEAN_UP: u32 = 300;

/// What is wrong while codes are being guessed at, for whoever watches the server.
const GUESSED_AT: &str = "Very many wrong codes are given: somebody guesses at many numbers. New codes have eight digits \
    instead of six meanwhile, and wrong ones are answered late. Look at your proxy's log for where they come from, and \
    keep those out there.";

/// Forgets old sign-ins and watches guesses, until the server stops.
pub(crate) async fn run_background(
    registrar: Arc<Registrar>,
    checks: Arc<HealthChecks>,
    mut stop: watch::Receiver<bool>,
) {
    for turn in (0..CLEAN_UP).cycle() {
        let (now, limits) = (registrar.clock.unix(), registrar.limits.get());
        if registrar.guesses.is_alarmed(&limits, now) {
            checks.fail(CheckName::Guesses, GUESSED_AT);
        } else {
            checks.pass(CheckName::Guesses);
        }
        if turn == 0 {
            let requests = now.saturating_sub(seconds(limits.code_lifetime));
            if let Err(error) = registrar.store.forget_old(now, requests).await {
                tracing::error!(%error, "old sign-ins could not be deleted");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
