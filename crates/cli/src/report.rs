//! What an audit found, as a page for someone who was not there and is no cryptographer.

use std::fmt::Write as _;

use serde::Serialize;
use veche_verify::funding::ContestFunding;
use veche_verify::report::{CheckReport, Report};
use veche_verify::result::ResultFile;
use veche_verify::{Outcome, RouteTurnout, Status};

use crate::error::Error;

/// So many failures of one check are printed. The JSON document has all of them.
const MAX_NAMED: usize = 1_000;

/// One JSON document, with a line end.
///
/// # Errors
/// None in practice.
pub fn json(value: &impl Serialize) -> Result<String, Error> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}

/// A number of things, in words that fit it.
pub(crate) fn counted(number: impl TryInto<u64>, one: &str, many: &str) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

/// The report in words.
pub fn text(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text, report, report.tallies.as_ref(), None);
    text
}

/// The report in words, with another last sentence.
pub(crate) fn text_concluding(report: &Report, conclusion: &str) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text, report, report.tallies.as_ref(), Some(conclusion));
    text
}

/// Who took part, for a page of totals: what no check can judge.
pub(crate) fn voters(turnout: &[RouteTurnout]) -> String {
    let mut text = String::from("  Voters by district and by how they were identified\n");
    // Writing to a string does not fail.
    let _ = write_turnout(&mut text, turnout);
    text
}

/// Whose keys changed in the whole vote.
pub(crate) fn key_changes(report: &Report) -> String {
    let mut text = String::new();
    let about = ["keys-handed-over", "keys-replaced", "voted-on-paper", "not-entitled"];
    for notice in report.notices.iter().filter(|notice| about.contains(&notice.code)) {
        let _ = writeln!(text, "  {}", notice.text);
    }
    text
}

/// The report in words, for a page that has the totals above it.
pub(crate) fn text_without_totals(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text, report, None, None);
    text
}

fn write(
    text: &mut String,
    report: &Report,
    tallies: Option<&ResultFile>,
    conclusion: Option<&str>,
) -> std::fmt::Result {
    if report.outcome == Outcome::Unreadable {
        return writeln!(text, "There is no record here that can be read.");
    }
    let entries = counted(report.entries, "entry", "entries");
    let ballots = counted(report.ballots, "sealed ballot", "sealed ballots");
    writeln!(text, "{entries} on the board, {ballots} among them")?;
    write_turnout(text, &report.turnout)?;
    writeln!(text)?;
    for check in &report.checks {
        write_check(text, check)?;
    }
    // Totals of a record that fails are not repeated: a wrong total above a warning is still read as a total.
    if let Some(tallies) = tallies.filter(|_| report.exit_code() == 0) {
        writeln!(text, "\nTotals, recomputed from the sealed ballots and the trustees' proofs")?;
        write_totals(text, tallies)?;
        write_funding(text, &report.funding)?;
    }
    for notice in &report.notices {
        // The last lines say these two, and say what to do.
        if !["unpinned", "not-finished"].contains(&notice.code) {
            writeln!(text, "\nNote: {}", notice.text)?;
        }
    }
    match conclusion {
        Some(conclusion) => writeln!(text, "{conclusion}"),
        None => write_conclusion(text, report),
    }
}

/// Voters by district and by how they were identified: what a town can compare with what it announced.
fn write_turnout(text: &mut String, turnout: &[RouteTurnout]) -> std::fmt::Result {
    for RouteTurnout { style, route, voters, ballots } in turnout {
        let (voters, ballots) = (counted(*voters, "voter", "voters"), counted(*ballots, "ballot", "ballots"));
        writeln!(text, "  {style}, {route}: {voters}, {ballots}")?;
    }
    Ok(())
}

fn write_check(text: &mut String, check: &CheckReport) -> std::fmt::Result {
    let status = match check.status {
        Status::Passed => "passed",
        Status::Failed => "FAILED",
        Status::NotApplicable => "not applicable",
        Status::NotReached => "not reached",
    };
    writeln!(text, "{:>3}  {status:<14}  {}", check.check.number(), check.sentence)?;
    for failure in check.failure.iter().chain(&check.more_failures).take(MAX_NAMED) {
        let place = failure.entry.map(|entry| format!("entry {entry}: ")).unwrap_or_default();
        writeln!(text, "                     {place}{}", failure.detail)?;
        writeln!(text, "                     who is to blame: {}", failure.culprit)?;
    }
    let rest = (check.more_failures.len() + 1).saturating_sub(MAX_NAMED);
    if rest > 0 {
        let more = counted(rest as u64, "more failure", "more failures");
        writeln!(text, "                     and {more} of this check, which --json names")?;
    }
    Ok(())
}

/// The totals as a table.
fn write_totals(text: &mut String, tallies: &ResultFile) -> std::fmt::Result {
    for group in &tallies.contests {
        let style = match &group.styles {
            Some(_) => format!(" ({})", veche_results::names(group)),
            None => String::new(),
        };
        writeln!(text, "\n  {}{style}: {}", group.id, counted(group.ballots, "ballot", "ballots"))?;
        if group.withheld {
            writeln!(text, "    too few ballots to publish totals of")?;
        }
        for option in &group.options {
            writeln!(text, "    {:>8}  {}", option.total, option.id)?;
        }
        if let Some(blank) = group.blank {
            writeln!(text, "    {blank:>8}  blank")?;
        }
    }
    Ok(())
}

/// Who is funded.
fn write_funding(text: &mut String, contests: &[ContestFunding]) -> std::fmt::Result {
    for contest in contests {
        let funded = if contest.funded.is_empty() { "nothing".to_owned() } else { contest.funded.join(", ") };
        writeln!(text, "\n  {}, funded for {}: {funded}", contest.contest, contest.spent)?;
        if !contest.to_be_drawn.is_empty() {
            writeln!(text, "    to be drawn: {}", contest.to_be_drawn.join(", "))?;
        }
        for draw in &contest.draws {
            writeln!(text, "    drawn: {}", draw.join(", "))?;
        }
    }
    Ok(())
}

fn write_conclusion(text: &mut String, report: &Report) -> std::fmt::Result {
    let fingerprint = report.fingerprint.as_deref().unwrap_or("not known: the record does not go so far");
    writeln!(text, "\nFingerprint of the election\n{fingerprint}\n")?;
    match report.outcome {
        Outcome::Verified => {
            writeln!(text, "Verified: every check passed, and this is the election you named.")
        }
        Outcome::Consistent => {
            writeln!(
                text,
                "Every check passed. The record is consistent; compare this fingerprint with the published one."
            )
        }
        Outcome::NotFinished if report.expected.is_some() => {
            writeln!(text, "Not finished: what is there passes every check, and there is no result yet.")
        }
        Outcome::NotFinished => writeln!(
            text,
            "Not finished: what is there passes every check, and there is no result yet. \
             Compare this fingerprint with the published one."
        ),
        Outcome::Cancelled => {
            writeln!(
                text,
                "Cancelled: what is there passes every check, and the organiser has cancelled this vote."
            )
        }
        Outcome::Failed | Outcome::Unreadable => {
            let failed: Vec<String> = report.failed().map(|check| check.check.number().to_string()).collect();
            let which = if failed.len() == 1 { "check" } else { "checks" };
            writeln!(text, "FAILED: {which} {}. Do not trust this record.", failed.join(", "))
        }
    }
}
