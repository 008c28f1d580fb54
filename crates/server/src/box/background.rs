//! What the ballot box does without being asked: it closes in time and takes the count's next step.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::ballot_box::context::BallotBox;

/// How often the clock is compared with the closing time.
const TICK: Duration = Duration::from_millis(500);
/// How many ticks pass after a step that could not be taken.
const TICKS_AFTER_TROUBLE: u32 = 60;

/// Takes the steps whose time has come until the server stops.
pub(crate) async fn run_background(ballot_box: Arc<BallotBox>, mut stop: watch::Receiver<bool>) {
    let mut rest = 0u32;
    loop {
        ballot_box.board.catch_up().await;
        rest = rest.saturating_sub(1);
        if rest == 0 && !ballot_box.board.advance().await {
            rest = TICKS_AFTER_TROUBLE;
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
