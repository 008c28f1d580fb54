//! A message that is sent before the vote, to see that codes will come: it carries none, and says so.

use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::counter::{Counter, OpenCounter};
use super::error::PeopleError;
use super::operator::Operator;
use crate::registrar::phone::Phone;
use crate::registrar::sms::outbox::Outbox;
use crate::registrar::sms::{SmsError, SmsGateway, SmsMessage, words};
use crate::store::registrar::DeedKind;

/// Time that a gateway is given.
const PATIENCE: Duration = Duration::from_secs(20);

/// Hands one message that carries no code to a gateway, once. The number is kept nowhere; the journal says that it was
/// done, and how it went.
///
/// # Errors
/// [`PeopleError`]; then no message left.
pub async fn send_test_message(
    counter: &Counter,
    gateway: Arc<dyn SmsGateway>,
    phone: &str,
    by: &Operator,
) -> Result<(), PeopleError> {
    counter
        .work(async |counter| {
            let message = counter.test_message(phone)?;
            let sent = tokio::time::timeout(PATIENCE, gateway.send(&message)).await;
            counter.note_test(Some(sent.unwrap_or(Err(SmsError::TooSlow(PATIENCE)))), by).await
        })
        .await
}

impl OpenCounter {
    /// The same in turn with the codes that leave.
    pub(crate) async fn send_test(
        &self,
        outbox: &Outbox,
        phone: &str,
        by: &Operator,
    ) -> Result<(), PeopleError> {
        let message = self.test_message(phone)?;
        let abroad = self.plan.is_abroad(&message.to);
        self.note_test(outbox.try_once(message, abroad).await, by).await
    }

    /// The message, in the vote's first language.
    fn test_message(&self, phone: &str) -> Result<SmsMessage, PeopleError> {
        let to: Phone = self.plan.read(phone)?;
        let text = Zeroizing::new(words::test(&self.manifest));
        Ok(SmsMessage { to, code: Zeroizing::default(), text })
    }

    /// Notes how it went; nothing where it still waits.
    async fn note_test(&self, sent: Option<Result<(), SmsError>>, by: &Operator) -> Result<(), PeopleError> {
        let (what, outcome) = match sent {
            Some(Ok(())) => (DeedKind::TestSent, Ok(())),
            Some(Err(error)) => (DeedKind::TestFailed, Err(PeopleError::NotSent(error))),
            None => (DeedKind::TestFailed, Err(PeopleError::Waits)),
        };
        self.db.note(&by.deed(self.now(), what)).await?;
        outcome
    }
}
