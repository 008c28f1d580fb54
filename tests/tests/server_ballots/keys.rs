//! Keys that are held elsewhere, and keys that come back from paper.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use veche_crypto::signature::SecretKey;
use veche_keeper::KeyElsewhere;
use veche_record::entry::{
    Closing, ClosingKind, CredentialEntry, Extension, Notice, NoticeForm, Open, PaperCount, Restart,
    RevocationReason, Signed,
};
use veche_record::{Entry, tag};
use veche_server::{
    DeskError, Elsewhere, FolderError, KeyName, KeysError, Restored, Restoring, Whom, check_words,
    count_papers, seed, strike,
};

use crate::support::{Answer, NOW, Running, manifest};
use crate::vote::{Vote, genesis};

fn organiser() -> SecretKey {
    SecretKey::from_seed(tag::ORGANISER_KEY, &[1; 32]).unwrap()
}

fn registrar() -> SecretKey {
    SecretKey::from_seed(tag::REGISTRAR_KEY, &[2; 32]).unwrap()
}

fn organiser_elsewhere() -> Elsewhere {
    Elsewhere { organiser: Some(organiser().public()), registrar: None }
}

fn registrar_elsewhere() -> Elsewhere {
    Elsewhere { organiser: None, registrar: Some(registrar().public()) }
}

async fn say(vote: &Vote, path: &str, words: &Value) -> Answer {
    let request = vote.running.as_organiser(vote.running.post(path).json(words));
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn who_holds_the_organisers_key_signs_and_the_box_only_records() {
    let mut strict = manifest("open");
    strict["opens"] = "2026-05-02T00:00:10Z".into();
    strict["early_close"] = false.into();
    strict["closes_latest"] = "2026-05-14T22:00:00Z".into();
    let vote = Vote::founded_with(&organiser_elsewhere(), &strict, |_| {}).await;
    let (key, election) = (organiser(), vote.election.fingerprint());
    let unix = |seconds: i64| u64::try_from(NOW + seconds).unwrap();

    // The box cannot, and says who can. Nothing that the operator could write down is missing.
    assert_eq!(vote.get("/v1/health").await.json()["to_do"], Value::Null);
    vote.organise("/v1/open", Vec::new()).await.problem(409, "too-early");
    let open = Entry::from(Open::sign(&key, &election, unix(0)).unwrap());
    vote.post(open.clone()).await.problem(409, "too-early");
    vote.running.clock.advance(Duration::from_secs(10));
    let told = vote.organise("/v1/open", Vec::new()).await.problem(409, "key-elsewhere");
    assert!(told.text("detail").contains("veche election"), "{told:?}");
    let forged = Open::sign(&registrar(), &election, unix(10)).unwrap();
    vote.post(forged.into()).await.problem(422, "entry-refused");
    vote.post(open.clone()).await.expect(StatusCode::CREATED);
    vote.post(open).await.problem(409, "out-of-order");

    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    say(&vote, "/v1/extend", &json!({"closes": "2026-05-14T21:00:00Z"})).await.problem(409, "key-elsewhere");
    say(&vote, "/v1/notices", &json!({"text": {"en": "Words."}})).await.problem(409, "key-elsewhere");
    let closes = 1_778_788_800 + 3_600;
    let extension = Extension { number: 0, signed_at: unix(20), closes };
    let notice = Notice { number: 0, form: NoticeForm::Words, time: unix(20), texts: vec!["Words.".into()] };
    vote.post(Signed::new(extension, &key, &election).unwrap().into()).await.expect(StatusCode::CREATED);
    vote.post(Signed::new(notice, &key, &election).unwrap().into()).await.expect(StatusCode::CREATED);
    // With a trustee's token nobody says what the organiser says.
    let papers = Signed::new(PaperCount { style: 0, number: 0, count: 3 }, &key, &election).unwrap();
    let bytes = Entry::from(papers.clone()).to_bytes();
    let by_trustee = vote.running.octets("/v1/entries", bytes).bearer_auth(&vote.running.trustees[0]);
    Answer::of(by_trustee.send().await.unwrap()).await.problem(422, "entry-refused");
    vote.post(papers.into()).await.expect(StatusCode::CREATED);

    // An organiser who writes a later time than it is does not end the vote early.
    let close = async |time: u64| {
        let request = vote.running.as_organiser(vote.running.get("/v1/closing"));
        let proposal = Answer::of(request.send().await.unwrap()).await.expect(StatusCode::OK);
        let note = proposal.text("note").into_bytes();
        let closing = Closing::by_organiser(ClosingKind::Close, &key, &election, time, note).unwrap();
        vote.post(closing.into()).await
    };
    close(closes).await.problem(409, "too-early");
    let late = anna.seal(&vote, 1);
    let now = vote.running.clock.unix();
    vote.running.clock.advance(Duration::from_secs(closes - u64::try_from(now).unwrap()));
    vote.cast(&late).await.problem(409, "not-open");
    // Long enough for a box that could close by itself.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(vote.phase().await, "open", "only who holds the key closes");
    vote.organise("/v1/close", Vec::new()).await.problem(409, "key-elsewhere");
    close(closes).await.expect(StatusCode::CREATED);
    vote.reach("closed").await;
    let audit = vote.audit().await;
    assert_eq!(audit.report.exit_code(), 0, "{}", audit.report);
}

#[tokio::test]
async fn a_ceremony_is_begun_anew_by_whoever_holds_the_organisers_key() {
    let running = Running::start_with(&organiser_elsewhere(), &manifest("open"), "", |_| {}).await;
    let restart = |key: &SecretKey, genesis: &veche_crypto::hash::Digest| {
        Entry::from(Signed::new(Restart { attempt: 2 }, key, genesis).unwrap()).to_bytes()
    };
    let genesis = genesis(&running).await.hash();
    let ask = async |path: &str, token: &str, body: Vec<u8>| {
        Answer::of(running.octets(path, body).bearer_auth(token).send().await.unwrap()).await
    };
    ask("/v1/restart", &running.organiser, Vec::new()).await.problem(409, "key-elsewhere");
    let signed = restart(&organiser(), &genesis);
    ask("/v1/entries", &running.trustees[0], signed.clone()).await.problem(422, "entry-refused");
    ask("/v1/entries", &running.organiser, restart(&registrar(), &genesis))
        .await
        .problem(422, "entry-refused");
    ask("/v1/entries", &running.organiser, signed).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn who_holds_the_registrars_key_says_who_votes_and_the_box_signs_nobody_in() {
    let vote = Vote::founded_with(&registrar_elsewhere(), &manifest("open"), |config| {
        config.behind_proxy = true;
        config.limits.refused_registrations_an_address_an_hour = 3;
    })
    .await;
    vote.organise("/v1/open", Vec::new()).await.expect(StatusCode::CREATED);
    let asked = vote.running.ask("+48421234567").await.problem(404, "elsewhere");
    assert_eq!(asked.text("process"), "registrar", "{asked:?}");
    assert_eq!(vote.running.sms.total(), 0);

    let mut anna = crate::vote::Voter::of(1, "north");
    let terms = anna.terms(&vote);
    let possession = anna.credential.prove_possession(&vote.election, &terms).unwrap();
    let election = vote.election.fingerprint();
    let issue = |key: &SecretKey| {
        Entry::from(CredentialEntry::sign(key, &election, terms, None, possession).unwrap()).to_bytes()
    };
    let post = async |from: &str, entry: Vec<u8>| {
        let request = vote.running.octets("/v1/credentials", entry).header("x-forwarded-for", from);
        Answer::of(request.send().await.unwrap()).await
    };
    // A stranger's guesses cost little, and end.
    let forged = issue(&organiser());
    for _ in 0..3 {
        post("198.51.100.7", forged.clone()).await.problem(422, "entry-refused");
    }
    let size = vote.size().await;
    let limited = post("198.51.100.7", issue(&registrar())).await.problem(429, "too-many-requests");
    assert!(limited.json()["retry_after"].as_u64().unwrap() > 3_000, "{limited:?}");
    assert_eq!(vote.size().await, size);
    // Whoever posts what is right is not counted: neither for it nor for another's guesses.
    post("198.51.100.8", issue(&registrar())).await.expect(StatusCode::CREATED);
    // Nor for what cannot come onto the board, or voters could have their registrar stopped.
    for _ in 0..4 {
        post("198.51.100.8", issue(&registrar())).await.problem(409, "key-taken");
    }
    vote.running.clock.advance(Duration::from_secs(3_600));
    post("198.51.100.7", forged).await.problem(422, "entry-refused");

    anna.vote(&vote, 0).await;
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    let audit = vote.audit().await;
    assert_eq!(audit.report.exit_code(), 0, "{}", audit.report);
}

#[tokio::test]
async fn at_the_desk_each_entry_needs_the_key_that_signs_it_and_no_other() {
    let vote = Vote::founded_with(&organiser_elsewhere(), &manifest("open"), |_| {}).await;
    let open = Open::sign(&organiser(), &vote.election.fingerprint(), 1).unwrap();
    vote.post(open.into()).await.expect(StatusCode::CREATED);
    let anna = vote.voter(1, "north").await;
    let data = vote.running.data.clone();
    let pseudonym = anna.pseudonym.to_string();
    let whom = Whom::Pseudonym(&pseudonym);
    strike(&data, whom, RevocationReason::NotEntitled).await.unwrap();
    let papers = count_papers(&data, "north", 1).await;
    assert!(matches!(papers, Err(DeskError::Elsewhere(KeyElsewhere::Organiser))), "{papers:?}");
    assert!(papers.unwrap_err().to_string().contains("organiser's key"));

    let vote = Vote::founded_with(&registrar_elsewhere(), &manifest("open"), |_| {}).await;
    vote.organise("/v1/open", Vec::new()).await.expect(StatusCode::CREATED);
    let data = vote.running.data.clone();
    count_papers(&data, "north", 1).await.unwrap();
    let struck = strike(&data, Whom::Phone("+48421234567"), RevocationReason::NotEntitled).await;
    assert!(matches!(struck, Err(DeskError::Elsewhere(KeyElsewhere::Registrar))), "{struck:?}");
    assert!(struck.unwrap_err().to_string().contains("registrar's key"));
}

#[tokio::test]
async fn the_vote_does_not_open_before_the_organisers_words_were_typed_back() {
    let vote = Vote::founded(&manifest("open"), |_| {}).await;
    let data = vote.running.data.clone();
    std::fs::remove_file(data.join("words-checked")).unwrap();
    let told = vote.organise("/v1/open", Vec::new()).await.problem(409, "no-backup");
    assert!(told.text("detail").contains("veche-server words --check"), "{told:?}");
    let health = vote.get("/v1/health").await;
    assert!(health.text("to_do").contains("veche-server words --check"));

    // Neither another key's words nor somebody else's file will do.
    let words = seed(&data, KeyName::Organiser).unwrap().unwrap();
    let log = seed(&data, KeyName::Log).unwrap().unwrap();
    let wrong = check_words(&data, KeyName::Organiser, &log);
    assert!(matches!(wrong, Err(FolderError::Keys(KeysError::OtherWords(KeyName::Organiser)))), "{wrong:?}");
    check_words(&data, KeyName::Log, &log).unwrap();
    std::fs::write(data.join("words-checked"), "yes\n").unwrap();
    vote.organise("/v1/open", Vec::new()).await.problem(409, "no-backup");

    // The running box hears of it.
    check_words(&data, KeyName::Organiser, &words).unwrap();
    assert_eq!(vote.get("/v1/health").await.json()["to_do"], Value::Null);
    vote.organise("/v1/open", Vec::new()).await.expect(StatusCode::CREATED);
}

async fn restore(data: &std::path::Path, seeds: &Restored) -> Result<(), FolderError> {
    Restoring::begin(data).await?.finish(seeds)
}

#[tokio::test]
async fn a_box_whose_keys_come_back_from_words_continues_the_same_board() {
    let mut vote = Vote::open().await;
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;
    let shown = vote.newest().await;
    let data = vote.running.data.clone();
    let words = |name| seed(&data, name).unwrap();
    let seeds = Restored {
        log: words(KeyName::Log).unwrap(),
        organiser: words(KeyName::Organiser),
        registrar: words(KeyName::Registrar),
    };
    let there = restore(&data, &seeds).await;
    assert!(matches!(there, Err(FolderError::Keys(KeysError::Exists(_)))), "{there:?}");
    vote.running.stop().await;
    let tokens = ["organiser-token", "trustee-tokens"].map(|name| std::fs::read(data.join(name)).unwrap());
    for name in ["keys.json", "organiser-token", "trustee-tokens", "words-checked"] {
        std::fs::remove_file(data.join(name)).unwrap();
    }
    let gone = veche_server::Server::start(veche_server::Config::new(&data)).await.map(drop).unwrap_err();
    assert!(gone.to_string().contains("veche-server restore"), "{gone}");

    // A paper taken for another is noticed, and nothing is written.
    let swapped = Restored {
        log: seeds.log.clone(),
        organiser: seeds.registrar.clone(),
        registrar: seeds.organiser.clone(),
    };
    let wrong = restore(&data, &swapped).await;
    assert!(matches!(wrong, Err(FolderError::Keys(KeysError::OtherWords(KeyName::Organiser)))), "{wrong:?}");
    let other = Restored { registrar: Some(seeds.log.clone()), organiser: None, log: seeds.log.clone() };
    let wrong = restore(&data, &other).await;
    assert!(matches!(wrong, Err(FolderError::Keys(KeysError::OtherWords(KeyName::Registrar)))), "{wrong:?}");
    assert!(!data.join("keys.json").exists());

    restore(&data, &seeds).await.unwrap();
    assert_eq!(
        tokens,
        ["organiser-token", "trustee-tokens"].map(|name| std::fs::read(data.join(name)).unwrap())
    );
    vote.running.start_again().await;
    vote.must_extend(&shown).await;
    // Phones are known by the same hashes: the same person is the same voter.
    vote.running.clock.advance(Duration::from_secs(60));
    let again = vote.signed_in(1, "north").await;
    assert_eq!(again.pseudonym, anna.pseudonym);
    anna.vote(&vote, 1).await;
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    let audit = vote.audit().await;
    assert_eq!(audit.report.exit_code(), 0, "{}", audit.report);
    assert_eq!(audit.report.turnout.iter().map(|row| row.ballots).sum::<u32>(), 1);
}
