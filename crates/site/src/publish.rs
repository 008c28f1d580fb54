//! Writing a site into a folder where one may be, without touching what this did not write: what it wrote is what the
//! list in the folder says, file by file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::integrity::{LIST, integrity, listed};
use crate::page::MARK;
use crate::pictures::Pictures;
use crate::settings::{HEADERS, Written};
use crate::{ELECTION, MANIFEST, Pin, Previewed, SiteError, compress, copy, list, pin, write};

/// How a folder came to hold a site.
#[derive(Debug, PartialEq, Eq)]
pub struct Published {
    /// How many files the site has.
    pub files: usize,
    /// Files of the folder that are not the site's and were left as they were.
    pub left: Vec<PathBuf>,
}

/// Makes a built site one election's, with its pictures, and puts it into a folder: a new or an empty one, or one that
/// holds a site of this function's. Of that one, files that the new site does not have are taken away. All other files
/// stay; nothing is written where one of them is in the way, or where a file of the site was changed.
///
/// # Errors
/// When the pin is malformed, when the folder holds something else, or when the site is not shaped as expected.
pub fn publish(
    built: &Path,
    settings: &Pin,
    pictures: Option<&Pictures>,
    out: &Path,
) -> Result<Published, SiteError> {
    settings.check()?;
    put(out, |whole| beside(built, pictures, whole, |built| pin(built, settings, whole)))
}

/// Copies a site to `out`, which does not exist yet, as one that shows the ballots of a manifest, says on every page
/// that it is a preview, and takes no ballot. The site is a built one, or one that is pinned already.
///
/// # Errors
/// When the site is not shaped as expected, or a file cannot be written.
pub fn preview(
    site: &Path,
    previewed: &Previewed,
    pictures: Option<&Pictures>,
    out: &Path,
) -> Result<(), SiteError> {
    let page = site.join("index.html");
    let built = std::fs::read_to_string(&page).map_err(SiteError::at(&page))?.contains(MARK);
    beside(site, pictures, out, |site| {
        if built { write(site, previewed.written(), out) } else { rewrite(site, previewed, out) }
    })
}

/// Makes a pinned site a preview: its page stays as it is, and reads something else.
fn rewrite(site: &Path, previewed: &Previewed, out: &Path) -> Result<(), SiteError> {
    copy(site, out)?;
    let Written { election, manifest, headers, .. } = previewed.written();
    let files = [
        (ELECTION, election.as_bytes()),
        (MANIFEST, manifest.unwrap_or_default()),
        (HEADERS, headers.as_bytes()),
    ];
    for (name, bytes) in files {
        let file = out.join(name);
        std::fs::write(&file, bytes).map_err(SiteError::at(&file))?;
    }
    compress(out)?;
    list(out)
}

/// Hands on a built site with the pictures in it.
fn beside(
    built: &Path,
    pictures: Option<&Pictures>,
    out: &Path,
    then: impl FnOnce(&Path) -> Result<(), SiteError>,
) -> Result<(), SiteError> {
    let Some(pictures) = pictures else { return then(built) };
    let folder = out.parent().unwrap_or(out);
    let with_pictures = tempfile::Builder::new().prefix(".built-").tempdir_in(folder);
    let with_pictures = with_pictures.map_err(SiteError::at(folder))?;
    copy(built, with_pictures.path())?;
    pictures.put_into(with_pictures.path())?;
    then(with_pictures.path())
}

/// Puts what `make` writes into a folder, as [`publish`] does with a site. `make` gets the path of a folder that does
/// not exist yet, alone in another one, and leaves a [list](crate::list) in it.
///
/// # Errors
/// Those of `make`, and when the folder holds something else.
pub fn put(out: &Path, make: impl FnOnce(&Path) -> Result<(), SiteError>) -> Result<Published, SiteError> {
    let old = Old::look(out)?;
    let new_folder = !out.exists();
    let published = into(make, out, &old);
    if new_folder && published.is_err() {
        // Only where nothing came into it.
        let _ = std::fs::remove_dir(out);
    }
    published
}

fn into(
    make: impl FnOnce(&Path) -> Result<(), SiteError>,
    out: &Path,
    old: &Old<'_>,
) -> Result<Published, SiteError> {
    std::fs::create_dir_all(out).map_err(SiteError::at(out))?;
    // In the folder, so that each file comes into its place whole, by its name alone.
    let staging = tempfile::Builder::new().prefix(".veche-site-").tempdir_in(out);
    let staging = staging.map_err(SiteError::at(out))?;
    let whole = staging.path().join("whole");
    make(&whole)?;
    let new = listed(&whole)?.unwrap_or_default();
    old.check(&new)?;
    // The page comes behind what it loads, and the list last.
    let mut order: Vec<&Path> = new.keys().map(PathBuf::as_path).collect();
    order.sort_by_key(|name| (name.starts_with("index.html"), !name.starts_with("assets")));
    for name in order.into_iter().chain([Path::new(LIST)]) {
        let target = out.join(name);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(SiteError::at(folder))?;
        }
        std::fs::rename(whole.join(name), &target).map_err(SiteError::at(&target))?;
    }
    old.take_away(&new)?;
    Ok(Published { files: new.len() + 1, left: old.strangers(&new) })
}

/// What stands in the way of a site in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// The folder is a file.
    File,
    /// Files, and no site.
    Others,
    /// A site, and files in it that somebody else has written or changed.
    Foreign {
        /// The site's own that somebody has changed.
        changed: Vec<PathBuf>,
        /// Somebody's where a file of the site goes.
        in_the_way: Vec<PathBuf>,
    },
}

impl std::fmt::Display for Holds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (changed, in_the_way) = match self {
            Holds::File => {
                return f.write_str("is a file; nothing was written: name a new or an empty folder");
            }
            Holds::Others => {
                return f.write_str(
                    "holds files, and no site that this command wrote; nothing was written: name a new or an empty folder",
                );
            }
            Holds::Foreign { changed, in_the_way } => (changed, in_the_way),
        };
        let complaint = [
            (changed, "changed since this command wrote"),
            (in_the_way, "not written by this command, and in the way"),
        ]
        .into_iter()
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, what)| format!("{what}: {}", some_of(names)))
        .collect::<Vec<_>>();
        write!(
            f,
            "has files that are not this command's to replace ({}); nothing was written: move them away, or name \
             another folder",
            complaint.join("; ")
        )
    }
}

/// A folder before a site is written into it.
struct Old<'a> {
    folder: &'a Path,
    /// What an earlier site's list says.
    listed: BTreeMap<PathBuf, String>,
    /// What is there, and whether it is a plain file.
    there: BTreeMap<PathBuf, bool>,
}

impl<'a> Old<'a> {
    fn look(folder: &'a Path) -> Result<Self, SiteError> {
        let mut old = Old { folder, listed: BTreeMap::new(), there: BTreeMap::new() };
        let Ok(kind) = std::fs::symlink_metadata(folder) else { return Ok(old) };
        let not_ours = |holds| SiteError::Folder { folder: folder.to_owned(), holds };
        if !kind.is_dir() && !folder.is_dir() {
            return Err(not_ours(Holds::File));
        }
        let mut items = std::fs::read_dir(folder).map_err(SiteError::at(folder))?;
        if items.next().is_none() {
            return Ok(old);
        }
        old.listed = listed(folder)?.ok_or_else(|| not_ours(Holds::Others))?;
        old.walk(PathBuf::new())?;
        Ok(old)
    }

    /// Notes what lies in a folder of the folder. A link is no file of ours, wherever it leads.
    fn walk(&mut self, below: PathBuf) -> Result<(), SiteError> {
        let folder = self.folder.join(&below);
        for item in std::fs::read_dir(&folder).map_err(SiteError::at(&folder))? {
            let item = item.map_err(SiteError::at(&folder))?;
            let name = below.join(item.file_name());
            let kind = item.file_type().map_err(SiteError::at(&item.path()))?;
            if kind.is_dir() {
                self.walk(name)?;
            } else {
                self.there.insert(name, kind.is_file());
            }
        }
        Ok(())
    }

    /// Whether a site of these files can come here without touching what is not ours.
    fn check(&self, new: &BTreeMap<PathBuf, String>) -> Result<(), SiteError> {
        let mut changed = Vec::new();
        let mut in_the_way = Vec::new();
        for (name, plain) in self.there.iter().filter(|(name, _)| name.as_path() != Path::new(LIST)) {
            let lists = [new, &self.listed];
            // Nobody else's files are read.
            if *plain && lists.iter().any(|list| list.contains_key(name)) {
                let file = self.folder.join(name);
                let hash = integrity(&std::fs::read(&file).map_err(SiteError::at(&file))?);
                if lists.iter().any(|list| list.get(name) == Some(&hash)) {
                    continue;
                }
            }
            if self.listed.contains_key(name) {
                changed.push(name.clone());
            } else if new.keys().any(|file| file.starts_with(name)) {
                in_the_way.push(name.clone());
            }
        }
        // A folder where a file of the site goes.
        let folders = new.keys().filter(|name| self.folder.join(name).is_dir());
        in_the_way.extend(folders.cloned());
        if changed.is_empty() && in_the_way.is_empty() {
            return Ok(());
        }
        let holds = Holds::Foreign { changed, in_the_way };
        Err(SiteError::Folder { folder: self.folder.to_owned(), holds })
    }

    /// Takes away the files of the earlier site that the new one does not have, and folders that are empty without
    /// them.
    fn take_away(&self, new: &BTreeMap<PathBuf, String>) -> Result<(), SiteError> {
        let gone =
            self.listed.keys().filter(|name| self.there.contains_key(*name) && !new.contains_key(*name));
        let mut folders = BTreeSet::new();
        for name in gone {
            let file = self.folder.join(name);
            std::fs::remove_file(&file).map_err(SiteError::at(&file))?;
            folders.extend(name.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()));
        }
        // The deepest first; one that is not empty stays.
        for folder in folders.into_iter().rev() {
            let _ = std::fs::remove_dir(self.folder.join(folder));
        }
        Ok(())
    }

    /// What is there and not the site's.
    fn strangers(&self, new: &BTreeMap<PathBuf, String>) -> Vec<PathBuf> {
        let ours =
            |name: &Path| self.listed.contains_key(name) || new.contains_key(name) || name == Path::new(LIST);
        self.there.keys().filter(|name| !ours(name)).cloned().collect()
    }
}

/// The first few of some files.
fn some_of(names: &[PathBuf]) -> String {
    const SHOWN: usize = 5;
    let mut text: Vec<String> = names.iter().take(SHOWN).map(|name| name.display().to_string()).collect();
    if names.len() > SHOWN {
        text.push(format!("{} more", names.len() - SHOWN));
    }
    text.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PinnedCard;
    use crate::tests::{election, example, site};

    /// Every file of a folder with what is in it.
    fn all(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let read = |name: PathBuf| {
            let bytes = std::fs::read(folder.join(&name)).unwrap();
            (name, bytes)
        };
        crate::files(folder).unwrap().into_iter().map(read).collect()
    }

    fn other() -> Pin {
        Pin { accent: Some("#20639b".into()), ..example() }
    }

    fn refusal(built: &Path, out: &Path) -> String {
        let before = all(out);
        let refused = publish(built, &other(), None, out).unwrap_err().to_string();
        assert_eq!(all(out), before, "nothing was written");
        assert!(refused.contains("nothing was written"), "{refused}");
        refused
    }

    #[test]
    fn a_site_is_replaced_by_the_next_and_what_is_not_its_own_stays() {
        let (built, scratch) = (site(|_, text| text.into()), tempfile::tempdir().unwrap());
        let (out, alone) = (scratch.path().join("new/site"), scratch.path().join("alone"));
        let first = publish(built.path(), &example(), None, &out).unwrap();
        pin(built.path(), &example(), &alone).unwrap();
        assert_eq!(all(&out), all(&alone));
        assert_eq!(first, Published { files: all(&out).len(), left: Vec::new() });
        // Once more: the same.
        assert_eq!(publish(built.path(), &example(), None, &out).unwrap(), first);

        std::fs::write(out.join("robots.txt"), "mine").unwrap();
        std::fs::create_dir(out.join("app/notes")).unwrap();
        std::fs::write(out.join("app/notes/a.txt"), "mine").unwrap();
        let smaller =
            site(
                |name, text| {
                    if name == "app/area.js" { "import \"./other.js\";\n".into() } else { text.into() }
                },
            );
        std::fs::remove_file(smaller.path().join("app/screen.js")).unwrap();
        let second = publish(smaller.path(), &other(), None, &out).unwrap();
        assert_eq!(second.left, [PathBuf::from("app/notes/a.txt"), "robots.txt".into()]);
        assert!(!out.join("app/screen.js").exists(), "of the site before, and of this one no more");
        pin(smaller.path(), &other(), &alone).unwrap();
        let mut expected = all(&alone);
        expected.extend(second.left.iter().map(|name| (name.clone(), b"mine".to_vec())));
        assert_eq!(all(&out), expected);
    }

    #[test]
    fn what_it_did_not_write_is_neither_overwritten_nor_deleted() {
        let (built, scratch) = (site(|_, text| text.into()), tempfile::tempdir().unwrap());
        let out = scratch.path().join("site");
        // A folder of somebody's, with or without a page.
        for name in ["letter.txt", "index.html"] {
            std::fs::create_dir(&out).unwrap();
            std::fs::write(out.join(name), "mine").unwrap();
            assert!(refusal(built.path(), &out).contains("holds files, and no site that this command wrote"));
            std::fs::remove_dir_all(&out).unwrap();
        }
        std::fs::write(&out, "mine").unwrap();
        let refused = publish(built.path(), &other(), None, &out).unwrap_err().to_string();
        assert!(refused.contains("is a file; nothing was written"), "{refused}");
        assert_eq!(std::fs::read(&out).unwrap(), b"mine");
        std::fs::remove_file(&out).unwrap();

        publish(built.path(), &example(), None, &out).unwrap();
        let was = std::fs::read(out.join("style.css")).unwrap();
        std::fs::write(out.join("style.css"), "p{color:red}").unwrap();
        assert!(refusal(built.path(), &out).contains("changed since this command wrote: style.css"));
        std::fs::write(out.join("style.css"), was).unwrap();

        // A new file of the site where somebody has put one, or a folder.
        let larger = site(|_, text| text.into());
        std::fs::write(larger.path().join("map.svg"), "<svg>").unwrap();
        std::fs::write(out.join("map.svg"), "mine").unwrap();
        assert!(
            refusal(larger.path(), &out).contains("not written by this command, and in the way: map.svg")
        );
        std::fs::remove_file(out.join("map.svg")).unwrap();
        std::fs::create_dir(out.join("map.svg")).unwrap();
        assert!(refusal(larger.path(), &out).contains("in the way: map.svg"));
        std::fs::remove_dir(out.join("map.svg")).unwrap();
        publish(larger.path(), &other(), None, &out).unwrap();
        // A list that says nothing makes nothing ours.
        std::fs::write(out.join(LIST), "[]").unwrap();
        assert!(refusal(built.path(), &out).contains("no site that this command wrote"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let (built, scratch) = (site(|_, text| text.into()), tempfile::tempdir().unwrap());
        let (out, elsewhere) = (scratch.path().join("site"), scratch.path().join("elsewhere"));
        publish(built.path(), &example(), None, &out).unwrap();
        std::fs::rename(out.join("app"), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, out.join("app")).unwrap();
        let before = all(&elsewhere);
        assert!(refusal(built.path(), &out).contains("in the way: app"));
        assert_eq!(all(&elsewhere), before);
    }

    #[test]
    fn a_failed_attempt_leaves_no_folder_behind() {
        let scratch = tempfile::tempdir().unwrap();
        let built = site(|name, text| if name == "index.html" { "<p>".into() } else { text.into() });
        let out = scratch.path().join("site");
        assert!(matches!(publish(built.path(), &example(), None, &out), Err(SiteError::Shape(_))));
        assert!(!out.exists());
    }

    #[test]
    fn the_pictures_that_the_manifest_names_lie_beside_the_site() {
        let (manifest, card, _) = election();
        let manifest = String::from_utf8(manifest).unwrap();
        let manifest =
            manifest.replace("{\"id\": \"a\", ", "{\"id\": \"a\", \"picture\": \"pictures/a.jpg\", ");
        let manifest =
            manifest.replace("{\"id\": \"b\", ", "{\"id\": \"b\", \"picture\": \"pictures/b.png\", ");
        let fingerprint = card.fingerprint(&veche_record::Manifest::hash_of(manifest.as_bytes())).to_string();
        let checked = PinnedCard::check(&fingerprint, manifest.as_bytes(), card.to_bytes()).unwrap();
        let settings = Pin { fingerprint: Some(fingerprint), card: Some(checked), ..example() };
        let (built, scratch) = (site(|_, text| text.into()), tempfile::tempdir().unwrap());
        let (folder, out) = (scratch.path().join("from"), scratch.path().join("site"));
        std::fs::create_dir_all(folder.join("pictures")).unwrap();
        let find = || Pictures::find(manifest.as_bytes(), &folder).map_err(|error| error.to_string());

        let missing = find().unwrap_err();
        assert!(missing.contains("pictures/a.jpg is not there\n  pictures/b.png is not there"), "{missing}");
        std::fs::write(folder.join("pictures/a.jpg"), b"\xff\xd8\xff\xe0 a picture").unwrap();
        for (bytes, problem) in [
            (
                &b"<?xml version='1.0'?><svg onload='alert(1)'>"[..],
                "is an SVG drawing, which can hold a program",
            ),
            (b"\0\0\0\x18ftypheic", "is a picture that most browsers do not show (HEIC"),
            (b"%PDF-1.7", "is no picture"),
            (b"", "is empty"),
        ] {
            std::fs::write(folder.join("b.png"), bytes).unwrap();
            let refused = find().unwrap_err();
            assert!(refused.contains(&format!("pictures/b.png {problem}")), "{refused}");
        }
        std::fs::write(folder.join("b.png"), b"\x89PNG\r\n\x1a\n").unwrap();
        std::fs::write(folder.join("c.png"), b"\x89PNG\r\n\x1a\n").unwrap();
        let pictures = find().unwrap();
        assert_eq!((pictures.count(), pictures.notes.len()), (2, 1));
        assert!(pictures.notes[0].to_string().ends_with("left out: c.png"), "{:?}", pictures.notes);
        publish(built.path(), &settings, Some(&pictures), &out).unwrap();
        assert_eq!(std::fs::read(out.join("pictures/a.jpg")).unwrap(), b"\xff\xd8\xff\xe0 a picture");
        assert!(out.join("pictures/b.png").exists() && !out.join("c.png").exists());
        let hashes = listed(&out).unwrap().unwrap();
        assert!(hashes.contains_key(Path::new("pictures/a.jpg")));
    }
}
