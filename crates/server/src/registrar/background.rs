//! What the registrar's half does without being asked: it forgets.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::registrar::context::Registrar;

/// Time between two clean-ups.
const PAUSE: Duration = Duration::from_secs(600);

/// Forgets old sign-ins until the server stops.
pub(crate) async fn run_background(registrar: Arc<Registrar>, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = registrar.store.forget_old(registrar.clock.unix()).await {
            tracing::error!(%error, "old sign-ins could not be deleted");
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
