//! What the totals of a vote mean: the order of the options, who is funded, the turnout; and the files that others
//! read.
//!
//! | module | what it is |
//! |---|---|
//! | [`standing`] | the order of a contest's options, and where the money ran out |
//! | [`counts`] | how many voters and ballots there are, before anything is decrypted |
//! | [`course`](mod@course) | the turnout as the board grew, wherever somebody signs an hour |
//! | [`by_hour`] | the same against time, as a command prints it and a page draws it |
//! | [`turnout`] | voters and ballots of every district, also where nobody came |
//! | [`data`] | the same for software: JSON, and a table for spreadsheets |
//! | [`sheets`](mod@sheets) | the same as sheets of a workbook, in the reader's words |
//! | [`excel`] | these sheets as text that a spreadsheet program opens |
//! | [`words`] | the words of these files in every language |
//! | [`pabulib`] | a contest's result as a file of Pabulib |
//! | [`published`] | a `result.json`, read strictly and held against its manifest |
//! | [`statement`] | the ballot box's statement of the result, from the end of the board |
//! | [`view`] | everything that a page draws of a result |
//!
//! With the feature `papers` there is what a town prints, signs and files: the pages of `papers`, the workbook of
//! `xlsx`, and the made-up ballots of `example`.
//!
//! Nothing here reads a file. Totals come from an audit, or from a published `result.json` that fits its manifest.

pub mod by_hour;
pub mod counts;
pub mod course;
pub mod data;
pub mod error;
#[cfg(feature = "papers")]
pub mod example;
pub mod excel;
pub mod pabulib;
#[cfg(feature = "papers")]
pub mod papers;
pub mod published;
pub mod sheets;
pub mod standing;
pub mod statement;
pub mod turnout;
pub mod view;
pub mod words;
#[cfg(feature = "papers")]
pub mod xlsx;

pub use by_hour::{ByHour, DistrictNow};
pub use counts::{Counts, GroupCount};
pub use course::{By, CourseError, Point, Replay, Sighting, course};
pub use data::{Results, csv, names};
pub use error::ResultsError;
pub use excel::excel_csv;
pub use pabulib::pb;
pub use published::Misfit;
pub use sheets::{Cell, Sheet, sheets};
pub use standing::{Money, OptionPlace, Standing};
pub use statement::{BoardEnd, Statement, StatementError};
pub use turnout::every_district;
pub use veche_verify::funding::{Drawn, Verdict};
pub use view::View;
pub use words::Words;
#[cfg(feature = "papers")]
pub use xlsx::xlsx;

use veche_record::Manifest;

/// The language that names are given in: the manifest's first.
pub fn language(manifest: &Manifest) -> &str {
    manifest.document().languages.first().map_or("", String::as_str)
}

/// The language of the names in a file whose words are in `words`: the same where the manifest has it, or it with
/// another region; else the manifest's first.
pub fn language_of_names<'a>(manifest: &'a Manifest, words: &str) -> &'a str {
    let known = &manifest.document().languages;
    let own = |tag: &str| tag.split('-').next().map(str::to_owned);
    let same = known.iter().find(|one| *one == words);
    same.or_else(|| known.iter().find(|one| own(one) == own(words)))
        .map_or_else(|| language(manifest), String::as_str)
}
