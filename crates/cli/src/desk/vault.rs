//! The organiser's key and the passes of ballot boxes: one file in age's format under a passphrase, so that it can be
//! opened without this program, too (`age --decrypt organiser-key.age`). Open, they are in memory alone.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use age::secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::election::signer::{Seed, Signer, derive, hexadecimal};
use crate::error::Error;
use crate::random;

/// Characters that a passphrase has at least.
pub(crate) const SHORTEST: usize = 12;
/// No longer file is read: a key and a few passes.
const LONGEST: u64 = 1 << 16;

/// Why the key is not there.
#[derive(Debug, Error)]
pub enum VaultError {
    /// Too short a passphrase.
    #[error(
        "a passphrase has at least {SHORTEST} characters: four words that do not belong together are good ones"
    )]
    Short,
    /// There is a key.
    #[error("the folder has a key already")]
    Made,
    /// There is none.
    #[error("the folder has no key yet")]
    None,
    /// It is not open.
    #[error("the key is locked: open it with its passphrase")]
    Locked,
    /// The passphrase, or the file.
    #[error("this is not the passphrase of the key, or its file is damaged")]
    Wrong,
    /// It cannot be encrypted.
    #[error("the key cannot be encrypted: {0}")]
    Encrypt(String),
}

/// What is in the file. Nothing of it is ever printed.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Secrets {
    /// The seed of the organiser's key, in hexadecimal.
    organiser: String,
    /// Passes by what they are for, such as `organiser`.
    #[zeroize(skip)]
    passes: BTreeMap<String, Zeroizing<String>>,
}

struct Opened {
    passphrase: SecretString,
    secrets: Secrets,
}

/// The key's file, open or not.
pub(crate) struct Vault {
    path: PathBuf,
    opened: Mutex<Option<Opened>>,
}

impl Vault {
    /// That of a file, which need not be there yet.
    pub(crate) fn at(path: PathBuf) -> Self {
        Vault { path, opened: Mutex::new(None) }
    }

    /// Whether there is a key.
    pub(crate) fn made(&self) -> bool {
        self.path.is_file()
    }

    /// Whether it is open.
    pub(crate) fn is_open(&self) -> bool {
        self.lock().is_some()
    }

    /// Makes a key under a new passphrase; its public key.
    pub(crate) fn make(&self, passphrase: SecretString) -> Result<String, Error> {
        if passphrase.expose_secret().chars().count() < SHORTEST {
            return Err(VaultError::Short.into());
        }
        let mut opened = self.lock();
        if self.made() {
            return Err(VaultError::Made.into());
        }
        let seed = Zeroizing::new(*random::randomness()?.as_bytes());
        let public = public(seed.clone())?;
        let secrets = Secrets { organiser: hex::encode(*seed), passes: BTreeMap::new() };
        let made = Opened { passphrase, secrets };
        write(&self.path, &made)?;
        *opened = Some(made);
        Ok(public)
    }

    /// Opens the key with its passphrase.
    pub(crate) fn open(&self, passphrase: SecretString) -> Result<(), Error> {
        if !self.made() {
            return Err(VaultError::None.into());
        }
        let secrets = read(&self.path, &passphrase)?;
        *self.lock() = Some(Opened { passphrase, secrets });
        Ok(())
    }

    /// Forgets what was opened.
    pub(crate) fn close(&self) {
        *self.lock() = None;
    }

    /// The organiser's public key, in hexadecimal.
    pub(crate) fn public(&self) -> Result<String, Error> {
        public(self.seed()?)
    }

    /// Signs with the organiser's key.
    pub(crate) fn signer(&self) -> Result<Signer, Error> {
        Ok(Signer::Seed(self.seed()?))
    }

    /// The organiser's key as 24 words. The passphrase is asked for again: whoever sits down at an open desk is not to
    /// take the key away.
    pub(crate) fn words(&self, passphrase: &SecretString) -> Result<Zeroizing<String>, Error> {
        let secrets = read(&self.path, passphrase)?;
        Ok(veche_words::encode(&*seed(&secrets)?))
    }

    /// A pass, where one was kept.
    pub(crate) fn pass(&self, of: &str) -> Result<Option<Zeroizing<String>>, Error> {
        let opened = self.lock();
        let opened = opened.as_ref().ok_or(VaultError::Locked)?;
        Ok(opened.secrets.passes.get(of).cloned())
    }

    /// Keeps a pass.
    pub(crate) fn keep(&self, of: &str, pass: Zeroizing<String>) -> Result<(), Error> {
        let mut opened = self.lock();
        let opened = opened.as_mut().ok_or(VaultError::Locked)?;
        let mut secrets = opened.secrets.clone();
        secrets.passes.insert(of.to_owned(), pass);
        let changed = Opened { passphrase: opened.passphrase.clone(), secrets };
        write(&self.path, &changed)?;
        *opened = changed;
        Ok(())
    }

    fn seed(&self) -> Result<Seed, Error> {
        let opened = self.lock();
        seed(&opened.as_ref().ok_or(VaultError::Locked)?.secrets)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Opened>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seed(secrets: &Secrets) -> Result<Seed, Error> {
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(&secrets.organiser, &mut *seed).map_err(|_| VaultError::Wrong)?;
    Ok(seed)
}

fn public(seed: Seed) -> Result<String, Error> {
    Ok(hexadecimal(&derive(seed)?.public()))
}

/// Encrypts, and writes the file in one step.
fn write(path: &Path, opened: &Opened) -> Result<(), Error> {
    let failed = |error: &dyn std::fmt::Display| VaultError::Encrypt(error.to_string());
    let text = Zeroizing::new(serde_json::to_vec(&opened.secrets)?);
    let encryptor = age::Encryptor::with_user_passphrase(opened.passphrase.clone());
    let mut bytes = Vec::new();
    let mut writer = encryptor.wrap_output(&mut bytes).map_err(|error| failed(&error))?;
    writer.write_all(&text).map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    crate::files::replace(path, &bytes)
}

fn read(path: &Path, passphrase: &SecretString) -> Result<Secrets, Error> {
    let broken = |source| Error::Read { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(broken)?;
    let decryptor = age::Decryptor::new(file.take(LONGEST)).map_err(|_| VaultError::Wrong)?;
    let identity = age::scrypt::Identity::new(passphrase.clone());
    let mut text = Zeroizing::new(Vec::new());
    let mut reader =
        decryptor.decrypt(iter::once(&identity as &dyn age::Identity)).map_err(|_| VaultError::Wrong)?;
    reader.read_to_end(&mut text).map_err(|_| VaultError::Wrong)?;
    Ok(serde_json::from_slice(&text).map_err(|_| VaultError::Wrong)?)
}
