//! The own district, and one other that the voter may add and take off again.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::town::{self, total};

/// The names of the contests on the review.
async fn on_the_ballot(browser: &Browser) -> Result<Value> {
    browser.see("veche-review .review-contest").await?;
    let script =
        "return [...document.querySelectorAll('.review-contest h2')].map((title) => title.textContent)";
    browser.run(script, vec![]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_other_district_is_added_and_changed_before_casting() -> Result<()> {
    let town = town::open(&town::one_other()?)?;
    let ballot_box = &town.town.ballot_box;
    let driver = Driver::start()?;
    let anna = Booth::enter(driver.open().await?, &town.page()).await?;
    anna.sign_in(ballot_box, "+447700900001").await?;
    anna.live_in("north").await?;
    anna.browser.see("veche-extra fieldset").await?;
    anna.browser.click("veche-extra button.primary").await?;
    anna.browser.says("Please choose one").await?;
    for dark in [true, false] {
        anna.browser.dark(dark).await?;
        anna.browser.accessible().await?;
        anna.browser.picture(if dark { "extra-dark" } else { "extra" }).await?;
    }
    anna.also_vote_in("south").await?;
    anna.tick("well").await?;
    anna.next().await?;
    anna.give("lawn", 3).await?;
    anna.next().await?;
    assert_eq!(
        on_the_ballot(&anna.browser).await?,
        json!(["Projects of the north", "Projects of the south"])
    );
    anna.browser.says("Other district: Projects of the south").await?;
    anna.browser.accessible().await?;
    anna.browser.picture("extra-review").await?;

    // She changes her mind, with a ballot sealed already: the next one is another. What she chose in her own district
    // stays.
    let with_the_south = anna.seal().await?;
    anna.browser.click("veche-review a[href='#extra']").await?;
    anna.also_vote_in("").await?;
    assert_eq!(anna.ticked().await?, ["well"]);
    anna.next().await?;
    assert_eq!(on_the_ballot(&anna.browser).await?, json!(["Projects of the north"]));
    assert_ne!(anna.seal().await?, with_the_south);
    anna.browser.click("veche-review a[href='#extra']").await?;
    anna.also_vote_in("east").await?;
    assert_eq!(anna.ticked().await?, ["well"]);
    anna.next().await?;
    anna.tick("gate").await?;
    anna.tick("path").await?;
    anna.next().await?;
    assert_eq!(on_the_ballot(&anna.browser).await?, json!(["Projects of the north", "Projects of the east"]));
    let code = anna.seal().await?;
    anna.cast(&code).await?;
    anna.browser.says("The north, and Projects of the east").await?;

    // Who lives elsewhere is not asked.
    let boris = Booth::enter(driver.open().await?, &town.page()).await?;
    boris.sign_in(ballot_box, "+447700900002").await?;
    boris.live_in("south").await?;
    boris.give("market", 2).await?;
    boris.next().await?;
    boris.browser.see("veche-review .review-contest").await?;
    ensure!(!boris.browser.text().await?.contains("Other district"), "the south may add nothing");
    let code = boris.seal().await?;
    boris.cast(&code).await?;

    let result = town.count()?;
    for (contest, wanted) in [
        ("north", [("well", 1), ("swing", 0), ("trees", 0)]),
        ("south", [("lawn", 0), ("market", 2), ("fountain", 0)]),
        ("east", [("bridge", 0), ("path", 1), ("gate", 2)]),
    ] {
        for (option, wanted) in wanted {
            assert_eq!(total(&result, contest, option)?, wanted, "{contest}: {option}");
        }
    }
    anna.browser.close().await?;
    boris.browser.close().await
}

/// In another tab the page has forgotten that the voter signed in: for another ballot they do so again.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn the_other_district_is_left_out_after_casting() -> Result<()> {
    let town = town::open(&town::one_other()?)?;
    let ballot_box = &town.town.ballot_box;
    let driver = Driver::start()?;
    let cleo = Booth::enter(driver.open().await?, &town.page()).await?;
    cleo.sign_in(ballot_box, "+447700900003").await?;
    cleo.live_in("north").await?;
    cleo.also_vote_in("south").await?;
    cleo.tick("swing").await?;
    cleo.next().await?;
    cleo.give("fountain", 1).await?;
    cleo.next().await?;
    let code = cleo.seal().await?;
    cleo.cast(&code).await?;

    // What a tab keeps goes with it.
    cleo.browser.run("sessionStorage.clear()", vec![]).await?;
    cleo.return_to_start().await?;
    cleo.browser.click("veche-welcome a[href='#choose']").await?;
    cleo.browser.see("veche-choose veche-option").await?;
    cleo.browser.click("veche-frame a.frame-back").await?;
    cleo.also_vote_in("").await?;
    cleo.browser.says("Your sign-in has ended").await?;
    cleo.browser.click("veche-extra a[href='#phone']").await?;
    town.wait_for_resend().await;
    cleo.sign_in(ballot_box, "+447700900003").await?;
    let checked = cleo.browser.see("veche-extra input:checked").await?;
    assert_eq!(
        checked.prop("value").await?.as_deref(),
        Some("south"),
        "what the voter had added is remembered"
    );
    cleo.also_vote_in("").await?;
    cleo.tick("trees").await?;
    cleo.next().await?;
    assert_eq!(on_the_ballot(&cleo.browser).await?, json!(["Projects of the north"]));
    let code = cleo.seal().await?;
    cleo.cast(&code).await?;

    // The last ballot counts, whole: the point for the fountain is gone.
    let result = town.count()?;
    for (contest, option, wanted) in [("north", "swing", 0), ("north", "trees", 1), ("south", "fountain", 0)]
    {
        assert_eq!(total(&result, contest, option)?, wanted, "{contest}: {option}");
    }
    cleo.browser.close().await
}
