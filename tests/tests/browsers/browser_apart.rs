//! Ballot box, registrar and site on three hosts: one vote, while the ballot box goes away and comes again.

use anyhow::Result;
use veche_tests::booth::Booth;
use veche_tests::browser::Driver;
use veche_tests::town::{self, total};

const PHONE: &str = "+447700900123";

#[tokio::test(flavor = "multi_thread")]
async fn a_voter_signs_in_at_the_registrar_and_votes_at_the_box() -> Result<()> {
    let (mut town, registrar) = town::open_with_registrar(&town::manifest()?)?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.browser.fill("veche-phone-form input[name=tel]", PHONE).await?;
    voter.browser.click("veche-phone-form button.primary").await?;
    voter.browser.see("veche-code input").await?;
    let code = registrar.next_code()?;

    // The registrar asks the box what the board says of a voter. Without it nothing is lost, the code neither.
    town.town.ballot_box.stop()?;
    voter.browser.fill("veche-code input", &code).await?;
    voter.browser.click("veche-code button.primary").await?;
    voter.browser.says("cannot reach the voting server at this moment. Nothing is lost").await?;
    voter.browser.picture("registrar-without-box").await?;
    let address = town.page().trim_end_matches(&format!("/{}/", town::SUBFOLDER)).to_owned();
    town.town.serve(&["--allow-origin".as_ref(), address.as_ref()])?;
    voter.browser.fill("veche-code input", &code).await?;
    voter.browser.click("veche-code button.primary").await?;

    voter.live_in("south").await?;
    voter.tick("lawn").await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    assert_eq!(total(&town.count()?, "square", "lawn")?, 1);
    Ok(())
}
