//! A trustee in a browser ends a vote whose organiser is gone, and hands the part of the decryption out as a file.

use std::time::Duration;

use reqwest::StatusCode;
use veche_record::entry::{Open, TallyKind};
use veche_server::Clock;
use veche_site::Pin;
use veche_tests::browser::Driver;
use veche_tests::desk::Desk;
use veche_tests::small::secrets;
use veche_tests::town;
use veche_xtask::site::Dist;

use crate::by_hand::{now, time};
use crate::own_key::{DAY, Paper, sign};
use crate::support::manifest;

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_trustee_ends_a_vote_and_saves_a_part_as_a_file() {
    town::built().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let pin = Pin {
        fingerprint: None,
        card: None,
        ballot_box: "./".into(),
        registrar: None,
        record: None,
        accent: None,
        embed_origins: Vec::new(),
    };
    veche_site::pin(&Dist::lock().unwrap().folder, &pin, &site).unwrap();

    // The browser's clock is the machine's: the box lives its vote in the days before.
    let begin = now() - 6 * DAY;
    let mut strict = manifest("open");
    strict["opens"] = time(begin - DAY).into();
    strict["closes"] = time(begin + DAY).into();
    strict["early_close"] = false.into();
    let clock = Clock::standing_at(i64::try_from(begin).unwrap());
    let paper = Paper::new(8);
    let vote = paper
        .founded(&strict, |config| {
            config.clock = clock.clone();
            config.site = Some(site);
        })
        .await;
    let open = Open::sign(&paper.key, &vote.election.fingerprint(), begin).unwrap();
    vote.post(open.into()).await.expect(StatusCode::CREATED);
    vote.voter(1, "north").await.vote(&vote, 0).await;
    clock.advance(Duration::from_secs(6 * DAY));
    for trustee in 0..2 {
        sign(&vote, trustee).await.expect(StatusCode::OK);
    }

    let driver = Driver::start().unwrap();
    let page = format!("{}/", vote.running.url);
    let browser = driver.open().await.unwrap();
    let desk = Desk::enter(browser, &page, 3, &vote.running.trustees[2]).await.unwrap();
    desk.come_back(&secrets("box", 3).unwrap()[2].words()).await.unwrap();
    desk.browser.says("Nobody has ended this vote").await.unwrap();
    desk.browser.says("3 of you together may end it").await.unwrap();
    desk.browser.fits().await.unwrap();
    desk.browser.look("trustee-10-end").await.unwrap();
    desk.browser.click("veche-trustee-desk section.callout button").await.unwrap();
    vote.reach("closed").await;

    vote.consent_all(TallyKind::Vote).await;
    desk.sees("Open the totals").await.unwrap();
    let size = vote.size().await;
    desk.browser.click("veche-trustee-desk .next-step .as-file button").await.unwrap();
    desk.browser.says("Your part is in the file, and not on the board yet").await.unwrap();
    desk.browser.fits().await.unwrap();
    desk.browser.look("trustee-11-file").await.unwrap();
    assert_eq!(vote.size().await, size);
    // The same part, posted.
    desk.act("Open the totals").await.unwrap();
    desk.sees("Waiting for the others").await.unwrap();
    assert_eq!(vote.size().await, size + 1);
}
