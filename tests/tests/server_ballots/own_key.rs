//! The organiser's key is 24 words on the organiser's paper, and the ballot box has its public half only: what the
//! organiser's commands sign, and how trustees end a vote whose organiser is gone.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::StatusCode;
use serde_json::{Value, json};
use veche_crypto::signature::SecretKey;
use veche_record::entry::{
    ClosingForm, ClosingKind, ClosingTerms, Notice, NoticeForm, Open, Signed, TallyKind,
};
use veche_record::manifest::Timestamp;
use veche_record::{Entry, tag};
use veche_server::{Clock, Config, Elsewhere, KeyName};
use veche_tests::small::{bytes32, secrets};
use veche_verify::Outcome;

use crate::by_hand::{Said, now, run, this_hour, time, veche};
use crate::support::{Answer, Running, manifest};
use crate::vote::{Vote, genesis};

pub const DAY: u64 = 86_400;

/// The organiser's paper.
pub struct Paper {
    words: String,
    pub key: SecretKey,
    _folder: tempfile::TempDir,
    file: PathBuf,
}

impl Paper {
    pub fn new(number: u64) -> Self {
        let seed = bytes32("organiser-paper", number);
        let words = veche_words::encode(&seed).to_string();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("words");
        std::fs::write(&file, &words).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let key = SecretKey::from_seed(tag::ORGANISER_KEY, &seed).unwrap();
        Paper { words, key, _folder: folder, file }
    }

    fn elsewhere(&self) -> Elsewhere {
        Elsewhere { organiser: Some(self.key.public()), registrar: None }
    }

    fn file(&self) -> &str {
        self.file.to_str().unwrap()
    }

    /// A vote after its rehearsal.
    pub async fn founded(&self, manifest: &Value, configure: impl FnOnce(&mut Config)) -> Vote {
        Vote::founded_with(&self.elsewhere(), manifest, configure).await
    }
}

/// Runs a command that asks for words, which somebody types.
async fn typing(mut command: Command, words: &str) -> Said {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = piped.spawn().unwrap();
    // A program that refuses before it asks does not read them.
    let _ = writeln!(process.stdin.take().unwrap(), "{words}");
    let output = tokio::task::spawn_blocking(move || process.wait_with_output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), text: text(output.stdout), errors: text(output.stderr) }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organisers_commands_sign_with_the_words_and_nothing_is_sent_with_others() {
    let (paper, other) = (Paper::new(1), Paper::new(2));
    let mut manifest = this_hour(true);
    manifest["contests"][0]["budget"] = 10.into();
    manifest["contests"][0]["currency"] = "€".into();
    manifest["contests"][0]["funding"] = json!({"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "lot", "exclusive": []});
    for option in manifest["contests"][0]["options"].as_array_mut().unwrap() {
        option["cost"] = 8.into();
    }
    let vote = paper.founded(&manifest, |config| config.clock = Clock::system()).await;

    // Open: only with the words typed anew.
    vote.organiser("open", &[]).await.refused("with `veche election … --words`");
    let scripted = vote.organiser("open", &["--words-file", paper.file()]).await;
    scripted.refused("unexpected argument '--words-file'");
    let size = vote.size().await;
    let lost = typing(vote.election("open", &["--words"]), &other.words).await;
    lost.refused("these are the words of another key; nothing was sent");
    assert!(lost.errors.contains(&hex::encode(paper.key.public().to_bytes())), "{lost:?}");
    let misread = paper.words.replacen(' ', " hobgoblin ", 1);
    typing(vote.election("open", &["--words"]), &misread).await.refused("word");
    assert_eq!(vote.size().await, size);
    let opened = typing(vote.election("open", &["--words"]), &paper.words).await;
    assert!(opened.code == 0 && opened.text.contains("Voting is open."), "{opened:?}");

    let put_off = time(now() + 5_400);
    for (step, more, words) in [
        ("extend", vec!["--until", &put_off], "Voting goes on until"),
        ("notice", vec!["--text", "en=The hall is open."], "every page shows it"),
    ] {
        vote.organiser(step, &more).await.refused("--words");
        let with = |file| [more.as_slice(), &["--words-file", file]].concat();
        let size = vote.size().await;
        vote.organiser(step, &with(other.file())).await.refused("the words of another key");
        assert_eq!(vote.size().await, size);
        vote.organiser(step, &with(paper.file())).await.done(words);
        assert_eq!(vote.size().await, size + 1);
    }
    std::fs::set_permissions(&paper.file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let seen = vote.organiser("notice", &["--text", "en=Again.", "--words-file", paper.file()]).await;
    seen.refused("can be read by other users of this machine: run `chmod 600");
    std::fs::set_permissions(&paper.file, std::fs::Permissions::from_mode(0o600)).unwrap();

    let (mut anna, mut boris) = (vote.voter(1, "north").await, vote.voter(2, "north").await);
    anna.vote(&vote, 0).await;
    boris.vote(&vote, 2).await;
    vote.organiser("close", &["--early", "All have voted."]).await.refused("--words");
    assert_eq!(vote.phase().await, "open");
    let close = ["--early", "All have voted.", "--words-file", paper.file()];
    vote.organiser("close", &close).await.done("Voting is closed");
    vote.count().await;
    let order = ["--contest", "north", "--option", "c", "--option", "a"];
    vote.organiser("draw", &order).await.refused("--words");
    let order = [order.as_slice(), &["--words-file", paper.file()]].concat();
    vote.organiser("draw", &order).await.done("The draw is on the board: c, a.");

    let report = vote.audit().await.report;
    assert_eq!(report.outcome, Outcome::Verified, "{report}");
    assert_eq!(report.funding[0].funded, ["c"]);
    let said = report.notices.iter().filter(|notice| notice.text.contains("All have voted.")).count();
    assert_eq!(said, 1, "a closing that was refused says nothing: {report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ceremony_begins_anew_and_a_vote_is_cancelled_with_the_words() {
    let paper = Paper::new(3);
    let system = |config: &mut Config| config.clock = Clock::system();
    let running = Running::start_with(&paper.elsewhere(), &this_hour(true), "", system).await;
    let token = running.data.with_file_name("organiser-token");
    std::fs::write(&token, &running.organiser).unwrap();
    let restart = |more: &[&str]| {
        let mut command = veche();
        command.args(["election", "restart", "--box", &running.url, "--token-file"]).arg(&token).args(more);
        run(command)
    };
    restart(&[]).await.refused("--words");
    restart(&["--words-file", paper.file()]).await.done("Attempt 2 of the ceremony has begun");

    let vote = paper.founded(&this_hour(true), system).await;
    let cancel = ["--text", "en=The list was wrong.", "--words-file", paper.file()];
    vote.organiser("cancel", &cancel).await.done("The vote is cancelled.");
    assert_eq!(vote.audit().await.report.outcome, Outcome::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_are_counted_with_the_words() {
    let paper = Paper::new(4);
    let mut manifest = this_hour(true);
    manifest["routes"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "paper", "title": {"en": "Paper"}, "entered": true}));
    manifest["paper_until"] = time(now() + 9_000).into();
    let vote = paper.founded(&manifest, |config| config.clock = Clock::system()).await;
    let count = |more: &[&str]| {
        let own = [&["--style", "north", "--count", "212"], more].concat();
        run(vote.election("papers", &own))
    };
    count(&["--words-file", paper.file()]).await.refused("while the vote is open");
    let opened = typing(vote.election("open", &["--words"]), &paper.words).await;
    assert_eq!(opened.code, 0, "{opened:?}");
    count(&[]).await.refused("`veche-server papers`");
    count(&["--words-file", paper.file()]).await.done("On the board: 212 papers of north.");
    let nowhere = ["--style", "west", "--count", "1", "--words-file", paper.file()];
    vote.organiser("papers", &nowhere).await.refused("no district \"west\"; it has north, south");
    let early = ["--early", "All have voted.", "--words-file", paper.file()];
    vote.organiser("close", &early).await.done("Voting has ended. Papers are still typed in");
    vote.organiser("close", &["--words-file", paper.file()]).await.refused("");
    let report = vote.audit().await.report;
    assert_eq!(report.outcome, Outcome::NotFinished, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_only_when_its_words_were_written_down() {
    let key = |more: &[&str]| {
        let mut command = veche();
        command.args(["election", "key"]).args(more);
        command
    };
    let guessed = typing(key(&[]), &Paper::new(5).words).await;
    assert!(guessed.code == 2 && guessed.errors.contains("not the words that were shown"), "{guessed:?}");
    assert!(!guessed.text.contains("public key"), "{guessed:?}");
    // As a person does: reads the list, and types it.
    let made = tokio::task::spawn_blocking(move || {
        use std::io::{BufRead as _, BufReader, Read as _};
        let mut process =
            key(&[]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut shown = BufReader::new(process.stdout.take().unwrap());
        let mut words = String::new();
        for _ in 0..24 {
            let mut line = String::new();
            shown.read_line(&mut line).unwrap();
            words.push_str(&line);
        }
        writeln!(process.stdin.take().unwrap(), "{words}").unwrap();
        let mut rest = String::new();
        shown.read_to_string(&mut rest).unwrap();
        assert!(process.wait().unwrap().success(), "{rest}");
        (words, rest)
    });
    let (words, said) = made.await.unwrap();
    let public = said.lines().find(|line| line.trim().len() == 64).unwrap().trim().to_owned();
    assert!(said.contains(&format!("veche-server init --organiser-key {public}")), "{said}");
    let mut check = veche();
    check.args(["election", "key", "--check"]);
    assert_eq!(typing(check, &words).await.text.trim(), public);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_box_are_the_same_key_on_the_organisers_machine() {
    let running = Running::start(&manifest("open"), "", |_| {}).await;
    let seed = veche_server::seed(&running.data, KeyName::Organiser).unwrap().unwrap();
    let named = genesis(&running).await.organiser;
    let mut check = veche();
    check.args(["election", "key", "--check"]);
    let said = typing(check, &veche_words::encode(&seed)).await;
    assert_eq!(said.text.trim(), hex::encode(named.to_bytes()), "{said:?}");
}

/// A trustee's signature under what the box hands out, over HTTP.
pub async fn sign(vote: &Vote, trustee: usize) -> Answer {
    let asked = vote.running.get("/v1/closing").bearer_auth(&vote.running.trustees[trustee]);
    let proposal = Answer::of(asked.send().await.unwrap()).await.expect(StatusCode::OK).json();
    let time = proposal["time"].as_u64().unwrap();
    let note = proposal["note"].as_str().unwrap().as_bytes().to_vec();
    let terms = ClosingTerms { kind: ClosingKind::Close, form: ClosingForm::Trustees, time, note };
    let signature = STANDARD.encode(vote.shares[trustee].close(&terms).unwrap().to_bytes());
    let request = vote.running.post("/v1/closing").bearer_auth(&vote.running.trustees[trustee]);
    Answer::of(request.json(&json!({"time": time, "signature": signature})).send().await.unwrap()).await
}

/// A folder of `veche trustee` for one of the vote's trustees.
async fn at_a_terminal(vote: &Vote, trustee: usize, scratch: &Path) -> PathBuf {
    let (folder, token) = (scratch.join("share"), scratch.join("token"));
    std::fs::write(&token, &vote.running.trustees[trustee]).unwrap();
    let mut recover = veche();
    recover.args(["trustee", "recover", "--board", &vote.running.url, "--trustee"]);
    recover.arg((trustee + 1).to_string()).arg("--dir").arg(&folder).arg("--token-file").arg(token);
    let words = secrets("box", 3).unwrap()[trustee].words();
    let said = typing(recover, &words).await;
    assert_eq!(said.code, 0, "{said:?}");
    folder
}

async fn trustee_close(folder: &Path) -> Said {
    let mut command = veche();
    command.args(["trustee", "close", "--dir"]).arg(folder);
    run(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_of_trustees_ends_a_vote_whose_organiser_is_gone() {
    let paper = Paper::new(6);
    let mut strict = manifest("open");
    strict["early_close"] = false.into();
    let vote = paper.founded(&strict, |_| {}).await;
    let scratch = tempfile::tempdir().unwrap();
    let third = at_a_terminal(&vote, 2, scratch.path()).await;
    let opened = u64::try_from(vote.running.clock.unix()).unwrap();
    let open = Open::sign(&paper.key, &vote.election.fingerprint(), opened).unwrap();
    vote.post(open.into()).await.expect(StatusCode::CREATED);
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;

    // The hour comes, and nobody closes: the box has no key for it, and takes no more ballots.
    let closes = Timestamp::parse("2026-05-14T20:00:00Z").unwrap().unix();
    vote.running.clock.advance(Duration::from_secs(closes - opened));
    vote.cast(&anna.seal(&vote, 1)).await.problem(409, "not-open");
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(vote.phase().await, "open");
    // A second too early, by the box's clock.
    vote.running.clock.advance(Duration::from_secs(3 * DAY - 1));
    sign(&vote, 0).await.expect(StatusCode::OK);
    let early = trustee_close(&third).await;
    early.refused("2026-05-17T20:00:00Z");

    vote.running.clock.advance(Duration::from_secs(60));
    assert_eq!(sign(&vote, 0).await.expect(StatusCode::OK).json()["signed"], json!([1]));
    assert_eq!(sign(&vote, 1).await.expect(StatusCode::OK).json()["signed"], json!([1, 2]));
    // Somebody speaks in between: it is another board, and all sign anew.
    let content =
        Notice { number: 0, form: NoticeForm::Words, time: opened, texts: vec!["Wait.".to_owned()] };
    let notice = Signed::new(content, &paper.key, &vote.election.fingerprint()).unwrap();
    vote.post(Entry::from(notice)).await.expect(StatusCode::CREATED);
    trustee_close(&third).await.done("You have signed the end of the vote. 2 more trustees have to.");
    assert_eq!(sign(&vote, 0).await.expect(StatusCode::OK).json()["signed"], json!([1, 3]));
    trustee_close(&third).await.done("You have signed the end of the vote. 1 more trustee has to.");
    let ended = sign(&vote, 1).await.expect(StatusCode::OK).json();
    assert_eq!(ended["index"].as_u64().unwrap() + 2, vote.size().await, "and the sums are fixed after it");
    assert_eq!(vote.phase().await, "closed");
    trustee_close(&third).await.refused("There is no vote that could be ended");

    vote.count().await;
    let report = vote.audit().await.report;
    assert_eq!(report.outcome, Outcome::Verified, "{report}");
    assert!(report.notices.iter().any(|notice| notice.code == "closed-by-trustees"), "{report}");
    assert_eq!(report.ballots, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_trustee_at_a_terminal_ends_it() {
    let paper = Paper::new(7);
    let vote = paper.founded(&manifest("open"), |_| {}).await;
    let scratch = tempfile::tempdir().unwrap();
    let third = at_a_terminal(&vote, 2, scratch.path()).await;
    let opened = u64::try_from(vote.running.clock.unix()).unwrap();
    let open = Open::sign(&paper.key, &vote.election.fingerprint(), opened).unwrap();
    vote.post(open.into()).await.expect(StatusCode::CREATED);
    trustee_close(&third).await.refused("2026-05-17T20:00:00Z");
    vote.running.clock.advance(Duration::from_secs(30 * DAY));
    for trustee in 0..2 {
        sign(&vote, trustee).await.expect(StatusCode::OK);
    }
    let ended = trustee_close(&third).await;
    ended.done("The vote is ended, by entry");
    ended.done("in the organiser's place");
    // Nobody had voted, so that there is nothing to decrypt.
    vote.reach("published").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trustees_part_is_handed_out_as_a_file_and_delivered_by_somebody_else() {
    let vote = Vote::open().await;
    vote.voter(1, "north").await.vote(&vote, 0).await;
    vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
    vote.consent_all(TallyKind::Vote).await;
    let scratch = tempfile::tempdir().unwrap();
    let folder = at_a_terminal(&vote, 1, scratch.path()).await;
    let out = scratch.path().join("part.entry");
    let decrypt = || {
        let mut command = veche();
        command.args(["trustee", "decrypt", "--dir"]).arg(&folder).arg("--out").arg(&out);
        run(command)
    };
    let size = vote.size().await;
    decrypt().await.done("and not on the board yet: send it to the organiser");
    assert_eq!(vote.size().await, size);
    let part = std::fs::read(&out).unwrap();
    decrypt().await.refused("exists already, and nothing was signed");
    std::fs::remove_file(&out).unwrap();
    decrypt().await.done("not on the board yet");
    assert_eq!(std::fs::read(&out).unwrap(), part, "the same bytes again");
    let deliver = |path: &Path| run(vote.election("deliver", &[path.to_str().unwrap()]));
    deliver(&scratch.path().join("token")).await.refused("this is no message of a trustee");
    deliver(&out).await.done("The message of trustee 2 is on the board.");
    assert_eq!(vote.size().await, size + 1);
    deliver(&out).await.refused("");
    let first = vote.partial(TallyKind::Vote, 0).await;
    vote.post(first.into()).await.expect(StatusCode::CREATED);
    vote.reach("published").await;
}
