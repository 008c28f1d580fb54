//! The made-up town: its voters registered and their ballots sealed, kept for the next run.

use crate::ballot_box::{BallotBox, Http, free_port};
use crate::demo::Town;
use crate::process::say;
use crate::voters::{Voter, open_election};
use crate::workspace::Programs;
use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::json;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use veche_record::manifest::Timestamp;
use veche_record::{Election, Selection};

use super::measure;

/// Options of the only contest.
const OPTIONS: usize = 30;

/// Of these at most so many on one ballot.
const PICKS: usize = 5;

/// The only district.
const DISTRICT: &str = "town";

/// How voters are identified.
const ROUTE: &str = "portal";

/// The electorate says how many options share a slot, so it is the same however many vote.
const ELECTORATE: u32 = 200_000;

/// Voters who register at the same time.
const AT_ONCE: u32 = 64;

/// A vote that is open, with a sealed ballot of every voter.
pub(super) struct Prepared {
    pub fingerprint: String,
    pub pass_key: String,
    sealed: Vec<u8>,
    length: usize,
}

impl Prepared {
    /// The first ballots.
    pub fn ballots(&self, most: usize) -> Vec<&[u8]> {
        self.sealed.chunks_exact(self.length).take(most).collect()
    }
}

/// What is known of the prepared town, besides its ballots.
const NOTES: &str = "load.json";
const BALLOTS: &str = "ballots";

/// Takes over the town of an earlier run if it has as many ballots, or makes one.
pub(super) fn prepare(programs: &Programs, folder: &Path, ballots: u32, fresh: bool) -> Result<Prepared> {
    if !fresh
        && let Some(prepared) = read(folder)?
        && prepared.ballots(usize::MAX).len() >= ballots as usize
    {
        return Ok(prepared);
    }
    make(programs, folder, ballots, None)
}

/// Makes the town, with its board in the database at an address, or in its folder.
pub(super) fn make(
    programs: &Programs,
    folder: &Path,
    ballots: u32,
    database: Option<&str>,
) -> Result<Prepared> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    say("Founding the vote: keys of three trustees, a rehearsal, the opening.");
    let init: Vec<&OsStr> =
        database.into_iter().flat_map(|url| [OsStr::new("--database"), OsStr::new(url)]).collect();
    let town = Town::found(programs.clone(), folder, &manifest()?, free_port()?, &init)?.opened()?;
    let fingerprint = town.fingerprint.clone();
    drop(town);
    let portal = SigningKey::from_bytes(&random()?);
    let pass_key = hex::encode(portal.verifying_key().to_bytes());
    let options: [&OsStr; 2] = ["--pass-key".as_ref(), pass_key.as_ref()];
    let ballot_box = BallotBox::start(&programs.server, &folder.join("box"), free_port()?, &options)?;
    let election = open_election(ballot_box.http(), &fingerprint)?;
    say(&format!("Registering {ballots} voters, each with a pass, and sealing a ballot of each."));
    let before = measure::processor(ballot_box.process())?;
    let voters = register(ballot_box.http(), &election, &portal, ballots)?;
    let spent = measure::processor(ballot_box.process())?.saturating_sub(before);
    say(&format!(
        "A registration, from the pass to the credential: {} µs of the server's processor.",
        spent.as_micros() / u128::from(ballots)
    ));
    let (sealed, length) = seal(voters)?;
    fs::write(folder.join(BALLOTS), &sealed)?;
    let notes = json!({ "fingerprint": fingerprint, "pass_key": pass_key, "length": length });
    fs::write(folder.join(NOTES), notes.to_string())?;
    Ok(Prepared { fingerprint, pass_key, sealed, length })
}

/// The town of an earlier run, if it was finished.
fn read(folder: &Path) -> Result<Option<Prepared>> {
    let Ok(notes) = fs::read(folder.join(NOTES)) else { return Ok(None) };
    let notes: serde_json::Value = serde_json::from_slice(&notes)?;
    let text = |name: &str| notes.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let length = notes.get("length").and_then(serde_json::Value::as_u64);
    let (Some(fingerprint), Some(pass_key), Some(length)) = (text("fingerprint"), text("pass_key"), length)
    else {
        return Ok(None);
    };
    let sealed = fs::read(folder.join(BALLOTS))?;
    Ok(Some(Prepared { fingerprint, pass_key, sealed, length: usize::try_from(length)?.max(1) }))
}

/// Copies the folder of the prepared town's ballot box.
pub(super) fn copy_box(town: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    copy(&town.join("box"), to)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (entry, from) = entry.map(|entry| (entry.file_name(), entry.path()))?;
        if from.is_dir() {
            copy(&from, &to.join(entry))?
        } else {
            fs::copy(&from, to.join(entry)).map(drop)?
        }
    }
    Ok(())
}

fn register<'a>(
    ballot_box: &Http,
    election: &'a Election,
    portal: &SigningKey,
    voters: u32,
) -> Result<Vec<Voter<'a>>> {
    let (next, registered) = (AtomicU32::new(0), Mutex::new(Vec::new()));
    let some = || -> Result<()> {
        let http = Http::new(ballot_box.address());
        let mut mine = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= voters {
                break;
            }
            let pass = pass(portal, election, number)?;
            mine.push(Voter::enter_with_pass(&http, election, &pass, DISTRICT)?);
        }
        registered.lock().map_err(|_| anyhow::anyhow!("a voter panicked"))?.append(&mut mine);
        Ok(())
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(some)).collect();
        all.into_iter().try_for_each(|one| one.join().map_err(|_| anyhow::anyhow!("a voter panicked"))?)
    })?;
    registered.into_inner().map_err(|_| anyhow::anyhow!("a voter panicked"))
}

/// A portal's word that somebody may vote, as docs/sign-in.md has it.
fn pass(portal: &SigningKey, election: &Election, number: u32) -> Result<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "EdDSA", "typ": "veche-pass+jwt" });
    let claims = json!({
        "aud": election.fingerprint().to_string(), "sub": format!("voter-{number}"), "route": ROUTE, "style": DISTRICT,
        "exp": now + 60, "jti": format!("pass-{number}"),
    });
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(portal.sign(signed.as_bytes()).to_bytes());
    Ok(format!("{signed}.{signature}"))
}

/// One ballot of each voter, on all cores: one after the other, and how long each is.
fn seal(mut voters: Vec<Voter<'_>>) -> Result<(Vec<u8>, usize)> {
    use rayon::prelude::*;
    let seal = |(number, voter): (usize, &mut Voter<'_>)| -> Result<Vec<u8>> {
        let values = (0..OPTIONS).map(|option| u32::from((option + number) % OPTIONS < PICKS)).collect();
        Ok(voter.seal(&[Selection::new(values, false)])?.bytes)
    };
    let sealed: Vec<Vec<u8>> = voters.par_iter_mut().enumerate().map(seal).collect::<Result<_>>()?;
    let length = sealed.first().context("there is no voter")?.len();
    Ok((sealed.concat(), length))
}

fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(bytes)
}

/// A vote of one contest of thirty options, which stays open for a year so that the town can be used again.
fn manifest() -> Result<Vec<u8>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let time = |after: Duration| {
        Timestamp::from_unix((now + after).as_secs()).context("this machine's clock is wrong")
    };
    let options: Vec<_> = (1..=OPTIONS)
        .map(|n| json!({ "id": format!("p{n}"), "name": { "en": format!("Project {n}") } }))
        .collect();
    let manifest = json!({
        "veche": 1,
        "phase": "election",
        "languages": ["en"],
        "title": { "en": "Fairwater decides" },
        "text": { "en": "A made-up town in which half of all voters come on one evening." },
        "opens": time(Duration::ZERO)?,
        "closes": time(Duration::from_secs(365 * 24 * 3600))?,
        "time_zone": "UTC",
        "early_close": true,
        "contests": [{
            "id": DISTRICT, "title": { "en": "Projects" },
            "report_by": "contest", "rule": { "type": "approval", "min": 1, "max": PICKS, "blank": false },
            "funding": { "method": "none" }, "options": options,
        }],
        "styles": [{ "id": DISTRICT, "title": { "en": "The town" }, "contests": [DISTRICT], "electorate": ELECTORATE }],
        "routes": [{ "id": ROUTE, "title": { "en": "By a portal" }, "entered": false }],
        "trustees": { "count": 3, "threshold": 2 },
        "minimum_group": 1,
        "revote": true,
        "registration": "open",
    });
    Ok(manifest.to_string().into_bytes())
}
