//! A server says that it is there, and has its share of every limit: all that use one database have each limit once
//! together. What they count stays with each, for addresses are stored nowhere.

use std::time::Duration;

use tokio::sync::watch;

use crate::folder::FolderError;
use crate::http::limits::CurrentLimits;
use crate::keys::randomness;
use crate::server::error::StartError;
use crate::store::error::StoreError;
use crate::store::{Database, ServerId};

/// Time between two words. Whoever has said nothing for five seconds is not counted any more.
const BEAT: Duration = Duration::from_secs(1);

/// A server among those that share a database.
pub(super) struct Presence {
    id: ServerId,
    db: Database,
    limits: CurrentLimits,
}

impl Presence {
    /// Takes a share before anybody is served.
    pub(super) async fn begin(db: &Database, limits: &CurrentLimits) -> Result<Self, StartError> {
        let drawn = randomness().map_err(|dead| FolderError::Keys(dead.into()))?;
        let id = *drawn.as_bytes();
        let presence = Presence { id, db: db.clone(), limits: limits.clone() };
        presence.say().await?;
        Ok(presence)
    }

    async fn say(&self) -> Result<(), StoreError> {
        let servers = self.db.present(&self.id).await?;
        if self.limits.share(servers) {
            tracing::info!(servers, "this many servers share the database and the limits");
        }
        Ok(())
    }

    /// Says it again and again until the server stops.
    pub(super) async fn keep(self, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(BEAT) => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
            if let Err(error) = self.say().await {
                tracing::warn!(%error, "the database could not be asked how many servers share it");
            }
        }
        // The others have its share a few seconds later anyway.
        let _ = self.db.gone(&self.id).await;
    }
}
