//! What a store owes of codes, by SMS and on paper.

use super::*;

pub(super) async fn a_phone_gets_so_many_messages(store: &impl RegistrarStore) {
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
    store.forget_messages(&phone(10), &deed(DeedKind::Unlocked)).await.unwrap();
    assert_eq!(asked(12, tomorrow).await, CodeAsked::Own, "counted anew");
    assert!(is_signed_in(&give(store, &right(10, 12, tomorrow)).await));
}

pub(super) async fn requests_at_the_same_time_share_one_count_of_messages(
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
pub(super) async fn pester(store: &impl RegistrarStore, number: u8) {
    for which in 0..3 {
        assert_eq!(ask(store, number, which, NOW).await, CodeAsked::Own);
    }
}

pub(super) async fn a_shared_code_is_good_in_every_session_and_once(store: &impl RegistrarStore) {
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

pub(super) async fn a_shared_code_lives_until_after_the_next(store: &impl RegistrarStore) {
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

pub(super) async fn guesses_at_a_shared_code_are_counted_over_all_sessions(store: &impl RegistrarStore) {
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

pub(super) async fn a_message_that_is_lost_is_not_counted(store: &impl RegistrarStore) {
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

pub(super) async fn what_became_of_messages_is_known_for_a_day(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
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
    for guesses in 1..=2 {
        give(one, &wrong(97, 2, NOW + 2)).await;
        assert_eq!(news(NOW - DAY).await, MessageNews { guesses, ..known }, "at the newest code");
    }
    assert!(is_signed_in(&give(one, &right(97, 2, NOW + 2)).await));
    assert_eq!(news(NOW - DAY).await.guesses, 0, "it is used");
    assert_eq!(news(NOW + 9).await, MessageNews::default(), "of before nothing is said");
    assert_eq!(two.messages(&phone(98), 0).await.unwrap(), MessageNews::default(), "of nobody else either");
    one.forget_old(NOW + 9 + DAY, NOW).await.unwrap();
    assert_eq!(news(0).await.last_lost, None, "it is forgotten");
}

pub(super) async fn a_code_on_paper_is_good_once_and_for_its_phone_only(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    const ROUTE: u8 = 2;
    let paper = |number: u8, which: u8| PrintedCode {
        person: phone(number),
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

pub(super) async fn a_code_is_used_once(one: &impl RegistrarStore, two: &impl RegistrarStore) {
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

pub(super) async fn a_code_ends_with_its_lifetime(store: &impl RegistrarStore) {
    ask(store, 21, 0, NOW).await;
    assert_eq!(give(store, &right(21, 0, NOW + 600)).await, Guessed::Expired);
    assert!(is_signed_in(&give(store, &right(21, 0, NOW + 599)).await));
    assert_eq!(give(store, &right(21, 9, NOW)).await, Guessed::Expired, "a code that nobody asked for");
}

pub(super) async fn guesses_are_counted_in_a_session(store: &impl RegistrarStore) {
    ask(store, 22, 0, NOW).await;
    for attempts_left in (0..5).rev() {
        assert_eq!(give(store, &wrong(22, 0, NOW)).await, Guessed::Wrong { attempts_left });
    }
    assert_eq!(give(store, &right(22, 0, NOW)).await, Guessed::SessionSpent, "also when it is right");
}

pub(super) async fn guesses_at_the_same_time_share_one_count(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
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

pub(super) async fn only_who_is_on_the_roll_signs_in_unless_all_may(store: &impl RegistrarStore) {
    replace(store, &[row(30, "north")], &read_from(30)).await.unwrap();
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

pub(super) async fn a_pseudonym_is_made_once(one: &impl RegistrarStore, two: &impl RegistrarStore) {
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
