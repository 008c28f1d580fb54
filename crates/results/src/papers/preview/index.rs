//! The page that leads to everything else.

use maud::{Markup, html};
use veche_record::manifest::Style;

use super::{EXAMPLE, INDEX, Kit, PROOF, PreviewPage, Screen, ballot_name};
use crate::papers::page::own;

/// The languages by their own names.
const NAMES: [(&str, &str); 7] = [
    ("en", "English"),
    ("ru", "Русский"),
    ("pl", "Polski"),
    ("es", "Español"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("ar", "العربية"),
];

impl Kit<'_> {
    pub(super) fn index(&self) -> PreviewPage {
        let (words, manifest) = (&self.own, self.of.manifest);
        let languages = &manifest.document().languages;
        let name = |tag: &str| {
            let known = NAMES.iter().find(|(known, _)| *known == tag);
            known.map_or_else(|| tag.to_owned(), |(_, name)| (*name).to_owned())
        };
        let row = |language: &str| {
            html! {
                tr {
                    th scope="row" lang=(language) { (own(&name(language))) }
                    td { a href=(format!("{language}/{PROOF}")) { (words.proof_title) } }
                    td { a href=(format!("{language}/{EXAMPLE}")) { (words.example_title) } }
                }
            }
        };
        let body = html! {
            h1 { (words.preview_title) }
            p.title { (own(self.title())) }
            p.mark { (words.preview_mark) }
            p { (words.preview_text) }
            h2 { (words.documents) }
            div.wide-table { table { tbody { @for language in languages { (row(language)) } } } }
            h2 { (words.ballots) }
            @if self.of.screen.is_some() { p { (words.screen_needs) } }
            div.wide-table {
                table {
                    thead {
                        tr {
                            th { (self.words.district) }
                            @for language in languages { th lang=(language) { (own(&name(language))) } }
                        }
                    }
                    tbody {
                        @for (position, style) in manifest.styles().iter().enumerate() {
                            tr {
                                th scope="row" { (own(self.district(style))) }
                                @for language in languages { td { (self.ways(position, style, language)) } }
                            }
                        }
                    }
                }
            }
        };
        let html = self.whole(&words.preview_title, &words.preview_mark, &body);
        PreviewPage { name: INDEX.to_owned(), html }
    }

    /// The ballot of a district in a language: on the screen and on paper.
    fn ways(&self, position: usize, style: &Style, language: &str) -> Markup {
        let on_screen = |Screen { address, languages }: Screen<'_>| {
            let plain = language.split('-').next().unwrap_or_default();
            let place = format!("#ballot/{}", component(&style.id));
            languages.contains(&plain).then(|| format!("{address}?lang={plain}{place}"))
        };
        html! {
            @if let Some(address) = self.of.screen.and_then(on_screen) {
                a href=(address) { (self.own.on_screen) }
                " · "
            }
            a href=(format!("{language}/{}", ballot_name(position))) { (self.own.on_paper) }
        }
    }
}

/// An identifier as a part of an address.
fn component(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    id.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
