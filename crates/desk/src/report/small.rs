//! Which districts may have so few ballots that their totals are not published as they are.

use serde::Serialize;
use veche_phrases::{Language, Said as _};
use veche_record::manifest::{ManifestDocument, ReportBy, Style, Text};

use crate::describe::{Warning, few_ballots};

/// A district with few voters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Small {
    /// Its title.
    pub title: Text,
    /// What becomes of its totals, in one language.
    pub sentence: String,
}

/// The districts of a manifest that may have too few ballots, with what becomes of their totals then.
pub fn small(document: &ManifestDocument, language: Language) -> Vec<Small> {
    let minimum = document.minimum_group;
    let of_style = |style: &Style| {
        let about = few_ballots(style.electorate, minimum)?;
        let has = |style: &Style, id: &String| style.contests.contains(id) || style.plus_one_of.contains(id);
        let own = |id: &String| document.styles.iter().filter(|other| has(other, id)).count() == 1;
        let alone = document.styles.len() == 1;
        let by_district = document.contests.iter().any(|contest| {
            contest.report_by == ReportBy::ContestAndStyle && style.contests.contains(&contest.id)
        });
        let minimum = u64::from(minimum);
        let what = if style.contests.iter().any(own) {
            Warning::SmallList { about, minimum }
        } else if by_district && !alone {
            Warning::SmallGroup { about, minimum }
        } else {
            return None;
        };
        Some(Small { title: style.title.clone(), sentence: what.said(language) })
    };
    document.styles.iter().filter_map(of_style).collect()
}
