//! What `veche verify-ballot` costs beside verifying the same ballots in one's own process: the same batches on as many
//! cores, in turns, so that whatever else the machine does meets both. The rounds are told on standard error, and on
//! standard output figures as `veche-bench` prints them, for `cargo xtask bench`. `cargo bench -p veche-cli`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be made says so and ends"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;
use serde_json::json;
use veche_board::{LogFile, decode_bundle, layout};
use veche_cli::folder::{CHECKPOINT, Folder};
use veche_cli::import::Choices;
use veche_cli::simulate::{Options, Plan};
use veche_cli::verify_ballot::{BATCH, election};
use veche_record::EntryKind;
use veche_record::manifest::TrusteeCount;
use veche_verify::VerifiedBallot;
use veche_verify::source::stated_size;

/// Ballots of one round.
const BALLOTS: usize = 4_096;
const ROUNDS: usize = 7;

fn main() {
    let scratch = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples/mirogrod_2026_.pb");
    let trustees = TrusteeCount { count: 3, threshold: 2 };
    let options = Options { ballots: None, language: None, choices: Choices::default(), trustees };
    let record = scratch.path().join("record");
    Plan::new(&[sample], &options).unwrap().hold(Folder::create(&record).unwrap()).unwrap();

    let folder = Folder::open(&record).unwrap();
    let election = election(&folder).unwrap();
    let size = stated_size(&folder.file(CHECKPOINT).unwrap().unwrap()).unwrap();
    let bundles = layout(size).filter_map(|file| match file {
        LogFile::Bundle(bundle) => Some(bundle),
        _ => None,
    });
    let mut recorded: Vec<Vec<u8>> = Vec::new();
    for bundle in bundles {
        let bytes = folder.file(&LogFile::Bundle(bundle).to_string()).unwrap().unwrap();
        let entries = decode_bundle(&bytes, bundle.width().into()).unwrap();
        let ballots = entries.into_iter().filter(|entry| EntryKind::of(entry) == Some(EntryKind::Ballot));
        recorded.extend(ballots.map(|entry| entry.split_at(1).1.to_vec()));
    }
    let ballots: Vec<Vec<u8>> = recorded.iter().cycle().take(BALLOTS).cloned().collect();
    let lines: String = (0..).zip(&ballots).map(|(id, ballot)| line(id, ballot)).collect();
    eprintln!("{BALLOTS} ballots of {} bytes, {} cores", ballots[0].len(), rayon::current_num_threads());

    // The process is started before: a portal starts it once.
    let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
    command.args(["verify-ballot", "--election"]).arg(&record);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
    let mut answers = BufReader::new(output).lines();
    let mut ask = |lines: &str, many: usize| {
        std::thread::scope(|scope| {
            scope.spawn(|| input.write_all(lines.as_bytes()).unwrap());
            for _ in 0..many {
                assert!(answers.next().unwrap().unwrap().contains("\"ok\""));
            }
        });
    };
    ask(&line(0, &ballots[0]), 1);
    let (rates, ratios): (Vec<f64>, Vec<f64>) = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let verified = ballots.par_chunks(BATCH).map(|ballots| {
                let fresh = veche_cli::random::randomness().unwrap();
                VerifiedBallot::verify_all(&election, ballots, &fresh)
                    .iter()
                    .filter(|ballot| ballot.is_ok())
                    .count()
            });
            assert_eq!(verified.sum::<usize>(), BALLOTS);
            let raw = start.elapsed().as_secs_f64();
            let start = Instant::now();
            ask(&lines, BALLOTS);
            let piped = start.elapsed().as_secs_f64();
            let rate = |seconds: f64| BALLOTS as f64 / seconds;
            eprintln!(
                "raw {:.0} a second, veche verify-ballot {:.0}: {:.3}",
                rate(raw),
                rate(piped),
                raw / piped
            );
            (rate(piped), raw / piped)
        })
        .unzip();
    println!("verify-ballot.rate {:.0}", median(rates));
    println!("verify-ballot.ratio {:.3}", median(ratios));
    drop(input);
    process.wait().unwrap();
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn line(id: usize, ballot: &[u8]) -> String {
    format!("{}\n", json!({ "id": id, "ballot": STANDARD.encode(ballot) }))
}
