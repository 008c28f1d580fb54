//! Making a ballot box.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use veche_board::{Origin, OriginError};
use veche_crypto::signature::PublicKey;
use veche_keeper::{Elsewhere, KeyFile, Ledger};
use zeroize::Zeroizing;

use crate::backup::write_tokens;
use crate::folder::{Files, FolderError, read_manifest, tables};
use crate::keys::{self, Keys, KeysError, RegistrarSecret};
use crate::registrar::phone::{NumberingPlan, UnknownCountry};
use crate::store::migrations::Tables;
use crate::store::postgres::DatabaseUrl;
use crate::store::{Database, Place};

/// Why no ballot box was made, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The folder has a ballot box already.
    #[error("{} already holds a ballot box or a registrar: choose another folder; a board is never begun anew under the same keys", .0.display())]
    Exists(PathBuf),
    /// The folder could not be made or written.
    #[error("{}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The name of the log.
    #[error("{name:?} cannot be the board's name: {source}; use something like box.example/2026")]
    Origin {
        /// The name.
        name: String,
        /// What is wrong with it.
        source: OriginError,
    },
    /// Two keys that must differ are one.
    #[error(
        "--organiser-key and --registrar-key are the same key: whoever says who votes must not say when the vote ends"
    )]
    OneKey,
    /// The manifest's country is none.
    #[error(transparent)]
    Country(#[from] UnknownCountry),
    /// What is to be in the folder.
    #[error(transparent)]
    Contents(#[from] FolderError),
}

/// A ballot box that was just made.
#[derive(Debug)]
pub struct NewBallotBox {
    /// The board's name.
    pub origin: Origin,
    /// The key that signs its checkpoints, as witnesses and other C2SP software take it.
    pub log_key: String,
    /// The organiser's public key.
    pub organiser: PublicKey,
    /// The registrar's public key.
    pub registrar: PublicKey,
    /// The file that holds the organiser's token.
    pub organiser_token: PathBuf,
    /// The file that holds the trustees' tokens, one line each.
    pub trustee_tokens: PathBuf,
}

/// Makes a ballot box in a folder: keys but those that are held `elsewhere`, database, the first entry of the board,
/// and the tokens of organiser and trustees in files of their own.
///
/// Without a name the board is called after the manifest's hash. Without a `database` of a PostgreSQL server, it is a
/// file of the folder.
///
/// # Errors
/// [`InitError`].
pub async fn init(
    data: &Path,
    manifest_path: &Path,
    origin: Option<&str>,
    elsewhere: &Elsewhere,
    database: Option<&DatabaseUrl>,
) -> Result<NewBallotBox, InitError> {
    let (bytes, manifest) = read_manifest(manifest_path).map_err(FolderError::from)?;
    NumberingPlan::of(&manifest)?;
    if elsewhere.organiser.is_some() && elsewhere.organiser == elsewhere.registrar {
        return Err(InitError::OneKey);
    }
    let name = origin.map_or_else(
        || format!("veche.invalid/{}", manifest.hash().to_string().get(..16).unwrap_or_default()),
        str::to_owned,
    );
    let origin: Origin = name.parse().map_err(|source| InitError::Origin { name, source })?;
    demand_empty(data)?;
    let failed = |source| InitError::Folder { path: data.into(), source };
    make_private_folder(data).map_err(failed)?;

    let file = KeyFile::new(elsewhere).map_err(|error| FolderError::from(KeysError::from(error)))?;
    let keys = Keys::of(&file).map_err(FolderError::from)?;
    // First: it may be on a server that cannot be reached, and then there is nothing to be cleared away.
    let db = make_database(data, database, tables(&keys)).await?;
    std::fs::write(Files::manifest(data), &bytes).map_err(failed)?;
    let fill = async {
        keys::file::write(&file, &Files::keys(data))?;
        write_tokens(data, &keys, manifest.trustees().count)?;
        Ledger::found(&bytes, origin.clone(), Arc::clone(&keys.board), Arc::new(db.clone())).await?;
        db.close().await;
        Ok::<_, FolderError>(())
    };
    fill.await?;
    Ok(NewBallotBox {
        log_key: keys.log_public().to_vkey(&origin),
        organiser: keys.board.organiser.public(),
        registrar: keys.board.registrar.public(),
        origin,
        organiser_token: Files::organiser_token(data),
        trustee_tokens: Files::trustee_tokens(data),
    })
}

/// Makes a registrar in a folder, apart from any ballot box: its key, and a database of people. Returns the public key,
/// which the ballot box is made with.
///
/// # Errors
/// [`InitError`].
pub async fn init_registrar(
    data: &Path,
    manifest_path: &Path,
    database: Option<&DatabaseUrl>,
) -> Result<PublicKey, InitError> {
    let (bytes, manifest) = read_manifest(manifest_path).map_err(FolderError::from)?;
    NumberingPlan::of(&manifest)?;
    demand_empty(data)?;
    let failed = |source| InitError::Folder { path: data.into(), source };
    make_private_folder(data).map_err(failed)?;
    let fill = async {
        let file = KeyFile::of_registrar(None).map_err(KeysError::from)?;
        let secret = RegistrarSecret::in_file(&file)?;
        make_database(data, database, Tables::People).await?.close().await;
        keys::file::write(&file, &Files::keys(data))?;
        Ok::<_, FolderError>(secret.key.public())
    };
    let key = fill.await?;
    std::fs::write(Files::manifest(data), &bytes).map_err(failed)?;
    Ok(key)
}

/// Makes the tables, and notes where they are. It may be with a password, so only the owner reads it.
async fn make_database(
    data: &Path,
    url: Option<&DatabaseUrl>,
    tables: Tables,
) -> Result<Database, FolderError> {
    let place = url.cloned().map_or_else(|| Place::File(Files::sqlite(data)), Place::Server);
    let db = Database::make(&place, tables).await?;
    if let Some(url) = url {
        let line = Zeroizing::new(format!("{}\n", url.text()));
        keys::file::write_secret(&Files::database_url(data), line.as_bytes())?;
    }
    Ok(db)
}

/// Nothing that is there is ever replaced.
fn demand_empty(data: &Path) -> Result<(), InitError> {
    let files = [Files::keys(data), Files::sqlite(data), Files::database_url(data), Files::manifest(data)];
    if files.iter().any(|file| file.exists()) {
        return Err(InitError::Exists(data.into()));
    }
    Ok(())
}

fn make_private_folder(data: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        // Only for the folder that is made here: one that exists keeps its owner's choice.
        builder.mode(0o700);
    }
    builder.create(data)
}
