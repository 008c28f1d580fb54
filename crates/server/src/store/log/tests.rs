use veche_board::{LogKey, SignedCheckpoint, verify_consistency};

use super::*;

async fn database() -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let db = Sqlite::open(&folder.path().join("veche.sqlite"), true).await.unwrap();
    (folder, db)
}

fn log() -> Log {
    Log::new("box.example/test".parse().unwrap())
}

fn key() -> LogKey {
    LogKey::from_seed(&[7; 32])
}

fn leaf(n: u64) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

async fn replay(log: &mut Log, db: &Sqlite) -> Vec<Vec<u8>> {
    try_replay(log, db).await.unwrap()
}

async fn try_replay(log: &mut Log, db: &Sqlite) -> Result<Vec<Vec<u8>>, LogError> {
    let mut leaves = Vec::new();
    while !log.caught_up(db).await? {
        for (_, leaf) in log.next(db).await? {
            log.take(leaf_hash(&leaf));
            leaves.push(leaf);
        }
    }
    Ok(leaves)
}

#[tokio::test]
async fn what_was_appended_is_read_back_with_the_same_root_and_note() {
    let (_folder, db) = database().await;
    let mut first = log();
    first.append(&db, &key(), &[leaf(0), leaf(1), leaf(2)], &[]).await.unwrap();
    first.append(&db, &key(), &[leaf(3)], &[]).await.unwrap();
    let mut again = log();
    assert_eq!(replay(&mut again, &db).await, [leaf(0), leaf(1), leaf(2), leaf(3)]);
    assert_eq!(again.tree().root(), first.tree().root());
    assert_eq!(again.note(), first.note());
}

#[tokio::test]
async fn a_receipt_is_the_same_for_ever_and_holds() {
    let (_folder, db) = database().await;
    let mut log = log();
    log.append(&db, &key(), &[leaf(0), leaf(1)], &[]).await.unwrap();
    let receipt = log.receipt(&db, 1).await.unwrap();
    for n in 2..40 {
        log.append(&db, &key(), &[leaf(n)], &[]).await.unwrap();
    }
    assert_eq!(log.receipt(&db, 1).await.unwrap(), receipt);
    let checkpoint = receipt.check(&log.origin, &key().public(), &leaf(1)).unwrap();
    let proof = log.tree().consistency_proof(checkpoint.size, log.size()).unwrap();
    verify_consistency(checkpoint.size, checkpoint.root, log.size(), log.tree().root(), &proof).unwrap();
}

/// ATTACKS.md row 23, on the server's side: two servers that believe in the same size cannot both
/// sign a next one.
#[tokio::test]
async fn attack_23_two_servers_on_one_database_never_sign_two_roots_of_one_size() {
    let (folder, db) = database().await;
    let other_db = Sqlite::open(&folder.path().join("veche.sqlite"), false).await.unwrap();
    let (mut one, mut two) = (log(), log());
    one.append(&db, &key(), &[leaf(0)], &[]).await.unwrap();
    replay(&mut two, &other_db).await;

    one.append(&db, &key(), &[b"from one".to_vec()], &[]).await.unwrap();
    let refused = two.append(&other_db, &key(), &[b"from two".to_vec()], &[]).await;
    assert!(matches!(refused, Err(LogError::Behind)), "{refused:?}");
    assert_eq!(two.size(), 1, "the server that was behind keeps nothing of its attempt");

    assert_eq!(replay(&mut two, &other_db).await, [b"from one".to_vec()]);
    two.append(&other_db, &key(), &[b"from two".to_vec()], &[]).await.unwrap();
    let notes: Vec<(i64, String)> =
        sqlx::query_as("SELECT size, note FROM checkpoint ORDER BY size").fetch_all(db.read()).await.unwrap();
    assert_eq!(notes.iter().map(|(size, _)| *size).collect::<Vec<_>>(), [1, 2, 3]);
    for (size, note) in notes {
        let checkpoint = SignedCheckpoint::open(&note, &key().public(), &two.origin).unwrap();
        assert_eq!(number(checkpoint.size), size);
        assert_eq!(checkpoint.root, two.tree().root_at(checkpoint.size).unwrap());
    }
}

#[tokio::test]
async fn attack_23_two_servers_cannot_both_begin_a_board() {
    let (_folder, db) = database().await;
    let (mut one, mut two) = (log(), log());
    one.append(&db, &key(), &[leaf(0)], &[]).await.unwrap();
    assert!(matches!(two.append(&db, &key(), &[leaf(1)], &[]).await, Err(LogError::Behind)));
}

#[tokio::test]
async fn many_servers_at_once_lose_nothing_and_never_fork() {
    let (folder, first) = database().await;
    let mut tasks = tokio::task::JoinSet::new();
    for server in 0..4u64 {
        let path = folder.path().join("veche.sqlite");
        tasks.spawn(async move {
            let db = Sqlite::open(&path, false).await.unwrap();
            let mut log = log();
            for n in 0..10 {
                loop {
                    replay(&mut log, &db).await;
                    match log.append(&db, &key(), &[leaf(server * 100 + n)], &[]).await {
                        Ok(()) => break,
                        Err(LogError::Behind) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        });
    }
    tasks.join_all().await;
    let mut log = log();
    let mut leaves = replay(&mut log, &first).await;
    leaves.sort();
    let mut all: Vec<_> = (0..4u64).flat_map(|server| (0..10).map(move |n| leaf(server * 100 + n))).collect();
    all.sort();
    assert_eq!(leaves, all);
}

#[tokio::test]
async fn an_entry_that_is_there_already_takes_the_whole_append_back() {
    let (_folder, db) = database().await;
    let mut log = log();
    log.append(&db, &key(), &[leaf(0)], &[]).await.unwrap();
    let (note, root) = (log.note().to_owned(), log.tree().root());
    assert!(log.append(&db, &key(), &[leaf(1), leaf(0)], &[]).await.is_err());
    assert_eq!((log.note(), log.tree().root()), (note.as_str(), root));
    let mut again = super::tests::log();
    assert_eq!(replay(&mut again, &db).await, [leaf(0)]);
    log.append(&db, &key(), &[leaf(1)], &[]).await.unwrap();
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
        let (folder, db) = database().await;
        log().append(&db, &key(), &[leaf(0), leaf(1), leaf(2)], &[]).await.unwrap();
        let path = folder.path().join("veche.sqlite");
        let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
        sqlx::raw_sql(damage).execute(&pool).await.unwrap();
        let noticed = try_replay(&mut log(), &db).await;
        assert!(matches!(noticed, Err(LogError::Damaged(_))), "{damage}: {noticed:?}");
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_board() {
    let (_folder, db) = database().await;
    log().append(&db, &key(), &[leaf(0)], &[]).await.unwrap();
    for change in [
        "UPDATE entry SET leaf = x'00'",
        "DELETE FROM entry",
        "UPDATE checkpoint SET note = ''",
        "DELETE FROM checkpoint",
    ] {
        let mut tx = db.write().await.unwrap();
        let refused = sqlx::query(change).execute(&mut *tx).await.unwrap_err().to_string();
        assert!(refused.contains("never"), "{change}: {refused}");
    }
}
