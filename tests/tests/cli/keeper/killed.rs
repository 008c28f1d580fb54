//! A keeper whose process, portal or disk gives out.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use veche_xtask::crash;

use super::{Keeper, Voter, cast, open, receipt};
use crate::support::{run, veche};

#[test]
fn attack_38_a_keeper_or_a_portal_killed_again_and_again_loses_nothing_that_was_acknowledged() {
    let scratch = tempfile::tempdir().unwrap();
    let town = open(scratch.path());
    let election = &town.election;
    let (voters, kills) = (6, 24);
    let mut ready: Vec<Vec<u8>> = Vec::new();
    let mut people: Vec<Voter> =
        (0..voters).map(|n| Voter::new(&format!("storm {n}"), &format!("{n:032x}"))).collect();
    let mut keeper = Keeper::start(&town.data());
    for voter in &people {
        keeper.ok("register", voter.registration(election, None));
    }
    let (mut acknowledged, mut cast_after_kill) = (BTreeMap::<Vec<u8>, Value>::new(), 0);
    for round in 0..kills {
        // What was not acknowledged is sent again, with one more ballot of whoever has none that waits.
        ready.retain(|ballot| !acknowledged.contains_key(ballot));
        for voter in &mut people {
            let key = hex::encode(voter.credential.key().to_bytes());
            if !ready.iter().any(|ballot| hex::encode(&ballot[36..68]) == key) {
                ready.push(voter.seal(election, round % crash::OPTIONS));
            }
        }
        for (id, ballot) in ready.iter().enumerate() {
            let mut line = cast(ballot);
            line["id"] = id.into();
            line["do"] = "cast".into();
            keeper.send(&line.to_string());
        }
        for _ in 0..round % (voters + 1) {
            let Some(answer) = keeper.next() else { break };
            assert!(answer["error"].is_null(), "{answer}");
            let ballot = ready[usize::try_from(answer["id"].as_u64().unwrap()).unwrap()].clone();
            receipt(election, &ballot, &answer["ok"]);
            cast_after_kill += usize::from(answer["ok"]["new"] == false);
            acknowledged.insert(ballot, answer["ok"]["receipt"].clone());
        }
        if round % 2 == 0 {
            std::thread::sleep(Duration::from_millis(u64::try_from(round).unwrap()));
        }
        match round % 3 {
            // The portal dies: both pipes are closed, and its successor does not wait.
            2 => drop(keeper),
            _ => keeper.kill(),
        }
        keeper = Keeper::start(&town.data());
        for (ballot, kept) in &acknowledged {
            assert_eq!(keeper.ok("receipt", cast(ballot))["receipt"], *kept, "round {round}");
        }
    }
    assert!(acknowledged.len() > 40, "hardly anybody voted: {}", acknowledged.len());
    println!(
        "{} acknowledged, {cast_after_kill} of them recorded and not heard of before",
        acknowledged.len()
    );
    town.publish(&mut keeper);
    // Another process is refused, and nothing has changed.
    let (code, _, errors) = run(veche().args(["keeper", "--data"]).arg(town.data()).stdin(Stdio::null()));
    assert_eq!(code, 2);
    assert!(errors.contains("another process keeps"), "{errors}");
    let (code, _, errors) = run(veche().args(["collect", "/dev/null", "--data"]).arg(town.data()));
    assert_eq!(code, 2);
    assert!(errors.contains("another process keeps"), "{errors}");
    keeper.end();
    let (code, text, errors) = run(veche().args(["verify", "--live"]).arg(town.record()));
    assert_eq!(code, 0, "{text}{errors}");

    // A folder that is put back to an older copy does not publish over what it has forgotten.
    let board = town.data().join("board");
    let bytes = std::fs::read(&board).unwrap();
    std::fs::write(&board, &bytes[..bytes.len() - 1]).unwrap();
    let mut keeper = Keeper::start(&town.data());
    assert_eq!(
        keeper.refused("publish", json!({ "to": town.record() })),
        ("behind-published".into(), "server".into())
    );
    keeper.end();
}

#[test]
#[cfg(unix)]
fn a_full_disk_is_said_and_loses_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let town = open(scratch.path());
    let program = veche().get_program().to_owned();
    // The file may grow by some kilobytes; the signal that would end the process is ignored.
    let blocks = std::fs::metadata(town.data().join("board")).unwrap().len() / 512 + 16;
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" keeper --data \"$1\""));
    let mut keeper = Keeper::of(command.arg(program).arg(town.data()));
    let mut voter = Voter::new("last", "0000000000000000000000000000000f");
    keeper.ok("register", voter.registration(&town.election, None));
    let mut kept = Vec::new();
    let unheard = loop {
        let ballot = voter.seal(&town.election, 0);
        let answer = keeper.0.ask("cast", cast(&ballot)).unwrap();
        if answer["error"].is_null() {
            kept.push((ballot, answer["ok"]["receipt"].clone()));
            assert!(kept.len() < 50, "the disk is never full");
            continue;
        }
        assert_eq!(
            (&answer["error"]["code"], &answer["error"]["fault"]),
            (&json!("disk-full"), &json!("server"))
        );
        break ballot;
    };
    assert!(!kept.is_empty());
    assert_eq!(keeper.refused("cast", cast(&unheard)).0, "disk-full", "and again");
    assert_eq!(keeper.ok("receipt", cast(&kept[0].0))["receipt"], kept[0].1, "what is recorded can be read");
    assert_eq!(keeper.refused("receipt", cast(&unheard)).0, "not-found");
    keeper.kill();
    let mut keeper = Keeper::start(&town.data());
    for (ballot, receipt) in &kept {
        assert_eq!(keeper.ok("receipt", cast(ballot))["receipt"], *receipt);
    }
    assert_eq!(keeper.ok("cast", cast(&unheard))["new"], true);
    keeper.end();
}
