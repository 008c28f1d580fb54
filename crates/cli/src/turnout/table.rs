//! The turnout against time, for people.

use std::fmt::Write as _;

use veche_record::Manifest;
use veche_results::{By, ByHour, language};
use veche_verify::RouteTurnout;

/// The points one below the other, and the districts as they are now.
pub(super) fn table(manifest: &Manifest, by_hour: &ByHour) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text, manifest, by_hour);
    text
}

fn write(text: &mut String, manifest: &Manifest, by_hour: &ByHour) -> std::fmt::Result {
    let zone = &manifest.document().time_zone;
    let sum = |rows: &[RouteTurnout], of: fn(&RouteTurnout) -> u32| -> u64 {
        rows.iter().map(|row| u64::from(of(row))).sum()
    };
    writeln!(text, "\n  Turnout as the board grew. Hours in {zone}.\n")?;
    writeln!(text, "  {:<18}{:<12}{:>10}{:>10}", "hour", "said by", "signed in", "ballots")?;
    for point in &by_hour.points {
        let by = match point.by() {
            Some(By::Keeper) => "this machine",
            by => by.map_or("", By::name),
        };
        let (voters, ballots) =
            (sum(&point.turnout, |row| row.voters), sum(&point.turnout, |row| row.ballots));
        writeln!(text, "  {:<18}{by:<12}{voters:>10}{ballots:>10}", hour(point.time, zone))?;
    }
    writeln!(text, "\n  Between these hours nothing is known: a ballot has no hour.\n")?;
    writeln!(text, "  {:>9}  {:>9}  {:>9}  district", "may vote", "signed in", "ballots")?;
    for district in &by_hour.districts {
        let style = manifest.styles().iter().find(|style| style.id == district.style);
        let title = style.and_then(|style| style.title.get(language(manifest))).unwrap_or(&district.style);
        let (electorate, voters, ballots) = (district.electorate, district.voters, district.ballots);
        writeln!(text, "  {electorate:>9}  {voters:>9}  {ballots:>9}  {title}")?;
        let own: Vec<_> = by_hour.turnout.iter().filter(|row| row.style == district.style).collect();
        if let [_, _, ..] = own.as_slice() {
            for row in own {
                let route = manifest.routes().iter().find(|route| route.id == row.route);
                let route = route.and_then(|route| route.title.get(language(manifest))).unwrap_or(&row.route);
                writeln!(text, "  {:>9}  {:>9}  {:>9}    {route}", "", row.voters, row.ballots)?;
            }
        }
    }
    if by_hour.open {
        writeln!(text, "\n  Voting is not closed: these numbers can still change.")?;
    }
    writeln!(text)
}

/// An hour on the town's clock; where the zone is not known here, in UTC.
fn hour(seconds: u64, zone: &str) -> String {
    let moment = i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let local = moment.map(|moment| moment.to_zoned_datetime(zone));
    local.map_or_else(|| seconds.to_string(), |local| local.strftime("%Y-%m-%d %H:%M").to_string())
}
