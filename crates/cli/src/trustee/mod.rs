//! `veche trustee`: what holders of key shares do.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use thiserror::Error;
use veche_record::{ElectionError, EntryError, ManifestError};
use veche_trustee::{DealError, DecryptError};
use zeroize::Zeroizing;

use crate::Outcome;
use crate::error::Error;
use crate::remote::Remote;

mod deal;
mod decrypt;

/// Makes and uses the trustees' shares of the key.
#[derive(Debug, Args)]
pub struct TrusteeArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Deal(deal::DealArgs),
    Decrypt(decrypt::DecryptArgs),
}

/// Where a trustee's message goes.
#[derive(Debug, Args)]
struct PostArgs {
    /// The ballot box to post to, as https://box.example/.
    #[arg(long = "box", value_name = "URL", requires = "token_file")]
    ballot_box: Option<String>,
    /// A file with the organiser's token.
    #[arg(long, value_name = "FILE", requires = "ballot_box")]
    token_file: Option<PathBuf>,
}

/// Why a trustee's command stopped.
#[derive(Debug, Error)]
pub enum TrusteeError {
    /// The manifest.
    #[error("{}: {source}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ManifestError,
    },
    /// The board's first entry is not where it was said to be.
    #[error("{}: there is no board with a first entry here", .path.display())]
    NoGenesis {
        /// What was named.
        path: PathBuf,
    },
    /// The board's first entry is not a Genesis entry.
    #[error("the board's first entry is not a Genesis entry{}", .source.as_ref().map(|source| format!(": {source}")).unwrap_or_default())]
    Genesis {
        /// Why its bytes are no entry, where they aren't.
        source: Option<EntryError>,
    },
    /// Manifest, board and shares don't belong together.
    #[error("{0}; nothing was written")]
    Election(#[from] ElectionError),
    /// No shares were made.
    #[error(transparent)]
    Deal(#[from] DealError),
    /// A file that would be overwritten.
    #[error("{} exists: shares are never overwritten, since a lost share can mean a lost vote", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file that holds no share.
    #[error("{}: {source}", .path.display())]
    Share {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: veche_trustee::ShareError,
    },
    /// There is nothing to decrypt yet.
    #[error("there is nothing to decrypt: voting is not closed, or the sums are not on the board yet")]
    NoTally,
    /// The share does not belong to the record.
    #[error(transparent)]
    Decrypt(#[from] DecryptError),
    /// A token file that is not text.
    #[error("{}: a token is one line of text", .path.display())]
    Token {
        /// The file.
        path: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when it could not do what it was asked to do.
pub fn run(args: &TrusteeArgs) -> Result<Outcome, Error> {
    match &args.command {
        Command::Deal(args) => deal::deal(args).map(Outcome::passed),
        Command::Decrypt(args) => decrypt::decrypt(args),
    }
}

/// The address and the token to post with.
struct Post {
    remote: Remote,
    token: Zeroizing<String>,
}

impl PostArgs {
    fn read(&self) -> Result<Option<Post>, Error> {
        let (Some(url), Some(path)) = (&self.ballot_box, &self.token_file) else { return Ok(None) };
        let bytes = Zeroizing::new(crate::files::read(path)?);
        let token = std::str::from_utf8(&bytes).ok().map(str::trim);
        let token =
            token.filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
        let token = token.ok_or_else(|| TrusteeError::Token { path: path.clone() })?;
        Ok(Some(Post { remote: Remote::new(url)?, token: Zeroizing::new(token.to_owned()) }))
    }
}

impl Post {
    fn send(&self, entry: &[u8]) -> Result<(), Error> {
        self.remote.post("v1/entries", &self.token, entry)?;
        Ok(())
    }
}
