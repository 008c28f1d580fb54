//! What a store owes of people who have one phone.

use super::*;

/// One of several people with a phone.
fn one_of(number: u8, which: u8, style: &str) -> RollRow {
    let person = PersonHash(hash(10, number, which));
    RollRow { phone: phone(number), mark: Some(mark(number, which)), person, style: style.to_owned() }
}

fn mark(number: u8, which: u8) -> MarkHash {
    MarkHash(hash(11, number, which))
}

/// The right guess, with a mark.
fn with_mark(number: u8, session: u8, which: u8, at: i64) -> Guess {
    Guess { mark: Some(mark(number, which)), open_to_all: false, ..right(number, session, at) }
}

pub(super) async fn people_of_one_phone_are_told_apart_on_the_roll(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    let rows = [one_of(140, 1, "north"), one_of(140, 2, "south"), row(141, "north")];
    let heading = Some("Year of birth");
    let roll = NewRoll { rows: &rows, mark_heading: heading, after: None };
    one.replace_roll(&roll, &read_from(140)).await.unwrap();
    let state = two.roll_state().await.unwrap();
    assert_eq!(state.mark_heading.as_deref(), heading);
    let people = async |number: u8| {
        let mut people = two.people_on_roll(&phone(number)).await.unwrap();
        people.sort_unstable_by_key(|row| row.person.0);
        people
    };
    assert_eq!(people(140).await, rows[..2]);
    assert_eq!(people(141).await, rows[2..]);
    assert_eq!(people(142).await, []);
    for row in &rows {
        assert_eq!(two.style_on_roll(&row.person).await.unwrap().as_ref(), Some(&row.style));
        assert_eq!(two.phone_on_roll(&row.person).await.unwrap(), Some(row.phone));
    }
    assert_eq!(two.phone_on_roll(&phone(140)).await.unwrap(), None);

    // What is not told apart is no roll.
    let same_mark = RollRow { person: PersonHash(hash(10, 140, 9)), ..one_of(140, 1, "north") };
    let same_person = RollRow { mark: Some(mark(140, 9)), ..one_of(140, 1, "north") };
    for wrong in [same_mark, same_person, row(140, "north")] {
        let refused = replace(one, &[one_of(140, 1, "north"), wrong], &read_from(141)).await;
        assert!(matches!(refused, Err(StoreError::PhoneTwice)), "{refused:?}");
    }
    // Nor is one that was compared with another than is in force.
    let late = NewRoll { after: Some(state.changes - 1), ..roll };
    let refused = one.replace_roll(&late, &read_from(141)).await;
    assert!(matches!(refused, Err(StoreError::RollChanged)), "{refused:?}");
    assert_eq!(two.roll_state().await.unwrap(), state, "nothing has changed");
    assert_eq!(people(140).await, rows[..2]);

    let add = async |row: &RollRow| one.add_to_roll(row, 1_000, &deed(DeedKind::RollAdded)).await.unwrap();
    assert_eq!(add(&one_of(140, 1, "south")).await, RollChange::IsThere("north".to_owned()));
    assert_eq!(add(&row(140, "north")).await, RollChange::NotToldApart);
    assert_eq!(add(&row(141, "south")).await, RollChange::IsThere("north".to_owned()));
    assert_eq!(add(&one_of(141, 1, "north")).await, RollChange::NotToldApart, "whoever is there has no mark");
    for which in 3..=u8::try_from(PEOPLE_OF_A_PHONE).unwrap() {
        assert_eq!(add(&one_of(140, which, "north")).await, RollChange::Done { before: None });
    }
    assert_eq!(add(&one_of(140, 20, "north")).await, RollChange::Crowded);
    let put = one.move_on_roll(&one_of(140, 1, "south"), 1_000, &deed(DeedKind::RollMoved)).await.unwrap();
    assert_eq!(put, RollChange::Done { before: Some("north".to_owned()) });
    let struck = one.strike_from_roll(&one_of(140, 2, "").person, &deed(DeedKind::RollStruck)).await.unwrap();
    assert_eq!(struck, RollChange::Done { before: Some("south".to_owned()) });
    let left = people(140).await;
    assert_eq!(left.len(), PEOPLE_OF_A_PHONE - 1);
    assert_eq!(left[0], one_of(140, 1, "south"), "the others stay");
    replace(one, &[], &read_from(142)).await.unwrap();
    assert_eq!(two.roll_state().await.unwrap().mark_heading, None);
}

pub(super) async fn whoever_is_alone_is_given_a_mark(store: &impl RegistrarStore) {
    replace(store, &[row(143, "north"), one_of(144, 1, "north"), one_of(144, 2, "north")], &read_from(143))
        .await
        .unwrap();
    let give = async |row: &RollRow| store.mark_on_roll(row, &deed(DeedKind::RollMarked)).await.unwrap();
    let marked = RollRow { mark: Some(mark(143, 1)), ..row(143, "north") };
    assert_eq!(give(&marked).await, RollChange::Done { before: Some("north".to_owned()) });
    assert_eq!(store.people_on_roll(&phone(143)).await.unwrap(), std::slice::from_ref(&marked));
    let again = RollRow { mark: Some(mark(143, 2)), ..marked };
    assert_eq!(give(&again).await, RollChange::Done { before: Some("north".to_owned()) }, "it is put right");
    assert_eq!(give(&one_of(144, 1, "north")).await, RollChange::NotToldApart);
    assert_eq!(give(&row(145, "north")).await, RollChange::NotThere);
    let another = one_of(143, 3, "south");
    let added = store.add_to_roll(&another, 1_000, &deed(DeedKind::RollAdded)).await.unwrap();
    assert_eq!(added, RollChange::Done { before: None });
    ask(store, 143, 0, NOW).await;
    let signed = give_right(store, &with_mark(143, 0, 2, NOW)).await;
    assert!(is_signed_in(&signed));
    assert_eq!(
        store.voter(&hash(3, 143, 0), NOW).await.unwrap().unwrap().person,
        phone(143),
        "whoever was alone is who they were"
    );
    replace(store, &[], &read_from(144)).await.unwrap();
}

async fn give_right(store: &impl RegistrarStore, guess: &Guess) -> Guessed {
    store.guess(guess, &GUESSES).await.unwrap()
}

pub(super) async fn a_right_code_of_several_people_takes_the_mark_of_one(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    let rows = [one_of(146, 1, "north"), one_of(146, 2, "south"), one_of(147, 3, "north")];
    let roll = NewRoll { rows: &rows, mark_heading: Some("flat"), after: None };
    one.replace_roll(&roll, &read_from(146)).await.unwrap();
    for session in 0..3 {
        ask(one, 146, session, NOW).await;
    }
    let needed = Guessed::MarkNeeded { heading: Some("flat".to_owned()) };
    let without = Guess { mark: None, ..with_mark(146, 0, 0, NOW) };
    // However often: the code stays good, and none of it is a guess at the code.
    for _ in 0..8 {
        assert_eq!(give(two, &without).await, needed);
    }
    assert_eq!(one.voter(&hash(3, 146, 0), NOW).await.unwrap(), None, "nobody is signed in");
    assert_eq!(give(one, &wrong(146, 0, NOW)).await, Guessed::Wrong { attempts_left: 4 });
    let stranger = Guess { mark: Some(mark(146, 1)), ..wrong(146, 0, NOW) };
    assert_eq!(
        give(one, &stranger).await,
        Guessed::Wrong { attempts_left: 3 },
        "without the code a mark says nothing, right or wrong"
    );
    let of_another = Guess { mark: Some(mark(147, 3)), ..without.clone() };
    assert_eq!(give(one, &of_another).await, Guessed::WrongMark { attempts_left: 2 });

    let Guessed::SignedIn { pseudonym: first, style, printed } = give(two, &with_mark(146, 0, 1, NOW)).await
    else {
        panic!()
    };
    assert_eq!((style.as_deref(), printed), (Some("north"), false));
    assert_eq!(give(one, &with_mark(146, 0, 2, NOW)).await, Guessed::Expired, "the code is used");
    let Guessed::SignedIn { pseudonym: second, style, .. } = give(one, &with_mark(146, 1, 2, NOW)).await
    else {
        panic!()
    };
    assert_eq!(style.as_deref(), Some("south"));
    assert_ne!(first, second, "two people, two names");
    let Guessed::SignedIn { pseudonym: again, .. } = give(one, &with_mark(146, 2, 1, NOW)).await else {
        panic!()
    };
    assert_eq!(again, first, "one person, one name");
    for (session, which) in [(0, 1), (1, 2), (2, 1)] {
        let voter = two.voter(&hash(3, 146, session), NOW).await.unwrap().unwrap();
        assert_eq!(voter.person, one_of(146, which, "").person);
    }
    // Whoever has a phone alone is not asked, and what is said all the same does not matter.
    ask(one, 147, 0, NOW).await;
    assert!(is_signed_in(&give(one, &with_mark(147, 0, 9, NOW)).await));
    replace(one, &[], &read_from(147)).await.unwrap();
}

pub(super) async fn marks_are_guessed_at_a_few_times_a_day(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    replace(one, &[one_of(148, 1, "north"), one_of(148, 2, "north")], &read_from(148)).await.unwrap();
    for session in 0..2 {
        ask(one, 148, session, NOW).await;
    }
    let guesses = [(0, 2), (1, 1), (0, 0)];
    for ((session, attempts_left), at) in guesses.into_iter().zip(NOW..) {
        let guess = with_mark(148, session, 7, at);
        assert_eq!(give(two, &guess).await, Guessed::WrongMark { attempts_left }, "whatever the session");
    }
    let spent = Guessed::MarksSpent { until: NOW + DAY };
    assert_eq!(give(one, &with_mark(148, 0, 7, NOW + 5)).await, spent);
    assert_eq!(give(one, &with_mark(148, 0, 1, NOW + 5)).await, spent, "also when it is right");
    assert_eq!(give(one, &Guess { mark: None, ..with_mark(148, 1, 1, NOW + 5) }).await, spent);

    // The first of them is a day ago.
    ask(one, 148, 5, NOW + DAY).await;
    assert_eq!(
        give(one, &with_mark(148, 5, 7, NOW + DAY)).await,
        Guessed::WrongMark { attempts_left: 0 },
        "one more"
    );
    assert_eq!(
        give(one, &with_mark(148, 5, 1, NOW + DAY)).await,
        Guessed::MarksSpent { until: NOW + 1 + DAY }
    );
    one.forget_messages(&phone(148), &deed(DeedKind::Unlocked)).await.unwrap();
    assert!(is_signed_in(&give(two, &with_mark(148, 5, 1, NOW + DAY)).await), "it was begun anew");

    // At the same time they share one count.
    replace(one, &[one_of(149, 1, "north"), one_of(149, 2, "north")], &read_from(149)).await.unwrap();
    ask(one, 149, 0, NOW).await;
    let guesses = at_the_same_time(one, two, async |store, _| {
        store.guess(&with_mark(149, 0, 7, NOW), &GUESSES).await.unwrap()
    });
    let guesses = guesses.await;
    let wrong = guesses.iter().filter(|guessed| matches!(guessed, Guessed::WrongMark { .. })).count();
    assert_eq!(wrong, 3, "{guesses:?}");
    replace(one, &[], &read_from(150)).await.unwrap();
}

pub(super) async fn a_code_on_paper_says_who_of_several_it_is(store: &impl RegistrarStore) {
    replace(store, &[one_of(150, 1, "north"), one_of(150, 2, "south")], &read_from(151)).await.unwrap();
    let paper = |person: PersonHash, which: u8| PrintedCode {
        person,
        mac: hash(9, 150, which),
        made: NOW,
        expires: NOW + 1_000,
        guesses: 0,
        used: false,
    };
    let second = one_of(150, 2, "").person;
    store.print_code(&paper(second, 2), &deed(DeedKind::CodePrinted)).await.unwrap();
    // Of somebody who had the phone before, and is on the roll no more.
    store.print_code(&paper(phone(150), 1), &deed(DeedKind::CodePrinted)).await.unwrap();
    ask(store, 150, 0, NOW).await;
    let given = |which: u8| Guess {
        printed: Some((hash(9, 150, which), 2)),
        open_to_all: false,
        ..wrong(150, 0, NOW)
    };
    assert!(!is_signed_in(&give(store, &given(1)).await));
    let Guessed::SignedIn { style, printed, .. } = give(store, &given(2)).await else { panic!() };
    assert_eq!((style.as_deref(), printed), (Some("south"), true), "no mark is asked for");
    assert_eq!(store.voter(&hash(3, 150, 0), NOW).await.unwrap().unwrap().person, second);
    let code = store.printed_code(&second).await.unwrap().unwrap();
    assert_eq!((code.guesses, code.used), (2, true));
    replace(store, &[], &read_from(152)).await.unwrap();
}

pub(super) async fn the_people_of_a_phone_have_its_messages_together(store: &impl RegistrarStore) {
    replace(store, &[one_of(151, 1, "north"), one_of(151, 2, "south")], &read_from(153)).await.unwrap();
    for which in 0..3 {
        assert_eq!(ask(store, 151, which, NOW).await, CodeAsked::Own, "three a day");
    }
    for (turn, which) in (3..6).enumerate() {
        let at = NOW + 4_000 * i64::try_from(turn).unwrap();
        assert_eq!(ask(store, 151, which, at).await, CodeAsked::Shared);
    }
    assert_eq!(ask(store, 151, 6, NOW + 12_000).await, CodeAsked::Nothing, "six a day");
    replace(store, &[], &read_from(154)).await.unwrap();
}
