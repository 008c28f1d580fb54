//! A ballot box with real `veche witness serve` processes beside it: rows 22 and 23 of the list of attacks.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use veche_board::{
    Checkpoint, CheckpointError, LogKey, MerkleTree, Origin, Receipt, ReceiptError, leaf_hash,
};
use veche_cluster::Cluster;
use veche_record::entry::{Closing, ClosingKind, TallyKind};
use veche_record::{Entry, tag};
use veche_server::{AuditError, Config, Elsewhere, KeyName, SeenError, StartError, list_sample};
use veche_verify::{Check, Outcome, Status};
use veche_voter::{CastError, check_receipt};
use veche_witness::Request;
use veche_xtask::ballot_box::free_port;
use veche_xtask::workspace::{Programs, programs};

use crate::credentials::secret_key;
use crate::idle::do_nothing;
use crate::support::{Answer, DATABASE, NOW, manifest};
use crate::vote::Vote;

fn veche() -> Command {
    static BUILT: OnceLock<Programs> = OnceLock::new();
    Command::new(&BUILT.get_or_init(|| programs().unwrap()).veche)
}

fn origin() -> Origin {
    "box.example/test".parse().unwrap()
}

/// A witness process with its folder.
pub struct Process {
    name: String,
    vkey: String,
    folder: tempfile::TempDir,
    port: u16,
    log: String,
    /// What the shell that starts it says before.
    before: &'static str,
    child: Option<Child>,
}

impl Process {
    fn new(number: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("witness.example/w{number}");
        let made =
            veche().args(["witness", "new", "--name", &name, "--dir"]).arg(folder.path()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let vkey = String::from_utf8(made.stdout).unwrap().trim().to_owned();
        let port = free_port().unwrap();
        Process { name, vkey, folder, port, log: String::new(), before: "", child: None }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    fn start(&mut self) {
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("{} exec \"$0\" \"$@\"", self.before))
            .arg(veche().get_program())
            .args(["witness", "serve", "--listen", &format!("127.0.0.1:{}", self.port)])
            .args(["--log", &self.log, "--dir"])
            .arg(self.folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("listens"), "{line}");
        self.child = Some(child);
    }

    /// SIGKILL: nothing is flushed, nothing is said goodbye to.
    fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// As a service manager stops it.
    fn stop(&mut self) {
        let mut child = self.child.take().unwrap();
        assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
        assert!(child.wait().unwrap().success());
    }

    /// The size of the last checkpoint that it has cosigned, as its folder has it.
    fn last(&self) -> Option<u64> {
        let files = std::fs::read_dir(self.folder.path().join("logs")).unwrap();
        files.map(|file| file.unwrap().path()).find_map(|path| {
            let note = std::fs::read_to_string(path).ok()?;
            note.strip_prefix(&format!("{}\n", origin()))?.lines().next()?.parse().ok()
        })
    }

    /// Asks for a cosignature, as a box does.
    async fn ask(&self, vote: &Vote, request: Request<'_>) -> Answer {
        let url = format!("{}add-checkpoint", self.url());
        Answer::of(vote.running.http.post(url).body(request.to_body()).send().await.unwrap()).await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}

/// The key that a ballot box signs checkpoints with. Who has it is the box.
fn log_key(data: &std::path::Path) -> LogKey {
    LogKey::from_seed(&veche_server::seed(data, KeyName::Log).unwrap().unwrap())
}

/// An open vote with three witnesses of whom two are needed.
async fn witnessed() -> (Vote, Vec<Process>) {
    witnessed_with(manifest("open"), |_| {}).await
}

/// The same for any manifest.
pub async fn witnessed_with(
    mut manifest: Value,
    configure: impl FnOnce(&mut Config),
) -> (Vote, Vec<Process>) {
    let mut processes: Vec<Process> = (1..=3).map(Process::new).collect();
    let keys: Vec<&str> = processes.iter().map(|process| process.vkey.as_str()).collect();
    manifest["witnesses"] = json!({"needed": 2, "keys": keys});
    let vote = Vote::open_with(&manifest, |config| {
        let log = log_key(&config.data).public().to_vkey(&origin());
        for process in &mut processes {
            process.log = log.clone();
            process.start();
            config.witnesses.push((process.name.clone(), process.url()));
        }
        configure(config);
    })
    .await;
    (vote, processes)
}

async fn checkpoint(vote: &Vote) -> Vec<u8> {
    vote.get("/record/checkpoint").await.expect(StatusCode::OK).body
}

/// Casts the same ballot until it is acknowledged.
async fn cast_again(vote: &Vote, bytes: &[u8]) -> Answer {
    for _ in 0..100 {
        let answer = vote.cast(bytes).await;
        if answer.status == StatusCode::OK {
            return answer;
        }
        answer.problem(503, "not-witnessed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the ballot is not acknowledged");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_election_goes_on_while_enough_witnesses_do() {
    let (mut vote, mut witnesses) = witnessed().await;
    let mut voters = Vec::new();
    for n in 1..=4 {
        voters.push(vote.voter(n, "north").await);
    }
    // `vote` checks the receipt as a voter's device does, cosignatures included.
    let (_, answer) = voters[0].vote(&vote, 0).await;
    let receipt = Receipt::parse(&answer.body).unwrap();
    assert_eq!(receipt.checkpoint.matches("— witness.example/").count(), 2, "{}", receipt.checkpoint);

    // One stops: nobody notices.
    witnesses[2].stop();
    voters[1].vote(&vote, 0).await;

    // A second is killed: the ballot is durable, and neither acknowledged nor shown.
    witnesses[1].kill();
    let before = checkpoint(&vote).await;
    let bytes = voters[2].seal(&vote, 1);
    let refused = vote.cast(&bytes).await.problem(503, "not-witnessed");
    assert!(refused.headers.contains_key("retry-after"));
    vote.cast(&bytes).await.problem(503, "not-witnessed");
    assert_eq!(checkpoint(&vote).await, before);
    let size: u64 = String::from_utf8(before.clone()).unwrap().lines().nth(1).unwrap().parse().unwrap();
    vote.get(&format!("/record/tile/entries/000.p/{}", size + 1)).await.problem(404, "not-found");
    // Nor after the box was started again.
    vote.running.restart(|_| {}).await;
    assert_eq!(checkpoint(&vote).await, before);
    vote.cast(&bytes).await.problem(503, "not-witnessed");
    assert_eq!(checkpoint(&vote).await, before);

    // The killed witness comes back: the same bytes get their receipt, and are on the board once.
    witnesses[1].start();
    let answer = cast_again(&vote, &bytes).await;
    vote.check(&bytes, &answer).await;
    assert_eq!(vote.cast(&bytes).await.expect(StatusCode::OK).body, answer.body);
    voters[2].went_on(&vote, &bytes);
    voters[3].vote(&vote, 2).await;

    // The vote is closed over a checkpoint that enough of them have seen: without them it stays open, nothing is lost.
    witnesses[1].kill();
    let before = vote.newest().await.size;
    vote.organise("/v1/close", Vec::new()).await.problem(503, "busy");
    assert_eq!(vote.newest().await.size, before);
    witnesses[1].start();
    let mut closed = false;
    for _ in 0..100 {
        closed = vote.organise("/v1/close", Vec::new()).await.status == StatusCode::CREATED;
        if closed {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(closed, "the vote is closed once enough witnesses are back");
    vote.reach("closed").await;
    vote.consent_all(TallyKind::Vote).await;
    for trustee in [0, 2] {
        let partial = vote.partial(TallyKind::Vote, trustee).await;
        vote.post(partial.into()).await.expect(StatusCode::CREATED);
    }
    vote.reach("published").await;
    let report = vote.audit().await.report;
    assert_eq!(report.outcome, Outcome::Verified, "{report}");
    assert_eq!((report.status(Check::Witnesses), report.ballots), (Status::Passed, 4));
}

/// Whichever of two servers records a ballot, the voter gets a receipt with cosignatures, and neither shows what too
/// few witnesses have seen. One of them ends the vote alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_of_one_vote_have_the_same_witnesses() {
    let url = Cluster::shared().unwrap().database().unwrap().parse().unwrap();
    let journey = async {
        let (mut vote, mut witnesses) = witnessed().await;
        let (twin, mut other) = vote.running.twin().await;
        let mut voters = Vec::new();
        for n in 1..=4 {
            let mut voter = vote.voter(n, "north").await;
            std::mem::swap(&mut vote.running.url, &mut other);
            voter.vote(&vote, 0).await;
            voters.push(voter);
        }

        witnesses[1].kill();
        witnesses[2].kill();
        let before = checkpoint(&vote).await;
        let bytes = voters[0].seal(&vote, 1);
        for _ in 0..2 {
            vote.cast(&bytes).await.problem(503, "not-witnessed");
            assert_eq!(checkpoint(&vote).await, before);
            std::mem::swap(&mut vote.running.url, &mut other);
        }
        witnesses[2].start();
        std::mem::swap(&mut vote.running.url, &mut other);
        let answer = cast_again(&vote, &bytes).await;
        vote.check(&bytes, &answer).await;
        std::mem::swap(&mut vote.running.url, &mut other);
        vote.check(&bytes, &answer).await;
        assert_eq!(vote.cast(&bytes).await.expect(StatusCode::OK).body, answer.body);
        voters[0].went_on(&vote, &bytes);

        // The first one is gone.
        vote.running.stop().await;
        vote.running.url = format!("http://{}", twin.address());
        voters[0].vote(&vote, 2).await;
        vote.organise("/v1/close", Vec::new()).await.expect(StatusCode::CREATED);
        vote.reach("closed").await;
        vote.finish().await;
        let report = vote.audit().await.report;
        assert_eq!(report.outcome, Outcome::Verified, "{report}");
        assert_eq!((report.status(Check::Witnesses), report.ballots), (Status::Passed, 6));
        twin.stop().await;
    };
    DATABASE.scope(url, journey).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_23_two_boards_find_no_second_witness_and_no_voter_believes_them() {
    let (vote, mut witnesses) = witnessed().await;
    let mut voter = vote.voter(1, "north").await;
    let (bytes, answer) = voter.vote(&vote, 0).await;
    let shown = vote.check(&bytes, &answer).await;
    // The box itself signs another board of the same size: it has the key.
    let key = log_key(&vote.running.data);
    let mut leaves = leaves(&vote, shown.size).await;
    let last = leaves.len() - 1;
    leaves[last] = b"another entry".to_vec();
    let fork: MerkleTree = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let second = Checkpoint { origin: origin(), size: fork.size(), root: fork.root() }.sign(&key);
    // A killed witness has not forgotten either.
    witnesses[0].kill();
    witnesses[0].start();
    let mut contradictions = 0;
    for witness in &witnesses {
        let asked = witness.ask(&vote, Request { old: shown.size, proof: vec![], note: &second }).await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        // One of the three was not needed for the last checkpoint: it says that it remembers an earlier one.
        contradictions += usize::from(String::from_utf8_lossy(&asked.body).contains("another root"));
    }
    assert!(contradictions >= 2, "{contradictions}");
    // A receipt on the second board is refused by the voter's device: the right key signed it, no witness did.
    let receipt = Receipt { checkpoint: second, ..Receipt::parse(&answer.body).unwrap() };
    let refused = check_receipt(&vote.election, &bytes, &receipt);
    let expected = CheckpointError::TooFewWitnesses { found: 0, needed: 2 };
    assert!(
        matches!(&refused, Err(CastError::Receipt(ReceiptError::Checkpoint(error))) if *error == expected),
        "{refused:?}"
    );
    // So is an older board, at the witnesses and at the device.
    let older: MerkleTree = leaves[..last].iter().map(|leaf| leaf_hash(leaf)).collect();
    let older = Checkpoint { origin: origin(), size: older.size(), root: older.root() }.sign(&key);
    let mut refused = 0;
    for witness in &witnesses {
        let size = older.lines().nth(1).unwrap().parse().unwrap();
        let asked = witness.ask(&vote, Request { old: size, proof: vec![], note: &older }).await;
        refused += usize::from(asked.status == StatusCode::CONFLICT);
    }
    // The one that was not needed last may have seen nothing newer than this.
    assert!(refused >= 2, "{refused}");
    assert!(vote.election.open_checkpoint(&older).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_22_a_board_without_an_acknowledged_ballot_is_not_witnessed() {
    let (vote, witnesses) = witnessed().await;
    let mut voter = vote.voter(1, "north").await;
    let (bytes, answer) = voter.vote(&vote, 0).await;
    let shown = vote.check(&bytes, &answer).await;
    let index = usize::try_from(Receipt::parse(&answer.body).unwrap().index).unwrap();
    let mut leaves = leaves(&vote, shown.size).await;
    leaves.remove(index);
    leaves.extend([b"later".to_vec(), b"and later".to_vec()]);
    let without: MerkleTree = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let note = Checkpoint { origin: origin(), size: without.size(), root: without.root() }
        .sign(&log_key(&vote.running.data));
    let mut refusals = 0;
    for witness in &witnesses {
        let proof = without.consistency_proof(shown.size, without.size()).unwrap();
        let asked = witness.ask(&vote, Request { old: shown.size, proof, note: &note }).await;
        match asked.status {
            StatusCode::UNPROCESSABLE_ENTITY => refusals += 1,
            // The third was not needed for the last checkpoint, and remembers an earlier one.
            status => assert_eq!(status, StatusCode::CONFLICT),
        }
    }
    assert!(refusals >= 2, "{refusals}");
    let refused = vote.election.open_checkpoint(&note);
    assert_eq!(refused, Err(CheckpointError::TooFewWitnesses { found: 0, needed: 2 }));
}

/// Without the second witness the closing is on the board and shown to nobody; no dice are thrown for it yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_drawn_before_enough_witnesses_have_seen_the_closing() {
    let (vote, mut witnesses) = witnessed().await;
    vote.voter(1, "north").await.vote(&vote, 0).await;
    let (organiser, note) =
        (secret_key(&vote, KeyName::Organiser, tag::ORGANISER_KEY), checkpoint(&vote).await);
    let (fingerprint, time) = (vote.election.fingerprint(), u64::try_from(NOW).unwrap());
    let closing = Closing::by_organiser(ClosingKind::Close, &organiser, &fingerprint, time, note).unwrap();
    witnesses[1].kill();
    witnesses[2].kill();
    vote.post(Entry::from(closing)).await.expect(StatusCode::CREATED);
    let (data, list) = (vote.running.data.clone(), vote.running.data.join("list.csv"));
    let dice = "31662453216543265416".parse().unwrap();
    let early = list_sample(&data, &dice, 300, None, &list).await.unwrap_err();
    assert!(matches!(early, AuditError::NotWitnessed), "{early}");
    assert!(!list.exists());
    witnesses[1].start();
    for _ in 0..100 {
        match list_sample(&data, &dice, 300, None, &list).await {
            Ok(listed) => return assert_eq!(listed.sample.drawn.len(), 1),
            Err(AuditError::NotWitnessed) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(other) => panic!("{other}"),
        }
    }
    panic!("the closing is never witnessed");
}

async fn leaves(vote: &Vote, size: u64) -> Vec<Vec<u8>> {
    assert!(size < 256);
    let bundle = vote.get(&format!("/record/tile/entries/000.p/{size}")).await.expect(StatusCode::OK).body;
    let leaves = veche_board::decode_bundle(&bundle, size.try_into().unwrap()).unwrap();
    leaves.into_iter().map(<[u8]>::to_vec).collect()
}

#[tokio::test]
async fn a_box_without_its_witnesses_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::new(1);
    let mut document = manifest("open");
    document["witnesses"] = json!({"needed": 1, "keys": [process.vkey]});
    let file: PathBuf = folder.path().join("manifest.json");
    std::fs::write(&file, serde_json::to_vec(&document).unwrap()).unwrap();
    let data = folder.path().join("box");
    veche_server::init(&data, &file, Some("box.example/test"), &Elsewhere::default(), None).await.unwrap();
    let start = |witnesses: &[(&str, &str)]| {
        let mut config = veche_server::Config::new(&data);
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.sms = Some(std::sync::Arc::new(veche_server::Terminal));
        config.witnesses = witnesses.iter().map(|(name, url)| ((*name).into(), (*url).into())).collect();
        async { veche_server::Server::start(config).await.map(drop).unwrap_err().to_string() }
    };
    let name = process.name.as_str();
    assert!(start(&[]).await.contains("at least"));
    assert!(start(&[("w9", "http://127.0.0.1:1/")]).await.contains("names no witness"));
    assert!(start(&[(name, "127.0.0.1:1")]).await.contains("not an address"));
    let twice = [(name, "http://127.0.0.1:1/"), (name, "http://127.0.0.1:2/")];
    assert!(start(&twice).await.contains("twice"));
    // With an address where nobody answers it starts, and shows nothing.
    let mut config = veche_server::Config::new(&data);
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.sms = Some(std::sync::Arc::new(veche_server::Terminal));
    config.witnesses = vec![(process.name.clone(), process.url())];
    let server = veche_server::Server::start(config).await.unwrap();
    let url = format!("http://{}/record/checkpoint", server.address());
    Answer::of(reqwest::get(url).await.unwrap()).await.problem(503, "not-witnessed");
    server.stop().await;
}

/// Killed at any moment, a witness has on its disk what it has cosigned, and cosigns nothing that contradicts it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_38_a_killed_witness_never_cosigns_two_histories() {
    const KILLS: u64 = 25;
    let key = LogKey::from_seed(&[7; 32]);
    let tree = |label: &str| -> MerkleTree {
        (0..4_000).map(|i| leaf_hash(format!("{label} {i}").as_bytes())).collect()
    };
    let (honest, fork) = (tree("entry"), tree("other"));
    let at = |tree: &MerkleTree, size: u64| {
        Checkpoint { origin: origin(), size, root: tree.root_at(size).unwrap() }.sign(&key)
    };
    let mut process = Process::new(1);
    process.log = key.public().to_vkey(&origin());
    let url = format!("{}add-checkpoint", process.url());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut cosigned = 0;
    let mut kills = 0;
    // A slow machine gets little done in the few milliseconds between two kills, and is killed more often.
    while kills < KILLS || cosigned <= KILLS {
        assert!(kills < 8 * KILLS, "only {cosigned} checkpoints were cosigned");
        process.start();
        let http = http.clone();
        let ask = async |old: u64, size: u64, tree: &MerkleTree| {
            let (proof, note) = (tree.consistency_proof(old, size).unwrap(), at(tree, size));
            let body = Request { old, proof, note: &note }.to_body();
            let answer = http.post(&url).body(body).send().await?;
            let status = answer.status();
            Ok::<_, reqwest::Error>((status, answer.text().await?))
        };
        // What it remembers is at least what it has cosigned, and nothing that was never asked.
        let (status, text) = ask(0, 1, &honest).await.unwrap();
        let mut old = if status == StatusCode::OK { 1 } else { text.trim().parse().unwrap() };
        assert!(old >= cosigned, "it forgot: {old}, and {cosigned} were cosigned");
        if cosigned > 0 {
            for size in [old, old + 1] {
                let (status, _) = ask(old, size, &fork).await.unwrap();
                assert_ne!(status, StatusCode::OK, "another past of {size} entries");
            }
        }
        let killed = tokio::time::sleep(Duration::from_millis(3 + 7 * (kills % 5)));
        tokio::pin!(killed);
        loop {
            let answer = tokio::select! {
                () = &mut killed => break,
                answer = ask(old, old + 1, &honest) => answer,
            };
            let (status, text) = answer.unwrap();
            assert_eq!(status, StatusCode::OK, "{text}");
            old += 1;
            cosigned = old;
        }
        process.kill();
        kills += 1;
    }
    println!("{kills} kills, {cosigned} checkpoints cosigned");
}

/// ATTACKS.md row 65, with witnesses: they have cosigned what an older database does not have.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_65_an_older_database_than_a_witness_has_cosigned_is_not_served() {
    let (mut vote, witnesses) = witnessed().await;
    let scratch = tempfile::tempdir().unwrap();
    let (backup, data) = (scratch.path().join("veche.sqlite"), vote.running.data.clone());
    let database = data.join("veche.sqlite");
    vote.voter(1, "north").await;
    let ours = vote.newest().await.size;
    vote.running.stop().await;
    std::fs::copy(&database, &backup).unwrap();
    vote.running.start_again().await;
    vote.voter(2, "north").await.vote(&vote, 0).await;
    let theirs = vote.newest().await.size;
    // The newest is shown when two have cosigned it; whichever the box asks first must have it.
    for _ in 0..100 {
        if witnesses.iter().all(|witness| witness.last() == Some(theirs)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    vote.running.stop().await;
    std::fs::copy(&backup, &database).unwrap();
    std::fs::remove_file(data.join("last-checkpoint")).unwrap();
    let refused = vote.running.fails_to_start(|_| {}).await;
    let StartError::Seen(SeenError::Witness { theirs: seen, ours: own, .. }) = refused else {
        panic!("{refused}")
    };
    assert_eq!((seen, own), (theirs, ours));
}

/// ATTACKS.md row 64, at witnesses that may open few files.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_64_connections_that_do_nothing_keep_no_box_from_its_witnesses() {
    let (vote, mut witnesses) = witnessed().await;
    let mut anna = vote.voter(1, "north").await;
    let mut held = Vec::new();
    for witness in &mut witnesses {
        witness.stop();
        witness.before = "ulimit -n 400;";
        witness.start();
        held.push(do_nothing(([127, 0, 0, 1], witness.port).into(), 600).await);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    anna.vote(&vote, 0).await;
    anna.vote(&vote, 1).await;
    drop(held);
    // With fewer still it does not start, and says why.
    let witness = &mut witnesses[0];
    witness.stop();
    let few = Command::new("sh")
        .arg("-c")
        .arg("ulimit -n 100; exec \"$0\" \"$@\"")
        .arg(veche().get_program())
        .args(["witness", "serve", "--log", &witness.log, "--dir"])
        .arg(witness.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(few.stderr).unwrap();
    assert!(!few.status.success() && said.contains("only 100 files"), "{said}");
}
