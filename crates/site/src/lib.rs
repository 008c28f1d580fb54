//! Pins a built site to one election.
//!
//! The built site is the same for everyone. [`pin`] copies it and writes what depends on the election or on the built
//! bytes:
//!
//! | where | what |
//! |---|---|
//! | `election.json` | the election's fingerprint and card, its ballot box, registrar and record, the town's colour, whose pages may show the site inside them |
//! | `manifest.json` | the manifest's exact bytes, where the card is known, or where the site is a preview: a voter's page reads it before anything else |
//! | `index.html`, each script and style that it names | `integrity` |
//! | `index.html`, in its content security policy | the hash of each script and style that stands in it |
//! | `index.html`, at [`MARK`] | the import map with the hash of every script, WebAssembly module and file of texts; what files are called that the page asks for by name; the modules of each area and of each worker; a preload for each module that the page's first ones lead to, and for those two |
//! | `index.html`, in its content security policy | the import map's hash, and the addresses of box, registrar and record |
//! | `_headers` | what no page can say of itself, for hosts that read it: whose pages may show the site inside them |
//! | `*.br`, `*.gz` | the compressed form of every file that shrinks ([`compress`]) |
//! | `integrity.json` | the hash of every file ([`list`]) |
//!
//! [`preview`] makes it one that shows the ballots of a manifest that no election has been made of. [`publish`] pins
//! for a folder where other files may lie, as [`put`] does with whatever else is written into one; [`pack`] puts a
//! built site into one file, to be built into a program, and [`Pictures`] come beside it.
//!
//! All lists come from the modules' own `import` lines and `new URL("…", import.meta.url)`, or from the `bundle.json`
//! of whoever bundled them; nothing is listed by hand.
//! What these protect and what they do not is in docs/hosting.md.

mod compressed;
mod integrity;
mod modules;
mod packed;
mod page;
mod pictures;
mod publish;
mod settings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use integrity::integrity;
use modules::Modules;
use settings::Written;

pub use compressed::compress;
pub use integrity::list;
pub use packed::{pack, unpack};
pub use page::MARK;
pub use pictures::{PictureNote, Pictures, Unshown};
pub use publish::{Holds, Published, preview, publish, put};
pub use settings::{Pin, PinnedCard, Previewed};

/// Why a site is not pinned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// The caller's settings: a malformed address, fingerprint or colour.
    #[error("{0}")]
    Settings(String),
    /// An election's card that does not fit the fingerprint.
    #[error("the election's card does not fit: {0}")]
    Card(String),
    /// Pictures that a manifest names and nobody would see.
    #[error(
        "{} does not have the pictures that the manifest names; nothing was written:\n  {}",
        folder.display(),
        pictures::sentences(problems).join("\n  ")
    )]
    Pictures {
        /// Where they were looked for.
        folder: PathBuf,
        /// Each of them, by its path in the manifest.
        problems: Vec<(String, Unshown)>,
    },
    /// A folder that holds something else than a site.
    #[error("{} {holds}", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What it holds.
        holds: Holds,
    },
    /// The built site is not shaped as expected.
    #[error("{0}")]
    Shape(String),
    /// A file that cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

impl SiteError {
    fn settings(message: impl Into<String>) -> Self {
        SiteError::Settings(message.into())
    }

    fn shape(message: impl Into<String>) -> Self {
        SiteError::Shape(message.into())
    }

    fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |error| SiteError::File { path: path.to_path_buf(), error }
    }
}

/// Copies the built site to `out` and pins it.
///
/// # Errors
/// When the pin is malformed, when `out` holds something that is not a site, or when the site is not shaped as
/// expected.
pub fn pin(dist: &Path, pin: &Pin, out: &Path) -> Result<(), SiteError> {
    pin.check()?;
    write(dist, pin.written(), out)
}

pub(crate) fn write(dist: &Path, written: Written<'_>, out: &Path) -> Result<(), SiteError> {
    if out.exists() {
        let empty = || std::fs::read_dir(out).map(|mut items| items.next().is_none());
        if !out.join("index.html").is_file() && !empty().map_err(SiteError::at(out))? {
            let message =
                format!("{} is not a site made by this command; choose another folder", out.display());
            return Err(SiteError::Settings(message));
        }
        std::fs::remove_dir_all(out).map_err(SiteError::at(out))?;
    }
    copy(dist, out)?;
    let mut data = vec![ELECTION];
    let election = out.join(ELECTION);
    std::fs::write(&election, written.election).map_err(SiteError::at(&election))?;
    if let Some(bytes) = written.manifest {
        data.push(MANIFEST);
        let manifest = out.join(MANIFEST);
        std::fs::write(&manifest, bytes).map_err(SiteError::at(&manifest))?;
    }
    let headers = out.join(settings::HEADERS);
    std::fs::write(&headers, written.headers).map_err(SiteError::at(&headers))?;
    let page = out.join("index.html");
    let text = std::fs::read_to_string(&page).map_err(SiteError::at(&page))?;
    let bundle = out.join(modules::BUNDLE);
    let pinned = page::pinned(&text, &Loaded::read(out, &bundle)?, &written.origins, &data)?;
    std::fs::write(&page, pinned).map_err(SiteError::at(&page))?;
    if bundle.exists() {
        std::fs::remove_file(&bundle).map_err(SiteError::at(&bundle))?;
    }
    compress(out)?;
    list(out)
}

/// Where a site says what it is published for.
const ELECTION: &str = "election.json";

/// The manifest's place in a site.
const MANIFEST: &str = "manifest.json";

/// Every file of a site, by its path inside it.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(site: &Path) -> Result<Vec<PathBuf>, SiteError> {
    let mut found = Vec::new();
    let mut folders = vec![site.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(&folder).map_err(SiteError::at(&folder))? {
            let path = item.map_err(SiteError::at(&folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(inside) = path.strip_prefix(site) {
                found.push(inside.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Copies a folder.
///
/// # Errors
/// When a file cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<(), SiteError> {
    std::fs::create_dir_all(to).map_err(SiteError::at(to))?;
    for file in files(from)? {
        let target = to.join(&file);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(SiteError::at(folder))?;
        }
        std::fs::copy(from.join(&file), &target).map_err(SiteError::at(&target))?;
    }
    Ok(())
}

/// The files of a site that a page loads and that can harm a voter: scripts, styles, WebAssembly, texts.
struct Loaded {
    /// By path inside the site, such as `app/main.js`.
    hashes: BTreeMap<String, String>,
    modules: Modules,
}

impl Loaded {
    fn read(site: &Path, bundle: &Path) -> Result<Self, SiteError> {
        let bundled = bundle.is_file();
        let modules = if bundled {
            Modules::bundled(&std::fs::read_to_string(bundle).map_err(SiteError::at(bundle))?)?
        } else {
            Modules::default()
        };
        let mut loaded = Loaded { hashes: BTreeMap::new(), modules };
        for file in files(site)? {
            let kind = file.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            let texts = kind == "json" && (file.starts_with("app/messages") || file.starts_with("assets"));
            if !texts && !["js", "mjs", "css", "wasm"].contains(&kind) {
                continue;
            }
            let path = site.join(&file);
            let bytes = std::fs::read(&path).map_err(SiteError::at(&path))?;
            let name = file.to_str().unwrap_or_default().replace('\\', "/");
            // Names become words of attributes, of JSON and of addresses.
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
            if name.is_empty() || !name.bytes().all(plain) {
                return Err(SiteError::Shape(format!("{} has an odd name", file.display())));
            }
            if !bundled && (kind == "js" || kind == "mjs") {
                loaded.modules.read(&name, &String::from_utf8_lossy(&bytes))?;
            }
            loaded.hashes.insert(name, integrity(&bytes));
        }
        Ok(loaded)
    }

    fn hash(&self, name: &str) -> Result<&str, SiteError> {
        let hash = self.hashes.get(name).map(String::as_str);
        hash.ok_or_else(|| {
            SiteError::Shape(format!("{name} is not part of the site, and something loads it"))
        })
    }
}

#[cfg(test)]
mod tests;
