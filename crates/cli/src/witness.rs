//! `veche witness`: a witness of boards that others can run.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use thiserror::Error;
use veche_board::{LogPublicKey, Origin};
use veche_listener::until_asked_to_stop;
use veche_witness::{OpenError, StoreError, TooFewDescriptors, Witness};

use crate::Outcome;
use crate::error::Error;

/// Witnesses boards: cosigns their checkpoints, and never two histories of one board.
#[derive(Debug, Args)]
pub struct WitnessArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a witness's key, and prints what the manifest is to name.
    New {
        /// A new folder for the key and for what the witness remembers. Never put an older copy of it back.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// The witness's name: an address without "https://", such as witness.example/town.
        #[arg(long, value_name = "NAME")]
        name: Origin,
    },
    /// Serves a witness over HTTP until it is stopped.
    Serve {
        /// The folder that `veche witness new` made.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// Where to listen. A proxy in front adds https.
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
        listen: SocketAddr,
        /// The key of a board to witness, as `veche-server init` prints it: NAME+ID+KEY.
        #[arg(long, value_name = "KEY", required = true, num_args = 1.., value_parser = parse_log_key)]
        log: Vec<(Origin, LogPublicKey)>,
    },
}

fn parse_log_key(text: &str) -> Result<(Origin, LogPublicKey), String> {
    LogPublicKey::from_vkey(text.trim()).map_err(|error| error.to_string())
}

/// Why there is no witness.
#[derive(Debug, Error)]
pub enum WitnessError {
    /// The folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the witness remembers.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The address is taken, or not of this machine.
    #[error("cannot listen on {address}: {source}; stop what uses it, or choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The operating system lets this process open too few files.
    #[error(transparent)]
    Descriptors(#[from] TooFewDescriptors),
    /// The operating system gives no threads or no signals.
    #[error("the witness cannot run: {0}")]
    Run(std::io::Error),
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`].
pub fn run(args: &WitnessArgs) -> Result<Outcome, Error> {
    match &args.command {
        Command::New { dir, name } => {
            let seed = crate::random::randomness()?;
            let key = veche_witness::create(dir, name, seed.as_bytes()).map_err(WitnessError::from)?;
            Ok(Outcome::passed(format!("{}\n", key.to_vkey())))
        }
        Command::Serve { dir, listen, log } => {
            let witness = Arc::new(Witness::open(dir, log).map_err(WitnessError::from)?);
            veche_witness::raise_descriptors().map_err(WitnessError::from)?;
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
            runtime.map_err(WitnessError::Run)?.block_on(serve(witness, *listen))?;
            Ok(Outcome::passed(String::new()))
        }
    }
}

async fn serve(witness: Arc<Witness>, address: SocketAddr) -> Result<(), WitnessError> {
    let listen = |source| WitnessError::Listen { address, source };
    let listener = tokio::net::TcpListener::bind(address).await.map_err(listen)?;
    let bound = listener.local_addr().map_err(listen)?;
    // Said now and not at the end, because there is none. That nobody reads it is no reason to stop.
    let _ = writeln!(std::io::stdout(), "The witness {} listens on http://{bound}/", witness.key().name());
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let serving = veche_witness::serve(listener, witness, stopping);
    let stop_when_asked = async {
        until_asked_to_stop().await;
        let _ = stop.send(true);
    };
    tokio::join!(serving, stop_when_asked);
    Ok(())
}
