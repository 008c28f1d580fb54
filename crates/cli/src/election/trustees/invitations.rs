//! `veche election invitations`: a page to print for each trustee.

use std::path::{Path, PathBuf};

use clap::Args;
use veche_record::Manifest;
use veche_results::papers::{Invitation, Picture};
use veche_voter::qr_picture;
use zeroize::Zeroizing;

use super::TrusteesError;
use super::names::Names;
use crate::Outcome;
use crate::error::Error;
use crate::files::write_secret;
use crate::remote::Remote;

/// Writes an invitation for each trustee: a page to print, with a link and its QR code.
#[derive(Debug, Args)]
pub(crate) struct InvitationsArgs {
    /// The ballot box, as https://box.example/.
    #[arg(long = "box", value_name = "URL")]
    ballot_box: String,
    /// The site where trustees work, as https://vote.example/.
    #[arg(long, value_name = "URL")]
    site: String,
    /// The trustees' tokens, a line each: the file trustee-tokens that `veche-server init` wrote.
    #[arg(long, value_name = "FILE")]
    tokens: PathBuf,
    /// What a trustee is called, as --name 2="Anna Nowak"; once for each. Left out: the trustee's number alone.
    #[arg(long = "name", value_name = "NUMBER=NAME")]
    names: Vec<String>,
    /// Until when the shares are to be made, on the town's clock: 2026-05-01, or 2026-05-01T18:00. Left out: until
    /// voting opens.
    #[arg(long, value_name = "DAY")]
    by: Option<String>,
    /// In this language alone. Left out: in each language of the vote, one sheet each.
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// A new or empty folder to write them into.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// [`enum@Error`].
pub(crate) fn run(args: &InvitationsArgs) -> Result<Outcome, Error> {
    let manifest = manifest(&args.ballot_box)?;
    let tokens = crate::files::read(&args.tokens).map(Zeroizing::new)?;
    let tokens = read_tokens(&tokens, &args.tokens, manifest.trustees().count)?;
    let names = Names::read(&args.names, manifest.trustees().count)?;
    let by = args.by.as_deref().map(|by| moment(by, &manifest)).transpose()?;
    let wanted = Wanted { site: &args.site, names: &names, by, language: args.language.as_deref() };
    let pages = pages(&manifest, &tokens, &wanted)?;
    make_private(&args.out)?;
    let mut text = String::new();
    for (name, page) in &pages {
        let path = args.out.join(name);
        write_secret(&path, page.as_bytes())?;
        text.push_str(&format!("{}\n", path.display()));
    }
    let languages = languages(&manifest, args.language.as_deref());
    let first = languages.first().map_or("en", String::as_str);
    text.push_str(&format!("\n{}\n", Invitation::of_files(first).map_err(TrusteesError::from)?));
    Ok(Outcome::passed(text))
}

/// The manifest of a ballot box.
pub(crate) fn manifest(ballot_box: &str) -> Result<Manifest, Error> {
    let place = ballot_box.trim_end_matches('/');
    let bytes = Remote::new(&format!("{place}/record"))?.get("manifest.json")?;
    let bytes = bytes.ok_or_else(|| TrusteesError::NoManifest(format!("{place}/record/manifest.json")))?;
    Ok(Manifest::parse(&bytes).map_err(TrusteesError::from)?)
}

/// The tokens in the order of the trustees.
pub(crate) fn read_tokens(
    bytes: &[u8],
    path: &Path,
    count: u8,
) -> Result<Vec<Zeroizing<String>>, TrusteesError> {
    let wrong = || TrusteesError::Tokens { path: path.to_owned() };
    let text = std::str::from_utf8(bytes).map_err(|_| wrong())?;
    let mut tokens = Vec::new();
    for (at, line) in (1_usize..).zip(text.lines().filter(|line| !line.trim().is_empty())) {
        let (number, token) = line.trim().split_once(' ').ok_or_else(wrong)?;
        let fits = number.parse() == Ok(at) && token.bytes().all(|byte| byte.is_ascii_graphic());
        tokens.push(fits.then(|| Zeroizing::new(token.to_owned())).ok_or_else(wrong)?);
    }
    match tokens.len() {
        found if found == usize::from(count) => Ok(tokens),
        0 => Err(wrong()),
        found => Err(TrusteesError::OtherTokens { path: path.to_owned(), found, count }),
    }
}

/// What the invitations say beside the manifest.
pub(crate) struct Wanted<'a> {
    /// The site's address.
    pub site: &'a str,
    /// What the trustees are called.
    pub names: &'a Names,
    /// Until when.
    pub by: Option<u64>,
    /// One language alone.
    pub language: Option<&'a str>,
}

/// A page for each trustee, under the name of its file.
pub(crate) fn pages(
    manifest: &Manifest,
    tokens: &[Zeroizing<String>],
    wanted: &Wanted<'_>,
) -> Result<Vec<(String, Zeroizing<String>)>, TrusteesError> {
    let site = site(wanted.site)?;
    let languages = languages(manifest, wanted.language);
    let mut pages = Vec::new();
    for (number, token) in (1_u8..).zip(tokens) {
        let page = format!("{site}#trustee");
        let link = Zeroizing::new(format!("{page}={number}&token={}", token.as_str()));
        let drawn = qr_picture(&link)?;
        let path = Zeroizing::new(drawn.path);
        let invitation = Invitation {
            manifest,
            number,
            name: wanted.names.of(number),
            page: &page,
            pass: token,
            link: &link,
            picture: Picture { side: drawn.side, path: &path },
            by: wanted.by,
        };
        pages.push((format!("trustee-{number}.html"), Zeroizing::new(invitation.html(&languages)?)));
    }
    Ok(pages)
}

/// The languages of the papers, the first one that of the vote.
fn languages(manifest: &Manifest, asked: Option<&str>) -> Vec<String> {
    let has_words = |language: &&String| veche_results::Words::of(language).is_ok();
    let languages: Vec<String> = match asked {
        Some(language) => vec![language.to_owned()],
        None => manifest.document().languages.iter().filter(has_words).cloned().collect(),
    };
    if languages.is_empty() { vec!["en".to_owned()] } else { languages }
}

/// The site's address with its last slash: encrypted, or on this machine.
fn site(address: &str) -> Result<String, TrusteesError> {
    let refused = || TrusteesError::Site(address.to_owned());
    let (scheme, rest) = address.split_once("://").ok_or_else(refused)?;
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    if host.is_empty() || rest.contains(['#', '?', ' ', '"']) {
        return Err(refused());
    }
    match scheme {
        "https" => {}
        "http" if ["localhost", "127.0.0.1"].contains(&host) => {}
        "http" => return Err(TrusteesError::Unencrypted(address.to_owned())),
        _ => return Err(refused()),
    }
    Ok(format!("{}/", address.trim_end_matches('/')))
}

/// A moment on the town's clock: the end of a day, or an hour of it.
pub(crate) fn moment(text: &str, manifest: &Manifest) -> Result<u64, TrusteesError> {
    let wrong = || TrusteesError::By(text.to_owned());
    let civil = match text.parse::<jiff::civil::Date>() {
        // The parser of a day takes an hour behind it, and drops it.
        Ok(day) if text.len() == "2026-05-01".len() => day.at(23, 59, 0, 0),
        _ => text.parse::<jiff::civil::DateTime>().map_err(|_| wrong())?,
    };
    let zone = jiff::tz::TimeZone::get(&manifest.document().time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let instant = zone.to_ambiguous_timestamp(civil).compatible().map_err(|_| wrong())?;
    u64::try_from(instant.as_second()).map_err(|_| wrong())
}

/// A folder that only its owner can enter, and that is empty.
fn make_private(folder: &Path) -> Result<(), Error> {
    let failed = |source| Error::Write { path: folder.to_owned(), source };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)?;
    match std::fs::read_dir(folder).map_err(failed)?.next() {
        None => Ok(()),
        Some(_) => Err(TrusteesError::NotEmpty { path: folder.to_owned() }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_goes_into_no_link_that_is_not_encrypted() {
        assert_eq!(site("https://vote.example").unwrap(), "https://vote.example/");
        assert_eq!(site("https://town.example/vote/").unwrap(), "https://town.example/vote/");
        assert_eq!(site("http://127.0.0.1:8000/").unwrap(), "http://127.0.0.1:8000/");
        assert!(matches!(site("http://vote.example/"), Err(TrusteesError::Unencrypted(_))));
        for wrong in ["vote.example", "ftp://vote.example", "https://", "https://a/#x", "javascript:alert(1)"]
        {
            assert!(matches!(site(wrong), Err(TrusteesError::Site(_))), "{wrong}");
        }
    }

    #[test]
    fn the_list_of_tokens_is_read_line_by_line() {
        let read = |text: &str| read_tokens(text.as_bytes(), Path::new("trustee-tokens"), 2);
        let tokens = read("1 abc\n2 def\n").unwrap();
        assert_eq!(tokens.iter().map(|token| token.as_str()).collect::<Vec<_>>(), ["abc", "def"]);
        assert!(matches!(read("1 abc\n"), Err(TrusteesError::OtherTokens { found: 1, count: 2, .. })));
        for wrong in ["", "abc\ndef\n", "2 abc\n1 def\n", "1 abc\n2 d e\n"] {
            assert!(matches!(read(wrong), Err(TrusteesError::Tokens { .. })), "{wrong:?}");
        }
    }
}
