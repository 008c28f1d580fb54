//! What the organiser says to everybody, on the organiser's own signature.

use serde::{Serialize, Serializer};
use veche_record::entry::{Issued, NoticeForm};
use veche_record::{Election, Entry};
use wasm_bindgen::JsValue;

use crate::convert;
use crate::error::{Fault, VecheError};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Said<'a> {
    /// `notice`, `cancellation` or `extension`.
    kind: &'static str,
    /// How many of the kind are before it; notices and cancellations have one numbering.
    number: u16,
    /// When, in seconds since 1970, as the organiser says.
    time: u64,
    /// When voting closes, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    closes: Option<u64>,
    /// The words, by language.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_object")]
    text: Option<Vec<(&'a str, &'a str)>>,
}

/// Writes names and values as an object. (A map of them would bring a sort into a voter's page.)
fn as_object<S: Serializer>(pairs: &Option<Vec<(&str, &str)>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().flatten().copied())
}

/// Reads an entry in which the organiser speaks to everybody, a notice or an extension, and verifies the organiser's
/// signature for this election. Where it stands on the board is not known from it.
///
/// # Errors
/// `statement-wrong` for anything else.
pub fn statement(election: &Election, entry: &[u8]) -> Result<JsValue, VecheError> {
    // Without the words of every fault of an entry, a voter's page is smaller: what it does is the same.
    let wrong = || VecheError::new("statement-wrong", Fault::Server, "not a statement of the organiser");
    let (key, fingerprint) = (election.organiser(), election.fingerprint());
    let said = match Entry::parse_statement(entry).map_err(|_| wrong())? {
        Some(Entry::Notice(notice)) => {
            notice.verify_signature(key, &fingerprint).map_err(|_| wrong())?;
            let languages = &election.manifest().document().languages;
            let text = languages.iter().zip(&notice.texts).map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let kind = match notice.form {
                NoticeForm::Words => "notice",
                NoticeForm::Cancellation => "cancellation",
            };
            let (number, time) = (notice.number, notice.time);
            return convert::to_js(&Said { kind, number, time, closes: None, text: Some(text) });
        }
        Some(Entry::Extension(extension)) => {
            extension.verify_signature(key, &fingerprint).map_err(|_| wrong())?;
            let (number, time, closes) = (extension.number, extension.signed_at, Some(extension.closes));
            Said { kind: "extension", number, time, closes, text: None }
        }
        _ => return Err(wrong()),
    };
    convert::to_js(&said)
}
