//! Work that costs less together: what waits at the same time is done in one batch.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

/// How much waits, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Items that wait at most; beyond that they are refused at once.
    pub(crate) room: usize,
    /// Items of one batch at most.
    pub(crate) most: usize,
    /// Batches at once: one for each processor, as a rule.
    pub(crate) at_once: usize,
    /// Time from the begin of one batch to that of the next, unless it is full before. An item that comes alone after a
    /// pause does not wait.
    pub(crate) pause: Duration,
    /// Time after which an item that still waits is refused.
    pub(crate) patience: Duration,
}

/// Why an item was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotDone {
    /// Too many wait, or this one has waited too long.
    Busy,
    /// The work panicked.
    Interrupted,
}

/// An item, and who waits for it.
struct Waiting<T, R> {
    item: T,
    since: Instant,
    done: oneshot::Sender<Result<R, NotDone>>,
}

/// A queue, and a task behind it that takes batches of it to threads of their own. The task ends with the queue.
pub(crate) struct Together<T, R>(mpsc::Sender<Waiting<T, R>>);

impl<T: Send + 'static, R: Send + 'static> Together<T, R> {
    /// `work` gives one result for each item, in their order.
    pub(crate) fn start(terms: Terms, work: impl Fn(Vec<T>) -> Vec<R> + Send + Sync + 'static) -> Self {
        let (sender, waiting) = mpsc::channel(terms.room);
        tokio::spawn(run(waiting, terms, Arc::new(work)));
        Together(sender)
    }

    /// Items that wait and are in no batch yet.
    pub(crate) fn waiting(&self) -> usize {
        self.0.max_capacity().saturating_sub(self.0.capacity())
    }

    /// Waits until an item was done together with others.
    pub(crate) async fn take(&self, item: T) -> Result<R, NotDone> {
        let (done, answer) = oneshot::channel();
        self.0.try_send(Waiting { item, since: Instant::now(), done }).map_err(|_| NotDone::Busy)?;
        answer.await.unwrap_or(Err(NotDone::Interrupted))
    }
}

async fn run<T: Send + 'static, R: Send + 'static>(
    mut waiting: mpsc::Receiver<Waiting<T, R>>,
    terms: Terms,
    work: Arc<impl Fn(Vec<T>) -> Vec<R> + Send + Sync + 'static>,
) {
    let places = Arc::new(Semaphore::new(terms.at_once));
    let mut soonest = Instant::now();
    loop {
        // Whoever comes before a place is free joins the batch.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let mut batch = Vec::new();
        if waiting.recv_many(&mut batch, terms.most).await == 0 {
            return;
        }
        while batch.len() < terms.most {
            let room = terms.most - batch.len();
            let more = waiting.recv_many(&mut batch, room);
            if !matches!(timeout_at(soonest, more).await, Ok(1..)) {
                break;
            }
        }
        soonest = Instant::now() + terms.pause;
        let work = Arc::clone(&work);
        tokio::task::spawn_blocking(move || {
            answer(batch, terms.patience, &*work);
            drop(place);
        });
    }
}

/// Does a batch and answers everyone who still waits.
fn answer<T, R>(mut batch: Vec<Waiting<T, R>>, patience: Duration, work: &impl Fn(Vec<T>) -> Vec<R>) {
    // Who has gone away need not be answered.
    batch.retain(|waiting| !waiting.done.is_closed());
    let (batch, late): (Vec<_>, Vec<_>) =
        batch.into_iter().partition(|waiting| waiting.since.elapsed() <= patience);
    for waiting in late {
        let _ = waiting.done.send(Err(NotDone::Busy));
    }
    let (items, askers): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|waiting| (waiting.item, waiting.done)).unzip();
    if items.is_empty() {
        return;
    }
    for (asker, result) in askers.into_iter().zip(work(items)) {
        let _ = asker.send(Ok(result));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc as threads;
    use std::sync::{Mutex, OnceLock};

    use super::*;

    const TERMS: Terms =
        Terms { room: 100, most: 100, at_once: 1, pause: Duration::ZERO, patience: Duration::from_secs(60) };

    /// Each with the size of its batch.
    fn count(items: Vec<u32>) -> Vec<(u32, usize)> {
        let many = items.len();
        items.into_iter().map(|item| (item, many)).collect()
    }

    #[tokio::test]
    async fn what_comes_in_a_pause_is_done_together_and_everyone_gets_their_own_answer() {
        let together = Together::start(Terms { pause: Duration::from_millis(200), ..TERMS }, count);
        assert_eq!(together.take(0).await, Ok((0, 1)), "who comes alone does not wait");
        let later = async |item| {
            tokio::time::sleep(Duration::from_millis(20)).await;
            together.take(item).await
        };
        let (one, two, three) = tokio::join!(together.take(1), together.take(2), later(3));
        assert_eq!([one, two, three], [Ok((1, 3)), Ok((2, 3)), Ok((3, 3))]);
    }

    #[tokio::test]
    async fn a_batch_has_no_more_than_it_may() {
        let together = Together::start(Terms { most: 2, pause: Duration::from_millis(50), ..TERMS }, count);
        let _ = together.take(0).await;
        let (one, two, three) = tokio::join!(together.take(1), together.take(2), together.take(3));
        assert_eq!([one, two, three], [Ok((1, 2)), Ok((2, 2)), Ok((3, 1))]);
    }

    /// Keeps a batch at work until the test says so.
    static GATE: OnceLock<Mutex<threads::Receiver<()>>> = OnceLock::new();

    fn slowly(items: Vec<u32>) -> Vec<(u32, usize)> {
        let gate = GATE.get().unwrap().lock().unwrap();
        gate.recv().unwrap();
        count(items)
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_serves_those_who_wait() {
        let (open, gate) = threads::channel();
        GATE.set(Mutex::new(gate)).unwrap();
        let terms = Terms { room: 2, ..TERMS };
        let together = Arc::new(Together::start(terms, slowly));
        let take = |item| {
            let together = Arc::clone(&together);
            tokio::spawn(async move { together.take(item).await })
        };
        let working = take(0);
        // One batch is at work, two wait, and there is room for no more.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let waiting = [take(1), take(2)];
        tokio::time::sleep(Duration::from_millis(100)).await;
        let refused = tokio::time::timeout(Duration::from_secs(5), together.take(3)).await;
        assert_eq!(refused, Ok(Err(NotDone::Busy)), "at once");
        open.send(()).unwrap();
        open.send(()).unwrap();
        assert_eq!(working.await.unwrap(), Ok((0, 1)));
        for (item, waiting) in (1..).zip(waiting) {
            assert_eq!(waiting.await.unwrap(), Ok((item, 2)));
        }
    }

    #[test]
    fn who_has_waited_too_long_is_refused_and_who_has_gone_is_left_out() {
        let waiting = |item| {
            let (done, answer) = oneshot::channel();
            (Waiting { item, since: Instant::now(), done }, answer)
        };
        let (late, mut refused) = waiting(1);
        std::thread::sleep(Duration::from_millis(5));
        answer(vec![late], Duration::from_millis(1), &count);
        assert_eq!(refused.try_recv().unwrap(), Err(NotDone::Busy));
        let ((here, mut done), (gone, _)) = (waiting(2), waiting(3));
        answer(vec![here, gone], Duration::from_secs(60), &count);
        assert_eq!(done.try_recv().unwrap(), Ok((2, 1)));
    }

    fn panic(_: Vec<u32>) -> Vec<u32> {
        panic!("as a test wants it")
    }

    #[tokio::test]
    async fn a_batch_that_panics_says_so_and_the_next_one_is_done() {
        let together = Together::start(TERMS, panic);
        for item in 0..3 {
            let answer = tokio::time::timeout(Duration::from_secs(5), together.take(item)).await;
            assert_eq!(answer, Ok(Err(NotDone::Interrupted)), "its place is free again");
        }
    }
}
