//! Records and ballot boxes behind a URL: reading a published record, posting a trustee's message.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use thiserror::Error;
use ureq::Agent;
use ureq::http::{StatusCode, Uri};
use veche_verify::source::unlisted;
use veche_verify::{RecordSource, SourceError};

use crate::folder::{CHECKPOINT, MAX_FILE_BYTES, RESULT};

/// No record of more entries is fetched. A city of a million voters who all vote three times stays below it.
pub const MAX_FETCHED_ENTRIES: u64 = 1 << 23;
/// How long one file may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Why a record could not be fetched, or a message not posted.
#[derive(Debug, Error)]
pub enum RemoteError {
    /// Not an address.
    #[error("{url:?} is not an address: it begins with https:// or http://")]
    Address {
        /// What was given.
        url: String,
    },
    /// Nobody answered, or not in time, or with too much.
    #[error("{url}: {source}")]
    Transport {
        /// What was asked for.
        url: String,
        /// What went wrong.
        source: Box<ureq::Error>,
    },
    /// The server refused. The problem document's words, where it sent one.
    #[error("{url}: the server answers {status}{detail}")]
    Refused {
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
        /// Its own words, after a colon.
        detail: String,
    },
    /// There is no record at this address.
    #[error("{url}: there is no record here (no {CHECKPOINT})")]
    NoRecord {
        /// The address.
        url: String,
    },
    /// A checkpoint that states an impossible size.
    #[error("{url}: the checkpoint states no size up to {MAX_FETCHED_ENTRIES}")]
    Size {
        /// The checkpoint's address.
        url: String,
    },
}

/// Whether an argument is meant as an address and not as a folder.
pub fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// Whether whoever is on the way to an address can read along: it is not encrypted, and not of this machine.
pub fn is_unencrypted(address: &str) -> bool {
    if !address.starts_with("http://") {
        return false;
    }
    let uri = address.parse::<Uri>();
    let host = uri.as_ref().ok().and_then(Uri::host).unwrap_or_default();
    let own = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    !own && !host.eq_ignore_ascii_case("localhost")
}

/// What is posted: its type, further headers, its bytes.
#[derive(Debug)]
pub struct Message<'a> {
    /// The media type.
    pub media: &'a str,
    /// Further headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// The bytes.
    pub body: &'a [u8],
}

/// Something behind a URL.
#[derive(Debug, Clone)]
pub struct Remote {
    base: String,
    agent: Agent,
}

impl Remote {
    /// An address, with or without its last slash.
    pub fn new(url: &str) -> Result<Self, RemoteError> {
        if !is_address(url) {
            return Err(RemoteError::Address { url: url.to_owned() });
        }
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            // Problem documents say more than a status does, so answers of every status are read here.
            .http_status_as_error(false)
            .user_agent(concat!("veche/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { base: url.trim_end_matches('/').to_owned(), agent: config.into() })
    }

    /// The address, without its last slash.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// What lies at a path below this address.
    pub fn below(&self, path: &str) -> Self {
        Self { base: self.url(path), agent: self.agent.clone() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// One file; nothing where the server says that there is none.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        let url = self.url(path);
        let transport = |source| RemoteError::Transport { url: url.clone(), source: Box::new(source) };
        let mut response = self.agent.get(&url).call().map_err(transport)?;
        match response.status() {
            StatusCode::OK => response
                .body_mut()
                .with_config()
                .limit(MAX_FILE_BYTES)
                .read_to_vec()
                .map(Some)
                .map_err(transport),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            status => Err(refused(url, status, &mut response)),
        }
    }

    /// A JSON document of a server about itself, whatever the status; null where the answer is none.
    pub fn state(&self, path: &str) -> Result<serde_json::Value, RemoteError> {
        let url = self.url(path);
        let transport = |source| RemoteError::Transport { url: url.clone(), source: Box::new(source) };
        let mut response = self.agent.get(&url).call().map_err(transport)?;
        let body =
            response.body_mut().with_config().limit(MAX_FILE_BYTES).read_to_vec().map_err(transport)?;
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Posts one message under a bearer token; the answer.
    pub fn post(&self, path: &str, token: &str, message: &[u8]) -> Result<Vec<u8>, RemoteError> {
        self.send(path, token, "application/octet-stream", message)
    }

    /// Posts a JSON document under a bearer token; the answer.
    pub fn post_json(
        &self,
        path: &str,
        token: &str,
        document: &serde_json::Value,
    ) -> Result<Vec<u8>, RemoteError> {
        self.send(path, token, "application/json", document.to_string().as_bytes())
    }

    fn send(&self, path: &str, token: &str, media: &str, body: &[u8]) -> Result<Vec<u8>, RemoteError> {
        let url = self.url(path);
        let request = self.agent.post(&url).header("authorization", format!("Bearer {token}"));
        let sent = request.header("content-type", media).send(body);
        answered(url, sent)
    }

    /// What a path under a bearer token answers.
    pub fn ask(&self, path: &str, token: &str) -> Result<Vec<u8>, RemoteError> {
        let url = self.url(path);
        let sent = self.agent.get(&url).header("authorization", format!("Bearer {token}")).call();
        answered(url, sent)
    }

    /// What a path under a bearer token answers, whichever the status: to a message, or without one to a question.
    pub fn exchange(
        &self,
        path: &str,
        token: &str,
        message: Option<Message<'_>>,
        patience: Duration,
    ) -> Result<(u16, Vec<u8>), RemoteError> {
        let url = self.url(path);
        let transport = |source| RemoteError::Transport { url: url.clone(), source: Box::new(source) };
        let bearer = format!("Bearer {token}");
        let sent = match message {
            None => {
                let request = self.agent.get(&url).config().timeout_global(Some(patience)).build();
                request.header("authorization", bearer).call()
            }
            Some(Message { media, headers, body }) => {
                let request = self.agent.post(&url).config().timeout_global(Some(patience)).build();
                let request = request.header("authorization", bearer).header("content-type", media);
                headers
                    .iter()
                    .fold(request, |request, (name, value)| request.header(*name, *value))
                    .send(body)
            }
        };
        let mut response = sent.map_err(transport)?;
        let status = response.status().as_u16();
        let body =
            response.body_mut().with_config().limit(MAX_FILE_BYTES).read_to_vec().map_err(transport)?;
        Ok((status, body))
    }

    /// The record at this address. Its checkpoint is fetched now, and every other file when it is asked for.
    pub fn record(self) -> Result<RemoteRecord, RemoteError> {
        let note = self.get(CHECKPOINT)?.ok_or_else(|| RemoteError::NoRecord { url: self.base.clone() })?;
        let size = stated_size(&note).ok_or_else(|| RemoteError::Size { url: self.url(CHECKPOINT) })?;
        Ok(RemoteRecord { remote: self, note, size, absent: RefCell::default(), problem: RefCell::default() })
    }
}

/// A record behind a URL, read file by file. What is missing stays missing: whether that matters is for the
/// verifier to say. What could not be fetched is not missing: see [`Self::problem`].
#[derive(Debug)]
pub struct RemoteRecord {
    remote: Remote,
    note: Vec<u8>,
    size: u64,
    absent: RefCell<BTreeSet<String>>,
    problem: RefCell<Option<RemoteError>>,
}

impl RemoteRecord {
    /// The address, without its last slash.
    pub fn address(&self) -> &str {
        &self.remote.base
    }

    /// Why a file could not be fetched, the first time that happened.
    pub fn problem(&self) -> Option<RemoteError> {
        self.problem.take()
    }

    fn ask(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        if path == CHECKPOINT {
            return Ok(Some(self.note.clone()));
        }
        match self.remote.get(path) {
            Ok(Some(bytes)) => Ok(Some(bytes)),
            Ok(None) => {
                self.absent.borrow_mut().insert(path.to_owned());
                Ok(None)
            }
            Err(error) => {
                let said = SourceError(error.to_string());
                self.problem.borrow_mut().get_or_insert(error);
                Err(said)
            }
        }
    }
}

impl RecordSource for RemoteRecord {
    /// A server lists nothing: what the checkpoint calls for is taken to be there until it is asked for in
    /// vain.
    fn files(&self) -> Result<Vec<String>, SourceError> {
        let result = self.ask(RESULT)?.is_some();
        Ok(unlisted(self.size, &self.absent.borrow(), result))
    }

    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        self.ask(path)
    }
}

/// The size that a checkpoint states, where anyone would fetch so much.
pub(crate) fn stated_size(note: &[u8]) -> Option<u64> {
    veche_verify::source::stated_size(note).filter(|size| *size <= MAX_FETCHED_ENTRIES)
}

/// The answer of a server that took what it was asked.
fn answered(
    url: String,
    sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Vec<u8>, RemoteError> {
    let transport = |source| RemoteError::Transport { url: url.clone(), source: Box::new(source) };
    let mut response = sent.map_err(transport)?;
    if response.status().is_success() {
        response.body_mut().with_config().limit(MAX_FILE_BYTES).read_to_vec().map_err(transport)
    } else {
        let status = response.status();
        Err(refused(url, status, &mut response))
    }
}

fn refused(url: String, status: StatusCode, response: &mut ureq::http::Response<ureq::Body>) -> RemoteError {
    let body = response.body_mut().with_config().limit(4096).read_to_vec().unwrap_or_default();
    let document = serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default();
    let said = |key: &str| document.get(key).and_then(serde_json::Value::as_str);
    // Whole, for it says what to do; what it could do to a terminal is taken out where it is printed.
    let detail = said("detail").or_else(|| said("title")).map(|text| format!(": {text}")).unwrap_or_default();
    RemoteError::Refused { url, status: status.as_u16(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_unencrypted_where_others_are_on_the_way() {
        for on_the_way in [
            "http://vote.example",
            "http://192.0.2.1:8000/vote",
            "http://127.0.0.1.example/",
            "http://localhost@vote.example/",
            "http://[2001:db8::1]:80/",
        ] {
            assert!(is_unencrypted(on_the_way), "{on_the_way}");
        }
        for not in [
            "https://vote.example",
            "http://localhost:8470/",
            "http://LOCALHOST",
            "http://127.0.0.1:9/record",
            "http://[::1]:80/",
            "vote.example",
        ] {
            assert!(!is_unencrypted(not), "{not}");
        }
    }
}
