//! A board that is taken up again from its saved state, and a ledger that finds a snapshot beside its entries.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use veche_board::{Checkpoint, Hash, Leaf, MerkleTree, TileStream, leaf_hash};
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_keeper::store::{Acknowledgement, Append, Head};
use veche_keeper::{
    BoardStore, BoxKeys, Clock, Keeper, Ledger, MemoryStore, Settings, SnapshotPlace, StoreError, SwapError,
};
use veche_record::entry::{
    Challenged, CredentialTerms, Extension, Notice, NoticeForm, RevocationReason, Signed, TallyKind,
};
use veche_record::{Ballot, EntryKind};
use veche_tests::small::SmallElection;
use veche_verify::state::SavedState;
use veche_verify::{BoardState, Outcome, Refusal};

use crate::board::{Board, CLOSES, NORTH, SOUTH, assert_passes, fresh, pseudonym};
use crate::voters::with_paper;

fn manifest() -> Value {
    let mut manifest = with_paper();
    manifest["closes_latest"] = json!("2026-05-16T20:00:00Z");
    manifest["paper_until"] = json!("2026-05-17T20:00:00Z");
    manifest
}

/// Open, and everything has happened that can between an opening and the end of the voting.
fn busy() -> Board {
    let mut board = Board::open_of(&manifest());
    board.vote(1, NORTH, 0);
    board.vote(2, SOUTH, 0);
    let notice =
        Notice { number: 0, form: NoticeForm::Words, time: 1_777_700_000, texts: vec!["Hot.".into()] };
    board.append(Signed::new(notice, board.organiser(), &board.fingerprint()).unwrap());
    board.vote(3, SOUTH, 2);
    board.vote(2, SOUTH, 1);
    board.count_papers(NORTH, 0);
    // One comes with another device and votes again, one is struck off, one challenges a ballot.
    board.append(board.revocation(2, 2));
    board.append(board.issue(CredentialTerms { number: 1, ..board.terms(2, 12, SOUTH) }, 12, None));
    for voter in 4..8 {
        board.register(voter, SOUTH);
        board.vote(voter, SOUTH, 1);
    }
    board.struck(3, 3, RevocationReason::NotEntitled);
    let key = SmallElection::voter(1).unwrap();
    let challenged = Challenged { key: key.key(), sequence: 1, code: Digest::from_bytes([5; 32]) };
    let secret = SecretKey::from_bytes(&key.secret()).unwrap();
    board.append(Signed::new(challenged, &secret, &board.fingerprint()).unwrap());
    board.register(9, NORTH);
    board
}

fn tree_of(leaves: &[Vec<u8>]) -> TileStream {
    let mut stream = TileStream::new();
    leaves.iter().for_each(|leaf| drop(stream.push(leaf_hash(leaf))));
    stream
}

/// The board's state, taken up again.
pub fn reopen(board: &Board, saved: SavedState) -> BoardState {
    let aside: Vec<_> = saved.aside().iter().map(|index| board.leaves[*index as usize].clone()).collect();
    let tree = tree_of(&board.leaves[..saved.size() as usize]);
    BoardState::reopen(&board.small.manifest, saved, &aside, tree).unwrap()
}

#[test]
fn a_board_that_is_taken_up_again_is_the_one_it_was() {
    let mut board = busy();
    let saved = board.state.save().unwrap();
    assert!(saved.aside().len() < board.leaves.len() - 15, "the voters' entries are not read");
    let again = reopen(&board, saved.clone());
    assert_eq!(again.save().unwrap(), saved);
    assert_eq!((again.size(), again.checkpoint()), (board.state.size(), board.state.checkpoint()));
    assert_eq!((again.course(), again.hours()), (board.state.course(), board.state.hours()));
    assert_eq!((again.turnout(), again.ballots()), (board.state.turnout(), board.state.ballots()));
    assert_eq!(again.key_changes(), board.state.key_changes());
    assert_eq!((again.notices(), again.papers(NORTH)), (board.state.notices(), Some(0)));
    for voter in 0..12 {
        assert_eq!(again.voter(&pseudonym(voter)), board.state.voter(&pseudonym(voter)), "{voter}");
        let key = SmallElection::voter(voter).unwrap().key();
        assert_eq!(again.credential(&key), board.state.credential(&key), "{voter}");
        assert_eq!(again.registered(&key), board.state.registered(&key), "{voter}");
    }
    let mut extended = busy();
    let extension = Extension { number: 0, signed_at: CLOSES - 10, closes: CLOSES + 3_600 };
    extended.append(Signed::new(extension, board.organiser(), &board.fingerprint()).unwrap());
    assert_eq!(reopen(&extended, extended.state.save().unwrap()).closing_hour(), CLOSES + 3_600);
    // And it goes on as it would have.
    let other = std::mem::replace(&mut board.state, again);
    let mut whole = Board {
        small: SmallElection::of(&manifest(), "board").unwrap(),
        state: other,
        leaves: board.leaves.clone(),
    };
    for board in [&mut board, &mut whole] {
        board.vote(9, NORTH, 1);
        let status = board.state.voter(&pseudonym(2)).unwrap();
        let next = board.small.revote(SOUTH, 12, 2, status.sequence, status.previous).unwrap();
        board.cast(&next.bytes).unwrap();
        board.count_papers(SOUTH, 0);
        board.close();
    }
    let sums = |board: &Board| board.state.compute(TallyKind::Vote).unwrap().groups().to_vec();
    assert_eq!(sums(&board), sums(&whole));
    board.fix_sums();
    board.finish();
    assert_passes(&board.audit_as_it_is(), Outcome::Verified);
}

#[test]
fn a_board_that_is_taken_up_again_refuses_what_it_refused() {
    let mut board = busy();
    let ballots: Vec<_> =
        board.leaves.iter().filter(|leaf| leaf[0] == EntryKind::Ballot as u8).cloned().collect();
    board.state = reopen(&board, board.state.save().unwrap());
    let size = board.state.size();
    let mut recorded = 0;
    for leaf in &ballots {
        match board.cast(&leaf[1..]) {
            Err(Refusal::AlreadyRecorded { index }) => {
                assert_eq!(&board.leaves[index as usize], leaf);
                recorded += 1;
            }
            Err(Refusal::SequenceBehind { .. } | Refusal::CredentialRevoked | Refusal::StruckOff) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(recorded >= 5, "the last ballot of each is known: {recorded}");
    assert_eq!(board.state.size(), size);
    board.vote(9, NORTH, 1);
    let saved = board.state.save().unwrap();
    assert_eq!(reopen(&board, saved.clone()).save().unwrap(), saved, "taken up twice");
}

#[test]
fn a_state_is_saved_between_the_keys_and_the_end_of_the_voting_only() {
    let mut board = Board::founded(&manifest());
    assert!(board.state.save().is_none(), "no keys");
    board = busy();
    assert!(board.state.save().is_some());
    board.end_voting();
    assert!(board.state.save().is_none(), "the voting has ended");
    let mut board = busy();
    let saved = board.state.save().unwrap();
    let short = tree_of(&board.leaves[1..]);
    let aside: Vec<_> = saved.aside().iter().map(|index| board.leaves[*index as usize].clone()).collect();
    assert!(BoardState::reopen(&board.small.manifest, saved.clone(), &aside, short).is_err(), "another tree");
    let tree = tree_of(&board.leaves);
    assert!(BoardState::reopen(&board.small.manifest, saved, &aside[1..], tree).is_err(), "other entries");
    // A ballot that was replaced and is not taken out of the sums yet.
    let status = board.state.voter(&pseudonym(4)).unwrap();
    let next = board.small.revote(SOUTH, 4, 0, status.sequence, status.previous).unwrap();
    let admitted = board.state.admit(&next.bytes, &fresh()).unwrap();
    board.state.record(admitted).unwrap();
    assert!(board.state.save().is_none(), "a ballot is owed");
}

#[derive(Default)]
struct Place(Mutex<Option<Vec<u8>>>);

impl SnapshotPlace for Place {
    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        *self.0.lock().unwrap() = Some(bytes.to_vec());
        Ok(())
    }
}

/// A store in which the bytes of one entry are others than its hash says.
#[derive(Clone)]
struct Damaged(MemoryStore, u64);

#[async_trait::async_trait]
impl BoardStore for Damaged {
    async fn head(&self) -> Result<Option<Head>, StoreError> {
        self.0.head().await
    }

    async fn append(&self, append: Append<'_>) -> Result<(), SwapError> {
        self.0.append(append).await
    }

    async fn leaves(&self, first: u64, most: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut leaves = self.0.leaves(first, most).await?;
        if let Some(leaf) = self.1.checked_sub(first).and_then(|at| leaves.get_mut(at as usize)) {
            *leaf.last_mut().unwrap() ^= 1;
        }
        Ok(leaves)
    }

    async fn leaf_hashes(&self, first: u64, most: u64) -> Result<Vec<Hash>, StoreError> {
        self.0.leaf_hashes(first, most).await
    }

    async fn acknowledgement(
        &self,
        index: u64,
        witnessed: bool,
    ) -> Result<Option<Acknowledgement>, StoreError> {
        self.0.acknowledgement(index, witnessed).await
    }

    async fn store_witnessed(&self, size: u64, lines: &str) -> Result<(), StoreError> {
        self.0.store_witnessed(size, lines).await
    }

    async fn witnessed(&self, size: u64) -> Result<Option<Acknowledgement>, StoreError> {
        self.0.witnessed(size).await
    }

    async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.file(path).await
    }
}

fn keys(small: &SmallElection) -> Arc<BoxKeys> {
    let again = SmallElection::of(&manifest(), "board").unwrap();
    let SmallElection { log_key, organiser, registrar, .. } = again;
    assert_eq!(log_key.public(), small.log_key.public());
    Arc::new(BoxKeys { log: log_key, organiser: organiser.into(), registrar: registrar.into() })
}

/// Stores the first leaves of a board under one checkpoint.
async fn stored(board: &Board, store: &MemoryStore, size: usize) {
    let from = store.head().await.unwrap();
    let mut tree = MerkleTree::new();
    tree.extend(board.leaves[..size].iter().map(|leaf| leaf_hash(leaf)));
    let (origin, size, root) = (board.small.genesis.origin.clone(), tree.size(), tree.root());
    let note = Checkpoint { origin, size, root }.sign(&board.small.log_key);
    let first = from.as_ref().map_or(0, |head| head.size) as usize;
    let leaves: Vec<_> = board.leaves[first..size as usize].iter().cloned().map(Leaf::new).collect();
    let to = Head { size, root, note };
    store.append(Append { from: from.as_ref(), to: &to, leaves: &leaves, files: &[] }).await.unwrap();
}

struct Noon;

impl Clock for Noon {
    fn unix(&self) -> i64 {
        1_777_680_000
    }
}

/// A keeper on the store from its start to its end.
async fn run(
    board: &Board,
    store: Arc<dyn BoardStore>,
    place: &Arc<Place>,
    mut act: impl AsyncFnMut(&Keeper),
) {
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let ledger = Ledger::open_from(Some(place.clone()), &board.small.manifest, keys(&board.small), store)
        .await
        .unwrap();
    let settings = Settings {
        batch: std::time::Duration::ZERO,
        witnesses: None,
        verify_at_once: 1,
        verify_wait: std::time::Duration::from_secs(10),
        allow: Arc::new(|_| Ok(())),
        clock: Arc::new(Noon),
    };
    let (keeper, writer) = Keeper::start(ledger, settings, stopping).await;
    act(&keeper).await;
    stop.send(true).unwrap();
    drop(keeper);
    writer.await.unwrap();
}

/// Sends every ballot of a board once more: each has its entry, and nothing is appended.
async fn all_recorded(keeper: &Keeper, board: &Board) {
    let size = keeper.view().log().committed();
    for (index, leaf) in (0..).zip(&board.leaves).filter(|(_, leaf)| leaf[0] == EntryKind::Ballot as u8) {
        let appended = keeper.cast(&leaf[1..], 1_777_680_000).await.unwrap();
        assert!(!appended.new);
        assert_eq!(appended.receipt.unwrap().index, appended.index);
        let found = appended.index;
        assert_eq!(found, index);
    }
    assert_eq!(keeper.view().log().committed(), size);
}

#[tokio::test]
async fn a_keeper_goes_on_from_the_snapshot_that_the_one_before_it_has_left() {
    let mut board = busy();
    // Of somebody whose key is active, so that the older ballot is refused for its sequence only.
    board.vote(7, SOUTH, 0);
    let (store, place) = (MemoryStore::new(), Arc::new(Place::default()));
    stored(&board, &store, board.leaves.len()).await;
    run(&board, Arc::new(store.clone()), &place, async |_| {}).await;
    assert!(place.read().unwrap().is_some(), "it is kept at the end");

    // An entry of a voter that cannot be read: whoever replays the board stumbles over it, a snapshot goes round it.
    let ballot = board.leaves.iter().rposition(|leaf| leaf[0] == EntryKind::Ballot as u8).unwrap();
    let damaged = Damaged(store.clone(), ballot as u64);
    let (small, none) = (&board.small, Arc::new(Place::default()));
    let open = async |place: &Arc<Place>, store: Arc<dyn BoardStore>| {
        Ledger::open_from(Some(place.clone()), &small.manifest, keys(small), store).await
    };
    assert!(open(&none, Arc::new(damaged.clone())).await.is_err());
    let taken_up = open(&place, Arc::new(damaged.clone())).await.unwrap();
    let replayed = open(&none, Arc::new(store.clone())).await.unwrap();
    assert_eq!(taken_up.state().save().map(|saved| saved.size()), Some(board.leaves.len() as u64));
    assert_eq!(taken_up.log().tree().root(), replayed.log().tree().root());
    // It is found in the background, and then no code is said to be unknown.
    run(&board, Arc::new(damaged), &place, async |keeper| {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert!(!keeper.view().knows_codes());
        // The same bytes get their receipt all the same, replaced ballots and those of revoked keys, too.
        all_recorded(keeper, &board).await;
    })
    .await;

    let last = &board.leaves[ballot];
    run(&board, Arc::new(store.clone()), &place, async |keeper| {
        // The same bytes get their receipt at once, and others their place.
        all_recorded(keeper, &board).await;
        let next = board.small.ballot(NORTH, 9, 1).unwrap().bytes;
        let appended = keeper.cast(&next, 1_777_680_000).await.unwrap();
        assert_eq!((appended.index, appended.new), (board.leaves.len() as u64, true));
        while !keeper.view().knows_codes() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let code = Ballot::parse(&board.small.election, &last[1..]).unwrap().code().shown();
        assert_eq!(keeper.view().ballot_with(&code), Some(ballot as u64));
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_that_was_changed_or_is_another_boards_is_not_used() {
    let board = busy();
    let (store, place) = (MemoryStore::new(), Arc::new(Place::default()));
    stored(&board, &store, board.leaves.len()).await;
    run(&board, Arc::new(store.clone()), &place, async |_| {}).await;
    let bytes = place.read().unwrap().unwrap();
    let ballot = board.leaves.iter().rposition(|leaf| leaf[0] == EntryKind::Ballot as u8).unwrap();
    // Whether a snapshot was used is seen where nothing else leads to a board.
    let damaged = Damaged(store.clone(), ballot as u64);
    let opens = async |bytes: Vec<u8>, store: Arc<dyn BoardStore>| {
        let place = Arc::new(Place(Mutex::new(Some(bytes))));
        Ledger::open_from(Some(place), &board.small.manifest, keys(&board.small), store).await.is_ok()
    };
    assert!(opens(bytes.clone(), Arc::new(damaged.clone())).await);
    for at in (0..bytes.len()).step_by(29).chain(bytes.len() - 3..bytes.len()) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        assert!(!opens(changed, Arc::new(damaged.clone())).await, "byte {at}");
        assert!(!opens(bytes[..at].to_vec(), Arc::new(damaged.clone())).await, "cut at {at}");
    }
    assert!(!opens([bytes.clone(), vec![0]].concat(), Arc::new(damaged.clone())).await, "a byte more");

    // A database that was put back has fewer entries than the snapshot.
    let older = MemoryStore::new();
    stored(&board, &older, board.leaves.len() - 1).await;
    assert!(opens(bytes.clone(), Arc::new(older)).await, "its own entries are read");
    let older = MemoryStore::new();
    stored(&board, &older, board.leaves.len() - 1).await;
    assert!(!opens(bytes.clone(), Arc::new(Damaged(older, ballot as u64))).await);

    // Another board under the same keys.
    let mut other = busy();
    let place = board.leaves.len() - 1;
    other.leaves[place] = other.leaves[1].clone();
    other.leaves[place].push(0);
    let store = MemoryStore::new();
    stored(&other, &store, other.leaves.len()).await;
    assert!(!opens(bytes, Arc::new(store)).await);
}
