//! A ballot looked up by somebody else, on another device: with the QR code, the saved receipt and the code, at the
//! ballot box and on a plain copy of the record, honest and forged.

use anyhow::{Context, Result, ensure};
use fantoccini::Locator;
use serde_json::{Value, json};
use std::path::Path;
use veche_board::{LogKey, decode_bundle};
use veche_cli::folder::{Folder, RecordWriter};
use veche_record::{Entry, EntryKind};
use veche_tests::booth::Booth;
use veche_tests::browser::{Browser, Driver};
use veche_tests::town::{self, SUBFOLDER, TestTown};

const PHONE: &str = "+447700900123";

/// What the camera of another device reads off this one's screen.
fn scan(picture: &[u8]) -> Result<String> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("a picture without end")?];
    let frame = reader.next_frame(&mut pixels)?;
    let (width, height, samples) = (frame.width as usize, frame.height as usize, frame.color_type.samples());
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        pixels.get((y * width + x) * samples).copied().unwrap_or(u8::MAX)
    });
    let grids = image.detect_grids();
    let grid = grids.first().context("the decoder finds no QR code")?;
    Ok(grid.decode()?.1)
}

/// Scans the receipt's QR code as it is shown.
async fn scan_receipt(browser: &Browser) -> Result<String> {
    let code = browser.see(".receipt-qr svg").await?;
    browser
        .run("arguments[0].scrollIntoView({ block: 'center' })", vec![serde_json::to_value(&code)?])
        .await?;
    let picture = browser.client().screenshot().await?;
    std::fs::write(veche_tests::browser::artefacts().join("find-scanned.png"), &picture)?;
    scan(&picture)
}

/// Saves the receipt as the voter does, and returns the file.
async fn saved(browser: &Browser, button: &str) -> Result<Value> {
    let listen = "const real = URL.createObjectURL;
        window.saved = null;
        URL.createObjectURL = (blob) => { void blob.text().then((text) => { window.saved = text; }); return real(blob); };";
    browser.run(listen, vec![]).await?;
    browser.click(button).await?;
    for _ in 0..100 {
        if let Some(text) = browser.run("return window.saved", vec![]).await?.as_str() {
            return Ok(serde_json::from_str(text)?);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    anyhow::bail!("nothing was saved")
}

async fn choose_file(browser: &Browser, folder: &Path, file: &Value) -> Result<()> {
    let path = folder.join("receipt.json");
    std::fs::write(&path, format!("{file:#}\n"))?;
    let input = browser.client().find(Locator::Css("veche-find input[type=file]")).await?;
    Ok(input.send_keys(&path.to_string_lossy()).await?)
}

async fn type_code(browser: &Browser, code: &str) -> Result<()> {
    browser.fill("veche-find input[name=code]", code).await?;
    browser.click("veche-find form button.primary").await
}

/// Opens a page of the site anew: another address of the same page alone would not load it.
async fn open(browser: &Browser, address: &str) -> Result<()> {
    browser.goto("about:blank").await?;
    browser.goto(address).await
}

async fn vote(town: &TestTown, voter: &Booth, option: &str) -> Result<String> {
    voter.tick(option).await?;
    voter.next().await?;
    let code = voter.seal().await?;
    voter.cast(&code).await?;
    ensure!(town.page().starts_with("http"), "a town has a page");
    Ok(code)
}

/// The entries of a saved record of at most one bundle.
fn entries(record: &Path) -> Result<Vec<Vec<u8>>> {
    let note = std::fs::read_to_string(record.join("checkpoint"))?;
    let size: usize = note.lines().nth(1).context("no size")?.parse()?;
    let bundle = std::fs::read(record.join(format!("tile/entries/000.p/{size}")))?;
    Ok(decode_bundle(&bundle, size)?.into_iter().map(<[u8]>::to_vec).collect())
}

/// Publishes other entries in a record's place, under a checkpoint that the box's own key signs.
fn forge(town: &TestTown, entries: &[Vec<u8>], manifest: &[u8], out: &Path) -> Result<()> {
    let seed = veche_server::seed(&town.town.folder.join("box"), veche_server::KeyName::Log)?;
    let key = LogKey::from_seed(&*seed.context("no log key")?);
    let Entry::Genesis(genesis) = Entry::parse(entries.first().context("no entry")?)? else {
        anyhow::bail!("no genesis")
    };
    let _ = std::fs::remove_dir_all(out);
    let mut writer = RecordWriter::new(Folder::create(out)?, manifest)?;
    for entry in entries {
        writer.push(entry.clone())?;
    }
    writer.finish(genesis.origin, &key, None)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_22_a_ballot_is_found_on_another_device_and_missed_when_it_was_taken_away() -> Result<()> {
    let town = town::open(&town::manifest()?)?;
    let scratch = tempfile::tempdir()?;
    let driver = Driver::start()?;
    let voter = Booth::enter(driver.open().await?, &town.page()).await?;
    voter.sign_in(&town.town.ballot_box, PHONE).await?;
    voter.live_in("south").await?;
    let code = vote(&town, &voter, "lawn").await?;

    // The QR code, on a small screen, a large one and on paper.
    let link = voter.browser.see(".receipt-qr a").await?.attr("href").await?.context("no link")?;
    assert!(link.starts_with(&format!("{}#find=", town.page())), "{link}");
    for width in [360, 1280] {
        voter.browser.width(width).await?;
        assert_eq!(scan_receipt(&voter.browser).await?, link, "at {width} px");
    }
    voter.browser.look("find-0-receipt").await?;
    voter.browser.dark(true).await?;
    assert_eq!(scan_receipt(&voter.browser).await?, link, "on a dark screen");
    voter.browser.dark(false).await?;
    // A printer has at least three dots where a plain screen has one.
    voter.browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
    let paper = json!({ "width": 720, "height": 900, "deviceScaleFactor": 3, "mobile": false });
    voter.browser.devtools("Emulation.setDeviceMetricsOverride", paper).await?;
    assert_eq!(scan_receipt(&voter.browser).await?, link, "on paper");
    voter.browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await?;
    voter.browser.width(360).await?;
    let receipt = saved(&voter.browser, "veche-receipt button.primary").await?;

    // Another device, at the ballot box.
    let other = driver.open().await?;
    open(&other, &link).await?;
    other.says("Your ballot is in the public list").await?;
    other.says("No later ballot stands in its place").await?;
    other.look("find-1-recorded").await?;
    other.fits().await?;
    open(&other, &format!("{}#find", town.page())).await?;
    other.see("veche-find form").await?;
    other.look("find-2-empty").await?;
    type_code(&other, &code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "i")).await?;
    other.says("Your ballot is in the public list").await?;
    type_code(&other, &code[..23]).await?;
    other.says("A confirmation code has 20 letters and digits").await?;
    other.look("find-3-mistyped").await?;
    let last = if code.ends_with('0') { "1" } else { "0" };
    type_code(&other, &format!("{}{last}", &code[..23])).await?;
    other.says("No ballot with this code").await?;
    other.look("find-4-none").await?;
    choose_file(&other, scratch.path(), &receipt).await?;
    other.says("Your ballot is in the public list").await?;

    // The voter votes again. What another device showed before is what it then says of the first ballot.
    voter.return_to_start().await?;
    voter.browser.click("veche-welcome a[href='#choose']").await?;
    let second = vote(&town, &voter, "market").await?;
    open(&other, &link).await?;
    other.says("Replaced by a later ballot").await?;
    other.says("somebody else did it in your name").await?;
    other.look("find-5-replaced").await?;
    type_code(&other, &second).await?;
    other.says("Your ballot is in the public list").await?;

    // A plain copy, which is all that is left: no ballot box answers at the address that the site names.
    let host = scratch.path().join("host");
    let record = host.join("record");
    std::fs::create_dir_all(&host)?;
    std::fs::rename(town.town.save_as("shown")?, &record)?;
    let files = town.publish_copy(&host, "../../record/")?;
    let address = format!("{}/{SUBFOLDER}/", files.address);
    let copied = link.replace(&town.page(), &address);
    open(&other, &copied).await?;
    other.says("Replaced by a later ballot").await?;
    type_code(&other, &second).await?;
    other.says("Your ballot is in the public list").await?;

    // Receipts that are none, or of another vote.
    let mut stranger = receipt.clone();
    stranger["election"] = json!("0".repeat(64));
    choose_file(&other, scratch.path(), &stranger).await?;
    other.says("A receipt of another vote").await?;
    let mut changed = receipt.clone();
    changed["receipt"]["index"] = json!(1);
    changed["index"] = json!(1);
    choose_file(&other, scratch.path(), &changed).await?;
    other.says("This receipt does not hold").await?;
    other.look("find-6-wrong").await?;
    open(&other, &copied[..copied.len() - 9]).await?;
    other.says("This is not a receipt").await?;

    // A record that was cut short, and one without the ballot, both signed by the box's own key.
    let manifest = std::fs::read(record.join("manifest.json"))?;
    let honest = entries(&record)?;
    let ballot = honest
        .iter()
        .position(|entry| EntryKind::of(entry) == Some(EntryKind::Ballot))
        .context("the record has no ballot")?;
    forge(&town, &honest[..ballot], &manifest, &record)?;
    open(&other, &copied).await?;
    other.says("Not in this copy of the public list").await?;
    other.look("find-7-older").await?;
    let mut robbed = honest.clone();
    robbed.remove(ballot);
    forge(&town, &robbed, &manifest, &record)?;
    open(&other, &copied).await?;
    other.says("Missing from the public list").await?;
    other.look("find-8-missing").await?;
    let evidence = saved(&other, "veche-ballot-answer button.primary").await?;
    assert_eq!(evidence["standing"], "missing");
    assert_eq!(evidence["receipt"]["checkpoint"], receipt["receipt"]["checkpoint"]);
    assert_eq!(
        evidence["record"]["checkpoint"].as_str().map(str::as_bytes),
        Some(std::fs::read(record.join("checkpoint"))?.as_slice())
    );
    // Dropped onto the page, the file says the same.
    let drop = "const transfer = new DataTransfer();
        transfer.items.add(new File([arguments[0]], 'receipt.json', { type: 'application/json' }));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));";
    open(&other, &format!("{address}#find")).await?;
    other.see("veche-find form").await?;
    other.run(drop, vec![json!(receipt.to_string())]).await?;
    other.says("Missing from the public list").await?;

    // Tiles that are not what the checkpoint signs say nothing about a ballot.
    let tile = record.join(format!("tile/0/000.p/{}", robbed.len()));
    let mut bytes = std::fs::read(&tile)?;
    bytes[0] ^= 1;
    std::fs::write(&tile, bytes)?;
    // The browser was told that a tile never changes.
    other.devtools("Network.clearBrowserCache", json!({})).await?;
    open(&other, &copied).await?;
    other.says("The public list cannot be used").await?;

    // Without the record the receipt still holds, on a device that has opened the vote before.
    std::fs::remove_dir_all(&record)?;
    open(&other, &copied).await?;
    other.says("The receipt holds").await?;
    other.says("So it was not looked up").await?;
    other.look("find-9-offline").await?;
    let fresh = driver.open().await?;
    open(&fresh, &copied).await?;
    fresh.says("does not know the voting server’s key").await?;
    Ok(())
}
