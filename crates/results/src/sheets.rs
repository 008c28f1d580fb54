//! A result as sheets of a workbook: contests, projects, districts, turnout. What a spreadsheet program gets, as text
//! or as a workbook, is these.

use veche_record::manifest::{Contest, ContestOption};
use veche_record::rules::Rule;
use veche_record::{BallotKind, Manifest};
use veche_verify::RouteTurnout;
use veche_verify::result::GroupResult;

use crate::standing::Standing;
use crate::words::Words;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words. No program may take them for anything else.
    Text(String),
    /// A whole number.
    Number(u64),
    /// A number of hundredths of a hundredth: a share of two decimals of a per cent.
    Share(u64),
    /// Nothing.
    Empty,
}

/// One table with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub title: String,
    /// The names of its columns.
    pub header: Vec<String>,
    /// Its rows, as long as the header.
    pub rows: Vec<Vec<Cell>>,
}

/// The sheets of a result. `language` is that of the names; `turnout` is what an audit counts of the voters, and empty
/// where nobody has.
pub fn sheets(
    manifest: &Manifest,
    standings: &[Standing<'_>],
    turnout: &[RouteTurnout],
    words: &Words,
    language: &str,
) -> Vec<Sheet> {
    let practice = manifest.document().ballot_kind != BallotKind::Election;
    let mut sheets =
        vec![contests(standings, practice, words, language), projects(standings, words, language)];
    let districts = districts(manifest, standings, words, language);
    sheets.extend(Some(districts).filter(|sheet| !sheet.rows.is_empty()));
    let turnout = self::turnout(manifest, turnout, words, language);
    sheets.extend(Some(turnout).filter(|sheet| !sheet.rows.is_empty()));
    sheets
}

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

fn number(number: Option<u64>) -> Cell {
    number.map_or(Cell::Empty, Cell::Number)
}

fn header(names: &[&String]) -> Vec<String> {
    names.iter().map(|name| (*name).clone()).collect()
}

fn contests(standings: &[Standing<'_>], practice: bool, words: &Words, language: &str) -> Sheet {
    let row = |standing: &Standing<'_>| {
        let contest = standing.contest;
        let money = standing.money.as_ref();
        let funded = money.map(|_| standing.funded() as u64);
        let note = match (standing.is_withheld(), money) {
            (true, _) => words.withheld.as_str(),
            (false, None) => &words.order_only,
            (false, Some(money)) if money.undecided.is_some() => &words.undecided,
            _ => "",
        };
        let practice = if practice { words.practice.as_str() } else { "" };
        let notes: Vec<&str> = [practice, note].into_iter().filter(|note| !note.is_empty()).collect();
        vec![
            text(&contest.id),
            text(contest.title.get(language).unwrap_or_default()),
            Cell::Number(standing.ballots),
            number(standing.blank.filter(|_| !standing.is_withheld())),
            number(contest.budget),
            text(contest.currency.as_deref().unwrap_or_default()),
            number(money.map(|money| money.spent)),
            number(money.map(|money| money.budget.saturating_sub(money.spent))),
            number(funded),
            Cell::Number(contest.options.len() as u64),
            text(&notes.join(". ")),
        ]
    };
    Sheet {
        title: words.contests.clone(),
        header: header(&[
            &words.contest_id,
            &words.contest,
            &words.ballots,
            &words.blank,
            &words.budget,
            &words.currency,
            &words.spent,
            &words.left,
            &words.projects_funded,
            &words.projects,
            &words.note,
        ]),
        rows: standings.iter().map(row).collect(),
    }
}

/// What the totals of these contests count.
fn totals_of(standings: &[Standing<'_>], words: &Words) -> String {
    let votes = |standing: &Standing<'_>| unit(standing.contest, words) == words.votes;
    match (standings.iter().any(votes), standings.iter().all(votes)) {
        (_, true) => words.votes.clone(),
        (false, _) => words.points.clone(),
        (true, _) => format!("{} / {}", words.votes, words.points),
    }
}

/// Whether ballots are counted that name an option, or what they give it.
pub(crate) fn unit<'a>(contest: &Contest, words: &'a Words) -> &'a str {
    match contest.rule {
        Rule::Approval(_) | Rule::Knapsack(_) => &words.votes,
        Rule::Cumulative(_) | Rule::Ranked(_) | Rule::Quadratic(_) => &words.points,
    }
}

/// An option as a sentence names it: its number in the town's lists, and its name.
pub(crate) fn named(option: &ContestOption, language: &str) -> String {
    let name = option.name.get(language).unwrap_or_default();
    match &option.number {
        Some(number) => format!("{number} {name}"),
        None => name.to_owned(),
    }
}

fn projects(standings: &[Standing<'_>], words: &Words, language: &str) -> Sheet {
    let mut rows = Vec::new();
    for standing in standings {
        let contest = standing.contest;
        let title = contest.title.get(language).unwrap_or_default();
        let option = |at: usize| contest.options.get(at);
        if standing.is_withheld() {
            let mut row = vec![text(&contest.id), text(title)];
            row.extend([Cell::Empty, Cell::Empty, Cell::Empty, text(&words.withheld)]);
            row.resize(11, Cell::Empty);
            rows.push(row);
        }
        for (place, position) in standing.places.iter().zip(1..) {
            let Some(about) = option(place.option) else { continue };
            let named = |at: usize| option(at).map(|option| named(option, language)).unwrap_or_default();
            rows.push(vec![
                text(&contest.id),
                text(title),
                Cell::Number(position),
                text(about.number.as_deref().unwrap_or_default()),
                text(&about.id),
                text(about.name.get(language).unwrap_or_default()),
                Cell::Number(place.total),
                number(place.cost),
                text(contest.currency.as_deref().unwrap_or_default()),
                text(words.outcome(place)),
                text(&words.why(standing, place, named)),
            ]);
        }
    }
    Sheet {
        title: words.projects.clone(),
        header: header(&[
            &words.contest_id,
            &words.contest,
            &words.place,
            &words.number,
            &words.id,
            &words.project,
            &totals_of(standings, words),
            &words.cost,
            &words.currency,
            &words.outcome,
            &words.reason,
        ]),
        rows,
    }
}

/// The districts of a group of totals, by their names.
pub(crate) fn district_names(
    manifest: &Manifest,
    group: &GroupResult,
    words: &Words,
    language: &str,
) -> String {
    let ids = group.styles.as_deref().unwrap_or_default().iter();
    let names = ids.map(|id| district_name(manifest, id, words, language));
    names.collect::<Vec<_>>().join(", ")
}

/// A district by its name; voters of others are in no district of the contest.
pub(crate) fn district_name(manifest: &Manifest, id: &str, words: &Words, language: &str) -> String {
    if id.is_empty() {
        return words.other_districts.clone();
    }
    let style = manifest.styles().iter().find(|style| style.id == id);
    style.and_then(|style| style.title.get(language)).unwrap_or(id).to_owned()
}

fn districts(manifest: &Manifest, standings: &[Standing<'_>], words: &Words, language: &str) -> Sheet {
    let mut rows = Vec::new();
    for standing in standings {
        let contest = standing.contest;
        for group in standing.groups.iter().filter(|group| group.styles.is_some()) {
            let district = district_names(manifest, group, words, language);
            let mut push = |number: &str, id: &str, name: &str, total: Option<u64>| {
                rows.push(vec![
                    text(&contest.id),
                    text(contest.title.get(language).unwrap_or_default()),
                    text(&district),
                    Cell::Number(group.ballots.into()),
                    text(number),
                    text(id),
                    text(name),
                    self::number(total),
                ]);
            };
            if group.withheld {
                push("", "", &words.withheld, None);
            }
            for (total, about) in group.options.iter().zip(&contest.options) {
                let name = about.name.get(language).unwrap_or_default();
                push(about.number.as_deref().unwrap_or_default(), &about.id, name, Some(total.total));
            }
            if let Some(blank) = group.blank {
                push("", "", &words.blank, Some(blank));
            }
        }
    }
    Sheet {
        title: words.districts.clone(),
        header: header(&[
            &words.contest_id,
            &words.contest,
            &words.district,
            &words.ballots,
            &words.number,
            &words.id,
            &words.project,
            &totals_of(standings, words),
        ]),
        rows,
    }
}

/// Ballots of so many voters, in hundredths of a per cent, rounded.
pub(crate) fn share(ballots: u64, electorate: u64) -> Option<u64> {
    let whole = u128::from(electorate);
    (whole > 0).then(|| u64::try_from((u128::from(ballots) * 10_000 + whole / 2) / whole).unwrap_or(u64::MAX))
}

/// The voters and ballots of one district by route, and together.
pub(crate) struct District<'a> {
    /// Its name.
    pub(crate) name: String,
    /// Each route by its name.
    pub(crate) routes: Vec<(String, &'a RouteTurnout)>,
    /// Voters who were identified.
    pub(crate) voters: u64,
    /// Ballots that count.
    pub(crate) ballots: u64,
    /// The most voters.
    pub(crate) electorate: u64,
}

/// All districts in manifest order, each with the ways that voters of it have come. Where nobody has come, there are
/// none, and the district stands with its voters all the same.
pub(crate) fn by_district<'a>(
    manifest: &Manifest,
    turnout: &'a [RouteTurnout],
    language: &str,
) -> Vec<District<'a>> {
    let route_name = |id: &str| {
        let route = manifest.document().routes.iter().find(|route| route.id == id);
        route.and_then(|route| route.title.get(language)).unwrap_or(id).to_owned()
    };
    let district = |style: &veche_record::manifest::Style| {
        let came = |one: &&RouteTurnout| one.style == style.id && (one.voters > 0 || one.ballots > 0);
        let own: Vec<_> = turnout.iter().filter(came).collect();
        District {
            name: style.title.get(language).unwrap_or(&style.id).to_owned(),
            voters: own.iter().map(|one| u64::from(one.voters)).sum(),
            ballots: own.iter().map(|one| u64::from(one.ballots)).sum(),
            electorate: style.electorate.into(),
            routes: own.into_iter().map(|one| (route_name(&one.route), one)).collect(),
        }
    };
    manifest.styles().iter().map(district).collect()
}

fn turnout(manifest: &Manifest, turnout: &[RouteTurnout], words: &Words, language: &str) -> Sheet {
    let mut rows = Vec::new();
    let (mut voters, mut ballots, mut electorate) = (0, 0, 0);
    let together = |name: &str, sum: &str, voters, ballots, electorate| {
        let share = share(ballots, electorate).map_or(Cell::Empty, Cell::Share);
        let numbers = [voters, ballots, electorate].map(Cell::Number);
        [text(name), text(sum)].into_iter().chain(numbers).chain([share]).collect()
    };
    let counted = !turnout.is_empty();
    let districts = if counted { by_district(manifest, turnout, language) } else { Vec::new() };
    for district in &districts {
        for (route, one) in &district.routes {
            let mut row = vec![text(&district.name), text(route)];
            row.extend([Cell::Number(one.voters.into()), Cell::Number(one.ballots.into())]);
            row.extend([Cell::Empty, Cell::Empty]);
            rows.push(row);
        }
        let District { name, voters: own, ballots: cast, electorate: may, .. } = district;
        rows.push(together(name, &words.total, *own, *cast, *may));
        voters += district.voters;
        ballots += district.ballots;
        electorate += district.electorate;
    }
    if districts.len() > 1 {
        rows.push(together(&words.total, "", voters, ballots, electorate));
    }
    let share = format!("{}, %", words.share);
    Sheet {
        title: words.turnout.clone(),
        header: header(&[
            &words.district,
            &words.route,
            &words.identified,
            &words.ballots,
            &words.electorate,
            &share,
        ]),
        rows,
    }
}
