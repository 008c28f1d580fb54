//! The witnesses' cosignatures, which the box asks for as C2SP tlog-witness has it.
//!
//! All witnesses are asked at once, and asking ends as soon as as many have cosigned as the manifest demands, or when
//! the time for it is over. A witness that is still busy with an earlier question is left out. What a witness answers is
//! believed only as far as its signature goes.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use veche_board::note::Note;
use veche_board::{Hash, WitnessKey, Witnesses};
use veche_record::Manifest;

use super::Shared;

/// No answer of a witness is longer.
const MAX_ANSWER: u64 = 64 * 1024;

/// Why the witnesses cannot be asked, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum WitnessesError {
    /// A name that the manifest does not have.
    #[error("--witness {0}: the manifest names no witness of this name")]
    Unknown(String),
    /// A name twice.
    #[error("--witness {0} is given twice")]
    Repeated(String),
    /// Not an address.
    #[error("--witness {name}: {url:?} is not an address beginning with https:// or http://")]
    Address {
        /// The witness.
        name: String,
        /// What was given.
        url: String,
    },
    /// Fewer addresses than cosignatures that are needed.
    #[error(
        "the manifest demands {needed} witnesses: give the addresses of at least so many with --witness NAME=URL"
    )]
    TooFew {
        /// How many are needed.
        needed: usize,
    },
}

/// The witnesses with their addresses.
pub(crate) struct Panel {
    needed: usize,
    seats: Vec<Arc<Seat>>,
    patience: Duration,
}

struct Seat {
    key: WitnessKey,
    url: String,
    agent: ureq::Agent,
    /// The size of the checkpoint that it cosigned last, as far as this box knows. Locked while a question to it is
    /// under way.
    last: Mutex<u64>,
}

/// What a witness says.
enum Answer {
    Lines(String),
    /// It cosigned another size last.
    Elsewhere(u64),
}

impl Panel {
    /// The witnesses of a manifest, of whom `addresses` gives name and address; nothing where it names none.
    pub(crate) fn new(
        manifest: &Manifest,
        addresses: &[(String, String)],
        patience: Duration,
    ) -> Result<Option<Self>, WitnessesError> {
        let known: &[WitnessKey] = manifest.witnesses().map_or(&[], Witnesses::keys);
        let mut seats: Vec<Seat> = Vec::new();
        for (name, url) in addresses {
            let key = known.iter().find(|key| key.name().as_str() == name);
            let key = key.ok_or_else(|| WitnessesError::Unknown(name.clone()))?;
            if seats.iter().any(|seat| seat.key == *key) {
                return Err(WitnessesError::Repeated(name.clone()));
            }
            if !url.starts_with("https://") && !url.starts_with("http://") {
                return Err(WitnessesError::Address { name: name.clone(), url: url.clone() });
            }
            let agent = ureq::Agent::config_builder()
                .timeout_global(Some(patience))
                .http_status_as_error(false)
                .max_redirects(0)
                .user_agent(concat!("veche-server/", env!("CARGO_PKG_VERSION")))
                .build()
                .into();
            let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
            seats.push(Seat { key: key.clone(), url, agent, last: Mutex::new(0) });
        }
        let Some(witnesses) = manifest.witnesses() else { return Ok(None) };
        if seats.len() < witnesses.needed() {
            return Err(WitnessesError::TooFew { needed: witnesses.needed() });
        }
        // In the manifest's order, so that receipts look alike.
        seats.sort_by_key(|seat| known.iter().position(|key| *key == seat.key));
        let seats = seats.into_iter().map(Arc::new).collect();
        Ok(Some(Panel { needed: witnesses.needed(), seats, patience }))
    }

    /// Asks for cosignatures of the newest committed checkpoint. Its size, and the lines of as many witnesses as are
    /// needed; nothing when too few have cosigned in time.
    pub(super) async fn cosign(&self, shared: &Arc<Shared>) -> Option<(u64, String)> {
        let until = Instant::now() + self.patience;
        let (size, note) = {
            let log = shared.log.read().await;
            (log.committed(), log.stored_note().to_owned())
        };
        let mut asked = JoinSet::new();
        for (order, seat) in self.seats.iter().enumerate() {
            let (seat, shared, note) = (Arc::clone(seat), Arc::clone(shared), note.clone());
            asked.spawn(async move { (order, seat.cosign(&shared, size, note).await) });
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
    /// This witness's cosignature line of a note, if it gives one.
    async fn cosign(self: Arc<Self>, shared: &Shared, size: u64, note: String) -> Option<String> {
        let mut last = self.last.try_lock().ok()?;
        // A witness whose memory is not where this box thought says where it is: then once more.
        for _ in 0..2 {
            let old = *last;
            let proof = shared.log.read().await.tree().consistency_proof(old, size).ok()?;
            let (seat, body) = (Arc::clone(&self), body(old, &proof, &note));
            let answer = tokio::task::spawn_blocking(move || seat.ask(&body)).await;
            match answer.unwrap_or_else(|_| Err("the question ended early".to_owned())) {
                Ok(Answer::Lines(lines)) => {
                    *last = size;
                    let line = self.own_line(&note, &lines);
                    if line.is_none() {
                        tracing::warn!(witness = %self.key.name(), "a witness answers without its cosignature");
                    }
                    return line;
                }
                Ok(Answer::Elsewhere(at)) if at != old => *last = at,
                Ok(Answer::Elsewhere(_)) => return None,
                Err(problem) => {
                    tracing::warn!(witness = %self.key.name(), problem, "a witness has not cosigned");
                    return None;
                }
            }
        }
        None
    }

    fn ask(&self, body: &str) -> Result<Answer, String> {
        let failed = |error: ureq::Error| error.to_string();
        let mut response = self.agent.post(&self.url).send(body).map_err(failed)?;
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let size = status == 409 && kind == Some("text/x.tlog.size");
        let text = response.body_mut().with_config().limit(MAX_ANSWER).read_to_string().map_err(failed)?;
        if status == 200 {
            return Ok(Answer::Lines(text));
        }
        match text.trim_end().parse() {
            Ok(at) if size => Ok(Answer::Elsewhere(at)),
            _ => Err(format!("{status}: {}", text.lines().next().unwrap_or_default())),
        }
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

/// The body of C2SP tlog-witness, "add-checkpoint".
fn body(old: u64, proof: &[Hash], note: &str) -> String {
    let mut body = format!("old {old}\n");
    for hash in proof {
        // Writing to a string does not fail.
        let _ = writeln!(body, "{}", hash.to_base64());
    }
    body.push('\n');
    body.push_str(note);
    body
}
