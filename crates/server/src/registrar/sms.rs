//! How a code reaches a phone. A town plugs in its own gateway behind [`SmsGateway`].
//!
//! Messages are sent by one background task: a sign-in is answered before anyone looks at whether
//! the number may vote, so neither the answer nor its time tells.

use std::future::Future;
use std::io::Write;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::registrar::phone::Phone;

/// Time a gateway has for one message.
const PATIENCE: Duration = Duration::from_secs(20);

/// Messages on their way to a gateway at once.
const AT_ONCE: usize = 16;

/// Why a message did not leave.
#[derive(Debug, thiserror::Error)]
pub enum SmsError {
    /// The gateway's program could not be run.
    #[error("the SMS program {0} cannot be run: {1}")]
    Program(PathBuf, std::io::Error),
    /// The gateway's program ran and failed.
    #[error("the SMS program ended with {0}")]
    Ended(std::process::ExitStatus),
    /// The gateway did not answer in time.
    #[error("the SMS gateway did not answer within {} seconds", PATIENCE.as_secs())]
    TooSlow,
    /// Any other gateway's own words, which must not quote the number or the code.
    #[error("the SMS gateway refused: {0}")]
    Refused(String),
}

/// One code on its way to one phone.
pub struct SmsMessage {
    /// Where it goes.
    pub to: Phone,
    /// The six digits.
    pub code: Zeroizing<String>,
}

impl SmsMessage {
    /// The words that are sent.
    pub fn text(&self) -> Zeroizing<String> {
        let code = self.code.as_str();
        Zeroizing::new(format!("Your Veche code is {code}. Give it to nobody: it signs you in to vote."))
    }
}

/// The future of one sending.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SmsError>> + Send + 'a>>;

/// Something that sends text messages.
pub trait SmsGateway: Send + Sync + 'static {
    /// Sends one message. A failure is logged and the voter asks for another code.
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a>;
}

/// The demonstration's gateway: prints to the terminal, the number masked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminal;

impl SmsGateway for Terminal {
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a> {
        Box::pin(async move {
            let (to, code) = (message.to.masked(), message.code.as_str());
            let line = Zeroizing::new(format!("SMS to {to}: your Veche code is {code}\n"));
            // Not `println!`, which panics when nobody reads the terminal any more.
            std::io::stdout().write_all(line.as_bytes()).map_err(|error| SmsError::Refused(error.to_string()))
        })
    }
}

/// A gateway that is a program of the town: it reads `{"to":"+7…","text":"…"}` on its standard
/// input and ends with 0 when the message left. Nothing is passed as an argument, because every
/// user of a machine sees the arguments of every program.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
}

impl Program {
    /// The gateway that runs `path` once for each message.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Program { path: path.into() }
    }
}

impl SmsGateway for Program {
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a> {
        Box::pin(async move {
            let failed = |error| SmsError::Program(self.path.clone(), error);
            let mut child = Command::new(&self.path)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .map_err(failed)?;
            let line = Zeroizing::new(format!(
                "{}\n",
                serde_json::json!({ "to": message.to.as_str(), "text": message.text().as_str() })
            ));
            if let Some(mut input) = child.stdin.take() {
                // A program that does not read its input may still have sent something: what
                // counts is how it ends.
                let _ = input.write_all(line.as_bytes()).await;
            }
            let status = child.wait().await.map_err(failed)?;
            if status.success() { Ok(()) } else { Err(SmsError::Ended(status)) }
        })
    }
}

/// Sends in the background, a few at once, each within [`PATIENCE`].
#[derive(Clone)]
pub(crate) struct Outbox {
    gateway: Arc<dyn SmsGateway>,
    places: Arc<Semaphore>,
}

impl Outbox {
    pub(crate) fn new(gateway: Arc<dyn SmsGateway>) -> Self {
        Outbox { gateway, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Sends one message and logs a failure, without the number and the code.
    pub(crate) async fn send(&self, message: SmsMessage) {
        let Ok(_place) = self.places.acquire().await else { return };
        let sent = tokio::time::timeout(PATIENCE, self.gateway.send(&message)).await;
        if let Err(error) = sent.unwrap_or(Err(SmsError::TooSlow)) {
            tracing::error!(%error, "a code was not sent");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> SmsMessage {
        SmsMessage {
            to: crate::registrar::phone::NumberingPlan::default().read("+74951234542").unwrap(),
            code: Zeroizing::new("012345".to_owned()),
        }
    }

    #[cfg(unix)]
    fn script(folder: &std::path::Path, body: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.join("send");
        std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_gets_the_message_on_its_input_and_nothing_as_an_argument() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let body = format!("cat > {0}; echo \"arguments: $#\" >> {0}", out.display());
        Program::new(script(folder.path(), &body)).send(&message()).await.unwrap();
        assert_eq!(
            std::fs::read_to_string(out).unwrap(),
            "{\"text\":\"Your Veche code is 012345. Give it to nobody: it signs you in to vote.\",\"to\":\"+74951234542\"}\narguments: 0\n"
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_that_fails_is_reported_without_the_number_or_the_code() {
        let folder = tempfile::tempdir().unwrap();
        let error = Program::new(script(folder.path(), "exit 3")).send(&message()).await.unwrap_err();
        assert_eq!(error.to_string(), "the SMS program ended with exit status: 3");
        let missing = Program::new(folder.path().join("none")).send(&message()).await.unwrap_err();
        assert!(matches!(missing, SmsError::Program(..)));
        for error in [error.to_string(), missing.to_string()] {
            assert!(!error.contains("4951234") && !error.contains("012345"), "{error}");
        }
    }
}
