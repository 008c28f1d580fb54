//! What others have seen of this board. A box whose database was put back from an older copy would give places to new
//! ballots that others have already: voters' pages would rightly refuse it. So it asks before it serves anybody, of
//! all who keep a checkpoint that they can show, and refuses to serve when one of them has seen more.
//!
//! Who cannot be asked does not keep a box from serving: else whoever stops one mirror would stop the vote. It is asked
//! again until it answers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use veche_board::{Checkpoint, LogPublicKey, SignedCheckpoint};
use veche_keeper::{LogView, WitnessAnswer, WitnessClient};
use veche_verify::source::CHECKPOINT;

use crate::ballot_box::context::BallotBox;
use crate::ballot_box::publish::destination::Destination;
use crate::ballot_box::witness::HttpWitness;
use crate::checks::{CheckName, HealthChecks};
use crate::folder::Files;

/// Time for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Time between two questions to a mirror that has not answered yet.
const PAUSE: Duration = Duration::from_secs(30);
/// Time between two looks whether there is a newer checkpoint to write beside the database.
const FILE_PAUSE: Duration = Duration::from_millis(500);
/// A checkpoint with the cosignatures of many witnesses is shorter.
const MAX_NOTE: u64 = 64 * 1024;

const UNASKED: &str = "A mirror has not answered since the start, so nobody knows whether it has seen more of this board than this \
    box has. It is asked again until it answers; the log names it.";
const AHEAD: &str = "A mirror has signed entries of this board that this box does not have: its database is an older copy. Stop the \
    box, and put the newest backup in its place; the log says how much is missing.";

/// Why this box must not serve, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SeenError {
    /// Somebody has a checkpoint of more entries, signed by this box's own key.
    #[error(
        "{place} has a checkpoint of {theirs} entries of this board, signed by this box, and the database here has {ours}: it \
         is an older copy, and voters hold receipts of what is missing. Nothing is served. Put the newest backup of \
         the whole folder in its place. Where there is none with {theirs} entries, `veche-server rebuild` brings the \
         missing ones back from a published copy, if nobody has signed in since"
    )]
    Behind {
        /// Who.
        place: String,
        /// Entries of theirs.
        theirs: u64,
        /// Entries here.
        ours: u64,
    },
    /// A witness says that it has cosigned more.
    #[error(
        "the witness {name} says that it has cosigned {theirs} entries of this board, and the database here has {ours}: it is \
         an older copy. Nothing is served. Put the newest backup of the whole folder in its place. If this witness \
         is mistaken, start without its --witness, as long as enough others are left"
    )]
    Witness {
        /// The witness.
        name: String,
        /// Entries of theirs.
        theirs: u64,
        /// Entries here.
        ours: u64,
    },
    /// Somebody has other entries under this box's own key.
    #[error(
        "{place} has a checkpoint of {size} entries, signed by this box, that are not the first {size} of the database here: \
         two boxes ran on copies of one folder, or a backup went on alone. Nothing is served. Put back the folder \
         whose voters hold the receipts, and keep both for whoever investigates"
    )]
    Fork {
        /// Who.
        place: String,
        /// How many entries.
        size: u64,
    },
}

/// A copy of the record, at an address or in a folder.
#[derive(Debug, Clone)]
struct Mirror(String);

impl Mirror {
    /// Its checkpoint, or why there is none to be had.
    async fn note(&self) -> Result<Vec<u8>, String> {
        let place = self.0.clone();
        let read = move || {
            if !place.starts_with("https://") && !place.starts_with("http://") {
                return std::fs::read(Path::new(&place).join(CHECKPOINT)).map_err(|error| error.to_string());
            }
            let agent: ureq::Agent =
                ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
            let url = format!("{}/{CHECKPOINT}", place.trim_end_matches('/'));
            let failed = |error: ureq::Error| error.to_string();
            let mut response = agent.get(&url).call().map_err(failed)?;
            response.body_mut().with_config().limit(MAX_NOTE).read_to_vec().map_err(failed)
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| error.to_string())?
    }
}

/// The log of this box, to be held against what others show.
struct Own<'a> {
    log: &'a LogView,
    key: &'a LogPublicKey,
}

impl Own<'_> {
    /// Whether the log has all that a signed note speaks of. A note of another log is the mistake of who named the
    /// place.
    fn covers(&self, place: &str, note: &[u8]) -> Result<Result<(), SeenError>, String> {
        let open = SignedCheckpoint::open(note, self.key, self.log.origin());
        let Checkpoint { size, root, .. } = open.map_err(|error| format!("not of this board: {error}"))?;
        let (place, ours) = (place.to_owned(), self.log.committed());
        Ok(match self.log.tree().root_at(size) {
            Err(_) => Err(SeenError::Behind { place, theirs: size, ours }),
            Ok(own) if own != root => Err(SeenError::Fork { place, size }),
            Ok(_) => Ok(()),
        })
    }

    /// The same where it is told, if nothing can be compared.
    fn compare(&self, place: &str, note: Result<Vec<u8>, String>) -> Result<bool, SeenError> {
        match note.and_then(|note| self.covers(place, &note)) {
            Ok(compared) => compared.map(|()| true),
            Err(problem) => {
                tracing::warn!(place, problem, "it cannot be asked what it has seen of this board");
                Ok(false)
            }
        }
    }

    /// Asks a witness for a cosignature of what it must have cosigned last, if this box is not behind.
    async fn compare_witness(&self, name: &str, url: &str) -> Result<(), SeenError> {
        let Some(head) = self.log.head() else { return Ok(()) };
        match HttpWitness::new(url, PATIENCE).add_checkpoint(head.size, &[], &head.note).await {
            Ok(WitnessAnswer::Conflict { size }) if size > head.size => {
                Err(SeenError::Witness { name: name.to_owned(), theirs: size, ours: head.size })
            }
            Ok(WitnessAnswer::Contradiction) => {
                Err(SeenError::Fork { place: format!("the witness {name}"), size: head.size })
            }
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::warn!(witness = name, problem = %error, "it cannot be asked what it has seen of this board");
                Ok(())
            }
        }
    }
}

/// Who may have seen something of this board.
pub(crate) struct Others<'a> {
    pub(crate) data: &'a Path,
    pub(crate) published: Option<&'a Destination>,
    pub(crate) mirrors: &'a [String],
    pub(crate) witnesses: &'a [(String, String)],
}

/// The mirrors that have not answered yet.
#[derive(Debug, Default)]
pub(crate) struct Unasked(Vec<Mirror>);

impl Others<'_> {
    /// Asks all of them at once.
    pub(crate) async fn compare(&self, log: &LogView, key: &LogPublicKey) -> Result<Unasked, SeenError> {
        let own = Own { log, key };
        let last = Files::last_checkpoint(self.data);
        // There is none before the first ballots, and in a folder of an earlier version.
        if let Ok(note) = std::fs::read(&last) {
            own.compare(&last.display().to_string(), Ok(note))?;
        }
        let published = async {
            let Some(place) = self.published else { return Ok(true) };
            match place.read(CHECKPOINT).await {
                Ok(None) => Ok(true),
                Ok(Some(found)) => own.compare(place.name(), Ok(found.bytes)),
                Err(error) => own.compare(place.name(), Err(error.to_string())),
            }
        };
        let mirrors = join_all(self.mirrors.iter().map(async |place| {
            let mirror = Mirror(place.clone());
            let answered = own.compare(place, mirror.note().await)?;
            Ok((!answered).then_some(mirror))
        }));
        let witnesses =
            join_all(self.witnesses.iter().map(async |(name, url)| own.compare_witness(name, url).await));
        let (published, mirrors, witnesses) = tokio::join!(published, mirrors, witnesses);
        published?;
        witnesses.into_iter().collect::<Result<(), _>>()?;
        let unasked = mirrors.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Unasked(unasked.into_iter().flatten().collect()))
    }
}

/// Asks the mirrors that have not answered until each has.
pub(crate) async fn keep_asking(
    ballot_box: Arc<BallotBox>,
    Unasked(mut unasked): Unasked,
    checks: Arc<HealthChecks>,
    mut stop: watch::Receiver<bool>,
) {
    let mut ahead = false;
    loop {
        match (ahead, unasked.is_empty()) {
            (true, _) => checks.fail(CheckName::Mirrors, AHEAD),
            (false, true) => checks.pass(CheckName::Mirrors),
            (false, false) => checks.fail(CheckName::Mirrors, UNASKED),
        }
        let resting = tokio::time::timeout(PAUSE, stop.wait_for(|stop| *stop));
        if resting.await.is_ok() {
            return;
        }
        let mut still = Vec::new();
        for mirror in unasked {
            let (note, view) = (mirror.note().await, ballot_box.board.view());
            let key = ballot_box.keys.log_public();
            match (Own { log: view.log(), key: &key }).compare(&mirror.0, note) {
                Ok(true) => {}
                Ok(false) => still.push(mirror),
                Err(error) => {
                    tracing::error!("{error}");
                    ahead = true;
                }
            }
        }
        unasked = still;
    }
}

/// Keeps the newest checkpoint in a file beside the database, so that a database that is put back alone is noticed. A
/// disk that does not take it is seen by who watches the disk.
pub(crate) async fn keep_last_checkpoint(
    ballot_box: Arc<BallotBox>,
    data: PathBuf,
    mut stop: watch::Receiver<bool>,
) {
    let mut written = 0;
    loop {
        let view = ballot_box.board.view();
        if let Some(head) = view.log().head().filter(|head| head.size > written) {
            let (path, note) = (Files::last_checkpoint(&data), head.note.clone());
            let write = move || -> std::io::Result<()> {
                let begun = path.with_extension("begun");
                std::fs::write(&begun, note)?;
                std::fs::rename(&begun, &path)
            };
            if matches!(tokio::task::spawn_blocking(write).await, Ok(Ok(()))) {
                written = head.size;
            }
        }
        let resting = tokio::time::timeout(FILE_PAUSE, stop.wait_for(|stop| *stop));
        if resting.await.is_ok() {
            return;
        }
    }
}
