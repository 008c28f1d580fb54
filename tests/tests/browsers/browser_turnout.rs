//! The turnout against time, from static files alone, while the vote is open and after it.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use veche_record::Selection;
use veche_tests::browser::{Browser, Driver};
use veche_tests::host::Host;
use veche_tests::town;
use veche_xtask::process::read;
use veche_xtask::voters::{Voter, open_election};

use crate::browser_results::{Folders, manifest};

/// What the table below the chart says: its rows as texts.
async fn rows(browser: &Browser, place: &str) -> Result<Vec<Vec<String>>> {
    let script = "return [...document.querySelectorAll(`${arguments[0]} tbody tr`)]
        .map((row) => [...row.children].map(({ textContent }) => textContent))";
    Ok(serde_json::from_value(browser.run(script, vec![place.into()]).await?)?)
}

/// The height of each of the marks on the first line: the larger, the lower.
async fn marks(browser: &Browser) -> Result<Vec<f64>> {
    let script = "return [...document.querySelectorAll('.curve circle.whole')].map((mark) => Number(mark.getAttribute('cy')))";
    Ok(serde_json::from_value(browser.run(script, vec![]).await?)?)
}

fn sum(turnout: &Value, of: &str) -> u64 {
    let rows = turnout.as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter().filter_map(|row| row.get(of)?.as_u64()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_sees_how_many_have_voted_while_the_vote_is_open_and_after_it() -> Result<()> {
    let town = town::open(&manifest()?)?;
    let election = open_election(town.town.ballot_box.http(), &town.town.fingerprint)?;
    let vote = |number: u32, style: &str| -> Result<()> {
        let phone = format!("+4477009001{number:02}");
        let mut voter = Voter::sign_in(&town.town.ballot_box, &election, &phone, style)?;
        let contests = if style == "north" { vec![5, 2, 3] } else { vec![5, 3] };
        let chosen = contests.into_iter().map(|options| {
            let mut values = vec![0; options];
            values[0] = 1;
            Selection::new(values, false)
        });
        let ballot = voter.seal(&chosen.collect::<Vec<_>>())?;
        voter.cast(&ballot).map(drop)
    };
    (1..=3).try_for_each(|number| vote(number, "north"))?;
    vote(4, "south")?;
    let folders = Folders::new(&town.town.fingerprint)?;
    folders.copy("town", &town.town.save_as("one")?, |_| Ok(()))?;
    let published = folders.folder.path().join("town/record");
    let veche = |more: &[&str]| {
        read(Command::new(&town.town.programs.veche).arg("turnout").arg(&published).args(more))
    };

    let host = Host::of(folders.folder.path())?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.goto(&format!("{}/town/#results", host.address)).await?;
    browser.says("Voting is open").await?;
    browser.click("veche-results a[href='#turnout']").await?;
    browser.see("veche-turnout-course .curve").await?;
    browser.says("4 ballots count").await?;
    browser.says("of at most 120 people who may vote: 3.3%").await?;
    browser.says("Voting is not closed yet").await?;
    // At the opening, and now by this device's clock.
    let found = rows(&browser, ".turnout-shown").await?;
    let columns = |row: &[String]| row.iter().skip(1).cloned().collect::<Vec<_>>();
    let shown: Vec<_> = found.iter().map(|row| columns(row)).collect();
    assert_eq!(shown[0], ["organiser", "0", "0%", "0"]);
    assert_eq!(shown[1], ["this device", "4", "3.3%", "4"]);
    assert_eq!(shown.len(), 2);
    let heights = marks(&browser).await?;
    ensure!(heights.len() == 2 && heights[0] > heights[1], "the line goes up: {heights:?}");
    assert_eq!(
        rows(&browser, ".turnout-now").await?,
        [
            ["The north", "60", "3", "3", "5%"],
            ["The south", "40", "1", "1", "2.5%"],
            ["The hill", "20", "0", "0", "0%"]
        ]
    );
    browser.fits().await?;
    browser.look("turnout-1-open").await?;
    // The same command says the same.
    let said: Value = serde_json::from_str(&veche(&["--json"])?)?;
    assert_eq!(sum(&said["points"][1]["turnout"], "ballots"), 4);
    assert_eq!(said["points"][0]["time"].as_u64().map(|time| time > 0), Some(true));

    // Two more vote, and somebody looks again: the look before is remembered.
    (5..=6).try_for_each(|number| vote(number, "south"))?;
    let newer = town.town.save_as("two")?;
    read(Command::new("rm").arg("-r").arg(&published))?;
    read(Command::new("cp").arg("-r").arg(&newer).arg(&published))?;
    browser.click("veche-turnout-course .actions .button.secondary").await?;
    browser.says("6 ballots count").await?;
    let found = rows(&browser, ".turnout-shown").await?;
    assert_eq!(found.iter().map(|row| row[2].as_str()).collect::<Vec<_>>(), ["0", "4", "6"]);
    // One district alone.
    let choose = "const choice = document.querySelector('veche-turnout-course select');
        choice.selectedIndex = 2; choice.dispatchEvent(new Event('change'))";
    browser.run(choose, vec![]).await?;
    browser.says("The south: ballots that count, hour by hour").await?;
    let found = rows(&browser, ".turnout-shown").await?;
    assert_eq!(found.iter().map(|row| row[2].as_str()).collect::<Vec<_>>(), ["0", "1", "3"]);
    assert_eq!(found[2][3], "7.5%");

    // Another browser knows nothing of these looks.
    let other = driver.open().await?;
    other.goto(&format!("{}/town/#turnout", host.address)).await?;
    other.says("6 ballots count").await?;
    assert_eq!(rows(&other, ".turnout-shown").await?.len(), 2);
    // The district that is looked at is the same one in each language, and its name stands in the field.
    other.run(choose, vec![]).await?;
    for language in ["ar", "ru", "de"] {
        other.speak(language).await?;
        other.see("veche-turnout-course .curve").await?;
        let chosen = "return [...document.querySelector('veche-turnout-course select').selectedOptions]
            .map(({ textContent }) => textContent)";
        assert_eq!(other.run(chosen, vec![]).await?, json!(["The south"]), "{language}");
        let found = rows(&other, ".turnout-shown").await?;
        assert_eq!((found.len(), found[1][2].as_str()), (2, "3"), "{language}");
        other.fits().await?;
        other.accessible().await?;
        other.picture(&format!("turnout-2-{language}")).await?;
    }
    other.close().await?;

    // An entry that was altered on the way is not counted.
    let bundle = walk(&published.join("tile/entries"))?;
    let honest = std::fs::read(&bundle)?;
    let mut altered = honest.clone();
    *altered.last_mut().context("an empty bundle")? ^= 1;
    std::fs::write(&bundle, altered)?;
    let third = driver.open().await?;
    third.goto(&format!("{}/town/#turnout", host.address)).await?;
    third.says("What was read is not the signed public list").await?;
    third.accessible().await?;
    third.close().await?;
    std::fs::write(&bundle, honest)?;

    town.town.close()?;
    let ended = town.town.save_as("three")?;
    read(Command::new("rm").arg("-r").arg(&published))?;
    read(Command::new("cp").arg("-r").arg(&ended).arg(&published))?;
    browser.goto(&format!("{}/town/#verify", host.address)).await?;
    browser.goto(&format!("{}/town/#turnout", host.address)).await?;
    browser.says("Voting ended on").await?;
    let found = rows(&browser, ".turnout-shown").await?;
    assert_eq!(found.last().map(|row| (row[1].as_str(), row[2].as_str())), Some(("organiser", "6")));
    browser.look("turnout-3-ended").await?;
    let log = browser.log().await?;
    ensure!(!log.iter().any(|line| line.contains("Content Security Policy")), "{}", log.join("\n"));
    let text = veche(&[])?;
    ensure!(text.contains("The south") && !text.contains("not closed"), "{text}");
    let said: Value = serde_json::from_str(&veche(&["--json"])?)?;
    assert_eq!(said["open"], json!(false));
    browser.close().await
}

/// The only file below a folder.
fn walk(folder: &std::path::Path) -> Result<std::path::PathBuf> {
    let mut place = folder.to_owned();
    while place.is_dir() {
        place = std::fs::read_dir(&place)?.next().context("an empty folder")??.path();
    }
    Ok(place)
}
