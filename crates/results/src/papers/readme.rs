//! What lies on top of an archive, for somebody who opens it in ten years and has never heard of it.

use maud::{Markup, html};

use super::page::{own, page};
use super::wording::PaperWords;
use crate::error::ResultsError;
use crate::words::fill;

/// What the page says of an archive.
#[derive(Debug, Clone, Copy)]
pub struct Readme<'a> {
    /// The vote's title.
    pub title: &'a str,
    /// The vote's fingerprint, as 64 hexadecimal digits.
    pub fingerprint: &'a str,
    /// The version of the program that made the archive.
    pub version: &'a str,
    /// Where the program is, if the town says.
    pub source: Option<&'a str>,
    /// The names of the files with the result.
    pub results: &'a [String],
    /// The names of the other files.
    pub files: Files<'a>,
}

/// The names of an archive's files.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// The folder of the record.
    pub record: &'a str,
    /// The report for people, and for programs.
    pub reports: [&'a str; 2],
    /// The protocol of the count.
    pub protocol: &'a str,
    /// The description of all files and checks.
    pub description: &'a str,
    /// What the organiser has noted of draws, where there is something.
    pub draws: Option<&'a str>,
    /// The list of what is deleted.
    pub deletion: &'a str,
    /// The sums of all other files.
    pub sums: &'a str,
}

/// The page.
///
/// # Errors
/// [`ResultsError::NoWords`] for a language without words.
pub fn readme(about: &Readme<'_>, language: &str) -> Result<String, ResultsError> {
    let words = PaperWords::of(language)?;
    let files = about.files;
    let file = |name: &str| html! { code dir="ltr" { (name) } };
    let line = |names: &[&str], what: &str| -> Markup {
        html! {
            tr {
                td { @for (at, name) in names.iter().enumerate() { @if at > 0 { br; } (file(name)) } }
                td { (what) }
            }
        }
    };
    let results: Vec<&str> = about.results.iter().map(String::as_str).collect();
    let isolated = |name: &str| format!("\u{2066}{name}\u{2069}");
    let body = html! {
        h1 { (words.readme_title) }
        p.title { (own(about.title)) }
        p { (fill(&words.readme_what, &[("title", &format!("\u{2068}{}\u{2069}", about.title))])) }
        h2 { (words.readme_steps) }
        ol {
            li { (words.step_fingerprint) pre dir="ltr" { (about.fingerprint) } }
            li { (words.step_sums) pre dir="ltr" { "sha256sum --check " (files.sums) } }
            li {
                (fill(&words.step_verify, &[("version", &isolated(about.version))]))
                pre dir="ltr" { "veche verify " (files.record) " --election " (about.fingerprint) }
                @if let Some(source) = about.source { (words.step_source) " " (file(source)) }
            }
            li { (fill(&words.step_without, &[("file", &isolated(files.description))])) }
        }
        h2 { (words.readme_files) }
        table {
            tbody {
                (line(&[files.record], &words.file_record))
                (line(&files.reports, &words.file_report))
                (line(&[files.protocol], &words.file_protocol))
                (line(&results, &words.file_results))
                (line(&[files.description], &words.file_description))
                @if let Some(draws) = files.draws { (line(&[draws], &words.file_draws)) }
                (line(&[files.deletion], &words.file_deletion))
                (line(&[files.sums], &words.file_sums))
            }
        }
        h2 { (words.readme_limits) }
        p { (words.limits_text) }
    };
    Ok(page(language, &format!("{}: {}", words.readme_title, about.title), &body))
}
