//! Witnesses over HTTP: c2sp.org/tlog-witness.

use std::fmt::Write as _;
use std::time::Duration;

use async_trait::async_trait;
use veche_board::{Hash, WitnessKey, Witnesses};
use veche_keeper::{WitnessAnswer, WitnessClient, WitnessClients, WitnessError};
use veche_record::Manifest;

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

/// The witnesses of a manifest, of whom `addresses` gives name and address; nothing where it names none.
pub(crate) fn witness_clients(
    manifest: &Manifest,
    addresses: &[(String, String)],
    patience: Duration,
) -> Result<Option<WitnessClients>, WitnessesError> {
    let known: &[WitnessKey] = manifest.witnesses().map_or(&[], Witnesses::keys);
    let mut clients: Vec<(WitnessKey, Box<dyn WitnessClient>)> = Vec::new();
    for (name, url) in addresses {
        let key = known.iter().find(|key| key.name().as_str() == name);
        let key = key.ok_or_else(|| WitnessesError::Unknown(name.clone()))?;
        if clients.iter().any(|(other, _)| other == key) {
            return Err(WitnessesError::Repeated(name.clone()));
        }
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(WitnessesError::Address { name: name.clone(), url: url.clone() });
        }
        clients.push((key.clone(), Box::new(HttpWitness::new(url, patience))));
    }
    let Some(witnesses) = manifest.witnesses() else { return Ok(None) };
    if clients.len() < witnesses.needed() {
        return Err(WitnessesError::TooFew { needed: witnesses.needed() });
    }
    Ok(Some(WitnessClients::new(witnesses, clients, patience)))
}

/// A witness at an address.
#[derive(Clone)]
pub(crate) struct HttpWitness {
    url: String,
    agent: ureq::Agent,
}

impl HttpWitness {
    pub(crate) fn new(url: &str, patience: Duration) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("veche-server/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        HttpWitness { url: format!("{}/add-checkpoint", url.trim_end_matches('/')), agent }
    }

    fn ask(&self, body: &str) -> Result<WitnessAnswer, WitnessError> {
        let failed = |error: ureq::Error| WitnessError(error.to_string());
        let mut response = self.agent.post(&self.url).send(body).map_err(failed)?;
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let conflict = status == 409 && kind == Some("text/x.tlog.size");
        let text = response.body_mut().with_config().limit(MAX_ANSWER).read_to_string().map_err(failed)?;
        if status == 200 {
            return Ok(WitnessAnswer::Cosigned(text));
        }
        match text.trim_end().parse() {
            Ok(size) if conflict => Ok(WitnessAnswer::Conflict { size }),
            _ if status == 409 => Ok(WitnessAnswer::Contradiction),
            _ => Err(WitnessError(format!("{status}: {}", text.lines().next().unwrap_or_default()))),
        }
    }
}

#[async_trait]
impl WitnessClient for HttpWitness {
    async fn add_checkpoint(
        &self,
        old: u64,
        proof: &[Hash],
        note: &str,
    ) -> Result<WitnessAnswer, WitnessError> {
        let (client, body) = (self.clone(), body(old, proof, note));
        let answer = tokio::task::spawn_blocking(move || client.ask(&body)).await;
        answer.unwrap_or_else(|_| Err(WitnessError("the question ended early".to_owned())))
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
