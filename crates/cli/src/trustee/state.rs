//! A trustee's folder: the secret, what this machine has signed, where the board is.

use std::fs::File;
use std::path::{Path, PathBuf};

use veche_crypto::hash::Digest;
use veche_trustee::{Action, Kept, Secret, Seen, Shown};
use veche_verify::Audit;
use zeroize::Zeroizing;

use super::TrusteeError;
use crate::error::Error;
use crate::remote::{Remote, is_address};
use crate::verify::Record;

/// Names of the files.
const SECRET: &str = "secret";
const KEPT: &str = "kept.json";
const BOARD: &str = "board";
const TOKEN: &str = "token";
/// Whoever has locked this is the one who works with the folder.
const LOCK: &str = "lock";
/// Where messages go when the board is a folder: somebody has to carry them to the ballot box.
const OUTBOX: &str = "outbox";

/// Where the board is, and how to post to it.
pub(super) struct Board {
    place: String,
    token: Option<Zeroizing<String>>,
}

impl Board {
    /// A board at an address (of a ballot box) or in a folder (a record), for the trustee whose token the file has.
    pub fn new(place: &str, trustee: u8, token_file: Option<&Path>) -> Result<Self, Error> {
        let token = token_file.map(|path| read_trustee_token(path, trustee)).transpose()?;
        if is_address(place) && token.is_none() {
            return Err(TrusteeError::NoToken.into());
        }
        Ok(Board { place: place.trim_end_matches('/').to_owned(), token })
    }

    /// The ballot box of the board, with this trustee's token.
    pub fn ballot_box(&self) -> Result<(Remote, &str), Error> {
        if !is_address(&self.place) {
            return Err(TrusteeError::NoBox.into());
        }
        let token = self.token.as_deref().ok_or(TrusteeError::NoToken)?;
        Ok((Remote::new(&self.place)?, token))
    }

    /// Verifies the whole record, for a device that has seen the board before.
    pub fn audit(&self, expected: Option<Digest>, seen: Option<Seen>) -> Result<Audit, Error> {
        let record =
            if is_address(&self.place) { format!("{}/record", self.place) } else { self.place.clone() };
        Record::open(&record)?.audit_since(expected, seen.map(|seen| seen.size))
    }
}

/// Reads a token: one line of text.
pub(crate) fn read_token(path: &Path) -> Result<Zeroizing<String>, Error> {
    let line = read_line(path)?;
    if line.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(line)
    } else {
        Err(TrusteeError::Token { path: path.into() }.into())
    }
}

/// Reads a trustee's token, alone or as its line of the ballot box's list: the trustee's number, a space, the token.
fn read_trustee_token(path: &Path, trustee: u8) -> Result<Zeroizing<String>, Error> {
    let line = read_line(path)?;
    let Some((number, token)) = line.split_once(' ') else { return read_token(path) };
    let unreadable = || TrusteeError::Token { path: path.into() };
    let named = number.parse::<u8>().map_err(|_| unreadable())?;
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(unreadable().into());
    }
    if named != trustee {
        return Err(TrusteeError::TokenOfAnother { path: path.into(), named, trustee }.into());
    }
    Ok(Zeroizing::new(token.to_owned()))
}

/// The text of a file, without what surrounds it.
fn read_line(path: &Path) -> Result<Zeroizing<String>, Error> {
    let bytes = Zeroizing::new(crate::files::read(path)?);
    let line = std::str::from_utf8(&bytes).ok().map(str::trim).filter(|line| !line.is_empty());
    Ok(Zeroizing::new(line.ok_or_else(|| TrusteeError::Token { path: path.into() })?.to_owned()))
}

/// A trustee's folder, which no other process works with meanwhile.
pub(super) struct State {
    folder: PathBuf,
    pub board: Board,
    pub secret: Secret,
    kept: Kept,
    /// A file that the next message goes into, instead of to the ballot box.
    pub out: Option<PathBuf>,
    _lock: File,
}

impl State {
    /// Makes a folder.
    pub fn create(folder: &Path, board: Board, secret: Secret, kept: Kept) -> Result<Self, Error> {
        if folder.join(SECRET).symlink_metadata().is_ok() {
            return Err(TrusteeError::Exists { path: folder.into() }.into());
        }
        make_private_folder(folder)?;
        let lock = lock(folder)?;
        let text = Zeroizing::new(hex::encode(secret.bytes()));
        crate::files::write_secret(&folder.join(SECRET), text.as_bytes())?;
        if let Some(token) = &board.token {
            crate::files::write_secret(&folder.join(TOKEN), token.as_bytes())?;
        }
        crate::files::write_new(&folder.join(BOARD), board.place.as_bytes())?;
        let path = folder.join(KEPT);
        crate::files::write_new(&path, &json(&kept)?)?;
        Ok(State { folder: folder.into(), board, secret, kept, out: None, _lock: lock })
    }

    /// Opens a folder.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        if !folder.join(SECRET).is_file() {
            return Err(TrusteeError::NoTrustee { path: folder.into() }.into());
        }
        let lock = lock(folder)?;
        let damaged = |name: &str| TrusteeError::Damaged { path: folder.join(name) };
        let text = Zeroizing::new(crate::files::read(&folder.join(SECRET))?);
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim_ascii(), &mut *bytes).map_err(|_| damaged(SECRET))?;
        let kept = Kept::from_json(&crate::files::read(&folder.join(KEPT))?).map_err(TrusteeError::from)?;
        let place =
            String::from_utf8(crate::files::read(&folder.join(BOARD))?).map_err(|_| damaged(BOARD))?;
        let token = folder.join(TOKEN);
        let board = Board::new(place.trim(), kept.trustee(), token.is_file().then_some(token.as_path()))?;
        let secret = Secret::from_bytes(&bytes);
        Ok(State { folder: folder.into(), board, secret, kept, out: None, _lock: lock })
    }

    /// What this machine remembers.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// Verifies the whole record.
    pub fn audit(&self, expected: Option<Digest>) -> Result<Audit, Error> {
        self.board.audit(expected, self.kept.seen())
    }

    /// Remembers what the board shows at this moment. One that is not the board of before is refused.
    pub fn see(&mut self, shown: &Shown<'_>, now: u64) -> Result<(), Error> {
        match self.kept.saw(shown, now).map_err(TrusteeError::from)? {
            Some(kept) => self.remember(kept),
            None => Ok(()),
        }
    }

    /// Remembers an action, then sends its message. It is written into [`Self::out`] instead, where that is given,
    /// and beside the secret where the board is a folder: for somebody to carry.
    pub fn post(&mut self, action: &Action) -> Result<Option<PathBuf>, Error> {
        if let Some(out) = self.out.as_ref().filter(|out| out.symlink_metadata().is_ok()) {
            return Err(TrusteeError::OutExists { path: out.clone() }.into());
        }
        self.remember(action.keep.clone())?;
        if let Some(out) = &self.out {
            crate::files::write_new(out, &action.message)?;
            return Ok(Some(out.clone()));
        }
        if is_address(&self.board.place) {
            let token = self.board.token.as_deref().ok_or(TrusteeError::NoToken)?;
            Remote::new(&self.board.place)?.post("v1/entries", token, &action.message)?;
            return Ok(None);
        }
        let outbox = self.folder.join(OUTBOX);
        std::fs::create_dir_all(&outbox).map_err(|source| Error::Write { path: outbox.clone(), source })?;
        let path = outbox.join(format!("{}.entry", action.kind.name()));
        crate::files::replace(&path, &action.message)?;
        Ok(Some(path))
    }

    /// Puts a new memory in the place of the one that this process began with, and of no other: where a folder is
    /// shared by machines, locks may not be.
    fn remember(&mut self, kept: Kept) -> Result<(), Error> {
        let path = self.folder.join(KEPT);
        let there = Kept::from_json(&crate::files::read(&path)?).map_err(TrusteeError::from)?;
        if there != self.kept {
            return Err(TrusteeError::Elsewhere { path: self.folder.clone() }.into());
        }
        crate::files::replace(&path, &json(&kept)?)?;
        self.kept = kept;
        Ok(())
    }
}

fn json(kept: &Kept) -> Result<Vec<u8>, Error> {
    Ok(kept.to_json().map_err(TrusteeError::from)?.into_bytes())
}

fn lock(folder: &Path) -> Result<File, Error> {
    let lock = crate::files::lock(&folder.join(LOCK))?;
    Ok(lock.ok_or_else(|| TrusteeError::Busy { path: folder.into() })?)
}

fn make_private_folder(folder: &Path) -> Result<(), Error> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| Error::Write { path: folder.into(), source })
}
