//! The organiser's commands as a clerk types them, against a running box and the machine's own clock.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

use reqwest::StatusCode;
use serde_json::{Value, json};
use veche_record::entry::TallyKind;
use veche_record::manifest::Timestamp;
use veche_results::{BoardEnd, Standing, Statement, statement};
use veche_server::Clock;
use veche_verify::{Outcome as Verdict, ResultFile};
use veche_xtask::workspace::{Programs, programs};

use crate::support::manifest;
use crate::vote::Vote;

/// What a command said, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub text: String,
    pub errors: String,
}

impl Said {
    #[track_caller]
    pub fn done(&self, words: &str) {
        assert!(self.code == 0 && self.errors.is_empty() && self.text.contains(words), "{self:?}");
    }

    #[track_caller]
    pub fn refused(&self, words: &str) {
        assert!(self.code == 2 && self.errors.contains(words), "{self:?}");
    }
}

/// The program, built once.
pub fn veche() -> Command {
    static BUILT: OnceLock<Programs> = OnceLock::new();
    Command::new(&BUILT.get_or_init(|| programs().unwrap()).veche)
}

pub async fn run(mut command: Command) -> Said {
    let Output { status, stdout, stderr } =
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: status.code().unwrap(), text: text(stdout), errors: text(stderr) }
}

impl Vote {
    /// `veche election STEP …` with the organiser's token.
    pub fn election(&self, step: &str, more: &[&str]) -> Command {
        let mut command = veche();
        command.args(["election", step, "--box", &self.running.url, "--token-file"]).arg(self.token_file());
        command.args(more).stdin(std::process::Stdio::null());
        command
    }

    pub async fn organiser(&self, step: &str, more: &[&str]) -> Said {
        run(self.election(step, more)).await
    }

    fn token_file(&self) -> PathBuf {
        let path = self.running.data.with_file_name("organiser-token");
        std::fs::write(&path, &self.running.organiser).unwrap();
        path
    }
}

pub fn now() -> u64 {
    u64::try_from(Clock::system().unix()).unwrap()
}

pub fn time(seconds: u64) -> String {
    Timestamp::from_unix(seconds).unwrap().to_string()
}

/// A vote that opened a minute ago by its manifest, and closes in an hour.
pub fn this_hour(early: bool) -> Value {
    let mut manifest = manifest("open");
    manifest["opens"] = time(now() - 60).into();
    manifest["closes"] = time(now() + 3_600).into();
    manifest["closes_latest"] = time(now() + 7_200).into();
    manifest["early_close"] = early.into();
    manifest
}

async fn founded(manifest: &Value) -> Vote {
    Vote::founded(manifest, |config| config.clock = Clock::system()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hours_by_hand_each_in_words() {
    let manifest = this_hour(true);
    let vote = founded(&manifest).await;
    vote.organiser("close", &[]).await.refused("The vote is not open yet");
    vote.organiser("open", &[]).await.done("Voting is open.");
    vote.organiser("open", &[]).await.refused("The vote is open already");
    vote.organiser("restart", &[]).await.refused("The keys are made");
    let mut anna = vote.voter(1, "north").await;
    anna.vote(&vote, 0).await;

    let (soon, put_off, late) = (time(now() + 60), time(now() + 5_400), time(now() + 9_000));
    vote.organiser("extend", &["--until", &soon]).await.refused("already: name a later hour");
    vote.organiser("extend", &["--until", &late]).await.refused("at most");
    vote.organiser("extend", &["--until", &put_off]).await.done(&format!("Voting goes on until {put_off}."));
    assert_eq!(vote.get("/v1/election").await.text("closes"), put_off);

    let said = vote.organiser("notice", &["--text", "en=The hall is open.", "--text", "de=Der Saal."]).await;
    said.refused("say it in exactly these languages: en");
    let twice = vote.organiser("notice", &["--text", "en=One.", "--text", "en=Two."]).await;
    twice.refused("--text is given twice for en");
    vote.organiser("notice", &["--text", "en=The hall is open."]).await.done("every page shows it");

    vote.organiser("draw", &["--contest", "north"]).await.refused("There is no result yet");
    let early = vote.organiser("close", &[]).await;
    early.refused("--early \"REASON\"");
    assert!(early.errors.contains(&put_off), "{early:?}");
    vote.organiser("close", &["--early", " "]).await.refused("in words");
    let closed = vote.organiser("close", &["--early", "The hall is needed."]).await;
    closed.done("Voting is closed");
    vote.organiser("close", &[]).await.refused("The vote is closed already");
    vote.organiser("extend", &["--until", &late]).await.refused("Voting is over");
    vote.organiser("cancel", &["--text", "en=Too late."]).await.refused("The count has begun");
    let report = vote.audit().await.report;
    assert_eq!(report.outcome, Verdict::NotFinished, "{report}");
    let said: Vec<&str> = report.notices.iter().map(|notice| notice.code).collect();
    assert!(said.contains(&"extended") && said.contains(&"closed-early"), "{report}");
    assert!(report.notices.iter().any(|notice| notice.text.contains("The hall is needed.")), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_55_closed_early_the_command_says_that_the_manifest_does_not_allow_it() {
    let vote = founded(&this_hour(false)).await;
    vote.organiser("open", &[]).await.done("Voting is open.");
    let size = vote.size().await;
    vote.organiser("close", &["--early", "Please."]).await.refused("lets nobody close it early");
    assert_eq!(vote.size().await, size, "no notice either");
    vote.organiser("cancel", &["--text", "en=The list was wrong."]).await.done("The vote is cancelled.");
    vote.organiser("cancel", &["--text", "en=Again."]).await.refused("cancelled already");
    vote.organiser("close", &[]).await.refused("The vote is cancelled");
    vote.organiser("open", &[]).await.refused("The vote is cancelled");
    vote.organiser("publish", &[]).await.refused("cancelled");
    assert_eq!(vote.audit().await.report.outcome, Verdict::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ceremony_and_a_rehearsal_by_hand() {
    let vote = Vote::keyed(&this_hour(true), |config| config.clock = Clock::system()).await;
    vote.organiser("open", &[]).await.refused("`veche election rehearse`");
    let held = vote.organiser("rehearse", &[]).await;
    held.done("A made-up ballot is on the board. 3 trustees decrypt it now");
    held.done(&vote.election.fingerprint().to_string());
    vote.organiser("rehearse", &[]).await.done("Waiting for 3 more to agree, of trustees 1, 2 and 3.");
    vote.organiser("open", &[]).await.refused("The rehearsal is not finished. Waiting for 3 more to agree");
}

/// A contest in which two options have as many votes, and money is there for one of them.
fn tied() -> Value {
    let mut manifest = this_hour(true);
    let contest = &mut manifest["contests"][0];
    contest["budget"] = 10.into();
    contest["currency"] = "€".into();
    contest["funding"] = json!({"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "lot", "exclusive": []});
    for option in contest["options"].as_array_mut().unwrap() {
        option["cost"] = 8.into();
    }
    manifest
}

impl Vote {
    /// Has the trustees count.
    pub async fn count(&self) {
        self.consent_all(TallyKind::Vote).await;
        for trustee in 0..2 {
            let partial = self.partial(TallyKind::Vote, trustee).await;
            self.post(partial.into()).await.expect(StatusCode::CREATED);
        }
        self.reach("published").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tie_is_drawn_by_hand_and_the_result_page_reads_the_draw() {
    let vote = founded(&tied()).await;
    vote.organiser("open", &[]).await.done("Voting is open.");
    let mut anna = vote.voter(1, "north").await;
    let mut boris = vote.voter(2, "north").await;
    anna.vote(&vote, 0).await;
    boris.vote(&vote, 2).await;
    vote.organiser("close", &["--early", "en=Everybody has voted."]).await.done("Voting is closed");
    vote.organiser("publish", &[]).await.done("Waiting for 3 more to agree");
    vote.count().await;
    vote.organiser("draw", &["--contest", "north"]).await.done("To be drawn: a, c.");
    vote.organiser("draw", &["--contest", "west"]).await.refused("no contest \"west\"");
    vote.organiser("draw", &["--contest", "south"]).await.refused("Nothing is to be drawn in south");
    let wrong = vote.organiser("draw", &["--contest", "north", "--option", "b", "--option", "a"]).await;
    wrong.refused("each of these, once: a, c");
    assert_eq!(drawn(&vote).await, Vec::<Vec<u16>>::new());
    let right = vote.organiser("draw", &["--contest", "north", "--option", "c", "--option", "a"]).await;
    right.done("The draw is on the board: c, a.");
    vote.organiser("draw", &["--contest", "north"]).await.refused("Nothing is to be drawn in north");

    let report = vote.audit().await.report;
    let funding = &report.funding[0];
    assert_eq!(
        (funding.funded.clone(), funding.draws.clone()),
        (vec!["c".to_owned()], vec![vec!["c".into(), "a".into()]])
    );
    assert_eq!(drawn(&vote).await, [[2, 0]]);

    // When and before whom stands in the papers alone; a note of a draw that nobody held stands nowhere.
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("record");
    for (path, bytes) in vote.record().await {
        let file = record.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
    let notes = json!([
        {"contest": "north", "options": ["c", "a"], "held": "15 June, town hall <b>", "present": "Anna Nowak"},
        {"contest": "north", "options": ["a", "c"], "held": "another day", "present": "nobody"},
    ]);
    let file = folder.path().join("draws.json");
    std::fs::write(&file, notes.to_string()).unwrap();
    let archived = async |name: &str, more: &[&str]| {
        let out = folder.path().join(name);
        let mut command = veche();
        command.arg("archive").arg(&record).arg("--out").arg(&out).args(["--language", "en"]).args(more);
        run(command).await.done("Written");
        zip::ZipArchive::new(std::fs::File::open(out).unwrap()).unwrap()
    };
    let mut plain = archived("plain.zip", &[]).await;
    assert!(plain.by_name("draws.json").is_err());
    let page = std::io::read_to_string(plain.by_name("protocol.html").unwrap()).unwrap();
    assert!(page.contains("write it by hand") && !page.contains("The draw was held"), "{page}");
    let mut noted = archived("noted.zip", &["--draws", file.to_str().unwrap()]).await;
    let mut read = |name: &str| std::io::read_to_string(noted.by_name(name).unwrap()).unwrap();
    let page = read("protocol.html");
    assert!(page.contains("The draw was held: \u{2068}15 June, town hall &lt;b&gt;\u{2069}."), "{page}");
    assert!(page.contains("In the presence of: \u{2068}Anna Nowak\u{2069}."), "{page}");
    assert!(!page.contains("write it by hand") && !page.contains("another day"), "{page}");
    let kept: Value = serde_json::from_str(&read("draws.json")).unwrap();
    assert_eq!(kept, json!([notes[0]]));
    assert!(read("SHA256SUMS").contains("  draws.json") && read("README.html").contains("draws.json"));
    // The protocol alone says the same, to the byte.
    let protocol = |name: &str| {
        let mut command = veche();
        command.arg("results").arg(&record).args(["--format", "protocol", "--language", "en"]);
        command.arg("--out").arg(folder.path().join(name)).arg("--draws").arg(&file);
        command
    };
    run(protocol("protocol.html")).await.done("Written");
    assert_eq!(std::fs::read_to_string(folder.path().join("protocol.html")).unwrap(), page);
    std::fs::write(&file, "[{}]").unwrap();
    run(protocol("none.html")).await.refused("draws.json: missing field");
    assert!(!folder.path().join("none.html").exists());
    let mut command = veche();
    command.arg("archive").arg(&record).arg("--out").arg(folder.path().join("none.zip"));
    command.arg("--draws").arg(&file);
    run(command).await.refused("draws.json: missing field");
    assert!(!folder.path().join("none.zip").exists());
}

/// The draws that the end of the board has, read from a few files as the result's page does.
async fn drawn(vote: &Vote) -> Vec<Vec<u16>> {
    let record = vote.record().await;
    let checkpoint = vote.newest().await;
    let paths = statement::files(checkpoint.size, 1);
    let files = paths.into_iter().map(|path| (path.clone(), record[&path].clone())).collect();
    let end = BoardEnd::open(&checkpoint, 1, &files).unwrap();
    let file: ResultFile =
        veche_results::published::read(vote.election.manifest(), &record["result.json"]).unwrap();
    let draws = Statement::find(&end).unwrap().draws(&vote.election, &file).unwrap();
    let standings = Standing::all(vote.election.manifest(), &file, &draws);
    standings.iter().flat_map(|standing| standing.draws.iter().map(|draw| draw.to_vec())).collect()
}
