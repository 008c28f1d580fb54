//! Publishing once, whether the ballot box runs or not.

use std::path::Path;

use veche_keeper::{LogView, OpenError};
use veche_record::Manifest;

use crate::ballot_box::publish::destination::Destination;
use crate::ballot_box::publish::error::PublishError;
use crate::ballot_box::publish::publisher::{KEEP_PARTIAL, Publisher, Source};
use crate::folder::{Files, place};
use crate::store::Database;
use crate::store::migrations::Tables;

/// Publishes the record of a ballot box, running or not, to a folder or to `s3://bucket/prefix`: what is
/// missing there is written. Holds no secret. Returns the size of the board.
///
/// # Errors
/// [`PublishError`].
pub async fn publish(data: &Path, to: &str) -> Result<u64, PublishError> {
    let manifest = std::fs::read(Files::manifest(data)).map_err(PublishError::Manifest)?;
    let db = Database::open(&place(data)?, Tables::Board).await?;
    let genesis = veche_keeper::genesis(&db).await?;
    let parsed = Manifest::parse(&manifest).map_err(OpenError::from)?;
    if parsed.hash() != genesis.manifest {
        return Err(OpenError::OtherManifest.into());
    }
    let log = LogView::read(genesis.origin.clone(), parsed.witnesses().is_some(), &db).await?;
    let destination = Destination::open(to)?;
    let source = Source { manifest: &manifest, store: &db, key: genesis.log_key, origin: genesis.origin };
    let size = Publisher::new(source, &destination, KEEP_PARTIAL).pass(&log).await?;
    db.close().await;
    Ok(size)
}
