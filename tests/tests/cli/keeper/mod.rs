//! `veche keeper`, `veche collect` and `veche verify-ballot`: the real processes, as a portal runs them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use veche_board::Receipt;
use veche_crypto::hash::Digest;
use veche_record::entry::{CredentialTerms, Pseudonym};
use veche_record::{Card, Election, Selection};
use veche_tests::keeper::{self, Hall};
use veche_tests::small::randomness;
use veche_voter::{Credential, PreparedBallot, Revision, check_receipt};
use veche_xtask::crash;

use crate::support::veche;

mod killed;
mod lines;
mod stored;
mod whole;

/// A keeper as a child process, of which every answer is as expected.
struct Keeper(keeper::Keeper);

impl Keeper {
    fn start(data: &Path) -> Self {
        Self::of(veche().args(["keeper", "--data"]).arg(data))
    }

    fn of(command: &mut Command) -> Self {
        Keeper(keeper::Keeper::start(command).unwrap())
    }

    fn send(&mut self, line: &str) {
        self.0.send(line);
    }

    fn next(&mut self) -> Option<Value> {
        self.0.next_answer()
    }

    #[track_caller]
    fn ok(&mut self, what: &str, fields: Value) -> Value {
        self.0.granted(what, fields).unwrap()
    }

    #[track_caller]
    fn refused(&mut self, what: &str, fields: Value) -> (String, String) {
        let answer = self.0.ask(what, fields).unwrap();
        let text =
            |field: &str| answer["error"][field].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        assert!(text("message").ends_with('.'), "{answer}");
        (text("code"), text("fault"))
    }

    fn kill(self) {
        self.0.kill().unwrap();
    }

    fn end(self) -> String {
        self.0.end().unwrap()
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
    fn hall(&self) -> Hall<'_> {
        Hall { folder: &self.folder, veche }
    }

    fn data(&self) -> PathBuf {
        self.hall().data()
    }

    fn record(&self) -> PathBuf {
        self.hall().record()
    }

    fn publish(&self, keeper: &mut Keeper) {
        self.hall().publish(&mut keeper.0).unwrap();
    }
}

/// From the manifest and three trustees to an open vote, once; every test has a copy.
fn open(scratch: &Path) -> Town {
    static OPENED: OnceLock<(tempfile::TempDir, Vec<u8>, Vec<u8>, String)> = OnceLock::new();
    let (template, manifest, card, fingerprint) = OPENED.get_or_init(|| {
        let scratch = tempfile::tempdir().unwrap();
        let (hall, manifest) = (Hall { folder: scratch.path(), veche }, crash::manifest().unwrap());
        hall.init(&manifest).unwrap();
        let again = hall.init(&manifest).unwrap_err();
        assert!(format!("{again:#}").contains("is not empty"), "{again:#}");

        let mut keeper = Keeper(hall.start().unwrap());
        let status = keeper.ok("status", json!({}));
        assert_eq!(status["phase"], "ceremony");
        assert_eq!(status["waiting"], "Waiting for trustees 1, 2 and 3 to take part.");
        assert_eq!(keeper.refused("rehearse", json!({})).0, "out-of-order");
        let status = hall.open(&mut keeper.0).unwrap();
        assert_eq!(keeper.refused("rehearse", json!({})).0, "out-of-order");
        let text = |field: &str| status[field].as_str().unwrap().to_owned();
        keeper.end();
        (scratch, manifest, STANDARD.decode(text("card")).unwrap(), text("fingerprint"))
    });
    copy(template.path(), scratch);
    // A trustee's folder names the record that it looks at.
    for number in 1..=3 {
        let board = scratch.join("record").display().to_string();
        std::fs::write(Hall { folder: scratch, veche }.trustee(number).join("board"), board).unwrap();
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
    /// The confirmation code of the last ballot.
    code: String,
}

impl Voter {
    fn new(label: &str, pseudonym: &str) -> Self {
        let credential = Credential::generate(&randomness(label, 0).unwrap()).unwrap();
        let revision = Revision { sequence: 0, previous: Digest::ZERO, attempt: 0 };
        Voter {
            pseudonym: Pseudonym::from_hex(pseudonym).unwrap(),
            number: 0,
            credential,
            revision,
            code: String::new(),
        }
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
        self.code = sealed.code.to_string();
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
