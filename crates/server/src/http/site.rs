//! The built site's files, and none that a link in its folder leads to.
//!
//! Whoever may put a file into the site's folder need not be who may read everything that the server can: a symbolic
//! link there would hand out keys or the database.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Once};

use tower_http::services::fs::{Backend, DefaultServeDirFallback, ServeDir, TokioBackend, TokioFile};

/// Opens files of a folder and follows no link in it. The folder itself may be one.
#[derive(Debug, Clone)]
pub(crate) struct SiteFiles {
    root: PathBuf,
    /// It is said once.
    linked: Arc<Once>,
}

impl SiteFiles {
    /// Serves a folder.
    ///
    /// # Errors
    /// When there is no current folder that the path could begin at.
    pub(crate) fn serve(folder: &Path) -> io::Result<ServeDir<DefaultServeDirFallback, SiteFiles>> {
        let root = std::path::absolute(folder)?;
        Ok(ServeDir::with_backend(root.clone(), SiteFiles { root, linked: Arc::new(Once::new()) }))
    }

    /// Whether a file is where its path says.
    async fn is_itself(&self, path: &Path) -> io::Result<()> {
        let below = path.strip_prefix(&self.root).map_err(|_| io::ErrorKind::NotFound)?;
        let expected = tokio::fs::canonicalize(&self.root).await?.join(below);
        if tokio::fs::canonicalize(path).await? == expected {
            return Ok(());
        }
        self.linked.call_once(|| {
            tracing::warn!("{} leads through a symbolic link, so it is not served", path.display());
        });
        Err(io::ErrorKind::NotFound.into())
    }
}

type Waiting<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

impl Backend for SiteFiles {
    type File = TokioFile;
    type Metadata = std::fs::Metadata;
    type OpenFuture = Waiting<TokioFile>;
    type MetadataFuture = Waiting<std::fs::Metadata>;

    fn open(&self, path: PathBuf) -> Self::OpenFuture {
        let files = self.clone();
        Box::pin(async move {
            files.is_itself(&path).await?;
            TokioBackend.open(path).await
        })
    }

    fn metadata(&self, path: PathBuf) -> Self::MetadataFuture {
        let files = self.clone();
        Box::pin(async move {
            files.is_itself(&path).await?;
            TokioBackend.metadata(path).await
        })
    }
}
