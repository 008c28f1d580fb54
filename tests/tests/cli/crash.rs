//! Real ballot boxes, killed and doubled while people vote.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use veche_xtask::ballot_box::{BallotBox, free_port};
use veche_xtask::crash::{self, Damage, Event, Storm};
use veche_xtask::demo::Town;
use veche_xtask::voters::open_election;

use crate::support::programs;

#[test]
fn attack_38_a_box_killed_again_and_again_loses_nothing_that_it_acknowledged() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let options = crash::Options { times: 14, voters: 6, servers: 1, seconds: 0, without: Vec::new() };
    let findings = crash::run(programs(), &scratch.path().join("town"), &options)?;
    assert_eq!(findings.damage, Damage::default());
    assert_eq!((findings.kills, findings.restarts.len()), (14, 14));
    println!("{:?}", findings.troubles);
    assert!(findings.acknowledged > 24, "hardly anybody voted: {findings:?}");
    assert!(findings.size > findings.acknowledged);
    Ok(())
}

/// Another folder with the same keys on the same database: one folder is served by one process only.
fn twin_of(folder: &Path, twin: &Path) -> Result<PathBuf> {
    std::fs::create_dir(twin)?;
    for name in ["manifest.json", "keys.json", "organiser-token", "trustee-tokens", "words-checked"] {
        std::fs::copy(folder.join(name), twin.join(name))?;
    }
    std::os::unix::fs::symlink(folder.join("veche.sqlite"), twin.join("veche.sqlite"))?;
    Ok(twin.to_path_buf())
}

#[test]
fn attack_23_two_boxes_on_one_database_under_load_never_fork() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let mut town =
        Town::create(programs().clone(), &scratch.path().join("town"), &crash::manifest()?, free_port()?)?;
    let election = open_election(town.ballot_box.http(), &town.fingerprint)?;
    let mut storm = Storm::gather(&town.ballot_box, &election, 8, crash::DISTRICT)?;
    let folder = twin_of(&town.folder.join("box"), &town.folder.join("twin"))?;
    let twin = BallotBox::start(&programs().server, &folder, free_port()?, &[])?;
    let boxes = [town.ballot_box.http().clone(), twin.http().clone()];
    storm.prepare()?;
    // Each voter casts one ballot here and the next there, as fast as both answer.
    storm.blow(&boxes, || Ok(()))?;
    assert_eq!(storm.acknowledged(), 8 * 16);
    for http in &boxes {
        // The other box shows what this one has recorded half a second later at most.
        std::thread::sleep(Duration::from_secs(1));
        assert_eq!(storm.compare(http)?, Damage::default());
        assert_eq!(storm.count_missing(http)?.0, 0);
    }
    drop(twin);
    town.close()?;
    town.decrypt_all()?;
    town.verify(&town.record())?;
    town.ballot_box.is_running()
}

/// One is killed every ten seconds, one stands still meanwhile, and PostgreSQL is killed twice.
#[test]
fn several_servers_that_are_killed_lose_nothing_and_keep_one_board() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let (lasts, every) = (Duration::from_secs(60), Duration::from_secs(10));
    let course = crash::Course { servers: 3, lasts, every, voters: 6 };
    let findings = crash::run_several(programs(), scratch.path(), course)?;
    findings.check()?;
    let times = [Event::Killed, Event::Frozen, Event::Database].map(|event| findings.after(event).0);
    assert_eq!(times, [8, 2, 2], "{findings:?}");
    assert!(findings.acknowledged > 200, "hardly anybody voted: {findings:?}");
    Ok(())
}
