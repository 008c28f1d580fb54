//! The whole job from the desk: a town's spreadsheet becomes a vote, its people vote, and what they decided is
//! published, drawn for where it must be, and filed.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read as _;

use anyhow::{Context as _, Result, ensure};
use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::{Value, json};
use veche_record::{Election, Selection};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver, WIDTHS};
use veche_tests::organiser::{
    RunningDesk, choose, close_early, connect, drop_file, enter_draw, hand_in_roll, keep_people_pass,
    leads_to, nothing_to_draw, open_the_vote, people_pass, place, tab_to,
};
use veche_tests::roll_town::{self, FAULTS};
use veche_tests::sheet_town::{DISTRICTS, Sheet};
use veche_tests::town::{self, TestTown};
use veche_xtask::voters::{Voter, open_election};

/// Voters of each district: as many as its totals are published for.
const VOTERS: usize = 10;
const TITLE: &str = "Participatory budget of Mirogród";

/// Keeps pictures at both widths, and goes on at a desk's.
async fn picture(browser: &Browser, name: &str) -> Result<()> {
    browser.picture(&format!("whole-{name}")).await?;
    browser.width(WIDTHS[1]).await
}

/// What stands in the table of what is to be corrected: the cell, and what to do.
async fn to_correct(browser: &Browser) -> Result<Vec<(String, String)>> {
    browser.see("veche-desk-describe .findings").await?;
    let script =
        "return [...document.querySelector('veche-desk-describe .findings').querySelectorAll('tbody tr')]
        .map((row) => [row.cells[3].textContent, row.cells[4].textContent])";
    Ok(serde_json::from_value(browser.run(script, vec![]).await?)?)
}

/// A spreadsheet with mistakes, and then without.
async fn describe(browser: &Browser, faulty: &[u8], mended: &[u8]) -> Result<()> {
    place(browser, "describe", ".drop-here").await?;
    drop_file(browser, "mirogrod.pdf", b"%PDF-1.7 and more").await?;
    browser.says("This file cannot be used. mirogrod.pdf: this is a PDF").await?;
    drop_file(browser, "mirogrod.xlsx", faulty).await?;
    browser.says("There is no description yet. Errors: 4. Questions: 1.").await?;
    let wrong: BTreeMap<String, String> = to_correct(browser).await?.into_iter().collect();
    for (cell, said) in [
        ("5 %", "a share of the votes cannot be kept; write how many votes are needed, as a number"),
        ("do ustalenia", "this is no amount"),
        ("D99", "no district"),
        ("", "the text in \"en\" is missing"),
    ] {
        ensure!(wrong.get(cell).is_some_and(|sentence| sentence.contains(said)), "{cell}: {wrong:?}");
    }
    picture(browser, "describe-faults").await?;
    // Fifteen thousand, as the clerk says.
    browser.click("veche-desk-describe .questions li:first-child .actions button").await?;
    browser.says("There is no description yet. Errors: 4. Questions: 0.").await?;
    drop_file(browser, "mirogrod.xlsx", mended).await?;
    browser.says("It is kept in the folder as manifest.json").await
}

/// Looks at how the columns were understood, at the preview, and freezes.
async fn freeze(browser: &Browser) -> Result<()> {
    browser.click("veche-desk-describe .describe-columns .actions button").await?;
    browser.says("How the columns were understood: confirmed").await?;
    picture(browser, "describe").await?;
    place(browser, "preview", ".actions button.primary").await?;
    browser.click("veche-desk-preview .actions button.primary").await?;
    browser.see("veche-desk-preview table").await?;
    picture(browser, "preview").await?;
    place(browser, "freeze", "input[name=name]").await?;
    browser.fill("veche-desk-freeze input[name=name]", "Participatory budget").await?;
    browser.click("veche-desk-freeze form button.primary").await?;
    browser.says("This is not the title of the vote.").await?;
    let seen = "const { top, bottom } = document.querySelector('veche-desk-freeze veche-trouble').getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight";
    ensure!(
        browser.run(seen, vec![]).await? == json!(true),
        "whoever has pressed the button does not see why not"
    );
    fits_in_each_language(browser).await?;
    browser.fill("veche-desk-freeze input[name=name]", TITLE).await?;
    browser.click("veche-desk-freeze form button.primary").await?;
    browser.says("The vote is frozen. Give this folder").await?;
    picture(browser, "freeze").await
}

/// The names of all pages have room, however long a language makes them.
async fn fits_in_each_language(browser: &Browser) -> Result<()> {
    for language in ["ru", "pl", "es", "fr", "de", "ar", "en"] {
        browser.speak(language).await?;
        browser.see("veche-desk-freeze input[name=name]").await?;
        let beyond = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let beyond = browser.run(beyond, vec![]).await?;
        ensure!(beyond == json!(0), "in {language} the page is {beyond} px wider than its window");
    }
    Ok(())
}

/// 5,000 residents: the mistakes of the first spreadsheet go back as a file, the second comes into force.
async fn people(browser: &Browser, town: &TestTown, folder: &std::path::Path) -> Result<()> {
    let file = |name: &str, bytes: Vec<u8>| -> Result<_> {
        let path = folder.join(name);
        std::fs::write(&path, bytes)?;
        Ok(path)
    };
    place(browser, "people", "veche-people-pass form").await?;
    keep_people_pass(browser, town.town.ballot_box.http().address(), &people_pass(town, "roll")?).await?;
    hand_in_roll(browser, &file("faulty.xlsx", roll_town::roll(true)?)?).await?;
    browser.says("What is wrong with it").await?;
    let text = browser.text().await?;
    for (row, _, cell, said) in FAULTS {
        ensure!(text.contains(said), "row {row}, {cell}: {text}");
    }
    picture(browser, "people-faults").await?;
    // What a browser saves is what the page has made.
    let keep = "const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { window.saved = blob.text(); return make.call(URL, blob); }";
    browser.run(keep, vec![]).await?;
    browser.click("veche-desk-people .actions button.secondary").await?;
    let saved = "const done = arguments[0]; window.saved.then(done)";
    let back = browser.client().execute_async(saved, vec![]).await?;
    let back = back.as_str().context("no file")?;
    for (row, _, cell, said) in FAULTS {
        let line = back.lines().find(|line| line.starts_with(&format!("\"{row}\"")));
        ensure!(line.is_some_and(|line| line.contains(cell) && line.contains(said)), "row {row}: {back}");
    }
    hand_in_roll(browser, &file("roll.xlsx", roll_town::roll(false)?)?).await?;
    browser.says("What it changes").await?;
    browser.says("5,000").await?;
    browser.fill("input[name=roll-reason]", "the register of 1 May").await?;
    browser.click("veche-desk-people form:has(input[name=roll-reason]) button.primary").await?;
    browser.says("The list of voters is in force.").await?;
    picture(browser, "people").await
}

/// What the voter number `voter` of a district picks of the projects of a list, by their places.
fn picks(list: &str, district: usize, voter: usize) -> Vec<usize> {
    match list {
        // Two projects for one square have every second vote each, and one project has too few.
        "M" => {
            let mut picks = vec![voter % 2];
            picks.extend(voter.is_multiple_of(5).then_some(2));
            picks.extend((district == 0 && voter < 2).then_some(3));
            picks
        }
        // 59,000 and 22,450 of 90,000; the next costs 19,000, and what is cheaper stays without money.
        "D09" => match voter {
            0..4 => vec![1, 4],
            4..7 => vec![1, 2],
            _ => vec![2, 0],
        },
        "D11" => vec![0],
        _ => vec![usize::from(voter >= 6)],
    }
}

/// Everybody but the two who vote in a browser.
fn vote(town: &TestTown, election: &Election) -> Result<()> {
    let contests = election.manifest().contests();
    for voter in 0..VOTERS {
        for (district, (code, ..)) in DISTRICTS.into_iter().enumerate() {
            if voter == 0 && district < BROWSERS {
                continue;
            }
            let phone =
                format!("+48{}", roll_town::phone(district + DISTRICTS.len() * voter).replace(' ', ""));
            let mut person = Voter::sign_in(&town.town.ballot_box, election, &phone, code)
                .with_context(|| format!("voter {voter} of {code}"))?;
            let lists = contests.iter().filter(|contest| ["M", code].contains(&contest.id.as_str()));
            let selections: Vec<Selection> = lists
                .map(|contest| {
                    let mut values = vec![0; contest.options.len()];
                    picks(&contest.id, district, voter).into_iter().for_each(|pick| values[pick] = 1);
                    Selection::new(values, false)
                })
                .collect();
            let ballot = person.seal(&selections)?;
            person.cast(&ballot)?;
        }
    }
    Ok(())
}

/// The first voters of so many districts vote in a browser.
const BROWSERS: usize = 2;

/// Votes in the page: with a phone number as it is dialled in the country, and a code.
async fn vote_in_browser(
    driver: &Driver,
    town: &TestTown,
    election: &Election,
    district: usize,
) -> Result<()> {
    let booth = Booth::enter(driver.open().await?, &town.page()).await?;
    booth.sign_in(&town.town.ballot_box, &roll_town::phone(district)).await?;
    // The roll says the district.
    booth.also_vote_in("").await?;
    for list in ["M", DISTRICTS[district].0] {
        let contest =
            election.manifest().contests().iter().find(|contest| contest.id == list).context(list)?;
        for pick in picks(list, district, 0) {
            booth.tick(&contest.options[pick].id).await?;
        }
        booth.next().await?;
    }
    let code = booth.seal().await?;
    booth.cast(&code).await?;
    booth.browser.close().await
}

/// Who is funded, by the list: what the desk's archive says.
fn funded(archive: &std::path::Path) -> Result<(BTreeMap<String, Vec<String>>, Value)> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(archive)?)?;
    let mut text = String::new();
    archive.by_name("results.json")?.read_to_string(&mut text)?;
    let results: Value = serde_json::from_str(&text)?;
    let mut funded = BTreeMap::new();
    for contest in results["contests"].as_array().context("no contests")? {
        let id = contest["id"].as_str().context("no id")?.to_owned();
        let options = contest["options"].as_array().into_iter().flatten();
        let chosen = options.filter(|option| option["verdict"] == "funded" || option["funded"] == true);
        let ids = chosen.filter_map(|option| option["id"].as_str().map(str::to_owned));
        funded.insert(id, ids.collect());
    }
    Ok((funded, results))
}

/// Projects that a town has in Decidim, and what its export does not say.
async fn an_export(browser: &Browser, folder: &std::path::Path) -> Result<()> {
    let export =
        "id;participatory_space/id;budget/id;title/en;budget_amount\n7;1;3;Park;15000\n8;1;3;Square;20k\n";
    drop_file(browser, "projects.csv", export.as_bytes()).await?;
    browser.says("this is no amount in whole units; write it as 15000").await?;
    drop_file(browser, "projects.csv", export.replace("20k", "20000").as_bytes()).await?;
    browser.says("Still to be entered: Title of the vote").await?;
    browser.fits().await?;
    browser.accessible().await?;
    browser.run("document.querySelector('[name=import-title]').scrollIntoView()", vec![]).await?;
    browser.picture("whole-import").await?;
    for (name, value) in
        [("title", "A vote"), ("electorate", "500"), ("pick", "0"), ("time_zone", "Europe/Paris")]
    {
        browser.fill(&format!("input[name=import-{name}]"), value).await?;
    }
    for (name, hour) in [("opens", "2099-04-01T08:00"), ("closes", "2099-04-10T20:00")] {
        let script = "document.querySelector(`input[name=import-${arguments[0]}]`).value = arguments[1]";
        browser.run(script, vec![name.into(), hour.into()]).await?;
    }
    browser.click("veche-desk-describe form button.primary").await?;
    browser.says("Please enter whole numbers from 1 upwards").await?;
    browser.fill("input[name=import-pick]", "1").await?;
    browser.click("veche-desk-describe form button.primary").await?;
    browser.says("It is kept in the folder as manifest.json").await?;
    let command = "return document.querySelector('veche-desk-describe .same-command').textContent";
    let command = browser.run(command, vec![]).await?;
    ensure!(command.as_str().is_some_and(|text| text.contains("veche import --title 'A vote'")), "{command}");
    browser.picture("whole-imported").await?;
    money_of_lists(browser, folder).await
}

/// Two lists whose money no file says: it is asked for, typed as people write it, and stands in the manifest.
async fn money_of_lists(browser: &Browser, folder: &std::path::Path) -> Result<()> {
    let export = "ID,Title,Scope of operation,Feasibility,Selected\n\
        1,Park,North,\"Feasible (€15,000)\",Yes\n2,Square,North,\"Feasible (€9,000)\",Yes\n\
        3,Clock,South,\"Feasible (€4,000)\",Yes\n4,Bench,South,\"Feasible (€900)\",Yes\n";
    drop_file(browser, "investments.csv", export.as_bytes()).await?;
    browser.says("exported from Consul").await?;
    browser.fill("input[name=import-language]", "en").await?;
    browser.fill("input[name=import-pick]", "").await?;
    browser.click("veche-desk-describe form button.primary").await?;
    browser.says("you can enter the money of: North and South.").await?;
    let typed = "for (const [at, field] of document.querySelectorAll('input[name=import-budget]').entries())
        field.value = arguments[0][at]";
    browser.run(typed, vec![json!(["20.000", "5 000 €"])]).await?;
    browser.click("veche-desk-describe form button.primary").await?;
    browser.says("budget of the list North: which amount is this?").await?;
    browser.fits().await?;
    browser.accessible().await?;
    let seen = "document.querySelector('[name=import-budget]').scrollIntoView()";
    browser.run(seen, vec![]).await?;
    browser.picture("whole-import-money").await?;
    ensure!(!folder.join("manifest.json").exists(), "written while an amount could be two");
    browser.speak("ar").await?;
    browser.see("veche-desk-describe .questions button").await?;
    browser.fits().await?;
    browser.run(seen, vec![]).await?;
    browser.look("whole-import-money-ar").await?;
    browser.speak("en").await?;
    browser.click("veche-desk-describe .questions li:first-child .actions button").await?;
    browser.says("It is kept in the folder as manifest.json").await?;
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json"))?)?;
    let budget = |list: usize| &manifest["contests"][list]["budget"];
    ensure!((budget(0), budget(1)) == (&json!(20_000), &json!(5_000)), "{manifest}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "110 people vote, which takes minutes: `cargo xtask test --all` does"]
async fn from_a_spreadsheet_to_lawful_winners_from_the_desk_alone() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let folder = scratch.path().join("vote");
    let desk = RunningDesk::start(&folder)?;
    let driver = Driver::start()?;
    let (browser, public) = desk.enter(&driver).await?;
    browser.width(WIDTHS[1]).await?;

    let sheet = Sheet::today()?;
    describe(&browser, &Sheet { faults: true, ..sheet }.workbook()?, &sheet.workbook()?).await?;
    freeze(&browser).await?;

    // What the desk has written is what the ballot box is made of.
    let founding = folder.join("founding");
    let key = std::fs::read_to_string(founding.join("organiser-key.txt"))?;
    ensure!(key.trim() == public, "{key}");
    let init = ["--organiser-key", key.trim()].map(OsStr::new);
    let mut town = town::found_from(&std::fs::read(founding.join("manifest.json"))?, &init)?;
    place(&browser, "box", "form").await?;
    connect(&browser, town.town.ballot_box.http().address(), &town.organiser_token()?).await?;
    browser.see("veche-desk-home").await?;
    place(&browser, "trustees", ".desk-sentences").await?;
    browser.says("The trustees are to make their shares.").await?;
    town.town.make_keys()?;
    place(&browser, "run", ".next-step[data-next=rehearse]").await?;
    browser.click("veche-desk-run .next-step button").await?;
    leads_to(&browser, "rehearsal").await?;
    town.town.decrypt_all()?;
    people(&browser, &town, scratch.path()).await?;

    place(&browser, "run", ".next-step[data-next=open]").await?;
    open_the_vote(&browser).await?;
    picture(&browser, "run-voting").await?;
    town.town.read_fingerprint()?;
    town.publish(Some(town.town.fingerprint.clone()))?;
    let election = open_election(town.town.ballot_box.http(), &town.town.fingerprint)?;
    for district in 0..BROWSERS {
        vote_in_browser(&driver, &town, &election, district).await?;
    }
    vote(&town, &election)?;

    close_early(&browser, "Everybody of the test has voted.").await?;
    town.town.decrypt_all()?;
    browser.client().refresh().await?;
    leads_to(&browser, "draw").await?;
    picture(&browser, "run-draw").await?;
    let option = |list: &str, place: usize| {
        let contest = election.manifest().contests().iter().find(|contest| contest.id == list);
        contest.map(|contest| contest.options[place].id.clone()).context("no such list")
    };
    let (first, second) = (option("M", 0)?, option("M", 1)?);
    place(&browser, "finish", "select[name=drawn-1]").await?;
    picture(&browser, "finish-draw").await?;
    enter_draw(&browser, &[&second, &first]).await?;
    nothing_to_draw(&browser).await?;
    choose(&browser, "select[name=papers]", "pl").await?;
    browser.click("veche-desk-finish .form:has(select[name=papers]) button.primary").await?;
    browser.says("SHA-256 sum of the archive").await?;
    picture(&browser, "finish").await?;

    // Lots decided between rivals; a project with two votes needed three; below the stop nothing has money.
    let (funded, results) = funded(&folder.join("archive-pl.zip"))?;
    let mut whole = vec![second.clone(), option("M", 2)?];
    whole.sort_unstable();
    let (mut town_wide, mut stopped) = (funded["M"].clone(), funded["D09"].clone());
    town_wide.sort_unstable();
    stopped.sort_unstable();
    ensure!(town_wide == whole, "{results:#}");
    ensure!(stopped == [option("D09", 1)?, option("D09", 2)?], "{results:#}");
    let report = town.town.verify(&town.town.record())?;
    ensure!(report.contains(&format!("drawn: {second}, {first}")), "{report}");

    // Everybody reads it.
    let reader = driver.open().await?;
    reader.goto(&format!("{}#results", town.page())).await?;
    reader.says("110 ballots · 2 of 9 projects are funded").await?;
    reader.says("Voting ended earlier than announced").await?;
    reader.picture("whole-results").await?;
    reader.close().await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_of_two_districts_is_described_and_frozen_with_the_keyboard_on_a_phone() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let folder = scratch.path().join("vote");
    let desk = RunningDesk::start(&folder)?;
    let driver = Driver::start()?;
    let (browser, _) = desk.enter(&driver).await?;
    browser.width(WIDTHS[0]).await?;
    let press = async |key: Key| -> Result<()> {
        Ok(browser.client().active_element().await?.send_keys(&key.to_string()).await?)
    };
    tab_to(&browser, "veche-desk-home a[href='#desk/describe']").await?;
    press(Key::Enter).await?;
    an_export(&browser, &folder).await?;
    browser.run("document.activeElement.blur()", vec![]).await?;
    tab_to(&browser, "#describe-files").await?;
    let sheet = Sheet { districts: 2, ..Sheet::today()? };
    for (name, faults) in [("faulty.xlsx", true), ("mended.xlsx", false)] {
        let file = scratch.path().join(name);
        std::fs::write(&file, Sheet { faults, ..sheet }.workbook()?)?;
        // The window in which a file is chosen is the browser's own.
        browser.client().active_element().await?.send_keys(&file.to_string_lossy()).await?;
        if faults {
            browser.says("There is no description yet. Errors: 4. Questions: 1.").await?;
            browser.fits().await?;
            browser.accessible().await?;
            // On a phone nothing of a table lies beside the window.
            let beyond = "return [...document.querySelectorAll('.findings')]
                .map((table) => table.scrollWidth - table.clientWidth).filter((beyond) => beyond > 0)";
            let beyond = browser.run(beyond, vec![]).await?;
            ensure!(beyond == json!([]), "a table scrolls by {beyond} px");
            let answer = "veche-desk-describe .questions button";
            tab_to(&browser, answer).await?;
            press(Key::Enter).await?;
            browser.says("There is no description yet. Errors: 4. Questions: 0.").await?;
            // What was answered is there to be read, and is asked again by its button.
            browser.accessible().await?;
            browser.look("desk-describe-answered").await?;
            tab_to(&browser, "veche-desk-describe .answered button").await?;
            press(Key::Enter).await?;
            browser.says("There is no description yet. Errors: 4. Questions: 1.").await?;
            tab_to(&browser, answer).await?;
            press(Key::Enter).await?;
            browser.says("There is no description yet. Errors: 4. Questions: 0.").await?;
            tab_to(&browser, "#describe-files").await?;
        }
    }
    browser.says("It is kept in the folder as manifest.json").await?;
    browser.fits().await?;
    tab_to(&browser, "veche-desk-describe .describe-columns .actions button").await?;
    browser.look("desk-describe-columns").await?;
    press(Key::Enter).await?;
    browser.says("How the columns were understood: confirmed").await?;
    for name in [
        "desk",
        "describe",
        "preview",
        "freeze",
        "box",
        "trustees",
        "people",
        "help",
        "run",
        "finish",
        "next-year",
    ] {
        let hash = if name == "desk" { "#desk".to_owned() } else { format!("#desk/{name}") };
        browser.run("location.hash = arguments[0]", vec![json!(hash)]).await?;
        let element = if name == "desk" { "home" } else { name };
        browser.see(&format!("veche-desk-{element} h1")).await?;
        browser.fits().await?;
        browser.accessible().await?;
    }
    place(&browser, "freeze", "input[name=name]").await?;
    browser.speak("ar").await?;
    browser.see("veche-desk-freeze input[name=name]").await?;
    browser.fits().await?;
    browser.accessible().await?;
    tab_to(&browser, "veche-desk-freeze input[name=name]").await?;
    browser.look("whole-freeze-ar").await?;
    browser.client().active_element().await?.send_keys("budżet obywatelski mirogrodu").await?;
    press(Key::Enter).await?;
    browser.says("founding").await?;
    ensure!(browser.client().find(Locator::Css("input[name=name]")).await.is_err(), "it is not frozen");
    ensure!(folder.join("founding/manifest.json").is_file());
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("founding/manifest.json"))?)?;
    ensure!(manifest["styles"].as_array().is_some_and(|styles| styles.len() == 2), "{manifest}");
    browser.close().await
}
