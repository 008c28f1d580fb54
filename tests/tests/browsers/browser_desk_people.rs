//! The desk's pages of the people: the roll from a spreadsheet, and a person who is helped until they can vote.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::organiser::{RunningDesk, hand_in_roll, keep_people_pass, people_pass, place};
use veche_tests::town;

const ANNA: &str = "+447700900123";
const BORIS: &str = "+447700900456";
/// Of Zofia and Jan.
const HOME: &str = "+447700900789";

/// A vote with a roll and codes on paper.
fn manifest() -> Result<Value> {
    let mut manifest = town::manifest()?;
    manifest["registration"] = json!("roll");
    let route = |id: &str, title: &str| json!({ "id": id, "title": { "en": title }, "entered": false });
    manifest["routes"] = json!([route("sms", "By SMS"), route("code", "With a code on paper")]);
    Ok(manifest)
}

async fn hand_in(browser: &Browser, folder: &Path, name: &str, roll: &str) -> Result<()> {
    let file = folder.join(name);
    std::fs::write(&file, roll)?;
    hand_in_roll(browser, &file).await
}

/// Chooses what is to be done with the keyboard alone, says why, and does it.
async fn by_keyboard(browser: &Browser, deed: &str, reason: &str) -> Result<()> {
    let script = "document.querySelector(`veche-deed input[value='${arguments[0]}']`).focus()";
    browser.run(script, vec![json!(deed)]).await?;
    let focused = browser.client().active_element().await?;
    focused.send_keys(" ").await?;
    let reasons = browser.see("veche-deed input[name=reason]").await?;
    reasons.send_keys(reason).await?;
    reasons.send_keys("\u{e007}").await.context("enter sends the form")
}

async fn find(browser: &Browser, phone: &str) -> Result<()> {
    browser.fill("veche-desk-help input[name=sought]", phone).await?;
    browser.click("veche-desk-help form button[type=submit]").await?;
    browser.says("What is known").await
}

/// Asks the desk as its page does.
async fn ask(browser: &Browser, path: &str, form: &Value) -> Result<Value> {
    let script = "return fetch(`/desk/v1/people/${arguments[0]}`, { method: 'POST', body: arguments[1], headers: {
        'content-type': 'application/json', authorization: `Bearer ${sessionStorage.getItem('veche-desk')}` } })
        .then((answer) => answer.json())";
    browser.run(script, vec![json!(path), json!(form.to_string())]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_from_a_spreadsheet_and_a_person_who_is_helped_to_vote() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let town = town::open(&manifest()?)?;
    let desk = RunningDesk::start(&folder.path().join("vote"))?;
    let driver = Driver::start()?;
    let (browser, _) = desk.enter(&driver).await?;
    let address = town.town.ballot_box.http().address().to_owned();

    place(&browser, "people", ".same-command").await?;
    browser.look("desk-people-pass").await?;
    browser.fits().await?;
    keep_people_pass(&browser, &address, "not a pass").await?;
    browser.says("The server does not take this pass").await?;
    keep_people_pass(&browser, &address, &people_pass(&town, "help")?).await?;
    browser.says("You work as Ewa, until").await?;
    browser.says("This pass is for helping one person after another.").await?;
    ensure!(browser.run("return document.querySelector('input[name=roll]')", vec![]).await?.is_null());
    browser.click("veche-people-pass summary").await?;
    keep_people_pass(&browser, &address, &people_pass(&town, "roll")?).await?;
    browser.see("input[name=roll]").await?;

    // First what is in it; a roll with mistakes changes nothing.
    hand_in(&browser, folder.path(), "wrong.txt", "%PDF-1.7\n").await?;
    browser.says("This file is not a list of voters with phone numbers and districts.").await?;
    let faulty = format!("Phone;District\n{ANNA};north\n12;south\n{ANNA};west\n");
    hand_in(&browser, folder.path(), "faulty.csv", &faulty).await?;
    browser.says("What is wrong with it").await?;
    browser.says("The same phone number as in row 2.").await?;
    browser.says("There is no such district. There are: The north (north), The south (south).").await?;
    let shared = format!("Phone;District;Flat;Year of birth\n{HOME};north;1;1953\n{HOME};south;2;1951\n");
    hand_in(&browser, folder.path(), "unclear.csv", &shared).await?;
    browser.says("Each of the columns").await?;
    let shared =
        format!("Phone;District;Year of birth\n{HOME};north;1953\n{HOME};south;1953\n{HOME};south;\n");
    hand_in(&browser, folder.path(), "shared.csv", &shared).await?;
    browser.says("The same phone number and the same mark as in row 2").await?;
    browser.says("and nothing in this row tells these people apart.").await?;
    browser.look("desk-people-mistakes").await?;
    browser.fits().await?;
    browser.speak("ar").await?;
    browser.see("veche-desk-people input[name=roll]").await?;
    browser.accessible().await?;
    browser.look("desk-people-ar").await?;
    browser.speak("en").await?;
    browser.see("veche-desk-people input[name=roll]").await?;
    let good =
        format!("Phone;District;Year of birth\n{ANNA};The north;\n{HOME};north;1953\n{HOME};south;1951\n");
    hand_in(&browser, folder.path(), "roll.csv", &good).await?;
    browser.says("What it changes").await?;
    browser.says("Phones that several people have").await?;
    browser.look("desk-people-changes").await?;
    browser.fits().await?;
    browser.fill("input[name=roll-reason]", "ask +44 7700 900123").await?;
    browser.click("veche-desk-people form:has(input[name=roll-reason]) button[type=submit]").await?;
    browser.says("Nothing was done. Please say why").await?;
    browser.fill("input[name=roll-reason]", "the register of 1 May").await?;
    browser.click("veche-desk-people form:has(input[name=roll-reason]) button[type=submit]").await?;
    browser.says("The list of voters is in force.").await?;

    // One person, by the keyboard.
    browser.fill("veche-deed input[name=phone]", BORIS).await?;
    by_keyboard(&browser, "roll/add", "moved here").await?;
    browser.says("Please choose a district of this vote.").await?;
    browser.run("document.querySelector('select[name=district]').value = 'south'", vec![]).await?;
    browser.see("veche-deed input[name=reason]").await?.send_keys("\u{e007}").await?;
    browser.says("The number is on the list of voters.").await?;
    // His wife has the same phone: first he gets a mark.
    browser.fill("veche-deed input[name=mark]", "1960").await?;
    browser.see("veche-deed input[name=reason]").await?.send_keys("his wife\u{e007}").await?;
    browser.says("Somebody else is on the list of voters with this phone number").await?;
    browser.fill("veche-deed input[name=mark]", "1958").await?;
    browser.fill("veche-deed input[name=reason]", "").await?;
    by_keyboard(&browser, "roll/mark", "his wife votes with it, too").await?;
    browser.says("The person has this mark now.").await?;
    browser.look("desk-people").await?;
    browser.click("details.desk-journal > summary").await?;
    browser.says("put onto the list (The south)").await?;
    browser.says("the register of 1 May").await?;
    browser.accessible().await?;
    browser.fits().await?;

    // Anna's message does not come.
    place(&browser, "help", ".same-command").await?;
    browser.look("desk-help").await?;
    browser.fill("veche-desk-help input[name=sought]", "12").await?;
    browser.click("veche-desk-help form button[type=submit]").await?;
    browser.says("This is not a phone number.").await?;
    find(&browser, "+447700900999").await?;
    browser.says("None is sent, because the number is not on the list of voters.").await?;
    find(&browser, ANNA).await?;
    browser.says("Yes, in the district The north").await?;
    browser.says("None was sent in 24 hours.").await?;
    by_keyboard(&browser, "code", "her phone is broken, passport seen").await?;
    browser.says("Write this code on paper").await?;
    browser.look("desk-help-code").await?;
    browser.fits().await?;
    let code = browser.see(".paper-code").await?.text().await?;
    ensure!(code.len() == 14 && code.split(' ').count() == 3, "{code}");

    // Of several people with one phone nobody is helped before it is said who.
    let seek = async |mark: &str| -> Result<()> {
        browser.fill("veche-desk-help input[name=which]", mark).await?;
        browser.click("veche-desk-help form:has(input[name=which]) button[type=submit]").await
    };
    browser.fill("veche-desk-help input[name=sought]", HOME).await?;
    browser.click("veche-desk-help form button[type=submit]").await?;
    browser.says("Several people have this number").await?;
    ensure!(browser.run("return document.querySelector('veche-deed')", vec![]).await?.is_null());
    let listed =
        "return [...document.querySelectorAll('.several > div')].map(({ textContent }) => textContent)";
    assert_eq!(browser.run(listed, vec![]).await?, json!(["The north1", "The south1"]));
    ensure!(browser.text().await?.contains("Year of birth"), "the town's own words for it");
    seek("1999").await?;
    browser.says("Nobody with this phone number has this mark.").await?;
    seek("1951").await?;
    browser.says("Yes, in the district The south").await?;
    by_keyboard(&browser, "code", "no SMS comes, passport seen").await?;
    browser.says("Write this code on paper").await?;
    browser.says("Code on paper").await?;
    browser.look("desk-help-several").await?;
    browser.fits().await?;
    seek("1953").await?;
    browser.says("Yes, in the district The north").await?;
    ensure!(!browser.text().await?.contains("Code on paper"), "the code is Jan's, not Zofia's");
    // The desk's own routes, as the page asks them: each acts on the one of the mark, and says the command.
    for (path, more, command) in [
        ("roll/move", json!({ "mark": "1953", "style": "south" }), "roll move --data DIR --style ID"),
        ("revoke-key", json!({ "mark": "1951" }), ""),
        ("roll/strike", json!({ "mark": "1953" }), "roll strike --data DIR"),
        ("person", json!({}), "help find --data DIR"),
    ] {
        let mut form = json!({ "phone": HOME, "reason": "asked at the counter" });
        if path == "person" {
            form = json!({ "phone": HOME });
        }
        form.as_object_mut().context("no form")?.extend(more.as_object().cloned().unwrap_or_default());
        let answer = ask(&browser, path, &form).await?;
        let said = answer["command"].as_str().unwrap_or_default();
        ensure!(said.contains(command), "{path}: {answer}");
        ensure!(
            command.is_empty() || said.ends_with(" --mark") == form["mark"].is_string(),
            "{path}: {said}"
        );
        match path {
            "revoke-key" => ensure!(answer["type"] == "urn:veche:people-never-signed-in", "{answer}"),
            "person" => ensure!(answer["answer"]["style"] == "south", "Jan is there alone: {answer}"),
            _ => {}
        }
    }
    find(&browser, ANNA).await?;

    // What is on the paper is typed on the page of the vote.
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.browser.fill("veche-phone-form input[name=tel]", ANNA).await?;
    voter.browser.click("veche-phone-form button.primary").await?;
    voter.browser.see("veche-code input").await?;
    voter.browser.fill("veche-code input", &code).await?;
    voter.browser.click("veche-code button.primary").await?;
    // The roll says the district: nobody is asked.
    voter.tick("well").await?;

    find(&browser, ANNA).await?;
    browser.says("Has signed in").await?;
    browser.says("Used.").await?;
    browser.says("code on paper given (The north)").await?;
    by_keyboard(&browser, "revoke-key", "the phone was stolen").await?;
    browser.says("The person is signed out everywhere, and the key is revoked.").await?;
    browser.speak("ar").await?;
    browser.see("veche-desk-help input[name=sought]").await?;
    browser.look("desk-help-ar").await?;
    browser.fits().await?;
    Ok(())
}
