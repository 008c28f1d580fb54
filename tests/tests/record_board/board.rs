//! A board built in memory, honestly or not, and its record as files.

use std::collections::BTreeMap;

use serde_json::Value;
use veche_board::{Checkpoint, LogFile, LogKey, MerkleTree, encode_bundle, layout, leaf_hash};
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::entry::{
    Closing, ClosingKind, Consent, CredentialEntry, CredentialTerms, Open, PaperCount, Partial, Pseudonym,
    Restart, Revocation, RevocationReason, Signed, TallyKind,
};
use veche_record::{Entry, EntryKind};
use veche_tests::small::{SmallElection, manifest_json};
use veche_trustee::{Kept, KeyShare, Refusal as Refused, Secret, Shown, Step, next_step};
use veche_verify::{Audit, BoardState, Check, Outcome, Refusal, Report, Status, audit};

pub const NORTH: u16 = 0;
pub const SOUTH: u16 = 1;
/// The route by which people vote themselves, and that of ballots typed from paper, where a manifest has it.
pub const ONLINE: u8 = 0;
pub const PAPER: u8 = 1;
pub use veche_tests::small::fresh;

/// The closing hour of the manifest.
pub const CLOSES: u64 = 1_778_788_800;

/// The files of a record.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A board with its secrets. Every method that appends does so honestly; [`Board::force`] does not.
pub struct Board {
    pub small: SmallElection,
    pub state: BoardState,
    pub leaves: Vec<Vec<u8>>,
}

pub fn pseudonym(voter: u64) -> Pseudonym {
    let mut bytes = [0xaa; 16];
    bytes[..8].copy_from_slice(&voter.to_le_bytes());
    Pseudonym(bytes)
}

/// A memory without the board that it saw last.
pub fn blind(kept: &Kept) -> Kept {
    let mut json: Value = serde_json::from_str(&kept.to_json().unwrap()).unwrap();
    json.as_object_mut().unwrap().remove("seen").unwrap();
    Kept::from_json(json.to_string().as_bytes()).unwrap()
}

/// The secret of the key number `key`.
fn secret(key: u64) -> SecretKey {
    SecretKey::from_bytes(&SmallElection::voter(key).unwrap().secret()).unwrap()
}

impl Board {
    /// Founded, without keys.
    pub fn founded(manifest: &Value) -> Self {
        let small = SmallElection::of(manifest, "board").unwrap();
        let state = BoardState::new(&small.manifest).unwrap();
        let mut board = Board { small, state, leaves: Vec::new() };
        board.append(board.small.genesis.clone());
        board
    }

    /// Founded, with keys, not open.
    pub fn of(manifest: &Value) -> Self {
        let mut board = Self::founded(manifest);
        for entry in board.small.ceremony.clone() {
            board.append(entry);
        }
        board
    }

    /// Takes the keys that the board shows for the election's.
    pub fn adopt(&mut self) {
        self.small.election = self.state.election().unwrap().clone();
        self.small.shares = (1..)
            .zip(&self.small.secrets)
            .map(|(i, secret)| KeyShare::recover(secret, &self.state, i).unwrap())
            .collect();
    }

    /// The organiser's word that an attempt of the ceremony begins.
    pub fn restart(&self, attempt: u8) -> Signed<Restart> {
        Signed::new(Restart { attempt }, self.organiser(), &self.small.genesis.hash()).unwrap()
    }

    /// The rehearsal: a ballot, its sums, and all trustees decrypt.
    pub fn rehearse(&mut self) {
        self.append(self.small.rehearsal_ballot().unwrap());
        self.append(TallyKind::Rehearsal.marker());
        self.consent_all(TallyKind::Rehearsal);
        for trustee in 1..=self.small.shares.len() {
            self.append(self.partial_of(TallyKind::Rehearsal, trustee));
        }
    }

    /// All trustees consent.
    pub fn consent_all(&mut self, kind: TallyKind) {
        for trustee in 1..=self.small.shares.len() {
            self.append(self.consent_of(kind, trustee));
        }
    }

    pub fn consent_of(&self, kind: TallyKind, trustee: usize) -> Signed<Consent> {
        self.small.shares[trustee - 1].consent(self.state.count(kind).unwrap().input()).unwrap()
    }

    /// A partial decryption that a trustee has changed before it signed it.
    pub fn false_partial(
        &self,
        kind: TallyKind,
        trustee: usize,
        change: impl FnOnce(&mut Partial),
    ) -> Signed<Partial> {
        let mut partial = self.partial_of(kind, trustee).into_content();
        change(&mut partial);
        Signed::new(partial, &self.communication_key(trustee), &self.fingerprint()).unwrap()
    }

    pub fn communication_key(&self, trustee: usize) -> SecretKey {
        let genesis = self.small.genesis.hash();
        veche_tests::small::communication_key(&self.small.secrets[trustee - 1], &genesis, trustee as u8)
            .unwrap()
    }

    pub fn partial_of(&self, kind: TallyKind, trustee: usize) -> Signed<Partial> {
        self.small.shares[trustee - 1].decrypt(self.state.count(kind).unwrap()).unwrap()
    }

    /// Open, with voters 1 (north), 2 and 3 (south).
    pub fn open() -> Self {
        Self::open_of(&manifest_json())
    }

    pub fn open_of(manifest: &Value) -> Self {
        let mut board = Self::of(manifest);
        board.register(1, NORTH);
        board.register(2, SOUTH);
        board.rehearse();
        board.append(board.signed_open());
        board.register(3, SOUTH);
        board
    }

    /// Closed, with four ballots of which three count: voter 2 votes again.
    pub fn closed() -> Self {
        Self::closed_of(&manifest_json())
    }

    pub fn closed_of(manifest: &Value) -> Self {
        let mut board = Self::open_of(manifest);
        board.vote(1, NORTH, 0);
        board.vote(2, SOUTH, 0);
        board.vote(3, SOUTH, 2);
        board.vote(2, SOUTH, 1);
        board.append(board.signed_close());
        board
    }

    /// With the sums on the board, which all trustees have agreed to decrypt.
    pub fn counting() -> Self {
        let mut board = Self::closed();
        board.fix_sums();
        board
    }

    pub fn fix_sums(&mut self) {
        self.append(TallyKind::Vote.marker());
        self.consent_all(TallyKind::Vote);
    }

    /// With the result on the board.
    pub fn finished() -> Self {
        let mut board = Self::counting();
        board.finish();
        board
    }

    /// Trustees 1 and 3 decrypt, trustee 2 is absent, the ballot box states the result.
    pub fn finish(&mut self) {
        self.decrypt(1);
        self.decrypt(3);
        self.append(self.state.make_result().unwrap());
    }

    pub fn organiser(&self) -> &SecretKey {
        &self.small.organiser
    }

    pub fn registrar(&self) -> &SecretKey {
        &self.small.registrar
    }

    pub fn fingerprint(&self) -> Digest {
        self.small.election.fingerprint()
    }

    /// The first leaf of a kind.
    pub fn position(&self, kind: EntryKind) -> usize {
        self.leaves.iter().position(|leaf| EntryKind::of(leaf) == Some(kind)).unwrap()
    }

    /// The entry that comes next.
    pub fn next(&self) -> u64 {
        self.leaves.len() as u64
    }

    pub fn append(&mut self, entry: impl Into<Entry>) {
        let admitted = self.state.admit_entry(&entry.into(), &fresh()).unwrap();
        self.leaves.extend(admitted.leaves().iter().map(|leaf| leaf.bytes().to_vec()));
        self.state.record(admitted).unwrap();
        self.state.recall(self.next());
    }

    /// The checkpoint of the board as it is, signed by the log and by all witnesses.
    pub fn note(&self) -> Vec<u8> {
        self.small.sealer().note(&self.leaves, CLOSES).unwrap()
    }

    /// What a trustee with this memory does next.
    pub fn step(&self, secret: &Secret, kept: &Kept, now: u64) -> Result<Step, Refused> {
        next_step(&Shown::under(&self.state, &self.note())?, secret, kept, now)
    }

    /// A memory of trustee `trustee` in which nothing is missing.
    pub fn memory(&self, trustee: u8) -> Kept {
        Kept::new(&self.state, &self.small.secrets[usize::from(trustee) - 1], trustee).unwrap()
    }

    /// Appends whatever a dishonest ballot box would.
    pub fn force(&mut self, entry: impl Into<Entry>) -> u64 {
        self.force_leaf(entry.into().to_bytes())
    }

    pub fn force_leaf(&mut self, leaf: Vec<u8>) -> u64 {
        self.leaves.push(leaf);
        self.next() - 1
    }

    pub fn force_ballot(&mut self, ballot: &[u8]) -> u64 {
        self.force_leaf([&[EntryKind::Ballot as u8], ballot].concat())
    }

    pub fn signed_open(&self) -> Open {
        Open::sign(self.organiser(), &self.fingerprint(), 1_777_622_400).unwrap()
    }

    /// Ends the vote, and before it the voting where ballots are typed in from paper afterwards.
    pub fn close(&mut self) {
        self.end_voting();
        self.append(self.signed_close());
    }

    /// Ends the voting, where ballots are typed in from paper afterwards.
    pub fn end_voting(&mut self) {
        if self.state.next_closing() == Some(ClosingKind::Ended) {
            self.append(self.small.sealer().close(ClosingKind::Ended, &self.leaves, CLOSES).unwrap());
        }
    }

    /// The end of the vote over the board as it is, at the announced hour.
    pub fn signed_close(&self) -> Closing {
        self.closed_at(CLOSES)
    }

    /// The same, at another time.
    pub fn closed_at(&self, time: u64) -> Closing {
        self.small.sealer().close(ClosingKind::Close, &self.leaves, time).unwrap()
    }

    /// The credential of voter `voter`'s own key.
    pub fn credential(&self, voter: u64, style: u16) -> CredentialEntry {
        self.credential_of(voter, voter, style)
    }

    /// A credential of the key number `key` for a voter.
    pub fn credential_of(&self, voter: u64, key: u64, style: u16) -> CredentialEntry {
        self.issue(self.terms(voter, key, style), key, None)
    }

    /// What the voter's next credential says, for the key number `key`.
    pub fn terms(&self, voter: u64, key: u64, style: u16) -> CredentialTerms {
        let pseudonym = pseudonym(voter);
        let number = self.state.voter(&pseudonym).map_or(0, |voter| voter.number);
        let key = SmallElection::voter(key).unwrap().key();
        CredentialTerms { pseudonym, style, route: ONLINE, number, key }
    }

    /// A credential of the key number `key` that says this; the key number `from` hands over, if one is named.
    pub fn issue(&self, terms: CredentialTerms, key: u64, from: Option<u64>) -> CredentialEntry {
        let election = self.fingerprint();
        let handover = from.map(|key| terms.hand_over(&secret(key), &election).unwrap());
        let possession = terms.prove_possession(&secret(key), &election).unwrap();
        CredentialEntry::sign(self.registrar(), &election, terms, handover, possession).unwrap()
    }

    /// A credential by which a voter's key hands over to another one.
    pub fn handover(&self, voter: u64, from: u64, to: u64, style: u16) -> CredentialEntry {
        self.issue(self.terms(voter, to, style), to, Some(from))
    }

    pub fn register(&mut self, voter: u64, style: u16) {
        self.append(self.credential(voter, style));
    }

    /// The end of a voter's key, which is replaced by another one.
    pub fn revocation(&self, voter: u64, key: u64) -> Revocation {
        self.strike(voter, key, RevocationReason::Replaced)
    }

    /// The same for another reason.
    pub fn strike(&self, voter: u64, key: u64, reason: RevocationReason) -> Revocation {
        let key = SmallElection::voter(key).unwrap().key();
        Revocation::sign(self.registrar(), &self.fingerprint(), pseudonym(voter), key, reason).unwrap()
    }

    /// Appends a Revocation, and takes a ballot that counts no longer out of the sums.
    pub fn struck(&mut self, voter: u64, key: u64, reason: RevocationReason) {
        self.append(self.strike(voter, key, reason));
        for owed in self.state.owed().collect::<Vec<_>>() {
            self.state.settle(owed, &self.leaves[owed as usize]).unwrap();
        }
    }

    /// Appends the next count of a district's papers.
    pub fn count_papers(&mut self, style: u16, count: u32) {
        let number = self.state.next_paper_count(style).unwrap();
        let count = PaperCount { style, number, count };
        self.append(Signed::new(count, self.organiser(), &self.fingerprint()).unwrap());
    }

    /// The next ballot of a voter who has the key of their own number.
    pub fn ballot(&self, voter: u64, style: u16, choice: usize) -> Vec<u8> {
        let status = self.state.voter(&pseudonym(voter)).unwrap();
        self.small.revote(style, voter, choice, status.sequence, status.previous).unwrap().bytes
    }

    pub fn vote(&mut self, voter: u64, style: u16, choice: usize) {
        let ballot = self.ballot(voter, style, choice);
        self.cast(&ballot).unwrap();
    }

    pub fn cast(&mut self, ballot: &[u8]) -> Result<u64, Refusal> {
        let admitted = self.state.admit(ballot, &fresh())?;
        let (index, replaces) = (admitted.index(), admitted.replaces());
        self.leaves.push(admitted.leaf().to_vec());
        self.state.record(admitted).unwrap();
        if let Some(replaced) = replaces {
            self.state.settle(replaced, &self.leaves[replaced as usize]).unwrap();
        }
        Ok(index)
    }

    pub fn decrypt(&mut self, trustee: usize) {
        self.append(self.partial_of(TallyKind::Vote, trustee));
    }

    /// The record that a ballot box holding the log key publishes of these leaves.
    pub fn files(&self) -> Files {
        let result = self.state.result_file().map(|result| result.to_json().unwrap());
        let mut files = log_files(&self.small, &self.small.log_key, &self.leaves);
        files.insert("manifest.json".into(), self.small.manifest.clone());
        files.extend(result.map(|bytes| ("result.json".into(), bytes)));
        files
    }

    /// The report on the board as it is, with an end of the vote that nobody signs again.
    pub fn audit_as_it_is(&self) -> Report {
        let mut files = self.files();
        files.extend(log_files_as_they_are(&self.small, &self.small.log_key, &self.leaves));
        audit_files(&files, Some(self.fingerprint())).report
    }

    /// The report, whatever the fingerprint is.
    pub fn audit_unpinned(&self) -> Report {
        audit_files(&self.files(), None).report
    }

    pub fn audit(&self) -> Report {
        audit_files(&self.files(), Some(self.fingerprint())).report
    }
}

/// Checkpoint, tiles and bundles of these leaves. Whoever altered one of them signs the end of the vote again.
pub fn log_files(small: &SmallElection, key: &LogKey, leaves: &[Vec<u8>]) -> Files {
    let mut leaves = leaves.to_vec();
    small.sealer().reseal(&mut leaves).unwrap();
    log_files_as_they_are(small, key, &leaves)
}

/// Checkpoint, tiles and bundles of these leaves, whatever they say of each other.
pub fn log_files_as_they_are(small: &SmallElection, key: &LogKey, leaves: &[Vec<u8>]) -> Files {
    let mut tree = MerkleTree::new();
    tree.extend(leaves.iter().map(|leaf| leaf_hash(leaf)));
    let origin = small.genesis.origin.clone();
    let checkpoint = Checkpoint { origin, size: tree.size(), root: tree.root() };
    let bytes = |file: &LogFile| match file {
        LogFile::Checkpoint => checkpoint.sign(key).into_bytes(),
        LogFile::Tile(tile) => tree.tile(tile.level(), tile.index(), tile.width()).unwrap(),
        LogFile::Bundle(bundle) => {
            let start = bundle.start() as usize;
            encode_bundle(&leaves[start..start + usize::from(bundle.width())]).unwrap()
        }
    };
    layout(tree.size()).map(|file| (file.to_string(), bytes(&file))).collect()
}

pub fn audit_files(files: &Files, expected: Option<Digest>) -> Audit {
    // What a test judges is a test vector too, except the thousands of flipped bits.
    veche_tests::vectors::write_record(files, expected).unwrap();
    let audit = audit(files, expected, fresh(), |_, _| {});
    crate::assisted::assert_same(files, expected, &audit.report);
    audit
}

/// Exactly this check failed, at this entry, and this is to blame.
#[track_caller]
pub fn assert_fails(report: &Report, check: Check, entry: Option<u64>, culprit: &str) {
    let failed: Vec<_> = report.failed().collect();
    assert_eq!(failed.iter().map(|f| f.check).collect::<Vec<_>>(), [check], "{report}");
    let failure = failed[0].failure.as_ref().unwrap();
    assert_eq!(failure.entry, entry, "{report}");
    // Nobody else: "the ballot box" is also named beside a voter.
    let said = failure.culprit.as_str();
    let party = said.strip_suffix(", and the ballot box that let it in").unwrap_or(said);
    let party =
        party.trim_start_matches("the ").trim_start_matches("voter ").trim_end_matches(" of the files");
    assert_eq!(party, culprit.trim_start_matches("the "), "{report}");
    assert_eq!(report.outcome, Outcome::Failed);
    assert_eq!(report.exit_code(), 1);
}

#[track_caller]
pub fn assert_passes(report: &Report, outcome: Outcome) {
    assert_eq!(report.outcome, outcome, "{report}");
    assert_eq!(report.exit_code(), 0);
    assert!(report.checks.iter().all(|check| check.status != Status::Failed));
}
