//! `veche-server`: the reference ballot box, as a program.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use veche_crypto::signature::PublicKey;
use veche_record::entry::RevocationReason;
use veche_server::{
    DatabaseUrl, Elsewhere, KeyName, Limits, Listed, Log, LogForm, NewBallotBox, Restored, Restoring, Whom,
};
use veche_verify::sample::{Dice, Strength};

mod arguments;
mod configuration;
mod copies_command;
mod desk_pass_command;
mod people_command;
mod people_words;
mod serve_command;
mod serve_options;
mod service_manager;
mod spoken;
mod test_message_command;

use configuration::{Configuration, ConfigurationError};
use desk_pass_command::DeskPassCommand;
use people_command::{HelpCommand, RollCommand};
use serve_options::{Half, Serve};
use spoken::{ask, ask_until_right, check_words, say, show_words};
use test_message_command::{TestMessage, test_message};

/// Many threads allocate and free small things of every ballot: the system's allocator keeps a third more memory for
/// them, and musl's, of the packages, is one lock for all.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The ballot box of a Veche election. It never sees a choice.
#[derive(Debug, Parser)]
#[command(version, about, disable_help_subcommand = true)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a ballot box: keys, database, the first entry of the board; or a registrar
    Init(Box<Init>),
    /// Show the words of the box's keys, to be written down: their only backup on paper
    Words {
        /// The folder of the ballot box, which may be running
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Which key; without it, all that are here, and with --check the organiser's
        #[arg(long, value_enum)]
        key: Option<Key>,
        /// Ask for the words instead, and say whether they are right. The vote opens only after the organiser's were
        #[arg(long)]
        check: bool,
    },
    /// Copy the folder of a ballot box or a registrar, while people vote. Whoever has the copy has the keys
    Backup {
        /// The folder, whose server may be running
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The folder to make; it must not exist
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Bring the entries back that an older database misses, from a published copy of the record
    Rebuild {
        /// The folder, which nobody may serve meanwhile
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// A folder that --publish or `veche mirror` keeps, or s3://BUCKET/PREFIX with the usual AWS_* variables
        #[arg(long, value_name = "PLACE")]
        record: String,
    },
    /// Put a backup into a new folder; or, without --from, bring the keys of a folder that has manifest.json and its
    /// database back from their words
    Restore {
        /// The folder; with --from it must not exist
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// What `veche-server backup` made
        #[arg(long, value_name = "DIR", conflicts_with_all = ["organiser_elsewhere", "registrar_elsewhere", "registrar_only"])]
        from: Option<PathBuf>,
        /// The organiser's key is held elsewhere: its words are not asked for
        #[arg(long)]
        organiser_elsewhere: bool,
        /// The registrar's key is held elsewhere: its words are not asked for
        #[arg(long)]
        registrar_elsewhere: bool,
        /// The folder is the registrar's: only its words are asked for
        #[arg(long, conflicts_with_all = ["organiser_elsewhere", "registrar_elsewhere"])]
        registrar_only: bool,
    },
    /// Run a ballot box, its registrar, or both
    Serve(Box<Serve>),
    /// Bring a published copy of the record up to date, once
    Publish {
        /// The folder of the ballot box, which may be running
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// A folder, file:///FOLDER, or s3://BUCKET/PREFIX with the usual AWS_* variables
        #[arg(long, value_name = "PLACE")]
        to: String,
    },
    /// Write the public record into a folder: the same as `publish`
    Export {
        /// The folder of the ballot box, which may be running
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Strike a voter off the board: no ballot of theirs counts, and nothing of theirs follows. It cannot be undone
    Strike {
        /// The folder of the ballot box, which may be running, or of the registrar
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The voter's name on the board; without it, a phone number is read from standard input, so that it stays in
        /// no history of commands
        #[arg(long, value_name = "PSEUDONYM")]
        pseudonym: Option<String>,
        /// What is read is not a phone number but the subject of a portal's passes
        #[arg(long, conflicts_with = "pseudonym")]
        subject: bool,
        /// Why; everybody can read it
        #[arg(long, value_enum)]
        reason: Reason,
        /// The folder is the registrar's: where the ballot box answers
        #[arg(long = "box", value_name = "URL", requires = "election")]
        ballot_box: Option<String>,
        /// The folder is the registrar's: the election's fingerprint
        #[arg(long, value_name = "FINGERPRINT", requires = "ballot_box")]
        election: Option<String>,
    },
    /// Change who may vote while the server runs, or check a roll before. Every change has a name and a reason
    Roll {
        #[command(subcommand)]
        command: RollCommand,
    },
    /// Help somebody who cannot vote: find out why, begin the count of messages anew, give a code on paper
    Help {
        #[command(subcommand)]
        command: HelpCommand,
    },
    /// Send one message that carries no code, to see that codes will come. The number is read from standard input
    TestMessage(TestMessage),
    /// Give somebody a pass for doing the same from another computer, over HTTP; list and revoke such passes
    DeskPass {
        #[command(subcommand)]
        command: DeskPassCommand,
    },
    /// Print what was done by hand: when, what, by whom and why. It names nobody whom it was done to
    Journal {
        /// The folder of the registrar, or of a ballot box that is its own; its server may be running
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Enter how many papers of a district were counted by hand; the last number holds
    Papers {
        /// The folder of the ballot box, which may be running
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The district: the identifier of a style of the manifest
        #[arg(long, value_name = "ID")]
        style: String,
        /// How many papers
        #[arg(long, value_name = "N")]
        count: u32,
    },
    /// List the people behind a draw of voters, for an auditor who asks them whether they took part
    Audit {
        /// The folder of the ballot box, which may be running
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The throws of a die in their order, at least twenty, thrown in public once the closing was witnessed
        #[arg(long, value_name = "THROWS")]
        dice: Dice,
        /// How many voters are asked
        #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
        sample: u32,
        /// The roll, where the numbers are: the database has hashes only
        #[arg(long, value_name = "FILE")]
        roll: Option<PathBuf>,
        /// The new file for the list; only its owner can read it
        #[arg(long, value_name = "FILE")]
        list: PathBuf,
    },
    /// Print a configuration file for `serve`, with every key and what it means
    Configuration,
    /// Let a running server read its configuration file and the file of its limits again
    Reload {
        /// The folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The configuration file, if it is not DIR/veche.toml
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Print the limits of what anyone may ask for, as a file for `serve --limits`, with the values that hold without
    /// one
    Limits,
    /// Print the OpenAPI document of the interface
    Openapi,
}

impl Command {
    /// What a server is started with, where one is.
    fn configuration(&self) -> Result<Option<Configuration>, ConfigurationError> {
        let Command::Serve(serve) = self else { return Ok(None) };
        // What was typed goes through the same reading as what is in the file.
        let typed = std::env::args_os().skip_while(|argument| argument != "serve").skip(1).collect();
        Configuration::of(serve, typed).map(Some)
    }
}

/// How a ballot box is made, or a registrar.
#[derive(Debug, clap::Args)]
struct Init {
    /// What to make: a ballot box that is its own registrar, one without, or the registrar of one without. Make the
    /// registrar first: the ballot box is made with its public key
    #[arg(long, value_enum)]
    role: Option<Half>,
    /// The folder to make it in
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The election's manifest
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// The board's name, such as box.example/2026; without one it is made of the manifest's hash
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
    /// The public key of an organiser who holds the key elsewhere; without it the box makes the key and holds it
    #[arg(long, value_name = "HEX", value_parser = veche_server::parse_public_key)]
    organiser_key: Option<PublicKey>,
    /// The public key of a registrar who holds the key elsewhere; without it the box makes the key and holds it
    #[arg(long, value_name = "HEX", value_parser = veche_server::parse_public_key)]
    registrar_key: Option<PublicKey>,
    /// A PostgreSQL database that has nothing yet, such as postgres:///veche?host=/run/postgresql; without it the
    /// database is a file of the folder. The folder remembers it, password and all, for its owner alone
    #[arg(long, value_name = "URL")]
    database: Option<DatabaseUrl>,
}

/// A key of the box.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Key {
    /// Signs checkpoints
    Log,
    /// Signs how the vote goes
    Organiser,
    /// Signs who votes
    Registrar,
}

impl From<Key> for KeyName {
    fn from(key: Key) -> Self {
        match key {
            Key::Log => KeyName::Log,
            Key::Organiser => KeyName::Organiser,
            Key::Registrar => KeyName::Registrar,
        }
    }
}

/// Why a voter is struck off.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Reason {
    /// The voter has voted on paper
    VotedOnPaper,
    /// The voter may not vote
    NotEntitled,
}

impl From<Reason> for RevocationReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::VotedOnPaper => RevocationReason::VotedOnPaper,
            Reason::NotEntitled => RevocationReason::NotEntitled,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let configured = options.command.configuration();
    let form = match &configured {
        Ok(Some(configuration)) => configuration.serve.log_form(),
        _ => LogForm::Text,
    };
    let log = Log::to_standard_error(form);
    let ended = match configured {
        Ok(Some(configuration)) => serve_command::serve(configuration, &log).await,
        Ok(None) => run(options.command).await,
        Err(error) => Err(error.to_string()),
    };
    let code = if ended.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    log.end(ended.err().map(|sentence| format!("veche-server: {sentence}")));
    code
}

async fn run(command: Command) -> Result<(), String> {
    let mut out = std::io::stdout();
    match command {
        Command::Init(init) => initialise(*init).await?,
        Command::Words { data, key, check: false } => {
            let names = key.map_or_else(|| ALL_KEYS.to_vec(), |key| vec![key.into()]);
            for name in names {
                show_words(&data, name)?;
            }
        }
        Command::Words { data, key, check: true } => {
            let name = key.map_or(KeyName::Organiser, KeyName::from);
            check_words(&data, name)?;
        }
        Command::Backup { data, out } => copies_command::backup(&data, &out).await?,
        Command::Rebuild { data, record } => copies_command::rebuild(&data, &record).await?,
        Command::Restore { data, from: Some(backup), .. } => copies_command::restore(&backup, &data)?,
        Command::Restore { data, registrar_only: true, .. } => {
            veche_server::restore_registrar(&data, &*ask(KeyName::Registrar)?)
                .map_err(|error| error.to_string())?;
            say(
                &mut out,
                &format!(
                    "The key is back. Whether it is the one that the election names is seen when the registrar starts.\n\
                     Next: veche-server serve --role registrar --data {} --box URL --election FINGERPRINT",
                    data.display()
                ),
            );
        }
        Command::Restore { data, from: None, organiser_elsewhere, registrar_elsewhere, .. } => {
            let restoring = Restoring::begin(&data).await.map_err(|error| error.to_string())?;
            let ask = |name| ask_until_right(name, &restoring);
            let seeds = Restored {
                log: ask(KeyName::Log)?,
                organiser: (!organiser_elsewhere).then(|| ask(KeyName::Organiser)).transpose()?,
                registrar: (!registrar_elsewhere).then(|| ask(KeyName::Registrar)).transpose()?,
            };
            restoring.finish(&seeds).map_err(|error| error.to_string())?;
            say(
                &mut out,
                &format!(
                    "The keys are back, and are those of this board. The tokens of organiser and trustees are as before.\n\
                     Go on only with the newest database there is, and never run two boxes on copies of one folder.\n\
                     Next: veche-server serve --data {}",
                    data.display()
                ),
            );
        }
        // Begun where its configuration is read.
        Command::Serve(_) => {}
        Command::Export { data, out: folder } => {
            publish(&data, &folder.to_string_lossy()).await?;
        }
        Command::Publish { data, to } => publish(&data, &to).await?,
        Command::Strike { data, pseudonym, subject, reason, ballot_box, election } => {
            let read = if pseudonym.is_none() { line_of_input()? } else { String::new() };
            let person = if subject { Whom::Subject(&read) } else { Whom::Phone(&read) };
            let whom = pseudonym.as_deref().map_or(person, Whom::Pseudonym);
            let struck = match ballot_box.as_deref().zip(election.as_deref()) {
                Some(at) => veche_server::strike_at(&data, at, whom, reason.into()).await,
                None => veche_server::strike(&data, whom, reason.into()).await,
            };
            let index = struck.map_err(|error| error.to_string())?;
            say(&mut out, &format!("The voter is struck off the board: entry {index}."));
        }
        Command::Roll { command } => people_command::roll(command).await?,
        Command::Help { command } => people_command::help(command).await?,
        Command::TestMessage(wanted) => test_message(wanted).await?,
        Command::DeskPass { command } => desk_pass_command::desk_pass(command).await?,
        Command::Journal { data } => people_command::journal(data).await?,
        Command::Papers { data, style, count } => {
            let index =
                veche_server::count_papers(&data, &style, count).await.map_err(|error| error.to_string())?;
            say(&mut out, &format!("{count} papers of {style} are on the board: entry {index}."));
        }
        Command::Audit { data, dice, sample, roll, list } => {
            let listed = veche_server::list_sample(&data, &dice, sample, roll.as_deref(), &list)
                .await
                .map_err(|error| error.to_string())?;
            say(&mut out, &listed_words(&listed, &list));
        }
        Command::Configuration => say(&mut out, &configuration::printed()),
        Command::Reload { data, config } => say(&mut out, &configuration::reload(&data, config)?),
        Command::Limits => say(&mut out, Limits::FILE.trim_end()),
        Command::Openapi => say(&mut out, veche_server::openapi().trim_end()),
    }
    Ok(())
}

/// What is said of a list of people: numbers of them, and never who they are.
fn listed_words(listed: &Listed, list: &Path) -> String {
    let asked = listed.sample.drawn.len() as u64;
    let mut words = format!(
        "{asked} of {} voters whose ballots count and who voted themselves are listed in {}: {} with a phone number, {} with a number that the roll does not have, {} who never signed in here.\nAsk each: did you take part? Whoever cannot be asked, does not answer or says no is a failure. Delete the list when you are done.",
        listed.sample.counted,
        list.display(),
        listed.numbers,
        listed.not_on_roll,
        listed.never_signed_in,
    );
    for failed in [0, 1, 2, 5, 10].into_iter().filter(|failed| *failed <= asked) {
        words.push_str(&format!("\n{}", Strength { counted: listed.sample.counted, asked, failed }));
    }
    words
}

const ALL_KEYS: [KeyName; 3] = [KeyName::Log, KeyName::Organiser, KeyName::Registrar];

/// Makes a ballot box, with or without registrar, or the registrar of one without.
async fn initialise(init: Init) -> Result<(), String> {
    let Init { role, data, manifest, origin, organiser_key, registrar_key, database } = init;
    let database = database.as_ref();
    let of_the_box = origin.is_some() || organiser_key.is_some() || registrar_key.is_some();
    match (role, registrar_key) {
        (Some(Half::Registrar), _) if of_the_box => {
            return Err(
                "--origin, --organiser-key and --registrar-key are for making the ballot box".to_owned()
            );
        }
        (Some(Half::Registrar), _) => {
            let key = veche_server::init_registrar(&data, &manifest, database)
                .await
                .map_err(|error| error.to_string())?;
            made_a_registrar(&data, &key);
            return Ok(());
        }
        (Some(Half::Box), None) => {
            return Err("a ballot box without registrar is made with the registrar's public key: make the registrar \
                        with `veche-server init --role registrar`, and give the key that it shows as --registrar-key"
                .to_owned());
        }
        (Some(Half::All), Some(_)) => {
            return Err(
                "with --registrar-key the ballot box is not its own registrar: say --role box".to_owned()
            );
        }
        _ => {}
    }
    let elsewhere = Elsewhere { organiser: organiser_key, registrar: registrar_key };
    let made = veche_server::init(&data, &manifest, origin.as_deref(), &elsewhere, database).await;
    made_a_box(&data, &made.map_err(|error| error.to_string())?, &elsewhere)
}

/// Says what was made and what comes next.
fn made_a_box(data: &Path, made: &NewBallotBox, elsewhere: &Elsewhere) -> Result<(), String> {
    let held = |key: &PublicKey, elsewhere: bool| {
        let place = if elsewhere { "held elsewhere" } else { "made and held here" };
        format!("{}  ({place})", hex::encode(key.to_bytes()))
    };
    let mut text = format!(
        "The ballot box {origin} is made in {data}.\n\
         Log key, for witnesses: {log}\n\
         Organiser's public key: {organiser}\n\
         Registrar's public key: {registrar}\n\
         The organiser's token is in {token}: move it to the organiser's machine.\n\
         The trustees' tokens are in {tokens}: give each trustee the line with their number.\n",
        origin = made.origin,
        data = data.display(),
        log = made.log_key,
        organiser = held(&made.organiser, elsewhere.organiser.is_some()),
        registrar = held(&made.registrar, elsewhere.registrar.is_some()),
        token = made.organiser_token.display(),
        tokens = made.trustee_tokens.display(),
    );
    let mut next = vec![format!(
        "veche-server words --data {}          shows the words of all keys that are here: write them down",
        data.display()
    )];
    if elsewhere.organiser.is_none() {
        next.push(format!(
            "veche-server words --data {} --check  asks for the organiser's: the vote does not open before",
            data.display()
        ));
    }
    next.push(format!("veche-server serve --data {}", data.display()));
    text.push_str("Next:\n  ");
    text.push_str(&next.join("\n  "));
    let mut out = std::io::stdout();
    say(&mut out, &text);
    if elsewhere.organiser.is_none() && out.is_terminal() {
        show_words(data, KeyName::Organiser)?;
    }
    Ok(())
}

/// Says what was made and what comes next.
fn made_a_registrar(data: &Path, key: &PublicKey) {
    let (data, key) = (data.display(), hex::encode(key.to_bytes()));
    say(
        &mut std::io::stdout(),
        &format!(
            "The registrar is made in {data}.\n\
             Its public key: {key}\n\
             Next:\n  \
             veche-server words --data {data} --key registrar   shows its words: write them down\n  \
             veche-server init --role box --registrar-key {key} --data BOX --manifest FILE   on the machine of the ballot \
             box, with the same manifest\n\
             and once the trustees have made the keys\n  \
             veche-server serve --role registrar --data {data} --box URL --election FINGERPRINT"
        ),
    );
}

async fn publish(data: &Path, to: &str) -> Result<(), String> {
    let size = veche_server::publish(data, to).await.map_err(|error| error.to_string())?;
    say(&mut std::io::stdout(), &format!("The record of {size} entries is in {to}"));
    Ok(())
}

/// The line that is typed or piped in.
fn line_of_input() -> Result<String, String> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|error| format!("standard input cannot be read: {error}"))?;
    Ok(line.trim().to_owned())
}
