//! Whether a checkpoint is cosigned: c2sp.org/tlog-witness, "add-checkpoint", in the order of its demands.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

use veche_board::{
    Checkpoint, CheckpointError, LogKey, LogPublicKey, NoteError, Origin, ProofError, SignedCheckpoint,
    WitnessKey, cosign,
};

use crate::request::Request;
use crate::store::{Store, StoreError};

/// Why a witness does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Its folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Two keys for one log.
    #[error("the log {0} is named twice")]
    Repeated(Origin),
}

/// Why a checkpoint is not cosigned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The sender's fault: not what this interface takes.
    #[error("{0}")]
    Malformed(String),
    /// The sender's fault: a log that this witness was not told of.
    #[error("this witness does not know the log")]
    UnknownLog,
    /// The sender's fault: the log's key did not sign it.
    #[error("the checkpoint is not signed by the log's key")]
    NotSigned,
    /// The sender's fault, or another one was faster: the proof begins elsewhere than at the last cosigned checkpoint.
    #[error("the last cosigned checkpoint has {size} entries")]
    Elsewhere {
        /// The size of the last cosigned checkpoint.
        size: u64,
    },
    /// The log's fault: two roots of one size.
    #[error("the log signed another root of the same size before")]
    Contradiction,
    /// The log's fault, or that of whoever made the proof.
    #[error("the checkpoint is not shown to continue the last one: {0}")]
    Inconsistent(ProofError),
    /// This witness's fault: the disk.
    #[error("the witness cannot keep the checkpoint")]
    Store(#[source] StoreError),
}

/// A witness with the folder it remembers in.
#[derive(Debug)]
pub struct Witness {
    name: Origin,
    key: LogKey,
    store: Store,
    logs: HashMap<String, Log>,
}

#[derive(Debug)]
struct Log {
    origin: Origin,
    key: LogPublicKey,
    /// The last cosigned checkpoint, and the right to replace it: held from the comparison to the end of the writing.
    last: Mutex<Last>,
}

#[derive(Debug)]
enum Last {
    Is(Checkpoint),
    /// A writing failed: which of the two checkpoints is on the disk, only the disk can say.
    Unknown,
}

impl Witness {
    /// Opens the folder of a witness that knows these logs.
    ///
    /// # Errors
    /// [`OpenError`]; the folder is as it was.
    pub fn open(folder: &Path, logs: &[(Origin, LogPublicKey)]) -> Result<Witness, OpenError> {
        let (store, name, key) = Store::open(folder)?;
        let mut known = HashMap::new();
        for (origin, log_key) in logs {
            let last = Mutex::new(Last::Is(store.last(origin, log_key)?));
            let log = Log { origin: origin.clone(), key: *log_key, last };
            if known.insert(origin.to_string(), log).is_some() {
                return Err(OpenError::Repeated(origin.clone()));
            }
        }
        Ok(Witness { name, key, store, logs: known })
    }

    /// What others know of this witness.
    #[must_use]
    pub fn key(&self) -> WitnessKey {
        WitnessKey::new(self.name.clone(), self.key.public())
    }

    /// Answers the body of an `add-checkpoint`: the cosignature line. When it returns `Ok`, the checkpoint is on the
    /// disk. It blocks for as long as the disk takes.
    ///
    /// # Errors
    /// [`Refusal`]; the last cosigned checkpoint is as it was.
    pub fn add_checkpoint(&self, body: &[u8], time: u64) -> Result<String, Refusal> {
        let request = Request::parse(body).map_err(|problem| Refusal::Malformed(problem.to_owned()))?;
        let signed = SignedCheckpoint::parse(request.note).map_err(malformed)?;
        let origin = request.note.split('\n').next().unwrap_or_default();
        let log = self.logs.get(origin).ok_or(Refusal::UnknownLog)?;
        let new = signed.verify(&log.key, &log.origin).map_err(|error| match error {
            CheckpointError::Note(
                NoteError::NotSigned { .. } | NoteError::SignedTwice { .. } | NoteError::BadSignature { .. },
            ) => Refusal::NotSigned,
            other => malformed(other),
        })?;
        if request.old > new.size {
            return Err(Refusal::Malformed("the old size is larger than the checkpoint's".to_owned()));
        }
        // A thread that panicked while it held the lock has left nothing half done: see `Last`.
        let mut guard = log.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let last = match &*guard {
            Last::Is(last) => last.clone(),
            Last::Unknown => self.store.last(&log.origin, &log.key).map_err(Refusal::Store)?,
        };
        if request.old != last.size {
            return Err(Refusal::Elsewhere { size: last.size });
        }
        if new.size == last.size && new.root != last.root {
            // Two notes under one key: kept, because they convict the log. That they cannot be kept changes nothing.
            let _ = self.store.keep_contradiction(&log.origin, request.note);
            return Err(Refusal::Contradiction);
        }
        match new.verify_extends(&last, &request.proof) {
            Ok(()) => {}
            Err(CheckpointError::Inconsistent(error)) => return Err(Refusal::Inconsistent(error)),
            Err(other) => return Err(malformed(other)),
        }
        if new != last {
            *guard = Last::Unknown;
            // The note as it came: whoever reads it back verifies the log's line again.
            self.store.replace(&log.origin, request.note).map_err(Refusal::Store)?;
        }
        *guard = Last::Is(new.clone());
        Ok(cosign(&new, &self.name, &self.key, time))
    }
}

fn malformed(error: impl std::fmt::Display) -> Refusal {
    Refusal::Malformed(error.to_string())
}
