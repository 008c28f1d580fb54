//! Totals and winners for software: JSON, and a table for spreadsheets.

use serde::Serialize;

use crate::error::ResultsError;
use crate::standing::Standing;
use veche_record::BallotKind;
use veche_record::manifest::Funding;
use veche_verify::{KeyChanges, RouteTurnout, Verdict};

/// Everything that the table says.
#[derive(Debug, Serialize)]
pub struct Results<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    practice: bool,
    contests: Vec<ContestResults<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_changes: Option<KeyChanges>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    turnout: Vec<RouteTurnout>,
}

#[derive(Debug, Serialize)]
struct ContestResults<'a> {
    id: &'a str,
    rule: String,
    funding: &'a Funding,
    ballots: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    blank: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    withheld: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spent: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_at: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ties: Vec<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_be_drawn: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    draws: Vec<Vec<&'a str>>,
    options: Vec<OptionResults<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<&'a veche_verify::result::GroupResult>,
}

#[derive(Debug, Serialize)]
struct OptionResults<'a> {
    id: &'a str,
    name: &'a str,
    total: u64,
    place: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    funded: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    excluded_by: Option<&'a str>,
}

impl<'a> Results<'a> {
    /// The standings; the options are in the manifest's order, as in `result.json`. `language` is that of the names.
    pub fn new(standings: &'a [Standing<'a>], language: &str) -> Self {
        let contests = standings.iter().map(|standing| contest(standing, language)).collect();
        Self { practice: false, contests, key_changes: None, turnout: Vec::new() }
    }

    /// With what an audit counts of the voters, which the totals do not say.
    #[must_use]
    pub fn counted(self, key_changes: Option<KeyChanges>, turnout: &[RouteTurnout]) -> Self {
        Self { key_changes, turnout: turnout.to_vec(), ..self }
    }

    /// Says of a practice vote that it is one.
    #[must_use]
    pub fn of_kind(self, kind: BallotKind) -> Self {
        Self { practice: kind != BallotKind::Election, ..self }
    }

    /// As a file.
    ///
    /// # Errors
    /// None in practice: every value has a JSON form.
    pub fn to_json(&self) -> Result<String, ResultsError> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

fn contest<'a>(standing: &'a Standing<'a>, language: &str) -> ContestResults<'a> {
    let id = |option: usize| standing.contest.options.get(option).map_or("", |option| option.id.as_str());
    let mut places: Vec<_> = standing.places.iter().zip(1..).collect();
    places.sort_by_key(|(place, _)| place.option);
    let options = places.into_iter().map(|(place, number)| {
        let about = standing.contest.options.get(place.option);
        OptionResults {
            id: id(place.option),
            name: about.and_then(|about| about.name.get(language)).unwrap_or(""),
            total: place.total,
            place: number,
            cost: place.cost,
            funded: place.verdict.and_then(|verdict| verdict.is_funded()),
            verdict: place.verdict.map(|verdict| verdict.name()),
            left: if let Some(Verdict::TooDear { left }) = place.verdict { Some(left) } else { None },
            excluded_by: match place.verdict {
                Some(Verdict::Excluded { by }) => Some(id(by)),
                _ => None,
            },
        }
    });
    let ties = standing.ties().into_iter().map(|tie| tie.iter().map(|place| id(place.option)).collect());
    ContestResults {
        id: &standing.contest.id,
        rule: standing.contest.rule.to_string(),
        funding: &standing.contest.funding,
        ballots: standing.ballots,
        blank: standing.blank,
        withheld: standing.is_withheld(),
        budget: standing.money.as_ref().map(|money| money.budget),
        spent: standing.money.as_ref().map(|money| money.spent),
        short_at: standing.short_at().map(|place| id(place.option)),
        ties: ties.collect(),
        to_be_drawn: standing.to_be_drawn().into_iter().map(|place| id(place.option)).collect(),
        draws: standing
            .draws
            .iter()
            .map(|draw| draw.iter().map(|option| id(usize::from(*option))).collect())
            .collect(),
        options: options.collect(),
        groups: standing.groups.iter().copied().filter(|group| group.styles.is_some()).collect(),
    }
}

/// One line an option, in the manifest's order. Where totals are published by style, each group of styles has its
/// lines, and lines without styles have the whole contest.
///
/// # Errors
/// [`ResultsError::Csv`]: none in practice.
pub fn csv(standings: &[Standing<'_>], language: &str) -> Result<String, ResultsError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "contest", "styles", "option", "name", "total", "cost", "place", "funded", "outcome",
    ])?;
    for standing in standings {
        let contest = standing.contest.id.as_str();
        for group in standing.groups.iter().filter(|group| group.styles.is_some()) {
            let style = &names(group);
            for (option, about) in group.options.iter().zip(&standing.contest.options) {
                let (name, total) = (about.name.get(language).unwrap_or(""), option.total.to_string());
                writer.write_record([contest, style, &option.id, name, &total, "", "", "", ""])?;
            }
            write_rest(&mut writer, contest, style, group.blank, group.withheld)?;
        }
        let mut places: Vec<_> = standing.places.iter().zip(1..).collect();
        places.sort_by_key(|(place, _)| place.option);
        for ((place, number), about) in places.into_iter().zip(&standing.contest.options) {
            let funded = match place.verdict.and_then(|verdict| verdict.is_funded()) {
                None => "",
                Some(true) => "1",
                Some(false) => "0",
            };
            let outcome = place.verdict.map_or("", |verdict| verdict.name());
            let name = about.name.get(language).unwrap_or("");
            let cost = place.cost.map(|cost| cost.to_string()).unwrap_or_default();
            let (total, number) = (place.total.to_string(), number.to_string());
            writer.write_record([contest, "", &about.id, name, &total, &cost, &number, funded, outcome])?;
        }
        write_rest(&mut writer, contest, "", standing.blank, standing.is_withheld())?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The styles of a group, as a reader is told them: their identifiers, and words for the voters of other districts.
pub fn names(group: &veche_verify::result::GroupResult) -> String {
    let styles = group.styles.as_deref().unwrap_or_default().iter();
    let names: Vec<&str> =
        styles.map(|style| if style.is_empty() { "(other districts)" } else { style }).collect();
    names.join(", ")
}

/// The line of blank ballots, or the line that says that there are none because they are withheld.
fn write_rest(
    writer: &mut csv::Writer<Vec<u8>>,
    contest: &str,
    style: &str,
    blank: Option<u64>,
    withheld: bool,
) -> Result<(), csv::Error> {
    if withheld {
        writer.write_record([contest, style, "", "withheld: too few ballots", "", "", "", "", ""])?;
    } else if let Some(blank) = blank {
        writer.write_record([contest, style, "", "blank", &blank.to_string(), "", "", "", ""])?;
    }
    Ok(())
}
