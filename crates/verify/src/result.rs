//! `result.json`: the totals as they are published.
//!
//! ```json
//! {"contests":[{"id":"north","ballots":315,"options":[{"id":"p1","total":120}],"blank":4}]}
//! ```
//!
//! `styles` names the declared styles when totals are published by style (several where small groups are joined; the
//! empty text is for the voters of other districts, who added the contest), `blank` is there when the contest has a
//! blank ballot, and a group of too few ballots has no options and `"withheld":true`. Anyone can recompute the file
//! from the board; it is compared value by value.

use serde::{Deserialize, Serialize};
use veche_record::Manifest;

use crate::failure::Cause;
use crate::tally::Tally;

/// The total of one option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionTotal {
    /// The option's identifier.
    pub id: String,
    /// Its total.
    pub total: u64,
}

/// The totals of one group of ballots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupResult {
    /// The contest's identifier.
    pub id: String,
    /// The identifiers of its declared styles, when totals are published by style: several where small groups are
    /// joined. The empty text stands for the voters of other districts, who added the contest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub styles: Option<Vec<String>>,
    /// How many ballots were counted.
    pub ballots: u32,
    /// The options in manifest order.
    pub options: Vec<OptionTotal>,
    /// How many ballots were blank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<u64>,
    /// Present and true when there are too few ballots to publish totals of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
}

/// How a style is named in the file.
fn style_id(manifest: &Manifest, style: u16) -> String {
    manifest.styles().get(usize::from(style)).map(|style| style.id.clone()).unwrap_or_default()
}

/// The published totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultFile {
    /// The groups, in manifest order.
    pub contests: Vec<GroupResult>,
}

impl ResultFile {
    /// The file for computed totals.
    pub fn new(manifest: &Manifest, tally: &Tally) -> Self {
        let contests = tally.groups().iter().filter_map(|group| {
            let contest = manifest.contests().get(usize::from(group.group.contest))?;
            let styles: Vec<String> =
                group.group.styles.iter().map(|&style| style_id(manifest, style)).collect();
            let totals = group.totals.as_ref();
            let numbers = totals.map_or(&[][..], |totals| totals.options.as_slice());
            let options = contest.options.iter().zip(numbers);
            Some(GroupResult {
                id: contest.id.clone(),
                styles: (!styles.is_empty()).then_some(styles),
                ballots: group.ballots,
                options: options
                    .map(|(option, &total)| OptionTotal { id: option.id.clone(), total })
                    .collect(),
                blank: totals.and_then(|totals| totals.blank),
                withheld: totals.is_none(),
            })
        });
        ResultFile { contests: contests.collect() }
    }

    /// Whether there are ballots, and the totals of all of them are withheld: then there is no result.
    pub fn is_all_withheld(&self) -> bool {
        let mut filled = self.contests.iter().filter(|group| group.ballots > 0).peekable();
        filled.peek().is_some() && filled.all(|group| group.withheld)
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// None in practice: every value has a JSON form.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Compares a published file with the computed totals, value by value. White space and the order
    /// of keys are free; nothing else is.
    pub(crate) fn compare(&self, published: &[u8]) -> Result<(), Cause> {
        let differs = |path: String| Cause::ResultFile(path);
        let published = veche_record::json::value(published).map_err(|error| differs(error.to_string()))?;
        let computed = serde_json::to_value(self).map_err(|error| differs(error.to_string()))?;
        veche_record::json::first_difference(&published, &computed).map_or(Ok(()), |path| Err(differs(path)))
    }
}
