//! Real ballot boxes, killed and doubled while people vote.

use std::time::Duration;

use anyhow::Result;
use veche_xtask::ballot_box::{BallotBox, free_port};
use veche_xtask::crash::{self, Damage, Storm};
use veche_xtask::demo::Town;
use veche_xtask::voters::open_election;

use crate::support::programs;

#[test]
fn attack_38_a_box_killed_again_and_again_loses_nothing_that_it_acknowledged() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let options = crash::Options { times: 12, voters: 6 };
    let findings = crash::run(programs(), &scratch.path().join("town"), &options)?;
    assert_eq!(findings.damage, Damage::default());
    assert_eq!((findings.kills, findings.restarts.len()), (12, 12));
    assert!(findings.acknowledged > 24, "hardly anybody voted: {findings:?}");
    assert!(findings.size > findings.acknowledged);
    Ok(())
}

#[test]
fn attack_23_two_boxes_on_one_folder_under_load_never_fork() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let mut town =
        Town::create(programs().clone(), &scratch.path().join("town"), &crash::manifest()?, free_port()?)?;
    let election = open_election(town.ballot_box.http(), &town.fingerprint)?;
    let mut storm = Storm::gather(&town.ballot_box, &election, 8, crash::DISTRICT)?;
    let twin = BallotBox::start(&programs().server, &town.folder.join("box"), free_port()?, &[])?;
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
