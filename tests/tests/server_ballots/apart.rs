//! Ballot box and registrar as two servers with folders and keys of their own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use veche_crypto::signature::SecretKey;
use veche_record::entry::{CredentialEntry, Pseudonym, Revocation, RevocationReason};
use veche_record::{Entry, tag};
use veche_server::{
    Clock, Config, DeskError, Elsewhere, KeyName, RemoteBoxError, Role, Server, StartError, Whom,
    init_registrar, strike_at,
};
use veche_tests::small::randomness;
use veche_verify::{KeyChange, Outcome};
use veche_voter::Credential;

use crate::support::{Answer, NOW, PEOPLE_DATABASE, Running, manifest};
use crate::vote::{Vote, Voter, hex};

const ROLL: &str = "+48420000001,north\n+48420000002,south\n+48420000003,north\n";

/// A registrar's folder, and its public key.
async fn made(manifest: &Value) -> (tempfile::TempDir, veche_crypto::signature::PublicKey) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("manifest.json");
    std::fs::write(&file, serde_json::to_vec(manifest).unwrap()).unwrap();
    let database = PEOPLE_DATABASE.try_with(Clone::clone).ok();
    let key = init_registrar(&folder.path().join("box"), &file, database.as_ref()).await.unwrap();
    (folder, key)
}

/// An open vote whose box knows no people, before its registrar is started.
pub async fn box_alone(manifest: &Value) -> (Vote, tempfile::TempDir) {
    let (folder, key) = made(manifest).await;
    let elsewhere = Elsewhere { registrar: Some(key), organiser: None };
    let vote = Vote::founded_with(&elsewhere, manifest, |config| config.role = Some(Role::Box)).await;
    vote.organise("/v1/open", Vec::new()).await.expect(StatusCode::CREATED);
    (vote, folder)
}

pub fn role(url: &str, vote: &Vote) -> Role {
    Role::Registrar { ballot_box: url.to_owned(), election: vote.election.fingerprint().to_string() }
}

/// An open vote with both.
pub(crate) async fn both(manifest: &Value, roll: &str) -> Vote {
    let (mut vote, folder) = box_alone(manifest).await;
    let (role, clock) = (role(&vote.running.url, &vote), vote.running.clock.clone());
    vote.registrar = Some(Running::registrar(folder, role, clock, roll, |_| {}).await);
    vote
}

impl Vote {
    /// Where the box listens, to be there again.
    pub fn at(&self) -> SocketAddr {
        self.running.url.trim_start_matches("http://").parse().unwrap()
    }

    /// The registrar's own key, as its folder has it.
    fn registrars_key(&self) -> SecretKey {
        let seed = veche_server::seed(&self.people().data, KeyName::Registrar).unwrap().unwrap();
        SecretKey::from_seed(tag::REGISTRAR_KEY, &seed).unwrap()
    }

    async fn post_signed(&self, entries: &[Entry]) -> Answer {
        let bytes: Vec<u8> = entries.iter().flat_map(Entry::to_bytes).collect();
        Answer::of(self.running.octets("/v1/credentials", bytes).send().await.unwrap()).await
    }
}

fn tables(running: &Running) -> Vec<&'static str> {
    let stored = running.stored();
    let holds = |name: &&str| {
        let made = format!("CREATE TABLE {name} ");
        stored.windows(made.len()).any(|window| window == made.as_bytes())
    };
    ["entry", "checkpoint", "roll", "voter", "code", "session"].into_iter().filter(holds).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_whole_vote_with_registrar_and_box_apart() {
    let mut vote = both(&manifest("roll"), ROLL).await;
    assert_eq!(tables(&vote.running), ["entry", "checkpoint"]);
    assert_eq!(tables(vote.people()), ["roll", "voter", "code", "session"]);
    let mut anna = vote.voter(1, "north").await;
    let mut boris = vote.voter(2, "south").await;
    anna.vote(&vote, 0).await;
    boris.vote(&vote, 1).await;

    // While the box is away nobody loses anything: not the code, not the key, not the place on the roll.
    let at = vote.at();
    let mut carol = vote.signed_in(3, "north").await;
    vote.running.clock.advance(Duration::from_secs(60));
    let people = vote.people();
    let (session, code) = people.session("+48420000001").await;
    vote.running.stop().await;
    let people = vote.people();
    let told = people.give(&session, &code).await.problem(503, "box-unreachable");
    assert!(told.text("detail").contains("Nothing is lost"), "{told:?}");
    assert_eq!(told.headers["retry-after"], "5");
    let told = carol.register(&vote).await.problem(503, "box-unreachable");
    assert!(told.json()["retry_after"].is_u64());
    let health = Answer::of(people.get("/v1/health").send().await.unwrap()).await.json();
    assert_eq!((&health["role"], &health["box_answers"]), (&json!("registrar"), &json!(false)));
    assert!(people.unwell("box").await.contains("nobody can register a key"));
    vote.running.restart_from_stopped(|config| config.listen = at).await;
    let signed = vote.people().give(&session, &code).await.expect(StatusCode::OK);
    assert_eq!(signed.text("pseudonym"), anna.pseudonym.to_string());
    assert_eq!(signed.text("credential"), anna.key(), "what the board says of the voter");
    let first = carol.register(&vote).await.expect(StatusCode::CREATED).json();
    // An answer that was lost: the same again gives the same credential, also after the registrar was restarted.
    let size = vote.size().await;
    vote.registrar.as_mut().unwrap().restart(|_| {}).await;
    let again = carol.register(&vote).await.expect(StatusCode::OK).json();
    assert_eq!((&again["index"], vote.size().await), (&first["index"], size));

    // Another device, without the key: a revocation and a credential, at once. And one that hands over.
    let mut other = anna.on_another_device(signed.text("token"));
    other.register(&vote).await.expect(StatusCode::CREATED);
    assert_eq!(vote.size().await, size + 2, "a Revocation and a Credential");
    assert_eq!((other.sequence, other.previous), (1, anna.previous), "the chain of ballots goes on");
    anna.register(&vote).await.problem(409, "credential-revoked");
    boris.hand_over(&vote, 12).await.expect(StatusCode::CREATED);
    assert_eq!(vote.size().await, size + 3);
    other.vote(&vote, 2).await;
    boris.vote(&vote, 2).await;
    carol.vote(&vote, 2).await;

    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    vote.running.clock.advance(Duration::from_secs(60));
    let mut dora = vote.signed_in(1, "north").await;
    dora.new_key(40);
    dora.register(&vote).await.problem(409, "out-of-order");
    vote.finish().await;
    let audit = vote.audit().await;
    assert_eq!(audit.report.outcome, Outcome::Verified, "{}", audit.report);
    let changes = audit.report.key_changes.unwrap();
    assert_eq!(changes.replaced, KeyChange { count: 1, after_ballot: 1 });
    assert_eq!(changes.handovers, KeyChange { count: 1, after_ballot: 1 });
    let result = vote.get("/record/result.json").await.json();
    assert_eq!(result["contests"][0]["options"][2]["total"], 2);
    assert_eq!(result["contests"][1]["options"][2]["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_process_answers_for_its_own_half_and_names_the_other() {
    let vote = both(&manifest("open"), "").await;
    let people = vote.people();
    let ask = async |running: &Running, path: &str| Answer::of(running.get(path).send().await.unwrap()).await;
    for path in ["/v1/election", "/v1/card", "/record/checkpoint", "/record/tile/0/000.p/1", "/v1/ballots"] {
        let told = ask(people, path).await.problem(404, "elsewhere");
        assert_eq!(told.text("process"), "box", "{path}");
        assert!(told.text("detail").contains("ballot box"));
    }
    people
        .octets("/v1/credentials", vec![0])
        .send()
        .await
        .map(Answer::of)
        .unwrap()
        .await
        .problem(404, "elsewhere");
    let told = vote.running.ask("+48420000001").await.problem(404, "elsewhere");
    assert_eq!(told.text("process"), "registrar");
    vote.running.give("x", "000000").await.problem(404, "elsewhere");
    ask(people, "/v1/nothing").await.problem(404, "not-found");
    let (own, other) =
        (ask(&vote.running, "/v1/health").await.json(), ask(people, "/v1/health").await.json());
    assert_eq!(
        (&own["role"], &own["size"].is_u64(), &own["box_answers"]),
        (&json!("box"), &true, &Value::Null)
    );
    assert_eq!(
        (&other["role"], &other["size"], &other["box_answers"]),
        (&json!("registrar"), &Value::Null, &json!(true))
    );
}

async fn refusal(data: &std::path::Path, role: Role, change: impl FnOnce(&mut Config)) -> StartError {
    let mut config = Config::new(data);
    config.role = Some(role);
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.sms = Some(std::sync::Arc::new(veche_server::Terminal));
    change(&mut config);
    let Err(error) = Server::start(config).await else { panic!("it must not start") };
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registrar_works_for_the_election_that_was_named_and_no_other() {
    let mut vote = both(&manifest("open"), "").await;
    let (url, data) = (vote.running.url.clone(), vote.people().data.clone());
    let second = refusal(&data, role(&url, &vote), |_| {}).await;
    assert!(matches!(second, StartError::Lock(_)), "{second}");
    vote.registrar.as_mut().unwrap().stop().await;
    let named = |election: String| Role::Registrar { ballot_box: url.clone(), election };
    let other = refusal(&data, named("ab".repeat(32)), |_| {}).await;
    assert!(matches!(other, StartError::RemoteBox(RemoteBoxError::OtherElection { .. })), "{other}");
    let none = refusal(&data, named("ab".into()), |_| {}).await;
    assert!(matches!(none, StartError::RemoteBox(RemoteBoxError::Fingerprint(_))), "{none}");
    let nowhere = Role::Registrar { ballot_box: "box.example".into(), election: "ab".repeat(32) };
    let nowhere = refusal(&data, nowhere, |_| {}).await;
    assert!(matches!(nowhere, StartError::RemoteBox(RemoteBoxError::Address(_))), "{nowhere}");

    // The registrar of another election: another key, or the same key for another manifest.
    let (stranger, _) = made(&manifest("open")).await;
    let stranger = refusal(&stranger.path().join("box"), role(&url, &vote), |_| {}).await;
    assert!(matches!(stranger, StartError::RemoteBox(RemoteBoxError::OtherRegistrar { .. })), "{stranger}");
    let (another, _) = made(&manifest("roll")).await;
    let another = refusal(&another.path().join("box"), role(&url, &vote), |_| {}).await;
    assert!(matches!(another, StartError::RemoteBox(RemoteBoxError::OtherManifest(_))), "{another}");

    // Folders and options that do not fit.
    let mut whole = Vote::open().await.running;
    whole.stop().await;
    let whole = refusal(&whole.data, role(&url, &vote), |_| {}).await;
    assert!(whole.to_string().contains("has a folder of its own"), "{whole}");
    let half = refusal(&data, Role::All, |_| {}).await;
    assert!(half.to_string().contains("--role registrar"), "{half}");
    let publish = refusal(&data, role(&url, &vote), |config| config.publish = Some("/nowhere".into())).await;
    assert!(matches!(publish, StartError::BoxOnly("--publish")), "{publish}");
    vote.running.stop().await;
    let half = refusal(&vote.running.data, Role::All, |_| {}).await;
    assert!(matches!(half, StartError::RegistrarElsewhere), "{half}");
    let roll = refusal(&vote.running.data, Role::Box, |config| config.roll = Some("roll.csv".into())).await;
    assert!(matches!(roll, StartError::RegistrarOnly("--roll")), "{roll}");
}

/// A ballot box that answers every question about a voter as it is told.
async fn liar() -> (String, Arc<Mutex<Value>>, Arc<Mutex<Vec<String>>>) {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let (says, asked) = (Arc::new(Mutex::new(json!({}))), Arc::new(Mutex::new(Vec::new())));
    let (answers, heard) = (Arc::clone(&says), Arc::clone(&asked));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = socket.accept().await {
            let mut request = vec![0; 16 * 1024];
            let length = stream.read(&mut request).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&request[..length]).into_owned();
            heard.lock().unwrap().push(head.lines().next().unwrap_or_default().to_owned());
            // It knows nobody's key, so that a registrar who believes it would sign.
            let unknown =
                json!({"type": "urn:veche:credential-unknown", "title": "", "status": 404, "detail": ""});
            let (status, body) = match head.starts_with("GET /v1/credentials/") {
                true => ("404 Not Found", unknown.to_string()),
                false => ("200 OK", answers.lock().unwrap().to_string()),
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (url, says, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_contradicts_what_the_registrar_has_signed_is_not_believed() {
    let (mut vote, folder) = box_alone(&manifest("open")).await;
    let (url, says, asked) = liar().await;
    let clock = Clock::standing_at(NOW);
    vote.registrar = Some(Running::registrar(folder, role(&url, &vote), clock, "", |_| {}).await);
    let fingerprint = vote.election.fingerprint();
    let nobody = json!({"fingerprint": fingerprint.to_string(), "voter": null});
    *says.lock().unwrap() = nobody.clone();
    let mut anna = vote.signed_in(1, "north").await;

    let (own, stranger) = (vote.registrars_key(), SecretKey::from_bytes(&[9; 32]).unwrap());
    let key = Credential::generate(&randomness("a liar's", 0).unwrap()).unwrap();
    let claim = |signer: &SecretKey, pseudonym: Pseudonym, style: u16| {
        let terms =
            veche_record::entry::CredentialTerms { pseudonym, style, route: 0, number: 0, key: key.key() };
        let possession = key.prove_possession(&vote.election, &terms).unwrap();
        let entry = CredentialEntry::sign(signer, &fingerprint, terms, None, possession).unwrap();
        json!({"fingerprint": fingerprint.to_string(), "voter": {
            "state": "active", "index": 40, "credential": STANDARD.encode(Entry::from(entry).to_bytes()),
            "sequence": 0, "previous": "00".repeat(32)}})
    };
    let pseudonym = anna.pseudonym;
    let other_election = json!({"fingerprint": "ab".repeat(32), "voter": null});
    let no_election = json!({"fingerprint": null, "voter": null});
    for lie in [
        other_election,
        no_election,
        json!({}),
        // Another district for the voter, which this registrar has not signed; or has signed for somebody else.
        claim(&stranger, pseudonym, 1),
        claim(&own, Pseudonym([5; 16]), 1),
    ] {
        asked.lock().unwrap().clear();
        *says.lock().unwrap() = lie.clone();
        anna.register(&vote).await.problem(502, "box-wrong");
        let asked = asked.lock().unwrap().clone();
        assert!(asked.iter().all(|line| line.starts_with("GET ")), "nothing was signed for it: {asked:?}");
    }
    // The code is not used up for a box that lies.
    vote.people().clock.advance(Duration::from_secs(60));
    let (session, code) = vote.people().session("+48420000001").await;
    vote.people().give(&session, &code).await.problem(502, "box-wrong");
    *says.lock().unwrap() = nobody;
    vote.people().give(&session, &code).await.expect(StatusCode::OK);
    // What it has signed itself it believes.
    *says.lock().unwrap() = claim(&own, pseudonym, 1);
    let told = anna.register(&vote).await.problem(409, "wrong-style");
    assert_eq!(told.text("style"), "south");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_and_the_credential_after_it_come_together_or_not_at_all() {
    let vote = both(&manifest("open"), "").await;
    let anna = vote.voter(1, "north").await;
    let boris = vote.voter(2, "north").await;
    let (own, fingerprint) = (vote.registrars_key(), vote.election.fingerprint());
    let stranger = SecretKey::from_bytes(&[9; 32]).unwrap();
    let state = async || vote.get(&format!("/v1/credentials/{}", anna.key())).await.text("state");
    let pair = |signers: (&SecretKey, &SecretKey), reason, next: &Voter| {
        let revoked =
            Revocation::sign(signers.0, &fingerprint, anna.pseudonym, anna.credential.key(), reason);
        let terms = next.terms(&vote);
        let possession = next.credential.prove_possession(&vote.election, &terms).unwrap();
        let credential = CredentialEntry::sign(signers.1, &fingerprint, terms, None, possession).unwrap();
        [Entry::from(revoked.unwrap()), credential.into()]
    };
    let replaced = RevocationReason::Replaced;
    let mut next = anna.on_another_device(String::new());
    let size = vote.size().await;
    let good = pair((&own, &own), replaced, &next);
    vote.post_signed(&pair((&stranger, &own), replaced, &next)).await.problem(422, "entry-refused");
    vote.post_signed(&pair((&own, &stranger), replaced, &next)).await.problem(422, "entry-refused");
    vote.post_signed(&[good[1].clone(), good[0].clone()]).await.problem(422, "entry-refused");
    // Signed, but the second could not follow the first: another number, another voter, the end of the voter.
    next.number = 5;
    vote.post_signed(&pair((&own, &own), replaced, &next)).await.problem(409, "out-of-order");
    next.number = 1;
    next.style = "south".into();
    vote.post_signed(&pair((&own, &own), replaced, &next)).await.problem(409, "out-of-order");
    next.style = "north".into();
    vote.post_signed(&pair((&own, &own), RevocationReason::NotEntitled, &next))
        .await
        .problem(409, "out-of-order");
    vote.post_signed(&pair((&own, &own), replaced, &boris)).await.problem(409, "key-taken");
    assert_eq!(
        (vote.size().await, state().await.as_str()),
        (size, "active"),
        "nothing of that is on the board"
    );

    let answer = vote.post_signed(&good).await.expect(StatusCode::CREATED).json();
    assert_eq!((&answer["index"], vote.size().await), (&json!(size + 1), size + 2));
    assert_eq!(state().await, "revoked");
    let known = vote.get(&format!("/v1/voters/{}", anna.pseudonym)).await.expect(StatusCode::OK).json();
    assert_eq!(known["fingerprint"], fingerprint.to_string());
    assert_eq!((&known["voter"]["state"], &known["voter"]["index"]), (&json!("active"), &json!(size + 1)));
    assert_eq!(known["voter"]["credential"], STANDARD.encode(good[1].to_bytes()));
    let nobody = vote.get(&format!("/v1/voters/{}", hex(&[3; 16]))).await.expect(StatusCode::OK).json();
    assert_eq!(nobody["voter"], Value::Null);
    vote.get("/v1/voters/anna").await.problem(400, "malformed");
    assert_eq!(vote.audit().await.report.key_changes.unwrap().replaced.count, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registrar_strikes_a_voter_off_at_the_box_it_works_with() {
    let mut vote = both(&manifest("open"), "").await;
    let anna = vote.voter(1, "north").await;
    let (data, url, election) =
        (vote.people().data.clone(), vote.running.url.clone(), vote.election.fingerprint().to_string());
    let reason = RevocationReason::NotEntitled;
    let strike = async |phone: &str| strike_at(&data, (&url, &election), Whom::Phone(phone), reason).await;
    assert!(matches!(strike("+48420000009").await, Err(DeskError::NeverSignedIn)));
    let at = vote.at();
    vote.running.stop().await;
    let away = strike("+48420000001").await.unwrap_err().to_string();
    assert!(away.contains("nothing was done: The ballot box cannot be reached"), "{away}");
    vote.running.restart_from_stopped(|config| config.listen = at).await;
    let index = strike("+48420000001").await.unwrap();
    assert_eq!(vote.size().await, index + 1);
    assert!(matches!(strike("+48420000001").await, Err(DeskError::StruckOff)));
    let state = vote.get(&format!("/v1/credentials/{}", anna.key())).await.text("state");
    assert_eq!(state, "struck-off");
    vote.cast(&anna.seal(&vote, 1)).await.problem(409, "struck-off");
}
