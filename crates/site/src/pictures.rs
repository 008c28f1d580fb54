//! The pictures that a manifest names, from a folder of the town's.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use veche_record::Manifest;

use crate::{SiteError, files};

/// A picture of more bytes keeps people on a slow line waiting.
const HEAVY: u64 = 500_000;

/// Pictures that were looked at: each of those that a manifest names.
#[derive(Debug)]
pub struct Pictures {
    /// Where each goes, and where it is.
    found: Vec<(String, PathBuf)>,
    /// What should be known of them.
    pub notes: Vec<PictureNote>,
}

impl Pictures {
    /// The paths of the pictures that a manifest names.
    ///
    /// # Errors
    /// When it is none.
    pub fn named(manifest: &[u8]) -> Result<BTreeSet<String>, SiteError> {
        let manifest = Manifest::parse(manifest).map_err(|error| SiteError::Settings(error.to_string()))?;
        let options = manifest.contests().iter().flat_map(|contest| &contest.options);
        Ok(options.filter_map(|option| option.picture.clone()).collect())
    }

    /// Looks for every picture that a manifest names in a folder: `pictures/park.jpg` under that whole path, or as
    /// `park.jpg`.
    ///
    /// # Errors
    /// With every picture that is missing, or is none that a browser shows.
    pub fn find(manifest: &[u8], folder: &Path) -> Result<Self, SiteError> {
        let there = files(folder)?;
        let (mut found, mut problems, mut heavy) = (Vec::new(), Vec::new(), Vec::new());
        let mut used = BTreeSet::new();
        for name in Self::named(manifest)? {
            let whole = Path::new(&name);
            let last: PathBuf = whole.components().skip(1).collect();
            let Some(file) =
                [whole, &last].into_iter().find_map(|path| there.iter().find(|file| *file == path))
            else {
                problems.push((name, Unshown::Missing));
                continue;
            };
            let path = folder.join(file);
            let bytes = std::fs::read(&path).map_err(SiteError::at(&path))?;
            if let Some(problem) = refused(&bytes) {
                problems.push((name.clone(), problem));
            }
            if bytes.len() as u64 > HEAVY {
                heavy.push(name.clone());
            }
            used.insert(file);
            found.push((name, path));
        }
        if !problems.is_empty() {
            return Err(SiteError::Pictures { folder: folder.to_owned(), problems });
        }
        let mut notes = Vec::new();
        if !heavy.is_empty() {
            notes.push(PictureNote::Heavy { kilobytes: HEAVY / 1_000, names: heavy });
        }
        let unused: Vec<String> =
            there.iter().filter(|file| !used.contains(file)).map(|file| file.display().to_string()).collect();
        if !unused.is_empty() {
            notes.push(PictureNote::Unused(unused));
        }
        Ok(Pictures { found, notes })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Copies them beside the files of a built site.
    pub(crate) fn put_into(&self, built: &Path) -> Result<(), SiteError> {
        for (name, from) in &self.found {
            let target = built.join(name);
            if target.exists() {
                let message =
                    format!("the manifest names {name} as a picture, and the site has a file of that name");
                return Err(SiteError::Settings(message));
            }
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder).map_err(SiteError::at(folder))?;
            }
            std::fs::copy(from, &target).map_err(SiteError::at(&target))?;
        }
        Ok(())
    }
}

/// Why a picture would not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unshown {
    /// It is not in the folder.
    #[error("is not there")]
    Missing,
    /// A picture as phones make it.
    #[error("is a picture that most browsers do not show (HEIC, as phones make it): save it as JPEG")]
    Heic,
    /// A drawing. Opened by itself it would run in the site's name, and the policy stands in the page only.
    #[error("is an SVG drawing, which can hold a program: save it as PNG")]
    Svg,
    /// A file without a byte.
    #[error("is empty")]
    Empty,
    /// Some other file.
    #[error("is no picture: JPEG, PNG, WebP, AVIF and GIF are shown")]
    NoPicture,
}

/// What should be known of pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureNote {
    /// Pictures of more than so many kilobytes, by their paths in the manifest.
    Heavy {
        /// So many.
        kilobytes: u64,
        /// Which.
        names: Vec<String>,
    },
    /// Files that the manifest does not name.
    Unused(Vec<String>),
}

impl std::fmt::Display for PictureNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PictureNote::Heavy { kilobytes, names } => {
                write!(f, "more than {kilobytes} kB, which is long on a phone: {}", names.join(", "))
            }
            PictureNote::Unused(names) => {
                write!(f, "not named by the manifest, and left out: {}", names.join(", "))
            }
        }
    }
}

/// What is wrong, picture by picture.
pub(crate) fn sentences(problems: &[(String, Unshown)]) -> Vec<String> {
    problems.iter().map(|(name, problem)| format!("{name} {problem}")).collect()
}

/// Why a file is no picture of a site, by its first bytes.
fn refused(bytes: &[u8]) -> Option<Unshown> {
    let begins = |start: &[u8]| bytes.starts_with(start);
    let brand = bytes.get(4..12).unwrap_or_default();
    let raster = begins(b"\xff\xd8\xff")
        || begins(b"\x89PNG\r\n\x1a\n")
        || begins(b"GIF8")
        || (begins(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
        || brand == b"ftypavif";
    if raster {
        return None;
    }
    let start: String = String::from_utf8_lossy(bytes.get(..400).unwrap_or(bytes)).to_lowercase();
    Some(if brand.starts_with(b"ftyp") {
        Unshown::Heic
    } else if start.contains("<svg") {
        Unshown::Svg
    } else if bytes.is_empty() {
        Unshown::Empty
    } else {
        Unshown::NoPicture
    })
}
