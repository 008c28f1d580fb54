//! `veche mirror`: a copy of a published record that anyone can keep, serve and verify.
//!
//! The log's key in the first entry says whose checkpoint to believe; the checkpoint's root says which tiles are
//! right, from the top down; a tile says which entries are. So every file is judged alone, in any order, whether it
//! was fetched now or lay in the folder before. A wrong one never gets into the copy.

use std::path::{Path, PathBuf};

use clap::Args;
use veche_crypto::hash::digest;

use crate::Outcome;
use crate::error::Error;
use crate::folder::Folder;
use crate::progress::Progress;
use crate::remote::Remote;
use crate::report::counted;
use crate::resume::cache_folder;

mod contradiction;
mod copy;
mod served;
mod store;
mod tree;

pub use contradiction::{Contradiction, How, Seen};
pub use copy::Copied;
pub use served::Served;

/// Copies a published record into a folder, or brings an earlier copy up to date.
///
/// What the folder has and what is right is kept; every file is checked against the signed checkpoint, and nothing
/// wrong is written. Interrupted, the same command goes on where it stopped.
///
/// Exit code 0: the folder is the whole record; 1: the board contradicts the copy that is there, or what is served is
/// not what its checkpoint signs; 2: the network or the disk failed, which says nothing about the record.
#[derive(Debug, Args)]
pub struct MirrorArgs {
    #[arg(value_name = "URL", help = "The record's address, such as https://town.example/record/")]
    address: String,
    /// A new folder, or an earlier copy of the same record.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Why there is no copy.
#[derive(Debug)]
pub enum NoCopy {
    /// The network, the disk, or a folder that is none of ours: nothing is said about the record.
    Stopped(Error),
    /// What is served is not what its own checkpoint signs: which file, and what is wrong with it.
    NotSigned(String),
    /// Another board than the one that was copied before.
    Contradiction(Box<Contradiction>),
}

impl<E: Into<Error>> From<E> for NoCopy {
    fn from(error: E) -> Self {
        Self::Stopped(error.into())
    }
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`] when the network or the disk fails.
pub fn run(args: &MirrorArgs) -> Result<Outcome, Error> {
    let copied = Served::find(Remote::new(&args.address)?)
        .and_then(|served| copy::copy(&served, &args.folder).map(|copied| (served, copied)));
    match copied {
        Ok((served, copied)) => Ok(Outcome::passed(format!(
            "{} of {} in {}: {} fetched, {} kept.\nLog key: {}\nThis is a copy, not a check: veche verify {}\n",
            counted(copied.size, "entry", "entries"),
            served.origin(),
            args.folder.display(),
            counted(copied.fetched, "file", "files"),
            copied.kept,
            served.log_key(),
            args.folder.display(),
        ))),
        Err(NoCopy::Stopped(error)) => Err(error),
        Err(NoCopy::NotSigned(what)) => Ok(Outcome::failed(format!(
            "What is served at {} is not the record that its checkpoint signs: {what}.\n\
             Nothing wrong was written. veche verify {} says which checks fail.\n",
            args.address.trim_end_matches('/'),
            args.address,
        ))),
        Err(NoCopy::Contradiction(found)) => Ok(Outcome::failed(found.text())),
    }
}

/// Makes or renews the copy of a published record that checking it needs: in `folder`, or in the user's cache folder,
/// where every log has a copy of its own. Says in one line where it is.
///
/// # Errors
/// [`NoCopy`].
pub fn keep(address: &str, folder: Option<&Path>) -> Result<Folder, NoCopy> {
    let served = Served::find(Remote::new(address)?)?;
    let folder = match folder {
        Some(folder) => folder.to_owned(),
        None => {
            let cache = cache_folder().ok_or(Error::NoCacheFolder)?;
            let name =
                digest("mirror", &[served.address().as_bytes(), served.log_key().as_bytes()]).to_string();
            cache.join("veche").join(format!("mirror-{}", name.get(..32).unwrap_or(&name)))
        }
    };
    let copied = copy::copy(&served, &folder)?;
    let said = format!(
        "The record is copied to {} ({}).",
        folder.display(),
        counted(copied.size, "entry", "entries")
    );
    Progress::start("Mirroring", 0).say(&said);
    Ok(Folder::open(&folder)?)
}
