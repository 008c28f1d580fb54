//! Totals and winners for people.

use std::fmt::Write;

use veche_record::manifest::{Contest, Ties};
use veche_results::{OptionPlace, Standing, Verdict};
use veche_verify::result::GroupResult;

use crate::report::counted;

/// The standings as a page. `language` is that of the names.
pub fn table(standings: &[Standing<'_>], language: &str) -> String {
    let mut text = String::new();
    for standing in standings {
        // Writing to a string does not fail.
        let _ = write(&mut text, standing, language);
    }
    text.push('\n');
    text
}

fn write(text: &mut String, standing: &Standing<'_>, language: &str) -> std::fmt::Result {
    let contest = standing.contest;
    writeln!(text, "\n  {}: {}", contest.id, counted(standing.ballots, "ballot", "ballots"))?;
    writeln!(text, "  {}", contest.rule)?;
    if let [_, _, ..] = standing.groups.as_slice() {
        standing.groups.iter().try_for_each(|group| write_group(text, group))?;
    }
    if standing.is_withheld() {
        return writeln!(text, "    too few ballots to publish totals of");
    }
    write_money(text, standing)?;
    let ids: Vec<&str> = standing
        .places
        .iter()
        .map(|place| contest.options.get(place.option).map_or("", |o| o.id.as_str()))
        .collect();
    let width = ids.iter().map(|id| id.chars().count()).max().unwrap_or(0);
    let dearest = standing.places.iter().filter_map(|place| place.cost).max();
    let costs = dearest.map_or(0, |cost| cost.to_string().len());
    for (place, id) in standing.places.iter().zip(&ids) {
        let name = contest.options.get(place.option).and_then(|option| option.name.get(language));
        let pad = " ".repeat(width.saturating_sub(id.chars().count()));
        let mark = match place.verdict {
            Some(Verdict::Funded) => "funded",
            Some(Verdict::ToBeDrawn) => "draw",
            Some(Verdict::Waiting) => "waits",
            _ => "",
        };
        let cost = place.cost.map(|cost| cost.to_string()).unwrap_or_default();
        let cost = if costs == 0 { String::new() } else { format!("  {cost:>costs$}") };
        let why = why_not(place, contest);
        let line = format!("    {mark:<6}  {:>8}{cost}  {id}{pad}  {}{why}", place.total, name.unwrap_or(""));
        writeln!(text, "{}", line.trim_end())?;
    }
    if let Some(blank) = standing.blank {
        writeln!(text, "            {blank:>8}  blank")?;
    }
    let id = |option: usize| contest.options.get(option).map_or("", |option| option.id.as_str());
    for tie in standing.ties() {
        let ids: Vec<&str> = tie.iter().map(|place| id(place.option)).collect();
        let first = match standing.tie_rule() {
            Some(Ties::Cheaper) => "the cheaper comes first, and then what the manifest lists first",
            Some(Ties::Order) => "what the manifest lists first comes first",
            _ => "what fits comes first, or the draw on the board has put them in order",
        };
        writeln!(
            text,
            "    Note: {} have one total, and not all of them could be funded. By the manifest {first}.",
            ids.join(", ")
        )?;
    }
    for draw in &standing.draws {
        let ids: Vec<&str> = draw.iter().map(|option| id(usize::from(*option))).collect();
        writeln!(text, "    Drawn: {}.", ids.join(", "))?;
    }
    let open: Vec<&str> = standing.to_be_drawn().into_iter().map(|place| id(place.option)).collect();
    if !open.is_empty() {
        writeln!(
            text,
            "    To be drawn: {} have one total, and a draw says who of them comes first. What stands below waits for it.",
            open.join(", ")
        )?;
    }
    Ok(())
}

/// Why an option is not funded, where that does not show.
fn why_not(place: &OptionPlace, contest: &Contest) -> String {
    match place.verdict {
        Some(Verdict::TooFewVotes) => " (too few votes)".to_owned(),
        Some(Verdict::Excluded { by }) => {
            let by = contest.options.get(by).map_or("", |option| option.id.as_str());
            format!(" (excluded by {by})")
        }
        Some(Verdict::TooDear { left }) => format!(" ({left} left)"),
        Some(Verdict::Stopped) => " (after the money ran short)".to_owned(),
        _ => String::new(),
    }
}

fn write_group(text: &mut String, group: &GroupResult) -> std::fmt::Result {
    let style = veche_results::names(group);
    let ballots = counted(group.ballots, "ballot", "ballots");
    if group.withheld {
        return writeln!(text, "    {style}: {ballots}, too few to publish totals of");
    }
    let totals: Vec<String> =
        group.options.iter().map(|option| format!("{} {}", option.id, option.total)).collect();
    let blank = group.blank.map(|blank| format!(", blank {blank}")).unwrap_or_default();
    writeln!(text, "    {style}: {ballots}: {}{blank}", totals.join(", "))
}

fn write_money(text: &mut String, standing: &Standing<'_>) -> std::fmt::Result {
    let contest = standing.contest;
    let Some(money) = &standing.money else {
        return writeln!(text, "  The order only: by the manifest these totals fund nobody.");
    };
    let currency = contest.currency.as_deref().map(|currency| format!(" {currency}")).unwrap_or_default();
    write!(
        text,
        "  Budget {}{currency}: {} of {} funded for {}, {} left.",
        money.budget,
        standing.funded(),
        standing.places.len(),
        money.spent,
        money.budget - money.spent
    )?;
    match standing.short_at() {
        None => writeln!(text)?,
        Some(place) => {
            let id = contest.options.get(place.option).map_or("", |option| option.id.as_str());
            let left = if let Some(Verdict::TooDear { left }) = place.verdict { left } else { 0 };
            writeln!(text, " The money first ran short at {id}, when {left} was left.")?;
        }
    }
    match contest.funding.greedy() {
        Some(greedy) => writeln!(text, "  Funded: {greedy}."),
        None => Ok(()),
    }
}
