//! A contest's result in the form of Pabulib.
//!
//! META and PROJECTS are filled, VOTES has its header and no row: what single voters chose is what nobody ever
//! learns. The country is the code that the manifest has for its voters' telephone numbers; where it has none, the key
//! is left out for whoever publishes the file.

use veche_record::manifest::{Funding, Greedy, ManifestDocument, Ties, Timestamp, Unaffordable};
use veche_record::rules::{Ranked, Rule};

use crate::error::ResultsError;
use crate::standing::Standing;
use veche_verify::Verdict;

/// The file of one contest.
///
/// # Errors
/// [`ResultsError::NotPabulib`] for a contest that Pabulib has no place for.
pub fn pb(
    standing: &Standing<'_>,
    document: &ManifestDocument,
    language: &str,
) -> Result<String, ResultsError> {
    let contest = standing.contest;
    let refused = |why| ResultsError::NotPabulib { contest: contest.id.clone(), why };
    if standing.is_withheld() {
        return Err(refused("its totals are withheld"));
    }
    let Some(money) = &standing.money else {
        return Err(refused("by the manifest its totals fund nobody, and Pabulib needs a budget and a rule"));
    };
    if money.undecided.is_some() {
        return Err(refused("a draw is still to decide who is funded"));
    }
    let Funding::Greedy(greedy) = &contest.funding else {
        return Err(refused("by the manifest its totals fund nobody"));
    };
    let (vote_type, limits) =
        limits(&contest.rule).ok_or_else(|| refused("Pabulib has no word for quadratic credits"))?;
    let (begin, end) = (day(document.opens), day(document.closes));
    let year = begin.rsplit('.').next().unwrap_or_default().to_owned();
    let mut comment =
        "#1: The ballots of this vote were sealed and only their sums were decrypted: there are no \
                       single votes to list."
            .to_owned();
    comment.push_str(&format!(" #2: Funding: {greedy}."));
    if let Some(blank) = standing.blank {
        comment.push_str(&format!(" #3: Blank ballots: {blank}."));
    }
    let mut meta = vec![("description", contest.title.get(language).unwrap_or_default().to_owned())];
    meta.extend(document.country.clone().map(|country| ("country", country)));
    meta.extend([
        ("unit", document.title.get(language).unwrap_or_default().to_owned()),
        ("instance", year),
        ("num_projects", standing.places.len().to_string()),
        ("num_votes", standing.ballots.to_string()),
        ("budget", money.budget.to_string()),
        ("vote_type", vote_type.to_owned()),
        ("rule", rule(standing, greedy).to_owned()),
        ("date_begin", begin),
        ("date_end", end),
    ]);
    if greedy.minimum_votes > 1 {
        meta.push(("min_project_score_threshold", greedy.minimum_votes.to_string()));
    }
    meta.extend(limits);
    meta.push(("language", language.to_owned()));
    meta.extend(contest.currency.clone().map(|currency| ("currency", currency)));
    meta.push(("comment", comment));
    write(standing, language, &meta).map_err(ResultsError::from)
}

/// The word for the way of funding. Pabulib's have the cheaper of two equal totals first, and no project without a
/// vote; where another order decided, its word is the one that refers to the comment.
fn rule(standing: &Standing<'_>, greedy: &Greedy) -> &'static str {
    let ordered = greedy.ties == Ties::Cheaper || standing.ties().is_empty();
    match greedy.unaffordable {
        _ if !ordered || greedy.minimum_votes == 0 => "greedy-custom",
        Unaffordable::Stop if !greedy.exclusive.is_empty() => "greedy-custom",
        Unaffordable::Stop => "greedy-no-skip",
        Unaffordable::Skip if !greedy.exclusive.is_empty() => "greedy-exclusive",
        Unaffordable::Skip if greedy.minimum_votes > 1 => "greedy-threshold",
        Unaffordable::Skip => "greedy",
    }
}

fn write(standing: &Standing<'_>, language: &str, meta: &[(&str, String)]) -> Result<String, csv::Error> {
    let contest = standing.contest;
    let mut writer = csv::WriterBuilder::new().delimiter(b';').flexible(true).from_writer(Vec::new());
    writer.write_record(["META"])?;
    writer.write_record(["key", "value"])?;
    for (key, value) in meta {
        writer.write_record([*key, &one_line(value)])?;
    }
    writer.write_record(["PROJECTS"])?;
    writer.write_record(["project_id", "cost", column(&contest.rule), "name", "selected"])?;
    for place in &standing.places {
        let Some(option) = contest.options.get(place.option) else { continue };
        let name = one_line(option.name.get(language).unwrap_or_default());
        let cost = place.cost.map(|cost| cost.to_string()).unwrap_or_default();
        let selected = if place.verdict == Some(Verdict::Funded) { "1" } else { "0" };
        writer.write_record([&option.id, &cost, &place.total.to_string(), &name, selected])?;
    }
    writer.write_record(["VOTES"])?;
    match column(&contest.rule) {
        "score" if matches!(contest.rule, Rule::Cumulative(_)) => {
            writer.write_record(["voter_id", "vote", "points"])?;
        }
        _ => writer.write_record(["voter_id", "vote"])?,
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Which column the totals are in: how many ballots name a project, or what they give it.
fn column(rule: &Rule) -> &'static str {
    match rule {
        Rule::Approval(_) | Rule::Knapsack(_) => "votes",
        Rule::Cumulative(_) | Rule::Ranked(_) | Rule::Quadratic(_) => "score",
    }
}

type Limits = Vec<(&'static str, String)>;

/// The rule in Pabulib's words; nothing for a rule that it has no words for.
fn limits(rule: &Rule) -> Option<(&'static str, Limits)> {
    Some(match rule {
        Rule::Approval(rule) => {
            ("approval", vec![("min_length", rule.min.to_string()), ("max_length", rule.max.to_string())])
        }
        Rule::Knapsack(rule) => {
            let mut limits = vec![("min_length", rule.min.to_string())];
            limits.extend(rule.max.map(|max| ("max_length", max.to_string())));
            limits.push(("max_sum_cost", rule.budget.to_string()));
            ("approval", limits)
        }
        Rule::Cumulative(rule) => (
            "cumulative",
            vec![
                ("min_length", rule.min_points.min(1).to_string()),
                ("max_points", rule.max_per_option.to_string()),
                ("min_sum_points", rule.min_points.to_string()),
                ("max_sum_points", rule.points.to_string()),
            ],
        ),
        Rule::Ranked(rule) => {
            let mut limits =
                vec![("min_length", rule.min.to_string()), ("max_length", rule.places.to_string())];
            limits.push(("scoring_fn", scoring(rule)));
            ("ordinal", limits)
        }
        Rule::Quadratic(_) => return None,
    })
}

/// Borda, or the scores themselves.
fn scoring(rule: &Ranked) -> String {
    if (1..=rule.places).rev().eq(rule.scores.iter().copied()) {
        return "Borda".to_owned();
    }
    let scores: Vec<String> = rule.scores.iter().map(u32::to_string).collect();
    scores.join(",")
}

/// 31.10.2022, as Pabulib writes days.
fn day(time: Timestamp) -> String {
    let text = time.to_string();
    let date = text.get(..10).unwrap_or_default();
    date.split('-').rev().collect::<Vec<_>>().join(".")
}

/// Pabulib's readers go line by line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
