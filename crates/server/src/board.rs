//! The board: one state machine, one log, one writer.
//!
//! Whoever wants something on the board hands the writer a [`Plan`]: a function that meets the state
//! as it is when its turn comes, and appends. So what a plan checks is still true when its entries
//! are appended. Turns begin a tenth of a second apart or more. Each takes all plans that wait, commits
//! their entries under one checkpoint ([`Log::append`]) and only then answers any of them: one sync of
//! the disk serves many ballots.
//!
//! Where the manifest names witnesses, a turn also ends with their cosignatures: a checkpoint that too few of them have
//! seen is shown to nobody, and nobody is told that an entry under it is recorded. The entry stays, the box keeps
//! asking, and whoever sends the same again gets the receipt.
//!
//! A second server on the same database cannot fork the board, and takes over when the first is
//! gone. Beside a running one it is up to half a second behind for readers, so it is no way to share
//! the load: a voter's page would take the older checkpoint for a contradiction.
//!
//! The state machine is [`BoardState`], the same that an auditor replays. At start it is rebuilt from
//! the stored entries by [`BoardState::resume`], which does not verify signatures and proofs again:
//! they were verified before they were stored, and whoever can write to this database could as well
//! change this program. Their order, their form and the signed root are checked, and the auditor
//! verifies everything. The stored ballots are added up afterwards, a few at a time, while the box
//! serves already.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{RwLock, RwLockReadGuard, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use veche_board::{Hash, Origin, Receipt, leaf_hash};
use veche_record::code::CHARACTERS;
use veche_record::entry::{Genesis, Pseudonym};
use veche_record::{Election, Entry, ManifestError, RawBallot};
use veche_verify::state::{CredentialStatus, StoredBallot, VoterStatus};
use veche_verify::{Applied, BoardState, Failure, Refusal, VerifiedBallot};

use crate::clock::Clock;
use crate::http::problem::{Kind, Problem};
use crate::keys::{Keys, randomness};
use crate::store::log::{Log, LogError};
use crate::store::sqlite::Sqlite;

mod witnesses;
mod writer;

pub(crate) use witnesses::Panel;
pub use witnesses::WitnessesError;
use writer::Writer;

/// Plans that wait for their turn at most. Beyond that the box says that it is busy.
const WAITING: usize = 1_024;

/// Why the stored board cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// The database refused, or its rows contradict each other.
    #[error("{0}")]
    Log(String),
    /// The first entry is missing or not one.
    #[error("the stored board does not begin with a genesis entry: restore the database from a backup")]
    NoGenesis,
    /// The board belongs to other keys.
    #[error("the board was begun under other keys than those in keys.json: restore both from one backup")]
    OtherKeys,
    /// The manifest was changed, or never legal.
    #[error("the manifest beside the database is not legal: {0}")]
    Manifest(#[from] ManifestError),
    /// The stored entries are not a board.
    #[error(
        "the stored board is not one ({0}): if manifest.json was changed, put the original back; else restore the database from a backup"
    )]
    Entry(Box<Failure>),
}

impl From<LogError> for BoardError {
    fn from(error: LogError) -> Self {
        BoardError::Log(error.to_string())
    }
}

impl From<Failure> for BoardError {
    fn from(failure: Failure) -> Self {
        BoardError::Entry(Box::new(failure))
    }
}

/// The replayed board.
pub(crate) struct Standing {
    board: BoardState,
    /// The entry that registered each key.
    registered: HashMap<[u8; 32], u64>,
    /// The entry of the ballot with each confirmation code.
    codes: HashMap<[u8; CHARACTERS], u64>,
}

impl Standing {
    fn new(manifest: &[u8]) -> Result<Self, ManifestError> {
        Ok(Standing { board: BoardState::new(manifest)?, registered: HashMap::new(), codes: HashMap::new() })
    }

    /// The state machine.
    pub(crate) const fn board(&self) -> &BoardState {
        &self.board
    }

    /// What is known of a key, and the entry that registered it.
    pub(crate) fn credential(&self, key: &[u8; 32]) -> Option<(u64, CredentialStatus)> {
        let index = *self.registered.get(key)?;
        let key = veche_crypto::signature::PublicKey::from_bytes(key).ok()?;
        Some((index, self.board.credential(&key)?))
    }

    /// What is known of a voter.
    pub(crate) fn voter(&self, pseudonym: &Pseudonym) -> Option<VoterStatus> {
        self.board.voter(pseudonym)
    }

    /// The entry of the ballot with a confirmation code.
    pub(crate) fn ballot_with(&self, code: &[u8; CHARACTERS]) -> Option<u64> {
        self.codes.get(code).copied()
    }

    /// The identifier of a ballot style by its position.
    pub(crate) fn style_name(&self, style: u16) -> String {
        let style = self.board.manifest().ballot_style(style);
        style.map(|style| style.id.clone()).unwrap_or_default()
    }

    /// What needs no order of a stored leaf, to be read on any core before [`Self::restore`].
    fn read(&self, leaf: &[u8]) -> StoredLeaf {
        let election = self.board.election();
        StoredLeaf {
            hash: leaf_hash(leaf),
            ballot: election.and_then(|election| StoredBallot::read(election, leaf)),
            code: election.and_then(|election| code(election, leaf)),
        }
    }

    fn restore(&mut self, index: u64, leaf: &[u8], read: StoredLeaf) -> Result<(), Failure> {
        let applied = self.board.resume(index, leaf, read.ballot)?;
        self.note(index, &applied);
        match read.code {
            Some(code) => drop(self.codes.insert(code, index)),
            // Where there was no election yet when the leaf was read.
            None => self.note_code(index, leaf),
        }
        Ok(())
    }

    fn note_code(&mut self, index: u64, leaf: &[u8]) {
        let code = self.board.election().and_then(|election| code(election, leaf));
        if let Some(code) = code {
            self.codes.insert(code, index);
        }
    }

    fn note(&mut self, index: u64, applied: &Applied) {
        if let Applied::Credential(pseudonym) = applied
            && let Some(key) = self.board.voter(pseudonym).and_then(|voter| voter.key)
        {
            self.registered.insert(key, index);
        }
    }
}

/// What a stored leaf says by itself. Of a ballot that is where there was an election when it was read.
struct StoredLeaf {
    hash: Hash,
    ballot: Option<StoredBallot>,
    code: Option<[u8; CHARACTERS]>,
}

/// The confirmation code of a ballot.
fn code(election: &Election, leaf: &[u8]) -> Option<[u8; CHARACTERS]> {
    Some(RawBallot::of_entry(election, leaf)?.code(election)?.shown())
}

/// A plan's turn: the state, and what is appended when the plan succeeds.
pub(crate) struct Turn<'a> {
    standing: &'a mut Standing,
    keys: &'a Keys,
    now: i64,
    leaves: Vec<Vec<u8>>,
    files: Vec<(String, Vec<u8>)>,
}

impl Turn<'_> {
    /// The state as it is now, the entries of this turn included.
    pub(crate) const fn standing(&self) -> &Standing {
        self.standing
    }

    /// The state machine.
    pub(crate) const fn board(&self) -> &BoardState {
        &self.standing.board
    }

    /// The keys to sign with.
    pub(crate) const fn keys(&self) -> &Keys {
        self.keys
    }

    /// The time, as Unix seconds.
    pub(crate) const fn now(&self) -> i64 {
        self.now
    }

    /// Appends a message after checking it entirely. Returns the index of its first leaf.
    pub(crate) fn message(&mut self, message: &[u8]) -> Result<u64, Problem> {
        let fresh = randomness().map_err(|error| Problem::fault(&error))?;
        let admitted = self.standing.board.admit_message(message, &fresh).map_err(refused)?;
        let index = admitted.index();
        self.leaves.extend_from_slice(admitted.leaves());
        let applied = self.standing.board.record(admitted).map_err(|error| Problem::fault(&error))?;
        self.standing.note(index, &applied);
        Ok(index)
    }

    /// Appends an entry after checking it entirely.
    pub(crate) fn entry(&mut self, entry: impl Into<Entry>) -> Result<u64, Problem> {
        self.message(&entry.into().to_bytes())
    }

    /// Appends a verified ballot, if its place on the board is right. A ballot that is there already
    /// gives its entry.
    pub(crate) fn ballot(
        &mut self,
        ballot: VerifiedBallot,
        refused: impl Fn(Refusal) -> Problem,
    ) -> Result<u64, Problem> {
        let admitted = match self.standing.board.admit_verified(ballot) {
            Ok(admitted) => admitted,
            Err(Refusal::AlreadyRecorded { index }) => return Ok(index),
            Err(refusal) => return Err(refused(refusal)),
        };
        let index = admitted.index();
        let leaf = admitted.leaf().to_vec();
        self.standing.board.record(admitted).map_err(|error| Problem::fault(&error))?;
        self.standing.note_code(index, &leaf);
        self.leaves.push(leaf);
        Ok(index)
    }

    /// Adds a file to the record, in the same transaction.
    pub(crate) fn file(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.push((path.to_owned(), bytes));
    }
}

/// An entry that was refused, as a problem.
pub(crate) fn refused(failure: Failure) -> Problem {
    let kind = match failure.check {
        veche_verify::Check::Course
        | veche_verify::Check::Rehearsal
        | veche_verify::Check::Quorum
        | veche_verify::Check::RehearsalInput => Kind::OutOfOrder,
        veche_verify::Check::Electorate => Kind::StyleFull,
        veche_verify::Check::CredentialKey => Kind::KeyTaken,
        veche_verify::Check::Possession => Kind::KeyRefused,
        _ => Kind::EntryRefused,
    };
    Problem::new(kind, failure.cause.to_string())
        .with("check", failure.check.number())
        .with("culprit", failure.culprit.to_string())
}

/// What a request wants to do when its turn comes. It may be called again when another server on
/// the same database was faster. Returns the entry whose receipt is wanted.
pub(crate) type Plan = Box<dyn FnMut(&mut Turn<'_>) -> Result<u64, Problem> + Send>;

/// What came of a plan.
#[derive(Debug, Clone)]
pub(crate) struct Appended {
    /// The entry that the plan named. It is recorded, whatever becomes of its receipt.
    pub(crate) index: u64,
    /// Its receipt; a problem while too few witnesses have seen it.
    pub(crate) receipt: Result<Receipt, Problem>,
    /// Whether the entry is new, or was there before.
    pub(crate) new: bool,
}

/// A plan and who waits for it.
struct Job {
    plan: Plan,
    done: oneshot::Sender<Result<Appended, Problem>>,
}

/// What the writer is asked.
enum Asked {
    /// To give a plan its turn.
    Append(Job),
    /// To take over what another server on the same database has appended.
    BeCurrent(oneshot::Sender<()>),
}

/// What the writer shares with everyone who reads.
struct Shared {
    standing: RwLock<Standing>,
    log: RwLock<Log>,
}

/// The board of a running server.
pub(crate) struct Board {
    origin: Origin,
    shared: Arc<Shared>,
    writer: mpsc::Sender<Asked>,
}

impl Board {
    /// Replays the stored board and starts its writer, which ends with `stop`.
    pub(crate) async fn open(
        manifest: &[u8],
        keys: &Arc<Keys>,
        db: &Sqlite,
        clock: &Clock,
        batch: Duration,
        panel: Option<Panel>,
        stop: watch::Receiver<bool>,
    ) -> Result<(Self, JoinHandle<()>), BoardError> {
        let genesis = genesis(db).await?;
        if genesis.issuer != keys.issuer_public() || genesis.log_key != keys.log_public() {
            return Err(BoardError::OtherKeys);
        }
        let origin = genesis.origin;
        if panel.is_some() {
            crate::store::log::demand_witnesses(db).await?;
        }
        let (standing, log) = writer::replay(manifest, &origin, db).await?;
        let shared = Arc::new(Shared { standing: RwLock::new(standing), log: RwLock::new(log) });
        let (asking, asked) = mpsc::channel(WAITING);
        let mut writer = Writer {
            panel,
            next_question: Instant::now(),
            shared: Arc::clone(&shared),
            manifest: manifest.to_vec(),
            origin: origin.clone(),
            keys: Arc::clone(keys),
            db: db.clone(),
            clock: clock.clone(),
            batch,
            broken: false,
        };
        // Before anyone is served: what was committed and not shown when the box stopped.
        writer.witness().await;
        let task = tokio::spawn(writer.run(asked, stop));
        Ok((Board { origin, shared, writer: asking }, task))
    }

    /// The board's name.
    pub(crate) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The committed log.
    pub(crate) async fn log(&self) -> RwLockReadGuard<'_, Log> {
        self.shared.log.read().await
    }

    /// The committed log, for those who come back to it.
    pub(crate) fn shared_log(&self) -> &RwLock<Log> {
        &self.shared.log
    }

    /// The replayed board. Hold it briefly: the writer waits.
    pub(crate) async fn standing(&self) -> RwLockReadGuard<'_, Standing> {
        self.shared.standing.read().await
    }

    /// Hands a plan to the writer and waits until its entries are durable.
    pub(crate) async fn append(
        &self,
        plan: impl FnMut(&mut Turn<'_>) -> Result<u64, Problem> + Send + 'static,
    ) -> Result<Appended, Problem> {
        let busy = || Problem::new(Kind::Busy, "The ballot box is busy. Nothing was recorded; try again.");
        let (done, answer) = oneshot::channel();
        let job = Job { plan: Box::new(plan), done };
        self.writer.try_send(Asked::Append(job)).map_err(|_| busy().retry_after(Duration::from_secs(2)))?;
        answer.await.unwrap_or_else(|_| Err(busy().retry_after(Duration::from_secs(2))))
    }

    /// Takes over what another server on the same database has appended, so that readers here see
    /// it. The writer does that at the begin of every turn anyway.
    pub(crate) async fn be_current(&self) {
        let (done, answer) = oneshot::channel();
        if self.writer.try_send(Asked::BeCurrent(done)).is_ok() {
            let _ = answer.await;
        }
    }

    /// Computes the totals, which can take seconds, without keeping readers waiting. Afterwards they
    /// are remembered.
    pub(crate) async fn compute_totals(&self) {
        let shared = Arc::clone(&self.shared);
        let computed = tokio::task::spawn_blocking(move || {
            let standing = shared.standing.blocking_read();
            standing.board.tally().map(drop).map_err(|error| error.to_string())
        });
        match computed.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(error, "the totals cannot be computed"),
            Err(error) => tracing::error!(%error, "computing the totals ended early"),
        }
    }
}

/// The first entry of the stored board.
pub(crate) async fn genesis(db: &Sqlite) -> Result<Genesis, BoardError> {
    let row: Option<(Vec<u8>,)> = sqlx::query_as("SELECT leaf FROM entry WHERE position = 0")
        .fetch_optional(db.read())
        .await
        .map_err(LogError::from)?;
    match row.map(|(leaf,)| Entry::parse(&leaf)) {
        Some(Ok(Entry::Genesis(genesis))) => Ok(genesis),
        _ => Err(BoardError::NoGenesis),
    }
}
