//! Why a server does not start.

use std::net::SocketAddr;

use veche_keeper::OpenError;

use crate::ballot_box::publish::error::PublishError;
use crate::ballot_box::seen::SeenError;
use crate::ballot_box::witness::WitnessesError;
use crate::folder::FolderError;
use crate::http::limits::LimitsError;
use crate::http::router::ExtrasError;
use crate::lock::LockError;
use crate::registrar::remote_box::RemoteBoxError;
use crate::registrar::roll::error::RollError;
use crate::store::error::StoreError;

/// Why a server did not start, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A registrar that could send no codes and takes no passes.
    #[error(
        "there is no way for voters to sign in: say --sms command:PATH for the program that sends them codes, or --sms \
         terminal for a demonstration, where whoever reads what the server prints can sign in as anybody; or --pass-key \
         for a portal that signs them in"
    )]
    NoGateway,
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Another process serves it, or nobody can know.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The registrar's half was asked for, and its key is somewhere else.
    #[error(
        "the registrar's key is held elsewhere, so voters cannot sign in here: say `--role box`, and serve the registrar \
         where its key is"
    )]
    RegistrarElsewhere,
    /// What only a registrar does.
    #[error("the registrar is another process, and {0} belongs there: leave it away")]
    RegistrarOnly(&'static str),
    /// What only a ballot box does.
    #[error("{0} is for the ballot box, and this process is the registrar alone: leave it away")]
    BoxOnly(&'static str),
    /// The ballot box that the registrar works with.
    #[error(transparent)]
    RemoteBox(#[from] RemoteBoxError),
    /// The witnesses.
    #[error(transparent)]
    Witnesses(#[from] WitnessesError),
    /// The roll.
    #[error(transparent)]
    Roll(#[from] RollError),
    /// Others have seen more of this board.
    #[error(transparent)]
    Seen(#[from] SeenError),
    /// The place to publish to.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The file of limits.
    #[error(transparent)]
    Limits(#[from] LimitsError),
    /// The site or an origin.
    #[error(transparent)]
    Extras(#[from] ExtrasError),
    /// The address is taken or not of this machine.
    #[error("cannot listen on {address}: {source}; stop what uses it, or choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The same, where what is counted is to be read.
    #[error("cannot listen on {address} for the metrics: {source}; choose another address with --metrics")]
    Metrics {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        StartError::Folder(error.into())
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        StartError::Folder(error.into())
    }
}
