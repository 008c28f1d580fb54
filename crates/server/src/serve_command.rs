//! `veche-server serve`: starting, and reading the configuration again.

use std::sync::Arc;

use veche_listener::{raise_descriptors, until_asked_to_stop};
use veche_server::{ChangingGateway, Log, Server, SmsGateway};

use crate::configuration::Configuration;
use crate::service_manager::tell_that_it_serves;
use crate::spoken::say;

/// Serves until it is told to stop.
pub(crate) async fn serve(configuration: Configuration, log: &Log) -> Result<(), String> {
    raise_descriptors().map_err(|error| error.to_string())?;
    let options = &configuration.serve;
    let gateway = options.gateway().map(ChangingGateway::new).map(Arc::new);
    let mut config = options.clone().config()?;
    config.sms = gateway.clone().map(|gateway| gateway as Arc<dyn SmsGateway>);
    config.lost_lines = Some(log.lost.clone());
    config.limits = configuration.limits.unwrap_or_default();
    let mut hangup = hangup();
    let mut server = Server::start(config).await.map_err(|error| error.to_string())?;
    let mut out = std::io::stdout();
    say(&mut out, &format!("The {} listens on http://{}", server.what(), server.address()));
    if let Some(address) = server.metrics() {
        say(&mut out, &format!("The metrics are at http://{address}/metrics"));
    }
    tell_that_it_serves();
    let mut asked_to_stop = std::pin::pin!(until_asked_to_stop());
    let ended = loop {
        tokio::select! {
            () = &mut asked_to_stop => break None,
            ended = server.ended() => break Some(ended),
            () = next(&mut hangup) => reload(&configuration, &server, gateway.as_deref(), log),
        }
    };
    server.stop().await;
    ended.map_or(Ok(()), |ended| Err(ended.to_string()))
}

/// Reads the configuration file again. One with a mistake changes nothing.
fn reload(running: &Configuration, server: &Server, gateway: Option<&ChangingGateway>, log: &Log) {
    let Some(path) = &running.path else { return };
    let new = match running.again() {
        Ok(new) => new,
        Err(error) => {
            tracing::error!("{error}. Nothing was changed");
            server.configuration_taken(false);
            return;
        }
    };
    let mut later = running.needs_restart(&new);
    match (gateway, new.serve.gateway()) {
        (Some(changing), Some(new)) => changing.set(new),
        (None, None) => {}
        _ => later.push("sms".to_owned()),
    }
    if new.serve.limits.is_none() {
        server.set_limits(new.limits.unwrap_or_default());
    }
    if let Err(error) = log.level.set(new.serve.log_level()) {
        tracing::error!("{error}");
    }
    server.configuration_taken(true);
    tracing::info!("the configuration {} was read again", path.display());
    if !later.is_empty() {
        tracing::warn!("of the configuration, this changes with the next start only: {}", later.join(", "));
    }
}

/// The signal that asks a service to read its files again.
#[cfg(unix)]
type Hangup = Option<tokio::signal::unix::Signal>;
#[cfg(not(unix))]
type Hangup = ();

#[cfg(unix)]
fn hangup() -> Hangup {
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok()
}
#[cfg(not(unix))]
fn hangup() -> Hangup {}

async fn next(_hangup: &mut Hangup) {
    #[cfg(unix)]
    if let Some(signal) = _hangup
        && signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending().await
}
