//! A whole election through real browsers, the real server and its database.

use anyhow::Result;
use veche_tests::booth::Booth;
use veche_tests::browser::{Driver, Kind};
use veche_tests::town::{self, total};

#[tokio::test(flavor = "multi_thread")]
async fn two_voters_one_votes_again_and_the_totals_are_what_they_clicked_last() -> Result<()> {
    two_voters(Kind::Chromium).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_voters_in_firefox_one_votes_again_and_the_totals_are_what_they_clicked_last() -> Result<()> {
    two_voters(Kind::Firefox).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_voters_in_webkit_one_votes_again_and_the_totals_are_what_they_clicked_last() -> Result<()> {
    two_voters(Kind::WebKit).await
}

async fn two_voters(kind: Kind) -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let ballot_box = &town.town.ballot_box;
    let driver = Driver::of(kind)?;

    let anna = Booth::enter(driver.open().await?, &town.page()).await?;
    anna.browser.see("veche-welcome veche-phone-form").await?;
    anna.browser.picture("1-welcome").await?;
    anna.sign_in(ballot_box, "+447700900001").await?;
    anna.browser.see("veche-district").await?;
    anna.browser.picture("2-district").await?;
    anna.live_in("north").await?;
    anna.tick("well").await?;
    anna.tick("trees").await?;
    anna.browser.picture("3-choose").await?;
    anna.next().await?;
    anna.tick("lawn").await?;
    anna.next().await?;
    anna.browser.see("veche-review").await?;
    anna.browser.picture("4-review").await?;
    let first = anna.seal().await?;
    anna.browser.picture("5-seal").await?;
    anna.cast(&first).await?;
    anna.browser.picture("6-receipt").await?;

    let boris = Booth::enter(driver.open().await?, &town.page()).await?;
    boris.sign_in(ballot_box, "+447700900002").await?;
    boris.live_in("south").await?;
    boris.tick("fountain").await?;
    boris.next().await?;
    let second = boris.seal().await?;
    boris.cast(&second).await?;

    // Anna changes her mind: another project beside the trees, and a market instead of the lawn.
    anna.return_to_start().await?;
    anna.browser.click("veche-welcome a[href='#choose']").await?;
    assert_eq!(anna.ticked().await?, Vec::<String>::new(), "choices are wiped once cast");
    anna.tick("trees").await?;
    anna.tick("bench").await?;
    anna.next().await?;
    anna.tick("market").await?;
    anna.next().await?;
    let third = anna.seal().await?;
    assert_ne!(first, third);
    anna.cast(&third).await?;

    // She finds both receipts again: the last is recorded, the first is replaced by it. Whether the last counts she
    // looks up.
    anna.return_to_start().await?;
    anna.browser.click("veche-welcome a[href='#mine']").await?;
    anna.browser.says("Your ballot is in the public list").await?;
    anna.browser.says("Replaced by your later ballot").await?;
    anna.browser.click("veche-aftermath button[data-act=look]").await?;
    anna.browser.says("Your ballot is in the public list, and it counts").await?;
    anna.browser.picture("7-mine").await?;

    let result = town.count()?;
    let clicked_last = [
        ("projects", [("well", 0), ("swing", 0), ("trees", 1), ("lamps", 0), ("bench", 1)].as_slice()),
        ("square", [("lawn", 0), ("market", 1), ("fountain", 1)].as_slice()),
    ];
    for (contest, options) in clicked_last {
        for (option, wanted) in options {
            assert_eq!(total(&result, contest, option)?, *wanted, "{option}");
        }
    }

    // After the end the page says so, and still knows the receipt.
    boris.return_to_start().await?;
    boris.browser.says("Voting has ended").await?;
    boris.browser.picture("8-closed").await?;
    boris.browser.click("veche-welcome a[href='#results']").await?;
    boris.browser.says("These are the totals as they stand in the public list of this vote.").await?;
    boris.browser.see("veche-contest-result[data-contest='square']").await?;
    anna.browser.close().await?;
    boris.browser.close().await
}
