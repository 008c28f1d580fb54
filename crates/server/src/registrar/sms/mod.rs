//! How a code reaches a phone. A town plugs in its own gateway behind [`SmsGateway`].
//!
//! Messages are sent in the background: a sign-in is answered before anyone looks at whether the number may vote, so
//! neither the answer nor its time tells.

use std::future::Future;
use std::io::Write;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::registrar::phone::Phone;

mod budget;
pub(crate) mod changing;
pub(crate) mod outbox;
pub(crate) mod program;
mod queue;
pub(crate) mod words;

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
    #[error("the SMS gateway did not answer within {} seconds", .0.as_secs())]
    TooSlow(Duration),
    /// This number can get no messages; the gateway is well.
    #[error("the SMS gateway takes no messages to this number")]
    Number,
    /// Any other gateway's own words, which must not quote the number or the code.
    #[error("the SMS gateway refused: {0}")]
    Refused(String),
}

/// One code on its way to one phone; or a test, which carries none.
pub struct SmsMessage {
    /// Where it goes.
    pub to: Phone,
    /// The digits of the code; empty in a test.
    pub code: Zeroizing<String>,
    /// The words that are sent, with the code in them if there is one.
    pub text: Zeroizing<String>,
}

/// The future of one sending.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SmsError>> + Send + 'a>>;

/// Something that sends text messages.
pub trait SmsGateway: Send + Sync + 'static {
    /// Sends one message. After a failure it is tried again for as long as the code is good.
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a>;
}

/// The demonstration's gateway: prints to the terminal, the number masked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminal;

impl SmsGateway for Terminal {
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a> {
        Box::pin(async move {
            let (to, code) = (message.to.masked(), message.code.as_str());
            let line = Zeroizing::new(match code {
                "" => format!("SMS to {to}: {}\n", *message.text),
                code => format!("SMS to {to}: your Veche code is {code}\n"),
            });
            // Not `println!`, which panics when nobody reads the terminal any more.
            std::io::stdout().write_all(line.as_bytes()).map_err(|error| SmsError::Refused(error.to_string()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registrar::phone::NumberingPlan;

    pub(super) fn message() -> SmsMessage {
        SmsMessage {
            to: NumberingPlan::default().read("+74951234542").unwrap(),
            code: Zeroizing::new("012345".to_owned()),
            text: Zeroizing::new("012345 signs you in".to_owned()),
        }
    }
}
