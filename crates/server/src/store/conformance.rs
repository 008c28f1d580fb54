//! What every store must do, as tests that are given one. A store's own tests call them with two handles of one new
//! and empty database, as two servers have that run on it.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use veche_record::Pseudonym;

use super::registrar::{
    CodeAsked, CodeLimits, Deed, DeedKind, GoodPass, Guess, GuessLimits, Guessed, MessageNews, NewCode,
    PassTerms, PersonHash, PrintedCode, RegistrarStore, RollChange, RollRow, SignedInVoter,
};
use crate::store::error::StoreError;

const NOW: i64 = 1_777_680_000;
const DAY: i64 = 86_400;

/// Calls at the same time.
const TOGETHER: u8 = 16;

const CODES: CodeLimits = CodeLimits { own_a_day: 3, a_day: 6, shared_every: Duration::from_secs(4_000) };
const GUESSES: GuessLimits = GuessLimits {
    session_lifetime: Duration::from_secs(600),
    a_session: 5,
    shared_lifetime: Duration::from_secs(4_500),
    a_shared_code: 40,
};

/// Holds a store to everything that [`RegistrarStore`] promises. Every part has phones of its own.
pub(crate) async fn registrar<S: RegistrarStore>(one: &S, two: &S) {
    a_roll_is_replaced_as_a_whole_or_not_at_all(one, two).await;
    a_roll_is_changed_line_by_line(one, two).await;
    whoever_is_struck_from_the_roll_is_signed_out(one, two).await;
    a_roll_that_changes_meanwhile_is_not_taken(one, two).await;
    deeds_are_kept_in_their_order(one, two).await;
    a_phone_gets_so_many_messages(one).await;
    requests_at_the_same_time_share_one_count_of_messages(one, two).await;
    a_shared_code_is_good_in_every_session_and_once(one).await;
    a_shared_code_lives_until_after_the_next(one).await;
    guesses_at_a_shared_code_are_counted_over_all_sessions(one).await;
    a_message_that_is_lost_is_not_counted(one).await;
    what_became_of_messages_is_known_for_a_day(one, two).await;
    a_code_on_paper_is_good_once_and_for_its_phone_only(one, two).await;
    a_code_is_used_once(one, two).await;
    a_code_ends_with_its_lifetime(one).await;
    guesses_are_counted_in_a_session(one).await;
    guesses_at_the_same_time_share_one_count(one, two).await;
    only_who_is_on_the_roll_signs_in_unless_all_may(one).await;
    a_pseudonym_is_made_once(one, two).await;
    a_pass_is_used_once(one, two).await;
    a_session_knows_what_its_own_pass_says(one).await;
    a_used_pass_is_kept_for_longer_than_it_is_good(one).await;
    a_session_ends(one).await;
    what_no_limit_needs_is_forgotten_and_voters_are_not(one).await;
}

fn phone(number: u8) -> PersonHash {
    PersonHash([number; 32])
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

/// A phone of many.
fn numbered(number: u32) -> PersonHash {
    let mut bytes = [200; 32];
    bytes[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    PersonHash(bytes)
}

fn deed(what: DeedKind) -> Deed {
    Deed {
        at: NOW,
        what,
        operator: "Anna".to_owned(),
        reason: "for a test".to_owned(),
        person: None,
        style: None,
        people: None,
        entry: None,
        source: None,
    }
}

/// A roll was read from this file.
fn read_from(source: u8) -> Deed {
    Deed { source: Some([source; 32]), ..deed(DeedKind::RollReplaced) }
}

fn code(number: u8, which: u8, made: i64) -> NewCode {
    let own = hash(2, number, which);
    NewCode {
        session: hash(1, number, which),
        phone: phone(number),
        own,
        shared: hash(5, number, which),
        made,
    }
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
        own: hash(2, number, which),
        shared: None,
        printed: None,
        at,
        open_to_all: true,
        pseudonym: pseudonym(number, which),
        token: hash(3, number, which),
        expires: at + 1_800,
    }
}

fn wrong(number: u8, which: u8, at: i64) -> Guess {
    Guess { own: [0; 32], ..right(number, which, at) }
}

/// The shared code of one request, given in the session of another.
fn shared(number: u8, (code, session): (u8, u8), at: i64) -> Guess {
    Guess { shared: Some(hash(5, number, code)), ..wrong(number, session, at) }
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
    one.replace_roll(&[row(1, "north"), row(2, "south")], &read_from(1)).await.unwrap();
    one.replace_roll(&[row(2, "north"), row(3, "north"), row(4, "south")], &read_from(2)).await.unwrap();
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
    let twice = one.replace_roll(&[row(5, "north"), row(1, "north"), row(5, "south")], &read_from(3)).await;
    assert!(matches!(twice, Err(StoreError::PhoneTwice)), "{twice:?}");
    assert_eq!(styles(one).await, expected, "a roll with a phone twice changes nothing");
    for (source, was_read) in [(1, true), (2, true), (3, false), (4, false)] {
        assert_eq!(two.was_read(&[source; 32]).await.unwrap(), was_read, "{source}");
    }
    // Longer than what is written at once, in no order.
    let long: Vec<RollRow> =
        (0..5_001_u32).rev().map(|n| RollRow { phone: numbered(n), ..row(0, "north") }).collect();
    one.replace_roll(&long, &read_from(4)).await.unwrap();
    assert_eq!(two.roll_len().await.unwrap(), 5_001);
    let mut all = two.roll().await.unwrap();
    all.sort_unstable_by_key(|row| row.phone.0);
    let mut expected = long;
    expected.sort_unstable_by_key(|row| row.phone.0);
    assert_eq!(all, expected);
    one.replace_roll(&[], &read_from(5)).await.unwrap();
    assert_eq!(two.roll().await.unwrap(), []);
}

async fn a_roll_is_changed_line_by_line(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    let text = |style: &str| style.to_owned();
    let to = |number: u8, what: DeedKind| Deed { person: Some(phone(number)), ..deed(what) };
    one.replace_roll(&[row(1, "north"), row(2, "south")], &read_from(9)).await.unwrap();
    let before = one.deeds(None).await.unwrap().len();
    let add = async |store: &dyn RegistrarStore, number: u8, style: &str| {
        store.add_to_roll(&row(number, style), 2, &to(number, DeedKind::RollAdded)).await.unwrap()
    };
    let put = async |store: &dyn RegistrarStore, number: u8, style: &str| {
        store.move_on_roll(&row(number, style), 2, &to(number, DeedKind::RollMoved)).await.unwrap()
    };
    let strike = async |store: &dyn RegistrarStore, number: u8| {
        store.strike_from_roll(&phone(number), &to(number, DeedKind::RollStruck)).await.unwrap()
    };
    let done = |before: Option<&str>| RollChange::Done { before: before.map(str::to_owned) };
    assert_eq!(add(one, 3, "north").await, done(None));
    assert_eq!(
        two.style_on_roll(&phone(3)).await.unwrap(),
        Some(text("north")),
        "the other handle sees it at once"
    );
    assert_eq!(add(two, 4, "north").await, RollChange::Full(2));
    assert_eq!(add(two, 2, "north").await, RollChange::IsThere(text("south")), "whatever the district");
    assert_eq!(put(one, 2, "north").await, RollChange::Full(2));
    assert_eq!(put(one, 1, "south").await, done(Some("north")));
    assert_eq!(put(one, 1, "south").await, RollChange::IsThere(text("south")));
    assert_eq!(put(one, 5, "south").await, RollChange::NotThere);
    assert_eq!(strike(two, 5).await, RollChange::NotThere);
    assert_eq!(strike(two, 2).await, done(Some("south")));
    assert_eq!(strike(one, 2).await, RollChange::NotThere);
    let mut roll = one.roll().await.unwrap();
    roll.sort_unstable_by_key(|row| row.phone.0);
    assert_eq!(roll, [row(1, "south"), row(3, "north")]);
    // What was not done is not in the journal.
    let deeds: Vec<_> = one.deeds(None).await.unwrap().into_iter().skip(before).collect();
    let struck = Deed { style: Some(text("south")), ..to(2, DeedKind::RollStruck) };
    assert_eq!(deeds, [to(3, DeedKind::RollAdded), to(1, DeedKind::RollMoved), struck]);
    one.replace_roll(&[], &read_from(10)).await.unwrap();
}

async fn whoever_is_struck_from_the_roll_is_signed_out(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    one.replace_roll(&[row(60, "north"), row(61, "north")], &read_from(11)).await.unwrap();
    for number in [60, 61] {
        ask(one, number, 0, NOW).await;
        assert!(is_signed_in(&give(one, &Guess { open_to_all: false, ..right(number, 0, NOW) }).await));
    }
    ask(one, 60, 1, NOW).await;
    two.strike_from_roll(&phone(60), &deed(DeedKind::RollStruck)).await.unwrap();
    assert_eq!(one.voter(&hash(3, 60, 0), NOW).await.unwrap(), None);
    assert!(one.voter(&hash(3, 61, 0), NOW).await.unwrap().is_some(), "nobody else");
    let late = give(one, &Guess { open_to_all: false, ..right(60, 1, NOW) }).await;
    assert!(!is_signed_in(&late), "a code that was sent before is of no use");
    let voters = two.voters().await.unwrap();
    for number in [60, 61] {
        let known = one.pseudonym(&phone(number)).await.unwrap().unwrap();
        assert!(voters.contains(&(phone(number), known)), "who they are is not forgotten");
    }
    one.replace_roll(&[], &read_from(12)).await.unwrap();
}

/// Who is first cannot be told, so it is tried until the one was in the midst of the other.
async fn a_roll_that_changes_meanwhile_is_not_taken(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    let long: Vec<RollRow> = (0..20_000).map(|n| RollRow { phone: numbered(n), ..row(0, "south") }).collect();
    for number in 70..90 {
        one.replace_roll(&[row(1, "north")], &read_from(13)).await.unwrap();
        let added = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            two.add_to_roll(&row(number, "north"), 1_000, &deed(DeedKind::RollAdded)).await.unwrap()
        };
        let deed = read_from(number);
        let (replaced, added) = futures_util::future::join(one.replace_roll(&long, &deed), added).await;
        assert_eq!(added, RollChange::Done { before: None });
        match replaced {
            Err(StoreError::RollChanged) => {
                let north = Some("north".to_owned());
                assert_eq!(one.style_on_roll(&phone(number)).await.unwrap(), north, "it is not lost");
                assert_eq!(one.style_on_roll(&numbered(5)).await.unwrap(), None);
                assert!(!one.was_read(&[number; 32]).await.unwrap());
                one.replace_roll(&[], &read_from(14)).await.unwrap();
                return;
            }
            other => other.unwrap(),
        }
    }
    panic!("nobody was ever in the midst");
}

async fn deeds_are_kept_in_their_order(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    let full = Deed {
        at: NOW - 5,
        person: Some(phone(95)),
        style: Some("north".to_owned()),
        people: Some(500_000),
        entry: Some(77),
        source: Some([95; 32]),
        ..deed(DeedKind::KeyRevoked)
    };
    let before = one.deeds(None).await.unwrap();
    one.note(&full).await.unwrap();
    two.note(&deed(DeedKind::Unlocked)).await.unwrap();
    two.forget_messages(&phone(95), Some(&Deed { person: Some(phone(95)), ..deed(DeedKind::Unlocked) }))
        .await
        .unwrap();
    let after = one.deeds(None).await.unwrap();
    assert_eq!(after.len(), before.len() + 3);
    assert_eq!(after[..before.len()], before);
    assert_eq!(after[before.len()], full, "everything comes back");
    let of_one = two.deeds(Some(&phone(95))).await.unwrap();
    assert_eq!(
        of_one.iter().map(|deed| deed.what).collect::<Vec<_>>(),
        [DeedKind::KeyRevoked, DeedKind::Unlocked]
    );
    assert_eq!(two.deeds(Some(&phone(96))).await.unwrap(), []);
}

async fn a_phone_gets_so_many_messages(store: &impl RegistrarStore) {
    let asked = async |which: u8, at: i64| ask(store, 10, which, at).await;
    for which in 0..3 {
        assert_eq!(asked(which, NOW).await, CodeAsked::Own);
    }
    assert_eq!(asked(3, NOW).await, CodeAsked::Shared);
    assert_eq!(asked(4, NOW + 3_999).await, CodeAsked::Nothing);
    assert_eq!(ask(store, 11, 0, NOW).await, CodeAsked::Own, "another phone");
    assert_eq!(asked(5, NOW + 4_000).await, CodeAsked::Shared);
    assert_eq!(asked(6, NOW + 8_000).await, CodeAsked::Shared);
    assert_eq!(asked(7, NOW + 12_000).await, CodeAsked::Nothing, "six a day");
    let tomorrow = NOW + DAY;
    assert_eq!(asked(8, tomorrow - 1).await, CodeAsked::Nothing);
    assert_eq!(asked(9, tomorrow).await, CodeAsked::Own, "a day after the first four");
    assert_eq!(asked(10, tomorrow).await, CodeAsked::Shared);
    // A request for which nothing is sent is a session like any other.
    assert_eq!(asked(11, tomorrow).await, CodeAsked::Nothing);
    assert!(is_signed_in(&give(store, &shared(10, (10, 11), tomorrow)).await));
    store.forget_messages(&phone(10), None).await.unwrap();
    assert_eq!(asked(12, tomorrow).await, CodeAsked::Own, "counted anew");
    assert!(is_signed_in(&give(store, &right(10, 12, tomorrow)).await));
}

async fn requests_at_the_same_time_share_one_count_of_messages(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    let asked = at_the_same_time(one, two, async |store, which| {
        store.ask_for_code(&code(12, which, NOW), &CODES).await.unwrap()
    });
    let asked = asked.await;
    let count = |what| asked.iter().filter(|asked| **asked == what).count();
    assert_eq!((count(CodeAsked::Own), count(CodeAsked::Shared)), (3, 1), "{asked:?}");
}

/// Asks so often that the next message would have a shared code.
async fn pester(store: &impl RegistrarStore, number: u8) {
    for which in 0..3 {
        assert_eq!(ask(store, number, which, NOW).await, CodeAsked::Own);
    }
}

async fn a_shared_code_is_good_in_every_session_and_once(store: &impl RegistrarStore) {
    pester(store, 13).await;
    assert_eq!(ask(store, 13, 3, NOW).await, CodeAsked::Shared);
    assert_eq!(ask(store, 13, 4, NOW + 60).await, CodeAsked::Nothing);
    let same = Guess { shared: None, ..shared(13, (3, 4), NOW + 60) };
    assert!(!is_signed_in(&give(store, &same).await), "a short guess is no shared code");
    pester(store, 14).await;
    assert!(!is_signed_in(
        &give(store, &Guess { session: hash(1, 14, 0), ..shared(13, (3, 4), NOW + 60) }).await
    ));
    assert!(is_signed_in(&give(store, &shared(13, (3, 4), NOW + 60)).await), "asked for by another");
    assert!(!is_signed_in(&give(store, &shared(13, (3, 3), NOW + 60)).await), "used");
    assert_eq!(ask(store, 13, 5, NOW + 60).await, CodeAsked::Shared, "whoever used it gets another");
    assert!(is_signed_in(&give(store, &shared(13, (5, 0), NOW + 60)).await), "also in an older session");
    assert!(is_signed_in(&give(store, &right(13, 1, NOW + 60)).await), "own codes are as good as before");
    assert!(!is_signed_in(&give(store, &right(13, 3, NOW + 60)).await), "an own code that was not sent");
}

async fn a_shared_code_lives_until_after_the_next(store: &impl RegistrarStore) {
    pester(store, 15).await;
    assert_eq!(ask(store, 15, 3, NOW).await, CodeAsked::Shared);
    assert_eq!(ask(store, 15, 4, NOW + 4_000).await, CodeAsked::Shared);
    for which in 5..8 {
        assert_eq!(ask(store, 15, which, NOW + 4_499).await, CodeAsked::Nothing);
    }
    assert!(is_signed_in(&give(store, &shared(15, (3, 5), NOW + 4_499)).await));
    assert!(is_signed_in(&give(store, &shared(15, (4, 6), NOW + 4_499)).await));
    pester(store, 16).await;
    assert_eq!(ask(store, 16, 3, NOW).await, CodeAsked::Shared);
    assert_eq!(ask(store, 16, 4, NOW + 3_999).await, CodeAsked::Nothing);
    assert!(!is_signed_in(&give(store, &shared(16, (3, 4), NOW + 4_500)).await));
}

async fn guesses_at_a_shared_code_are_counted_over_all_sessions(store: &impl RegistrarStore) {
    pester(store, 17).await;
    assert_eq!(ask(store, 17, 3, NOW).await, CodeAsked::Shared);
    let guess = |session: u8| Guess { shared: Some([0; 32]), ..wrong(17, session, NOW + 1) };
    for session in 10..18 {
        ask(store, 17, session, NOW + 1).await;
        for attempts_left in (0..5).rev() {
            assert_eq!(give(store, &guess(session)).await, Guessed::Wrong { attempts_left });
        }
    }
    ask(store, 17, 18, NOW + 1).await;
    assert!(
        !is_signed_in(&give(store, &shared(17, (3, 18), NOW + 1)).await),
        "it was guessed at forty times"
    );
    // Short guesses are at nobody else's code.
    pester(store, 18).await;
    assert_eq!(ask(store, 18, 3, NOW).await, CodeAsked::Shared);
    for session in 10..19 {
        ask(store, 18, session, NOW + 1).await;
        for _ in 0..5 {
            give(store, &wrong(18, session, NOW + 1)).await;
        }
    }
    assert!(is_signed_in(&give(store, &shared(18, (3, 0), NOW + 1)).await));
}

async fn a_message_that_is_lost_is_not_counted(store: &impl RegistrarStore) {
    pester(store, 19).await;
    assert_eq!(ask(store, 19, 3, NOW).await, CodeAsked::Shared);
    store.message_lost(&hash(1, 19, 3), NOW).await.unwrap();
    assert_eq!(ask(store, 19, 4, NOW).await, CodeAsked::Shared, "the next one has another");
    assert!(!is_signed_in(&give(store, &shared(19, (3, 3), NOW)).await), "nobody has read it");
    store.message_lost(&hash(1, 19, 0), NOW).await.unwrap();
    store.message_lost(&hash(1, 19, 99), NOW).await.unwrap();
    store.message_lost(&hash(1, 19, 4), NOW).await.unwrap();
    assert_eq!(ask(store, 19, 5, NOW).await, CodeAsked::Own);
}

async fn what_became_of_messages_is_known_for_a_day(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    let news = async |after: i64| two.messages(&phone(97), after).await.unwrap();
    assert_eq!(news(NOW - DAY).await, MessageNews::default());
    for which in 0..3 {
        ask(one, 97, which, NOW + i64::from(which)).await;
    }
    let asked = MessageNews { asked: 3, last_asked: Some(NOW + 2), waiting: 3, ..MessageNews::default() };
    assert_eq!(news(NOW - DAY).await, asked);
    one.message_left(&hash(1, 97, 0), NOW + 5).await.unwrap();
    one.message_left(&hash(1, 97, 1), NOW + 4).await.unwrap();
    one.message_lost(&hash(1, 97, 2), NOW + 9).await.unwrap();
    one.message_lost(&hash(1, 97, 99), NOW + 10).await.unwrap();
    let known =
        MessageNews { left: 2, last_left: Some(NOW + 5), waiting: 0, last_lost: Some(NOW + 9), ..asked };
    assert_eq!(news(NOW - DAY).await, known);
    assert_eq!(news(NOW + 9).await, MessageNews::default(), "of before nothing is said");
    assert_eq!(two.messages(&phone(98), 0).await.unwrap(), MessageNews::default(), "of nobody else either");
    one.forget_old(NOW + 9 + DAY, NOW).await.unwrap();
    assert_eq!(news(0).await.last_lost, None, "it is forgotten");
}

async fn a_code_on_paper_is_good_once_and_for_its_phone_only(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    const ROUTE: u8 = 2;
    let paper = |number: u8, which: u8| PrintedCode {
        phone: phone(number),
        mac: hash(9, 100, which),
        made: NOW,
        expires: NOW + 1_000,
        guesses: 0,
        used: false,
    };
    // The codes of two phones may be the same digits.
    let given = |number: u8, which: u8, session: u8, at: i64| Guess {
        printed: Some((hash(9, 100, which), ROUTE)),
        ..wrong(number, session, at)
    };
    let print = async |number: u8, which: u8| {
        let deed = Deed { person: Some(phone(number)), ..deed(DeedKind::CodePrinted) };
        one.print_code(&paper(number, which), &deed).await.unwrap();
    };
    for number in [100, 101, 102] {
        for session in 0..3 {
            ask(one, number, session, NOW).await;
        }
    }
    print(100, 1).await;
    assert!(!is_signed_in(&give(two, &given(101, 1, 0, NOW)).await), "it is of another phone");
    assert!(!is_signed_in(&give(two, &given(100, 2, 0, NOW)).await), "it is another code");
    assert!(
        !is_signed_in(&give(two, &Guess { open_to_all: false, ..given(100, 1, 0, NOW) }).await),
        "not on the roll"
    );
    let signed = give(two, &given(100, 1, 0, NOW + 599)).await;
    assert!(matches!(signed, Guessed::SignedIn { printed: true, style: None, .. }), "{signed:?}");
    let voter = one.voter(&hash(3, 100, 0), NOW).await.unwrap().unwrap();
    assert_eq!((voter.pass, voter.printed), (None, Some(ROUTE)));
    assert!(!is_signed_in(&give(one, &given(100, 1, 1, NOW + 599)).await), "it is used");
    assert!(one.printed_code(&phone(100)).await.unwrap().unwrap().used);
    assert!(is_signed_in(&give(one, &right(100, 1, NOW)).await), "the code by SMS is as good as before");
    assert_eq!(one.voter(&hash(3, 100, 1), NOW).await.unwrap().unwrap().printed, None);

    // The newest counts, until it ends.
    print(101, 1).await;
    print(101, 2).await;
    ask(one, 101, 5, NOW + 900).await;
    assert!(!is_signed_in(&give(one, &given(101, 1, 5, NOW + 999)).await), "another took its place");
    assert!(!is_signed_in(&give(one, &given(101, 2, 5, NOW + 1_000)).await), "it has ended");
    assert!(is_signed_in(&give(one, &given(101, 2, 5, NOW + 999)).await));

    // Whatever the session, guesses at it are counted together.
    print(102, 1).await;
    for session in 10..18 {
        ask(one, 102, session, NOW).await;
        for _ in 0..5 {
            give(one, &given(102, 7, session, NOW)).await;
        }
    }
    assert_eq!(one.printed_code(&phone(102)).await.unwrap().unwrap().guesses, 40);
    assert!(!is_signed_in(&give(one, &given(102, 1, 0, NOW)).await), "it was guessed at forty times");
    assert!(one.printed_code(&phone(103)).await.unwrap().is_none());
}

async fn a_code_is_used_once(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    ask(one, 20, 0, NOW).await;
    let limits = GuessLimits { a_session: 100, ..GUESSES };
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

async fn guesses_are_counted_in_a_session(store: &impl RegistrarStore) {
    ask(store, 22, 0, NOW).await;
    for attempts_left in (0..5).rev() {
        assert_eq!(give(store, &wrong(22, 0, NOW)).await, Guessed::Wrong { attempts_left });
    }
    assert_eq!(give(store, &right(22, 0, NOW)).await, Guessed::SessionSpent, "also when it is right");
}

async fn guesses_at_the_same_time_share_one_count(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    ask(one, 25, 0, NOW).await;
    let guesses =
        at_the_same_time(one, two, async |store, _| store.guess(&wrong(25, 0, NOW), &GUESSES).await.unwrap());
    let mut left = Vec::new();
    for guessed in guesses.await {
        match guessed {
            Guessed::Wrong { attempts_left } => left.push(attempts_left),
            other => assert!(matches!(other, Guessed::SessionSpent), "{other:?}"),
        }
    }
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4], "each was counted");
}

async fn only_who_is_on_the_roll_signs_in_unless_all_may(store: &impl RegistrarStore) {
    store.replace_roll(&[row(30, "north")], &read_from(30)).await.unwrap();
    for (number, open_to_all, style) in [(30, false, Some("north")), (31, true, None), (32, false, None)] {
        ask(store, number, 0, NOW).await;
        let guessed = give(store, &Guess { open_to_all, ..right(number, 0, NOW) }).await;
        let expected = if number == 32 {
            Guessed::Wrong { attempts_left: 4 }
        } else {
            Guessed::SignedIn {
                pseudonym: pseudonym(number, 0),
                style: style.map(str::to_owned),
                printed: false,
            }
        };
        assert_eq!(guessed, expected);
    }
    assert_eq!(store.voter(&hash(3, 32, 0), NOW).await.unwrap(), None, "no session without a right code");
}

async fn a_pseudonym_is_made_once(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    let limits = CodeLimits { own_a_day: 100, ..CODES };
    for which in 0..TOGETHER {
        one.ask_for_code(&code(40, which, NOW), &limits).await.unwrap();
    }
    let signed = at_the_same_time(one, two, async |store, which| {
        store.guess(&right(40, which, NOW), &GUESSES).await.unwrap()
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
        assert_eq!(
            voter,
            Some(SignedInVoter { person: phone(40), pseudonym, pass: None, printed: None }),
            "sessions of one voter"
        );
    }
    assert_eq!(two.pseudonym(&phone(40)).await.unwrap(), Some(pseudonym));
    assert_eq!(two.pseudonym(&phone(39)).await.unwrap(), None, "nobody has signed in with it");
    assert_eq!(two.person(&pseudonym).await.unwrap(), Some(phone(40)), "the other way round");
    assert_eq!(two.person(&Pseudonym([255; 16])).await.unwrap(), None, "nobody has this name");
}

/// A pass of a person, as the voter's `which`-th, with an identifier of its own.
fn pass(number: u8, which: u8) -> GoodPass {
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

async fn a_pass_is_used_once(one: &impl RegistrarStore, two: &impl RegistrarStore) {
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

async fn a_session_knows_what_its_own_pass_says(store: &impl RegistrarStore) {
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

async fn a_used_pass_is_kept_for_longer_than_it_is_good(store: &impl RegistrarStore) {
    let again = |which| GoodPass { token: hash(8, 45, which), ..pass(45, 0) };
    store.use_pass(&pass(45, 0)).await.unwrap();
    store.forget_old(NOW + 60 + DAY - 1, NOW).await.unwrap();
    assert_eq!(store.use_pass(&again(0)).await.unwrap(), None);
    store.forget_old(NOW + 60 + DAY, NOW).await.unwrap();
    assert!(store.use_pass(&again(1)).await.unwrap().is_some(), "whoever calls looks at the time");
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
