//! A ballot box on another machine, asked over HTTP.
//!
//! The box is believed as little as can be. What a credential says, its style and its number above all, counts only
//! with this registrar's own signature under it, for the one election that the operator has named. A box that holds
//! back or invents can so keep a voter from voting, which a box always can; it cannot have anything signed that another
//! board would take, nor move a voter to another district.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::watch;
use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;
use veche_record::entry::{Issued, Pseudonym};
use veche_record::manifest::Timestamp;
use veche_record::{Card, Entry, Manifest};

use crate::handover::{CredentialDesk, KeyStanding, KnownVoter, VoterOnBoard};
use crate::http::body::from_hex;
use crate::http::problem::{Kind, Problem};

/// Time for one answer of the box: a voter is waiting, and a box that waits for its witnesses needs some of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// No answer that is read here is longer.
const MAX_ANSWER: u64 = 256 * 1024;
/// Time after which a voter may try again.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// Time between two looks whether the box answers.
const PAUSE: Duration = Duration::from_secs(10);

/// Why a registrar cannot work with a ballot box, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RemoteBoxError {
    /// Not an address.
    #[error("--box {0:?} is not an address beginning with https:// or http://")]
    Address(String),
    /// Not a fingerprint.
    #[error(
        "--election {0:?} is not a fingerprint: it is 64 digits 0-9 and a-f, which every trustee saw when confirming"
    )]
    Fingerprint(String),
    /// The box has another election.
    #[error("{url} has the election {found}, and --election says {expected}: nothing is signed for it")]
    OtherElection {
        /// The box.
        url: String,
        /// The fingerprint of its election.
        found: Digest,
        /// The one that was named.
        expected: Digest,
    },
    /// The election's manifest is not the folder's.
    #[error(
        "the election {0} was made of another manifest than this folder holds: make the registrar anew, with the manifest of the ballot box"
    )]
    OtherManifest(Digest),
    /// The election names another registrar.
    #[error(
        "the election's registrar has the key {theirs}, and the key in this folder is {own}: the ballot box was made with another --registrar-key"
    )]
    OtherRegistrar {
        /// The key that the election names.
        theirs: String,
        /// The folder's.
        own: String,
    },
}

/// The ballot box of one election, somewhere else.
#[derive(Debug)]
pub(crate) struct RemoteBox {
    asking: Asking,
    election: Digest,
    /// The registrar's own public key.
    own: PublicKey,
    /// Whether the last question was answered as it must be.
    answers: AtomicBool,
}

/// How it is asked.
#[derive(Debug, Clone)]
struct Asking {
    url: String,
    agent: ureq::Agent,
}

/// An answer that is one.
struct Answered {
    status: u16,
    body: Vec<u8>,
}

/// What the box answers of a voter.
#[derive(Deserialize)]
struct VoterState {
    fingerprint: Option<String>,
    voter: Option<LastKey>,
}

#[derive(Deserialize)]
struct LastKey {
    state: String,
    index: u64,
    credential: String,
    sequence: u32,
    previous: String,
}

impl RemoteBox {
    /// The box at an address, for the election of a fingerprint. Nothing is asked yet.
    pub(crate) fn new(url: &str, election: &str, own: PublicKey) -> Result<Self, RemoteBoxError> {
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(RemoteBoxError::Address(url.to_owned()));
        }
        let digest = from_hex(election).map(Digest::from_bytes);
        let election = digest.ok_or_else(|| RemoteBoxError::Fingerprint(election.to_owned()))?;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("veche-server/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        let asking = Asking { url: url.trim_end_matches('/').to_owned(), agent };
        Ok(RemoteBox { asking, election, own, answers: AtomicBool::new(true) })
    }

    /// Whether the last question was answered as it must be.
    pub(crate) fn answers(&self) -> bool {
        self.answers.load(Ordering::Relaxed)
    }

    /// Looks whether the box has the election, and whether the election has this registrar. A box that does not answer
    /// may be one that is being restarted: that is no error here.
    pub(crate) async fn compare(&self, manifest: &Manifest) -> Result<(), RemoteBoxError> {
        let asked = self.ask("v1/card", None).await;
        let card = asked.ok().filter(|answer| answer.status == 200);
        let Some(card) = card.and_then(|answer| Card::parse(&answer.body).ok()) else {
            tracing::warn!(
                ballot_box = self.asking.url,
                "the ballot box gives no card of its election at the moment; voters are told to try again until it does"
            );
            return Ok(());
        };
        let (found, expected) = (card.fingerprint(&manifest.hash()), self.election);
        if found != expected {
            let said = self.state_of(&NOBODY).await.ok().and_then(|state| state.fingerprint);
            return Err(if said.is_some_and(|said| said == expected.to_string()) {
                RemoteBoxError::OtherManifest(expected)
            } else {
                RemoteBoxError::OtherElection { url: self.asking.url.clone(), found, expected }
            });
        }
        if card.registrar != self.own {
            let hex = |key: &PublicKey| hex::encode(key.to_bytes());
            let (theirs, own) = (hex(&card.registrar), hex(&self.own));
            return Err(RemoteBoxError::OtherRegistrar { theirs, own });
        }
        Ok(())
    }

    async fn ask(&self, path: &str, body: Option<Vec<u8>>) -> Result<Answered, Problem> {
        let (asking, path) = (self.asking.clone(), path.to_owned());
        let answer = tokio::task::spawn_blocking(move || asking.ask(&path, body.as_deref())).await;
        let answer = answer.map_err(|error| Problem::fault(&error))?;
        answer.map_err(|error| {
            if self.note(false) {
                tracing::warn!(%error, ballot_box = self.asking.url, "the ballot box cannot be reached");
            }
            Problem::new(
                Kind::BoxUnreachable,
                "The ballot box cannot be reached at the moment. Nothing is lost; try again in a few seconds.",
            )
            .retry_after(TRY_AGAIN)
        })
    }

    /// Notes whether the box answers, and says whether it did before.
    fn note(&self, answers: bool) -> bool {
        let before = self.answers.swap(answers, Ordering::Relaxed);
        if answers && !before {
            tracing::info!(ballot_box = self.asking.url, "the ballot box answers again");
        }
        before
    }

    /// An answer that this registrar cannot go on with. Nobody is told why but the operator.
    fn wrong(&self, cause: &str) -> Problem {
        self.note(false);
        tracing::error!(cause, ballot_box = self.asking.url, "an answer of the ballot box is refused");
        Problem::new(
            Kind::BoxWrong,
            "The ballot box does not answer as the one of this election must, so nothing was signed for it. Tell the \
             people who run this vote.",
        )
    }

    /// What the box says of a voter, for this election.
    async fn state_of(&self, pseudonym: &Pseudonym) -> Result<VoterState, Problem> {
        let answer = self.ask(&format!("v1/voters/{pseudonym}"), None).await?;
        if answer.status != 200 {
            return Err(self.refused(&answer));
        }
        let state: Option<VoterState> = serde_json::from_slice(&answer.body).ok();
        state.ok_or_else(|| self.wrong("what it says of a voter cannot be read"))
    }

    /// A credential that the box shows: only what this registrar has signed counts.
    fn known(&self, pseudonym: &Pseudonym, last: &LastKey) -> Option<KnownVoter> {
        let Ok(Entry::Credential(entry)) = Entry::parse(&STANDARD.decode(&last.credential).ok()?) else {
            return None;
        };
        entry.verify_signature(&self.own, &self.election).ok()?;
        if entry.pseudonym != *pseudonym {
            return None;
        }
        Some(KnownVoter {
            style: entry.style,
            number: entry.number.checked_add(1)?,
            key: entry.key,
            standing: match last.state.as_str() {
                "active" => KeyStanding::Active,
                "revoked" => KeyStanding::Replaced,
                "struck-off" => KeyStanding::StruckOff,
                _ => return None,
            },
            index: last.index,
            sequence: last.sequence,
            previous: from_hex(&last.previous).map(Digest::from_bytes)?,
        })
    }

    /// What the box refuses: in its words where a voter can do something with them.
    fn refused(&self, answer: &Answered) -> Problem {
        const RELAYED: [Kind; 9] = [
            Kind::NotOpen,
            Kind::OutOfOrder,
            Kind::StyleFull,
            Kind::KeyTaken,
            Kind::KeyRefused,
            Kind::TooManyRequests,
            Kind::Busy,
            Kind::NotWitnessed,
            Kind::ServerFault,
        ];
        let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind =
            RELAYED.into_iter().find(|kind| text("type").strip_prefix("urn:veche:") == Some(kind.name()));
        let Some(kind) = kind else {
            return self.wrong(&format!("status {}: {}", answer.status, text("detail")));
        };
        let problem = Problem::new(kind, text("detail"));
        match document.get("retry_after").and_then(Value::as_u64) {
            Some(seconds) => problem.retry_after(Duration::from_secs(seconds)),
            None => problem,
        }
    }
}

/// A pseudonym of nobody, to ask about.
const NOBODY: Pseudonym = Pseudonym([0; 16]);

#[async_trait]
impl CredentialDesk for RemoteBox {
    async fn ready(&self) -> Result<Option<Digest>, Problem> {
        self.voter(&NOBODY).await.map(|on_board| on_board.fingerprint)
    }

    async fn is_over(&self, now: i64) -> Result<bool, Problem> {
        let answer = self.ask("v1/election", None).await?;
        if answer.status != 200 {
            return Err(self.refused(&answer));
        }
        let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let said = text("phase").zip(text("closes").and_then(Timestamp::parse));
        let (phase, closes) = said.ok_or_else(|| self.wrong("it does not say how far the vote is"))?;
        let closes = i64::try_from(closes.unix()).unwrap_or(i64::MAX);
        Ok(now >= closes || !matches!(phase, "setup" | "open"))
    }

    async fn voter(&self, pseudonym: &Pseudonym) -> Result<VoterOnBoard, Problem> {
        let state = self.state_of(pseudonym).await?;
        if state.fingerprint.as_deref() != Some(&self.election.to_string()) {
            return Err(self.wrong("it has not the election of --election: another one, or none yet"));
        }
        let voter = match &state.voter {
            None => None,
            Some(last) => {
                let known = self.known(pseudonym, last);
                Some(known.ok_or_else(|| {
                    self.wrong("it shows a credential that this registrar has not signed for this voter")
                })?)
            }
        };
        self.note(true);
        Ok(VoterOnBoard { fingerprint: Some(self.election), voter })
    }

    async fn holder(&self, key: &PublicKey) -> Result<Option<Pseudonym>, Problem> {
        let answer = self.ask(&format!("v1/credentials/{}", hex::encode(key.to_bytes())), None).await?;
        let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
        match (answer.status, text("type")) {
            (200, _) => {
                let holder = Pseudonym::from_hex(text("pseudonym"));
                holder.map(Some).ok_or_else(|| self.wrong("what it says of a key cannot be read"))
            }
            (404, "urn:veche:credential-unknown") => Ok(None),
            _ => Err(self.refused(&answer)),
        }
    }

    async fn put(&self, signed: Vec<Entry>) -> Result<u64, Problem> {
        let body = signed.iter().flat_map(Entry::to_bytes).collect();
        let answer = self.ask("v1/credentials", Some(body)).await?;
        if answer.status != 201 {
            return Err(self.refused(&answer));
        }
        let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let index = document.get("index").and_then(Value::as_u64);
        index.ok_or_else(|| self.wrong("it does not say where it has put what was signed"))
    }
}

impl Asking {
    fn ask(&self, path: &str, body: Option<&[u8]>) -> Result<Answered, ureq::Error> {
        let url = format!("{}/{path}", self.url);
        let mut response = match body {
            None => self.agent.get(&url).call()?,
            Some(body) => {
                self.agent.post(&url).header("content-type", "application/octet-stream").send(body)?
            }
        };
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec()?;
        Ok(Answered { status, body })
    }
}

/// Looks now and then whether the box answers, so that the operator hears of it before voters do.
pub(crate) async fn watch_box(remote: Arc<RemoteBox>, mut stop: watch::Receiver<bool>) {
    loop {
        // What is wrong is in the log.
        let _ = remote.ready().await;
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
