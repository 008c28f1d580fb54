//! Why a command could not do what it was asked to do: exit code 2, one line on stderr.

use std::io;
use std::path::PathBuf;

use thiserror::Error;
use veche_crypto::randomness::DeadRandomSource;

use crate::describe::DescribeError;
use crate::desk::DeskError;
use crate::election::ElectionError;
use crate::folder::FolderError;
use crate::import::ImportError;
use crate::remote::RemoteError;
use crate::results::ResultsError;
use crate::simulate::SimulateError;
use crate::trustee::TrusteeError;

/// Every way in which a command can end without an answer.
#[derive(Debug, Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("{}: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{}: {source}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// There is nowhere to keep a copy.
    #[error("there is no cache folder (no HOME) to keep a copy of the record in: name one with --mirror")]
    NoCacheFolder,
    /// A record's folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A spreadsheet that cannot be read.
    #[error(transparent)]
    Describe(#[from] DescribeError),
    /// The organiser's desk.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// A Pabulib file, or what was made of it.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A record or a ballot box behind a URL.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// A simulation.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
    /// A manifest that was not copied.
    #[error(transparent)]
    Copy(#[from] crate::manifest::CopyError),
    /// A practice vote that was not made.
    #[error(transparent)]
    Practice(#[from] crate::preview::practice::PracticeError),
    /// A site that was not written.
    #[error(transparent)]
    Site(#[from] crate::site::SiteCommandError),
    /// A preview that was not written.
    #[error(transparent)]
    Preview(#[from] crate::preview::PreviewError),
    /// A result that is not there, or not one.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// A turnout that cannot be read.
    #[error(transparent)]
    Turnout(#[from] crate::turnout::TurnoutError),
    /// An archive that cannot be made.
    #[error(transparent)]
    Archive(#[from] crate::archive::ArchiveError),
    /// A step of the organiser.
    #[error(transparent)]
    Election(#[from] ElectionError),
    /// Invitations for trustees, and who is waited for.
    #[error(transparent)]
    Trustees(#[from] crate::election::trustees::TrusteesError),
    /// A receipt that is none.
    #[error(transparent)]
    Receipt(#[from] crate::receipt::ReceiptCommandError),
    /// A draw of voters.
    #[error(transparent)]
    AuditSample(#[from] crate::audit_sample::AuditSampleError),
    /// A witness's command.
    #[error(transparent)]
    Witness(#[from] crate::witness::WitnessError),
    /// A keeper's command.
    #[error(transparent)]
    Keeper(#[from] crate::keeper::KeeperError),
    /// Rows that cannot be collected.
    #[error(transparent)]
    Collect(#[from] crate::keeper::collect::CollectError),
    /// Ballots that cannot be verified.
    #[error(transparent)]
    VerifyBallot(#[from] crate::verify_ballot::VerifyBallotError),
    /// A trustee's command.
    #[error(transparent)]
    Trustee(#[from] TrusteeError),
    /// Any of these in another language, for whoever asked for it.
    #[error("{sentence}")]
    Said {
        /// What to print.
        sentence: String,
        /// What it is.
        source: Box<Error>,
    },
    /// Output that cannot be written as JSON: the fault of this program.
    #[error("the output cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The platform gives no randomness: nothing secret can be made.
    #[error(transparent)]
    DeadRandomSource(#[from] DeadRandomSource),
}
