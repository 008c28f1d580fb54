//! The results page, from static files alone: the ballot box is gone, a plain file server hands out site and record.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use veche_record::Selection;
use veche_site::Pin;
use veche_tests::browser::{Browser, Driver, Kind};
use veche_tests::host::Host;
use veche_tests::town;
use veche_xtask::process::read;
use veche_xtask::site::{self, Bundled, Dist};
use veche_xtask::voters::{Voter, open_election};
use veche_xtask::workspace;

/// Three districts whose totals are published apart. The school's contest may be added on the hill, where so few do
/// that they are joined with the south; at the mill two projects tie where the money ends; nobody wants the bench.
pub(crate) fn manifest() -> Result<Value> {
    let mut manifest = town::manifest()?;
    let option = |id: &str, name: &str, cost: u64| json!({"id": id, "name": {"en": name}, "cost": cost, "place": "By the old mill"});
    let contest = |id: &str, title: &str, budget: u64, rule: Value, options: Value| json!({"id": id, "title": {"en": title}, "budget": budget, "currency": "€", "report_by": "contest", "rule": rule, "funding": {"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "cheaper", "exclusive": []}, "options": options});
    let picks = json!({"type": "approval", "min": 1, "max": 2, "blank": true});
    let points =
        json!({"type": "cumulative", "points": 4, "min_points": 1, "max_per_option": 3, "blank": false});
    let contests = json!([
        contest(
            "town",
            "The whole town",
            90_000,
            picks.clone(),
            json!([
                option("well", "A well with a roof", 60_000),
                option("swing", "Swings for small children and for large ones too", 35_000),
                option("trees", "Forty trees", 20_000),
                option("lamps", "New lamps", 5_000),
                option("bench", "A bench", 1_000)
            ])
        ),
        contest(
            "mill",
            "The old mill",
            15_000,
            points,
            json!([option("wheel", "A new wheel", 10_000), option("roof", "A new roof", 10_000)])
        ),
        contest(
            "school",
            "The school",
            9_000,
            picks,
            json!([
                option("books", "Books", 4_000),
                option("bell", "A bell", 5_000),
                option("yard", "A yard", 9_000)
            ])
        ),
    ]);
    let style = |id: &str, name: &str, contests: &[&str], electorate: u32, inhabitants: u32| json!({"id": id, "title": {"en": name}, "contests": contests, "electorate": electorate, "inhabitants": inhabitants});
    let mut hill = style("hill", "The hill", &["town"], 20, 31);
    hill.as_object_mut().context("no object")?.insert("plus_one_of".into(), json!(["school"]));
    let styles = json!([
        style("north", "The north", &["town", "mill", "school"], 60, 210),
        style("south", "The south", &["town", "school"], 40, 95),
        hill
    ]);
    for (key, value) in [("contests", contests), ("styles", styles), ("minimum_group", json!(3))] {
        manifest.as_object_mut().context("the manifest is no object")?.insert(key.into(), value);
    }
    veche_tests::small::report_by(&mut manifest, "contest-and-style");
    Ok(manifest)
}

/// What is chosen, ballot by ballot: the ballot style, then each contest's values; nothing chosen is a blank vote.
const BALLOTS: [(&str, &[&[u32]]); 15] = [
    ("north", &[&[1, 0, 1, 0, 0], &[3, 1], &[1, 0, 0]]),
    ("north", &[&[1, 0, 0, 0, 0], &[1, 3], &[1, 1, 0]]),
    ("north", &[&[1, 1, 0, 0, 0], &[2, 2], &[0, 1, 0]]),
    ("north", &[&[0, 0, 1, 1, 0], &[0, 0], &[0, 0, 0]]),
    ("north", &[&[1, 1, 0, 0, 0], &[1, 1], &[1, 0, 0]]),
    ("north", &[&[0, 0, 0, 0, 0], &[1, 1], &[1, 0, 1]]),
    ("south", &[&[1, 1, 0, 0, 0], &[1, 0, 0]]),
    ("south", &[&[1, 0, 1, 0, 0], &[1, 1, 0]]),
    ("south", &[&[0, 1, 0, 1, 0], &[0, 0, 1]]),
    ("south", &[&[1, 0, 1, 0, 0], &[0, 0, 0]]),
    ("south", &[&[1, 1, 0, 0, 0], &[0, 1, 0]]),
    ("hill", &[&[1, 0, 1, 0, 0]]),
    ("hill", &[&[1, 1, 0, 0, 0]]),
    ("hill", &[&[0, 0, 0, 0, 0]]),
    ("hill+school", &[&[1, 0, 0, 1, 0], &[1, 0, 0]]),
];

/// What a host serves: one folder for each state of the record, each with the site of the election.
pub(crate) struct Folders {
    pub folder: TempDir,
    fingerprint: String,
}

impl Folders {
    pub fn new(fingerprint: &str) -> Result<Self> {
        Ok(Self { folder: tempfile::tempdir()?, fingerprint: fingerprint.to_owned() })
    }

    /// Publishes the site in a folder, beside a record that is yet to come. The ballot box's address leads nowhere.
    pub fn publish(&self, name: &str) -> Result<PathBuf> {
        let site = self.folder.path().join(name);
        let pin = Pin {
            fingerprint: Some(self.fingerprint.clone()),
            ballot_box: "http://127.0.0.1:9/".into(),
            registrar: None,
            record: Some("./record/".into()),
            accent: None,
            embed_origins: Vec::new(),
            card: None,
        };
        std::fs::create_dir_all(&site)?;
        veche_site::pin(&Dist::lock()?.folder, &pin, &site)?;
        Ok(site.join("record"))
    }

    /// Publishes a copy of a record, with what is to be changed in it.
    pub fn copy(&self, name: &str, record: &Path, change: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        let copy = self.publish(name)?;
        read(Command::new("cp").arg("-r").arg(record).arg(&copy))?;
        change(&copy)
    }
}

/// What the page shows of a contest: each option's total, as its bar says it, as its words do, and how wide the bar is.
async fn bars(browser: &Browser, contest: &str) -> Result<Vec<(String, u64, String, f64)>> {
    let script = "return [...document.querySelectorAll(`veche-contest-result[data-contest='${arguments[0]}'] ol > .result-place`)].map((place) =>
        [place.dataset.option, Number(place.dataset.total), place.querySelector('.result-measure strong').textContent,
            Number(place.querySelector('.part')?.getAttribute('width') ?? 0)])";
    Ok(serde_json::from_value(browser.run(script, vec![contest.into()]).await?)?)
}

/// The same from the table behind the bars: each option's total.
async fn rows(browser: &Browser, contest: &str) -> Result<Vec<(String, String)>> {
    let script = "return [...document.querySelectorAll(`veche-contest-result[data-contest='${arguments[0]}'] tr[data-option]`)].map((row) =>
        [row.dataset.option, row.querySelectorAll('td')[1].textContent])";
    Ok(serde_json::from_value(browser.run(script, vec![contest.into()]).await?)?)
}

/// Presses a button and waits for the file that it hands out.
async fn download(browser: &Browser, folder: &Path, button: &str, file: &str) -> Result<String> {
    browser.click(&format!("button[data-file='{button}']")).await?;
    for _ in 0..200 {
        // Chromium takes the name with an empty file before the file is there.
        if let Some(text) = std::fs::read_to_string(folder.join(file)).ok().filter(|text| !text.is_empty()) {
            return Ok(text);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("no file {file} was handed out")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_result_is_read_from_static_files_when_the_ballot_box_is_gone() -> Result<()> {
    let town = town::open(&manifest()?)?;
    let election = open_election(town.town.ballot_box.http(), &town.town.fingerprint)?;
    for (number, (style, choices)) in (1..).zip(BALLOTS) {
        let phone = format!("+4477009001{number:02}");
        let mut voter = Voter::sign_in(&town.town.ballot_box, &election, &phone, style)?;
        let blank = |values: &[u32]| values.iter().all(|value| *value == 0) && values.len() > 2;
        // Nothing at the mill is not blank: it has no blank vote, so a point is given there.
        let choice = |values: &&[u32]| match values {
            [0, 0] => Selection::new(vec![1, 1], false),
            values => Selection::new(values.to_vec(), blank(values)),
        };
        let ballot = voter.seal(&choices.iter().map(choice).collect::<Vec<_>>())?;
        voter.cast(&ballot)?;
    }
    let folders = Folders::new(&town.town.fingerprint)?;
    folders.copy("open", &town.town.save_as("open")?, |_| Ok(()))?;
    town.town.close()?;
    folders.copy("counting", &town.town.save_as("counting")?, |_| Ok(()))?;
    town.town.decrypt_all()?;
    let record = town.town.save()?;
    folders.copy("vote", &record, |_| Ok(()))?;
    let veche = |format: &str, more: &[&str]| {
        read(
            Command::new(&town.town.programs.veche)
                .arg("results")
                .arg(&record)
                .args(["--format", format])
                .args(more),
        )
    };
    let (csv, json, pb) = (veche("csv", &[])?, veche("json", &[])?, veche("pb", &["--contest", "mill"])?);
    let result: Value = serde_json::from_str(&json)?;
    let for_excel = |language: &str| -> Result<Vec<u8>> {
        let file = record.with_file_name(format!("excel-{language}.csv"));
        let out = file.to_str().context("a path that is no text")?;
        veche("csv", &["--for-excel", "--language", language, "--out", out])?;
        Ok(std::fs::read(&file)?)
    };
    let excel = [("en", for_excel("en")?), ("de", for_excel("de")?)];
    // From here on there is no ballot box.
    drop(town);

    let host = Host::of(folders.folder.path())?;
    let address = &host.address;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.goto(&format!("{address}/open/#results")).await?;
    browser.says("Voting is open").await?;
    browser.see("veche-results a[href='#welcome']").await?;
    browser.look("results-0-open").await?;
    browser.goto(&format!("{address}/counting/#results")).await?;
    browser.says("The votes are being counted").await?;
    browser.says("key-holders together open the totals").await?;

    let downloads = tempfile::tempdir()?;
    browser.goto(&format!("{address}/vote/#results")).await?;
    browser.see("veche-contest-result").await?;
    let text = browser.text().await?;
    for contest in result.get("contests").and_then(Value::as_array).context("no contests")? {
        let id = contest.get("id").and_then(Value::as_str).context("no id")?;
        let options = contest.get("options").and_then(Value::as_array).context("no options")?;
        let wanted: BTreeMap<&str, u64> = options
            .iter()
            .filter_map(|option| Some((option.get("id")?.as_str()?, option.get("total")?.as_u64()?)))
            .collect();
        let shown = bars(&browser, id).await?;
        assert_eq!(
            shown.iter().map(|(id, total, ..)| (id.as_str(), *total)).collect::<BTreeMap<_, _>>(),
            wanted
        );
        assert!(shown.is_sorted_by_key(|(_, total, ..)| std::cmp::Reverse(*total)), "{shown:?}");
        let most = shown.iter().map(|(_, total, ..)| *total).max().unwrap_or(0).max(1);
        for (option, total, words, width) in &shown {
            assert_eq!(words.split(' ').next(), Some(total.to_string().as_str()), "{option}: {words}");
            let right = 100.0 * *total as f64 / most as f64;
            ensure!((width - right).abs() < 0.01, "the bar of {option} is {width} wide and not {right}");
        }
        let table: Vec<_> = shown.iter().map(|(id, total, ..)| (id.clone(), total.to_string())).collect();
        assert_eq!(rows(&browser, id).await?, table, "{id}: the table says what the bars do");
    }
    let bench = bars(&browser, "town").await?;
    assert_eq!(
        bench.last().map(|(id, total, _, width)| (id.as_str(), *total, *width)),
        Some(("bench", 0, 0.0))
    );
    for words in [
        "15 ballots, 2 of them blank.",
        "3 of 5 projects are funded. €85,000 of €90,000 is spent, and €5,000 is left.",
        "Here the money ran short: €30,000 was left, and the next project costs €35,000.",
        "Not funded: nobody chose it",
        "A new wheel and A new roof have the same total",
        "15 ballots count",
        "of at most 120 people who may vote: 12.5%",
        "44.6 ballots for every 1,000 inhabitants",
        "28.6 per 1,000 inhabitants",
    ] {
        ensure!(text.contains(words), "the page does not say \"{words}\":\n{text}");
    }
    browser.fits().await?;
    browser.look("results-1").await?;
    // Everything that is folded away, too.
    browser.run("for (const fold of document.querySelectorAll('details')) fold.open = true", vec![]).await?;
    browser.says("The numbers as a table").await?;
    browser.fits().await?;
    browser.look("results-2-tables").await?;
    let select =
        "const choice = document.querySelector(\"veche-contest-result[data-contest='school'] select\");
        choice.selectedIndex = 1; choice.dispatchEvent(new Event('change'))";
    browser.run(select, vec![]).await?;
    browser.says("The south and voters of other districts").await?;

    let behaviour = json!({"behavior": "allow", "downloadPath": downloads.path()});
    browser.devtools("Browser.setDownloadBehavior", behaviour).await?;
    assert_eq!(download(&browser, downloads.path(), "csv", "results.csv").await?, csv);
    // Who has verified the whole record says more than this page can: how keys changed, and who voted how.
    let saved: Value =
        serde_json::from_str(&download(&browser, downloads.path(), "json", "results.json").await?)?;
    let mut whole: Value = serde_json::from_str(&json)?;
    for beside in ["key_changes", "turnout"] {
        ensure!(
            whole.as_object_mut().and_then(|whole| whole.remove(beside)).is_some(),
            "{beside} is not stated"
        );
    }
    assert_eq!(saved, whole);
    assert_eq!(download(&browser, downloads.path(), "pb-mill", "mill.pb").await?, pb);
    // The table for Excel is the command's, to the byte, in the reader's language: with the turnout, which the page has
    // counted in the public list.
    for (language, wanted) in excel {
        browser.speak(language).await?;
        let name = if language == "de" { "ergebnisse-excel.csv" } else { "results-excel.csv" };
        assert_eq!(download(&browser, downloads.path(), "excel", name).await?.as_bytes(), wanted);
    }
    browser.speak("en").await?;

    // One contest has an address of its own.
    browser.goto(&format!("{address}/vote/#results/mill")).await?;
    browser.see("veche-results .result-way").await?;
    browser.look("results-3-contest").await?;
    browser.click("veche-results a[href='#results/school']").await?;
    browser.says("Before: The old mill").await?;
    let focus = browser.run("return document.activeElement.textContent", vec![]).await?;
    assert_eq!(focus, "The school", "the focus follows to the heading");
    // Words of the town in another language stand within their sentence, and not beside it.
    browser.speak("pl").await?;
    browser.see(".result-neighbours [lang=en]").await?;
    let torn = "return [...document.querySelectorAll('main *')]
        .filter((one) => getComputedStyle(one).display.includes('flex') && one.querySelector(':scope > [lang]'))
        .filter(({ childNodes }) => [...childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim()))
        .map(({ outerHTML }) => outerHTML)";
    assert_eq!(browser.run(torn, vec![]).await?, json!([]));
    browser.speak("en").await?;
    browser.click("veche-results a[href='#results']").await?;
    browser.see("veche-results .turnout-figure").await?;
    let log = browser.log().await?;
    ensure!(!log.iter().any(|line| line.contains("Content Security Policy")), "{}", log.join("\n"));
    browser.close().await
}

/// The record of a finished vote from the test vectors, and its fingerprint.
fn vector(folder: &Path) -> Result<(PathBuf, String)> {
    let name = "a_finished_record_is_verified_and_counts_each_voters_last_ballot-1.json";
    let file = veche_tests::vectors::folder().join("records").join(name);
    let vector: Value =
        serde_json::from_slice(&std::fs::read(&file).with_context(|| file.display().to_string())?)?;
    let record = folder.join("record");
    for (name, bytes) in vector.get("files").and_then(Value::as_object).context("no files")? {
        let path = record.join(name);
        std::fs::create_dir_all(path.parent().context("no folder")?)?;
        std::fs::write(path, STANDARD.decode(bytes.as_str().context("no bytes")?)?)?;
    }
    Ok((record, vector.get("expected").and_then(Value::as_str).context("no fingerprint")?.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_21_browser_totals_that_a_host_has_altered_are_not_shown() -> Result<()> {
    drop(site::build(Bundled::Always)?);
    let folder = tempfile::tempdir()?;
    let (record, fingerprint) = vector(folder.path())?;
    let folders = Folders::new(&fingerprint)?;
    folders.copy("honest", &record, |_| Ok(()))?;
    // Two options' totals are swapped: still a result that this election could have.
    folders.copy("swapped", &record, |record| {
        let mut result: Value = serde_json::from_slice(&std::fs::read(record.join("result.json"))?)?;
        let groups = result.get_mut("contests").and_then(Value::as_array_mut).context("no groups")?;
        let mut swapped = false;
        for group in groups {
            let options = group.get_mut("options").and_then(Value::as_array_mut).context("no options")?;
            if let [one, two, ..] = options.as_mut_slice() {
                swapped |= one.get("total") != two.get("total");
                std::mem::swap(
                    one.get_mut("total").context("no total")?,
                    two.get_mut("total").context("no total")?,
                );
            }
        }
        ensure!(swapped, "no two totals differ");
        Ok(std::fs::write(record.join("result.json"), result.to_string())?)
    })?;
    folders.copy("impossible", &record, |record| {
        let text = std::fs::read_to_string(record.join("result.json"))?;
        let more = text.replacen("\"ballots\":", "\"ballots\":9", 1);
        Ok(std::fs::write(record.join("result.json"), more)?)
    })?;
    folders.copy("board", &record, |record| {
        let size = std::fs::read_to_string(record.join("checkpoint"))?;
        let size = size.lines().nth(1).context("no size")?.to_owned();
        let bundle = record.join(format!("tile/entries/000.p/{size}"));
        let mut bytes = std::fs::read(&bundle)?;
        *bytes.last_mut().context("empty")? ^= 1;
        Ok(std::fs::write(bundle, bytes)?)
    })?;
    folders.copy("lost", &record, |record| Ok(std::fs::remove_dir_all(record.join("tile"))?))?;

    let host = Host::of(folders.folder.path())?;
    let address = &host.address;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.goto(&format!("{address}/honest/#results")).await?;
    browser.see("veche-contest-result").await?;
    for name in ["swapped", "impossible", "board"] {
        browser.goto(&format!("{address}/{name}/#results")).await?;
        browser.says("This page does not show these totals").await?;
        browser.says("not what the public list of this vote ends with").await?;
        let totals =
            "return document.querySelectorAll('veche-contest-result, veche-turnout, .result-place').length";
        assert_eq!(browser.run(totals, vec![]).await?, 0, "{name}");
    }
    browser.look("results-4-refused").await?;
    browser.goto(&format!("{address}/lost/#results")).await?;
    browser.says("The result cannot be read").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn browser_many_contests_are_found_by_name_and_by_project() -> Result<()> {
    drop(site::build(Bundled::Always)?);
    let folder = tempfile::tempdir()?;
    let sample = |name: &str| workspace::root().join("tests/samples").join(name);
    // Ids that an address does not take as they are.
    let mut files = Vec::new();
    for number in 1..=11 {
        let file = folder.path().join(format!("okręg {number} #100%.pb"));
        std::fs::copy(sample("mirogrod_2026_rynek.pb"), &file)?;
        files.push(file);
    }
    let points = folder.path().join("points.pb");
    std::fs::copy(sample("mirogrod_2026_points.pb"), &points)?;
    files.push(points);
    let record = folder.path().join("record");
    let programs = workspace::programs()?;
    let mut simulate = Command::new(&programs.veche);
    simulate.arg("simulate").args(&files).arg("--out").arg(&record).args(["--ballots", "25"]);
    let said = read(&mut simulate)?;
    let fingerprint =
        said.lines().find(|line| line.len() == 64 && line.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let folders = Folders::new(fingerprint.context("no fingerprint")?)?;
    folders.copy("vote", &record, |_| Ok(()))?;
    // More than one bundle of entries: the end of the board is led to the checkpoint's root by tiles.
    ensure!(
        record.join("tile/entries/000").is_file() && record.join("tile/1").is_dir(),
        "the board is too small"
    );

    let host = Host::of(folders.folder.path())?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.goto(&format!("{}/vote/#results", host.address)).await?;
    browser.says("12 contests").await?;
    browser.fits().await?;
    browser.look("results-5-many").await?;
    let shown = "return [...document.querySelectorAll('.result-contests li')].filter((row) => row.offsetParent).length";
    assert_eq!(browser.run(shown, vec![]).await?, 12);
    browser.fill("veche-search input", "kino letnie").await?;
    browser.says("11 contests").await?;
    assert_eq!(browser.run(shown, vec![]).await?, 11);
    browser.fill("veche-search input", "nothing like it").await?;
    browser.says("No contest or project has these words.").await?;
    browser.fill("veche-search input", " ").await?;
    browser.click(".result-contests li:nth-child(3) a").await?;
    browser.see("veche-contest-result").await?;
    let id = "return document.querySelector('veche-contest-result').dataset.contest";
    assert_eq!(browser.run(id, vec![]).await?, "okręg 3 #100%");
    browser.client().refresh().await?;
    browser.see("veche-contest-result").await?;
    assert_eq!(browser.run(id, vec![]).await?, "okręg 3 #100%", "the address alone leads there");
    browser.goto(&format!("{}/vote/#results/nowhere", host.address)).await?;
    browser.says("This vote has no contest of this name.").await?;
    browser.close().await?;

    let firefox = Driver::of(Kind::Firefox)?;
    let browser = firefox.open().await?;
    browser.goto(&format!("{}/vote/#results", host.address)).await?;
    browser.says("12 contests").await?;
    browser.click(".result-contests li:nth-child(3) a").await?;
    browser.says("Here the money ran short").await?;
    assert_eq!(browser.run(id, vec![]).await?, "okręg 3 #100%");
    browser.accessible().await?;
    browser.close().await
}
