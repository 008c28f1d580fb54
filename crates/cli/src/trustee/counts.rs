//! How many voters and ballots there are, for a person to compare before anything is agreed to.

use std::fmt::Write as _;
use std::io::{BufRead as _, IsTerminal as _, Write as _};

use veche_record::Manifest;
use veche_results::{Counts, GroupCount, language};
use veche_verify::BoardState;

use super::TrusteeError;
use crate::error::Error;

/// Voters and ballots by district and route and by published group; nothing before the sums are fixed.
pub(super) fn text(board: &BoardState) -> Option<String> {
    let counts = Counts::of(board)?;
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text, board.manifest(), &counts);
    Some(text)
}

fn write(text: &mut String, manifest: &Manifest, counts: &Counts) -> std::fmt::Result {
    let language = language(manifest);
    let district = |id: &str| {
        let style = manifest.styles().iter().find(|style| style.id == id);
        style.and_then(|style| style.title.get(language)).unwrap_or("other districts").to_owned()
    };
    writeln!(text, "Compare these numbers with what the town has announced.\n")?;
    writeln!(text, "{:>9}  {:>9}  district, and how its voters were identified", "voters", "ballots")?;
    let (mut voters, mut ballots) = (0_u64, 0_u64);
    for row in &counts.turnout {
        let route = manifest.document().routes.iter().find(|route| route.id == row.route);
        let route = route.and_then(|route| route.title.get(language)).unwrap_or(&row.route);
        writeln!(text, "{:>9}  {:>9}  {}, {route}", row.voters, row.ballots, district(&row.style))?;
        voters += u64::from(row.voters);
        ballots += u64::from(row.ballots);
    }
    writeln!(text, "{voters:>9}  {ballots:>9}  in all\n")?;
    writeln!(text, "{:>9}  totals that will be published, and of whom", "ballots")?;
    for GroupCount { contest, styles, ballots, withheld } in &counts.groups {
        let title = manifest.contests().iter().find(|one| one.id == *contest);
        let title = title.and_then(|contest| contest.title.get(language)).unwrap_or(contest);
        let styles: Vec<String> = styles.iter().map(|style| district(style)).collect();
        let whose = match styles.as_slice() {
            [] => "everybody".to_owned(),
            [style] => style.clone(),
            joined => format!("{}, joined because of few ballots", joined.join(" and ")),
        };
        let withheld = if *withheld { " (withheld: too few ballots)" } else { "" };
        writeln!(text, "{ballots:>9}  {title}: {whose}{withheld}")?;
    }
    Ok(())
}

/// Asks at a terminal whether the numbers were compared; what is to be read first is shown. A script is not asked: it
/// was written by somebody who has decided.
pub(super) fn are_compared(text: &mut String) -> Result<bool, Error> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Ok(true);
    }
    let mut answer = String::new();
    let mut ask = || -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        write!(out, "{text}Do they agree? Then type yes: ")?;
        out.flush()?;
        input.lock().read_line(&mut answer).map(drop)
    };
    ask().map_err(TrusteeError::Terminal)?;
    text.clear();
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
