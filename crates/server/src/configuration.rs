//! The configuration file of `veche-server serve`: TOML, with a key for every option of the command line, of the same
//! name, and the table `[limits]`. What the command line says goes before.
//!
//! The keys are read off the options themselves, so that neither can know something that the other does not.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Args, Command, FromArgMatches};
use serde::Deserialize;
use toml::Spanned;
use veche_server::{CONFIGURATION, Limits};

use crate::serve_options::Serve;

/// The table with the limits.
const LIMITS: &str = "limits";

/// Options that a file cannot give.
const COMMAND_LINE_ONLY: [(&str, &str); 3] = [
    ("data", "the folder is named on the command line"),
    ("config", "the file is named on the command line"),
    ("clock-checked", "it is for one start, and said on the command line"),
];

/// What can be changed while the server runs.
const CHANGEABLE: [&str; 3] = ["sms", "log-level", LIMITS];

/// Why a configuration is refused. It is refused whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigurationError {
    #[error("the configuration {} cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error(
        "the configuration {}, line {line}: {reason}. `veche-server configuration` prints a file with every key",
        path.display()
    )]
    Written { path: PathBuf, line: usize, reason: String },
    #[error("{0}")]
    Options(String),
    #[error(
        "the limits are in {} and in the file of --limits: say them in one place",
        .0.display()
    )]
    LimitsTwice(PathBuf),
}

/// What a file says: for each key the options that it stands for.
type Given = BTreeMap<String, Vec<String>>;

/// The options of a start: those of the file first, then those of the command line.
#[derive(Debug)]
pub(crate) struct Configuration {
    pub(crate) serve: Serve,
    /// The limits, if the file has some.
    pub(crate) limits: Option<Limits>,
    /// The file, where there is one.
    pub(crate) path: Option<PathBuf>,
    /// The options of the command line.
    typed: Vec<OsString>,
    given: Given,
}

impl Configuration {
    /// Reads the options that were typed after `serve`, and the file that they name or that is in the folder.
    pub(crate) fn of(first: &Serve, typed: Vec<OsString>) -> Result<Self, ConfigurationError> {
        let path = first
            .config
            .clone()
            .or_else(|| Some(first.data.join(CONFIGURATION)).filter(|path| path.is_file()));
        Self::read(path, typed)
    }

    /// Reads the same again.
    pub(crate) fn again(&self) -> Result<Self, ConfigurationError> {
        Self::read(self.path.clone(), self.typed.clone())
    }

    fn read(path: Option<PathBuf>, typed: Vec<OsString>) -> Result<Self, ConfigurationError> {
        let (given, limits) = match &path {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| ConfigurationError::Read { path: path.clone(), source })?;
                parse(path, &text)?
            }
            None => (Given::new(), None),
        };
        let options = given.values().flatten().map(OsString::from).chain(typed.iter().cloned());
        let matches = command().try_get_matches_from(options);
        let serve = matches.and_then(|matches| Serve::from_arg_matches(&matches));
        let serve = serve.map_err(|error| ConfigurationError::Options(sentence(&error)))?;
        match &path {
            Some(path) if limits.is_some() && serve.limits.is_some() => {
                Err(ConfigurationError::LimitsTwice(path.clone()))
            }
            _ => Ok(Configuration { serve, limits, path, typed, given }),
        }
    }

    /// The keys that another reading of the file has changed and that only a new start takes.
    pub(crate) fn needs_restart(&self, new: &Configuration) -> Vec<String> {
        let keys = self.given.keys().chain(new.given.keys());
        let mut changed: Vec<String> = keys
            .filter(|key| !CHANGEABLE.contains(&key.as_str()) && self.given.get(*key) != new.given.get(*key))
            .cloned()
            .collect();
        changed.sort();
        changed.dedup();
        changed
    }
}

/// The options as clap knows them.
fn command() -> Command {
    Serve::augment_args(Command::new("veche-server serve")).no_binary_name(true).args_override_self(true)
}

fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    first.trim_start_matches("error: ").replace('\n', " ").trim().to_owned()
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}

fn parse(path: &Path, text: &str) -> Result<(Given, Option<Limits>), ConfigurationError> {
    let wrong = |at: usize, reason: String| ConfigurationError::Written {
        path: path.to_owned(),
        line: line_of(text, at),
        reason,
    };
    let table: BTreeMap<Spanned<String>, Spanned<toml::Value>> = toml::from_str(text)
        .map_err(|error| wrong(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
    let command = command();
    let (mut given, mut limits) = (Given::new(), None);
    for (key, value) in table {
        let (at, name) = (key.span().start, key.into_inner());
        if name == LIMITS && value.get_ref().is_table() {
            limits = Some(read_limits(path, text)?);
            continue;
        }
        if let Some((_, why)) = COMMAND_LINE_ONLY.iter().find(|(only, _)| *only == name) {
            return Err(wrong(at, format!("`{name}` cannot be said in a file: {why}")));
        }
        let known = command.get_arguments().find(|arg| arg.get_long() == Some(name.as_str()));
        let known = known.ok_or_else(|| wrong(at, format!("there is no key `{name}`")))?;
        let options = options(known, &name, value.get_ref()).map_err(|reason| wrong(at, reason))?;
        // What is wrong with a value is said with its line; what is missing beside it is seen when all is there.
        let alone = ["--data", "."].into_iter().map(str::to_owned).chain(options.iter().cloned());
        if let Err(error) = command.clone().try_get_matches_from(alone)
            && error.kind() != ErrorKind::MissingRequiredArgument
        {
            return Err(wrong(at, sentence(&error)));
        }
        given.insert(name, options);
    }
    Ok((given, limits))
}

/// What a value of the file is on the command line.
fn options(arg: &Arg, name: &str, value: &toml::Value) -> Result<Vec<String>, String> {
    let option = |value: &toml::Value| match value {
        toml::Value::String(text) => Ok(format!("--{name}={text}")),
        toml::Value::Integer(number) => Ok(format!("--{name}={number}")),
        _ => Err(format!("`{name}` is a text or a whole number")),
    };
    match (arg.get_action(), value) {
        (ArgAction::SetTrue, toml::Value::Boolean(true)) => Ok(vec![format!("--{name}")]),
        (ArgAction::SetTrue, toml::Value::Boolean(false)) => Ok(Vec::new()),
        (ArgAction::SetTrue, _) => Err(format!("`{name}` is true or false")),
        (ArgAction::Append, toml::Value::Array(values)) => values.iter().map(option).collect(),
        (_, value) => Ok(vec![option(value)?]),
    }
}

/// The table of limits, whose mistakes have their line, too.
fn read_limits(path: &Path, text: &str) -> Result<Limits, ConfigurationError> {
    /// The rest is looked at elsewhere.
    #[derive(Deserialize)]
    struct Only {
        limits: Limits,
    }
    let only: Only = toml::from_str(text).map_err(|error| ConfigurationError::Written {
        path: path.to_owned(),
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        reason: error.message().to_owned(),
    })?;
    only.limits.check(path).map_err(|error| ConfigurationError::Options(error.to_string()))
}

/// Looks at the file of a running server, and asks the server to read it. Returns what is to be said.
pub(crate) fn reload(data: &Path, config: Option<PathBuf>) -> Result<String, String> {
    let path = config.unwrap_or_else(|| data.join(CONFIGURATION));
    if path.is_file() {
        let text = std::fs::read_to_string(&path)
            .map_err(|source| ConfigurationError::Read { path: path.clone(), source });
        let text = text.map_err(|error| error.to_string())?;
        parse(&path, &text).map_err(|error| format!("{error}. The server was not asked"))?;
    }
    let process = veche_server::ask_to_reload(data).map_err(|error| error.to_string())?;
    Ok(format!(
        "The server, process {process}, reads its files again. Its log says what has changed, and what changes with \
         the next start only."
    ))
}

/// A file with every key, what it means, and nothing said.
pub(crate) fn printed() -> String {
    let mut text = String::from(
        "# The configuration of veche-server. As veche.toml in the folder of the data it is read by `veche-server serve`\n\
         # without being named, elsewhere with --config FILE. Every key is an option of the command line, which goes before.\n\
         # After a change: `veche-server reload --data DIR`, or the signal SIGHUP.\n",
    );
    let command = command();
    let arguments = command.get_arguments().filter_map(|arg| Some((arg, arg.get_long()?)));
    let keys = arguments.filter(|(_, name)| {
        !COMMAND_LINE_ONLY.iter().any(|(only, _)| only == name) && !["help", LIMITS].contains(name)
    });
    for (arg, name) in keys {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let value = arg.get_value_names().and_then(|names| names.first()).map_or("…", |name| name.as_str());
        let value = match arg.get_action() {
            ArgAction::SetTrue => "true".to_owned(),
            ArgAction::Append => format!("[\"{value}\"]"),
            _ => format!("\"{value}\""),
        };
        let changes = if CHANGEABLE.contains(&name) { " (can be changed while the server runs)" } else { "" };
        text.push_str(&format!("\n# {help}{changes}\n#{name} = {value}\n"));
    }
    text.push_str(
        "\n# How much anyone may ask for, as `veche-server limits` prints it (can be changed while the server runs)\n#[limits]\n",
    );
    text.trim_end().to_owned()
}
