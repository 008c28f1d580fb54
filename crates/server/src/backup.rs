//! The paper backup of the keys: their words, that they were typed back, and a folder whose keys come back from them.

use std::path::{Path, PathBuf};

use veche_board::LogKey;
use veche_crypto::signature::{PublicKey, SecretKey};
use veche_keeper::{Kept, KeyFile, KeyName, Seed};
use veche_record::entry::Genesis;
use veche_record::tag;
use zeroize::Zeroizing;

use crate::folder::{Files, FolderError, key_file, place, read_manifest};
use crate::keys::file::{write, write_secret};
use crate::keys::{Keys, KeysError};
use crate::store::Database;
use crate::store::migrations::Tables;

/// The 32 bytes of which a key is made, where it is here: [`veche_words::encode`] makes 24 words of them. Whoever reads
/// them holds the key.
///
/// # Errors
/// [`FolderError`].
pub fn seed(data: &Path, name: KeyName) -> Result<Option<Zeroizing<[u8; 32]>>, FolderError> {
    Ok(key_file(data)?.seed(name).map(|seed| Zeroizing::new(*seed.bytes())))
}

/// Takes the seed that somebody's words make, and says whether it is this key's. The organiser's is remembered: the
/// vote can be opened from then on.
///
/// # Errors
/// [`FolderError`]: [`KeysError::OtherWords`] where it is another key's.
pub fn check_words(data: &Path, name: KeyName, typed: &[u8; 32]) -> Result<(), FolderError> {
    let file = key_file(data)?;
    let seed = file.seed(name).ok_or(KeysError::Elsewhere(name))?;
    if !seed.is(typed) {
        return Err(KeysError::OtherWords(name).into());
    }
    if name == KeyName::Organiser {
        remember_checked(data, &Keys::of(&file)?)?;
    }
    Ok(())
}

fn remember_checked(data: &Path, keys: &Keys) -> Result<(), KeysError> {
    let path = Files::words_checked(data);
    let text = format!("{}\n", hex::encode(keys.board.organiser.public().to_bytes()));
    std::fs::write(&path, text).map_err(|source| KeysError::File { path, source })
}

/// Whether the vote may be opened: the organiser's words were typed back, where the organiser's key is here.
pub(crate) struct Backup {
    data: PathBuf,
    organiser: Option<PublicKey>,
}

impl Backup {
    pub(crate) fn of(data: &Path, keys: &Keys) -> Self {
        let here = keys.board.organiser().ok().map(|key| key.public());
        Backup { data: data.into(), organiser: here }
    }

    /// Whether the organiser's key is here and nobody has typed its words back. Asked of the folder each time, so that
    /// a running box hears of it.
    pub(crate) fn is_missing(&self) -> bool {
        let Some(key) = self.organiser else { return false };
        let checked = std::fs::read_to_string(Files::words_checked(&self.data)).unwrap_or_default();
        checked.trim() != hex::encode(key.to_bytes())
    }

    /// What the operator is told while it is missing.
    pub(crate) const ADVICE: &str = "The words of the organiser's key have not been typed back yet: without them on \
        paper, a broken disk would end the vote. On the machine of the ballot box, run `veche-server words`, write the \
        words down, and then run `veche-server words --check`.";
}

/// The seeds that words made; nothing for a key that is held elsewhere.
pub struct Restored {
    /// The log key's.
    pub log: Zeroizing<[u8; 32]>,
    /// The organiser's.
    pub organiser: Option<Zeroizing<[u8; 32]>>,
    /// The registrar's.
    pub registrar: Option<Zeroizing<[u8; 32]>>,
}

/// A folder that has manifest and database, and whose keys are lost.
pub struct Restoring {
    data: PathBuf,
    genesis: Genesis,
}

impl Restoring {
    /// Looks at the folder.
    ///
    /// # Errors
    /// [`FolderError`]: there is no board, or there are keys.
    pub async fn begin(data: &Path) -> Result<Self, FolderError> {
        let place = place(data)?;
        if Files::keys(data).exists() {
            return Err(KeysError::Exists(Files::keys(data)).into());
        }
        read_manifest(&Files::manifest(data))?;
        let db = Database::open(&place, Tables::Board).await?;
        let genesis = veche_keeper::genesis(&db).await?;
        db.close().await;
        Ok(Restoring { data: data.into(), genesis })
    }

    /// Says whether a seed makes the key that the board was begun with.
    ///
    /// # Errors
    /// [`KeysError::OtherWords`].
    pub fn check(&self, name: KeyName, seed: &[u8; 32]) -> Result<(), KeysError> {
        let is =
            |tag, key: &PublicKey| SecretKey::from_seed(tag, seed).is_ok_and(|made| made.public() == *key);
        let right = match name {
            KeyName::Log => LogKey::from_seed(seed).public() == self.genesis.log_key,
            KeyName::Organiser => is(tag::ORGANISER_KEY, &self.genesis.organiser),
            KeyName::Registrar => is(tag::REGISTRAR_KEY, &self.genesis.registrar),
        };
        if right { Ok(()) } else { Err(KeysError::OtherWords(name)) }
    }

    /// Writes `keys.json`, and the files of tokens where they are missing: tokens are what they were, and voters are
    /// known by the same hashes.
    ///
    /// # Errors
    /// [`FolderError`]; then no keys were written.
    pub fn finish(self, seeds: &Restored) -> Result<(), FolderError> {
        let (organiser, registrar) = (seeds.organiser.as_deref(), seeds.registrar.as_deref());
        let all = [
            (KeyName::Log, Some(&*seeds.log)),
            (KeyName::Organiser, organiser),
            (KeyName::Registrar, registrar),
        ];
        for (name, seed) in all {
            seed.map_or(Ok(()), |seed| self.check(name, seed))?;
        }
        let kept = |seed: Option<&[u8; 32]>, named| match seed {
            Some(seed) => Kept::Seed(Seed::from_bytes(seed)),
            None => Kept::Public(named),
        };
        let file = KeyFile {
            log: Some(Seed::from_bytes(&seeds.log)),
            organiser: Some(kept(organiser, self.genesis.organiser)),
            registrar: kept(registrar, self.genesis.registrar),
        };
        let keys = Keys::of(&file)?;
        write(&file, &Files::keys(&self.data))?;
        write_tokens(&self.data, &keys, self.genesis.trustees)?;
        // They were just typed.
        if organiser.is_some() {
            remember_checked(&self.data, &keys)?;
        }
        Ok(())
    }
}

/// Writes `keys.json` of a registrar's folder that has manifest and database. Whether it is the key that the election
/// names is seen when the registrar is served.
///
/// # Errors
/// [`FolderError`]; then no key was written.
pub fn restore_registrar(data: &Path, seed: &[u8; 32]) -> Result<(), FolderError> {
    let path = Files::keys(data);
    place(data)?;
    if path.exists() {
        return Err(KeysError::Exists(path).into());
    }
    let file = KeyFile::of_registrar(Some(Seed::from_bytes(seed))).map_err(KeysError::from)?;
    Ok(write(&file, &path)?)
}

/// Writes the files of tokens that are not there.
pub(crate) fn write_tokens(data: &Path, keys: &Keys, trustees: u8) -> Result<(), KeysError> {
    let lines = (1..=trustees).map(|i| format!("{i} {}\n", keys.trustee_token(i).as_str()));
    let files = [
        (Files::organiser_token(data), Zeroizing::new(format!("{}\n", keys.organiser_token().as_str()))),
        (Files::trustee_tokens(data), Zeroizing::new(lines.collect::<String>())),
    ];
    for (path, text) in files.iter().filter(|(path, _)| !path.exists()) {
        write_secret(path, text.as_bytes())?;
    }
    Ok(())
}
