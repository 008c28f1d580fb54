//! One function for each promise.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use veche_board::leaf_hash;

use super::{Appender, Fixture, assert_one_history};
use crate::store::{BoardStore, SwapError};

async fn leaves(store: &dyn BoardStore) -> Vec<Vec<u8>> {
    store.leaves(0, 10_000).await.unwrap()
}

pub(super) async fn an_empty_store_has_nothing(fixture: &impl Fixture) {
    let store = fixture.open().await;
    assert_eq!(store.head().await.unwrap(), None);
    assert!(leaves(&*store).await.is_empty());
    for witnessed in [false, true] {
        assert_eq!(store.acknowledgement(0, witnessed).await.unwrap(), None);
    }
    assert_eq!(store.witnessed(u64::MAX >> 1).await.unwrap(), None);
    assert_eq!(store.file("result.json").await.unwrap(), None);
}

pub(super) async fn what_was_appended_is_read_back_in_order(fixture: &impl Fixture) {
    let mut one = Appender::on(fixture.open().await).await;
    one.append(&[b"a", b"b", b"c"], &[]).await.unwrap();
    one.append(&[b"d"], &[]).await.unwrap();
    // By whoever wrote it, and by whoever opens it afterwards.
    for store in [one.store.clone(), fixture.open().await] {
        assert_eq!(store.head().await.unwrap().as_ref(), one.head());
        assert_eq!(leaves(&*store).await, [b"a", b"b", b"c", b"d"]);
        assert_eq!(store.leaves(1, 2).await.unwrap(), [b"b", b"c"], "a range");
        assert_eq!(store.leaves(3, 100).await.unwrap(), [b"d"], "a range that ends early");
        assert!(store.leaves(4, 100).await.unwrap().is_empty(), "a range beyond the end");
        assert!(store.leaves(0, 0).await.unwrap().is_empty(), "an empty range");
        let hashes = [b"a", b"b", b"c", b"d"].map(|leaf| leaf_hash(leaf));
        assert_eq!(store.leaf_hashes(0, 10_000).await.unwrap(), hashes);
        assert_eq!(store.leaf_hashes(1, 2).await.unwrap(), hashes[1..3], "a range");
        assert!(store.leaf_hashes(4, 100).await.unwrap().is_empty(), "a range beyond the end");
    }
    assert_one_history(&*one.store).await;
}

pub(super) async fn of_two_who_continue_one_head_one_wins(fixture: &impl Fixture) {
    let mut one = Appender::on(fixture.open().await).await;
    one.append(&[b"a"], &[]).await.unwrap();
    let mut two = Appender::on(fixture.open().await).await;
    one.append(&[b"from one"], &[]).await.unwrap();
    let file = ("lost".to_owned(), b"of two".to_vec());
    let lost = two.append(&[b"from two", b"and more"], &[file]).await;
    assert!(matches!(lost, Err(SwapError::Behind)), "{lost:?}");
    for store in [&one.store, &two.store] {
        assert_eq!(leaves(&**store).await, [&b"a"[..], b"from one"], "nothing is left of what lost");
        assert_eq!(store.file("lost").await.unwrap(), None);
        assert_eq!(store.head().await.unwrap().as_ref(), one.head());
    }
    let mut two = Appender::on(two.store).await;
    two.append(&[b"from two"], &[]).await.unwrap();
    assert_one_history(&*one.store).await;
}

pub(super) async fn two_cannot_both_begin(fixture: &impl Fixture) {
    let mut one = Appender::on(fixture.open().await).await;
    let mut two = Appender::on(fixture.open().await).await;
    one.append(&[b"a"], &[]).await.unwrap();
    let lost = two.append(&[b"b"], &[]).await;
    assert!(matches!(lost, Err(SwapError::Behind)), "{lost:?}");
    assert_eq!(leaves(&*two.store).await, [b"a"]);
}

/// As after a backup of another board was put in its place: as many entries, and others.
pub(super) async fn a_head_of_one_size_and_another_root_is_another_head<F: Fixture>(empty: &F, fixture: &F) {
    let elsewhere = F::new().await;
    let mut stray = Appender::on(elsewhere.open().await).await;
    stray.append(&[b"elsewhere"], &[]).await.unwrap();
    stray.store = empty.open().await;
    let lost = stray.append(&[b"b"], &[]).await;
    assert!(matches!(lost, Err(SwapError::Behind)), "{lost:?}");
    assert!(leaves(&*stray.store).await.is_empty(), "there was nothing to continue");

    let mut one = Appender::on(fixture.open().await).await;
    one.append(&[b"a"], &[]).await.unwrap();
    stray.store = fixture.open().await;
    let lost = stray.append(&[b"b"], &[]).await;
    assert!(matches!(lost, Err(SwapError::Behind)), "{lost:?}");
    assert_eq!(leaves(&*one.store).await, [b"a"]);
    assert_eq!(one.store.head().await.unwrap().as_ref(), one.head());
}

pub(super) async fn an_acknowledgement_never_changes(fixture: &impl Fixture) {
    let mut one = Appender::on(fixture.open().await).await;
    one.append(&[b"a", b"b"], &[]).await.unwrap();
    let first = one.head().unwrap().clone();
    one.append(&[b"c"], &[]).await.unwrap();
    let second = one.head().unwrap().clone();
    for (index, head) in [(0, &first), (1, &first), (2, &second)] {
        let acknowledged = one.store.acknowledgement(index, false).await.unwrap().unwrap();
        assert_eq!((acknowledged.size, &acknowledged.note), (head.size, &head.note));
    }
    assert_eq!(one.store.acknowledgement(3, false).await.unwrap(), None);
    assert_eq!(one.store.acknowledgement(0, true).await.unwrap(), None, "nobody has witnessed it");
}

pub(super) async fn witnessed_lines_are_never_older_and_never_replaced(fixture: &impl Fixture) {
    let mut one = Appender::on(fixture.open().await).await;
    let mut notes = Vec::new();
    for leaf in [b"a", b"b", b"c", b"d"] {
        one.append(&[leaf], &[]).await.unwrap();
        notes.push(one.head().unwrap().note.clone());
    }
    let other = fixture.open().await;
    one.store.store_witnessed(2, "two\n").await.unwrap();
    other.store_witnessed(2, "again\n").await.unwrap();
    other.store_witnessed(1, "older\n").await.unwrap();
    one.store.store_witnessed(4, "four\n").await.unwrap();
    one.store.store_witnessed(3, "between\n").await.unwrap();
    for store in [one.store.clone(), other] {
        for (size, newest) in
            [(1, None), (2, Some((2, "two\n"))), (3, Some((2, "two\n"))), (9, Some((4, "four\n")))]
        {
            let newest = newest.map(|(size, lines)| (size, format!("{}{lines}", notes[size as usize - 1])));
            let witnessed = store.witnessed(size).await.unwrap().map(|it| (it.size, it.note));
            assert_eq!(witnessed, newest, "up to {size}");
        }
        // The first that covers the entry acknowledges it.
        for (index, size, lines) in [(0, 2, "two\n"), (1, 2, "two\n"), (2, 4, "four\n"), (3, 4, "four\n")] {
            let acknowledged = store.acknowledgement(index, true).await.unwrap().unwrap();
            assert_eq!(acknowledged.size, size, "entry {index}");
            assert_eq!(acknowledged.note, format!("{}{lines}", notes[size as usize - 1]));
        }
    }
}

pub(super) async fn files_come_with_their_entries_or_not_at_all(fixture: &impl Fixture) {
    let file = |bytes: &[u8]| [("result.json".to_owned(), bytes.to_vec())];
    let mut one = Appender::on(fixture.open().await).await;
    one.append(&[b"a"], &file(b"first")).await.unwrap();
    assert_eq!(fixture.open().await.file("result.json").await.unwrap().as_deref(), Some(&b"first"[..]));
    let refused = one.append(&[b"b"], &file(b"second")).await;
    assert!(matches!(refused, Err(SwapError::Store(_))), "a file is stored once: {refused:?}");
    assert_eq!(leaves(&*one.store).await, [b"a"]);
    assert_eq!(one.store.file("result.json").await.unwrap().as_deref(), Some(&b"first"[..]));
}

/// Whoever appends may be killed at any moment; here it stops asking after each number of steps.
pub(super) async fn an_append_that_is_given_up_is_whole_or_nothing(fixture: &impl Fixture) {
    for steps in 0..8 {
        let mut one = Appender::on(fixture.open().await).await;
        let before = leaves(&*one.store).await;
        let (first, second) = (format!("{steps} first"), format!("{steps} second"));
        let new = [first.as_bytes(), second.as_bytes()];
        {
            let mut append = pin!(one.append(&new, &[]));
            for _ in 0..steps {
                if append.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        }
        // It may still be under way: then whoever comes next is behind it, and reads again.
        let next = format!("{steps} next");
        let two = loop {
            let mut two = Appender::on(fixture.open().await).await;
            match two.append(&[next.as_bytes()], &[]).await {
                Ok(()) => break two,
                Err(SwapError::Behind) => {}
                Err(error) => panic!("{error}"),
            }
        };
        let next = vec![next.into_bytes()];
        let nothing = [before.clone(), next.clone()].concat();
        let whole = [before, new.map(<[u8]>::to_vec).to_vec(), next].concat();
        let after = leaves(&*two.store).await;
        assert!(after == nothing || after == whole, "{after:?}");
        assert_one_history(&*two.store).await;
    }
}

pub(super) async fn many_at_once_lose_nothing_and_never_fork(fixture: &impl Fixture) {
    let mut tasks = tokio::task::JoinSet::new();
    for keeper in 0..4 {
        let store = fixture.open().await;
        tasks.spawn(async move {
            for n in 0..10 {
                let leaf = format!("{keeper}-{n}");
                loop {
                    match Appender::on(store.clone()).await.append(&[leaf.as_bytes()], &[]).await {
                        Ok(()) => break,
                        Err(SwapError::Behind) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        });
    }
    tasks.join_all().await;
    let store = fixture.open().await;
    let mut all = leaves(&*store).await;
    all.sort();
    let mut expected: Vec<_> =
        (0..4).flat_map(|keeper| (0..10).map(move |n| format!("{keeper}-{n}").into_bytes())).collect();
    expected.sort();
    assert_eq!(all, expected);
    assert_one_history(&*store).await;
}
