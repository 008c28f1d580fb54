//! What the ballot box does without being asked: it closes in time and takes the count's next step.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use veche_verify::Course;

use crate::ballot_box::context::BallotBox;
use crate::store::Database;

/// How often the clock is compared with the closing time.
const TICK: Duration = Duration::from_millis(500);
/// How many ticks pass after a step that could not be taken.
const TICKS_AFTER_TROUBLE: u32 = 60;
/// Every so many ticks the time is stored, and witnesses are asked for it while it is in doubt.
const TICKS_OF_TIME: u32 = 20;

/// Takes the steps whose time has come until the server stops.
pub(crate) async fn run_background(
    ballot_box: Arc<BallotBox>,
    db: Database,
    mut stop: watch::Receiver<bool>,
) {
    let (mut rest, mut ticks) = (0u32, 0u32);
    loop {
        let doubted = look_at_clock(&ballot_box);
        if ticks.is_multiple_of(TICKS_OF_TIME) {
            if doubted && ballot_box.board.view().log().needs_witnesses() {
                // What they answer reaches the clock.
                let _ = ballot_box.board.closing_note().await;
            }
            remember_time(&ballot_box, &db).await;
        }
        ticks = ticks.wrapping_add(1);
        ballot_box.board.catch_up().await;
        rest = rest.saturating_sub(1);
        if rest == 0 && !ballot_box.advance().await {
            rest = TICKS_AFTER_TROUBLE;
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    remember_time(&ballot_box, &db).await;
}

/// Whether the time is in doubt.
fn look_at_clock(ballot_box: &BallotBox) -> bool {
    let view = ballot_box.board.view();
    let board = view.newest_time().and_then(|time| i64::try_from(time).ok());
    // A vote that opened too early cannot be closed to those who have voted.
    let opens = (view.course() == Course::Setup).then(|| view.hours().0);
    ballot_box.clock.look(opens.or(view.next_end()), board);
    ballot_box.clock.doubt(view.next_end()).is_some()
}

async fn remember_time(ballot_box: &BallotBox, db: &Database) {
    if let Err(error) = db.set_seen(ballot_box.clock.seen()).await {
        tracing::error!(%error, "the time could not be stored");
    }
}
