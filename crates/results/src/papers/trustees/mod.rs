//! What the organiser hands or sends to trustees: the invitation, and the sentence for whoever is waited for.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use veche_record::Manifest;

use super::hours::Hours;
use super::page::{own, plain};
use crate::error::ResultsError;
use crate::words::{fill, is_right_to_left, read};

mod reminder;
mod words;

pub use reminder::{Asked, Reminder};
use words::TrusteeWords;

/// A QR code, drawn: squares on each side, and its dark ones in the syntax of an SVG path.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// Squares on each side of the drawing.
    pub side: i32,
    /// The dark squares.
    pub path: &'a str,
}

/// The invitation of one trustee. It has the trustee's pass, and is for nobody else.
#[derive(Clone, Copy)]
pub struct Invitation<'a> {
    /// The vote.
    pub manifest: &'a Manifest,
    /// The trustee's number, from 1.
    pub number: u8,
    /// The trustee's name, if the organiser has given it.
    pub name: Option<&'a str>,
    /// The site's page for trustees, without the pass.
    pub page: &'a str,
    /// The pass.
    pub pass: &'a str,
    /// The link with number and pass, and its QR code.
    pub link: &'a str,
    /// The link as a QR code.
    pub picture: Picture<'a>,
    /// Until when the share is to be made, in seconds since 1970; the opening where the organiser says nothing.
    pub by: Option<u64>,
}

impl Invitation<'_> {
    /// The page, in each of these languages.
    ///
    /// # Errors
    /// [`ResultsError::NoWords`] for a language without words.
    pub fn html(&self, languages: &[String]) -> Result<String, ResultsError> {
        let parts = languages.iter().map(|language| self.part(language)).collect::<Result<Vec<_>, _>>()?;
        let first = languages.first().map_or("en", String::as_str);
        let title = fill(&words(first)?.title, &[("number", &self.number.to_string())]);
        let direction = if is_right_to_left(first) { "rtl" } else { "ltr" };
        let page = html! {
            (DOCTYPE)
            html lang=(first) dir=(direction) {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    // Nobody whom a link on it leads to learns the address of this page.
                    meta name="referrer" content="no-referrer";
                    title { (title) }
                    style { (PreEscaped(include_str!("../style.css"))) (PreEscaped(include_str!("style.css"))) }
                }
                body { main { @for part in parts { (part) } } }
            }
        };
        Ok(page.into_string())
    }

    /// What is to be known of the files of invitations, in a language.
    ///
    /// # Errors
    /// [`ResultsError::NoWords`] for a language without words.
    pub fn of_files(language: &str) -> Result<String, ResultsError> {
        Ok(words(language)?.made)
    }

    fn part(&self, language: &str) -> Result<Markup, ResultsError> {
        let words = words(language)?;
        let document = self.manifest.document();
        let hours = Hours::of(&document.time_zone, &words.date);
        let names = crate::language_of_names(self.manifest, language);
        let title = document.title.get(names).unwrap_or_default();
        let contact = document.contact.as_ref().and_then(|contact| contact.get(names));
        let trustees = self.manifest.trustees();
        let (number, count) = (self.number.to_string(), trustees.count.to_string());
        let (threshold, quorum) = (trustees.threshold.to_string(), trustees.quorum().to_string());
        let sentence = |text: &str, values: &[(&str, &str)]| fill(text, values);
        let opens = hours.at(document.opens.unix());
        let by = self.by.map_or_else(|| opens.clone(), |by| hours.at(by));
        let direction = if is_right_to_left(language) { "rtl" } else { "ltr" };
        let lost = if trustees.may_be_missing() > 0 { &words.lost_later } else { &words.lost_later_none };
        let spare = trustees.may_be_missing().to_string();
        Ok(html! {
            article lang=(language) dir=(direction) {
                h1 { (sentence(&words.title, &[("number", &number)])) }
                p.title { (own(title)) }
                @if let Some(name) = self.name { p.to { (words.for_name) " " (own(name)) } }
                p { (sentence(&words.what, &[("count", &count), ("threshold", &threshold), ("quorum", &quorum)])) }
                div.way {
                    svg.qr viewBox={ "0 0 " (self.picture.side) " " (self.picture.side) } role="img"
                        aria-label=(words.picture) shape-rendering="crispEdges" {
                        path d=(self.picture.path) {}
                    }
                    dl {
                        dt { (words.page) }
                        dd { a href=(self.link) { (plain(self.page)) } }
                        dt { (words.number) }
                        dd { (plain(&number)) }
                        dt { (words.pass) }
                        dd { code dir="ltr" translate="no" { (self.pass) } }
                    }
                }
                h2 { (words.how) }
                ol {
                    @for step in [&words.step_open, &words.step_words, &words.step_back, &words.step_count] {
                        li { (step) }
                    }
                }
                h2 { (words.bring) }
                p { (words.bring_text) }
                h2 { (words.when) }
                p { (sentence(&words.when_text, &[("by", &by), ("opens", &opens), ("closes", &hours.at(document.closes.unix())), ("zone", hours.zone())])) }
                h2 { (words.keep) }
                p { (words.keep_text) }
                h2 { (words.lost) }
                ul {
                    li { (words.lost_sheet) }
                    li { (words.lost_early) }
                    li { (sentence(lost, &[("spare", &spare)])) }
                }
                @if let Some(contact) = contact { p.contact { (words.contact) " " (own(contact)) } }
            }
        })
    }
}

/// Neither the pass nor the link is shown.
impl std::fmt::Debug for Invitation<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Invitation").field("number", &self.number).finish_non_exhaustive()
    }
}

fn words(language: &str) -> Result<TrusteeWords, ResultsError> {
    read(
        language,
        [
            include_str!("words/en.json"),
            include_str!("words/ru.json"),
            include_str!("words/pl.json"),
            include_str!("words/es.json"),
            include_str!("words/fr.json"),
            include_str!("words/de.json"),
            include_str!("words/ar.json"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::LANGUAGES;
    use crate::words::testing::agree;

    #[test]
    fn every_language_has_every_word_with_its_places() {
        agree("src/papers/trustees/words");
        for language in LANGUAGES {
            words(language).unwrap_or_else(|error| panic!("{language}: {error}"));
        }
    }

    #[test]
    fn a_name_is_no_markup_and_a_pass_is_not_shown_by_accident() {
        let manifest_bytes =
            include_bytes!("../../../../../tests/tests/cli/cases/manifest_check.in/manifest.json");
        let manifest = Manifest::parse(manifest_bytes).unwrap();
        let invitation = Invitation {
            manifest: &manifest,
            number: 2,
            name: Some("<script>alert(1)</script>"),
            page: "https://vote.example/#trustee",
            pass: "a-pass-of-nobody",
            link: "https://vote.example/#trustee=2&token=a-pass-of-nobody",
            picture: Picture { side: 29, path: "M4 4h1v1h-1z" },
            by: None,
        };
        for language in LANGUAGES {
            let page = invitation.html(&[language.to_owned()]).unwrap();
            assert!(!page.contains("<script"), "{language}");
            assert!(page.contains("a-pass-of-nobody") && page.contains("token="), "{language}");
            assert!(page.contains("&lt;script&gt;"), "{language}");
            assert!(!page.contains("class=\"contact\""), "nothing is said of a contact that is not known");
        }
        assert!(invitation.html(&["en".to_owned()]).unwrap().contains("voting opens on 1 June 2026, "));
        let mut described: serde_json::Value = serde_json::from_slice(manifest_bytes).unwrap();
        let languages: Vec<String> = serde_json::from_value(described["languages"].clone()).unwrap();
        let said = |language: &String| (language.clone(), "Town hall, 020 7946 0000".into());
        described["contact"] = serde_json::Value::Object(languages.iter().map(said).collect());
        let known = Manifest::parse(&serde_json::to_vec(&described).unwrap()).unwrap();
        let page = Invitation { manifest: &known, ..invitation }.html(&["en".to_owned()]).unwrap();
        assert!(page.contains("How to reach the organiser: <bdi>Town hall, 020 7946 0000</bdi>"), "{page}");
        assert!(!format!("{invitation:?}").contains("a-pass"));
    }
}
