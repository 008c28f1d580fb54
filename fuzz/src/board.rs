//! A finished board: three voters, one of whom votes again, after a ceremony and a rehearsal of three trustees.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use veche_board::{Checkpoint, LogFile, MerkleTree, encode_bundle, layout, leaf_hash};
use veche_crypto::hash::Digest;
use veche_record::entry::{Closing, ClosingKind, CredentialEntry, CredentialTerms, Open, TallyKind};
use veche_record::{Entry, Pseudonym, Selection};
use veche_trustee::KeyShare;
use veche_verify::BoardState;
use veche_voter::{Credential, PreparedBallot, Revision};

use crate::{ELECTION, LOG_KEY, MANIFEST, organiser, origin, randomness, registrar};

/// The leaves of the board and its `result.json`.
pub static BOARD: LazyLock<(Vec<Vec<u8>>, Vec<u8>)> = LazyLock::new(|| {
    let (election, genesis, ceremony, shares) = &*ELECTION;
    let fingerprint = election.fingerprint();
    let mut board = Board { state: BoardState::new(MANIFEST).expect("a good manifest"), leaves: Vec::new() };
    board.append(genesis.clone().into());
    ceremony.iter().for_each(|entry| board.append(entry.clone()));
    let random = randomness("rehearsal");
    let credential = Credential::generate(&random).expect("not zero");
    let ballot = PreparedBallot::rehearsal(election, &credential, &random, &randomness("fresh"));
    board.append(Entry::RehearsalBallot(ballot.expect("legal choices").bytes));
    board.append(TallyKind::Rehearsal.marker());
    board.decrypt(TallyKind::Rehearsal, shares);
    board.append(Open::sign(&organiser(), &fingerprint, 1_777_622_400).expect("signed").into());
    let voters: Vec<Voter> = (0..3).map(|number| Voter::new(number, &mut board)).collect();
    let first = voters[0].cast(0, Digest::ZERO, &mut board);
    voters[1].cast(0, Digest::ZERO, &mut board);
    voters[2].cast(0, Digest::ZERO, &mut board);
    voters[0].cast(1, first, &mut board);
    let note = board.note();
    let close = Closing::by_organiser(ClosingKind::Close, &organiser(), &fingerprint, 1_778_788_800, note);
    board.append(close.expect("signed").into());
    for replaced in board.state.owed().collect::<Vec<_>>() {
        board.state.settle(replaced, &board.leaves[replaced as usize]).expect("the ballot that is owed");
    }
    board.append(TallyKind::Vote.marker());
    board.decrypt(TallyKind::Vote, shares);
    board.append(board.state.make_result().expect("decrypted").into());
    let result = board.state.result_file().expect("published").to_json().expect("always writable");
    (board.leaves, result)
});

struct Board {
    state: BoardState,
    leaves: Vec<Vec<u8>>,
}

impl Board {
    /// The checkpoint of the board as it is.
    fn note(&self) -> Vec<u8> {
        self.state.checkpoint().expect("a board").sign(&LOG_KEY).into_bytes()
    }

    /// All trustees consent and decrypt.
    fn decrypt(&mut self, kind: TallyKind, shares: &[KeyShare]) {
        for share in shares {
            let count = self.state.count(kind).expect("summed");
            let consent = share.consent(count.input()).expect("a good share");
            self.append(consent.into());
        }
        for share in shares {
            let partial = share.decrypt(self.state.count(kind).expect("summed")).expect("a quorum");
            self.append(partial.into());
        }
    }

    fn append(&mut self, entry: Entry) {
        for leaf in entry.to_leaves().expect("short entries") {
            let index = self.leaves.len() as u64;
            self.state.apply(index, &leaf, &randomness("fresh")).expect("a good entry");
            self.leaves.push(leaf);
        }
    }
}

struct Voter {
    number: u8,
    style: u16,
    credential: Credential,
}

impl Voter {
    fn new(number: u8, board: &mut Board) -> Voter {
        let fingerprint = ELECTION.0.fingerprint();
        let random = randomness(&format!("voter {number}"));
        let credential = Credential::generate(&random).expect("not zero");
        let (pseudonym, style) = (Pseudonym([number + 1; 16]), u16::from(number % 2));
        let terms = CredentialTerms { pseudonym, style, route: 0, number: 0, key: credential.key() };
        let possession = credential.prove_possession(&ELECTION.0, &terms).expect("not degenerate");
        let entry = CredentialEntry::sign(&registrar(), &fingerprint, terms, None, possession);
        board.append(entry.expect("signed").into());
        Voter { number, style, credential }
    }

    /// Chooses the option of the voter's number in every contest that has so many.
    fn cast(&self, sequence: u32, previous: Digest, board: &mut Board) -> Digest {
        let election = &ELECTION.0;
        let revision = Revision { sequence, previous, attempt: 0 };
        let label = format!("ballot {} {sequence}", self.number);
        let random = randomness(&label);
        let prepared = PreparedBallot::new(election, self.style, &self.credential, &revision, &random);
        let choose = |&contest: &usize| {
            let options = election.contest(contest).expect("of the style").options();
            let chosen = (usize::from(self.number) + sequence as usize) % options;
            Selection::new((0..options).map(|option| u32::from(option == chosen)).collect(), false)
        };
        let selections: Vec<Selection> =
            election.manifest().style_contests(self.style).iter().map(choose).collect();
        let ballot = prepared
            .and_then(|prepared| prepared.seal(election, &selections, &randomness("fresh")))
            .expect("legal choices");
        board.append(Entry::Ballot(ballot.bytes));
        ballot.hash
    }
}

/// The files of a record with these leaves, the log's key having signed whatever they are.
pub fn record(leaves: &[Vec<u8>], result: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let tree: MerkleTree = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let checkpoint = Checkpoint { origin: origin(), size: tree.size(), root: tree.root() };
    let content = |file: &LogFile| match file {
        LogFile::Checkpoint => checkpoint.sign(&LOG_KEY).into_bytes(),
        LogFile::Tile(tile) => tree.tile(tile.level(), tile.index(), tile.width()).expect("of this tree"),
        LogFile::Bundle(bundle) => {
            let start = bundle.start() as usize;
            encode_bundle(&leaves[start..start + usize::from(bundle.width())]).expect("short leaves")
        }
    };
    let mut files: BTreeMap<String, Vec<u8>> =
        layout(tree.size()).map(|file| (file.to_string(), content(&file))).collect();
    files.insert("manifest.json".into(), MANIFEST.to_vec());
    files.insert("result.json".into(), result.to_vec());
    files
}
