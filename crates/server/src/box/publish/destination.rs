//! Where a record is published: a folder, or a prefix of a bucket that speaks S3.

use std::path::Path as FilePath;
use std::time::{Duration, SystemTime};

use futures_util::{TryFutureExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, RetryConfig,
    UpdateVersion,
};

use crate::ballot_box::publish::error::PublishError;
use crate::ballot_box::publish::transport::Transport;
use crate::ballot_box::record_files::headers;

/// Time for a request and its repetitions. The next pass tries again.
const PATIENCE: Duration = Duration::from_secs(30);

/// A place for the files of one record, and of nothing else.
pub(crate) struct Destination {
    store: Box<dyn ObjectStore>,
    prefix: Path,
    name: String,
    /// Whether the store keeps headers with a file and can compare before it replaces one.
    is_bucket: bool,
}

/// A file that may change, as it was found.
pub(crate) struct StoredFile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) since: SystemTime,
    version: UpdateVersion,
}

impl Destination {
    /// A folder by its path or as `file:///folder`, or `s3://bucket/prefix`.
    pub(crate) fn open(name: &str) -> Result<Self, PublishError> {
        let wrong = |cause: &dyn std::fmt::Display| PublishError::Destination {
            destination: name.to_owned(),
            cause: cause.to_string(),
        };
        if let Some((scheme, rest)) = name.split_once("://") {
            return match scheme {
                "s3" => bucket(name, rest).map_err(|error| wrong(&error)),
                "file" => {
                    let url = url::Url::parse(name).map_err(|error| wrong(&error))?;
                    let path = url.to_file_path().map_err(|()| wrong(&"not the address of a folder"))?;
                    folder(name, &path).map_err(|error| wrong(&error))
                }
                _ => Err(wrong(&"say a folder, file:///folder or s3://bucket/prefix")),
            };
        }
        folder(name, FilePath::new(name)).map_err(|error| wrong(&error))
    }

    /// As it was named.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The names of all files.
    pub(crate) async fn list(&self) -> Result<Vec<String>, PublishError> {
        let prefix = (!self.prefix.as_ref().is_empty()).then_some(&self.prefix);
        let names = self.store.list(prefix).try_filter_map(async |file| {
            let parts = file.location.prefix_match(&self.prefix);
            Ok(parts.map(|parts| parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/")))
        });
        names.try_collect().map_err(|error| self.failed("", error)).await
    }

    /// A file, if it is there.
    pub(crate) async fn read(&self, file: &str) -> Result<Option<StoredFile>, PublishError> {
        let found = match self.store.get(&self.path(file)).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(|error| self.failed(file, error))?,
        };
        let (since, e_tag) = (found.meta.last_modified.into(), found.meta.e_tag.clone());
        let version = UpdateVersion { e_tag, version: found.meta.version.clone() };
        let bytes = found.bytes().await.map_err(|error| self.failed(file, error))?.to_vec();
        Ok(Some(StoredFile { bytes, since, version }))
    }

    /// Writes a file that never changes, or that only this box writes.
    pub(crate) async fn write(&self, file: &str, bytes: Vec<u8>) -> Result<(), PublishError> {
        self.put(file, bytes, PutMode::Overwrite).await.map_err(|error| self.failed(file, error))
    }

    /// Writes a file only if it still is as it was found. `false` when another publisher was faster. A
    /// folder, and a store that cannot compare, is written all the same.
    pub(crate) async fn replace(
        &self,
        file: &str,
        bytes: &[u8],
        found: Option<StoredFile>,
    ) -> Result<bool, PublishError> {
        let mode = match found {
            _ if !self.is_bucket => PutMode::Overwrite,
            None => PutMode::Create,
            Some(found) => PutMode::Update(found.version),
        };
        match self.put(file, bytes.to_vec(), mode).await {
            Ok(()) => Ok(true),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(false),
            Err(Error::NotImplemented { .. } | Error::NotSupported { .. }) => {
                self.write(file, bytes.to_vec()).await.map(|()| true)
            }
            Err(error) => Err(self.failed(file, error)),
        }
    }

    /// Removes a file, if it is there.
    pub(crate) async fn remove(&self, file: &str) -> Result<(), PublishError> {
        match self.store.delete(&self.path(file)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed(file, error)),
        }
    }

    async fn put(&self, file: &str, bytes: Vec<u8>, mode: PutMode) -> Result<(), Error> {
        let mut attributes = Attributes::new();
        if self.is_bucket {
            let (media_type, cache) = headers(file);
            attributes.insert(Attribute::ContentType, media_type.into());
            attributes.insert(Attribute::CacheControl, cache.into());
        }
        let options = PutOptions { mode, attributes, ..PutOptions::default() };
        self.store.put_opts(&self.path(file), bytes.into(), options).await.map(drop)
    }

    fn path(&self, file: &str) -> Path {
        self.prefix.parts().chain(Path::from(file).parts()).collect()
    }

    fn failed(&self, file: &str, error: Error) -> PublishError {
        PublishError::Store { destination: self.name.clone(), file: file.to_owned(), source: Box::new(error) }
    }
}

fn bucket(name: &str, rest: &str) -> Result<Destination, Error> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let retry = RetryConfig { max_retries: 2, retry_timeout: PATIENCE, ..RetryConfig::default() };
    let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry);
    let store = store.with_http_connector(Transport).build()?;
    let store = Box::new(store);
    Ok(Destination { store, prefix: Path::parse(prefix)?, name: name.to_owned(), is_bucket: true })
}

fn folder(name: &str, path: &FilePath) -> Result<Destination, Box<dyn std::error::Error>> {
    std::fs::create_dir_all(path)?;
    sweep(path)?;
    // What has its name is never written again, so it must be whole also after a power cut.
    let store = LocalFileSystem::new_with_prefix(path)?.with_fsync(true).with_automatic_cleanup(true);
    Ok(Destination {
        store: Box::new(store),
        prefix: Path::default(),
        name: name.to_owned(),
        is_bucket: false,
    })
}

/// Removes what a publisher that was killed had begun to write: `name#1`, beside the file it was to become.
fn sweep(folder: &FilePath) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let begun = name.to_str().and_then(|name| name.rsplit_once('#'));
        if entry.file_type()?.is_dir() {
            sweep(&entry.path())?;
        } else if begun.is_some_and(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit())) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn attack_23_of_two_publishers_who_found_the_same_checkpoint_one_replaces_it() {
        let prefix = Path::from("2026");
        let destination =
            Destination { store: Box::new(InMemory::new()), prefix, name: "memory".into(), is_bucket: true };
        let found = async || destination.read("checkpoint").await.unwrap();
        assert!(found().await.is_none());
        assert!(destination.replace("checkpoint", b"1", None).await.unwrap());
        assert!(
            !destination.replace("checkpoint", b"2", None).await.unwrap(),
            "somebody has begun meanwhile"
        );
        let (one, two) = (found().await, found().await);
        assert!(destination.replace("checkpoint", b"3", one).await.unwrap());
        assert!(!destination.replace("checkpoint", b"2", two).await.unwrap(), "it is not what was found");
        assert_eq!(found().await.unwrap().bytes, b"3");
        assert_eq!(destination.list().await.unwrap(), ["checkpoint"]);
        destination.remove("checkpoint").await.unwrap();
        destination.remove("checkpoint").await.unwrap();
        assert!(found().await.is_none());
    }
}
