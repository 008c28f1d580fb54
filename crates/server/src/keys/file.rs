//! `keys.json`: the seeds of the keys that are here, the public keys of those that are held elsewhere.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use veche_crypto::signature::PublicKey;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::error::KeysError;
use super::name::KeyName;
use super::random::randomness;

/// The version of the file.
const VERSION: u8 = 1;

/// The public keys of those who hold their key themselves. Of the others the box makes one, and holds it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// The organiser's.
    pub organiser: Option<PublicKey>,
    /// The registrar's.
    pub registrar: Option<PublicKey>,
}

/// The 32 bytes of which a key is made: what its 24 words say. Wiped when dropped, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Seed([u8; 32]);

impl Seed {
    /// A new one.
    fn new() -> Result<Self, KeysError> {
        Ok(Seed(*randomness()?.as_bytes()))
    }

    /// One that was written down.
    pub(crate) const fn from_bytes(bytes: &[u8; 32]) -> Self {
        Seed(*bytes)
    }

    /// The bytes, for whoever makes a key of them or writes them down.
    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether both are the same, compared in constant time.
    pub(crate) fn is(&self, bytes: &[u8; 32]) -> bool {
        self.0.ct_eq(bytes).into()
    }
}

/// A key of the organiser or the registrar.
pub(crate) enum Kept {
    /// It is here.
    Seed(Seed),
    /// It is held elsewhere.
    Public(PublicKey),
}

/// What the file holds. In the folder of a registrar apart from the box there is the registrar's key alone.
pub(crate) struct KeyFile {
    pub(crate) log: Option<Seed>,
    pub(crate) organiser: Option<Kept>,
    pub(crate) registrar: Kept,
}

/// The file as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    veche: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organiser: Option<Field>,
    registrar: Field,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Field {
    /// Base64 of 32 bytes.
    Seed(Zeroizing<String>),
    /// 64 hexadecimal digits.
    Public(String),
}

impl KeyFile {
    /// New keys, but those that are held elsewhere.
    pub(crate) fn new(elsewhere: &Elsewhere) -> Result<Self, KeysError> {
        let kept = |held: Option<PublicKey>| {
            held.map_or_else(|| Seed::new().map(Kept::Seed), |key| Ok(Kept::Public(key)))
        };
        Ok(KeyFile {
            log: Some(Seed::new()?),
            organiser: Some(kept(elsewhere.organiser)?),
            registrar: kept(elsewhere.registrar)?,
        })
    }

    /// The key of a registrar who is apart from the box: a new one, or one that was written down.
    pub(crate) fn of_registrar(seed: Option<Seed>) -> Result<Self, KeysError> {
        let seed = seed.map_or_else(Seed::new, Ok)?;
        Ok(KeyFile { log: None, organiser: None, registrar: Kept::Seed(seed) })
    }

    /// The seed of a key that is here.
    pub(crate) fn seed(&self, name: KeyName) -> Option<&Seed> {
        let kept = match name {
            KeyName::Log => return self.log.as_ref(),
            KeyName::Organiser => self.organiser.as_ref(),
            KeyName::Registrar => Some(&self.registrar),
        };
        match kept {
            Some(Kept::Seed(seed)) => Some(seed),
            Some(Kept::Public(_)) | None => None,
        }
    }

    /// Writes the file, and never over another.
    pub(crate) fn write(&self, path: &Path) -> Result<(), KeysError> {
        let seed = |seed: &Seed| Field::Seed(Zeroizing::new(STANDARD.encode(seed.bytes())));
        let field = |kept: &Kept| match kept {
            Kept::Seed(kept) => seed(kept),
            Kept::Public(key) => Field::Public(hex::encode(key.to_bytes())),
        };
        let file = File {
            veche: VERSION,
            log: self.log.as_ref().map(seed),
            organiser: self.organiser.as_ref().map(field),
            registrar: field(&self.registrar),
        };
        let text = serde_json::to_string_pretty(&file).map_err(|_| KeysError::Form(path.into()))?;
        write_secret(path, Zeroizing::new(text).as_bytes())
    }

    /// Reads the file, once it is seen to be readable by its owner only.
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
        Self::parse(&text).ok_or_else(|| KeysError::Form(path.into()))
    }

    fn parse(text: &str) -> Option<Self> {
        let file: File = serde_json::from_str(text).ok().filter(|file: &File| file.veche == VERSION)?;
        let kept = |field: &Field| match field {
            Field::Seed(text) => {
                let bytes = Zeroizing::new(STANDARD.decode(text.as_bytes()).ok()?);
                Some(Kept::Seed(Seed(bytes.as_slice().try_into().ok()?)))
            }
            Field::Public(text) => parse_public_key(text).ok().map(Kept::Public),
        };
        let registrar = kept(&file.registrar)?;
        let (log, organiser) = match (&file.log, &file.organiser) {
            (Some(log), Some(organiser)) => {
                let Kept::Seed(log) = kept(log)? else { return None };
                (Some(log), Some(kept(organiser)?))
            }
            (None, None) if matches!(registrar, Kept::Seed(_)) => (None, None),
            _ => return None,
        };
        Some(KeyFile { log, organiser, registrar })
    }
}

/// Why a text is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a public key: give the 64 hexadecimal digits that whoever holds the key was shown")]
pub struct NoPublicKey;

/// Reads the public key of an organiser or a registrar.
///
/// # Errors
/// [`NoPublicKey`].
pub fn parse_public_key(text: &str) -> Result<PublicKey, NoPublicKey> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| NoPublicKey)?;
    PublicKey::from_bytes(&bytes).map_err(|_| NoPublicKey)
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
    use std::path::PathBuf;

    use super::*;

    fn made(elsewhere: &Elsewhere) -> (tempfile::TempDir, PathBuf, KeyFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let file = KeyFile::new(elsewhere).unwrap();
        file.write(&path).unwrap();
        (folder, path, file)
    }

    #[test]
    fn keys_survive_being_written_and_read() {
        let (_folder, path, file) = made(&Elsewhere::default());
        let again = KeyFile::read(&path).unwrap();
        for name in [KeyName::Log, KeyName::Organiser, KeyName::Registrar] {
            assert!(again.seed(name).unwrap().is(file.seed(name).unwrap().bytes()), "{name}");
        }
    }

    #[test]
    fn of_a_key_that_is_held_elsewhere_only_the_public_half_is_kept() {
        let key = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
        let organiser = Some(parse_public_key(key).unwrap());
        let (_folder, path, _) = made(&Elsewhere { organiser, registrar: None });
        let again = KeyFile::read(&path).unwrap();
        assert!(again.seed(KeyName::Organiser).is_none() && again.seed(KeyName::Registrar).is_some());
        assert!(matches!(again.organiser, Some(Kept::Public(kept)) if Some(kept) == organiser));
    }

    #[test]
    fn a_public_key_is_a_point_in_64_digits() {
        let zeros = "0".repeat(64);
        let off_the_group = "f".repeat(64);
        for text in ["", "ab", &zeros, &off_the_group, "organiser"] {
            assert_eq!(parse_public_key(text), Err(NoPublicKey), "{text:?}");
        }
    }

    #[test]
    fn existing_keys_are_never_replaced() {
        let (_folder, path, file) = made(&Elsewhere::default());
        assert!(matches!(file.write(&path), Err(KeysError::File { .. })));
    }

    #[test]
    fn another_form_is_refused() {
        let (_folder, path, file) = made(&Elsewhere::default());
        let text = fs::read_to_string(&path).unwrap();
        let log = STANDARD.encode(file.seed(KeyName::Log).unwrap().bytes());
        for (from, to) in [
            ("\"veche\": 1", "\"veche\": 2"),
            (&*log, "AAAA"),
            ("registrar", "private"),
            ("\"seed\"", "\"public\""),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(KeyFile::parse(&text.replacen(from, to, 1)).is_none(), "{from} as {to}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn keys_that_others_can_read_are_refused() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, path, _) = made(&Elsewhere::default());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(KeyFile::read(&path), Err(KeysError::Exposed(_))));
    }
}
