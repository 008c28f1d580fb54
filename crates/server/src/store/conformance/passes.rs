//! What a store owes of passes and sessions.

use super::*;

/// A pass of a person, as the voter's `which`-th, with an identifier of its own.
pub(super) fn pass(number: u8, which: u8) -> GoodPass {
    GoodPass {
        id: hash(6, number, which),
        ends: NOW + 60,
        person: phone(number),
        terms: PassTerms { style: Some("north".to_owned()), route: which },
        pseudonym: pseudonym(number, which),
        token: hash(7, number, which),
        expires: NOW + 1_800,
    }
}

pub(super) async fn a_pass_is_used_once(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    let used = at_the_same_time(one, two, async |store, which| {
        store.use_pass(&GoodPass { id: hash(6, 42, 0), ..pass(42, which) }).await.unwrap()
    });
    let used: Vec<_> = used.await.into_iter().flatten().collect();
    assert_eq!(used.len(), 1, "{used:?}");
    assert_eq!(one.use_pass(&pass(42, 0)).await.unwrap(), None);
    for which in 1..TOGETHER {
        // Whoever was first in the race has stored the token that goes with its number.
        let again = GoodPass { token: hash(8, 42, which), ..pass(42, which) };
        let again = two.use_pass(&again).await.unwrap();
        assert_eq!(again, Some(used[0]), "another pass of the same person is the same voter");
    }
    let refused = GoodPass { person: phone(43), token: hash(7, 43, 0), ..pass(42, 0) };
    assert_eq!(one.use_pass(&refused).await.unwrap(), None);
    assert_eq!(one.pseudonym(&phone(43)).await.unwrap(), None, "a pass that is refused makes no voter");
    assert_eq!(one.voter(&hash(7, 43, 0), NOW).await.unwrap(), None, "nor a session");
}

pub(super) async fn a_session_knows_what_its_own_pass_says(store: &impl RegistrarStore) {
    let without = PassTerms { style: None, route: 3 };
    store.use_pass(&pass(44, 1)).await.unwrap();
    store.use_pass(&GoodPass { terms: without.clone(), ..pass(44, 2) }).await.unwrap();
    ask(store, 44, 0, NOW).await;
    let Guessed::SignedIn { pseudonym, .. } = give(store, &right(44, 0, NOW)).await else { panic!() };
    for (token, terms) in
        [(hash(7, 44, 1), Some(pass(44, 1).terms)), (hash(7, 44, 2), Some(without)), (hash(3, 44, 0), None)]
    {
        let voter = store.voter(&token, NOW).await.unwrap();
        assert_eq!(voter, Some(SignedInVoter { person: phone(44), pseudonym, pass: terms, printed: None }));
    }
}

pub(super) async fn a_used_pass_is_kept_for_longer_than_it_is_good(store: &impl RegistrarStore) {
    let again = |which| GoodPass { token: hash(8, 45, which), ..pass(45, 0) };
    store.use_pass(&pass(45, 0)).await.unwrap();
    store.forget_old(NOW + 60 + DAY - 1, NOW).await.unwrap();
    assert_eq!(store.use_pass(&again(0)).await.unwrap(), None);
    store.forget_old(NOW + 60 + DAY, NOW).await.unwrap();
    assert!(store.use_pass(&again(1)).await.unwrap().is_some(), "whoever calls looks at the time");
}

pub(super) async fn a_session_ends(store: &impl RegistrarStore) {
    ask(store, 41, 0, NOW).await;
    give(store, &right(41, 0, NOW)).await;
    assert!(store.voter(&hash(3, 41, 0), NOW + 1_799).await.unwrap().is_some());
    assert_eq!(store.voter(&hash(3, 41, 0), NOW + 1_800).await.unwrap(), None);
    assert_eq!(store.voter(&hash(3, 41, 9), NOW).await.unwrap(), None, "a token that nobody has");
}

pub(super) async fn what_no_limit_needs_is_forgotten_and_voters_are_not(store: &impl RegistrarStore) {
    // Nothing of the other parts is left to be in the way of times after theirs.
    store.forget_old(NOW + 10 * DAY, NOW + 10 * DAY).await.unwrap();
    let now = NOW + 20 * DAY;
    ask(store, 50, 0, now).await;
    let Guessed::SignedIn { pseudonym, .. } = give(store, &right(50, 0, now)).await else { panic!() };
    for which in 1..3 {
        ask(store, 50, which, now + 60).await;
    }
    for _ in 0..3 {
        give(store, &wrong(50, 1, now + 60)).await;
    }

    store.forget_old(now + 1_799, now).await.unwrap();
    assert!(store.voter(&hash(3, 50, 0), now + 1_799).await.unwrap().is_some(), "it has a second left");
    store.forget_old(now + 1_800, now + 1).await.unwrap();
    assert_eq!(store.voter(&hash(3, 50, 0), now).await.unwrap(), None, "whatever the clock says now");
    assert_eq!(give(store, &right(50, 0, now)).await, Guessed::Expired);
    let left = give(store, &wrong(50, 1, now + 60)).await;
    assert_eq!(left, Guessed::Wrong { attempts_left: 1 }, "a request of later is there");

    // Messages are counted for a day, whatever became of the requests.
    store.forget_old(now + DAY, now + DAY).await.unwrap();
    let later = now + DAY + 59;
    assert_eq!(ask(store, 50, 5, later).await, CodeAsked::Own, "the first is a day ago, its row is gone");
    assert_eq!(ask(store, 50, 3, later).await, CodeAsked::Shared);
    store.forget_old(later + DAY, now).await.unwrap();
    assert_eq!(ask(store, 50, 4, later).await, CodeAsked::Own, "all are forgotten");
    let signed = give(store, &right(50, 5, later)).await;
    assert_eq!(
        signed,
        Guessed::SignedIn { pseudonym, style: None, printed: false },
        "the voter is who it was"
    );
}
