//! Choosing among many: finding, leaving out, sorting, coming back, and nothing that moves under the finger.

use anyhow::{Context, Result, bail, ensure};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde_json::{Value, json};
use std::path::Path;
use veche_cli::pabulib::PabulibFile;
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver, Kind};
use veche_tests::town::{self, total};

const PHONE: &str = "+447700900123";

/// An undivided town with one contest.
fn of_one(rule: &Value, options: Value) -> Result<Value> {
    let mut manifest = town::manifest()?;
    manifest["contests"] = json!([{
        "id": "many", "title": { "en": "Projects for the whole town" }, "budget": 6_112_868, "currency": "PLN",
        "report_by": "contest", "rule": rule, "funding": { "method": "none" }, "options": options,
    }]);
    manifest["styles"] =
        json!([{ "id": "town", "title": { "en": "The town" }, "contests": ["many"], "electorate": 1000 }]);
    Ok(manifest)
}

/// As many projects as a city has, from a few words.
fn many() -> Value {
    let things = ["bench", "playground", "path for bicycles", "library", "row of lime trees"];
    let places = ["Old Mill", "Harbour", "Station Road", "Hill"];
    (0..160)
        .zip(things.into_iter().cycle().zip(places.into_iter().cycle()))
        .map(|(at, (thing, place))| {
            json!({
                "id": format!("p{at}"), "number": format!("L{at:03}"), "place": place, "cost": 1_000 + at * 7_919 % 90_000,
                "name": { "en": format!("A new {thing} beside house {at} of the street that leads from the market to the river") },
                "category": { "en": if at % 3 == 0 { "Green places" } else { "Streets" } },
            })
        })
        .collect()
}

/// The options on the screen from its top, by their ids, as far as the whole of them is seen between tools and bar.
async fn in_sight(browser: &Browser) -> Result<Vec<String>> {
    let script = "
        const top = document.querySelector('.tools').getBoundingClientRect().bottom;
        const bottom = document.querySelector('veche-choice-bar').getBoundingClientRect().top;
        return [...document.querySelectorAll('veche-option:not([hidden])')].filter((card) => {
            const box = card.getBoundingClientRect();
            return box.top >= top && box.bottom <= bottom;
        }).map(({ dataset }) => dataset.option)";
    Ok(serde_json::from_value(browser.run(script, vec![]).await?)?)
}

/// All options that are offered now, in their order.
async fn offered(browser: &Browser) -> Result<Vec<String>> {
    browser.see("veche-choose .tools").await?;
    let script = "return [...document.querySelectorAll('veche-option:not([hidden])')].map(({ dataset }) => dataset.option)";
    let ids: Vec<String> = serde_json::from_value(browser.run(script, vec![]).await?)?;
    Ok(ids.into_iter().filter(|id| !id.is_empty()).collect())
}

/// Touches what is in the middle of an element as it stands on the screen: nothing is scrolled for it.
async fn touch(browser: &Browser, selector: &str) -> Result<()> {
    let script = "
        const element = document.querySelector(arguments[0]);
        const { left, top, width, height } = element.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        return [x, y, element.contains(document.elementFromPoint(x, y))]";
    let at = browser.run(script, vec![selector.into()]).await?;
    let (Some(x), Some(y)) = (at[0].as_f64(), at[1].as_f64()) else { bail!("{selector} is nowhere") };
    ensure!(at[2] == true, "{selector} is not in sight, or something covers it");
    let actions = MouseActions::new("finger".to_owned())
        .then(PointerAction::MoveTo { duration: None, x, y })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    Ok(browser.client().perform_actions(actions).await?)
}

async fn type_keys(browser: &Browser, keys: &str) -> Result<()> {
    Ok(browser.client().active_element().await?.send_keys(keys).await?)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn five_named_projects_of_a_city_are_chosen_in_twenty_taps_and_keys() -> Result<()> {
    let Some(folder) = std::env::var_os("VECHE_PABULIB") else {
        println!("not run: VECHE_PABULIB does not say where the ballot of Łódź is");
        return Ok(());
    };
    let file = std::fs::read(Path::new(&folder).join("lodz-2022/poland_lodz_2022_.pb"))?;
    let options: Vec<Value> = PabulibFile::parse(&file)?
        .projects
        .iter()
        .map(|project| json!({ "id": project.id, "number": project.number, "name": { "en": project.name }, "cost": project.cost.units }))
        .collect();
    assert_eq!(options.len(), 160);
    let town = town::open(&of_one(
        &json!({ "type": "approval", "min": 1, "max": 5, "blank": false }),
        json!(options),
    )?)?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.small_phone().await?;
    let voter = Booth::enter(browser, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    let browser = &voter.browser;
    browser.see("veche-option[data-option=L010]").await?;
    browser.shot("many-lodz").await?;
    assert_eq!(in_sight(browser).await?.first_chunk(), Some(&["L010".to_owned(), "L081".to_owned()]));
    let script = "
        window.counted = 0;
        for (const type of ['pointerdown', 'keydown'])
            addEventListener(type, (event) => { if (event.isTrusted) window.counted += 1; }, true);";
    browser.run(script, vec![]).await?;
    let wanted = [
        ("sm", "L058", "Łódź bez Smogu"),
        ("pt", "L136", "Łódź dla ptaków"),
        ("le", "L040", "STOP SPALINOM W LESIE"),
        ("di", "L168", "Dirt Park"),
        ("10", "L010", "Strefa21"),
    ];
    for (typed, id, name) in wanted {
        touch(browser, "veche-search input").await?;
        type_keys(browser, typed).await?;
        ensure!(
            in_sight(browser).await?.iter().any(|seen| seen == id),
            "\"{typed}\" does not bring {name} onto the screen: {:?}",
            offered(browser).await?
        );
        touch(browser, &format!("veche-option[data-option={id}] label")).await?;
        ensure!(voter.ticked().await?.contains(&id.to_owned()), "{name} is not chosen");
    }
    let counted =
        browser.run("return window.counted", vec![]).await?.as_u64().context("nothing was counted")?;
    println!("five named projects: {counted} taps and keys");
    ensure!(counted <= 20, "{counted} taps and keys");
    // All five with their full names, one press away.
    touch(browser, ".bar-more").await?;
    let script = "return [...document.querySelectorAll('veche-chosen li')].map((row) => row.innerText)";
    let chosen: Vec<String> = serde_json::from_value(browser.run(script, vec![]).await?)?;
    assert_eq!(chosen.len(), 5);
    for (_, _, name) in wanted {
        ensure!(chosen.iter().any(|row| row.contains(name)), "{name} is not listed in {chosen:?}");
    }
    browser.shot("many-chosen").await?;
    browser.accessible().await?;
    browser.click("veche-chosen [data-option=L040] .remove").await?;
    assert_eq!(voter.ticked().await?.len(), 4);
    browser.look("many-lodz-chosen").await?;
    browser.fits().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn what_is_looked_at_comes_back_and_is_forgotten_when_the_ballot_is_cast() -> Result<()> {
    let rule = json!({ "type": "approval", "min": 1, "max": 3, "blank": true });
    let town = town::open(&of_one(&rule, many())?)?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.small_phone().await?;
    let voter = Booth::enter(browser, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    let browser = &voter.browser;
    assert_eq!(offered(browser).await?.len(), 160);
    ensure!(in_sight(browser).await?.len() >= 2, "head and bar leave no room for two cards");

    // Every form of a word finds the same, a slip too, and the number is told.
    for typed in ["library", "libraries", "libary"] {
        browser.fill("veche-search input", typed).await?;
        assert_eq!(offered(browser).await?.len(), 32, "{typed}");
    }
    browser.says("32 projects come close").await?;
    browser.fill("veche-search input", "l 10").await?;
    assert_eq!(offered(browser).await?[0], "p10");
    browser.fill("veche-search input", "library").await?;

    // Left out and sorted.
    browser.click(".tool").await?;
    browser.click("select[name=category] option[value='Green places']").await?;
    browser.click("select[name=place] option[value='Hill']").await?;
    browser.click("select[name=sort] option[value=cost]").await?;
    let left = offered(browser).await?;
    // Every fifth is a library, every fourth on the hill, every third green.
    assert_eq!(left.len(), 3);
    browser.says("3 projects found").await?;
    browser.shot("many-filtered").await?;
    browser.look("many-filtered").await?;
    voter.tick(&left[1]).await?;
    assert_eq!(offered(browser).await?, left, "what is chosen stays where it is");
    voter.reload().await?;
    assert_eq!(offered(browser).await?, left, "a reload keeps what is looked for");
    voter.next().await?;
    browser.see("veche-review").await?;
    browser.client().back().await?;
    assert_eq!(offered(browser).await?, left, "Back keeps what is looked for");
    // Otherwise the reload below led on to the ballot that is ready.
    voter.tick(&left[2]).await?;
    browser.click(".found-line button").await?;
    assert_eq!(offered(browser).await?.len(), 160);
    ensure!(in_sight(browser).await?.len() >= 2, "with tools open");

    // How far somebody has come: the same card at the same height, after a reload and after Back.
    let where_is = "const card = document.querySelector('veche-option[data-option=p77]');
        return card ? Math.round(card.getBoundingClientRect().top) : null";
    let settle = "const done = arguments[0]; setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 400)";
    browser.see("veche-option[data-option=p77]").await?;
    browser
        .run(
            "document.querySelector('veche-option[data-option=p77]').scrollIntoView({ block: 'center' })",
            vec![],
        )
        .await?;
    browser.client().execute_async(settle, vec![]).await?;
    let before = browser.run(where_is, vec![]).await?.as_i64().context("no card")?;
    voter.reload().await?;
    offered(browser).await?;
    browser.client().execute_async(settle, vec![]).await?;
    let after = browser.run(where_is, vec![]).await?.as_i64().context("no card")?;
    ensure!((before - after).abs() <= 2, "{before} px before the reload and {after} after it");
    // Not brought to the middle of the window first, which would scroll the list.
    touch(browser, "veche-choice-bar button.primary").await?;
    browser.see("veche-review").await?;
    browser.client().back().await?;
    offered(browser).await?;
    browser.client().execute_async(settle, vec![]).await?;
    let after = browser.run(where_is, vec![]).await?.as_i64().context("no card")?;
    ensure!((before - after).abs() <= 2, "{before} px before the review and {after} after it");

    // What was searched for hints at what was chosen.
    browser.fill("veche-search input", "bench").await?;
    ensure!(browser.kept().await?.contains("bench"), "the search below can find what is kept");
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    ensure!(!browser.kept().await?.contains("bench"), "a word that was searched for is kept after casting");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_drawn_order_is_the_devices_own_and_changes_no_vote() -> Result<()> {
    let rule = json!({ "type": "approval", "min": 1, "max": 1, "blank": false });
    let mut manifest = of_one(&rule, many())?;
    manifest["shuffle"] = json!(true);
    let town = town::open(&manifest)?;
    let driver = Driver::start()?;
    let declared: Vec<String> = (0..160).map(|at| format!("p{at}")).collect();
    let mut orders = Vec::new();
    for phone in ["+447700900001", "+447700900002"] {
        let voter = Booth::enter(driver.open().await?, &town.page()).await?;
        voter.sign_in(&town.town.ballot_box, phone).await?;
        let order = offered(&voter.browser).await?;
        voter.browser.says("Shown in an order drawn for you.").await?;
        voter.reload().await?;
        assert_eq!(offered(&voter.browser).await?, order, "a reload keeps the order");
        let mut sorted = order.clone();
        sorted.sort_by_key(|id| id[1..].parse::<u32>().ok());
        assert_eq!(sorted, declared, "every option is there once");
        voter.tick("p7").await?;
        voter.next().await?;
        let code = voter.seal().await?;
        voter.cast(&code).await?;
        orders.push(order);
        voter.browser.close().await?;
    }
    ensure!(orders[0] != declared && orders[1] != declared && orders[0] != orders[1], "no order was drawn");
    let result = town.count()?;
    assert_eq!(total(&result, "many", "p7")?, 2);
    Ok(())
}

/// How far something has moved in the window when it has been pressed; asked of the page itself, so that nothing is
/// scrolled for it.
async fn moved(browser: &Browser, selector: &str) -> Result<f64> {
    let script = "
        const [selector, done] = arguments;
        const top = () => document.querySelector(selector).getBoundingClientRect().top;
        const before = top();
        document.querySelector(selector).focus({ preventScroll: true });
        document.querySelector(selector).click();
        requestAnimationFrame(() => requestAnimationFrame(() => done(top() - before)));";
    let moved = browser.client().execute_async(script, vec![selector.into()]).await?;
    moved.as_f64().with_context(|| format!("{selector} is gone"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn nothing_moves_under_the_finger_in_chromium() -> Result<()> {
    nothing_moves(Kind::Chromium).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "in Chromium always, in others by `cargo xtask test --all`"]
async fn nothing_moves_under_the_finger_in_firefox() -> Result<()> {
    nothing_moves(Kind::Firefox).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "in Chromium always, in others by `cargo xtask test --all`"]
async fn nothing_moves_under_the_finger_in_webkit() -> Result<()> {
    nothing_moves(Kind::WebKit).await
}

async fn nothing_moves(kind: Kind) -> Result<()> {
    // A budget that one project spends: every other card says at once by how much it is too dear.
    let mut options = many();
    options[40]["cost"] = json!(99_000);
    let money = json!({ "type": "knapsack", "budget": 100_000, "min": 1, "blank": true });
    let town = town::open(&of_one(&money, options)?)?;
    let driver = Driver::of(kind)?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    let browser = &voter.browser;
    browser.see("veche-option[data-option=p40] input").await?;
    let middle = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
    browser.run(middle, vec!["veche-option[data-option=p40]".into()]).await?;
    for turn in ["chosen", "chosen no longer"] {
        let by = moved(browser, "veche-option[data-option=p40] input").await?;
        ensure!(by.abs() < 2.0, "{kind:?}: the pressed card moves by {by} px when it is {turn}");
    }
    voter.browser.close().await?;

    // An order: each press gives a place, and the first place was once above all cards.
    let order = json!({ "type": "ranked", "places": 5, "min": 1, "scores": [5, 4, 3, 2, 1], "blank": true });
    let town = town::open(&of_one(&order, many())?)?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    let browser = &voter.browser;
    for option in ["p30", "p31", "p32", "p33", "p34"] {
        let input = format!("veche-option[data-option={option}] input");
        browser.see(&format!("veche-option[data-option={option}]")).await?;
        browser.run(middle, vec![format!("veche-option[data-option={option}]").into()]).await?;
        let by = moved(browser, &input).await?;
        ensure!(by.abs() < 2.0, "{kind:?}: {option} moves by {by} px when it gets its place");
    }
    browser.click(".bar-more").await?;
    for (option, act) in
        [("p34", "up"), ("p34", "up"), ("p34", "up"), ("p34", "up"), ("p34", "down"), ("p30", "down")]
    {
        let button = format!("veche-chosen [data-option={option}].{act}");
        browser.see(&button).await?;
        let by = moved(browser, &button).await?;
        ensure!(by.abs() < 2.0, "{kind:?}: \"{act}\" of {option} moves by {by} px");
    }
    let script =
        "return [...document.querySelectorAll('veche-chosen li')].map(({ dataset }) => dataset.option)";
    assert_eq!(browser.run(script, vec![]).await?, json!(["p34", "p30", "p31", "p32", "p33"]));
    voter.browser.close().await
}
