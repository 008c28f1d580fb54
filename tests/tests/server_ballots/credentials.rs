//! Keys of voters: one at a time, on the board, with proof.

use futures_util::future::join_all;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use veche_crypto::signature::SecretKey;
use veche_record::entry::{CredentialEntry, CredentialTerms, Open, Pseudonym, Revocation, RevocationReason};
use veche_record::{Entry, tag};
use veche_server::KeyName;
use veche_tests::small::randomness;
use veche_voter::Credential;

use crate::support::{Answer, manifest};
use crate::vote::{Vote, Voter, hex};

#[tokio::test]
async fn a_new_device_takes_over_and_the_earlier_one_is_told() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    let old_key = anna.key();
    let state = vote.get(&format!("/v1/credentials/{old_key}")).await.expect(StatusCode::OK).json();
    assert_eq!(
        (&state["state"], &state["style"], &state["sequence"]),
        (&json!("active"), &json!("north"), &json!(1))
    );
    assert_eq!(state["pseudonym"], anna.pseudonym.to_string());

    vote.running.clock.advance(Duration::from_secs(60));
    let mut again = vote.signed_in(1, "north").await;
    assert_eq!(again.pseudonym, anna.pseudonym);
    again.new_key(1);
    let size = vote.size().await;
    again.register(&vote).await.expect(StatusCode::CREATED);
    assert_eq!(vote.size().await, size + 2, "a Revocation and a Credential");
    assert_eq!((again.sequence, again.previous), (1, anna.previous), "the chain of ballots goes on");

    assert_eq!(vote.get(&format!("/v1/credentials/{old_key}")).await.text("state"), "revoked");
    vote.cast(&anna.seal(&vote, 1)).await.problem(409, "credential-revoked");
    anna.register(&vote).await.problem(409, "credential-revoked");
    again.vote(&vote, 2).await;
    let mut signed_in = vote.signed_in_state(1).await;
    assert_eq!(signed_in["credential"].take(), again.key());
    assert_eq!(signed_in["style"], "north");
}

#[tokio::test]
async fn the_same_key_again_gets_the_same_answer() {
    let mut vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    let size = vote.size().await;
    let first = anna.register(&vote).await.expect(StatusCode::OK).json();
    assert_eq!(first["index"], size - 1);
    assert_eq!(vote.size().await, size);
    anna.vote(&vote, 0).await;
    vote.running.restart(|_| {}).await;
    let again = anna.register(&vote).await.expect(StatusCode::OK).json();
    assert_eq!(again["index"], first["index"]);
    assert_eq!(again["sequence"], 1, "what the next ballot must carry");
    assert_eq!(again["previous"], anna.previous.to_string());
}

#[tokio::test]
async fn registering_at_the_same_time_ends_with_one_key() {
    let vote = Vote::open().await;
    let mut anna = vote.signed_in(1, "north").await;
    let size = vote.size().await;
    let mut bodies = Vec::new();
    for n in 0..6 {
        anna.new_key(n / 2);
        bodies.push((anna.key(), anna.registration(&vote)));
    }
    let answers = futures_util::future::join_all(bodies.iter().map(|(_, body)| anna.post(&vote, body))).await;
    for answer in &answers {
        assert!([200, 201, 409].contains(&answer.status.as_u16()), "{answer:?}");
    }
    let mut active = 0;
    for (key, _) in bodies.iter().step_by(2) {
        let known = vote.get(&format!("/v1/credentials/{key}")).await;
        active += usize::from(known.status == StatusCode::OK && known.text("state") == "active");
    }
    assert_eq!(active, 1);
    // All of them prove their key for the first credential of the voter: only one can be that.
    assert_eq!(vote.size().await, size + 1);
    for ((_, body), answer) in bodies.iter().zip(&answers).filter(|(_, answer)| answer.status == 409) {
        assert_eq!(answer.json()["number"], 1, "{body}");
    }
}

#[tokio::test]
async fn attack_43_a_key_is_nobody_elses_and_needs_its_proof() {
    let vote = Vote::open().await;
    let anna = vote.voter(1, "north").await;
    let mut boris = vote.signed_in(2, "north").await;
    let own = boris.registration(&vote);
    let size = vote.size().await;

    // Anna's key, with a proof that Boris could have watched, and with one of his own.
    boris.post(&vote, &anna.registration(&vote)).await.problem(422, "key-refused");
    let mut mixed = anna.registration(&vote);
    mixed["possession"] = own["possession"].clone();
    boris.post(&vote, &mixed).await.problem(422, "key-refused");
    // Anna lends him her key, so that the proof is right: the key is on the board already.
    let stolen = std::mem::replace(
        &mut boris.credential,
        veche_voter::Credential::from_secret(&anna.credential.secret()).unwrap(),
    );
    boris.post(&vote, &boris.registration(&vote)).await.problem(409, "key-taken");
    boris.credential = stolen;
    // A proof for another district, and texts that are no key or no proof.
    boris.style = "south".into();
    let other = boris.registration(&vote)["possession"].clone();
    let wrong = [
        ("possession", other),
        ("possession", json!("00".repeat(64))),
        ("possession", json!(own["possession"].as_str().unwrap().to_uppercase())),
        ("possession", json!("")),
        ("key", json!("00".repeat(32))),
        ("key", json!("ff".repeat(32))),
        ("key", json!(own["key"].as_str().unwrap().to_uppercase())),
        ("key", json!("zz")),
    ];
    for (field, value) in wrong {
        let mut body = own.clone();
        body[field] = value;
        boris.post(&vote, &body).await.problem(422, "key-refused");
    }
    assert_eq!(vote.size().await, size);
    boris.post(&vote, &own).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn attack_26_no_more_credentials_than_the_announced_electorate() {
    let mut small = manifest("open");
    small["styles"][0]["electorate"] = 2.into();
    let vote = Vote::open_with(&small, |_| {}).await;
    let mut anna = vote.voter(1, "north").await;
    vote.voter(2, "north").await;
    let mut carol = vote.signed_in(3, "north").await;
    carol.register(&vote).await.problem(409, "style-full");
    // A voter who is in may still change the device, and other districts have room.
    anna.new_key(9);
    anna.register(&vote).await.expect(StatusCode::CREATED);
    carol.style = "south".into();
    carol.register(&vote).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn the_district_is_picked_once() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    anna.style = "south".into();
    anna.new_key(1);
    let refused = anna.register(&vote).await.problem(409, "wrong-style");
    assert_eq!(refused.json()["style"], "north");
    anna.post(&vote, &json!({"style": "west", "key": "", "number": 0, "possession": ""}))
        .await
        .problem(422, "style-unknown");
}

#[tokio::test]
async fn a_voter_may_add_another_district_and_drop_it_again() {
    let mut small = manifest("open");
    small["styles"][0]["plus_one_of"] = json!(["south"]);
    let vote = Vote::open_with(&small, |_| {}).await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    anna.style = "north+south".into();
    // A key is for one ballot style.
    anna.register(&vote).await.problem(409, "key-taken");
    let size = vote.size().await;
    anna.hand_over(&vote, 1).await.expect(StatusCode::CREATED);
    assert_eq!(vote.size().await, size + 1, "the old key hands over: nobody revokes it");
    assert_eq!(anna.sequence, 1);
    let (added, _) = anna.vote(&vote, 1).await;
    anna.style = "north".into();
    anna.new_key(2);
    anna.register(&vote).await.expect(StatusCode::CREATED);
    let (dropped, answer) = anna.vote(&vote, 0).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert!(added.len() > dropped.len());
    anna.style = "south".into();
    anna.new_key(3);
    let refused = anna.register(&vote).await.problem(409, "wrong-style");
    assert_eq!(refused.json()["style"], "north");
}

#[tokio::test]
async fn attack_75_a_handover_that_the_old_key_did_not_sign_is_refused() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    let boris = vote.voter(2, "north").await;
    let size = vote.size().await;
    let old = std::mem::replace(&mut anna.credential, crate::vote::new_key(1));
    let terms = anna.terms(&vote);
    let hex = |signature: veche_crypto::signature::Signature| crate::vote::hex(&signature.to_bytes());
    let mut body = anna.registration(&vote);
    let other = veche_record::entry::CredentialTerms { number: 2, ..terms };
    for wrong in [
        hex(boris.credential.hand_over(&vote.election, &terms).unwrap()),
        hex(old.hand_over(&vote.election, &other).unwrap()),
        hex(old.prove_possession(&vote.election, &terms).unwrap()),
        "00".into(),
    ] {
        body["handover"] = json!(wrong);
        anna.post(&vote, &body).await.problem(422, "key-refused");
    }
    assert_eq!(vote.size().await, size);
    body["handover"] = json!(hex(old.hand_over(&vote.election, &terms).unwrap()));
    anna.post(&vote, &body).await.expect(StatusCode::CREATED);
    assert_eq!(vote.audit().await.report.key_changes.unwrap().handovers.count, 1);
}

#[tokio::test]
async fn attack_74_a_stale_number_is_told_the_right_one() {
    let vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    anna.new_key(1);
    anna.number = 0;
    let size = vote.size().await;
    let behind = anna.register(&vote).await.problem(409, "number-behind");
    assert_eq!((behind.json()["number"].clone(), vote.size().await), (json!(1), size));
    anna.number = 1;
    anna.register(&vote).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn the_roll_decides_the_district() {
    let roll = "+48420000001,south\n";
    let vote = Vote::founded(&manifest("roll"), |config| {
        let path = config.data.join("roll.csv");
        std::fs::write(&path, format!("phone,style\n{roll}")).unwrap();
        config.roll = Some(path);
    })
    .await;
    let mut anna = vote.signed_in(1, "north").await;
    let refused = anna.register(&vote).await.problem(409, "wrong-style");
    assert_eq!(refused.json()["style"], "south");
    anna.style = "south".into();
    anna.register(&vote).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn one_voter_cannot_flood_the_board_with_keys() {
    let vote = Vote::open_with(&manifest("open"), |config| config.limits.keys_a_voter_a_day = 2).await;
    let mut anna = vote.voter(1, "north").await;
    anna.new_key(1);
    anna.register(&vote).await.expect(StatusCode::CREATED);
    anna.register(&vote).await.expect(StatusCode::OK);
    anna.new_key(2);
    anna.register(&vote).await.problem(429, "too-many-keys");
    vote.get("/v1/credentials/00").await.problem(404, "credential-unknown");
}

#[tokio::test]
async fn before_there_are_keys_nobody_registers() {
    let running = crate::support::Running::start(&manifest("open"), "", |_| {}).await;
    let (token, _) = running.sign_in("+48420000001").await;
    let body = json!({"style": "north", "key": "00", "number": 0, "possession": "00"});
    let request = running.put("/v1/credential").bearer_auth(token).json(&body);
    crate::support::Answer::of(request.send().await.unwrap()).await.problem(409, "not-open");
}

impl Vote {
    /// What signing in says about voter `n`.
    async fn signed_in_state(&self, n: u64) -> serde_json::Value {
        self.running.clock.advance(Duration::from_secs(60));
        let (session, code) = self.running.session(&format!("+4842{n:07}")).await;
        self.running.give(&session, &code).await.expect(StatusCode::OK).json()
    }
}

/// A key of the box's file, which a registrar elsewhere would keep.
pub fn secret_key(vote: &Vote, name: KeyName, tag: &str) -> SecretKey {
    let seed = veche_server::seed(&vote.running.data, name).unwrap().unwrap();
    SecretKey::from_seed(tag, &seed).unwrap()
}

#[tokio::test]
async fn a_credential_that_the_registrar_has_signed_is_taken_from_anybody_and_no_other_is() {
    let vote = Vote::open().await;
    let registrar = secret_key(&vote, KeyName::Registrar, tag::REGISTRAR_KEY);
    let organiser = secret_key(&vote, KeyName::Organiser, tag::ORGANISER_KEY);
    let fingerprint = vote.election.fingerprint();
    let key = Credential::generate(&randomness("registered elsewhere", 0).unwrap()).unwrap();
    let (pseudonym, style, number) = (Pseudonym([7; 16]), 0, 0);
    let terms = CredentialTerms { pseudonym, style, route: 0, number, key: key.key() };
    let possession = key.prove_possession(&vote.election, &terms).unwrap();
    let entry = |signer: &SecretKey| {
        let entry = CredentialEntry::sign(signer, &fingerprint, terms, None, possession).unwrap();
        Entry::from(entry).to_bytes()
    };
    let post = async |bytes: Vec<u8>| {
        let request = vote.running.octets("/v1/credentials", bytes);
        Answer::of(request.send().await.unwrap()).await
    };
    let size = vote.size().await;
    let refused = post(entry(&organiser)).await.problem(422, "entry-refused").json();
    assert_eq!(refused["check"], 12);
    let open = Open::sign(&registrar, &fingerprint, 1).unwrap();
    post(Entry::from(open).to_bytes()).await.problem(422, "entry-refused");
    post([entry(&registrar), vec![0]].concat()).await.problem(422, "entry-refused");
    post(vec![3; 2_000]).await.problem(413, "too-large");
    assert_eq!(vote.size().await, size, "nothing of that is on the board");

    post(entry(&registrar)).await.expect(StatusCode::CREATED);
    let path = format!("/v1/credentials/{}", hex(&key.key().to_bytes()));
    assert_eq!(vote.get(&path).await.text("state"), "active");
    post(entry(&registrar)).await.problem(409, "key-taken");

    let revocation = |signer: &SecretKey| {
        let reason = RevocationReason::NotEntitled;
        let entry = Revocation::sign(signer, &fingerprint, pseudonym, key.key(), reason).unwrap();
        Entry::from(entry).to_bytes()
    };
    post(revocation(&organiser)).await.problem(422, "entry-refused");
    assert_eq!(vote.get(&path).await.text("state"), "active");
    post(revocation(&registrar)).await.expect(StatusCode::CREATED);
    assert_ne!(vote.get(&path).await.text("state"), "active");
}

/// ATTACKS.md row 66, of a replacement: one device after another takes the voter's key, several at once each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_66_of_registrations_at_once_each_has_its_revocation_and_its_key() {
    let vote = Vote::open().await;
    let anna = vote.voter(1, "north").await;
    let (token, mut number, mut replaced) = (anna.token.clone(), anna.number, 0);
    for round in 0..2 {
        let devices: Vec<_> = (0..5)
            .map(|n| {
                let mut device = anna.on_another_device(token.clone());
                device.new_key(1_000 + 10 * round + n);
                device.number = number;
                device
            })
            .collect();
        let register = async |device: &Voter| device.post(&vote, &device.registration(&vote)).await;
        let answers = join_all(devices.iter().map(register)).await;
        let taken: Vec<_> = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).collect();
        assert_eq!(taken.len(), 1, "{answers:?}");
        number = taken[0].json()["number"].as_u64().unwrap().try_into().unwrap();
        replaced += 1;
    }
    let report = vote.audit().await.report;
    assert_eq!(report.outcome, veche_verify::Outcome::NotFinished);
    assert_eq!(report.key_changes.unwrap().replaced.count, replaced);
    // Each with the key that took the place: whoever has the last one votes.
    assert_eq!(u64::from(number), 1 + replaced);
}
