//! `veche simulate` on made-up files: every total is the file's own, every refused row is named, nothing is secret.

use serde_json::{Value, json};
use veche_cli::folder::{MANIFEST, RESULT};
use veche_record::{Entry, EntryKind};
use veche_verify::{BoardState, Outcome, Status, VerifiedBallot};

use crate::recount::File;
use crate::support::{hold, leaves, log_files, report, run, sample, veche};

#[test]
fn every_total_is_the_files_own() {
    for (name, rows) in [("mirogrod_2026_rynek.pb", 40), ("mirogrod_2026_.pb", 12)] {
        let (plan, held) = hold(&[sample(name)], None);
        let outcome = &plan.outcomes(held.refused, &held.result)[0];
        let published = outcome.published.as_ref().unwrap();
        assert_eq!((outcome.rows, outcome.ballots, outcome.refused.len()), (rows, rows as u32, 0), "{name}");
        assert_eq!(published.equal, published.projects, "{name}");
        assert_eq!(published.projects, plan.manifest().contests()[0].options.len(), "{name}");
        let report = report(&held.store);
        assert_eq!(report.outcome, Outcome::Consistent, "{name}");
        assert!(report.checks.iter().all(|check| check.status != Status::NotReached), "{name}");
    }
}

/// Each vote type of Pabulib, counted a second time by other code.
#[test]
fn every_vote_type_counts_what_its_rows_say() {
    type Value = fn(&[usize], &[u64]) -> Option<Vec<u64>>;
    let given: Value = |_, points| Some(points.to_vec());
    let ranked: Value = |picks, _| Some((1..=3).rev().take(picks.len()).collect());
    let files: [(&str, &str, usize, Value); 4] = [
        ("mirogrod_2026_points.pb", "score", 0, given),
        ("mirogrod_2026_ranking.pb", "score", 0, ranked),
        ("mirogrod_2026_scores.pb", "score", 0, given),
        ("mirogrod_2026_money.pb", "votes", 4, |picks, _| {
            let cost: u64 = picks.iter().map(|pick| [30_000, 45_000, 20_000, 55_000, 5_000][*pick]).sum();
            (cost <= 75_000).then(|| vec![1; picks.len()])
        }),
    ];
    let paths: Vec<_> = files.iter().map(|(name, ..)| sample(name)).collect();
    let (plan, held) = hold(&paths, None);
    assert_eq!(report(&held.store).exit_code(), 0);
    let outcomes = plan.outcomes(held.refused, &held.result);
    for (((name, column, refused, value), group), outcome) in
        files.into_iter().zip(&held.result.contests).zip(outcomes)
    {
        let file = File::read(&sample(name));
        let totals: Vec<u64> = group.options.iter().map(|option| option.total).collect();
        assert_eq!((totals.clone(), group.ballots), file.count(usize::MAX, value), "{name}");
        assert_eq!(totals, file.column(column), "{name}");
        assert_eq!(outcome.refused.len(), refused, "{name}");
        let published = outcome.published.unwrap();
        assert_eq!((published.column, published.equal), (column, published.projects), "{name}");
    }
}

/// What the simulated ballot box does instead of one check a ballot: a wrong ballot is found, and its neighbours stand.
#[test]
fn one_batch_of_ballots_refuses_the_wrong_ones_and_no_other() {
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], Some(7));
    let leaves = leaves(&held.store);
    let mut board = BoardState::new(&held.store.files[MANIFEST]).unwrap();
    for (index, leaf) in (0..10).zip(&leaves) {
        board.apply(index, leaf, &veche_tests::small::fresh()).unwrap();
    }
    let election = board.election().unwrap();
    let ballots = leaves.iter().filter(|leaf| EntryKind::of(leaf) == Some(EntryKind::Ballot));
    let mut ballots: Vec<Vec<u8>> = ballots.map(|leaf| leaf[1..].to_vec()).collect();
    assert_eq!(ballots.len(), 7);
    // The last byte of the signature's scalar but one, the proof's last scalar, the length, more than any length.
    let end = ballots[0].len();
    ballots[1][end - 4] ^= 1;
    ballots[3][end - 64 - 8] ^= 1;
    ballots[4].pop();
    ballots[5] = vec![0; 100_000];
    let verified = VerifiedBallot::verify_all(election, &ballots, &veche_tests::small::fresh());
    for (at, (many, ballot)) in verified.iter().zip(&ballots).enumerate() {
        let alone = VerifiedBallot::verify(election, ballot, &veche_tests::small::fresh());
        assert_eq!(many.is_ok(), [0, 2, 6].contains(&at), "{at}");
        match (many, alone) {
            (Ok(many), Ok(alone)) => assert_eq!(many.ballot().hash(), alone.ballot().hash()),
            (Err(many), Err(alone)) => assert_eq!(*many, alone, "{at}: as it is alone"),
            _ => panic!("{at}: alone it is otherwise"),
        }
    }
}

#[test]
fn the_report_file_lists_every_refused_row_and_is_not_written_over() {
    let scratch = tempfile::tempdir().unwrap();
    let (record, list) = (scratch.path().join("record"), scratch.path().join("report.json"));
    let simulate = || {
        let mut command = veche();
        command.arg("simulate").arg(sample("mirogrod_2026_money.pb")).arg("--out").arg(&record);
        run(command.arg("--report").arg(&list))
    };
    let (code, text, _) = simulate();
    assert_eq!(code, 0);
    assert!(text.contains("and 1 more; --json and --report list them all"), "{text}");
    let document: Value = serde_json::from_slice(&std::fs::read(&list).unwrap()).unwrap();
    let refused = document["files"][0]["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 4);
    assert!(
        refused.iter().all(|row| row["kind"] == "a higher cost than allowed" && row.get("voter").is_none())
    );
    std::fs::remove_dir_all(&record).unwrap();
    let (code, _, errors) = simulate();
    assert_eq!(code, 2, "{errors}");
    assert!(!record.exists(), "found out before the work");
}

#[test]
fn the_result_file_has_exactly_the_promised_form() {
    let scratch = tempfile::tempdir().unwrap();
    let record = scratch.path().join("record");
    let files = [sample("mirogrod_2026_.pb"), sample("mirogrod_2026_rynek.pb")];
    let (code, _, errors) = run(veche().arg("simulate").args(files).arg("--out").arg(&record));
    assert_eq!((code, errors.as_str()), (0, ""), "silent in a pipe");
    let result: Value = serde_json::from_slice(&std::fs::read(record.join(RESULT)).unwrap()).unwrap();
    let expected = json!({"contests": [
        {"id": "mirogrod_2026_", "ballots": 12, "options": [
            {"id": "1", "total": 3}, {"id": "2", "total": 9}, {"id": "3", "total": 0},
        ]},
        {"id": "mirogrod_2026_rynek", "ballots": 40, "options": [
            {"id": "M01", "total": 15}, {"id": "M02", "total": 15}, {"id": "M03", "total": 13},
            {"id": "M04", "total": 20}, {"id": "M05", "total": 21}, {"id": "M06", "total": 0},
        ]},
    ]});
    assert_eq!(result, expected);
}

#[test]
fn the_first_rows_are_the_first_rows() {
    let (plan, held) = hold(&[sample("mirogrod_2026_rynek.pb")], Some(3));
    // M02,M04 then M05 then M01,M02,M05.
    let totals: Vec<u64> = held.result.contests[0].options.iter().map(|option| option.total).collect();
    assert_eq!(totals, [1, 2, 0, 1, 2, 0]);
    assert!(plan.outcomes(held.refused, &held.result)[0].published.is_none(), "a part is not compared");
    assert_eq!(report(&held.store).exit_code(), 0);
}

#[test]
fn nobody_at_all_is_an_election_too() {
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], Some(0));
    let group = &held.result.contests[0];
    assert_eq!((group.ballots, group.options.iter().map(|option| option.total).sum::<u64>()), (0, 0));
    assert_eq!(group.options.len(), 6);
    assert_eq!(report(&held.store).exit_code(), 0);
}

#[test]
fn rows_that_break_the_rule_are_refused_one_by_one() {
    let scratch = tempfile::tempdir().unwrap();
    let record = scratch.path().join("record");
    let mut command = veche();
    command.arg("simulate").arg(sample("broken_rows.pb")).arg("--out").arg(&record).arg("--json");
    let (code, text, _) = run(&mut command);
    assert_eq!(code, 0);
    let document: Value = serde_json::from_str(&text).unwrap();
    let file = &document["files"][0];
    assert_eq!((&file["rows"], &file["ballots"]), (&json!(8), &json!(2)));
    let refused: Vec<(u64, &str)> = file["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["line"].as_u64().unwrap(), row["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(
        refused,
        [
            (18, "3 chosen, at most 2 allowed"),
            (19, "0 chosen, at least 1 needed"),
            (20, "it names the project \"D\", which is not in PROJECTS"),
            (21, "it names the project \"B\" twice"),
            (22, "the row has 3 fields, the header has 2"),
            (24, "it has nothing between two commas"),
        ]
    );
    assert_eq!(document["verification"]["outcome"], "consistent");
    // The two that are left, and nothing of the six, are on the board.
    let entries = document["verification"]["entries"].as_u64().unwrap();
    assert_eq!(document["verification"]["ballots"], 2);
    let files = walk(&record);
    assert_eq!(files.len(), log_files(entries) + 2);
}

fn trustee_byte(trustee: usize) -> &'static [u8] {
    &[0, 1, 2, 3][trustee..=trustee]
}

#[test]
fn a_record_holds_no_secret() {
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], Some(5));
    let signers = [held.keys.organiser().unwrap(), held.keys.registrar().unwrap()];
    let mut secrets: Vec<Vec<u8>> = signers.iter().map(|key| key.to_bytes().to_vec()).collect();
    let Ok(Entry::Genesis(genesis)) = Entry::parse(&leaves(&held.store)[0]) else { panic!("no genesis") };
    let genesis = genesis.hash();
    for (trustee, secret) in (1..).zip(&held.secrets) {
        secrets.push(secret.bytes().to_vec());
        // What docs/protocol.md derives from it: the first coefficients, and the communication key.
        for (tag, rest) in [("trustee-coefficient", [0, 0, 0].as_slice()), ("trustee-communication", &[])] {
            let mut fields: Vec<&[u8]> =
                vec![secret.bytes(), genesis.as_bytes(), &[1], trustee_byte(trustee)];
            if let [slot @ .., k] = rest {
                fields.extend([slot, std::slice::from_ref(k)]);
            }
            secrets.push(veche_crypto::hash::scalar(tag, &fields).to_bytes().to_vec());
        }
    }
    assert_eq!(secrets.len(), 2 + 3 * 3, "organiser, registrar and three trustees");
    for (path, bytes) in &held.store.files {
        for secret in &secrets {
            let hex = to_hex(secret);
            assert!(!contains(bytes, secret) && !contains(bytes, hex.as_bytes()), "{path}");
        }
    }
    // The search finds what is there: the organiser's public key is.
    let public = held.keys.organiser.public().to_bytes();
    assert!(held.store.files.values().any(|bytes| contains(bytes, &public)));
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("mine.txt"), "mine").unwrap();
    let mut command = veche();
    command.arg("simulate").arg(sample("mirogrod_2026_.pb")).arg("--out").arg(scratch.path());
    let (code, _, errors) = run(&mut command);
    assert_eq!(code, 2);
    assert!(errors.contains("is not empty"), "{errors}");
    assert_eq!(walk(scratch.path()), ["mine.txt"]);
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    veche_cli::folder::Folder::open(folder).unwrap().files().unwrap()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
