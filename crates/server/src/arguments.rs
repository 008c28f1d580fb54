//! How the values of arguments are read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use veche_server::{Program, SmsGateway, Terminal};

use veche_server::LogLevel;

/// How messages reach phones.
#[derive(Debug, Clone)]
pub(crate) enum Gateway {
    Terminal,
    Program(PathBuf),
}

impl From<Gateway> for Arc<dyn SmsGateway> {
    fn from(gateway: Gateway) -> Self {
        match gateway {
            Gateway::Terminal => Arc::new(Terminal),
            Gateway::Program(path) => Arc::new(Program::new(path)),
        }
    }
}

pub(crate) fn gateway(text: &str) -> Result<Gateway, String> {
    match text.split_once(':') {
        None if text == "terminal" => Ok(Gateway::Terminal),
        Some(("command", path)) if Path::new(path).is_file() => Ok(Gateway::Program(path.into())),
        Some(("command", path)) => Err(format!("there is no program at {path:?}")),
        _ => Err("say `terminal` or `command:PATH`".to_owned()),
    }
}

pub(crate) fn page_host(text: &str) -> Result<String, String> {
    match url::Host::parse(text) {
        Ok(url::Host::Domain(host)) => Ok(host),
        _ => Err("say the host's name alone, as vote.example".to_owned()),
    }
}

pub(crate) fn witness(text: &str) -> Result<(String, String), String> {
    let (name, url) =
        text.split_once('=').ok_or("say NAME=URL, as witness.example/town=https://witness.example/")?;
    Ok((name.to_owned(), url.to_owned()))
}

pub(crate) fn log_level(text: &str) -> Result<String, String> {
    LogLevel::check(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}
