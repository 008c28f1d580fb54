//! The form of `keys.json`: the seeds of the keys that are here, the public keys of those that are held elsewhere.
//! Whoever runs a box reads and writes the file, readable by its owner only.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use veche_board::LogKey;
use veche_crypto::group::GroupError;
use veche_crypto::randomness::{DeadRandomSource, Randomness};
use veche_crypto::signature::{PublicKey, SecretKey};
use veche_record::tag;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::key_name::KeyName;
use crate::keys::{BoxKeys, RoleKey};

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
pub struct Seed([u8; 32]);

impl Seed {
    /// A new one.
    fn new() -> Result<Self, DeadRandomSource> {
        Ok(Seed(*Randomness::draw(getrandom::fill)?.as_bytes()))
    }

    /// One that was written down.
    #[must_use]
    pub const fn from_bytes(bytes: &[u8; 32]) -> Self {
        Seed(*bytes)
    }

    /// The bytes, for whoever makes a key of them or writes them down.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether both are the same, compared in constant time.
    #[must_use]
    pub fn is(&self, bytes: &[u8; 32]) -> bool {
        self.0.ct_eq(bytes).into()
    }
}

/// A key of the organiser or the registrar.
pub enum Kept {
    /// It is here.
    Seed(Seed),
    /// It is held elsewhere.
    Public(PublicKey),
}

impl Kept {
    fn key(&self, tag: &str) -> Result<RoleKey, GroupError> {
        Ok(match self {
            Kept::Seed(seed) => SecretKey::from_seed(tag, seed.bytes())?.into(),
            Kept::Public(key) => (*key).into(),
        })
    }
}

/// What the file holds. In the folder of a registrar apart from the box there is the registrar's key alone.
pub struct KeyFile {
    /// Signs checkpoints.
    pub log: Option<Seed>,
    /// Signs how the vote goes.
    pub organiser: Option<Kept>,
    /// Signs who votes.
    pub registrar: Kept,
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
    ///
    /// # Errors
    /// [`DeadRandomSource`].
    pub fn new(elsewhere: &Elsewhere) -> Result<Self, DeadRandomSource> {
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
    ///
    /// # Errors
    /// [`DeadRandomSource`].
    pub fn of_registrar(seed: Option<Seed>) -> Result<Self, DeadRandomSource> {
        let seed = seed.map_or_else(Seed::new, Ok)?;
        Ok(KeyFile { log: None, organiser: None, registrar: Kept::Seed(seed) })
    }

    /// The seed of a key that is here.
    #[must_use]
    pub fn seed(&self, name: KeyName) -> Option<&Seed> {
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

    /// The keys of the box; nothing where the registrar's is alone.
    ///
    /// # Errors
    /// [`GroupError`] with negligible probability: no key can be made of a seed.
    pub fn keys(&self) -> Result<Option<BoxKeys>, GroupError> {
        let (Some(log), Some(organiser)) = (&self.log, &self.organiser) else { return Ok(None) };
        Ok(Some(BoxKeys {
            log: LogKey::from_seed(log.bytes()),
            organiser: organiser.key(tag::ORGANISER_KEY)?,
            registrar: self.registrar.key(tag::REGISTRAR_KEY)?,
        }))
    }

    /// The file's text. It holds secrets.
    ///
    /// # Errors
    /// [`serde_json::Error`], which never happens to such a form.
    pub fn to_json(&self) -> Result<Zeroizing<String>, serde_json::Error> {
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
        serde_json::to_string_pretty(&file).map(Zeroizing::new)
    }

    /// Reads the file's bytes; nothing where they are not of this form.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let file: File = serde_json::from_slice(bytes).ok().filter(|file: &File| file.veche == VERSION)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn again(file: &KeyFile) -> KeyFile {
        KeyFile::parse(file.to_json().unwrap().as_bytes()).unwrap()
    }

    #[test]
    fn keys_survive_being_written_and_read() {
        let file = KeyFile::new(&Elsewhere::default()).unwrap();
        let again = again(&file);
        for name in [KeyName::Log, KeyName::Organiser, KeyName::Registrar] {
            assert!(again.seed(name).unwrap().is(file.seed(name).unwrap().bytes()), "{name}");
        }
        let (keys, same) = (file.keys().unwrap().unwrap(), again.keys().unwrap().unwrap());
        assert_eq!(keys.log.public().to_bytes(), same.log.public().to_bytes());
        assert_eq!(keys.organiser().unwrap().public(), same.organiser().unwrap().public());
        assert_eq!(keys.registrar().unwrap().public(), same.registrar().unwrap().public());
        assert_ne!(keys.organiser.public(), keys.registrar.public());
    }

    #[test]
    fn of_a_key_that_is_held_elsewhere_only_the_public_half_is_kept() {
        let key = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
        let organiser = Some(parse_public_key(key).unwrap());
        let again = again(&KeyFile::new(&Elsewhere { organiser, registrar: None }).unwrap());
        assert!(again.seed(KeyName::Organiser).is_none() && again.seed(KeyName::Registrar).is_some());
        assert!(matches!(again.organiser, Some(Kept::Public(kept)) if Some(kept) == organiser));
        let keys = again.keys().unwrap().unwrap();
        assert!(keys.organiser().is_err() && keys.registrar().is_ok());
    }

    #[test]
    fn a_registrar_apart_has_no_box() {
        let again = again(&KeyFile::of_registrar(Some(Seed::from_bytes(&[7; 32]))).unwrap());
        assert!(again.seed(KeyName::Registrar).unwrap().is(&[7; 32]));
        assert!(again.seed(KeyName::Log).is_none() && again.keys().unwrap().is_none());
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
    fn another_form_is_refused() {
        let file = KeyFile::new(&Elsewhere::default()).unwrap();
        let text = file.to_json().unwrap();
        let log = STANDARD.encode(file.seed(KeyName::Log).unwrap().bytes());
        for (from, to) in [
            ("\"veche\": 1", "\"veche\": 2"),
            (&*log, "AAAA"),
            ("registrar", "private"),
            ("\"seed\"", "\"public\""),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(KeyFile::parse(text.replacen(from, to, 1).as_bytes()).is_none(), "{from} as {to}");
        }
    }
}
