//! A ballot with every kind of rule, filled in through the page: with a finger, with the keyboard alone, and blank.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use fantoccini::key::Key;
use serde_json::Value;
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::town::{self, blanks, total};

/// Presses the tab key until something has the focus, as someone without a mouse does.
async fn tab_to(browser: &Browser, selector: &str) -> Result<()> {
    for _ in 0..80 {
        press(browser, &Key::Tab.to_string()).await?;
        if focused(browser, selector).await? {
            return Ok(());
        }
    }
    bail!("the tab key does not lead to {selector}")
}

async fn press(browser: &Browser, keys: &str) -> Result<()> {
    Ok(browser.client().active_element().await?.send_keys(keys).await?)
}

async fn focused(browser: &Browser, selector: &str) -> Result<bool> {
    let script = "return document.activeElement.matches(arguments[0])";
    Ok(browser.run(script, vec![selector.into()]).await? == true)
}

/// Waits until a screen reader has been told something.
async fn hears(browser: &Browser, words: &str) -> Result<()> {
    let script = "return document.querySelector('veche-frame > [aria-live]').textContent";
    let mut said = Value::Null;
    for _ in 0..100 {
        said = browser.run(script, vec![]).await?;
        if said.as_str().is_some_and(|said| said.contains(words)) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("a screen reader hears {said} and not \"{words}\"")
}

/// Each option's value as the review says it, contest by contest.
async fn reviewed(browser: &Browser) -> Result<Vec<String>> {
    browser.see("veche-review .review-contest").await?;
    let script = "return [...document.querySelectorAll('.review-contest')].map((contest) =>
        [...contest.querySelectorAll('li, .review-none, .review-sum')].map((line) => line.innerText.replace(/\\s+/g, ' ').trim()).join('; '))";
    Ok(serde_json::from_value(browser.run(script, vec![]).await?)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_is_voted_on_and_counts_what_was_chosen() -> Result<()> {
    let town = town::open(&town::every_rule()?)?;
    let ballot_box = &town.town.ballot_box;
    let driver = Driver::start()?;
    let anna = Booth::enter(driver.open().await?, &town.page()).await?;
    anna.sign_in(ballot_box, "+447700900001").await?;

    // A budget: what does not fit any more says by how much, and cannot be ticked.
    anna.tick("well").await?;
    anna.tick("trees").await?;
    ensure!(anna.bar().await?.contains("€25,000 left, up to 2 more"), "{}", anna.bar().await?);
    anna.tick("lamps").await?;
    anna.browser.says("€15,000 more than is left").await?;
    assert_eq!(anna.ticked().await?, ["well", "trees"]);
    anna.browser.fits().await?;
    anna.browser.look("rule-knapsack").await?;
    anna.next().await?;

    // Points: three at most for one, six in all.
    let places = "
        const card = document.querySelector('veche-option[data-option=swing]');
        const top = (element) => Math.round(element.getBoundingClientRect().top);
        const left = (element) => Math.round(element.getBoundingClientRect().left);
        return [...card.querySelectorAll('.step')].map((step) => [top(step) - top(card), left(step)])";
    let before = anna.browser.run(places, vec![]).await?;
    anna.give("swing", 4).await?;
    anna.browser.says("One project can have 3 points, not more.").await?;
    anna.browser.says("The most for one").await?;
    assert_eq!(anna.browser.run(places, vec![]).await?, before, "the buttons stay under the finger");
    anna.give("bench", 3).await?;
    anna.give("well", 1).await?;
    anna.browser.says("You have given all 6 points").await?;
    anna.take_back("bench", 1).await?;
    ensure!(anna.bar().await?.contains("5 points given"), "{}", anna.bar().await?);
    anna.reload().await?;
    ensure!(anna.bar().await?.contains("5 points given"), "a reload keeps the points");
    anna.browser.fits().await?;
    anna.browser.look("rule-cumulative").await?;
    anna.next().await?;

    // An order: trees, lamps, bench; then the bench moves up past the lamps.
    for option in ["trees", "lamps", "bench"] {
        anna.tick(option).await?;
    }
    anna.tick("well").await?;
    anna.browser.says("You have ranked 3, the most allowed.").await?;
    anna.browser.click("veche-choice-bar .bar-more").await?;
    anna.browser.click("veche-chosen [data-option=bench] .up").await?;
    anna.browser.fits().await?;
    anna.browser.look("rule-ranked").await?;
    anna.reload().await?;
    anna.next().await?;

    // Credits: three votes for one cost nine of the twelve.
    anna.give("lamps", 3).await?;
    anna.give("well", 2).await?;
    anna.browser.says("The next vote costs 3 credits, and you have 2 left.").await?;
    anna.give("bench", 1).await?;
    anna.browser.fits().await?;
    anna.browser.look("rule-quadratic").await?;
    anna.next().await?;

    anna.tick("lamps").await?;
    anna.tick("bench").await?;
    anna.browser.look("rule-approval").await?;
    anna.next().await?;

    assert_eq!(
        reviewed(&anna.browser).await?,
        [
            "A well with a roof €20,000; Forty trees €35,000; Together €55,000",
            "Swings for small children and for large ones too 3 points; A bench 2 points; 5 points given, 1 left",
            "1st Forty trees; 2nd A bench; 3rd New lamps",
            "A well with a roof 1 vote; New lamps 3 votes; A bench 1 vote; 11 credits spent, 1 left",
            "New lamps €40,000; A bench €1,000; Together €41,000",
        ]
    );
    anna.browser.fits().await?;
    anna.browser.look("rule-review").await?;
    let code = anna.seal().await?;
    anna.cast(&code).await?;

    // Boris votes blank wherever he may.
    let boris = Booth::enter(driver.open().await?, &town.page()).await?;
    boris.sign_in(ballot_box, "+447700900002").await?;
    for _ in 0..5 {
        boris.tick("").await?;
        ensure!(boris.bar().await?.contains("Blank vote"), "{}", boris.bar().await?);
        boris.next().await?;
    }
    assert_eq!(reviewed(&boris.browser).await?, ["Blank vote"; 5]);
    let code = boris.seal().await?;
    boris.cast(&code).await?;

    let result = town.count()?;
    for (contest, wanted) in [
        ("budget", [1, 0, 1, 0, 0]),
        ("points", [0, 3, 0, 0, 2]),
        ("order", [0, 0, 5, 1, 3]),
        ("credits", [1, 0, 0, 3, 1]),
        ("picks", [0, 0, 0, 1, 1]),
    ] {
        for (option, wanted) in ["well", "swing", "trees", "lamps", "bench"].iter().zip(wanted) {
            assert_eq!(total(&result, contest, option)?, wanted, "{contest}: {option}");
        }
        assert_eq!(blanks(&result, contest)?, 1, "{contest}");
    }
    anna.browser.close().await?;
    boris.browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn every_rule_is_voted_on_with_the_keyboard_alone() -> Result<()> {
    let town = town::open(&town::every_rule()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, "+447700900001").await?;
    let browser = &voter.browser;
    let (enter, space) = (Key::Enter.to_string(), " ");
    let next = "veche-choice-bar button.primary";

    browser.see("veche-option[data-option=lamps] input").await?;
    tab_to(browser, "input[value=lamps]").await?;
    press(browser, space).await?;
    hears(browser, "1 chosen, €40,000 left").await?;
    tab_to(browser, next).await?;
    press(browser, &enter).await?;

    browser.see("veche-option[data-option=swing] .more").await?;
    // With nothing to take back, one press of the key leads from option to option.
    tab_to(browser, "[data-option=well] .more").await?;
    tab_to(browser, "[data-option=swing] .more, [data-option=swing] .less").await?;
    for given in ["1 point.", "2 points."] {
        press(browser, &enter).await?;
        hears(browser, &format!("Swings for small children and for large ones too: {given}")).await?;
    }
    tab_to(browser, next).await?;
    press(browser, &enter).await?;

    browser.see("veche-option.place[data-option=trees]").await?;
    for option in ["trees", "lamps", "bench"] {
        tab_to(browser, &format!("input[value={option}]")).await?;
        press(browser, space).await?;
    }
    hears(browser, "A bench: 3rd.").await?;
    voter.reload().await?;
    browser.see("veche-choice-bar .bar-more").await?;
    tab_to(browser, ".bar-more").await?;
    press(browser, &enter).await?;
    browser.see("veche-chosen [data-option=bench] .up").await?;
    tab_to(browser, "veche-chosen [data-option=bench] .up").await?;
    press(browser, &Key::Up.to_string()).await?;
    hears(browser, "A bench: 2nd.").await?;
    ensure!(focused(browser, "veche-chosen [data-option=bench] .up").await?, "the focus moves with the row");
    press(browser, &enter).await?;
    hears(browser, "A bench: 1st.").await?;
    press(browser, &enter).await?;
    hears(browser, "A bench is first already.").await?;
    tab_to(browser, "veche-chosen [data-option=trees] .remove").await?;
    press(browser, &enter).await?;
    hears(browser, "Forty trees removed.").await?;
    ensure!(
        focused(browser, "veche-chosen [data-option=lamps] .remove").await?,
        "the focus stays in the list"
    );
    tab_to(browser, next).await?;
    press(browser, &enter).await?;

    browser.says("How strongly you feel").await?;
    tab_to(browser, "[data-option=well] .more").await?;
    for _ in 0..3 {
        press(browser, &enter).await?;
    }
    hears(browser, "A well with a roof: 3 votes. 9 credits spent, 3 left").await?;
    press(browser, &enter).await?;
    hears(browser, "The next vote costs 7 credits, and you have 3 left.").await?;
    tab_to(browser, next).await?;
    press(browser, &enter).await?;

    browser.see("veche-option.tick[data-option=bench]").await?;
    tab_to(browser, "input[value=bench]").await?;
    press(browser, space).await?;
    tab_to(browser, next).await?;
    press(browser, &enter).await?;
    assert_eq!(
        reviewed(browser).await?,
        [
            "New lamps €40,000",
            "Swings for small children and for large ones too 2 points; 2 points given, 4 left",
            "1st A bench; 2nd New lamps",
            "A well with a roof 3 votes; 9 credits spent, 3 left",
            "A bench €1,000",
        ]
    );
    voter.browser.close().await
}
