//! Keepers at work: readers who do not wait, and several keepers on one store.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use veche_board::{LogFile, LogKey, SignedCheckpoint, verify_consistency};
use veche_crypto::signature::SecretKey;
use veche_keeper::store::{Acknowledgement, Append, Head};
use veche_keeper::{
    AppendError, BoardStore, BoxKeys, Clock, Keeper, KeyElsewhere, Ledger, MemoryStore, Settings, StepError,
    StoreError, SwapError, Transaction,
};
use veche_record::Entry;
use veche_record::entry::{Restart, Signed};

const MANIFEST: &[u8] = br#"{
    "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "A made-up vote"}, "text": {"en": "For tests."},
    "opens": "2026-05-01T08:00:00Z", "closes": "2026-05-14T20:00:00Z", "time_zone": "UTC", "early_close": false,
    "contests": [{"id": "north", "title": {"en": "North"}, "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"},
        "options": [{"id": "a", "name": {"en": "A"}}, {"id": "b", "name": {"en": "B"}}]}],
    "styles": [{"id": "north", "title": {"en": "North"}, "contests": ["north"], "electorate": 10}],
    "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
    "trustees": {"count": 3, "threshold": 2}, "minimum_group": 1, "revote": true, "registration": "open"
}"#;

/// Long enough for anything that does not wait for somebody.
const SOON: Duration = Duration::from_secs(20);

struct Noon;

impl Clock for Noon {
    fn unix(&self) -> i64 {
        1_777_680_000
    }
}

fn organiser() -> SecretKey {
    SecretKey::from_bytes(&[2; 32]).unwrap()
}

fn keys() -> Arc<BoxKeys> {
    let registrar = SecretKey::from_bytes(&[3; 32]).unwrap();
    Arc::new(BoxKeys {
        log: LogKey::from_seed(&[1; 32]),
        organiser: organiser().into(),
        registrar: registrar.into(),
    })
}

/// What a box has whose organiser and registrar keep their keys to themselves.
fn log_key_only() -> Arc<BoxKeys> {
    let keys = keys();
    let (organiser, registrar) = (keys.organiser.public(), keys.registrar.public());
    Arc::new(BoxKeys {
        log: LogKey::from_seed(&[1; 32]),
        organiser: organiser.into(),
        registrar: registrar.into(),
    })
}

async fn founded() -> MemoryStore {
    let store = MemoryStore::new();
    Ledger::found(MANIFEST, "box.example/test".parse().unwrap(), keys(), Arc::new(store.clone()))
        .await
        .unwrap();
    store
}

/// A keeper, and what stops it when it is dropped.
async fn keeper(store: impl BoardStore + 'static) -> (Arc<Keeper>, watch::Sender<bool>) {
    let settings = Settings {
        batch: Duration::ZERO,
        witnesses: None,
        verify_at_once: 1,
        verify_wait: Duration::from_secs(1),
        allow: Arc::new(|_| Ok(())),
        clock: Arc::new(Noon),
    };
    let (stop, stopping) = watch::channel(false);
    let (keeper, _) = Keeper::open(MANIFEST, keys(), Arc::new(store), settings, stopping).await.unwrap();
    (Arc::new(keeper), stop)
}

/// Every checkpoint of a board is under one history.
async fn assert_one_history(store: &MemoryStore, keeper: &Keeper) {
    keeper.catch_up().await;
    let view = keeper.view();
    let tree = view.log().tree();
    for index in 0..tree.size() {
        let note = store.acknowledgement(index, false).await.unwrap().unwrap().note;
        let checkpoint = SignedCheckpoint::open(&note, &keys().log.public(), view.log().origin()).unwrap();
        let proof = tree.consistency_proof(checkpoint.size, tree.size()).unwrap();
        verify_consistency(checkpoint.size, checkpoint.root, tree.size(), tree.root(), &proof).unwrap();
    }
}

/// A store whose appends wait until they are let through, as on a disk that does not answer.
#[derive(Clone, Default)]
struct Stuck {
    store: MemoryStore,
    reached: Arc<Notify>,
    release: Arc<Notify>,
    stuck: Arc<AtomicBool>,
    /// What becomes of the next append.
    next: Arc<Mutex<Outcome>>,
}

#[derive(Default)]
enum Outcome {
    #[default]
    Stored,
    /// It is stored, and whoever appended does not hear of it.
    StoredUnheard,
    /// As on a full disk.
    Refused,
}

impl Stuck {
    fn on(store: MemoryStore) -> Self {
        Stuck { store, stuck: Arc::new(AtomicBool::new(true)), ..Stuck::default() }
    }
}

#[async_trait]
impl BoardStore for Stuck {
    async fn append(&self, append: Append<'_>) -> Result<(), SwapError> {
        if self.stuck.load(Ordering::SeqCst) {
            self.reached.notify_one();
            self.release.notified().await;
        }
        let failed = || Err(StoreError::Unavailable("no answer".into()).into());
        let outcome = std::mem::take(&mut *self.next.lock().unwrap());
        match outcome {
            Outcome::Stored => self.store.append(append).await,
            Outcome::StoredUnheard => {
                self.store.append(append).await?;
                failed()
            }
            Outcome::Refused => failed(),
        }
    }
    async fn head(&self) -> Result<Option<Head>, StoreError> {
        self.store.head().await
    }
    async fn leaves(&self, first: u64, most: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        self.store.leaves(first, most).await
    }
    async fn acknowledgement(&self, index: u64, seen: bool) -> Result<Option<Acknowledgement>, StoreError> {
        self.store.acknowledgement(index, seen).await
    }
    async fn store_witnessed(&self, size: u64, lines: &str) -> Result<(), StoreError> {
        self.store.store_witnessed(size, lines).await
    }
    async fn witnessed(&self, size: u64) -> Result<Option<Acknowledgement>, StoreError> {
        self.store.witnessed(size).await
    }
    async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.file(path).await
    }
}

#[tokio::test]
async fn who_reads_waits_neither_for_a_commit_nor_in_the_queue() {
    let store = Stuck::on(founded().await);
    let (reached, release, stuck) =
        (Arc::clone(&store.reached), Arc::clone(&store.release), Arc::clone(&store.stuck));
    let (keeper, _stop) = keeper(store).await;
    let append = || {
        let keeper = Arc::clone(&keeper);
        tokio::spawn(async move { keeper.append(|board| board.restart_ceremony()).await })
    };
    let first = append();
    timeout(SOON, reached.notified()).await.unwrap();

    let read = async || {
        let view = keeper.view();
        assert_eq!((view.log().size(), view.log().committed()), (1, 1), "what is not durable is not shown");
        assert!(view.voter(&veche_record::Pseudonym([0; 16])).is_none());
        assert_eq!(keeper.consistency(1, 1).await.unwrap(), Some(Vec::new()));
        assert_eq!(keeper.consistency(1, 2).await.unwrap(), None);
        assert!(keeper.recorded(b"a ballot").await.unwrap().is_none());
        assert!(keeper.log_file(LogFile::Checkpoint).await.unwrap().is_some());
        assert!(keeper.log_file("tile/entries/000.p/1".parse().unwrap()).await.unwrap().is_some());
        assert!(keeper.result_file().await.unwrap().is_none());
    };
    timeout(SOON, read()).await.expect("a reader waits for the commit");

    // Now the queue is filled to the last place as well.
    let mut waiting = Vec::new();
    loop {
        let next = append();
        tokio::task::yield_now().await;
        if next.is_finished() {
            assert!(matches!(next.await.unwrap(), Err(AppendError::Busy)));
            break;
        }
        waiting.push(next);
        assert!(waiting.len() < 10_000, "the queue has an end");
    }
    timeout(SOON, read()).await.expect("a reader waits in the queue");
    assert!(!first.is_finished(), "the commit is still stuck");

    stuck.store(false, Ordering::SeqCst);
    release.notify_one();
    assert_eq!(timeout(SOON, first).await.unwrap().unwrap().unwrap().index, 1);
    for next in waiting.into_iter().take(3) {
        assert!(timeout(SOON, next).await.unwrap().unwrap().is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_23_two_keepers_on_one_store_never_fork_and_lose_nothing() {
    let store = founded().await;
    let (one, _stop_one) = keeper(store.clone()).await;
    let (two, _stop_two) = keeper(store.clone()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for keeper in [&one, &two] {
        for _ in 0..10 {
            let keeper = Arc::clone(keeper);
            tasks.spawn(async move {
                loop {
                    match keeper.append(|board| board.restart_ceremony()).await {
                        Ok(appended) => return appended.receipt.unwrap(),
                        Err(AppendError::Overtaken) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    }
    let mut indices: Vec<_> = tasks.join_all().await.into_iter().map(|receipt| receipt.index).collect();
    indices.sort_unstable();
    assert_eq!(indices, (1..=20).collect::<Vec<_>>(), "no place was given twice");
    for keeper in [&one, &two] {
        assert_one_history(&store, keeper).await;
        assert_eq!(keeper.view().log().size(), 21);
    }
}

#[tokio::test]
async fn attack_23_a_keeper_that_was_overtaken_in_its_commit_plans_again() {
    let store = founded().await;
    let stuck = Stuck::on(store.clone());
    let (reached, release) = (Arc::clone(&stuck.reached), Arc::clone(&stuck.release));
    let letting_through = Arc::clone(&stuck.stuck);
    let (slow, _stop_slow) = keeper(stuck).await;
    let (fast, _stop_fast) = keeper(store.clone()).await;
    let overtaken = tokio::spawn({
        let slow = Arc::clone(&slow);
        async move { slow.append(|board| board.restart_ceremony()).await }
    });
    timeout(SOON, reached.notified()).await.unwrap();
    assert_eq!(fast.append(|board| board.restart_ceremony()).await.unwrap().index, 1);
    letting_through.store(false, Ordering::SeqCst);
    release.notify_one();
    assert_eq!(timeout(SOON, overtaken).await.unwrap().unwrap().unwrap().index, 2);
    for keeper in [&slow, &fast] {
        assert_one_history(&store, keeper).await;
        assert_eq!(keeper.view().log().size(), 3);
    }
}

#[tokio::test]
async fn a_reader_sees_what_another_keeper_has_appended_without_asking_the_writer() {
    let store = founded().await;
    let (one, _stop_one) = keeper(store.clone()).await;
    let (two, _stop_two) = keeper(store.clone()).await;
    one.append(|board| board.restart_ceremony()).await.unwrap();
    assert_eq!(two.view().log().size(), 1);
    let asked = tokio::spawn({
        let two = Arc::clone(&two);
        async move { two.consistency(1, 2).await.unwrap() }
    });
    tokio::task::yield_now().await;
    // What a box does twice a second.
    two.catch_up().await;
    let proof = timeout(SOON, asked).await.unwrap().unwrap();
    assert_eq!(proof, one.consistency(1, 2).await.unwrap());
    assert!(proof.is_some());
}

#[tokio::test]
async fn a_transaction_that_fails_halfway_leaves_nothing_and_harms_nobody() {
    let store = founded().await;
    let (keeper, _stop) = keeper(store.clone()).await;
    let halfway = keeper.append(|board| {
        board.restart_ceremony()?;
        Err::<u64, _>(StepError::Taken)
    });
    let (whole, halfway, too) = tokio::join!(
        keeper.append(|board| board.restart_ceremony()),
        halfway,
        keeper.append(|board| board.restart_ceremony()),
    );
    assert!(matches!(halfway, Err(AppendError::Refused(StepError::Taken))), "{halfway:?}");
    assert_eq!((whole.unwrap().index, too.unwrap().index), (1, 2));
    assert_eq!(store.head().await.unwrap().unwrap().size, 3);
    assert_one_history(&store, &keeper).await;
}

#[tokio::test]
async fn a_keeper_that_ends_after_a_commit_nobody_heard_of_is_continued() {
    let store = founded().await;
    {
        let mut ledger = Ledger::open(MANIFEST, keys(), Arc::new(store.clone())).await.unwrap();
        ledger.plan(0, |board| board.restart_ceremony()).unwrap();
        ledger.commit().await.unwrap();
        // And something that was planned only.
        ledger.plan(0, |board| board.restart_ceremony()).unwrap();
    }
    let (keeper, _stop) = keeper(store.clone()).await;
    assert_eq!(keeper.view().log().size(), 2, "what is durable is there, what was planned is not");
    assert_eq!(keeper.append(|board| board.restart_ceremony()).await.unwrap().index, 2);
    assert_one_history(&store, &keeper).await;
}

#[tokio::test]
async fn what_another_holds_the_key_of_is_signed_elsewhere_and_taken() {
    let store = founded().await;
    let mut ledger = Ledger::open(MANIFEST, log_key_only(), Arc::new(store.clone())).await.unwrap();
    let refused = ledger.plan(0, |board| board.restart_ceremony());
    assert!(matches!(refused, Err(StepError::Elsewhere(KeyElsewhere::Organiser))), "{refused:?}");
    let registrar = ledger.plan(0, |board| board.registrar().map(|_| 0));
    assert_eq!(registrar, Err(KeyElsewhere::Registrar));
    assert!(!ledger.is_broken() && !ledger.has_pending());

    let genesis = ledger.state().ceremony().unwrap().genesis();
    let restart = |key: &SecretKey| {
        let restart = Signed::new(Restart { attempt: 2 }, key, &genesis).unwrap();
        Entry::from(restart).to_bytes()
    };
    let stranger = restart(&SecretKey::from_bytes(&[9; 32]).unwrap());
    assert!(ledger.plan(0, |board| board.signed_elsewhere(&stranger)).is_err(), "not the organiser's");
    let signed = restart(&organiser());
    assert_eq!(ledger.plan(0, |board| board.signed_elsewhere(&signed)).unwrap().index, 1);
    ledger.commit().await.unwrap();

    // Whoever has the secret continues the same board.
    let (keeper, _stop) = keeper(store.clone()).await;
    assert_eq!(keeper.append(|board| board.restart_ceremony()).await.unwrap().index, 2);
    assert_one_history(&store, &keeper).await;
}

#[tokio::test]
async fn who_is_refused_because_of_an_entry_hears_it_when_readers_see_the_entry() {
    let store = Stuck::on(founded().await);
    let (keeper, _stop) = keeper(store.clone()).await;
    let append = || {
        let keeper = Arc::clone(&keeper);
        let once = |board: &mut Transaction<'_>| match board.state().size() {
            1 => board.restart_ceremony(),
            _ => Err(StepError::Taken),
        };
        tokio::spawn(async move { (keeper.append(once).await, keeper.view().log().size()) })
    };
    let (first, second) = (append(), append());
    timeout(SOON, store.reached.notified()).await.unwrap();
    tokio::task::yield_now().await;
    assert!(!second.is_finished(), "the entry is not durable: it may never be on the board");
    store.release.notify_one();
    assert_eq!(timeout(SOON, first).await.unwrap().unwrap().0.unwrap().index, 1);
    let (refused, seen) = timeout(SOON, second).await.unwrap().unwrap();
    assert!(matches!(refused, Err(AppendError::Refused(StepError::Taken))), "{refused:?}");
    assert_eq!(seen, 2);
}

#[tokio::test]
async fn after_an_append_of_unknown_outcome_the_board_is_read_again() {
    for (outcome, stored) in [(Outcome::StoredUnheard, 2), (Outcome::Refused, 1)] {
        let store = Stuck { store: founded().await, ..Stuck::default() };
        let (keeper, _stop) = keeper(store.clone()).await;
        *store.next.lock().unwrap() = outcome;
        let unknown = keeper.append(|board| board.restart_ceremony()).await.unwrap_err();
        // Nobody is told that nothing was recorded who may find that it was.
        let not_recorded = matches!(unknown, AppendError::NotRecorded(_));
        assert_eq!(not_recorded, stored == 1, "{unknown:?}");
        assert_eq!(keeper.view().log().committed(), 1, "what nobody knows to be durable is not shown");
        // There is space again.
        let appended = keeper.append(|board| board.restart_ceremony()).await.unwrap();
        assert_eq!((appended.index, appended.receipt.unwrap().index), (stored, stored));
        assert_eq!(keeper.view().log().size(), stored + 1);
        assert_one_history(&store.store, &keeper).await;
    }
}

#[tokio::test]
async fn when_the_writer_panics_nobody_is_told_that_nothing_was_recorded() {
    let (keeper, _stop) = keeper(founded().await).await;
    let lost = keeper.append(|_| -> Result<u64, StepError> { panic!("a fault of the program") }).await;
    assert!(matches!(lost, Err(AppendError::Interrupted)), "{lost:?}");
    // It is gone: what comes now is not begun with.
    let next = keeper.append(|board| board.restart_ceremony()).await;
    assert!(matches!(next, Err(AppendError::Busy)), "{next:?}");
}
