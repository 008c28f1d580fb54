//! What the organiser does about trustees: invitations to print, and who is waited for.

use std::path::PathBuf;

use thiserror::Error;

pub(crate) mod awaited;
pub(crate) mod invitations;
pub(crate) mod names;
pub(crate) mod waiting;

/// Why there are no invitations, or nobody is waited for.
#[derive(Debug, Error)]
pub enum TrusteesError {
    /// A name that is none.
    #[error(
        "--name {given:?}: write the trustee's number, from 1 to {count}, and the name, each number once: --name 2=\"Anna Nowak\""
    )]
    Name {
        /// What was written.
        given: String,
        /// How many trustees there are.
        count: u8,
    },
    /// A list of tokens that is none.
    #[error("{}: this is no list of the trustees' tokens: `veche-server init` wrote it as trustee-tokens, a line each", .path.display())]
    Tokens {
        /// The file.
        path: PathBuf,
    },
    /// A list of tokens of another vote.
    #[error("{}: it has tokens of {found} trustees, and the manifest has {count}", .path.display())]
    OtherTokens {
        /// The file.
        path: PathBuf,
        /// How many it has.
        found: usize,
        /// How many there are.
        count: u8,
    },
    /// A site's address that is none.
    #[error("{0:?} is not the address of the site: it begins with https://")]
    Site(String),
    /// A site whose pages anybody on the way can read.
    #[error(
        "{0:?}: the link has the pass in it, and the page would come unencrypted: the site's address begins with https://"
    )]
    Unencrypted(String),
    /// A date that is none.
    #[error(
        "--by {0:?}: write the day as 2026-05-01, and the hour behind it if it matters: 2026-05-01T18:00"
    )]
    By(String),
    /// The folder has something in it.
    #[error("{} is not empty: invitations are written into a new or an empty folder", .path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// There is no manifest at the address.
    #[error("there is no manifest at {0}: is the ballot box running?")]
    NoManifest(String),
    /// A manifest that is none.
    #[error(transparent)]
    Manifest(#[from] veche_record::ManifestError),
    /// A language without words, and so on.
    #[error(transparent)]
    Papers(#[from] veche_results::ResultsError),
    /// A link that is longer than any picture.
    #[error(transparent)]
    Picture(#[from] veche_voter::QrTooLong),
}
