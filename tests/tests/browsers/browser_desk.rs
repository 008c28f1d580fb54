//! The organiser's desk: the key, the ballot box, and the day of a vote from its page alone.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use sha2::Digest as _;
use std::ffi::OsStr;
use std::io::Read as _;
use veche_record::Selection;
use veche_record::manifest::Timestamp;
use veche_tests::browser::Driver;
use veche_tests::organiser::{
    PASSPHRASE, RunningDesk, choose, close_early, connect, enter_draw, leads_to, nothing_to_draw, place,
    unfold, write_words,
};
use veche_tests::town;
use veche_xtask::voters::{Voter, open_election};

/// A vote whose closing can be put off by two hours. Of the square's projects the money pays for one, and lots decide
/// between equal totals.
fn manifest() -> Result<Value> {
    let mut manifest = town::manifest()?;
    let closes = manifest["closes"].as_str().and_then(Timestamp::parse).context("no hour")?;
    let latest = Timestamp::from_unix(closes.unix() + 7200).context("no hour")?;
    manifest["closes_latest"] = json!(latest.to_string());
    manifest["languages"] = json!(["en"]);
    let square = &mut manifest["contests"][1];
    square["budget"] = json!(40_000);
    square["currency"] = json!("€");
    square["funding"] = json!({ "method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "lot", "exclusive": [] });
    Ok(manifest)
}

/// A file of an archive.
fn from_archive(archive: &[u8], name: &str) -> Result<String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive))?;
    let mut text = String::new();
    archive.by_name(name)?.read_to_string(&mut text)?;
    Ok(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_of_a_vote_from_the_desk_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let desk = RunningDesk::start(&folder.path().join("vote"))?;
    let driver = Driver::start()?;
    let (browser, public) = desk.enter(&driver).await?;
    ensure!(browser.run("return location.hash", vec![]).await? == "#desk", "the token left the address");
    browser.look("desk-home").await?;
    browser.fits().await?;

    let init = ["--organiser-key", &public].map(OsStr::new);
    let mut town = town::found_with(&manifest()?, &init)?;
    let address = town.town.ballot_box.http().address().to_owned();
    browser.click("a[href='#desk/box']").await?;
    browser.see("veche-desk-box form").await?;
    browser.look("desk-box").await?;
    connect(&browser, &address, "not the pass").await?;
    browser.says("The ballot box does not take this pass.").await?;
    connect(&browser, "http://192.0.2.1:9", "a pass").await?;
    browser.see("veche-desk-unencrypted input").await?;
    browser.look("desk-box-unencrypted").await?;
    // A box that somebody else organises.
    let other = town::found(&manifest()?)?;
    connect(&browser, other.town.ballot_box.http().address(), &other.organiser_token()?).await?;
    browser.says("This ballot box was made with another organiser’s key").await?;
    drop(other);
    connect(&browser, &address, &town.organiser_token()?).await?;
    browser.see("veche-desk-home").await?;

    browser.click("a[href='#desk/run']").await?;
    leads_to(&browser, "keys").await?;
    town.town.make_keys()?;
    browser.client().refresh().await?;
    leads_to(&browser, "rehearse").await?;
    browser.look("desk-run-rehearse").await?;
    browser.fits().await?;
    browser.click("veche-desk-run .next-step button").await?;
    leads_to(&browser, "rehearsal").await?;
    browser.says("The same as a command").await?;
    town.town.decrypt_all()?;
    browser.client().refresh().await?;
    leads_to(&browser, "open").await?;
    // What everybody knows the vote by is there to be copied; and the overview knows of the rehearsal by itself.
    town.town.read_fingerprint()?;
    let text = browser.text().await?.split_whitespace().collect::<String>();
    ensure!(text.contains(&town.town.fingerprint), "{text}");
    browser.click("a[href='#desk']").await?;
    browser.see("li.done a[href='#desk/trustees']").await?;
    browser.click("a[href='#desk/run']").await?;
    leads_to(&browser, "open").await?;
    browser.click("veche-desk-run .next-step button").await?;
    browser.says("Please tick the sentence beside the button first.").await?;
    // A message to the clerk's own phone, by the way that the codes go, ticks its point by itself.
    browser.fill("veche-desk-run input[name=test-phone]", "42").await?;
    browser.click("veche-test-message button[type=submit]").await?;
    browser.says("This is not a phone number.").await?;
    browser.fill("veche-desk-run input[name=test-phone]", "+447700900199").await?;
    browser.click("veche-test-message button[type=submit]").await?;
    browser.says("The SMS provider has taken the message, and this point is ticked.").await?;
    browser.see("veche-desk-run input[name=item-sms]:checked").await?;
    browser.click("veche-desk-run input[name=sure]").await?;
    browser.click("veche-desk-run .next-step button").await?;
    browser.says("The vote was not opened. Please tick everything on the list first").await?;
    browser.fill("veche-desk-run input[name=unticked]", "The vote has one language.").await?;
    browser.look("desk-run-open").await?;
    browser.fits().await?;
    browser.click("veche-desk-run .next-step button").await?;
    leads_to(&browser, "voting").await?;
    browser.says("The reason that was typed: The vote has one language.").await?;
    browser.says("The fingerprint of the vote is printed in the announcement.").await?;
    let text = browser.text().await?;
    ensure!(!text.contains("A test message has come"), "what was ticked is not left: {text}");

    let election = open_election(town.town.ballot_box.http(), &town.town.fingerprint)?;
    for (phone, choice) in [("+447700900123", vec![1, 0, 0]), ("+447700900124", vec![0, 1, 0])] {
        let mut voter = Voter::sign_in(&town.town.ballot_box, &election, phone, "south")?;
        let ballot = voter.seal(&[Selection::new(choice, false)])?;
        voter.cast(&ballot)?;
    }

    browser.click("veche-desk-turnout .actions button").await?;
    browser.see("veche-desk-turnout .curve").await?;
    browser.says("2 ballots count").await?;
    let south = "return [...document.querySelectorAll('veche-desk-turnout [data-district=south] td')]
        .map(({ textContent }) => textContent)";
    let south = browser.run(south, vec![]).await?;
    ensure!(south[1] == "2" && south[2] == "2", "{south}");
    browser.fits().await?;
    browser.look("desk-run-turnout").await?;
    browser.speak("ar").await?;
    browser.click("veche-desk-turnout .actions button").await?;
    browser.see("veche-desk-turnout .curve").await?;
    browser.look("desk-run-turnout-ar").await?;
    browser.speak("en").await?;
    leads_to(&browser, "voting").await?;

    unfold(&browser, "Say something to everybody").await?;
    browser.fill("textarea[name=words-en]", "The hall is open.").await?;
    browser.look("desk-run-voting").await?;
    browser.run("document.activeElement.form.requestSubmit()", vec![]).await?;
    browser.says("It is done.").await?;

    // Later than the manifest allows, and then an hour that it does.
    let closes = manifest()?["closes"].as_str().and_then(Timestamp::parse).context("no hour")?.unix();
    for (hours, said) in [(48, "This vote can be put off until"), (1, "It is done.")] {
        let until = Timestamp::from_unix(closes + hours * 3600).context("no hour")?.to_string();
        unfold(&browser, "Put off the closing").await?;
        let script = "const field = document.querySelector('input[name=until]');
            field.value = arguments[0]; field.form.requestSubmit()";
        browser.run(script, vec![until[..16].into()]).await?;
        browser.says(said).await?;
    }

    close_early(&browser, "The test ends here.").await?;
    browser.says("Announce these numbers now").await?;
    browser.fits().await?;
    browser.look("desk-run-announce").await?;
    browser.speak("ar").await?;
    browser.see("veche-desk-run veche-trustee-counts").await?;
    browser.look("desk-run-announce-ar").await?;
    browser.speak("en").await?;
    browser.click("a[href='#desk']").await?;
    browser.see("li.done a[href='#desk/run'] ~ .state").await?;
    browser.see("li.next a[href='#desk/run']").await?;
    browser.look("desk-home-closed").await?;
    town.town.decrypt_all()?;
    browser.click("a[href='#desk/run']").await?;
    leads_to(&browser, "draw").await?;
    browser.look("desk-run-draw").await?;
    browser.click("a[href='#desk']").await?;
    browser.see("li.next a[href='#desk/finish']").await?;
    browser.click("a[href='#desk/run']").await?;
    leads_to(&browser, "draw").await?;

    browser.click("veche-desk-run a[href='#desk/finish']").await?;
    // One voter for the lawn, one for the market: a lot was drawn in the hall, and the market came first.
    enter_draw(&browser, &["market", "market"]).await?;
    browser.says("Please choose each project once.").await?;
    browser.look("desk-finish-draw").await?;
    browser.fits().await?;
    // Papers of before the draw say that it is to come, and are not handed out after it.
    browser.says("A draw is still to come.").await?;
    choose(&browser, "select[name=papers]", "pl").await?;
    browser.click("veche-desk-finish .form:has(select[name=papers]) button.primary").await?;
    browser.says("SHA-256 sum of the archive").await?;
    let provisional = std::fs::read(desk.folder.join("archive-pl.zip"))?;
    let text = from_archive(&provisional, "protocol.html")?;
    ensure!(text.contains("Tymczasowo"), "the protocol says that lots are still to be drawn");
    browser.says("No file for Pabulib yet").await?;
    browser.look("desk-finish-pending").await?;
    enter_draw(&browser, &["market", "lawn"]).await?;
    nothing_to_draw(&browser).await?;
    browser.says("These papers are outdated").await?;
    browser.look("desk-finish-outdated").await?;
    browser.fits().await?;
    browser.click("veche-desk-finish .papers[data-language=pl] .outdated ~ .actions button").await?;
    browser.says("The papers are made.").await?;
    browser.see("veche-desk-finish .papers[data-language=pl] ul.rows").await?;
    browser.look("desk-finish").await?;
    // The sum is that of the file, also when the page is opened another day.
    browser.client().refresh().await?;
    let archive = std::fs::read(desk.folder.join("archive-pl.zip"))?;
    browser.says(&hex::encode(sha2::Sha256::digest(&archive))).await?;
    browser.speak("ar").await?;
    browser.see("veche-desk-finish .papers[data-language=pl] ul.rows").await?;
    browser.look("desk-finish-ar").await?;
    browser.speak("en").await?;
    // What the page hands out is what lies in the archive.
    let taken = "const session = sessionStorage.getItem('veche-desk');
        const answer = await fetch('/desk/v1/finish/file?language=pl&name=protocol.html', { headers: { authorization: `Bearer ${session}` } });
        return answer.text()";
    let taken = browser.run(&format!("return (async () => {{ {taken} }})()"), vec![]).await?;
    let protocol = from_archive(&archive, "protocol.html")?;
    ensure!(taken == protocol.as_str() && !protocol.contains("Tymczasowo"), "{taken}");
    ensure!(
        protocol.contains("przed zapowiedzianą godziną") && protocol.contains("The test ends here."),
        "{protocol}"
    );
    let found = from_archive(&archive, "report.txt")?;
    let check = found.lines().find(|line| line.contains("The election's fingerprint is the expected one"));
    ensure!(check.is_some_and(|line| line.contains("passed")), "{found}");

    place(&browser, "run", ".next-step[data-next=published]").await?;
    let report = town.town.verify(&town.town.record())?;
    ensure!(report.contains("The hall is open."), "{report}");
    ensure!(report.contains("square, funded for 40000: market\n    drawn: market, lawn"), "{report}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_is_locked_opened_again_and_read_in_arabic() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("vote");
    let driver = Driver::start()?;
    let desk = RunningDesk::start(&path)?;
    let browser = driver.open().await?;
    browser.goto(&desk.link).await?;
    browser.see("veche-desk-key form").await?;
    browser.look("desk-key-new").await?;
    browser.fill("input[name=passphrase]", "short").await?;
    browser.fill("input[name=again]", "other").await?;
    browser.click("veche-desk-key button[type=submit]").await?;
    browser.says("The two passphrases differ").await?;
    browser.fill("input[name=again]", "short").await?;
    browser.click("veche-desk-key button[type=submit]").await?;
    browser.says("A passphrase has at least 12 characters.").await?;
    for field in ["passphrase", "again"] {
        browser.fill(&format!("input[name={field}]"), PASSPHRASE).await?;
    }
    browser.click("veche-desk-key button[type=submit]").await?;
    browser.see("veche-desk-words .words").await?;
    browser.look("desk-words").await?;
    browser.fits().await?;
    // In another language they are the same words.
    let words = "return document.querySelector('.words').textContent";
    let shown = browser.run(words, vec![]).await?;
    browser.speak("ar").await?;
    browser.see("veche-desk-words").await?;
    ensure!(browser.run(words, vec![]).await? == shown, "other words");
    browser.click("veche-desk-words button.primary").await?;
    browser.see("veche-words-ask form").await?;
    browser.look("desk-words-asked-ar").await?;
    browser.fits().await?;
    // Nobody has typed them: the desk is closed, and shows them once more when it is opened again.
    drop(desk);

    // The link of the desk before is another desk's.
    let desk = RunningDesk::start(&path)?;
    browser.goto(&desk.link.replace("#desk=", "#desk=0")).await?;
    browser.see("veche-desk-door").await?;
    browser.accessible().await?;
    browser.goto("about:blank").await?;
    browser.goto(&desk.link).await?;
    browser.speak("ar").await?;
    browser.see("veche-desk-key form").await?;
    browser.fill("input[name=passphrase]", "another passphrase").await?;
    browser.click("veche-desk-key button[type=submit]").await?;
    browser.says("ليست هذه عبارة مرور المفتاح").await?;
    browser.look("desk-key-ar").await?;
    browser.fits().await?;
    browser.fill("input[name=passphrase]", PASSPHRASE).await?;
    browser.click("veche-desk-key button[type=submit]").await?;
    browser.see("veche-desk-words .words").await?;
    ensure!(browser.run(words, vec![]).await? == shown, "other words");
    write_words(&browser).await?;
    browser.look("desk-home-ar").await?;
    // The link has been used: a second browser stays outside.
    let second = driver.open().await?;
    second.goto(&desk.link).await?;
    second.see("veche-desk-door").await?;
    ensure!(second.text().await?.contains("has been used already"), "{}", second.text().await?);
    browser.click("veche-desk-home .actions button").await?;
    browser.see("veche-desk-key form").await?;
    Ok(())
}
