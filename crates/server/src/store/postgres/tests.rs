use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use tokio::time::timeout;
use veche_cluster::Cluster;
use veche_keeper::store::{BoardStore, SwapError};
use veche_keeper::testing::{Appender, Fixture, assert_one_history, store_conformance};

use super::*;
use crate::store::registrar::{DeedKind, RegistrarStore};
use crate::store::roll::{NewRoll, PersonHash, RollRow};
use crate::store::statement::sql;
use crate::store::transaction::Alone;
use crate::store::{Database, Place, conformance};

/// A database of the shared cluster, opened by each who asks.
struct Made(Place);

fn place(address: &str) -> Place {
    Place::Server(address.parse().unwrap())
}

/// An empty database of the shared cluster.
fn empty() -> Place {
    place(&Cluster::shared().unwrap().database().unwrap())
}

fn url(place: &Place) -> &DatabaseUrl {
    match place {
        Place::Server(url) => url,
        Place::File(_) => unreachable!(),
    }
}

async fn raw(place: &Place) -> PgConnection {
    PgConnection::connect_with(&url(place).options()).await.unwrap()
}

#[async_trait]
impl Fixture for Made {
    async fn new() -> Self {
        let place = empty();
        Database::make(&place, Tables::Board).await.unwrap().close().await;
        Made(place)
    }

    async fn open(&self) -> Arc<dyn BoardStore> {
        Arc::new(Database::open(&self.0, Tables::Board).await.unwrap())
    }
}

/// ATTACKS.md row 23, on the server's side: two servers that believe in the same size cannot both store a next one.
#[tokio::test]
async fn attack_23_postgres_keeps_every_promise_of_a_board_store() {
    store_conformance::<Made>().await;
}

#[tokio::test]
async fn postgres_keeps_what_the_registrar_is_promised() {
    let place = empty();
    let one = Database::make(&place, Tables::All).await.unwrap();
    let two = Database::open(&place, Tables::All).await.unwrap();
    conformance::registrar(&one, &two).await;
    assert!(timeout(Duration::ZERO, two.write_failed()).await.is_err(), "nothing has failed");
}

#[tokio::test]
async fn a_commit_is_on_the_disk_whatever_the_server_is_set_to() {
    let place = empty();
    Database::make(&place, Tables::All).await.unwrap().close().await;
    let mut admin = raw(&place).await;
    let (name,): (String,) =
        sqlx::query_as("SELECT current_database()::text").fetch_one(&mut admin).await.unwrap();
    for (set, holds) in [
        ("off", "on"),
        ("local", "on"),
        ("remote_write", "on"),
        ("on", "on"),
        ("remote_apply", "remote_apply"),
    ] {
        let setting = format!("ALTER DATABASE {name} SET synchronous_commit TO {set}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(setting)).execute(&mut admin).await.unwrap();
        let db = Database::open(&place, Tables::All).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let (committed,): (String,) = sql("SHOW synchronous_commit").one(&mut tx).await.unwrap();
        let (isolation,): (String,) = sql("SHOW transaction_isolation").one(&mut tx).await.unwrap();
        assert_eq!((committed.as_str(), isolation.as_str()), (holds, "read committed"), "{set}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_transaction_in_which_something_failed_is_never_called_committed() {
    let place = empty();
    let db = Database::make(&place, Tables::All).await.unwrap();
    let mut tx = db.write().await.unwrap();
    sql("INSERT INTO seen (\"only\", unix) VALUES (1, 1)").run(&mut tx).await.unwrap();
    sql("INSERT INTO seen (\"only\", unix) VALUES (1, 2)").run(&mut tx).await.unwrap_err();
    tx.commit().await.unwrap_err();
    assert_eq!(db.seen().await.unwrap(), None);
    db.set_seen(5).await.unwrap();
    assert_eq!(db.seen().await.unwrap(), Some(5));
}

#[tokio::test]
async fn a_database_is_made_once_and_opened_often() {
    let place = empty();
    for tables in [Tables::All, Tables::Board, Tables::People] {
        let refused = Database::open(&place, tables).await;
        assert!(matches!(refused, Err(StoreError::Empty { .. })), "nothing is made by serving: {refused:?}");
    }
    Database::make(&place, Tables::Board).await.unwrap().close().await;
    for tables in [Tables::All, Tables::Board] {
        let refused = Database::make(&place, tables).await;
        assert!(matches!(refused, Err(StoreError::Made { .. })), "a board is never begun anew: {refused:?}");
    }
    // The half that it has not yet, by four who come at the same time.
    let opened = (0..4).map(|_| Database::open(&place, Tables::All));
    for opened in futures_util::future::join_all(opened).await {
        let db = opened.unwrap();
        assert_eq!(db.roll_len().await.unwrap(), 0);
        let (noted,): (i64,) =
            sql("SELECT count(*) FROM _sqlx_migrations").one(&mut db.read().await.unwrap()).await.unwrap();
        assert_eq!(noted, 5);
    }
}

#[tokio::test]
async fn the_database_of_a_newer_version_is_refused() {
    let place = empty();
    Database::make(&place, Tables::All).await.unwrap().close().await;
    let mut newer = raw(&place).await;
    sqlx::query("UPDATE _sqlx_migrations SET version = 99 WHERE version = 3")
        .execute(&mut newer)
        .await
        .unwrap();
    for tables in [Tables::All, Tables::Board, Tables::People] {
        let refused = Database::open(&place, tables).await.unwrap_err();
        assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
        assert!(refused.to_string().contains("newer version of veche-server"), "{refused}");
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_what_stays() {
    let place = empty();
    let db = Arc::new(Database::make(&place, Tables::All).await.unwrap());
    let mut board = Appender::on(db.clone()).await;
    board.append(&[b"a"], &[]).await.unwrap();
    board.store.store_witnessed(1, "lines\n").await.unwrap();
    db.note(&conformance::deed(DeedKind::Unlocked)).await.unwrap();
    for change in [
        "UPDATE entry SET leaf = ''",
        "DELETE FROM entry",
        "TRUNCATE entry",
        "UPDATE checkpoint SET note = ''",
        "DELETE FROM checkpoint",
        "TRUNCATE checkpoint CASCADE",
        "UPDATE witnessed SET lines = 'x'",
        "DELETE FROM witnessed",
        "TRUNCATE witnessed",
        "UPDATE deed SET operator = 'nobody'",
        "DELETE FROM deed",
        "TRUNCATE deed",
    ] {
        let mut tx = db.write().await.unwrap();
        let refused = sql(change).run(&mut tx).await.unwrap_err().to_string();
        let stays = refused.contains("never changed and never deleted")
            || refused.contains("what was done stays done");
        assert!(stays, "{change}: {refused}");
    }
    assert_one_history(&*db).await;
}

#[tokio::test]
async fn a_roll_that_is_replaced_leaves_no_lines_behind() {
    let db = Database::make(&empty(), Tables::People).await.unwrap();
    let deed = || conformance::deed(DeedKind::RollReplaced);
    let rows = |numbers: std::ops::Range<u8>| -> Vec<RollRow> {
        numbers.map(|number| conformance::alone(PersonHash([number; 32]), "north")).collect()
    };
    for rows in [rows(0..40), rows(20..50)] {
        db.replace_roll(&NewRoll { rows: &rows, mark_heading: None, after: None }, &deed()).await.unwrap();
    }
    let (lines,): (i64,) = sql("SELECT count(*) FROM roll").one(&mut db.read().await.unwrap()).await.unwrap();
    assert_eq!((lines, db.roll_len().await.unwrap()), (30, 30));
}

/// Somebody who is taken off the roll is signed out, also where they sign in at that very moment.
#[tokio::test]
async fn nobody_signs_in_while_something_is_done_by_hand() {
    let place = empty();
    let (one, two) = (
        Database::make(&place, Tables::People).await.unwrap(),
        Database::open(&place, Tables::People).await.unwrap(),
    );
    let mut by_hand = one.write().await.unwrap();
    by_hand.alone(Alone::Everything).await.unwrap();
    let pass = conformance::good_pass(7);
    let mut signing = std::pin::pin!(two.use_pass(&pass));
    assert!(timeout(Duration::from_millis(200), signing.as_mut()).await.is_err(), "it waits");
    by_hand.commit().await.unwrap();
    assert!(signing.await.unwrap().is_some());
}

#[tokio::test]
async fn a_server_that_may_forget_is_refused_and_one_with_a_standby_is_waited_for() {
    let forgetful = Cluster::start("-c fsync=off").unwrap();
    let place = place(&forgetful.database().unwrap());
    let refused = Database::make(&place, Tables::All).await.unwrap_err();
    assert!(matches!(refused, StoreError::Forgetful { .. }), "{refused}");
    assert!(refused.to_string().contains("set fsync = on"), "{refused}");
    let mut admin = raw(&place).await;
    let (tables,): (i64,) = sqlx::query_as("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(tables, 0, "nothing was made");
    // One that is set so while we run gets no new connection.
    forgetful.kill().unwrap();
    forgetful.start_again("").unwrap();
    let db = Database::make(&place, Tables::All).await.unwrap();
    forgetful.kill().unwrap();
    forgetful.start_again("-c fsync=off").unwrap();
    db.test_write().await.unwrap_err();
    db.close().await;
    // Where a standby is to have it as well, nothing is acknowledged before it does; and there is none.
    forgetful.kill().unwrap();
    forgetful.start_again("-c synchronous_standby_names=standby -c synchronous_commit=local").unwrap();
    let mut waiting = raw(&place).await;
    let db = Database::open(&place, Tables::All).await.unwrap();
    let acknowledged = timeout(Duration::from_millis(500), db.test_write()).await;
    acknowledged.expect_err("it is acknowledged without the standby");
    let (waits,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            .fetch_one(&mut waiting)
            .await
            .unwrap();
    assert_eq!(waits, 1);
}

/// Every process of the server is killed again and again while two append and one signs voters in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_nothing_that_was_acknowledged() {
    /// At least; until somebody was in the midst of an append.
    const KILLED: u8 = 3;
    let cluster = Cluster::start("").unwrap();
    let place = place(&cluster.database().unwrap());
    Database::make(&place, Tables::All).await.unwrap().close().await;
    let stop = tokio::sync::watch::Sender::new(false);
    let (mut writers, unknown) = (tokio::task::JoinSet::new(), Arc::new(AtomicU32::new(0)));
    for name in ["one", "two"] {
        let (db, stop) = (Database::open(&place, Tables::All).await.unwrap(), stop.subscribe());
        writers.spawn(append_until(Arc::new(db), name, unknown.clone(), stop));
    }
    let people = Database::open(&place, Tables::All).await.unwrap();
    let mut passes = (0..u8::MAX).map(conformance::good_pass);
    let mut used = Vec::new();
    while used.len() < usize::from(KILLED) || unknown.load(Ordering::Relaxed) == 0 {
        tokio::time::sleep(Duration::from_millis(400)).await;
        tokio::task::block_in_place(|| cluster.kill().unwrap());
        // Whoever comes meanwhile waits for it.
        let (people, pass) =
            (people.clone(), passes.next().expect("somebody is always in the midst of an append"));
        used.push(pass.clone());
        let signing = tokio::spawn(async move { people.use_pass(&pass).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!signing.is_finished(), "nothing is acknowledged by a server that is gone");
        tokio::task::block_in_place(|| cluster.start_again("").unwrap());
        signing.await.unwrap().expect("the connections come back").expect("it is new");
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.send_replace(true);
    let mut acknowledged = BTreeSet::new();
    for written in writers.join_all().await {
        assert!(written.len() > 20, "the writers were at work: {}", written.len());
        acknowledged.extend(written);
    }
    let db = Database::open(&place, Tables::All).await.unwrap();
    assert_one_history(&db).await;
    let stored: Vec<Vec<u8>> = db.leaves(0, 1 << 20).await.unwrap();
    let once: BTreeSet<_> = stored.iter().cloned().collect();
    assert_eq!(once.len(), stored.len(), "nothing twice");
    assert!(acknowledged.is_subset(&once), "nothing that was acknowledged is lost");
    for pass in used {
        assert!(db.use_pass(&pass).await.unwrap().is_none(), "it was used");
    }
}

/// Appends one entry after the other, each until the store says that it has it. Returns what was acknowledged, and
/// counts how often it was unknown what had become of it.
async fn append_until(
    store: Arc<Database>,
    name: &'static str,
    unknown: Arc<AtomicU32>,
    stop: tokio::sync::watch::Receiver<bool>,
) -> Vec<Vec<u8>> {
    let mut acknowledged = Vec::new();
    while !*stop.borrow() {
        let leaf = format!("{name} {}", acknowledged.len()).into_bytes();
        // As a keeper: whoever is behind, or does not know, reads again.
        let Ok(log) = veche_keeper::LogView::read(veche_keeper::testing::origin(), false, &*store).await
        else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        if log.find(&veche_board::leaf_hash(&leaf)).is_some() {
            acknowledged.push(leaf);
            continue;
        }
        match Appender::after(store.clone(), &log).append(&[&leaf], &[]).await {
            Ok(()) => acknowledged.push(leaf),
            Err(SwapError::Behind) => {}
            Err(_) => _ = unknown.fetch_add(1, Ordering::Relaxed),
        }
    }
    acknowledged
}

/// One at a time has the turn. Whoever is gone or stands still has lost it, within three seconds at most.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_ends_with_whoever_has_it_or_stands_still() {
    const WITHIN: Duration = Duration::from_secs(3);
    let place = empty();
    let one = Database::make(&place, Tables::All).await.unwrap();
    let two = Database::open(&place, Tables::All).await.unwrap();
    let turn = one.turn().await.unwrap().expect("they share a database");
    let mut waiting = two.turn();
    assert!(timeout(Duration::from_millis(500), waiting.as_mut()).await.is_err(), "one at a time");
    turn.end().await;
    let turn =
        timeout(Duration::from_millis(500), waiting).await.expect("it was given back").unwrap().unwrap();
    // Dropped, as by a task that panics.
    drop(turn);
    let still =
        timeout(Duration::from_millis(500), one.turn()).await.expect("it was dropped").unwrap().unwrap();
    // Kept by somebody who says nothing more.
    let taken = timeout(WITHIN, two.turn()).await.expect("it was lost").unwrap().unwrap();
    still.end().await;
    let mut waiting = one.turn();
    let early = timeout(Duration::from_millis(500), waiting.as_mut()).await;
    assert!(early.is_err(), "what was lost is not given back, and takes nothing from the one who has it");
    taken.end().await;
    drop(waiting);
}

/// Whoever stands still in the midst of an append has appended nothing, and keeps nobody waiting.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_stands_still_comes_to_nothing() {
    let place = empty();
    let one = Arc::new(Database::make(&place, Tables::All).await.unwrap());
    let two = Arc::new(Database::open(&place, Tables::All).await.unwrap());
    Appender::after(one.clone(), &log(&one).await).append(&[b"first"], &[]).await.unwrap();
    let mut still = one.write().await.unwrap();
    still.alone(Alone::Head).await.unwrap();
    sql("UPDATE head SET size = size + 1").run(&mut still).await.unwrap();
    let mut next = Appender::after(two.clone(), &log(&two).await);
    timeout(Duration::from_secs(3), next.append(&[b"second"], &[]))
        .await
        .expect("it is not waited for")
        .unwrap();
    still.commit().await.unwrap_err();
    assert_eq!(log(&two).await.committed(), 2);
}

async fn log(store: &Arc<Database>) -> veche_keeper::LogView {
    veche_keeper::LogView::read(veche_keeper::testing::origin(), false, &**store).await.unwrap()
}

#[tokio::test]
async fn a_transaction_that_is_given_up_holds_nothing() {
    let place = empty();
    let one = Database::make(&place, Tables::All).await.unwrap();
    let two = Database::open(&place, Tables::All).await.unwrap();
    conformance::a_transaction_that_is_given_up_holds_nothing(&one, &two).await;
}
