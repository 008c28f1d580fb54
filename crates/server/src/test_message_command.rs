//! The command that sends a test message.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use veche_server::{Counter, Operator, PeopleError, SmsGateway, send_test_message};
use zeroize::Zeroizing;

use crate::arguments::{Gateway, gateway};
use crate::line_of_input;
use crate::spoken::say;

/// How a test message is sent.
#[derive(Debug, Args)]
pub(crate) struct TestMessage {
    /// The folder of the registrar, or of a ballot box that is its own; its server may be running
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How codes are sent, as `serve` is told: `command:PATH` or `terminal`
    #[arg(long, value_name = "GATEWAY", value_parser = gateway)]
    sms: Gateway,
    /// Who does it, for the journal
    #[arg(long, value_name = "NAME")]
    operator: String,
    /// Why, for the journal; without the number of anybody
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Sends it and says that the gateway has taken it.
pub(crate) async fn test_message(wanted: TestMessage) -> Result<(), String> {
    let TestMessage { data, sms, operator, reason } = wanted;
    let by = Operator::new(&operator, &reason).map_err(|error| error.to_string())?;
    let gateway: Arc<dyn SmsGateway> = sms.into();
    let phone = line_of_input().map(Zeroizing::new)?;
    let counter = Counter { data, ballot_box: None };
    let sent = send_test_message(&counter, gateway, &phone, &by).await;
    sent.map_err(|error: PeopleError| error.to_string())?;
    say(&mut std::io::stdout(), "The gateway has taken the test message. Look whether it comes.");
    Ok(())
}
