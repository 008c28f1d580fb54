//! A vote that an older version has begun is finished by this one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use veche_board::Receipt;
use veche_crypto::hash::Digest;
use veche_record::Selection;
use veche_voter::{Credential, Revision};
use veche_xtask::ballot_box::{BallotBox, Http, free_port};
use veche_xtask::crash;
use veche_xtask::demo::Town;
use veche_xtask::voters::{Voter, open_election};

use crate::support::programs;

/// Copies a folder. What is secret is its owner's alone, which a repository does not keep.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (from, to) = (entry?.path(), to.to_path_buf());
        let to = to.join(from.file_name().context("a file without a name")?);
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
            fs::set_permissions(&to, fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

fn choice(option: usize) -> [Selection; 1] {
    let values = (0..crash::OPTIONS).map(|other| u32::from(other == option)).collect();
    [Selection::new(values, false)]
}

/// The voter of a file: the key, and what follows the last ballot.
fn returning<'a>(http: &Http, election: &'a veche_record::Election, file: &Path) -> Result<Voter<'a>> {
    let kept: Value = serde_json::from_slice(&fs::read(file)?)?;
    let bytes = |name: &str| -> Result<[u8; 32]> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(kept[name].as_str().context("no text")?, &mut bytes)?;
        Ok(bytes)
    };
    let sequence = u32::try_from(kept["sequence"].as_u64().context("no number")?)?;
    let previous = Digest::from_bytes(bytes("previous")?);
    // Another seed than that of the ballot before.
    let revision = Revision { sequence, previous, attempt: 100 };
    Ok(Voter::returning(http, election, 0, Credential::from_secret(&bytes("secret")?)?, revision))
}

/// `tests/stored/README.md` says what is in it and how it was made. Its database has seven of the tables' versions.
#[test]
fn a_vote_that_an_older_version_began_goes_on_and_is_counted() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("stored/running-vote");
    let folder = scratch.path().join("town");
    copy(&stored, &folder)?;
    let fingerprint = fs::read_to_string(folder.join("fingerprint"))?;
    let port = free_port()?;
    for trustee in 1..=3 {
        let address = format!("http://127.0.0.1:{port}\n");
        fs::write(folder.join(format!("trustees/{trustee}/board")), address)?;
    }
    let ballot_box = BallotBox::start(&programs().server, &folder.join("box"), port, &[])?;
    let mut town = Town { programs: programs().clone(), ballot_box, fingerprint, folder };
    let http = town.ballot_box.http().clone();
    let election = open_election(&http, &town.fingerprint)?;
    let voters = town.folder.join("voters");

    // What was acknowledged is acknowledged still, in the same words.
    for name in ["1-0", "1-1", "2-0"] {
        let ballot = fs::read(voters.join(format!("{name}.ballot")))?;
        let before: Value = serde_json::from_slice(&fs::read(voters.join(format!("{name}.receipt.json")))?)?;
        let again = http.post("/v1/ballots", None, "application/octet-stream", &ballot)?;
        assert_eq!(again, before, "{name}");
    }
    // Those who have kept their keys vote again, or for the first time.
    for (name, option) in [("1.json", 3), ("2.json", 3), ("3.json", 4)] {
        let mut voter = returning(&http, &election, &voters.join(name))?;
        let ballot = voter.seal(&choice(option))?;
        let _: Receipt = voter.cast(&ballot)?;
    }
    let mut newcomer = Voter::sign_in(&town.ballot_box, &election, "+442079460009", crash::DISTRICT)?;
    let ballot = newcomer.seal(&choice(3))?;
    newcomer.cast(&ballot)?;

    // What has new tables works: a code on paper is for the help desk.
    let mut journal = std::process::Command::new(&programs().server);
    journal.arg("journal").arg("--data").arg(town.folder.join("box"));
    veche_xtask::process::read(&mut journal)?;
    // Started again, it finds nothing left to be done.
    town.serve(&[])?;
    town.close()?;
    town.decrypt_all()?;
    town.verify(&town.record())?;
    let result: Value = serde_json::from_slice(&http.get("/record/result.json")?)?;
    // One voted again for the fourth project, and so did another; the newcomer chose it, too, and the last one the
    // fifth.
    let options = result["contests"][0]["options"].as_array().context("no options")?;
    let totals: Vec<_> = options.iter().filter_map(|option| option["total"].as_u64()).collect();
    assert_eq!(totals, [0, 0, 0, 3, 1]);
    Ok(())
}
