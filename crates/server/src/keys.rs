//! The secrets of the ballot box: `keys.json`, readable by its owner only.
//!
//! | field | what it signs or hides |
//! |---|---|
//! | `log` | checkpoints (Ed25519) |
//! | `organiser` | Open, Restart and Close entries (Schnorr) |
//! | `registrar` | Credential and Revocation entries (Schnorr) |
//! | `private` | phones, sessions, codes and tokens in the database (HMAC-SHA256) |
//! | `organiser_token` | not a secret: the hash of the organiser's token |
//!
//! None of them opens a ballot: the keys of ballots are the trustees', and this program links
//! nothing that could use them.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use veche_board::{LogKey, LogPublicKey};
use veche_crypto::randomness::{DeadRandomSource, Randomness};
use veche_crypto::signature::SecretKey;
use veche_keeper::BoxKeys;
use veche_record::tag;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a session, a token and every stored hash.
pub(crate) const SECRET_LEN: usize = 32;

/// Why the keys could not be made or read, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file of keys is readable by others.
    #[error("{path} can be read by other users of this machine: run `chmod 600 {path}`", path = .0.display())]
    Exposed(PathBuf),
    /// The file of keys does not have the documented form.
    #[error("{} is not a file of keys that `veche-server init` wrote: restore it from a backup; a new one cannot continue the same board", .0.display())]
    Form(PathBuf),
    /// The operating system gave no randomness.
    #[error(transparent)]
    DeadRandomSource(#[from] DeadRandomSource),
}

/// The file. Base64 of 32 bytes each.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    veche: u8,
    log: String,
    organiser: String,
    registrar: String,
    private: String,
    organiser_token: String,
}

impl Drop for File {
    fn drop(&mut self) {
        self.log.zeroize();
        self.organiser.zeroize();
        self.registrar.zeroize();
        self.private.zeroize();
    }
}

/// The key that hides phones, sessions, codes and tokens, and makes the trustees' tokens.
#[derive(Clone)]
pub(crate) struct PrivateKey(Zeroizing<[u8; SECRET_LEN]>);

/// The keys of a running ballot box.
pub(crate) struct Keys {
    /// What the ballot box signs with.
    pub(crate) board: Arc<BoxKeys>,
    private: PrivateKey,
    organiser_token: [u8; SECRET_LEN],
}

/// The operating system's randomness: for a key, a token, a code.
pub(crate) fn randomness() -> Result<Randomness, DeadRandomSource> {
    Randomness::draw(getrandom::fill)
}

/// 32 random bytes as the text a client carries: a session or a token.
pub(crate) fn random_text() -> Result<Zeroizing<String>, DeadRandomSource> {
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(randomness()?.as_bytes())))
}

impl Keys {
    /// Makes new keys and writes them. Returns the organiser's token, which is stored nowhere else.
    ///
    /// Refuses to replace a file that exists.
    pub(crate) fn create(path: &Path) -> Result<(Self, Zeroizing<String>), KeysError> {
        let key = |tag| -> Result<SecretKey, KeysError> {
            SecretKey::derive(tag, &randomness()?).map_err(|_| KeysError::Form(path.into()))
        };
        let (organiser, registrar) = (key(tag::ORGANISER_KEY)?, key(tag::REGISTRAR_KEY)?);
        let token = random_text()?;
        let organiser_token = hash_of_token(&token);
        let encode = |bytes: &[u8]| STANDARD.encode(bytes);
        let (log, private) = (randomness()?, randomness()?);
        let file = File {
            veche: 1,
            log: encode(log.as_bytes()),
            organiser: encode(Zeroizing::new(organiser.to_bytes()).as_slice()),
            registrar: encode(Zeroizing::new(registrar.to_bytes()).as_slice()),
            private: encode(private.as_bytes()),
            organiser_token: encode(&organiser_token),
        };
        let text =
            Zeroizing::new(serde_json::to_string_pretty(&file).map_err(|_| KeysError::Form(path.into()))?);
        write_secret(path, text.as_bytes())?;
        Ok((Self::read(path)?, token))
    }

    /// Reads the keys, once they are seen to be readable by their owner only.
    pub(crate) fn read(path: &Path) -> Result<Self, KeysError> {
        let failed = |source| KeysError::File { path: path.into(), source };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if fs::metadata(path).map_err(failed)?.permissions().mode() & 0o077 != 0 {
                return Err(KeysError::Exposed(path.into()));
            }
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
        let form = || KeysError::Form(path.into());
        let file: File = serde_json::from_str(&text).map_err(|_| form())?;
        if file.veche != 1 {
            return Err(form());
        }
        let decode = |text: &str| -> Result<Zeroizing<[u8; SECRET_LEN]>, KeysError> {
            let bytes = Zeroizing::new(STANDARD.decode(text).map_err(|_| form())?);
            Ok(Zeroizing::new(bytes.as_slice().try_into().map_err(|_| form())?))
        };
        let key = |text: &str| SecretKey::from_bytes(&*decode(text)?).map_err(|_| form());
        let (organiser, registrar) = (key(&file.organiser)?, key(&file.registrar)?);
        Ok(Keys {
            board: Arc::new(BoxKeys {
                log: LogKey::from_seed(&*decode(&file.log)?),
                organiser: organiser.into(),
                registrar: registrar.into(),
            }),
            private: PrivateKey(decode(&file.private)?),
            organiser_token: *decode(&file.organiser_token)?,
        })
    }

    /// The key that verifies checkpoints.
    pub(crate) fn log_public(&self) -> LogPublicKey {
        self.board.log.public()
    }

    /// Whether this is the organiser's token, compared in constant time.
    pub(crate) fn is_organiser(&self, token: &str) -> bool {
        hash_of_token(token).ct_eq(&self.organiser_token).into()
    }

    /// The token that a trustee, counted from 1, posts messages with.
    pub(crate) fn trustee_token(&self, trustee: u8) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.private.mac("trustee", &[&[trustee]])))
    }

    /// The trustee of 1 to `count` whose token this is, each compared in constant time.
    pub(crate) fn trustee(&self, token: &str, count: u8) -> Option<u8> {
        let own = |trustee: &u8| token.as_bytes().ct_eq(self.trustee_token(*trustee).as_bytes()).into();
        (1..=count).find(own)
    }

    /// The key of the registrar's half.
    pub(crate) fn private(&self) -> PrivateKey {
        self.private.clone()
    }
}

impl PrivateKey {
    /// HMAC-SHA256 over length-prefixed fields, each use under its own name.
    pub(crate) fn mac(&self, purpose: &str, fields: &[&[u8]]) -> [u8; SECRET_LEN] {
        // A block-sized key is used as it is, so making the state cannot fail for its length.
        let mut block = Zeroizing::new([0u8; 64]);
        for (to, from) in block.iter_mut().zip(self.0.iter()) {
            *to = *from;
        }
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        for field in std::iter::once(purpose.as_bytes()).chain(fields.iter().copied()) {
            mac.update(&(field.len() as u64).to_le_bytes());
            mac.update(field);
        }
        mac.finalize().into_bytes().into()
    }
}

fn hash_of_token(token: &str) -> [u8; SECRET_LEN] {
    Sha256::digest(token.trim().as_bytes()).into()
}

/// Writes a file that only its owner can read, durably, and never over another.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    let failed = |source| KeysError::File { path: path.into(), source };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> (tempfile::TempDir, PathBuf, Keys, Zeroizing<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let (keys, token) = Keys::create(&path).unwrap();
        (folder, path, keys, token)
    }

    #[test]
    fn keys_survive_being_written_and_read() {
        let (_folder, path, keys, token) = made();
        let again = Keys::read(&path).unwrap();
        assert_eq!(keys.log_public().to_bytes(), again.log_public().to_bytes());
        assert_eq!(keys.board.organiser.public(), again.board.organiser.public());
        assert_eq!(keys.board.registrar.public(), again.board.registrar.public());
        assert_eq!(keys.trustee_token(1), again.trustee_token(1));
        assert!(again.is_organiser(&token));
        assert!(!again.is_organiser(&format!("{}x", token.as_str())));
        assert!(!again.is_organiser(""));
    }

    #[test]
    fn the_file_never_holds_the_organisers_token() {
        let (_folder, path, _, token) = made();
        assert!(!fs::read_to_string(path).unwrap().contains(token.as_str()));
    }

    #[test]
    fn existing_keys_are_never_replaced() {
        let (_folder, path, ..) = made();
        assert!(matches!(Keys::create(&path), Err(KeysError::File { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn keys_that_others_can_read_are_refused() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, path, ..) = made();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Keys::read(&path), Err(KeysError::Exposed(_))));
    }
}
