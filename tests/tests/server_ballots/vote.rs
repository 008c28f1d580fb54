//! An election on a running box, with voters who sign in, register a key and seal.

use std::collections::BTreeMap;
use std::path::Path;

use reqwest::StatusCode;
use serde_json::{Value, json};
use veche_board::{Checkpoint, Receipt, decode_bundle};
use veche_crypto::hash::Digest;
use veche_record::entry::{CredentialTerms, Genesis, Partial, Pseudonym, Signed, TallyKind};
use veche_record::{Election, Entry, Selection};
use veche_server::{Config, Elsewhere};
use veche_tests::small::{randomness, secrets};
use veche_trustee::{KeyShare, run_together};
use veche_voter::{Credential, PreparedBallot, Revision, check_receipt};

use crate::support::{Answer, Running, manifest};

/// A ballot box whose vote is open.
pub struct Vote {
    pub running: Running,
    /// Where voters sign in, where that is another server.
    pub registrar: Option<Running>,
    pub election: Election,
    pub shares: Vec<KeyShare>,
}

impl Vote {
    /// Starts a box for an open registration and opens the vote.
    pub async fn open() -> Self {
        Self::open_with(&manifest("open"), |_| {}).await
    }

    /// The same for any manifest.
    pub async fn open_with(manifest: &Value, configure: impl FnOnce(&mut Config)) -> Self {
        let vote = Self::founded(manifest, configure).await;
        vote.organise("/v1/open", Vec::new()).await.expect(StatusCode::CREATED);
        vote
    }

    /// A box with keys and after the rehearsal, not open yet.
    pub async fn founded(manifest: &Value, configure: impl FnOnce(&mut Config)) -> Self {
        Self::founded_with(&Elsewhere::default(), manifest, configure).await
    }

    /// The same where others hold a key of the box.
    pub async fn founded_with(
        elsewhere: &Elsewhere,
        manifest: &Value,
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let vote = Self::keyed_with(elsewhere, manifest, configure).await;
        let credential = Credential::generate(&randomness("box-rehearsal", 0).unwrap()).unwrap();
        let random = randomness("box-rehearsal", 1).unwrap();
        let ballot =
            PreparedBallot::rehearsal(&vote.election, &credential, &random, &veche_tests::small::fresh())
                .unwrap();
        vote.post(Entry::RehearsalBallot(ballot.bytes)).await.expect(StatusCode::CREATED);
        vote.organise("/v1/rehearsal", Vec::new()).await.expect(StatusCode::CREATED);
        vote.consent_all(TallyKind::Rehearsal).await;
        for trustee in 0..vote.shares.len() {
            let partial = vote.partial(TallyKind::Rehearsal, trustee).await;
            vote.post(partial.into()).await.expect(StatusCode::CREATED);
        }
        vote
    }

    /// A box with keys, before the rehearsal.
    pub async fn keyed(manifest: &Value, configure: impl FnOnce(&mut Config)) -> Self {
        Self::keyed_with(&Elsewhere::default(), manifest, configure).await
    }

    /// The same where others hold a key of the box.
    pub async fn keyed_with(
        elsewhere: &Elsewhere,
        manifest: &Value,
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let running = Running::start_with(elsewhere, manifest, "", configure).await;
        let bytes = serde_json::to_vec(manifest).unwrap();
        let genesis = genesis(&running).await;
        let secrets = secrets("box", genesis.trustees).unwrap();
        let held = run_together(&bytes, &genesis, &secrets, &veche_tests::small::fresh()).unwrap();
        let vote =
            Vote { running, registrar: None, election: held.election.as_ref().clone(), shares: held.shares };
        for entry in held.entries {
            vote.post(entry).await.expect(StatusCode::CREATED);
        }
        vote
    }

    /// The server at which voters sign in.
    pub fn people(&self) -> &Running {
        self.registrar.as_ref().unwrap_or(&self.running)
    }

    /// Posts an entry as the organiser.
    pub async fn post(&self, entry: Entry) -> Answer {
        self.organise("/v1/entries", entry.to_bytes()).await
    }

    /// All trustees agree to the sums on the board.
    pub async fn consent_all(&self, kind: TallyKind) {
        let audit = self.audit().await;
        let count = audit.board().expect("the record is right so far").count(kind).unwrap();
        for share in &self.shares {
            let consent = share.consent(count.input()).unwrap();
            self.post(consent.into()).await.expect(StatusCode::CREATED);
        }
    }

    /// A trustee's partial decryption, counted from 0.
    pub async fn partial(&self, kind: TallyKind, trustee: usize) -> Signed<Partial> {
        let audit = self.audit().await;
        let board = audit.board().expect("the record is right so far");
        self.shares[trustee].decrypt(board.count(kind).unwrap()).unwrap()
    }

    /// Counts a vote that is closed.
    pub async fn finish(&self) {
        self.consent_all(TallyKind::Vote).await;
        for trustee in 0..2 {
            let partial = self.partial(TallyKind::Vote, trustee).await;
            self.post(partial.into()).await.expect(StatusCode::CREATED);
        }
        self.reach("published").await;
    }

    /// Posts as the organiser.
    pub async fn organise(&self, path: &str, body: Vec<u8>) -> Answer {
        let request = self.running.as_organiser(self.running.octets(path, body));
        Answer::of(request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.running.get(path).send().await.unwrap()).await
    }

    /// Signs voter `n` in and registers a key for a district.
    pub async fn voter(&self, n: u64, style: &str) -> Voter {
        let mut voter = self.signed_in(n, style).await;
        voter.register(self).await.expect(StatusCode::CREATED);
        voter
    }

    /// Signs voter `n` in.
    pub async fn signed_in(&self, n: u64, style: &str) -> Voter {
        let phone = format!("+4842{n:07}");
        Voter::signed_in(n, style, &self.people().signed_in(&phone).await)
    }

    /// Posts ballot bytes.
    pub async fn cast(&self, bytes: &[u8]) -> Answer {
        Answer::of(self.running.octets("/v1/ballots", bytes.to_vec()).send().await.unwrap()).await
    }

    /// Checks a receipt as a voter's device does, and that the board still begins with what it shows.
    pub async fn check(&self, bytes: &[u8], answer: &Answer) -> Checkpoint {
        let receipt = Receipt::parse(&answer.body).unwrap();
        let shown = check_receipt(&self.election, bytes, &receipt).unwrap();
        self.must_extend(&shown).await;
        shown
    }

    /// The board as it stands begins with this checkpoint's entries.
    pub async fn must_extend(&self, older: &Checkpoint) {
        // A second server on the same database may show this one's size half a second later.
        let mut newest = self.newest().await;
        for _ in 0..100 {
            if newest.size >= older.size {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            newest = self.newest().await;
        }
        let path = format!("/v1/consistency?from={}&to={}", older.size, newest.size);
        let proof = self.get(&path).await.expect(StatusCode::OK).json();
        let proof: Vec<_> = proof["proof"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hash| veche_board::Hash::from_base64(hash.as_str().unwrap()).unwrap())
            .collect();
        newest.verify_extends(older, &proof).unwrap();
    }

    /// The newest checkpoint, its signature verified.
    pub async fn newest(&self) -> Checkpoint {
        let note = self.get("/record/checkpoint").await.expect(StatusCode::OK).body;
        let election = &self.election;
        veche_board::SignedCheckpoint::open(&note, election.log_key(), election.origin()).unwrap()
    }

    /// The record as an observer fetches it.
    pub async fn record(&self) -> BTreeMap<String, Vec<u8>> {
        // The box may take a step by itself while we read: then we read again.
        loop {
            let size = self.size().await;
            let out = tempfile::tempdir().unwrap();
            veche_server::publish(&self.running.data, out.path().to_str().unwrap()).await.unwrap();
            let mut files = BTreeMap::new();
            read_folder(out.path(), "", &mut files);
            let mut served = BTreeMap::new();
            for path in files.keys() {
                let file = self.get(&format!("/record/{path}")).await.expect(StatusCode::OK);
                served.insert(path.clone(), file.body);
            }
            if self.size().await == size {
                assert!(served == files, "what is served and what is exported is the same");
                return files;
            }
        }
    }

    /// The auditor's report over the record as it is now.
    pub async fn audit(&self) -> veche_verify::Audit {
        let expected = Some(self.election.fingerprint());
        veche_verify::audit(&self.record().await, expected, veche_tests::small::fresh(), |_, _| {})
    }

    pub async fn phase(&self) -> String {
        self.get("/v1/election").await.text("phase")
    }

    /// Waits until the box says that the election has come so far.
    pub async fn reach(&self, phase: &str) {
        for _ in 0..200 {
            if self.phase().await == phase {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the election is {:?}, not {phase:?}", self.phase().await);
    }

    /// How many entries the board has.
    pub async fn size(&self) -> u64 {
        self.get("/v1/election").await.text("checkpoint").lines().nth(1).unwrap().parse().unwrap()
    }
}

pub async fn genesis(running: &Running) -> Genesis {
    let bundle = Answer::of(running.get("/record/tile/entries/000.p/1").send().await.unwrap()).await;
    let leaves = decode_bundle(&bundle.body, 1).unwrap();
    let Entry::Genesis(genesis) = Entry::parse(leaves[0]).unwrap() else { panic!("no genesis") };
    genesis
}

pub fn read_folder(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}

/// A voter's device.
pub struct Voter {
    pub n: u64,
    pub token: String,
    pub pseudonym: Pseudonym,
    pub style: String,
    pub credential: Credential,
    pub sequence: u32,
    pub previous: Digest,
    /// The number that the next credential must carry.
    pub number: u16,
    /// How the voter was identified.
    pub route: u8,
}

impl Voter {
    /// One whom nobody has signed in: a registrar elsewhere knows the voter.
    pub fn of(n: u64, style: &str) -> Self {
        Voter {
            n,
            token: String::new(),
            pseudonym: Pseudonym(randomness("box-pseudonym", n).unwrap().first()),
            number: 0,
            route: 0,
            style: style.to_owned(),
            credential: Credential::generate(&randomness("box-voter", n).unwrap()).unwrap(),
            sequence: 0,
            previous: Digest::ZERO,
        }
    }

    /// One who has just signed in.
    pub fn signed_in(n: u64, style: &str, signed: &Answer) -> Self {
        Voter {
            n,
            token: signed.text("token"),
            pseudonym: Pseudonym::from_hex(&signed.text("pseudonym")).unwrap(),
            number: signed.json()["number"].as_u64().unwrap().try_into().unwrap(),
            route: 0,
            style: style.to_owned(),
            credential: Credential::generate(&randomness("box-voter", n).unwrap()).unwrap(),
            sequence: 0,
            previous: Digest::ZERO,
        }
    }

    /// The same voter on a device that has no key of theirs, signed in there.
    pub fn on_another_device(&self, token: String) -> Self {
        let credential = new_key(100 + self.n);
        Voter { token, credential, style: self.style.clone(), ..*self }
    }

    pub fn style_index(&self, vote: &Vote) -> u16 {
        vote.election.manifest().style_index(&self.style).unwrap()
    }

    pub fn key(&self) -> String {
        hex(&self.credential.key().to_bytes())
    }

    /// Takes a new key, as a device that lost the old one.
    pub fn new_key(&mut self, n: u64) {
        self.credential = new_key(n);
    }

    /// Takes a new key, to which the one before hands over, and registers it.
    pub async fn hand_over(&mut self, vote: &Vote, n: u64) -> Answer {
        let old = std::mem::replace(&mut self.credential, new_key(n));
        let handover = old.hand_over(&vote.election, &self.terms(vote)).unwrap();
        let mut body = self.registration(vote);
        body["handover"] = json!(hex(&handover.to_bytes()));
        let answer = self.post(vote, &body).await;
        self.remember(&answer);
        answer
    }

    /// What registering the key sends.
    pub fn registration(&self, vote: &Vote) -> Value {
        let possession = self.credential.prove_possession(&vote.election, &self.terms(vote)).unwrap();
        json!({
            "style": self.style, "key": self.key(), "number": self.number, "possession": hex(&possession.to_bytes())
        })
    }

    /// What the credential of the present key says.
    pub fn terms(&self, vote: &Vote) -> CredentialTerms {
        let (pseudonym, style) = (self.pseudonym, self.style_index(vote));
        CredentialTerms {
            pseudonym,
            style,
            route: self.route,
            number: self.number,
            key: self.credential.key(),
        }
    }

    /// Registers the key, and remembers what the next ballot must carry.
    pub async fn register(&mut self, vote: &Vote) -> Answer {
        let answer = self.post(vote, &self.registration(vote)).await;
        self.remember(&answer);
        answer
    }

    /// What the next ballot and the next credential must carry.
    fn remember(&mut self, answer: &Answer) {
        if answer.status.is_success() {
            let json = answer.json();
            self.sequence = json["sequence"].as_u64().unwrap().try_into().unwrap();
            self.previous = digest(json["previous"].as_str().unwrap());
            self.number = json["number"].as_u64().unwrap().try_into().unwrap();
        }
    }

    pub async fn post(&self, vote: &Vote, body: &Value) -> Answer {
        let request = vote.people().put("/v1/credential").bearer_auth(&self.token).json(body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Seals a ballot for one option, as the voter's next.
    pub fn seal(&self, vote: &Vote, choice: usize) -> Vec<u8> {
        self.seal_as(vote, self.style_index(vote), choice, self.sequence, self.previous)
    }

    /// Seals a ballot for any place.
    pub fn seal_as(
        &self,
        vote: &Vote,
        style: u16,
        choice: usize,
        sequence: u32,
        previous: Digest,
    ) -> Vec<u8> {
        let election = &vote.election;
        let revision = Revision { sequence, previous, attempt: choice as u64 };
        let random = randomness("box-seal", self.n * 1_000 + u64::from(sequence)).unwrap();
        let prepared = PreparedBallot::new(election, style, &self.credential, &revision, &random).unwrap();
        let select = |contest: &usize| {
            let options = election.contest(*contest).unwrap().options();
            Selection {
                values: (0..options).map(|option| u32::from(option == choice)).collect(),
                blank: false,
            }
        };
        let selections: Vec<_> = election.manifest().style_contests(style).iter().map(select).collect();
        prepared.seal(election, &selections, &veche_tests::small::fresh()).unwrap().bytes.clone()
    }

    /// Seals, casts, checks the receipt, and goes on to the next sequence.
    pub async fn vote(&mut self, vote: &Vote, choice: usize) -> (Vec<u8>, Answer) {
        let bytes = self.seal(vote, choice);
        let answer = vote.cast(&bytes).await.expect(StatusCode::CREATED);
        vote.check(&bytes, &answer).await;
        self.went_on(vote, &bytes);
        (bytes, answer)
    }

    /// Notes that this ballot is on the board.
    pub fn went_on(&mut self, vote: &Vote, bytes: &[u8]) {
        self.previous = veche_record::Ballot::parse(&vote.election, bytes).unwrap().hash();
        self.sequence += 1;
    }
}

/// The key of a device, by a number of its own.
pub fn new_key(n: u64) -> Credential {
    Credential::generate(&randomness("box-new-key", n).unwrap()).unwrap()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn digest(text: &str) -> Digest {
    let byte = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
    Digest::from_bytes(std::array::from_fn(byte))
}
