//! The keys of a keeper: `keys.json`, in the form of `veche-server`, readable by its owner only.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use veche_board::LogKey;
use veche_crypto::signature::SecretKey;
use veche_keeper::BoxKeys;
use veche_record::tag;
use zeroize::Zeroizing;

use super::KeeperError;
use crate::error::Error;
use crate::{files, random};

/// The version of the file.
const VERSION: u8 = 1;

/// The file as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    veche: u8,
    log: Seed,
    organiser: Seed,
    registrar: Seed,
}

/// The 32 bytes of which a key is made, in base64.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: Zeroizing<String>,
}

impl Seed {
    fn new() -> Result<Self, Error> {
        Ok(Seed { seed: Zeroizing::new(STANDARD.encode(random::randomness()?.as_bytes())) })
    }

    fn bytes(&self) -> Option<Zeroizing<[u8; 32]>> {
        let bytes = Zeroizing::new(STANDARD.decode(self.seed.as_bytes()).ok()?);
        bytes.as_slice().try_into().ok().map(Zeroizing::new)
    }

    fn key(&self, tag: &str) -> Option<SecretKey> {
        SecretKey::from_seed(tag, &*self.bytes()?).ok()
    }
}

impl File {
    fn keys(&self) -> Option<BoxKeys> {
        Some(BoxKeys {
            log: LogKey::from_seed(&*self.log.bytes()?),
            organiser: self.organiser.key(tag::ORGANISER_KEY)?.into(),
            registrar: self.registrar.key(tag::REGISTRAR_KEY)?.into(),
        })
    }
}

/// Makes new keys, and the file that holds them.
pub(super) fn create(path: &Path) -> Result<BoxKeys, Error> {
    let file = File { veche: VERSION, log: Seed::new()?, organiser: Seed::new()?, registrar: Seed::new()? };
    let text = Zeroizing::new(serde_json::to_string_pretty(&file)?);
    files::write_secret(path, text.as_bytes())?;
    Ok(file.keys().ok_or_else(|| KeeperError::Keys(path.to_owned()))?)
}

/// Reads the file, once it is seen that its owner alone can read it.
pub(super) fn read(path: &Path) -> Result<BoxKeys, Error> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let about =
            std::fs::metadata(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        if about.permissions().mode() & 0o077 != 0 {
            return Err(KeeperError::Exposed(path.to_owned()).into());
        }
    }
    let text = Zeroizing::new(files::read(path)?);
    let file: Option<File> = serde_json::from_slice(&text).ok();
    let keys = file.filter(|file| file.veche == VERSION).and_then(|file| file.keys());
    Ok(keys.ok_or_else(|| KeeperError::Keys(path.to_owned()))?)
}
