use std::time::Duration;

use tokio::time::timeout;

use super::*;
use crate::store::migrations::migrator;
use crate::store::registrar::{DeedKind, RegistrarStore};
use crate::store::roll::{NewRoll, PersonHash, RollRow};
use crate::store::statement::sql;
use crate::store::{Database, Place, conformance};

async fn make(path: &Path, tables: Tables) -> Database {
    Database::make(&Place::File(path.into()), tables).await.unwrap()
}

async fn open(path: &Path, tables: Tables) -> Result<Database, StoreError> {
    Database::open(&Place::File(path.into()), tables).await
}

#[tokio::test]
async fn sqlite_keeps_what_the_registrar_is_promised() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("veche.sqlite");
    // Two handles, as two servers on one database have.
    let (one, two) = (make(&path, Tables::All).await, open(&path, Tables::All).await.unwrap());
    conformance::registrar(&one, &two).await;
    // The first of them was given a roll that is refused. What the second was asked was refused by rule only, which
    // is no failure of the database.
    assert!(timeout(Duration::ZERO, two.write_failed()).await.is_err());
}

#[tokio::test]
async fn a_commit_is_synced_and_readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let db = make(&folder.path().join("veche.sqlite"), Tables::All).await;
    let mut tx = db.write().await.unwrap();
    let (synchronous,): (i64,) = sql("PRAGMA synchronous").one(&mut tx).await.unwrap();
    let (journal,): (String,) = sql("PRAGMA journal_mode").one(&mut tx).await.unwrap();
    assert_eq!((synchronous, journal.as_str()), (2, "wal"), "2 is FULL");
    drop(tx);
    assert!(sql("DELETE FROM roll").run(&mut db.read().await.unwrap()).await.is_err());
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_made_by_serving() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("veche.sqlite");
    assert!(matches!(open(&path, Tables::All).await, Err(StoreError::Open { .. })));
    assert!(!path.exists());
}

#[tokio::test]
async fn opening_twice_migrates_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("veche.sqlite");
    make(&path, Tables::All).await.close().await;
    let db = open(&path, Tables::All).await.unwrap();
    let (count,): (i64,) =
        sql("SELECT count(*) FROM _sqlx_migrations").one(&mut db.read().await.unwrap()).await.unwrap();
    assert_eq!(count, i64::try_from(MIGRATIONS.len()).unwrap());
}

/// A database as it was made before a migration.
async fn of_version_before(migration: i64, path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let before = SqlitePool::connect_with(options).await.unwrap();
    let steps = MIGRATIONS.into_iter().filter(|(version, ..)| *version < migration);
    migrator(steps).run(&before).await.unwrap();
    before
}

#[tokio::test]
async fn a_database_of_the_version_before_keeps_its_roll() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("veche.sqlite");
    let before = of_version_before(8, &path).await;
    for (phone, style) in [([1_u8; 32], "north"), ([2; 32], "south")] {
        sqlx::query("INSERT INTO roll (phone, style) VALUES (?, ?)")
            .bind(phone.as_slice())
            .bind(style)
            .execute(&before)
            .await
            .unwrap();
    }
    before.close().await;
    let db = open(&path, Tables::All).await.unwrap();
    assert_eq!(db.roll_len().await.unwrap(), 2);
    for (phone, style) in [([1; 32], Some("north")), ([2; 32], Some("south")), ([3; 32], None)] {
        assert_eq!(db.style_on_roll(&PersonHash(phone)).await.unwrap().as_deref(), style);
    }
    assert_eq!(db.deeds(None).await.unwrap(), []);
}

#[tokio::test]
async fn before_phones_were_shared_everybody_had_theirs_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("veche.sqlite");
    let before = of_version_before(11, &path).await;
    let (phone, other) = (PersonHash([1; 32]), PersonHash([2; 32]));
    for statement in [
        "UPDATE roll_state SET current = 3, newest = 4, changes = 7",
        "INSERT INTO roll (generation, phone, style) VALUES (3, ?1, 'north'), (3, ?2, 'south'), (4, ?1, 'south')",
        "INSERT INTO printed_code (phone, mac, made, expires) VALUES (?1, ?2, 5, 6)",
        "INSERT INTO voter (person, pseudonym) VALUES (?1, zeroblob(16))",
    ] {
        let statement = sqlx::query(statement);
        let bound = statement.bind(phone.0.as_slice()).bind(other.0.as_slice());
        bound.execute(&before).await.unwrap();
    }
    before.close().await;
    let db = open(&path, Tables::All).await.unwrap();
    let mut roll = db.roll().await.unwrap();
    roll.sort_unstable_by_key(|row| row.person.0);
    assert_eq!(roll, [conformance::alone(phone, "north"), conformance::alone(other, "south")]);
    assert_eq!(db.people_on_roll(&phone).await.unwrap(), [conformance::alone(phone, "north")]);
    let code = db.printed_code(&phone).await.unwrap().unwrap();
    assert_eq!((code.person, code.mac, code.expires), (phone, [2; 32], 6));
    assert_eq!(db.pseudonym(&phone).await.unwrap(), Some(veche_record::Pseudonym([0; 16])));
    let state = db.roll_state().await.unwrap();
    assert_eq!((state.changes, state.mark_heading), (7, None));
    // What was begun and not in force is deleted with the next one.
    let rows = [conformance::alone(phone, "north")];
    let roll = NewRoll { rows: &rows, mark_heading: None, after: Some(7) };
    db.replace_roll(&roll, &conformance::deed(DeedKind::RollReplaced)).await.unwrap();
    let (lines,): (i64,) = sql("SELECT count(*) FROM roll").one(&mut db.read().await.unwrap()).await.unwrap();
    assert_eq!(lines, 1);
}

#[tokio::test]
async fn what_was_done_stays_done() {
    let folder = tempfile::tempdir().unwrap();
    let db = make(&folder.path().join("veche.sqlite"), Tables::All).await;
    let deed = conformance::deed(DeedKind::Unlocked);
    db.note(&deed).await.unwrap();
    for statement in ["DELETE FROM deed", "UPDATE deed SET operator = 'nobody'"] {
        let mut tx = db.write().await.unwrap();
        let refused = sql(statement).run(&mut tx).await.unwrap_err().to_string();
        assert!(refused.contains("what was done stays done"), "{refused}");
    }
    assert_eq!(db.deeds(None).await.unwrap(), [deed]);
}

#[tokio::test]
async fn a_roll_that_is_replaced_leaves_no_lines_behind() {
    let folder = tempfile::tempdir().unwrap();
    let db = make(&folder.path().join("veche.sqlite"), Tables::All).await;
    let deed = || conformance::deed(DeedKind::RollReplaced);
    let phone = |n: u32| {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&n.to_be_bytes());
        PersonHash(bytes)
    };
    let roll = |phones: std::ops::Range<u32>| -> Vec<RollRow> {
        phones.map(|n| conformance::alone(phone(n), "north")).collect()
    };
    let take = async |roll: &[RollRow]| {
        let roll = NewRoll { rows: roll, mark_heading: None, after: None };
        db.replace_roll(&roll, &deed()).await.unwrap();
    };
    // More than is deleted at once.
    take(&roll(0..5_000)).await;
    // One that was begun and given up, by a process that was killed.
    let mut tx = db.write().await.unwrap();
    sql("UPDATE roll_state SET newest = newest + 1").run(&mut tx).await.unwrap();
    sql("INSERT INTO roll (generation, person, phone, style)
         SELECT newest, randomblob(32), randomblob(32), 'south' FROM roll_state")
    .run(&mut tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(db.roll_len().await.unwrap(), 5_000);
    take(&roll(20..50)).await;
    let (lines,): (i64,) = sql("SELECT count(*) FROM roll").one(&mut db.read().await.unwrap()).await.unwrap();
    assert_eq!((lines, db.roll_len().await.unwrap()), (30, 30));
}

#[tokio::test]
async fn a_half_has_its_own_tables_and_leaves_the_others_alone() {
    let tables = async |db: &Database| {
        let rows: Vec<(String,)> = sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            .all(&mut db.read().await.unwrap())
            .await
            .unwrap();
        rows.into_iter().map(|(name,)| name).filter(|name| name != "_sqlx_migrations").collect::<Vec<_>>()
    };
    let folder = tempfile::tempdir().unwrap();
    let (ballot_box, people) = (folder.path().join("box.sqlite"), folder.path().join("people.sqlite"));
    let db = make(&ballot_box, Tables::Board).await;
    assert_eq!(
        tables(&db).await,
        ["checkpoint", "entry", "head", "record_file", "seen", "test_write", "witnessed", "witnessing"]
    );
    db.close().await;
    let db = make(&people, Tables::People).await;
    assert_eq!(
        tables(&db).await,
        [
            "code",
            "deed",
            "desk_pass",
            "lost_message",
            "message",
            "pass",
            "printed_code",
            "roll",
            "roll_state",
            "session",
            "test_write",
            "voter",
            "wrong_mark"
        ]
    );
    db.close().await;
    // Both in one, whichever was first, and opened for one half again.
    for tables_of in [Tables::All, Tables::Board, Tables::People] {
        let db = open(&ballot_box, tables_of).await.unwrap();
        assert_eq!(tables(&db).await.len(), 20);
        db.close().await;
    }
}

#[tokio::test]
async fn the_database_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("veche.sqlite");
    let db = make(&path, Tables::All).await;
    let mut tx = db.write().await.unwrap();
    sql("UPDATE _sqlx_migrations SET version = 99 WHERE version = 3").run(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    for tables in [Tables::All, Tables::Board, Tables::People] {
        let refused = open(&path, tables).await;
        assert!(matches!(refused, Err(StoreError::Newer { .. })), "{tables:?}");
    }
}

#[tokio::test]
async fn a_transaction_that_is_given_up_holds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("veche.sqlite");
    let (one, two) = (make(&path, Tables::All).await, open(&path, Tables::All).await.unwrap());
    conformance::a_transaction_that_is_given_up_holds_nothing(&one, &two).await;
}
