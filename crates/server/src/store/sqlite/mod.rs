//! One SQLite file, opened so that what was committed survives a power cut.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use tokio::sync::Notify;

use crate::store::error::StoreError;

mod board;
mod desk_pass;
mod help;
mod registrar;
mod roll;

/// Time to wait for another process that is writing to the same database.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections that only read.
const READERS: u32 = 4;

/// A migration: its number, what it is called, and whose tables it makes. One that was released is never edited.
type Step = (i64, &'static str, Tables, &'static str);

/// The migrations, in order.
const MIGRATIONS: [Step; 11] = [
    (1, "board", Tables::Board, include_str!("../../../migrations/0001_board.sql")),
    (2, "voters", Tables::People, include_str!("../../../migrations/0002_voters.sql")),
    (3, "witnesses", Tables::Board, include_str!("../../../migrations/0003_witnesses.sql")),
    (4, "test write", Tables::All, include_str!("../../../migrations/0004_test_write.sql")),
    (5, "seen", Tables::Board, include_str!("../../../migrations/0005_seen.sql")),
    (6, "messages", Tables::People, include_str!("../../../migrations/0006_messages.sql")),
    (7, "passes", Tables::People, include_str!("../../../migrations/0007_passes.sql")),
    (8, "people", Tables::People, include_str!("../../../migrations/0008_people.sql")),
    (9, "help", Tables::People, include_str!("../../../migrations/0009_help.sql")),
    (10, "desk passes", Tables::People, include_str!("../../../migrations/0010_desk_passes.sql")),
    (11, "shared phones", Tables::People, include_str!("../../../migrations/0011_shared_phones.sql")),
];

/// Whose tables a database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tables {
    /// The ballot box's.
    Board,
    /// The registrar's.
    People,
    /// Those of both; of a migration, that either needs it.
    All,
}

/// One connection that writes and a few that read.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    writer: SqlitePool,
    reader: SqlitePool,
    /// Woken by every write that failed.
    failed: Arc<Notify>,
}

/// Bytes of a test write: more than most ballots, so that a disk that has room for this has room for a ballot.
const TEST_WRITE: usize = 32 << 10;

impl Sqlite {
    /// Opens the database and brings the tables that are needed up to date. Others that it has are left alone.
    pub(crate) async fn open(path: &Path, create: bool, tables: Tables) -> Result<Self, StoreError> {
        let failed = |source: sqlx::Error| StoreError::Open { path: path.into(), source: source.into() };
        // `FULL` syncs the write-ahead log at every commit: without it a power cut could take back
        // a ballot whose receipt the voter already holds.
        let options = SqliteConnectOptions::from_str("sqlite:")
            .map_err(failed)?
            .filename(path)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await
            .map_err(failed)?;
        migrate(&writer, tables)
            .await
            .map_err(|source| StoreError::Migrate { path: path.into(), source: source.into() })?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .map_err(failed)?;
        Ok(Sqlite { writer, reader, failed: Arc::default() })
    }

    /// Begins a transaction that will write, holding the lock from the start, so that what it
    /// reads is still true when it writes.
    pub(in crate::store) async fn write(&self) -> Result<Writing, sqlx::Error> {
        let connection = self.writer.acquire().await.inspect_err(|_| self.failed.notify_one())?;
        let mut writing = Writing { connection, failed: Arc::clone(&self.failed), done: false };
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *writing).await?;
        Ok(writing)
    }

    /// Writes something that nobody needs, as durably as everything else.
    pub(crate) async fn test_write(&self) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE test_write SET number = number + 1, bytes = zeroblob(?)")
            .bind(i64::try_from(TEST_WRITE).unwrap_or(0))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Waits until a write fails, whoever's it is.
    pub(crate) async fn write_failed(&self) {
        self.failed.notified().await;
    }

    /// When a ballot box ran on this database last, as Unix seconds, if one ever did.
    pub(crate) async fn seen(&self) -> Result<Option<i64>, StoreError> {
        Ok(sqlx::query_scalar("SELECT unix FROM seen").fetch_optional(self.read()).await?)
    }

    /// Remembers that a ballot box runs on this database.
    pub(crate) async fn set_seen(&self, unix: i64) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO seen (only, unix) VALUES (1, ?) ON CONFLICT DO UPDATE SET unix = excluded.unix",
        )
        .bind(unix)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// For statements that only read what was committed.
    const fn read(&self) -> &SqlitePool {
        &self.reader
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// A transaction that writes. Its connection is used again only after a commit: SQLite ends some transactions by
/// itself, on a full disk for one, and a connection of which nobody knows whether it is in a transaction would fail
/// every write after this one. Closing it rolls back whatever was open.
pub(in crate::store) struct Writing {
    connection: PoolConnection<sqlx::Sqlite>,
    failed: Arc<Notify>,
    done: bool,
}

impl Writing {
    /// Makes it durable.
    pub(in crate::store) async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::query("COMMIT").execute(&mut *self.connection).await?;
        self.done = true;
        Ok(())
    }
}

impl Deref for Writing {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if !self.done {
            self.connection.close_on_drop();
            self.failed.notify_one();
        }
    }
}

/// Makes the tables that are not there yet.
async fn migrate(writer: &SqlitePool, tables: Tables) -> Result<(), MigrateError> {
    let wanted = |of: Tables| [tables, of].contains(&Tables::All) || of == tables;
    let steps = |all: bool| {
        let steps = MIGRATIONS.into_iter().filter(move |(_, _, of, _)| all || wanted(*of));
        let step = |(version, name, _, sql): Step| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        };
        Migrator::with_migrations(steps.map(step).collect())
    };
    // The tables of the other half may be there, and nothing else that is unknown.
    let mut connection = writer.acquire().await?;
    connection.ensure_migrations_table("_sqlx_migrations").await?;
    let applied = connection.list_applied_migrations("_sqlx_migrations").await?;
    let known = steps(true);
    if let Some(unknown) = applied.iter().find(|one| !known.version_exists(one.version)) {
        return Err(MigrateError::VersionMissing(unknown.version));
    }
    // The writer has one connection.
    drop(connection);
    let mut wanted = steps(false);
    wanted.set_ignore_missing(true);
    wanted.run(writer).await
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::Refused(error.into())
    }
}

/// A stored hash or pseudonym, whose length the tables check.
fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Damaged("a hash or a pseudonym of another length"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::store::conformance;
    use crate::store::registrar::{DeedKind, RegistrarStore};
    use crate::store::roll::{NewRoll, PersonHash, RollRow};

    #[tokio::test]
    async fn sqlite_keeps_what_the_registrar_is_promised() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("veche.sqlite");
        // Two handles, as two servers on one database have.
        let (one, two) = (
            Sqlite::open(&path, true, Tables::All).await.unwrap(),
            Sqlite::open(&path, false, Tables::All).await.unwrap(),
        );
        conformance::registrar(&one, &two).await;
        // The first of them was given a roll that is refused. What the second was asked was refused by rule only, which
        // is no failure of the database.
        assert!(timeout(Duration::ZERO, two.write_failed()).await.is_err());
    }

    #[tokio::test]
    async fn a_commit_is_synced_and_readers_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let db = Sqlite::open(&folder.path().join("veche.sqlite"), true, Tables::All).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let (synchronous,): (i64,) = sqlx::query_as("PRAGMA synchronous").fetch_one(&mut *tx).await.unwrap();
        let (journal,): (String,) = sqlx::query_as("PRAGMA journal_mode").fetch_one(&mut *tx).await.unwrap();
        assert_eq!((synchronous, journal.as_str()), (2, "wal"), "2 is FULL");
        drop(tx);
        assert!(sqlx::query("DELETE FROM roll").execute(db.read()).await.is_err());
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_not_made_by_serving() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("veche.sqlite");
        assert!(matches!(Sqlite::open(&path, false, Tables::All).await, Err(StoreError::Open { .. })));
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn opening_twice_migrates_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("veche.sqlite");
        Sqlite::open(&path, true, Tables::All).await.unwrap().close().await;
        let db = Sqlite::open(&path, false, Tables::All).await.unwrap();
        let (count,): (i64,) =
            sqlx::query_as("SELECT count(*) FROM _sqlx_migrations").fetch_one(db.read()).await.unwrap();
        assert_eq!(count, i64::try_from(MIGRATIONS.len()).unwrap());
    }

    /// A database as it was made before a migration.
    async fn of_version_before(migration: i64, path: &Path) -> SqlitePool {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let before = SqlitePool::connect_with(options).await.unwrap();
        let steps = MIGRATIONS.into_iter().filter(|(version, ..)| *version < migration);
        let step = |(version, name, _, sql): Step| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        };
        Migrator::with_migrations(steps.map(step).collect()).run(&before).await.unwrap();
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
        let db = Sqlite::open(&path, false, Tables::All).await.unwrap();
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
        let db = Sqlite::open(&path, false, Tables::All).await.unwrap();
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
        let (lines,): (i64,) =
            sqlx::query_as("SELECT count(*) FROM roll").fetch_one(db.read()).await.unwrap();
        assert_eq!(lines, 1);
    }

    #[tokio::test]
    async fn what_was_done_stays_done() {
        let folder = tempfile::tempdir().unwrap();
        let db = Sqlite::open(&folder.path().join("veche.sqlite"), true, Tables::All).await.unwrap();
        let deed = conformance::deed(DeedKind::Unlocked);
        db.note(&deed).await.unwrap();
        for statement in ["DELETE FROM deed", "UPDATE deed SET operator = 'nobody'"] {
            let mut tx = db.write().await.unwrap();
            let refused = sqlx::query(statement).execute(&mut *tx).await.unwrap_err().to_string();
            assert!(refused.contains("what was done stays done"), "{refused}");
        }
        assert_eq!(db.deeds(None).await.unwrap(), [deed]);
    }

    #[tokio::test]
    async fn a_roll_that_is_replaced_leaves_no_lines_behind() {
        let folder = tempfile::tempdir().unwrap();
        let db = Sqlite::open(&folder.path().join("veche.sqlite"), true, Tables::All).await.unwrap();
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
        sqlx::query("UPDATE roll_state SET newest = newest + 1").execute(&mut *tx).await.unwrap();
        sqlx::query(
            "INSERT INTO roll (generation, person, phone, style)
             SELECT newest, randomblob(32), randomblob(32), 'south' FROM roll_state",
        )
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(db.roll_len().await.unwrap(), 5_000);
        take(&roll(20..50)).await;
        let (lines,): (i64,) =
            sqlx::query_as("SELECT count(*) FROM roll").fetch_one(db.read()).await.unwrap();
        assert_eq!((lines, db.roll_len().await.unwrap()), (30, 30));
    }

    #[tokio::test]
    async fn a_half_has_its_own_tables_and_leaves_the_others_alone() {
        let tables = async |db: &Sqlite| {
            let rows: Vec<(String,)> =
                sqlx::query_as("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
                    .fetch_all(db.read())
                    .await
                    .unwrap();
            rows.into_iter().map(|(name,)| name).filter(|name| name != "_sqlx_migrations").collect::<Vec<_>>()
        };
        let folder = tempfile::tempdir().unwrap();
        let (ballot_box, people) = (folder.path().join("box.sqlite"), folder.path().join("people.sqlite"));
        let db = Sqlite::open(&ballot_box, true, Tables::Board).await.unwrap();
        assert_eq!(
            tables(&db).await,
            ["checkpoint", "entry", "head", "record_file", "seen", "test_write", "witnessed", "witnessing"]
        );
        db.close().await;
        let db = Sqlite::open(&people, true, Tables::People).await.unwrap();
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
            let db = Sqlite::open(&ballot_box, false, tables_of).await.unwrap();
            assert_eq!(tables(&db).await.len(), 20);
            db.close().await;
        }
    }

    #[tokio::test]
    async fn the_database_of_a_newer_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("veche.sqlite");
        let db = Sqlite::open(&path, true, Tables::All).await.unwrap();
        let mut tx = db.write().await.unwrap();
        sqlx::query("UPDATE _sqlx_migrations SET version = 99 WHERE version = 3")
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        for tables in [Tables::All, Tables::Board, Tables::People] {
            let refused = Sqlite::open(&path, false, tables).await;
            assert!(matches!(refused, Err(StoreError::Migrate { .. })), "{tables:?}");
        }
    }
}
