//! What a store owes of what is done at the desk for one person, and of its passes.

use super::*;

pub(super) async fn a_person_is_put_to_another_number(one: &impl RegistrarStore, two: &impl RegistrarStore) {
    replace(one, &[row(110, "north"), row(111, "south")], &read_from(110)).await.unwrap();
    ask(one, 110, 0, NOW).await;
    assert!(is_signed_in(&give(one, &right(110, 0, NOW)).await));
    ask(one, 110, 1, NOW).await;
    let to = |number: u8, what: DeedKind| Deed { person: Some(phone(number)), ..deed(what) };
    let change = async |from: u8, into: u8| {
        two.change_phone(&phone(from), &phone(into), &to(from, DeedKind::PhoneLeft)).await.unwrap()
    };
    assert_eq!(change(110, 111).await, PhoneChange::Taken);
    assert_eq!(change(112, 113).await, PhoneChange::NotThere);
    assert!(one.voter(&hash(3, 110, 0), NOW).await.unwrap().is_some(), "nothing has happened");
    let name = one.pseudonym(&phone(110)).await.unwrap();
    assert_eq!(change(110, 113).await, PhoneChange::Done);
    assert_eq!(one.voter(&hash(3, 110, 0), NOW).await.unwrap(), None, "signed out");
    assert_eq!(
        give(one, &right(110, 1, NOW)).await,
        Guessed::Expired,
        "the codes of the number before are dead"
    );
    assert_eq!(one.style_on_roll(&phone(110)).await.unwrap(), None);
    assert_eq!(one.style_on_roll(&phone(113)).await.unwrap().as_deref(), Some("north"));
    assert_eq!(one.pseudonym(&phone(110)).await.unwrap(), None);
    assert_eq!((one.pseudonym(&phone(113)).await.unwrap(), name.is_some()), (name, true), "the same voter");
    assert_eq!(one.deeds(Some(&phone(110))).await.unwrap(), [to(110, DeedKind::PhoneLeft)]);
    assert_eq!(one.deeds(Some(&phone(113))).await.unwrap(), [to(113, DeedKind::PhoneTaken)]);
    assert_eq!(one.deeds(Some(&phone(112))).await.unwrap(), []);
    replace(one, &[], &read_from(111)).await.unwrap();
}

pub(super) async fn whoever_is_signed_out_signs_in_with_a_new_code_only(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    let open = |guess: Guess| Guess { open_to_all: true, ..guess };
    for which in 0..2 {
        ask(one, 115, which, NOW).await;
    }
    assert!(is_signed_in(&give(one, &open(right(115, 0, NOW))).await));
    ask(one, 116, 0, NOW).await;
    assert!(is_signed_in(&give(one, &open(right(116, 0, NOW))).await));
    let signed_out = Deed { person: Some(phone(115)), ..deed(DeedKind::SignedOut) };
    two.end_sessions(&phone(115), &signed_out).await.unwrap();
    assert_eq!(one.voter(&hash(3, 115, 0), NOW).await.unwrap(), None);
    assert_eq!(give(one, &open(right(115, 1, NOW))).await, Guessed::Expired);
    assert_eq!(one.deeds(Some(&phone(115))).await.unwrap(), [signed_out]);
    assert!(one.voter(&hash(3, 116, 0), NOW).await.unwrap().is_some(), "nobody else is");
    ask(one, 115, 2, NOW).await;
    assert!(is_signed_in(&give(one, &open(right(115, 2, NOW))).await));
}

pub(super) async fn a_pass_of_the_desk_is_good_until_it_ends_or_is_revoked(
    one: &impl RegistrarStore,
    two: &impl RegistrarStore,
) {
    let pass = |number: u32, kind: DeskPassKind| StoredDeskPass {
        number,
        token: [u8::try_from(number).unwrap(); 32],
        kind,
        operator: "Anna".to_owned(),
        made: NOW,
        ends: NOW + DAY,
        revoked: None,
    };
    let given = deed(DeedKind::PassGiven);
    let expected = [pass(1, DeskPassKind::Help), pass(2, DeskPassKind::Roll)];
    for pass in &expected {
        let number = one.give_desk_pass(&StoredDeskPass { number: 0, ..pass.clone() }, &given).await.unwrap();
        assert_eq!(number, pass.number);
    }
    assert!(one.give_desk_pass(&pass(1, DeskPassKind::Roll), &given).await.is_err(), "no token twice");
    assert_eq!(two.desk_passes().await.unwrap(), expected);
    let before = one.deeds(None).await.unwrap().len();
    let revoked = deed(DeedKind::PassRevoked);
    assert!(two.revoke_desk_pass(1, NOW + 5, &revoked).await.unwrap());
    assert!(!two.revoke_desk_pass(1, NOW + 6, &revoked).await.unwrap(), "it is revoked already");
    assert!(!two.revoke_desk_pass(3, NOW + 6, &revoked).await.unwrap(), "there is none");
    assert_eq!(one.deeds(None).await.unwrap().len(), before + 1, "what was not done is not noted");
    let passes = one.desk_passes().await.unwrap();
    assert_eq!(passes[0].revoked, Some(NOW + 5));
    let good = |number: usize, token: u8, now: i64| passes[number].is_good(&[token; 32], now);
    assert_eq!([good(0, 1, NOW), good(1, 2, NOW), good(1, 1, NOW)], [false, true, false]);
    assert_eq!([good(1, 2, NOW + DAY - 1), good(1, 2, NOW + DAY)], [true, false]);
}
