//! What a file is, by its bytes. Names lie: a web page is often called `.xls`.

use infer::MatcherType;

use crate::archive::Archive;
use crate::encoding;
use crate::error::{FileError, WrongFile};
use crate::limits::Limits;

/// What can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Excel,
    OpenDocument,
    Text,
}

/// What the old Office files begin with.
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

pub(crate) fn of(bytes: &[u8], limits: &Limits) -> Result<Kind, FileError> {
    if bytes.starts_with(OLE) {
        return Err(old_office(bytes).into());
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return package(bytes, limits);
    }
    if let Some(wrong) = known(bytes) {
        return Err(wrong.into());
    }
    // Zeros are no letters, but in UTF-16 they are half of most.
    let text = encoding::decode(bytes, None);
    match &text {
        Ok(decoded) if decoded.text.contains('\0') => return Err(WrongFile::Unknown.into()),
        Ok(decoded) => text_kind(&decoded.text)?,
        Err(_) if bytes.contains(&0) => return Err(WrongFile::Unknown.into()),
        // A person may still name an encoding.
        Err(_) => {}
    }
    Ok(Kind::Text)
}

/// Everything that has a beginning of its own.
fn known(bytes: &[u8]) -> Option<WrongFile> {
    // A PDF may have rubbish before it.
    if bytes.get(..1_024.min(bytes.len())).is_some_and(|head| find(head, b"%PDF-")) {
        return Some(WrongFile::Pdf);
    }
    if bytes.starts_with(b"{\\rtf") {
        return Some(WrongFile::RichText);
    }
    let found = infer::get(bytes)?;
    match found.matcher_type() {
        MatcherType::Image => Some(WrongFile::Picture(found.extension())),
        MatcherType::Video | MatcherType::Audio => Some(WrongFile::Recording(found.extension())),
        MatcherType::Archive if found.extension() == "pdf" => Some(WrongFile::Pdf),
        MatcherType::Archive => Some(WrongFile::Archive(found.extension())),
        MatcherType::App => Some(WrongFile::Program),
        MatcherType::Font | MatcherType::Book | MatcherType::Doc => Some(WrongFile::Unknown),
        // Web pages and XML are looked at as texts, whatever mark they begin with.
        MatcherType::Text | MatcherType::Custom => None,
    }
}

/// Whether bytes are somewhere in others.
fn find(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// What an old Office file is, by the names of the files within it.
fn old_office(bytes: &[u8]) -> WrongFile {
    let names = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        find(bytes, &wide)
    };
    if names("EncryptedPackage") {
        WrongFile::Locked
    } else if names("WordDocument") {
        WrongFile::Word
    } else if names("PowerPoint Document") {
        WrongFile::Presentation
    } else if names("Workbook") || names("Book") {
        WrongFile::OldExcel
    } else {
        WrongFile::OldOffice
    }
}

fn package(bytes: &[u8], limits: &Limits) -> Result<Kind, FileError> {
    let mut archive = Archive::open(bytes, limits)?;
    let office = archive.has("[Content_Types].xml");
    if archive.has("xl/workbook.bin") {
        return Err(WrongFile::BinaryExcel.into());
    }
    if office && archive.has_below("xl/") {
        return Ok(Kind::Excel);
    }
    if office && archive.has_below("word/") {
        return Err(WrongFile::Word.into());
    }
    if office && archive.has_below("ppt/") {
        return Err(WrongFile::Presentation.into());
    }
    if archive.has_below("Index/") && archive.has_below("Metadata/") {
        return Err(WrongFile::Numbers.into());
    }
    let Some(mimetype) = archive.text("mimetype") else { return Err(WrongFile::Archive("zip").into()) };
    let mut locked =
        || archive.text("META-INF/manifest.xml").is_some_and(|text| text.contains("encryption-data"));
    match mimetype.trim() {
        "application/vnd.oasis.opendocument.spreadsheet" if locked() => Err(WrongFile::Locked.into()),
        "application/vnd.oasis.opendocument.spreadsheet" => Ok(Kind::OpenDocument),
        "application/vnd.oasis.opendocument.text" => Err(WrongFile::OpenText.into()),
        "application/vnd.oasis.opendocument.presentation" => Err(WrongFile::Presentation.into()),
        _ => Err(WrongFile::Archive("zip").into()),
    }
}

/// Texts that are no tables.
fn text_kind(text: &str) -> Result<(), WrongFile> {
    let text = text.trim_start();
    let head: String = text.chars().take(2_000).collect::<String>().to_lowercase();
    if head.starts_with("<?xml") || head.starts_with('<') {
        return Err(match () {
            () if head.contains("urn:schemas-microsoft-com:office:spreadsheet") => WrongFile::XmlExcel,
            () if head.contains("<office:document") => WrongFile::FlatOpenDocument,
            () if head.contains("<html") || head.contains("<table") || head.contains("<!doctype html") => {
                WrongFile::WebPage
            }
            () if head.starts_with("<?xml") => WrongFile::Xml,
            // A cell may begin with this sign.
            () => return Ok(()),
        });
    }
    let line = |name: &str| text.lines().any(|line| line.trim_end().trim_end_matches(';') == name);
    if text.lines().next().is_some_and(|first| first.trim_end().trim_end_matches(';') == "META")
        && line("PROJECTS")
    {
        return Err(WrongFile::Pabulib);
    }
    if head.starts_with("{\"")
        || head.starts_with("[{")
        || (head.starts_with('{') && text.trim_end().ends_with('}'))
    {
        return Err(WrongFile::Json);
    }
    Ok(())
}
