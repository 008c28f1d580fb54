//! A built site in one file, to be built into a program: an archive of tar whose every byte follows from the site's
//! files. A file that lies there compressed is left out, for it can be had again from its `.br`.

use std::path::{Component, Path};

use crate::compressed::{is_form, unpacked};
use crate::integrity::{LIST, listed};
use crate::{SiteError, files, integrity::integrity};

/// Packs a built site, which has its [`crate::list`].
///
/// # Errors
/// When it has no list, or a file cannot be read.
pub fn pack(built: &Path) -> Result<Vec<u8>, SiteError> {
    // Unpacking compares with it.
    listed(built)?.ok_or_else(|| {
        SiteError::Shape(format!("{} is not a built site: it has no {LIST}", built.display()))
    })?;
    let names = files(built)?;
    let mut archive = tar::Builder::new(Vec::new());
    for name in &names {
        let mut form = name.as_os_str().to_owned();
        form.push(".br");
        if names.iter().any(|other| *other == form) {
            continue;
        }
        let file = built.join(name);
        let bytes = std::fs::read(&file).map_err(SiteError::at(&file))?;
        // Nothing of the machine that packs: no owner, no hour.
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        archive.append_data(&mut header, name, bytes.as_slice()).map_err(SiteError::at(&file))?;
    }
    archive.into_inner().map_err(SiteError::at(built))
}

/// Writes the files of a packed site into an empty folder, and sees that they are those of its list.
///
/// # Errors
/// When the archive is not a packed site's, or a file cannot be written.
pub fn unpack(archive: &[u8], to: &Path) -> Result<(), SiteError> {
    let broken = |why: &str| SiteError::Shape(format!("the packed site is broken: {why}"));
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().map_err(|error| broken(&error.to_string()))?;
    for entry in entries {
        let mut entry = entry.map_err(|error| broken(&error.to_string()))?;
        let name = entry.path().map_err(|error| broken(&error.to_string()))?.into_owned();
        if !name.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(broken("it names a file outside itself"));
        }
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).map_err(|error| broken(&error.to_string()))?;
        let target = to.join(&name);
        write(&target, &bytes)?;
        if is_form(&name, "br") {
            let bytes = unpacked(&bytes).map_err(|error| broken(&error.to_string()))?;
            write(&target.with_extension(""), &bytes)?;
        }
    }
    let hashes = listed(to)?.ok_or_else(|| broken("it has no list of its files"))?;
    let mut names = files(to)?;
    names.retain(|name| name.as_path() != Path::new(LIST));
    if names.len() != hashes.len() {
        return Err(broken("it has other files than its list"));
    }
    for name in names {
        let file = to.join(&name);
        let bytes = std::fs::read(&file).map_err(SiteError::at(&file))?;
        if hashes.get(&name) != Some(&integrity(&bytes)) {
            return Err(broken(&format!("{} is not the one of its list", name.display())));
        }
    }
    Ok(())
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), SiteError> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(SiteError::at(folder))?;
    }
    std::fs::write(file, bytes).map_err(SiteError::at(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compress;

    fn built() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in
            [("index.html", "<p>".repeat(90)), ("app/main.js", "1;".repeat(90)), ("a.png", "p".into())]
        {
            write(&folder.path().join(name), text.as_bytes()).unwrap();
        }
        compress(folder.path()).unwrap();
        crate::list(folder.path()).unwrap();
        folder
    }

    fn all(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
        let read = |name: std::path::PathBuf| {
            let bytes = std::fs::read(folder.join(&name)).unwrap();
            (name, bytes)
        };
        files(folder).unwrap().into_iter().map(read).collect()
    }

    #[test]
    fn a_packed_site_comes_out_again_byte_by_byte() {
        let (from, to) = (built(), tempfile::tempdir().unwrap());
        let archive = pack(from.path()).unwrap();
        assert_eq!(archive, pack(from.path()).unwrap());
        let text = String::from_utf8_lossy(&archive).into_owned();
        assert!(
            text.contains("index.html.br") && !text.contains("<p><p>"),
            "only the compressed form is in it"
        );
        unpack(&archive, to.path()).unwrap();
        assert_eq!(all(to.path()), all(from.path()));
    }

    #[test]
    fn a_broken_archive_is_no_site() {
        let from = built();
        let archive = pack(from.path()).unwrap();
        let refused = |archive: &[u8]| {
            let to = tempfile::tempdir().unwrap();
            unpack(archive, to.path()).unwrap_err().to_string()
        };
        assert!(refused(&archive[..700]).contains("the packed site is broken"));
        assert!(refused(&[]).contains("it has no list of its files"));
        let mut flipped = archive.clone();
        // The one picture's one byte is the first of its block.
        let at = flipped.windows(2).position(|pair| pair == b"p\0").unwrap();
        flipped[at] ^= 1;
        assert!(refused(&flipped).contains("a.png is not the one of its list"));
        std::fs::remove_file(from.path().join(LIST)).unwrap();
        assert!(pack(from.path()).unwrap_err().to_string().contains("it has no integrity.json"));
    }
}
