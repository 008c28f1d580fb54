//! What is packed in a file, unpacked once to be measured: what an archive says of its own size is not believed.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::{FileError, Package, WrongFile};
use crate::limits::{Limits, MAX_PARTS};

/// An archive of which no part is larger than it may be.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
}

impl<'a> Archive<'a> {
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, FileError> {
        let damaged = |error: ZipError| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => FileError::Wrong(WrongFile::Locked),
            error => FileError::Damaged { form: Package::Packed, reason: error.to_string() },
        };
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        if zip.len() > MAX_PARTS {
            return Err(FileError::Parts);
        }
        let mut left = limits.unpacked;
        let mut names = Vec::with_capacity(zip.len());
        for index in 0..zip.len() {
            let part = zip.by_index(index).map_err(damaged)?;
            names.push(part.name().map_err(damaged)?.into_owned());
            // One byte more than is left tells too much from just enough.
            let read = std::io::copy(&mut part.take(left.saturating_add(1)), &mut std::io::sink())
                .map_err(|error| FileError::Damaged { form: Package::Packed, reason: error.to_string() })?;
            left = left.checked_sub(read).ok_or(FileError::Unpacks { most: limits.unpacked })?;
        }
        Ok(Archive { zip, names })
    }

    /// Whether there is a part of this name, in whatever case.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether a part's name begins so.
    pub fn has_below(&self, folder: &str) -> bool {
        self.names.iter().any(|known| known.starts_with(folder))
    }

    /// A part as text, whatever in it is not UTF-8 replaced.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let mut bytes = Vec::new();
        self.zip.by_name(name).ok()?.read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}
