//! `veche keeper`, `veche collect` and `veche verify-ballot`: the real processes, as a portal runs them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use veche_board::Receipt;
use veche_crypto::hash::Digest;
use veche_record::entry::{CredentialTerms, Pseudonym};
use veche_record::{Card, Election, Selection};
use veche_tests::small::randomness;
use veche_voter::{Credential, PreparedBallot, Revision, check_receipt};
use veche_xtask::crash;

use crate::support::{run, veche};

mod killed;
mod lines;
mod stored;
mod whole;

const SOON: Duration = Duration::from_secs(60);

/// A keeper as a child process.
struct Keeper {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Everything that it has answered.
    said: String,
}

impl Keeper {
    fn start(data: &Path) -> Self {
        Self::of(veche().args(["keeper", "--data"]).arg(data))
    }

    fn of(command: &mut Command) -> Self {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Keeper { process, input, output: BufReader::new(output), said: String::new() }
    }

    fn send(&mut self, line: &str) {
        // One that was killed reads nothing.
        let _ = writeln!(self.input, "{line}");
    }

    /// The next answer; nothing where the process has ended.
    fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        if self.output.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        self.said.push_str(&line);
        serde_json::from_str(&line).ok()
    }

    fn ask(&mut self, what: &str, mut fields: Value) -> Value {
        fields["do"] = what.into();
        fields["id"] = what.into();
        self.send(&fields.to_string());
        let answer = self.next().unwrap();
        assert_eq!(answer["id"], what);
        answer
    }

    #[track_caller]
    fn ok(&mut self, what: &str, fields: Value) -> Value {
        let answer = self.ask(what, fields);
        assert!(answer["error"].is_null(), "{answer}");
        answer["ok"].clone()
    }

    #[track_caller]
    fn refused(&mut self, what: &str, fields: Value) -> (String, String) {
        let answer = self.ask(what, fields);
        let text =
            |field: &str| answer["error"][field].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        assert!(text("message").ends_with('.'), "{answer}");
        (text("code"), text("fault"))
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Ends it as a portal does: by ending its input.
    fn end(mut self) -> String {
        drop(self.input);
        self.output.read_to_string(&mut self.said).unwrap();
        assert!(self.process.wait().unwrap().success());
        self.said
    }
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// An election that is open: the keeper's folder, the published record, the trustees' folders.
struct Town {
    folder: PathBuf,
    election: Election,
}

impl Town {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn record(&self) -> PathBuf {
        self.folder.join("record")
    }

    fn publish(&self, keeper: &mut Keeper) {
        keeper.ok("publish", json!({ "to": self.record() }));
    }
}

fn trustee(folder: &Path, number: u8) -> PathBuf {
    folder.join(format!("trustee-{number}"))
}

/// Carries what a trustee has signed to the board, twice.
fn carry(keeper: &mut Keeper, folder: &Path, number: u8) {
    for entry in std::fs::read_dir(trustee(folder, number).join("outbox")).unwrap() {
        let path = entry.unwrap().path();
        let message = base64(&std::fs::read(&path).unwrap());
        let first = keeper.ok("post", json!({ "message": message }));
        assert_eq!(
            keeper.ok("post", json!({ "message": message })),
            first,
            "the same message is the same entry"
        );
        std::fs::remove_file(path).unwrap();
    }
}

/// `veche trustee new` with the board in a folder: the words are read and typed back.
fn new_trustee(folder: &Path, number: u8) {
    let mut command = veche();
    command.args(["trustee", "new", "--board"]).arg(folder.join("record"));
    command.args(["--trustee", &number.to_string(), "--dir"]).arg(trustee(folder, number));
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut shown = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut words = Vec::new();
    while words.len() < 24 {
        let line = shown.next().unwrap().unwrap();
        if let [number, word] = line.split_whitespace().collect::<Vec<_>>()[..]
            && number.parse::<u8>().is_ok()
        {
            words.push(word.to_owned());
        }
    }
    writeln!(process.stdin.take().unwrap(), "{}", words.join(" ")).unwrap();
    shown.for_each(drop);
    assert!(process.wait().unwrap().success());
}

fn step(folder: &Path, number: u8, what: &str, more: &[&str]) {
    let mut command = veche();
    command.args(["trustee", what, "--dir"]).arg(trustee(folder, number)).args(more);
    let (code, text, errors) = run(&mut command);
    assert_eq!(code, 0, "{text}{errors}");
}

/// All agree, and then these decrypt: all of the rehearsal, two of the vote.
fn decrypt(keeper: &mut Keeper, folder: &Path, who: &[u8]) {
    for numbers in [&[1, 2, 3], who] {
        keeper.ok("publish", json!({ "to": folder.join("record") }));
        for number in numbers {
            step(folder, *number, "decrypt", &[]);
        }
        for number in numbers {
            carry(keeper, folder, *number);
        }
    }
}

fn wait_for(keeper: &mut Keeper, phase: &str) -> Value {
    let begun = Instant::now();
    loop {
        let status = keeper.ok("status", json!({}));
        if status["phase"] == phase {
            return status;
        }
        assert!(begun.elapsed() < SOON, "{status}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// From the manifest and three trustees to an open vote, once; every test has a copy.
fn open(scratch: &Path) -> Town {
    static OPENED: OnceLock<(tempfile::TempDir, Vec<u8>, Vec<u8>, String)> = OnceLock::new();
    let (template, manifest, card, fingerprint) = OPENED.get_or_init(|| {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path();
        let (manifest, data) = (crash::manifest().unwrap(), folder.join("data"));
        std::fs::write(folder.join("manifest.json"), &manifest).unwrap();
        let init = || {
            run(veche()
                .args(["keeper", "init", "--data"])
                .arg(&data)
                .arg("--manifest")
                .arg(folder.join("manifest.json")))
        };
        let (code, text, errors) = init();
        assert_eq!((code, errors.as_str()), (0, ""), "{text}");
        let (code, _, errors) = init();
        assert_eq!(code, 2);
        assert!(errors.contains("is not empty"), "{errors}");

        let mut keeper = Keeper::start(&data);
        let status = keeper.ok("status", json!({}));
        assert_eq!(status["phase"], "ceremony");
        assert_eq!(status["waiting"], "Waiting for trustees 1, 2 and 3 to take part.");
        assert_eq!(keeper.refused("rehearse", json!({})).0, "out-of-order");
        let publish = |keeper: &mut Keeper| keeper.ok("publish", json!({ "to": folder.join("record") }));
        publish(&mut keeper);
        (1..=3).for_each(|number| new_trustee(folder, number));
        (1..=3).for_each(|number| carry(&mut keeper, folder, number));
        publish(&mut keeper);
        (1..=3).for_each(|number| step(folder, number, "deal", &[]));
        (1..=3).for_each(|number| carry(&mut keeper, folder, number));
        publish(&mut keeper);
        let (_, status, _) =
            run(veche().args(["trustee", "status", "--json", "--dir"]).arg(trustee(folder, 1)));
        let status: Value = serde_json::from_str(&status).unwrap();
        let transcript = ["--transcript", status["transcript"].as_str().unwrap()];
        (1..=3).for_each(|number| step(folder, number, "confirm", &transcript));
        (1..=3).for_each(|number| carry(&mut keeper, folder, number));
        assert_eq!(keeper.ok("status", json!({}))["waiting"], "The rehearsal is to begin: `rehearse`.");
        keeper.ok("rehearse", json!({}));
        assert_eq!(keeper.refused("rehearse", json!({})).0, "out-of-order");
        decrypt(&mut keeper, folder, &[1, 2, 3]);
        let status = wait_for(&mut keeper, "open");
        let text = |field: &str| status[field].as_str().unwrap().to_owned();
        keeper.end();
        (scratch, manifest, STANDARD.decode(text("card")).unwrap(), text("fingerprint"))
    });
    copy(template.path(), scratch);
    // A trustee's folder names the record that it looks at.
    for number in 1..=3 {
        let board = scratch.join("record").display().to_string();
        std::fs::write(trustee(scratch, number).join("board"), board).unwrap();
    }
    let mut pinned = [0; 32];
    hex::decode_to_slice(fingerprint, &mut pinned).unwrap();
    let card = Card::parse(card).unwrap();
    let election = Election::from_card(manifest, card, &Digest::from_bytes(pinned)).unwrap();
    Town { folder: scratch.to_owned(), election }
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().unwrap().success());
}

/// Somebody's browser.
struct Voter {
    pseudonym: Pseudonym,
    number: u16,
    credential: Credential,
    revision: Revision,
}

impl Voter {
    fn new(label: &str, pseudonym: &str) -> Self {
        let credential = Credential::generate(&randomness(label, 0).unwrap()).unwrap();
        let revision = Revision { sequence: 0, previous: Digest::ZERO, attempt: 0 };
        Voter { pseudonym: Pseudonym::from_hex(pseudonym).unwrap(), number: 0, credential, revision }
    }

    fn terms(&self) -> CredentialTerms {
        let (pseudonym, number) = (self.pseudonym, self.number);
        CredentialTerms { pseudonym, style: 0, route: 0, number, key: self.credential.key() }
    }

    fn registration(&self, election: &Election, old: Option<&Credential>) -> Value {
        let terms = self.terms();
        let possession = self.credential.prove_possession(election, &terms).unwrap();
        let mut fields = json!({
            "pseudonym": self.pseudonym.to_string(), "style": crash::DISTRICT, "number": self.number,
            "key": hex::encode(self.credential.key().to_bytes()), "possession": hex::encode(possession.to_bytes()),
        });
        if let Some(old) = old {
            fields["handover"] = hex::encode(old.hand_over(election, &terms).unwrap().to_bytes()).into();
        }
        fields
    }

    /// Seals a ballot, and the next one after it.
    fn seal(&mut self, election: &Election, choice: usize) -> Vec<u8> {
        self.revision.attempt += 1;
        let fresh = |what: &str| randomness(what, self.revision.attempt).unwrap();
        let prepared =
            PreparedBallot::new(election, 0, &self.credential, &self.revision, &fresh("seal")).unwrap();
        let values = (0..crash::OPTIONS).map(|option| u32::from(option == choice)).collect();
        let sealed = prepared.seal(election, &[Selection::new(values, false)], &fresh("fresh")).unwrap();
        self.revision.sequence += 1;
        self.revision.previous = sealed.hash;
        sealed.bytes
    }
}

fn cast(ballot: &[u8]) -> Value {
    json!({ "ballot": base64(ballot) })
}

fn receipt(election: &Election, ballot: &[u8], answer: &Value) -> Receipt {
    let receipt = Receipt::parse(answer["receipt"].to_string().as_bytes()).unwrap();
    check_receipt(election, ballot, &receipt).unwrap();
    receipt
}
