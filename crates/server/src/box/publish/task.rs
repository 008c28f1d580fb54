//! Keeping a published copy up to date while the box runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use veche_keeper::LogView;

use crate::ballot_box::context::{BallotBox, Published};
use crate::ballot_box::publish::destination::Destination;
use crate::ballot_box::publish::publisher::{Publisher, Source};

/// Time between two passes: readers see a ballot a second later, and a store is not asked more often.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest time after passes that failed.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Time for a last pass when the box stops.
const LAST_PASS: Duration = Duration::from_secs(10);

/// Publishes each new checkpoint until the box stops. Whatever goes wrong here delays no voter.
pub(crate) async fn keep_published(
    ballot_box: Arc<BallotBox>,
    destination: Destination,
    keep: Duration,
    told: watch::Sender<Published>,
    mut stop: watch::Receiver<bool>,
) {
    let source = Source {
        manifest: &ballot_box.manifest_bytes,
        store: ballot_box.board.store(),
        key: ballot_box.keys.log_public(),
        origin: ballot_box.board.view().log().origin().clone(),
    };
    let mut publisher = Publisher::new(source, &destination, keep);
    let mut pause = PAUSE;
    loop {
        match publisher.pass(ballot_box.board.view().log()).await {
            Ok(size) => {
                if told.borrow().failing {
                    tracing::info!(place = destination.name(), size, "the record is published again");
                }
                told.send_replace(Published { size: Some(size), failing: false });
                pause = PAUSE;
            }
            Err(error) => {
                // One that stands alone can be another box on the same folder that was faster.
                if told.borrow().failing {
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    tracing::error!(%error, "the record is not published; trying again in {pause:?}");
                } else {
                    tracing::warn!(%error, "the record is not published yet; trying again in {pause:?}");
                }
                told.send_modify(|published| published.failing = true);
            }
        }
        let stopped = async { stop.wait_for(|stop| *stop).await.is_ok() };
        match tokio::time::timeout(pause, stopped).await {
            Err(_) => {}
            Ok(true) => return last_pass(&mut publisher, ballot_box.board.view().log()).await,
            Ok(false) => return,
        }
    }
}

async fn last_pass(publisher: &mut Publisher<'_>, log: &LogView) {
    match tokio::time::timeout(LAST_PASS, publisher.pass(log)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::error!(%error, "the record was not published before the box stopped"),
        Err(_) => tracing::error!("there was no time to publish the record before the box stopped"),
    }
}
