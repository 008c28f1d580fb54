//! The witnesses' cosignatures, which a box asks for as C2SP tlog-witness has it.
//!
//! All witnesses are asked at once, and asking ends as soon as as many have cosigned as the manifest demands, or when
//! the time for it is over. A witness that is still busy with an earlier question is left out. What a witness answers
//! is believed only as far as its signature goes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use veche_board::note::Note;
use veche_board::{Hash, WitnessKey, Witnesses};

use crate::log::LogView;

/// What a witness says to a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessAnswer {
    /// Its cosignature lines, which nobody has checked yet.
    Cosigned(String),
    /// It has seen a checkpoint of another size last.
    Conflict {
        /// Of this size.
        size: u64,
    },
    /// It has cosigned another root of the same size under this log's key.
    Contradiction,
}

/// Why a witness gave no answer: a sentence for the operator's log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WitnessError(pub String);

/// The way to one witness. Whoever implements it does the input and output, and ends within the patience that
/// [`WitnessClients`] has.
#[async_trait]
pub trait WitnessClient: Send + Sync {
    /// Submits a checkpoint, with the proof that the board at size `old`, which the witness saw last, is its beginning:
    /// c2sp.org/tlog-witness, "add-checkpoint".
    async fn add_checkpoint(
        &self,
        old: u64,
        proof: &[Hash],
        note: &str,
    ) -> Result<WitnessAnswer, WitnessError>;
}

/// The witnesses of a manifest, and how each is reached.
pub struct WitnessClients {
    needed: usize,
    seats: Vec<Arc<Seat>>,
    patience: Duration,
}

struct Seat {
    key: WitnessKey,
    client: Box<dyn WitnessClient>,
    /// The size of the checkpoint that it cosigned last, as far as this box knows. Locked while a question to it is
    /// under way.
    last: Mutex<u64>,
}

impl WitnessClients {
    /// Of the witnesses of a manifest those that can be reached, each with the time that all have to answer.
    #[must_use]
    pub fn new(
        witnesses: &Witnesses,
        clients: Vec<(WitnessKey, Box<dyn WitnessClient>)>,
        patience: Duration,
    ) -> Self {
        let seat = |(key, client)| Arc::new(Seat { key, client, last: Mutex::new(0) });
        let mut seats: Vec<_> = clients.into_iter().map(seat).collect();
        // In the manifest's order, so that receipts look alike.
        seats.sort_by_key(|seat| witnesses.keys().iter().position(|key| *key == seat.key));
        WitnessClients { needed: witnesses.needed(), seats, patience }
    }

    /// Asks for cosignatures of the newest committed checkpoint. Its size, and the lines of as many witnesses as are
    /// needed; nothing when too few have cosigned in time.
    pub(crate) async fn cosign(&self, log: &LogView) -> Option<(u64, String)> {
        let until = Instant::now() + self.patience;
        let size = log.head()?.size;
        let mut asked = JoinSet::new();
        for (order, seat) in self.seats.iter().enumerate() {
            let (seat, log) = (Arc::clone(seat), log.clone());
            asked.spawn(async move { (order, seat.cosign(&log).await) });
        }
        let mut lines = Vec::new();
        while lines.len() < self.needed
            && let Ok(Some(answered)) = timeout_at(until, asked.join_next()).await
        {
            if let Ok((order, Some(line))) = answered {
                lines.push((order, line));
            }
        }
        // What is still under way goes on by itself, within its own time limit: a witness that is late now is not
        // behind at the next question.
        asked.detach_all();
        lines.sort();
        let enough = lines.len() >= self.needed;
        enough.then(|| (size, lines.into_iter().map(|(_, line)| line).collect()))
    }
}

impl Seat {
    /// This witness's cosignature line of the newest checkpoint, if it gives one.
    async fn cosign(&self, log: &LogView) -> Option<String> {
        let mut last = self.last.try_lock().ok()?;
        let head = log.head()?;
        // A witness whose memory is not where this box thought says where it is: then once more.
        for _ in 0..2 {
            let old = *last;
            let proof = log.tree().consistency_proof(old, head.size).ok()?;
            match self.client.add_checkpoint(old, &proof, &head.note).await {
                Ok(WitnessAnswer::Cosigned(lines)) => {
                    *last = head.size;
                    let line = self.own_line(&head.note, &lines);
                    if line.is_none() {
                        tracing::warn!(witness = %self.key.name(), "a witness answers without its cosignature");
                    }
                    return line;
                }
                Ok(WitnessAnswer::Conflict { size }) if size != old => *last = size,
                Ok(WitnessAnswer::Conflict { .. }) => return None,
                Ok(WitnessAnswer::Contradiction) => {
                    tracing::error!(
                        witness = %self.key.name(),
                        "a witness has cosigned another board of this size under this box's key"
                    );
                    return None;
                }
                Err(error) => {
                    tracing::warn!(witness = %self.key.name(), problem = %error, "a witness has not cosigned");
                    return None;
                }
            }
        }
        None
    }

    /// The one line of an answer that is this witness's cosignature of the note.
    fn own_line(&self, note: &str, lines: &str) -> Option<String> {
        lines.lines().map(|line| format!("{line}\n")).find(|line| {
            let whole = format!("{note}{line}");
            let cosigned = Note::parse(whole.as_bytes()).and_then(|note| self.key.cosigned(&note));
            matches!(cosigned, Ok(Some(_)))
        })
    }
}
