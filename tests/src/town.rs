//! Small elections for the browser tests, on the real server, database and site.

use crate::host::Host;
use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use veche_record::manifest::Timestamp;
use veche_site::Pin;
use veche_xtask::ballot_box::{BallotBox, free_port};
use veche_xtask::demo::Town;
use veche_xtask::process::read;
use veche_xtask::site::{self, Bundled, Dist};
use veche_xtask::workspace::{Programs, programs};

/// The site is served from a folder of the host and not from its top, as many towns will.
pub const SUBFOLDER: &str = "town/vote";

/// A running election and its temporary folder, both gone when dropped.
#[derive(Debug)]
pub struct TestTown {
    /// The election.
    pub town: Town,
    /// The folder that the site's host serves.
    pub host: PathBuf,
    /// The host's address.
    address: String,
    _apart: Option<Host>,
    // Behind `town`: the server must stop before its folder goes.
    _folder: tempfile::TempDir,
}

/// Builds an election from a manifest and serves its site from the ballot box.
///
/// # Errors
/// When a step fails; the sentence says which.
pub fn open(manifest: &Value) -> Result<TestTown> {
    open_with(manifest, |_| ())
}

/// The same, with a say in what the site is pinned to.
///
/// # Errors
/// When a step fails; the sentence says which.
pub fn open_with(manifest: &Value, change: impl FnOnce(&mut Pin)) -> Result<TestTown> {
    let folder = tempfile::tempdir()?;
    let mut town = create(folder.path(), manifest)?;
    let mut pin = pinned(&town)?;
    change(&mut pin);
    let host = folder.path().join("host");
    publish(&pin, &host.join(SUBFOLDER))?;
    welcome(&host)?;
    town.serve(&["--site".as_ref(), host.as_ref()])?;
    let address = town.ballot_box.http().address().to_owned();
    Ok(TestTown { town, host, address, _apart: None, _folder: folder })
}

/// The same with the site in the top folder of its host, for a portal to show inside its pages.
///
/// # Errors
/// When a step fails; the sentence says which.
pub fn open_embedded(manifest: &Value, portal: &str, options: &[&OsStr]) -> Result<TestTown> {
    let folder = tempfile::tempdir()?;
    let mut town = create(folder.path(), manifest)?;
    let pin = Pin { ballot_box: "./".into(), embed_origins: vec![portal.to_owned()], ..pinned(&town)? };
    let host = folder.path().join("host");
    publish(&pin, &host)?;
    let own: [&OsStr; 4] = ["--site".as_ref(), host.as_ref(), "--allow-origin".as_ref(), portal.as_ref()];
    town.serve(&[&own, options].concat())?;
    let address = town.ballot_box.http().address().to_owned();
    Ok(TestTown { town, host, address, _apart: None, _folder: folder })
}

/// What the site of a town is pinned to, in its usual folder.
///
/// # Errors
/// When the ballot box does not answer.
pub fn pinned(town: &Town) -> Result<Pin> {
    Ok(Pin {
        fingerprint: Some(town.fingerprint.clone()),
        card: Some(site::card(town.ballot_box.http(), &town.fingerprint)?),
        ballot_box: "../../".into(),
        registrar: None,
        record: None,
        accent: None,
        embed_origins: Vec::new(),
    })
}

/// The same with the site on a host of its own, as on a CDN: the pages call the ballot box across origins.
///
/// # Errors
/// When a step fails; the sentence says which.
pub fn open_apart(manifest: &Value) -> Result<TestTown> {
    let folder = tempfile::tempdir()?;
    let mut town = create(folder.path(), manifest)?;
    let ballot_box = format!("{}/", town.ballot_box.http().address());
    // Without the card, so that this page asks the box for it.
    let pin = Pin {
        fingerprint: Some(town.fingerprint.clone()),
        card: None,
        ballot_box,
        registrar: None,
        record: None,
        accent: None,
        embed_origins: Vec::new(),
    };
    let host = folder.path().join("host");
    publish(&pin, &host.join(SUBFOLDER))?;
    let apart = Host::of(&host)?;
    let address = apart.address.clone();
    town.serve(&["--allow-origin".as_ref(), address.as_ref()])?;
    Ok(TestTown { town, host, address, _apart: Some(apart), _folder: folder })
}

/// A ballot box whose trustees have not done anything yet, with the site that serves them.
///
/// # Errors
/// When a step fails; the sentence says which.
pub fn found(manifest: &Value) -> Result<TestTown> {
    found_with(manifest, &[])
}

/// The same, with options of `veche-server init`.
///
/// # Errors
/// When a step fails; the sentence says which.
pub fn found_with(manifest: &Value, init: &[&OsStr]) -> Result<TestTown> {
    found_from(format!("{manifest:#}\n").as_bytes(), init)
}

/// The same of a manifest as it lies on a disk.
///
/// # Errors
/// When a step fails; the sentence says which.
pub fn found_from(manifest: &[u8], init: &[&OsStr]) -> Result<TestTown> {
    let folder = tempfile::tempdir()?;
    let mut town = Town::found(built()?.clone(), &folder.path().join("town"), manifest, free_port()?, init)?;
    let host = folder.path().join("host");
    publish(
        &Pin {
            fingerprint: None,
            ballot_box: "../../".into(),
            registrar: None,
            record: None,
            accent: None,
            embed_origins: Vec::new(),
            card: None,
        },
        &host.join(SUBFOLDER),
    )?;
    welcome(&host)?;
    town.serve(&["--site".as_ref(), host.as_ref()])?;
    let address = town.ballot_box.http().address().to_owned();
    Ok(TestTown { town, host, address, _apart: None, _folder: folder })
}

/// Ballot box, registrar and site are three hosts: the pages call both servers across origins. Gives the registrar's
/// server, too, which sends the codes.
///
/// # Errors
/// When a step fails; the sentence says which.
pub fn open_with_registrar(manifest: &Value) -> Result<(TestTown, BallotBox)> {
    let folder = tempfile::tempdir()?;
    let bytes = format!("{manifest:#}\n").into_bytes();
    let (data, file) = (folder.path().join("people"), folder.path().join("manifest.json"));
    std::fs::write(&file, &bytes)?;
    let programs = built()?.clone();
    let mut init = Command::new(&programs.server);
    init.args(["init", "--role", "registrar", "--data"]).arg(&data).arg("--manifest").arg(&file);
    let said = read(&mut init)?;
    let key = said.lines().find_map(|line| line.strip_prefix("Its public key: ")).context("no public key")?;
    let init = ["--role", "box", "--registrar-key", key].map(OsStr::new);
    let town = Town::found(programs, &folder.path().join("town"), &bytes, free_port()?, &init)?;
    let mut town = town.opened()?;

    let at = town.ballot_box.http().address().to_owned();
    let (host, people) = (folder.path().join("host"), free_port()?);
    let pin = Pin {
        fingerprint: Some(town.fingerprint.clone()),
        card: Some(site::card(town.ballot_box.http(), &town.fingerprint)?),
        ballot_box: format!("{at}/"),
        registrar: Some(format!("http://127.0.0.1:{people}/")),
        record: None,
        accent: None,
        embed_origins: Vec::new(),
    };
    publish(&pin, &host.join(SUBFOLDER))?;
    let apart = Host::of(&host)?;
    let address = apart.address.clone();
    town.serve(&["--role", "box", "--allow-origin", &address].map(OsStr::new))?;
    let options =
        ["--role", "registrar", "--box", &at, "--election", &town.fingerprint, "--allow-origin", &address];
    let registrar = BallotBox::start(&town.programs.server, &data, people, &options.map(OsStr::new))?;
    Ok((TestTown { town, host, address, _apart: Some(apart), _folder: folder }, registrar))
}

fn create(folder: &Path, manifest: &Value) -> Result<Town> {
    let bytes = format!("{manifest:#}\n").into_bytes();
    Town::create(built()?.clone(), &folder.join("town"), &bytes, free_port()?)
}

/// The host's own page.
fn welcome(host: &Path) -> Result<()> {
    let page = format!("<!doctype html><a href='{SUBFOLDER}/'>Vote</a>");
    Ok(std::fs::write(host.join("index.html"), page)?)
}

/// The module that a page of a site begins with.
///
/// # Errors
/// When the page names none.
pub fn entry(site: &Path) -> Result<PathBuf> {
    let page = std::fs::read_to_string(site.join("index.html"))?;
    let address =
        page.split_once("<script type=\"module\" src=\"").and_then(|(_, rest)| rest.split_once('"'));
    Ok(site.join(address.context("index.html begins with no module")?.0.trim_start_matches("./")))
}

/// Replaces a published file, and takes away the compressed forms of the one before.
///
/// # Errors
/// When it cannot be written.
pub fn rewrite(file: &Path, bytes: &[u8]) -> Result<()> {
    for form in ["br", "gz"] {
        let mut packed = file.as_os_str().to_owned();
        packed.push(format!(".{form}"));
        if Path::new(&packed).exists() {
            std::fs::remove_file(packed)?;
        }
    }
    Ok(std::fs::write(file, bytes)?)
}

/// Publishes the site into a folder.
///
/// # Errors
/// When it is not built, or cannot be written.
pub fn publish(pin: &Pin, site: &Path) -> Result<()> {
    std::fs::create_dir_all(site)?;
    Ok(veche_site::pin(&Dist::lock()?.folder, pin, site)?)
}

impl TestTown {
    /// Where voters go.
    #[must_use]
    pub fn page(&self) -> String {
        self.page_in(SUBFOLDER)
    }

    /// The host's own page.
    #[must_use]
    pub fn top(&self) -> String {
        format!("{}/", self.address)
    }

    /// Where the page of another folder of the host is.
    #[must_use]
    pub fn page_in(&self, folder: &str) -> String {
        format!("{}/{folder}/", self.address)
    }

    /// What opens the organiser's routes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn organiser_token(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.town.folder.join("box/organiser-token"))?.trim().to_owned())
    }

    /// The site's files.
    #[must_use]
    pub fn site(&self) -> PathBuf {
        self.host.join(SUBFOLDER)
    }

    /// Publishes the site anew, pinned to a fingerprint, where it was.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn publish(&self, fingerprint: Option<String>) -> Result<()> {
        publish(
            &Pin {
                fingerprint,
                ballot_box: "../../".into(),
                registrar: None,
                record: None,
                accent: None,
                embed_origins: Vec::new(),
                card: None,
            },
            &self.site(),
        )
    }

    /// Publishes the site on a host of its own that has only files, the record among them, and names a ballot box that
    /// does not answer.
    ///
    /// # Errors
    /// When it cannot be written or served.
    pub fn publish_copy(&self, host: &Path, record: &str) -> Result<Host> {
        let pin = Pin {
            fingerprint: Some(self.town.fingerprint.clone()),
            ballot_box: "http://127.0.0.1:9/".into(),
            registrar: None,
            record: Some(record.into()),
            accent: None,
            embed_origins: Vec::new(),
            card: None,
        };
        publish(&pin, &host.join(SUBFOLDER))?;
        Host::of(host)
    }

    /// Waits until the ballot box sends the same phone another code.
    pub async fn wait_for_resend(&self) {
        tokio::time::sleep(std::time::Duration::from_secs(31)).await;
    }

    /// Closes, has the trustees decrypt, verifies the record as published and as saved, and returns the result.
    ///
    /// # Errors
    /// When any of it fails.
    pub fn count(&self) -> Result<Value> {
        self.town.close()?;
        self.town.decrypt_all()?;
        self.town.verify(&self.town.record())?;
        let saved = self.town.save()?;
        self.town.verify(&saved.to_string_lossy())?;
        Ok(serde_json::from_slice(&std::fs::read(saved.join("result.json"))?)?)
    }
}

/// The total of one option in a result.
///
/// # Errors
/// When the result has no such option.
pub fn total(result: &Value, contest: &str, option: &str) -> Result<u64> {
    let find = |list: Option<&Value>, id: &str| {
        list.and_then(Value::as_array)?
            .iter()
            .find(|item| item.get("id").is_some_and(|found| found == id))
            .cloned()
    };
    find(result.get("contests"), contest)
        .and_then(|contest| find(contest.get("options"), option))
        .and_then(|option| option.get("total")?.as_u64())
        .with_context(|| format!("the result names no total of {option} in {contest}"))
}

/// Builds programs and site, once in each test program. What does not build fails every test that needs it.
///
/// # Errors
/// When they do not build.
pub fn built() -> Result<&'static Programs> {
    static BUILT: OnceLock<Result<Programs, String>> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            site::build(Bundled::Always).and_then(|_| programs()).map_err(|problem| format!("{problem:#}"))
        })
        .as_ref()
        .map_err(|problem| anyhow!("{problem}"))
}

/// One district whose ballot has a contest under each kind of rule, each with a blank vote where the rule allows one.
///
/// # Errors
/// When the machine's clock is wrong.
pub fn every_rule() -> Result<Value> {
    let mut manifest = manifest()?;
    let options = || {
        let option = |id: &str, name: &str, place: &str, cost: u64| json!({ "id": id, "name": { "en": name }, "text": { "en": format!("What it would be: {name}.") }, "cost": cost, "place": place });
        json!([
            option("well", "A well with a roof", "Old market", 20_000),
            option("swing", "Swings for small children and for large ones too", "Mill Lane", 15_000),
            option("trees", "Forty trees", "Station Road, from the bridge to the school", 35_000),
            option("lamps", "New lamps", "Lower town", 40_000),
            option("bench", "A bench", "Hill", 1_000),
        ])
    };
    let contest = |id: &str, title: &str, rule: Value| json!({ "id": id, "title": { "en": title }, "currency": "€", "report_by": "contest", "rule": rule, "funding": {"method": "none"}, "options": options() });
    let contests = [
        contest(
            "budget",
            "Spend the town's budget",
            json!({ "type": "knapsack", "budget": 80_000, "min": 1, "max": 4, "blank": true }),
        ),
        contest(
            "points",
            "Points for projects",
            json!({ "type": "cumulative", "points": 6, "min_points": 1, "max_per_option": 3, "blank": true }),
        ),
        contest(
            "order",
            "Your favourites",
            json!({ "type": "ranked", "places": 3, "min": 1, "scores": [5, 3, 1], "blank": true }),
        ),
        contest(
            "credits",
            "How strongly you feel",
            json!({ "type": "quadratic", "credits": 12, "min_credits": 1, "blank": true }),
        ),
        contest(
            "picks",
            "What should come first",
            json!({ "type": "approval", "min": 1, "max": 2, "blank": true }),
        ),
    ];
    let ids: Vec<_> = contests.iter().filter_map(|contest| contest.get("id")).cloned().collect();
    for (key, value) in [
        (
            "styles",
            json!([{ "id": "town", "title": { "en": "The town" }, "contests": ids, "electorate": 1000 }]),
        ),
        ("contests", contests.into_iter().collect()),
    ] {
        manifest.as_object_mut().context("the manifest is no object")?.insert(key.into(), value);
    }
    Ok(manifest)
}

/// Three districts, a contest each; who lives in the north may add one of the other two.
///
/// # Errors
/// When the machine's clock is wrong.
pub fn one_other() -> Result<Value> {
    let mut manifest = manifest()?;
    let options = |ids: [&str; 3]| -> Value {
        ids.iter().map(|id| json!({ "id": id, "name": { "en": format!("The {id}") } })).collect()
    };
    let contest = |id: &str, rule: Value, ids: [&str; 3]| {
        let title = format!("Projects of the {id}");
        json!({ "id": id, "title": { "en": title }, "report_by": "contest", "rule": rule, "funding": {"method": "none"}, "options": options(ids) })
    };
    let style = |id: &str| json!({ "id": id, "title": { "en": format!("The {id}") }, "contests": [id], "electorate": 1000 });
    let mut north = style("north");
    let object = |value: &mut Value, key: &str, new: Value| {
        value.as_object_mut().context("no object").map(|object| object.insert(key.into(), new)).map(drop)
    };
    object(&mut north, "plus_one_of", json!(["south", "east"]))?;
    let contests = json!([
        contest(
            "north",
            json!({ "type": "approval", "min": 1, "max": 2, "blank": false }),
            ["well", "swing", "trees"]
        ),
        contest(
            "south",
            json!({ "type": "cumulative", "points": 4, "min_points": 1, "max_per_option": 3, "blank": false }),
            ["lawn", "market", "fountain"]
        ),
        contest(
            "east",
            json!({ "type": "ranked", "places": 2, "min": 1, "scores": [2, 1], "blank": false }),
            ["bridge", "path", "gate"]
        ),
    ]);
    object(&mut manifest, "contests", contests)?;
    object(&mut manifest, "styles", json!([north, style("south"), style("east")]))?;
    Ok(manifest)
}

/// The number of blank votes in a contest of a result.
///
/// # Errors
/// When the result has none.
pub fn blanks(result: &Value, contest: &str) -> Result<u64> {
    let contests = result.get("contests").and_then(Value::as_array).context("the result has no contests")?;
    let found = contests.iter().find(|one| one.get("id").is_some_and(|id| id == contest));
    found
        .and_then(|contest| contest.get("blank")?.as_u64())
        .with_context(|| format!("{contest} counts no blank votes"))
}

/// The ballot of the city of Łódź of 2022: 160 projects, of which a voter picks up to five. Open for registration.
/// Nothing, and a line that says so, where `VECHE_PABULIB` does not say where it is.
///
/// # Errors
/// When it is not there, or cannot be imported.
pub fn city() -> Result<Option<Value>> {
    let Some(files) = std::env::var_os("VECHE_PABULIB").map(PathBuf::from) else {
        println!("not run: VECHE_PABULIB does not say where the city's ballot is");
        return Ok(None);
    };
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("manifest.json");
    let mut import = Command::new(&built()?.veche);
    import.arg("import").arg(files.join("lodz-2022/poland_lodz_2022_.pb")).arg("--out").arg(&out);
    read(import.args(["--registration", "open", "--time-zone", "Europe/Warsaw"]))?;
    let mut manifest: Value = serde_json::from_slice(&std::fs::read(&out)?)?;
    let object = manifest.as_object_mut().context("the manifest is no object")?;
    for (key, value) in self::manifest()?.as_object().into_iter().flatten() {
        // It is held today.
        if ["opens", "closes", "early_close"].contains(&key.as_str()) {
            object.insert(key.clone(), value.clone());
        }
    }
    Ok(Some(manifest))
}

/// Says every text that a manifest has in English in another language, too, with the same words.
pub fn say_in(value: &mut Value, language: &str) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(words)) = map.get("en").cloned() {
                map.insert(language.to_owned(), Value::String(words));
            }
            map.values_mut().for_each(|value| say_in(value, language));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| say_in(value, language)),
        _ => {}
    }
}

/// Two districts; in the north two contests, one of several picks and one of a single pick. Open for registration, so
/// that any phone number may vote.
///
/// # Errors
/// When the machine's clock is wrong.
pub fn manifest() -> Result<Value> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let time = |seconds| {
        Timestamp::from_unix(seconds).context("this machine's clock is wrong").map(|time| time.to_string())
    };
    let option = |id: &str, name: &str, cost: u64| json!({ "id": id, "name": { "en": name }, "text": { "en": format!("What {name} would be.") }, "cost": cost, "place": "By the old mill" });
    let style = |id: &str, name: &str, contests: &[&str]| json!({ "id": id, "title": { "en": name }, "contests": contests, "electorate": 1000 });
    Ok(json!({
        "veche": 1,
        "phase": "election",
        "languages": ["en"],
        "title": { "en": "Mirogrod decides" },
        "text": { "en": "A made-up town for tests." },
        "opens": time(now)?,
        "closes": time(now + 24 * 3600)?,
        "time_zone": "UTC",
        "early_close": true,
        "contests": [
            {
                "id": "projects", "title": { "en": "Projects of the north" }, "budget": 90000, "currency": "€",
                "report_by": "contest", "rule": { "type": "approval", "min": 1, "max": 2, "blank": true }, "funding": {"method": "greedy", "unaffordable": "skip", "minimum_votes": 1, "ties": "cheaper", "exclusive": []},
                "options": [
                    option("well", "A well", 20000), option("swing", "A swing", 5000),
                    option("trees", "Forty trees", 15000), option("lamps", "New lamps", 30000), option("bench", "A bench", 1000),
                ],
            },
            {
                "id": "square", "title": { "en": "The square" },
                "report_by": "contest", "rule": { "type": "approval", "min": 1, "max": 1, "blank": false }, "funding": {"method": "none"},
                "options": [option("lawn", "A lawn", 9000), option("market", "A market", 40000), option("fountain", "A fountain", 70000)],
            },
        ],
        "styles": [style("north", "The north", &["projects", "square"]), style("south", "The south", &["square"])],
        "routes": [{ "id": "sms", "title": { "en": "By SMS" }, "entered": false }],
        "trustees": { "count": 3, "threshold": 2 },
        "minimum_group": 1,
        "revote": true,
        "registration": "open",
    }))
}
