//! An election whose five trustees are separate people: three in browsers, two at terminals.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use veche_cli::folder::Folder;
use veche_crypto::group::Scalar;
use veche_crypto::hash::scalar;
use veche_crypto::signature::SecretKey;
use veche_record::Entry;
use veche_record::entry::{Ceremony, Partial, Signed, TallyKind};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::desk::Desk;
use veche_tests::secrets::Needles;
use veche_tests::town::{self, TestTown, total};
use veche_tests::wire::Wire;
use veche_trustee::{Kept, KeyShare, Secret, Shown, Step, next_step};
use veche_verify::{Audit, audit};
use veche_xtask::workspace::root;

/// Five trustees, of whom four agree and three decrypt.
fn five() -> Result<Value> {
    let mut manifest = town::manifest()?;
    manifest
        .as_object_mut()
        .context("no object")?
        .insert("trustees".into(), json!({ "count": 5, "threshold": 3 }));
    Ok(manifest)
}

/// The page as trustees reach it, over a line that keeps what they send.
fn page(wire: &Wire) -> String {
    format!("{}/{}/", wire.address, town::SUBFOLDER)
}

async fn desk(driver: &Driver, wire: &Wire, town: &TestTown, trustee: u8) -> Result<Desk> {
    Desk::enter(driver.open().await?, &page(wire), trustee, &town.town.trustee_token(trustee)?).await
}

/// The record as it is now, verified.
fn audited(town: &TestTown) -> Result<Audit> {
    let folder = tempfile::tempdir()?;
    let saved = folder.path().join("record");
    let mut export = Command::new(&town.town.programs.server);
    export.arg("export").arg("--data").arg(town.town.folder.join("box")).arg("--out").arg(&saved);
    veche_xtask::process::read(&mut export)?;
    Ok(audit(&Folder::open(&saved)?, None, veche_tests::small::fresh(), |_, _| {}))
}

/// No attribute of the page, and after the words were written down no text of it either, holds a secret.
async fn shows_nothing(browser: &Browser, needles: &Needles) -> Result<()> {
    let script = "return [document.body.innerText, location.href, JSON.stringify(history.state),
        ...[...document.querySelectorAll('*')].flatMap((one) => [...one.attributes].map(({ value }) => value)),
        ...[...document.querySelectorAll('input, textarea')].map(({ value }) => value)].join(' ; ')";
    let shown = browser.run(script, vec![]).await?;
    let found = needles.found_in(shown.as_str().unwrap_or_default().as_bytes());
    ensure!(found.is_none(), "the page still shows {found:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn five_trustees_in_browsers_and_terminals_open_the_totals_and_nothing_secret_leaves() -> Result<()> {
    let mut town = town::found(&five()?)?;
    let wire = Wire::to(town.town.ballot_box.port()).await?;
    let driver = Driver::start()?;

    // Round 1, in any order: a terminal first, then the browsers, then the other terminal.
    let fourth = town.town.new_trustee(4)?;
    let first = desk(&driver, &wire, &town, 1).await?;
    first.browser.see("veche-trustee-door .next-step").await?;
    assert_eq!(
        first.browser.run("return location.hash", vec![]).await?,
        "#trustee",
        "the token left the address"
    );
    first.browser.fits().await?;
    first.browser.look("trustee-1-door").await?;
    let mut words = vec![first.make().await?];
    first.browser.fits().await?;
    first.browser.look("trustee-2-words").await?;
    first.browser.click("veche-trustee-words button.primary").await?;
    first.browser.see("veche-trustee-ask form").await?;
    first.browser.fits().await?;
    first.browser.look("trustee-3-ask").await?;
    // A wrong word, and back to the words: nobody goes on with a note that cannot be read.
    first.browser.click("veche-trustee-ask button.primary").await?;
    first.browser.says("is not the word that was shown").await?;
    first.browser.click("veche-trustee-ask button.link").await?;
    assert_eq!(first.words().await?, words[0]);
    first.answer(&words[0]).await?;
    first.sees("Put your part on the board").await?;
    first.browser.look("trustee-4-commit").await?;
    first.act("Put your part on the board").await?;
    first.sees("Waiting for the others").await?;
    first.browser.says("Waiting for trustee 2, trustee 3, and trustee 5").await?;
    first.browser.fits().await?;
    first.browser.look("trustee-5-wait").await?;

    let mut desks = vec![first];
    for trustee in [2, 3] {
        let desk = desk(&driver, &wire, &town, trustee).await?;
        let made = desk.make().await?;
        desk.answer(&made).await?;
        desk.act("Put your part on the board").await?;
        desk.sees("Waiting for the others").await?;
        words.push(made);
        desks.push(desk);
    }
    town.town.new_trustee(5)?;

    // Round 2. The second trustee's tab was closed meanwhile: the words bring her back.
    for trustee in [4, 5] {
        town.town.trustee_step("deal", trustee)?;
    }
    desks[1].browser.client().refresh().await?;
    desks[1].browser.see("veche-trustee-door textarea").await?;
    desks[1].browser.look("trustee-6-back").await?;
    desks[1].come_back(&words[0]).await?;
    desks[1].browser.says("These are the words of another trustee").await?;
    desks[1].come_back(&words[1].replacen(' ', " vechebox ", 1)).await?;
    desks[1].browser.says("These are 25 words").await?;
    desks[1].come_back(&words[1]).await?;
    for desk in &desks {
        desk.act("Hand out the pieces").await?;
    }

    // Round 3: all see the same sixteen groups; nobody confirms without comparing.
    let mut transcripts = Vec::new();
    for desk in &desks {
        desk.sees("Compare, then confirm").await?;
        transcripts.push(desk.transcript().await?);
    }
    transcripts.push(town.town.transcript(4)?);
    assert!(transcripts.iter().all(|one| *one == transcripts[0] && one.len() == 64), "{transcripts:?}");
    desks[0].browser.click("veche-trustee-desk .next-step button.primary").await?;
    desks[0].browser.says("Please compare the groups with the others first").await?;
    desks[0].browser.fits().await?;
    desks[0].browser.look("trustee-7-confirm").await?;
    for desk in &desks {
        desk.browser.click("veche-trustee-desk label.row-choice").await?;
        desk.act("Compare, then confirm").await?;
    }
    for trustee in [4, 5] {
        town.town.confirm(trustee)?;
    }
    desks[0].sees("The key is made").await?;

    // The organiser cannot open before the rehearsal. The fifth trustee is away.
    ensure!(town.town.organiser("open").is_err(), "the vote opened before the rehearsal");
    town.town.organiser("rehearse")?;
    for desk in &desks {
        desk.act("Rehearsal: agree").await?;
    }
    desks[0].sees("Waiting for the others").await?;
    town.town.decrypt(4)?;
    for desk in &desks {
        desk.act("Rehearsal: open it").await?;
    }
    town.town.decrypt(4)?;
    desks[0].sees("The rehearsal has worked").await?;
    desks[0].browser.look("trustee-8-rehearsed").await?;
    town.town.organiser("open")?;
    town.town.read_fingerprint()?;
    town.publish(Some(town.town.fingerprint.clone()))?;
    desks[0].sees("Voting is open").await?;

    let audit = audited(&town)?;
    let board = audit.board().context("the board does not pass")?;
    let (ceremony, election) = board.ceremony().zip(board.election()).context("no keys")?;
    let needles = (1..)
        .zip(&words)
        .map(|(trustee, words)| Needles::of_trustee(words, ceremony, election, trustee))
        .collect::<Result<Vec<_>>>()?;

    for (phone, choice) in
        [("+447700900001", "market"), ("+447700900002", "lawn"), ("+447700900003", "market")]
    {
        let voter = Booth::enter(driver.open().await?, &town.page()).await?;
        voter.sign_in(&town.town.ballot_box, phone).await?;
        voter.live_in("south").await?;
        voter.tick(choice).await?;
        voter.next().await?;
        let code = voter.seal().await?;
        voter.cast(&code).await?;
        voter.browser.close().await?;
    }
    town.town.close()?;

    // The third trustee has lost her device: a browser that knows nothing of her, her words, the public board.
    let lost = desks.pop().context("three desks")?;
    let lost_kept = lost.browser.kept().await?;
    lost.browser.close().await?;
    let third = desk(&driver, &wire, &town, 3).await?;
    third.come_back(&words[2]).await?;
    third.sees("Waiting for the others").await?;
    third.browser.says("4 more have to agree to the sums").await?;
    third.browser.says("This browser does not remember what you signed with these words").await?;
    third.browser.fits().await?;
    third.browser.look("trustee-9-without-memory").await?;
    desks.push(third);
    // So the fifth has to agree, too. Nobody agrees without having compared the numbers.
    desks[0].sees("Agree to open the totals").await?;
    desks[0].browser.says("3 ballots").await?;
    desks[0].browser.click("veche-trustee-desk .next-step button.primary").await?;
    desks[0].browser.says("Please compare the numbers first").await?;
    desks[0].browser.fits().await?;
    desks[0].browser.look("trustee-9-agree").await?;
    desks[0].agree().await?;
    desks[0].sees("Waiting for the others").await?;
    town.town.decrypt(4)?;
    let said = town.town.decrypt(5)?;
    ensure!(said.contains("Waiting for 1 more to agree"), "{said}");
    desks[0].browser.says("One more has to agree").await?;
    desks[2].sees("Waiting for the others").await?;
    desks[1].agree().await?;
    desks[2].sees("Open the totals").await?;

    // The fourth trustee cheats: a part that is no part of these totals is refused, and he is named.
    let refused = cheat(&town, &fourth, 4)?;
    ensure!(refused.contains("\"culprit\":\"trustee 4\"") && refused.contains("\"check\":29"), "{refused}");
    for (place, desk) in desks.iter().enumerate() {
        desk.sees("Open the totals").await?;
        if place == 0 {
            desk.browser.look("trustee-10-decrypt").await?;
        }
        desk.act("Open the totals").await?;
    }
    desks[2].sees("The result is published").await?;
    desks[2].browser.fits().await?;
    desks[2].browser.look("trustee-11-done").await?;

    // Nothing secret was sent, kept or left on the page, by any of the three.
    let sent = wire.sent()?;
    ensure!(sent.iter().map(Vec::len).sum::<usize>() > 10_000, "the line kept nothing");
    for needles in &needles {
        for bytes in &sent {
            ensure!(needles.found_in(bytes).is_none(), "sent: {:?}", needles.found_in(bytes));
        }
        ensure!(
            needles.found_in(lost_kept.as_bytes()).is_none(),
            "kept: {:?}",
            needles.found_in(lost_kept.as_bytes())
        );
        for desk in &desks {
            let kept = desk.browser.kept().await?;
            ensure!(kept.contains("confirmed"), "what was signed is kept: {kept}");
            ensure!(
                needles.found_in(kept.as_bytes()).is_none(),
                "kept: {:?}",
                needles.found_in(kept.as_bytes())
            );
            shows_nothing(&desk.browser, needles).await?;
        }
    }
    // The line and the search would have seen it: a page that leaks on purpose.
    let leak = "const done = arguments[1]; fetch('v1/entries', { method: 'POST', body: arguments[0] }).then(done, done)";
    desks[0].browser.client().execute_async(leak, vec![words[0].as_str().into()]).await?;
    let sent = wire.sent()?;
    ensure!(sent.iter().any(|bytes| needles[0].found_in(bytes).is_some()), "a leak went unseen");

    let result = finish(&town)?;
    assert_eq!(total(&result, "square", "market")?, 2);
    assert_eq!(total(&result, "square", "lawn")?, 1);
    assert_eq!(total(&result, "square", "fountain")?, 0);
    Ok(())
}

/// Posts a partial decryption with one false factor, under the trustee's own name. What the ballot box answers.
fn cheat(town: &TestTown, words: &str, trustee: u8) -> Result<String> {
    let audit = audited(town)?;
    let board = audit.board().context("the board does not pass")?;
    let share = KeyShare::recover(&Secret::from_words(words)?, board, trustee)?;
    let mut partial: Partial =
        share.decrypt(board.count(TallyKind::Vote).context("no sums")?)?.into_content();
    let group = partial.groups.first_mut().context("no group")?;
    let factor = group.factors.first_mut().context("no factor")?;
    *factor = veche_crypto::group::Point::new(factor.inner() + factor.inner())?;
    let token = town.town.trustee_token(trustee)?;
    let genesis = board.genesis().context("no board")?.hash();
    let key = veche_tests::small::communication_key(&Secret::from_words(words)?, &genesis, trustee)?;
    let fingerprint = board.election().context("no election")?.fingerprint();
    let message = Entry::from(Signed::new(partial, &key, &fingerprint)?).to_bytes();
    let answer =
        town.town.ballot_box.http().post("/v1/entries", Some(&token), "application/octet-stream", &message);
    Ok(format!("{:#}", answer.err().context("a false part was taken")?))
}

/// Verifies the record with both verifiers, and gives the result.
fn finish(town: &TestTown) -> Result<Value> {
    town.town.verify(&town.town.record())?;
    let saved = town.town.save()?;
    town.town.verify(&saved.to_string_lossy())?;
    let mut python = Command::new("python3");
    python
        .arg(root().join("tests/interop/verify.py"))
        .arg(&saved)
        .args(["--election", &town.town.fingerprint]);
    let said = veche_xtask::process::read(&mut python).context("the Python verifier does not pass it")?;
    ensure!(!said.is_empty(), "the Python verifier says nothing");
    Ok(serde_json::from_slice(&std::fs::read(saved.join("result.json"))?)?)
}

/// A trustee's messages as somebody makes them who writes their own program.
struct Villain {
    secret: Secret,
    trustee: u8,
}

impl Villain {
    /// Does what comes next, as the honest program would; of shares, the first one for everyone is false.
    fn next(&self, town: &TestTown, false_shares: bool) -> Result<()> {
        let audit = audited(town)?;
        let board = audit.board().context("the board does not pass")?;
        let ceremony = board.ceremony().context("no board")?;
        let mut kept = Kept::new(board, &self.secret, self.trustee)?;
        if ceremony.commitments(self.trustee).is_some() {
            // Its own device's memory, which this program does not have.
            let mut remembered: Value = serde_json::from_str(&kept.to_json()?)?;
            remembered
                .as_object_mut()
                .context("no object")?
                .insert("committed".into(), json!([ceremony.attempt()]));
            kept = Kept::from_json(remembered.to_string().as_bytes())?;
        }
        let shown = Shown::unsigned(board)?;
        let Step::Act(action) = next_step(&shown, &self.secret, &kept, now())? else {
            anyhow::bail!("nothing to do")
        };
        let mut message = action.message;
        if false_shares {
            let Entry::Ceremony(Ceremony::Shares(honest)) = Entry::parse(&message)? else {
                anyhow::bail!("these are no shares")
            };
            let mut shares = honest.into_content();
            for pieces in &mut shares.encrypted {
                *pieces.first_mut().context("no slot")? += Scalar::ONE;
            }
            let (genesis, attempt) = (ceremony.genesis(), [ceremony.attempt()]);
            let fields: [&[u8]; 4] = [self.secret.bytes(), genesis.as_bytes(), &attempt, &[self.trustee]];
            let key = SecretKey::new(scalar("trustee-communication", &fields))?;
            message = Entry::from(Signed::new(shares, &key, &genesis)?).to_bytes();
        }
        let token = town.town.trustee_token(self.trustee)?;
        let http = town.town.ballot_box.http();
        http.post("/v1/entries", Some(&token), "application/octet-stream", &message).map(drop)
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: `cargo xtask test --all` does it"]
async fn a_false_piece_is_shown_to_everyone_and_its_dealer_is_named() -> Result<()> {
    let mut manifest = town::manifest()?;
    manifest
        .as_object_mut()
        .context("no object")?
        .insert("trustees".into(), json!({ "count": 2, "threshold": 2 }));
    let town = town::found(&manifest)?;
    let wire = Wire::to(town.town.ballot_box.port()).await?;
    let driver = Driver::start()?;
    let villain =
        Villain { secret: Secret::from_bytes(&veche_tests::small::bytes32("villain", 2)), trustee: 2 };

    let honest = desk(&driver, &wire, &town, 1).await?;
    let words = honest.make().await?;
    honest.answer(&words).await?;
    honest.act("Put your part on the board").await?;
    villain.next(&town, false)?;
    honest.act("Hand out the pieces").await?;
    villain.next(&town, true)?;

    honest.sees("Trustee 2 has handed you a false piece").await?;
    honest.browser.fits().await?;
    honest.browser.look("trustee-12-false-piece").await?;
    honest.act("Trustee 2 has handed you a false piece").await?;
    honest.sees("The ceremony begins anew").await?;
    honest.browser.says("It is proven that trustee 2 has handed out a false piece").await?;
    honest.browser.look("trustee-13-anew").await?;
    let audit = audited(&town)?;
    let verdicts = audit.board().and_then(|board| board.ceremony()).context("no board")?.verdicts().to_vec();
    assert_eq!(
        verdicts.iter().map(|verdict| (verdict.complainer, verdict.culprit())).collect::<Vec<_>>(),
        [(1, 2)]
    );

    // The next attempt goes on with the same words, and an honest second trustee.
    town.town.organiser("restart")?;
    honest.act("Put your part on the board").await?;
    villain.next(&town, false)?;
    honest.act("Hand out the pieces").await?;
    villain.next(&town, false)?;
    honest.sees("Compare, then confirm").await?;

    // A pass that is nobody's, and a number that is nobody's.
    let stranger = Desk::enter(driver.open().await?, &page(&wire), 2, "nobodys-pass").await?;
    let secret = villain.secret.words();
    stranger.come_back(&secret).await?;
    stranger.browser.click("veche-trustee-desk label.row-choice").await?;
    stranger.act("Compare, then confirm").await?;
    stranger.browser.says("The voting server does not know this pass").await?;
    let nobody = Desk::enter(driver.open().await?, &page(&wire), 3, "a-pass").await?;
    nobody.browser.says("This vote has no trustee with that number").await?;
    nobody.browser.fits().await?;
    nobody.browser.look("trustee-0-invite").await
}

/// This machine's time, in seconds since 1970.
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
