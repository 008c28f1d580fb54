//! What a store owes of the roll, and of deeds that were done by hand.

use super::*;

pub(super) async fn a_roll_is_replaced_as_a_whole_or_not_at_all(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    assert_eq!(one.roll_len().await.unwrap(), 0);
    replace(one, &[row(1, "north"), row(2, "south")], &read_from(1)).await.unwrap();
    replace(one, &[row(2, "north"), row(3, "north"), row(4, "south")], &read_from(2)).await.unwrap();
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
    let twice = replace(one, &[row(5, "north"), row(1, "north"), row(5, "south")], &read_from(3)).await;
    assert!(matches!(twice, Err(StoreError::PhoneTwice)), "{twice:?}");
    assert_eq!(styles(one).await, expected, "a roll with a phone twice changes nothing");
    for (source, was_read) in [(1, true), (2, true), (3, false), (4, false)] {
        assert_eq!(two.was_read(&[source; 32]).await.unwrap(), was_read, "{source}");
    }
    // Longer than what is written at once, in no order.
    let long: Vec<RollRow> = (0..5_001_u32).rev().map(|n| alone(numbered(n), "north")).collect();
    replace(one, &long, &read_from(4)).await.unwrap();
    assert_eq!(two.roll_len().await.unwrap(), 5_001);
    let mut all = two.roll().await.unwrap();
    all.sort_unstable_by_key(|row| row.phone.0);
    let mut expected = long;
    expected.sort_unstable_by_key(|row| row.phone.0);
    assert_eq!(all, expected);
    replace(one, &[], &read_from(5)).await.unwrap();
    assert_eq!(two.roll().await.unwrap(), []);
}

pub(super) async fn a_roll_is_changed_line_by_line(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    let text = |style: &str| style.to_owned();
    let to = |number: u8, what: DeedKind| Deed { person: Some(phone(number)), ..deed(what) };
    replace(one, &[row(1, "north"), row(2, "south")], &read_from(9)).await.unwrap();
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
    replace(one, &[], &read_from(10)).await.unwrap();
}

pub(super) async fn whoever_is_struck_from_the_roll_is_signed_out(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    replace(one, &[row(60, "north"), row(61, "north")], &read_from(11)).await.unwrap();
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
    replace(one, &[], &read_from(12)).await.unwrap();
}

/// Who is first cannot be told, so it is tried until the one was in the midst of the other.
pub(super) async fn a_roll_that_changes_meanwhile_is_not_taken(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    let long: Vec<RollRow> = (0..20_000).map(|n| alone(numbered(n), "south")).collect();
    for number in 70..90 {
        replace(one, &[row(1, "north")], &read_from(13)).await.unwrap();
        let added = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            two.add_to_roll(&row(number, "north"), 1_000, &deed(DeedKind::RollAdded)).await.unwrap()
        };
        let deed = read_from(number);
        let (replaced, added) = futures_util::future::join(replace(one, &long, &deed), added).await;
        assert_eq!(added, RollChange::Done { before: None });
        match replaced {
            Err(StoreError::RollChanged) => {
                let north = Some("north".to_owned());
                assert_eq!(one.style_on_roll(&phone(number)).await.unwrap(), north, "it is not lost");
                assert_eq!(one.style_on_roll(&numbered(5)).await.unwrap(), None);
                assert!(!one.was_read(&[number; 32]).await.unwrap());
                replace(one, &[], &read_from(14)).await.unwrap();
                return;
            }
            other => other.unwrap(),
        }
    }
    panic!("nobody was ever in the midst");
}

pub(super) async fn deeds_are_kept_in_their_order(one: &impl RegistrarStore, two: &impl RegistrarStore) {
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
    two.forget_messages(&phone(95), &Deed { person: Some(phone(95)), ..deed(DeedKind::Unlocked) })
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
