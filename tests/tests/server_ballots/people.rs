//! The roll, changed by a clerk while people vote: what a key on the board means for it.

use std::time::Duration;

use reqwest::StatusCode;
use veche_server::{
    Counter, Found, Gone, OnBoard, Operator, PeopleError, add_to_roll, find_on_roll, journal, move_on_roll,
    print_code, replace_roll, strike_from_roll,
};

use crate::apart::both;
use crate::support::manifest;
use crate::vote::{Vote, Voter};

fn phone(n: u64) -> String {
    format!("+4842{n:07}")
}

/// Anna and Boris of north, Carol of south.
const ROLL: &str = "+48420000001,north\n+48420000002,north\n+48420000003,south\n";

async fn open() -> (Vote, Counter) {
    let vote = Vote::open_with(&manifest("roll"), |config| {
        let path = config.data.join("roll.csv");
        std::fs::write(&path, format!("phone,style\n{ROLL}")).unwrap();
        config.roll = Some(path);
    })
    .await;
    let counter = Counter { data: vote.running.data.clone(), ballot_box: None };
    (vote, counter)
}

fn clerk() -> Operator {
    Operator::new("Ewa", "asked at the counter").unwrap()
}

/// Waits until the running box knows what was written beside it.
async fn knows(vote: &Vote, voter: &Voter, state: &str) {
    for _ in 0..200 {
        if vote.get(&format!("/v1/credentials/{}", voter.key())).await.text("state") == state {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the running box has not read what the desk has written");
}

#[tokio::test]
async fn whoever_is_struck_from_the_roll_loses_the_key_and_the_ballot() {
    let (vote, counter) = open().await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    let found = find_on_roll(&counter, &phone(1)).await.unwrap();
    let on_board = OnBoard { style: "north".to_owned(), active: true, struck_off: false, voted: true };
    let expected =
        Found { style: Some("north".to_owned()), signed_in: true, on_board: Some(on_board.clone()) };
    assert_eq!(found, expected);

    let size = vote.size().await;
    let looked = strike_from_roll(&counter, &phone(1), None).await.unwrap();
    assert_eq!((looked.entry, looked.on_board), (None, Some(on_board)));
    assert_eq!(vote.size().await, size, "it was only looked");
    assert_eq!(find_on_roll(&counter, &phone(1)).await.unwrap(), expected);

    let struck = strike_from_roll(&counter, &phone(1), Some(&clerk())).await.unwrap();
    assert_eq!(struck.entry, Some(size));
    knows(&vote, &anna, "struck-off").await;
    vote.cast(&anna.seal(&vote, 1)).await.problem(409, "struck-off");
    anna.register(&vote).await.problem(401, "sign-in-needed");
    let found = find_on_roll(&counter, &phone(1)).await.unwrap();
    assert_eq!(found.style, None);
    assert!(found.on_board.unwrap().struck_off);
    let again = strike_from_roll(&counter, &phone(1), Some(&clerk())).await;
    assert!(matches!(again, Err(PeopleError::NotThere)), "{again:?}");
    let back = add_to_roll(&counter, &phone(1), "north", Some(&clerk())).await;
    assert!(matches!(back, Err(PeopleError::StruckOff)), "{back:?}");

    assert_eq!(
        vote.audit().await.report.key_changes.unwrap().not_entitled.count,
        1,
        "the reason is on the board"
    );
    let lines: Vec<String> = journal(&counter).await.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[1].ends_with("  roll strike, district north  by Ewa: asked at the counter"), "{lines:?}");
    assert!(
        lines[2].contains(&format!("  key revoked, district north, entry {size} of the board  by Ewa")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_district_is_put_right_until_there_is_a_key() {
    let (vote, counter) = open().await;
    let mut boris = vote.signed_in(2, "north").await;
    let before = move_on_roll(&counter, &phone(2), "south", None).await.unwrap();
    assert_eq!(before, "north");
    assert_eq!(
        find_on_roll(&counter, &phone(2)).await.unwrap().style.unwrap(),
        "north",
        "it was only looked"
    );
    move_on_roll(&counter, &phone(2), "south", Some(&clerk())).await.unwrap();
    boris.register(&vote).await.problem(409, "wrong-style");
    boris.style = "south".to_owned();
    boris.register(&vote).await.expect(StatusCode::CREATED);
    for by in [None, Some(clerk())] {
        let late = move_on_roll(&counter, &phone(2), "north", by.as_ref()).await.unwrap_err();
        assert!(matches!(&late, PeopleError::HasKey(style) if style == "south"), "{late:?}");
        assert!(
            late.to_string().contains("has a key for the district \"south\" on the board already"),
            "{late}"
        );
    }
}

#[tokio::test]
async fn a_new_roll_moves_nobody_with_a_key_and_says_whose_keys_are_left() {
    let (vote, counter) = open().await;
    let (mut anna, carol) = (vote.voter(1, "north").await, vote.voter(3, "south").await);
    anna.vote(&vote, 0).await;
    let path = vote.running.data.join("new.csv");
    let replace = async |text: &str, gone: Gone, by: Option<&Operator>| {
        std::fs::write(&path, text).unwrap();
        replace_roll(&counter, &path, gone, by).await.unwrap()
    };
    // Anna has a key for north.
    let moved = format!("Telefon;Dzielnica\n{};south\n{};north\n", phone(1), phone(4));
    let refused = replace(&moved, Gone::KeepKeys, Some(&clerk())).await;
    assert!(refused.comparison.is_none());
    assert_eq!(
        refused.checked.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "row 2, column B (Dzielnica): this voter has a key for the district \"north\" on the board and stays there: write \
          that district here, or take the voter off the roll"
        ]
    );
    assert!(find_on_roll(&counter, &phone(2)).await.unwrap().style.is_some(), "nothing was changed");

    // Boris and Carol are gone, one comes; of those gone Carol has a key.
    let new = format!("Telefon;Dzielnica\n{};north\n{};north\n", phone(1), phone(4));
    let looked = replace(&new, Gone::KeepKeys, None).await.comparison.unwrap();
    let counts = (looked.added, looked.gone, looked.moved, looked.kept, looked.gone_with_key);
    assert_eq!(counts, (1, 2, 0, 1, 1));
    assert!(find_on_roll(&counter, &phone(2)).await.unwrap().style.is_some(), "it was only looked");
    let size = vote.size().await;
    let replaced = replace(&new, Gone::AreStruck, Some(&clerk())).await;
    assert_eq!(replaced.struck, 1);
    knows(&vote, &carol, "struck-off").await;
    knows(&vote, &anna, "active").await;
    assert_eq!(vote.size().await, size + 1, "Carol's key is revoked, and nobody else's");
    // Whoever was struck off comes back onto a roll in vain, which is said.
    let back = format!("{new}{};south\n", phone(3));
    assert_eq!(replace(&back, Gone::KeepKeys, None).await.comparison.unwrap().added_struck_off, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registrar_apart_asks_the_box_before_it_changes_whoever_has_signed_in() {
    let vote = both(&manifest("roll"), ROLL).await;
    let anna = vote.voter(1, "north").await;
    let at = Some((vote.running.url.clone(), vote.election.fingerprint().to_string()));
    let counter = Counter { data: vote.people().data.clone(), ballot_box: None };
    let unasked = strike_from_roll(&counter, &phone(1), Some(&clerk())).await;
    assert!(matches!(unasked, Err(PeopleError::WhereIsTheBox)), "{unasked:?}");
    // Nobody need be asked about somebody who has never signed in.
    assert_eq!(move_on_roll(&counter, &phone(2), "south", Some(&clerk())).await.unwrap(), "north");
    let counter = Counter { ballot_box: at, ..counter };
    let late = move_on_roll(&counter, &phone(1), "south", Some(&clerk())).await;
    assert!(matches!(late, Err(PeopleError::HasKey(_))), "{late:?}");
    let size = vote.size().await;
    assert_eq!(strike_from_roll(&counter, &phone(1), Some(&clerk())).await.unwrap().entry, Some(size));
    vote.cast(&anna.seal(&vote, 1)).await.problem(409, "struck-off");
}

/// What the desk asks of a running server, with a pass for the roll.
async fn desk(
    people: &crate::support::Running,
    path: &str,
    body: serde_json::Value,
) -> crate::support::Answer {
    let counter = Counter { data: people.data.clone(), ballot_box: None };
    let by = Operator::new("Ewa", "for a test").unwrap();
    // The clock of these votes stands, before the machine's: a pass that is given now is good.
    let day = Duration::from_secs(86_400);
    let pass =
        veche_server::give_desk_pass(&counter, veche_server::DeskPassKind::Help, day, &by).await.unwrap();
    let request = people.post(path).json(&body).bearer_auth(&*pass.token);
    crate::support::Answer::of(request.send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_revokes_a_stolen_key_and_strikes_a_voter_over_http() {
    let apart = both(&manifest("roll"), ROLL).await;
    let (together, _) = open().await;
    for mut vote in [together, apart] {
        let about = |n: u64| serde_json::json!({"phone": phone(n), "reason": "the phone was stolen"});
        let mut anna = vote.voter(1, "north").await;
        anna.vote(&vote, 0).await;
        let moved = serde_json::json!({"phone": phone(1), "style": "south", "reason": "moved"});
        let fixed = desk(vote.people(), "/v1/desk/roll/move", moved).await.problem(409, "district-fixed");
        assert_eq!(fixed.text("style"), "north");

        let size = vote.size().await;
        let revoked = desk(vote.people(), "/v1/desk/revoke-key", about(1)).await.expect(StatusCode::OK);
        assert_eq!(revoked.json(), serde_json::json!({"entry": size}));
        knows(&vote, &anna, "revoked").await;
        vote.cast(&anna.seal(&vote, 1)).await.problem(409, "credential-revoked");
        anna.register(&vote).await.problem(401, "sign-in-needed");
        let person = serde_json::json!({"phone": phone(1)});
        let found = desk(vote.people(), "/v1/desk/person", person).await.expect(StatusCode::OK).json();
        let expected =
            serde_json::json!({"style": "north", "active": false, "struck_off": false, "voted": true});
        assert_eq!(found["on_board"], expected, "the ballot that was cast stays");
        assert_eq!(found["style"], "north");
        // Once more there is no key to revoke, and the owner comes with a new one.
        let again = desk(vote.people(), "/v1/desk/revoke-key", about(1)).await.expect(StatusCode::OK);
        assert_eq!(again.json(), serde_json::json!({"entry": null}));
        vote.running.clock.advance(Duration::from_secs(60));
        let (token, _) = vote.people().sign_in(&phone(1)).await;
        let mut anna = anna.on_another_device(token);
        anna.register(&vote).await.expect(StatusCode::CREATED);
        anna.vote(&vote, 1).await;

        let size = vote.size().await;
        let struck = desk(vote.people(), "/v1/desk/roll/strike", about(1)).await.expect(StatusCode::OK);
        assert_eq!(struck.json(), serde_json::json!({"entry": size}));
        vote.cast(&anna.seal(&vote, 2)).await.problem(409, "struck-off");
        desk(vote.people(), "/v1/desk/revoke-key", about(1)).await.problem(409, "struck-off");
        assert_eq!(vote.audit().await.report.key_changes.unwrap().not_entitled.count, 1);

        if vote.registrar.is_some() {
            // A box that does not answer is told of, and nothing is done.
            vote.voter(2, "north").await;
            vote.running.stop().await;
            desk(vote.people(), "/v1/desk/roll/strike", about(2)).await.problem(503, "box-unreachable");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_on_paper_goes_by_the_end_on_the_board_and_not_by_the_hour_of_the_manifest() {
    let mut on_paper = manifest("roll");
    let route = |id: &str| serde_json::json!({"id": id, "title": {"en": id}, "entered": false});
    on_paper["routes"] = serde_json::json!([route("sms"), route("code")]);
    // So late that neither the vote's clock nor the command's, which is the machine's, has passed it.
    on_paper["closes"] = serde_json::json!("2099-05-14T20:00:00Z");
    let together = Vote::open_with(&on_paper, |config| {
        let path = config.data.join("roll.csv");
        std::fs::write(&path, format!("phone,style\n{ROLL}")).unwrap();
        config.roll = Some(path);
    })
    .await;
    let apart = both(&on_paper, ROLL).await;
    for vote in [together, apart] {
        let wanted = serde_json::json!({"phone": phone(2), "reason": "showed papers"});
        let code = desk(vote.people(), "/v1/desk/code", wanted.clone()).await.expect(StatusCode::CREATED);
        assert!(code.text("expires").starts_with("2026-05-09T"), "{}", code.json());
        // Voting ends days before the hour that the manifest announced.
        vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
        desk(vote.people(), "/v1/desk/code", wanted).await.problem(409, "not-open");
        let ballot_box = vote
            .registrar
            .is_some()
            .then(|| (vote.running.url.clone(), vote.election.fingerprint().to_string()));
        let counter = Counter { data: vote.people().data.clone(), ballot_box };
        // The same by the command, in the folder.
        let late = print_code(&counter, &phone(2), Duration::from_secs(86_400), &clerk()).await;
        assert!(matches!(late, Err(PeopleError::Over)), "{:?}", late.err());
    }
    // The hour that holds has passed, and nobody has ended the vote: it cannot be put off any more.
    on_paper["closes"] = serde_json::json!("2026-05-14T20:00:00Z");
    on_paper["closes_latest"] = serde_json::json!("2026-05-16T20:00:00Z");
    let vote = both(&on_paper, ROLL).await;
    vote.running.clock.advance(Duration::from_secs(12 * 86_400 + 20 * 3_600 - 60));
    let wanted = serde_json::json!({"phone": phone(2), "reason": "showed papers"});
    desk(vote.people(), "/v1/desk/code", wanted.clone()).await.expect(StatusCode::CREATED);
    vote.running.clock.advance(Duration::from_secs(120));
    desk(vote.people(), "/v1/desk/code", wanted).await.problem(409, "not-open");
}
