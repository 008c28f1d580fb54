//! From voters to the result.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use veche_board::Receipt;
use veche_crypto::hash::Digest;
use veche_voter::{Credential, Revision};
use veche_xtask::crash;

use super::{Keeper, Voter, base64, cast, open, receipt};
use crate::support::{run, veche};

#[test]
fn a_whole_election_through_a_keeper() {
    let scratch = tempfile::tempdir().unwrap();
    let town = open(scratch.path());
    let election = &town.election;
    let mut keeper = Keeper::start(&town.data());

    // A pseudonym is random, and the portal keeps it.
    let new = keeper.ok("voter", json!({}));
    let pseudonym = new["pseudonym"].as_str().unwrap();
    assert_ne!(keeper.ok("voter", json!({}))["pseudonym"], new["pseudonym"]);
    assert_eq!(
        keeper.ok("voter", json!({ "pseudonym": pseudonym })),
        json!({ "pseudonym": pseudonym, "number": 0 })
    );
    let mut ann = Voter::new("ann", pseudonym);
    let first = ann.seal(election, 0);
    let code = ann.code.clone();
    assert_eq!(keeper.refused("cast", cast(&first)), ("credential-unknown".into(), "ballot".into()));
    let registration = ann.registration(election, None);
    let registered = keeper.ok("register", registration.clone());
    assert_eq!(
        (&registered["sequence"], &registered["number"], &registered["new"]),
        (&json!(0), &json!(1), &json!(true))
    );
    let again = keeper.ok("register", registration.clone());
    assert_eq!((&again["index"], &again["new"]), (&registered["index"], &json!(false)));
    let mut other = registration.clone();
    other["style"] = "nowhere".into();
    assert_eq!(keeper.refused("register", other), ("style-unknown".into(), "caller".into()));
    let mut other = Voter::new("bob", "00000000000000000000000000000001").registration(election, None);
    other["possession"] = registration["possession"].clone();
    assert_eq!(keeper.refused("register", other).0, "key-refused");

    // The same bytes are the same receipt; another ballot replaces the first.
    let answer = keeper.ok("cast", cast(&first));
    let kept = receipt(election, &first, &answer);
    let again = keeper.ok("cast", cast(&first));
    assert_eq!((&again["receipt"], &again["new"]), (&answer["receipt"], &json!(false)));
    let second = ann.seal(election, 1);
    let newer = receipt(election, &second, &keeper.ok("cast", cast(&second)));
    let size = |receipt: &Receipt| receipt.checkpoint.lines().nth(1).unwrap().parse::<u64>().unwrap();
    let proof = keeper.ok("consistency", json!({ "from": size(&kept), "to": size(&newer) }));
    assert!(!proof["proof"].as_array().unwrap().is_empty());
    let mut wrong = ann.seal(election, 2);
    let at = wrong.len() / 2;
    wrong[at] ^= 1;
    assert_eq!(keeper.refused("cast", cast(&wrong)), ("ballot-invalid".into(), "ballot".into()));

    // A new device without the key takes its place, one with it hands over.
    let mut lost = Voter::new("ann's phone", pseudonym);
    assert_eq!(keeper.refused("register", lost.registration(election, None)).0, "number-behind");
    lost.number = 1;
    lost.revision = Revision { attempt: 0, ..ann.revision };
    lost.revision.sequence = 2;
    lost.revision.previous = Digest::from_bytes(
        hex::decode(keeper.ok("voter", json!({ "pseudonym": pseudonym }))["previous"].as_str().unwrap())
            .unwrap()
            .try_into()
            .unwrap(),
    );
    keeper.ok("register", lost.registration(election, None));
    let mut tablet = Voter::new("ann's tablet", pseudonym);
    tablet.number = 2;
    keeper.ok("register", tablet.registration(election, Some(&lost.credential)));
    assert_eq!(keeper.refused("cast", cast(&lost.seal(election, 3))).0, "credential-revoked");

    // What a booth asks of a ballot box.
    let election_now = keeper.ok("election", json!({}));
    assert_eq!((&election_now["phase"], &election_now["registration"]), (&json!("open"), &json!("open")));
    assert_eq!(election_now["fingerprint"], election.fingerprint().to_string());
    assert_eq!(election_now["statements"], json!([]));
    let key = |credential: &Credential| json!({ "key": hex::encode(credential.key().to_bytes()) });
    let known = keeper.ok("credential", key(&tablet.credential));
    assert_eq!(
        (&known["state"], &known["pseudonym"], &known["style"], &known["sequence"]),
        (&json!("active"), &json!(pseudonym), &json!(crash::DISTRICT), &json!(2))
    );
    assert_eq!(keeper.ok("credential", key(&lost.credential))["state"], "revoked");
    let nobody = Voter::new("nobody", pseudonym);
    assert_eq!(keeper.refused("credential", key(&nobody.credential)).0, "credential-unknown");
    assert_eq!(keeper.ok("find", json!({ "code": code })), json!({ "index": answer["index"] }));
    assert_eq!(keeper.refused("find", json!({ "code": "0000-0000-0000-0000-0000" })).0, "ballot-unknown");

    // Somebody is struck off.
    let mut eve = Voter::new("eve", "000000000000000000000000000000ee");
    let revoke = json!({ "pseudonym": eve.pseudonym.to_string(), "reason": "not-entitled" });
    assert_eq!(keeper.refused("revoke", revoke.clone()).0, "not-found");
    keeper.ok("register", eve.registration(election, None));
    keeper.ok("revoke", revoke.clone());
    assert_eq!(keeper.refused("revoke", revoke).0, "struck-off");
    assert_eq!(keeper.refused("cast", cast(&eve.seal(election, 0))).0, "struck-off");
    for number in 0..3 {
        let mut voter = Voter::new(&format!("voter {number}"), &format!("{number:032x}"));
        keeper.ok("register", voter.registration(election, None));
        keeper.ok("cast", cast(&voter.seal(election, 4)));
    }

    // What may not be posted: ballots are cast, and who votes is registered.
    let message = [&[4][..], &first].concat();
    assert_eq!(keeper.refused("post", json!({ "message": base64(&message) })).0, "entry-refused");
    assert_eq!(keeper.refused("receipt", cast(b"something")).0, "not-found");
    assert_eq!(keeper.refused("publish", json!({ "to": town.data() })).0, "not-published");
    keeper.ok("notice", json!({ "text": { "en": "The library is open until nine." } }));
    assert_eq!(keeper.refused("notice", json!({ "text": { "de": "Bis neun." } })).0, "entry-refused");
    town.publish(&mut keeper);
    let verify = |more: &[&str]| {
        let mut command = veche();
        command.arg("verify").arg(town.record()).args(["--election", &election.fingerprint().to_string()]);
        run(command.args(more))
    };
    let (code, text, errors) = verify(&["--live"]);
    assert_eq!(code, 0, "{text}{errors}");

    keeper.ok("close", json!({}));
    let status = keeper.0.wait_for("counting").unwrap();
    assert_eq!(status["waiting"], "3 more trustees must agree to decrypt.");
    assert_eq!(keeper.refused("cast", cast(&tablet.seal(election, 1))).0, "not-open");
    assert_eq!(keeper.ok("cast", cast(&first))["receipt"], answer["receipt"], "also after the closing");
    town.hall().decrypt(&mut keeper.0, &[1, 2]).unwrap();
    keeper.0.wait_for("published").unwrap();
    town.publish(&mut keeper);
    assert_eq!(keeper.ok("receipt", cast(&first))["receipt"], answer["receipt"]);
    let said = keeper.end();
    let (code, text, errors) = verify(&[]);
    assert_eq!(code, 0, "{text}{errors}");
    let (_, table, _) = run(veche().args(["results", "--format", "csv"]).arg(town.record()));
    assert!(table.contains(",Project 5,3,") && table.contains(",Project 2,1,"), "{table}");

    // Nothing of the keys was ever said.
    let keys: Value = serde_json::from_slice(&std::fs::read(town.data().join("keys.json")).unwrap()).unwrap();
    for key in ["log", "organiser", "registrar"] {
        let seed = keys[key]["seed"].as_str().unwrap();
        assert!(!said.contains(seed) && !said.contains(&hex::encode(STANDARD.decode(seed).unwrap())));
    }
}
