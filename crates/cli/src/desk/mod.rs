//! `veche desk`: the organiser's page, on the organiser's own computer.
//!
//! A web server for this machine alone, which ends when the command does. What the page can do are the commands of
//! `veche`: each answer names the command that does the same.
//!
//! | module | what it is |
//! |---|---|
//! | `folder` | what lies where in the desk's folder |
//! | `vault` | the organiser's key and the passes of ballot boxes, in one file under a passphrase |
//! | `door` | who may ask: one link that opens once, one session, no other site |
//! | `server` | the routes of all pages, and the site's files |
//! | `request` | what a page's handlers take and answer with |
//! | `problem` | what is wrong, as RFC 9457 says it |
//! | `overview` | the state that every page begins with; making, opening and locking the key |
//! | `preview` | the preview and the practice vote |
//! | `ballot_box` | the ballot box that the desk speaks to |
//! | `describe` | the vote described: files handed in, what is wrong with them, questions answered |
//! | `freeze` | the vote frozen, and the folder for whoever runs the ballot box |
//! | `finish` | after the count: a draw, and everything that a town keeps |
//! | `people` | the roll and the help desk, at the registrar |
//! | `trustees` | invitations for trustees, who is waited for, witnesses |
//! | `run` | the day of the vote: how it stands, and the organiser's steps |
//! | `checklist` | what a person looks at before the vote opens |

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use thiserror::Error;
use veche_listener::until_asked_to_stop;

use crate::Outcome;
use crate::error::Error;

mod ballot_box;
mod checklist;
mod describe;
mod door;
mod finish;
mod folder;
mod freeze;
mod overview;
mod people;
mod preview;
mod problem;
mod request;
mod run;
mod server;
mod test_message;
#[cfg(test)]
mod tests;
mod trustees;
mod vault;

use door::Door;
use folder::Folder;
pub(crate) use problem::said;
use trustees::Invitations;
use vault::{Vault, VaultError};

/// Opens the organiser's page on this computer: from a spreadsheet to the result, without other commands.
///
/// The page is for this computer and for you alone: the link that is printed opens once. The organiser's key is made
/// there and lies in the folder under a passphrase. Nothing of the trustees ever does.
#[derive(Debug, Args)]
pub struct DeskArgs {
    /// The folder of one vote: a new one, or one that this command made. Keep it where nobody else reads, and keep a
    /// copy.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The port on this computer. Left out: 8470, or another one where that is taken.
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// A built site to take the page from, as `cargo xtask site` writes it. Left out: the one that is built in.
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// Print the link and open no browser.
    #[arg(long)]
    no_browser: bool,
}

/// Why there is no desk.
#[derive(Debug, Error)]
pub enum DeskError {
    /// The folder holds something else.
    #[error(
        "{path} holds other files and no desk: name a new folder, or one that this command made",
        path = .path.display()
    )]
    OtherFolder {
        /// The folder.
        path: PathBuf,
    },
    /// Another desk has it.
    #[error("another desk has {path} open: close it first", path = .path.display())]
    Taken {
        /// The folder.
        path: PathBuf,
    },
    /// A file of a later version, or one that somebody has changed.
    #[error("{path}: this is no file of a desk, or one of a later version: {source}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// No page to show.
    #[error("{path} has no page: build it with `cargo xtask site --out {path}`", path = .path.display())]
    NoPage {
        /// The folder of --site.
        path: PathBuf,
    },
    /// The address is taken.
    #[error("cannot listen on {address}: {source}; stop what uses it, or leave --port out")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A vote that is not frozen.
    #[error("{0}")]
    NotFrozen(String),
    /// A vote that is opened before everything was looked at.
    #[error(
        "not everything on the list of what to look at before the opening is ticked: {items}. Tick it on the page Run, \
         or say why the vote opens without"
    )]
    Unticked {
        /// What is left, by the names of the list.
        items: String,
    },
    /// A reason that nobody reads to its end.
    #[error("the reason has more than {most} letters")]
    LongReason {
        /// How many it may have.
        most: usize,
    },
    /// The operating system gives no threads.
    #[error("the desk cannot run: {0}")]
    Run(std::io::Error),
    /// The site that is built in.
    #[error(transparent)]
    Site(#[from] veche_site::SiteError),
    /// The key's file.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// The same port each time, so that the browser remembers the language: it keeps it by address.
const PORT: u16 = 8470;

/// One open desk.
pub(crate) struct Desk {
    pub(crate) folder: Folder,
    pub(crate) vault: Vault,
    pub(crate) door: Door,
    /// The site whose page is shown.
    pub(crate) site: PathBuf,
    pub(crate) invitations: Invitations,
}

/// Freezes the vote of a desk's folder, as its page does.
///
/// # Errors
/// [`enum@Error`] when it is not frozen: the name is another one, or there is nothing to freeze yet.
pub fn freeze(
    folder: &std::path::Path,
    name: &str,
    language: veche_desk::Language,
) -> Result<Outcome, Error> {
    let folder = Folder::open(folder)?;
    freeze::freeze_folder(&folder, name, language)
        .map_err(|problem| DeskError::NotFrozen(problem.detail().to_owned()))?;
    let founding = folder.path().join("founding");
    Ok(Outcome::passed(format!("{}: for whoever runs the ballot box\n", founding.display())))
}

/// Looks whether the vote of a desk's folder may be opened, as its page does: everything is ticked there, or a reason
/// says why not, which is kept there.
///
/// # Errors
/// [`enum@Error`] when something is left and there is no reason, or the folder is none of a desk.
pub(crate) fn check_list(folder: &std::path::Path, reason: Option<&str>) -> Result<(), Error> {
    if !folder.join("desk.json").is_file() {
        return Err(DeskError::OtherFolder { path: folder.to_owned() }.into());
    }
    checklist::pass(&Folder::open(folder)?, reason)
}

/// The language that this computer is set to, by the variables that programs of a terminal go by: without a page there
/// is nobody yet who has chosen one.
fn of_this_computer(variable: impl Fn(&str) -> Option<String>) -> veche_desk::Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|set| !set.is_empty());
    let tag = set.as_deref().and_then(|set| set.split(['_', '.', '@']).next());
    tag.and_then(veche_desk::Language::of_tag).unwrap_or_default()
}

/// Runs the command, until it is stopped.
///
/// # Errors
/// [`enum@Error`] when there is no desk.
pub fn run(args: &DeskArgs) -> Result<Outcome, Error> {
    let folder = Folder::open(&args.folder)?;
    let page = server::Page::take(args.site.as_deref()).map_err(|error| {
        crate::site::said::refusal(error, of_this_computer(|name| std::env::var(name).ok()))
    })?;
    let vault = Vault::at(folder.key());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(DeskError::Run)?.block_on(serve(args, folder, vault, page))?;
    Ok(Outcome::passed(String::new()))
}

async fn serve(args: &DeskArgs, folder: Folder, vault: Vault, page: server::Page) -> Result<(), Error> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port.unwrap_or(PORT)));
    let listen = |source| DeskError::Listen { address, source };
    let listener = match tokio::net::TcpListener::bind(address).await {
        Err(_) if args.port.is_none() => tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
        bound => bound,
    };
    let listener = listener.map_err(listen)?;
    let bound = listener.local_addr().map_err(listen)?;
    let door = Door::new(bound)?;
    let link = door.link();
    // Said now and not at the end, because there is none. That nobody reads it is no reason to stop.
    let _ = writeln!(
        std::io::stdout(),
        "The desk of {} is open on this computer. Its page, by a link that opens once:\n\n  {}\n\n\
         Close it here with Ctrl+C. What it has written stays in the folder.",
        args.folder.display(),
        *link,
    );
    if !args.no_browser {
        door::show(&folder, &link)?;
    }
    let desk = Arc::new(Desk {
        folder,
        vault,
        door,
        site: page.folder().to_owned(),
        invitations: Invitations::default(),
    });
    let serving = axum::serve(listener, server::router(Arc::clone(&desk), &page));
    let stopped = serving.with_graceful_shutdown(until_asked_to_stop()).await;
    desk.folder.forget_link();
    Ok(stopped.map_err(DeskError::Run)?)
}
