use std::sync::Arc;

use async_trait::async_trait;
use veche_keeper::LogView;
use veche_keeper::store::{BoardStore, StoreError};
use veche_keeper::testing::{Appender, Fixture, origin, store_conformance};

use crate::store::migrations::Tables;
use crate::store::statement::sql;
use crate::store::{Database, Place};

/// A database file, opened by each who asks.
struct File(tempfile::TempDir);

#[async_trait]
impl Fixture for File {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::File(folder.path().join("veche.sqlite"));
        Database::make(&place, Tables::Board).await.unwrap().close().await;
        File(folder)
    }

    async fn open(&self) -> Arc<dyn BoardStore> {
        Arc::new(self.db().await)
    }
}

impl File {
    async fn db(&self) -> Database {
        let place = Place::File(self.0.path().join("veche.sqlite"));
        Database::open(&place, Tables::Board).await.unwrap()
    }
}

/// ATTACKS.md row 23, on the server's side, among the promises: two servers that believe in the same size cannot both
/// store a next one.
#[tokio::test]
async fn attack_23_sqlite_keeps_every_promise_of_a_board_store() {
    store_conformance::<File>().await;
}

#[tokio::test]
async fn a_board_that_was_edited_by_hand_is_noticed() {
    for damage in [
        "DROP TRIGGER entry_is_never_changed; UPDATE entry SET leaf = x'00' WHERE position = 1",
        "DROP TRIGGER entry_is_never_deleted; DELETE FROM entry WHERE position = 1",
        "DROP TRIGGER entry_is_never_deleted; DELETE FROM entry WHERE position = 2",
        "UPDATE head SET size = 2",
        "PRAGMA foreign_keys = OFF; DROP TRIGGER checkpoint_is_never_deleted; DELETE FROM checkpoint",
    ] {
        let file = File::new().await;
        Appender::on(file.open().await).await.append(&[b"a", b"b", b"c"], &[]).await.unwrap();
        let path = file.0.path().join("veche.sqlite");
        let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
        sqlx::raw_sql(damage).execute(&pool).await.unwrap();
        let noticed = LogView::read(origin(), false, &file.db().await).await;
        assert!(matches!(noticed, Err(StoreError::Damaged(_))), "{damage}: {noticed:?}");
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_board() {
    let file = File::new().await;
    let mut board = Appender::on(file.open().await).await;
    board.append(&[b"a"], &[]).await.unwrap();
    board.store.store_witnessed(1, "lines\n").await.unwrap();
    let db = file.db().await;
    for change in [
        "UPDATE entry SET leaf = x'00'",
        "DELETE FROM entry",
        "UPDATE checkpoint SET note = ''",
        "DELETE FROM checkpoint",
        "UPDATE witnessed SET lines = 'x'",
        "DELETE FROM witnessed",
    ] {
        let mut tx = db.write().await.unwrap();
        let refused = sql(change).run(&mut tx).await.unwrap_err().to_string();
        assert!(refused.contains("never"), "{change}: {refused}");
    }
}
