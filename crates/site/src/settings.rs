//! What a town decides about its site.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use veche_crypto::hash::Digest;
use veche_record::{Card, Election, Manifest};

use crate::{MANIFEST, SiteError};

/// An election's card and manifest that were compared with its fingerprint: what a voter's page reads the election
/// from, and opens it by, without asking the ballot box.
#[derive(Debug, Clone)]
pub struct PinnedCard {
    fingerprint: String,
    manifest: Vec<u8>,
    card: Vec<u8>,
}

impl PinnedCard {
    /// Compares a card and the manifest's exact bytes with a fingerprint of 64 hexadecimal digits, whoever hands them
    /// out.
    ///
    /// # Errors
    /// [`SiteError::Card`] when they are another election's.
    pub fn check(fingerprint: &str, manifest: &[u8], card: Vec<u8>) -> Result<Self, SiteError> {
        let wrong = SiteError::Card;
        let mut digits = [0; 32];
        hex::decode_to_slice(fingerprint, &mut digits).map_err(|_| SiteError::settings(NO_FINGERPRINT))?;
        let parsed = Card::parse(&card).map_err(|error| wrong(error.to_string()))?;
        Election::from_card(manifest, parsed, &Digest::from_bytes(digits))
            .map_err(|error| wrong(error.to_string()))?;
        Ok(PinnedCard { fingerprint: fingerprint.to_owned(), manifest: manifest.to_vec(), card })
    }

    /// The manifest's exact bytes.
    #[must_use]
    pub fn manifest(&self) -> &[u8] {
        &self.manifest
    }
}

/// A manifest of which no election has been made yet, for a site that shows its ballots and takes none.
#[derive(Debug, Clone)]
pub struct Previewed {
    manifest: Vec<u8>,
    hash: String,
}

impl Previewed {
    /// Takes a manifest's exact bytes.
    ///
    /// # Errors
    /// [`SiteError::Settings`] when they are none.
    pub fn new(manifest: &[u8]) -> Result<Self, SiteError> {
        let parsed = Manifest::parse(manifest).map_err(|error| SiteError::Settings(error.to_string()))?;
        Ok(Previewed { manifest: manifest.to_vec(), hash: parsed.hash().to_string() })
    }

    /// What is written into the site. It has no election's fingerprint: what a browser keeps of it, it keeps under the
    /// manifest's hash. No ballot box is named, and no page may show it inside.
    pub(crate) fn written(&self) -> Written<'_> {
        let election = serde_json::json!({
            "preview": true, "fingerprint": self.hash, "manifest": MANIFEST, "box": "./", "embed": [],
        });
        Written {
            election: format!("{election:#}\n"),
            manifest: Some(&self.manifest),
            headers: headers(&[]),
            origins: BTreeSet::new(),
        }
    }
}

/// What is written into a built site to make it somebody's.
pub(crate) struct Written<'a> {
    /// The bytes of `election.json`.
    pub(crate) election: String,
    /// The manifest that lies beside the site.
    pub(crate) manifest: Option<&'a [u8]>,
    /// What the host should say.
    pub(crate) headers: String,
    /// Whom the page may ask, besides its own host.
    pub(crate) origins: BTreeSet<String>,
}

const NO_FINGERPRINT: &str = "an election's fingerprint is 64 digits 0-9 and a-f";

/// What a town decides about its site.
#[derive(Debug, Clone)]
pub struct Pin {
    /// The election's fingerprint: 64 hexadecimal digits. The page refuses to seal a ballot for any other. Nothing
    /// while the trustees are still making the keys: then the site serves them, and no voter.
    pub fingerprint: Option<String>,
    /// The election's card and manifest. Without them a voter's page asks the ballot box for both.
    pub card: Option<PinnedCard>,
    /// Where the ballot box answers: `./` when it serves the site itself, otherwise an absolute URL ending in a slash.
    pub ballot_box: String,
    /// Where voters sign in: nothing where the box is its own registrar, otherwise an absolute URL ending in a slash.
    pub registrar: Option<String>,
    /// Where the published record is: nothing for the box's own, otherwise an absolute URL or one relative to the site,
    /// ending in a slash.
    pub record: Option<String>,
    /// The town's colour, `#rrggbb`.
    pub accent: Option<String>,
    /// Whose pages may show the voters' page inside them, as browsers send an origin: `https://portal.example`. With
    /// none the site is not shown inside any page.
    pub embed_origins: Vec<String>,
}

impl Pin {
    pub(crate) fn check(&self) -> Result<(), SiteError> {
        let hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if self.fingerprint.as_ref().is_some_and(|digits| digits.len() != 64 || !hex(digits)) {
            return Err(SiteError::settings(NO_FINGERPRINT));
        }
        if self.card.as_ref().is_some_and(|card| Some(&card.fingerprint) != self.fingerprint.as_ref()) {
            return Err(SiteError::settings(
                "the election's card is of another election than the fingerprint",
            ));
        }
        check_address("ballot box", &self.ballot_box)?;
        self.registrar.as_ref().map_or(Ok(()), |address| check_address("registrar", address))?;
        self.record.as_ref().map_or(Ok(()), |record| check_address("record", record))?;
        if let Some(accent) = &self.accent {
            let digits = accent.strip_prefix('#').unwrap_or_default().to_ascii_lowercase();
            if digits.len() != 6 || !hex(&digits) {
                return Err(SiteError::settings("the accent colour is written #rrggbb"));
            }
        }
        self.embed_origins.iter().try_for_each(|origin| check_origin(origin))
    }

    /// What is written into the site.
    pub(crate) fn written(&self) -> Written<'_> {
        Written {
            election: self.to_json(),
            manifest: self.card.as_ref().map(PinnedCard::manifest),
            headers: self.headers(),
            origins: self.origins(),
        }
    }

    /// The bytes of `election.json`, which the page reads.
    pub(crate) fn to_json(&self) -> String {
        let Pin { fingerprint, card, ballot_box, registrar, record, accent, embed_origins } = self;
        // Where the manifest lies beside, by its address relative to the site.
        let manifest = card.as_ref().map(|_| MANIFEST);
        let card = card.as_ref().map(|card| STANDARD.encode(&card.card));
        let election = serde_json::json!({
            "fingerprint": fingerprint, "card": card, "manifest": manifest, "box": ballot_box, "registrar": registrar, "record": record,
            "accent": accent, "embed": embed_origins,
        });
        format!("{election:#}\n")
    }

    /// What the host of the site has to say of it and no page can say of itself, in the form that hosts of static files
    /// read from a file named [`HEADERS`].
    pub(crate) fn headers(&self) -> String {
        headers(&self.embed_origins)
    }

    /// Scheme and host of each address that is not relative to the site.
    pub(crate) fn origins(&self) -> BTreeSet<String> {
        let addresses = [Some(&self.ballot_box), self.registrar.as_ref(), self.record.as_ref()];
        addresses.into_iter().flatten().filter_map(|address| origin(address)).collect()
    }
}

fn headers(embed_origins: &[String]) -> String {
    let who = if embed_origins.is_empty() { "'none'".into() } else { embed_origins.join(" ") };
    format!("/*\n  Content-Security-Policy: frame-ancestors {who}\n  X-Content-Type-Options: nosniff\n")
}

/// Where a site says what its host should.
pub(crate) const HEADERS: &str = "_headers";

/// An origin becomes a word of a header, and is compared with what browsers send.
fn check_origin(text: &str) -> Result<(), SiteError> {
    let host = text.strip_prefix("https://").or_else(|| {
        let host = text.strip_prefix("http://")?;
        let name = host.split(':').next()?;
        ["localhost", "127.0.0.1"].contains(&name).then_some(host)
    });
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:[]".contains(&byte);
    let whole = |host: &str| !host.is_empty() && host.bytes().all(plain) && !host.ends_with(":443");
    if host.is_some_and(whole) {
        return Ok(());
    }
    Err(SiteError::Settings(format!(
        "{text:?} is not an origin such as https://portal.example: scheme and host in small letters, no path, and https:// \
         except on this machine"
    )))
}

/// An address becomes a word of the policy: nothing that could end the word or the attribute may pass.
fn check_address(whose: &str, address: &str) -> Result<(), SiteError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&byte);
    let wrong = if !address.ends_with('/') {
        format!("must end in a slash: {address}")
    } else if !address.bytes().all(plain) {
        "holds a character that no plain address has".into()
    } else if address.contains("//") && origin(address).is_none() {
        "must begin with https:// (or http:// on this machine)".into()
    } else {
        return Ok(());
    };
    Err(SiteError::Settings(format!("the {whose}'s address {wrong}")))
}

fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    matches!(scheme, "https" | "http").then(|| format!("{scheme}://{host}"))
}
