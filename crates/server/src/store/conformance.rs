//! What every store must do, as tests that are given one. A store's own tests call them with two handles of one new
//! and empty database, as two servers have that run on it.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use veche_record::Pseudonym;

use super::registrar::{
    CodeAsked, CodeLimits, Guess, GuessLimits, Guessed, NewCode, PhoneHash, RegistrarStore, RollRow,
    SignedInVoter,
};

const NOW: i64 = 1_777_680_000;
const DAY: i64 = 86_400;

/// Calls at the same time.
const TOGETHER: u8 = 16;

const CODES: CodeLimits = CodeLimits { resend_after: Duration::from_secs(30), a_phone_a_day: 5 };
const GUESSES: GuessLimits =
    GuessLimits { code_lifetime: Duration::from_secs(600), a_code: 5, a_phone_a_day: 8 };

/// Holds a store to everything that [`RegistrarStore`] promises. Every part has phones of its own.
pub(crate) async fn registrar<S: RegistrarStore>(one: &S, two: &S) {
    a_roll_is_replaced_as_a_whole_or_not_at_all(one, two).await;
    a_phone_gets_so_many_codes_and_not_too_soon(one).await;
    requests_at_the_same_time_share_one_count_of_codes(one, two).await;
    a_code_is_used_once(one, two).await;
    a_code_ends_with_its_lifetime(one).await;
    guesses_are_counted_at_a_code(one).await;
    guesses_are_counted_over_all_codes_of_a_phone(one).await;
    guesses_at_the_same_time_share_one_count(one, two).await;
    only_who_is_on_the_roll_signs_in_unless_all_may(one).await;
    a_pseudonym_is_made_once(one, two).await;
    a_session_ends(one).await;
    what_no_limit_needs_is_forgotten_and_voters_are_not(one).await;
}

fn phone(number: u8) -> PhoneHash {
    PhoneHash([number; 32])
}

/// A hash that no other call with other numbers gives.
fn hash(what: u8, phone: u8, which: u8) -> [u8; 32] {
    let mut bytes = [what; 32];
    bytes[0] = phone;
    bytes[1] = which;
    bytes
}

fn row(number: u8, style: &str) -> RollRow {
    RollRow { phone: phone(number), style: style.to_owned() }
}

fn code(number: u8, which: u8, made: i64) -> NewCode {
    NewCode { session: hash(1, number, which), phone: phone(number), mac: hash(2, number, which), made }
}

/// The name that a voter gets who guesses first at this code.
fn pseudonym(number: u8, which: u8) -> Pseudonym {
    let mut bytes = [number; 16];
    bytes[0] = which;
    Pseudonym(bytes)
}

/// The right guess at [`code`], by anyone whose phone may vote.
fn right(number: u8, which: u8, at: i64) -> Guess {
    Guess {
        session: hash(1, number, which),
        mac: hash(2, number, which),
        at,
        open_to_all: true,
        pseudonym: pseudonym(number, which),
        token: hash(3, number, which),
        expires: at + 1_800,
    }
}

fn wrong(number: u8, which: u8, at: i64) -> Guess {
    Guess { mac: [0; 32], ..right(number, which, at) }
}

async fn ask(store: &impl RegistrarStore, number: u8, which: u8, made: i64) -> CodeAsked {
    store.ask_for_code(&code(number, which, made), &CODES).await.unwrap()
}

async fn give(store: &impl RegistrarStore, guess: &Guess) -> Guessed {
    store.guess(guess, &GUESSES).await.unwrap()
}

/// Does something many times at once, by turns through the one handle and the other.
async fn at_the_same_time<'a, T>(
    one: &'a impl RegistrarStore,
    two: &'a impl RegistrarStore,
    something: impl AsyncFn(&'a dyn RegistrarStore, u8) -> T,
) -> Vec<T> {
    let store = |which: u8| -> &'a dyn RegistrarStore { if which.is_multiple_of(2) { one } else { two } };
    join_all((0..TOGETHER).map(|which| something(store(which), which))).await
}

fn is_signed_in(guessed: &Guessed) -> bool {
    matches!(guessed, Guessed::SignedIn { .. })
}

async fn a_roll_is_replaced_as_a_whole_or_not_at_all(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    assert_eq!(one.roll_len().await.unwrap(), 0);
    one.replace_roll(&[row(1, "north"), row(2, "south")]).await.unwrap();
    one.replace_roll(&[row(2, "north"), row(3, "north"), row(4, "south")]).await.unwrap();
    let styles = async |store: &dyn RegistrarStore| {
        let mut styles = Vec::new();
        for number in 1..=5 {
            styles.push(store.style_on_roll(&phone(number)).await.unwrap());
        }
        (styles, store.roll_len().await.unwrap())
    };
    let text = |style: &str| Some(style.to_owned());
    let expected = (vec![None, text("north"), text("north"), text("south"), None], 3);
    assert_eq!(styles(two).await, expected, "the other handle sees it at once");
    one.replace_roll(&[row(5, "north"), row(1, "north"), row(5, "south")]).await.unwrap_err();
    assert_eq!(styles(one).await, expected, "a roll with a phone twice changes nothing");
}

async fn a_phone_gets_so_many_codes_and_not_too_soon(store: &impl RegistrarStore) {
    let wait = Duration::from_secs;
    assert_eq!(ask(store, 10, 0, NOW).await, CodeAsked::Stored);
    assert_eq!(ask(store, 10, 1, NOW + 29).await, CodeAsked::TooSoon { wait: wait(1) });
    assert_eq!(ask(store, 11, 0, NOW + 29).await, CodeAsked::Stored, "another phone");
    for which in 1..5 {
        assert_eq!(ask(store, 10, which, NOW + 30 * i64::from(which)).await, CodeAsked::Stored);
    }
    let tomorrow = NOW + DAY;
    assert_eq!(ask(store, 10, 5, tomorrow - 1).await, CodeAsked::TooMany { wait: wait(1) });
    assert_eq!(ask(store, 10, 5, tomorrow).await, CodeAsked::Stored, "a day after the first");
    assert_eq!(ask(store, 10, 6, tomorrow).await, CodeAsked::TooSoon { wait: wait(30) });
    // What was refused is not stored.
    assert_eq!(give(store, &right(10, 6, tomorrow)).await, Guessed::Expired);
}

async fn requests_at_the_same_time_share_one_count_of_codes(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    let asked = at_the_same_time(one, two, async |store, which| {
        store.ask_for_code(&code(12, which, NOW), &CODES).await.unwrap()
    });
    let asked = asked.await;
    assert_eq!(asked.iter().filter(|asked| **asked == CodeAsked::Stored).count(), 1, "{asked:?}");
}

async fn a_code_is_used_once(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    ask(one, 20, 0, NOW).await;
    let limits = GuessLimits { a_code: 100, a_phone_a_day: 100, ..GUESSES };
    let guesses = at_the_same_time(one, two, async |store, which| {
        let guess = Guess { token: hash(4, 20, which), ..right(20, 0, NOW + 1) };
        store.guess(&guess, &limits).await.unwrap()
    });
    let guesses = guesses.await;
    assert_eq!(guesses.iter().filter(|guessed| is_signed_in(guessed)).count(), 1, "{guesses:?}");
    let expired = guesses.iter().filter(|guessed| **guessed == Guessed::Expired).count();
    assert_eq!(expired, guesses.len() - 1);
    assert_eq!(give(one, &right(20, 0, NOW + 1)).await, Guessed::Expired);
}

async fn a_code_ends_with_its_lifetime(store: &impl RegistrarStore) {
    ask(store, 21, 0, NOW).await;
    assert_eq!(give(store, &right(21, 0, NOW + 600)).await, Guessed::Expired);
    assert!(is_signed_in(&give(store, &right(21, 0, NOW + 599)).await));
    assert_eq!(give(store, &right(21, 9, NOW)).await, Guessed::Expired, "a code that nobody asked for");
}

async fn guesses_are_counted_at_a_code(store: &impl RegistrarStore) {
    ask(store, 22, 0, NOW).await;
    for attempts_left in (0..5).rev() {
        assert_eq!(give(store, &wrong(22, 0, NOW)).await, Guessed::Wrong { attempts_left });
    }
    assert_eq!(give(store, &right(22, 0, NOW)).await, Guessed::CodeSpent, "also when it is right");
}

async fn guesses_are_counted_over_all_codes_of_a_phone(store: &impl RegistrarStore) {
    for which in 0..2u8 {
        let at = NOW + 60 * i64::from(which);
        ask(store, 23, which, at).await;
        for _ in 0..4 {
            assert!(matches!(give(store, &wrong(23, which, at)).await, Guessed::Wrong { .. }));
        }
    }
    ask(store, 23, 2, NOW + 120).await;
    let wait = Duration::from_secs(86_400 - 120);
    assert_eq!(give(store, &right(23, 2, NOW + 120)).await, Guessed::PhoneSpent { wait });
    ask(store, 24, 0, NOW).await;
    assert!(is_signed_in(&give(store, &right(24, 0, NOW)).await), "another phone has a count of its own");
    // A day after the first four, four more may be made.
    ask(store, 23, 3, NOW + DAY).await;
    assert!(is_signed_in(&give(store, &right(23, 3, NOW + DAY)).await));
}

async fn guesses_at_the_same_time_share_one_count(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    ask(one, 25, 0, NOW).await;
    let guesses =
        at_the_same_time(one, two, async |store, _| store.guess(&wrong(25, 0, NOW), &GUESSES).await.unwrap());
    let mut left = Vec::new();
    for guessed in guesses.await {
        match guessed {
            Guessed::Wrong { attempts_left } => left.push(attempts_left),
            other => assert!(matches!(other, Guessed::CodeSpent), "{other:?}"),
        }
    }
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4], "each was counted");
}

async fn only_who_is_on_the_roll_signs_in_unless_all_may(store: &impl RegistrarStore) {
    store.replace_roll(&[row(30, "north")]).await.unwrap();
    for (number, open_to_all, style) in [(30, false, Some("north")), (31, true, None), (32, false, None)] {
        ask(store, number, 0, NOW).await;
        let guessed = give(store, &Guess { open_to_all, ..right(number, 0, NOW) }).await;
        let expected = if number == 32 {
            Guessed::Wrong { attempts_left: 4 }
        } else {
            Guessed::SignedIn { pseudonym: pseudonym(number, 0), style: style.map(str::to_owned) }
        };
        assert_eq!(guessed, expected);
    }
    assert_eq!(store.voter(&hash(3, 32, 0), NOW).await.unwrap(), None, "no session without a right code");
}

async fn a_pseudonym_is_made_once(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    let limits = CodeLimits { resend_after: Duration::ZERO, a_phone_a_day: 100 };
    for which in 0..TOGETHER {
        one.ask_for_code(&code(40, which, NOW), &limits).await.unwrap();
    }
    let limits = GuessLimits { a_phone_a_day: 100, ..GUESSES };
    let signed = at_the_same_time(one, two, async |store, which| {
        store.guess(&right(40, which, NOW), &limits).await.unwrap()
    });
    let pseudonyms: BTreeSet<[u8; 16]> = signed
        .await
        .into_iter()
        .map(|guessed| match guessed {
            Guessed::SignedIn { pseudonym, .. } => pseudonym.0,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(pseudonyms.len(), 1, "one voter, one name");
    let pseudonym = Pseudonym(pseudonyms.into_iter().next().unwrap());
    for which in 0..TOGETHER {
        let voter = two.voter(&hash(3, 40, which), NOW).await.unwrap();
        assert_eq!(voter, Some(SignedInVoter { phone: phone(40), pseudonym }), "sessions of one voter");
    }
    assert_eq!(two.pseudonym(&phone(40)).await.unwrap(), Some(pseudonym));
    assert_eq!(two.pseudonym(&phone(39)).await.unwrap(), None, "nobody has signed in with it");
    assert_eq!(two.phone(&pseudonym).await.unwrap(), Some(phone(40)), "the other way round");
    assert_eq!(two.phone(&Pseudonym([255; 16])).await.unwrap(), None, "nobody has this name");
}

async fn a_session_ends(store: &impl RegistrarStore) {
    ask(store, 41, 0, NOW).await;
    give(store, &right(41, 0, NOW)).await;
    assert!(store.voter(&hash(3, 41, 0), NOW + 1_799).await.unwrap().is_some());
    assert_eq!(store.voter(&hash(3, 41, 0), NOW + 1_800).await.unwrap(), None);
    assert_eq!(store.voter(&hash(3, 41, 9), NOW).await.unwrap(), None, "a token that nobody has");
}

async fn what_no_limit_needs_is_forgotten_and_voters_are_not(store: &impl RegistrarStore) {
    // Nothing of the other parts is left to be in the way of times after theirs.
    store.forget_old(NOW + 10 * DAY).await.unwrap();
    let now = NOW + 20 * DAY;
    ask(store, 50, 0, now).await;
    let Guessed::SignedIn { pseudonym, .. } = give(store, &right(50, 0, now)).await else { panic!() };
    ask(store, 50, 1, now + 60).await;
    for _ in 0..3 {
        give(store, &wrong(50, 1, now + 60)).await;
    }

    store.forget_old(now + 1_799).await.unwrap();
    assert!(store.voter(&hash(3, 50, 0), now + 1_799).await.unwrap().is_some(), "it has a second left");
    store.forget_old(now + 1_800).await.unwrap();
    assert_eq!(store.voter(&hash(3, 50, 0), now).await.unwrap(), None, "whatever the clock says now");
    // A used code is remembered for its day, and so are its guesses.
    assert_eq!(give(store, &right(50, 0, now)).await, Guessed::Expired);
    let left = give(store, &wrong(50, 1, now + 60)).await;
    assert_eq!(left, Guessed::Wrong { attempts_left: 1 });

    store.forget_old(now + 60 + DAY).await.unwrap();
    let again = code(50, 1, now + 60);
    assert_eq!(store.ask_for_code(&again, &CODES).await.unwrap(), CodeAsked::Stored, "its row is gone");
    // Five guesses were made at that time. Were they not forgotten, the eighth would be refused.
    for attempts_left in (1..5).rev() {
        assert_eq!(give(store, &wrong(50, 1, now + 60)).await, Guessed::Wrong { attempts_left });
    }
    let signed = give(store, &right(50, 1, now + 60)).await;
    assert_eq!(signed, Guessed::SignedIn { pseudonym, style: None }, "the voter is who it was");
}
