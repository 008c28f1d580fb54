//! The compressed forms of a site's files, which a web server hands out to whoever takes them: `main.js.br` and
//! `main.js.gz` beside `main.js`. Compressed once, and as well as can be.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::integrity::LIST;
use crate::{SiteError, files};

/// What shrinks. Pictures are compressed by their own formats.
const KINDS: [&str; 8] = ["css", "html", "js", "json", "mjs", "svg", "txt", "wasm"];

#[derive(Clone, Copy)]
enum Form {
    Brotli,
    Gzip,
}

/// Writes beside each file of a site that shrinks its two compressed forms. Those that are there and hold the file
/// stay, for making them takes seconds; any other is made anew or taken away.
///
/// # Errors
/// When a file cannot be read or written.
pub fn compress(site: &Path) -> Result<(), SiteError> {
    for name in files(site)? {
        let file = site.join(&name);
        let kind = |path: &Path| path.extension().and_then(|kind| kind.to_str()).map(str::to_owned);
        if is_form(&file, "br") || is_form(&file, "gz") {
            // Of a file that went.
            if !file.with_extension("").is_file() {
                std::fs::remove_file(&file).map_err(SiteError::at(&file))?;
            }
            continue;
        }
        // Written after the compressed forms, for it lists them.
        if name == Path::new(LIST) || !kind(&file).is_some_and(|kind| KINDS.contains(&kind.as_str())) {
            continue;
        }
        let bytes = std::fs::read(&file).map_err(SiteError::at(&file))?;
        for form in [Form::Brotli, Form::Gzip] {
            form.beside(&file, &bytes)?;
        }
    }
    Ok(())
}

/// Whether a file's name is that of a compressed form.
pub(crate) fn is_form(path: &Path, form: &str) -> bool {
    path.extension().is_some_and(|kind| kind == form)
}

/// What a form of [`Form::Brotli`] holds.
pub(crate) fn unpacked(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    brotli::Decompressor::new(packed, 4096).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Form {
    fn beside(self, file: &Path, bytes: &[u8]) -> Result<(), SiteError> {
        let mut path = file.as_os_str().to_owned();
        path.push(match self {
            Form::Brotli => ".br",
            Form::Gzip => ".gz",
        });
        let path = Path::new(&path);
        let there = std::fs::read(path).ok();
        if there.as_ref().is_some_and(|packed| self.holds(packed, bytes)) {
            return Ok(());
        }
        let packed = self.pack(bytes).map_err(SiteError::at(path))?;
        if packed.len() < bytes.len() {
            std::fs::write(path, packed).map_err(SiteError::at(path))
        } else if there.is_some() {
            std::fs::remove_file(path).map_err(SiteError::at(path))
        } else {
            Ok(())
        }
    }

    fn holds(self, packed: &[u8], bytes: &[u8]) -> bool {
        let mut unpacked = Vec::with_capacity(bytes.len());
        // One byte more than expected is enough to see that it is something else.
        let limit = bytes.len() as u64 + 1;
        let read = match self {
            Form::Brotli => brotli::Decompressor::new(packed, 4096).take(limit).read_to_end(&mut unpacked),
            Form::Gzip => GzDecoder::new(packed).take(limit).read_to_end(&mut unpacked),
        };
        read.is_ok() && unpacked == bytes
    }

    fn pack(self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut packed = Vec::new();
        match self {
            Form::Brotli => {
                // A window that the file fits into: a larger one costs time and gives nothing.
                let window = usize::BITS - (bytes.len() + 16).leading_zeros();
                let settings = brotli::enc::BrotliEncoderParams {
                    quality: 11,
                    lgwin: window.clamp(16, 22).cast_signed(),
                    size_hint: bytes.len(),
                    ..Default::default()
                };
                brotli::BrotliCompress(&mut Cursor::new(bytes), &mut packed, &settings)?;
                Ok(packed)
            }
            Form::Gzip => {
                // Without name and time: the same bytes from everyone who builds the site.
                let mut encoder = GzEncoder::new(packed, Compression::best());
                encoder.write_all(bytes)?;
                encoder.finish()
            }
        }
    }
}
